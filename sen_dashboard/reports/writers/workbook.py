"""The report as an Excel workbook: a cover, contents, a sheet for each KPI with table and chart, definitions.

On a KPI's sheet the table always begins in the same row, below frozen rows: title, sentence, question and marking.
Beside it are the facts, comments, and the chart. A percentage is the number from 0 to 100 that all formats carry, under
a heading that ends in (%), so that no cell shows a number other than it holds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from io import BytesIO
from math import ceil
from re import sub
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.image import Image

from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Event
from sen_dashboard.core.disclosure.suppression import ABOUT
from sen_dashboard.core.kinds import Kind
from sen_dashboard.reports.collected import (
    Cell,
    Collected,
    CollectedKpi,
    Column,
    Comment,
    Part,
    Section,
    Summary,
    Table,
    with_each_text,
)
from sen_dashboard.reports.writers import MADE, Stamp, made, sheet_charts, symbols
from sen_dashboard.reports.writers.sheet_charts import Extra
from sen_dashboard.reports.writers.sheets import (
    LETTER,
    LETTERS,
    LINK,
    OPTIONS,
    Link,
    Page,
    Styles,
    lines,
    set_up_print,
    sheet_name,
    width_of,
    without_marks,
)

COVER, CONTENTS, SUMMARY, DIFFERENCES = "Cover", "Contents", "Summary", "Differences"
COMMENTS = "Comments"
DEFINITIONS, SYMBOLS = "Definitions", "Symbols"
NARROWEST, WIDEST = 11, 46
"""The limits of a table column's width, in digits."""
GAP = 3
FACTS = (32, 15, 38)
"""The widths in letters of the three columns beside a table: a fact's label, its value, and the counts behind it."""
CAPTION, HEADING = 5, 6
"""The rows of a KPI's sheet with the table's caption and headings."""
LOGO_HEIGHT, LOGO_WIDTH = 64, 220  # pixels, at most
SHORT = 40
"""The most rows of a table that is printed on one page with its chart; a longer one takes more pages."""


@dataclass(frozen=True)
class _Entry:
    """A KPI with its section, its place in the report, and its sheet."""

    number: int
    section: Section
    kpi: CollectedKpi

    @property
    def title(self) -> str:
        """The KPI's title with its choices."""
        chosen = "; ".join(self.kpi.chosen)
        return f"{self.kpi.title} ({chosen})" if chosen else self.kpi.title

    @property
    def sheet(self) -> str:
        chosen = [choice.partition(": ")[2] or choice for choice in self.kpi.chosen]
        return sheet_name(self.number, ", ".join((self.kpi.title, *chosen)))

    @property
    def is_first(self) -> bool:
        """Whether the sheet has the comments on the section."""
        return self.section.kpis[0] is self.kpi


def write(collected: Collected, stamp: Stamp | None = None, logo: bytes | None = None) -> bytes:
    """The workbook. ``logo`` is a PNG or JPEG image. Raises an exception of XlsxWriter for any other logo."""
    file = BytesIO()
    fit = with_each_text(collected, _fit)
    with Workbook(file, OPTIONS) as book:
        _Writer(book, fit, stamp and replace(stamp, who=_fit(stamp.who))).write(logo)
    return file.getvalue()


def _fit(text: str) -> str:
    """A text as XML can hold it: line ends as \\n, characters that XML forbids as �.

    Headings of tables and names of sheets are written past ``Page.write``, so that marks are seen to here as well.
    """
    text = sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", "\ufffd", sub("\r\n?", "\n", text))
    return without_marks(text)


class _Writer:
    """Writes the sheets of a report into a workbook, in their order."""

    def __init__(self, book: Workbook, collected: Collected, stamp: Stamp | None) -> None:
        self.book = book
        self.collected = collected
        self.stamp = stamp
        self.styles = Styles(book)
        placed = [(section, kpi) for section in collected.sections for kpi in section.kpis]
        self.entries = [_Entry(number, *place) for number, place in enumerate(placed, start=1)]

    def write(self, logo: bytes | None) -> None:
        self.book.set_properties(
            {
                "title": f"{self.collected.title}, {self._month}",
                "subject": "Figures of the special educational needs service",
                "author": self.collected.council,
                "company": self.collected.council,
                "category": self.collected.audience.marking,
                "comments": self._marks,
                "created": self.collected.collected_at.astimezone(UTC).replace(tzinfo=None),
            }
        )
        self._cover(logo)
        self._contents()
        if self.collected.summary:
            self._summary(self.collected.summary)
        if self.collected.differences:
            self._differences()
        for section in self.collected.sections:
            for part in section.parts:
                self._part(section, part)
            for entry in self.entries:
                if entry.section is section:
                    self._kpi(entry)
        if self.comments:
            self._comments()
        self._definitions()
        if symbols(self.collected):
            self._symbols()
        self._made()

    # Common to all sheets

    @property
    def _month(self) -> str:
        return formats.month_in_words(self.collected.as_at)

    @property
    def _edition(self) -> str:
        """The report and its version."""
        return (
            f"{self.collected.council}, {formats.day(self.collected.as_at)}, version {self.collected.version}"
        )

    @property
    def _marks(self) -> str:
        """The line about the report on every sheet."""
        marking = self.collected.audience.marking
        unpublished = "" if self.collected.published_at else f"{self.collected.progress}."
        stamp = self.stamp.sentence if self.stamp else ""
        parts = (f"{marking}.", f"{self._edition}.", unpublished, self.collected.provisional, stamp)
        return " ".join(filter(None, parts))

    def _page(self, name: str, widths: tuple[int, ...], repeated: tuple[int, int]) -> Page:
        """A new sheet with columns of ``widths``; ``repeated`` rows are printed on every page."""
        sheet = self.book.add_worksheet(name)
        set_up_print(
            sheet,
            header=(self.collected.audience.marking, self._edition),
            footer=f"{self.collected.title}: {name}",
            repeated=repeated,
        )
        return Page(sheet, self.styles, widths)

    # The sheets about the whole report

    def _cover(self, logo: bytes | None) -> None:
        page = self._page(COVER, (24, 90, 28), (0, 0))
        page.write(0, 0, self.collected.title, self.styles.title)
        page.set_lines(0, 4 if logo else 2)
        page.write(1, 0, f"{self.collected.council}, {self._month}", self.styles.subtitle)
        page.set_lines(1, 2)
        if logo:
            _insert_logo(page, logo, f"Logo of {self.collected.council}")
        row = 2
        for label, words in self._particulars():
            page.write(row, 0, label, self.styles.bold)
            row = page.block(row, 1, 1, words, self.styles.text)
        if self.collected.movements and self.collected.summary is None:
            page.write(row + 1, 0, "What changed most", self.styles.subtitle)
            row += 2
            for movement in self.collected.movements:
                row = page.block(row, 0, 1, movement, self.styles.text)
        page.write(row + 1, 0, Link(CONTENTS), self.styles.link)

    def _particulars(self) -> Iterator[tuple[str, str]]:
        collected = self.collected
        yield "Marking", collected.audience.marking
        yield "Figures as at", formats.day(collected.as_at)
        yield "Version", str(collected.version)
        yield "Status", collected.progress
        if collected.provisional:
            yield "Figures", collected.provisional

    def _contents(self) -> None:
        rows: list[list[Any]] = []
        for section in self.collected.sections:
            rows += [[Link(part.title), section.title, part.message] for part in section.parts]
            rows += [
                [
                    Link(one.sheet, f"{one.number} {one.title}"),
                    section.title,
                    one.kpi.message or one.kpi.answer,
                ]
                for one in self.entries
                if one.section is section
            ]
        if self.comments:
            rows.append([Link(COMMENTS), "", "Managers’ comments on sections without figures"])
        first: list[list[Any]] = [[Link(COVER), "", "Report details"]]
        if self.collected.summary:
            first.append([Link(SUMMARY), "", self.collected.summary.message])
        if self.collected.differences:
            first.append([Link(DIFFERENCES), "", "What this version corrects"])
        last: list[list[Any]] = [
            [Link(DEFINITIONS), "", "What each figure is, and who is responsible for it"]
        ]
        if symbols(self.collected):
            last.append([Link(SYMBOLS), "", "What is shown in place of a hidden or missing number"])
        last.append([Link(MADE), "", "Who collected, commented on, approved and published it, and when"])
        headings = {"Sheet": 62, "Section": 38, "Contents": 80}
        self._list(CONTENTS, headings, first + rows + last, back=COVER)

    def _summary(self, summary: Summary) -> None:
        """Add what is off target, what changed and what is asked for, each in a row."""
        rows = [
            *(["Off target", one.message, one.standing, one.words] for one in summary.off_target),
            *(["What changed", words, "", ""] for words in self.collected.movements),
            *(["Decisions needed", words, "", ""] for words in summary.asked or ()),
        ]
        self._list(SUMMARY, {"What": 20, "In words": 80, "Standing": 28, "How far, and why": 70}, rows)

    def _part(self, section: Section, part: Part) -> None:
        """Add the sheet of a part of the programme, with its text above its table."""
        columns = part.table.columns if part.table else ()
        headings = {column.heading: 14 if column.is_number else 40 for column in columns} or {"Aim": 110}
        rows = [
            [_value(cell, column.kind) for column, cell in zip(columns, row, strict=True)]
            for row in (part.table.rows if part.table else ())
        ]
        said = " ".join(filter(None, (f"{part.message}.", part.says)))
        self._list(part.title, headings, rows or [[part.says]], said=said)

    @property
    def comments(self) -> list[list[str]]:
        """The comments on sections that have no KPI's sheet for them."""
        return [
            [section.title, _comment(one)]
            for section in self.collected.sections
            if not section.kpis
            for one in section.comments
        ]

    def _comments(self) -> None:
        self._list(COMMENTS, {"Section": 38, "Comment": 110}, self.comments)

    def _differences(self) -> None:
        rows = [[difference] for difference in self.collected.differences]
        self._list(DIFFERENCES, {"What this version corrects": 140}, rows)

    def _definitions(self) -> None:
        """Add a row for each part of a definition: with a column for each it would be too wide to read."""
        kpis = {kpi.slug: kpi for kpi in self.collected.kpis}.values()
        rows = [[kpi.title, part, words] for kpi in kpis for part, words in kpi.definition.items()]
        self._list(DEFINITIONS, {"KPI": 42, "Part": 24, "In words": 100}, rows)

    def _symbols(self) -> None:
        rows = [[symbol, meaning] for symbol, meaning in symbols(self.collected).items()]
        self._list(SYMBOLS, {"Symbol": 12, "What it means": 110}, rows)

    def _made(self) -> None:
        self._list(MADE, {"What": 24, "In words": 100}, list(made(self.collected, self.stamp)))

    def _list(
        self,
        name: str,
        headings: dict[str, int],
        rows: Sequence[Sequence[Any]],
        back: str = CONTENTS,
        said: str = "",
    ) -> None:
        """Add a sheet with one table of texts, numbers, days and links; ``headings`` maps headings to column widths.

        The text ``said`` goes above it.
        """
        page = self._page(name, tuple(headings.values()), (3, 3))
        page.write(0, 0, name, self.styles.title)
        page.set_lines(0, 2)
        page.across(1, f"{said} {self._marks}".strip(), self.styles.text)
        page.write(2, 0, Link(back), self.styles.link)
        page.table(3, list(headings), [False] * len(headings), len(rows), name)
        for row, values in enumerate(rows, start=4):
            for column, value in enumerate(values):
                is_link = isinstance(value, Link)
                shown = Kind.DAY.excel_format if isinstance(value, date) else ""
                page.write(row, column, value, self.styles.cell(shown, **LINK if is_link else {}))
                page.set_lines(row, lines(value.text if is_link else str(value), page.widths[column]))
        page.sheet.freeze_panes(4, 0)

    # The sheet of a KPI

    def _kpi(self, entry: _Entry) -> None:
        table = entry.kpi.table
        page = self._page(entry.sheet, (*_widths(table), GAP, *FACTS), (CAPTION, HEADING))
        page.write(0, 0, entry.kpi.message or entry.kpi.name, self.styles.title)
        page.set_lines(0, 2)
        page.across(1, entry.kpi.answer, self.styles.get(text_wrap=True, bold=True, font_size=12))
        page.across(2, entry.kpi.definition.question, self.styles.text)
        page.across(3, f"{entry.section.title}: {entry.kpi.name}. {self._marks}", self.styles.text)
        page.write(4, 0, Link(CONTENTS), self.styles.link)
        page.across(CAPTION, table.caption, self.styles.bold)
        end = self._table(page, entry)
        row = self._beside(page, entry)
        end = max(end, row, self._chart(page, entry, row))
        page.sheet.freeze_panes(HEADING + 1, 0)
        page.sheet.fit_to_pages(1, 1 if len(table.rows) <= SHORT else 0)
        page.sheet.print_area(0, 0, end, len(page.widths) - 1)

    def _table(self, page: Page, entry: _Entry) -> int:
        """Write the KPI's table; returns the next free row."""
        table = entry.kpi.table
        numbers = [column.is_number for column in table.columns]
        headings = [_with_unit(column.heading, column.kind) for column in table.columns]
        page.table(HEADING, headings, numbers, len(table.rows), f"kpi_{entry.number}_{entry.kpi.key}")
        for row, cells in enumerate(table.rows, start=HEADING + 1):
            for number, (column, cell) in enumerate(zip(table.columns, cells, strict=True)):
                style = self.styles.cell(_format(cell, column.kind), is_number=column.is_number)
                page.write(row, number, _value(cell, column.kind), style)
                page.set_lines(row, lines(cell.text, page.widths[number]))
        if not table.rows:
            page.write(HEADING + 1, 0, "No rows", self.styles.text)
        return HEADING + 1 + max(len(table.rows), 1)

    def _beside(self, page: Page, entry: _Entry) -> int:
        """Write facts, notes and comments beside the table; returns the next free row."""
        row, first, last = HEADING + 1, len(page.widths) - len(FACTS), len(page.widths) - 1
        if entry.kpi.facts:
            page.write(row, first, "Figures", self.styles.subtitle)
            row = self._facts(page, entry.kpi, row + 1, first) + 1
        for heading, texts in _notes(entry):
            if texts:
                page.write(row, first, heading, self.styles.subtitle)
                row += 1
                for text in texts:
                    row = page.block(row, first, last, text, self.styles.text)
                row += 1
        return row

    def _facts(self, page: Page, kpi: CollectedKpi, row: int, first: int) -> int:
        """Write each fact's label, its value, and the raw counts behind it; returns the next free row."""
        for fact in kpi.facts:
            label = _with_unit(fact.label, fact.kind)
            value = _value(fact.cell, fact.kind)
            count = max(
                lines(text, width)
                for text, width in zip((label, fact.cell.text, fact.raw), FACTS, strict=True)
            )
            page.block(row, first, first, label, self.styles.text, count)
            raw = self.styles.get(text_wrap=True, align="left", indent=1)
            page.block(row, first + 2, first + 2, fact.raw, raw, count)
            shown = {"num_format": fact.kind.excel_format} if fact.kind.excel_format else {}
            page.block(
                row,
                first + 1,
                first + 1,
                value,
                self.styles.get(align="right", text_wrap=True, **shown),
                count,
            )
            row += count
        return row

    def _chart(self, page: Page, entry: _Entry, row: int) -> int:
        """Add the chart in ``row`` beside the table, and its own columns to the right; returns the next free row."""
        if entry.kpi.chart is None:
            return row
        free = len(page.widths) + 1
        laid = sheet_charts.lay(entry.kpi.chart, entry.kpi.table, entry.sheet, HEADING, free)
        self._columns_of_chart(page, laid.extra, free)
        chart = sheet_charts.native(self.book, entry.kpi.chart, laid, entry.title, sum(FACTS) * LETTER)
        described = {"object_position": 2, "description": f"{entry.title}. {entry.kpi.answer}"}
        page.sheet.insert_chart(row, free - 1 - len(FACTS), chart, described)
        return page.below(row, sheet_charts.height(entry.kpi.chart))

    def _columns_of_chart(self, page: Page, extra: Sequence[Extra], free: int) -> None:
        """Write the chart's data that are not in the table, in columns outside the printed area."""
        if extra:
            page.write(CAPTION, free, "Chart values not in the table", self.styles.bold)
        for column, one in enumerate(extra, start=free):
            heading = _with_unit(one.heading, one.kind) if one.heading else ""
            page.write(HEADING, column, heading, self.styles.heading(is_number=one.kind.is_number))
            page.sheet.set_column(column, column, max(16, *(len(str(value)) + 2 for value in one.values)))
            style = self.styles.cell(one.kind.excel_format, is_number=one.kind.is_number)
            for row, value in enumerate(one.values, start=HEADING + 1):
                if value is not None:
                    page.write(row, column, value, style)


def _insert_logo(page: Page, logo: bytes, description: str) -> None:
    """Add the logo to the right of the title, no larger than its place."""
    image = Image(BytesIO(logo))
    wide, high = image.width * 96 / image.x_dpi, image.height * 96 / image.y_dpi
    scale = min(LOGO_HEIGHT / high, LOGO_WIDTH / wide)
    page.sheet.insert_image(
        0, 2, image, {"x_scale": scale, "y_scale": scale, "description": description, "object_position": 2}
    )


def _notes(entry: _Entry) -> Iterator[tuple[str, list[str]]]:
    """The texts below the facts, by heading."""
    kpi, section = entry.kpi, entry.section
    yield (
        "Target",
        [" ".join(filter(None, (f"{kpi.standing}." if kpi.standing else "", kpi.basis)))]
        if kpi.basis
        else [],
    )
    yield "Notes", list(kpi.caveats)
    if entry.is_first:
        yield (
            f"Comments on {section.title}",
            [_comment(one) for one in section.comments],
        )
        yield "Events of the financial year", list(map(_describe, section.events))
    yield "Events in these months", list(map(_describe, kpi.events))


def _comment(comment: Comment) -> str:
    """The author, then the lines and points one below the other."""
    lines = (f"• {line.text}" if line.is_point else line.text for line in comment.lines)
    return "\n".join((f"{comment.by}:", *lines))


def _describe(event: Event) -> str:
    return f"{formats.day(event.day)}: {event.title}"


def _with_unit(heading: str, kind: Kind) -> str:
    """The heading with the unit of its numbers, unless it already has one."""
    return f"{heading} ({kind.heading_unit})" if kind.heading_unit else heading


def _format(cell: Cell, kind: Kind) -> str:
    """The number format of a cell; a rounded count reads as rounded but stays a number."""
    is_about = kind.excel_format and cell.text.startswith(f"{ABOUT} ")
    return f'"{ABOUT} "{kind.excel_format}' if is_about else kind.excel_format


def _value(cell: Cell, kind: Kind) -> str | int | float | date:
    """The value of a cell in the sheet: a number or day if known, otherwise the text."""
    if kind is Kind.MONTH and cell.value:
        return date.fromisoformat(f"{cell.value}-01")
    value = cell.value_of(kind)
    return cell.text if value is None or isinstance(value, str) else value


def _widths(table: Table) -> tuple[int, ...]:
    """The widths of a table's columns; long texts wrap, numbers never do."""
    return tuple(
        _width(column, [row[number].text for row in table.rows])
        for number, column in enumerate(table.columns)
    )


def _width(column: Column, texts: Sequence[str]) -> int:
    heading = width_of(_with_unit(column.heading, column.kind)) + 3
    longest = max(map(len, texts), default=0)
    if column.kind is Kind.TEXT:
        return min(max(NARROWEST, heading, ceil(longest / LETTERS) + 2), WIDEST)
    return max(NARROWEST, min(heading, WIDEST), longest + 3)
