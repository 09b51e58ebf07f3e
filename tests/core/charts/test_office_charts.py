"""The native charts of workbook and slides show what the chart value contains, in its colours."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from xml.etree.ElementTree import Element

import pytest

from sen_dashboard.core.charts.chart import Axis, Chart, Level, Mark, Series, Shape, Tone, bars, lines
from sen_dashboard.core.kinds import Kind
from tests.core.charts.reading import SPACES, in_workbook, on_slides, slide_chart, told, workbook_chart

Draw = Callable[[Chart], Element]
DAYS = [date(2018, 12, 31), date(2019, 1, 31), date(2019, 2, 28), date(2019, 3, 31)]


def of(name: str, *values: float | None, tone: Tone = Tone.MAIN, before: bool = False) -> Series:
    return Series(name, tuple(map(Mark, values)), tone=tone, is_year_before=before)


def labelled(name: str, *marks: tuple[float | None, str], tone: Tone = Tone.MAIN) -> Series:
    return Series(name, tuple(Mark(value, label=label) for value, label in marks), tone=tone)


SHARE = lines(
    DAYS,
    Axis("Percent of plans", Kind.PERCENT, from_zero=True),
    of("Share", 9.512345678901, None, 9, 8.25),
    of("A year earlier", 8, 8.5, None, 9, before=True),
    levels=(Level("Target", 7.5), Level("Limit", 10)),
)
COST = bars(
    ["ASD", "=1+1", "<SEMH> & others"],
    Axis("Cost", Kind.POUNDS),
    labelled("INMSS", (50_000.25, "£50,000"), (None, "not available"), (-300, "−£300")),
    labelled("Special", (20_000, "£20,000"), (21_000, "£21,000"), (0, ""), tone=Tone.SECOND),
)
BEFORE = of("A year earlier", 1, 60_000, 3, before=True)
CHARTS = {
    "lines": SHARE,
    "lines by days": replace(SHARE, along=Axis("", Kind.DAY)),
    "lines by names": replace(
        SHARE, along=Axis("", Kind.TEXT), categories=("2015-16", "2016-17", "2017-18", "2018-19")
    ),
    "one bar": replace(COST, series=COST.series[:1]),
    "a bar on that of a year earlier": replace(COST, series=(COST.series[0], BEFORE)),
    "groups of bars": COST,
    "a year earlier": replace(COST, series=(*COST.series, BEFORE)),
}


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_both_tell_what_the_value_tells(chart: Chart) -> None:
    assert in_workbook(chart) == told(chart)
    assert on_slides(chart) == told(chart)


PALETTE = {"MAIN": "12436D", "SECOND": "F46A25", "THIRD": "A285D1", "FOURTH": "28A197"}


def colours(drawn: Element) -> list[str]:
    """The colour of each line, or of the bars of each series."""
    return [
        next(colour.get("val", "") for colour in series.iterfind("c:spPr//a:srgbClr", SPACES))
        for series in drawn.iterfind(".//c:ser", SPACES)
    ]


@pytest.fixture(params=[workbook_chart, slide_chart], ids=["workbook", "slides"])
def draw(request: pytest.FixtureRequest) -> Draw:
    found: Draw = request.param
    return found


@pytest.mark.parametrize("shape", Shape)
def test_each_tone_has_its_colour(shape: Shape, draw: Draw) -> None:
    series = [of(tone.name, 1, 2, 3, tone=tone) for tone in Tone]
    axis = Axis("Children", Kind.COUNT)
    chart = lines(DAYS[:3], axis, *series) if shape is Shape.LINES else bars("ABC", axis, *series)
    assert colours(draw(chart)) == list(PALETTE.values())


def test_lines_of_another_year_are_dotted_in_grey_and_levels_dashed(
    draw: Draw,
) -> None:
    drawn = draw(SHARE)
    assert colours(drawn) == ["12436D", "6F777B", "0B0C0C", "0B0C0C"]
    dashes = [dash.get("val") for dash in drawn.iterfind(".//c:ser/c:spPr//a:prstDash", SPACES)]
    assert [dash for dash in dashes if dash != "solid"] == ["sysDot", "dash", "lgDashDot"]
    markers = [mark.get("val") for mark in drawn.iterfind(".//c:ser/c:marker/c:symbol", SPACES)]
    assert markers == ["circle", "none", "none", "none"]


def test_a_bar_that_differs_from_its_series_has_its_own_colour(
    draw: Draw,
) -> None:
    marks = (Mark(3), Mark(2, tone=Tone.SECOND), Mark(1))
    drawn = draw(bars("ABC", Axis("Cost", Kind.POUNDS), Series("", marks)))
    (own,) = drawn.iterfind(".//c:ser/c:dPt", SPACES)
    assert [place.get("val") for place in own.iterfind("c:idx", SPACES)] == ["1"]
    assert [colour.get("val") for colour in own.iterfind(".//a:srgbClr", SPACES)] == ["F46A25"]


@pytest.mark.parametrize(
    ("kind", "values", "written"),
    [
        (Kind.COUNT, (3, 12), "#,##0"),
        (Kind.COUNT, (3, 4), "General"),
        (Kind.PERCENT, (3, 12), 'General"%"'),
        (Kind.POUNDS, (3, 12), '"£"#,##0'),
        (
            Kind.POUNDS,
            (-5_000_000, 12),
            '[<0]-"£"0.0,,"m";[=0]"£"0;"£"0.0,,"m"',
        ),  # saved are no fewer than spent
    ],
)
def test_an_axis_is_numbered_by_its_kind_and_what_is_furthest_from_zero(
    kind: Kind, values: tuple[float, ...], written: str, draw: Draw
) -> None:
    drawn = draw(bars("AB", Axis("", kind), of("", *values)))
    form = drawn.find(".//c:valAx/c:numFmt", SPACES)
    assert form is not None
    assert form.get("formatCode") == written
    low, high = ends_of(drawn)
    assert low <= min(0, *values)
    assert high >= max(values)


def ends_of(drawn: Element) -> tuple[float, float]:
    """The ends of the axis of values."""
    low, high = (drawn.find(f".//c:valAx/c:scaling/c:{end}", SPACES) for end in ("min", "max"))
    assert low is not None
    assert high is not None
    return float(low.get("val", "")), float(high.get("val", ""))


@pytest.mark.parametrize("highest", [34.1, 76.0, 98.2, 99.9, 100.0])
@pytest.mark.parametrize("shape", Shape)
def test_no_axis_of_shares_goes_beyond_all_of_them(highest: float, shape: Shape, draw: Draw) -> None:
    axis = Axis("Percent", Kind.PERCENT)
    for values in ((highest, 10.0, 20.0, 30.0), (highest,) * 4):
        shares = of("Share", *values)
        drawn = draw(lines(DAYS, axis, shares) if shape is Shape.LINES else bars("ABCD", axis, shares))
        assert highest <= ends_of(drawn)[1] <= 100


def test_names_stand_beside_bars_below_zero_and_labels_between_them(draw: Draw) -> None:
    marks = (Mark(-500_000, label="−£500,000"), Mark(200_000, label="£200,000"))
    drawn = draw(bars(["A name", "B name"], Axis("Change", Kind.POUNDS), Series("", marks)))
    (place,) = drawn.iterfind(".//c:catAx/c:tickLblPos", SPACES)
    assert place.get("val") == "low"
    low, high = ends_of(drawn)
    assert (-500_000 - low) / (high - low) > 0.1, "room for the label"
