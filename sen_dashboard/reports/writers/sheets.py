"""Sheets of a workbook in the house style: text that fits, real tables, and set up to be printed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from re import sub
from textwrap import wrap
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sen_dashboard.core.charts.chart import Tone
from sen_dashboard.core.charts.palette import TEXT, TONES

FONT = "Arial"
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "default_format_properties": {"font_name": FONT, "font_size": 11, "font_color": TEXT},
    "default_column_width": 72,
    "default_row_height": 20,
}
"""Of the workbook; the last two are Excel's own for the font."""
ROW = 20
"""Pixels of a row with one line of text; another line takes as much."""
POINTS = 0.75  # of a pixel
LETTER, AROUND = 8, 5
"""Pixels of a digit and of a column's edges; the width of a column is in digits."""
LETTERS = 1.1
"""Letters of a text that take the room of a digit: fewer than there are, so that no line is cut."""
LONGEST_NAME = 31
"""Of a sheet: Excel's limit."""
LONGEST_HEADING = 200
"""Of a column of a table: Excel's limit is 255."""
LONGEST_PRINTED = 90
"""Of a text at the head or foot of a page: all there may take 255, each & being two."""
LINK: dict[str, Any] = {"font_color": "#1D70B8", "underline": 1}
HIGHEST = 540
"""Pixels of a row: Excel's limit is 409 points."""


class Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def get(self, **properties: Any) -> Format:
        """The format of these properties, text at the top of its cell."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"valign": "top", **properties})
        return self._made[key]

    @property
    def title(self) -> Format:
        return self.get(bold=True, font_size=18, font_color=TONES[Tone.MAIN])

    @property
    def subtitle(self) -> Format:
        return self.get(bold=True, font_size=13, font_color=TONES[Tone.MAIN])

    @property
    def bold(self) -> Format:
        return self.get(bold=True)

    @property
    def text(self) -> Format:
        return self.get(text_wrap=True, align="left")

    @property
    def link(self) -> Format:
        return self.get(**LINK)

    def heading(self, *, is_number: bool) -> Format:
        """The heading of a column, on the side on which its cells stand."""
        white_on_blue = {"bold": True, "font_color": "#FFFFFF", "bg_color": TONES[Tone.MAIN]}
        return self.get(**white_on_blue, text_wrap=True, valign="bottom", **_side(is_number))

    def cell(self, number_format: str = "", *, is_number: bool = False, **properties: Any) -> Format:
        """A cell of a table."""
        shown = {"num_format": number_format} if number_format else {"text_wrap": True}
        line = {"bottom": 1, "bottom_color": "#B1B4B6"}
        return self.get(**shown, **line, **_side(is_number), **properties)


def _side(is_number: bool) -> dict[str, Any]:
    return {"align": "right"} if is_number else {"align": "left", "indent": 1}


def without_marks(text: str) -> str:
    """The text as XlsxWriter may have it: what begins with ``<r>`` it would write as marks of its own, unescaped."""
    return f"'{text}" if text.startswith("<r>") else text


@dataclass(frozen=True)
class Link:
    """A cell that leads to the top of a sheet of the workbook, under the sheet's name or other ``words``."""

    sheet: str
    words: str = ""

    @property
    def text(self) -> str:
        return self.words or self.sheet


@dataclass
class Page:
    """A sheet being written. Rows and columns count from 0, widths are letters."""

    sheet: Worksheet
    styles: Styles
    widths: tuple[int, ...]
    heights: dict[int, int] = field(default_factory=dict)
    """Pixels of the rows that are higher than one line."""

    def __post_init__(self) -> None:
        for column, width in enumerate(self.widths):
            self.sheet.set_column_pixels(column, column, width * LETTER + AROUND)

    def write(self, row: int, column: int, value: str | int | float | date | Link, style: Format) -> None:
        """A cell by what it holds; a text is never a formula."""
        if isinstance(value, Link):
            self.sheet.write_url(row, column, f"internal:'{_quoted(value.sheet)}'!A1", style, value.text)
        elif isinstance(value, str):
            self.sheet.write_string(row, column, without_marks(value), style)
        elif isinstance(value, date):
            self.sheet.write_datetime(row, column, value, style)
        else:
            self.sheet.write_number(row, column, value, style)

    def set_lines(self, row: int, lines: int) -> None:
        """Make the row high enough for that many lines."""
        self.heights[row] = min(max(self.heights.get(row, ROW), lines * ROW), HIGHEST)
        self.sheet.set_row_pixels(row, self.heights[row])

    def across(self, row: int, text: str, style: Format) -> None:
        """A text over the whole width, the row as high as it needs."""
        last = len(self.widths) - 1
        if last:
            self.sheet.merge_range(row, 0, row, last, "", style)
        self.write(row, 0, text, style)
        self.set_lines(row, lines(text, sum(self.widths)))

    def block(
        self, row: int, first: int, last: int, value: str | int | float | date, style: Format, count: int = 1
    ) -> int:
        """A value over columns and as many rows as it needs, at least ``count``; the next free row.

        Rows keep their heights, which are those of the table beside.
        """
        if isinstance(value, str):
            count = max(count, lines(value, sum(self.widths[first : last + 1])))
        if count > 1 or last > first:
            self.sheet.merge_range(row, first, row + count - 1, last, "", style)
        self.write(row, first, value, style)
        return row + count

    def below(self, row: int, pixels: int) -> int:
        """The first row that begins at least ``pixels`` below the top of ``row``."""
        while pixels > 0:
            pixels -= self.heights.get(row, ROW)
            row += 1
        return row

    def table(
        self, row: int, headings: Sequence[str], numbers: Sequence[bool], count: int, name: str
    ) -> None:
        """A table of Excel's with ``count`` rows below its headings in ``row``; its cells are written by the caller.

        Excel has no table without a row: then there are the headings alone.
        """
        headings = unique(headings)
        styles = [self.styles.heading(is_number=is_number) for is_number in numbers]
        for column, (heading, style) in enumerate(zip(headings, styles, strict=True)):
            self.write(row, column, heading, style)
            self.set_lines(row, lines(heading, self.widths[column]))
        if count:
            columns = [
                {"header": heading, "header_format": style}
                for heading, style in zip(headings, styles, strict=True)
            ]
            options = {
                "name": sub(r"[^A-Za-z0-9_]", "_", name)[:200],
                "columns": columns,
                "autofilter": False,  # it would hide rows of what stands beside the table
                "style": "Table Style Light 1",
            }
            self.sheet.add_table(row, 0, row + count, len(headings) - 1, options)


def lines(text: str, width: int) -> int:
    """How many lines a text takes in a column of that width."""
    room = int(width * LETTERS)
    return sum(len(wrap(part, room)) if len(part) > room else 1 for part in text.split("\n"))


def width_of(text: str) -> int:
    """Letters of the longest word."""
    return max(map(len, text.split()), default=0)


def unique(names: Sequence[str]) -> list[str]:
    """The names, on one line each, with a number after one that is there already: Excel wants a table's headings so."""
    seen: set[str] = set()
    found = []
    for name in names:
        plain = " ".join(name.split())[:LONGEST_HEADING] or "Column"
        number, candidate = 1, plain
        while candidate.lower() in seen:
            number += 1
            candidate = f"{plain} ({number})"
        seen.add(candidate.lower())
        found.append(candidate)
    return found


def sheet_name(number: int, title: str) -> str:
    """``3 Growth of INMSS and state…``: told from all others by its number, of at most 31 characters.

    Left out are the signs that Excel allows in no name.
    """
    plain = " ".join(sub(r"[\[\]:*?/\\]", " ", title).split())
    name = f"{number} {plain}".strip()
    if _units(name) > LONGEST_NAME:
        while _units(name) >= LONGEST_NAME:
            name = name[:-1]
        whole_words = name.rsplit(" ", 1)[0] if " " in name.removeprefix(f"{number} ") else name
        name = f"{whole_words.rstrip(' ,')}…"
    return name.rstrip("'")


def _units(text: str) -> int:
    """UTF-16 units, which Excel counts."""
    return len(text.encode("utf-16-le")) // 2


def _quoted(name: str) -> str:
    """The name of a sheet as it stands within apostrophes."""
    return name.replace("'", "''")


def set_up_print(
    sheet: Worksheet, *, header: tuple[str, str], footer: str, repeated: tuple[int, int]
) -> None:
    """A4 across, one page wide, with the headings and marking on every page.

    ``header`` stands on the left and right, ``footer`` on the left of the number of the page; ``repeated`` are the
    first and last row of the headings.
    """
    left, right = (_for_print(text) for text in header)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
    sheet.set_header(f'&L&"{FONT},Bold"{left}&R&"{FONT}"{right}')
    sheet.set_footer(f'&L&"{FONT}"{_for_print(footer)}&RPage &P of &N')
    sheet.repeat_rows(*repeated)
    sheet.hide_gridlines(2)


def _for_print(text: str) -> str:
    """A text for the head or foot of a page, where & is a sign of Excel's own."""
    return " ".join(text.split())[:LONGEST_PRINTED].replace("&", "&&")
