"""The workbook and the zip of CSV files: all the collected figures and nothing else."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import range_boundaries
from PIL import Image

from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Axis, Chart, Event, Level, Mark, Series, Tone, bars, lines
from sen_dashboard.core.kinds import Kind
from sen_dashboard.exports.downloads import in_columns, safe_cell
from sen_dashboard.reports.collected import (
    Audience,
    Cell,
    Collected,
    CollectedKpi,
    Column,
    Comment,
    Section,
    Table,
    to_plain,
)
from sen_dashboard.reports.collecting import Collection
from sen_dashboard.reports.writers import Stamp, csv_pack, workbook
from tests.reports.made import AT, LATER, make_collected, make_kpi

STAMP = Stamp("Mia Manager", LATER)
HEADINGS = 7
"""The row of a KPI's sheet with the headings of its table, as Excel counts."""
MONTH_ENDS = [date(2019, 1, 31), date(2019, 2, 28), date(2019, 3, 31)]


# Reading


def opened(file: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(file))


def sheets_of_kpis(book: openpyxl.Workbook) -> list[Any]:
    """The sheets with a number before their name, in their order."""
    return [sheet for sheet in book.worksheets if sheet.title[0].isdigit()]


def parts(file: bytes) -> dict[str, str]:
    """Every file within an archive, as text."""
    with ZipFile(BytesIO(file)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def links_of(sheet: Any) -> list[Any]:
    return [cell.hyperlink for row in sheet for cell in row if cell.hyperlink]


def rows_of(pack: bytes, name: str) -> list[dict[str, str]]:
    """The rows of a CSV file in the zip."""
    return list(csv.DictReader(StringIO(parts(pack)[name], newline="")))


def as_held(cell: Cell, kind: Kind) -> Any:
    """What the sheet must hold for a cell."""
    if cell.value is None or kind is Kind.TEXT:
        return cell.text
    if kind is Kind.DAY:
        return datetime.fromisoformat(str(cell.value))
    return datetime.fromisoformat(f"{cell.value}-01") if kind is Kind.MONTH else cell.value


def same(held: Any, expected: Any) -> bool:
    """Equal, numbers to the 15 digits that Excel has."""
    if isinstance(expected, int | float):
        return bool(held == pytest.approx(expected, rel=1e-15, abs=0))
    return bool((held or "") == expected)


def values_at(book: openpyxl.Workbook, address: str) -> list[Any]:
    """The cells of a range such as ``'1 Needs'!$B$8:$B$10``."""
    name, _, cells = address.rpartition("!")
    left, top, right, bottom = range_boundaries(cells)
    sheet = book[name.strip("'").replace("''", "'")]
    return [
        sheet.cell(row, column).value for row in range(top, bottom + 1) for column in range(left, right + 1)
    ]


def wrong_cells(sheet: Any, kpi: CollectedKpi) -> Iterator[str]:
    """Where the table or the facts of a sheet differ from what was collected."""
    for row, cells in enumerate(kpi.table.rows, start=HEADINGS + 1):
        for number, (column, cell) in enumerate(zip(kpi.table.columns, cells, strict=True), start=1):
            held = sheet.cell(row, number).value
            if not same(held, as_held(cell, column.kind)):
                yield f"{sheet.title} {row} {column.key}: {held!r}, collected {cell}"
    beside = [
        (sheet.cell(row, number).value, sheet.cell(row, number + 1).value)
        for row in range(HEADINGS + 1, sheet.max_row + 1)
        for number in [len(kpi.table.columns) + 2]
    ]
    for fact in kpi.facts:
        found = [value for label, value in beside if label and label.startswith(fact.label)]
        if not any(same(value, as_held(fact.cell, fact.kind)) for value in found):
            yield f"{sheet.title} {fact.label}: {found}, collected {fact.cell}"


def wrong_charts(
    book: openpyxl.Workbook,
    sheet: Any,
    kpi: CollectedKpi,
    named: Callable[[date], str] = formats.month,
) -> Iterator[str]:
    """Where the ranges of a sheet's chart hold other values than are drawn."""
    if len(sheet._charts) != (kpi.chart is not None):
        yield f"{sheet.title}: {len(sheet._charts)} charts"
    for chart in sheet._charts:
        assert kpi.chart
        of_days = formats.day_short if kpi.chart.along.kind is Kind.DAY else named
        if (names := names_of(book, chart, of_days)) != kpi.chart.names:
            yield f"{sheet.title}: {names}, named {kpi.chart.names}"
        drawn = [(series.name, series.values) for series in kpi.chart.with_levels]
        held = [(series.tx.v or "", values_at(book, series.val.numRef.f)) for series in chart.series]
        if [(name, tuple(values)) for name, values in held] != [
            (name, tuple(pytest.approx(v, rel=1e-15) if v is not None else None for v in values))
            for name, values in drawn
        ]:
            yield f"{sheet.title}: {held}, drawn {drawn}"


def names_of(book: openpyxl.Workbook, chart: Any, named: Callable[[date], str]) -> tuple[str, ...]:
    """The names along the axis of a sheet's chart, its days as ``named``."""
    along = chart.series[0].cat
    cells = values_at(book, (along.numRef or along.strRef).f)
    return tuple(named(cell) if isinstance(cell, datetime) else cell for cell in cells)


# All figures


def test_every_figure_of_the_demonstration_is_in_both_files_and_nothing_hidden(
    demonstration: Collection,
) -> None:
    for collected in (demonstration.internal, demonstration.public):
        book = opened(workbook.write(collected))
        sheets = sheets_of_kpis(book)
        kpis = list(collected.kpis)
        assert len(sheets) == len(kpis) > 10
        for sheet, kpi in zip(sheets, kpis, strict=True):
            assert list(wrong_cells(sheet, kpi)) == []
            assert list(wrong_charts(book, sheet, kpi)) == []
        assert any(sheet._charts for sheet in sheets)

        pack = csv_pack.write(collected)
        for kpi in kpis:
            assert without_rounded(rows_of(pack, f"{kpi.key}.csv")) == as_rows(kpi)
        assert [tuple(row.values()) for row in without_rounded(rows_of(pack, "headline.csv"))] == [
            (kpi.key, key, as_csv(value)) for kpi in kpis for key, value in in_columns(kpi.headline).items()
        ]

    told = json.dumps(to_plain(demonstration.public))
    hidden = [number for number in long_numbers(to_plain(demonstration.internal)) if number not in told]
    assert hidden, "the public report of the demonstration hides nothing"
    for file in (workbook.write(demonstration.public), csv_pack.write(demonstration.public)):
        everything = "".join(parts(file).values())
        assert [number for number in hidden if number in everything] == []


def long_numbers(plain: Any) -> Iterator[str]:
    """Every number of a report with so many digits that no other figure looks like it."""
    if isinstance(plain, dict | list | tuple):
        for value in plain.values() if isinstance(plain, dict) else plain:
            yield from long_numbers(value)
    elif isinstance(plain, float) and len(str(plain)) > 7:
        yield str(plain)


def without_rounded(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows but for the column by which a public report says what it has rounded."""
    return [{key: value for key, value in row.items() if key != "rounded"} for row in rows]


def as_rows(kpi: CollectedKpi) -> list[dict[str, str]]:
    """The rows of a KPI as a CSV file writes them."""
    return [{key: as_csv(value) for key, value in in_columns(row).items()} for row in kpi.rows]


def as_csv(value: Any) -> str:
    """A value as a CSV file writes it."""
    written = safe_cell(value)
    return "" if written is None else str(written)


# Charts


DAY_COLUMN = Column("month_end", "Month end", Kind.DAY)
SHARE_COLUMN = Column("share_pct", "Share", Kind.PERCENT)


def table_of(values: Sequence[float | None], first: Column = DAY_COLUMN, length: int = 10) -> Table:
    """A table of month ends with a share, its rows known by their days; ``length`` letters of a day are its cell."""
    cells = [
        (Cell(str(day)[:length], str(day)), Cell(value, formats.percent(value)))
        for day, value in zip(MONTH_ENDS, values, strict=True)
    ]
    return Table("Share", (first, SHARE_COLUMN), tuple(cells), tuple(map(str, MONTH_ENDS)))


def share(values: Sequence[float | None], key: str = "share_pct", rows: Sequence[date] = MONTH_ENDS) -> Chart:
    """A line of the share, its marks known by their days."""
    marks = tuple(Mark(value, str(day)) for value, day in zip(values, rows, strict=True))
    return lines(MONTH_ENDS, Axis("Percent", Kind.PERCENT), Series("Share", marks, key))


def line_kpi(values: Sequence[float | None], **given: Any) -> CollectedKpi:
    """A KPI of three month ends with a line, whose table shows ``values``."""
    return make_kpi(**{"chart": share(values), "table": table_of(values), **given})


def places_of(kpi: CollectedKpi, named: Callable[[date], str] = formats.month) -> tuple[str, list[str]]:
    """The cells that a KPI's chart is drawn from: those of its names, and those of each series. All hold the truth."""
    book = opened(workbook.write(make_collected(kpi)))
    (sheet,) = sheets_of_kpis(book)
    assert list(wrong_charts(book, sheet, kpi, named)) == []
    series = sheet._charts[0].series
    names = series[0].cat.numRef or series[0].cat.strRef
    return names.f.partition("!")[2], [one.val.numRef.f.partition("!")[2] for one in series]


THE_TABLE = "$A$8:$A$10", ["$B$8:$B$10"]
NAMES_ALONE = "$A$8:$A$10", ["$H$8:$H$10"]
BESIDE_IT = "$H$8:$H$10", ["$I$8:$I$10"]
SHARES = (9.5, 9.4, 9.3)


class TestCharts:
    def test_are_made_from_the_cells_of_the_table_by_their_keys(self) -> None:
        assert places_of(line_kpi(SHARES)) == THE_TABLE
        assert places_of(line_kpi((9.5, 9.5, 9.5))) == THE_TABLE
        months = table_of(SHARES, Column("month", "Month", Kind.MONTH), length=7)
        assert places_of(line_kpi(SHARES, table=months)) == THE_TABLE

    def test_of_fewer_rows_are_made_from_the_first(self) -> None:
        kpi = make_kpi(
            chart=bars("AB", Axis("", Kind.COUNT), Series("Cases", (Mark(3, "a"), Mark(2, "b")), "children")),
            table=Table(
                "",
                (Column("name", "Name", Kind.TEXT), Column("children", "Children", Kind.COUNT)),
                tuple((Cell(None, name), Cell(n, str(n))) for name, n in (("A", 3), ("B", 2), ("C", 1))),
                ("a", "b", "c"),
            ),
        )
        assert places_of(kpi) == ("$A$8:$A$9", ["$B$8:$B$9"])

    def test_have_columns_of_their_own_where_no_key_leads_to_the_table(self) -> None:
        """Equal values are no sign that two columns are of the same."""
        values = SHARES
        assert places_of(line_kpi(values, chart=share(values, key=""))) == NAMES_ALONE
        assert places_of(line_kpi(values, chart=share(values, key="other_pct"))) == NAMES_ALONE
        without_rows = replace(table_of(values), row_keys=())
        assert places_of(line_kpi(values, table=without_rows)) == BESIDE_IT
        of_other_rows = share(values, rows=[date(2018, 12, 31), *MONTH_ENDS[:2]])
        assert places_of(line_kpi(values, chart=of_other_rows)) == BESIDE_IT
        in_another_order = replace(table_of(values), row_keys=tuple(map(str, reversed(MONTH_ENDS))))
        assert places_of(line_kpi(values, table=in_another_order)) == BESIDE_IT

    def test_have_names_of_their_own_where_the_first_column_does_not_read_so(self) -> None:
        texts = table_of(SHARES, Column("month", "Month", Kind.TEXT))
        assert places_of(line_kpi(SHARES, table=texts)) == ("$H$8:$H$10", ["$B$8:$B$10"])
        months = table_of(SHARES, Column("month", "Month", Kind.MONTH), length=7)
        by_days = replace(share(SHARES), along=Axis("", Kind.DAY))
        places = places_of(line_kpi(SHARES, chart=by_days, table=months), formats.day_short)
        assert places == ("$H$8:$H$10", ["$B$8:$B$10"])
        named = replace(share(SHARES), along=Axis("", Kind.TEXT), categories=("Jan", "Feb", "Mar"))
        assert places_of(line_kpi(SHARES, chart=named)) == ("$H$8:$H$10", ["$B$8:$B$10"])

    def test_have_columns_of_their_own_for_levels_and_a_year_before(self) -> None:
        before = Series("A year earlier", tuple(map(Mark, (8.0, 8.1, 8.2))), is_year_before=True)
        chart = share(SHARES)
        chart = replace(chart, series=(*chart.series, before), levels=(Level("Target", 10.0),))
        kpi = line_kpi(SHARES, chart=chart)
        assert places_of(kpi) == ("$A$8:$A$10", ["$B$8:$B$10", "$H$8:$H$10", "$I$8:$I$10"])
        (sheet,) = sheets_of_kpis(opened(workbook.write(make_collected(kpi))))
        assert [sheet[place].value for place in ("H6", "H7", "I7")] == [
            "Chart values not in the table",
            "A year earlier (%)",
            "Target (%)",
        ]
        assert sheet["H8"].number_format == Kind.PERCENT.excel_format

    def test_leave_a_gap_where_the_table_says_not_available(self) -> None:
        """A cell with words would be drawn as 0."""
        kpi = line_kpi([9.5, None, 9.3])
        assert places_of(kpi) == NAMES_ALONE
        file = workbook.write(make_collected(kpi))
        book = opened(file)
        (sheet,) = sheets_of_kpis(book)
        (series,) = sheet._charts[0].series
        assert values_at(book, series.val.numRef.f) == [9.5, None, 9.3]
        assert "dispBlanksAs" not in parts(file)["xl/charts/chart1.xml"], "without a word Excel leaves a gap"
        assert sheet["B9"].value == "not available"

    def test_leave_out_a_column_in_which_a_number_is_hidden(self) -> None:
        """A number that reads as 0 is a word in a public table, and words are drawn as 0."""
        table = table_of([9.5, None, 9.3])
        assert places_of(line_kpi([9.5, 0.01, 9.3], table=table)) == NAMES_ALONE

    def test_of_bars_run_from_the_top_down_in_the_colours_of_the_screen(self) -> None:
        cases = Series("Cases", (Mark(3, label="3"), Mark(2, label="2")), tone=Tone.SECOND)
        kpi = make_kpi(chart=bars(["ASD", "SEMH"], Axis("Cases decided", Kind.COUNT), cases))
        book = opened(workbook.write(make_collected(kpi)))
        (sheet,) = sheets_of_kpis(book)
        (chart,) = sheet._charts
        assert list(wrong_charts(book, sheet, kpi)) == []
        assert (chart.barDir, chart.x_axis.scaling.orientation, chart.y_axis.crosses) == (
            "bar",
            "maxMin",
            "max",
        )
        assert chart.series[0].spPr.solidFill.srgbClr == "F46A25"
        assert values_at(book, chart.series[0].cat.strRef.f) == ["ASD", "SEMH"]

    def test_are_told_in_words(self) -> None:
        kpi = line_kpi([9.5, 9.4, 9.3], title="Share of plans", sentence="9.3% of plans & falling.")
        (drawing,) = (
            text
            for name, text in parts(workbook.write(make_collected(kpi))).items()
            if "drawings/drawing" in name
        )
        assert 'descr="Share of plans. 9.3% of plans &amp; falling."' in drawing


# What stands beside the figures


def full_report(**given: Any) -> Collected:
    """A report with all that a writer has to place, of two KPIs of one section."""
    comment = Comment("officer.one", AT, "=Placed early\r\n- in September")
    event = Event(date(2018, 9, 1), "New special school")
    section = Section("inmss", "INMSS data", (make_kpi(), make_kpi(variant="more")), (event,), (comment,))
    return make_collected(
        sections=(section,),
        provisional="Provisional: March 2019 is still open, so late payments may change these figures.",
        movements=("Children in INMSS fell from 850 to 842.",),
        differences=("Needs of children in INMSS: 842, before 841.",),
        **given,
    )


def texts_of(sheet: Any) -> str:
    return "\n".join(str(cell.value) for row in sheet for cell in row if cell.value is not None)


class TestWorkbook:
    def test_every_sheet_says_which_report_it_is_of_and_who_took_it(self) -> None:
        book = opened(workbook.write(full_report(), STAMP))
        for sheet in book.worksheets:
            told = texts_of(sheet)
            for words in (
                "Official: sensitive",
                "31 March 2019",
                "Draft, not approved",
                "Provisional: March 2019",
            ):
                assert words in told, sheet.title
            assert (STAMP.sentence in told) == (sheet.title != "Cover"), "the cover names nobody"
            assert sheet.oddHeader.left.text == "Official: sensitive"
            assert "Kent, 31 March 2019, version 1" in sheet.oddHeader.right.text
            assert sheet.oddFooter.right.text == "Page &P of &N"

    def test_sheets_stand_in_order_and_every_one_is_reached_from_the_contents(self) -> None:
        book = opened(workbook.write(full_report(audience=Audience.PUBLIC, threshold=5)))
        kpis = ["1 Needs of children in INMSS", "2 Needs of children in INMSS"]
        names = [
            "Cover",
            "Contents",
            "Differences",
            *kpis,
            "Definitions",
            "Symbols",
            "How this report was made",
        ]
        assert book.sheetnames == names
        links = {link.location for link in links_of(book["Contents"])}
        assert links == {f"'{name}'!A1" for name in names if name != "Contents"}
        assert "842, before 841" in texts_of(book["Differences"])
        assert "fell from 850 to 842" in texts_of(book["Cover"])
        assert "manager.one" not in texts_of(book["Cover"])
        assert "number from 1 to 4" in texts_of(book["Symbols"])

    def test_comments_and_events_stand_on_the_first_sheet_of_their_section(self) -> None:
        first, second = sheets_of_kpis(opened(workbook.write(full_report())))
        assert "officer.one, 10 April 2019:\n=Placed early\n• in September" in texts_of(first)
        assert "1 September 2018: New special school" in texts_of(first)
        assert "officer.one" not in texts_of(second)

    def test_tables_are_real_begin_in_one_row_and_keep_their_headings_in_sight(self) -> None:
        for sheet in sheets_of_kpis(opened(workbook.write(full_report()))):
            (table,) = sheet.tables.values()
            assert table.ref == "A7:B8"
            assert (sheet["A7"].value, sheet["B7"].value) == ("Primary need", "Children")
            assert (sheet.freeze_panes, sheet.print_title_rows) == ("A8", "$6:$7")
            assert sheet.page_setup.orientation == "landscape"
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            merged_in_table = [
                cells for cells in sheet.merged_cells.ranges if cells.min_col <= 2 and cells.min_row > 6
            ]
            assert merged_in_table == []

    def test_definitions_are_those_that_were_collected(self) -> None:
        rows = list(
            opened(workbook.write(full_report()))["Definitions"].iter_rows(min_row=5, values_only=True)
        )
        assert ("Needs of children in INMSS", "Counted", "Children") in rows
        assert ("Needs of children in INMSS", "Reviewed", "10 April 2019") in rows

    def test_a_kpi_without_rows_has_its_headings_and_no_chart(self) -> None:
        empty = make_kpi(rows=(), table=Table("Nothing", make_kpi().table.columns, ()))
        (sheet,) = sheets_of_kpis(opened(workbook.write(make_collected(empty))))
        assert (sheet["A7"].value, sheet["A8"].value) == ("Primary need", "No rows")
        assert (len(sheet.tables), len(sheet._charts)) == (0, 0)

    def test_numbers_fit_their_columns(self) -> None:
        """A number that is too wide is shown as ####."""
        large = 123_456_789_012
        cells = ((Cell(None, "ASD"), Cell(large, f"{large:,}")),)
        kpi = make_kpi(table=replace(make_kpi().table, rows=cells))
        (sheet,) = sheets_of_kpis(opened(workbook.write(make_collected(kpi))))
        assert sheet.column_dimensions["B"].width > len(f"{large:,}")

    def test_a_percentage_is_the_number_of_all_formats_and_its_heading_says_so(self) -> None:
        (sheet,) = sheets_of_kpis(opened(workbook.write(make_collected(line_kpi([9.52, 9.4, 9.3])))))
        assert (sheet["B7"].value, sheet["B8"].value, sheet["B8"].number_format) == (
            "Share (%)",
            9.52,
            "#,##0.0",
        )

    def test_the_logo_stands_on_the_cover_and_has_a_name(self) -> None:
        logo = BytesIO()
        Image.new("RGB", (600, 300), "navy").save(logo, "PNG")
        file = workbook.write(full_report(), logo=logo.getvalue())
        (image,) = opened(file)["Cover"]._images
        assert (image.width, image.height) == (600, 300)
        assert any(
            'descr="Logo of Kent"' in part for name, part in text_parts(file).items() if "drawing" in name
        )

    def test_properties_are_of_the_report_and_the_same_report_is_the_same_file(self) -> None:
        properties = opened(workbook.write(full_report())).properties
        assert properties.title == "SEN Improvement Project: monthly report, March 2019"
        assert properties.created == AT.replace(tzinfo=None)
        assert workbook.write(full_report(), STAMP) == workbook.write(full_report(), STAMP)


def text_parts(file: bytes) -> dict[str, str]:
    with ZipFile(BytesIO(file)) as archive:
        return {
            name: archive.read(name).decode("utf-8-sig")
            for name in archive.namelist()
            if not name.endswith(".png")
        }


class TestCsvPack:
    def test_metadata_describe_every_file_as_it_is(self) -> None:
        pack = parts(csv_pack.write(full_report(audience=Audience.PUBLIC, threshold=5), STAMP))
        metadata = json.loads(pack.pop("metadata.json"))
        assert set(pack) == {file["name"] for file in metadata["files"]} | {"README.txt"}
        for file in metadata["files"]:
            content = pack[file["name"]]
            heading, *rows = csv.reader(StringIO(content, newline=""))
            assert heading == [column["key"] for column in file["columns"]]
            assert len(rows) == file["rows"]
            assert sha256(content.encode("utf-8-sig")).hexdigest() == file["sha256"]
            assert all(
                column["kind"] in metadata["kinds"] and column["heading"] for column in file["columns"]
            )
            assert all(file[key] for key in ("title", "source"))
        assert metadata["symbols"].keys() == {"c", "z", "x", "low", "about"}
        told = {
            key: metadata[key] for key in ("council", "month", "version", "audience", "marking", "status")
        }
        assert told == {
            "council": "Kent",
            "month": "2019-03",
            "version": 1,
            "audience": "public",
            "marking": "Public",
            "status": "Draft, not approved",
        }
        assert metadata["downloaded"] == STAMP.sentence
        assert STAMP.sentence in pack["README.txt"]
        assert metadata["provisional"] in pack["README.txt"]

    def test_numbers_under_one_key_take_a_column_each(self) -> None:
        kpi = make_kpi(rows=({"month": "2019-03", "by_route": {"PANEL": 2, "OTHER": None}},))
        pack = csv_pack.write(make_collected(kpi))
        assert rows_of(pack, "need_mix.csv") == [
            {"month": "2019-03", "by_route.PANEL": "2", "by_route.OTHER": ""}
        ]

    def test_a_kpi_without_rows_still_names_its_columns(self) -> None:
        pack = csv_pack.write(make_collected(make_kpi(rows=())))
        assert parts(pack)["need_mix.csv"].split() == ["need,children"]

    def test_comments_are_kept_and_none_is_a_formula(self) -> None:
        (row,) = rows_of(csv_pack.write(full_report()), "commentary.csv")
        assert (row["author"], row["text"]) == ("officer.one", "'=Placed early\r\n- in September")

    def test_the_same_report_is_the_same_file(self) -> None:
        assert csv_pack.write(full_report(), STAMP) == csv_pack.write(full_report(), STAMP)


# Hidden figures


def test_a_hidden_figure_is_a_symbol_and_nothing_else_tells_it() -> None:
    inside = make_kpi(children=4242)
    public = replace(
        inside,
        headline={"children": "c"},
        rows=({"need": "ASD", "children": "c"},),
        table=replace(inside.table, rows=((Cell(None, "Autism"), Cell(None, "c")),)),
        sentence="",
        facts=(),
        is_hidden=True,
    )
    collected = make_collected(public, audience=Audience.PUBLIC, threshold=5)
    book = workbook.write(collected)
    (sheet,) = sheets_of_kpis(opened(book))
    assert sheet["B8"].value == "c"
    assert "Some of these figures are hidden" in texts_of(sheet)
    pack = csv_pack.write(collected)
    assert rows_of(pack, "need_mix.csv") == [{"need": "ASD", "children": "c", "rounded": ""}]
    assert rows_of(pack, "headline.csv") == [
        {"kpi": "need_mix", "key": "children", "value": "c", "rounded": ""}
    ]
    for file in (book, pack):
        assert [name for name, part in parts(file).items() if "4242" in part or "4,242" in part] == []


def test_who_opens_the_workbook_sees_which_counts_are_rounded() -> None:
    """They stay numbers."""
    kpi = make_kpi(
        table=replace(make_kpi().table, rows=((Cell(None, "Autism"), Cell(30, "about 30")),)), rows=()
    )
    (sheet,) = sheets_of_kpis(
        opened(workbook.write(make_collected(kpi, audience=Audience.PUBLIC, threshold=5)))
    )
    assert (sheet["B8"].value, sheet["B8"].number_format) == (30, '"about "#,##0')


def test_who_reads_the_csv_files_sees_which_counts_are_rounded() -> None:
    """In the public pack alone; a number like any other would be taken for the exact one."""
    kpi = make_kpi(
        children=840,
        headline={"children": 840, "late": {"A": 30, "B": 7}},
        rows=({"need": "ASD", "children": 30, "late": 20}, {"need": "PD", "children": 810, "late": 30}),
        table=replace(
            make_kpi().table, rows=((Cell(None, "Autism"), Cell(30, "about 30")),) * 2, row_keys=("ASD", "PD")
        ),
        rounded=("ASD: children", "ASD: late", "PD: late", "children", "late.A"),
    )
    pack = csv_pack.write(make_collected(kpi, audience=Audience.PUBLIC, threshold=5))
    assert [row["rounded"] for row in rows_of(pack, "need_mix.csv")] == ["children late", "late"]
    assert [(row["key"], row["rounded"]) for row in rows_of(pack, "headline.csv")] == [
        ("children", "children"),
        ("late.A", "late.A"),
        ("late.B", ""),
    ]
    told = parts(pack)
    assert "counts under the keys that “rounded” names are rounded to the nearest 10" in " ".join(
        told["README.txt"].split()
    )
    assert "Numbers are unrounded" not in told["README.txt"]
    assert '"heading": "Counts rounded to the nearest 10, by their keys"' in told["metadata.json"]
    inside = csv_pack.write(make_collected(kpi))
    assert "rounded" not in rows_of(inside, "need_mix.csv")[0]
    assert "Numbers are unrounded" in parts(inside)["README.txt"]


# Odd texts

ODD = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="=+-@'\"&<>[]:*?/\\\t\n\r\0\x01\x1f\x7f\ufffe_x0041", min_size=1, max_size=40),
    st.sampled_from(
        ["=1+1", "{=1+1}", "<r><t>x</t></r>", "http://a.example", "x" * 400, "_x000D_", "internal:A1"]
    ),
)


def written(text: str) -> str:
    """A text as a sheet can hold it."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join("\ufffd" if is_forbidden(sign) else sign for sign in plain)
    return f"'{plain}" if plain.startswith("<r>") else plain


def is_forbidden(sign: str) -> bool:
    """Whether XML can hold a character, or Excel takes it for a control character."""
    return (sign < " " and sign not in "\n\t") or sign in "\x7f\ufffe\uffff"


@settings(max_examples=60, deadline=None)
@given(titles=st.lists(ODD, min_size=2, max_size=4), text=ODD)
def test_any_text_stays_a_text_and_the_files_open(titles: list[str], text: str) -> None:
    chart = bars([text], Axis(text, Kind.COUNT), Series(text, (Mark(3, label=text),)))
    kpis = [
        make_kpi(
            variant=str(number),
            title=title,
            sentence=text,
            caveats=(text,),
            chosen=(text,),
            chart=chart,
            rows=({"need": text, "children": 3},),
            table=Table(
                text,
                (Column("need", title, Kind.TEXT), Column("children", title, Kind.COUNT)),
                ((Cell(None, text), Cell(3, "3")),),
            ),
        )
        for number, title in enumerate([*titles, titles[0]])
    ]
    section = Section("inmss", text, tuple(kpis), comments=(Comment(text, AT, text),))
    collected = make_collected(sections=(section,), council=text, movements=(text,), provisional=text)

    book = opened(workbook.write(collected, Stamp(text, AT)))
    sheets = sheets_of_kpis(book)
    assert len(sheets) == len(kpis)
    assert len({name.lower() for name in book.sheetnames}) == len(book.sheetnames)
    for sheet in book.worksheets:
        assert all(cell.data_type != "f" for row in sheet for cell in row)
        assert all(link.target is None for link in links_of(sheet))
    for sheet in sheets:
        assert (sheet["A8"].value or "") == written(text)

    (row,) = rows_of(csv_pack.write(collected, Stamp(text, AT)), "need_mix-0.csv")
    assert row == {"need": safe_cell(text), "children": "3"}
