"""The charts of a comparison: bars for one period, lines over the years."""

from collections.abc import Callable
from typing import Any

from sen_dashboard.benchmarking.comparison import Comparison, Role
from sen_dashboard.core.charts.chart import Axis, Chart, Series, Shape, Tone, bars, mark
from sen_dashboard.core.kinds import Kind

TONES = {
    Role.COUNCIL: Tone.MAIN,
    Role.NEIGHBOUR: Tone.THIRD,
    Role.REGION: Tone.SECOND,
    Role.COUNTRY: Tone.SECOND,
}
UNITS = {Kind.PERCENT: "Percent", Kind.POUNDS: "£ per head"}


def of_period(comparison: Comparison) -> Chart:
    """Return a bar for each area with a value, the council's in the main colour; for a number, councils only."""
    shown = [
        row
        for row in comparison.rows
        if row.value is not None and (row.kind is not Kind.COUNT or row.rank is not None)
    ]
    marks = (mark(row.value, label=row.kind.text(row.value), tone=TONES[row.role]) for row in shown)
    title = comparison.measure.title
    return bars((row.area for row in shown), _axis(comparison), Series(title, tuple(marks)))


def over_years(comparison: Comparison) -> Chart:
    """Return lines for the council, its neighbours' median, its region and England; for a number, the first two."""

    def line(name: str, tone: Tone, value: Callable[[Any], Any]) -> Series:
        return Series(name, tuple(mark(value(year)) for year in comparison.years), tone=tone)

    names = {role: comparison.row(role).area for role in (Role.COUNCIL, Role.REGION, Role.COUNTRY)}
    lines = [
        line(names[Role.COUNCIL], Tone.MAIN, lambda year: year.council),
        line("Neighbours' median", Tone.THIRD, lambda year: year.neighbours),
    ]
    if comparison.measure.kind is not Kind.COUNT:
        lines += [
            line(names[Role.REGION], Tone.FOURTH, lambda year: year.region),
            line(names[Role.COUNTRY], Tone.SECOND, lambda year: year.england),
        ]
    return Chart(
        Shape.LINES,
        Axis(comparison.benchmark.year_heading, Kind.TEXT),
        _axis(comparison),
        tuple(comparison.benchmark.label(year.period) for year in comparison.years),
        tuple(one for one in lines if one.is_known),
    )


def _axis(comparison: Comparison) -> Axis:
    kind = comparison.measure.kind
    return Axis(UNITS.get(kind, comparison.measure.part_title), kind, from_zero=True)
