"""Findings that a figure does not show by itself. Entered here; no file holds them."""

from collections.abc import Sequence

from django.db import models
from django.db.models import Q

from sen_dashboard.core.models.constraints import Check, on_one_line, within_reach
from sen_dashboard.core.models.fields import entered_key, key_field, words_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail
from sen_dashboard.programme.querysets import KpiNoteQuerySet


@kept_in_trail()
class KpiNote(Record):
    """A written analysis shown beside a figure from a day on, such as the main needs in requests.

    ``kpi`` is the figure's slug. Each line of ``text`` is a separate point.
    """

    note_id = key_field(primary_key=True, default=entered_key)
    kpi = models.CharField("KPI", max_length=60)
    title = words_field(120, blank=False)
    text = words_field(2000, blank=False)
    day = models.DateField("as at")

    objects = KpiNoteQuerySet.as_manager()

    class Meta:
        verbose_name = "note"
        constraints = [
            Check("kpi_note_of_a_kpi", ~Q(kpi=""), field="kpi", sentence="Choose the figure."),
            on_one_line("kpi_note_title_given", "title", sentence="Give a heading, in words on one line."),
            Check(
                "kpi_note_text_given",
                Q(text__regex=r"[[:alnum:]]"),
                field="text",
                sentence="Write what was found.",
            ),
            within_reach("kpi_note_day_within_reach", "day"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def points(self) -> Sequence[str]:
        """The lines of the text that are not blank."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]
