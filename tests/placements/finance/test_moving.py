"""Movements since the previous month: the parts add up to the penny, whatever the records."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from placements.accrual import committed_by_month
from placements.finance.home import home
from placements.finance.moving import OF_COMMITTED, Why
from placements.models import CostLine, Placement
from sen_dashboard.core.periods import Month
from tests.factories import make_cost_line, make_placement, make_posting, make_school
from tests.kpis import second_calculation
from tests.kpis.second_calculation import ONE_DAY
from tests.kpis.second_calculation_money import line_by_month, line_committed

MARCH = Month(2019, 3)
NOTHING = Decimal(0)


@pytest.mark.parametrize(
    "month", [Month(2016, 3), Month(2016, 4), Month(2018, 9), Month(2018, 10), MARCH], ids=str
)
def test_the_parts_add_up(council: second_calculation.Records, month: Month) -> None:
    """Against sums that are made without them."""
    committed = committed_by_month(month.plus(-1), month)
    moved = committed.get(month.start, NOTHING) - committed.get(month.plus(-1).start, NOTHING)

    def posted(to: date) -> Decimal:
        return sum((p.amount for p in council.postings if (p.line, p.month) == ("1.2.3", to)), NOTHING)

    found = home(month).movement
    assert sum((part.amount for part in found.of_committed), NOTHING) == found.committed == moved
    assert sum((part.amount for part in found.parts), NOTHING) == found.posted
    assert found.posted == posted(month.start) - posted(month.plus(-1).start)


def second_calculation_of_fees(records: second_calculation.Records, month: Month) -> tuple[Decimal, Decimal]:
    """What fees and the calendar moved, of INMSS placements paid for in all of both months."""
    before = month.plus(-1)
    fees = calendar = NOTHING
    for placement in records.placements.values():
        plan = records.plans[placement.plan_id]
        begins = max(placement.starts_on, plan.issued_on)
        lasts = (placement.paid_to_on or placement.ends_on, plan.ceased_on and plan.ceased_on - ONE_DAY)
        is_inmss = second_calculation.provision(records, placement) == "INMSS"
        if not is_inmss or begins > before.start or any(last and last < month.end for last in lasts):
            continue
        accrued, means = {before: NOTHING, month: NOTHING}, {before: Fraction(0), month: Fraction(0)}
        for line in records.cost_lines:
            if line.placement_id == placement.placement_id:
                by_month = line_by_month(records, line, month.start)
                for each in accrued:
                    accrued[each] += by_month.get(each.start, (NOTHING, NOTHING))[1]
                    means[each] += Fraction(line.annual_amount * line.education_share / 100) * part_of(
                        records, line, each
                    )
        change = accrued[month] - accrued[before]
        price = change
        if means[month]:
            price = second_calculation.penny(Fraction(accrued[month]) * (1 - means[before] / means[month]))
        fees, calendar = fees + price, calendar + change - price
    return fees, calendar


def part_of(records: second_calculation.Records, line: CostLine, month: Month) -> Fraction:
    """The part of the month's days for which the line is committed."""
    if line.void or line.kind == "TRANSPORT":
        return Fraction(0)
    first, last = line_committed(records, line)
    days = [month.start + ONE_DAY * n for n in range(month.end.day)]
    return Fraction(sum(first <= day <= (last or day) for day in days), len(days))


@pytest.mark.parametrize("month", [Month(2016, 4), Month(2018, 9), Month(2018, 10), MARCH], ids=str)
def test_fees_and_calendar_equal_a_second_calculation(
    council: second_calculation.Records, month: Month
) -> None:
    parts = {part.why: part.amount for part in home(month).movement.parts}
    assert (parts[Why.FEE], parts[Why.CALENDAR]) == second_calculation_of_fees(council, month)


@pytest.mark.django_db
class TestWhy:
    """Each placement is £12,000 a year by months: £1,000 a month."""

    def place(self, starts_on: date, ends_on: date | None = None) -> Placement:
        placement = make_placement(starts_on=starts_on, ends_on=ends_on, accrual="MONTHS")
        make_cost_line(placement=placement, annual_amount=Decimal(12_000))
        return placement

    def moved(self, month: Month = MARCH) -> dict[str, tuple[Decimal, int | None, Decimal | None]]:
        parts = home(month).movement.parts
        return {part.why: (part.amount, part.placements, part.full_year) for part in parts if part.amount}

    def test_a_new_placement(self) -> None:
        self.place(date(2019, 3, 1))
        self.place(date(2017, 9, 1))
        assert self.moved() == {
            Why.BEGAN: (Decimal(1_000), 1, Decimal(12_000)),
            Why.TIMING: (-Decimal(1_000), None, None),
        }

    def test_one_that_ended(self) -> None:
        self.place(date(2017, 9, 1), ends_on=date(2019, 2, 28))
        assert self.moved()[Why.ENDED] == (Decimal(-1_000), 1, Decimal(-12_000))

    def test_another_fee(self) -> None:
        placement = self.place(date(2017, 9, 1))
        placement.cost_lines.update(ends_on=date(2019, 2, 28))
        make_cost_line(placement=placement, starts_on=date(2019, 3, 1), annual_amount=Decimal(13_200))
        assert self.moved()[Why.FEE] == (Decimal(100), 1, Decimal(1_200))

    def test_of_a_term_that_is_billed_the_fee_is_only_what_it_changed(self) -> None:
        """£12,360 is billed in September after nothing in August; £360 of it is the new fee's."""
        placement = self.place(date(2017, 9, 1))
        Placement.objects.filter(pk=placement.pk).update(accrual="TERMS")
        placement.cost_lines.update(annual_amount=Decimal(36_000), ends_on=date(2018, 8, 31))
        make_cost_line(placement=placement, starts_on=date(2018, 9, 1), annual_amount=Decimal(37_080))
        assert self.moved(Month(2018, 9)) == {
            Why.FEE: (Decimal(360), 1, Decimal(1_080)),
            Why.CALENDAR: (Decimal(12_000), None, None),
            Why.TIMING: (Decimal(-12_360), None, None),
        }

    def test_a_fee_that_changes_within_a_month_is_told_in_both(self) -> None:
        """£1,000, then £1,050, then £1,100: £50 each time, and nothing of it is the calendar's."""
        placement = self.place(date(2017, 9, 1))
        placement.cost_lines.update(ends_on=date(2019, 2, 14))
        make_cost_line(placement=placement, starts_on=date(2019, 2, 15), annual_amount=Decimal(13_200))
        assert self.moved(Month(2019, 2))[Why.FEE] == (Decimal(50), 1, Decimal(1_200))
        assert self.moved()[Why.FEE] == (Decimal(50), 1, Decimal(1_200))
        assert Why.CALENDAR not in self.moved()

    def test_the_days_of_the_month(self) -> None:
        placement = self.place(date(2017, 9, 1))
        Placement.objects.filter(pk=placement.pk).update(accrual="DAYS")
        placement.cost_lines.update(annual_amount=Decimal(36_500))
        assert self.moved()[Why.CALENDAR] == (Decimal(300), None, None)

    def test_what_was_posted_late(self) -> None:
        make_posting(month=MARCH.start, amount=Decimal(250), own_month=date(2019, 1, 1))
        make_posting(month=MARCH.start, amount=Decimal(50))
        make_posting(month=date(2019, 2, 1), amount=Decimal(20), own_month=date(2018, 12, 1))
        movement = home(MARCH).movement
        assert self.moved() == {Why.LATE: (Decimal(230), None, None), Why.TIMING: (Decimal(50), None, None)}
        (late,) = (part for part in movement.parts if part.why is Why.LATE)
        assert late.sentence == (
            "1 late posting of £250 to March 2019 belongs to earlier months; in February 2019 it was £20"
        )
        assert all(part.why in OF_COMMITTED for part in movement.of_committed)

    def test_by_school_the_furthest_apart_first(self) -> None:
        placement, other = self.place(date(2017, 9, 1)), make_school()
        make_posting(month=MARCH.start, amount=Decimal(3_000), school=other)
        make_posting(month=date(2018, 4, 1), amount=Decimal(500), school=placement.school)
        first, second = home(MARCH).schools
        assert (first.school_id, first.posted, first.committed) == (other.pk, Decimal(3_000), NOTHING)
        assert (second.school_id, second.difference) == (placement.school_id, Decimal(-1_000))
        assert (second.posted_to_date, second.committed_to_date) == (Decimal(500), Decimal(12_000))

    def test_of_april_what_ended_in_march_is_only_moved(self) -> None:
        self.place(date(2017, 9, 1), ends_on=date(2018, 3, 31))
        found = home(Month(2018, 4))
        assert [part.placements for part in found.movement.parts if part.why is Why.ENDED] == [1]
        assert (found.schools, found.needs, found.attendances, found.committed_to_date) == ([], [], [], None)
