"""A clerk at work: cases are brought to any state by the services alone, each action on a day of its own."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.apps import apps

from panel.models import AgendaItem, ExpectedPlacement, PanelCase, PanelDecision, PanelMeeting
from panel.services import decisions, expected, meetings, requests
from panel.services.cases import state_of
from panel.services.decisions import Decision
from panel.services.meetings import Attending
from panel.services.requests import Request
from panel.states import DECIDING, Move, State
from placements.models import Child, Placement
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.models.history import version_of
from tests import factories as f

START = date(2018, 5, 1)
NOW = datetime(2018, 12, 3, 12, tzinfo=UTC)
TODAY = date(2018, 12, 3)
RECEIVED = date(2018, 4, 3)
TERM = date(2018, 9, 3)
COST = Decimal(36_000)

OUTCOME_OF = {move: outcome for outcome, move in DECIDING.items()}

ROUTES: Mapping[State, tuple[Move, ...]] = {
    State.AWAITING_PAPERS: (),
    State.READY: (Move.PAPERS_COMPLETE,),
    State.LISTED: (Move.PAPERS_COMPLETE, Move.PUT_ON_AGENDA),
    State.INFORMATION_ASKED: (Move.PAPERS_COMPLETE, Move.PUT_ON_AGENDA, Move.ASK),
    State.DEFERRED: (Move.PAPERS_COMPLETE, Move.PUT_ON_AGENDA, Move.DEFER),
    State.AGREED: (Move.PAPERS_COMPLETE, Move.PUT_ON_AGENDA, Move.AGREE),
    State.DECLINED: (Move.PAPERS_COMPLETE, Move.PUT_ON_AGENDA, Move.DECLINE),
    State.WITHDRAWN: (Move.PAPERS_COMPLETE, Move.PUT_ON_AGENDA, Move.WITHDRAW),
    State.TAKEN_BACK: (Move.TAKE_BACK,),
}
"""The shortest way to each state from a newly entered request."""


def decision(outcome: str, day: date, **given: Any) -> Decision:
    """A complete decision of the day, with exactly what the outcome needs."""
    needed: dict[str, dict[str, Any]] = {
        "AGREED": {"value": COST, "costs": {"CORE": COST}, "starts_on": TERM},
        "DECLINED": {"note": "The local school can meet the need."},
        "MORE_INFORMATION": {"information_needed": "A report", "due_on": day + timedelta(days=14)},
    }
    return Decision(**{"outcome": outcome} | needed.get(outcome, {}) | given)


def rows() -> dict[str, int]:
    """How many rows each table of records has."""
    models = [model for app in ("placements", "panel") for model in apps.get_app_config(app).get_models()]
    return {model.__name__: model._default_manager.count() for model in models}


def seen(case_id: str) -> int:
    return version_of(PanelCase.objects.get(pk=case_id))


class Everything(list[str]):
    """A list of sentences that contains every sentence."""

    def __contains__(self, sentence: object) -> bool:
        return True


EVERYTHING = Everything()


class Desk:
    """The desk of a panel clerk; ``panel`` is the one to which requests entered here go."""

    def __init__(self, panel: str = "INDEPENDENT") -> None:
        self.clerk = f.make_user(Role.PANEL_CLERK)
        self.panel = panel
        self._days = (START + timedelta(days=n) for n in count())

    def day(self) -> date:
        """The next day, on which nothing has been done yet."""
        return next(self._days)

    def request(self, **given: Any) -> Request:
        """A request for a new child: a day place at a new school for £36,000, or as much in additional funding."""
        fields: dict[str, Any] = {
            "child": given.get("child") or f.make_child(),
            "panel": self.panel,
            "received_on": RECEIVED,
            "primary_need": "ASD",
            "costs": {"CORE": COST},
        }
        if self.panel == "INDEPENDENT":
            fields |= {"school": given.get("school") or f.make_school(), "attendance": "DAY"}
        return Request(**fields | given)

    def enter(self, **given: Any) -> str:
        """The key of a newly entered request; with ``unlikely``, everything unlikely about it is confirmed."""
        confirmed = EVERYTHING if given.pop("unlikely", False) else ()
        request = self.request(**given)
        case = requests.enter_request(by=self.clerk, request=request, today=TODAY, confirmed=confirmed)
        return case.case_id

    def funded_child(self) -> Child:
        """A child with a placement since April 2018 that additional funding may be added to."""
        return f.make_placement().plan.child

    def case_at(self, state: State, **given: Any) -> str:
        """The key of a new case in the state."""
        if self.panel == "ADDITIONAL_FUNDING":
            given["child"] = given.get("child") or self.funded_child()
        case_id = self.enter(**given)
        for move in ROUTES[state]:
            self.do(move, case_id)
        assert self.state(case_id) == state
        return case_id

    def state(self, case_id: str) -> State:
        return state_of(PanelCase.objects.get(pk=case_id))

    def meeting(self, *, held_on: date | None = None, quorum: int = 2, present: int = 2) -> PanelMeeting:
        """A meeting on a new day, with so many of three members present."""
        made = meetings.add_meeting(
            by=self.clerk,
            panel=self.panel,
            held_on=held_on or self.day(),
            starts_at=time(9, 30),
            slot_minutes=15,
            quorum=quorum,
        )
        members = [Attending(name, present=n < present) for n, name in enumerate(("Ash", "Birch", "Cedar"))]
        meetings.set_members(by=self.clerk, meeting=made, members=members)
        return made

    def put(self, case_id: str, meeting: PanelMeeting | None = None) -> AgendaItem:
        (item,) = meetings.put_on_agenda(by=self.clerk, meeting=meeting or self.meeting(), case_ids=[case_id])
        return item

    def decide(
        self,
        case_id: str,
        outcome: str = "AGREED",
        *,
        confirmed: Collection[str] = (),
        **given: Any,
    ) -> PanelDecision:
        """Decide at the meeting that is to hear the case, or at a new one if there is none."""
        item = AgendaItem.objects.undecided().filter(case=case_id).first()
        meeting = item.meeting if item else self.meeting()
        return decisions.decide(
            by=self.clerk,
            meeting=meeting,
            case_id=case_id,
            seen=seen(case_id),
            decision=decision(outcome, meeting.held_on, **given),
            at=NOW,
            confirmed=confirmed,
        )

    def ratify(self, case_id: str, *, route: str = "TRIBUNAL_ORDERED", **given: Any) -> PanelDecision:
        """Record an agreement outside a meeting, on a new day unless ``decided_on`` is given."""
        day = given.pop("decided_on", None) or self.day()
        return decisions.ratify(
            by=self.clerk,
            case_id=case_id,
            seen=seen(case_id),
            route=route,
            decided_on=day,
            decision=decision(given.pop("outcome", "AGREED"), day, **given),
            at=NOW,
        )

    def correct(
        self, entry: PanelDecision, outcome: str | None, *, reason: str = "Mistyped", **given: Any
    ) -> PanelDecision:
        """Correct to a complete decision with the outcome, or to none for None."""
        return decisions.correct(
            by=self.clerk,
            decision=entry,
            seen=seen(entry.case_id),
            reason=reason,
            right=decision(outcome, entry.meeting_on, **given) if outcome else None,
            at=NOW,
        )

    def change(self, case_id: str, **given: Any) -> None:
        """Change the request; whatever is not given stays, as far as tests of states need it."""
        case = PanelCase.objects.get(pk=case_id)
        kept = {"child": case.child, "school": case.school, "costs": {"CORE": case.annual_cost}}
        request = replace(self.request(**kept), received_on=case.received_on)
        requests.change_request(
            by=self.clerk, case=case, seen=version_of(case), request=replace(request, **given), today=TODAY
        )

    def do(self, move: Move, case_id: str) -> None:
        """Make the move with everything it needs; raises what the service refuses."""
        if move in OUTCOME_OF:
            self.decide(case_id, OUTCOME_OF[move])
        elif move == Move.CHANGE_REQUEST:
            self.change(case_id, caseworker=f.new_key("officer"))
        elif move == Move.PAPERS_COMPLETE:
            requests.papers_complete(by=self.clerk, case_id=case_id, on=self.day())
        elif move == Move.PUT_ON_AGENDA:
            self.put(case_id)
        elif move == Move.TAKE_OFF_AGENDA:
            meetings.take_off_agenda(by=self.clerk, item=AgendaItem.objects.undecided().get(case=case_id))
        elif move == Move.RATIFY:
            self.ratify(case_id)
        elif move == Move.PUT_OFF:
            requests.put_off(by=self.clerk, case_id=case_id)
        elif move == Move.TAKE_BACK:
            requests.take_back(by=self.clerk, case_id=case_id, seen=seen(case_id), reason="Entered twice")
        else:
            requests.present_again(by=self.clerk, case_id=case_id, on=self.day())

    # What follows

    def awaited(self, case_id: str) -> ExpectedPlacement:
        """The expected placement of the case's standing decision."""
        return ExpectedPlacement.objects.get(decision__case=case_id, decision__void=False)

    def offer(self, case_id: str, on: date) -> None:
        expected.record_offer(
            by=self.clerk, expected=self.awaited(case_id), seen=seen(case_id), on=on, today=TODAY
        )

    def start(self, case_id: str, on: date, *, confirmed: Collection[str] = ()) -> Placement:
        return expected.record_start(
            by=self.clerk,
            expected=self.awaited(case_id),
            seen=seen(case_id),
            on=on,
            today=TODAY,
            confirmed=confirmed,
        )

    def refuse(self, case_id: str, on: date, why: str = "Full") -> None:
        expected.record_refusal(
            by=self.clerk, expected=self.awaited(case_id), seen=seen(case_id), on=on, why=why, today=TODAY
        )

    def change_expected(self, case_id: str, **given: Any) -> None:
        awaited = self.awaited(case_id)
        fields = {"school": awaited.school, "starts_on": awaited.starts_on, "why": "Requested"} | given
        expected.change_expected(by=self.clerk, expected=awaited, seen=seen(case_id), today=TODAY, **fields)
