"""A request for an EHC needs assessment and what was decided (SEND Regulations 2014; domain.md section 1)."""

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from placements.codes import AssessDecision, IssueDecision
from placements.models.child import Child
from placements.querysets import AssessmentQuerySet
from sen_dashboard.core.models.constraints import Check, across_tables, in_order, known_code
from sen_dashboard.core.models.fields import key_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail

BEFORE_BIRTH = "A request cannot be made before the child was born."
TOGETHER = "A decision and its date belong together: enter both or neither."


def _together(name: str, decision: str, decided_on: str) -> Check:
    return Check(
        name,
        Q(**{decision: "", f"{decided_on}__isnull": True})
        | (~Q(**{decision: ""}) & Q(**{f"{decided_on}__isnull": False})),
        field=decided_on,
        sentence=TOGETHER,
    )


@kept_in_trail(under="child")
class Assessment(Record):
    assessment_id = key_field(primary_key=True)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="assessments")
    requested_on = models.DateField()
    assess_decision = models.CharField(max_length=10, choices=AssessDecision.choices, blank=True, default="")
    assess_decided_on = models.DateField(null=True, blank=True)
    issue_decision = models.CharField(max_length=10, choices=IssueDecision.choices, blank=True, default="")
    issue_decided_on = models.DateField(null=True, blank=True)
    exception = models.BooleanField(
        default=False, help_text="An exception of regulation 10(4) or 13(3) applies to the 20 weeks."
    )

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("assessment_assess_decision_known", "assess_decision", AssessDecision, optional=True),
            known_code("assessment_issue_decision_known", "issue_decision", IssueDecision, optional=True),
            _together("assessment_assess_decision_dated", "assess_decision", "assess_decided_on"),
            _together("assessment_issue_decision_dated", "issue_decision", "issue_decided_on"),
            in_order(
                "assessment_decided_after_request",
                "requested_on",
                "assess_decided_on",
                sentence="The decision to assess cannot come before the request.",
            ),
            in_order(
                "assessment_issue_decided_after_request",
                "requested_on",
                "issue_decided_on",
                sentence="The decision to issue cannot come before the request.",
            ),
        ]
        triggers = [
            across_tables(
                "assessment_after_birth",
                on=pgtrigger.Insert | pgtrigger.UpdateOf("child_id", "requested_on"),
                holds="placements_child WHERE child_id = NEW.child_id",
                violation="""
                    SELECT 1 FROM placements_assessment a JOIN placements_child c USING (child_id)
                    WHERE a.assessment_id = NEW.assessment_id AND a.requested_on < c.date_of_birth
                """,
                sentence=BEFORE_BIRTH,
            ),
        ]

    def __str__(self) -> str:
        return self.assessment_id

    def clean(self) -> None:
        """Refuse a request from before the child's birth."""
        if self.child_id and self.requested_on and self.requested_on < self.child.date_of_birth:
            raise ValidationError({"requested_on": BEFORE_BIRTH})
