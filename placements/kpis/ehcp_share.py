"""What share of the children with an EHC plan is placed in INMSS?

Numerator: children with an INMSS placement open on the day.
Denominator: EHC plans in force on the day.
Left out: placements that outlast their plan, once it has ceased.
Undefined when no plan is in force.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from placements import quantities
from placements.narrowing import DISTRICT, NEED, placements_in, plans_in
from placements.querysets import PlacementQuerySet, PlanQuerySet
from sen_dashboard.core import chart_layers, charts, formats
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.disclosure import OPEN, Addition, Counted, Disclosure, part, rests_on
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi import Better, Fact, Goal, Group, Kpi, Part, Result
from sen_dashboard.core.money import growth, percentage
from sen_dashboard.core.periods import month_ends_to, year_before
from sen_dashboard.core.row_keys import by_day
from sen_dashboard.core.scope import Scope
from sen_dashboard.core.tables import KindColumn, KpiTable

MONTH_ENDS = 24
FLOOR_POINTS = 0.5


ROW_KEY = by_day("month_end")


@dataclass(frozen=True)
class Headline:
    plans: int
    inmss_children: int
    share_pct: float | None
    plans_year_before: int
    inmss_children_year_before: int
    share_pct_year_before: float | None


@dataclass(frozen=True)
class Row:
    month_end: date
    plans: int
    inmss_children: int
    share_pct: float | None


def query(scope: Scope) -> Result[Headline, Row]:
    """Plans and INMSS children on the day, a year before, and at 24 month ends: two statements."""
    before = year_before(scope.as_at)
    month_ends = month_ends_to(scope.as_at, MONTH_ENDS)
    days = {scope.as_at, before, *month_ends}
    plans = plans_in(scope).count_on(days)
    children = placements_in(scope).in_provision(Provision.INMSS).count_on(days)

    def share(day: date) -> float | None:
        return percentage(children[day], plans[day])

    headline = Headline(
        plans[scope.as_at],
        children[scope.as_at],
        share(scope.as_at),
        plans[before],
        children[before],
        share(before),
    )
    rows = tuple(Row(day, plans[day], children[day], share(day)) for day in month_ends)
    return Result(scope, headline, rows)


def _plans(scope: Scope, day: date) -> PlanQuerySet:
    """The plans counted on ``day``."""
    return plans_in(scope).in_force_on(day)


def _children(scope: Scope, day: date) -> PlacementQuerySet:
    """The children counted on ``day``, as their placements."""
    return placements_in(scope).in_provision(Provision.INMSS).open_on(day)


def _on_row(scope: Scope, row: date | None) -> date:
    return row or scope.as_at


def _year_before(scope: Scope, _: None) -> date:
    return year_before(scope.as_at)


PARTS = (
    Part(
        "inmss_children",
        "Children in INMSS",
        lambda scope, row: _children(scope, _on_row(scope, row)),
        day=_on_row,
    ),
    Part("plans", "EHC plans in force", lambda scope, row: _plans(scope, _on_row(scope, row)), day=_on_row),
    Part(
        "inmss_children_year_before",
        "Children in INMSS a year before",
        lambda scope, _: _children(scope, year_before(scope.as_at)),
        day=_year_before,
    ),
    Part(
        "plans_year_before",
        "EHC plans in force a year before",
        lambda scope, _: _plans(scope, year_before(scope.as_at)),
        day=_year_before,
    ),
)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words, with the counts behind each percentage."""
    now = result.headline
    if now.share_pct is None:
        return f"No EHC plan is in force on {formats.day(result.scope.as_at)}."
    answer = (
        f"{formats.percent(now.share_pct)} of EHC plans are met in independent or non-maintained special schools: "
        f"{formats.count(now.inmss_children)} of {formats.count(now.plans)}."
    )
    if now.share_pct_year_before is None:
        return answer
    return f"{answer} {_since_year_before(now, now.share_pct, now.share_pct_year_before)}."


def _since_year_before(now: Headline, share: float, before: float) -> str:
    """How the share moved, and what moved it: plans, children, or both."""
    plans = _change("plans", now.plans_year_before, now.plans)
    children = _change("children in these schools", now.inmss_children_year_before, now.inmss_children)
    if formats.percent(share) == formats.percent(before):
        return f"It was the same a year before: {plans}, and {children}"
    return (
        f"It {'rose' if share > before else 'fell'} from {formats.percent(before)} a year before, because {plans} "
        f"while {children}"
    )


def _change(what: str, before: int, now: int) -> str:
    """How a number moved: "plans rose 29.3% (9,284 to 12,000)"."""
    if now == before:
        return f"{what} stayed at {formats.count(now)}"
    moved = growth(now, before)
    by = "" if moved is None else f" {formats.percent(abs(moved))}"
    return (
        f"{what} {'rose' if now > before else 'fell'}{by} ({formats.count(before)} to {formats.count(now)})"
    )


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """The share now and a year before, and the two counts it is made of."""
    now = result.headline

    def share(label: str, value: float | None, children: int, plans: int, *parts: str) -> Fact:
        raw = f"{formats.count(children)} of {formats.plural(plans, 'plan')}"
        return Fact(label, value, Kind.PERCENT, raw, parts)

    def number(label: str, value: int, before: int, part: str) -> Fact:
        return Fact(label, value, Kind.COUNT, f"{formats.count(before)} a year before", (part,))

    return (
        share(
            "INMSS share of EHC plans",
            now.share_pct,
            now.inmss_children,
            now.plans,
            "inmss_children",
            "plans",
        ),
        share(
            "A year before",
            now.share_pct_year_before,
            now.inmss_children_year_before,
            now.plans_year_before,
            "inmss_children_year_before",
            "plans_year_before",
        ),
        number("Children in INMSS", now.inmss_children, now.inmss_children_year_before, "inmss_children"),
        number("EHC plans in force", now.plans, now.plans_year_before, "plans"),
    )


def figure(result: Result[Headline, Row]) -> go.Figure:
    """The share at each month end."""
    drawn = charts.figure(
        charts.line(
            "INMSS share",
            [row.month_end for row in result.rows],
            [row.share_pct for row in result.rows],
            marks=charts.Marks("inmss_children", [ROW_KEY.of(row) for row in result.rows]),
        ),
        y_title="Percent of EHC plans",
        xaxis=charts.month_axis([r.month_end for r in result.rows]),
        yaxis={"rangemode": "tozero", "ticksuffix": "%"},
    )
    return chart_layers.with_goal(drawn, goal(result))


def goal(result: Result[Headline, Row]) -> Goal | None:
    """No higher than a year before, and at most half a point above that."""
    before = result.headline.share_pct_year_before
    if before is None:
        return None
    return Goal(
        before, before + FLOOR_POINTS, "No higher than a year before; the floor is half a point above that."
    )


class Table(KpiTable):
    month_end = KindColumn(Kind.DAY, verbose_name="Month end")
    plans = KindColumn(Kind.COUNT, verbose_name="EHC plans")
    inmss_children = KindColumn(Kind.COUNT, verbose_name="Children in INMSS")
    share_pct = KindColumn(Kind.PERCENT, verbose_name="INMSS share")


def _additions(result: Result[Headline, Row]) -> Iterator[Addition]:
    """The children are some of those with a plan."""
    scope = result.scope
    for day in {scope.as_at, year_before(scope.as_at), *(row.month_end for row in result.rows)}:
        yield part(quantities.plans(scope, day), quantities.children(scope, day, Provision.INMSS))


def _plans_on(day: Callable[[Result[Headline, Row], Row], date]) -> Counted:
    return Counted(lambda result, row: quantities.plans(result.scope, day(result, row)))


def _children_on(day: Callable[[Result[Headline, Row], Row], date]) -> Counted:
    return Counted(lambda result, row: quantities.children(result.scope, day(result, row), Provision.INMSS))


DISCLOSURE = Disclosure(
    headline={
        "plans": _plans_on(lambda result, _: result.scope.as_at),
        "inmss_children": _children_on(lambda result, _: result.scope.as_at),
        "share_pct": rests_on("inmss_children", "plans"),
        "plans_year_before": _plans_on(lambda result, _: year_before(result.scope.as_at)),
        "inmss_children_year_before": _children_on(lambda result, _: year_before(result.scope.as_at)),
        "share_pct_year_before": rests_on("inmss_children_year_before", "plans_year_before"),
    },
    row={
        "month_end": OPEN,
        "plans": _plans_on(lambda _, row: row.month_end),
        "inmss_children": _children_on(lambda _, row: row.month_end),
        "share_pct": rests_on("inmss_children", "plans"),
    },
    sums=_additions,
)


KPI = Kpi(
    slug="ehcp_share",
    title="INMSS share of EHC plans",
    question=(
        "What share of children with an education, health and care (EHC) plan is in an independent or "
        "non-maintained special school (INMSS)?"
    ),
    group=Group.PLACEMENTS,
    numerator="Children with an INMSS placement open on the day.",
    denominator="EHC plans in force on the day.",
    left_out="Placements that outlast their plan are not counted once the plan has ceased.",
    undefined="Not available when no plan is in force.",
    kind=Kind.PERCENT,
    better=Better.LOWER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Plan and placement records",
    query=query,
    sentence=sentence,
    facts=facts,
    figure=figure,
    table=Table,
    caption=lambda result: (
        f"EHC plans and children in INMSS, month ends to {formats.day(result.scope.as_at)}"
    ),
    parts=PARTS,
    row_key=ROW_KEY,
    disclosure=DISCLOSURE,
    filters=(DISTRICT, NEED),
    goal=goal,
    series=lambda result: tuple(row.share_pct for row in result.rows),
)
