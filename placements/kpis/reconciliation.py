"""Which payments to schools do not agree with what is committed, and how much of it is explained or recovered?"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from placements.accrual import committed_lines, lines_accruing
from placements.finance.reconciliation import select_findings
from placements.models import CostLine, FindingKind, LedgerPosting
from placements.querysets import INMSS_LINE, CostLineQuerySet, LedgerQuerySet
from provision.models import School
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Axis, Chart, Tone, bars, series
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Better, Fact, Group, InReport, Kpi, ReportSection, Result, fact
from sen_dashboard.core.kpi.published import Behind, Key, Keys, Withheld, code, measure, sum_of
from sen_dashboard.core.kpi.row_keys import by_code
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import FinancialYear, Month

# By kind, then for all together (without a kind), with the figures behind them
BY_KIND = """
    SELECT kind, COUNT(amount) AS findings, SUM(amount) AS amount, SUM(rest - open) AS explained,
        SUM(recovered) AS recovered, SUM(open) AS open, COUNT(*) FILTER (WHERE open > 0) AS open_findings,
        COUNT(DISTINCT school_id) FILTER (WHERE amount IS NOT NULL) AS schools,
        (SELECT SUM(amount) FROM posted) AS posted, (SELECT SUM(amount) FROM committed) AS committed,
        (SELECT COUNT(*) FROM posted WHERE school_id IS NULL) AS unmatched,
        (SELECT SUM(amount) FROM posted WHERE school_id IS NULL) AS unmatched_amount
    FROM findings GROUP BY GROUPING SETS ((kind), ())
"""
SCHOOLS = "SELECT DISTINCT school_id FROM findings WHERE amount IS NOT NULL AND kind = ANY (%s)"


@dataclass(frozen=True)
class Headline:
    findings: int
    amount: Decimal | None
    open: Decimal | None
    recovered: Decimal | None
    explained: Decimal | None
    open_findings: int
    schools: int
    posted: Decimal | None
    committed: Decimal | None
    unmatched: int
    unmatched_amount: Decimal | None


@dataclass(frozen=True)
class Row:
    kind: str
    findings: int
    amount: Decimal | None
    explained: Decimal | None
    recovered: Decimal | None
    open: Decimal | None
    open_findings: int
    schools: int


def query(scope: Scope) -> Result[Headline, Row]:
    """The findings of the day's financial year to the day, by kind: one statement."""
    found = {row["kind"]: row for row in select_findings(scope.as_at, BY_KIND)}
    rows = tuple(Row(kind, **_of(Row, found.get(kind, NONE))) for kind in FindingKind.values)
    headline = Headline(**_of(Headline, found[None]))
    return Result(scope, headline, rows, _caveats(headline))


NONE = dict.fromkeys(("findings", "open_findings", "schools"), 0)


def _of(record: type[Any], found: Mapping[str, Any]) -> dict[str, Any]:
    return {field.name: found.get(field.name) for field in fields(record) if field.name != "kind"}


def _caveats(now: Headline) -> tuple[str, ...]:
    if not now.unmatched:
        return ()
    postings = formats.plural(now.unmatched, "posting")
    return (
        f"{postings} of {formats.pounds(now.unmatched_amount)} on line {INMSS_LINE} "
        f"{'matches' if now.unmatched == 1 else 'match'} no school and can be held against no commitment.",
    )


def _year(scope: Scope) -> FinancialYear:
    return FinancialYear.containing(scope.as_at)


def _postings(scope: Scope, _: None) -> LedgerQuerySet:
    return LedgerPosting.objects.of_months(INMSS_LINE, _year(scope).start, scope.as_at)


def _unmatched(scope: Scope, _: None) -> LedgerQuerySet:
    return _postings(scope, None).filter(school=None)


def _accruing(scope: Scope, _: None) -> CostLineQuerySet:
    first, last = Month.containing(_year(scope).start), Month.containing(scope.as_at)
    return lines_accruing(committed_lines(), first, last)


def _schools(scope: Scope, kind: str | None) -> "QuerySet[School, School]":
    """The schools with a finding of the kind, or of any kind for None."""
    kinds = [kind] if kind else FindingKind.values
    found = [row["school_id"] for row in select_findings(scope.as_at, SCHOOLS, kinds)]
    return School.objects.filter(pk__in=[school_id for school_id in found if school_id])


def _pounds(heading: str = "") -> Key:
    return measure(Kind.POUNDS, heading, "schools")


def _numbers(heading: str = "") -> Key:
    return measure(Kind.COUNT, heading, "schools")


# A finding may reveal the cost of one child's place, so nothing about findings is public.
SCHOOLS_WITH = Key(
    Kind.COUNT, Withheld(), "Schools", behind=Behind("Schools with findings of the reconciliation", _schools)
)
KEYS = Keys(
    by_code("kind", FindingKind),
    headline={
        "findings": _numbers(),
        "amount": _pounds(),
        "open": _pounds(),
        "recovered": _pounds(),
        "explained": _pounds(),
        "open_findings": _numbers(),
        "schools": SCHOOLS_WITH,
        "posted": sum_of("Postings of the year to date", _postings, "amount", Withheld()),
        "committed": sum_of("Cost lines accrued to date", _accruing, "accrued", Withheld()),
        "unmatched": Key(Kind.COUNT, Withheld(), behind=Behind("Postings that match no school", _unmatched)),
        "unmatched_amount": measure(Kind.POUNDS, "", "unmatched"),
    },
    row={
        "kind": code(FindingKind, "What does not agree"),
        "findings": _numbers("Findings"),
        "amount": _pounds("Amount"),
        "explained": _pounds("Explained"),
        "recovered": _pounds("Recovered"),
        "open": _pounds("Open"),
        "open_findings": _numbers("Findings open"),
        "schools": SCHOOLS_WITH,
    },
    names_prices=True,
)


def _period(scope: Scope) -> str:
    """ "April 2018 to March 2019"; "April 2019" alone in the first month of a year."""
    first, last = _year(scope).start, Month.containing(scope.as_at).start
    last_month = formats.month_in_words(last)
    return last_month if first == last else f"{formats.month_in_words(first)} to {last_month}"


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words: how much does not match, and how far it has been worked through."""
    now, period = result.headline, _period(result.scope)
    if not now.findings:
        return f"Payments of {period} agree with what is committed: there is no finding{_recovered(now)}."
    schools = formats.plural(now.schools, "school")
    are = "is" if now.open_findings == 1 else "are"
    still = f"{formats.of(now.open_findings, now.findings, 'finding')} {are} open"
    return (
        f"{formats.pounds_short(now.amount)} of {period} at {schools} does not agree with what is committed: {still} "
        f"({formats.pounds_short(now.open)}), {formats.pounds_short(now.explained)} is explained and "
        f"{formats.pounds_short(now.recovered)} recovered."
    )


def _recovered(now: Headline) -> str:
    return f", and {formats.pounds_short(now.recovered)} was recovered" if now.recovered else ""


def message(result: Result[Headline, Row]) -> str:
    """ "14 findings of £36.7k are open in the reconciliation"."""
    now = result.headline
    if not now.open_findings:
        return f"No finding of the reconciliation is open{_recovered(now)}"
    are = "is" if now.open_findings == 1 else "are"
    findings = formats.plural(now.open_findings, "finding")
    return f"{findings} of {formats.pounds_short(now.open)} {are} open in the reconciliation"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """What is open, found, explained and recovered, in £."""
    now = result.headline
    return (
        fact(KEYS, now, "open", "Open", formats.of(now.open_findings, now.findings, "finding")),
        fact(KEYS, now, "amount", "Does not agree", formats.plural(now.findings, "finding")),
        fact(KEYS, now, "explained", "Explained"),
        fact(KEYS, now, "recovered", "Recovered"),
        fact(KEYS, now, "posted", "Posted to date", f"committed {formats.pounds(now.committed)}"),
    )


def chart(result: Result[Headline, Row]) -> Chart:
    """What was found of each kind, and how much of it is open."""
    rows = result.rows

    def draw(name: str, key: str, **options: Any) -> Any:
        label = lambda row: formats.pounds_short(getattr(row, key))  # noqa: E731
        return series(name, key, rows, KEYS.row_key, label=label, **options)

    return bars(
        (FindingKind(row.kind).label for row in rows),
        Axis("£, of the financial year to date", Kind.POUNDS),
        draw("Found", "amount"),
        draw("Open", "open", tone=Tone.SECOND),
    )


KPI = Kpi(
    slug="reconciliation",
    title="Reconciliation of payments",
    question=(
        "Which payments to independent and non-maintained special schools (INMSS) do not agree with what is committed, "
        "and how much of that is explained or recovered?"
    ),
    group=Group.MONEY,
    numerator=(
        f"By school, ledger postings of line {INMSS_LINE} against the education share of what INMSS cost lines accrue, "
        "for the months of the financial year that began on or before the day, each whole; a late posting counts in "
        "its own month. No invoice: committed in a month, of this year or the last two of the year before, and nothing "
        "posted in it or the two after, which are over. Paid after leaving: posted for months after the last day that "
        "is paid for at the school, less credits for such months, which pay back the earliest first. Above what was "
        "agreed: posted to date more than 1% and £500 above committed to date. Perhaps paid twice: equal supplier, "
        "amount and date, or an equal amount twice in a month in which one placement runs; all but one of them. "
        "Recovered is what was noted, in £, whether its credit is posted yet or not. Explained is what was found when "
        "the note was written, less what was recovered; what a finding grew by since is open again. Open is the rest: "
        "what is neither explained nor recovered."
    ),
    denominator=(
        "Nothing: amounts are in £. One payment may be in findings of more than one kind, so that £ found, explained, "
        "recovered and open of all kinds together may count it more than once."
    ),
    left_out=(
        "Postings of no school, given under the figures, but for those that may have been paid twice; other budget "
        "lines; transport and other funders' shares; of missing invoices the last two months, which may still come."
    ),
    undefined="Not available where there is no finding.",
    kind=Kind.POUNDS,
    better=Better.LOWER,
    owner="Finance manager, SEN",
    reviewed_on=date(2026, 11, 30),
    source="Ledger postings of the line; plan, placement and cost line records; notes on findings",
    query=query,
    in_words=sentence,
    message=message,
    figures=facts,
    chart=chart,
    caption=lambda result: f"Findings of the reconciliation by kind, {_period(result.scope)}",
    keys=KEYS,
    counts=(LedgerPosting, CostLine),
    report=(InReport(ReportSection.OTHERS, is_public=False),),
    restarts_each_year=True,
    counts_children=False,
    draws_year_before=False,  # findings of one year say nothing about another
)
