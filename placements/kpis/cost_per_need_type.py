"""What does a place in INMSS cost against one in a state special school, need by need?"""

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import F

from placements import counts
from placements.counts import known_cost_of, of_attendance, of_need
from placements.models import Placement
from placements.narrowing import DISTRICT, NEED
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Axis, Chart, Series, Tone, bars, series
from sen_dashboard.core.codes import Attendance, Need, Provision
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Better, Fact, Group, InReport, Kpi, ReportSection, Result, fact
from sen_dashboard.core.kpi.published import Key, Keys, Money, average_of, code, count, measure, sum_of
from sen_dashboard.core.kpi.quantities import Addition, Amount, Identified, Quantity, part, total
from sen_dashboard.core.kpi.row_keys import by_code
from sen_dashboard.core.kpi.scope import Scope, choice
from sen_dashboard.core.money import average, ratio, to_penny
from sen_dashboard.core.sql import select_from

PROVISIONS = {"inmss": Provision.INMSS, "special": Provision.SPECIAL}
ATTENDANCE = choice("attendance", "Attendance", Attendance.choices, default=Attendance.DAY.value)

# By need and provision, and by provision alone (with need null). The median is the middle cost, or the mean of the two
# middle ones; PERCENTILE_CONT would make it a float.
BY_NEED = """
    SELECT need, provision, COUNT(annual_cost) AS placements, SUM(annual_cost) AS total,
        (PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY annual_cost)
            + PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY annual_cost DESC)) / 2 AS median,
        COUNT(*) - COUNT(annual_cost) AS without_cost
    FROM records
    GROUP BY GROUPING SETS ((need, provision), (provision))
"""


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
    inmss_cost: Decimal | None
    special_cost: Decimal | None


@dataclass(frozen=True)
class Row:
    need: str
    inmss_placements: int
    inmss_average: Decimal | None
    special_placements: int
    special_average: Decimal | None
    premium: Decimal | None
    ratio: float | None
    inmss_cost: Decimal | None
    special_cost: Decimal | None


@dataclass(frozen=True)
class _Cost:
    """Placements in one provision: how many have a known cost, its sum and median in £ a year, and how many do not."""

    placements: int = 0
    total: Decimal | None = None
    median: Decimal | None = None
    without_cost: int = 0

    @property
    def average(self) -> Decimal | None:
        """The average in £ a year for a placement; None if no cost is known."""
        return average(self.total, self.placements)


Costs = dict[tuple[str | None, str], _Cost]  # by need (None: all needs) and provision


def query(scope: Scope) -> Result[Headline, Row]:
    """Placements and their average annual cost by need, in INMSS and state special schools: one statement."""
    placed = counts.placed(scope, *PROVISIONS.values()).open_on(scope.as_at).with_annual_cost(scope.as_at)
    costed = (
        placed.filter(attendance=scope[ATTENDANCE])
        .with_provision()
        .values("provision", "annual_cost", need=F("plan__primary_need"))
    )
    found = select_from(costed, BY_NEED)
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
        inmss.total,
        special.total,
    )
    return Result(scope, headline, _rows(costs), _caveats(inmss.without_cost + special.without_cost))


def _of_need(costs: Costs, need: str | None) -> tuple[_Cost, _Cost]:
    """The need's costs in INMSS and in state special schools."""
    inmss, special = (costs.get((need, kind.value), _Cost()) for kind in PROVISIONS.values())
    return inmss, special


def _rows(costs: Costs) -> tuple[Row, ...]:
    """Needs with a placement whose cost is known, most INMSS placements first, then by code."""
    rows = []
    for need in {need for need, _ in costs if need is not None}:
        inmss, special = _of_need(costs, need)
        if inmss.placements or special.placements:
            averages = inmss.placements, inmss.average, special.placements, special.average
            rows.append(Row(need, *averages, *_apart(inmss, special), inmss.total, special.total))
    return tuple(sorted(rows, key=lambda row: (-row.inmss_placements, row.need)))


def _apart(inmss: _Cost, special: _Cost) -> tuple[Decimal | None, float | None]:
    """The premium in £ a year and the ratio of the averages; None, None unless both are known."""
    if inmss.average is None or special.average is None:
        return None, None
    return inmss.average - special.average, ratio(inmss.average, special.average)


def _penny(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else to_penny(amount)


def _caveats(without_cost: int) -> tuple[str, ...]:
    if not without_cost:
        return ()
    left_out = formats.plural(without_cost, "open placement is", "open placements are")
    return (f"{left_out} left out: no cost line on the day.",)


def _with_cost(provision: Provision, scope: Scope, need: str | None = None) -> counts.Placements:
    """The placements behind an average: the provision's with a known cost (and the need, if one is given)."""
    known = counts.children_with_cost(scope, scope.as_at, provision)
    return of_need(of_attendance(known, scope[ATTENDANCE]), need)


def _cost(provision: Provision, scope: Scope, need: str | None = None) -> Quantity:
    return known_cost_of(_with_cost(provision, scope, need))


def _sums(result: Result[Headline, Row]) -> Iterator[Addition]:
    """The needs add up to the whole; and children with a known cost are some of all children there."""
    scope, needs = result.scope, [row.need for row in result.rows]
    for provision in PROVISIONS.values():
        counted, cost = partial(_with_cost, provision, scope), partial(_cost, provision, scope)
        yield total(counted(), map(counted, needs))
        yield total(cost(), map(cost, needs))
        everyone = counts.children(scope, scope.as_at, provision)
        yield from (part(of_need(everyone, need), counted(need)) for need in (None, *needs))


def _amounts(result: Result[Headline, Row]) -> Iterator[Amount]:
    """The total costs of the placements."""
    scope = result.scope
    for name, provision in PROVISIONS.items():
        each = list(_with_cost(provision, scope).records.values_list("plan__primary_need", "annual_cost"))
        costs = {None: result.headline} | {row.need: row for row in result.rows}
        for need, record in costs.items():
            pounds = getattr(record, f"{name}_cost") or Decimal(0)
            counted, paid = (
                _with_cost(provision, scope, need),
                (cost for of, cost in each if need in (None, of)),
            )
            yield Amount(_cost(provision, scope, need), pounds, counted.quantity, tuple(paid))


def _absent(result: Result[Headline, Row]) -> Iterator[Identified]:
    for need in {*Need} - {row.need for row in result.rows}:
        if result.scope[NEED] in (None, need):
            yield from (_with_cost(provision, result.scope, need) for provision in PROVISIONS.values())


def _between(made: Callable[[Decimal, Decimal], Any]) -> Callable[[Decimal | None, Decimal | None], Any]:
    """Make a function of two averages return None if either is None."""
    return lambda inmss, special: None if inmss is None or special is None else made(inmss, special)


def _cost_key(placements: str, provision: Provision, counted: str) -> Key:
    """The placements' total cost, which is not a column but follows from their number and average."""
    records = partial(_with_cost, provision)
    title = f"{placements} by annual cost"
    return sum_of(
        title,
        lambda scope, need: records(scope, need).records,
        "annual_cost",
        Money(partial(_cost, provision), counted),
        "",
    )


AVERAGES = ("inmss_average", "special_average")
COSTS = {
    "inmss_placements": count(
        "INMSS placements with a known cost", partial(_with_cost, Provision.INMSS), "INMSS placements"
    ),
    "inmss_average": average_of("INMSS average a year", partial(_cost, Provision.INMSS), "inmss_placements"),
    "special_placements": count(
        "State special school placements with a known cost",
        partial(_with_cost, Provision.SPECIAL),
        "State special placements",
    ),
    "special_average": average_of(
        "State special average a year", partial(_cost, Provision.SPECIAL), "special_placements"
    ),
    "premium": measure(Kind.POUNDS, "Premium", *AVERAGES, made=_between(operator.sub)),
    "ratio": measure(Kind.RATIO, "Ratio", *AVERAGES, made=_between(ratio)),
    "inmss_cost": _cost_key("INMSS placements", Provision.INMSS, "inmss_placements"),
    "special_cost": _cost_key("State special school placements", Provision.SPECIAL, "special_placements"),
}
KEYS = Keys(
    by_code("need", Need),
    headline={
        **COSTS,
        "inmss_median": measure(Kind.POUNDS, "", "inmss_placements", is_mute=True),
        "special_median": measure(Kind.POUNDS, "", "special_placements", is_mute=True),
    },
    row={"need": code(Need, "Primary need"), **COSTS},
    sums=_sums,
    amounts=_amounts,
    absent=_absent,
    whole={"inmss_placements": "inmss_placements", "special_placements": "special_placements"},
    ranked_by="inmss_placements",
)


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
        return f"{answer}; no cost is known for such a place in a state special school."
    return (
        f"{answer}, against {formats.pounds(now.special_average)} in a state special school "
        f"({formats.plural(now.special_placements, 'placement')}){_times(now.ratio)}."
    )


def _times(value: float | None) -> str:
    return "" if value is None else f": {formats.times(value)} times as much"


def message(result: Result[Headline, Row]) -> str:
    """ "A day place in INMSS costs £36.1k, 2.06 times one in a state special school"."""
    now, attendance = result.headline, str(result.scope[ATTENDANCE]).lower()
    if now.inmss_average is None:
        return f"No cost is known for a {attendance} place in INMSS"
    cost = f"A {attendance} place in INMSS costs {formats.pounds_short(now.inmss_average)}"
    if now.ratio is None:
        return f"{cost} a year on average"
    return f"{cost}, {formats.times(now.ratio)} times one in a state special school"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """Both averages with their placements and medians, and how far apart they are."""
    now, attendance = result.headline, str(result.scope[ATTENDANCE]).lower()

    def behind(placements: int, median: Decimal | None) -> str:
        return f"{formats.plural(placements, 'placement')}, median {formats.pounds(median)}"

    inmss = behind(now.inmss_placements, now.inmss_median)
    special = behind(now.special_placements, now.special_median)
    return (
        fact(KEYS, now, "inmss_average", f"Average cost of a {attendance} place in INMSS, a year", inmss),
        fact(KEYS, now, "special_average", "Average in state special schools", special),
        fact(KEYS, now, "premium", "Premium of INMSS", "a place a year"),
        fact(KEYS, now, "ratio", "INMSS to state special", "times the average cost"),
    )


def chart(result: Result[Headline, Row]) -> Chart:
    """Average annual cost by need, INMSS beside state special schools."""

    def averages(name: str, key: str, tone: Tone = Tone.MAIN) -> Series:
        def label(row: Row) -> str:
            amount = getattr(row, key)
            return "" if amount is None else formats.pounds_short(amount)

        return series(name, key, result.rows, KEYS.row_key, tone=tone, label=label)

    return bars(
        (row.need for row in result.rows),
        Axis("Average annual cost of a place", Kind.POUNDS),
        averages("INMSS", "inmss_average"),
        averages("State special", "special_average", Tone.SECOND),
    )


KPI = Kpi(
    slug="cost_per_need_type",
    title="Cost of a place by need",
    question=(
        "What does a place in an independent or non-maintained special school (INMSS) cost compared with "
        "one in a state special school?"
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
    in_words=sentence,
    message=message,
    figures=facts,
    chart=chart,
    caption=lambda result: (
        f"Average annual cost of {str(result.scope[ATTENDANCE]).lower()} placements by primary need, "
        f"{formats.day(result.scope.as_at)}"
    ),
    keys=KEYS,
    counts=(Placement,),
    report=(
        InReport(ReportSection.COSTS),
        InReport(ReportSection.COSTS, chosen={"attendance": Attendance.RESIDENTIAL.value}),
    ),
    filters=(ATTENDANCE, DISTRICT, NEED),
    stake=lambda result: fact(KEYS, result.headline, "inmss_cost", "annual cost of these INMSS places"),
)
