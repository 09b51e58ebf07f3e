"""Taking hold of a case: nobody else changes it until the transaction ends, and nobody has since it was read."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from panel.models import PanelCase
from panel.states import Move, State, check
from sen_dashboard.core.history import Entry, entries_since, version_of


class ChangedMeanwhileError(ValidationError):
    """Somebody changed the case after it was read; ``entries`` tell what and who, newest first."""

    def __init__(self, case: PanelCase, entries: Sequence[Entry], version: int) -> None:
        super().__init__(
            f"Somebody changed case {case.case_id} while you had it open. Nothing of yours was saved yet.",
            code="changed",
        )
        self.entries = entries
        self.version = version


def hold(case_id: str, *, seen: int) -> PanelCase:
    """The case, locked until the transaction ends. ``seen`` is the version that the person had before them.

    Raises ChangedMeanwhileError where it has another version by now, and PanelCase.DoesNotExist.
    """
    case = locked(case_id)
    version = version_of(case)
    if version != seen:
        raise ChangedMeanwhileError(case, entries_since(case, seen), version)
    return case


def locked(case_id: str) -> PanelCase:
    """The case, locked until the transaction ends, whatever its version. Raises PanelCase.DoesNotExist."""
    return PanelCase.objects.select_for_update().get(pk=case_id)


def state_of(case: PanelCase) -> State:
    """Where the case stands; read after the case was locked, since a lock waits and what was read before is old."""
    return State(PanelCase.objects.with_state().get(pk=case.pk).state)


def check_move(case: PanelCase, move: Move) -> None:
    """Raise ValidationError with a sentence where the move is not legal now."""
    check(case.case_id, state_of(case), move)
