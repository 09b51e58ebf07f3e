"""What does each school in which the council places children cost it, and how has that changed in a year?

Counted: INMSS placements open on 31 March and on the 31 March before, by school; their average annual cost, from all
cost lines in force but transport, before other funders' shares; and what the ledger holds on budget line 1.2.3 for the
months of the year and of the year before.
Left out: transport, other budget lines. A placement without a cost line counts at £0 (their number is a caveat).
The rule: what a schools forum asks for (domain.md section 10); the average is that of "Cost at the largest providers".
Spend is what was posted in the year, average cost is that of one day's placements: one cannot be calculated from the
other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.db.models import F, Q, Sum

from placements.models import LedgerPosting
from placements.querysets import INMSS_LINE
from provision.models import Sector
from sen_dashboard.core import formats
from sen_dashboard.core.codes import need_label
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.money import average
from sen_dashboard.core.periods import FinancialYear
from sen_dashboard.core.sql import select_from
from sen_dashboard.core.web.tables import WORDS_CELL, CodeColumn, KindColumn, KpiTable
from sen_dashboard.reports.extracts.extract import Extract, NoHeadline
from sen_dashboard.reports.extracts.inmss import placed_on

ALL_SCHOOLS = "All schools"
NO_SCHOOL = "Not posted to a school"
MAIN_NEEDS = 3
"""How many of a school's needs are named: those of the most children."""

BY_SCHOOL = """
    SELECT day, school_id, school_name, sector, need, COUNT(*) AS placements,
        SUM(COALESCE(annual_cost, 0)) AS cost, COUNT(*) FILTER (WHERE annual_cost IS NULL) AS without_cost
    FROM records
    GROUP BY GROUPING SETS (
        (day, school_id, school_name, sector, need), (day, school_id, school_name, sector), (day, need), (day)
    )
    ORDER BY placements DESC, need
"""


@dataclass(frozen=True)
class Row:
    school: str
    sector: str
    placements: int
    placements_before: int
    placements_change: int
    average_cost: Decimal | None
    spend: Decimal | None
    spend_before: Decimal | None
    spend_change: Decimal | None
    needs: str


def query(day: date) -> Result[NoHeadline, Row]:
    """The day's year, school by school in order of name, then all schools: two statements."""
    year = FinancialYear.containing(day)
    before = year.plus(-1)
    placed = select_from(placed_on(year.end).union(placed_on(before.end), all=True), BY_SCHOOL)
    spent = {found["school_id"]: found for found in _spent(year, before)}
    names = {
        found["school_id"]: (found["school_name"] or "", found["sector"] or "") for found in spent.values()
    }
    names |= {
        found["school_id"]: (found["school_name"], found["sector"]) for found in placed if found["school_id"]
    }
    schools = sorted((key for key in names if key), key=lambda key: (names[key][0], key))
    rows = [
        _row(*names[key], year, _of(placed, key), [spent[key]] if key in spent else []) for key in schools
    ]
    if None in spent:
        rows.append(_row(NO_SCHOOL, "", year, [], [spent[None]]))
    rows.append(_row(ALL_SCHOOLS, "", year, _of(placed, None), spent.values()))
    return Result(Scope(day), NoHeadline(), tuple(rows), _caveats(year, _of(placed, None)))


def _spent(year: FinancialYear, before: FinancialYear) -> Any:
    """The amounts posted to each school, and to none, in the two years."""
    posted = LedgerPosting.objects.of(INMSS_LINE, before.start, year.end)
    return posted.values("school_id", school_name=F("school__name"), sector=F("school__sector")).annotate(
        spend=Sum("amount", filter=Q(month__gte=year.start)),
        spend_before=Sum("amount", filter=Q(month__lt=year.start)),
    )


Found = dict[str, Any]


def _of(placed: Iterable[Found], school_id: str | None) -> list[Found]:
    """The groups of one school, or of all schools."""
    return [found for found in placed if found["school_id"] == school_id]


def _row(name: str, sector: str, year: FinancialYear, placed: list[Found], spent: Iterable[Found]) -> Row:
    now = [found for found in placed if found["day"] == year.end]
    all_now: Found = next((f for f in now if f["need"] is None), {"placements": 0, "cost": None})
    before = sum(f["placements"] for f in placed if f["day"] != year.end and f["need"] is None)
    spend, spend_before = (_total(found[key] for found in spent) for key in ("spend", "spend_before"))
    return Row(
        school=name,
        sector=sector,
        placements=all_now["placements"],
        placements_before=before,
        placements_change=all_now["placements"] - before,
        average_cost=average(all_now["cost"], all_now["placements"]),
        spend=spend,
        spend_before=spend_before,
        spend_change=None if spend is None or spend_before is None else spend - spend_before,
        needs=_main_needs([found for found in now if found["need"] is not None]),
    )


def _total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of the known amounts; None if nothing was posted."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _main_needs(by_need: list[Found]) -> str:
    """ "ASD 12, SEMH 3", the needs of the most children first."""
    return ", ".join(f"{need_label(found['need'])} {found['placements']}" for found in by_need[:MAIN_NEEDS])


def _caveats(year: FinancialYear, placed: list[Found]) -> tuple[str, ...]:
    without_cost = sum(f["without_cost"] for f in placed if f["day"] == year.end and f["need"] is None)
    if not without_cost:
        return ()
    counts = formats.plural(without_cost, "open placement counts", "open placements count")
    return (f"{counts} at £0 in the average, having no cost line on {formats.day(year.end)}.",)


def sentence(result: Result[NoHeadline, Row]) -> str:
    """The sentence about all schools together."""
    year, everyone = FinancialYear.containing(result.scope.as_at), result.rows[-1]
    return (
        f"{formats.plural(everyone.placements, 'placement was', 'placements were')} open in independent and "
        f"non-maintained special schools on {formats.day(year.end)}, {formats.count(everyone.placements_before)} a "
        f"year earlier; {year} spend is {formats.pounds(everyone.spend)}, in {year.plus(-1)} "
        f"{formats.pounds(everyone.spend_before)}."
    )


class Table(KpiTable):
    school = tables.Column()
    sector = CodeColumn(Sector)
    placements = KindColumn(Kind.COUNT, verbose_name="Placements on 31 March")
    placements_before = KindColumn(Kind.COUNT, verbose_name="A year earlier")
    placements_change = KindColumn(Kind.COUNT, verbose_name="Change")
    average_cost = KindColumn(Kind.POUNDS, verbose_name="Average annual cost")
    spend = KindColumn(Kind.POUNDS, verbose_name="Spend in the year")
    spend_before = KindColumn(Kind.POUNDS, verbose_name="Spend in the year before")
    spend_change = KindColumn(Kind.POUNDS, verbose_name="Change in spend")
    needs = tables.Column(verbose_name="Main needs", attrs={"td": WORDS_CELL}, default="")


EXTRACT = Extract(
    slug="schools_forum",
    title="Schools forum: INMSS by school",
    question=(
        "What does each independent or non-maintained special school (INMSS) cost, how many children are placed there, "
        "and how has that changed in a year?"
    ),
    counted=(
        "Placements open on 31 March and on the 31 March before. Average annual cost of those open on 31 March: all "
        "cost lines in force but transport, before other funders’ shares. Spend: what the ledger holds of budget line "
        f"{INMSS_LINE} for the months of the financial year and of the one before. Main needs: the primary needs of "
        "the most children on 31 March, with their number."
    ),
    left_out=(
        "Transport and other budget lines. Spend follows postings, while placements and averages are for "
        "one day, so placements times average is not the spend."
    ),
    source="Placement, cost line and ledger records",
    day=lambda year: year.end,
    query=query,
    sentence=sentence,
    table=Table,
    caption=lambda result: f"INMSS by school, financial year {FinancialYear.containing(result.scope.as_at)}",
)
