"""Lines of CSV as people and spreadsheets save or paste them, read as text, row by row, in bounded memory."""

import csv
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import IO

from sen_dashboard.importing import sentences
from sen_dashboard.importing.problems import Findings, Problem, visible

LONGEST_LINE = 1 << 20
csv.field_size_limit(LONGEST_LINE)  # a field may be as long as a line
"""Bytes of a line, and of a row that spreads over several lines because of quoted line breaks."""

WORKBOOK, OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""The first bytes of xlsx files and of older Excel files."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""The first bytes of a file that Excel saved as "Unicode text"."""

UTF_8, CP1252 = "utf-8", "cp1252"
SEPARATORS = (",", ";", "\t")

Row = tuple[str, ...]


class Unreadable(Exception):
    """Ends the reading of a file at ``line``; ``reason`` is a sentence."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


class Lines:
    """The lines of a file as text. Its reader sets ``row_bytes`` to 0 after each complete row.

    The first line that is not plain ASCII shows how the file is encoded; until then ``encoding`` is empty. A later line
    in the other encoding would be garbled silently, so it ends the reading.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.encoding = ""
        self.number = 0
        self.bytes = 0
        self.row_bytes = 0

    def __iter__(self) -> Iterator[str]:
        """Yield each line. Raises Unreadable at the first line that is not text, or is too long."""
        while line := self._next():
            self.number += 1
            self.bytes += len(line)
            self.row_bytes += len(line)
            if self.number == 1:
                line = self._first(line)
            if self.row_bytes > LONGEST_LINE:
                raise Unreadable(
                    self.number, "The line is longer than 1 MiB; a quotation mark may not be closed."
                )
            yield self._text(line)

    def _next(self) -> bytes:
        try:
            return self.stream.readline(LONGEST_LINE + 1)
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error):
            raise Unreadable(self.number + 1, sentences.DAMAGED) from None

    def _first(self, line: bytes) -> bytes:
        """Return the first line without its UTF-8 byte-order mark."""
        if line.startswith((WORKBOOK, OLD_WORKBOOK)):
            raise Unreadable(1, "The file is a spreadsheet: save it as “CSV UTF-8”.")
        if line.startswith(UTF_16):
            raise Unreadable(1, "The file is “Unicode text” (UTF-16): save it as “CSV UTF-8”.")
        if line.startswith(BYTE_ORDER_MARK):
            self.encoding = UTF_8
        return line.removeprefix(BYTE_ORDER_MARK)

    def _text(self, line: bytes) -> str:
        text = line.decode("ascii") if line.isascii() else self._decoded(line)
        if "\0" in text:
            raise Unreadable(self.number, sentences.NUL)
        return text

    def _decoded(self, line: bytes) -> str:
        encoding = UTF_8 if _is_utf_8(line) else CP1252
        self.encoding = self.encoding or encoding
        if encoding != self.encoding:
            is_, before = ("not UTF-8", "are") if encoding == CP1252 else ("UTF-8", "are not")
            raise Unreadable(self.number, f"The line is {is_}, and lines before it {before}.")
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            raise Unreadable(self.number, "The line is neither UTF-8 nor cp1252.") from None


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode(UTF_8)
    except UnicodeDecodeError:
        return False
    return True


class CsvFile:
    """A CSV file: its header is read at once, its rows when asked for.

    ``columns`` are the headings to take, in any case, and ``required`` must be among them; ``passed_over`` are known
    columns that are not needed. Problems go to ``findings``, ignored or doubtful content to ``warnings``. Nothing is
    raised: rows are read inside a COPY, and PostgreSQL would log the text of an exception that ends it. ``complete``
    says whether every row could be read.
    """

    def __init__(
        self,
        name: str,
        stream: IO[bytes],
        findings: Findings,
        warnings: list[str],
        *,
        columns: Collection[str],
        required: Collection[str],
        passed_over: Collection[str] = (),
    ) -> None:
        self.name = name
        self.complete = True
        self._findings = findings
        self._warnings = warnings
        self._lines = Lines(stream)
        self._taken = {heading.lower(): heading for heading in columns}
        self._rows = self._guarded(self._numbered())
        _, header = next(self._rows, (1, []))
        self._header = [heading.strip() for heading in header]
        self._lower = [heading.lower() for heading in self._header]
        self._check_header(required, {heading.lower() for heading in passed_over})

    @property
    def bytes_read(self) -> int:
        """The number of bytes read so far."""
        return self._lines.bytes

    @property
    def lines_read(self) -> int:
        """The number of lines read so far."""
        return self._lines.number

    @property
    def columns(self) -> tuple[str, ...]:
        """The headings of the columns taken, as asked for and in that order."""
        return tuple(heading for lower, heading in self._taken.items() if lower in self._lower)

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Yield each row's first line and its values, trimmed, in the order of ``columns``; skip rows of empty values.

        The text is trimmed here since Python knows every kind of space.
        """
        choose = _chooser([self._lower.index(name) for name in self._taken if name in self._lower])
        width = len(self._header)
        for line, values in self._rows:
            if len(values) == width:
                row = tuple(map(str.strip, choose(values)))
                if any(row):
                    yield line, row
            elif any(values):
                self.problem(line, f"The row has {len(values)} values where the header has {width}.")
        if self._lines.encoding == CP1252:
            self._warnings.append(sentences.read_as_cp1252(self.name))

    def problem(self, line: int, reason: str, column: str = "") -> None:
        """Report what keeps the file from being read in full."""
        self.complete = False
        self._findings.add(Problem(reason, self.name, line, column))

    def _numbered(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that are not blank, each with the number of its first line. Raises Unreadable."""
        ahead = iter(self._lines)
        header = next((line for line in ahead if line.strip()), "")
        separator = separator_of(header, lambda heading: heading.lower() in self._taken)
        for line, row in rows_of(chain([header], ahead), separator, first=max(self._lines.number, 1)):
            self._lines.row_bytes = 0
            if row:
                yield line, row

    def _guarded(self, rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        try:
            yield from rows
        except Unreadable as end:
            self.problem(end.line, end.reason)

    def _check_header(self, required: Collection[str], passed_over: Collection[str]) -> None:
        if not self.complete:
            return
        if not any(self._header):
            self.problem(1, sentences.EMPTY)
            return
        for heading, times in Counter(filter(None, self._lower)).items():
            if times > 1:
                name = self._taken.get(heading) or self._header[self._lower.index(heading)]
                self.problem(1, sentences.COLUMN_TWICE, name)
        for name in required:
            if name.lower() not in self._lower:
                self.problem(1, "The header lacks this column.", name)
        known = {*self._taken, *passed_over}
        unknown = [heading or "(without a name)" for heading in self._header if heading.lower() not in known]
        self._warnings.extend(
            f"{self.name}: the column {visible(name)} is unknown and ignored." for name in unknown
        )


def rows_of(lines: Iterable[str], separator: str, *, first: int = 1) -> Iterator[tuple[int, list[str]]]:
    """Yield every row with the number of the line where it begins; a blank row has no cells.

    ``first`` is the number of the first line. Raises Unreadable if the lines are not CSV.
    """
    rows = csv.reader(lines, strict=True, delimiter=separator)
    begins = first
    try:
        for row in rows:
            yield begins, row
            begins = first + rows.line_num
    except csv.Error:
        raise Unreadable(begins, sentences.NOT_CSV) from None


def separator_of(header: str, is_wanted: Callable[[str], bool]) -> str:
    """Return the separator that finds most of the wanted headings; a comma if no other finds more."""

    def found(separator: str) -> int:
        return sum(is_wanted(cell.strip(' "\r\n')) for cell in header.split(separator))

    return max(SEPARATORS, key=found)


def _chooser(positions: Sequence[int]) -> Callable[[list[str]], Row]:
    """Return a function that takes the values at ``positions`` from a row: itemgetter, except for one position."""
    if len(positions) == 1:
        return lambda values: (values[positions[0]],)
    return itemgetter(*positions)
