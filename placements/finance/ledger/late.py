"""Closed months: their stored postings stand; differences in the files are posted to an open month.

Each posting of a file has a standing amount in the store: what was posted to its own month if that is closed, and
later to other months. If the file's amount differs, the difference is posted to the open month, with the same
reference and with its own month recorded. So loading the same files again changes nothing, and the postings add up to
the files.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from placements.finance.ledger.report import Late
from sen_dashboard.core.periods import Month
from sen_dashboard.importing.problems import LISTED

CLOSED_HINT = "This month is closed: leave the month as it was, or post to an open month with --late-to."
CLOSED_AND_LACKING = (
    "This month is closed and the files lack {number}: add what they lack, leave the month out, or post it to an open"
    " month with --late-to."
)

TARGETS = """
    UPDATE ledger_months m SET target = CASE
        WHEN EXISTS (SELECT FROM placements_closedmonth c WHERE c.month = m.month) THEN %(late_to)s ELSE m.month END
"""
STANDING = """
    CREATE TEMP TABLE ledger_standing ON COMMIT DROP AS
    SELECT m.month, o.line, o.supplier_id, o.reference, sum(o.amount) AS amount, max(o.school_id) AS school_id,
        max(o.supplier) AS supplier, max(o.posted_on) AS posted_on
    FROM {stored} WHERE NOT {movable} GROUP BY m.month, o.line, o.supplier_id, o.reference
"""
SAME = "t.month = s.month AND t.line = s.line AND t.supplier_id = s.supplier_id AND t.reference = s.reference"
REFUSED = f"""
    SELECT s.at, count(*) OVER () FROM ledger_rows s JOIN ledger_months m USING (month)
    LEFT JOIN ledger_standing t ON {SAME}
    WHERE m.target IS NULL AND s.amount IS DISTINCT FROM t.amount ORDER BY s.at LIMIT {LISTED}
"""
LACKING = f"""
    SELECT m.at, count(*) FROM ledger_standing t JOIN ledger_months m USING (month)
    WHERE m.target IS NULL AND t.amount <> 0 AND NOT EXISTS (SELECT FROM ledger_rows s WHERE {SAME}) GROUP BY m.at
"""
REVERSE = f"""
    INSERT INTO ledger_rows
    SELECT m.at, t.month, NULL, t.line, t.supplier_id, t.reference, -t.amount, t.school_id, t.supplier, t.posted_on,
        true
    FROM ledger_standing t JOIN ledger_months m USING (month)
    WHERE t.amount <> 0 AND NOT EXISTS (SELECT FROM ledger_rows s WHERE {SAME})
"""
STAND = f"DELETE FROM ledger_rows s USING ledger_standing t WHERE {SAME} AND s.amount = t.amount AND NOT s.reversal"
DIFFER = f"UPDATE ledger_rows s SET amount = s.amount - t.amount FROM ledger_standing t WHERE {SAME} AND NOT s.reversal"
POST_LATE = """
    UPDATE ledger_rows s SET own_month = s.month, month = m.target
    FROM ledger_months m WHERE m.month = s.month AND m.target <> m.month
"""
LATE = """
    SELECT own_month, month, count(*), sum(amount) FROM ledger_rows s
    WHERE own_month IS NOT NULL
    AND NOT EXISTS (SELECT FROM placements_ledgerposting o WHERE {same} AND o.amount = s.amount)
    GROUP BY own_month, month ORDER BY own_month
"""
REVERSED = """
    SELECT coalesce(own_month, month), count(*) FROM ledger_rows s
    WHERE reversal AND NOT EXISTS (SELECT FROM placements_ledgerposting o WHERE {same} AND o.amount = s.amount)
    GROUP BY coalesce(own_month, month)
"""


@dataclass
class Settling:
    """How closed months affect the rows: the refused rows and the incomplete months, or what is posted late.

    ``refused`` are rows, and ``more`` counts further ones; ``lacking`` has a month's first row and the number of the
    month's stored postings that have no row. ``reversed`` has the number of postings taken back by month.
    """

    refused: list[int] = field(default_factory=list)
    more: int = 0
    lacking: list[tuple[int, int]] = field(default_factory=list)
    late: list[Late] = field(default_factory=list)
    reversed: dict[date, int] = field(default_factory=dict)


def settle(
    cursor: Any, given: dict[str, Any], stored: str, movable: str, same: str, late_to: Month | None
) -> Settling:
    """Reduce the staged rows to those that must be posted, each with the month to post to.

    ``stored``, ``movable`` and ``same`` are SQL: the months' stored postings, those of them that may still change, and
    the condition that a row and a stored posting are the same.
    """
    cursor.execute(TARGETS, {"late_to": late_to.start if late_to else None})
    cursor.execute(STANDING.format(stored=stored, movable=movable), given)
    cursor.execute(REFUSED)
    refused = cursor.fetchall()
    cursor.execute(LACKING)
    settling = Settling(
        [at for at, _ in refused], refused[0][1] - len(refused) if refused else 0, cursor.fetchall()
    )
    if not settling.refused and not settling.lacking:
        for statement in (REVERSE, STAND, DIFFER, POST_LATE):
            cursor.execute(statement)
        cursor.execute(LATE.format(same=same), given)
        settling.late = [Late(*row) for row in cursor.fetchall()]
        cursor.execute(REVERSED.format(same=same), given)
        settling.reversed = dict(cursor.fetchall())
    cursor.execute("DROP TABLE ledger_standing")
    return settling
