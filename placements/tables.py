"""Lists of records about children, as tables: children by key, with their age rather than their date of birth."""

import django_tables2 as tables

from placements.models import AssessDecision, CostKind, EndReason, IssueDecision, Route
from sen_dashboard.core.codes import Attendance, Provision
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.web.tables import (
    AgeColumn,
    CodeColumn,
    KindColumn,
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
    end_reason = CodeColumn(EndReason, verbose_name="Reason for ending")
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
