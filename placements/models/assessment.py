"""A request for an EHC needs assessment and what was decided (SEND Regulations 2014; domain.md section 1)."""

from django.db import models
from django.db.models import Q

from placements.codes import AssessDecision, IssueDecision
from placements.models.child import REQUEST_AFTER_BIRTH, Child
from placements.querysets import AssessmentQuerySet
from sen_dashboard.core.models.across import Referring
from sen_dashboard.core.models.constraints import Check, in_order, known_code
from sen_dashboard.core.models.fields import key_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail

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
        triggers = [Referring("assessment_after_birth", REQUEST_AFTER_BIRTH)]

    def __str__(self) -> str:
        return self.assessment_id
