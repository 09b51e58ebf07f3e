"""The moves of a case from each state, made through the services: each pair once, then random sequences."""

from dataclasses import dataclass, field

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from panel.models import AgendaItem, ExpectedPlacement, Outcome, PanelCase, PanelDecision
from panel.services import meetings
from panel.services.cases import check_move
from panel.states import DECIDING, MOVES, WHY_NOT, Move, State
from tests.panel.desk import OUTCOME_OF, Desk, rows

PAIRS = [(state, move) for state in State for move in Move]
LEGAL = [(state, move) for state, move in PAIRS if move in MOVES[state]]
ILLEGAL = [(state, move) for state, move in PAIRS if move not in MOVES[state]]


@pytest.mark.django_db
@pytest.mark.parametrize("panel", ["INDEPENDENT", "ADDITIONAL_FUNDING"])
@pytest.mark.parametrize(("state", "move"), LEGAL)
def test_a_legal_move_leads_where_the_dict_says(panel: str, state: State, move: Move) -> None:
    desk = Desk(panel)
    case_id = desk.case_at(state)
    desk.do(move, case_id)
    assert desk.state(case_id) == MOVES[state][move]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "move"), [(state, move) for state, move in ILLEGAL if move != Move.TAKE_OFF_AGENDA]
)
def test_an_illegal_move_is_refused_with_the_sentence_of_the_state(
    desk: Desk, state: State, move: Move
) -> None:
    case_id = desk.case_at(state)
    if move in OUTCOME_OF:
        desk.meeting()  # there is a meeting that could hear it
    before = rows()
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        desk.do(move, case_id)
    assert refusal.value.messages == [f"You cannot {move.label} for case {case_id}. {WHY_NOT[state]}"]
    assert rows() == before
    assert desk.state(case_id) == state


@pytest.mark.django_db
@pytest.mark.parametrize("state", [state for state, move in ILLEGAL if move == Move.TAKE_OFF_AGENDA])
def test_what_is_not_to_be_heard_is_not_taken_off_an_agenda(desk: Desk, state: State) -> None:
    """A case that was decided stays on the agenda of the meeting that decided it; the others are on none."""
    case = PanelCase.objects.get(pk=desk.case_at(state))
    with pytest.raises(ValidationError, match=WHY_NOT[state]):
        check_move(case, Move.TAKE_OFF_AGENDA)
    for item in case.agenda_items.all():
        with pytest.raises(ValidationError, match="was decided at this meeting and stays on its agenda"):
            meetings.take_off_agenda(by=desk.clerk, item=item)
    assert case.agenda_items.count() == (state not in (State.AWAITING_PAPERS, State.READY, State.TAKEN_BACK))


# Random sequences against a model in plain Python

CORRECTIONS = [None, *Outcome]


@dataclass
class Model:
    """What the state of a case is, told without the store; ``entries`` are the decisions that stand, oldest first."""

    state: State = State.AWAITING_PAPERS
    entries: list[tuple[Outcome, State | None]] = field(default_factory=list)
    """Of each its outcome and, where it was taken outside a meeting, the state before it."""
    written: int = 0
    """Entries ever written."""

    def move(self, move: Move) -> bool:
        """Whether the move is made."""
        after = MOVES[self.state].get(move)
        if move == Move.PUT_OFF and after is not None:
            after = self._before_papers()
        if after is None or (move == Move.TAKE_BACK and self.entries):
            return False
        if move in OUTCOME_OF:
            self._decide(OUTCOME_OF[move], None)
        elif move == Move.RATIFY:
            self._decide(Outcome.AGREED, self.state)
        self.state = after
        return True

    def _before_papers(self) -> State | None:
        """Where a case is once its papers are missing after all; None where a meeting deferred it."""
        if not self.entries:
            return State.AWAITING_PAPERS
        return {
            Outcome.MORE_INFORMATION: State.INFORMATION_ASKED,
            Outcome.DECLINED: State.DECLINED,
        }.get(self.entries[-1][0])

    def _decide(self, outcome: Outcome, before: State | None) -> None:
        self.entries.append((outcome, before))
        self.written += 1

    def correct(self, right: Outcome | None) -> bool:
        """Whether the latest decision that stands is corrected."""
        if not self.entries:
            return False
        outcome, before = self.entries[-1]
        if before is not None and right not in (None, Outcome.AGREED):
            return False
        if right is None:
            self.entries.pop()
            self.state = State.LISTED if before is None else self._off_agenda(before)
            return True
        self.entries[-1] = right, before
        self.written += 1
        if right != outcome:
            self.state = MOVES[State.LISTED][DECIDING[right]]
        return True

    def _off_agenda(self, before: State) -> State:
        return State.READY if before == State.LISTED else before


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, phases=(Phase.reuse, Phase.generate))  # shrinking takes minutes
@given(st.data())
def test_random_sequences_of_moves_and_corrections(data: st.DataObject) -> None:
    """After each step the store says what the model says, and a step that is refused has left nothing behind."""
    with transaction.atomic():
        desk, model = Desk(), Model()
        case_id = desk.enter()
        for _ in range(data.draw(st.integers(0, 14))):
            step = data.draw(st.sampled_from(_steps(model)))
            before = _written()
            legal = model.move(step) if isinstance(step, Move) else model.correct(step)
            assert _done(desk, case_id, step) == legal
            if not legal:
                assert _written() == before
            _assert_agrees(desk, case_id, model)
        transaction.set_rollback(True)


def _steps(model: Model) -> list[Move | Outcome | None]:
    """Every move and correction, the legal moves more often than the others, lest the case stays where it is."""
    return [*list(MOVES[model.state]) * 6, *Move, *CORRECTIONS]


def _written() -> dict[str, int]:
    return {name: number for name, number in rows().items() if name not in ("PanelMeeting", "Member")}


def _done(desk: Desk, case_id: str, step: Move | Outcome | None) -> bool:
    try:
        with transaction.atomic():
            if isinstance(step, Move):
                desk.do(step, case_id)
            else:
                desk.correct(PanelDecision.objects.counted().filter(case=case_id).latest("meeting_on"), step)
    except (ValidationError, AgendaItem.DoesNotExist, PanelDecision.DoesNotExist):
        return False
    return True


def _assert_agrees(desk: Desk, case_id: str, model: Model) -> None:
    assert desk.state(case_id) == model.state
    kept = PanelDecision.objects.filter(case=case_id).order_by("meeting_on", "pk")
    assert [entry.outcome for entry in kept if not entry.void] == [outcome for outcome, _ in model.entries]
    assert len(kept) == model.written
    assert all(entry.void_reason and entry.voided_by for entry in kept if entry.void)
    assert ExpectedPlacement.objects.waiting().count() == (model.state == State.AGREED)
    assert AgendaItem.objects.undecided().count() == (model.state == State.LISTED)
