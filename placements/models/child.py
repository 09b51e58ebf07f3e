"""A child, under a pseudonymous key. No names are held."""

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models

from sen_dashboard.core.models.constraints import across_tables
from sen_dashboard.core.models.fields import key_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail

BORN_TOO_LATE = "The child has a record from before this date of birth."
STARTS = {"assessments": "requested_on", "plans": "issued_on", "panel_cases": "received_on"}
"""A child's related records, by their names on the child, with the date on which each begins. The panel's are named,
not imported: a form for a child must know all of them, though `placements` is below `panel`."""


@kept_in_trail(has_page=True, guarded=("date_of_birth",))
class Child(Record):
    child_id = key_field(primary_key=True)
    date_of_birth = models.DateField()
    home_district = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        verbose_name_plural = "children"
        triggers = [
            across_tables(
                "child_born_before_records",
                on=pgtrigger.UpdateOf("date_of_birth"),
                violation="""
                    SELECT 1 FROM placements_child c
                    LEFT JOIN placements_assessment a USING (child_id)
                    LEFT JOIN placements_plan p USING (child_id)
                    WHERE c.child_id = NEW.child_id AND c.date_of_birth > LEAST(a.requested_on, p.issued_on)
                """,
                sentence=BORN_TOO_LATE,
            ),
        ]

    def __str__(self) -> str:
        return self.child_id

    def clean(self) -> None:
        """Refuse a birth after the child's own records."""
        if self._state.adding or self.date_of_birth is None:
            return
        for records, start in STARTS.items():
            if getattr(self, records).filter(**{f"{start}__lt": self.date_of_birth}).exists():
                raise ValidationError({"date_of_birth": BORN_TOO_LATE})
