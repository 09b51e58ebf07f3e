"""A clerk's day by keyboard alone: a request, a meeting, thirty decisions, the minutes, the figures; and two clerks.

Keystrokes and page loads of a decision are counted, and must be those that `docs/clerks.md` states.
"""

import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import expect

from panel.models import AgendaItem, PanelDecision, PanelMeeting
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core import formats
from tests.browser.keyboard import focus, follow, headed, tab_to, without_mouse
from tests.browser.test_events_browser import check
from tests.browser.test_pages_browser import AXE, each_width, sign_in
from tests.factories import (
    make_agenda_item,
    make_case,
    make_child,
    make_cost_line,
    make_meeting,
    make_member,
    make_placement,
    make_plan,
    make_requested_cost,
    make_school,
    make_user,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DOCS = Path(__file__).parents[2] / "docs" / "clerks.md"
PASSWORD = "a long enough phrase"
ASKED = 36_000
OTHERS = 29


@dataclass(frozen=True)
class Taken:
    """A decision that the test takes: the row of the document's table, and what is typed."""

    row: str
    key: str
    outcome: str
    value: int = ASKED
    words: str = ""


def taken(number: int) -> Taken:
    """The decision on the case at that place of the agenda: a mix of all outcomes."""
    return {
        0: Taken("Agreed as asked", "a", "Agreed"),
        1: Taken("Agreed at another value", "a", "Agreed", 30_000 + 100 * number),
        2: Taken("Declined", "d", "Declined", words=f"A local school offers a place, number {number}."),
        3: Taken("More information", "m", "More information required", words=f"Report number {number}"),
        4: Taken("Deferred", "f", "Deferred"),
        5: Taken("Withdrawn", "w", "Withdrawn"),
    }[number % 6]


class Counted:
    """The keys pressed and the pages loaded of a page."""

    def __init__(self, page: "Page") -> None:
        self.page = page
        self.keys = self.loads = 0
        page.on("load", lambda _: self._loaded())

    def _loaded(self) -> None:
        self.loads += 1

    def press(self, *keys: str) -> None:
        """Press keys, each of them one keystroke, with Alt or Ctrl held too."""
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def type(self, text: str) -> None:
        """Type digits; sentences are not counted, since they are as long as they are."""
        self.page.keyboard.type(text)
        self.keys += len(text) if text.isdigit() else 0

    def day(self, day: date) -> None:
        """Type a day into its three boxes."""
        self.type(f"{day:%d}")
        self.press("Tab")
        self.type(f"{day:%m}")
        self.press("Tab")
        self.type(f"{day:%Y}")


def stated() -> dict[str, tuple[int, int]]:
    """Keystrokes and page loads of a decision, by the rows of the document's table."""
    rows = re.findall(r"^\| ([A-Z][a-z ]+) \|[^|]*\| (\d+) \| (\d+) \|$", DOCS.read_text(), re.MULTILINE)
    return {row: (int(keys), int(loads)) for row, keys, loads in rows}


@pytest.fixture
def clerk() -> User:
    """A clerk; a child and a school for the request; 29 cases received after it was, ready for a meeting."""
    today = localdate()
    make_child(child_id="C1", date_of_birth=date(today.year - 10, 3, 1), home_district="Thanet")
    ash = make_school(school_id="S1", name="Ash School", district="Thanet")
    for _ in range(6):
        make_cost_line(placement=make_placement(plan=make_plan(primary_need="ASD")))
    for number in range(OTHERS):
        case = make_case(
            case_id=f"other-{number:02}",
            child=make_child(date_of_birth=date(today.year - 10, 3, 1)),
            school=ash,
            attendance="DAY",
            received_on=today - timedelta(days=40),
            ready_on=today - timedelta(days=10),
        )
        make_requested_cost(case=case)
    return make_user(Role.PANEL_CLERK, username="clerk", password=PASSWORD)


@contextmanager
def desk_of(context: "BrowserContext") -> Iterator["Page"]:
    """A page without a mouse; fails when a script or style is refused."""
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    without_mouse(page)
    page.context.add_init_script(path=AXE)
    page.set_viewport_size({"width": 1280, "height": 900})
    yield page
    assert errors == []


def pick(page: "Page", box: str, words: str, offered: str) -> None:
    """Type into a box for a record, and take the first that is offered."""
    tab_to(page, box)
    page.keyboard.type(words)
    page.get_by_role("option", name=offered).first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def type_day(page: "Page", box: str, day: date) -> None:
    tab_to(page, f"{box}-day")
    for part in (f"{day:%d}", f"{day:%m}", f"{day:%Y}"):
        page.keyboard.type(part)
        page.keyboard.press("Tab")


def tick(page: "Page", box: str) -> None:
    tab_to(page, box)
    page.keyboard.press("Space")


def enter_a_request(page: "Page", received: date) -> None:
    """From the clerks' home: a day place for child C1 at Ash School; its papers are complete."""
    follow(page, "Enter a request")
    pick(page, "id_child", "c1", "C1")
    tick(page, "id_origin")
    type_day(page, "id_received_on", received)
    tick(page, "id_panel")
    tab_to(page, "id_primary_need")
    page.keyboard.type("Autis")
    pick(page, "id_school", "ash", "Ash School")
    tick(page, "id_attendance")
    tab_to(page, "id_cost_core")
    page.keyboard.type("36,000")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert focus(page).name == "Success"
    follow(page, "Papers complete")
    assert page.get_by_text("The papers are complete.").is_visible()


def make_todays_meeting(page: "Page") -> None:
    """From any page: a meeting today with every case that waits, and three members present."""
    follow(page, "Cases and meetings", key="Shift+Tab")
    follow(page, "Add a meeting")
    type_day(page, "id_held_on", localdate())
    follow(page, "Save")
    follow(page, "Tick all")
    follow(page, "Add the ticked cases")
    assert page.get_by_text("Added: 30 cases").is_visible()
    follow(page, "Record attendance")
    for row, name in enumerate(("A. Ash", "B. Birch", "C. Cedar")):
        tab_to(page, f"id_form-{row}-name")
        page.keyboard.type(name)
        tick(page, f"id_form-{row}-present")
    follow(page, "Save")
    assert page.get_by_text("Saved: 3 members present").is_visible()


def decide(page: "Page", counted: Counted, what: Taken) -> None:
    """Enter a decision with access keys, and come to the next page."""
    today = localdate()
    counted.press(f"Alt+{what.key}")
    if what.key == "a":
        counted.press("Tab")
        counted.day(today + timedelta(days=30))
        if what.value != ASKED:
            counted.press("Tab")
            counted.type(str(what.value))
    if what.words:
        counted.press("Tab")
        assert not focus(page).is_page
        counted.type(what.words)
    if what.key == "m":
        counted.press("Tab")
        counted.day(today + timedelta(days=21))
    with page.expect_navigation(wait_until="load"):
        counted.press("Alt+s")


def test_a_request_a_meeting_thirty_decisions_the_minutes_and_the_figures(
    page: "Page", live_server: Any, clerk: User
) -> None:
    today = localdate()
    with desk_of(page.context) as desk:
        desk.goto(f"{live_server.url}/panel/")
        tab_to(desk, "Username")
        desk.keyboard.type("clerk")
        tab_to(desk, "Password")
        desk.keyboard.type(PASSWORD)
        follow(desk, "Sign in")
        headed(desk, "Cases and meetings")
        enter_a_request(desk, today - timedelta(days=60))
        make_todays_meeting(desk)

        agenda = list(AgendaItem.objects.values_list("case", flat=True))
        assert agenda == ["case-000001", *(f"other-{number:02}" for number in range(OTHERS))]
        plan = {case_id: taken(place) for place, case_id in enumerate(agenda)}
        follow(desk, "Start deciding")
        decide_all(desk, plan)
        print_the_minutes(desk, plan)
        read_the_figures(desk, plan)


def decide_all(desk: "Page", plan: dict[str, Taken]) -> None:
    """Decide case after case without leaving the keyboard; each counts as the document says."""
    counted = Counted(desk)
    costs: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for place, (case_id, what) in enumerate(plan.items(), start=1):
        assert f"Case {place} of 30" in desk.locator(".govuk-breadcrumbs").inner_text()
        assert desk.get_by_role("heading", level=1).inner_text().startswith(f"{case_id}:")
        counted.keys = counted.loads = 0
        decide(desk, counted, what)
        costs[what.row].add((counted.keys, counted.loads))
        assert focus(desk).name == "Success", "the next page begins at what was saved"
        said = f"Saved: case {case_id}, {what.outcome.lower()}, {formats.pounds(Decimal(what.value))}."
        assert said in desk.get_by_role("alert").inner_text()

    assert "All 30 cases are decided." in desk.get_by_role("alert").inner_text()
    assert "Agenda: 30 cases, 30 decided" in desk.locator("main").inner_text()
    assert {row: (keys, loads) for row, found in costs.items() for keys, loads in found} == stated()
    assert all(len(found) == 1 for found in costs.values()), costs
    held = (
        PanelDecision.objects.counted()
        .with_worth()
        .values_list("case", "outcome", "worth", "recorded_by__username")
    )
    labels = dict(PanelDecision._meta.get_field("outcome").choices)
    assert {(case, labels[outcome], int(worth), by) for case, outcome, worth, by in held} == {
        (case, what.outcome, what.value, "clerk") for case, what in plan.items()
    }


def print_the_minutes(desk: "Page", plan: dict[str, Taken]) -> None:
    """Every case, outcome, value and word is on paper."""
    follow(desk, "Minutes")
    printed = desk.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    texts = [desk.locator("main").inner_text()]
    if program := shutil.which("pdftotext"):
        told = subprocess.run([program, "-layout", "-", "-"], input=printed, capture_output=True, check=True)
        texts.append(told.stdout.decode())
    for text in texts:
        entries = re.split(r"(?m)^\s*\d+\. (?=case-|other-)", text)[1:]
        assert [entry.split()[0] for entry in entries] == list(plan)
        for entry, what in zip(entries, plan.values(), strict=True):
            flat = " ".join(entry.split())
            assert what.outcome in flat
            assert what.words in flat
            if what.outcome == "Agreed":
                assert f"Agreed, {formats.pounds(Decimal(what.value))} a year" in flat


def read_the_figures(desk: "Page", plan: dict[str, Taken]) -> None:
    """What the panel decided up to today, on its page and on the overview, is what was typed."""
    today = localdate()
    by_outcome: dict[str, list[int]] = defaultdict(list)
    for what in plan.values():
        by_outcome[what.outcome].append(what.value)

    follow(desk, "Cases and meetings", key="Shift+Tab")
    year = today.year - (today.month < 4)
    follow(desk, f"what the panel decided in {year}-{(year + 1) % 100:02} up to today")
    assert today.isoformat() in desk.url
    rows = desk.locator("#table tbody tr").evaluate_all(
        "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim()))"
    )
    assert {row[0]: row[1:3] for row in rows} == {
        outcome: [str(len(values)), f"£{sum(values):,}"] for outcome, values in by_outcome.items()
    }
    answer = desk.locator("#answer").inner_text()
    worth = formats.pounds_short(Decimal(sum(what.value for what in plan.values())))
    assert f"considered 30 requests worth {worth}" in answer

    follow(desk, "Overview", key="Shift+Tab")
    assert f"as_at={today.isoformat()}" in desk.url
    tile = desk.locator(".tile", has=desk.get_by_role("link", name="Panel decisions"))
    assert tile.locator(".tile__figure").inner_text() == "30"


@pytest.fixture
def meeting() -> PanelMeeting:
    """A meeting today with a quorum and two cases."""
    today = localdate()
    meeting = make_meeting(held_on=today)
    make_member(meeting=meeting, present=True)
    make_member(meeting=meeting, present=True)
    for case_id in ("K1", "K2"):
        case = make_case(
            case_id=case_id,
            child=make_child(date_of_birth=date(today.year - 10, 3, 1)),
            attendance="DAY",
            school=make_school(name="Ash School"),
            ready_on=today,
            received_on=today - timedelta(days=30),
        )
        make_requested_cost(case=case)
        make_agenda_item(meeting=meeting, case=case)
    return meeting


def open_of(context: "BrowserContext", address: str, meeting: PanelMeeting, name: str) -> "Page":
    """The decision screen of K1, opened by a clerk of that name."""
    sign_in(context, address, make_user(Role.PANEL_CLERK, username=name))
    page = context.new_page()
    without_mouse(page)
    page.goto(address + reverse("decide", args=[meeting.pk, "K1"]))
    return page


@pytest.mark.parametrize("chosen", ["Save my version", "Discard my changes"])
def test_the_second_of_two_clerks_is_shown_the_first_and_chooses(
    browser: "Browser", page: "Page", live_server: Any, meeting: PanelMeeting, chosen: str
) -> None:
    context = browser.new_context(locale="en-GB", timezone_id="Europe/London")
    first = open_of(page.context, live_server.url, meeting, "ash")
    second = open_of(context, live_server.url, meeting, "birch")
    decide(first, Counted(first), Taken("Declined", "d", "Declined", words="A local school offers."))
    decide(second, Counted(second), Taken("More information", "m", "", words="The school's breakdown"))

    told = second.locator(".changed").inner_text()
    assert "ash" in told
    assert "Declined" in told
    assert "A local school offers." in told
    assert second.get_by_label("More information required").is_checked()
    assert second.get_by_label("What is needed").input_value() == "The school's breakdown"
    due = localdate() + timedelta(days=21)
    parts = {part: second.locator(f"#id_due_on-{part}").input_value() for part in ("day", "month", "year")}
    assert parts == {"day": f"{due:%d}", "month": f"{due:%m}", "year": f"{due:%Y}"}
    assert PanelDecision.objects.get().outcome == "DECLINED"

    follow(second, chosen)
    entries = list(PanelDecision.objects.order_by("pk"))
    if chosen == "Discard my changes":
        assert [(entry.outcome, entry.void) for entry in entries] == [("DECLINED", False)]
    else:
        assert focus(second).name == "Success"
        old, new = entries
        assert (old.outcome, old.corrected, str(old.voided_by)) == ("DECLINED", True, "birch")
        assert (new.outcome, new.corrects, str(new.recorded_by)) == ("MORE_INFORMATION", old, "birch")
        assert "recorded another decision in its place" in old.void_reason
        second.goto(f"{live_server.url}/cases/K1/?as_at={localdate().isoformat()}")
        held = second.locator("main").inner_text()
        assert "Declined" in held
        assert "More information required" in held
        assert "birch recorded another decision in its place" in held
    context.close()


def test_what_is_needed_to_decide_is_in_one_window(
    page: "Page", live_server: Any, meeting: PanelMeeting
) -> None:
    """At 1280 by 900, for every outcome: the facts, the costs, the first local schools, outcomes and the button."""
    with desk_of(page.context) as desk:
        sign_in(desk.context, live_server.url, make_user(Role.PANEL_CLERK))
        desk.goto(live_server.url + reverse("decide", args=[meeting.pk, "K1"]))
        for key in "admfw":
            desk.keyboard.press(f"Alt+{key}")
            for wanted in (
                ".papers__facts",
                "#costs",
                "[name=outcome][value=WITHDRAWN]",
                ".decision__save button",
            ):
                box = desk.locator(wanted).bounding_box()
                assert box
                assert box["y"] >= 0
                assert box["y"] + box["height"] <= 900, (key, wanted)
        assert desk.evaluate("scrollY") == 0


def test_access_keys_of_the_browser_itself_choose_once(
    page: "Page", live_server: Any, meeting: PanelMeeting
) -> None:
    """Chromium's own handling of an access key, which a key sent with its text sets off, and the script agree."""
    sign_in(page.context, live_server.url, make_user(Role.PANEL_CLERK))
    page.goto(live_server.url + reverse("decide", args=[meeting.pk, "K1"]))
    devtools = page.context.new_cdp_session(page)
    for letter, label in (("d", "Declined"), ("f", "Deferred")):
        devtools.send(
            "Input.dispatchKeyEvent",
            {
                "type": "rawKeyDown",
                "modifiers": 1,
                "key": letter,
                "code": f"Key{letter.upper()}",
                "windowsVirtualKeyCode": ord(letter.upper()),
                "unmodifiedText": letter,
                "text": letter,
            },
        )
        assert page.get_by_label(label).is_checked()
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert PanelDecision.objects.get().outcome == "DEFERRED"


@each_width
def test_the_screen_fits_and_axe_finds_nothing(
    page: "Page", live_server: Any, meeting: PanelMeeting, width: int
) -> None:
    with desk_of(page.context) as desk:
        sign_in(desk.context, live_server.url, make_user(Role.PANEL_CLERK))
        desk.set_viewport_size({"width": width, "height": 900})
        desk.goto(live_server.url + reverse("decide", args=[meeting.pk, "K1"]))
        for key in "adm":
            desk.keyboard.press(f"Alt+{key}")
            check(desk, width, key)
        desk.keyboard.press("Alt+a")
        with desk.expect_navigation():
            desk.keyboard.press("Alt+s")
        expect(desk.locator(".govuk-error-summary")).to_be_focused()
        check(desk, width, "errors")
        desk.keyboard.press("Alt+f")
        with desk.expect_navigation():
            desk.keyboard.press("Alt+s")
        check(desk, width, "next")
        desk.goto(live_server.url + reverse("decide", args=[meeting.pk, "K1"]))
        check(desk, width, "decided")
        follow(desk, "Correct this decision")
        check(desk, width, "correct")
        desk.goto(live_server.url + reverse("ratify", args=["K2"]))
        check(desk, width, "ratify")
