"""A child, under a pseudonymous key. No names are held."""

from django.db import models

from sen_dashboard.core.models.across import Across, Referred
from sen_dashboard.core.models.fields import key_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail

BORN_TOO_LATE = "The child has a record from before this date of birth."


def after_birth(table: str, key: str, column: str, sentence: str) -> Across:
    """Return the rule that a child's record is not from before the birth."""
    return Across(
        table=table,
        key=key,
        reference="child_id",
        other_table="placements_child",
        broken=f"r.{column} < p.date_of_birth",
        column=column,
        sentence=sentence,
        other_column="date_of_birth",
        other_sentence=BORN_TOO_LATE,
    )


REQUEST_AFTER_BIRTH = after_birth(
    "placements_assessment",
    "assessment_id",
    "requested_on",
    "A request cannot be made before the child was born.",
)
PLAN_AFTER_BIRTH = after_birth(
    "placements_plan", "plan_id", "issued_on", "A plan cannot be issued before the child was born."
)


@kept_in_trail(has_page=True, guarded=("date_of_birth",))
class Child(Record):
    child_id = key_field(primary_key=True)
    date_of_birth = models.DateField()
    home_district = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        verbose_name_plural = "children"
        triggers = [Referred("child_born_before_records", REQUEST_AFTER_BIRTH, PLAN_AFTER_BIRTH)]

    def __str__(self) -> str:
        return self.child_id
