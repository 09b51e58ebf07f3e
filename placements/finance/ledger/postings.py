"""The kept rows of the files as postings: read, interpreted, and passed on as lines for COPY."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas

from placements.finance.ledger.files import Cells, LedgerFile, UnreadableError
from placements.finance.ledger.mapping import NEEDED, ROLES, Mapping, same_name
from placements.finance.ledger.values import PLAIN, read_amount, read_date, read_key, read_words
from sen_dashboard.core import formats
from sen_dashboard.importing.problems import Findings, Problem, visible

REQUIRED = "Enter a value: this column is required."
TOTAL = "This is a row of totals: leave it out."
TOTALS = re.compile("((grand|sub)[ -]?)?totals?:?", re.IGNORECASE)
"""The text of a total row that a spreadsheet added."""
LONGEST_REFERENCE = 72
"""The length left for a reference: a posting has 80 characters, which also hold the line number."""


@dataclass(frozen=True)
class Fault:
    """A value that cannot be read, and the reason."""

    reason: str


READERS: dict[str, Callable[[str], str]] = {
    "date": lambda text: read_date(text).isoformat(),
    "amount": read_amount,
    "supplier": lambda text: read_words(text, 200),
    "supplier_id": lambda text: read_key(text, 40),
    "reference": lambda text: read_key(text, LONGEST_REFERENCE),
}
AS_IT_STANDS: dict[str, Callable[[str], Any]] = {
    "amount": PLAIN,
    "reference": re.compile(r"[A-Za-z]{0,20}[0-9]{1,40}").fullmatch,
}
"""Patterns of values that need no further reading, for columns whose values rarely repeat."""


@dataclass
class Part:
    """A file of the import: the columns used, and the number of rows before it, read and kept."""

    file: LedgerFile
    roles: dict[str, int]
    rows: dict[str, int]
    before: int = 0
    read: int = 0
    kept: int = 0

    @property
    def positions(self) -> list[int]:
        """The positions of the columns read."""
        return sorted({*self.roles.values(), *self.rows.values()})

    def heading(self, role: str) -> str:
        """The name of the role's column in this file."""
        return self.file.header[self.roles[role]].strip()


@dataclass
class Reading:
    """Reads the files one after the other, counting rows through all of them; ``findings`` collects the problems.

    Until ``settled`` a problem has its row number as its line, since lines are not counted while reading.
    """

    mapping: Mapping
    parts: list[Part]
    findings: Findings

    def lines(self) -> Iterator[str]:
        """The postings as lines for COPY, piece by piece: row, date, reference, amount, supplier and supplier id."""
        before = 0
        for part in self.parts:
            part.before = before
            try:
                for piece in part.file.pieces(part.positions):
                    part.read = int(piece.index[-1]) + 1 if len(piece) else part.read
                    yield self._postings(part, self._kept(part, piece))
            except UnreadableError as error:
                part.read = max(part.read, error.number + 1)
                self._report(part, error.number, "", str(error))
            before += part.read

    def place(self, at: int) -> tuple[Part, int]:
        """The part that a row belongs to, and its number there."""
        part = next(part for part in reversed(self.parts) if part.before <= at)
        return part, at - part.before

    def report_at(self, at: int, role: str, reason: str) -> None:
        """Report a problem of a row that was read."""
        part, number = self.place(at)
        self._report(part, number, part.heading(role), reason)

    def settled(self) -> list[Problem]:
        """The problems to list, with their lines in the files and the values there."""
        problems = self.findings.first()
        files = {part.file.name: part.file for part in self.parts}
        places = {
            name: file.places(
                {problem.line for problem in problems if problem.file == name and problem.line >= 0}
            )
            for name, file in files.items()
        }
        return [_placed(problem, files[problem.file], places[problem.file]) for problem in problems]

    def _kept(self, part: Part, piece: pandas.DataFrame) -> pandas.DataFrame:
        """The rows that have an accepted value in each of the columns that choose rows."""
        for name, position in part.rows.items():
            wanted = set(map(same_name, self.mapping.rows[name]))
            texts = piece[position].tolist()
            held = {text: same_name(text) in wanted for text in set(texts)}
            piece = piece[[held[text] for text in texts]]
        return piece

    def _postings(self, part: Part, piece: pandas.DataFrame) -> str:
        nothing = [""] * len(piece)
        read: dict[str, list[Any]] = {
            role: _values(piece[part.roles[role]].tolist(), role) if role in part.roles else nothing
            for role in ROLES
        }
        at = (piece.index.to_numpy() + part.before).tolist()
        rows = zip(at, *(read[role] for role in LINE), strict=True)
        part.kept += len(piece)
        if not any(Fault in set(map(type, values)) for values in read.values()):
            return "".join([f"{a}\t{d}\t{r}\t{p}\t{s}\t{i}\n" for a, d, r, p, s, i in rows])
        lines = []
        for number, (place, row) in enumerate(zip(piece.index, rows, strict=True)):
            faults = {
                role: value.reason for role, value in zip(LINE, row[1:], strict=True) if type(value) is Fault
            }
            if not faults:
                lines.append("\t".join(map(str, row)) + "\n")
            else:
                texts = {role: piece[position].iloc[number].strip() for role, position in part.roles.items()}
                self._report_row(part, int(place), texts, faults)
        return "".join(lines)

    def _report_row(self, part: Part, number: int, texts: dict[str, str], faults: dict[str, str]) -> None:
        """Report what is wrong with a row; a row that is empty in all columns read is skipped."""
        if not any(texts.values()):
            part.kept -= 1
            return
        first = next(filter(None, texts.values()))
        if TOTALS.fullmatch(first) or not (texts["date"] or texts.get("reference")):
            role = next(role for role, text in texts.items() if text == first)
            self._report(part, number, part.heading(role), TOTAL)
            return
        for role, reason in faults.items():
            self._report(part, number, part.heading(role), reason if texts[role] else REQUIRED)

    def _report(self, part: Part, number: int, column: str, reason: str) -> None:
        self.findings.add(Problem(reason, part.file.name, number, column))


LINE = ("date", "reference", "amount", "supplier", "supplier_id")
"""The order of values in a line for COPY, after the row number."""


def parts_of(
    mapping: Mapping, files: Sequence[LedgerFile], warnings: list[str]
) -> tuple[list[Part], list[Problem]]:
    """The parts, each a file with the columns that the mapping finds in it; and problems for missing columns."""
    parts, problems = [], []
    for file in files:
        warnings.extend(file.warnings)
        found = {role: mapping.position(role, file.header) for role in mapping.columns}
        kept_by = {name: _position(name, file.header) for name in mapping.rows}
        problems += _lacking(mapping, file, found, kept_by, warnings)
        parts.append(
            Part(
                file,
                {role: found[role] for role in ROLES if found.get(role) is not None},  # type: ignore[misc]
                {name: place for name, place in kept_by.items() if place is not None},
            )
        )
    return parts, problems


def _lacking(
    mapping: Mapping,
    file: LedgerFile,
    found: dict[str, int | None],
    kept_by: dict[str, int | None],
    warnings: list[str],
) -> list[Problem]:
    def problem(reason: str, column: str = "", value: str = "") -> Problem:
        return Problem(reason, file.name, file.line, column, value)

    if all(place is None for place in (*found.values(), *kept_by.values())):
        header = ", ".join(filter(None, (cell.strip() for cell in file.header)))
        return [problem("The mapping names no column of this file.", "", header)]
    problems = []
    for role, place in found.items():
        names = mapping.columns[role]
        if place is None and role in NEEDED:
            said = formats.listed([f"“{visible(name)}”" for name in names]).replace(" and ", " or ")
            problems.append(
                problem(f"The file has no column for {ROLES[role]}: none is called {said}.", names[0])
            )
        elif place is None and names:
            warnings.append(f"{file.name} has no column for {ROLES[role]}: it is left empty.")
        elif place is not None and [*map(same_name, file.header)].count(same_name(file.header[place])) > 1:
            problems.append(problem("The header has this column more than once.", file.header[place].strip()))
    problems += [
        problem("The file has no such column, by which the mapping chooses rows.", name)
        for name, place in kept_by.items()
        if place is None
    ]
    return problems


def _position(name: str, header: Cells) -> int | None:
    same = [same_name(cell) for cell in header]
    return same.index(same_name(name)) if same_name(name) in same else None


def _values(texts: list[str], role: str) -> list[Any]:
    """Each text as the value in a line for COPY, or a Fault; equal texts are read only once if at all."""
    stands, read = AS_IT_STANDS.get(role), READERS[role]
    if stands:
        return [text if stands(text) else _value(text, read) for text in texts]
    values = {text: _value(text, read) for text in set(texts)}
    return [values[text] for text in texts]


def _value(text: str, read: Callable[[str], str]) -> str | Fault:
    try:
        return read(text.strip()).replace("\\", "\\\\")
    except ValueError as error:
        return Fault(str(error))


def _placed(problem: Problem, file: LedgerFile, places: dict[int, tuple[int, Cells]]) -> Problem:
    """The problem with its line and the value in its column; a problem of the header is unchanged."""
    if problem.line not in places:
        return replace(problem, line=file.line)
    line, cells = places[problem.line]
    position = _position(problem.column, file.header) if problem.column else None
    return replace(problem, line=line, value="" if position is None else cells[position].strip())
