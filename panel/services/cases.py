"""Taking hold of a case: nobody else changes it until the transaction ends, and nobody has since it was read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.core.exceptions import ValidationError

from panel.models import PanelCase
from panel.states import Move, State, check
from sen_dashboard.core import formats
from sen_dashboard.core.models import holding


def hold(case_id: str, *, seen: int) -> PanelCase:
    """The case, locked until the transaction ends. ``seen`` is the version that the person had before them.

    Raises ChangedMeanwhileError where it has another version by now, and PanelCase.DoesNotExist.
    """
    return holding.hold(PanelCase(pk=case_id), seen=seen, called=f"case {case_id}")


def locked(case_id: str) -> PanelCase:
    """The case, locked until the transaction ends, whatever its version. Raises PanelCase.DoesNotExist."""
    return holding.locked(PanelCase(pk=case_id))


def state_of(case: PanelCase) -> State:
    """Where the case stands; read after the case was locked, since a lock waits and what was read before is old."""
    return State(PanelCase.objects.with_state().get(pk=case.pk).state)


def check_move(case: PanelCase, move: Move) -> None:
    """Raise ValidationError with a sentence where the move is not legal now."""
    check(case.case_id, state_of(case), move)


def last_decided(case: PanelCase) -> date | None:
    """The day of the latest decision that stands; None where there is none."""
    latest = case.decisions.counted().order_by("-meeting_on").first()
    return latest.meeting_on if latest else None


def check_may_be_heard(case: PanelCase, day: date) -> None:
    """Raise ValidationError with a sentence where a meeting of the day comes too early for the case."""
    if case.received_on > day:
        raise ValidationError(f"Case {case.case_id} was received after the meeting.")
    decided = last_decided(case)
    if decided and decided >= day:
        raise ValidationError(
            f"Case {case.case_id} was decided on {formats.day(decided)}: choose a later meeting."
        )


@contextmanager
def errors_at(**fields: str) -> Iterator[None]:
    """Say what is wrong with a stored field at the one that people are asked for: ``void_reason="reason"``."""
    try:
        yield
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            raise
        told: dict[str, list[ValidationError]] = {}
        for field, errors in error.error_dict.items():
            told.setdefault(fields.get(field, field), []).extend(errors)
        raise ValidationError(told) from error
