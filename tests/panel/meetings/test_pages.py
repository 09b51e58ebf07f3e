"""The pages of meetings: what each reader sees, what the forms do and refuse, and what is printed."""

import re
from datetime import date, time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from panel.models import AgendaItem, ConflictOfInterest, Member, PanelDecision, PanelMeeting
from sen_dashboard.accounts.roles import Role
from tests.factories import (
    make_agenda_item,
    make_case,
    make_conflict,
    make_decision,
    make_meeting,
    make_member,
    make_user,
)
from tests.kpi_pages.test_pages import words
from tests.panel.meetings.day import HELD_ON, decide_every, meeting_of, ready_case

pytestmark = pytest.mark.django_db

LIST, ADD = "/panel/meetings/", "/panel/meetings/add/"


@pytest.fixture
def clerk(client: Client) -> Client:
    client.force_login(make_user(Role.PANEL_CLERK))
    return client


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(make_user(Role.OFFICER))
    return client


def of(meeting: PanelMeeting, rest: str = "") -> str:
    """An address of the meeting."""
    return f"/panel/meetings/{meeting.pk}/{rest}"


def typed(**given: str) -> dict[str, str]:
    """A filled form for a meeting."""
    usual = {"held_on-day": "8", "held_on-month": "5", "held_on-year": "2018", "starts_at": "09:30"}
    return usual | {"slot_minutes": "15", "quorum": "3", "place": "County Hall"} | given


def boxes(page: Any) -> dict[str, str]:
    """What the boxes of a form hold."""
    return dict(re.findall(r'name="([^"]+)"[^>]*? value="([^"]*)"', page.content.decode()))


def statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


class TestList:
    def test_newest_first_with_numbers(self, officer: Client) -> None:
        meeting = meeting_of(2)
        make_decision(case=meeting.items.get(position=0).case, meeting_on=HELD_ON)
        make_meeting(held_on=date(2018, 6, 5), panel="ADDITIONAL_FUNDING")
        page = words(officer.get(LIST))
        assert "2 meetings" in page
        newest = page.index("5 June 2018 Additional funding panel 0 0 0 of 0 present")
        assert newest < page.index("1 May 2018 Independent Placement Panel 2 1 3 of 4 present")

    def test_only_those_who_may_edit_see_how(self, client: Client) -> None:
        for role, shown in ((Role.OFFICER, False), (Role.MANAGER, False), (Role.PANEL_CLERK, True)):
            client.force_login(make_user(role))
            assert (f'href="{ADD}?panel=INDEPENDENT"' in client.get(LIST).content.decode()) is shown

    def test_empty_says_who_enters_meetings(self, officer: Client) -> None:
        assert "No meetings yet" in words(officer.get(LIST))

    @pytest.mark.parametrize("sort", ["held_on", "-panel", "decided", "-invited", "nothing", "\0"])
    def test_sorts_by_what_it_has(self, officer: Client, sort: str) -> None:
        meeting_of(1)
        assert officer.get(LIST, {"sort": sort}).status_code == 200


class TestAdd:
    def test_first_meeting_starts_from_what_is_usual(self, clerk: Client) -> None:
        assert (
            boxes(clerk.get(ADD)).items()
            >= {"starts_at": "09:30", "slot_minutes": "15", "quorum": "3"}.items()
        )

    def test_next_meeting_is_as_the_last_of_its_panel(self, clerk: Client) -> None:
        make_meeting(starts_at=time(13), slot_minutes=20, quorum=4, place="Room 2")
        make_meeting(held_on=date(2018, 6, 1), panel="ADDITIONAL_FUNDING", slot_minutes=5)
        shown = boxes(clerk.get(ADD, {"panel": "INDEPENDENT"}))
        assert (
            shown.items()
            >= {
                "starts_at": "13:00",
                "slot_minutes": "20",
                "quorum": "4",
                "place": "Room 2",
            }.items()
        )
        assert boxes(clerk.get(ADD, {"panel": "ADDITIONAL_FUNDING"}))["slot_minutes"] == "5"
        assert "Add a meeting of the Independent Placement Panel" in words(clerk.get(ADD, {"panel": "x"}))

    def test_it_opens_the_meeting_to_which_those_of_the_last_are_invited(self, clerk: Client) -> None:
        make_member(meeting=make_meeting(), name="A. Ash", present=True)
        response = clerk.post(f"{ADD}?panel=INDEPENDENT", typed(starts_at="9.45"), follow=True)
        assert "Added: Independent Placement Panel, 8 May 2018" in words(response)
        assert "8 May 2018, 09:45, County Hall." in words(response)
        assert "0 of 1 member is present; 3 are needed." in words(response)

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"starts_at": "half past"}, "Enter a time of day such as 09:30."),
            ({"starts_at": ""}, "Enter a time of day such as 09:30."),
            ({"slot_minutes": "0"}, "Enter 1 to 240 minutes."),
            ({"slot_minutes": "9" * 30}, "Enter 1 to 240 minutes."),
            ({"quorum": "many"}, "Enter 1 to 50 members."),
            ({"held_on-day": "31", "held_on-month": "2"}, "The date must be a real date."),
            ({"held_on-year": "2300"}, "Enter a date from 1900 to 2199."),
            ({"held_on-day": "1"}, "This panel already has a meeting on that day."),
            ({"place": "<b>here</b>"}, "Use plain words"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_lost(
        self, clerk: Client, given: dict[str, str], sentence: str
    ) -> None:
        make_meeting()
        response = clerk.post(ADD, typed(**given))
        assert words(response).count(sentence) == 2  # in the summary and at the box
        assert PanelMeeting.objects.count() == 1
        assert "Error: Add a meeting" in response.content.decode()


class TestChange:
    def test_starts_from_what_is_stored(self, clerk: Client) -> None:
        meeting = make_meeting(starts_at=time(13, 5))
        held = boxes(clerk.get(of(meeting, "change/")))
        assert held["starts_at"] == "13:05"
        response = clerk.post(of(meeting, "change/"), held | typed(), follow=True)
        assert "Changed: Independent Placement Panel, 8 May 2018" in words(response)

    def test_a_second_clerk_is_told_and_decides(self, clerk: Client) -> None:
        meeting = make_meeting()
        address = of(meeting, "change/")
        mine = boxes(clerk.get(address)) | {"place": "Room 1"}
        clerk.post(address, boxes(clerk.get(address)) | {"place": "Room 2"})
        page = words(clerk.post(address, mine))
        assert "Someone changed this meeting while you had it open. Your changes are not saved yet." in page
        assert "to Room 2" in page
        assert PanelMeeting.objects.get().place == "Room 2"
        assert clerk.post(address, mine | {"over": "2"}).status_code == 302
        assert PanelMeeting.objects.get().place == "Room 1"

    def test_the_day_stays_once_something_was_decided(self, clerk: Client) -> None:
        meeting = meeting_of(1)
        decide_every(meeting)
        held = boxes(clerk.get(of(meeting, "change/")))
        response = clerk.post(of(meeting, "change/"), held | typed())
        assert "This meeting has recorded decisions, so its date cannot change." in words(response)


class TestMeeting:
    def test_says_when_where_and_who_is_there(self, officer: Client) -> None:
        page = words(officer.get(of(meeting_of(6, quorum=3, place="County Hall"))))
        assert "1 May 2018, 09:30 to 11:00, County Hall." in page
        assert "3 of 4 members are present; 3 are needed." in page

    def test_agenda_has_each_case_in_its_slot(self, officer: Client) -> None:
        meeting = meeting_of(2)
        make_decision(case=meeting.items.get(position=0).case, meeting_on=HELD_ON, outcome="DECLINED")
        page = words(officer.get(of(meeting)))
        assert "1 , K01 09:30 K01 ASD 12 School of K01 £36,000 Declined" in page
        assert "2 , K02 09:45 K02 ASD 12 School of K02 £36,000 No decision yet" in page
        assert "Agenda: 2 cases, 1 decided" in page

    def test_a_gap_in_the_order_leaves_no_slot_empty(self, officer: Client) -> None:
        meeting = meeting_of(3)
        meeting.items.get(position=1).delete()
        assert "2 , K03 09:45" in words(officer.get(of(meeting)))

    def test_cases_lead_to_the_decision_from_the_day_on_for_those_who_may(self, client: Client) -> None:
        come, to_come = meeting_of(1), make_meeting(held_on=date(2190, 1, 1))
        make_agenda_item(meeting=to_come, case=ready_case("K99"))
        for role, meeting, address in (
            (Role.PANEL_CLERK, come, of(come, "decide/K01/")),
            (Role.PANEL_CLERK, to_come, "/cases/K99/"),
            (Role.OFFICER, come, "/cases/K01/"),
        ):
            client.force_login(make_user(role))
            assert f'href="{address}"' in client.get(of(meeting)).content.decode()

    def test_start_deciding_leads_to_the_first_case_without_a_decision(self, client: Client) -> None:
        client.force_login(make_user(Role.PANEL_CLERK))
        meeting = meeting_of(3)
        begin = re.compile(r'href="([^"]*)">Start deciding')
        make_decision(case=meeting.items.all()[0].case, meeting_on=meeting.held_on, outcome="DEFERRED")
        assert begin.findall(client.get(of(meeting)).content.decode()) == [of(meeting, "decide/K02/")]
        for item in meeting.items.all()[1:]:
            make_decision(case=item.case, meeting_on=meeting.held_on, outcome="DEFERRED")
        assert not begin.search(client.get(of(meeting)).content.decode())
        to_come = make_meeting(held_on=date(2190, 1, 1))
        make_agenda_item(meeting=to_come, case=ready_case("K99"))
        assert not begin.search(client.get(of(to_come)).content.decode())

    def test_only_those_who_may_edit_see_how(self, officer: Client) -> None:
        page = officer.get(of(meeting_of(2))).content.decode()
        assert "<form" not in page[page.index("<main") : page.index("</main")]
        assert "attendance/" not in page

    def test_says_where_there_is_no_quorum(self, officer: Client) -> None:
        meeting = meeting_of(2, quorum=3)
        assert "quorum for" not in words(officer.get(of(meeting)))
        make_conflict(item=meeting.items.get(position=1), member=meeting.members.get(name="A. Ash"))
        page = words(officer.get(of(meeting)))
        assert "Conflicts of interest leave no quorum for K02." in page
        meeting.members.update(present=False)
        assert "There is no quorum: nothing can be decided." in words(officer.get(of(meeting)))

    @pytest.mark.parametrize("rest", ["", "agenda/print/", "minutes/"])
    def test_as_many_statements_for_thirty_cases_as_for_one(self, clerk: Client, rest: str) -> None:
        meeting = meeting_of(1)
        few = statements(clerk, of(meeting, rest))
        for number in range(29):
            item = make_agenda_item(meeting=meeting, case=ready_case(f"M{number}"))
            make_conflict(item=item, member=meeting.members.get(name="A. Ash"))
            ready_case(f"W{number}")
        decide_every(meeting)
        assert statements(clerk, of(meeting, rest)) == few <= 12

    def test_as_many_statements_for_many_meetings_as_for_one(self, clerk: Client) -> None:
        meeting_of(1)
        few = statements(clerk, LIST)
        for number in range(20):
            make_meeting(held_on=date(2017, 1, 1 + number))
        assert statements(clerk, LIST) == few

    @pytest.mark.parametrize("number", ["0", "999999", "9" * 40])
    def test_what_is_not_there_is_not_found(self, clerk: Client, number: str) -> None:
        for rest in ("", "change/", "attendance/", "minutes/", "agenda/print/", "cases/K1/conflicts/"):
            assert clerk.get(f"{LIST}{number}/{rest}").status_code == 404
        for rest in ("agenda/add/", "agenda/1/up/", "agenda/1/off/", "conflicts/1/withdraw/"):
            assert clerk.post(f"{LIST}{number}/{rest}").status_code == 404


class TestAddingCases:
    def test_offers_those_that_wait_oldest_first(self, clerk: Client) -> None:
        meeting = meeting_of(1)
        for key, day in (("NEW", date(2018, 3, 2)), ("OLD", date(2018, 3, 1))):
            make_case(case_id=key, received_on=day, ready_on=date(2018, 4, 1))
        make_decision(case=make_case(case_id="PUT-OFF"), outcome="DEFERRED", meeting_on=date(2018, 4, 3))
        make_case(case_id="NO-PAPERS")
        make_case(case_id="OTHER", panel="ADDITIONAL_FUNDING", ready_on=date(2018, 4, 1))
        make_case(case_id="LATE", received_on=date(2018, 5, 2), ready_on=date(2018, 5, 2))
        page = clerk.get(of(meeting)).content.decode()
        assert re.findall(r'name="cases"[^>]*value="([^"]*)"', page) == ["PUT-OFF", "OLD", "NEW"]
        assert page.count(" checked") == 0
        assert clerk.get(of(meeting, "?choose=waiting")).content.decode().count(" checked") == 3

    def test_all_are_added_at_the_end(self, clerk: Client) -> None:
        meeting = meeting_of(1)
        for key in ("A", "B"):
            ready_case(key)
        response = clerk.post(of(meeting, "agenda/add/"), {"cases": ["B", "A"]}, follow=True)
        assert "Added: 2 cases" in words(response)
        assert list(meeting.items.values_list("case_id", flat=True)) == ["K01", "B", "A"]

    @pytest.mark.parametrize("other", ["K01", "no such case", "x" * 400])
    def test_all_or_none_with_a_sentence(self, clerk: Client, other: str) -> None:
        meeting = meeting_of(1)
        ready_case("A")
        response = clerk.post(of(meeting, "agenda/add/"), {"cases": ["A", other]})
        assert "There is a problem" in words(response)
        assert other in words(response)
        assert meeting.items.count() == 1
        assert re.search(r'value="A"[^>]* checked', response.content.decode())

    @pytest.mark.parametrize("cases", [[], ["\0"]])
    def test_nothing_chosen_adds_nothing(self, clerk: Client, cases: list[str]) -> None:
        meeting = meeting_of(1)
        assert "There is a problem" in words(clerk.post(of(meeting, "agenda/add/"), {"cases": cases}))
        assert meeting.items.count() == 1


class TestOrder:
    def test_a_moved_case_keeps_the_focus(self, clerk: Client) -> None:
        meeting = meeting_of(3)
        item = meeting.items.get(position=2)
        for task, button, order in (
            ("up", "up", ["K01", "K03", "K02"]),
            ("up", "down", ["K03", "K01", "K02"]),  # at the top there is no way up
            ("up", "down", ["K03", "K01", "K02"]),
            ("down", "down", ["K01", "K03", "K02"]),
            ("down", "up", ["K01", "K02", "K03"]),
        ):
            response = clerk.post(of(meeting, f"agenda/{item.pk}/{task}/"))
            assert response["Location"] == f"{of(meeting)}#{button}-{item.pk}"
            assert list(meeting.items.values_list("case_id", flat=True)) == order
            assert f'id="{button}-{item.pk}"' in clerk.get(of(meeting)).content.decode()

    def test_an_undecided_case_is_taken_off_and_waits(self, clerk: Client) -> None:
        meeting = meeting_of(1)
        response = clerk.post(of(meeting, f"agenda/{meeting.items.get().pk}/off/"), follow=True)
        assert "Removed from the agenda: K01" in words(response)
        assert "oldest first: 1 case." in words(response)

    def test_a_decided_case_stays(self, clerk: Client) -> None:
        meeting = meeting_of(1)
        decide_every(meeting)
        item = meeting.items.get()
        assert f"agenda/{item.pk}/off/" not in clerk.get(of(meeting)).content.decode()
        response = clerk.post(of(meeting, f"agenda/{item.pk}/off/"))
        assert "was decided at this meeting and stays on its agenda" in words(response)
        assert meeting.items.exists()

    def test_a_case_of_another_meeting_is_not_found(self, clerk: Client) -> None:
        meeting, other = meeting_of(1), make_meeting(held_on=date(2018, 6, 1))
        item = meeting.items.get()
        for task in ("up", "down", "off"):
            assert clerk.post(of(other, f"agenda/{item.pk}/{task}/")).status_code == 404


class TestDeferring:
    def test_chosen_cases_are_put_off_with_the_reason(self, clerk: Client) -> None:
        meeting = meeting_of(3)
        told = {"defer-cases": ["K01", "K03"], "defer-reason": "Time ran out."}
        response = clerk.post(of(meeting, "agenda/defer/"), told, follow=True)
        assert "Deferred: 2 cases" in words(response)
        taken = PanelDecision.objects.order_by("case").values_list("case_id", "outcome", "note")
        assert list(taken) == [("K01", "DEFERRED", "Time ran out."), ("K03", "DEFERRED", "Time ran out.")]

    def test_all_or_none(self, clerk: Client) -> None:
        meeting = meeting_of(2)
        make_decision(case=meeting.items.get(position=1).case, meeting_on=HELD_ON)
        told = {"defer-cases": ["K01", "K02"], "defer-reason": "Time ran out."}
        response = clerk.post(of(meeting, "agenda/defer/"), told)
        assert "This case was already decided on that day." in words(response)
        assert PanelDecision.objects.count() == 1

    def test_nothing_chosen_and_no_reason_are_said(self, clerk: Client) -> None:
        page = clerk.post(of(meeting_of(2), "agenda/defer/"), {})
        assert "Choose at least one case in the table" in words(page)
        assert words(page).count("Enter why they are deferred.") == 2
        content = page.content.decode()
        assert 'href="#id_defer-cases"' in content
        assert 'id="id_defer-cases"' in content

    def test_what_was_ticked_stays_ticked(self, clerk: Client) -> None:
        page = clerk.post(of(meeting_of(3), "agenda/defer/"), {"defer-cases": ["K02"]}).content.decode()
        assert re.findall(r'name="defer-cases" value="([^"]+)"[^>]* checked', page) == ["K02"]

    def test_all_undecided_can_be_ticked_at_once(self, clerk: Client) -> None:
        meeting = meeting_of(3)
        make_decision(case=meeting.items.get(position=1).case, meeting_on=HELD_ON)
        page = clerk.get(of(meeting, "?choose=undecided")).content.decode()
        assert re.findall(r'name="defer-cases" value="([^"]+)"[^>]* checked', page) == ["K01", "K03"]

    def test_not_before_the_day(self, clerk: Client) -> None:
        meeting = make_meeting(held_on=date(2190, 1, 1))
        make_agenda_item(meeting=meeting)
        assert "Defer to another meeting" not in words(clerk.get(of(meeting)))


def rows(*members: tuple[str, str, bool], **more: str) -> dict[str, str]:
    """A filled form of attendance."""
    sent = {"form-TOTAL_FORMS": str(len(members)), "form-INITIAL_FORMS": "0"} | more
    for number, (name, role, present) in enumerate(members):
        sent |= {f"form-{number}-name": name, f"form-{number}-role": role}
        sent |= {f"form-{number}-present": "on"} if present else {}
    return sent


class TestAttendance:
    def test_has_everybody_invited_and_three_empty_rows(self, clerk: Client) -> None:
        shown = boxes(clerk.get(of(meeting_of(0), "attendance/")))
        names = [shown.get(f"form-{number}-name") for number in range(7)]
        assert names[:4] == ["A. Ash", "B. Birch", "C. Cedar", "D. Dogwood"]
        assert shown["form-TOTAL_FORMS"] == "7"

    def test_one_save_adds_changes_and_removes(self, clerk: Client) -> None:
        meeting = meeting_of(0)
        sent = rows(("B. Birch", "Head", False), ("", "", False), ("E. Elm", "", True), ("", "", False))
        response = clerk.post(of(meeting, "attendance/"), sent, follow=True)
        assert "Saved: 1 member present" in words(response)
        held = list(meeting.members.values_list("name", "role", "present"))
        assert held == [("B. Birch", "Head", False), ("E. Elm", "", True)]

    def test_more_rows_save_nothing_and_lose_nothing(self, clerk: Client) -> None:
        meeting = make_meeting()
        sent = rows(("A. Ash", "Chair", True), ("", "", False), more="1")
        page = clerk.post(of(meeting, "attendance/"), sent)
        assert boxes(page)["form-0-name"] == "A. Ash"
        assert boxes(page)["form-TOTAL_FORMS"] == "5"
        assert page.content.decode().count(" checked") == 1
        assert not Member.objects.exists()

    def test_what_is_wrong_is_said_at_its_row(self, clerk: Client) -> None:
        meeting = make_meeting()
        page = clerk.post(of(meeting, "attendance/"), rows(("A. Ash", "", True), ("", "Chair", False)))
        assert 'href="#id_form-1-name"' in page.content.decode()
        assert words(page).count("Enter the name.") == 2
        assert not Member.objects.exists()

    def test_what_the_service_refuses_is_said(self, clerk: Client) -> None:
        meeting = meeting_of(1)
        twice = clerk.post(of(meeting, "attendance/"), rows(("A. Ash", "", True), ("A. Ash", "", True)))
        assert "A name is given twice" in words(twice)
        make_conflict(item=meeting.items.get(), member=meeting.members.get(name="A. Ash"))
        gone = clerk.post(of(meeting, "attendance/"), rows(("B. Birch", "", True)))
        assert "A. Ash has a conflict of interest in a case and stays on the list." in words(gone)
        assert meeting.members.count() == 4

    @pytest.mark.parametrize("sent", [{}, {"form-TOTAL_FORMS": "x"}, {"form-TOTAL_FORMS": "100000"}])
    def test_a_broken_form_saves_nothing(self, clerk: Client, sent: dict[str, str]) -> None:
        meeting = meeting_of(0)
        assert clerk.post(of(meeting, "attendance/"), sent).status_code == 200
        assert meeting.members.count() == 4


class TestConflicts:
    def test_is_declared_and_shown_everywhere(self, clerk: Client) -> None:
        meeting = meeting_of(2)
        member = meeting.members.get(name="A. Ash")
        sent = {"member": str(member.pk), "reason": "Governor of the school"}
        response = clerk.post(of(meeting, "cases/K02/conflicts/"), sent, follow=True)
        assert "Declared: A. Ash has a conflict of interest in K02" in words(response)
        assert re.search(r"K02 09:45 .* A\. Ash Change conflicts of interest in K02", words(response))
        assert "Conflict of interest A. Ash: Governor of the school" in words(
            clerk.get(of(meeting, "agenda/print/"))
        )
        minutes = words(clerk.get(of(meeting, "minutes/")))
        assert "Conflicts of interest K02: A. Ash, Governor of the school" in minutes
        assert "A. Ash : Governor of the school" in words(clerk.get(of(meeting, "cases/K02/conflicts/")))

    @pytest.mark.parametrize("member", ["", "999999", "x"])
    def test_what_is_missing_is_said(self, clerk: Client, member: str) -> None:
        page = words(clerk.post(of(meeting_of(1), "cases/K01/conflicts/"), {"member": member, "reason": " "}))
        assert page.count("Choose a member of this meeting.") == 2
        assert page.count("Enter the reason.") == 2

    def test_somebody_stands_aside_once(self, clerk: Client) -> None:
        meeting = meeting_of(1)
        conflict = make_conflict(item=meeting.items.get(), member=meeting.members.first())
        sent = {"member": str(conflict.member_id), "reason": "Again"}
        page = words(clerk.post(of(meeting, "cases/K01/conflicts/"), sent))
        assert "This member’s conflict of interest is already declared." in page

    def test_is_withdrawn_until_the_case_is_decided(self, clerk: Client) -> None:
        meeting = meeting_of(2)
        first, second = (
            make_conflict(item=item, member=meeting.members.first()) for item in meeting.items.all()
        )
        make_decision(case=second.item.case, meeting_on=HELD_ON)
        gone = clerk.post(of(meeting, f"conflicts/{first.pk}/withdraw/"), follow=True)
        assert "Withdrawn: A. Ash has no conflict of interest in K01" in words(gone)
        kept = clerk.post(of(meeting, f"conflicts/{second.pk}/withdraw/"))
        assert "Case K02 has been decided: its conflicts of interest stay on record." in words(kept)
        assert "/withdraw/" not in clerk.get(of(meeting, "cases/K02/conflicts/")).content.decode()
        assert list(ConflictOfInterest.objects.all()) == [second]

    def test_without_members_says_what_comes_first(self, clerk: Client) -> None:
        item = make_agenda_item(case=ready_case("K1"))
        assert "Nobody is invited yet" in words(clerk.get(of(item.meeting, "cases/K1/conflicts/")))

    @pytest.mark.parametrize("key", ["2019/K1", "a/conflicts/", "K 1?#%&", "line\nbreak"])
    def test_every_key_that_a_file_can_bring_has_its_page(self, clerk: Client, key: str) -> None:
        meeting = make_meeting()
        make_agenda_item(meeting=meeting, case=make_case(case_id=key))
        page = clerk.get(of(meeting)).content.decode()
        (address,) = re.findall(r'href="(/panel/meetings/\d+/cases/[^"]*/conflicts/)"', page)
        assert clerk.get(address.replace("&amp;", "&")).status_code == 200


class TestMinutes:
    def test_says_everything_of_each_decision(self, officer: Client) -> None:
        meeting = meeting_of(5, place="County Hall")
        decide_every(meeting)
        PanelDecision.objects.filter(case="K05").delete()
        page = words(officer.get(of(meeting, "minutes/")))
        for said in (
            "Official: sensitive",
            "Minutes: Independent Placement Panel, 1 May 2018",
            "1 May 2018, 09:30 to 10:45, County Hall",
            "Present A. Ash (Chair), B. Birch (Head teacher) and C. Cedar (Health)",
            "Apologies D. Dogwood (Social care)",
            "Conflicts of interest none declared",
            "Request Day place at School of K01, £36,000 a year, annual review",
            "Decision Agreed, £38,400 a year",
            "Conditions Transport is shared.",
            "Starts on 3 September 2018",
            "To be reviewed by 1 May 2019",
            "Reasons for the request Local schools cannot meet the complexity of need Decision Agreed, £38,400 a year"
            " Reasons Special schools have no capacity",
            "Decision Declined Rationale The local school can meet the need.",
            "Decision More information required Information needed Advice of the psychologist, by 1 June 2018",
            "Decision Deferred Rationale Time ran out.",
            "Cases not heard K05: ASD, child ",
        ):
            assert said in page
        assert "sav" not in page.lower().replace("save it as a pdf", "")

    def test_part_of_a_year_is_said(self, officer: Client) -> None:
        meeting = meeting_of(1)
        make_decision(case=meeting.items.get().case, meeting_on=HELD_ON, value=9000, value_basis="PART_YEAR")
        page = words(officer.get(of(meeting, "minutes/")))
        assert "Decision Agreed, £9,000 for part of a year" in page

    def test_a_correction_is_shown_with_its_reason(self, officer: Client) -> None:
        meeting = meeting_of(2)
        for item in meeting.items.all():
            make_decision(
                case=item.case, meeting_on=HELD_ON, void=True, corrected=True, void_reason="Wrong row."
            )
        make_decision(case=meeting.items.get(position=0).case, meeting_on=HELD_ON, outcome="DECLINED")
        page = words(officer.get(of(meeting, "minutes/")))
        assert "Decision Declined Corrected First recorded as “Agreed, £36,000 a year”. Wrong row." in page
        assert "Decision No decision yet Corrected First recorded as" in page

    def test_without_decisions_says_so(self, officer: Client) -> None:
        page = words(officer.get(of(meeting_of(1), "minutes/")))
        assert "No decisions were recorded at this meeting." in page
        assert "Cases not heard K01" in page

    def test_what_was_typed_is_words_never_a_page(self, officer: Client) -> None:
        meeting = meeting_of(1)
        make_decision(
            case=meeting.items.get().case, meeting_on=HELD_ON, note="one\n<script>alert(1)</script>"
        )
        page = officer.get(of(meeting, "minutes/")).content.decode()
        assert "one<br>&lt;script&gt;" in page


def test_agenda_on_paper_says_what_is_asked_for_and_no_decision(officer: Client) -> None:
    meeting = meeting_of(2)
    decide_every(meeting)
    page = words(officer.get(of(meeting, "agenda/print/")))
    assert "Agenda: Independent Placement Panel, 1 May 2018" in page
    assert "Invited A. Ash (Chair), B. Birch (Head teacher), C. Cedar (Health) and D. Dogwood" in page
    assert "2. K02 09:45" in page
    assert "Declined" not in page
    assert AgendaItem.objects.count() == 2
