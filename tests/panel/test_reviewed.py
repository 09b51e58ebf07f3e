"""Faults found by two reviews, so that they stay fixed: money counted twice or for the wrong time, and read logs."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from panel.models import ExpectedPlacement, PanelCase, PanelDecision
from panel.pages.decision_forms import DecisionForm
from panel.pages.papers import papers
from panel.pages.similar_costs import TOGETHER, compare
from panel.requested import asked_for_a_year
from panel.services import expected, meetings
from panel.services.many_decisions import Row, rehearse
from panel.states import State
from placements.models import CostLine
from sen_dashboard.accounts.models import RecordRead
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.models.history import history_of, version_of
from tests import factories as f
from tests.panel.desk import NOW, TODAY, Desk, decision, rows, seen

pytestmark = pytest.mark.django_db

PART = {"cost_basis": "PART_YEAR", "annual_cost": Decimal(9_000)}


class TestPartOfAYear:
    def test_is_filled_in_nowhere_as_parts_of_a_year(self) -> None:
        case = f.make_case(**PART)
        form = DecisionForm(case=case)
        assert asked_for_a_year(case) == {}
        assert form["value"].value() == Decimal(9_000)
        assert form["CORE"].value() is None
        assert [box.name for box in form.costs] == ["CORE"]

    def test_is_not_compared_with_a_year_in_the_papers(self) -> None:
        shown = papers(f.make_case(**PART), date(2019, 3, 31))
        assert shown.caption.startswith("Cost requested for part of a year, beside a full year of 0 ")
        assert shown.lower_than == "Part of a year, not compared"

    def test_is_not_agreed_from_a_spreadsheet_without_its_parts(self, desk: Desk) -> None:
        case_id = desk.case_at(State.LISTED)
        PanelCase.objects.filter(pk=case_id).update(**PART)
        meeting = PanelCase.objects.get(pk=case_id).agenda_items.get().meeting
        asked = decision("AGREED", meeting.held_on, value=None, costs={}, value_basis="")
        (result,) = rehearse(by=desk.clerk, meeting=meeting, rows=[Row(2, case_id, asked)], at=NOW)
        assert result.wrong == (
            "The request is for part of a year. Fill in the columns for its annual parts.",
        )

    def test_is_not_among_what_others_cost_a_year(self) -> None:
        """Two agreements of a year and two of a part, one by the decision's word and one by the case's."""
        of_need = {"panel": "ADDITIONAL_FUNDING"}
        for amount in (4_000, 6_000):
            f.make_decision(case=f.make_case(**of_need), value=Decimal(amount), value_basis="ANNUAL")
        f.make_decision(case=f.make_case(**of_need), value=Decimal(100), value_basis="PART_YEAR")
        f.make_decision(case=f.make_case(**of_need | PART))
        found = compare(f.make_case(**of_need), date(2019, 3, 31))
        assert found.similar == 2
        assert (found.together.kind, found.together.median) == (TOGETHER, Decimal(5_000))


class TestImportedAgreement:
    def test_put_right_adds_no_money_to_what_files_brought(self, funding: Desk) -> None:
        line = f.make_cost_line(kind="ONE_TO_ONE", annual_amount=Decimal(5_000))
        child = line.placement.plan.child
        entry = f.make_decision(case=f.make_case(panel="ADDITIONAL_FUNDING", child=child))
        before = list(CostLine.objects.values())
        once = funding.correct(entry, "AGREED", costs={"ONE_TO_ONE": Decimal(36_000)})
        funding.correct(once, "AGREED", costs={"ONE_TO_ONE": Decimal(36_000)})
        assert list(CostLine.objects.values()) == before

    def test_put_right_expects_no_placement_that_files_brought(self, desk: Desk) -> None:
        entry = f.make_decision(case=f.make_case(attendance="DAY"))
        desk.correct(entry, "AGREED")
        assert not ExpectedPlacement.objects.exists()


class TestValue:
    def test_of_nothing_is_told_as_nothing(self, desk: Desk) -> None:
        case_id = desk.case_at(State.LISTED)
        meeting = PanelCase.objects.get(pk=case_id).agenda_items.get().meeting
        free = decision("AGREED", meeting.held_on, value=Decimal(0), costs={"CORE": Decimal(0)})
        (result,) = rehearse(by=desk.clerk, meeting=meeting, rows=[Row(2, case_id, free)], at=NOW)
        assert result.words.startswith("Agreed, £0 a year from ")

    @pytest.mark.parametrize("outcome", ["DECLINED", "MORE_INFORMATION", "DEFERRED", "WITHDRAWN"])
    def test_belongs_to_an_agreement_alone(self, desk: Desk, outcome: str) -> None:
        entry = desk.decide(desk.case_at(State.LISTED), outcome, value=Decimal(1), value_basis="PART_YEAR")
        assert (entry.value, entry.value_basis) == (None, "")


class TestRefusal:
    def agreed(self, desk: Desk) -> str:
        case_id = desk.case_at(State.LISTED)
        desk.decide(case_id)
        return case_id

    def test_ends_the_offer_also_at_the_same_school(self, desk: Desk) -> None:
        case_id = self.agreed(desk)
        day = desk.awaited(case_id).decision.meeting_on
        desk.offer(case_id, day)
        desk.refuse(case_id, day + timedelta(days=1))
        place = desk.awaited(case_id)
        expected.change_expected(
            by=desk.clerk,
            expected=place,
            seen=seen(case_id),
            school=place.school,
            starts_on=place.starts_on,
            why="Asked once more",
            today=TODAY,
        )
        assert desk.awaited(case_id).waits_for() == "the school's offer"

    def test_comes_after_the_offer_and_from_a_school(self, desk: Desk) -> None:
        case_id = self.agreed(desk)
        day = desk.awaited(case_id).decision.meeting_on
        desk.offer(case_id, day + timedelta(days=2))
        with pytest.raises(ValidationError) as refusal:
            desk.refuse(case_id, day + timedelta(days=1))
        assert list(refusal.value.message_dict) == ["refused_on"]
        ExpectedPlacement.objects.update(school=None, offered_on=None)
        with pytest.raises(ValidationError, match="No school has been approached yet"):
            desk.refuse(case_id, TODAY)


class TestMeeting:
    def test_quorum_and_who_stands_aside_stay_once_it_decided(self, desk: Desk) -> None:
        case_id = desk.case_at(State.LISTED)
        item = PanelCase.objects.get(pk=case_id).agenda_items.get()
        desk.decide(case_id)
        meeting, before = item.meeting, rows()
        kept = {"held_on": meeting.held_on, "starts_at": meeting.starts_at, "slot_minutes": 15, "place": ""}
        with pytest.raises(ValidationError) as refusal:
            meetings.change_meeting(
                by=desk.clerk, meeting=meeting, seen=version_of(meeting), quorum=1, **kept
            )
        assert refusal.value.message_dict == {
            "quorum": ["This meeting has recorded decisions, so its quorum cannot change."]
        }
        member = meeting.members.filter(present=True).first()
        with pytest.raises(ValidationError, match="has been decided"):
            meetings.declare_conflict(by=desk.clerk, item=item, member=member, reason="Governor")
        assert rows() == before

    def test_every_change_is_kept_and_none_of_them_changes_the_cases(self, desk: Desk) -> None:
        """Marking somebody as present and back leaves two entries; a case open at a desk is not disturbed."""
        meeting = desk.meeting(present=0)
        desk.put(case_id := desk.case_at(State.READY), meeting)
        case, entries = PanelCase.objects.get(pk=case_id), len(history_of(meeting))
        version = version_of(case)
        for present in (True, False):
            attending = [meetings.Attending(m.name, present=present) for m in meeting.members.all()]
            meetings.set_members(by=desk.clerk, meeting=meeting, members=attending)
        assert len(history_of(meeting)) == entries + 6
        assert version_of(case) == version

    @pytest.mark.parametrize("page", ["minutes", "agenda/print"])
    def test_on_paper_is_a_reading_of_every_case(self, client: Client, page: str) -> None:
        meeting = f.make_meeting()
        items = [f.make_agenda_item(meeting=meeting) for _ in range(2)]
        officer = f.make_user(Role.OFFICER)
        client.force_login(officer)
        assert client.get(f"/panel/meetings/{meeting.pk}/{page}/").status_code == 200
        noted = RecordRead.objects.filter(who=officer, kind="CASE").values_list("key", "child_key")
        assert set(noted) == {(item.case_id, item.case.child_id) for item in items}

    def test_a_case_taken_off_meanwhile_is_not_moved_but_told(self, client: Client) -> None:
        item = f.make_agenda_item()
        client.force_login(f.make_user(Role.PANEL_CLERK))
        address = f"/panel/meetings/{item.meeting_id}/agenda/{item.pk}/down/"

        def gone(**told: Any) -> None:
            raise ValidationError("Case K is no longer on this agenda.")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(meetings, "move_item", gone)
            answer = client.post(address)
        assert answer.status_code == 200
        assert "is no longer on this agenda" in answer.content.decode()


@pytest.mark.parametrize("typed", [{"case": "a\0b", "action": "papers"}, {"case": "K", "action": "?"}])
def test_odd_bulk_is_answered(client: Client, typed: dict[str, str]) -> None:
    client.force_login(f.make_user(Role.PANEL_CLERK))
    assert client.post("/panel/queues/awaiting-papers/bulk/", typed).status_code == 200


def test_a_draft_keeps_what_has_an_odd_name(client: Client) -> None:
    client.force_login(f.make_user(Role.PANEL_CLERK))
    assert client.post("/panel/requests/add/", {"keep": "1", "a\0b": "x\0y"}).status_code == 302


def test_saying_over_names_no_reason_that_nobody_gave(client: Client, desk: Desk) -> None:
    client.force_login(desk.clerk)
    case_id = desk.case_at(State.LISTED)
    item = PanelCase.objects.get(pk=case_id).agenda_items.get()
    desk.decide(case_id, "DEFERRED")
    address = f"/panel/meetings/{item.meeting_id}/decide/{case_id}/"
    typed = {"outcome": "WITHDRAWN", "seen": "1", "over": str(seen(case_id))}
    assert client.post(address, typed).status_code == 302
    assert "without giving a reason" in PanelDecision.objects.get(void=True).void_reason
