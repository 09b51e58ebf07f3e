"""Stored rows missing from a file that should have whole months (data contract, ``ledger.csv``)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from psycopg2 import sql

from sen_dashboard.datasets.contract import Whole
from sen_dashboard.datasets.staging import Staged, same_key, store_table
from sen_dashboard.importing.problems import Removal


@dataclass(frozen=True)
class Lack:
    """Stored rows of one group (a month and the group's other columns) that the file lacks.

    ``at_line`` is the group's first row in the file, ``rows`` its number of rows there, ``stored`` the number stored,
    ``lacking`` the number of these missing from the file, and ``total`` the sum of the missing ones in £.
    """

    at_line: int
    month: date
    beside: str
    rows: int
    stored: int
    lacking: int
    total: Decimal

    def removal(self, file: str) -> Removal:
        """What the report says about them."""
        return Removal(file, self.month, self.beside, self.lacking, self.total)


def lacks_of(cursor: Any, staged: Staged, whole: Whole) -> list[Lack]:
    """The groups that have rows in the file but lack stored ones, in order of their months."""
    group = sql.SQL(", ").join(map(sql.Identifier, whole.group))
    beside = [name for name in whole.group if name != whole.month]
    cursor.execute(
        sql.SQL(
            "SELECT g.at_line, {month}, concat_ws(', ', {beside}), g.number, count(*),"
            " count(*) FILTER (WHERE s.at_line IS NULL), sum({amount}) FILTER (WHERE s.at_line IS NULL)"
            " FROM (SELECT {group}, count(*) AS number, min(at_line) AS at_line FROM {rows} GROUP BY {group}) g"
            " JOIN {store} o USING ({group}) LEFT JOIN {rows} s ON {same_key}"
            " GROUP BY {grouped}, g.at_line, g.number HAVING count(*) > count(s.at_line) ORDER BY {grouped}"
        ).format(
            month=sql.Identifier("g", whole.month),
            beside=sql.SQL(", ").join(
                sql.SQL("nullif({}, '')").format(sql.Identifier("g", name)) for name in beside
            ),
            amount=sql.Identifier("o", whole.amount),
            group=group,
            grouped=sql.SQL(", ").join(sql.Identifier("g", name) for name in (whole.month, *beside)),
            rows=staged.rows,
            store=store_table(staged.spec),
            same_key=same_key(staged.spec, "s", "o"),
        )
    )
    return [Lack(*row) for row in cursor.fetchall()]


def remove(cursor: Any, staged: Staged, whole: Whole) -> int:
    """Remove the stored rows of the file's groups that the file lacks; returns how many."""
    group = sql.SQL(", ").join(map(sql.Identifier, whole.group))
    cursor.execute(
        sql.SQL(
            "DELETE FROM {store} o WHERE ({group}) IN (SELECT {group} FROM {rows})"
            " AND NOT EXISTS (SELECT FROM {rows} s WHERE {same_key})"
        ).format(
            store=store_table(staged.spec),
            group=group,
            rows=staged.rows,
            same_key=same_key(staged.spec, "s", "o"),
        )
    )
    return int(cursor.rowcount)
