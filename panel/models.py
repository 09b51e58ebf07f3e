"""Records of the data contract's panel_cases.csv and panel_decisions.csv."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from panel.querysets import PanelCaseQuerySet, PanelDecisionQuerySet
from placements.models import Child
from placements.models.child import BORN_TOO_LATE
from provision.models import School
from sen_dashboard.core.codes import Attendance, Need, need_label
from sen_dashboard.core.constraints import Check, Unique, across_tables, known_code, not_negative
from sen_dashboard.core.fields import key_field, pounds_field
from sen_dashboard.core.records import Record
from sen_dashboard.core.trail import kept_in_trail

BEFORE_BIRTH = "A case cannot be received before the child was born."
BEFORE_RECEIVED = "A decision cannot come before its case was received."


class Panel(models.TextChoices):
    """The two panels that decide on requests."""

    INDEPENDENT = "INDEPENDENT", "Independent Placement Panel"
    ADDITIONAL_FUNDING = "ADDITIONAL_FUNDING", "Additional funding panel"


class Reason(models.TextChoices):
    """Why a request is made (seed document); which apply depends on the panel."""

    COMPLEXITY = "COMPLEXITY", "Local schools cannot meet the complexity of need"
    CAPACITY = "CAPACITY", "Special schools have no capacity"
    ONE_TO_ONE = "ONE_TO_ONE", "One-to-one adult support in a special school or SRP"
    STAFF_RATIO = "STAFF_RATIO", "Staff ratio unmanageable with an extra pupil"
    AWAITING_PLACEMENT = "AWAITING_PLACEMENT", "High need, awaiting a specialist or change of placement"
    OTHER = "OTHER", "Other"


REASONS_OF_PANEL = {
    Panel.INDEPENDENT: (Reason.COMPLEXITY, Reason.CAPACITY, Reason.OTHER),
    Panel.ADDITIONAL_FUNDING: (
        Reason.ONE_TO_ONE,
        Reason.STAFF_RATIO,
        Reason.AWAITING_PLACEMENT,
        Reason.OTHER,
    ),
}


class Profile(models.TextChoices):
    """The main profiles of need in requests (seed document)."""

    BEHAVIOUR_ANXIETY = "BEHAVIOUR_ANXIETY", "Autism with behaviour and high anxiety"
    COMPLEX_MENTAL_HEALTH = "COMPLEX_MENTAL_HEALTH", "SEMH with complex mental health needs"
    OTHER = "OTHER", "Other"


class CostBasis(models.TextChoices):
    """What the cost of a case covers."""

    ANNUAL = "ANNUAL", "A full year"
    PART_YEAR = "PART_YEAR", "Part of a year"


class Outcome(models.TextChoices):
    """What a panel decided."""

    AGREED = "AGREED", "Agreed"
    DECLINED = "DECLINED", "Declined"
    MORE_INFORMATION = "MORE_INFORMATION", "More information required"
    DEFERRED = "DEFERRED", "Deferred"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


FINAL_OUTCOMES = (Outcome.AGREED, Outcome.DECLINED, Outcome.WITHDRAWN)
"""What ends a case; one deferred, or on which information was asked for, comes to a meeting again."""


def _reasons_fit_panel() -> Q:
    fits = Q()
    for panel, reasons in REASONS_OF_PANEL.items():
        fits |= Q(panel=panel.value, reasons__contained_by=[reason.value for reason in reasons])
    return fits


@kept_in_trail(under="child", has_page=True, codes={"reasons": Reason})
class PanelCase(Record):
    """A request put to a panel."""

    case_id = key_field(primary_key=True)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="panel_cases")
    panel = models.CharField(max_length=20, choices=Panel.choices)
    received_on = models.DateField()
    primary_need = models.CharField(max_length=4, choices=Need.choices)
    secondary_need = models.CharField(max_length=4, choices=Need.choices, blank=True, default="")
    profile = models.CharField(max_length=25, choices=Profile.choices, blank=True, default="")
    reasons = ArrayField(models.CharField(max_length=20), blank=True, default=list)
    school = models.ForeignKey(
        School, null=True, blank=True, on_delete=models.PROTECT, related_name="panel_cases"
    )
    attendance = models.CharField(max_length=12, choices=Attendance.choices, blank=True, default="")
    annual_cost = pounds_field()
    cost_basis = models.CharField(max_length=10, choices=CostBasis.choices, blank=True, default="")

    objects = PanelCaseQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("panel_case_panel_known", "panel", Panel),
            known_code("panel_case_primary_need_known", "primary_need", Need),
            known_code("panel_case_secondary_need_known", "secondary_need", Need, optional=True),
            known_code("panel_case_profile_known", "profile", Profile, optional=True),
            known_code("panel_case_attendance_known", "attendance", Attendance, optional=True),
            known_code("panel_case_cost_basis_known", "cost_basis", CostBasis, optional=True),
            not_negative("panel_case_cost_not_negative", "annual_cost"),
            Check(
                "panel_case_reasons_fit_panel",
                _reasons_fit_panel(),
                field="reasons",
                sentence="Choose reasons that this panel records.",
            ),
        ]
        triggers = [
            across_tables(
                "panel_case_after_birth",
                on=pgtrigger.Insert | pgtrigger.UpdateOf("child_id", "received_on"),
                holds="placements_child WHERE child_id = NEW.child_id",
                violation="""
                    SELECT 1 FROM panel_panelcase k JOIN placements_child c USING (child_id)
                    WHERE k.case_id = NEW.case_id AND k.received_on < c.date_of_birth
                """,
                sentence=BEFORE_BIRTH,
            ),
            across_tables(
                "panel_case_before_its_decisions",
                on=pgtrigger.UpdateOf("received_on"),
                violation="""
                    SELECT 1 FROM panel_panelcase k JOIN panel_paneldecision d USING (case_id)
                    WHERE k.case_id = NEW.case_id AND NOT d.void AND d.meeting_on < k.received_on
                """,
                sentence=BEFORE_RECEIVED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {need_label(self.primary_need, self.secondary_need)}"

    def clean(self) -> None:
        """Refuse a case from before the child's birth, or received after it was decided."""
        if self.received_on is None:
            return
        if self.child_id and self.received_on < self.child.date_of_birth:
            raise ValidationError({"received_on": BEFORE_BIRTH})
        if self._state.adding:
            return
        if self.decisions.counted().filter(meeting_on__lt=self.received_on).exists():
            raise ValidationError({"received_on": BEFORE_RECEIVED})


class PanelChild(Child):
    """Carries the trigger that keeps a child's birth before its cases; forms use ``Child``, which checks the same."""

    class Meta:
        proxy = True
        triggers = [
            across_tables(
                "child_born_before_panel_cases",
                on=pgtrigger.UpdateOf("date_of_birth"),
                violation="""
                    SELECT 1 FROM placements_child c JOIN panel_panelcase k USING (child_id)
                    WHERE c.child_id = NEW.child_id AND k.received_on < c.date_of_birth
                """,
                sentence=BORN_TOO_LATE,
            ),
        ]


@kept_in_trail(under="case")
class PanelDecision(Record):
    """What a meeting decided on a case. A later decision supersedes; none is overwritten."""

    case = models.ForeignKey(
        PanelCase, on_delete=models.PROTECT, related_name="decisions", db_index=False
    )  # the index of the unique constraint serves
    meeting_on = models.DateField()
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    value = pounds_field(null=True, blank=True, help_text="Empty: the case's annual cost.")
    due_on = models.DateField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True, default="")
    note = models.TextField(blank=True, default="")
    void = models.BooleanField(
        "recorded in error", default=False, help_text="Recorded in error: kept, and counted nowhere."
    )

    objects = PanelDecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            Unique(
                "panel_decision_key",
                "case",
                "meeting_on",
                sentence="This case was decided at that meeting already.",
            ),
            known_code("panel_decision_outcome_known", "outcome", Outcome),
            Check(
                "panel_decision_value_not_negative",
                Q(value__isnull=True) | Q(value__gte=0),
                field="value",
                sentence="Enter 0 or more.",
            ),
        ]
        triggers = [
            across_tables(
                "panel_decision_after_received",
                on=pgtrigger.Insert | pgtrigger.UpdateOf("case_id", "meeting_on", "void"),
                holds="panel_panelcase WHERE case_id = NEW.case_id",
                violation="""
                    SELECT 1 FROM panel_paneldecision d JOIN panel_panelcase k USING (case_id)
                    WHERE d.id = NEW.id AND NOT d.void AND d.meeting_on < k.received_on
                """,
                sentence=BEFORE_RECEIVED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} on {self.meeting_on}"

    def clean(self) -> None:
        """Refuse a decision from before its case was received."""
        if self.void or not (self.case_id and self.meeting_on):
            return
        if self.meeting_on < self.case.received_on:
            raise ValidationError({"meeting_on": BEFORE_RECEIVED})
