"""A whole data set into the store, or nothing of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.utils.timezone import localdate

from sen_dashboard.core.problems import (
    DatasetError,
    FileReport,
    Findings,
    Problem,
    Progress,
    Report,
    visible,
)
from sen_dashboard.core.trail import changes_through
from sen_dashboard.datasets.checks import Checker
from sen_dashboard.datasets.contract import FILES, FileSpec
from sen_dashboard.datasets.merge import merge, refusal, rows_read
from sen_dashboard.datasets.reader import Table
from sen_dashboard.datasets.source import Member, open_source
from sen_dashboard.datasets.staging import Staged, drop, stage

IMPORTING = 20_180_401
"""Any number: the advisory lock that one import at a time holds."""

SETTINGS = (
    "SET LOCAL work_mem = '64MB'",
    "SET LOCAL jit = off",  # compiling these statements would take longer than running them
    # No trigger is ignored. Without a value, pgtrigger's own guard raises and catches an exception for every row.
    "SET LOCAL pgtrigger.ignore = '{}'",
    "SET CONSTRAINTS ALL DEFERRED",
)

WHO = "Import of a data set"
BUSY = "Another import is running: wait for its end, then import again."


def import_dataset(
    folder: Path,
    *,
    today: date | None = None,
    check_only: bool = False,
    progress: Progress = lambda step, done, total: None,
) -> Report:
    """Read the data set in ``folder``, which may be a zip, and load it in one transaction.

    What it says to have happened after ``today``, the day of the import unless given, is refused. With ``check_only``
    it stops before loading. Raises DatasetError with everything that is wrong, and then nothing is
    loaded. A column that a file does not have leaves stored values alone; an empty value clears the stored one.
    """
    warnings: list[str] = []
    names = [spec.name for spec in FILES]
    with open_source(folder, names) as members, _transaction(warnings) as cursor:
        warnings.extend(
            f"{visible(name)} is no file of a data set and is ignored."
            for name in members
            if name not in names
        )
        present = {name: members[name] for name in names if name in members}
        return _Import(cursor, present, warnings, progress, today or localdate()).run(check_only)


@contextmanager
def _transaction(warnings: list[str]) -> Iterator[Any]:
    """A transaction that no other import shares. Raises DatasetError when PostgreSQL refuses."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [IMPORTING])
            if cursor.fetchone() == (False,):
                raise DatasetError([Problem(BUSY)])
            for statement in SETTINGS:
                cursor.execute(statement)
            with changes_through(WHO):
                yield cursor
    except (DataError, IntegrityError, OperationalError) as error:
        raise DatasetError([refusal(error)], warnings=warnings) from None


class _Import:
    """One run: the files of the data set, staged, checked and merged."""

    def __init__(
        self,
        cursor: Any,
        members: dict[str, Member],
        warnings: list[str],
        progress: Progress,
        today: date,
    ) -> None:
        self.cursor = cursor
        self.members = members
        self.warnings = warnings
        self.today = today
        self.findings = Findings({spec.name: tuple(spec.headings.values()) for spec in FILES})
        self.staged: dict[str, Staged] = {}
        self.unread: set[str] = set()
        self._changed = False
        self._progress = progress
        self._done = 0
        self._total = 2 * sum(member.size for member in members.values())  # each byte is read, then stored

    def run(self, check_only: bool) -> Report:
        """Raises DatasetError with everything that is wrong."""
        for spec in FILES:
            if spec.name in self.members:
                self._stage(spec, self.members[spec.name])
        Checker(self.cursor, self.staged, self.unread, self.findings, self.today).check()
        if self.findings.count:
            raise DatasetError(self.findings.first(), self.findings.count, self.warnings)
        reports = [
            self._reported(staged) if check_only else self._merged(staged) for staged in self.staged.values()
        ]
        self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for staged in self.staged.values():
            drop(self.cursor, staged)
        return Report(tuple(reports), tuple(self.warnings), loaded=not check_only)

    def _stage(self, spec: FileSpec, member: Member) -> None:
        step = f"Reading {spec.name}"
        with member.open() as stream:
            table = Table(spec, stream, self.findings, self.warnings)
            if table.complete:
                show = lambda: self._progress(step, self._done + table.bytes_read, self._total)  # noqa: E731
                self.staged[spec.name] = stage(self.cursor, table, show)
        if not table.complete:
            self.unread.add(spec.name)
        self._finish(step, member)

    def _reported(self, staged: Staged) -> FileReport:
        return FileReport(staged.spec.name, rows_read(self.cursor, staged))

    def _merged(self, staged: Staged) -> FileReport:
        report = merge(self.cursor, staged, self.today)
        self._changed |= report.updated > 0
        if not self._changed:
            # New rows refer only to rows already there. Checked now, or PostgreSQL would remember each till the end.
            self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self.cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        self._finish(f"Storing {staged.spec.name}", self.members[staged.spec.name])
        return report

    def _finish(self, step: str, member: Member) -> None:
        self._done += member.size
        self._progress(step, self._done, self._total)
