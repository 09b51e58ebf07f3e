"""The slides: the report's contents in its order, in native charts, with nothing cut or hidden."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from pptx.util import Pt

from sen_dashboard.core.charts import chart as charts
from sen_dashboard.core.charts.chart import Axis, Chart, Event, Level, Mark, Series, Shape
from sen_dashboard.core.formats import NOT_AVAILABLE
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.periods import Month
from sen_dashboard.reports.collected import (
    Audience,
    Cell,
    Collected,
    CollectedFact,
    CollectedKpi,
    Column,
    Comment,
    Section,
    Table,
)
from sen_dashboard.reports.collecting import Collection
from sen_dashboard.reports.writers import Stamp
from sen_dashboard.reports.writers.slides import write
from tests.reports import decks
from tests.reports.made import AT, make_collected, make_kpi

STAMP = Stamp("A. Manager", datetime(2019, 4, 11, 9, 5, tzinfo=UTC))
MONTHS = [Month(2018, number).end for number in range(4, 13)] + [
    Month(2019, number).end for number in (1, 2, 3)
]


def lines(*values: list[float | None], levels: tuple[Level, ...] = ()) -> Chart:
    """A chart of lines over months, with its levels."""
    days = MONTHS[: len(values[0])]
    series = [Series(f"Line {number}", tuple(map(Mark, line))) for number, line in enumerate(values, start=1)]
    return charts.lines(days, Axis("Children", Kind.PERCENT), *series, levels=levels)


def bars(names: list[str], *values: list[float | None], before: list[float | None] | None = None) -> Chart:
    """A chart of bars in pounds, with those of a year earlier."""
    axis = Axis("Cost", Kind.POUNDS)
    series = [
        Series(
            f"Bars {number}",
            tuple(Mark(v, label=NOT_AVAILABLE if v is None else f"£{v:g}") for v in bar),
        )
        for number, bar in enumerate(values, start=1)
    ]
    chart = charts.bars(names, axis, *series)
    if before:
        chart = chart.with_year_before(charts.bars(names, axis, Series("Bars 1", tuple(map(Mark, before)))))
    return chart


def table(rows: int, columns: int = 2, text: str = "Autism") -> Table:
    """A table whose first column is text and whose others are counts."""
    return Table(
        "Children by need",
        (
            Column("need", "Primary need", Kind.TEXT),
            *(Column(f"c{number}", f"Children {number}", Kind.COUNT) for number in range(1, columns)),
        ),
        tuple(
            (Cell(None, f"{text} {row}"), *(Cell(row, f"{row:,}") for _ in range(1, columns)))
            for row in range(1, rows + 1)
        ),
    )


def sections(*kpis: CollectedKpi, **given: Any) -> tuple[Section, ...]:
    return (Section("inmss", "INMSS data", kpis, **given),)


def slide_of(deck: Any, title: str) -> Any:
    return deck.slides[decks.titles(deck).index(title)]


def check_charts(deck: Any, report: Collected) -> None:
    """The charts of the deck show the values of the report's charts, and their workbooks hold the same.

    Of bars at most 13 stand on a slide and two slides are one KPI's; those of the year before go first.
    """
    drawn = (native for _, native in decks.charts(deck))
    for chart in (kpi.chart for kpi in report.kpis if kpi.chart):
        wanted, shown = on_slides(chart)
        names: list[str] = []
        values: dict[str, list[Any]] = {name: [] for name in wanted}
        while len(names) < shown:
            native = next(drawn)
            check_native(chart, native, len(names))
            names += list(native.plots[0].categories)
            for series in native.plots[0].series:
                values[series.name] += series.values
        assert len(names) == shown
        assert values == {name: list(of[:shown]) for name, of in wanted.items()}
    assert next(drawn, None) is None


def on_slides(chart: Chart) -> tuple[dict[str, tuple[Any, ...]], int]:
    """The series that slides show of a chart, and how many of its names."""
    if chart.shape is Shape.LINES:
        return expected(chart), len(chart.categories)
    this_year = [series for series in chart.series if not series.is_year_before]
    is_overlaid = len(this_year) == 1
    kept = chart.series if is_overlaid or len(chart.series) * len(chart.categories) <= 13 else this_year
    each = 1 if is_overlaid else len(kept)
    return {one.name: one.values for one in kept}, min(len(chart.categories), 2 * max(13 // each, 1))


def check_native(chart: Chart, native: Any, start: int) -> None:
    """A native chart, which shows the names of a chart from the one numbered ``start`` on."""
    plot = native.plots[0]
    sheet = openpyxl.load_workbook(io.BytesIO(native.part.chart_workbook.xlsx_part.blob)).active
    held = {
        column[0].value or "": [cell.value for cell in column[1 : len(plot.categories) + 1]]
        for column in list(sheet.columns)[1:]
    }
    assert held.keys() == {series.name for series in plot.series}
    for series in plot.series:
        assert [value is None for value in held[series.name]] == [value is None for value in series.values]
        assert known(held[series.name]) == pytest.approx(known(series.values), rel=1e-14), (
            "15 digits are kept"
        )
    if chart.shape is Shape.BARS:
        assert all(
            str(shown).startswith(name[:10])
            for shown, name in zip(plot.categories, chart.categories[start:], strict=False)
        )
        assert native.category_axis.reverse_order
        assert len(plot.categories) * (1 if plot.overlap == 100 else len(plot.series)) <= 13
    else:
        days = [cell.value.date() for cell in next(iter(sheet.columns))[1:]]
        assert days == list(chart.days)


def known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def expected(chart: Chart) -> dict[str, tuple[Any, ...]]:
    """The values of each series by its name, levels too."""
    return {series.name: series.values for series in chart.with_levels}


def check_texts(deck: Any, report: Collected) -> None:
    """A KPI's sentence, facts and definition stand on its slide or in its notes as they were collected."""
    slides = [(decks.texts(slide), decks.notes(slide)) for slide in deck.slides]
    for kpi in report.kpis:
        shown = [(said, note) for said, note in slides if f"Question: {kpi.definition.question}" in note]
        assert any(kpi.sentence in said or kpi.is_hidden for said, _ in shown), kpi.sentence
        for fact in kpi.facts[:1]:
            assert any(fact.label in said and fact.cell.text in said for said, _ in shown), fact
        for _, note in shown:
            assert f"Source: {kpi.definition.source}" in note
            assert all(words in note for words in (kpi.definition.numerator, kpi.definition.denominator))
        told = [*(f"{fact.label}: {fact.cell.text}" for fact in kpi.facts), *kpi.caveats, kpi.sentence]
        assert any(all(words in note for words in told) for _, note in shown), kpi.key


def test_the_demonstration_month_for_both_audiences(demonstration: Collection) -> None:
    for report in (demonstration.internal, demonstration.public):
        deck = decks.opened(write(report, STAMP if report.audience is Audience.INTERNAL else None))
        decks.check(deck)
        check_charts(deck, report)
        check_texts(deck, report)
        named = [section.title for section in report.sections if not section.is_empty]
        above = [text for slide in deck.slides for text in decks.texts(slide)[1:]]
        starts = [name for text in above for name in named if f"{text}: ".startswith(f"{name}: ")]
        assert list(dict.fromkeys(starts)) == named
        titles = [title.partition("… (")[0].partition(" (1 of")[0] for title in decks.titles(deck)]
        for kpi in report.kpis:
            said = kpi.message or kpi.name
            assert any(title and said.startswith(title) for title in titles), said
        assert len(deck.slides) >= len(list(report.kpis)) + 1
    assert "Downloaded by" not in decks.everything_in(write(demonstration.public))


def test_slides_stand_in_the_order_of_the_sections_and_empty_sections_are_left_out() -> None:
    report = make_collected(
        differences=("Outturn was £41.0m, now £41.1m.",),
        movements=("Occupancy rose from 97.6% to 98.2%.",),
        sections=(
            Section("aim", "Aim and workstreams", ()),
            Section("inmss", "INMSS data", (make_kpi(title="One"), make_kpi(title="Two"))),
            Section(
                "review",
                "Service review",
                (make_kpi(title="Three"),),
                events=(Event(date(2019, 3, 1), "New process"),),
            ),
            Section("others", "Other figures", (make_kpi(slug="brand_new", title="Brand new"),)),
        ),
    )
    deck = decks.opened(write(report))
    assert decks.titles(deck) == [
        "SEN Improvement Project: monthly report",
        "What this version corrects",
        "What changed most",
        "One",
        "Two",
        "Three",
        "Service review: events of the year",
        "Brand new",
        "How this report was made",
    ]
    assert "Outturn was £41.0m, now £41.1m." in decks.texts(deck.slides[1])
    assert "1 March 2019: New process" in decks.texts(deck.slides[6])
    assert "Aim and workstreams" not in decks.everything_in(write(report))
    decks.check(deck)


def test_every_slide_says_how_the_report_stands_and_who_took_it() -> None:
    report = make_collected(provisional="Provisional: March 2019 is still open.", movements=("It rose.",))
    written = write(report, STAMP)
    deck = decks.opened(written)
    for number, slide in enumerate(deck.slides, start=1):
        said = decks.texts(slide)
        assert said[-3:] == [
            "At 31 March 2019, version 1",
            "Official: sensitive. Provisional. Draft, not approved",
            "‹#›",
        ]
        assert number == 1 or decks.notes(slide).endswith(STAMP.sentence), number
    cover = decks.texts(deck.slides[0])
    for text in ("Kent, March 2019", "Official: sensitive", report.provisional, "Draft, not approved"):
        assert text in cover
    assert f"This copy: {STAMP.sentence}" in decks.texts(deck.slides[-1])
    published = decks.opened(write(replace(report, provisional="", approved_by="B. Head", published_at=AT)))
    assert decks.texts(published.slides[1])[-2] == "Official: sensitive"
    assert "Approved: by B. Head" in decks.texts(published.slides[-1])


@pytest.mark.parametrize("published_at", [None, AT])
def test_the_cover_names_nobody(published_at: datetime | None) -> None:
    report = make_collected(approved_by="B. Head", collected_by="manager.one", published_at=published_at)
    cover = decks.opened(write(report, STAMP)).slides[0]
    said = " ".join([*decks.texts(cover), decks.notes(cover)])
    assert "Published" in said if published_at else "Approved, not published" in said
    assert not any(name in said for name in ("B. Head", "manager.one", STAMP.who, "Downloaded"))


def test_charts_are_native_with_every_value_gap_and_level() -> None:
    levels = (Level("Target", 100), Level("Limit", 60))
    kpis = (
        make_kpi(title="Lines", chart=lines([1, None, 3, 4], [2, 2.5, None, None], levels=levels)),
        make_kpi(title="Bars", chart=bars(["ASD", "SEMH"], [36233.5, None], before=[35000, 30000])),
        make_kpi(title="Groups", chart=bars(["ASD", "SEMH"], [3, 4], [1, 2], before=[2, 2])),
    )
    report = make_collected(sections=sections(*kpis))
    deck = decks.opened(write(report))
    check_charts(deck, report)
    found = dict(decks.charts(deck))
    assert [series.name for series in found["Lines"].plots[0].series] == [
        "Line 1",
        "Line 2",
        "Target",
        "Limit",
    ]
    assert found["Lines"].value_axis.tick_labels.number_format == 'General"%"'
    assert '"£"' in found["Bars"].value_axis.tick_labels.number_format
    assert found["Bars"].value_axis.minimum_scale == 0
    first = found["Bars"].plots[0].series[0]
    assert str(first.format.fill.fore_color.rgb) == "12436D"
    assert first.points[0].data_label.text_frame.text == "£36233.5"
    assert [s.points[0].data_label.text_frame.text for s in list(found["Groups"].plots[0].series)[:2]] == [
        "£3",
        "£1",
    ]


def test_more_bars_than_can_be_read_go_on_on_a_second_slide_to_the_same_scale() -> None:
    names = [f"School number {number}" for number in range(20)]
    costs = [float(n) for n in range(20)]
    report = make_collected(
        sections=sections(make_kpi(title="Schools", chart=bars(names, costs, costs, before=costs)))
    )
    deck = decks.opened(write(report))
    check_charts(deck, report)
    (first, one), (second, other) = decks.charts(deck)
    assert (first, second) == ("Schools (1 of 2)", "Schools (2 of 2)")
    assert list(one.plots[0].categories) == names[:6]
    assert list(other.plots[0].categories) == names[6:12]
    assert one.value_axis.maximum_scale == other.value_axis.maximum_scale == 20
    told = "The first 12 of 20; all are in the workbook of this report."
    assert all(told in decks.texts(slide_of(deck, title)) for title in (first, second))
    decks.check(deck)


def test_thirteen_bars_stand_on_one_slide_with_the_year_before_on_them() -> None:
    names = [f"School number {number}" for number in range(13)]
    kpi = make_kpi(chart=bars(names, [1.0] * 13, before=[2.0] * 13))
    ((_, drawn),) = decks.charts(decks.opened(write(make_collected(sections=sections(kpi)))))
    assert len(drawn.plots[0].categories) == 13


def test_a_message_is_the_title_and_the_name_of_the_figure_stands_above_it() -> None:
    kpi = make_kpi(title="Needs", chosen=("Panel: The first",), message="Needs rose to 842")
    slide = decks.opened(write(make_collected(sections=sections(kpi)))).slides[1]
    assert slide.shapes.title.text_frame.text == "Needs rose to 842"
    assert "INMSS data: Needs: The first" in decks.texts(slide)


def test_names_that_begin_like_formulas_are_text_in_the_workbook_behind_a_chart() -> None:
    chart = bars(["=1+1", "SEMH"], [1, 2])
    deck = decks.opened(write(make_collected(sections=sections(make_kpi(chart=chart)))))
    ((_, drawn),) = decks.charts(deck)
    sheet = openpyxl.load_workbook(io.BytesIO(drawn.part.chart_workbook.xlsx_part.blob)).active
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")


def test_a_long_table_shows_its_first_rows_and_says_where_the_others_are() -> None:
    deck = decks.opened(write(make_collected(sections=sections(make_kpi(table=table(101))))))
    slide = deck.slides[1]
    (shown,) = (shape.table for shape in slide.shapes if shape.has_table)
    rows = len(shown.rows) - 1
    assert 5 <= rows <= 12
    assert [cell.text_frame.text for cell in shown.rows[rows].cells] == [f"Autism {rows}", str(rows)]
    assert (
        f"The first {rows} of 101 rows; {101 - rows} more are in the workbook of this report."
        in decks.texts(slide)
    )


def test_a_long_table_over_time_shows_its_last_rows_in_their_order() -> None:
    months = Table(
        "Children",
        (Column("month", "Month", Kind.MONTH), Column("children", "Children", Kind.COUNT)),
        tuple((Cell(None, f"Month {number}"), Cell(number, str(number))) for number in range(1, 25)),
    )
    deck = decks.opened(write(make_collected(sections=sections(make_kpi(table=months)))))
    said = decks.texts(deck.slides[1])
    rows = [text for text in said if text.startswith("Month ")]
    assert rows == [f"Month {number}" for number in range(25 - len(rows), 25)]
    assert (
        f"The last {len(rows)} of 24 rows; {24 - len(rows)} more are in the workbook of this report." in said
    )


def test_a_comment_keeps_its_lines_and_points_on_a_slide_of_its_own() -> None:
    comment = Comment("C. Officer", AT, "Two schools\nopened:\n\n- The first\n• The second\n-5 places")
    deck = decks.opened(write(make_collected(sections=sections(make_kpi(), comments=(comment,)))))
    slide = slide_of(deck, "INMSS data: comment")
    assert decks.texts(slide)[1:7] == [
        "Two schools",
        "opened:",
        "The first",
        "The second",
        "-5 places",
        "C. Officer, 10 April 2019",
    ]
    points = [p.text for p in slide.placeholders[1].text_frame.paragraphs if p._p.xpath(".//a:buChar")]
    assert points == ["The first", "The second"]
    decks.check(deck)


def sizes(slide: Any) -> list[Any]:
    """The size of every run of text of a slide, in order."""
    return [
        run.font.size
        for shape in slide.shapes
        if shape.has_text_frame
        for paragraph in shape.text_frame.paragraphs
        for run in paragraph.runs
    ]


def test_a_long_comment_goes_on_on_a_second_slide_and_makes_no_text_smaller() -> None:
    long = Comment("C. Officer", AT, "\n".join(f"word{number} " * 9 for number in range(100)))
    kpi = make_kpi(title="One")
    deck = decks.opened(write(make_collected(sections=sections(kpi, comments=(long,)))))
    pages = [slide for slide in deck.slides if ": comment" in slide.shapes.title.text_frame.text]
    assert len(pages) > 3
    said = " ".join(text for page in pages for text in decks.texts(page))
    assert all(f"word{number}" in said for number in range(100)), "nothing of it is lost"
    written = {run for page in pages for run in sizes(page)[1:-4]}
    assert written == {Pt(18)}
    without = decks.opened(write(make_collected(sections=sections(kpi))))
    assert sizes(slide_of(deck, "One")) == sizes(slide_of(without, "One"))
    decks.check(deck)


def test_a_public_report_holds_nothing_hidden_and_explains_its_symbols() -> None:
    secret = "98,765"
    open_kpi = make_kpi(children=98765, chart=bars(["ASD"], [98765.0]))
    assert secret in decks.everything_in(write(make_collected(sections=sections(open_kpi))))
    hidden = make_kpi(
        sentence="",
        facts=(),
        headline={"children": "c"},
        rows=(),
        table=replace(open_kpi.table, rows=((Cell(None, "Autism"), Cell(None, "c")),)),
        chart=bars(["ASD", "SEMH"], [None, 12.0]),
        is_hidden=True,
    )
    report = make_collected(sections=sections(hidden), audience=Audience.PUBLIC, threshold=5)
    written = write(report)
    everything = decks.everything_in(written)
    assert not any(trace in everything for trace in ("98,765", "98765", "Official: sensitive", "Downloaded"))
    deck = decks.opened(written)
    assert any("figures are hidden" in text for text in decks.texts(deck.slides[1]))
    assert decks.titles(deck)[-2] == "What the symbols mean"
    assert any(
        text.startswith("c: Confidential: a number from 1 to 4") for text in decks.texts(deck.slides[-2])
    )
    check_charts(deck, report)
    decks.check(deck)


def test_a_logo_stands_on_the_title_slide_with_words_for_it() -> None:
    picture = io.BytesIO()
    Image.new("RGB", (1000, 100), "red").save(picture, "PNG")
    deck = decks.opened(write(make_collected(), logo=picture.getvalue()))
    (logo,) = (shape for shape in deck.slides[0].shapes if shape.name == "Logo")
    assert logo._element.xpath(".//p:cNvPr")[0].get("descr") == "Logo of Kent"
    assert logo.width / logo.height == pytest.approx(10, rel=0.01)
    decks.check(deck)


def test_the_same_report_is_the_same_file_dated_when_it_was_collected() -> None:
    report = make_collected(sections=sections(make_kpi(chart=bars(["ASD"], [1.0]))))
    written = write(report, STAMP)
    assert write(report, STAMP) == written
    with ZipFile(io.BytesIO(written)) as package:
        assert {info.date_time for info in package.infolist()} == {(2019, 4, 10, 9, 0, 0)}
        assert "docProps/thumbnail.jpeg" not in package.namelist()
    deck = decks.opened(written)
    properties = deck.core_properties
    assert (properties.title, properties.author, properties.language) == (
        "SEN Improvement Project: monthly report, March 2019",
        "Kent",
        "en-GB",
    )
    assert properties.created.replace(tzinfo=UTC) == properties.modified.replace(tzinfo=UTC) == AT
    everything = decks.everything_in(written)
    assert "en-US" not in everything
    assert str(datetime.now(UTC).date()) not in everything


UNITS = ("considerable ", "W", "Mw ", "of the ", "\x01 ", "=1+1 ", "Ålesund—", "<b>%{x}</b> $ ", "\n", "𝖎𢹥")


@dataclass(frozen=True)
class Words:
    """A text: a unit again and again, for the sake of a short message when a test fails."""

    unit: str
    count: int

    def __str__(self) -> str:
        return self.unit * self.count


@dataclass(frozen=True)
class Odd:
    """A KPI that nobody would expect, in few words."""

    title: Words
    sentence: Words
    basis: Words
    facts: tuple[Words, ...]
    events: tuple[Words, ...]
    rows: int
    columns: int
    cell: Words
    shape: str
    category: Words
    values: tuple[tuple[float | None, ...], ...]

    def kpi(self) -> CollectedKpi:
        return make_kpi(
            title=f"Odd {self.title}",
            sentence=str(self.sentence),
            standing="Target met",
            basis=str(self.basis),
            facts=tuple(
                CollectedFact(
                    str(words), Cell(None, str(words)[:30] or NOT_AVAILABLE), Kind.COUNT, str(words)
                )
                for words in self.facts
            ),
            table=table(self.rows, self.columns, str(self.cell)),
            chart=self.chart(),
        )

    def chart(self) -> Chart | None:
        values = [list(series) for series in self.values]
        names = [f"{number}{self.category}" for number in range(len(values[0]))]
        events = tuple(Event(date(2019, 3, 1), str(words)) for words in self.events)
        return {
            "none": None,
            "lines": replace(lines(*(series[:12] for series in values)), events=events),
            "bars": bars(names, *values),
            "bars before": bars(names, *values, before=values[-1]),
        }[self.shape]


def words(most: int) -> st.SearchStrategy[Words]:
    return st.builds(Words, st.sampled_from(UNITS), st.integers(0, most))


def odd() -> st.SearchStrategy[Odd]:
    value = st.one_of(st.none(), st.integers(-(10**9), 10**9), st.floats(0, 1e6))
    series = st.integers(1, 20).flatmap(
        lambda count: st.lists(
            st.lists(value, min_size=count, max_size=count).map(lambda held: (*held[1:], 1.0)),
            min_size=1,
            max_size=3,
        ).map(tuple)
    )
    return st.builds(
        Odd,
        title=words(200),
        sentence=words(600),
        basis=words(60),
        facts=st.lists(words(40), max_size=6).map(tuple),
        events=st.lists(words(30), max_size=4).map(tuple),
        rows=st.integers(0, 40),
        columns=st.integers(1, 14),
        cell=words(60),
        shape=st.sampled_from(["none", "lines", "bars", "bars before"]),
        category=words(60),
        values=series,
    )


def test_a_name_with_marks_keeps_the_workbook_of_a_chart_whole() -> None:
    kpi = make_kpi(chart=bars(["<r>& broken</r>", "SEMH"], [1.0, 2.0]))
    ((_, chart),) = decks.charts(decks.opened(write(make_collected(kpi))))
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert "'<r>& broken</r>" in {cell.value for row in book.active.iter_rows() for cell in row}


NO_WORDS = Words("", 0)
LONG_WORD = Odd(
    title=NO_WORDS,
    sentence=Words("Ålesund—", 171),
    basis=NO_WORDS,
    facts=(),
    events=(),
    rows=0,
    columns=1,
    cell=NO_WORDS,
    shape="none",
    category=NO_WORDS,
    values=((1.0,),),
)


@example(kpis=[LONG_WORD], name=Words("W", 1), comments=[])
@settings(max_examples=25, deadline=None)
@given(
    kpis=st.lists(odd(), min_size=1, max_size=2), name=words(100), comments=st.lists(words(900), max_size=3)
)
def test_nothing_overlaps_overflows_or_is_too_small_whatever_a_report_holds(
    kpis: list[Odd], name: Words, comments: list[Words]
) -> None:
    section = Section(
        "inmss",
        str(name),
        tuple(odd.kpi() for odd in kpis),
        events=(Event(date(2019, 3, 1), str(name)),) * 20,
        comments=tuple(Comment("C. Officer", AT, str(comment)) for comment in comments),
    )
    said = dict.fromkeys(("council", "provisional", "approved_by"), str(name))
    report = make_collected(sections=(section,), movements=(str(kpis[0].sentence),), **said)
    deck = decks.opened(write(report, Stamp(str(name), AT)))
    decks.check(deck)
    drawn = sum(kpi.chart is not None for kpi in report.kpis)
    assert drawn <= len(list(decks.charts(deck))) <= 2 * drawn
