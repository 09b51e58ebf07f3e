"""What a decision needs to be recorded, and what must be confirmed: each refusal with its sentence at its field."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from panel.meetings.agenda import slots_of
from panel.meetings.minutes import heard
from panel.meetings.quorum import deciding
from panel.models import AgendaItem, Outcome, PanelCase, PanelDecision, Reason
from panel.pages.decision_forms import DecisionForm
from panel.services import decisions, meetings
from panel.services.meetings import Attending
from panel.states import State
from panel.unusual_costs import FEWEST
from sen_dashboard.core.models.holding import ChangedMeanwhileError
from tests import factories as f
from tests.panel.desk import COST, NOW, RECEIVED, TERM, TODAY, Desk, decision, rows, seen

pytestmark = pytest.mark.django_db

FIRST_MEETING = date(2018, 5, 2)
"""The desk marks the papers as complete on 1 May and puts the case on the agenda of the day after."""


class TestComplete:
    @pytest.mark.parametrize(
        ("outcome", "given", "field", "sentence"),
        [
            ("AGREED", {"value": None}, "value", "Enter the value that was agreed."),
            ("AGREED", {"starts_on": None}, "starts_on", "Enter the date it is to start."),
            ("AGREED", {"review_on": FIRST_MEETING}, "review_on", "Enter a date after 2 May 2018."),
            (
                "AGREED",
                {"costs": {}},
                "costs",
                "Enter the annual amount agreed, in at least one of the boxes.",
            ),
            (
                "AGREED",
                {"costs": {"TRANSPORT": Decimal(9)}},
                "costs",
                "Enter the annual amount agreed, in at least one of the boxes.",
            ),
            (
                "AGREED",
                {"costs": {"CORE": COST, "THERAPY": Decimal("0.01")}},
                "costs",
                "The parts come to £36,000.01 a year, but the value is £36,000.00: make them agree.",
            ),
            ("AGREED", {"costs": {"CORE": COST + 5, "OTHER": Decimal(-5)}}, "costs", "Enter 0 or more."),
            ("AGREED", {"reasons": ["ONE_TO_ONE"]}, "reasons", "Choose reasons that this panel records."),
            ("DECLINED", {"note": " "}, "note", "Enter why it was declined: the family is told."),
            ("AGREED", {"reasons": ["?"]}, "reasons", "Choose reasons that this panel records."),
            ("MORE_INFORMATION", {"information_needed": "\n"}, "information_needed", "Enter what is needed."),
            (
                "MORE_INFORMATION",
                {"information_needed": "A <b>report</b>"},
                "information_needed",
                'Use plain words: what follows "<" looks like web page code.',
            ),
            ("MORE_INFORMATION", {"due_on": None}, "due_on", "Enter the date it is needed by."),
            ("MORE_INFORMATION", {"due_on": FIRST_MEETING}, "due_on", "Enter a date after 2 May 2018."),
            ("APPROVED", {}, "outcome", "Choose what was decided."),
        ],
    )
    def test_what_is_missing_is_said_at_its_field(
        self, desk: Desk, outcome: str, given: dict[str, Any], field: str, sentence: str
    ) -> None:
        case_id = desk.case_at(State.LISTED)
        before = rows()
        with pytest.raises(ValidationError) as refusal, transaction.atomic():
            desk.decide(case_id, outcome, **given)
        assert refusal.value.message_dict == {field: [sentence]}
        assert rows() == before
        assert desk.state(case_id) == State.LISTED

    def test_everything_missing_is_said_at_once(self, desk: Desk) -> None:
        case_id = desk.case_at(State.LISTED)
        with pytest.raises(ValidationError) as refusal:
            desk.decide(case_id, "AGREED", value=None, starts_on=None, costs={}, reasons=["STAFF_RATIO"])
        assert set(refusal.value.message_dict) == {"value", "starts_on", "costs", "reasons"}

    def test_a_place_is_agreed_by_day_or_residential(self, desk: Desk) -> None:
        case_id = desk.case_at(State.LISTED)
        PanelCase.objects.filter(pk=case_id).update(attendance="")
        with pytest.raises(ValidationError) as refusal:
            desk.decide(case_id)
        assert list(refusal.value.message_dict) == ["outcome"]

    def test_a_place_may_be_agreed_before_a_school_is_found(self, desk: Desk) -> None:
        case_id = desk.case_at(State.LISTED)
        PanelCase.objects.filter(pk=case_id).update(school=None)
        assert desk.decide(case_id).expected_placement.waits_for() == "a school"

    def test_part_of_a_year_need_not_come_to_the_parts_of_a_whole_one(self, desk: Desk) -> None:
        entry = desk.decide(desk.case_at(State.LISTED), value=Decimal(21_000), value_basis="PART_YEAR")
        assert (entry.value, entry.value_basis) == (Decimal(21_000), "PART_YEAR")
        assert [cost.annual_amount for cost in entry.agreed_costs.all()] == [COST]

    def test_what_an_outcome_has_no_use_for_is_left_out(self, desk: Desk) -> None:
        needless = {"conditions": "None", "starts_on": TERM, "costs": {"CORE": COST}, "review_on": TERM}
        entry = desk.decide(desk.case_at(State.LISTED), "DEFERRED", reasons=["CAPACITY"], **needless)
        assert (entry.conditions, entry.starts_on, entry.review_on) == ("", None, None)
        assert entry.reasons == []
        assert not entry.agreed_costs.exists()

    @pytest.mark.parametrize("outcome", Outcome)
    def test_why_it_was_asked_for_is_never_why_it_was_decided(self, desk: Desk, outcome: Outcome) -> None:
        """Minutes once read "Declined. Reasons: local schools cannot meet the need": the request's own words."""
        case_id = desk.case_at(State.LISTED, reasons=["COMPLEXITY"])
        assert DecisionForm(case=PanelCase.objects.get(pk=case_id))["reasons"].value() is None
        assert desk.decide(case_id, outcome).reasons == []
        (slot,) = slots_of(AgendaItem.objects.get(case=case_id).meeting)
        (entry,) = heard([slot])
        labels = [line.label for line in entry.lines if line.text == Reason.COMPLEXITY.label]
        assert labels == ["Reasons for the request"]

    def test_who_recorded_it_and_who_took_it(self, desk: Desk) -> None:
        entry = desk.decide(desk.case_at(State.LISTED))
        assert (entry.recorded_by, entry.recorded_at) == (desk.clerk, NOW)
        assert (entry.route, entry.decided_by) == ("PANEL", "Independent Placement Panel")


class TestUnusualCosts:
    """£36 where £36,000 was meant: asked once, and taken when it is confirmed."""

    def similar(self, number: int) -> None:
        for _ in range(number):
            placement = f.make_placement(starts_on=date(2018, 1, 1))
            f.make_cost_line(placement=placement, annual_amount=COST)

    def test_a_decision_far_from_the_usual_is_asked_about_and_taken_when_confirmed(self, desk: Desk) -> None:
        case_id = desk.case_at(State.LISTED)
        self.similar(FEWEST)
        odd = {"value": Decimal(36), "costs": {"CORE": Decimal(36)}}
        with pytest.raises(ValidationError) as refusal, transaction.atomic():
            desk.decide(case_id, **odd)
        ((error,),) = refusal.value.error_dict.values()
        sentence = "£36 is well outside the usual range for ASD: £18,000 to £72,000, from 5 similar costs."
        assert error.sentences == [sentence]
        assert desk.decide(case_id, confirmed=[sentence], **odd).value == 36

    def test_a_request_likewise(self, desk: Desk) -> None:
        self.similar(FEWEST)
        with pytest.raises(ValidationError) as refusal, transaction.atomic():
            desk.enter(costs={"CORE": Decimal(360_000)})
        assert list(refusal.value.message_dict) == ["unlikely"]
        assert not PanelCase.objects.exists()

    @pytest.mark.parametrize("amount", [Decimal(18_000), Decimal(72_000)])
    def test_the_edges_are_usual(self, desk: Desk, amount: Decimal) -> None:
        self.similar(FEWEST)
        desk.enter(costs={"CORE": amount})

    def test_of_fewer_similar_costs_nothing_is_said(self, desk: Desk) -> None:
        self.similar(FEWEST - 1)
        f.make_cost_line(placement=f.make_placement(plan=f.make_plan(primary_need="SEMH")))
        desk.enter(costs={"CORE": Decimal(36)})

    def test_part_of_a_year_may_be_a_month_of_it(self, desk: Desk) -> None:
        self.similar(FEWEST)
        desk.enter(costs={"CORE": Decimal(1_500)}, cost_basis="PART_YEAR")
        with pytest.raises(ValidationError) as refusal:
            desk.enter(costs={"CORE": Decimal(1_499)}, cost_basis="PART_YEAR")
        ((error,),) = refusal.value.error_dict.values()
        assert "£1,500 to £72,000" in error.sentences[0]

    def test_additional_funding_is_compared_with_what_was_agreed_before(self, funding: Desk) -> None:
        for _ in range(FEWEST):
            case = f.make_case(panel="ADDITIONAL_FUNDING", annual_cost=Decimal(8_000))
            f.make_decision(case=case)
            f.make_decision(case=case, meeting_on=date(2018, 4, 1), value=Decimal(1), void=True)
        with pytest.raises(ValidationError) as refusal:
            funding.enter(costs={"ONE_TO_ONE": Decimal(80)})
        ((error,),) = refusal.value.error_dict.values()
        assert "£4,000 to £16,000, from 5 similar costs" in error.sentences[0]


class TestQuorum:
    def listed(self, desk: Desk, **given: Any) -> AgendaItem:
        case_id = desk.case_at(State.READY)
        return desk.put(case_id, desk.meeting(**given))

    def test_too_few_may_not_decide(self, desk: Desk) -> None:
        item = self.listed(desk, quorum=3, present=2)
        with pytest.raises(ValidationError) as refusal:
            desk.decide(item.case_id)
        assert refusal.value.messages == [
            f"3 members must decide case {item.case_id}, but 2 of those present can. Record attendance first."
        ]
        attending = [Attending(name, present=True) for name in ("Ash", "Birch", "Cedar")]
        meetings.set_members(by=desk.clerk, meeting=item.meeting, members=attending)
        desk.decide(item.case_id)

    def test_who_stands_aside_does_not_count_for_that_case_alone(self, desk: Desk) -> None:
        item = self.listed(desk, quorum=2, present=2)
        other = desk.put(desk.case_at(State.READY), item.meeting)
        ash = item.meeting.members.get(name="Ash")
        conflict = meetings.declare_conflict(
            by=desk.clerk, item=item, member=ash, reason="Governor of the school"
        )
        assert (deciding(item), deciding(other)) == (1, 2)
        desk.decide(other.case_id)
        with pytest.raises(ValidationError, match="2 members must decide"), transaction.atomic():
            desk.decide(item.case_id)
        meetings.withdraw_conflict(by=desk.clerk, conflict=conflict)
        desk.decide(item.case_id)

    def test_who_is_absent_and_stands_aside_counts_once(self, desk: Desk) -> None:
        item = self.listed(desk, quorum=2, present=2)
        cedar = item.meeting.members.get(name="Cedar")
        meetings.declare_conflict(by=desk.clerk, item=item, member=cedar, reason="Aunt")
        desk.decide(item.case_id)

    def test_only_a_member_of_the_meeting_stands_aside_and_says_why(self, desk: Desk) -> None:
        item, stranger = self.listed(desk), f.make_member(meeting=f.make_meeting(panel="ADDITIONAL_FUNDING"))
        with pytest.raises(ValidationError) as refusal:
            meetings.declare_conflict(by=desk.clerk, item=item, member=stranger, reason="Aunt")
        assert refusal.value.message_dict == {"member": ["Choose a member of this meeting."]}
        ash = item.meeting.members.get(name="Ash")
        with pytest.raises(ValidationError) as refusal:
            meetings.declare_conflict(by=desk.clerk, item=item, member=ash, reason="")
        assert list(refusal.value.message_dict) == ["reason"]


class TestWhen:
    def test_a_case_is_decided_once_in_a_meeting(self, desk: Desk) -> None:
        case_id = desk.case_at(State.DECLINED)
        item = AgendaItem.objects.get(case=case_id)
        with pytest.raises(ValidationError, match="already decided on that day"):
            decisions.decide(
                by=desk.clerk,
                meeting=item.meeting,
                case_id=case_id,
                seen=seen(case_id),
                decision=decision("AGREED", item.meeting.held_on),
                at=NOW,
            )
        assert PanelDecision.objects.get().outcome == "DECLINED"

    def test_no_meeting_decides_before_it_is_held(self, desk: Desk) -> None:
        item = desk.put(desk.case_at(State.READY), desk.meeting(held_on=TODAY + timedelta(days=1)))
        with pytest.raises(
            ValidationError, match="The meeting is on 4 December 2018: decisions can be entered from that day"
        ):
            desk.decide(item.case_id)

    def test_a_case_on_another_agenda_is_not_decided_here(self, desk: Desk) -> None:
        case_id, other = desk.case_at(State.LISTED), desk.meeting()
        with pytest.raises(ValidationError, match="is not on the agenda of this meeting"):
            decisions.decide_as_it_stands(
                by=desk.clerk,
                meeting=other,
                case_id=case_id,
                decision=decision("DEFERRED", other.held_on),
                at=NOW,
            )

    def test_what_was_seen_before_a_change_decides_nothing(self, desk: Desk) -> None:
        case_id = desk.case_at(State.LISTED)
        old = seen(case_id)
        desk.change(case_id, caseworker="Somebody else")
        meeting = AgendaItem.objects.get().meeting
        with pytest.raises(ChangedMeanwhileError) as refusal:
            decisions.decide(
                by=desk.clerk,
                meeting=meeting,
                case_id=case_id,
                seen=old,
                decision=decision("AGREED", meeting.held_on),
                at=NOW,
            )
        assert refusal.value.version == seen(case_id)
        assert not PanelDecision.objects.exists()


class TestRatified:
    @pytest.mark.parametrize("route", ["TRIBUNAL_ORDERED", "TRIBUNAL_CONCEDED", "EMERGENCY"])
    def test_the_route_goes_on_to_the_placement(self, desk: Desk, route: str) -> None:
        case_id = desk.case_at(State.LISTED)
        f.make_plan(child=PanelCase.objects.get().child)
        entry = desk.ratify(case_id, route=route)
        assert (entry.route, entry.decided_by) == (route, entry.get_route_display())
        assert not AgendaItem.objects.exists()
        desk.offer(case_id, entry.meeting_on)
        assert desk.start(case_id, TERM).route == route

    @pytest.mark.parametrize("given", [{"outcome": "DECLINED"}, {"route": "PANEL"}, {"route": "PARENTAL"}])
    def test_nothing_but_an_agreement_with_its_route(self, desk: Desk, given: dict[str, str]) -> None:
        case_id = desk.case_at(State.READY)
        with pytest.raises(ValidationError, match="Outside a meeting only an agreement is recorded"):
            desk.ratify(case_id, **given)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("day", "sentence"),
        [
            (TODAY + timedelta(days=1), "Enter today’s date or an earlier one."),
            (RECEIVED - timedelta(days=1), "A decision cannot come before its case was received."),
            (FIRST_MEETING, "The case was decided on 2 May 2018: enter a later date."),
            (RECEIVED, "The case was decided on 2 May 2018: enter a later date."),
        ],
    )
    def test_the_day_lies_after_all_that_is_recorded(self, desk: Desk, day: date, sentence: str) -> None:
        case_id = desk.case_at(State.DECLINED)
        with pytest.raises(ValidationError) as refusal:
            desk.ratify(case_id, decided_on=day)
        assert refusal.value.message_dict == {"decided_on": [sentence]}
