"""How a council compares with its statistical neighbours, its region and England, from published figures alone.

As in DfE's local authority interactive tool, a change is measured from the year directly before, and a quartile is
given only if one end is better (domain.md section 7). A rank counts from the better end, or from the highest if neither
is better.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import median, quantiles
from typing import cast

from django.db.models import Q

from sen_dashboard.benchmarking.areas import ENGLAND, REGIONS
from sen_dashboard.benchmarking.figures import Figures, Number, load
from sen_dashboard.benchmarking.measures import Benchmark, BenchmarkMeasure
from sen_dashboard.benchmarking.models import Area, AreaKind, Closeness, StatisticalNeighbour
from sen_dashboard.benchmarking.periods import year_before
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Better

FEWEST_FOR_QUARTILES = 100
"""Councils, of England's 150 or so. The interactive tool's file holds only one council's group."""


class Role(StrEnum):
    """The role of an area in the comparison."""

    COUNCIL = "Council"
    NEIGHBOUR = "Statistical neighbour"
    REGION = "Region"
    COUNTRY = "Country"


@dataclass(frozen=True)
class Comparator:
    """An area in the comparison; ``closeness`` of a statistical neighbour is its rank and DfE's word for it."""

    code: str
    name: str
    role: Role
    closeness: str = ""

    @property
    def is_council(self) -> bool:
        """Whether it is a council, which has a rank: the council itself or a neighbour."""
        return self.role in (Role.COUNCIL, Role.NEIGHBOUR)


def find_council(code: str) -> Area | None:
    """Return the authority with this DfE or ONS code; None if there is none."""
    return Area.objects.filter(Q(code=code) | Q(ons_code=code), kind=AreaKind.AUTHORITY).first()


def comparators_of(council: Area) -> tuple[Comparator, ...]:
    """Return the council, its statistical neighbours from the closest on, its region and England: one statement."""
    region = council.region_id
    assert region is not None  # PostgreSQL refuses an authority without one
    neighbours = StatisticalNeighbour.objects.filter(authority=council).order_by("rank")
    return (
        Comparator(council.code, council.name, Role.COUNCIL),
        *(
            Comparator(code, name, Role.NEIGHBOUR, f"{rank}, {Closeness(closeness).value.lower()}")
            for rank, code, name, closeness in neighbours.values_list(
                "rank", "neighbour_id", "neighbour__name", "closeness"
            )
        ),
        Comparator(region, REGIONS[region], Role.REGION),
        Comparator(ENGLAND, "England", Role.COUNTRY),
    )


@dataclass(frozen=True)
class Rank:
    """A council's rank in its group, from the better end, or from the highest if neither is better.

    Equal values share the better rank. ``of`` is the number of councils in the group that have a value.
    """

    rank: int
    of: int


@dataclass(frozen=True)
class Row:
    """An area in a comparison; its fields are the columns of the download."""

    area_code: str
    area: str
    role: Role
    closeness: str
    year: str
    part: Number | None
    whole: Number | None
    value: Number | None
    kind: Kind
    change: Number | None
    """The change from the year directly before: in points for a percentage, otherwise in the unit."""
    rank: int | None
    not_available_because: str
    source: str


@dataclass(frozen=True)
class Year:
    """The measure over a year, for the line chart."""

    period: str
    council: Number | None
    neighbours: Number | None
    """The median of the statistical neighbours."""
    region: Number | None
    england: Number | None


@dataclass(frozen=True)
class Comparison:
    """A measure in one period: the council, its comparators, and the earlier years."""

    benchmark: Benchmark
    measure: BenchmarkMeasure
    period: str
    rows: tuple[Row, ...]
    """The council and its neighbours from rank 1 on, then those without a value, then region and England."""
    standing: Rank | None
    neighbours_median: Number | None
    quartile: str
    """A to D, A being the best quarter of England's councils; empty if there is none."""
    years: tuple[Year, ...]
    """The years, oldest first."""

    @property
    def when(self) -> str:
        """The period in words."""
        return self.benchmark.when(self.period)

    def row(self, role: Role) -> Row:
        """Return the only row of the council, the region or England."""
        return next(row for row in self.rows if row.role is role)

    @property
    def neighbours(self) -> tuple[Row, ...]:
        """The rows of the statistical neighbours."""
        return tuple(row for row in self.rows if row.role is Role.NEIGHBOUR)


def compare(
    benchmark: Benchmark,
    measure: BenchmarkMeasure,
    period: str,
    comparators: tuple[Comparator, ...],
    figures: Figures,
) -> Comparison:
    """Return the comparison for one period from ``figures``, which hold those of all comparators and periods.

    One statement, for the quartile, which needs the figures of all of England's councils.
    """
    council = comparators[0]
    periods = reversed(figures.periods(measure, council.code))
    standings = _standings(measure, period, comparators, figures)
    return Comparison(
        benchmark=benchmark,
        measure=measure,
        period=period,
        rows=_rows(benchmark, measure, period, comparators, figures, standings),
        standing=standings.get(council.code),
        neighbours_median=_median(measure, period, comparators, figures),
        quartile=_quartile(measure, period, council.code),
        years=tuple(_year(measure, each, comparators, figures) for each in periods),
    )


def _standings(
    measure: BenchmarkMeasure, period: str, comparators: tuple[Comparator, ...], figures: Figures
) -> dict[str, Rank]:
    """Return the ranks of the council and its neighbours, by code; those without a value have none."""
    points = {c.code: figures.point(measure, c.code, period) for c in comparators if c.is_council}
    values = {code: point.value for code, point in points.items() if point.value is not None}
    return {code: _standing(value, values.values(), measure.better) for code, value in values.items()}


def _standing(value: Number, values: Collection[Number], better: Better) -> Rank:
    before = [other for other in values if (other < value if better is Better.LOWER else other > value)]
    return Rank(1 + len(before), len(values))


def _rows(
    benchmark: Benchmark,
    measure: BenchmarkMeasure,
    period: str,
    comparators: tuple[Comparator, ...],
    figures: Figures,
    standings: Mapping[str, Rank],
) -> tuple[Row, ...]:
    def row(comparator: Comparator) -> Row:
        point = figures.point(measure, comparator.code, period)
        before = figures.point(measure, comparator.code, year_before(period))
        return Row(
            area_code=comparator.code,
            area=comparator.name,
            role=comparator.role,
            closeness=comparator.closeness,
            year=benchmark.label(period),
            part=point.part,
            whole=point.whole,
            value=point.value,
            kind=measure.kind,
            change=_change(point.value, before.value),
            rank=standings[comparator.code].rank if comparator.code in standings else None,
            not_available_because=point.reason,
            source=point.source,
        )

    councils = [row(c) for c in comparators if c.is_council]
    councils.sort(key=lambda row: (row.rank is None, row.rank))
    return (*councils, *(row(c) for c in comparators if not c.is_council))


def _change(now: Number | None, before: Number | None) -> Number | None:
    if now is None or before is None:
        return None
    later, earlier = _alike((now, before))
    return later - earlier


def _alike(values: Iterable[Number]) -> list[float]:
    """Return values of one measure for calculation: all Decimal or none, which their types alone do not say."""
    return cast("list[float]", list(values))


def _year(
    measure: BenchmarkMeasure, period: str, comparators: tuple[Comparator, ...], figures: Figures
) -> Year:
    value = {c.role: figures.point(measure, c.code, period).value for c in comparators}
    neighbours = _median(measure, period, comparators, figures)
    return Year(period, value[Role.COUNCIL], neighbours, value[Role.REGION], value[Role.COUNTRY])


@dataclass(frozen=True)
class ProfileRow:
    """One of a page's measures, for the table of all of them."""

    measure: BenchmarkMeasure
    period: str
    council: Number | None
    neighbours_median: Number | None
    region: Number | None
    england: Number | None
    standing: Rank | None


def profile(
    benchmark: Benchmark, period: str, comparators: tuple[Comparator, ...], figures: Figures
) -> tuple[ProfileRow, ...]:
    """Return the measures of a page side by side, in its order, if the council has a figure or a symbol."""
    council = comparators[0].code

    def row(measure: BenchmarkMeasure) -> ProfileRow:
        year = _year(measure, period, comparators, figures)
        standing = _standings(measure, period, comparators, figures).get(council)
        return ProfileRow(measure, period, year.council, year.neighbours, year.region, year.england, standing)

    return tuple(
        row(measure) for measure in benchmark.measures if period in figures.periods(measure, council)
    )


def _median(
    measure: BenchmarkMeasure, period: str, comparators: tuple[Comparator, ...], figures: Figures
) -> Number | None:
    """Return the median of the statistical neighbours that have a value; None if none has."""
    points = [figures.point(measure, c.code, period) for c in comparators if c.role is Role.NEIGHBOUR]
    values = [point.value for point in points if point.value is not None]
    return median(_alike(values)) if values else None


def _quartile(measure: BenchmarkMeasure, period: str, council: str) -> str:
    """Return A for the best quarter of all councils with a value, to D; empty if neither end is better."""
    if measure.better is Better.NEITHER:
        return ""
    nationwide = load(measure.indicators, Q(period=period, area__kind=AreaKind.AUTHORITY))
    sign = -1 if measure.better is Better.HIGHER else 1
    values = {
        code: sign * point.value
        for code in nationwide.areas()
        if (point := nationwide.point(measure, code, period)).value is not None
    }
    if council not in values or len(values) < FEWEST_FOR_QUARTILES:
        return ""
    cuts = quantiles(_alike(values.values()), n=4, method="inclusive")
    return "ABCD"[sum(values[council] > cut for cut in cuts)]
