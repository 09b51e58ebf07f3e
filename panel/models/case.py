"""A request put to a panel and its details (data contract, panel_cases.csv; the other fields are entered here)."""

from dataclasses import replace

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from panel.codes import REASONS_OF_PANEL, CostBasis, Origin, Panel, Profile, Reason, SchoolAnswer
from panel.querysets import PanelCaseQuerySet
from placements.models import Child, CostKind
from placements.models.child import after_birth
from provision.models import School
from sen_dashboard.core.codes import Attendance, Need, need_label
from sen_dashboard.core.models.across import Across, Referred, Referring
from sen_dashboard.core.models.constraints import (
    Check,
    Unique,
    in_order,
    known_code,
    not_negative,
)
from sen_dashboard.core.models.fields import key_field, pounds_field, words_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail

TAKEN_BACK = "This case was cancelled as entered in error."
HEARD = "A panel has decided the case or is due to hear it, so it cannot be cancelled."
READY_TOO_EARLY = "The papers cannot be complete before the case was received."
BEFORE_RECEIVED = "A decision cannot come before its case was received."
CASE_AFTER_BIRTH = after_birth(
    "panel_panelcase", "case_id", "received_on", "A case cannot be received before the child was born."
)
DECISION_AFTER_RECEIVED = Across(
    table="panel_paneldecision",
    key="id",
    reference="case_id",
    other_table="panel_panelcase",
    broken="NOT r.void AND r.meeting_on < p.received_on",
    column="meeting_on",
    sentence=BEFORE_RECEIVED,
    other_column="received_on",
    other_sentence=BEFORE_RECEIVED,
)
DECISION_NOT_TAKEN_BACK = replace(
    DECISION_AFTER_RECEIVED,
    broken="NOT r.void AND p.void",
    column="case_id",
    sentence=TAKEN_BACK,
    other_column="void",
    other_sentence=HEARD,
)
ITEM_NOT_TAKEN_BACK = replace(DECISION_NOT_TAKEN_BACK, table="panel_agendaitem", broken="p.void")


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
    origin = models.CharField(max_length=20, choices=Origin.choices, blank=True, default="", db_default="")
    caseworker = words_field(40)
    ready_on = models.DateField(
        null=True, blank=True, help_text="The day the papers for the next meeting were complete."
    )
    void = models.BooleanField(
        "entered in error",
        default=False,
        db_default=False,
        help_text="Cancelled before a meeting: kept, and counted nowhere.",
    )
    void_reason = words_field(500)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PanelCaseQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("panel_case_panel_known", "panel", Panel),
            known_code("panel_case_primary_need_known", "primary_need", Need),
            known_code("panel_case_secondary_need_known", "secondary_need", Need, optional=True),
            known_code("panel_case_profile_known", "profile", Profile, optional=True),
            known_code("panel_case_attendance_known", "attendance", Attendance, optional=True),
            known_code("panel_case_cost_basis_known", "cost_basis", CostBasis, optional=True),
            known_code("panel_case_origin_known", "origin", Origin, optional=True),
            in_order("panel_case_ready_after_received", "received_on", "ready_on", sentence=READY_TOO_EARLY),
            not_negative("panel_case_cost_not_negative", "annual_cost"),
            Check(
                "panel_case_void_with_reason",
                Q(void=False, void_reason="", voided_by=None)
                | (Q(void=True, voided_by__isnull=False) & ~Q(void_reason="")),
                field="void_reason",
                sentence="Enter why the case is cancelled.",
            ),
            Check(
                "panel_case_reasons_fit_panel",
                _reasons_fit_panel(),
                field="reasons",
                sentence="Choose reasons that this panel records.",
            ),
        ]
        triggers = [
            Referring("panel_case_after_birth", CASE_AFTER_BIRTH),
            Referred("panel_case_void_before_it_is_heard", DECISION_NOT_TAKEN_BACK, ITEM_NOT_TAKEN_BACK),
            Referred("panel_case_before_its_decisions", DECISION_AFTER_RECEIVED),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {need_label(self.primary_need, self.secondary_need)}"


class PanelChild(Child):
    """Carries the trigger that keeps a child's birth before its cases; forms use ``Child``, which tells the same."""

    class Meta:
        proxy = True
        triggers = [Referred("child_born_before_panel_cases", CASE_AFTER_BIRTH)]


@kept_in_trail(under="case")
class RequestedCost(Record):
    """One part of the cost that a case asks for, in £ for a year, or for part of one if the case says so.

    All parts but transport add up to the case's annual cost.
    """

    case = models.ForeignKey(
        PanelCase, on_delete=models.PROTECT, related_name="requested_costs", db_index=False
    )  # the unique constraint's index serves instead
    kind = models.CharField(max_length=15, choices=CostKind.choices)
    annual_amount = pounds_field()

    class Meta:
        constraints = [
            Unique("requested_cost_key", "case", "kind", sentence="The request already has this part."),
            known_code("requested_cost_kind_known", "kind", CostKind),
            not_negative("requested_cost_not_negative", "annual_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


@kept_in_trail(under="case")
class CaseDocument(Record):
    """A paper received for a case: its title, and its reference in the council's document store."""

    case = models.ForeignKey(PanelCase, on_delete=models.PROTECT, related_name="documents", db_index=False)
    title = words_field(120, blank=False)
    reference = words_field(200, blank=False)

    class Meta:
        constraints = [
            Unique("case_document_key", "case", "reference", sentence="This paper is already listed."),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.reference})"


@kept_in_trail(under="case")
class Consultation(Record):
    """A local school asked whether it can take the child, and its answer."""

    case = models.ForeignKey(
        PanelCase, on_delete=models.PROTECT, related_name="consultations", db_index=False
    )
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="consultations")
    answer = models.CharField(max_length=20, choices=SchoolAnswer.choices, default=SchoolAnswer.AWAITING)

    class Meta:
        constraints = [
            Unique("consultation_key", "case", "school", sentence="This school is already listed."),
            known_code("consultation_answer_known", "answer", SchoolAnswer),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.school_id}"


@kept_in_trail(under="case")
class Confirmation(Record):
    """An unlikely fact about a case that a person confirmed as right: the sentence as it was shown to them."""

    case = models.ForeignKey(
        PanelCase, on_delete=models.PROTECT, related_name="confirmations", db_index=False
    )
    sentence = models.CharField(max_length=500)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_on = models.DateField()

    class Meta:
        constraints = [
            Unique("confirmation_key", "case", "sentence", sentence="This has already been confirmed."),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.sentence}"


class RequestDraft(models.Model):
    """An incomplete request: what was typed, kept as it was. It is not a record and is counted nowhere."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="request_drafts")
    saved_at = models.DateTimeField()
    typed = models.JSONField()

    class Meta:
        ordering = ("-saved_at", "-pk")

    def __str__(self) -> str:
        return f"Draft {self.pk}"

    def first_typed(self, name: str) -> str:
        """What was typed in a box; the first value if there are several."""
        return str(next(iter(self.typed.get(name, ())), ""))
