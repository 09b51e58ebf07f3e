"""Growth of local places, against a second calculation and by hand."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import pytest

from provision.kpis import place_growth
from provision.kpis.place_growth import KPI, Headline, Row
from provision.models import SchoolPlaces
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope
from tests.factories import make_change, make_places, make_school
from tests.kpis.checks import assert_outputs_agree, assert_same, values
from tests.kpis.second_calculation import Answer, share

DAY = date(2019, 3, 31)
DAYS = (
    date(1950, 1, 1),
    date(2014, 8, 31),
    date(2014, 9, 1),
    date(2016, 2, 29),
    DAY,
    date(2019, 8, 31),
    date(2019, 9, 1),
    date(2150, 12, 31),
)


def ask(day: date = DAY) -> Result[Headline, Row]:
    return place_growth.query(Scope(day))


def make_random_places(seed: int) -> None:
    random = Random(seed)
    for _ in range(4):
        school = make_school(sector="STATE_SPECIAL")
        for year in range(2013, 2021):
            for provision in ("SPECIAL", "SRP"):
                if random.random() < 0.3:
                    make_places(
                        school=school,
                        provision=provision,
                        academic_year=label(year),
                        places=random.randint(0, 90),
                    )


def label(first_year: int) -> str:
    return f"{first_year}-{(first_year + 1) % 100:02d}"


def second(day: date) -> Answer:
    this_year = day.year if day.month >= 9 else day.year - 1
    recorded = list(SchoolPlaces.objects.all())

    def places(first_year: int, provision: str) -> int | None:
        found = [
            p.places for p in recorded if (p.academic_year, p.provision) == (label(first_year), provision)
        ]
        return sum(found) if found else None

    def change(first_year: int, provision: str) -> int | None:
        now, before = places(first_year, provision), places(first_year - 1, provision)
        return None if now is None or before is None else now - before

    rows = [
        {
            "academic_year": label(year),
            "provision": provision,
            "places": places(year, provision),
            "change": change(year, provision),
            "change_pct": share(change(year, provision), places(year - 1, provision)),
        }
        for year in range(1900, this_year + 2)
        for provision in ("SPECIAL", "SRP")
        if places(year, provision) is not None
    ]
    headline: dict[str, int | None] = {}
    for provision, name in (("SPECIAL", "special"), ("SRP", "srp")):
        headline[f"{name}_places"] = places(this_year, provision) or 0
        headline[f"{name}_places_next"] = places(this_year + 1, provision)
        headline[f"{name}_change"] = change(this_year + 1, provision)
    return headline, rows


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_equals_second_calculation(seed: int) -> None:
    make_random_places(seed)
    for day in DAYS:
        result = ask(day)
        assert_same(result, second(day))
        assert_outputs_agree(KPI, result)


@pytest.mark.django_db
class TestWorkedExample:
    @pytest.fixture(autouse=True)
    def records(self) -> None:
        """Two special schools that grow from 40 to 44 places, SRPs that shrink from 20 to 15."""
        for year, special, srp in (("2018-19", (30, 10), 20), ("2019-20", (30, 14), 15)):
            for places in special:
                make_places(academic_year=year, places=places)
            make_places(
                academic_year=year, places=srp, provision="SRP", school=make_school(sector="MAINSTREAM")
            )

    def test_headline(self) -> None:
        assert ask().headline == Headline(40, 44, 4, 20, 15, -5)

    def test_rows_by_year_then_special_before_srp(self) -> None:
        special, srp = "State special school", "Specialist resourced provision"
        assert ask().rows == (
            Row("2018-19", "SPECIAL", 40, None, None, special),
            Row("2018-19", "SRP", 20, None, None, srp),
            Row("2019-20", "SPECIAL", 44, 4, 10.0, special),
            Row("2019-20", "SRP", 15, -5, -25.0, srp),
        )

    def test_sentence(self) -> None:
        assert KPI.sentence(ask()) == (
            "State special schools offer 40 places in 2018-19 and 44 in 2019-20: 4 more (10.0%). Specialist resourced "
            "provisions (SRPs) offer 20 places in 2018-19 and 15 in 2019-20: 5 fewer (25.0%)."
        )

    def test_next_year_is_unknown_until_recorded(self) -> None:
        result = ask(date(2019, 9, 1))
        assert result.headline == Headline(44, None, None, 15, None, None)
        assert KPI.sentence(result).startswith(
            "State special schools offer 44 places in 2019-20; those of 2020-21 are not recorded."
        )

    def test_the_year_before_the_first_has_no_places_and_no_change(self) -> None:
        assert ask(date(2018, 8, 31)).headline == Headline(0, 40, None, 0, 20, None)

    def test_later_years_are_not_shown(self) -> None:
        assert {row.academic_year for row in ask(date(2018, 8, 31)).rows} == {"2018-19"}
        assert ask(date(2017, 8, 31)).rows == ()

    def test_chart_shows_the_rows(self) -> None:
        make_places(academic_year="2017-18", places=7)
        chart = KPI.chart(ask())
        assert list(chart.categories) == ["2017-18", "2018-19", "2019-20"]
        assert values(chart, 0) == [7, 40, 44]
        assert values(chart, 1) == [None, 20, 15]


@pytest.mark.django_db
class TestCommissioningPlan:
    def test_is_told_and_never_added_in(self) -> None:
        make_places(places=40)
        make_places(academic_year="2019-20", places=44)
        make_change(places_change=1200, effective_on=date(2019, 4, 1))
        make_change(places_change=-3, effective_on=date(2020, 8, 31), provision="SRP")
        assert ask().headline.special_places_next == 44
        assert ask().caveats == (
            "The commissioning plan holds 2 approved changes by 31 August 2020: +1,200 places in state special schools "
            "and −3 in SRPs. They are not added in.",
        )

    @pytest.mark.parametrize(
        "given",
        [
            {"effective_on": DAY},
            {"effective_on": date(2020, 9, 1)},
            {"status": "PROPOSED"},
            {"status": "OPEN"},
            {"status": "CANCELLED"},
        ],
    )
    def test_tells_only_what_is_approved_and_to_come_by_the_end_of_next_year(
        self, given: dict[str, Any]
    ) -> None:
        make_change(**given)
        assert ask().caveats == ()


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(1900, 1, 1), DAY, date(2199, 12, 31)])
def test_no_data(day: date) -> None:
    result = ask(day)
    assert result.headline == Headline(0, None, None, 0, None, None)
    assert (result.rows, result.caveats) == ((), ())
    assert_outputs_agree(KPI, result)


@pytest.mark.django_db
def test_growth_from_no_places_has_no_percentage() -> None:
    make_places(places=0)
    make_places(academic_year="2019-20", places=5)
    assert ask().headline.special_change == 5
    assert ask().rows[-1].change_pct is None


@pytest.mark.django_db
def test_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(2):
        ask()
