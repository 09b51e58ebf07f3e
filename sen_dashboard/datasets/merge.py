"""Staged rows into the store: a few statements a file, whatever its size."""

from typing import Any

from django.db import DatabaseError
from psycopg2 import sql

from sen_dashboard.core.problems import FileReport, Problem
from sen_dashboard.core.trail import KEPT
from sen_dashboard.datasets.contract import FILES, FileSpec
from sen_dashboard.datasets.rules import declared_constraint, sentence_of
from sen_dashboard.datasets.staging import Staged, current, same_key, store_table, stored_key
from sen_dashboard.datasets.whole import remove

DEADLOCK = "40P01"


def merge(cursor: Any, staged: Staged) -> FileReport:
    """Remove the stored rows that the file should have, update those that differ, and insert those not stored.

    The table is analysed before its deferred triggers run: they would plan for an empty table, and read it whole for
    every row. So is that of its trail, which pages ask next.
    """
    whole = staged.spec.whole
    removed = remove(cursor, staged, whole) if whole else 0
    absent = number_absent(cursor, staged)
    updated = _update(cursor, staged)
    created = _insert(cursor, staged)
    if removed or updated or created:
        for table in _written(staged.spec):
            cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
    return FileReport(staged.spec.name, rows_read(cursor, staged), created, updated, removed, absent)


def _written(spec: FileSpec) -> list[str]:
    """The tables that a merge writes to: the file's own, and the one that keeps its changes."""
    kept = KEPT.get(spec.model._meta.label)
    return [spec.table, *([kept.entries.model._meta.db_table] if kept else [])]


def rows_read(cursor: Any, staged: Staged) -> int:
    """The number of rows that the file has."""
    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(staged.rows))
    return int(cursor.fetchone()[0])


def number_absent(cursor: Any, staged: Staged) -> int:
    """The number of stored rows that the file does not have."""
    cursor.execute(
        sql.SQL("SELECT count(*) FROM {} o WHERE {} AND NOT EXISTS (SELECT FROM {} s WHERE {})").format(
            store_table(staged.spec), current(staged.spec), staged.rows, same_key(staged.spec, "s", "o")
        )
    )
    return int(cursor.fetchone()[0])


def _update(cursor: Any, staged: Staged) -> int:
    spec = staged.spec
    names = [name for name in spec.names if name not in spec.key and name in staged.columns]
    if not names:
        return 0

    def columns(table: str) -> sql.Composed:
        return sql.SQL(", ").join(sql.Identifier(table, name) for name in names)

    cursor.execute(
        sql.SQL(
            "UPDATE {store} o SET ({names}) = ROW({new}) FROM {rows} s"
            " WHERE {stored_key} AND ROW({old}) IS DISTINCT FROM ROW({new})"
        ).format(
            store=store_table(spec),
            names=sql.SQL(", ").join(map(sql.Identifier, names)),
            new=columns("s"),
            old=columns("o"),
            rows=staged.rows,
            stored_key=stored_key(spec, "s"),
        )
    )
    return int(cursor.rowcount)


def _insert(cursor: Any, staged: Staged) -> int:
    spec = staged.spec
    cursor.execute(
        sql.SQL(
            "INSERT INTO {store} ({names}) SELECT {names} FROM {rows} s"
            " WHERE NOT EXISTS (SELECT FROM {store} o WHERE {stored_key}) ORDER BY at_line"
        ).format(
            store=store_table(spec),
            names=sql.SQL(", ").join(map(sql.Identifier, spec.names)),
            rows=staged.rows,
            stored_key=stored_key(spec, "s"),
        )
    )
    return int(cursor.rowcount)


def refusal(error: DatabaseError) -> Problem:
    """What to say when PostgreSQL refuses rows that the checks let pass, as when somebody entered one meanwhile.

    A trigger says its own sentence; that of a constraint stands in the model.
    """
    diag = getattr(error.__cause__, "diag", None)
    table, name = getattr(diag, "table_name", None), getattr(diag, "constraint_name", None)
    spec: FileSpec | None = next((spec for spec in FILES if spec.table == table), None)
    if name and spec:
        return Problem(sentence_of(declared_constraint(spec, name), name), spec.name)
    if name and diag:
        return Problem(str(diag.message_primary))
    if diag and diag.sqlstate == DEADLOCK:
        return Problem("Somebody changed the same records at the same time; import again.")
    return Problem("The database stopped the import; nothing was loaded.")
