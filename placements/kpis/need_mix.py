"""Which needs do the children in INMSS have?

Numerator: children with an INMSS placement open on the day, by the primary need of their plan.
Denominator: all children with an INMSS placement open on the day.
Left out: secondary needs, and placements that outlast their plan, once it has ceased.
Undefined when no child is in INMSS.
"""

from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go
from django.db.models import Count

from placements import quantities
from placements.narrowing import ATTENDANCE, DISTRICT, SECTOR, placements_in
from placements.querysets import PlacementQuerySet
from sen_dashboard.core import charts, formats
from sen_dashboard.core.codes import Need, Provision
from sen_dashboard.core.disclosure import OPEN, Addition, Counted, Disclosure, Quantity, part, rests_on, total
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi import Better, Fact, Group, Kpi, Part, Result
from sen_dashboard.core.money import percentage
from sen_dashboard.core.row_keys import by_code
from sen_dashboard.core.scope import Scope
from sen_dashboard.core.tables import KindColumn, KpiTable, NeedColumn

ROW_KEY = by_code("need", Need)


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
    """Children in INMSS on the day by primary need: one statement."""
    by_need = _children(scope).values_list("plan__primary_need").annotate(children=Count("pk"))
    children = dict(sorted(by_need, key=lambda counted: (-counted[1], counted[0])))
    total = sum(children.values())
    asd, semh = children.get(Need.ASD, 0), children.get(Need.SEMH, 0)
    headline = Headline(
        total,
        percentage(asd, total),
        percentage(semh, total),
        percentage(asd + semh, total),
        asd,
        semh,
        asd + semh,
    )
    rows = tuple(Row(need, number, percentage(number, total)) for need, number in children.items())
    return Result(scope, headline, rows)


def _children(scope: Scope, *needs: str) -> PlacementQuerySet:
    """The children counted, as their placements; of the needs, where any are named."""
    placed = placements_in(scope).in_provision(Provision.INMSS).open_on(scope.as_at)
    return placed.filter(plan__primary_need__in=needs) if needs else placed


PARTS = (
    Part("children", "Children in INMSS", lambda scope, need: _children(scope, *filter(None, [need]))),
    Part(
        "asd_or_semh_children",
        "Children in INMSS with ASD or SEMH",
        lambda scope, _: _children(scope, Need.ASD, Need.SEMH),
    ),
    Part("asd_children", "Children in INMSS with ASD", lambda scope, _: _children(scope, Need.ASD)),
    Part("semh_children", "Children in INMSS with SEMH", lambda scope, _: _children(scope, Need.SEMH)),
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


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """The two largest needs, together and apart, and the children they are shares of."""
    now = result.headline

    def share(label: str, value: float | None, children: int, part: str) -> Fact:
        raw = f"{formats.count(children)} of {formats.plural(now.children, 'child', 'children')}"
        return Fact(label, value, Kind.PERCENT, raw, (part, "children"))

    semh = "Social, emotional and mental health (SEMH)"
    return (
        share(
            "ASD or SEMH, of children in INMSS",
            now.asd_or_semh_pct,
            now.asd_or_semh_children,
            "asd_or_semh_children",
        ),
        share("Autistic spectrum disorder (ASD)", now.asd_pct, now.asd_children, "asd_children"),
        share(semh, now.semh_pct, now.semh_children, "semh_children"),
        Fact("Children in INMSS", now.children, Kind.COUNT, parts=("children",)),
    )


def figure(result: Result[Headline, Row]) -> go.Figure:
    """Children by need, most first."""
    shown = charts.bars(
        "Children in INMSS",
        [row.need for row in result.rows],
        [row.children for row in result.rows],
        labels=[f"{formats.count(row.children)} ({formats.percent(row.share_pct)})" for row in result.rows],
        marks=charts.Marks("children", [ROW_KEY.of(row) for row in result.rows]),
    )
    return charts.bar_figure(shown, x_title="Children in INMSS")


class Table(KpiTable):
    need = NeedColumn(verbose_name="Primary need")
    children = KindColumn(Kind.COUNT, verbose_name="Children in INMSS")
    share_pct = KindColumn(Kind.PERCENT, verbose_name="Share")


ASD_OR_SEMH = f"{Need.ASD} or {Need.SEMH}"


def _of_need(result: Result[Headline, Row], need: str) -> Quantity:
    return quantities.children(result.scope, result.scope.as_at, Provision.INMSS, need=need)


def _additions(result: Result[Headline, Row]) -> tuple[Addition, ...]:
    everyone = quantities.children(result.scope, result.scope.as_at, Provision.INMSS)
    both = _of_need(result, ASD_OR_SEMH)
    return (
        total(everyone, (_of_need(result, row.need) for row in result.rows)),
        total(both, (_of_need(result, need) for need in (Need.ASD, Need.SEMH))),
        part(everyone, both),
    )


DISCLOSURE = Disclosure(
    headline={
        "children": Counted(
            lambda result, _: quantities.children(result.scope, result.scope.as_at, Provision.INMSS)
        ),
        "asd_pct": rests_on("asd_children", "children"),
        "semh_pct": rests_on("semh_children", "children"),
        "asd_or_semh_pct": rests_on("asd_or_semh_children", "children"),
        "asd_children": Counted(lambda result, _: _of_need(result, Need.ASD)),
        "semh_children": Counted(lambda result, _: _of_need(result, Need.SEMH)),
        "asd_or_semh_children": Counted(lambda result, _: _of_need(result, ASD_OR_SEMH)),
    },
    row={
        "need": OPEN,
        "children": Counted(lambda result, row: _of_need(result, row.need)),
        "share_pct": rests_on("children", headline=("children",)),
    },
    sums=_additions,
    absent=lambda result: (_of_need(result, need) for need in {*Need} - {row.need for row in result.rows}),
    ranked_by="children",
)


KPI = Kpi(
    slug="need_mix",
    title="Needs of children in INMSS",
    question="Which needs do children in independent or non-maintained special schools (INMSS) have?",
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
    sentence=sentence,
    facts=facts,
    figure=figure,
    table=Table,
    caption=lambda result: f"Children in INMSS by primary need, {formats.day(result.scope.as_at)}",
    parts=PARTS,
    row_key=ROW_KEY,
    disclosure=DISCLOSURE,
    filters=(DISTRICT, SECTOR, ATTENDANCE),
)
