"""The page of a school: places, roll, cost, placements and payments."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from placements.models import LedgerPosting
from provision.models import School
from sen_dashboard.core import formats
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.kpis import find
from tests.factories import make_cost_line, make_placement, make_places, make_plan, make_posting, make_school
from tests.kpi_pages.test_pages import words
from tests.kpis.random_council import make_council
from tests.records.reading import rows, statements

pytestmark = pytest.mark.django_db

ADDRESS = "/schools/S1/"
ON_DAY = f"{ADDRESS}?as_at=2019-03-31"
DAY = date(2019, 3, 31)


@pytest.fixture
def school() -> School:
    return make_school(
        school_id="S1",
        urn="123456",
        name="Ash School",
        sector="MAINSTREAM",
        phase="Secondary",
        district="Thanet",
        provider_group="Ash Trust",
        opened_on=date(1990, 9, 1),
    )


def test_says_what_is_recorded(signed_in: Client, school: School) -> None:
    page = words(signed_in.get(ON_DAY))
    for said in (
        "School key S1",
        "URN 123456",
        "Sector Mainstream school",
        "Phase Secondary",
        "District Thanet",
        "Provider group Ash Trust",
        "Opened 1 September 1990",
        "Children on roll 0",
        "Annual cost not available",
        "No child is on roll on 31 March 2019.",
    ):
        assert said in page
    for missing in ("Closed", "Places by academic year", "Ledger postings"):
        assert missing not in page


def test_roll_is_set_against_the_places_of_the_academic_year(signed_in: Client, school: School) -> None:
    make_places(school=school, provision="SRP", academic_year="2018-19", places=4, needs=["ASD", "SLCN"])
    make_places(school=school, provision="SRP", academic_year="2017-18", places=3)
    make_placement(school=school, in_srp=True)
    make_placement(school=school, in_srp=True)
    make_placement(school=school)
    make_placement(school=school, in_srp=True, ends_on=date(2019, 3, 30))
    make_placement(school=school, in_srp=True, plan=make_plan(ceased_on=DAY))
    response = signed_in.get(ON_DAY)
    assert "Children on roll on 31 March 2019, and places of 2018-19" in words(response)
    assert rows(response, "roll") == [
        "Specialist resourced provision 2 4 50.0%",
        "Mainstream school 1 not available not available",
    ]
    assert rows(response, "places") == [
        "2018-19 Specialist resourced provision 4 ASD, SLCN",
        "2017-18 Specialist resourced provision 3 not recorded",
    ]


def test_cost_is_of_the_placements_open_on_the_day(signed_in: Client, school: School) -> None:
    for amount in (10_000, 20_001):
        placement = make_placement(school=school)
        make_cost_line(placement=placement, annual_amount=amount)
        make_cost_line(placement=placement, annual_amount=7_000, kind="TRANSPORT")
    make_cost_line(placement=make_placement(school=school, ends_on=date(2019, 3, 30)))
    make_cost_line(placement=make_placement(school=school, plan=make_plan(ceased_on=DAY)))
    make_cost_line()
    page = words(signed_in.get(ON_DAY))
    assert "2 children are on roll on 31 March 2019, at £30,001 a year, £15,001 each on average." in page
    assert "Annual cost £30,001" in page
    assert "Average annual cost £15,001" in page
    assert "count at £0" not in page


def test_a_placement_without_a_cost_line_counts_at_nought_and_is_told(
    signed_in: Client, school: School
) -> None:
    make_cost_line(placement=make_placement(school=school), annual_amount=10_000)
    make_placement(school=school)
    page = words(signed_in.get(ON_DAY))
    assert "at £10,000 a year, £5,000 each on average." in page
    assert "Note: 1 open placement without a cost line on the day counts at £0." in page


@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_the_kpi_that_names_the_school(signed_in: Client, seed: int) -> None:
    """Number of placements, their cost and average are those of provider_concentration, on random councils."""
    make_council(seed)
    result = find("provider_concentration").query(Scope(DAY))
    assert result.rows
    for row in result.rows:
        page = words(signed_in.get(f"/schools/{row.school_id}/?as_at=2019-03-31"))
        assert f"Children on roll {row.placements}" in page
        if row.annual_cost:
            assert f"Annual cost {formats.pounds(row.annual_cost)}" in page
            assert f"Average annual cost {formats.pounds(row.average)}" in page


def test_placements_are_listed_open_ones_first_and_later_ones_left_out(
    signed_in: Client, school: School
) -> None:
    def place(key: str, first: date, last: date | None = None) -> None:
        plan = make_plan(primary_need="SEMH")
        made = make_placement(placement_id=key, school=school, plan=plan, starts_on=first, ends_on=last)
        make_cost_line(placement=made, annual_amount=9_000)

    place("PL1", date(2015, 9, 1), date(2018, 8, 31))
    place("PL2", date(2014, 9, 1))
    place("PL3", date(2018, 9, 1))
    place("PL4", date(2019, 4, 1))
    response = signed_in.get(ON_DAY)
    listed = rows(response, "table")
    assert [row.split()[0] for row in listed] == ["PL3", "PL2", "PL1"]
    assert listed[0].endswith("1 September 2018 open £9,000")
    same = "Primary need: Social, emotional and mental health (SEMH); Provision: Mainstream school; Attendance: Day."
    assert f"Same in every row: {same}" in words(response)
    assert listed[2].endswith("1 September 2015 31 August 2018 not open not available")
    assert "1 placement after 31 March 2019 is left out." in words(response)
    assert 'href="/placements/PL3/?as_at=2019-03-31"' in response.content.decode()


def test_placements_come_in_pages(signed_in: Client, school: School) -> None:
    for n in range(60):
        make_placement(placement_id=f"PL{n:02d}", school=school)
    first, second = (rows(signed_in.get(f"{ON_DAY}&page={page}"), "table") for page in (1, 2))
    assert len(first) == 50
    assert sorted(row.split()[0] for row in first + second) == [f"PL{n:02d}" for n in range(60)]
    by_child = rows(signed_in.get(f"{ON_DAY}&sort=child&page=2"), "table")
    assert len(by_child) == 10


def test_payments_are_summed_by_financial_year_and_line_until_the_day(
    signed_in: Client, school: School
) -> None:
    for month, line, amount in (
        (date(2018, 3, 1), "1.2.3", "100.40"),
        (date(2018, 4, 1), "1.2.3", "200.10"),
        (date(2019, 3, 1), "1.2.3", "-50.00"),
        (date(2019, 3, 1), "1.2.1", "9.00"),
        (date(2019, 4, 1), "1.2.3", "7777.00"),
    ):
        make_posting(school=school, month=month, line=line, amount=Decimal(amount))
    make_posting(month=date(2018, 4, 1), amount=Decimal(1))
    assert rows(signed_in.get(ON_DAY), "paid") == [
        "2018-19 1.2.1 1 £9",
        "2018-19 1.2.3 2 £150",
        "2017-18 1.2.3 1 £100",
    ]


def test_financial_years_agree_with_a_second_calculation() -> None:
    """The random ledgers hold every month of seven years, credits included."""
    make_council(0)
    expected: dict[tuple[int, str], list[Decimal]] = defaultdict(list)
    for posting in LedgerPosting.objects.all():
        year = posting.month.year if posting.month.month >= 4 else posting.month.year - 1
        expected[year, posting.line].append(posting.amount)
    found = {
        (year["first_year"], year["line"]): (year["postings"], year["total"])
        for year in LedgerPosting.objects.all().by_financial_year()
    }
    assert found == {key: (len(amounts), sum(amounts)) for key, amounts in expected.items()}


def test_takes_as_many_statements_for_60_records_of_a_kind_as_for_2(
    signed_in: Client, school: School
) -> None:
    def make(first: int, after: int) -> None:
        for n in range(first, after):
            make_cost_line(placement=make_placement(school=school))
            make_places(school=school, provision="SRP", academic_year=f"19{n + 30}-{n + 31}")
            make_posting(school=school, month=date(1930 + n, 4, 1))

    make(0, 3)
    of_few = statements(signed_in, ON_DAY)
    make(3, 60)
    assert statements(signed_in, ON_DAY) == of_few == 13
