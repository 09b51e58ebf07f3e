"""The page of a placement: its details, and its cost over time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst
from django_tables2 import Column

from placements import scope_form
from placements.as_at import AsAt
from placements.cost_over_time import Step, cost_over_time
from placements.models import Agreement, CostKind, CostLine, Placement
from sen_dashboard.core import formats
from sen_dashboard.core.charts import svg
from sen_dashboard.core.charts.chart import Axis, Chart, Series, Tone, lines, mark
from sen_dashboard.core.codes import Provision, need_words
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.addresses import kept_query
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.web.details import Detail, Link, address_of, detail, left_out
from sen_dashboard.core.web.tables import CodeColumn, KindColumn, KpiTable


class StepTable(KpiTable):
    first = KindColumn(Kind.DAY, verbose_name="From")
    last = KindColumn(Kind.DAY, verbose_name="To", default="still in force")
    annual_cost = KindColumn(Kind.POUNDS, verbose_name="Annual cost")
    transport = KindColumn(Kind.POUNDS, verbose_name="Transport, not included in the cost")


class CostLineTable(KpiTable):
    kind = CodeColumn(CostKind)
    annual_amount = KindColumn(Kind.POUNDS, verbose_name="£ a year")
    starts_on = KindColumn(Kind.DAY, verbose_name="From")
    ends_on = KindColumn(Kind.DAY, verbose_name="To", default="same as the placement")
    education_share = KindColumn(Kind.PERCENT, verbose_name="Education share")
    others = Column(verbose_name="Who else pays", default="", accessor="pk", orderable=False)
    agreement = CodeColumn(Agreement, verbose_name="Agreed?")
    asked_amount = KindColumn(Kind.POUNDS, verbose_name="Asked for, £ a year", default="")
    document = Column(verbose_name="Source document", default="")
    error = Column(verbose_name="Recorded in error", default="", accessor="void_reason", orderable=False)

    def render_others(self, record: CostLine) -> str:
        """Return "Social care 20%, others 5%", if it is recorded who pays what education does not."""
        return others_in_words(record)

    def render_error(self, record: CostLine) -> str:
        """Return who recorded the error, and why."""
        return f"{record.voided_by}: {record.void_reason}" if record.void and record.voided_by else ""


def others_in_words(line: CostLine) -> str:
    """Return what social care, health and others pay; empty if it is not recorded."""
    shares = {
        "social care": line.social_care_share,
        "health": line.health_share,
        "others": line.other_share,
    }
    if not any(shares.values()):
        return ""
    shares["others"] = line.share_of_others
    parts = [f"{name} {formats.percent(float(share))}" for name, share in shares.items() if share]
    return capfirst(", ".join(parts))


def heading(placement: Placement) -> str:
    """Return the title of the page."""
    return f"Placement {placement.placement_id}"


def context(placement: Placement, scope: Scope, typed: Mapping[str, str], default: AsAt) -> dict[str, Any]:
    """Return the context of the page as known on the day."""
    query, child_id = kept_query(typed), placement.plan.child_id
    steps = cost_over_time(placement, scope.as_at)
    chart = chart_of(steps, scope.as_at)
    cost_lines = sorted(placement.cost_lines.select_related("voided_by"), key=_as_listed)
    shown = [line for line in cost_lines if line.starts_on <= scope.as_at]
    return {
        "heading": heading(placement),
        "placement": placement,
        "trail": (Link(f"Child {child_id}", address_of("child", child_id, query)),),
        "sentence": _sentence(placement, scope.as_at),
        "details": _details(placement, query),
        "chart": chart and svg.inline(chart),
        "steps": _step_table(steps),
        "lines": _line_table(shown),
        "changeable": [line for line in cost_lines if not line.void],
        "left_out": left_out(len(cost_lines) - len(shown), "cost line", "cost lines", scope.as_at),
        **scope_form.context((), scope, typed, default),
    }


def _line_table(lines: Sequence[CostLine]) -> CostLineTable:
    """Return the table of cost lines, without columns that are empty for all of them."""
    filled = {
        "others": any(map(others_in_words, lines)),
        "agreement": any(line.agreement != Agreement.AGREED for line in lines),
        "asked_amount": any(line.asked_amount is not None for line in lines),
        "document": any(line.document for line in lines),
        "error": any(line.void and line.voided_by for line in lines),
    }
    return CostLineTable(
        lines, orderable=False, exclude=[name for name, is_filled in filled.items() if not is_filled]
    )


def _step_table(steps: Sequence[Step]) -> StepTable:
    """Return the table of steps, without the column for transport if there is none."""
    has_transport = any(step.transport is not None for step in steps)
    return StepTable(steps, orderable=False, exclude=() if has_transport else ("transport",))


def _as_listed(line: CostLine) -> tuple[bool, int, str]:
    """Return a sort key: transport after the others, since it is not part of the cost; in each the latest first."""
    return line.kind == CostKind.TRANSPORT, -line.starts_on.toordinal(), line.kind


def _sentence(placement: Placement, day: date) -> str:
    """Return a sentence on its cost on the day, or why it is not open then."""
    on_day = formats.day(day)
    open_then = Placement.objects.filter(pk=placement.pk).open_on(day)
    costed: Any = open_then.with_annual_cost(day).with_transport(day).first()
    if costed is None:
        return f"Not open on {on_day}: {_why_not_open(placement, day)}."
    beside = "" if costed.transport is None else f", plus {formats.pounds(costed.transport)} for transport"
    if costed.annual_cost is None:
        return f"Open on {on_day}, without a cost line in force{beside}."
    return f"Open on {on_day}, at {formats.pounds(costed.annual_cost)} a year{beside}."


def _why_not_open(placement: Placement, day: date) -> str:
    if placement.starts_on > day:
        return f"it starts on {formats.day(placement.starts_on)}"
    if placement.ends_on is not None and placement.ends_on < day:
        return f"its last day was {formats.day(placement.ends_on)}"
    return "its plan is not in force"


def _details(placement: Any, query: str) -> tuple[Detail, ...]:
    """Return everything recorded about the placement, which comes with its ``provision``."""
    plan, weeks = placement.plan, placement.weeks_per_year
    return (
        Detail("Child", plan.child_id, address_of("child", plan.child_id, query)),
        Detail("Plan", plan.plan_id),
        Detail("Need", need_words(plan.primary_need, plan.secondary_need)),
        Detail("School", placement.school.name, address_of("school", placement.school_id, query)),
        Detail("Provision", str(Provision(placement.provision).label)),
        Detail("Attendance", placement.get_attendance_display()),
        detail("Weeks a year", formats.count(weeks) if weeks else ""),
        Detail("First day", formats.day(placement.starts_on)),
        Detail("Last day", formats.day(placement.ends_on) if placement.ends_on else "No end date"),
        *_of_the_end(placement),
        detail("Route", placement.get_route_display()),
        detail("Reason", placement.get_reason_display()),
        detail("Fee accrued by", placement.get_accrual_display()),
        detail("Contract", placement.contract_id),
    )


def _of_the_end(placement: Any) -> Iterator[Detail]:
    if placement.last_attended_on:
        yield Detail("Last day attended", formats.day(placement.last_attended_on))
    if placement.paid_to_on:
        yield Detail("Paid to", formats.day(placement.paid_to_on))
    if placement.ends_on:
        yield detail("Reason for ending", placement.get_end_reason_display())


def chart_of(steps: Sequence[Step], day: date) -> Chart | None:
    """Return annual cost as a line of steps up to the day, with transport as a separate line if there is any."""
    ends = [end for step in steps for end in (step.first, step.last or day)]
    amounts = {
        "Annual cost": [step.annual_cost for step in steps],
        "Transport, not included in the cost": [step.transport for step in steps],
    }
    drawn = [
        Series(name, tuple(map(mark, _at_both_ends(values))), tone=tone)
        for (name, values), tone in zip(amounts.items(), Tone, strict=False)
    ]
    chart = lines(
        ends, Axis("£ a year", Kind.POUNDS, from_zero=True), *(one for one in drawn if one.is_known)
    )
    return chart if chart.has_data else None


def _at_both_ends(amounts: Sequence[Decimal | None]) -> list[Decimal | None]:
    return [amount for amount in amounts for _ in ("first", "last")]
