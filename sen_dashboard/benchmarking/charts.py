"""The charts of a comparison: bars for one period, lines over the years."""

from datetime import date

import plotly.graph_objects as go

from sen_dashboard.benchmarking.comparison import Comparison, Role
from sen_dashboard.core import charts
from sen_dashboard.core.kinds import Kind

COLOURS = {
    Role.COUNCIL: charts.INMSS,
    Role.NEIGHBOUR: charts.CONTEXT,
    Role.REGION: charts.SECOND,
    Role.COUNTRY: charts.SECOND,
}
REGION = "#28A197"  # turquoise, the palette's next colour


def bars(comparison: Comparison) -> go.Figure:
    """A bar for each area with a value, the council's in the main colour; of a number, councils only."""
    shown = [
        row
        for row in comparison.rows
        if row.value is not None and (row.kind is not Kind.COUNT or row.rank is not None)
    ]
    trace = charts.bars(
        comparison.measure.title,
        [row.area for row in shown],
        [row.value for row in shown],
        labels=[row.kind.text(row.value) for row in shown],
    )
    trace.update(
        marker={"color": [COLOURS[row.role] for row in shown]},
        insidetextfont={"color": ["#ffffff" if row.role is Role.COUNCIL else charts.TEXT for row in shown]},
    )
    return charts.bar_figure(trace, x_title=_unit_title(comparison))


def lines(comparison: Comparison) -> go.Figure:
    """The council, the median of its neighbours, its region and England over the years; of a number, the first two."""
    years = comparison.years
    days = [date(comparison.benchmark.year_of(year.period), 1, 1) for year in years]
    names = {role: comparison.row(role).area for role in (Role.COUNCIL, Role.REGION, Role.COUNTRY)}
    council = charts.line(names[Role.COUNCIL], days, [year.council for year in years])
    neighbours = charts.line(
        "Neighbours' median", days, [year.neighbours for year in years], colour=charts.CONTEXT
    )
    region = charts.line(names[Role.REGION], days, [year.region for year in years], colour=REGION)
    england = charts.line(names[Role.COUNTRY], days, [year.england for year in years], colour=charts.SECOND)
    for trace, dash in ((neighbours, "dash"), (region, "dot"), (england, "dashdot")):
        trace.update(line={"dash": dash})
    traces = (
        (council, neighbours)
        if comparison.measure.kind is Kind.COUNT
        else (council, neighbours, region, england)
    )
    return charts.figure(
        *(trace for trace in traces if any(value is not None for value in trace.y)),
        y_title=_unit_title(comparison),
        x_title=comparison.benchmark.year_heading,
        xaxis={
            "tickvals": charts.days(days),
            "ticktext": [comparison.benchmark.label(year.period) for year in years],
        },
        yaxis={"rangemode": "tozero"},
    )


def _unit_title(comparison: Comparison) -> str:
    titles = {Kind.PERCENT: "Percent", Kind.POUNDS: "£ per head"}
    return titles.get(comparison.measure.kind, comparison.measure.part_title)
