"""Loading a data set into the store, all or nothing."""

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.db import DataError, IntegrityError, OperationalError

from sen_dashboard.clock.day import working_day
from sen_dashboard.core.models.trail import changes_through
from sen_dashboard.datasets.checks import Checker, Kpis
from sen_dashboard.datasets.contract import FILES, FileSpec
from sen_dashboard.datasets.merge import merge, number_absent, refusal, rows_read
from sen_dashboard.datasets.reader import Table
from sen_dashboard.datasets.staging import Staged, drop, stage
from sen_dashboard.importing.alone import one_import
from sen_dashboard.importing.problems import (
    DatasetError,
    FileReport,
    Findings,
    ImportReport,
    Progress,
    visible,
)
from sen_dashboard.importing.source import Member, Wanted, open_source

NAMES = tuple(spec.name for spec in FILES)
WANTED = Wanted(NAMES.__contains__, NAMES[0])

WHO = "Import of a data set"


def import_dataset(
    *folders: Path,
    today: date | None = None,
    check_only: bool = False,
    replace: bool = False,
    kpis: Kpis | None = None,
    progress: Progress = lambda step, done, total: None,
) -> ImportReport:
    """Read the data set in the ``folders``, each of which may be a zip, and load it in one transaction.

    Files with the same name in several folders count as one. Past events dated after ``today`` (the day of the import
    by default) are refused. With ``check_only`` nothing is loaded; with ``replace`` a file may remove most of a stored
    month. ``kpis`` has each KPI's keys by its slug: those named in files must be among them. Raises DatasetError with
    every error, and then nothing is loaded. A column that a file lacks leaves stored values alone; an empty value
    clears the stored one.
    """
    warnings: list[str] = []
    with ExitStack() as stack:
        found = [(folder, stack.enter_context(open_source(folder, WANTED))) for folder in folders]
        warnings.extend(
            f"{visible(name)} is not a data set file and is ignored."
            for _, members in found
            for name in members
            if name not in NAMES
        )
        with _transaction(warnings) as cursor:
            files = _by_name(found)
            run = _Import(cursor, files, warnings, replace, kpis, progress, today or working_day())
            return run.run(check_only)


def _by_name(found: list[tuple[Path, dict[str, Member]]]) -> dict[str, list[Member]]:
    """The contract's files by name; files from several folders have their folders in their names."""
    present = {
        name: [(folder, members[name]) for folder, members in found if name in members] for name in NAMES
    }
    return {
        name: [dataclasses.replace(m, name=str(folder / name)) if len(same) > 1 else m for folder, m in same]
        for name, same in present.items()
        if same
    }


@contextmanager
def _transaction(warnings: list[str]) -> Iterator[Any]:
    """A transaction that no other import shares. Raises DatasetError if PostgreSQL refuses the rows."""
    try:
        with one_import() as cursor, changes_through(WHO):
            yield cursor
    except (DataError, IntegrityError, OperationalError) as error:
        raise DatasetError([refusal(error)], warnings=warnings) from None


class _Import:
    """One run: the files of the data set, staged, checked and merged."""

    def __init__(
        self,
        cursor: Any,
        members: dict[str, list[Member]],
        warnings: list[str],
        replace: bool,
        kpis: Kpis | None,
        progress: Progress,
        today: date,
    ) -> None:
        self.cursor = cursor
        self.members = members
        self.warnings = warnings
        self.today = today
        self.findings = Findings(
            {
                member.name: tuple(spec.headings.values())
                for spec in FILES
                for member in members.get(spec.name, ())
            }
        )
        self.staged: dict[str, Staged] = {}
        self.unread: set[str] = set()
        self.checker = Checker(cursor, self.staged, self.unread, self.findings, today, replace, kpis)
        self._changed = False
        self._progress = progress
        self._done = 0
        self._total = 2 * sum(map(self._size, members))  # each byte is read, then stored

    def run(self, check_only: bool) -> ImportReport:
        """Import the files. Raises DatasetError with every error."""
        for spec in FILES:
            if spec.name in self.members:
                self._stage(spec)
        self.checker.check()
        if self.findings.count:
            raise DatasetError(self.findings.first(), self.findings.count, self.warnings)
        reports = [
            self._reported(staged) if check_only else self._merged(staged) for staged in self.staged.values()
        ]
        self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for staged in self.staged.values():
            drop(self.cursor, staged)
        return ImportReport(
            tuple(reports), tuple(self.warnings), not check_only, tuple(self.checker.removals)
        )

    def _stage(self, spec: FileSpec) -> None:
        step = f"Reading {spec.name}"
        with ExitStack() as stack:
            tables = [
                Table(spec, stack.enter_context(member.open()), self.findings, self.warnings, member.name)
                for member in self.members[spec.name]
            ]
            if all(table.complete for table in tables):
                for table in tables[1:]:
                    table.refuse_other_columns(tables[0])
            if all(table.complete for table in tables):

                def show() -> None:
                    self._progress(step, self._done + sum(table.bytes_read for table in tables), self._total)

                self.staged[spec.name] = stage(self.cursor, tables, show)
        if not all(table.complete for table in tables):
            self.unread.add(spec.name)
        self._finish(step, spec.name)

    def _reported(self, staged: Staged) -> FileReport:
        name = staged.spec.name
        removed = sum(removal.postings for removal in self.checker.removals if removal.file == name)
        absent = number_absent(self.cursor, staged) - removed
        return FileReport(name, rows_read(self.cursor, staged), removed=removed, absent=absent)

    def _merged(self, staged: Staged) -> FileReport:
        report = merge(self.cursor, staged, self.today)
        self._changed |= report.updated > 0
        if not self._changed:
            # New rows refer only to rows already there. Checked now, or PostgreSQL would remember each till the end.
            self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self.cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        self._finish(f"Storing {staged.spec.name}", staged.spec.name)
        return report

    def _size(self, name: str) -> int:
        return sum(member.size for member in self.members[name])

    def _finish(self, step: str, name: str) -> None:
        self._done += self._size(name)
        self._progress(step, self._done, self._total)
