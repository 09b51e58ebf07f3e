"""The second calculation of the reconciliation in plain loops, by the rules of ``second_calculation``."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from placements.models import FindingNote, LedgerPosting
from tests.kpis.second_calculation import ONE_DAY, Answer, Records, provision
from tests.kpis.second_calculation_money import line_by_month

KINDS = ("NO_INVOICE", "PAID_AFTER_LEAVING", "ABOVE_AGREED", "PERHAPS_PAID_TWICE")
Found = tuple[str, str | None, date, Decimal]
"""The kind, school and month of a finding, and its £."""


Committed = dict[tuple[str, date], Decimal]
"""The education share of accruals in £, by school and month."""


def reconciliation(
    records: Records, day: date, committed_by: Committed, notes: dict[Found, FindingNote]
) -> Answer:
    """The answer; ``notes`` holds the latest note of each finding that has one."""
    found = list(findings(records, day, committed_by))
    posted = _posted(records, _months(day))
    committed = [amount for (_, month), amount in committed_by.items() if month in _months(day)]
    unmatched = [posting.amount for posting in posted if posting.school_id is None]
    headline = _sums(found, notes) | {
        "posted": sum((p.amount for p in posted), Decimal(0)) if posted else None,
        "committed": sum(committed, Decimal(0)) if committed else None,
        "unmatched": len(unmatched),
        "unmatched_amount": sum(unmatched, Decimal(0)) if unmatched else None,
    }
    rows = [{"kind": kind, **_sums([one for one in found if one[0] == kind], notes)} for kind in KINDS]
    return headline, rows


def _sums(found: list[Found], notes: dict[Found, FindingNote]) -> dict[str, Any]:
    """Sums of findings that are as they were when their notes were written."""
    if not found:
        nothing = dict.fromkeys(("amount", "explained", "recovered", "open"))
        return nothing | {"findings": 0, "open_findings": 0, "schools": 0}
    sums = {name: Decimal(0) for name in ("amount", "explained", "recovered", "open")}
    still_open = 0
    for one in found:
        note = notes.get(one)
        back = note.recovered if note else Decimal(0)
        is_explained = note is not None and note.status == "EXPLAINED"
        sums["amount"] += one[3]
        sums["recovered"] += back
        sums["explained" if is_explained else "open"] += one[3] - back
        still_open += not is_explained and back < one[3]
    schools = {school for _, school, _, _ in found if school}
    return {**sums, "findings": len(found), "open_findings": still_open, "schools": len(schools)}


def findings(records: Records, day: date, committed: Committed) -> Iterator[Found]:
    """The findings of the day's financial year to the day."""
    months = _months(day)
    posted = _posted(records, months)
    yield from _no_invoice(committed, _posted(records, _judged(day)), day)
    yield from _paid_after_leaving(records, posted)
    yield from _above_agreed(
        {at: amount for at, amount in committed.items() if at[1] in months}, posted, months
    )
    yield from _perhaps_paid_twice(records, posted)


def _no_invoice(committed: Committed, posted: list[LedgerPosting], day: date) -> Iterator[Found]:
    for (school, month), amount in committed.items():
        waited = [month, _next(month), _next(_next(month))]
        is_over = _next(waited[-1]) - ONE_DAY <= day
        if amount > 0 and is_over and not any(p.school_id == school and _own(p) in waited for p in posted):
            yield "NO_INVOICE", school, month, amount


def _paid_after_leaving(records: Records, posted: list[LedgerPosting]) -> Iterator[Found]:
    after: dict[str, dict[date, Decimal]] = {}
    for posting in posted:
        lasts = [last for school, _, last in _paid_spans(records) if school == posting.school_id]
        if posting.school_id and lasts and None not in lasts and _own(posting) > max(filter(None, lasts)):
            months = after.setdefault(posting.school_id, {})
            months[_own(posting)] = months.get(_own(posting), Decimal(0)) + posting.amount
    for school, months in after.items():
        credit = -sum((amount for amount in months.values() if amount < 0), Decimal(0))
        for month, amount in sorted(months.items()):
            used = min(credit, max(amount, Decimal(0)))
            credit -= used
            if amount > used:
                yield "PAID_AFTER_LEAVING", school, month, amount - used


def _above_agreed(committed: Committed, posted: list[LedgerPosting], months: list[date]) -> Iterator[Found]:
    for school in {posting.school_id for posting in posted if posting.school_id}:
        paid = sum((p.amount for p in posted if p.school_id == school), Decimal(0))
        due = sum((amount for (at, _), amount in committed.items() if at == school), Decimal(0))
        if paid > due * Decimal("1.01") and paid > due + 500:
            yield "ABOVE_AGREED", school, months[0], paid - due


def _perhaps_paid_twice(records: Records, posted: list[LedgerPosting]) -> Iterator[Found]:
    invoices: dict[Any, list[LedgerPosting]] = {}
    singles = []
    for posting in sorted(posted, key=lambda posting: posting.pk):
        payee = posting.supplier_id or posting.supplier.upper()
        if posting.amount > 0:
            each = (payee, posting.posted_on) if payee and posting.posted_on else posting.pk
            equals = invoices.setdefault((posting.source, each, posting.amount), [])
            singles += [] if equals else [posting]
            equals.append(posting)
    for (_, _, amount), equals in invoices.items():
        if len(equals) > 1:
            school = max((p.school_id for p in equals if p.school_id), default=None)
            yield "PERHAPS_PAID_TWICE", school, min(map(_own, equals)), amount * (len(equals) - 1)
    equal = Counter((p.school_id, _own(p), p.amount) for p in singles if p.school_id)
    for (school, month, amount), number in equal.items():
        running = [
            at
            for at, first, last in _paid_spans(records)
            if at == school and first < _next(month) and (last is None or last >= month)
        ]
        if len(running) == 1 and number > 1:
            yield "PERHAPS_PAID_TWICE", school, month, amount * (number - 1)


def _paid_spans(records: Records) -> Iterator[tuple[str, date, date | None]]:
    """The school, and the first and last day paid for, of each INMSS placement."""
    for placement in records.placements.values():
        plan = records.plans[placement.plan_id]
        lasts = [placement.paid_to_on or placement.ends_on, plan.ceased_on and plan.ceased_on - ONE_DAY]
        last = min((day for day in lasts if day), default=None)
        first = max(placement.starts_on, plan.issued_on)
        if provision(records, placement) == "INMSS" and (last is None or last >= first):
            yield placement.school_id, first, last


def committed(records: Records, day: date) -> Committed:
    """What accrues in the day's financial year to the day, and in the two months before it."""
    months = _judged(day)
    found: Committed = {}
    for line in records.cost_lines:
        placement = records.placements[line.placement_id]
        if provision(records, placement) == "INMSS":
            for month, (_, education) in line_by_month(records, line, months[-1]).items():
                if month in months:
                    key = placement.school_id, month
                    found[key] = found.get(key, Decimal(0)) + education
    return found


def _posted(records: Records, months: list[date]) -> list[LedgerPosting]:
    return [p for p in records.postings if p.line == "1.2.3" and _own(p) in months]


def _judged(day: date) -> list[date]:
    """The months of the year to the day, and the two before it, which were not over for long enough then."""
    april = _months(day)[0]
    return [april.replace(month=2), april.replace(month=3), *_months(day)]


def _own(posting: LedgerPosting) -> date:
    return posting.own_month or posting.month


def _months(day: date) -> list[date]:
    """The first days of the months of the day's financial year that began by the day."""
    month = date(day.year if day.month >= 4 else day.year - 1, 4, 1)
    found = []
    while month <= day:
        found.append(month)
        month = _next(month)
    return found


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
