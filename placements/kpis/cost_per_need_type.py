"""What does a place in INMSS cost against one in a state special school, need by need?

Numerator: the annual cost of the placements open on the day, in £ a year, gross of funder shares: all cost
lines in force but transport. A state special school's cost so includes its place funding.
Denominator: those placements (not needs).
Left out: placements without a cost line in force, counted in a caveat; the other attendance; transport.
Undefined when no such placement is open; premium and ratio, when either average is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import plotly.graph_objects as go
from django.db.models import F

from placements import quantities
from placements.narrowing import DISTRICT, NEED, placements_in
from placements.querysets import PlacementQuerySet
from sen_dashboard.core import charts, formats
from sen_dashboard.core.codes import Attendance, Need, Provision
from sen_dashboard.core.disclosure import (
    OPEN,
    Addition,
    Amount,
    Counted,
    Disclosure,
    Quantity,
    part,
    rests_on,
    total,
)
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi import Better, Fact, Group, Kpi, Part, Result
from sen_dashboard.core.money import average, ratio, to_penny
from sen_dashboard.core.row_keys import by_code
from sen_dashboard.core.scope import Scope, choice
from sen_dashboard.core.sql import select_from
from sen_dashboard.core.tables import KindColumn, KpiTable, NeedColumn

ATTENDANCE = choice("attendance", "Attendance", Attendance.choices, default=Attendance.DAY.value)

# By need and provision, and by provision alone (need is then null). The median is the middle cost, or the mean of
# the two middle ones; PERCENTILE_CONT would make it a float.
BY_NEED = """
    SELECT need, provision, COUNT(annual_cost) AS placements, SUM(annual_cost) AS total,
        (PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY annual_cost)
            + PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY annual_cost DESC)) / 2 AS median,
        COUNT(*) - COUNT(annual_cost) AS without_cost
    FROM records
    GROUP BY GROUPING SETS ((need, provision), (provision))
"""


ROW_KEY = by_code("need", Need)


@dataclass(frozen=True)
class Headline:
    inmss_placements: int
    inmss_average: Decimal | None
    inmss_median: Decimal | None
    special_placements: int
    special_average: Decimal | None
    special_median: Decimal | None
    premium: Decimal | None
    ratio: float | None


@dataclass(frozen=True)
class Row:
    need: str
    inmss_placements: int
    inmss_average: Decimal | None
    special_placements: int
    special_average: Decimal | None
    premium: Decimal | None
    ratio: float | None


@dataclass(frozen=True)
class _Cost:
    """Placements of one provision: how many have a known cost, their sum and median in £ a year, and the rest."""

    placements: int = 0
    total: Decimal | None = None
    median: Decimal | None = None
    without_cost: int = 0

    @property
    def average(self) -> Decimal | None:
        """Pounds a year for a placement; None when no cost is known."""
        return average(self.total, self.placements)


Costs = dict[tuple[str | None, str], _Cost]  # by need (None: all needs) and provision


def query(scope: Scope) -> Result[Headline, Row]:
    """Placements and their average annual cost by need, in INMSS and state special schools: one statement."""
    placed = (
        _placed(scope, Provision.INMSS, Provision.SPECIAL)
        .with_provision()
        .values("provision", "annual_cost", need=F("plan__primary_need"))
    )
    found = select_from(placed, BY_NEED)
    costs: Costs = {(row.pop("need"), row.pop("provision")): _Cost(**row) for row in found}
    inmss, special = _of_need(costs, None)
    headline = Headline(
        inmss.placements,
        inmss.average,
        _penny(inmss.median),
        special.placements,
        special.average,
        _penny(special.median),
        *_apart(inmss, special),
    )
    return Result(scope, headline, _rows(costs), _caveats(inmss.without_cost + special.without_cost))


def _placed(scope: Scope, *provisions: Provision) -> PlacementQuerySet:
    """The placements compared, with their ``annual_cost``; null for one without a cost line."""
    open_placements = placements_in(scope).open_on(scope.as_at).in_provision(*provisions)
    return open_placements.filter(attendance=scope[ATTENDANCE]).with_annual_cost(scope.as_at)


def _with_cost(scope: Scope, need: str | None, provision: Provision) -> PlacementQuerySet:
    """The placements behind an average: those of the provision with a known cost, and of the need if one is named."""
    placed = _placed(scope, provision).filter(annual_cost__isnull=False)
    return placed.filter(plan__primary_need=need) if need else placed


PARTS = (
    Part(
        "inmss_placements",
        "INMSS placements with a known cost",
        lambda scope, need: _with_cost(scope, need, Provision.INMSS),
    ),
    Part(
        "special_placements",
        "State special school placements with a known cost",
        lambda scope, need: _with_cost(scope, need, Provision.SPECIAL),
    ),
)


def _of_need(costs: Costs, need: str | None) -> tuple[_Cost, _Cost]:
    """A need's costs in INMSS and in state special schools."""
    inmss, special = (costs.get((need, kind.value), _Cost()) for kind in (Provision.INMSS, Provision.SPECIAL))
    return inmss, special


def _rows(costs: Costs) -> tuple[Row, ...]:
    """Needs that have a placement with a known cost, most INMSS placements first, then by code."""
    rows = []
    for need in {need for need, _ in costs if need is not None}:
        inmss, special = _of_need(costs, need)
        if inmss.placements or special.placements:
            averages = inmss.placements, inmss.average, special.placements, special.average
            rows.append(Row(need, *averages, *_apart(inmss, special)))
    return tuple(sorted(rows, key=lambda row: (-row.inmss_placements, row.need)))


def _apart(inmss: _Cost, special: _Cost) -> tuple[Decimal | None, float | None]:
    """Premium in £ a year and ratio of the averages; None, None unless both are known."""
    if inmss.average is None or special.average is None:
        return None, None
    return inmss.average - special.average, ratio(inmss.average, special.average)


def _penny(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else to_penny(amount)


def _caveats(without_cost: int) -> tuple[str, ...]:
    if not without_cost:
        return ()
    left_out = formats.plural(without_cost, "open placement is", "open placements are")
    return (f"{left_out} left out for want of a cost line on the day.",)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words, with the placements behind each average."""
    now, attendance = result.headline, str(result.scope[ATTENDANCE]).lower()
    if now.inmss_average is None:
        return (
            f"No {attendance} placement with a known cost is open in an independent or non-maintained special "
            f"school on {formats.day(result.scope.as_at)}."
        )
    answer = (
        f"A {attendance} place in an independent or non-maintained special school costs "
        f"{formats.pounds(now.inmss_average)} a year on average "
        f"({formats.plural(now.inmss_placements, 'placement')})"
    )
    if now.special_average is None:
        return f"{answer}; no cost is known of such a place in a state special school."
    return (
        f"{answer}, against {formats.pounds(now.special_average)} in a state special school "
        f"({formats.plural(now.special_placements, 'placement')}){_times(now.ratio)}."
    )


def _times(value: float | None) -> str:
    return "" if value is None else f": {formats.times(value)} times as much"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """Both averages with their placements and medians, and how far they lie apart."""
    now, both = result.headline, tuple(part.key for part in PARTS)

    def behind(placements: int, median: Decimal | None) -> str:
        return f"{formats.plural(placements, 'placement')}, median {formats.pounds(median)}"

    return (
        Fact(
            f"Average cost of a {str(result.scope[ATTENDANCE]).lower()} place in INMSS, a year",
            now.inmss_average,
            Kind.POUNDS,
            behind(now.inmss_placements, now.inmss_median),
            ("inmss_placements",),
        ),
        Fact(
            "Average in state special schools",
            now.special_average,
            Kind.POUNDS,
            behind(now.special_placements, now.special_median),
            ("special_placements",),
        ),
        Fact("Premium of INMSS", now.premium, Kind.POUNDS, "a place a year", both),
        Fact("INMSS to state special", now.ratio, Kind.RATIO, "times the average cost", both),
    )


def figure(result: Result[Headline, Row]) -> go.Figure:
    """Average annual cost by need, INMSS beside state special schools."""
    needs = [row.need for row in result.rows]
    inmss = [row.inmss_average for row in result.rows]
    special = [row.special_average for row in result.rows]
    rows = [ROW_KEY.of(row) for row in result.rows]
    return charts.bar_figure(
        charts.bars(
            "INMSS",
            needs,
            inmss,
            labels=_labels(inmss),
            marks=charts.Marks("inmss_placements", rows),
        ),
        charts.bars(
            "State special",
            needs,
            special,
            labels=_labels(special),
            colour=charts.SECOND,
            marks=charts.Marks("special_placements", rows),
        ),
        x_title="Average annual cost of a place",
        xaxis=charts.pounds_axis(inmss, special),
    )


def _labels(amounts: list[Decimal | None]) -> list[str]:
    return ["" if amount is None else formats.pounds_short(amount) for amount in amounts]


class Table(KpiTable):
    need = NeedColumn(verbose_name="Primary need")
    inmss_placements = KindColumn(Kind.COUNT, verbose_name="INMSS placements")
    inmss_average = KindColumn(Kind.POUNDS, verbose_name="INMSS average a year")
    special_placements = KindColumn(Kind.COUNT, verbose_name="State special placements")
    special_average = KindColumn(Kind.POUNDS, verbose_name="State special average a year")
    premium = KindColumn(Kind.POUNDS, verbose_name="Premium")
    ratio = KindColumn(Kind.RATIO, verbose_name="Ratio")


PROVISIONS = (Provision.INMSS, Provision.SPECIAL)


def _counted(result: Result[Headline, Row], provision: Provision, need: str | None = None) -> Quantity:
    return quantities.children_with_cost(result.scope, provision.value, result.scope[ATTENDANCE], need)


def _cost(result: Result[Headline, Row], provision: Provision, need: str | None = None) -> Quantity:
    counted = _counted(result, provision, need)
    return Quantity("annual cost of children with cost", counted.dimensions)


def _additions(result: Result[Headline, Row]) -> Iterator[Addition]:
    """The needs make up the whole; and those with a known cost are some of all children there."""
    scope = result.scope
    for provision in PROVISIONS:
        needs = [row.need for row in result.rows]
        yield total(_counted(result, provision), (_counted(result, provision, need) for need in needs))
        yield total(_cost(result, provision), (_cost(result, provision, need) for need in needs))
        everyone = quantities.children(scope, scope.as_at, provision)
        yield part(everyone, _counted(result, provision))
        for need in needs:
            yield part(everyone.having(need=need), _counted(result, provision, need))


def _amounts(result: Result[Headline, Row]) -> Iterator[Amount]:
    """An average times its placements gives their cost."""
    for provision, name in zip(PROVISIONS, ("inmss", "special"), strict=True):
        costs = {
            row.need: getattr(row, f"{name}_placements") * (getattr(row, f"{name}_average") or Decimal(0))
            for row in result.rows
        }
        for need, cost in costs.items():
            yield Amount(_cost(result, provision, need), cost, _counted(result, provision, need))
        whole = sum(
            costs.values(), Decimal(0)
        )  # not the average of all times their number: pennies would be missing
        yield Amount(_cost(result, provision), whole, _counted(result, provision))


def _absent(result: Result[Headline, Row]) -> Iterator[Quantity]:
    for need in {*Need} - {row.need for row in result.rows}:
        if result.scope[NEED] in (None, need):
            yield from (_counted(result, provision, need) for provision in PROVISIONS)


INMSS_PLACEMENTS = Counted(lambda result, row: _counted(result, Provision.INMSS, getattr(row, "need", None)))
SPECIAL_PLACEMENTS = Counted(
    lambda result, row: _counted(result, Provision.SPECIAL, getattr(row, "need", None))
)

DISCLOSURE = Disclosure(
    headline={
        "inmss_placements": INMSS_PLACEMENTS,
        "inmss_average": rests_on("inmss_placements"),
        "inmss_median": rests_on("inmss_placements"),
        "special_placements": SPECIAL_PLACEMENTS,
        "special_average": rests_on("special_placements"),
        "special_median": rests_on("special_placements"),
        "premium": rests_on("inmss_placements", "special_placements"),
        "ratio": rests_on("inmss_placements", "special_placements"),
    },
    row={
        "need": OPEN,
        "inmss_placements": INMSS_PLACEMENTS,
        "inmss_average": rests_on("inmss_placements"),
        "special_placements": SPECIAL_PLACEMENTS,
        "special_average": rests_on("special_placements"),
        "premium": rests_on("inmss_placements", "special_placements"),
        "ratio": rests_on("inmss_placements", "special_placements"),
    },
    sums=_additions,
    amounts=_amounts,
    absent=_absent,
    ranked_by="inmss_placements",
)


KPI = Kpi(
    slug="cost_per_need_type",
    title="Cost of a place by need",
    question=(
        "What does a place in an independent or non-maintained special school (INMSS) cost against one in a state "
        "special school?"
    ),
    group=Group.MONEY,
    numerator=(
        "Annual cost of the placements open on the day: all cost lines in force but transport, before other "
        "funders' shares. The cost of a state special school includes its place funding."
    ),
    denominator="Those placements. The averages are of placements, not of needs.",
    left_out="Placements without a cost line in force on the day (counted under the figures), and transport.",
    undefined="Not available when no such placement is open; premium and ratio need both averages.",
    kind=Kind.POUNDS,
    better=Better.LOWER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Placement and cost line records",
    query=query,
    sentence=sentence,
    facts=facts,
    figure=figure,
    table=Table,
    caption=lambda result: (
        f"Average annual cost of {str(result.scope[ATTENDANCE]).lower()} placements by primary need, "
        f"{formats.day(result.scope.as_at)}"
    ),
    parts=PARTS,
    row_key=ROW_KEY,
    disclosure=DISCLOSURE,
    filters=(ATTENDANCE, DISTRICT, NEED),
)
