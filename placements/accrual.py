"""What cost lines accrue in each month: the one engine behind committed spend, reconciliation and the forecast.

A fee is spread over periods (KPI definitions, "Accrual of cost lines"; domain.md section 5), according to the
placement's ``accrual``; empty means DAYS:

- DAYS: financial years; each bears the whole annual amount, spread evenly over its own days, 365 or 366;
- MONTHS: calendar months; each bears a twelfth;
- TERMS: billing terms (`BillingTerm`); each bears an equal part of the year (a third if there are three), billed in
  its first month.

If a line runs for part of a period, it bears that share of the period's days; a part term is billed in the first
month in which the line runs. So all three are one calculation. A line's position on a day is counted in periods and
days of a period; what it has accrued by then is its annual amount times the periods from its first day to that day,
as an exact fraction. That cumulative amount, from the line's first day and across years, is rounded to the penny, and
a month's amount is the difference of two. So a line's months add up exactly to its total cost, however many years or
other spans it is split into, and a full year of DAYS, twelve months or all terms of a year add up to the annual
amount itself. A fee that changes is two lines, each rounded separately.

The education share is rounded in the same way, from its own exact cumulative amount and not from the rounded gross:
its months also add up to its share of the total, and what others pay is the difference between the two.

A line accrues while its placement is open and the plan is in force (`CostLineQuerySet.accruing_between`). If a
placement is paid to a day other than its last, its lines accrue to that day: under a term of notice the council has
committed the money although the child has left. Everything is calculated from the current records.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import CharField, DecimalField, F, QuerySet, TextField, Value
from django.db.models.expressions import Func, RawSQL
from django.db.models.functions import Cast, Coalesce, NullIf

from placements.models import Accrual, CostLine
from placements.querysets import INMSS_SECTORS, CostLineQuerySet
from sen_dashboard.core.periods import Month
from sen_dashboard.core.sql import over, select_from

COLUMNS = ("cost_line_id", "placement_id", "school_id", "need", "attendance", "month")
"""The columns that rows can be added up by; ``gross`` and ``education``, in £, are the amounts."""

# The periods over which fees are spread, numbered; and for each calendar month the period it belongs to, with the
# days to which a continuing line is billed by the end of that month, and of the month before.
CALENDAR = """
    periods AS (
        SELECT accrual, in_year, starts_on, LEAD(starts_on) OVER in_order AS ends,
            ROW_NUMBER() OVER in_order AS number
        FROM (
            SELECT *, COUNT(*) OVER (PARTITION BY accrual) AS in_year
            FROM (
                SELECT 'DAYS' AS accrual, 4 AS first_month
                UNION ALL SELECT 'MONTHS', GENERATE_SERIES(1, 12)
                UNION ALL SELECT 'TERMS', first_month FROM placements_billingterm
                UNION ALL SELECT 'TERMS', UNNEST(ARRAY[9, 1, 4])
                    WHERE NOT EXISTS (SELECT FROM placements_billingterm)
            ) AS beginnings
        ) AS beginnings
        CROSS JOIN GENERATE_SERIES(
            (SELECT EXTRACT(YEAR FROM MIN(first))::int FROM records) - 1, EXTRACT(YEAR FROM %s::date)::int + 3
        ) AS year
        CROSS JOIN LATERAL MAKE_DATE(year, first_month, 1) AS starts_on
        WINDOW in_order AS (PARTITION BY accrual ORDER BY starts_on)
    ),
    calendar AS (
        SELECT accrual, in_year, starts_on, number, ends - starts_on AS days, month, next_month,
            CASE accrual WHEN 'TERMS' THEN ends ELSE next_month END AS billed_to,
            CASE WHEN accrual = 'TERMS' AND month > starts_on THEN ends ELSE month END AS billed_before
        FROM periods
        CROSS JOIN LATERAL GENERATE_SERIES(starts_on::timestamp, ends - 1, INTERVAL '1 month') AS instant
        CROSS JOIN LATERAL (SELECT instant::date, (instant + INTERVAL '1 month')::date) AS m (month, next_month)
    )
"""

# ``until`` is the first day on which the line no longer runs. A day's position counts the days of its own period,
# as if each period before it had as many. Twenty decimal places tell half a penny from nearly half.
ACCRUED = f"""
    , {CALENDAR},
    lines AS MATERIALIZED (
        SELECT records.*, annual_amount::numeric(40, 20) AS fee,
            (annual_amount * education_share * 0.01)::numeric(40, 20) AS education_fee,
            opening.number * opening.days + (first - opening.starts_on) AS first_place,
            opening.days AS first_of,
            closing.number * closing.days + (until - closing.starts_on) AS until_place,
            closing.days AS until_of
        FROM records
        JOIN calendar AS opening
            ON opening.accrual = records.accrual AND opening.month = DATE_TRUNC('month', first)::date
        LEFT JOIN calendar AS closing
            ON closing.accrual = records.accrual AND closing.month = DATE_TRUNC('month', until)::date
    ),
    months AS (
        SELECT *, number * days + (billed_to - starts_on) AS billed_place,
            number * days + (billed_before - starts_on) AS billed_place_before
        FROM calendar WHERE month BETWEEN %s AND %s
    ),
    places AS (
        SELECT lines.*, month, in_year,
            CASE WHEN until <= billed_to THEN until_place ELSE billed_place END AS place,
            CASE WHEN until <= billed_to THEN until_of ELSE days END AS place_of,
            CASE WHEN first >= month THEN first_place WHEN until <= billed_before THEN until_place
                ELSE billed_place_before END AS before,
            CASE WHEN first >= month THEN first_of WHEN until <= billed_before THEN until_of
                ELSE days END AS before_of
        FROM lines JOIN months USING (accrual)
        WHERE first < next_month AND (until IS NULL OR until > month)
    ),
    accrued AS (
        SELECT cost_line_id, placement_id, school_id, need, attendance, month,
            {{amounts}}
        FROM places
        CROSS JOIN LATERAL (
            SELECT place * first_of - first_place * place_of AS part,
                in_year * first_of * place_of AS whole,
                before * first_of - first_place * before_of AS part_before,
                in_year * first_of * before_of AS whole_before
        ) AS fractions
    )
"""


def _amount(name: str, fee: str) -> str:
    """What a line accrues of a fee in a month: the difference of two cumulative sums, each rounded."""
    return f"ROUND({fee} * part / whole, 2) - ROUND({fee} * part_before / whole_before, 2) AS {name}"


EDUCATION = _amount("education", "education_fee")
WITH_GROSS = f"{_amount('gross', 'fee')}, {EDUCATION}"


def committed_lines() -> CostLineQuerySet:
    """The cost lines paid from the INMSS budget line: those of INMSS placements, without transport and void lines."""
    return CostLine.objects.counted().filter(placement__school__sector__in=INMSS_SECTORS)


def select_accrued(
    lines: CostLineQuerySet, first: Month, last: Month, sql: str, *params: Any
) -> list[dict[str, Any]]:
    """The rows of ``sql``, which reads ``accrued``: one statement, set-based, whatever the number of lines.

    ``accrued`` has a row for each cost line and month from ``first`` to ``last`` in which the line runs, with
    ``COLUMNS`` and ``education``; ``month`` is its first day. In a month of a term that was billed earlier
    the amount is 0.
    """
    return select_from(*_reading(EDUCATION, lines, first, last, sql, *params))


def sums(lines: CostLineQuerySet, first: Month, last: Month, *by: str) -> list[dict[str, Any]]:
    """What the lines accrue, grouped by some of ``COLUMNS``: rows of these in order, then ``gross`` and ``education``.

    A month, school or other group in which no line runs has no row. Without ``by`` there is a single row, with amounts
    of None if there are no lines.
    """
    if not set(by) <= set(COLUMNS):
        raise ValueError(f"Sums are by {', '.join(COLUMNS)}")
    columns = ", ".join(by)
    chosen, grouped = (f"{columns}, ", f"GROUP BY {columns} ORDER BY {columns}") if by else ("", "")
    text = f"SELECT {chosen}SUM(gross) AS gross, SUM(education) AS education FROM accrued {grouped}"
    return select_from(*_reading(WITH_GROSS, lines, first, last, text))


def committed_by_month(first: Month, last: Month) -> dict[date, Decimal]:
    """The education share that INMSS cost lines accrue, in £, by the first day of each month with a running line."""
    by_month = "SELECT month, SUM(education) AS education FROM accrued GROUP BY month ORDER BY month"
    return {
        row["month"]: row["education"] for row in select_accrued(committed_lines(), first, last, by_month)
    }


def lines_accruing(lines: CostLineQuerySet, first: Month, last: Month) -> CostLineQuerySet:
    """The lines that accrue in the months, each with ``accrued``, its education share for them in £."""
    by_line = "SELECT cost_line_id, SUM(education) AS education FROM accrued GROUP BY cost_line_id"
    statement, params = over(*_reading(EDUCATION, lines, first, last, by_line))
    # Worked out once for all lines, then looked up for each
    every = RawSQL(
        f"(SELECT JSONB_OBJECT_AGG(cost_line_id, education) FROM ({statement}) AS by_line)", params
    )
    own = Func(every, Cast("pk", TextField()), template="(%(expressions)s)", arg_joiner=" ->> ")
    accrued = Cast(own, DecimalField(max_digits=20, decimal_places=2))
    accruing: CostLineQuerySet = lines.accruing_between(first.start, last.end).annotate(accrued=accrued)
    return accruing


def _reading(
    amounts: str, lines: CostLineQuerySet, first: Month, last: Month, sql: str, *params: Any
) -> tuple[Any, ...]:
    """The lines and the statement that reads the ``amounts`` of their accruals, as `core.sql` takes them."""
    accrued, dates = ACCRUED.format(amounts=amounts), (last.end, first.start, last.start)
    return lines_running(lines, first, last), f"{accrued} {sql}", *dates, *params


def lines_running(lines: CostLineQuerySet, first: Month, last: Month) -> QuerySet[Any, dict[str, Any]]:
    """The lines that run in the months, with the columns that the engine reads."""
    accrual = Coalesce(
        NullIf("placement__accrual", Value("")), Value(Accrual.DAYS.value), output_field=CharField()
    )
    return lines.accruing_between(first.start, last.end).values(
        "annual_amount",
        "education_share",
        "first",
        "until",
        "placement_id",
        cost_line_id=F("pk"),
        school_id=F("placement__school_id"),
        need=F("placement__plan__primary_need"),
        attendance=F("placement__attendance"),
        accrual=accrual,
    )
