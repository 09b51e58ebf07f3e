"""The consequences of a change to a placement or its costs: for its lines, and for the council's commitments.

The change is made, and the records after it are compared with those before; a caller who only asks rolls back the
transaction. So the consequences shown are those of the real change.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.db.models import F, Sum

from placements.accrual import committed_lines, sums
from placements.models import ClosedMonth, CostKind, CostLine
from placements.querysets import CostLineQuerySet
from sen_dashboard.core import formats
from sen_dashboard.core.money import to_penny
from sen_dashboard.core.periods import FinancialYear, Month

T = TypeVar("T")
FULL_YEAR = "In a full year"


@dataclass(frozen=True)
class Commitment:
    """What the education budget is committed to pay over a period, in £, before and after the change."""

    period: str
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        """How much more it is after the change, in £."""
        return self.after - self.before


@dataclass(frozen=True)
class Consequences:
    """The consequences: a sentence for each cost line that changes, and the commitments of the child's placements.

    ``closed`` are the closed months for which another amount is committed now than before.
    """

    lines: tuple[str, ...]
    commitments: tuple[Commitment, ...]
    closed: tuple[Commitment, ...] = ()


@dataclass(frozen=True)
class _Line:
    """A cost line; ``last`` is the last day that is paid for, None while no end is known."""

    placement_id: str
    kind: str
    amount: Decimal
    first: date
    last: date | None
    void: bool

    @property
    def name(self) -> str:
        """ "Core education fee of £36,000 a year from 1 September 2018"."""
        return f"{CostKind(self.kind).label} of {formats.pounds(self.amount)} a year from {formats.day(self.first)}"


def of_change(plan_id: str, day: date, today: date, change: Callable[[], T]) -> tuple[T, Consequences]:
    """Make the change, which applies from the day; return its result and the consequences for the plan's placements."""
    years = sorted({FinancialYear.containing(day), FinancialYear.containing(today)})
    lines, committed, closed = _lines(plan_id), _committed(plan_id, day, years), _in_closed_months(plan_id)
    made = change()
    described = tuple(_describe(lines, _lines(plan_id)))
    commitments = _against(committed, _committed(plan_id, day, years))
    in_closed = (month for month in _against(closed, _in_closed_months(plan_id)) if month.change)
    return made, Consequences(described, tuple(commitments), tuple(in_closed))


def _against(before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> Iterator[Commitment]:
    """What each period commits before and after; nothing where it is not among them."""
    for period in {**before, **after}:
        yield Commitment(period, before.get(period, Decimal(0)), after.get(period, Decimal(0)))


def _lines(plan_id: str) -> dict[int, _Line]:
    """The plan's current cost lines, in the order of their days."""
    lines = CostLine.objects.filter(placement__plan=plan_id).select_related("placement")
    return {line.pk: _line(line) for line in lines.order_by("starts_on", "kind", "pk")}


def _line(line: CostLine) -> _Line:
    placement = line.placement
    runs_to_the_end = line.ends_on is None or line.ends_on == placement.ends_on
    last = (placement.paid_to_on or placement.ends_on) if runs_to_the_end else line.ends_on
    return _Line(placement.pk, line.kind, line.annual_amount, line.starts_on, last, line.void)


def _describe(before: dict[int, _Line], after: dict[int, _Line]) -> list[str]:
    """A sentence for each line that changes."""
    sentences = []
    for key, line in after.items():
        old = before.get(key)
        if old == line:
            continue
        if line.void:
            sentences.append(f"{line.name} no longer counts.")
        elif old is None or old.void:
            sentences.append(f"{line.name} begins{_until(line.last)}.")
        elif old.amount != line.amount:
            sentences.append(f"{old.name} becomes {formats.pounds(line.amount)} a year{_until(line.last)}.")
        else:
            sentences.append(f"{line.name} {_ends(line.last)}.")
    return sentences


def _until(last: date | None) -> str:
    return f", to {formats.day(last)}" if last else ""


def _ends(last: date | None) -> str:
    return f"ends on {formats.day(last)}" if last else "goes on without an end"


def _committed(plan_id: str, day: date, years: list[FinancialYear]) -> dict[str, Decimal]:
    """The education budget's commitment for the plan in each financial year, and in a full year at the day's rate."""
    lines = CostLine.objects.counted().filter(placement__plan=plan_id)
    by_year = {f"In {year}": _in_year(lines, year) for year in years}
    return by_year | {FULL_YEAR: _a_year(lines, day)}


def _in_closed_months(plan_id: str) -> dict[str, Decimal]:
    """What is committed for the plan in the closed months, of which each keeps what it said."""
    closed = set(ClosedMonth.objects.values_list("month", flat=True))
    if not closed:
        return {}
    lines = committed_lines().filter(placement__plan=plan_id)
    months = sums(lines, Month.containing(min(closed)), Month.containing(max(closed)), "month")
    return {
        f"{formats.month_in_words(row['month'])}, closed": row["education"]
        for row in months
        if row["month"] in closed
    }


def _in_year(lines: CostLineQuerySet, year: FinancialYear) -> Decimal:
    months = list(year.months())
    (row,) = sums(lines, months[0], months[-1])
    return row["education"] or Decimal(0)


def _a_year(lines: CostLineQuerySet, day: date) -> Decimal:
    """The annual amounts (education share) of the lines that accrue on the day."""
    share = F("annual_amount") * F("education_share") / Decimal(100)
    total = lines.accruing_between(day, day).aggregate(total=Sum(share))["total"]
    return to_penny(total or Decimal(0))
