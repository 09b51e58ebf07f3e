"""Lists of records of children, as tables: children by key, and their age rather than their date of birth."""

from collections.abc import Sequence
from datetime import date

import django_tables2 as tables

from placements.closing import PostedMonth
from placements.models import AssessDecision, CostKind, EndReason, IssueDecision, Route
from sen_dashboard.core.codes import Attendance, Provision
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.web.tables import (
    AgeColumn,
    CodeColumn,
    KindColumn,
    MomentColumn,
    NeedColumn,
    RecordColumn,
    RecordTable,
)


class PlacementTable(RecordTable):
    placement = RecordColumn("placement", "placement_id")
    child = RecordColumn("child", "plan__child_id")
    age = AgeColumn("plan__child__date_of_birth")
    need = NeedColumn(accessor="plan__primary_need", verbose_name="Primary need")
    school = RecordColumn("school", "school_id", name="school__name")
    provision = CodeColumn(Provision)
    attendance = CodeColumn(Attendance)
    starts_on = KindColumn(Kind.DAY, verbose_name="From")
    ends_on = KindColumn(Kind.DAY, verbose_name="To", default="")
    plan_ceased_on = KindColumn(Kind.DAY, accessor="plan__ceased_on", verbose_name="Plan ceased", default="")
    route = CodeColumn(Route)
    end_reason = CodeColumn(EndReason, verbose_name="Why it ended")
    annual_cost = KindColumn(Kind.POUNDS, verbose_name="Annual cost")


class PlanTable(RecordTable):
    plan = tables.Column(accessor="plan_id", verbose_name="Plan")
    child = RecordColumn("child", "child_id")
    age = AgeColumn("child__date_of_birth")
    district = tables.Column(accessor="child__home_district", default="", verbose_name="Home district")
    need = NeedColumn(accessor="primary_need", verbose_name="Primary need")
    secondary_need = NeedColumn(verbose_name="Secondary need", empty_values=(None, ""))
    issued_on = KindColumn(Kind.DAY, verbose_name="Issued")
    ceased_on = KindColumn(Kind.DAY, verbose_name="Ceased", default="")


class AssessmentTable(RecordTable):
    assessment = tables.Column(accessor="assessment_id", verbose_name="Assessment")
    child = RecordColumn("child", "child_id")
    age = AgeColumn("child__date_of_birth")
    requested_on = KindColumn(Kind.DAY, verbose_name="Requested")
    assess_decision = CodeColumn(AssessDecision, verbose_name="Decision to assess")
    assess_decided_on = KindColumn(Kind.DAY, verbose_name="Decided", default="")
    issue_decision = CodeColumn(IssueDecision, verbose_name="Decision to issue")
    issue_decided_on = KindColumn(Kind.DAY, verbose_name="Decided to issue", default="")
    exception = tables.BooleanColumn(yesno="yes,no", verbose_name="Exception to 20 weeks")


class CostLineTable(RecordTable):
    placement = RecordColumn("placement", "placement_id")
    child = RecordColumn("child", "placement__plan__child_id")
    school = RecordColumn("school", "placement__school_id", name="placement__school__name")
    kind = CodeColumn(CostKind)
    annual_amount = KindColumn(Kind.POUNDS, verbose_name="Annual amount")
    education_share = KindColumn(Kind.PERCENT, verbose_name="Education share")
    starts_on = KindColumn(Kind.DAY, verbose_name="From")
    ends_on = KindColumn(Kind.DAY, verbose_name="To", default="")
    accrued = KindColumn(Kind.POUNDS, verbose_name="Accrued to date")


class PostingTable(RecordTable):
    month = KindColumn(Kind.MONTH)
    line = tables.Column(verbose_name="Budget line")
    school = RecordColumn("school", "school_id", name="school__name")
    reference = tables.Column(default="")
    source = tables.Column(default="")
    amount = KindColumn(Kind.POUNDS)


class ForecastTable(RecordTable):
    financial_year = tables.Column()
    line = tables.Column(verbose_name="Budget line")
    made_on = KindColumn(Kind.DAY, verbose_name="Made on")
    amount = KindColumn(Kind.POUNDS)


class BudgetTable(RecordTable):
    financial_year = tables.Column()
    line = tables.Column(verbose_name="Budget line")
    amount = KindColumn(Kind.POUNDS)


class MonthTable(tables.Table):
    """The ledger's months; ``to_close`` is the first day of the one that leads to its close, or None."""

    month = KindColumn(Kind.MONTH)
    postings = KindColumn(Kind.COUNT)
    total = KindColumn(Kind.POUNDS, verbose_name="Sum")
    closed_by = tables.Column(accessor="close__closed_by", verbose_name="Closed by", default="open")
    closed_at = MomentColumn(accessor="close__closed_at", verbose_name="Closed", default="")
    actions = tables.TemplateColumn(
        template_name="components/month_actions.html",
        extra_context=lambda table: {"to_close": table.to_close},
        verbose_name="Close the month",
    )

    def __init__(self, months: Sequence[PostedMonth], *, to_close: date | None) -> None:
        self.to_close = to_close
        super().__init__(months, orderable=False, exclude=() if to_close else ("actions",))
