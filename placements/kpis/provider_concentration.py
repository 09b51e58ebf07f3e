"""How much of the cost of INMSS goes to the few schools that take most of it?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from placements import counts
from placements.counts import at_school, cost_of
from placements.models import Placement
from placements.narrowing import ATTENDANCE, DISTRICT, NEED, SECTOR
from provision.models import School
from provision.row_keys import BY_SCHOOL
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import MOST_BARS, Axis, Chart, bars, series
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import (
    Better,
    Fact,
    Group,
    InReport,
    Kpi,
    ReportSection,
    Result,
    ask,
    fact,
)
from sen_dashboard.core.kpi.published import (
    Behind,
    Key,
    Keys,
    Money,
    Open,
    Withheld,
    average_of,
    count,
    known,
    measure,
    sum_of,
    text,
)
from sen_dashboard.core.kpi.quantities import Addition, Amount, part, total
from sen_dashboard.core.kpi.scope import Filter, Scope
from sen_dashboard.core.money import average, percentage
from sen_dashboard.core.sql import select_from

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
    """INMSS placements on the day and their annual cost by school, highest cost first: one statement."""
    placed = _inmss(scope).records.with_annual_cost(scope.as_at)
    found = select_from(
        placed.values("school_id", "annual_cost", school_name=F("school__name")), COST_BY_SCHOOL
    )
    running = list(accumulate(school["cost"] for school in found))
    whole = running[-1] if running else None
    rows = tuple(
        Row(
            school["school_id"],
            school["school_name"],
            school["placements"],
            school["cost"],
            average(school["cost"], school["placements"]),
            percentage(so_far, whole),
        )
        for school, so_far in zip(found, running, strict=True)
    )
    without_cost = sum(school["without_cost"] for school in found)
    return Result(scope, _headline(rows, whole, scope[TOP]), rows, _caveats(without_cost))


def _headline(rows: tuple[Row, ...], whole: Decimal | None, top: int) -> Headline:
    """The ``top`` schools by cost against all schools; ``whole`` is the total in £ a year."""
    largest = rows[:top]
    top_cost = sum((row.annual_cost for row in largest), Decimal(0)) if largest else None
    top_placements = sum(row.placements for row in largest)
    return Headline(
        schools=len(rows),
        annual_cost=whole,
        top=top,
        top_cost=top_cost,
        top_placements=top_placements,
        top_average=average(top_cost, top_placements),
        top_share_pct=percentage(top_cost, whole),
        placements=sum(row.placements for row in rows),
    )


def _caveats(without_cost: int) -> tuple[str, ...]:
    if not without_cost:
        return ()
    placements = formats.plural(without_cost, "open placement")
    counts = "counts" if without_cost == 1 else "count"
    return (f"{placements} without a cost line on the day {counts} at £0.",)


def _inmss(scope: Scope, school_id: str | None = None) -> counts.Placements:
    """The day's INMSS placements; only those at the school, if one is given."""
    return at_school(counts.children(scope, scope.as_at, Provision.INMSS), school_id)


def _at_the_largest(scope: Scope, _: None = None) -> counts.Placements:
    """The placements at the schools that take most of the cost, as found by the query."""

    def largest() -> list[str]:
        return [row.school_id for row in ask(KPI, scope).rows[: scope[TOP]]]

    everyone = _inmss(scope)
    named = everyone.quantity.having(top=str(scope[TOP]))
    return counts.Placements(named, lambda: everyone.records.filter(school__in=largest()))


def _costed(placed: counts.Placements, day: date) -> QuerySet[Any, Any]:
    """The placements with ``counted_cost``, what each adds to the sum: £0 without a cost line."""
    costed: QuerySet[Any, Any] = placed.records.with_annual_cost(day)
    known: QuerySet[Any, Any] = costed.annotate(counted_cost=Coalesce(F("annual_cost"), Decimal(0)))
    return known


def _schools(scope: Scope, _: None) -> QuerySet[School, School]:
    return School.objects.filter(pk__in=_inmss(scope).records.values("school"))


def _sums(result: Result[Headline, Row]) -> Iterator[Addition]:
    """The schools add up to the whole, and the largest of them to their own figures, in children and in £."""
    scope, schools = result.scope, [_inmss(result.scope, row.school_id) for row in result.rows]
    largest, whole = _at_the_largest(scope), _inmss(scope)
    if schools:
        at_largest = schools[: scope[TOP]]
        yield from (total(whole, schools), total(cost_of(whole), map(cost_of, schools)))
        yield from (total(largest, at_largest), total(cost_of(largest), map(cost_of, at_largest)))
    yield from (part(whole, largest), part(cost_of(whole), cost_of(largest)))


def _amounts(result: Result[Headline, Row]) -> Iterator[Amount]:
    now, scope = result.headline, result.scope
    paid: dict[str, list[Decimal]] = {}
    for school_id, cost in _costed(_inmss(scope), scope.as_at).values_list("school_id", "counted_cost"):
        paid.setdefault(school_id, []).append(cost)
    dearest = sorted(paid, key=lambda school_id: (-sum(paid[school_id]), school_id))
    of_all = [cost for costs in paid.values() for cost in costs]
    of_largest = [cost for school_id in dearest[: scope[TOP]] for cost in paid[school_id]]
    for placed, pounds, each in (
        (_inmss(scope), now.annual_cost, of_all),
        (_at_the_largest(scope), now.top_cost, of_largest),
        *((_inmss(scope, row.school_id), row.annual_cost, paid[row.school_id]) for row in result.rows),
    ):
        yield Amount(cost_of(placed), pounds or Decimal(0), placed.quantity, tuple(each))


PLACEMENTS = count("INMSS placements", _inmss, "Placements")
ANNUAL_COST = sum_of(
    "INMSS placements by annual cost",
    lambda scope, school_id: _costed(_inmss(scope, school_id), scope.as_at),
    "counted_cost",
    Money(lambda scope, school_id: cost_of(_inmss(scope, school_id)), "placements"),
    "Annual cost",
)
TOP_COST = sum_of(
    "Annual cost of INMSS placements at the largest schools",
    lambda scope, _: _costed(_at_the_largest(scope), scope.as_at),
    "counted_cost",
    Money(lambda scope, _: cost_of(_at_the_largest(scope)), "top_placements"),
)
KEYS = Keys(
    BY_SCHOOL,
    headline={
        "schools": Key(
            Kind.COUNT, Open("a number of schools"), behind=Behind("Schools with INMSS placements", _schools)
        ),
        "annual_cost": ANNUAL_COST,
        "top": known(Kind.COUNT, because="asked for"),
        "top_cost": TOP_COST,
        "top_placements": count("INMSS placements at the largest schools", _at_the_largest),
        "top_average": average_of("", lambda scope, _: cost_of(_at_the_largest(scope)), "top_placements"),
        "top_share_pct": measure(Kind.PERCENT, "", "top_cost", "annual_cost", made=percentage),
        "placements": PLACEMENTS,
    },
    row={
        "school_id": text(),
        "school": text("School"),
        "placements": PLACEMENTS,
        "annual_cost": ANNUAL_COST,
        "average": average_of(
            "Average a place", lambda scope, school_id: cost_of(_inmss(scope, school_id)), "placements"
        ),
        "cumulative_pct": Key(Kind.PERCENT, Withheld(), "Running share of cost"),
    },
    sums=_sums,
    amounts=_amounts,
    needed=("top_placements", "placements"),
    ranked_by="annual_cost",
    names_prices=True,
)


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
        return f"{placements} open on {formats.day(result.scope.as_at)}, and none has a recorded cost."
    return (
        f"{_largest(now)} {formats.pounds_short(now.top_cost)} of the {formats.pounds_short(now.annual_cost)} a year "
        f"that places in independent or non-maintained special schools cost{_share(now)}, for "
        f"{formats.count(now.top_placements)} of {formats.plural(now.placements, 'placement')} at "
        f"{formats.pounds(now.top_average)} each."
    )


def _largest(now: Headline) -> str:
    """The schools that take the cost: the largest, or all if there are no more than that."""
    if now.schools == 1:
        return "The only school takes"
    if now.schools <= now.top:
        return f"All {formats.count(now.schools)} schools take"
    return f"The {_top(now)} take{'s' if now.top == 1 else ''}"


def _top(now: Headline) -> str:
    return "largest school" if now.top == 1 else f"{formats.count(now.top)} largest schools"


def _share(now: Headline) -> str:
    return "" if now.top_share_pct is None else f" ({formats.percent(now.top_share_pct)})"


def message(result: Result[Headline, Row]) -> str:
    """ "13 of 101 schools take 51.4% of what INMSS cost, £20.9m"."""
    now = result.headline
    if now.top_cost is None:
        return "No INMSS placement is open"
    if now.top_share_pct is None:
        return "No cost is recorded for INMSS placements"
    cost = formats.pounds_short(now.top_cost)
    if now.schools <= now.top:
        return f"INMSS placements cost {cost} at {formats.plural(now.schools, 'school')}"
    takes = "takes" if now.top == 1 else "take"
    of = formats.of(now.top, now.schools, "school")
    return f"{of} {takes} {formats.percent(now.top_share_pct)} of INMSS spending, {cost}"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """The share of the largest schools, the sums behind it, and the cost of a place with them."""
    now = result.headline
    cost_a_year = (
        f"{formats.pounds_short(now.top_cost)} of {formats.pounds_short(now.annual_cost)} a year"
        if now.top_cost is not None
        else ""
    )
    every_place = formats.plural(now.placements, "placement")
    places = formats.of(now.top_placements, now.placements, "placement")
    return (
        fact(KEYS, now, "top_share_pct", f"Share of INMSS cost at the {_top(now)}", cost_a_year),
        fact(KEYS, now, "top_cost", f"Annual cost at the {_top(now)}", places),
        fact(KEYS, now, "top_average", "Average cost of a place there, a year", places),
        Fact(
            "Schools with INMSS placements", now.schools, Kind.COUNT, every_place, ("schools", "placements")
        ),
    )


def chart(result: Result[Headline, Row]) -> Chart:
    """Annual cost of the largest schools, at most 20 of them."""
    shown = result.rows[: min(result.headline.top, MOST_BARS)]
    return bars(
        (f"{rank}. {row.school}" for rank, row in enumerate(shown, start=1)),
        Axis("Annual cost of INMSS placements", Kind.POUNDS),
        series(
            "Annual cost",
            "annual_cost",
            shown,
            BY_SCHOOL,
            label=lambda row: formats.pounds_short(row.annual_cost),
        ),
    )


KPI = Kpi(
    slug="provider_concentration",
    title="Cost at the largest providers",
    question=(
        "How much of the cost of independent and non-maintained special schools (INMSS) goes to the largest few?"
    ),
    group=Group.MONEY,
    numerator=(
        "Annual cost of the INMSS placements open on the day, day and residential, at the schools with "
        "the highest cost: all cost lines in force but transport, before other funders' shares."
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
    in_words=sentence,
    message=message,
    figures=facts,
    chart=chart,
    caption=lambda result: (
        f"INMSS placements and annual cost by school, highest cost first, {formats.day(result.scope.as_at)}"
    ),
    keys=KEYS,
    counts=(Placement,),
    report=(InReport(ReportSection.COSTS),),
    filters=(TOP, DISTRICT, NEED, SECTOR, ATTENDANCE),
    draws_year_before=False,  # the largest schools change every year
    stake=lambda result: fact(KEYS, result.headline, "top_cost", "annual cost of the largest schools"),
)
