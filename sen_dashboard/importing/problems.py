"""What an import tells a person: progress, problems by file, line, column and value, and the report at the end."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sen_dashboard.core import formats

Progress = Callable[[str, int, int], None]
"""Called now and then with the current step, and how much of how much is done."""

LISTED = 200
"""The most problems listed; the rest are only counted (data contract, "Rules that hold for every file")."""

SHOWN = 60
"""The most characters shown of a value."""


@dataclass(frozen=True)
class Problem:
    """A fault in a data set that must be corrected before it can be loaded.

    Without ``file`` it concerns the data set as a whole; line 0 means no line in particular.
    """

    reason: str
    file: str = ""
    line: int = 0
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        if not self.file:
            return self.reason
        return f"{self.file}:{self.line}: {self.column}: {visible(self.value)}: {self.reason}"


class DatasetError(Exception):
    """A data set that cannot be loaded; none of it was.

    ``problems`` are the first of ``count`` in the order of files, lines and columns.
    """

    def __init__(self, problems: Iterable[Problem], count: int = 0, warnings: Iterable[str] = ()) -> None:
        self.problems = tuple(problems)
        self.count = max(count, len(self.problems))
        self.warnings = tuple(warnings)
        super().__init__(f"{self.count} problems in the data set")  # no values: exceptions end up in logs

    def lines(self) -> list[str]:
        """A line for each problem listed, and one with the total if some are not listed."""
        lines = [str(problem) for problem in self.problems]
        if self.count > len(lines):
            lines.append(f"… and {self.count - len(lines):,} more problems.")
        return lines


@dataclass(frozen=True)
class FileReport:
    """What happened to the rows of one file."""

    file: str
    read: int
    created: int = 0
    updated: int = 0
    removed: int = 0
    absent: int = 0
    """Rows that are in the store but not in the file, left as they were."""

    @property
    def unchanged(self) -> int:
        """Rows that were already in the store."""
        return self.read - self.created - self.updated


@dataclass(frozen=True)
class Removal:
    """Stored postings of a month that are no longer in a file: their number, and their sum in £.

    ``source`` is the system that they come from; empty where the file names none.
    """

    file: str
    month: date
    source: str
    postings: int
    total: Decimal

    def line(self, *, done: bool) -> str:
        """ "ledger.csv: April 2026: 1 posting removed, £25,000.00"."""
        of = ", ".join(filter(None, [formats.month_in_words(self.month), self.source]))
        number = formats.plural(self.postings, "posting", "postings")
        return f"{self.file}: {of}: {number} {'' if done else 'to be '}removed, {formats.pounds_exact(self.total)}"


@dataclass(frozen=True)
class ImportReport:
    """What an import did or, when it only checks, would read and remove."""

    files: tuple[FileReport, ...]
    warnings: tuple[str, ...]
    loaded: bool
    removals: tuple[Removal, ...] = ()

    def lines(self) -> list[str]:
        """A line per file, and one per month with stored postings to remove."""
        width = max(len(report.file) for report in self.files)
        lines = []
        for report in self.files:
            line = f"{report.file:{width}}  {report.read:>9,} read"
            if self.loaded:
                line += f"  {report.created:>9,} created  {report.updated:>9,} updated"
                line += f"  {report.unchanged:>9,} unchanged"
            if report.removed:
                line += f"  {report.removed:>9,} removed"
            if report.absent:
                line += f"  {report.absent:>9,} stored and not in the file"
            lines.append(line)
        return [*lines, *(removal.line(done=self.loaded) for removal in self.removals)]


@dataclass
class Findings:
    """Problems in whatever order they are found; keeps the first of them in bounded memory."""

    order: dict[str, tuple[str, ...]]
    """The columns of each file, both in the order in which problems are listed."""
    count: int = 0
    _kept: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        """Count a problem, and keep it if it may be listed."""
        self.extend([problem], 1)

    def extend(self, problems: Iterable[Problem], count: int) -> None:
        """Count the problems of one query, of which only the first are given."""
        self._kept.extend(problems)
        self.count += count
        if len(self._kept) > 2 * LISTED:
            self._kept = self.first()

    def first(self) -> list[Problem]:
        """The problems to list, in order."""
        return sorted(self._kept, key=self._place)[:LISTED]

    def _place(self, problem: Problem) -> tuple[int, int, int]:
        columns = self.order[problem.file]
        position = columns.index(problem.column) if problem.column in columns else -1
        return list(self.order).index(problem.file), problem.line, position


def visible(value: str) -> str:
    """Return ``value`` on one line: control characters written as escapes, cut if it is too long."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in value[: SHOWN + 1])
    return shown if len(shown) <= SHOWN else shown[:SHOWN] + "…"
