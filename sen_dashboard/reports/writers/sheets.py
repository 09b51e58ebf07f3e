"""Sheets of a workbook in the house style: text that fits, real tables, and print settings."""

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
"""The workbook's options; the last two are Excel's defaults for the font."""
ROW = 20
"""Pixels of a row, for each line of text."""
POINTS = 0.75  # of a pixel
LETTER, AROUND = 8, 5
"""Pixels of a digit and of a column's edges; column widths are in digits."""
LETTERS = 1.1
"""Letters of text that fit in the width of a digit: an underestimate, so that no line is cut."""
LONGEST_NAME = 31
"""The length of a sheet's name: Excel's limit."""
LONGEST_HEADING = 200
"""The length of a table column's heading: Excel's limit is 255."""
LONGEST_PRINTED = 90
"""The length of a text in a page header or footer: Excel allows 255 for all, and each & counts twice."""
LINK: dict[str, Any] = {"font_color": "#1D70B8", "underline": 1}
HIGHEST = 540
"""Pixels of the highest row: Excel's limit is 409 points."""


class Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def get(self, **properties: Any) -> Format:
        """The format with these properties, with text at the top of its cell."""
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
        """The format of a column's heading, aligned like its cells."""
        white_on_blue = {"bold": True, "font_color": "#FFFFFF", "bg_color": TONES[Tone.MAIN]}
        return self.get(**white_on_blue, text_wrap=True, valign="bottom", **_side(is_number))

    def cell(self, number_format: str = "", *, is_number: bool = False, **properties: Any) -> Format:
        """The format of a table's cell."""
        shown = {"num_format": number_format} if number_format else {"text_wrap": True}
        line = {"bottom": 1, "bottom_color": "#B1B4B6"}
        return self.get(**shown, **line, **_side(is_number), **properties)


def _side(is_number: bool) -> dict[str, Any]:
    return {"align": "right"} if is_number else {"align": "left", "indent": 1}


def without_marks(text: str) -> str:
    """The text made safe for XlsxWriter, which would write text that begins with ``<r>`` as markup, unescaped."""
    return f"'{text}" if text.startswith("<r>") else text


@dataclass(frozen=True)
class Link:
    """A cell that links to the top of a sheet of the workbook, with the sheet's name or other ``words``."""

    sheet: str
    words: str = ""

    @property
    def text(self) -> str:
        return self.words or self.sheet


@dataclass
class Page:
    """A sheet being written. Rows and columns count from 0; widths are in letters."""

    sheet: Worksheet
    styles: Styles
    widths: tuple[int, ...]
    heights: dict[int, int] = field(default_factory=dict)
    """Pixels of the rows that are higher than one line."""

    def __post_init__(self) -> None:
        for column, width in enumerate(self.widths):
            self.sheet.set_column_pixels(column, column, width * LETTER + AROUND)

    def write(self, row: int, column: int, value: str | int | float | date | Link, style: Format) -> None:
        """Write a cell according to its value; a text is never a formula."""
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
        """Write a text across the whole width, in a row as high as it needs."""
        last = len(self.widths) - 1
        if last:
            self.sheet.merge_range(row, 0, row, last, "", style)
        self.write(row, 0, text, style)
        self.set_lines(row, lines(text, sum(self.widths)))

    def block(
        self, row: int, first: int, last: int, value: str | int | float | date, style: Format, count: int = 1
    ) -> int:
        """Write a value across columns and as many rows as it needs, at least ``count``; returns the next free row.

        Rows keep their heights, which belong to the table beside it.
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
        """Add an Excel table with ``count`` rows below its headings in ``row``; the caller writes its cells.

        Excel does not allow a table without rows: then only the headings are written.
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
                "autofilter": False,  # it would also hide what is beside the table
                "style": "Table Style Light 1",
            }
            self.sheet.add_table(row, 0, row + count, len(headings) - 1, options)


def lines(text: str, width: int) -> int:
    """The number of lines that a text takes in a column of that width."""
    room = int(width * LETTERS)
    return sum(len(wrap(part, room)) if len(part) > room else 1 for part in text.split("\n"))


def width_of(text: str) -> int:
    """The number of letters in the longest word."""
    return max(map(len, text.split()), default=0)


def unique(names: Sequence[str]) -> list[str]:
    """The names, each on one line, with numbers after repeated ones: Excel requires unique table headings."""
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
    """``3 Growth of INMSS and state…``: unique by its number, with at most 31 characters.

    Characters that Excel does not allow in names are left out.
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
    """The number of UTF-16 units, which Excel counts."""
    return len(text.encode("utf-16-le")) // 2


def _quoted(name: str) -> str:
    """The name of a sheet as written between apostrophes."""
    return name.replace("'", "''")


def set_up_print(
    sheet: Worksheet, *, header: tuple[str, str], footer: str, repeated: tuple[int, int]
) -> None:
    """Set up printing on landscape A4, one page wide, with the headings and marking on every page.

    ``header`` goes on the left and right, ``footer`` to the left of the page number; ``repeated`` are the first and
    last row of the headings.
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
    """A text for a page header or footer, where & is a control character of Excel's."""
    return " ".join(text.split())[:LONGEST_PRINTED].replace("&", "&&")
