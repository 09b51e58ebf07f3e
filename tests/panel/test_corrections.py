"""Correcting a recorded decision: the old entry is kept, its consequences are undone, and the right one stands."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from panel.models import AgendaItem, ExpectedPlacement, PanelCase, PanelDecision
from panel.services import expected
from panel.states import Move, State
from placements.models import CostLine
from tests import factories as f
from tests.panel.desk import TERM, TODAY, Desk, rows, seen

pytestmark = pytest.mark.django_db


def entry_of(case_id: str) -> PanelDecision:
    """The decision of the case that stands."""
    return PanelDecision.objects.counted().get(case=case_id)


class TestEntries:
    def test_the_old_entry_is_kept_with_who_and_why(self, desk: Desk) -> None:
        old = entry_of(desk.case_at(State.DEFERRED))
        new = desk.correct(old, "DECLINED", reason="Read from the wrong line")
        old.refresh_from_db()
        assert (old.outcome, old.void, old.corrected) == ("DEFERRED", True, True)
        assert (old.void_reason, old.voided_by) == ("Read from the wrong line", desk.clerk)
        assert (new.corrects, new.outcome, new.meeting_on) == (old, "DECLINED", old.meeting_on)
        assert desk.state(old.case_id) == State.DECLINED

    def test_corrected_twice_is_a_chain_of_which_the_last_stands(self, desk: Desk) -> None:
        first = entry_of(desk.case_at(State.AGREED))
        second = desk.correct(first, "AGREED", value=Decimal(40_000), costs={"CORE": Decimal(40_000)})
        third = desk.correct(second, "DECLINED")
        assert third.corrects == second
        assert second.corrects == first
        assert list(PanelDecision.objects.counted()) == [third]
        with pytest.raises(ValidationError, match="is no longer valid"):
            desk.correct(first, "AGREED")

    def test_where_nothing_was_decided_the_case_waits_for_the_meeting_again(self, desk: Desk) -> None:
        old = entry_of(desk.case_at(State.AGREED))
        desk.correct(old, None)
        assert desk.state(old.case_id) == State.LISTED
        new = desk.decide(old.case_id, "DECLINED")
        assert new.corrects == old
        assert list(PanelDecision.objects.counted()) == [new]

    @pytest.mark.parametrize("reason", ["", " \n", "<i>typo</i>", "x" * 501])
    def test_why_is_said_in_words(self, desk: Desk, reason: str) -> None:
        old = entry_of(desk.case_at(State.AGREED))
        before = rows()
        with pytest.raises(ValidationError) as refusal, transaction.atomic():
            desk.correct(old, "DECLINED", reason=reason)
        assert list(refusal.value.message_dict) == ["reason"]
        assert rows() == before
        assert entry_of(old.case_id).outcome == "AGREED"

    def test_a_correction_is_complete_as_a_decision_is(self, desk: Desk) -> None:
        old = entry_of(desk.case_at(State.AGREED))
        with pytest.raises(ValidationError) as refusal, transaction.atomic():
            desk.correct(old, "MORE_INFORMATION", due_on=old.meeting_on)
        assert list(refusal.value.message_dict) == ["due_on"]
        assert ExpectedPlacement.objects.waiting().count() == 1

    def test_an_agreement_outside_a_meeting_stays_one_or_was_none(self, desk: Desk) -> None:
        case_id = desk.case_at(State.READY)
        old = desk.ratify(case_id)
        with pytest.raises(ValidationError, match="only an agreement is recorded"), transaction.atomic():
            desk.correct(old, "DECLINED")
        desk.correct(old, None)
        assert desk.state(case_id) == State.READY


class TestSince:
    """What happened to the case after the decision that is corrected."""

    def test_the_outcome_stays_once_the_case_was_decided_again(self, desk: Desk) -> None:
        case_id = desk.case_at(State.DEFERRED)
        old = entry_of(case_id)
        desk.put(case_id)
        desk.decide(case_id)
        for right in ("AGREED", "DECLINED", None):
            with pytest.raises(ValidationError, match="decided again since"), transaction.atomic():
                desk.correct(old, right)
        desk.correct(old, "DEFERRED", note="The head could not come")
        assert desk.state(case_id) == State.AGREED
        assert ExpectedPlacement.objects.waiting().count() == 1

    def test_agendas_and_papers_of_since_are_forgotten_with_the_outcome(self, desk: Desk) -> None:
        case_id = desk.case_at(State.DEFERRED)
        desk.put(case_id)
        desk.correct(entry_of(case_id), "AGREED")
        assert desk.state(case_id) == State.AGREED
        assert AgendaItem.objects.filter(case=case_id).count() == 1

    def test_they_stay_where_only_the_words_were_wrong(self, desk: Desk) -> None:
        case_id = desk.case_at(State.DECLINED)
        desk.do(Move.PRESENT_AGAIN, case_id)
        desk.put(case_id)
        desk.correct(entry_of(case_id), "DECLINED", note="Because the special school can")
        assert desk.state(case_id) == State.LISTED


class TestUndone:
    def test_a_place_is_expected_no_more_and_the_right_one_is(self, desk: Desk) -> None:
        case_id = desk.case_at(State.AGREED)
        old = desk.awaited(case_id)
        desk.correct(entry_of(case_id), "AGREED", value=Decimal(41_000), costs={"CORE": Decimal(41_000)})
        old.refresh_from_db()
        assert (old.cancelled_on, old.why) == (TODAY, "The decision was corrected.")
        assert [c.annual_amount for c in desk.awaited(case_id).decision.agreed_costs.all()] == [41_000]

    def test_a_place_that_was_refused_is_not_taken_up_again(self, desk: Desk) -> None:
        case_id = desk.case_at(State.AGREED)
        desk.refuse(case_id, date(2018, 6, 1))
        old = desk.awaited(case_id)
        desk.correct(entry_of(case_id), "DECLINED")
        with pytest.raises(ValidationError, match="The decision was corrected"):
            expected.change_expected(
                by=desk.clerk,
                expected=old,
                seen=seen(case_id),
                school=f.make_school(),
                starts_on=TERM,
                why="Another",
                today=TODAY,
            )

    def test_after_the_start_it_is_too_late(self, desk: Desk) -> None:
        case_id = desk.case_at(State.AGREED)
        f.make_plan(child=PanelCase.objects.get().child)
        desk.offer(case_id, date(2018, 6, 1))
        placement = desk.start(case_id, TERM)
        before = rows()
        for right in ("AGREED", "DECLINED", None):
            with (
                pytest.raises(ValidationError, match=f"Placement {placement.pk} has started"),
                transaction.atomic(),
            ):
                desk.correct(entry_of(case_id), right)
        assert rows() == before

    def test_funding_is_taken_off_again_and_may_be_agreed_from_the_same_day(self, funding: Desk) -> None:
        """The line that was agreed in error is void, and its key leaves no room for a second of that day."""
        case_id = funding.case_at(State.AGREED)
        for amount in (Decimal(40_000), Decimal(41_000)):
            funding.correct(entry_of(case_id), "AGREED", value=amount, costs={"CORE": amount})
            assert [line.annual_amount for line in CostLine.objects.counted()] == [amount]
        funding.correct(entry_of(case_id), "DECLINED")
        assert not CostLine.objects.counted().exists()

    def test_funding_that_was_lowered_since_is_told(self, funding: Desk) -> None:
        case_id = funding.case_at(State.AGREED)
        CostLine.objects.update(annual_amount=Decimal(35_999))
        with pytest.raises(ValidationError, match="a year, less than what would be taken off"):
            funding.correct(entry_of(case_id), None)
