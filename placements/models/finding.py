"""What people did about findings of the reconciliation; the findings themselves are read from the records."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from placements.codes import FindingKind, FindingStatus
from placements.querysets import FindingNoteQuerySet
from provision.models import School
from sen_dashboard.core.models.constraints import Check, Unique, known_code, not_negative
from sen_dashboard.core.models.fields import key_field, pounds_field, words_field
from sen_dashboard.core.models.records import Record

WORKED = [status for status in FindingStatus.values if status != FindingStatus.NEW]


class FindingNote(Record):
    """A dated note on a finding, and its status from then on. A finding's latest note holds; none is ever changed.

    ``key`` is made from the finding's features (kind, school, month, ``mark``), so it survives any ledger import.
    ``amount`` is the finding's £ when the note was written. ``total`` is all that it ever came to by then: what was
    found at its first note, and what was added since. ``recovered`` is the total £ recovered of that.
    """

    key = key_field()
    number = models.SmallIntegerField()
    kind = models.CharField(max_length=20, choices=FindingKind.choices)
    school = models.ForeignKey(School, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(help_text="The first day of the month; of a year as a whole, that of April.")
    mark = models.CharField(max_length=300, blank=True, default="", help_text="What else makes the finding.")
    status = models.CharField(max_length=15, choices=FindingStatus.choices)
    amount = pounds_field()
    total = pounds_field()
    recovered = pounds_field(default=0)
    text = words_field(1000, blank=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_on = models.DateField()
    written_at = models.DateTimeField(auto_now_add=True)

    objects = FindingNoteQuerySet.as_manager()

    class Meta:
        verbose_name = "note on a finding"
        verbose_name_plural = "notes on findings"
        constraints = [
            Unique(
                "finding_note_key",
                "key",
                "number",
                sentence="Someone else wrote a note on this finding since you opened it.",
            ),
            known_code("finding_note_kind_known", "kind", FindingKind),
            Check(
                "finding_note_status_known",
                Q(status__in=WORKED),
                field="status",
                sentence="Choose one of query raised, explained, recovered.",
            ),
            Check(
                "finding_note_month_is_first_day",
                Q(month__day=1),
                field="month",
                sentence="Enter the first day of the month.",
            ),
            Check(
                "finding_note_number_from_1", Q(number__gte=1), field="number", sentence="Enter 1 or more."
            ),
            not_negative("finding_note_amount_not_negative", "amount"),
            not_negative("finding_note_recovered_not_negative", "recovered"),
            not_negative("finding_note_total_not_negative", "total"),
            Check(
                "finding_note_total_with_recovered",
                Q(recovered__lte=F("total")),
                field="total",
                sentence="Enter no less than was recovered.",
            ),
            Check(
                "finding_note_recovered_something",
                ~Q(status=FindingStatus.RECOVERED) | Q(recovered__gt=0),
                field="recovered",
                sentence="Enter how much was recovered.",
            ),
            Check(
                "finding_note_text_given",
                Q(text__regex=r"[[:alnum:]]"),
                field="text",
                sentence="Write what was found or done.",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, note {self.number}"
