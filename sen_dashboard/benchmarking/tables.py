"""The tables of a comparison: its areas, and a page's measures side by side."""

from urllib.parse import urlencode

import django_tables2 as tables

from sen_dashboard.benchmarking import words
from sen_dashboard.benchmarking.comparison import Comparison, ProfileRow, Rank, Role, Row
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.web.tables import (
    DAY_CELL,
    KpiTable,
    NumberColumn,
)


class ComparisonTable(KpiTable):
    area = tables.Column(verbose_name="Area")
    rank = NumberColumn(default="not ranked")  # placed early, so that it is visible without scrolling
    role = tables.Column(verbose_name="Compared as")
    year = tables.Column(verbose_name="Year", attrs={"td": DAY_CELL})
    part = NumberColumn()
    whole = NumberColumn()
    value = NumberColumn()
    change = NumberColumn()

    def render_role(self, record: Row) -> str:
        return f"Neighbour {record.closeness}" if record.role is Role.NEIGHBOUR else record.role

    def render_part(self, record: Row) -> str:
        return (Kind.POUNDS if record.kind is Kind.POUNDS else Kind.COUNT).text(record.part)

    def render_whole(self, record: Row) -> str:
        return Kind.COUNT.text(record.whole)

    def render_value(self, record: Row) -> str:
        return record.kind.text(record.value)

    def render_change(self, record: Row) -> str:
        return record.kind.change(record.change)


def comparison_table(comparison: Comparison) -> ComparisonTable:
    """Return the areas, under the headings of the measure, without columns that would be empty."""
    measure, unit = comparison.measure, comparison.measure.kind
    empty = {
        "part": unit is Kind.COUNT,
        "whole": not measure.whole,
        "change": all(row.change is None for row in comparison.rows),
    }
    table = ComparisonTable(comparison.rows, exclude=[name for name in empty if empty[name]])
    headings = {
        "year": comparison.benchmark.year_heading,
        "part": measure.part_title,
        "whole": measure.whole_title,
        "value": {Kind.PERCENT: "Share", Kind.POUNDS: "Per head"}.get(unit, measure.part_title),
        "change": f"Change on the year before{' (points)' if unit is Kind.PERCENT else ''}",
        "rank": f"Rank ({words.first(measure.better)})",
    }
    for name, heading in headings.items():
        if name in table.columns.names():
            table.columns[name].column.verbose_name = heading
    return table


class TrendTable(KpiTable):
    """A measure over the years."""

    year = tables.Column(accessor="period", verbose_name="Year", attrs={"td": DAY_CELL})
    council = NumberColumn()
    neighbours = NumberColumn(verbose_name="Neighbours' median")
    region = NumberColumn()
    england = NumberColumn(verbose_name="England")

    class Meta:
        orderable = False

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        super().__init__(comparison.years)
        self.columns["year"].column.verbose_name = comparison.benchmark.year_heading
        for role, name in ((Role.COUNCIL, "council"), (Role.REGION, "region")):
            self.columns[name].column.verbose_name = comparison.row(role).area

    def render_year(self, value: str) -> str:
        return self.comparison.benchmark.label(value)

    def render_council(self, value: float) -> str:
        return self.comparison.measure.kind.text(value)

    render_neighbours = render_region = render_england = render_council


class ProfileTable(KpiTable):
    """All measures of a page; each links to its own comparison."""

    measure = tables.Column(
        verbose_name="Measure",
        accessor="measure__title",
        linkify=lambda record: f"?{urlencode({'measure': record.measure.slug, 'year': record.period})}",
        attrs={"a": {"class": "govuk-link"}},
    )
    council = NumberColumn()
    neighbours_median = NumberColumn(verbose_name="Neighbours' median")
    region = NumberColumn()
    england = NumberColumn(verbose_name="England")
    standing = NumberColumn(default="not ranked", verbose_name="Rank")

    class Meta:
        orderable = False

    def render_council(self, value: float, record: ProfileRow) -> str:
        return record.measure.kind.text(value)

    render_neighbours_median = render_region = render_england = render_council

    def render_standing(self, value: Rank, record: ProfileRow) -> str:
        return words.rank(value, record.measure.better)


def profile_table(rows: tuple[ProfileRow, ...], council: str, region: str) -> ProfileTable:
    """Return the measures, with columns named after the council and its region."""
    table = ProfileTable(rows)
    table.columns["council"].column.verbose_name = council
    table.columns["region"].column.verbose_name = region
    return table
