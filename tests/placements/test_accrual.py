"""What cost lines accrue in each month, by hand; and that months add up to fees exactly, for any line."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placements.accrual import committed_by_month, committed_lines, lines_accruing, sums
from placements.models import Accrual, BillingTerm, CostLine, Placement
from sen_dashboard.core.periods import FinancialYear, Month
from tests.factories import make_cost_line, make_placement, make_plan
from tests.kpis import second_calculation, second_calculation_money

pytestmark = pytest.mark.django_db

JAN_2018, DEC_2021 = Month(2018, 1), Month(2021, 12)
Amounts = dict[str, Decimal]


def make_line(first: date, last: date | None, accrual: str, amount: int = 36_000, **given: Any) -> CostLine:
    """A line that runs as long as its placement, at £36,000 a year."""
    placement = make_placement(starts_on=first, ends_on=last, accrual=accrual)
    return make_cost_line(placement=placement, annual_amount=Decimal(amount), **given)


def by_month(first: Month = JAN_2018, last: Month = DEC_2021) -> Amounts:
    """What all lines accrue, education share, by month; a month in which none runs is left out."""
    return {f"{month:%Y-%m}": amount for month, amount in committed_by_month(first, last).items()}


def by_year() -> dict[str, Decimal]:
    years = [FinancialYear(2018), FinancialYear(2019), FinancialYear(2020)]
    found = {}
    for year in years:
        months = list(year.months())
        found[str(year)] = sum(by_month(months[0], months[-1]).values(), Decimal(0))
    return {year: amount for year, amount in found.items() if amount}


# By hand


@pytest.mark.parametrize(
    ("accrual", "first_year", "second_year"),
    [
        ("", "20909.59", "15090.41"),
        ("DAYS", "20909.59", "15090.41"),
        ("MONTHS", "21000.00", "15000.00"),
        ("TERMS", "24000.00", "12000.00"),
    ],
)
def test_an_academic_year_falls_into_two_financial_years(
    accrual: str, first_year: str, second_year: str
) -> None:
    """The table of domain.md section 5.3: £36,000 from 1 September; 2018-19 and 2017-18 have 365 days."""
    make_line(date(2017, 9, 1), date(2018, 8, 31), accrual)
    found = by_month(Month(2017, 4), Month(2019, 3))
    years = [FinancialYear(2017), FinancialYear(2018)]
    assert [
        sum((found.get(str(month), Decimal(0)) for month in year.months()), Decimal(0)) for year in years
    ] == [Decimal(first_year), Decimal(second_year)]


def test_31_march_and_1_april_fall_into_years_of_their_own() -> None:
    """2018-19 has 365 days, 2019-20 has 366; a month in part has the share of its days."""
    make_line(date(2019, 3, 31), date(2019, 4, 1), "DAYS", 36_600)
    assert by_month() == {"2019-03": Decimal("100.27"), "2019-04": Decimal("100.00")}


def test_the_turn_of_the_year_by_months_and_terms() -> None:
    months = make_line(date(2019, 3, 31), date(2019, 4, 1), "MONTHS", 37_200)
    assert by_month() == {"2019-03": Decimal("100.00"), "2019-04": Decimal("103.33")}
    Placement.objects.filter(pk=months.placement_id).update(accrual="TERMS")
    assert by_month() == {"2019-03": Decimal("137.78"), "2019-04": Decimal("81.04")}, "1 of 90, 1 of 153 days"


def test_29_february() -> None:
    line = make_line(date(2020, 2, 28), date(2020, 3, 1), "DAYS", 36_600)
    assert by_month() == {"2020-02": Decimal("200.00"), "2020-03": Decimal("100.00")}
    Placement.objects.filter(pk=line.placement_id).update(accrual="MONTHS")
    assert by_month() == {"2020-02": Decimal("210.34"), "2020-03": Decimal("98.39")}, "2 of 29, 1 of 31 days"
    Placement.objects.filter(pk=line.placement_id).update(accrual="TERMS")
    assert by_month() == {"2020-02": Decimal("402.20"), "2020-03": Decimal("0.00")}, (
        "3 of 91 days, billed once"
    )


def test_a_start_within_a_month() -> None:
    line = make_line(date(2018, 9, 16), date(2018, 12, 31), "MONTHS")
    assert by_month() == {"2018-09": Decimal(1500), **dict.fromkeys(("2018-10", "2018-11", "2018-12"), 3000)}
    Placement.objects.filter(pk=line.placement_id).update(accrual="TERMS")
    billed = {"2018-09": Decimal("10524.59")}
    assert by_month() == billed | dict.fromkeys(("2018-10", "2018-11", "2018-12"), 0), "107 of 122 days"


def test_a_term_is_billed_in_its_first_month_whole() -> None:
    make_line(date(2018, 9, 1), None, "TERMS")
    found = by_month(Month(2018, 9), Month(2019, 9))
    assert [month for month, amount in found.items() if amount] == [
        "2018-09",
        "2019-01",
        "2019-04",
        "2019-09",
    ]
    assert set(found.values()) == {0, 12_000}
    assert by_month(Month(2018, 10), Month(2018, 11)) == dict.fromkeys(("2018-10", "2018-11"), 0)


def test_a_change_within_a_term() -> None:
    """61 days of the 122 at £36,000 a year, billed in September; the other 61 at £48,000, billed in November."""
    placement = make_placement(starts_on=date(2018, 9, 1), accrual="TERMS")
    make_cost_line(placement=placement, annual_amount=Decimal(36_000), ends_on=date(2018, 10, 31))
    make_cost_line(placement=placement, annual_amount=Decimal(48_000), starts_on=date(2018, 11, 1))
    assert by_month(Month(2018, 9), Month(2019, 1)) == {
        "2018-09": 6_000,
        "2018-10": 0,
        "2018-11": 8_000,
        "2018-12": 0,
        "2019-01": 16_000,
    }


class TestPaidTo:
    """The child left on 19 October 2018; the council pays to 31 December."""

    def line(self, accrual: str = "MONTHS", **given: Any) -> CostLine:
        placement = make_placement(
            starts_on=date(2018, 9, 1),
            ends_on=date(2018, 10, 19),
            last_attended_on=date(2018, 10, 19),
            paid_to_on=date(2018, 12, 31),
            accrual=accrual,
            plan=given.pop("plan", None),
        )
        return make_cost_line(placement=placement, annual_amount=Decimal(36_000), **given)

    @pytest.mark.parametrize("ends_on", [None, date(2018, 10, 19)])
    def test_accrues_to_the_day_paid_for(self, ends_on: date | None) -> None:
        self.line(ends_on=ends_on)
        assert by_month() == dict.fromkeys(("2018-09", "2018-10", "2018-11", "2018-12"), Decimal(3000))

    def test_a_term_paid_for_is_a_whole_term(self) -> None:
        self.line("TERMS")
        assert by_month()["2018-09"] == 12_000

    def test_a_line_that_ended_before_is_not_taken_up_again(self) -> None:
        self.line(ends_on=date(2018, 9, 30))
        assert by_month() == {"2018-09": Decimal(3000)}

    def test_a_plan_that_ceased_ends_it(self) -> None:
        self.line(plan=make_plan(ceased_on=date(2018, 12, 1)))
        assert by_month() == dict.fromkeys(("2018-09", "2018-10", "2018-11"), Decimal(3000))

    def test_paid_to_a_day_before_the_last(self) -> None:
        """A placement that lasts to 31 August but is paid to the end of the term's last month."""
        line = make_line(date(2018, 9, 1), date(2019, 8, 31), "MONTHS")
        Placement.objects.filter(pk=line.placement_id).update(paid_to_on=date(2019, 7, 31))
        assert max(by_month()) == "2019-07"


def test_weeks_do_not_change_an_annual_amount() -> None:
    """An annual amount is of all weeks that a school offers, 38 or 52: only the days of the line count."""
    found = []
    for weeks in (38, 52):
        line = make_line(date(2018, 9, 3), date(2019, 7, 19), "DAYS")
        Placement.objects.filter(pk=line.placement_id).update(weeks_per_year=weeks)
        found.append(by_month())
        line.delete()
    assert found[0] == found[1]


def test_a_council_can_bill_in_other_terms() -> None:
    BillingTerm.objects.filter(name="Autumn").delete()
    make_line(date(2018, 4, 1), date(2019, 3, 31), "TERMS")
    found = by_month()
    assert {month: amount for month, amount in found.items() if amount} == {
        "2018-04": Decimal(18_000),
        "2019-01": Decimal(18_000),
    }


def test_without_terms_of_its_own_a_council_bills_in_the_usual_ones() -> None:
    make_line(date(2018, 4, 1), date(2019, 3, 31), "TERMS")
    found = by_month()
    BillingTerm.objects.all().delete()
    assert by_month() == found


def test_other_shares_are_left_out_to_the_penny() -> None:
    make_line(date(2018, 4, 1), date(2019, 3, 31), "DAYS", 10_000, education_share=Decimal("33.33"))
    (row,) = sums(committed_lines(), JAN_2018, DEC_2021)
    assert (row["gross"], row["education"]) == (Decimal(10_000), Decimal("3333.00"))


# Sums


def test_sums_by_school_month_need_and_attendance() -> None:
    """Each adds up to the whole; they are what reconciliation, finance home and forecast ask for."""
    first = make_line(date(2018, 4, 1), date(2018, 5, 31), "MONTHS")
    placement = make_placement(
        school=first.placement.school,
        plan=make_plan(primary_need="SEMH"),
        attendance="RESIDENTIAL",
        starts_on=date(2018, 4, 1),
        accrual="MONTHS",
    )
    make_cost_line(placement=placement, annual_amount=Decimal(12_000))
    make_line(date(2018, 5, 1), None, "MONTHS", 24_000)
    asked = (committed_lines(), Month(2018, 4), Month(2018, 5))
    assert [tuple(row.values()) for row in sums(*asked, "school_id", "month")][:2] == [
        (first.placement.school_id, date(2018, 4, 1), 4_000, 4_000),
        (first.placement.school_id, date(2018, 5, 1), 4_000, 4_000),
    ]
    assert [(row["need"], row["gross"]) for row in sums(*asked, "need")] == [("ASD", 8_000), ("SEMH", 2_000)]
    assert {row["attendance"]: row["gross"] for row in sums(*asked, "attendance")} == {
        "DAY": 8_000,
        "RESIDENTIAL": 2_000,
    }
    assert [row["gross"] for row in sums(*asked)] == [10_000]
    with pytest.raises(ValueError, match="Sums are by"):
        sums(*asked, "1; DROP TABLE")


def test_is_one_statement(django_assert_num_queries: Callable[..., Any]) -> None:
    make_line(date(2018, 4, 1), None, "TERMS")
    with django_assert_num_queries(1):
        sums(committed_lines(), JAN_2018, DEC_2021, "placement_id", "month")
    with django_assert_num_queries(1):
        list(lines_accruing(committed_lines(), JAN_2018, DEC_2021))


def test_no_lines() -> None:
    assert committed_by_month(JAN_2018, DEC_2021) == {}
    assert sums(committed_lines(), JAN_2018, DEC_2021) == [{"gross": None, "education": None}]


# Whatever the line


few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
amounts = st.decimals(0, 99_999, places=2)
shares = st.decimals(0, 100, places=2)
days = st.dates(date(2018, 1, 1), date(2020, 12, 31))
accruals = st.sampled_from(Accrual.values)


class TestWhateverTheLine:
    @pytest.fixture(autouse=True)
    def one_line(self) -> None:
        self.line = make_line(date(2010, 1, 1), None, "")

    def store(self, accrual: str, first: date, last: date | None, amount: Decimal, share: Decimal) -> None:
        Placement.objects.update(ends_on=None, accrual=accrual)
        CostLine.objects.update(starts_on=first, annual_amount=amount, education_share=share)
        Placement.objects.update(ends_on=last)

    @few
    @given(accruals, days, st.integers(0, 500), amounts, shares, st.integers(1, 47))
    def test_any_split_sums_to_the_whole(
        self, accrual: str, first: date, length: int, amount: Decimal, share: Decimal, cut: int
    ) -> None:
        """To the penny; months asked for one by one are those asked for together, and the second calculation's."""
        self.store(accrual, first, first + timedelta(days=length), amount, share)
        at = JAN_2018.plus(cut)
        together = sums(committed_lines(), JAN_2018, DEC_2021.plus(12), "month")
        parts = [
            *sums(committed_lines(), JAN_2018, at.plus(-1), "month"),
            *sums(committed_lines(), at, at, "month"),
            *sums(committed_lines(), at.plus(1), DEC_2021.plus(12), "month"),
        ]
        assert parts == together
        line = CostLine.objects.get()
        expected = second_calculation_money.line_by_month(second_calculation.load(), line, date(2022, 12, 1))
        assert {row["month"]: (row["gross"], row["education"]) for row in together} == expected
        assert all(0 <= row["education"] <= row["gross"] + Decimal("0.01") for row in together)

    @few
    @given(accruals, st.integers(2010, 2020), st.integers(1, 12), st.integers(1, 3), amounts)
    def test_whole_years_are_whole_fees(
        self, accrual: str, year: int, month: int, years: int, amount: Decimal
    ) -> None:
        """Of the financial year, of twelve months from any, of terms from any; leap years too."""
        month = {"DAYS": 4, "MONTHS": month, "TERMS": (1, 4, 9)[month % 3]}[accrual]
        first, until = Month(year, month), Month(year + years, month)
        self.store(accrual, first.start, until.start - timedelta(days=1), amount, Decimal(100))
        starts = [first.plus(12 * n) for n in range(years + 1)]
        for start, following in pairwise(starts):
            (row,) = sums(committed_lines(), start, following.plus(-1))
            assert (row["gross"], row["education"]) == (amount, amount)
