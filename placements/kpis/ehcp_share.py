"""What share of the children with an EHC plan is placed in INMSS?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import log

from placements import counts
from placements.models import Plan
from placements.narrowing import DISTRICT, NEED, plans_in
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Axis, Chart, lines, series
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import (
    Better,
    Fact,
    Goal,
    Group,
    InReport,
    Kpi,
    ReportSection,
    Result,
    fact,
    levels,
)
from sen_dashboard.core.kpi.messages import moved
from sen_dashboard.core.kpi.published import Keys, count, known, measure
from sen_dashboard.core.kpi.quantities import Addition, part
from sen_dashboard.core.kpi.row_keys import by_day
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.money import growth, percentage
from sen_dashboard.core.periods import month_ends_to, year_before

MONTH_ENDS = 24
LIMIT_POINTS = 0.5


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
    """Plans and INMSS children on the day, a year earlier, and at 24 month ends: two statements."""
    before = year_before(scope.as_at)
    month_ends = month_ends_to(scope.as_at, MONTH_ENDS)
    days = {scope.as_at, before, *month_ends}
    plans = plans_in(scope).count_on(days)
    children = counts.children_by_day(scope, days, Provision.INMSS)

    def on(day: date) -> tuple[int, int, float | None]:
        return plans[day], children[day], percentage(children[day], plans[day])

    headline = Headline(*on(scope.as_at), *on(before))
    return Result(scope, headline, tuple(Row(day, *on(day)) for day in month_ends))


def _plans(scope: Scope, day: date | None) -> counts.Plans:
    return counts.plans(scope, day or scope.as_at)


def _children(scope: Scope, day: date | None) -> counts.Placements:
    return counts.children(scope, day or scope.as_at, Provision.INMSS)


def _sums(result: Result[Headline, Row]) -> Iterator[Addition]:
    """The children in INMSS are some of those with a plan."""
    scope = result.scope
    for day in {scope.as_at, year_before(scope.as_at), *(row.month_end for row in result.rows)}:
        yield part(_plans(scope, day), _children(scope, day))


COUNTS = {
    "plans": count("EHC plans in force", _plans, "EHC plans"),
    "inmss_children": count("Children in INMSS", _children),
    "share_pct": measure(Kind.PERCENT, "INMSS share", "inmss_children", "plans", made=percentage),
}
KEYS = Keys(
    by_day("month_end"),
    headline={
        **COUNTS,
        "plans_year_before": count(
            "EHC plans in force a year earlier", lambda scope, _: _plans(scope, year_before(scope.as_at))
        ),
        "inmss_children_year_before": count(
            "Children in INMSS a year earlier", lambda scope, _: _children(scope, year_before(scope.as_at))
        ),
        "share_pct_year_before": measure(
            Kind.PERCENT, "", "inmss_children_year_before", "plans_year_before", made=percentage
        ),
    },
    row={"month_end": known(Kind.DAY, "Month end"), **COUNTS},
    sums=_sums,
    has_all_rows=True,
    needed=("inmss_children", "plans"),
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
    """How the share moved, and why: plans, children, or both."""
    if formats.percent(share) == formats.percent(before):
        return f"It was the same a year earlier: {_moved(now, 'and')}"
    moved = "rose" if share > before else "fell"
    return f"It {moved} from {formats.percent(before)} a year earlier, because {_moved(now)}"


def _moved(now: Headline, joined: str = "while") -> str:
    """What moved the share: "plans rose 29.3% (9,284 to 12,000) while children in these schools fell 3.8% (…)"."""
    plans = _change("plans", now.plans_year_before, now.plans)
    children = _change("children in these schools", now.inmss_children_year_before, now.inmss_children)
    return f"{plans} {joined} {children}"


def _change(what: str, before: int, now: int) -> str:
    """How a number moved: "plans rose 29.3% (9,284 to 12,000)"."""
    if now == before:
        return f"{what} stayed at {formats.count(now)}"
    change = growth(now, before)
    by = "" if change is None else f" {formats.percent(abs(change))}"
    return (
        f"{what} {'rose' if now > before else 'fell'}{by} ({formats.count(before)} to {formats.count(now)})"
    )


def message(result: Result[Headline, Row]) -> str:
    """ "INMSS share fell to 7.0% because plans rose 29%"."""
    now = result.headline
    if now.share_pct is None:
        return "No EHC plan is in force"
    share, before = formats.percent(now.share_pct), now.share_pct_year_before
    if before is None:
        return f"INMSS share of EHC plans is {share}"
    if share == formats.percent(before):
        return f"INMSS share of EHC plans stayed at {share}"
    return f"INMSS share {'rose' if now.share_pct > before else 'fell'} to {share}{_because(now)}"


def _because(now: Headline) -> str:
    """Which moved the share more, plans or children; empty if either was or is 0.

    The share is children divided by plans, so its logarithm changes by the difference of their logarithms' changes.
    """
    if not (now.inmss_children and now.inmss_children_year_before):
        return ""
    by_children = log(now.inmss_children / now.inmss_children_year_before)
    by_plans = -log(now.plans / now.plans_year_before)
    if abs(by_plans) > abs(by_children):
        return f" because plans {moved(now.plans_year_before, now.plans)}"
    return f" because children there {moved(now.inmss_children_year_before, now.inmss_children)}"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """The share now and a year earlier, and the two counts behind it."""
    now = result.headline

    share = formats.of(now.inmss_children, now.plans, "plan")
    before = formats.of(now.inmss_children_year_before, now.plans_year_before, "plan")

    def then(number: int) -> str:
        return f"{formats.count(number)} a year earlier"

    return (
        fact(KEYS, now, "share_pct", "INMSS share of EHC plans", share),
        fact(KEYS, now, "share_pct_year_before", "A year earlier", before),
        fact(KEYS, now, "inmss_children", "Children in INMSS", then(now.inmss_children_year_before)),
        fact(KEYS, now, "plans", "EHC plans in force", then(now.plans_year_before)),
    )


def chart(result: Result[Headline, Row]) -> Chart:
    """The share at each month end."""
    return lines(
        (row.month_end for row in result.rows),
        Axis("Percent of EHC plans", Kind.PERCENT, from_zero=True),
        series("INMSS share", "share_pct", result.rows, KEYS.row_key),
        levels=levels(goal(result)),
    )


def goal(result: Result[Headline, Row]) -> Goal | None:
    """The target is no higher than a year earlier, and the limit half a percentage point above that."""
    now = result.headline
    before = now.share_pct_year_before
    if before is None:
        return None
    at_that_share = Decimal(now.plans * now.inmss_children_year_before) / now.plans_year_before
    return Goal(
        before,
        before + LIMIT_POINTS,
        "No higher than a year earlier; the limit is half a point above that.",
        Fact("children in INMSS more than at that share", now.inmss_children - at_that_share, Kind.COUNT),
        _moved(now),
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
    in_words=sentence,
    message=message,
    figures=facts,
    chart=chart,
    caption=lambda result: (
        f"EHC plans and children in INMSS, month ends to {formats.day(result.scope.as_at)}"
    ),
    keys=KEYS,
    counts=(Plan,),
    report=(InReport(ReportSection.INMSS),),
    filters=(DISTRICT, NEED),
    goal=goal,
    stake=lambda result: fact(KEYS, result.headline, "inmss_children", "children in INMSS"),
    series=lambda result: tuple(row.share_pct for row in result.rows),
)
