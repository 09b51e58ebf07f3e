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
    committed = list(committed_by.values())
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
    if not found:
        nothing = dict.fromkeys(("amount", "explained", "recovered", "open"))
        return nothing | {"findings": 0, "open_findings": 0, "schools": 0}
    sums = {name: Decimal(0) for name in ("amount", "explained", "recovered", "open")}
    still_open = 0
    for one in found:
        note = notes.get(one)
        back = note.recovered if note else Decimal(0)
        rest = max(one[3] - back, Decimal(0))
        sums["amount"] += one[3]
        sums["recovered"] += back
        if note is None or note.status == "QUERY_RAISED":
            sums["open"] += rest
            still_open += 1
        elif note.status == "EXPLAINED":
            sums["explained"] += rest
    schools = {school for _, school, _, _ in found if school}
    return {**sums, "findings": len(found), "open_findings": still_open, "schools": len(schools)}


def findings(records: Records, day: date, committed: Committed) -> Iterator[Found]:
    """The findings of the day's financial year to the day."""
    months = _months(day)
    posted = _posted(records, months)
    yield from _no_invoice(committed, posted, day)
    yield from _paid_after_leaving(records, posted)
    yield from _above_agreed(committed, posted, months)
    yield from _perhaps_paid_twice(records, posted)


def _no_invoice(committed: Committed, posted: list[LedgerPosting], day: date) -> Iterator[Found]:
    for (school, month), amount in committed.items():
        waited = [month, _next(month), _next(_next(month))]
        is_over = _next(waited[-1]) - ONE_DAY <= day
        if amount > 0 and is_over and not any(p.school_id == school and _own(p) in waited for p in posted):
            yield "NO_INVOICE", school, month, amount


def _paid_after_leaving(records: Records, posted: list[LedgerPosting]) -> Iterator[Found]:
    after: dict[tuple[str, date], Decimal] = {}
    for posting in posted:
        lasts = [last for school, _, last in _paid_spans(records) if school == posting.school_id]
        if posting.school_id and lasts and None not in lasts and _own(posting) > max(filter(None, lasts)):
            key = posting.school_id, posting.month
            after[key] = after.get(key, Decimal(0)) + posting.amount
    for (school, month), amount in after.items():
        if amount > 0:
            yield "PAID_AFTER_LEAVING", school, month, amount


def _above_agreed(committed: Committed, posted: list[LedgerPosting], months: list[date]) -> Iterator[Found]:
    for school in {posting.school_id for posting in posted if posting.school_id}:
        paid = sum((p.amount for p in posted if p.school_id == school and _own(p) >= months[0]), Decimal(0))
        due = sum((amount for (at, _), amount in committed.items() if at == school), Decimal(0))
        if paid > due * Decimal("1.01") and paid > due + 500:
            yield "ABOVE_AGREED", school, months[0], paid - due


def _perhaps_paid_twice(records: Records, posted: list[LedgerPosting]) -> Iterator[Found]:
    invoices: dict[Any, list[LedgerPosting]] = {}
    equal = Counter((p.school_id, p.month, p.amount) for p in posted if p.school_id and p.amount > 0)
    for posting in posted:
        payee = posting.supplier_id or posting.supplier
        if payee and posting.posted_on and posting.amount > 0:
            invoices.setdefault((posting.school_id, payee, posting.posted_on, posting.amount), []).append(
                posting
            )
    known: Counter[Any] = Counter()
    for (school, _, _, amount), equals in invoices.items():
        if len(equals) > 1:
            month = min(p.month for p in equals)
            known[school, month, amount] += len(equals) - 1
            yield "PERHAPS_PAID_TWICE", school, month, amount * (len(equals) - 1)
    for (school, month, amount), number in equal.items():
        running = [
            at
            for at, first, last in _paid_spans(records)
            if at == school and first < _next(month) and (last is None or last >= month)
        ]
        more = number - 1 - known[school, month, amount]
        if len(running) == 1 and more > 0:
            yield "PERHAPS_PAID_TWICE", school, month, amount * more


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
    """What accrues in the day's financial year to the day."""
    months = _months(day)
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
    return [p for p in records.postings if p.line == "1.2.3" and p.month in months]


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
