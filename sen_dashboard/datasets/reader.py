"""CSV files read as text, row by row, in bounded memory, whatever they turn out to be."""

import csv
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import IO

from sen_dashboard.core.problems import Findings, Problem, visible
from sen_dashboard.datasets.contract import FileSpec

LONGEST_LINE = 1 << 20
csv.field_size_limit(LONGEST_LINE)  # a field may be as long as a line
"""Bytes of a line, and of a row that quoted line breaks spread over several lines."""

SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How xlsx files and older Excel files begin."""

Row = tuple[str, ...]


class _Unreadable(Exception):
    """Ends the reading of a file at ``line``."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


class _Lines:
    """The lines of a file as text. ``row_bytes`` is set to 0 by whoever has completed a row."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.number = 0
        self.bytes = 0
        self.row_bytes = 0

    def __iter__(self) -> Iterator[str]:
        """Raises _Unreadable at the first line that is no text, or too long."""
        while line := self._next():
            self.number += 1
            self.bytes += len(line)
            self.row_bytes += len(line)
            if self.number == 1 and line.startswith(SPREADSHEETS):
                raise _Unreadable(1, "The file is a spreadsheet: save it as “CSV UTF-8”.")
            if self.row_bytes > LONGEST_LINE:
                raise _Unreadable(
                    self.number, "The line is longer than 1 MiB; perhaps a quotation mark is not closed."
                )
            yield self._text(line)

    def _next(self) -> bytes:
        try:
            return self.stream.readline(LONGEST_LINE + 1)
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error):
            raise _Unreadable(
                self.number + 1, "The file is damaged and cannot be read from here on."
            ) from None

    def _text(self, line: bytes) -> str:
        try:
            text = line.decode("utf-8-sig" if self.number == 1 else "utf-8")
        except UnicodeDecodeError:
            reason = "The line is not UTF-8 (perhaps saved as Latin-1 by a spreadsheet)."
            raise _Unreadable(self.number, reason) from None
        if "\0" in text:
            raise _Unreadable(
                self.number, "The line holds a NUL character: the file is damaged or is no text."
            )
        return text


class Table:
    """A CSV file of the contract: its header once made, its rows when asked for.

    Problems go to ``findings``, what is ignored to ``warnings``. Nothing is raised: rows are read inside a COPY, and
    PostgreSQL would log the text of an exception that ends it. ``complete`` tells whether every row could be read.
    """

    def __init__(self, spec: FileSpec, stream: IO[bytes], findings: Findings, warnings: list[str]) -> None:
        self.spec = spec
        self.complete = True
        self._findings = findings
        self._lines = _Lines(stream)
        self._rows = self._guarded(_numbered(self._lines))
        _, header = next(self._rows, (1, []))
        self._header = [heading.strip() for heading in header]
        self._names = {column.heading: column.name for column in spec.columns}
        self._check_header(warnings)

    @property
    def bytes_read(self) -> int:
        """How far the reading has come."""
        return self._lines.bytes

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the contract's columns that the file has, in the file's order."""
        return tuple(self._names[heading] for heading in self._header if heading in self._names)

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Each row's first line and its values, trimmed, in the order of ``columns``; rows of empty values are none.

        The text is trimmed here since Python knows every kind of space.
        """
        choose = _chooser([n for n, heading in enumerate(self._header) if heading in self._names])
        width = len(self._header)
        for line, values in self._rows:
            if len(values) == width:
                row = tuple(map(str.strip, choose(values)))
                if any(row):
                    yield line, row
            elif any(values):
                self._problem(line, f"The row has {len(values)} values where the header has {width}.")

    def _guarded(self, rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        try:
            yield from rows
        except _Unreadable as end:
            self._problem(end.line, end.reason)

    def _check_header(self, warnings: list[str]) -> None:
        if not self.complete:
            return
        if not any(self._header):
            self._problem(1, "The file is empty: it has no header.")
            return
        for name, times in Counter(filter(None, self._header)).items():
            if times > 1:
                self._problem(1, "The header has this column more than once.", name)
        for column in self.spec.columns:
            if column.required and column.heading not in self._header:
                self._problem(1, "The header lacks this column.", column.heading)
        unknown = [heading or "(without a name)" for heading in self._header if heading not in self._names]
        warnings.extend(
            f"{self.spec.name}: the column {visible(name)} is unknown and ignored." for name in unknown
        )

    def _problem(self, line: int, reason: str, column: str = "") -> None:
        self.complete = False
        self._findings.add(Problem(reason, self.spec.name, line, column))


def _numbered(lines: _Lines) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file, blank lines left out, each with the number of its first line.

    Raises _Unreadable where the file is no CSV.
    """
    rows = csv.reader(iter(lines), strict=True)
    before = 0
    try:
        for row in rows:
            lines.row_bytes = 0
            if row:
                yield before + 1, row
            before = rows.line_num
    except csv.Error:
        reason = "The row cannot be read as CSV; perhaps a quotation mark is not closed or not doubled."
        raise _Unreadable(before + 1, reason) from None


def _chooser(positions: Sequence[int]) -> Callable[[list[str]], Row]:
    """A function that takes the values at ``positions`` from a row; Python's own is quicker but for one position."""
    if len(positions) == 1:
        return lambda values: (values[positions[0]],)
    return itemgetter(*positions)
