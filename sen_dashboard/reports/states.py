"""The states of a report and the moves allowed from each: one dict, as for panel cases (`panel.states`)."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db.models import TextChoices


class State(TextChoices):
    """The state of a report."""

    DRAFT = "DRAFT", "Draft"
    APPROVED = "APPROVED", "Approved"
    PUBLISHED = "PUBLISHED", "Published"


class Move(TextChoices):
    """What a manager does with a report; the label completes "You cannot ... "."""

    COLLECT = "COLLECT", "collect it again"
    COMMENT = "COMMENT", "comment on it"
    APPROVE = "APPROVE", "approve it"
    RETURN = "RETURN", "return it to draft"
    PUBLISH = "PUBLISH", "publish it"
    DISCARD = "DISCARD", "discard it"


MOVES: Mapping[State, Mapping[Move, State]] = {
    State.DRAFT: {
        Move.COLLECT: State.DRAFT,
        Move.COMMENT: State.DRAFT,
        Move.APPROVE: State.APPROVED,
        Move.DISCARD: State.DRAFT,
    },
    State.APPROVED: {Move.RETURN: State.DRAFT, Move.PUBLISH: State.PUBLISHED},
    State.PUBLISHED: {},
}

WHY_NOT: Mapping[State, str] = {
    State.DRAFT: "It is a draft: someone else must approve it first.",
    State.APPROVED: "It is approved: return it to draft first.",
    State.PUBLISHED: "It is published and cannot be changed: correct it by collecting another version.",
}
"""Why any other move is refused, by state."""


def check_move(state: str, move: Move) -> State:
    """The state that the move leads to. Raises ValidationError with a sentence if it is not allowed."""
    here = State(state)
    if move not in MOVES[here]:
        raise ValidationError(f"You cannot {move.label}. {WHY_NOT[here]}")
    return MOVES[here][move]
