"""The figures of Finance's home: a month and the year to it, posted and committed, and what is left to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from placements import closing
from placements.budget_lines import LINE_CHOICES
from placements.finance.moving import MOVED, Movement, movement
from placements.finance.reconciliation import EACH, Finding, open_pounds, select_findings
from placements.models import Budget, LedgerPosting, Placement
from placements.querysets import INMSS_LINE
from provision.models import School
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Attendance, Need, Provision
from sen_dashboard.core.periods import FinancialYear, Month

# What is committed in the month and the year to date, by school, need, attendance and in all; the movements; and the
# findings. All of them depend on accruals, which are calculated once.
NO_FINDING = ", ".join(["NULL"] * 11)
OF_THE_MONTH = f"""
    , shown AS (SELECT %s::date AS month, %s::date AS month_end, %s::date AS before),
    {MOVED},
    each AS ({EACH})
    SELECT 'finding' AS by, key, notes AS number, amount, posted AS to_date, committed AS full_year, kind, school_id,
        month, mark, status, recovered, total, rest, open, written_on, school
    FROM each
    UNION ALL
    SELECT CASE GROUPING(school_id, need, attendance)
            WHEN 3 THEN 'school' WHEN 5 THEN 'need' WHEN 6 THEN 'attendance' ELSE 'all' END,
        COALESCE(school_id, need, attendance, ''), NULL, SUM(education) FILTER (WHERE accrued.month = shown.month),
        SUM(education), NULL, {NO_FINDING}
    FROM accrued, shown, asked WHERE accrued.month >= year_start
    GROUP BY GROUPING SETS ((school_id), (need), (attendance), ())
    UNION ALL
    SELECT 'moved', why, SUM(placements), SUM(amount), NULL, SUM(full_year), {NO_FINDING}
    FROM moved GROUP BY why
"""
OF_A_FINDING = (
    "key",
    "kind",
    "school_id",
    "school",
    "month",
    "mark",
    "amount",
    "status",
    "recovered",
    "total",
    "rest",
    "open",
    "written_on",
)
LARGEST = 10
"""How many schools, and how many findings, the page shows; the files and the list of findings have them all."""


@dataclass(frozen=True)
class OfSchool:
    """What was posted for a school, and committed there, in the month and in the year to date, in £."""

    school_id: str | None
    school: str
    posted: Decimal
    committed: Decimal
    posted_to_date: Decimal
    committed_to_date: Decimal

    @property
    def difference(self) -> Decimal:
        """Posted less committed in the month."""
        return self.posted - self.committed

    @property
    def difference_to_date(self) -> Decimal:
        """Posted less committed in the year to date."""
        return self.posted_to_date - self.committed_to_date


@dataclass(frozen=True)
class OfLine:
    """A budget line: its name, what was posted in the month and the year to date, and the year's budget, in £."""

    name: str
    posted: Decimal | None
    posted_to_date: Decimal | None
    budget: Decimal | None


@dataclass(frozen=True)
class Share:
    """What is committed for a need or an attendance in the month and in the year to date, in £."""

    name: str
    committed: Decimal | None
    committed_to_date: Decimal | None


@dataclass(frozen=True)
class Step:
    """A step to do before the month closes: whether it is done, in words, and where to do it."""

    done: bool
    words: str
    address: str = ""


@dataclass(frozen=True)
class Home:
    """A month's figures. Amounts are those of the INMSS line, in £; None if there is nothing."""

    month: Month
    posted: Decimal | None
    postings: int
    committed: Decimal | None
    children: int
    posted_to_date: Decimal | None
    committed_to_date: Decimal | None
    unmatched: int
    unmatched_amount: Decimal | None
    schools: Sequence[OfSchool]
    lines: Sequence[OfLine]
    needs: Sequence[Share]
    attendances: Sequence[Share]
    movement: Movement
    findings: Sequence[Finding]

    @property
    def difference(self) -> Decimal | None:
        """Posted less committed in the month; None if either is not known."""
        if self.posted is None or self.committed is None:
            return None
        return self.posted - self.committed

    @property
    def is_empty(self) -> bool:
        """Whether nothing is posted or committed."""
        return not self.lines and self.committed_to_date is None

    @property
    def open(self) -> Sequence[Finding]:
        """The findings that somebody has to work on, largest first."""
        return [finding for finding in self.findings if finding.is_open]

    @property
    def open_amount(self) -> Decimal:
        """What is open of the findings, in £."""
        return open_pounds(self.open)

    @property
    def by(self) -> Sequence[tuple[str, Sequence[Share]]]:
        """What is committed by need and by attendance, each with its heading."""
        return ("by need", self.needs), ("by attendance", self.attendances)

    @property
    def sentence(self) -> str:
        """The month in words."""
        return f"{self._posted_in_words()} {self._findings_in_words()}"

    def _posted_in_words(self) -> str:
        name = formats.month_in_words(self.month.start)
        if self.posted is None:
            committed = "nothing" if self.committed is None else formats.pounds(self.committed)
            return f"Nothing is posted to {name} yet; {committed} is committed."
        posted = f"{formats.pounds(self.posted)} was posted in {name}"
        if self.difference is None:
            return f"{posted}; nothing is committed."
        if not self.difference:
            return f"{posted}, as much as was committed."
        more = "more" if self.difference > 0 else "less"
        return f"{posted}, {formats.pounds(abs(self.difference))} {more} than was committed."

    def _findings_in_words(self) -> str:
        if not self.open:
            return "No finding is open."
        are = "is" if len(self.open) == 1 else "are"
        return f"{formats.plural(len(self.open), 'finding')} ({formats.pounds(self.open_amount)}) {are} open."


def home(month: Month) -> Home:
    """The month's figures from the current records: eight statements."""
    found = _of_the_month(month)
    whole, posted = found["all"][""], _posted_by_line(month)
    inmss = posted.get(INMSS_LINE, {})
    unmatched = LedgerPosting.objects.without_school(INMSS_LINE, _year(month).start, month.start)
    return Home(
        month=month,
        posted=inmss.get("in_month"),
        postings=inmss.get("number", 0),
        committed=whole["amount"],
        children=Placement.objects.in_provision(Provision.INMSS).open_on(month.end).count(),
        posted_to_date=inmss.get("to_date"),
        committed_to_date=whole["to_date"],
        unmatched=unmatched["postings"],
        unmatched_amount=unmatched["amount"],
        schools=_schools(month, found["school"]),
        lines=list(_lines(month, posted)),
        needs=_shares(found["need"], dict(Need.choices)),
        attendances=_shares(found["attendance"], dict(Attendance.choices)),
        movement=movement(month, found["moved"]),
        findings=_findings(found["finding"]),
    )


def _year(month: Month) -> FinancialYear:
    return FinancialYear.containing(month.start)


Found = dict[str, dict[str, dict[str, Any]]]


def _of_the_month(month: Month) -> Found:
    """What is committed by school, need, attendance and in all, the movements, and the findings, each by its key."""
    before = month.plus(-1)
    found: Found = {by: {} for by in ("school", "need", "attendance", "all", "moved", "finding")}
    shown = (month.start, month.end, before.start)
    for row in select_findings(month.end, OF_THE_MONTH, *shown):
        found[row["by"]][row["key"]] = row
    return found


def _findings(rows: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    """The findings, largest first."""
    found = [
        Finding(
            posted=row["to_date"],
            committed=row["full_year"],
            notes=row["number"],
            **{name: row[name] for name in OF_A_FINDING},
        )
        for row in rows.values()
    ]
    return sorted(found, key=lambda finding: (-(finding.amount or 0), finding.key))


def _posted_by_line(month: Month) -> dict[str, dict[str, Any]]:
    """What is posted on each line in the month and the year to date, and the number of the month's postings."""
    in_month = Q(month=month.start)
    lines = LedgerPosting.objects.filter(month__range=(_year(month).start, month.start)).values("line")
    sums = lines.annotate(
        in_month=Sum("amount", filter=in_month), number=Count("pk", filter=in_month), to_date=Sum("amount")
    )
    return {row["line"]: dict(row) for row in sums.order_by("line")}


def _lines(month: Month, posted: Mapping[str, Mapping[str, Any]]) -> Iterator[OfLine]:
    """The S251 lines with money in the year, and the council's own lines."""
    budgets: dict[str, Decimal] = dict(
        Budget.objects.filter(financial_year=str(_year(month))).values_list("line", "amount")
    )
    names = dict(LINE_CHOICES)
    held = posted.keys() | budgets.keys()
    for line in (*names, *sorted(held - names.keys())):
        if line in held:
            sums = posted.get(line, {})
            yield OfLine(names.get(line, line), sums.get("in_month"), sums.get("to_date"), budgets.get(line))


def _schools(month: Month, committed: Mapping[str, Mapping[str, Any]]) -> list[OfSchool]:
    """The schools with postings or commitments in the year to date, largest difference in the month first."""
    nothing = Decimal(0)
    in_month = Q(month=month.start)
    of_line = LedgerPosting.objects.of(INMSS_LINE, _year(month).start, month.start).values("school_id")
    sums = of_line.annotate(in_month=Sum("amount", filter=in_month), to_date=Sum("amount")).order_by()
    posted: dict[str | None, dict[str, Any]] = {row["school_id"]: dict(row) for row in sums}
    names = dict(School.objects.filter(pk__in={*posted, *committed} - {None}).values_list("pk", "name"))
    schools = [
        OfSchool(
            school_id,
            names.get(school_id or "", ""),
            posted.get(school_id, {}).get("in_month") or nothing,
            committed.get(school_id or "", {}).get("amount") or nothing,
            posted.get(school_id, {}).get("to_date") or nothing,
            committed.get(school_id or "", {}).get("to_date") or nothing,
        )
        for school_id in {*posted, *committed}
    ]
    return sorted(
        schools, key=lambda one: (-abs(one.difference), -abs(one.difference_to_date), one.school_id or "")
    )


def _shares(committed: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]) -> list[Share]:
    """What is committed by code, largest in the year to date first."""
    rows = sorted(committed.values(), key=lambda row: (-(row["to_date"] or 0), row["key"]))
    return [Share(str(names.get(row["key"], row["key"])), row["amount"], row["to_date"]) for row in rows]


@dataclass(frozen=True)
class Places:
    """The addresses of the pages where the remaining steps are done."""

    ledger: str
    suppliers: str
    findings: str
    months: str


def before_it_closes(home: Home, today: date, places: Places) -> list[Step]:
    """The steps before the month closes, according to the current records."""
    name = formats.month_in_words(home.month.start)
    earlier = closing.to_close(home.month.plus(-1))
    new = [finding for finding in home.open if finding.notes == 0]
    unmatched = formats.plural(home.unmatched, "posting")
    loaded = f"Payments are loaded: {formats.plural(home.postings, 'posting')} on line {INMSS_LINE}"
    match = "matches" if home.unmatched == 1 else "match"
    return [
        Step(today > home.month.end, f"{name} is over"),
        Step(home.postings > 0, loaded, places.ledger),
        Step(not home.unmatched, f"{unmatched} of the year {match} no school", places.suppliers),
        Step(not new, formats.plural(len(new), "new finding", "new findings"), places.findings),
        Step(not earlier, f"{formats.plural(len(earlier), 'earlier month')} open", places.months),
    ]
