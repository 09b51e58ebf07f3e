"""Locking a case until the transaction ends, and checking that nobody has changed it since it was read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.core.exceptions import ValidationError

from panel.models import PanelCase
from panel.states import Move, State, check
from sen_dashboard.core import formats
from sen_dashboard.core.models import holding


def hold(case_id: str, *, seen: int) -> PanelCase:
    """Lock the case until the transaction ends. ``seen`` is the version that the person was shown.

    Raises ChangedMeanwhileError if the version has changed, and PanelCase.DoesNotExist.
    """
    return holding.hold(PanelCase(pk=case_id), seen=seen, called=f"case {case_id}")


def locked(case_id: str) -> PanelCase:
    """Lock the case until the transaction ends, whatever its version. Raises PanelCase.DoesNotExist."""
    return holding.locked(PanelCase(pk=case_id))


def state_of(case: PanelCase) -> State:
    """The case's state, read after the lock: a lock may wait, so what was read before it may be out of date."""
    return State(PanelCase.objects.with_state().get(pk=case.pk).state)


def check_move(case: PanelCase, move: Move) -> None:
    """Raise ValidationError with a sentence if the move is not allowed now."""
    check(case.case_id, state_of(case), move)


def last_decided(case: PanelCase) -> date | None:
    """The day of the latest decision that stands; None if there is none."""
    latest = case.decisions.counted().order_by("-meeting_on").first()
    return latest.meeting_on if latest else None


def check_may_be_heard(case: PanelCase, day: date) -> None:
    """Raise ValidationError with a sentence if a meeting on the day is too early for the case."""
    if case.received_on > day:
        raise ValidationError(f"Case {case.case_id} was received after the meeting.")
    decided = last_decided(case)
    if decided and decided >= day:
        raise ValidationError(
            f"Case {case.case_id} was decided on {formats.day(decided)}: choose a later meeting."
        )


@contextmanager
def errors_at(**fields: str) -> Iterator[None]:
    """Report errors in a stored field at the field that people see: ``void_reason="reason"``."""
    try:
        yield
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            raise
        renamed: dict[str, list[ValidationError]] = {}
        for field, errors in error.error_dict.items():
            renamed.setdefault(fields.get(field, field), []).extend(errors)
        raise ValidationError(renamed) from error
