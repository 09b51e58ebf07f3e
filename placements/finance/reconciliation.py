"""The ledger compared with what is committed, by school and month: the differences, and what was done about them.

The differences (findings) are read from the current records in one statement; only what people did about them is
stored (``FindingNote``). The two are joined by a key made from the finding's own features, so notes survive any
import. The definition of the KPI says which findings there are (`placements/kpis/reconciliation.py`).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from placements.accrual import committed_lines, select_accrued
from placements.models import FindingKind, FindingNote, FindingStatus, LedgerPosting, Placement
from placements.querysets import INMSS_LINE
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.periods import FinancialYear, Month

MONTHS_TO_WAIT = 2
"""How many months after a commitment its invoice may still come."""
MORE_THAN = Decimal("1.01"), Decimal(500)
"""How far postings must exceed commitments to be a finding: as a ratio and in £, both."""

# ``accrued`` is the engine's (placements/accrual.py). A posting counts in full in its month; a late one is compared
# with what was committed in its own month. An invoice paid twice is identified by its supplier, which may be matched
# with a school later.
FINDINGS = """
    , runs AS ({runs}),
    posted AS ({posted}),
    asked AS (SELECT %s::date AS year_start, %s::date AS judged_to),
    committed AS (
        SELECT school_id, month, SUM(education) AS amount FROM accrued, asked
        WHERE month >= year_start GROUP BY school_id, month
    ),
    left_on AS (
        SELECT school_id, MAX(until) AS left_on FROM runs GROUP BY school_id HAVING COUNT(*) = COUNT(until)
    ),
    to_date AS (
        SELECT school_id, COALESCE(posted, 0) AS posted, COALESCE(committed, 0) AS committed
        FROM (
            SELECT school_id, SUM(amount) AS posted FROM posted, asked
            WHERE school_id IS NOT NULL AND of_month >= year_start GROUP BY school_id
        ) AS posted
        LEFT JOIN (SELECT school_id, SUM(amount) AS committed FROM committed GROUP BY school_id) AS committed
            USING (school_id)
    ),
    same_invoice AS (
        SELECT school_id, payee, MIN(posted_to) AS month, amount, COUNT(*) AS times,
            CONCAT_WS(' ', payee, day, amount) AS mark
        FROM posted WHERE amount > 0 AND payee IS NOT NULL AND day IS NOT NULL
        GROUP BY school_id, payee, day, amount HAVING COUNT(*) > 1
    ),
    same_month AS (
        SELECT school_id, posted_to AS month, amount, COUNT(*) AS times, amount::text AS mark
        FROM posted WHERE amount > 0 AND school_id IS NOT NULL
        GROUP BY school_id, posted_to, amount HAVING COUNT(*) > 1
    ),
    found AS (
        SELECT 'NO_INVOICE' AS kind, school_id, NULL AS payee, month, '' AS mark, amount, 0::numeric AS posted,
            amount AS committed
        FROM committed, asked
        WHERE amount > 0 AND month <= judged_to AND NOT EXISTS (
            SELECT FROM posted WHERE posted.school_id = committed.school_id
            AND of_month >= committed.month AND of_month <= committed.month + INTERVAL '{wait} months'
        )
        UNION ALL
        SELECT 'PAID_AFTER_LEAVING', school_id, NULL, posted_to, '', SUM(amount), SUM(amount), 0
        FROM posted JOIN left_on USING (school_id)
        WHERE of_month >= left_on GROUP BY school_id, posted_to HAVING SUM(amount) > 0
        UNION ALL
        SELECT 'ABOVE_AGREED', school_id, NULL, year_start, '', posted - committed, posted, committed
        FROM to_date, asked WHERE posted > committed * %s AND posted > committed + %s
        UNION ALL
        SELECT 'PERHAPS_PAID_TWICE', school_id, payee, month, mark, amount * (times - 1), amount * times, amount
        FROM same_invoice
        UNION ALL
        SELECT 'PERHAPS_PAID_TWICE', school_id, NULL, month, mark, amount * (times - 1 - known),
            amount * (times - known), amount
        FROM same_month
        CROSS JOIN LATERAL (
            SELECT COALESCE(SUM(times - 1), 0) AS known FROM same_invoice
            WHERE (same_invoice.school_id, same_invoice.month, same_invoice.amount)
                = (same_month.school_id, same_month.month, same_month.amount)
        ) AS of_one_invoice
        WHERE times - 1 > known AND 1 = (
            SELECT COUNT(*) FROM runs WHERE runs.school_id = same_month.school_id
            AND first < month + INTERVAL '1 month' AND (until IS NULL OR until > month)
        )
    ),
    keyed AS (
        SELECT found.*, LEFT(
            MD5(CONCAT_WS(' ', kind, CASE WHEN payee IS NULL THEN school_id END, month, mark)), 16
        ) AS key
        FROM found
    ),
    noted AS ({noted}),
    findings AS (
        SELECT key, COALESCE(keyed.kind, noted.kind) AS kind, COALESCE(keyed.school_id, noted.school_id) AS school_id,
            COALESCE(keyed.month, noted.month) AS month, COALESCE(keyed.mark, noted.mark) AS mark,
            keyed.amount, posted, committed, COALESCE(status, 'NEW') AS status, COALESCE(recovered, 0) AS recovered,
            COALESCE(number, 0) AS notes, written_on
        FROM keyed FULL JOIN noted USING (key)
    )
"""
EACH = """
    SELECT findings.*, COALESCE(schools.name, '') AS school
    FROM findings LEFT JOIN provision_school AS schools USING (school_id)
"""
IN_ORDER = f"{EACH} ORDER BY findings.amount DESC NULLS LAST, key"


@dataclass(frozen=True)
class Finding:
    """A difference in £, with the records on both sides and how far it has been worked through.

    ``month`` is the first day of its month, or of April for a school's year as a whole. ``school_id`` is None if the
    supplier matches no school. ``amount``, ``posted`` and ``committed`` are None for a finding with notes that the
    records no longer show. ``recovered`` is the total £ recovered.
    """

    key: str
    kind: str
    school_id: str | None
    school: str
    month: date
    mark: str
    amount: Decimal | None
    posted: Decimal | None
    committed: Decimal | None
    status: str
    recovered: Decimal
    notes: int
    written_on: date | None

    @property
    def is_found(self) -> bool:
        """Whether the records still show it."""
        return self.amount is not None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to work on it."""
        return self.is_found and self.status in OPEN

    @property
    def status_in_words(self) -> str:
        """ "Query raised"."""
        return FindingStatus(self.status).label

    @property
    def title(self) -> str:
        """ "No invoice, March 2019"; only the kind if it is about the year as a whole."""
        words = FindingKind(self.kind).label
        return (
            words
            if self.kind == FindingKind.ABOVE_AGREED
            else f"{words}, {formats.month_in_words(self.month)}"
        )


OPEN = (FindingStatus.NEW, FindingStatus.QUERY_RAISED)


def findings(day: date) -> list[Finding]:
    """The findings of the day's financial year to the day, largest first: one statement.

    Findings with notes that the records no longer show come last.
    """
    return [Finding(**row) for row in select_findings(day, IN_ORDER)]


def find(day: date, key: str) -> Finding | None:
    """The finding with the key in the day's financial year to the day, if there is one."""
    return next((finding for finding in findings(day) if finding.key == key), None)


def select_findings(day: date, sql: str, *params: Any, since: Month | None = None) -> list[dict[str, Any]]:
    """The rows of ``sql``, which reads ``findings``: one statement.

    The months are those of the financial year that begin on or before the day, each in full, as in the ledger. With
    ``since``, accruals from that month on can be read as well, though they make no findings.
    """
    year, last = FinancialYear.containing(day), Month.containing(day)
    first = Month.containing(year.start)
    records = {"runs": _runs(), "posted": _posted(year, day), "noted": _noted(year, day)}
    statements = {name: chosen.query.sql_with_params() for name, chosen in records.items()}
    text = FINDINGS.format(wait=MONTHS_TO_WAIT, **{name: chosen for name, (chosen, _) in statements.items()})
    judged_to = last.plus(-MONTHS_TO_WAIT - (day < last.end)).start
    given = (
        *statements["runs"][1],
        *statements["posted"][1],
        year.start,
        judged_to,
        *MORE_THAN,
        *statements["noted"][1],
    )
    return select_accrued(
        committed_lines(), min(since or first, first), last, f"{text} {sql}", *given, *params
    )


def _runs() -> QuerySet[Any, dict[str, Any]]:
    """The INMSS placements of all time, with ``first``, and ``until``, the first day on which nothing is due."""
    inmss = Placement.objects.in_provision(Provision.INMSS).paid_for()
    return inmss.values("placement_id", "school_id", "first", "until")


def _posted(year: FinancialYear, day: date) -> QuerySet[Any, dict[str, Any]]:
    posted: QuerySet[Any, dict[str, Any]] = LedgerPosting.objects.of(
        INMSS_LINE, year.start, day
    ).to_reconcile()
    return posted


def _noted(year: FinancialYear, day: date) -> QuerySet[Any, dict[str, Any]]:
    """The latest status of each finding with notes in the year's months."""
    latest = FindingNote.objects.filter(month__range=(year.start, day)).latest_of_each()
    columns = ("key", "kind", "school_id", "month", "mark", "status", "recovered", "number", "written_on")
    noted: QuerySet[Any, dict[str, Any]] = latest.values(*columns)
    return noted
