"""What was decided on a case (data contract, panel_decisions.csv; the other fields are entered here)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from panel.codes import CostBasis, DecisionRoute, Outcome, Reason
from panel.models.case import DECISION_AFTER_RECEIVED, DECISION_NOT_TAKEN_BACK, PanelCase
from panel.querysets import PanelDecisionQuerySet
from placements.models import CostKind, CostLine
from sen_dashboard.core.models.across import Referring
from sen_dashboard.core.models.constraints import (
    Check,
    Unique,
    known_code,
    known_codes,
    not_negative,
)
from sen_dashboard.core.models.fields import pounds_field, words_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail

DECIDED_ALREADY = "This case was already decided on that day."


@kept_in_trail(under="case", codes={"reasons": Reason})
class PanelDecision(Record):
    """What was decided on a case on a day. A later decision supersedes an earlier one without overwriting it.

    A correction is a new entry; the entry it replaces is kept as ``corrected``, marked void, with the reason.
    """

    case = models.ForeignKey(PanelCase, on_delete=models.PROTECT, related_name="decisions")
    meeting_on = models.DateField()
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    value = pounds_field(null=True, blank=True, help_text="Empty: the case's annual cost.")
    value_basis = models.CharField(
        max_length=10, choices=CostBasis.choices, blank=True, default="", db_default=""
    )
    due_on = models.DateField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True, default="")
    note = models.TextField(blank=True, default="", help_text="Why: the rationale.")
    void = models.BooleanField(
        "recorded in error", default=False, help_text="Recorded in error: kept, and counted nowhere."
    )
    route = models.CharField(
        max_length=20,
        choices=DecisionRoute.choices,
        default=DecisionRoute.PANEL,
        db_default=DecisionRoute.PANEL.value,
    )
    information_needed = words_field(2000)
    conditions = words_field(2000)
    reasons = ArrayField(models.CharField(max_length=20), blank=True, default=list, db_default=[])
    review_on = models.DateField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True, help_text="From when what was agreed is to run.")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(null=True, blank=True)
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="correction"
    )
    corrected = models.BooleanField(default=False, db_default=False)
    void_reason = words_field(500)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PanelDecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            Unique(
                "panel_decision_key",
                "case",
                "meeting_on",
                condition=Q(corrected=False),
                sentence=DECIDED_ALREADY,
            ),
            known_code("panel_decision_outcome_known", "outcome", Outcome),
            known_code("panel_decision_route_known", "route", DecisionRoute),
            known_codes("panel_decision_reasons_known", "reasons", Reason),
            known_code("panel_decision_value_basis_known", "value_basis", CostBasis, optional=True),
            Check(
                "panel_decision_value_not_negative",
                Q(value__isnull=True) | Q(value__gte=0),
                field="value",
                sentence="Enter 0 or more.",
            ),
            Check(
                "panel_decision_corrected_is_void",
                Q(corrected=False) | Q(void=True),
                field="void",
                sentence="A corrected decision is no longer valid.",
            ),
            Check(
                "panel_decision_recorded_with_author",
                Q(recorded_by=None, recorded_at=None)
                | Q(recorded_by__isnull=False, recorded_at__isnull=False),
                field="recorded_by",
                sentence="Record both who entered a decision and when, or neither.",
            ),
        ]
        triggers = [
            Referring("panel_decision_of_a_case_not_taken_back", DECISION_NOT_TAKEN_BACK),
            Referring("panel_decision_after_received", DECISION_AFTER_RECEIVED),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} on {self.meeting_on}"


@kept_in_trail(under="decision")
class AgreedCost(Record):
    """One part of the agreed cost, in £ a year; it becomes a cost line of the placement."""

    decision = models.ForeignKey(
        PanelDecision, on_delete=models.PROTECT, related_name="agreed_costs", db_index=False
    )  # the unique constraint's index serves instead
    kind = models.CharField(max_length=15, choices=CostKind.choices)
    annual_amount = pounds_field()
    cost_line = models.ForeignKey(
        CostLine,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The line of the existing placement that additional funding was added to.",
    )

    class Meta:
        constraints = [
            Unique("agreed_cost_key", "decision", "kind", sentence="The decision already has this part."),
            known_code("agreed_cost_kind_known", "kind", CostKind),
            not_negative("agreed_cost_not_negative", "annual_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.kind}"
