"""Which needs do the children in INMSS have?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from placements import counts
from placements.counts import of_need
from placements.models import Placement
from placements.narrowing import ATTENDANCE, DISTRICT, SECTOR
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Axis, Chart, bars, series
from sen_dashboard.core.codes import Need, Provision
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Better, Fact, Group, InReport, Kpi, ReportSection, Result, fact
from sen_dashboard.core.kpi.published import Keys, code, count, measure
from sen_dashboard.core.kpi.quantities import Addition, part, total
from sen_dashboard.core.kpi.row_keys import by_code
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.money import percentage


@dataclass(frozen=True)
class Headline:
    children: int
    asd_pct: float | None
    semh_pct: float | None
    asd_or_semh_pct: float | None
    asd_children: int
    semh_children: int
    asd_or_semh_children: int


@dataclass(frozen=True)
class Row:
    need: str
    children: int
    share_pct: float | None


def query(scope: Scope) -> Result[Headline, Row]:
    """Children in INMSS on the day by primary need, commonest first: one statement."""
    by_need = _children(scope).records.values_list("plan__primary_need").annotate(children=Count("pk"))
    children = dict(sorted(by_need, key=lambda counted: (-counted[1], counted[0])))
    everyone = sum(children.values())
    asd, semh = children.get(Need.ASD, 0), children.get(Need.SEMH, 0)
    headline = Headline(
        everyone,
        percentage(asd, everyone),
        percentage(semh, everyone),
        percentage(asd + semh, everyone),
        asd,
        semh,
        asd + semh,
    )
    rows = tuple(Row(need, number, percentage(number, everyone)) for need, number in children.items())
    return Result(scope, headline, rows)


def _children(scope: Scope, need: str | None = None) -> counts.Placements:
    return of_need(counts.children(scope, scope.as_at, Provision.INMSS), need)


def _asd_or_semh(scope: Scope) -> counts.Placements:
    either = Q(plan__primary_need__in=(Need.ASD, Need.SEMH))
    return _children(scope).where(either, need=f"{Need.ASD} or {Need.SEMH}")


def _sums(result: Result[Headline, Row]) -> Iterator[Addition]:
    scope, everyone = result.scope, _children(result.scope)
    yield total(everyone, (_children(scope, row.need) for row in result.rows))
    yield total(_asd_or_semh(scope), (_children(scope, need) for need in (Need.ASD, Need.SEMH)))
    yield part(everyone, _asd_or_semh(scope))


CHILDREN = count("Children in INMSS", _children)
KEYS = Keys(
    by_code("need", Need),
    headline={
        "children": CHILDREN,
        "asd_pct": measure(Kind.PERCENT, "", "asd_children", "children", made=percentage),
        "semh_pct": measure(Kind.PERCENT, "", "semh_children", "children", made=percentage),
        "asd_or_semh_pct": measure(Kind.PERCENT, "", "asd_or_semh_children", "children", made=percentage),
        "asd_children": count("Children in INMSS with ASD", lambda scope, _: _children(scope, Need.ASD)),
        "semh_children": count("Children in INMSS with SEMH", lambda scope, _: _children(scope, Need.SEMH)),
        "asd_or_semh_children": count(
            "Children in INMSS with ASD or SEMH", lambda scope, _: _asd_or_semh(scope)
        ),
    },
    row={
        "need": code(Need, "Primary need"),
        "children": CHILDREN,
        "share_pct": measure(Kind.PERCENT, "Share", "children", headline=("children",), made=percentage),
    },
    sums=_sums,
    absent=lambda result: (
        _children(result.scope, need) for need in {*Need} - {row.need for row in result.rows}
    ),
    ranked_by="children",
    whole={"children": "children"},
)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words, with the counts behind each percentage."""
    now = result.headline
    if not now.children:
        day = formats.day(result.scope.as_at)
        return f"No child is in an independent or non-maintained special school on {day}."
    return (
        f"{formats.percent(now.asd_or_semh_pct)} of children in independent or non-maintained special schools "
        f"({formats.count(now.asd_or_semh_children)} of {formats.count(now.children)}) have one of two primary "
        f"needs: autistic spectrum disorder {formats.percent(now.asd_pct)} ({formats.count(now.asd_children)}), "
        f"and social, emotional and mental health {formats.percent(now.semh_pct)} "
        f"({formats.count(now.semh_children)})."
    )


def message(result: Result[Headline, Row]) -> str:
    """ "71.0% of children in INMSS have ASD or SEMH as their primary need"."""
    share = result.headline.asd_or_semh_pct
    if share is None:
        return "No child is in INMSS"
    return f"{formats.percent(share)} of children in INMSS have ASD or SEMH as their primary need"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """The two commonest needs, together and separately, and the number of children that the shares are of."""
    now = result.headline

    def share(label: str, need: str) -> Fact:
        raw = formats.of(getattr(now, f"{need}_children"), now.children, "child", "children")
        return fact(KEYS, now, f"{need}_pct", label, raw)

    return (
        share("ASD or SEMH, of children in INMSS", "asd_or_semh"),
        share("Autistic spectrum disorder (ASD)", "asd"),
        share("Social, emotional and mental health (SEMH)", "semh"),
        fact(KEYS, now, "children", "Children in INMSS"),
    )


def chart(result: Result[Headline, Row]) -> Chart:
    """Children by need, commonest first."""
    children = series(
        "Children in INMSS",
        "children",
        result.rows,
        KEYS.row_key,
        label=lambda row: formats.with_share(row.children, row.share_pct),
    )
    return bars((row.need for row in result.rows), Axis("Children in INMSS", Kind.COUNT), children)


KPI = Kpi(
    slug="need_mix",
    title="Needs of children in INMSS",
    question="What needs do children in independent or non-maintained special schools (INMSS) have?",
    group=Group.PLACEMENTS,
    numerator="Children with an INMSS placement open on the day, by the primary need of their plan.",
    denominator="All children with an INMSS placement open on the day.",
    left_out="Secondary needs; placements that outlast their plan are not counted once the plan has ceased.",
    undefined="Not available when no child is in INMSS.",
    kind=Kind.PERCENT,
    better=Better.NEITHER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Plan and placement records",
    query=query,
    in_words=sentence,
    message=message,
    figures=facts,
    chart=chart,
    caption=lambda result: f"Children in INMSS by primary need, {formats.day(result.scope.as_at)}",
    keys=KEYS,
    counts=(Placement,),
    report=(InReport(ReportSection.INMSS, place=1),),
    filters=(DISTRICT, SECTOR, ATTENDANCE),
    stake=lambda result: fact(
        KEYS, result.headline, "asd_or_semh_children", "children with ASD or SEMH in INMSS"
    ),
)
