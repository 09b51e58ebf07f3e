"""The ledger compared with what is committed, by school and month: the differences, and what was done about them.

The differences (findings) are read from the current records in one statement; only what people did about them is
stored (``FindingNote``). The two are joined by a key made from the finding's own features, so notes survive any
import. The definition of the KPI says which findings there are (`placements/kpis/reconciliation.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet

from placements.accrual import committed_lines, select_accrued
from placements.models import FindingKind, FindingNote, FindingStatus, LedgerPosting, Placement
from placements.querysets import INMSS_LINE, LedgerQuerySet
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.periods import FinancialYear, Month

MONTHS_TO_WAIT = 2
"""How many months after a commitment its invoice may still come."""
MORE_THAN = Decimal("1.01"), Decimal(500)
"""How far postings must exceed commitments to be a finding: as a ratio and in £, both."""

# ``accrued`` is the engine's (placements/accrual.py). A posting counts in full in its month, a late one in its own.
# ``owed`` and ``held`` begin with the months before the year that could not be judged in it; ``committed`` and
# ``posted`` are the year's. An invoice paid twice is identified by its supplier, which may be matched with a school
# later; ``once`` is the one of its postings that stands. ``total`` is what was found at the first note and what was
# added since; ``unposted`` is what was recovered and has no credit in the ledger yet.
FINDINGS = """
    , runs AS ({runs}),
    asked AS (SELECT %s::date AS year_start, %s::date AS judged_to),
    held AS (
        SELECT *, CASE WHEN amount > 0 THEN CONCAT(source, ' ') || payee || ' ' || day || ' ' || amount END AS invoice
        FROM ({posted}) AS postings
    ),
    posted AS (SELECT held.* FROM held, asked WHERE of_month >= year_start),
    owed AS (
        SELECT school_id, month, SUM(education) AS amount FROM accrued GROUP BY school_id, month
    ),
    committed AS (SELECT owed.* FROM owed, asked WHERE month >= year_start),
    left_on AS (
        SELECT school_id, MAX(until) AS left_on FROM runs GROUP BY school_id HAVING COUNT(*) = COUNT(until)
    ),
    after_leaving AS (SELECT posted.* FROM posted JOIN left_on USING (school_id) WHERE of_month >= left_on),
    not_credited AS (
        SELECT *, LEAST(posted, SUM(GREATEST(posted, 0)) OVER so_far
            + SUM(LEAST(posted, 0)) OVER (PARTITION BY school_id)) AS amount
        FROM (
            SELECT school_id, of_month, SUM(amount) AS posted FROM after_leaving GROUP BY school_id, of_month
        ) AS months
        WINDOW so_far AS (PARTITION BY school_id ORDER BY of_month)
    ),
    to_date AS (
        SELECT school_id, COALESCE(posted, 0) AS posted, COALESCE(committed, 0) AS committed
        FROM (
            SELECT school_id, SUM(amount) AS posted FROM posted WHERE school_id IS NOT NULL GROUP BY school_id
        ) AS posted
        LEFT JOIN (SELECT school_id, SUM(amount) AS committed FROM committed GROUP BY school_id) AS committed
            USING (school_id)
    ),
    same_invoice AS (
        SELECT invoice, MAX(school_id) AS school_id, MIN(of_month) AS month, amount, COUNT(*) AS times,
            MIN(posting_id) AS once
        FROM posted WHERE invoice IS NOT NULL GROUP BY invoice, amount HAVING COUNT(*) > 1
    ),
    single AS (
        SELECT posted.* FROM posted LEFT JOIN same_invoice USING (invoice)
        WHERE posted.amount > 0 AND posted.school_id IS NOT NULL AND posting_id = COALESCE(once, posting_id)
    ),
    same_month AS (
        SELECT school_id, of_month AS month, amount, COUNT(*) AS times
        FROM single GROUP BY school_id, of_month, amount HAVING COUNT(*) > 1
    ),
    found AS (
        SELECT 'NO_INVOICE' AS kind, school_id, NULL AS invoice, month, '' AS mark, amount, 0::numeric AS posted,
            amount AS committed
        FROM owed, asked
        WHERE amount > 0 AND month <= judged_to AND NOT EXISTS (
            SELECT FROM held WHERE held.school_id = owed.school_id
            AND of_month >= owed.month AND of_month <= owed.month + INTERVAL '{wait} months'
        )
        UNION ALL
        SELECT 'PAID_AFTER_LEAVING', school_id, NULL, of_month, '', amount, posted, 0
        FROM not_credited WHERE amount > 0
        UNION ALL
        SELECT 'ABOVE_AGREED', school_id, NULL, year_start, '', posted - committed, posted, committed
        FROM to_date, asked WHERE posted > committed * %s AND posted > committed + %s
        UNION ALL
        SELECT 'PERHAPS_PAID_TWICE', school_id, invoice, month, invoice, amount * (times - 1), amount * times, amount
        FROM same_invoice
        UNION ALL
        SELECT 'PERHAPS_PAID_TWICE', school_id, NULL, month, amount::text, amount * (times - 1), amount * times, amount
        FROM same_month
        WHERE 1 = (
            SELECT COUNT(*) FROM runs WHERE runs.school_id = same_month.school_id
            AND first < month + INTERVAL '1 month' AND (until IS NULL OR until > month)
        )
    ),
    keyed AS (
        SELECT found.*, LEFT(MD5(CONCAT_WS(' ', kind, CASE WHEN invoice IS NULL THEN school_id END,
            CASE WHEN invoice IS NULL THEN month END, mark)), 16) AS key
        FROM found
    ),
    noted AS ({noted}),
    findings AS (
        SELECT key, COALESCE(keyed.kind, noted.kind) AS kind, COALESCE(keyed.school_id, noted.school_id) AS school_id,
            COALESCE(keyed.month, noted.month) AS month, COALESCE(keyed.mark, noted.mark) AS mark,
            amount, posted, committed, COALESCE(status, 'NEW') AS status, COALESCE(recovered, 0) AS recovered, total,
            amount - unposted AS rest,
            CASE status WHEN 'EXPLAINED' THEN LEAST(amount - unposted, grown) ELSE amount - unposted END AS open,
            COALESCE(number, 0) AS notes, written_on
        FROM keyed FULL JOIN noted USING (key)
        CROSS JOIN LATERAL (SELECT amount - LEAST(amount, COALESCE(amount_noted, 0)) AS grown) AS by_now
        CROSS JOIN LATERAL (SELECT COALESCE(total_noted, 0) + COALESCE(grown, 0) AS total) AS all_told
        CROSS JOIN LATERAL (SELECT GREATEST(amount - (total - COALESCE(recovered, 0)), 0) AS unposted) AS came_back
    )
"""
# The postings that each finding counts. A credit after leaving may pay back any month's payments.
COUNTED = """
    SELECT posting_id FROM (
        SELECT key, posting_id FROM keyed JOIN after_leaving USING (school_id)
        WHERE kind = 'PAID_AFTER_LEAVING' AND (of_month = month OR after_leaving.amount < 0)
        UNION ALL
        SELECT key, posting_id FROM keyed JOIN posted USING (school_id) WHERE kind = 'ABOVE_AGREED'
        UNION ALL
        SELECT key, posting_id FROM keyed JOIN posted USING (invoice)
        UNION ALL
        SELECT key, posting_id FROM keyed JOIN single USING (school_id)
        WHERE kind = 'PERHAPS_PAID_TWICE' AND keyed.invoice IS NULL AND of_month = month AND single.amount::text = mark
    ) AS counted WHERE key = %s
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
    records no longer show. ``recovered`` is the total £ recovered, of the ``total`` that the finding ever came to;
    ``rest`` is what is not recovered, and ``open`` what is not explained either.
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
    total: Decimal
    rest: Decimal | None
    open: Decimal | None
    notes: int
    written_on: date | None

    @property
    def is_found(self) -> bool:
        """Whether the records still show it."""
        return self.amount is not None

    @property
    def is_open(self) -> bool:
        """Whether part of it is neither recovered nor explained."""
        return bool(self.open)

    @property
    def grew(self) -> bool:
        """Whether it was explained and has grown since."""
        return self.is_open and self.status == FindingStatus.EXPLAINED

    @property
    def state(self) -> str:
        """What a note answers: the number of earlier notes, and the £ found."""
        return f"{self.notes} {self.amount}"

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


def open_pounds(found: Iterable[Finding]) -> Decimal:
    """What is open of the findings, in £."""
    return sum((finding.open or Decimal(0) for finding in found), Decimal(0))


def findings(day: date) -> list[Finding]:
    """The findings of the day's financial year to the day, largest first: one statement.

    Findings with notes that the records no longer show come last.
    """
    return [Finding(**row) for row in select_findings(day, IN_ORDER)]


def find(day: date, key: str) -> Finding | None:
    """The finding with the key in the day's financial year to the day, if there is one."""
    return next((finding for finding in findings(day) if finding.key == key), None)


def counted(day: date, key: str) -> LedgerQuerySet:
    """The postings that a finding counts: none for a missing invoice, or if the records no longer show the finding."""
    postings: LedgerQuerySet = LedgerPosting.objects.filter(
        pk__in=[row["posting_id"] for row in select_findings(day, COUNTED, key)]
    )
    return postings


def select_findings(day: date, sql: str, *params: Any) -> list[dict[str, Any]]:
    """The rows of ``sql``, which reads ``findings``: one statement.

    The months are those of the financial year that begin on or before the day, each in full, as in the ledger. Missing
    invoices are also looked for in the last months of the year before, for which it was too early then.
    """
    year, last = FinancialYear.containing(day), Month.containing(day)
    first = Month.containing(year.start).plus(-MONTHS_TO_WAIT)
    judged_to = last.plus(-MONTHS_TO_WAIT - (day < last.end))
    records = {
        "runs": _runs(),
        "posted": LedgerPosting.objects.of_months(INMSS_LINE, first.start, day).to_reconcile(),
        "noted": _noted(year, day, first, judged_to),
    }
    statements = {name: chosen.query.sql_with_params() for name, chosen in records.items()}
    text = FINDINGS.format(wait=MONTHS_TO_WAIT, **{name: chosen for name, (chosen, _) in statements.items()})
    given = (
        *statements["runs"][1],
        *(year.start, judged_to.start),
        *statements["posted"][1],
        *MORE_THAN,
        *statements["noted"][1],
    )
    return select_accrued(committed_lines(), first, last, f"{text} {sql}", *given, *params)


def _runs() -> QuerySet[Any, dict[str, Any]]:
    """The INMSS placements of all time, with ``first``, and ``until``, the first day on which nothing is due."""
    inmss = Placement.objects.in_provision(Provision.INMSS).paid_for()
    return inmss.values("placement_id", "school_id", "first", "until")


def _noted(
    year: FinancialYear, day: date, judged_from: Month, judged_to: Month
) -> QuerySet[Any, dict[str, Any]]:
    """The latest status of each finding with notes in the months."""
    judged = Q(kind=FindingKind.NO_INVOICE, month__range=(judged_from.start, judged_to.start))
    of_year = ~Q(kind=FindingKind.NO_INVOICE) & Q(month__range=(year.start, day))
    latest = FindingNote.objects.filter(judged | of_year).latest_of_each()
    columns = ("key", "kind", "school_id", "month", "mark", "status", "recovered", "number", "written_on")
    noted: QuerySet[Any, dict[str, Any]] = latest.values(
        *columns, amount_noted=F("amount"), total_noted=F("total")
    )
    return noted
