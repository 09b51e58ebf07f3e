"""How much of the cost of INMSS goes to the few schools that take most of it?

Numerator: the annual cost of the INMSS placements open on the day, day and residential, at the schools that
take most of it, in £ a year, gross of funder shares: all cost lines in force but transport.
Denominator: the annual cost of all INMSS placements open on the day.
Left out: transport. A placement without a cost line counts at £0 (their number is a caveat).
Undefined when no INMSS placement is open, or none of them costs anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate

import django_tables2 as tables
import plotly.graph_objects as go
from django.db.models import F
from django.db.models.functions import Coalesce

from placements import quantities
from placements.narrowing import ATTENDANCE, DISTRICT, NEED, SECTOR, placements_in
from placements.querysets import PlacementQuerySet
from provision.models import School
from provision.row_keys import BY_SCHOOL
from sen_dashboard.core import charts, formats
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.disclosure import (
    Addition,
    Amount,
    Counted,
    Dimension,
    Disclosure,
    Measure,
    Quantity,
    open_keys,
    part,
    rests_on,
    total,
)
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi import Better, Fact, Group, Kpi, Part, Result
from sen_dashboard.core.money import average, percentage
from sen_dashboard.core.scope import Filter, Scope
from sen_dashboard.core.sql import select_from
from sen_dashboard.core.tables import KindColumn, KpiTable

MOST_SCHOOLS = 1000

COST_BY_SCHOOL = """
    SELECT school_id, school_name, COUNT(*) AS placements, SUM(COALESCE(annual_cost, 0)) AS cost,
        COUNT(*) FILTER (WHERE annual_cost IS NULL) AS without_cost
    FROM records
    GROUP BY school_id, school_name
    ORDER BY cost DESC, school_id
"""


def _parse_top(text: str) -> int:
    """Read a number of schools. Raises ValueError with a sentence."""
    top = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
    if not 1 <= top <= MOST_SCHOOLS:
        raise ValueError(f"“{text}” is not a whole number from 1 to {MOST_SCHOOLS}.")
    return top


TOP = Filter("top", "Largest schools", _parse_top, lambda _: 13)


@dataclass(frozen=True)
class Headline:
    schools: int
    annual_cost: Decimal | None
    top: int
    top_cost: Decimal | None
    top_placements: int
    top_average: Decimal | None
    top_share_pct: float | None
    placements: int


@dataclass(frozen=True)
class Row:
    school_id: str
    school: str
    placements: int
    annual_cost: Decimal
    average: Decimal | None
    cumulative_pct: float | None


def query(scope: Scope) -> Result[Headline, Row]:
    """INMSS placements on the day and their annual cost by school, dearest first: one statement."""
    placed = _placed(scope).values("school_id", "annual_cost", school_name=F("school__name"))
    schools = select_from(placed, COST_BY_SCHOOL)
    running = list(accumulate(school["cost"] for school in schools))
    total = running[-1] if running else None
    rows = tuple(
        Row(
            school["school_id"],
            school["school_name"],
            school["placements"],
            school["cost"],
            average(school["cost"], school["placements"]),
            percentage(so_far, total),
        )
        for school, so_far in zip(schools, running, strict=True)
    )
    without_cost = sum(school["without_cost"] for school in schools)
    return Result(scope, _headline(rows, total, scope[TOP]), rows, _caveats(without_cost))


def _placed(scope: Scope) -> PlacementQuerySet:
    """The INMSS placements of the day with their ``annual_cost``; null for one without a cost line."""
    open_placements = placements_in(scope).open_on(scope.as_at).in_provision(Provision.INMSS)
    return open_placements.with_annual_cost(scope.as_at)


def _costed(scope: Scope, school: School | None) -> PlacementQuerySet:
    """The placements, of the school if one is named, with what each adds to the sum as ``counted_cost``."""
    placed = _placed(scope)
    chosen = placed.filter(school=school) if school else placed
    costed: PlacementQuerySet = chosen.annotate(counted_cost=Coalesce(F("annual_cost"), Decimal(0)))
    return costed


def _at_the_largest(scope: Scope) -> PlacementQuerySet:
    """The placements at the schools that take most of the cost, which the answer itself names."""
    largest = [row.school_id for row in query(scope).rows[: scope[TOP]]]
    at_the_largest: PlacementQuerySet = _costed(scope, None).filter(school__in=largest)
    return at_the_largest


PARTS = (
    Part("placements", "INMSS placements", _costed),
    Part("annual_cost", "INMSS placements by annual cost", _costed, total="counted_cost"),
    Part(
        "top_placements", "INMSS placements at the largest schools", lambda scope, _: _at_the_largest(scope)
    ),
    Part(
        "top_cost",
        "Annual cost of INMSS placements at the largest schools",
        lambda scope, _: _at_the_largest(scope),
        total="counted_cost",
    ),
    Part(
        "schools",
        "Schools with INMSS placements",
        lambda scope, _: School.objects.filter(pk__in=_placed(scope).values("school")),
    ),
)


def _headline(rows: tuple[Row, ...], total: Decimal | None, top: int) -> Headline:
    """The largest ``top`` schools against all, ``total`` in £ a year."""
    largest = rows[:top]
    top_cost = sum((row.annual_cost for row in largest), Decimal(0)) if largest else None
    top_placements = sum(row.placements for row in largest)
    return Headline(
        schools=len(rows),
        annual_cost=total,
        top=top,
        top_cost=top_cost,
        top_placements=top_placements,
        top_average=average(top_cost, top_placements),
        top_share_pct=percentage(top_cost, total),
        placements=sum(row.placements for row in rows),
    )


def _caveats(without_cost: int) -> tuple[str, ...]:
    if not without_cost:
        return ()
    placements = formats.plural(without_cost, "open placement")
    counts = "counts" if without_cost == 1 else "count"
    return (f"{placements} without a cost line on the day {counts} at £0.",)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words, with the sums behind the percentage."""
    now = result.headline
    if now.top_cost is None:
        return (
            "No placement in an independent or non-maintained special school is open on "
            f"{formats.day(result.scope.as_at)}."
        )
    if not now.annual_cost:
        placements = formats.plural(now.placements, "INMSS placement")
        return f"{placements} open on {formats.day(result.scope.as_at)}, and none has a cost recorded."
    return (
        f"{_largest(now)} {formats.pounds_short(now.top_cost)} of the {formats.pounds_short(now.annual_cost)} a year "
        f"that places in independent or non-maintained special schools cost{_share(now)}, for "
        f"{formats.count(now.top_placements)} of {formats.plural(now.placements, 'placement')} at "
        f"{formats.pounds(now.top_average)} each."
    )


def _largest(now: Headline) -> str:
    """Who takes the cost: the largest schools, or all where there are no more than those."""
    if now.schools == 1:
        return "The only school takes"
    if now.schools <= now.top:
        return f"All {formats.count(now.schools)} schools take"
    return f"The {_top(now)} take{'s' if now.top == 1 else ''}"


def _top(now: Headline) -> str:
    return "largest school" if now.top == 1 else f"{formats.count(now.top)} largest schools"


def _share(now: Headline) -> str:
    return "" if now.top_share_pct is None else f" ({formats.percent(now.top_share_pct)})"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """The share of the largest schools, the sums it is made of, and what a place with them costs."""
    now = result.headline
    cost_a_year = f"{formats.pounds_short(now.top_cost)} of {formats.pounds_short(now.annual_cost)} a year"
    places = f"{formats.count(now.top_placements)} of {formats.plural(now.placements, 'placement')}"
    all_places = formats.plural(now.placements, "placement")
    return (
        Fact(
            f"Share of INMSS cost at the {_top(now)}",
            now.top_share_pct,
            Kind.PERCENT,
            cost_a_year,
            ("top_cost", "annual_cost"),
        ),
        Fact(f"Annual cost at the {_top(now)}", now.top_cost, Kind.POUNDS, places, ("top_cost",)),
        Fact(
            "Average cost of a place there, a year", now.top_average, Kind.POUNDS, places, ("top_placements",)
        ),
        Fact("Schools with INMSS placements", now.schools, Kind.COUNT, all_places, ("schools", "placements")),
    )


def figure(result: Result[Headline, Row]) -> go.Figure:
    """Annual cost of the largest schools, at most 20 of them."""
    shown = result.rows[: min(result.headline.top, charts.MOST_BARS)]
    costs = [row.annual_cost for row in shown]
    largest = charts.bars(
        "Annual cost",
        [f"{rank}. {row.school}" for rank, row in enumerate(shown, start=1)],
        costs,
        labels=[formats.pounds_short(cost) for cost in costs],
        marks=charts.Marks("annual_cost", [BY_SCHOOL.of(row) for row in shown]),
    )
    return charts.bar_figure(
        largest, x_title="Annual cost of INMSS placements", xaxis=charts.pounds_axis(costs)
    )


class Table(KpiTable):
    school = tables.Column(verbose_name="School")
    placements = KindColumn(Kind.COUNT, verbose_name="Placements")
    annual_cost = KindColumn(Kind.POUNDS, verbose_name="Annual cost")
    average = KindColumn(Kind.POUNDS, verbose_name="Average a place")
    cumulative_pct = KindColumn(Kind.PERCENT, verbose_name="Running share of cost")


def _children(result: Result[Headline, Row], **dimensions: Dimension) -> Quantity:
    return quantities.children(result.scope, result.scope.as_at, Provision.INMSS, **dimensions)


def _cost(result: Result[Headline, Row], **dimensions: Dimension) -> Quantity:
    return Quantity("annual cost", _children(result, **dimensions).dimensions)


def _additions(result: Result[Headline, Row]) -> Iterator[Addition]:
    """The schools make up the whole, the largest of them what is told of these; in children and in £."""
    largest = result.rows[: result.headline.top]
    for of in (_children, _cost):
        yield total(of(result), (of(result, school=row.school_id) for row in result.rows))
        yield total(of(result, top=_asked(result)), (of(result, school=row.school_id) for row in largest))
        yield part(of(result), of(result, top=_asked(result)))


def _amounts(result: Result[Headline, Row]) -> Iterator[Amount]:
    now = result.headline
    zero = Decimal(0)
    yield Amount(_cost(result), now.annual_cost or zero, _children(result))
    yield Amount(
        _cost(result, top=_asked(result)), now.top_cost or zero, _children(result, top=_asked(result))
    )
    for row in result.rows:
        school = {"school": row.school_id}
        yield Amount(_cost(result, **school), row.annual_cost, _children(result, **school))


def _asked(result: Result[Headline, Row]) -> str:
    return str(result.headline.top)


# A running share tells the place, and so about the cost, of each school that is hidden: it is shown for all or none.
DISCLOSURE = Disclosure(
    headline={
        **open_keys("schools", "top"),
        "annual_cost": rests_on("placements"),
        "top_cost": rests_on("top_placements"),
        "top_placements": Counted(lambda result, _: _children(result, top=_asked(result))),
        "top_average": rests_on("top_placements"),
        "top_share_pct": rests_on("top_placements", "placements"),
        "placements": Counted(lambda result, _: _children(result)),
    },
    row={
        **open_keys("school_id", "school"),
        "placements": Counted(lambda result, row: _children(result, school=row.school_id)),
        "annual_cost": rests_on("placements"),
        "average": rests_on("placements"),
        "cumulative_pct": Measure(
            headline=("placements",),
            on=lambda result, _: (_children(result, school=row.school_id) for row in result.rows),
        ),
    },
    sums=_additions,
    amounts=_amounts,
    ranked_by="placements",
)


KPI = Kpi(
    slug="provider_concentration",
    title="Cost at the largest providers",
    question=(
        "How much of the cost of independent and non-maintained special schools (INMSS) goes to the few that take "
        "most of it?"
    ),
    group=Group.MONEY,
    numerator=(
        "Annual cost of the INMSS placements open on the day, day and residential, at the schools that take most "
        "of it: all cost lines in force but transport, before other funders' shares."
    ),
    denominator="Annual cost of all INMSS placements open on the day.",
    left_out="Transport. A placement without a cost line counts at £0; their number is given under the figures.",
    undefined="Not available when no INMSS placement is open, or none has a cost.",
    kind=Kind.PERCENT,
    better=Better.NEITHER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Placement, cost line and school records",
    query=query,
    sentence=sentence,
    facts=facts,
    figure=figure,
    table=Table,
    caption=lambda result: (
        f"INMSS placements and annual cost by school, dearest first, {formats.day(result.scope.as_at)}"
    ),
    parts=PARTS,
    row_key=BY_SCHOOL,
    disclosure=DISCLOSURE,
    filters=(TOP, DISTRICT, NEED, SECTOR, ATTENDANCE),
    draws_year_before=False,  # the largest schools are others each year
)
