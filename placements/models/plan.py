"""An education, health and care (EHC) plan; before September 2014 a statement of SEN counts as the plan."""

from django.core.exceptions import ValidationError
from django.db import models

from placements.codes import CeaseReason
from placements.models.assessment import Assessment
from placements.models.child import PLAN_AFTER_BIRTH, Child
from placements.querysets import PlanQuerySet
from sen_dashboard.core.codes import Need
from sen_dashboard.core.models.across import Referring
from sen_dashboard.core.models.constraints import NoOverlap, in_order, known_code
from sen_dashboard.core.models.fields import key_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail

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
        triggers = [Referring("plan_after_birth", PLAN_AFTER_BIRTH)]

    def __str__(self) -> str:
        return self.plan_id

    def clean(self) -> None:
        """Refuse dates in the wrong order, before PostgreSQL makes a range of them."""
        if self.issued_on and self.ceased_on and self.ceased_on < self.issued_on:
            raise ValidationError({"ceased_on": CEASED_TOO_EARLY})
        super().clean()
