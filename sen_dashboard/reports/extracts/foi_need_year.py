"""How many children are in INMSS with each primary need, year by year, and what is paid for them?

Counted: INMSS placements open on each of five 31 March days, by the primary need of the plan, in independent and in
non-maintained special schools; average and median annual fees of day and of residential placements: all cost lines in
force but transport, before other funders' shares. Left out: transport; from the fees, placements without a cost line in
force. Secondary needs. The rule: what is asked for under the Freedom of Information Act (domain.md section 10), with
small numbers hidden (section 9).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

from django.db.models import Q

from placements import counts
from placements.counts import known_cost_of, of_attendance, of_need
from placements.querysets import INMSS_SECTORS
from provision.models import Sector
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Attendance, Need, Provision
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.published import Key, Keys, Money, RowKey, average_of, code, count, known, measure
from sen_dashboard.core.kpi.quantities import Addition, Amount, Quantity, part, total
from sen_dashboard.core.kpi.scope import Scope, parse_day
from sen_dashboard.core.money import average, to_penny
from sen_dashboard.core.periods import FinancialYear
from sen_dashboard.core.sql import select_from
from sen_dashboard.core.web.tables import NeedColumn
from sen_dashboard.reports.extracts.extract import NoHeadline, PublicExtract
from sen_dashboard.reports.extracts.inmss import placed_on

YEARS = 5
ALL_NEEDS = "ALL"

# By need and day, and by day alone (with need null). The median is the middle fee, or the mean of the two middle ones;
# PERCENTILE_CONT would make it a float.
BY_NEED = """
    SELECT day, need,
        COUNT(*) FILTER (WHERE sector = %s) AS independent, COUNT(*) FILTER (WHERE sector = %s) AS non_maintained,
        COUNT(*) AS placements,
        COUNT(day_fee) AS day_placements, SUM(day_fee) AS day_total,
        (PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY day_fee)
            + PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY day_fee DESC)) / 2 AS day_median,
        COUNT(residential_fee) AS residential_placements, SUM(residential_fee) AS residential_total,
        (PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY residential_fee)
            + PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY residential_fee DESC)) / 2 AS residential_median
    FROM (
        SELECT *, CASE attendance WHEN %s THEN annual_cost END AS day_fee,
            CASE attendance WHEN %s THEN annual_cost END AS residential_fee
        FROM records
    ) AS fees
    GROUP BY GROUPING SETS ((day, need), (day))
"""


@dataclass(frozen=True)
class Row:
    """A need on a 31 March; ``day_placements`` and ``residential_placements`` are those with a known fee."""

    need: str
    day: date
    independent: int = 0
    non_maintained: int = 0
    placements: int = 0
    day_placements: int = 0
    day_average: Decimal | None = None
    day_median: Decimal | None = None
    residential_placements: int = 0
    residential_average: Decimal | None = None
    residential_median: Decimal | None = None
    day_cost: Decimal | None = None
    residential_cost: Decimal | None = None


def query(day: date) -> Result[NoHeadline, Row]:
    """Every need, even without placements, on each of the five days, then all needs: one statement."""
    days = days_to(day)
    placed = reduce(lambda one, other: one.union(other, all=True), map(placed_on, days))
    found = select_from(placed, BY_NEED, *(sector.value for sector in INMSS_SECTORS), *Attendance.values)
    rows = {(group["need"], group["day"]): group for group in found}
    return Result(
        Scope(day),
        NoHeadline(),
        tuple(_row(rows, need, each) for need in (*Need.values, None) for each in days),
    )


def days_to(day: date) -> list[date]:
    """The last days of the day's financial year and of the four before it, oldest first."""
    year = FinancialYear.containing(day)
    return [year.plus(-n).end for n in reversed(range(YEARS))]


def _row(found: dict[tuple[str | None, date], dict[str, Any]], need: str | None, day: date) -> Row:
    group = found.get((need, day))
    if group is None:
        return Row(need or ALL_NEEDS, day)
    return Row(
        need or ALL_NEEDS,
        day,
        group["independent"],
        group["non_maintained"],
        group["placements"],
        group["day_placements"],
        average(group["day_total"], group["day_placements"]),
        _penny(group["day_median"]),
        group["residential_placements"],
        average(group["residential_total"], group["residential_placements"]),
        _penny(group["residential_median"]),
        group["day_total"],
        group["residential_total"],
    )


def _penny(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else to_penny(amount)


def sentence(result: Result[NoHeadline, Row]) -> str:
    """The first and the last day, for all needs together."""
    first, last = result.rows[-YEARS], result.rows[-1]
    return (
        f"{formats.plural(last.placements, 'child was', 'children were')} in independent or non-maintained special "
        f"schools on {formats.day(last.day)}, {formats.count(first.placements)} on {formats.day(first.day)}."
    )


# What the numbers count

NeedOnDay = tuple[str | None, date]
"""The key of a row: its need (None for all needs) and day."""


def _named(row: Row) -> NeedOnDay:
    return None if row.need == ALL_NEEDS else row.need, row.day


def _parse(text: str) -> NeedOnDay:
    """Read the key of a row. Raises ValueError."""
    need, _, day = text.partition(" ")
    return None if need == ALL_NEEDS else need, parse_day(day)


def _children(row: NeedOnDay, sector: Sector | None = None) -> counts.Placements:
    need, day = row
    children = of_need(counts.children(Scope(day), day, Provision.INMSS), need)
    return children.where(Q(school__sector=sector), sector=sector) if sector else children


def _with_fee(row: NeedOnDay, attendance: Attendance) -> counts.Placements:
    need, day = row
    known = counts.children_with_cost(Scope(day), day, Provision.INMSS)
    return of_need(of_attendance(known, attendance.value), need)


def _fees(row: NeedOnDay, attendance: Attendance) -> Quantity:
    return known_cost_of(_with_fee(row, attendance))


def _days_with_needs(result: Result[NoHeadline, Row]) -> Iterator[tuple[NeedOnDay, list[Row]]]:
    """The key for all needs on each of the days, with the rows that add up to it."""
    for everyone in result.rows[-YEARS:]:
        needs = [row for row in result.rows if row.day == everyone.day and row.need != ALL_NEEDS]
        yield _named(everyone), needs


def _sums(result: Result[NoHeadline, Row]) -> Iterator[Addition]:
    """Sectors and needs add up to their totals; children with a known fee are some of the children."""
    for row in map(_named, result.rows):
        yield total(_children(row), (_children(row, sector) for sector in INMSS_SECTORS))
        yield part(_children(row), *(_with_fee(row, attendance) for attendance in Attendance))
    for everyone, rows in _days_with_needs(result):
        needs = list(map(_named, rows))
        for sector in (None, *INMSS_SECTORS):
            yield total(_children(everyone, sector), (_children(row, sector) for row in needs))
        for attendance in Attendance:
            yield total(_with_fee(everyone, attendance), (_with_fee(row, attendance) for row in needs))
            yield total(_fees(everyone, attendance), (_fees(row, attendance) for row in needs))


def _amounts(result: Result[NoHeadline, Row]) -> Iterator[Amount]:
    """The total costs of the placements, which follow from averages and numbers."""
    paid: dict[tuple[str, date, str], list[Decimal]] = defaultdict(list)
    for each_day in days_to(result.scope.as_at):
        known = placed_on(each_day).filter(annual_cost__isnull=False)
        for need, attendance, cost in known.values_list("need", "attendance", "annual_cost"):
            for one in (need, ALL_NEEDS):
                paid[one, each_day, attendance].append(cost)
    for row in result.rows:
        for attendance, pounds in (
            (Attendance.DAY, row.day_cost),
            (Attendance.RESIDENTIAL, row.residential_cost),
        ):
            placements = _with_fee(_named(row), attendance).quantity
            each = tuple(paid[row.need, row.day, attendance.value])
            yield Amount(_fees(_named(row), attendance), pounds or Decimal(0), placements, each)


KEYS = Keys(
    RowKey(_named, _parse, str, lambda row: f"{row[0] or ALL_NEEDS} {row[1]}"),
    headline={},
    row={
        "need": code(Need, "Primary need"),
        "day": known(Kind.DAY, "On"),
        "independent": count(
            "Independent special schools", lambda _, row: _children(row, Sector.INDEPENDENT_SPECIAL)
        ),
        "non_maintained": count(
            "Non-maintained special schools", lambda _, row: _children(row, Sector.NON_MAINTAINED_SPECIAL)
        ),
        "placements": count("INMSS placements", lambda _, row: _children(row)),
        "day_placements": count(
            "Day placements with a known fee", lambda _, row: _with_fee(row, Attendance.DAY)
        ),
        "day_average": average_of(
            "Average day fee a year", lambda _, row: _fees(row, Attendance.DAY), "day_placements"
        ),
        "day_median": measure(Kind.POUNDS, "Median day fee a year", "day_placements", is_mute=True),
        "residential_placements": count(
            "Residential placements with a known fee", lambda _, row: _with_fee(row, Attendance.RESIDENTIAL)
        ),
        "residential_average": average_of(
            "Average residential fee a year",
            lambda _, row: _fees(row, Attendance.RESIDENTIAL),
            "residential_placements",
        ),
        "residential_median": measure(
            Kind.POUNDS, "Median residential fee a year", "residential_placements", is_mute=True
        ),
        "day_cost": Key(Kind.POUNDS, Money(lambda _, row: _fees(row, Attendance.DAY), "day_placements")),
        "residential_cost": Key(
            Kind.POUNDS, Money(lambda _, row: _fees(row, Attendance.RESIDENTIAL), "residential_placements")
        ),
    },
    sums=_sums,
    amounts=_amounts,
    has_all_rows=True,
)


class NeedOrAllColumn(NeedColumn):
    """A need, or all needs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words[ALL_NEEDS] = "All needs"


class Table(KEYS.table):  # type: ignore[name-defined]  # a type that is made when first asked for
    need = NeedOrAllColumn(verbose_name="Primary need")


EXTRACT = PublicExtract(
    slug="foi_need_year",
    title="Freedom of information: INMSS by need and year",
    question=(
        "How many children are in independent or non-maintained special schools (INMSS) with each primary need, year "
        "by year, and what is paid for them?"
    ),
    counted=(
        "Placements open on each of the last five 31 March days. The annual fee is all cost lines in force on the day "
        "but transport, before other funders’ shares; its average and median are of placements."
    ),
    left_out=(
        "Transport and secondary needs. A placement without a cost line in force is not part of the "
        "average or median."
    ),
    source="Placement, plan and cost line records",
    day=lambda year: year.end,
    query=query,
    sentence=sentence,
    table=Table,
    caption=lambda result: (
        f"INMSS placements and annual fees by primary need on five 31 March days, to {result.rows[-1].day.year}"
    ),
    keys=KEYS,
)
