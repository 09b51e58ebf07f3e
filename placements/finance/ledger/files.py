"""Files exported from finance systems and spreadsheets: their layout is detected, then pandas reads them in pieces,
all as text.

CSV may be in UTF-8, UTF-16 or cp1252, separated by commas, semicolons, tabs or vertical bars; of an xlsx file the
visible sheets are read. The header may come after other lines. Rows are numbered from 0, the first after the header; a
row's line in the file or its row in the sheet is looked up only for messages, since a value may contain line breaks.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import pandas
from django.core.exceptions import ValidationError

from placements.finance.ledger.mapping import NEEDED, ROLES, Mapping, same_name
from sen_dashboard.importing import lines, sentences, xlsx
from sen_dashboard.importing.problems import DatasetError, Problem

SEPARATORS = (",", ";", "\t", "|")
ABOVE = 60
"""The number of lines searched for the header."""
PIECE = 20_000
"""The number of rows read at a time."""
LONGER = "The row has more values than the header: one may hold a separator without quotation marks."
BLOCK = 1 << 20
LIMITS = xlsx.Limits(512, 8, 2, "save its sheets as CSV")
MOST_COLUMNS = 256
"""Of a sheet, among which the header's are looked for, and of a row that is longer than the header."""

Cells = list[str]


class UnreadableError(Exception):
    """A file cannot be read beyond the row ``number``; the message is a sentence."""

    def __init__(self, reason: str, number: int = -1) -> None:
        super().__init__(reason)
        self.number = number


@dataclass
class LedgerFile:
    """A file, or a sheet of one, and its header, found at ``line``; the rows follow it.

    ``first`` are its first rows; ``bytes_read`` tells how much of ``size`` has been read.
    """

    name: str
    path: Path
    header: Cells
    line: int
    first: list[Cells]
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
        filled = (cells for cells in self.first if any(map(str.strip, cells)))
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
    """Detect the format of the file, and find its header: the row with most of the ``names``, in whichever sheet.

    If no row has any of them, it is the first row that is as long as most rows. Raises DatasetError with a sentence.
    """
    return _best(_opened(path, names, name or path.name))


def open_files(path: Path, mapping: Mapping, name: str = "") -> list[LedgerFile]:
    """The file, or each visible sheet of a workbook that has the columns the mapping needs, or the best if none has.

    Other sheets with content are named in a warning. Raises DatasetError with a sentence.
    """
    found = _opened(path, mapping.names, name or path.name)
    whole = [
        file for _, file in found if all(mapping.position(role, file.header) is not None for role in NEEDED)
    ]
    whole = whole or [_best(found)]
    needed = " and ".join(ROLES[role] for role in NEEDED)
    whole[0].warnings.extend(
        f"{file.name} is not read: it has no columns for {needed}." for _, file in found if file not in whole
    )
    return whole


Worth = tuple[int, int, int]
"""How well a row serves as a header: names found, number of rows of the most usual length, and that length."""
Found = list[tuple[Worth, LedgerFile]]


def _best(found: Found) -> LedgerFile:
    return max(found, key=lambda one: one[0])[1]


def _opened(path: Path, names: Collection[str], name: str) -> Found:
    try:
        with path.open("rb") as stream:
            beginning = stream.read(8)
        if beginning.startswith(lines.WORKBOOK):
            return _open_sheets(path, names, name)
        if beginning.startswith(lines.OLD_WORKBOOK):
            raise _refusal(name, sentences.OLD_WORKBOOK)
        return [_open_text(path, names, name)]
    except OSError as error:
        raise _refusal(name, f"The file cannot be read: {error.strerror or 'it is damaged'}.") from None


def _refusal(name: str, reason: str, line: int = 1) -> DatasetError:
    return DatasetError([Problem(reason, name, line)])


def _header_among(rows: Sequence[tuple[int, Cells]], names: Collection[str]) -> tuple[Worth, int]:
    """How well the best of the rows serves as a header, and its position."""
    wanted = set(map(_plain, names))
    has = [len(wanted & set(map(_plain, cells))) for _, cells in rows]
    lengths = Counter(len(cells) for _, cells in rows if len(cells) > 1)
    usual, times = max(lengths.items(), key=lambda item: item[::-1], default=(1, 0))
    if any(has):
        return (max(has), times, usual), has.index(max(has))
    filled = [sum(map(bool, map(str.strip, cells))) for _, cells in rows]
    enough = max(min(2, usual), usual - 1)  # one column may have no name
    return (0, times, usual), next((place for place, number in enumerate(filled) if number >= enough), 0)


def _plain(name: str) -> str:
    """A column's name for comparison: "Supplier_ID" and "supplier id" are equal."""
    return same_name(name).replace("_", "")


def _length(cells: Cells) -> int:
    """The number of cells up to the last one that is filled."""
    return max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)


# ---------------------------------------------------------------- text


def _open_text(path: Path, names: Collection[str], name: str) -> tuple[Worth, LedgerFile]:
    encoding, warnings = _encoding_of(path, name)
    best: tuple[Worth, int] = (0, 0, 0), 0
    chosen, above = SEPARATORS[0], []
    for separator in SEPARATORS:
        with _text(path, encoding) as (_, handle):
            rows = list(islice(_rows_of(handle, separator), ABOVE))
        found = _header_among(rows, names)
        if found[0] > best[0]:
            best, chosen, above = found, separator, rows
    line, header = above[best[1]] if above else (1, [])
    if not _length(header):
        raise _refusal(name, sentences.EMPTY)
    if header[0].lstrip().startswith("<"):
        raise _refusal(name, "This is a web page under another name: save it as .xlsx or CSV.")

    @contextmanager
    def rows_of(file: LedgerFile) -> Iterator[Iterator[tuple[int, Cells]]]:
        with _text(path, encoding) as (_, handle):
            yield islice(_rows_of(handle, chosen), best[1] + 1, None)

    def pieces_of(file: LedgerFile, positions: Sequence[int]) -> Iterator[pandas.DataFrame]:
        with rows_of(file) as rows:
            _, first = next(rows, (0, []))
        width, number = max(len(header), len(first)), 0
        while width:
            with _text(path, encoding) as (stream, handle):
                for _ in islice(_rows_of(handle, chosen), best[1] + 1 + number):
                    pass
                try:
                    for piece in _text_pieces(file, stream, handle, chosen, positions, width, number):
                        number += len(piece)
                        yield piece
                    width = 0
                except pandas.errors.ParserError as error:
                    width = _wider(file, error, width, number)

    first = [cells for _, cells in above[best[1] + 1 :]]
    return best[0], LedgerFile(
        name, path, header, line, first, path.stat().st_size, rows_of, pieces_of, warnings
    )


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
    number: int,
) -> Iterator[pandas.DataFrame]:
    """The rows from ``number`` on, read by pandas, with ``width`` cells each.

    Some exports end rows with separators. A filled cell after the header's last column means a stray separator in the
    row, and its values would be read into the wrong columns. Raises pandas' ParserError if a row has more cells.
    """
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
                    filled = (piece[surplus].str.strip() != "").to_numpy()
                    if filled.any():
                        raise UnreadableError(LONGER, number + int(filled.argmax()))
                file.bytes_read = stream.tell()
                piece.index = pandas.RangeIndex(number, number + len(piece))
                number += len(piece)
                yield piece[list(positions)]
    except pandas.errors.EmptyDataError:
        return


def _wider(file: LedgerFile, error: Exception, width: int, number: int) -> int:
    """The number of cells in the longest row, if all cells after the header's last column are empty.

    Otherwise raises UnreadableError, with the error that stopped pandas located in the file.
    """
    if "inside string" in str(error):
        raise UnreadableError(sentences.NOT_CSV, number)
    longest = width
    with file.rows_of(file) as rows:
        for place, (_, cells) in enumerate(rows):
            if len(cells) > width:
                if len(cells) > MOST_COLUMNS or any(map(str.strip, cells[len(file.header) :])):
                    raise UnreadableError(LONGER, place)
                longest = max(longest, len(cells))
    if longest == width:
        raise UnreadableError("The file cannot be read as CSV from here on.", number)
    return longest


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
    return _decodable(path, "cp1252", name), [sentences.read_as_cp1252(name)]


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
                    raise _refusal(name, sentences.NUL)
        except UnicodeDecodeError:
            return False
    return True


# ---------------------------------------------------------------- spreadsheets

UNREADABLE = "This Excel workbook cannot be read: save it as .xlsx or CSV."


def _open_sheets(path: Path, names: Collection[str], name: str) -> Found:
    """The visible sheets of the workbook that are not empty."""
    try:
        with path.open("rb") as stream, xlsx.visible_sheets(stream, LIMITS) as sheets:
            beginnings = [
                (sheet.title, list(islice(xlsx.rows_of(sheet, MOST_COLUMNS), ABOVE))) for sheet in sheets
            ]
    except ValidationError as error:
        raise _refusal(name, error.messages[0]) from None
    except Exception:  # the libraries raise whatever they meet in a broken file
        raise _refusal(name, UNREADABLE) from None
    if not beginnings:
        raise _refusal(name, "Every sheet of the workbook is hidden: show those to be read.")
    filled = [(title, rows) for title, rows in beginnings if any(_length(cells) for _, cells in rows)]
    if not filled:
        raise _refusal(name, sentences.EMPTY)
    return [
        _open_sheet(path, title, rows, names, name if len(filled) == 1 else f"{name}, sheet {title}")
        for title, rows in filled
    ]


def _open_sheet(
    path: Path, title: str, above: list[tuple[int, Cells]], names: Collection[str], name: str
) -> tuple[Worth, LedgerFile]:
    worth, place = _header_among(above, names)
    line, header = above[place]
    header = header[: _length(header)]

    @contextmanager
    def below() -> Iterator[Iterator[tuple[int, Cells]]]:
        with path.open("rb") as stream, xlsx.visible_sheets(stream, LIMITS) as sheets:
            sheet = next(sheet for sheet in sheets if sheet.title == title)
            yield islice(xlsx.rows_of(sheet, len(header)), place + 1, None)

    @contextmanager
    def rows_of(file: LedgerFile) -> Iterator[Iterator[tuple[int, Cells]]]:
        with below() as rows:
            yield _undamaged(rows)

    def pieces_of(file: LedgerFile, positions: Sequence[int]) -> Iterator[pandas.DataFrame]:
        number, piece = 0, []
        try:
            with below() as rows:
                for _, cells in rows:
                    piece.append(file._fitted(cells))
                    if len(piece) == PIECE:
                        yield _frame(piece, number, positions)
                        number, piece = number + PIECE, []
            if piece:
                yield _frame(piece, number, positions)
        except Exception:  # the libraries raise whatever they meet in a broken file
            raise UnreadableError(sentences.DAMAGED, number + len(piece) - 1) from None
        file.bytes_read = file.size

    first = [cells for _, cells in above[place + 1 :]]
    return worth, LedgerFile(name, path, header, line, first, path.stat().st_size, rows_of, pieces_of)


def _frame(piece: list[Cells], number: int, positions: Sequence[int]) -> pandas.DataFrame:
    """The columns at the positions; the first row has the number."""
    index = pandas.RangeIndex(number, number + len(piece))
    return pandas.DataFrame(piece, index=index, dtype=object)[list(positions)]


def _undamaged(rows: Iterator[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    """The rows up to the first that cannot be read."""
    with suppress(Exception):
        yield from rows
