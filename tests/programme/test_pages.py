"""The programme's pages: what each reader sees on a day, lists and their files, and forms that lose nothing."""

import csv
import io
import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.models.trail import changes_by
from sen_dashboard.kpis import KPIS
from sen_dashboard.programme.models import (
    Action,
    ActionUpdate,
    DecisionNeeded,
    KpiNote,
    Milestone,
    Workstream,
)
from sen_dashboard.programme.pages.figures import Figures
from sen_dashboard.programme.pages.lists import LISTS
from tests import factories as f
from tests.kpi_pages.test_pages import words
from tests.site_map import make_programme

pytestmark = pytest.mark.django_db

DAY = date(2019, 3, 31)
AT = f"as_at={DAY}"
FIGURES = Figures(KPIS)


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(f.make_user(Role.MANAGER, username="ann"))
    return client


@pytest.fixture
def auditor() -> Client:
    client = Client()
    client.force_login(f.make_user(Role.AUDITOR))
    return client


def day_typed(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def saved(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def boxes(response: Any) -> dict[str, str]:
    """What the boxes of a form hold, those that were chosen among them."""
    page = response.content.decode()
    held: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        box = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in box and (box.get("type") != "radio" or " checked" in tag):
            held[box["name"]] = box.get("value", "")
    held |= {name: text for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)<', page)}
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        held[name] = "".join(re.findall(r'value="([^"]*)" selected', options))
    return {name: unescape(text) for name, text in held.items()}


# Lists


@pytest.mark.parametrize("key", LISTS)
def test_a_list_shows_its_records_and_the_way_to_add_one_to_those_who_may(
    manager: Client, auditor: Client, key: str
) -> None:
    make_programme()
    address = reverse("programme_list", args=[key])
    for client, shown in ((manager, True), (auditor, False)):
        page = client.get(f"{address}?{AT}")
        assert LISTS[key].title in words(page)
        added = LISTS[key].add
        assert not added or (f'href="{reverse(added)}"' in page.content.decode()) is shown


@pytest.mark.parametrize("key", LISTS)
def test_an_empty_list_says_where_its_records_come_from(auditor: Client, key: str) -> None:
    page = words(auditor.get(reverse("programme_list", args=[key])))
    assert f"No {LISTS[key].many} yet {LISTS[key].empty}" in page


def test_actions_are_as_at_the_day_asked_for_and_else_as_at_today(auditor: Client) -> None:
    action = f.make_action("ON_TRACK", updated_on=date(2019, 3, 1), due_on=date(2019, 3, 15))
    f.make_update(action=action, day=date(2019, 4, 15), status="DONE")
    address = reverse("programme_list", args=["actions"])
    assert "On track 15 March 2019 Late" in words(auditor.get(f"{address}?{AT}"))
    today = words(auditor.get(address))
    assert "Done 15 March 2019 As" not in today
    assert "Late" not in today.split("Updated on")[1]
    assert "Done" in today.split("Updated on")[1]


def test_who_owns_actions_is_led_to_those_that_wait(client: Client, auditor: Client) -> None:
    f.make_action("ON_TRACK", owner="Finance", due_on=DAY, title="Mine")
    f.make_action("ON_TRACK", owner="Head of SEN", due_on=DAY)
    address = f"{reverse('programme_list', args=['actions'])}?{AT}"
    assert "For you:" not in words(auditor.get(address))
    client.force_login(f.make_user(Role.FINANCE))
    page = client.get(address)
    assert "For you: 1 action late or due within 28 days, Finance" in words(page)
    found = re.search(r'For you: <a class="govuk-link" href="([^"]+)"', page.content.decode())
    assert found is not None
    assert "1 action, 31 March 2019 (filtered:" in words(client.get(unescape(found[1])))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("list-standing=late", {"Late"}),
        ("list-standing=soon", {"Soon"}),
        ("list-standing=waiting", {"Late", "Soon"}),
        ("list-standing=waiting&list-role=finance", {"Soon"}),
        ("list-standing=open", {"Late", "Soon", "Far"}),
        ("list-status=DONE", {"Done"}),
        ("list-role=manager", {"Late", "Far", "Done"}),
        ("list-owner=head", {"Late", "Far", "Done"}),
        ("list-lever=REDUCE_DEMAND", {"Far"}),
        ("list-workstream=W1", {"Late"}),
    ],
)
def test_actions_are_filtered_on_the_page_and_in_the_file_alike(
    auditor: Client, query: str, found: set[str]
) -> None:
    workstream = f.make_workstream(workstream_id="W1")
    f.make_action(
        "AT_RISK", title="Late", owner="Head of SEN", due_on=date(2019, 3, 30), workstream=workstream
    )
    f.make_action("ON_TRACK", title="Soon", owner="Finance", due_on=DAY + timedelta(days=28))
    f.make_action(
        "NOT_STARTED",
        title="Far",
        owner="Head of SEN",
        due_on=DAY + timedelta(days=29),
        lever="REDUCE_DEMAND",
    )
    f.make_action("DONE", title="Done", owner="Head of SEN", due_on=date(2019, 1, 1))
    asked = f"?{AT}&{query}"
    page = auditor.get(reverse("programme_list", args=["actions"]) + asked)
    table = page.content.decode().split('id="table"')[1]
    assert {title for title in ("Late", "Soon", "Far", "Done") if f">{title}</a>" in table} == found
    rows = saved(auditor.get(reverse("programme_list_file", args=["actions", "csv"]) + asked))
    assert {row["action"] for row in rows} == found


def test_a_file_holds_codes_days_and_points(auditor: Client) -> None:
    make_programme()
    f.make_note(text="First\n\nSecond")
    rows = saved(auditor.get(f"{reverse('programme_list_file', args=['actions', 'csv'])}?{AT}&sort=-due_on"))
    (row,) = (row for row in rows if row["status"] == "AT_RISK")
    assert (row["due_on"], row["lever"]) == ("2019-03-15", "REDUCE_SPEND")
    assert row["figure"] == "Cost of a place by need: INMSS average a year"
    notes = saved(auditor.get(reverse("programme_list_file", args=["notes", "csv"])))
    assert "First; Second" in {row["text"] for row in notes}


def test_notes_are_changed_by_managers_alone(manager: Client, auditor: Client) -> None:
    f.make_note(note_id="T1")
    change = f'href="{reverse("kpi_note_change", args=["T1"])}"'
    address = reverse("programme_list", args=["notes"])
    assert change in manager.get(address).content.decode()
    assert change not in auditor.get(address).content.decode()


@pytest.mark.parametrize("query", ["as_at=never", "list-status=PERHAPS", "list-role=nobody"])
def test_what_no_list_can_be_asked_is_said_in_the_page_and_the_file(auditor: Client, query: str) -> None:
    for name, args in (("programme_list", ["actions"]), ("programme_list_file", ["actions", "csv"])):
        response = auditor.get(f"{reverse(name, args=args)}?{query}")
        assert response.status_code == 400
    assert auditor.get(reverse("programme_list", args=["nothing"])).status_code == 404


# Records


def test_an_action_is_told_from_its_latest_update_with_all_that_was_told(auditor: Client) -> None:
    make_programme()
    Milestone.objects.filter(action="N1", reached_on=None).update(reached_on=date(2019, 5, 1))
    f.make_update(action=Action.objects.get(pk="N1"), day=date(2019, 6, 1), status="DONE")
    page = words(auditor.get(f"{reverse('action', args=['N1'])}?{AT}"))
    assert "At risk since 15 January 2019; late: it was due on 15 March 2019. As told by the lead" in page
    assert "1 update after 31 March 2019 is left out." in page
    assert "Expected change −£500 from 1 September 2018" in page
    assert "Figure it should change Cost of a place by need: INMSS average a year" in page
    assert "Add an update" not in page
    assert "Late: due on 1 March 2019" in page
    today = words(auditor.get(reverse("action", args=["N1"])))
    assert "Done since 1 June 2019." in today
    assert "History of changes" in today


def test_a_workstream_shows_what_is_open_on_the_day(manager: Client) -> None:
    make_programme()
    page = words(manager.get(f"{reverse('workstream', args=['W1'])}?{AT}"))
    assert (
        "Off track 5 actions: 1 done, 1 on track, 1 at risk, 1 off track and 1 not started. 2 of them late."
        in page
    )
    assert "Decision needed Agree the tender" in page
    assert "Risk Fees rise" in page
    f.make_workstream(workstream_id="W2", title="Outcomes")
    assert "No actions are recorded on 31 March 2019." in words(
        manager.get(f"{reverse('workstream', args=['W2'])}?{AT}")
    )


def test_a_decision_says_whether_it_is_open_late_or_settled(manager: Client) -> None:
    f.make_decision_needed(item_id="D1", needed_by=date(2019, 3, 30))
    address = f"{reverse('decision_needed', args=['D1'])}?{AT}"
    assert "Open, and late: it was needed by 30 March 2019." in words(manager.get(address))
    DecisionNeeded.objects.update(settled_on=DAY, settled_as="Agreed for a year")
    page = words(manager.get(address))
    assert "Decided on 31 March 2019." in page
    assert "What was decided Agreed for a year" in page


def test_a_record_that_is_not_there_and_a_day_that_is_none(auditor: Client) -> None:
    f.make_action("ON_TRACK", action_id="N1")
    assert auditor.get(reverse("action", args=["N9"])).status_code == 404
    response = auditor.get(f"{reverse('action', args=['N1'])}?as_at=never")
    assert response.status_code == 400
    assert "There is a problem" in words(response)


@pytest.mark.parametrize("key", ["2019/N1", "a b?#%&", "line\nbreak", "Aktion-ä"])
def test_every_key_that_a_file_can_bring_has_its_pages(manager: Client, key: str) -> None:
    f.make_action("ON_TRACK", action_id=key, title="Odd one")
    page = unescape(manager.get(reverse("programme_list", args=["actions"])).content.decode())
    assert f'href="{reverse("action", args=[key])}"' in page
    for name in ("action", "action_trail", "action_change", "action_update", "action_milestone_add"):
        assert manager.get(reverse(name, args=[key])).status_code == 200


def test_what_was_typed_is_text(manager: Client) -> None:
    script = "<script>alert(1)</script>"
    f.make_action("AT_RISK", action_id="N1", title=script, owner=script)
    f.make_note(text=script)
    for address in (
        reverse("action", args=["N1"]),
        reverse("programme_list", args=["actions"]),
        reverse("programme_list", args=["notes"]),
    ):
        assert "<script>alert" not in manager.get(address).content.decode()


# Forms


ACTION = {
    "title": "Negotiate: fees < £40k & more",
    "workstream": "W1",
    "lever": "REDUCE_SPEND",
    "owner": "Head of SEN",
    **day_typed("due_on", date(2019, 6, 30)),
    "status": "AT_RISK",
    "note": "Two schools refuse",
    "figure": "cost_per_need_type:inmss_average",
    "kpi_row": "SEMH",
    "expected_change": "−£1,500.50",
    **day_typed("expected_from", date(2019, 9, 1)),
}


def test_an_action_is_added_with_its_first_update_and_the_figure_it_is_to_move(manager: Client) -> None:
    f.make_workstream(workstream_id="W1")
    page = words(manager.post(reverse("action_add"), ACTION, follow=True))
    assert "Success Added: Negotiate: fees < £40k & more" in page
    action = Action.objects.get()
    assert (action.kpi, action.kpi_key, action.kpi_row, str(action.expected_change)) == (
        "cost_per_need_type",
        "inmss_average",
        "SEMH",
        "-1500.50",
    )
    update = ActionUpdate.objects.get()
    assert (update.day, update.status, str(update.recorded_by)) == (localdate(), "AT_RISK", "ann")
    assert "Cost of a place by need: INMSS average a year, Social, emotional and mental health" in page


@pytest.mark.parametrize(
    ("wrong", "box", "sentence"),
    [
        ({"title": ""}, "id_title", "Enter what is being done."),
        ({"lever": ""}, "id_lever", "Choose the lever it works through."),
        ({"note": ""}, "id_note", "Enter in a sentence why it is at risk or off track."),
        (
            {"figure": "", "kpi_row": ""},
            "id_figure",
            "An expected change needs the KPI and the number that it is a change of.",
        ),
        (
            {"figure": "cost_per_need_type", "kpi_row": ""},
            "id_figure",
            "An expected change needs the KPI and the number",
        ),
        ({"kpi_row": "XX"}, "id_kpi_row", "“XX” is not a row of Cost of a place by need."),
        ({"figure": "cost_per_need_type:inmss_median"}, "id_kpi_row", "Leave the row empty: the rows do not"),
        (
            {"figure": "capacity:occupancy_pct", "kpi_row": ""},
            "id_kpi_row",
            "Enter a row: only the rows have",
        ),
        ({"expected_change": "less"}, "id_expected_change", "Enter a number such as -1.5 or 40,000."),
        ({"expected_change": ""}, "id_expected_from-day", "Enter an expected change and the date it is"),
        ({"due_on-month": "13"}, "id_due_on-day", "The date must be a real date."),
        ({"owner": "x" * 81}, "id_owner", "Use at most 80 characters."),
    ],
)
def test_a_form_says_what_is_wrong_at_the_box_and_keeps_what_was_typed(
    manager: Client, wrong: dict[str, str], box: str, sentence: str
) -> None:
    f.make_workstream(workstream_id="W1")
    typed = {**ACTION, **wrong}
    response = manager.post(reverse("action_add"), typed)
    page = response.content.decode()
    assert words(response).count(sentence) == 2, words(response)
    assert f'href="#{box}"' in page
    assert f'id="{box}"' in page
    assert not Action.objects.exists()
    held = boxes(response)
    assert {name: held.get(name, "") for name in typed} == typed


def test_a_figure_that_is_no_more_stays_until_another_is_chosen(manager: Client) -> None:
    f.make_action("ON_TRACK", action_id="N1", kpi="former", kpi_key="number")
    page = manager.get(reverse("action_change", args=["N1"]))
    assert boxes(page)["figure"] == "former:number"
    assert "former:number (not a figure on this dashboard)" in words(
        manager.get(reverse("action", args=["N1"]))
    )
    typed = {
        **ACTION,
        "workstream": "",
        "figure": "former:number",
        "kpi_row": "",
        "seen": boxes(page)["seen"],
    }
    manager.post(reverse("action_change", args=["N1"]), typed)
    assert Action.objects.get().kpi == "former"


def test_an_update_begins_as_it_stood_and_is_of_today(manager: Client) -> None:
    f.make_action("AT_RISK", action_id="N1", title="Negotiate")
    address = reverse("action_update", args=["N1"])
    held = boxes(manager.get(address))
    today = localdate()
    assert held.items() >= {**day_typed("day", today), "status": "AT_RISK"}.items()
    assert "Negotiate" in words(manager.get(address))
    tomorrow = today + timedelta(days=1)
    refused = manager.post(address, {**day_typed("day", tomorrow), "status": "ON_TRACK", "note": "Better"})
    assert "or an earlier date: this one is in the future." in words(refused)
    assert boxes(refused)["note"] == "Better"
    assert "Added:" in words(
        manager.post(address, {**day_typed("day", today), "status": "ON_TRACK", "note": ""}, follow=True)
    )


def test_ending_an_action_names_its_open_milestones(manager: Client) -> None:
    f.make_milestone(action=f.make_action("ON_TRACK", action_id="N1"), title="Terms agreed")
    typed = {**day_typed("day", localdate()), "status": "DONE", "note": "At last"}
    refused = manager.post(reverse("action_update", args=["N1"]), typed)
    assert "They are: Terms agreed, due 1 March 2019." in words(refused)
    assert boxes(refused).items() >= typed.items()


def test_a_milestone_is_added_reached_and_changed(manager: Client) -> None:
    f.make_action("ON_TRACK", action_id="N1")
    typed = {"title": "Terms agreed", **day_typed("due_on", DAY)}
    page = words(manager.post(reverse("action_milestone_add", args=["N1"]), typed, follow=True))
    assert "Added: Terms agreed" in page
    milestone = Milestone.objects.get()
    address = reverse("milestone_reach", args=[milestone.pk])
    typed = {"seen": boxes(manager.get(address))["seen"], **day_typed("reached_on", DAY)}
    assert "Reached: Terms agreed" in words(manager.post(address, typed, follow=True))
    assert Milestone.objects.get().reached_on == DAY
    address = reverse("milestone_change", args=[milestone.pk])
    held = boxes(manager.get(address))
    assert held.items() >= {"title": "Terms agreed", **day_typed("reached_on", DAY)}.items()
    manager.post(address, held | {f"reached_on-{part}": "" for part in ("day", "month", "year")})
    assert Milestone.objects.get().reached_on is None


def test_a_settled_decision_is_reworded_by_those_alone_who_settle(manager: Client) -> None:
    f.make_decision_needed(item_id="D1")
    page, form = (reverse(name, args=["D1"]) for name in ("decision_needed", "decision_needed_change"))
    officer = Client()
    officer.force_login(f.make_user(Role.OFFICER))
    typed = boxes(officer.get(form)) | {"title": "Fund 40 places"}
    assert form in officer.get(page).content.decode()
    DecisionNeeded.objects.update(settled_on=DAY, settled_as="Agreed")
    assert form not in officer.get(page).content.decode()
    assert form in manager.get(page).content.decode()
    assert officer.get(form).status_code == 403
    assert manager.get(form).status_code == 200
    assert "Someone changed this decision while you had it open." in words(officer.post(form, typed))
    assert officer.post(form, typed | {"over": "2"}).status_code == 403
    assert DecisionNeeded.objects.get().title != "Fund 40 places"


def test_pages_lead_to_forms_that_begin_with_them(manager: Client, auditor: Client) -> None:
    """An action with the workstream, a note with the figure; for those who may."""
    f.make_workstream(workstream_id="W 1")
    for page, form, box, begun in (
        (reverse("workstream", args=["W 1"]), reverse("action_add"), "workstream", "W 1"),
        (reverse("kpi", args=["capacity"]), reverse("kpi_note_add"), "kpi", "capacity"),
    ):
        (link,) = re.findall(rf'href="({form}\?[^"]*)"', manager.get(page).content.decode())
        assert boxes(manager.get(unescape(link)))[box] == begun
        assert form not in auditor.get(page).content.decode()


def test_a_decision_is_settled_and_what_is_missing_is_said(manager: Client) -> None:
    f.make_decision_needed(item_id="D1")
    address = reverse("decision_needed_settle", args=["D1"])
    typed = {"seen": "1", **day_typed("settled_on", DAY), "settled_as": ""}
    assert words(manager.post(address, typed)).count("Enter what was decided.") == 2
    page = words(manager.post(address, typed | {"settled_as": "Agreed"}, follow=True))
    assert "Agree the tender" in page
    assert "Entered by ann" in page


def test_a_change_of_the_commissioning_plan_is_entered_with_its_school_by_name(manager: Client) -> None:
    f.make_school(school_id="S1", name="Ash School")
    typed = {
        "title": "More places",
        "school": "Ash",
        "provision": "SPECIAL",
        "places_change": "-12",
        **day_typed("effective_on", DAY),
        "status": "PROPOSED",
        "district": "Swale",
        "needs": ["ASD", "SEMH"],
        "note": "",
    }
    page = words(manager.post(reverse("commissioning_change_add"), typed, follow=True))
    assert "Proposed: 12 fewer places from 31 March 2019." in page
    assert "School Ash School" in page
    refused = manager.post(
        reverse("commissioning_change_add"), {**typed, "places_change": "some", "school": "Oak"}
    )
    assert "Enter a whole number such as 40 or -12." in words(refused)
    assert "No school has this key or this in its name." in words(refused)
    assert boxes(refused).items() >= {"places_change": "some", "school": "Oak", "district": "Swale"}.items()


def test_a_risk_of_likelihood_6_is_refused(manager: Client) -> None:
    f.make_workstream(workstream_id="W1")
    typed = {"title": "Fees", "workstream": "W1", "likelihood": "6", "impact": "3", "status": "OPEN"}
    refused = manager.post(reverse("risk_add"), typed)
    assert words(refused).count("Choose a number from 1 to 5.") == 2
    assert boxes(refused)["impact"] == "3"


def test_a_note_is_written_for_one_of_the_figures(manager: Client) -> None:
    typed = {"kpi": "panel_reasons", "title": "Reasons", "text": "One\nTwo", **day_typed("day", DAY)}
    assert "Added: Reasons" in words(manager.post(reverse("kpi_note_add"), typed, follow=True))
    assert [note.points for note in KpiNote.objects.beside("panel_reasons", DAY)] == [["One", "Two"]]
    refused = manager.post(reverse("kpi_note_add"), typed | {"kpi": "nothing", "title": ""})
    assert "Give a heading." in words(refused)
    assert boxes(refused)["text"] == "One\nTwo"


def test_what_somebody_changed_meanwhile_is_shown_and_the_person_decides(manager: Client) -> None:
    f.make_workstream(workstream_id="W1", title="Outcomes")
    address = reverse("workstream_change", args=["W1"])
    mine = {**boxes(manager.get(address)), "title": "My words"}
    with changes_by(f.make_user(Role.OFFICER, username="ben")):
        Workstream.objects.update(title="His words")
    refused = manager.post(address, mine)
    page = words(refused)
    assert "Someone changed this workstream while you had it open. Your changes are not saved yet." in page
    assert "Title: from Outcomes to His words" in page
    assert "ben" in page
    assert boxes(refused)["title"] == "My words"
    assert Workstream.objects.get().title == "His words"
    over = re.search(r'name="over" value="(\d+)"', refused.content.decode())
    assert over is not None
    manager.post(address, mine | {"over": over[1]})
    assert Workstream.objects.get().title == "My words"


# Figures in words


def test_every_number_that_is_offered_is_one_that_an_action_may_name() -> None:
    for named, told in FIGURES.numbers.items():
        kpi, _, key = named.partition(":")
        assert told.strip()
        keys = {kpi.slug: kpi.keys for kpi in KPIS}[kpi]
        if not key or key in keys.headline:
            assert FIGURES.problem(kpi, key, "") == ""
        else:
            assert "Enter a row" in FIGURES.problem(kpi, key, "")
    assert len(set(FIGURES.numbers.values())) == len(FIGURES.numbers), "two numbers would read alike"
