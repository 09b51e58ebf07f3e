"""Files exported from finance systems and spreadsheets: their layout is detected, then pandas reads them in pieces,
all as text.

CSV may be in UTF-8, UTF-16 or cp1252, separated by commas, semicolons, tabs or vertical bars; or the file is xlsx. The
header may come after other lines. Rows are numbered from 0, the first after the header; a row's line in the file or
its row in the sheet is looked up only for messages, since a value may contain line breaks.
"""

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError

import openpyxl
import pandas

from placements.finance.ledger.mapping import same_name
from sen_dashboard.importing import lines as csv_file
from sen_dashboard.importing.problems import DatasetError, Problem

SEPARATORS = (",", ";", "\t", "|")
ABOVE = 60
"""The number of lines searched for the header."""
PIECE = 20_000
"""The number of rows read at a time."""
LONGER = "The row has more values than the header: one may hold a separator without quotation marks."
BLOCK = 1 << 20
SPREADSHEET, OLDER_SPREADSHEET = csv_file.SPREADSHEETS

Cells = list[str]


class UnreadableError(Exception):
    """A file cannot be read beyond the row ``number``; the message is a sentence."""

    def __init__(self, reason: str, number: int = -1) -> None:
        super().__init__(reason)
        self.number = number


@dataclass
class LedgerFile:
    """A file and its header, found at ``line``; the rows follow it.

    ``bytes_read`` tells how much of ``size`` has been read.
    """

    name: str
    path: Path
    header: Cells
    line: int
    size: int
    rows_of: Callable[["LedgerFile"], Any]
    """Opens the file at the first row; yields each row's line and cells."""
    pieces_of: Callable[["LedgerFile", Sequence[int]], Iterator[pandas.DataFrame]]
    warnings: list[str] = field(default_factory=list)
    bytes_read: int = 0

    def pieces(self, positions: Sequence[int]) -> Iterator[pandas.DataFrame]:
        """The columns at the positions, piece by piece, with values stripped and rows numbered.

        Raises UnreadableError.
        """
        yield from self.pieces_of(self, positions)

    def sample(self, number: int) -> list[Cells]:
        """The first rows that are not blank, unchanged."""
        with self.rows_of(self) as rows:
            filled = (cells for _, cells in rows if any(map(str.strip, cells)))
            return [self._fitted(cells) for cells in islice(filled, number)]

    def places(self, numbers: Collection[int]) -> dict[int, tuple[int, Cells]]:
        """The line and the cells of each of the rows."""
        found: dict[int, tuple[int, Cells]] = {}
        if numbers:
            with self.rows_of(self) as rows:
                for number, (line, cells) in enumerate(islice(rows, max(numbers) + 1)):
                    if number in numbers:
                        found[number] = line, self._fitted(cells)
        return found

    def _fitted(self, cells: Cells) -> Cells:
        missing = len(self.header) - len(cells)
        return [*cells, *[""] * missing] if missing > 0 else cells[: len(self.header)]


def open_file(path: Path, names: Collection[str], name: str = "") -> LedgerFile:
    """Detect the format of the file, and find its header: the row with most of the ``names``.

    If no row has any of them, it is the first of the rows with most cells. Raises DatasetError with a sentence.
    """
    name = name or path.name
    try:
        with path.open("rb") as stream:
            beginning = stream.read(8)
        if beginning.startswith(SPREADSHEET):
            return _open_sheet(path, names, name)
        if beginning.startswith(OLDER_SPREADSHEET):
            raise _refusal(
                name, "This is an older Excel file, or one with a password: save it as .xlsx or CSV."
            )
        return _open_text(path, names, name)
    except OSError as error:
        raise _refusal(name, f"The file cannot be read: {error.strerror or 'it is damaged'}.") from None


def _refusal(name: str, reason: str, line: int = 1) -> DatasetError:
    return DatasetError([Problem(reason, name, line)])


def _header_among(rows: Sequence[tuple[int, Cells]], names: Collection[str]) -> tuple[tuple[int, int], int]:
    """How well the best of the rows serves as a header (names found, cells filled), and its position."""
    wanted = set(map(same_name, names))

    def worth(cells: Cells) -> tuple[int, int]:
        filled = [same_name(cell) for cell in cells if cell.strip()]
        return len(wanted & set(filled)), len(filled)

    worths = [worth(cells) for _, cells in rows]
    if not worths:
        return (0, 0), 0
    best = max(worths)
    return best, worths.index(best)


# ---------------------------------------------------------------- text


def _open_text(path: Path, names: Collection[str], name: str) -> LedgerFile:
    encoding, warnings = _encoding_of(path, name)
    best: tuple[tuple[int, int], int] = (0, 0), 0
    chosen, above = SEPARATORS[0], []
    for separator in SEPARATORS:
        with _text(path, encoding) as (_, handle):
            rows = list(islice(_rows_of(handle, separator), ABOVE))
        found = _header_among(rows, names)
        if found[0] > best[0]:
            best, chosen, above = found, separator, rows
    if not above:
        raise _refusal(name, "The file is empty: it has no header.")
    line, header = above[best[1]]
    if header[0].lstrip().startswith("<"):
        raise _refusal(name, "This is a web page under another name: save it as .xlsx or CSV.")

    @contextmanager
    def rows_of(file: LedgerFile) -> Iterator[Iterator[tuple[int, Cells]]]:
        with _text(path, encoding) as (_, handle):
            yield islice(_rows_of(handle, chosen), best[1] + 1, None)

    def pieces_of(file: LedgerFile, positions: Sequence[int]) -> Iterator[pandas.DataFrame]:
        with rows_of(file) as rows:
            _, first = next(rows, (0, []))
        with _text(path, encoding) as (stream, handle):
            for _ in islice(_rows_of(handle, chosen), best[1] + 1):
                pass
            yield from _text_pieces(file, stream, handle, chosen, positions, max(len(header), len(first)))

    return LedgerFile(name, path, header, line, path.stat().st_size, rows_of, pieces_of, warnings)


def _rows_of(handle: IO[str], separator: str) -> Iterator[tuple[int, Cells]]:
    """Each record, even a blank one, with its first line. Leaves the handle just after the last record taken."""
    reader = csv.reader(iter(handle.readline, ""), delimiter=separator, skipinitialspace=True)
    before = 0
    try:
        for record in reader:
            yield before + 1, record
            before = reader.line_num
    except csv.Error:
        return  # an overlong field: pandas reports it


@contextmanager
def _text(path: Path, encoding: str) -> Iterator[tuple[IO[bytes], IO[str]]]:
    with path.open("rb") as stream, io.TextIOWrapper(stream, encoding, newline="") as handle:
        yield stream, handle


def _text_pieces(
    file: LedgerFile,
    stream: IO[bytes],
    handle: IO[str],
    separator: str,
    positions: Sequence[int],
    width: int,
) -> Iterator[pandas.DataFrame]:
    """The rows after the header, read by pandas, with ``width`` cells each.

    Some exports end every row but the header with a separator. Otherwise a row longer than the header contains a stray
    separator, and the values after it would be read into the wrong columns.
    """
    number = 0
    try:
        with pandas.read_csv(
            handle,
            sep=separator,
            header=None,
            names=range(width),
            index_col=False,
            dtype=object,  # text unchanged
            na_filter=False,
            skip_blank_lines=False,
            skipinitialspace=True,
            chunksize=PIECE,
        ) as pieces:
            for piece in pieces:
                for surplus in range(len(file.header), width):
                    filled = (piece[surplus] != "").to_numpy()
                    if filled.any():
                        raise UnreadableError(LONGER, number + int(filled.argmax()))
                file.bytes_read = stream.tell()
                piece.index = pandas.RangeIndex(number, number + len(piece))
                number += len(piece)
                yield piece[list(positions)]
    except pandas.errors.EmptyDataError:
        return
    except pandas.errors.ParserError as error:
        raise _why(file, error, width, number) from None


def _why(file: LedgerFile, error: Exception, width: int, number: int) -> UnreadableError:
    """The error that stopped pandas, located in the file."""
    if "inside string" in str(error):
        return UnreadableError("The file cannot be read as CSV: a quotation mark is not closed.", number)
    with file.rows_of(file) as rows:
        longer = (place for place, (_, cells) in enumerate(rows) if len(cells) > width)
        return UnreadableError(LONGER, next(longer, number))


def _encoding_of(path: Path, name: str) -> tuple[str, list[str]]:
    """The text's encoding, and a warning if it is doubtful. Raises DatasetError if the file is not text."""
    with path.open("rb") as stream:
        beginning = stream.read(4)
        for mark, encoding in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16")):
            if beginning.startswith(mark):
                return _decodable(path, encoding, name), []
        if beginning.startswith(codecs.BOM_UTF16_BE):
            return _decodable(path, "utf-16", name), []
        if beginning[1:2] == b"\0" and beginning[3:4] == b"\0":
            return _decodable(path, "utf-16-le", name), []
    if _decodes(path, "utf-8", name):
        return "utf-8", []
    warning = (
        f"{name} is not UTF-8 and is read as cp1252, as spreadsheets save “CSV”: check that accents and quotation marks"
        " are correct."
    )
    return _decodable(path, "cp1252", name), [warning]


def _decodable(path: Path, encoding: str, name: str) -> str:
    if not _decodes(path, encoding, name):
        raise _refusal(name, "The file is neither UTF-8 nor UTF-16 nor cp1252: save it as “CSV UTF-8”.")
    return encoding


def _decodes(path: Path, encoding: str, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as stream:
        try:
            for block in chain(iter(lambda: stream.read(BLOCK), b""), [b""]):
                if "\0" in decoder.decode(block, final=not block):
                    raise _refusal(name, "The file holds a NUL character: it is damaged or is not text.")
        except UnicodeDecodeError:
            return False
    return True


# ---------------------------------------------------------------- spreadsheets


def _open_sheet(path: Path, names: Collection[str], name: str) -> LedgerFile:
    """The sheet of the workbook with the best header."""
    with _workbook(path, name) as book:
        best, sheet_name, above = ((0, 0), 0), "", []
        for sheet in book.worksheets:
            rows = list(islice(_sheet_rows(sheet), ABOVE))
            found = _header_among(rows, names)
            if found[0] > best[0]:
                best, sheet_name, above = found, sheet.title, rows
    if not above:
        raise _refusal(name, "The file is empty: it has no header.")
    line, header = above[best[1]]

    @contextmanager
    def rows_of(file: LedgerFile) -> Iterator[Iterator[tuple[int, Cells]]]:
        with _workbook(path, name) as book:
            yield islice(_sheet_rows(book[sheet_name]), best[1] + 1, None)

    def pieces_of(file: LedgerFile, positions: Sequence[int]) -> Iterator[pandas.DataFrame]:
        number = 0
        try:
            with rows_of(file) as rows:
                while piece := [file._fitted(cells) for _, cells in islice(rows, PIECE)]:
                    index = pandas.RangeIndex(number, number + len(piece))
                    number += len(piece)
                    yield pandas.DataFrame(piece, index=index, dtype=object)[list(positions)]
        except (zipfile.BadZipFile, zlib.error, ParseError, ValueError, KeyError):
            raise UnreadableError(
                "The workbook is damaged and cannot be read from here on.", number
            ) from None
        file.bytes_read = file.size

    return LedgerFile(name, path, header, line, path.stat().st_size, rows_of, pieces_of)


@contextmanager
def _workbook(path: Path, name: str) -> Iterator[Any]:
    """Open a workbook, whatever its file name. Raises DatasetError if it cannot be read."""
    with path.open("rb") as stream:
        try:
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError):
            raise _refusal(name, "This Excel workbook cannot be read: save it as .xlsx or CSV.") from None
        with closing(book):
            yield book


def _sheet_rows(sheet: Any) -> Iterator[tuple[int, Cells]]:
    """Each row with its number in the sheet."""
    sheet.reset_dimensions()  # other programs may write wrong ones
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        yield number, [_cell_text(value) for value in row]


def _cell_text(value: Any) -> str:
    """A cell's value as text: a day as 2018-04-03, a number in its shortest form."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
