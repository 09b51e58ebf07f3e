"""A form is carried out once, however often it is sent: all forms that create something, and two requests at once.

A new form that creates something must be filled in here, or the first test fails.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.timezone import localdate, now
from django.views.generic.edit import BaseCreateView

from panel.models import ConflictOfInterest, PanelCase, PanelDecision, PanelMeeting, RequestDraft
from placements.models import FindingNote, LedgerUpload
from provision.models import CommissioningChange
from sen_dashboard.accounts import middleware, services
from sen_dashboard.accounts.models import Sending, User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.accounts.sending import REMEMBERED
from sen_dashboard.core.web.editing import EditPage
from sen_dashboard.programme.models import (
    Action,
    ActionUpdate,
    DecisionNeeded,
    Event,
    KpiNote,
    Milestone,
    Risk,
    Workstream,
)
from tests import factories as f
from tests.kpi_pages.test_pages import words
from tests.panel.requests.typing import COMPLETE, RECEIVED
from tests.programme.test_pages import boxes
from tests.store.test_concurrency import all_at_once

MEETING, MEMBER = 9001, 9002
FINDING = "0123456789abcdef"


@dataclass(frozen=True)
class Chosen:
    """A file that is chosen in a form; every sending reads it anew."""

    name: str
    content: bytes

    def opened(self) -> SimpleUploadedFile:
        return SimpleUploadedFile(self.name, self.content)


def day(name: str, year: int = 2018) -> dict[str, str]:
    return {f"{name}-day": "3", f"{name}-month": "12", f"{name}-year": str(year)}


CREATING: dict[str, tuple[type[Model], dict[str, Any]]] = {
    "request_add": (PanelCase, COMPLETE | {"child": "C2"}),
    "event_add": (Event, {"title": "A new school opened"} | day("day")),
    "meeting_add": (PanelMeeting, {"place": "Room 3"} | day("held_on", 2019)),
    "meeting_conflicts": (ConflictOfInterest, {"member": str(MEMBER), "reason": "A governor of the school"}),
    "person_add": (User, {"username": "new.person", "roles": ["Officer"]}),
    "workstream_add": (Workstream, {"title": "Local places", "lead": "Head of SEN", "aim": "Fewer far away"}),
    "action_add": (Action, {"title": "Open a unit", "lever": "REDUCE_DEMAND", "status": "ON_TRACK"}),
    "action_update": (ActionUpdate, {"status": "ON_TRACK", "note": "As planned"}),
    "action_milestone_add": (Milestone, {"title": "Plans approved"} | day("due_on", 2027)),
    "commissioning_change_milestone_add": (Milestone, {"title": "Funds agreed"} | day("due_on", 2027)),
    "risk_add": (
        Risk,
        {"title": "No builder", "workstream": "W1", "likelihood": "2", "impact": "3", "status": "OPEN"},
    ),
    "decision_needed_add": (
        DecisionNeeded,
        {"title": "Fund a unit", "workstream": "W1", "asked_of": "Cabinet"},
    ),
    "commissioning_change_add": (
        CommissioningChange,
        {"title": "A unit", "provision": "SRP", "places_change": "12", "status": "PROPOSED"}
        | day("effective_on", 2027),
    ),
    "finding_note": (
        FindingNote,
        {"status": "QUERY_RAISED", "text": "Wrote to the school.", "recovered": ""},
    ),
    "ledger_load": (
        LedgerUpload,
        {"exports": Chosen("april.csv", b"Date,Amount\n01/04/2019,25\n"), "source": ""},
    ),
    "kpi_note_add": (
        KpiNote,
        {"kpi": "capacity", "title": "Why it fell", "text": "A school closed."} | day("day"),
    ),
}
"""What each form that creates something makes, and what is typed into it besides what it begins with."""

PARTS: dict[str, dict[str, Any]] = {
    "meeting_conflicts": {"meeting_id": MEETING, "case_id": "K1"},
    "action_update": {"action_id": "N1"},
    "finding_note": {"key": FINDING},
    "action_milestone_add": {"action_id": "N1"},
    "commissioning_change_milestone_add": {"commissioning_change_id": "X1"},
}


def addresses(patterns: Any) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns)
        else:
            yield pattern


def pages() -> dict[str, type[EditPage]]:
    """Every page with a form that one service carries out, by the name of its address."""
    named = {p.name: getattr(p.callback, "view_class", None) for p in addresses(get_resolver().url_patterns)}
    return {str(name): page for name, page in named.items() if page and issubclass(page, EditPage)}


@pytest.fixture
def records(tmp_path: Path, settings: Any) -> None:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    f.make_finding_note(key=FINDING, kind="PAID_AFTER_LEAVING", month=localdate().replace(day=1))
    f.make_school(school_id="S1", name="Ash School")
    f.make_school(school_id="L1", name="Local School")
    f.make_school(school_id="L2", name="Beech School")
    child = f.make_child(child_id="C1")
    for other in ("C2", "C3"):
        f.make_child(child_id=other, date_of_birth=date(RECEIVED.year - 10, 1, 1))
    workstream = f.make_workstream(workstream_id="W1")
    f.make_action("ON_TRACK", action_id="N1", workstream=workstream)
    f.make_change(change_id="X1")
    meeting = f.make_meeting(pk=MEETING)
    f.make_member(pk=MEMBER, meeting=meeting, role="Chair", present=True)
    f.make_agenda_item(meeting=meeting, case=f.make_case(case_id="K1", child=child, attendance="DAY"))


@pytest.fixture
def everybody(client: Client, records: None) -> Client:
    client.force_login(f.make_user(*Role, username="ann"))
    return client


def filled(client: Client, name: str) -> tuple[str, dict[str, Any]]:
    """The address of a form, and all that it sends once it is filled in."""
    address = reverse(name, kwargs=PARTS.get(name))
    return address, boxes(client.get(address)) | CREATING[name][1]


def sent_twice(client: Client, address: str, typed: dict[str, Any]) -> list[Any]:
    """What the same browser is answered when it sends a form twice at once."""
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.cookies = client.cookies
    return all_at_once(*(partial(browser.post, address, as_sent(typed)) for browser in browsers))


def as_sent(typed: dict[str, Any]) -> dict[str, Any]:
    """What one sending sends, with its files opened."""
    return {name: value.opened() if isinstance(value, Chosen) else value for name, value in typed.items()}


def test_every_form_that_creates_something_is_known_here() -> None:
    assert {name for name, page in pages().items() if page.creates} == set(CREATING)


def test_djangos_views_that_create_say_that_they_do() -> None:
    assert all(page.creates for page in pages().values() if issubclass(page, BaseCreateView))


def test_forms_have_a_token_but_those_named_in_the_docstring() -> None:
    folder = settings.BASE_DIR / "templates"
    without = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.html")
        for form in re.findall(
            r'<form[^>]* method="post".*?</form>', path.read_text(encoding="utf-8"), re.DOTALL
        )
        if "{% once" not in form
    }
    assert without == {
        "sign_in.html",
        "components/header.html",  # signing out
        "panel/agenda_actions.html",  # up and down
        "job.html",  # cancelling
        "components/kept.html",  # discarding
        "components/downloads.html",
        "reports/digest.html",
    }


@pytest.mark.django_db(transaction=True)
def test_two_sendings_at_once_make_one(everybody: Client) -> None:
    """Of every form that creates something; both are answered with what was made."""
    for name, (model, _) in CREATING.items():
        address, typed = filled(everybody, name)
        before = model._default_manager.count()
        answers = sent_twice(everybody, address, typed)
        made = model._default_manager.count() - before
        assert made == 1, (name, [words(a) for a in answers if a.status_code != 302])
        led_to = {answer["Location"] for answer in answers if answer.status_code == 302}
        shown = [answer for answer in answers if answer.status_code != 302]
        assert len(led_to) == 1, name
        if name == "person_add":  # the one page that is shown at once: it holds the password
            assert "The password is shown only once" in words(shown[0])
        else:
            assert not shown, name


@pytest.mark.django_db(transaction=True)
def test_a_change_under_a_spent_token_is_carried_out_once(
    everybody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two at once with the same new contents: the second waits for the first, as with a new token."""
    address = reverse("person_change", args=[f.make_user(Role.OFFICER).pk])
    typed = boxes(everybody.get(address))
    everybody.post(address, typed | {"first_name": "One"})
    carried_out: list[str] = []

    def slowly(*, first_name: str, **given: Any) -> Any:
        carried_out.append(first_name)
        sleep(0.5)
        return change(first_name=first_name, **given)

    change = services.change_person
    monkeypatch.setattr(services, "change_person", slowly)
    answers = sent_twice(everybody, address, typed | {"first_name": "Two"})
    assert [answer.status_code for answer in answers] == [302, 302]
    assert carried_out == ["Two"]


@pytest.mark.django_db
class TestSentBefore:
    """After Back, or a form that was left open."""

    def test_the_same_contents_lead_to_what_was_made_and_say_so(self, everybody: Client) -> None:
        address, typed = filled(everybody, "request_add")
        first = everybody.post(address, typed)
        case = PanelCase.objects.exclude(case_id="K1").get()
        everybody.get(first["Location"])
        again = everybody.post(address, typed)
        assert again["Location"] == first["Location"]
        assert f"Saved as panel case {case.case_id}, £36,001" in words(everybody.get(again["Location"]))

    def test_what_was_said_is_said_once(self, everybody: Client) -> None:
        address, typed = filled(everybody, "event_add")
        everybody.post(address, typed)
        page = words(everybody.post(address, typed, follow=True))
        assert page.count("Added: ") == 1

    @pytest.mark.parametrize("name", ["event_add", "request_add"])
    def test_other_contents_are_asked_about_and_saved_as_another(self, everybody: Client, name: str) -> None:
        address, typed = filled(everybody, name)
        model = CREATING[name][0]
        first = everybody.post(address, typed)
        before = model._default_manager.count()
        changed = typed | {"title": "Another title", "caseworker": "B. Officer", "child": "C3"}
        asked = everybody.post(address, changed)
        assert model._default_manager.count() == before
        page = words(asked)
        assert "You have already sent this form with different details. Nothing was saved this time." in page
        assert "What was saved when you sent this form before" in page
        assert f'href="{first["Location"]}"' in asked.content.decode().replace("&amp;", "&")
        held = boxes(asked)
        assert held.get("title", held.get("caseworker")) in ("Another title", "B. Officer")
        assert held["once"].split(":")[0] == typed["once"].split(":")[0], "the same, but for the time"
        another = re.search(r'name="another" value="([^"]+)"', asked.content.decode())
        assert another is not None
        for _ in range(2):
            assert everybody.post(address, changed | {"another": another[1]}).status_code == 302
            assert model._default_manager.count() == before + 1

    def test_a_form_that_was_refused_may_be_sent_again(self, everybody: Client) -> None:
        address, typed = filled(everybody, "event_add")
        assert everybody.post(address, typed | {"title": ""}).status_code == 200
        assert not Sending.objects.exists()
        assert everybody.post(address, typed).status_code == 302
        assert Event.objects.count() == 1

    def test_a_draft_is_kept_once(self, everybody: Client) -> None:
        address, typed = filled(everybody, "request_add")
        for _ in range(2):
            everybody.post(address, typed | {"keep": "draft"})
        assert RequestDraft.objects.count() == 1

    def test_a_draft_that_became_a_case_answers_with_the_case(self, everybody: Client) -> None:
        address, typed = filled(everybody, "request_add")
        everybody.post(address, typed | {"keep": "draft"})
        address += f"?draft={RequestDraft.objects.get().pk}"
        typed = boxes(everybody.get(address)) | CREATING["request_add"][1]
        answers = [everybody.post(address, typed) for _ in range(2)]
        assert answers[0]["Location"] == answers[1]["Location"]
        assert PanelCase.objects.exclude(case_id="K1").count() == 1

    def test_what_was_removed_is_not_looked_for_again(self, everybody: Client) -> None:
        f.make_event(event_id="E1")
        address = reverse("event_remove", args=["E1"])
        typed = boxes(everybody.get(address))
        assert [everybody.post(address, typed).status_code for _ in range(2)] == [302, 302]

    def test_a_form_that_changes_may_be_sent_again_with_other_contents(self, everybody: Client) -> None:
        person = f.make_user(Role.OFFICER)
        address = reverse("person_change", args=[person.pk])
        typed = boxes(everybody.get(address))
        for role in (Role.MANAGER, Role.FINANCE):
            everybody.post(address, typed | {"roles": [role.value]})
            assert list(person.groups.values_list("name", flat=True)) == [role.value]

    def test_a_token_is_good_for_its_person_and_its_form_alone(self, everybody: Client) -> None:
        """Another person's form is refused."""
        address, typed = filled(everybody, "event_add")
        everybody.post(address, typed)
        ben = Client()
        ben.force_login(f.make_user(Role.MANAGER))
        theirs = boxes(ben.get(address))["once"]
        assert everybody.post(address, typed | {"once": theirs}).status_code == 403
        assert Event.objects.count() == 1

    @pytest.mark.parametrize("name", ["event_add", "request_add"])
    @pytest.mark.parametrize("token", [None, "", "made up"])
    def test_what_creates_is_shown_again_where_no_good_token_came(
        self, everybody: Client, name: str, token: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One that was open for longer than tokens are good is as none. Nothing is made, and nothing lost."""
        address, typed = filled(everybody, name)
        model = CREATING[name][0]
        before = model._default_manager.count()
        with monkeypatch.context() as later:
            if token is None:
                later.setattr(middleware, "REMEMBERED", timedelta(seconds=-1))
            shown = everybody.post(address, typed | ({} if token is None else {"once": token}))
        assert "This form was open for too long. Nothing has been saved yet: save it again." in words(shown)
        assert model._default_manager.count() == before
        held = boxes(shown)
        text = {name for name, value in typed.items() if isinstance(value, str)} - {
            "once",
            "csrfmiddlewaretoken",
        }
        assert {name: held.get(name) for name in text} == {name: typed[name] for name in text}
        for _ in range(2):
            assert everybody.post(address, typed | {"once": held["once"]}).status_code == 302
        assert model._default_manager.count() == before + 1

    def test_a_token_that_comes_again_is_known_for_as_long_as_it_is_good(self, everybody: Client) -> None:
        address, typed = filled(everybody, "event_add")
        everybody.post(address, typed)
        nearly = now() - REMEMBERED + timedelta(hours=1)
        Sending.objects.update(at=nearly)
        everybody.post(address, typed | {"title": "Other details"})
        assert Sending.objects.get().at > nearly + timedelta(days=1)

    def test_a_button_is_known_where_a_key_has_signs_that_addresses_have_not(self, everybody: Client) -> None:
        f.make_case(case_id="IP 12/ä", child=f.make_child())
        address = reverse("papers_complete", args=["IP 12/ä"])
        page = everybody.get(reverse("case", args=["IP 12/ä"])).content.decode()
        token = re.search(rf'action="{re.escape(address)}".*?name="once" value="([^"]+)"', page, re.DOTALL)
        assert token is not None
        answers = [everybody.post(address, {"once": token[1]}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert Sending.objects.count() == 1

    def test_neither_contents_nor_tokens_are_remembered_for_long(self, everybody: Client) -> None:
        address, typed = filled(everybody, "event_add")
        everybody.post(address, typed)
        sending = Sending.objects.get()
        assert typed["title"] not in sending.contents
        Sending.objects.update(at=sending.at - REMEMBERED)
        address, typed = filled(everybody, "event_add")
        everybody.post(address, typed)
        assert not Sending.objects.filter(pk=sending.pk).exists()


@pytest.fixture
def clerk(client: Client) -> Client:
    """A clerk at a meeting of today that hears two cases."""
    meeting = f.make_meeting(pk=MEETING, held_on=localdate(), quorum=1)
    f.make_member(meeting=meeting, present=True)
    for case_id in ("K1", "K2"):
        case = f.make_case(case_id=case_id, attendance="DAY", ready_on=localdate())
        f.make_requested_cost(case=case)
        f.make_agenda_item(meeting=meeting, case=case)
    client.force_login(f.make_user(Role.PANEL_CLERK, username="ann"))
    return client


def decided(client: Client, **given: str) -> tuple[str, dict[str, Any]]:
    """The address of the decision screen of the first case, and what it sends: declined, and why."""
    address = reverse("decide", args=[MEETING, "K1"])
    return address, boxes(client.get(address)) | {
        "outcome": "DECLINED",
        "note": "A local school can.",
    } | given


class TestSaveAndNext:
    """A change by oneself with the same contents is no conflict, and no correction."""

    @pytest.mark.django_db(transaction=True)
    def test_twice_at_once_leads_to_the_next_case(self, clerk: Client) -> None:
        address, typed = decided(clerk)
        answers = sent_twice(clerk, address, typed)
        following = reverse("decide", args=[MEETING, "K2"])
        assert [answer.get("Location") for answer in answers] == [following, following]
        assert PanelDecision.objects.get().outcome == "DECLINED"

    @pytest.mark.django_db
    def test_the_same_from_two_tabs_is_one(self, clerk: Client) -> None:
        tabs = [decided(clerk), decided(clerk)]
        answers = [clerk.post(address, typed) for address, typed in tabs]
        assert answers[0]["Location"] == answers[1]["Location"]
        assert PanelDecision.objects.count() == 1

    @pytest.mark.django_db
    def test_other_contents_are_a_conflict_even_with_oneself(self, clerk: Client) -> None:
        tabs = [decided(clerk), decided(clerk, note="A unit can.")]
        clerk.post(*tabs[0])
        assert "Someone changed case K1 while you had it open" in words(clerk.post(*tabs[1]))
        assert PanelDecision.objects.get().note == "A local school can."

    @pytest.mark.django_db
    def test_the_same_by_somebody_else_is_a_conflict(self, clerk: Client) -> None:
        address, typed = decided(clerk)
        ben = Client()
        ben.force_login(f.make_user(Role.PANEL_CLERK, username="ben"))
        theirs = decided(ben)
        clerk.post(address, typed)
        assert "Someone changed case K1 while you had it open" in words(ben.post(*theirs))
        assert PanelDecision.objects.count() == 1
