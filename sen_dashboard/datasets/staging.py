"""A data set's rows in temporary tables of the store, where they are checked and merged from.

Every file has two tables: ``text`` with its texts, and ``rows`` with their values. Both have ``at_line``, the line
where a row starts, counted through all files of one name. ``rows`` has the columns of the store's own table, and
``faults``: bit n is set if column n has a value that no further check may use.
"""

import csv
import io
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg2 import sql

from sen_dashboard.datasets.contract import Column, FileSpec
from sen_dashboard.datasets.reader import Table
from sen_dashboard.importing.lines import Row

BATCH = 1000
"""How many rows are sent to the store at a time."""


@dataclass(frozen=True)
class Staged:
    """A file of the data set in its temporary tables; ``columns`` are those the file has."""

    spec: FileSpec
    columns: tuple[str, ...]
    parts: list[tuple[int, str]] = field(default_factory=list)
    """The files that it consists of: how many lines come before each, and its name."""

    def place(self, at_line: int) -> tuple[str, int]:
        """The file that a row comes from, and its line there."""
        before, name = self.parts[bisect_left(self.parts, (at_line,)) - 1]
        return name, at_line - before

    @property
    def text(self) -> sql.Identifier:
        """The table of texts."""
        return sql.Identifier(f"dataset_{self.spec.stem}_text")

    @property
    def rows(self) -> sql.Identifier:
        """The table of values."""
        return sql.Identifier(f"dataset_{self.spec.stem}_rows")


def stage(cursor: Any, tables: Sequence[Table], progress: Callable[[], None]) -> Staged:
    """Copy the rows of one file, or of several with its name, into temporary tables.

    ``progress`` is called from time to time.
    """
    staged = Staged(tables[0].spec, tables[0].columns)
    _copy_text(cursor, staged, _in_batches(_one_after_another(staged, tables), progress))
    _read_values(cursor, staged)
    return staged


def drop(cursor: Any, staged: Staged) -> None:
    """Remove the file's temporary tables."""
    cursor.execute(sql.SQL("DROP TABLE {}, {}").format(staged.text, staged.rows))


def store_table(spec: FileSpec) -> sql.Identifier:
    """The file's table in the store."""
    return sql.Identifier(spec.table)


def stored_rows(spec: FileSpec) -> sql.Composable:
    """The store's current rows for the file: its table, with each row's latest entry if it has entries."""
    if spec.entries is None:
        return store_table(spec)
    own = sql.SQL(", ").join(sql.Identifier("own", name) for name in spec.own_names)
    entered = sql.SQL(", ").join(sql.Identifier("latest", name) for name in spec.entered_names)
    return sql.SQL(
        "(SELECT {own}, {entered} FROM {table} own LEFT JOIN LATERAL"
        " (SELECT * FROM {entries} e WHERE e.{reference} = own.{key} ORDER BY e.{day} DESC, e.id DESC LIMIT 1) latest"
        " ON TRUE)"
    ).format(
        own=own,
        entered=entered,
        table=store_table(spec),
        entries=sql.Identifier(spec.entries.table),
        reference=sql.Identifier(spec.entries.reference),
        key=sql.Identifier(spec.key[0]),
        day=sql.Identifier(spec.entries.day),
    )


def same_key(spec: FileSpec, one: str, other: str) -> sql.Composed:
    """SQL that is true for two rows with the same key; an empty optional part equals another empty one.

    PostgreSQL cannot join tables quickly on IS NOT DISTINCT FROM. No key is the empty text, so that may represent NULL.
    """
    parts = []
    for name in spec.key:
        equal = "coalesce({}, '') = coalesce({}, '')" if spec.optional_key(name) else "{} = {}"
        parts.append(sql.SQL(equal).format(sql.Identifier(one, name), sql.Identifier(other, name)))
    return sql.SQL(" AND ").join(parts)


def stored_key(spec: FileSpec, other: str) -> sql.Composed:
    """SQL that is true for a stored row ``o`` that a row ``other`` with its key would update."""
    return sql.SQL("{} AND {}").format(same_key(spec, "o", other), current(spec))


def unchanged(spec: FileSpec, other: str) -> sql.Composed:
    """SQL that is true for a stored row ``o`` that a row ``other`` with its key would leave unchanged."""
    rest = [name for name in spec.names if name not in spec.key]
    same = [
        sql.SQL("{} IS NOT DISTINCT FROM {}").format(sql.Identifier("o", name), sql.Identifier(other, name))
        for name in rest
    ]
    return sql.SQL(" AND ").join([stored_key(spec, other), *same])


def current(spec: FileSpec) -> sql.Composable:
    """SQL that is true for a stored row ``o`` unless a later entry with the same key replaced it."""
    return sql.SQL("NOT {}").format(sql.Identifier("o", spec.replaced)) if spec.replaced else sql.SQL("TRUE")


def final_rows(spec: FileSpec, staged: Staged | None) -> sql.Composed:
    """SQL for the rows as they would be after loading: staged rows, and stored rows that no staged row replaces.

    Stored rows have no line and no faults; alone, they have all of the store's columns.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, spec.names))
    stored = sql.SQL(
        "SELECT NULL::int AS at_line, 0 AS faults, {names} FROM {store} o WHERE {current}"
    ).format(names=names if staged else sql.SQL("o.*"), store=stored_rows(spec), current=current(spec))
    if staged is None:
        return sql.SQL("({})").format(stored)
    return sql.SQL(
        "(SELECT at_line, faults, {names} FROM {rows} UNION ALL {stored}"
        " AND NOT EXISTS (SELECT FROM {rows} s WHERE {same_key}))"
    ).format(names=names, rows=staged.rows, stored=stored, same_key=same_key(spec, "s", "o"))


def _one_after_another(staged: Staged, tables: Iterable[Table]) -> Iterator[tuple[int, Row]]:
    before = 0
    for table in tables:
        staged.parts.append((before, table.name))
        for line, row in table.rows():
            yield before + line, row
        before += table.lines_read


def _in_batches(
    rows: Iterator[tuple[int, Row]], progress: Callable[[], None]
) -> Iterator[list[tuple[Any, ...]]]:
    batch: list[tuple[Any, ...]] = []
    for line, row in rows:
        batch.append((line, *row))
        if len(batch) == BATCH:
            yield batch
            progress()
            batch = []
    yield batch


class _CopyStream:
    """Batches of rows as the file that COPY reads, one batch at a time whatever size it asks for."""

    def __init__(self, batches: Iterator[list[tuple[Any, ...]]]) -> None:
        self._batches = batches
        self._buffer = io.StringIO()
        # With this line end the writer escapes both \r and \n within values.
        self._writer = csv.writer(
            self._buffer,
            delimiter="\t",
            quoting=csv.QUOTE_NONE,
            quotechar=None,
            escapechar="\\",
            lineterminator="\r\n",
        )

    def read(self, size: int = -1) -> str:
        """The next rows in COPY's text format; empty at the end."""
        self._buffer.seek(0)
        self._buffer.truncate()
        self._writer.writerows(next(self._batches, ()))
        return self._buffer.getvalue()


def _copy_text(cursor: Any, staged: Staged, batches: Iterator[list[tuple[Any, ...]]]) -> None:
    columns = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(name)) for name in staged.columns)
    cursor.execute(
        sql.SQL("CREATE TEMP TABLE {} (at_line int, {}) ON COMMIT DROP").format(staged.text, columns)
    )
    copy = sql.SQL("COPY {} FROM STDIN (NULL '', ENCODING 'UTF8')").format(staged.text)
    with cursor.db.wrap_database_errors:  # as Django does for its own statements
        cursor.copy_expert(copy, _CopyStream(batches))


def _read_values(cursor: Any, staged: Staged) -> None:
    """Fill the table of values; a column missing from the file keeps its stored value, or starts with its default."""
    spec = staged.spec
    names = sql.SQL(", ").join(map(sql.Identifier, spec.names))
    cursor.execute(
        sql.SQL(
            "CREATE TEMP TABLE {rows} ON COMMIT DROP AS"
            " SELECT 0 AS at_line, 0 AS faults, {names} FROM {store} o WITH NO DATA"
        ).format(rows=staged.rows, names=names, store=stored_rows(spec))
    )
    absent = [name for name in spec.names if name not in staged.columns]
    stored = (
        sql.SQL("LEFT JOIN {} o ON {}").format(store_table(spec), stored_key(spec, "v")) if absent else None
    )
    cursor.execute(
        sql.SQL(
            "INSERT INTO {rows} SELECT v.at_line, {faults}, {values} FROM ({read} OFFSET 0) v {stored}"
        ).format(
            rows=staged.rows,
            faults=_faults(staged),
            values=sql.SQL(", ").join(_final_value(staged, column) for column in spec.columns),
            read=_read(staged),
            stored=stored or sql.SQL(""),
        )
    )
    joined = {*spec.key, *(column.name for column in spec.columns if column.refers_to)}
    cursor.execute(
        sql.SQL("ANALYZE {} ({})").format(
            staged.rows, sql.SQL(", ").join(map(sql.Identifier, sorted(joined)))
        )
    )


def _read(staged: Staged) -> sql.Composed:
    """Each column of the file as text and as value, and the parts of the key that the file lacks."""
    columns = []
    for column in staged.spec.columns:
        if column.name in staged.columns:
            text = sql.Identifier("t", column.name)
            columns.append(
                sql.SQL(
                    "{text} AS {as_text}, CASE WHEN {text} IS NULL THEN {default} ELSE {value} END AS {name}"
                ).format(
                    text=text,
                    as_text=sql.Identifier(f"{column.name} text"),
                    default=sql.Literal(column.default),
                    value=column.kind.read(text),
                    name=sql.Identifier(column.name),
                )
            )
        elif column.name in staged.spec.key:
            columns.append(
                sql.SQL("{}::text AS {}").format(sql.Literal(column.default), sql.Identifier(column.name))
            )
    return sql.SQL("SELECT t.at_line, {} FROM {} t").format(sql.SQL(", ").join(columns), staged.text)


def _faults(staged: Staged) -> sql.Composable:
    """The bits of the columns that are required but empty, or hold text that is not a value."""
    bits: list[sql.Composable] = [sql.SQL("0")]
    for column in staged.spec.columns:
        if column.name in staged.columns:
            text = sql.Identifier("v", f"{column.name} text")
            value = sql.Identifier("v", column.name)
            wrong = (
                "{text} IS NULL OR {value} IS NULL"
                if column.required
                else "{text} IS NOT NULL AND {value} IS NULL"
            )
            bits.append(
                sql.SQL(f"CASE WHEN {wrong} THEN {{bit}} ELSE 0 END").format(
                    text=text, value=value, bit=sql.Literal(staged.spec.mask((column.name,)))
                )
            )
    return sql.SQL(" + ").join(bits)


def _final_value(staged: Staged, column: Column) -> sql.Composable:
    """The value in the file; if it lacks the column, the one stored under the key, or the default.

    For a column of entries it is the default: an earlier entry's value is not repeated.
    """
    if column.name in staged.columns or column.name in staged.spec.key:
        return sql.Identifier("v", column.name)
    if column.is_entered:
        return sql.Literal(column.default)
    return sql.SQL("CASE WHEN {key} IS NULL THEN {default} ELSE {stored} END").format(
        key=sql.Identifier("o", staged.spec.key[0]),
        default=sql.Literal(column.default),
        stored=sql.Identifier("o", column.name),
    )
