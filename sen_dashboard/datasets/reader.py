"""The files of a data set as rows of text, under the names of the table's columns."""

import re
from collections.abc import Iterator
from typing import IO

from sen_dashboard.datasets.contract import FileSpec
from sen_dashboard.importing.lines import CsvFile, Row
from sen_dashboard.importing.problems import Findings, Problem

TOTALS = re.compile("((grand|sub)[ -]?)?totals?:?", re.IGNORECASE)
"""The beginning of a total row that a spreadsheet added."""


class Table:
    """A CSV file of the contract, given a ``name`` of its own if others have the same file name (see ``CsvFile``)."""

    def __init__(
        self, spec: FileSpec, stream: IO[bytes], findings: Findings, warnings: list[str], name: str = ""
    ) -> None:
        self.spec = spec
        self.name = name or spec.name
        self._findings = findings
        self._file = CsvFile(
            self.name,
            stream,
            findings,
            warnings,
            columns=[column.heading for column in spec.columns],
            required=[column.heading for column in spec.columns if column.required],
        )

    @property
    def complete(self) -> bool:
        """Whether every row could be read."""
        return self._file.complete

    @property
    def bytes_read(self) -> int:
        """The number of bytes read so far."""
        return self._file.bytes_read

    @property
    def lines_read(self) -> int:
        """The number of lines read so far."""
        return self._file.lines_read

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the contract's columns that the file has, in the contract's order."""
        names = {column.heading: column.name for column in self.spec.columns}
        return tuple(names[heading] for heading in self._file.columns)

    def refuse_other_columns(self, first: "Table") -> None:
        """Report a header with other columns than the first file of this name."""
        if set(self.columns) != set(first.columns):
            self._file.problem(1, f"The header does not have the same columns as that of {first.name}.")

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Each row's first line and its values in the order of ``columns``; a total row is reported instead."""
        for line, row in self._file.rows():
            first = next(filter(None, row))
            if TOTALS.fullmatch(first):
                column = self._file.columns[row.index(first)]
                reason = "This is a row of totals: leave it out."
                self._findings.add(Problem(reason, self.name, line, column, first))
            else:
                yield line, row
