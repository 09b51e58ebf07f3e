"""What a file lacks of the months that it is the whole of (data contract, ``ledger.csv``)."""

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
    """Stored rows of a month, and of what else a group has in common, that the file lacks.

    ``at_line`` is the first row that the file has of the group, ``rows`` how many it has, ``stored`` how many are
    stored, ``lacking`` how many of these it lacks, and ``total`` their sum in £.
    """

    at_line: int
    month: date
    beside: str
    rows: int
    stored: int
    lacking: int
    total: Decimal

    def removal(self, file: str) -> Removal:
        """What the report says of them."""
        return Removal(file, self.month, self.beside, self.lacking, self.total)


def lacks_of(cursor: Any, staged: Staged, whole: Whole) -> list[Lack]:
    """The groups that the file has rows of and lacks stored rows of, in order of their months."""
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
    """Remove the stored rows that the file lacks of its groups; returns how many."""
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
