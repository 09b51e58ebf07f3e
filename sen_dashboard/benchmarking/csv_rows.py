"""CSV files that other people made, read with pandas as text."""

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pandas as pd

from sen_dashboard.core.problems import Findings, Problem

Row = dict[str, str]


class _Unreadable(Exception):
    """A file that is no CSV, because of ``line``."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def read_rows(path: Path, columns: tuple[str, ...], findings: Findings) -> Iterator[tuple[int, Row]]:
    """The line and the trimmed values of each row that is not blank, by column.

    Nothing of a file that cannot be used, which goes to ``findings``.
    """
    try:
        cells = _cells(path)
    except _Unreadable as error:
        findings.add(Problem(error.reason, path.name, error.line))
        return
    header = [name.strip() for name in cells.iloc[0]]
    missing = [name for name in columns if name not in header]
    repeated = [name for name in columns if header.count(name) > 1]
    for name in missing:
        findings.add(Problem("The header lacks this column.", path.name, 1, name))
    for name in repeated:
        findings.add(Problem("The header has this column more than once.", path.name, 1, name))
    if missing or repeated:
        return
    wanted = cells.iloc[1:, [header.index(name) for name in columns]]
    for index, *values in wanted.itertuples():
        row = {name: value.strip() for name, value in zip(columns, values, strict=True)}
        if any(row.values()):
            yield index + 1, row


def _cells(path: Path) -> pd.DataFrame:
    """A file as a table of texts, the header in its first row. Raises _Unreadable."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise _Unreadable(0, f"The file cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise _Unreadable(
            line, "The line is not UTF-8 (perhaps saved as Latin-1 by a spreadsheet)."
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise _Unreadable(line, "The line holds a NUL character: the file is damaged or is no text.")
    try:
        return pd.read_csv(
            StringIO(text), header=None, dtype=str, keep_default_na=False, skip_blank_lines=False
        )
    except pd.errors.EmptyDataError:
        raise _Unreadable(1, "The file is empty: it has no header.") from None
    except pd.errors.ParserError as error:
        reason = "The row has more values than the header, or a quotation mark is not closed."
        raise _Unreadable(_line_in(str(error)), reason) from None


def _line_in(message: str) -> int:
    """The line that pandas complains about, which it counts from 1, or as a row, from 0."""
    found = re.search(r"(line|row) (\d+)", message)
    if found is None:
        return 0
    return int(found[2]) + (found[1] == "row")
