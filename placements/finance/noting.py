"""Working through the findings of the reconciliation: a dated note, and the finding's status from then on."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from placements.finance.reconciliation import Finding
from placements.models import FindingNote
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core import formats

MEANWHILE = (
    "Someone else wrote a note on this finding since you opened it, or the records changed: "
    "read it, then save yours."
)


@transaction.atomic
def note(
    *, by: User, finding: Finding, seen: str, status: str, text: str, recovered: Decimal | None, on: date
) -> FindingNote:
    """Write a note on a finding. ``seen`` is the ``state`` of the finding that the person was shown.

    ``recovered`` is the total £ recovered so far, at most the finding's ``total``; None leaves it unchanged. Raises
    PermissionDenied, and ValidationError with a sentence at each field, or if the finding has changed since.
    """
    demand(by, Permission.RECONCILE)
    if finding.state != seen:
        raise ValidationError(MEANWHILE)
    back = finding.recovered if recovered is None else recovered
    if back > finding.total:
        most = formats.pounds_exact(finding.total)
        raise ValidationError(
            {"recovered": f"The finding came to {most}: no more than that can be recovered."}
        )
    written = FindingNote(
        key=finding.key,
        number=finding.notes + 1,
        kind=finding.kind,
        school_id=finding.school_id,
        month=finding.month,
        mark=finding.mark,
        status=status,
        amount=finding.amount or Decimal(0),
        total=finding.total,
        recovered=back,
        text=text.strip(),
        written_by=by,
        written_on=on,
    )
    written.full_clean(validate_constraints=True)
    try:
        with transaction.atomic():
            written.save(force_insert=True)
    except IntegrityError:
        raise ValidationError(MEANWHILE) from None
    return written
