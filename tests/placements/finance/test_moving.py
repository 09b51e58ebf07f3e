"""Movements since the previous month: the parts add up to the penny, whatever the records."""

from datetime import date
from decimal import Decimal

import pytest

from placements.accrual import committed_by_month
from placements.finance.home import home
from placements.finance.moving import OF_COMMITTED, Why
from placements.models import Placement
from sen_dashboard.core.periods import Month
from tests.factories import make_cost_line, make_placement, make_posting, make_school
from tests.kpis import second_calculation

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


@pytest.mark.django_db
class TestWhy:
    """Each placement is £12,000 a year by months: £1,000 a month."""

    def place(self, starts_on: date, ends_on: date | None = None) -> Placement:
        placement = make_placement(starts_on=starts_on, ends_on=ends_on, accrual="MONTHS")
        make_cost_line(placement=placement, annual_amount=Decimal(12_000))
        return placement

    def moved(self) -> dict[str, tuple[Decimal, int | None, Decimal | None]]:
        parts = home(MARCH).movement.parts
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
