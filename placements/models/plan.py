"""An education, health and care (EHC) plan; before September 2014 a statement of SEN counts as the plan."""

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models

from placements.codes import CeaseReason
from placements.models.assessment import Assessment
from placements.models.child import Child
from placements.querysets import PlanQuerySet
from sen_dashboard.core.codes import Need
from sen_dashboard.core.models.constraints import NoOverlap, across_tables, in_order, known_code
from sen_dashboard.core.models.fields import key_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail

BEFORE_BIRTH = "A plan cannot be issued before the child was born."
CEASED_TOO_EARLY = "The plan cannot cease before it was issued."


@kept_in_trail(under="child")
class Plan(Record):
    plan_id = key_field(primary_key=True)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="plans")
    assessment = models.ForeignKey(
        Assessment, null=True, blank=True, on_delete=models.PROTECT, related_name="plans"
    )
    issued_on = models.DateField()
    ceased_on = models.DateField(null=True, blank=True)
    cease_reason = models.CharField(max_length=1, choices=CeaseReason.choices, blank=True, default="")
    primary_need = models.CharField(max_length=4, choices=Need.choices)
    secondary_need = models.CharField(max_length=4, choices=Need.choices, blank=True, default="")

    objects = PlanQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("plan_cease_reason_known", "cease_reason", CeaseReason, optional=True),
            known_code("plan_primary_need_known", "primary_need", Need),
            known_code("plan_secondary_need_known", "secondary_need", Need, optional=True),
            in_order("plan_ceases_after_issue", "issued_on", "ceased_on", sentence=CEASED_TOO_EARLY),
            NoOverlap(
                "plan_one_in_force_for_a_child",
                per=("child",),
                first="issued_on",
                last="ceased_on",
                bounds="[)",
                sentence="The child has another plan in force at that time.",
            ),
        ]
        triggers = [
            across_tables(
                "plan_after_birth",
                on=pgtrigger.Insert | pgtrigger.UpdateOf("child_id", "issued_on"),
                holds="placements_child WHERE child_id = NEW.child_id",
                violation="""
                    SELECT 1 FROM placements_plan p JOIN placements_child c USING (child_id)
                    WHERE p.plan_id = NEW.plan_id AND p.issued_on < c.date_of_birth
                """,
                sentence=BEFORE_BIRTH,
            ),
        ]

    def __str__(self) -> str:
        return self.plan_id

    def clean(self) -> None:
        """Refuse dates in the wrong order, before PostgreSQL makes a range of them."""
        if self.issued_on and self.ceased_on and self.ceased_on < self.issued_on:
            raise ValidationError({"ceased_on": CEASED_TOO_EARLY})
        if self.child_id and self.issued_on and self.issued_on < self.child.date_of_birth:
            raise ValidationError({"issued_on": BEFORE_BIRTH})
