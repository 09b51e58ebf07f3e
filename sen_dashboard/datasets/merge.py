"""Merging staged rows into the store: a few statements per file, whatever its size."""

from datetime import date
from typing import Any

from django.db import DatabaseError
from psycopg2 import sql

from sen_dashboard.core.models.trail import KEPT
from sen_dashboard.datasets.contract import FILES, Entries, FileSpec
from sen_dashboard.datasets.rules import declared_constraint, sentence_of
from sen_dashboard.datasets.staging import Staged, current, same_key, store_table, stored_key
from sen_dashboard.datasets.whole import remove
from sen_dashboard.importing.problems import FileReport, Problem

DEADLOCK = "40P01"


def merge(cursor: Any, staged: Staged, today: date) -> FileReport:
    """Remove the stored rows that the file replaces, update those that differ, and insert those not stored.

    An entry without a date is dated ``today``.

    The table is analysed before its deferred triggers run: they would plan for an empty table, and scan all of it for
    every row. So is the table of its trail, which pages query next.
    """
    whole, entries = staged.spec.whole, staged.spec.entries
    removed = remove(cursor, staged, whole) if whole else 0
    absent = number_absent(cursor, staged)
    entered = _enter(cursor, staged, entries, today) if entries else 0
    updated = _update(cursor, staged) + entered
    created = _insert(cursor, staged)
    if removed or updated or created:
        for table in _written(staged.spec):
            cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
    return FileReport(staged.spec.name, rows_read(cursor, staged), created, updated, removed, absent)


def _written(spec: FileSpec) -> list[str]:
    """The tables that a merge writes to: the file's own, that of its entries, and those of their trails."""
    kept = [KEPT[model._meta.label].entries.model for model in spec.models if model._meta.label in KEPT]
    return [model._meta.db_table for model in (*spec.models, *kept)]


def rows_read(cursor: Any, staged: Staged) -> int:
    """The number of rows in the file."""
    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(staged.rows))
    return int(cursor.fetchone()[0])


def number_absent(cursor: Any, staged: Staged) -> int:
    """The number of stored rows that are not in the file."""
    cursor.execute(
        sql.SQL("SELECT count(*) FROM {} o WHERE {} AND NOT EXISTS (SELECT FROM {} s WHERE {})").format(
            store_table(staged.spec), current(staged.spec), staged.rows, same_key(staged.spec, "s", "o")
        )
    )
    return int(cursor.fetchone()[0])


def _changeable(staged: Staged) -> list[str]:
    """The columns of the file that may differ from the stored row."""
    spec = staged.spec
    return [name for name in spec.own_names if name not in spec.key and name in staged.columns]


def _enter(cursor: Any, staged: Staged, entries: Entries, today: date) -> int:
    """Add an entry for each staged row that differs from the entry in force on its day.

    Returns the number of stored rows with no other change. The rows themselves are not merged yet: references are
    checked at the end.
    """
    spec = staged.spec
    compared = [name for name in spec.entered_names if name != entries.day and name in staged.columns]
    own = _changeable(staged)
    cursor.execute(
        sql.SQL(
            """
            WITH added AS (
                INSERT INTO {entries} ({reference}, {day}, {names})
                SELECT s.{key}, coalesce(s.{day}, {today}), {new} FROM {rows} s
                WHERE NOT EXISTS (
                    SELECT FROM (
                        SELECT * FROM {entries} e
                        WHERE e.{reference} = s.{key} AND e.{day} <= coalesce(s.{day}, {today})
                        ORDER BY e.{day} DESC, e.id DESC LIMIT 1
                    ) latest
                    WHERE latest.{day} = coalesce(s.{day}, latest.{day}) AND ROW({stood}) = ROW({said})
                )
                ORDER BY at_line
                RETURNING {reference}
            )
            SELECT count(*) FROM added JOIN {rows} s ON s.{key} = added.{reference}
            JOIN {store} o ON {stored_key} AND ROW({old}) IS NOT DISTINCT FROM ROW({unchanged})
            """
        ).format(
            entries=sql.Identifier(entries.table),
            reference=sql.Identifier(entries.reference),
            day=sql.Identifier(entries.day),
            names=_columns(*(name for name in spec.entered_names if name != entries.day)),
            key=sql.Identifier(spec.key[0]),
            today=sql.Literal(today),
            new=_columns(*(name for name in spec.entered_names if name != entries.day), of="s"),
            rows=staged.rows,
            stood=_columns(*compared, of="latest"),
            said=_columns(*compared, of="s"),
            store=store_table(spec),
            stored_key=stored_key(spec, "s"),
            old=_columns(*own, of="o"),
            unchanged=_columns(*own, of="s"),
        )
    )
    return int(cursor.fetchone()[0])


def _columns(*names: str, of: str = "") -> sql.Composed:
    """The columns of a table as an SQL list."""
    return sql.SQL(", ").join(sql.Identifier(*([of] if of else []), name) for name in names)


def _update(cursor: Any, staged: Staged) -> int:
    spec = staged.spec
    names = _changeable(staged)
    if not names:
        return 0

    cursor.execute(
        sql.SQL(
            "UPDATE {store} o SET ({names}) = ROW({new}) FROM {rows} s"
            " WHERE {stored_key} AND ROW({old}) IS DISTINCT FROM ROW({new})"
        ).format(
            store=store_table(spec),
            names=_columns(*names),
            new=_columns(*names, of="s"),
            old=_columns(*names, of="o"),
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
            names=_columns(*spec.own_names),
            rows=staged.rows,
            stored_key=stored_key(spec, "s"),
        )
    )
    return int(cursor.rowcount)


def refusal(error: DatabaseError) -> Problem:
    """The problem to report if PostgreSQL refuses rows that the checks allowed, as when somebody has just entered one.

    A trigger has its own sentence; a constraint's is in the model.
    """
    diag = getattr(error.__cause__, "diag", None)
    table, name = getattr(diag, "table_name", None), getattr(diag, "constraint_name", None)
    spec: FileSpec | None = next(
        (spec for spec in FILES if table in [model._meta.db_table for model in spec.models]), None
    )
    if name and spec:
        return Problem(sentence_of(declared_constraint(spec, name), name), spec.name)
    if name and diag:
        return Problem(str(diag.message_primary))
    if diag and diag.sqlstate == DEADLOCK:
        return Problem("Someone changed the same records at the same time: import again.")
    return Problem("The database stopped the import; nothing was loaded.")
