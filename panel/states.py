"""The state of a case and the moves allowed from it: one dict, from which the diagram in docs is drawn.

A state is read from the records and stored nowhere, so that it cannot disagree with them. The moves apply to people
using forms; an import records history as it was (data contract).
"""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db.models import TextChoices

from panel.codes import Outcome


class State(TextChoices):
    """The state of a case."""

    AWAITING_PAPERS = "AWAITING_PAPERS", "Awaiting papers"
    READY = "READY", "Ready for a meeting"
    LISTED = "LISTED", "On an agenda"
    INFORMATION_ASKED = "INFORMATION_ASKED", "More information asked for"
    DEFERRED = "DEFERRED", "Deferred"
    AGREED = "AGREED", "Agreed"
    DECLINED = "DECLINED", "Declined"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    TAKEN_BACK = "TAKEN_BACK", "Cancelled, entered in error"


class Move(TextChoices):
    """What a person does with a case; the label completes "You cannot ... for case K1"."""

    CHANGE_REQUEST = "CHANGE_REQUEST", "change the request"
    PAPERS_COMPLETE = "PAPERS_COMPLETE", "mark the papers as complete"
    PUT_OFF = "PUT_OFF", "put it back to awaiting papers"
    TAKE_BACK = "TAKE_BACK", "cancel it as entered in error"
    PUT_ON_AGENDA = "PUT_ON_AGENDA", "put it on an agenda"
    TAKE_OFF_AGENDA = "TAKE_OFF_AGENDA", "remove it from the agenda"
    AGREE = "AGREE", "agree it at a meeting"
    DECLINE = "DECLINE", "decline it at a meeting"
    ASK = "ASK", "ask for more information at a meeting"
    DEFER = "DEFER", "defer it at a meeting"
    WITHDRAW = "WITHDRAW", "withdraw it at a meeting"
    RATIFY = "RATIFY", "record a decision taken outside a meeting"
    PRESENT_AGAIN = "PRESENT_AGAIN", "present it again"


_DECIDED_AT_A_MEETING = {
    Move.AGREE: State.AGREED,
    Move.DECLINE: State.DECLINED,
    Move.ASK: State.INFORMATION_ASKED,
    Move.DEFER: State.DEFERRED,
    Move.WITHDRAW: State.WITHDRAWN,
}

MOVES: Mapping[State, Mapping[Move, State]] = {
    State.AWAITING_PAPERS: {
        Move.CHANGE_REQUEST: State.AWAITING_PAPERS,
        Move.PAPERS_COMPLETE: State.READY,
        Move.RATIFY: State.AGREED,
        Move.TAKE_BACK: State.TAKEN_BACK,
    },
    State.READY: {
        Move.CHANGE_REQUEST: State.READY,
        Move.PUT_OFF: State.AWAITING_PAPERS,
        Move.PUT_ON_AGENDA: State.LISTED,
        Move.RATIFY: State.AGREED,
        Move.TAKE_BACK: State.TAKEN_BACK,
    },
    State.LISTED: {
        Move.CHANGE_REQUEST: State.LISTED,
        Move.TAKE_OFF_AGENDA: State.READY,
        **_DECIDED_AT_A_MEETING,
        Move.RATIFY: State.AGREED,
    },
    State.INFORMATION_ASKED: {
        Move.CHANGE_REQUEST: State.INFORMATION_ASKED,
        Move.PAPERS_COMPLETE: State.READY,
        Move.RATIFY: State.AGREED,
    },
    State.DEFERRED: {
        Move.CHANGE_REQUEST: State.DEFERRED,
        Move.PUT_ON_AGENDA: State.LISTED,
        Move.RATIFY: State.AGREED,
    },
    State.AGREED: {},
    State.DECLINED: {Move.PRESENT_AGAIN: State.READY, Move.RATIFY: State.AGREED},
    State.WITHDRAWN: {},
    State.TAKEN_BACK: {},
}
"""The moves allowed in each state, and the state that follows. A correction is not a move: the corrected entry is
kept, and the state follows from the entry that stands. A case put off returns to the state it had before its papers
were complete, which may be awaiting information. A case that a panel has decided on cannot be taken back."""

DECIDING = {
    Outcome.AGREED: Move.AGREE,
    Outcome.DECLINED: Move.DECLINE,
    Outcome.MORE_INFORMATION: Move.ASK,
    Outcome.DEFERRED: Move.DEFER,
    Outcome.WITHDRAWN: Move.WITHDRAW,
}
"""The move that corresponds to each outcome of a meeting."""

WHY_NOT: Mapping[State, str] = {
    State.AWAITING_PAPERS: "Its papers are not complete.",
    State.READY: "It is not on an agenda.",
    State.LISTED: "It is on the agenda of a meeting.",
    State.INFORMATION_ASKED: "More information was asked for and has not been marked as received.",
    State.DEFERRED: "It was deferred and is not on an agenda.",
    State.AGREED: "It was agreed. If that was recorded in error, correct the decision.",
    State.DECLINED: "It was declined. Present it again first.",
    State.WITHDRAWN: "It was withdrawn. A new request is a new case.",
    State.TAKEN_BACK: "It was cancelled as entered in error. A new request is a new case.",
}
"""Why a move is refused in a state."""


def check(case_id: str, state: State, move: Move) -> None:
    """Raise ValidationError with a sentence if the move is not allowed in the state."""
    if move not in MOVES[state]:
        raise ValidationError(f"You cannot {move.label} for case {case_id}. {WHY_NOT[state]}", code="move")


def diagram() -> str:
    """The states and moves as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> AWAITING_PAPERS: a request is entered"]
    lines += [f'    state "{state.label}" as {state.value}' for state in State]
    for state, moves in MOVES.items():
        lines += [f"    {state.value} --> {after.value}: {move.label}" for move, after in moves.items()]
        if not moves:
            lines.append(f"    {state.value} --> [*]")
    return "\n".join(lines) + "\n"
