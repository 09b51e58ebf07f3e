"""Local capacity, against a second calculation and by hand."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import pytest

from provision.kpis import capacity
from provision.kpis.capacity import KPI, Headline, Row
from provision.models import School, SchoolPlaces
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope, ScopeError, parse_scope
from tests.factories import make_placement, make_places, make_plan, make_school
from tests.kpis import second_calculation
from tests.kpis.checks import assert_outputs_agree, assert_same, labels, values
from tests.kpis.random_council import AS_AT_DAYS
from tests.kpis.second_calculation import Answer, open_placements, share

DAY = date(2019, 3, 31)
YEARS = ("2013-14", "2015-16", "2018-19")  # of most as-at days; the others have no places
CHOICES: tuple[dict[str, Any], ...] = (
    {},
    {"provision": "SRP"},
    {"district": "Thanet"},
    {"need": "ASD"},
    {"provision": "SPECIAL", "district": "Dover", "need": "SEMH"},
)


def ask(day: date = DAY, **chosen: str) -> Result[Headline, Row]:
    return capacity.query(Scope(day, chosen))


def make_random_places(seed: int) -> None:
    """Places at most schools in some years, few enough that some are over capacity."""
    random = Random(seed)
    for school in School.objects.order_by("pk"):
        school.district = random.choice(("Thanet", "Dover", ""))
        school.save()
        for provision in ("SPECIAL", "SRP"):
            for year in YEARS:
                if random.random() < 0.6:
                    needs = random.choice(([], ["ASD"], ["SEMH", "ASD"]))
                    make_places(
                        school=school,
                        provision=provision,
                        academic_year=year,
                        places=random.randint(0, 4),
                        needs=needs,
                    )


def second(records: second_calculation.Records, day: date, chosen: dict[str, str]) -> Answer:
    first_year = day.year if day.month >= 9 else day.year - 1
    year = f"{first_year}-{(first_year + 1) % 100:02d}"
    offered = {(p.school_id, p.provision): p for p in SchoolPlaces.objects.all() if p.academic_year == year}
    schools = {school.school_id: school for school in School.objects.all()}
    on_roll: dict[tuple[str, str], int] = {}
    for provision in ("SPECIAL", "SRP"):
        for placement in open_placements(records, day, provision):
            key = (placement.school_id, provision)
            on_roll[key] = on_roll.get(key, 0) + 1
    rows = []
    for school_id, provision in {*offered, *on_roll}:
        places = offered.get((school_id, provision))
        if "provision" in chosen and provision != chosen["provision"]:
            continue
        if "district" in chosen and schools[school_id].district != chosen["district"]:
            continue
        if "need" in chosen and (places is None or chosen["need"] not in places.needs):
            continue
        children = on_roll.get((school_id, provision), 0)
        rows.append(
            {
                "school_id": school_id,
                "school": schools[school_id].name,
                "provision": provision,
                "district": schools[school_id].district,
                "places": places.places if places else None,
                "on_roll": children,
                "vacancies": places.places - children if places else None,
                "occupancy_pct": share(children, places.places) if places else None,
            }
        )
    known = [row for row in rows if row["places"] is not None]
    known.sort(key=lambda row: (row["vacancies"], row["school_id"], row["provision"]))
    unknown = [row for row in rows if row["places"] is None]
    unknown.sort(key=lambda row: (row["school_id"], row["provision"]))
    headline = {}
    for provision, name in (("SPECIAL", "special"), ("SRP", "srp")):
        of_provision = [row for row in rows if row["provision"] == provision]
        headline[f"{name}_places"] = sum(row["places"] or 0 for row in of_provision)
        headline[f"{name}_on_roll"] = sum(row["on_roll"] for row in of_provision)
        headline[f"{name}_occupancy_pct"] = share(headline[f"{name}_on_roll"], headline[f"{name}_places"])
    return headline, known + unknown


def test_equals_second_calculation(
    council: second_calculation.Records, request: pytest.FixtureRequest
) -> None:
    make_random_places(seed=request.node.callspec.params["council"])
    for day in AS_AT_DAYS:
        for chosen in CHOICES:
            result = ask(day, **chosen)
            assert_same(result, second(council, day, chosen))
            assert_outputs_agree(KPI, result)


@pytest.mark.django_db
class TestWorkedExample:
    @pytest.fixture(autouse=True)
    def records(self) -> None:
        """A full school, one over capacity, one with room, an SRP without places, and schools of no interest."""
        full = make_school(school_id="A", name="Ash", sector="STATE_SPECIAL", district="Dover")
        over = make_school(school_id="B", name="Birch", sector="STATE_SPECIAL", district="Thanet")
        room = make_school(school_id="C", name="Cedar", sector="MAINSTREAM", district="Thanet")
        unknown = make_school(school_id="D", name="Dale", sector="MAINSTREAM")
        make_places(school=full, places=1, needs=["ASD", "SEMH"])
        make_places(school=over, places=1, needs=["SLCN"])
        make_places(school=room, places=4, provision="SRP", needs=["ASD"])
        make_places(school=room, places=9, provision="SRP", academic_year="2019-20")
        make_placement(school=full)
        for starts_on in (date(2018, 4, 1), DAY):
            make_placement(school=over, starts_on=starts_on)
        make_placement(school=over, starts_on=date(2019, 4, 1))
        make_placement(school=over, ends_on=date(2019, 3, 30))
        make_placement(school=over, plan=make_plan(ceased_on=DAY))
        make_placement(school=room, in_srp=True, ends_on=DAY)
        make_placement(school=room)
        make_placement(school=unknown, in_srp=True)
        make_placement()

    def test_headline(self) -> None:
        assert ask().headline == Headline(
            special_places=2,
            special_on_roll=3,
            special_occupancy_pct=150.0,
            srp_places=4,
            srp_on_roll=2,
            srp_occupancy_pct=50.0,
            schools_over=1,
            children_over=1,
        )

    def test_rows_most_over_capacity_first_and_unknown_last(self) -> None:
        special, srp = "State special school", "Specialist resourced provision"
        assert ask().rows == (
            Row("B", "Birch", "SPECIAL", "Thanet", 1, 2, -1, 200.0, special, "1 over"),
            Row("A", "Ash", "SPECIAL", "Dover", 1, 1, 0, 100.0, special, "full"),
            Row("C", "Cedar", "SRP", "Thanet", 4, 1, 3, 25.0, srp, "3 free"),
            Row("D", "Dale", "SRP", "", None, 1, None, None, srp, "places not recorded"),
        )

    def test_sentence(self) -> None:
        assert KPI.sentence(ask()) == (
            "On 31 March 2019 state special schools have 3 children on roll for 2 places (150.0%) and specialist "
            "resourced provisions have 2 children on roll for 4 places (50.0%). 1 school is over capacity, by 1 "
            "child in all."
        )

    def test_sentence_says_what_was_chosen(self) -> None:
        assert KPI.sentence(ask(district="Dover", need="ASD")) == (
            "On 31 March 2019, in Dover with places for ASD, state special schools have 1 child on roll for 1 place "
            "(100.0%). No school is over capacity."
        )

    def test_caveat_counts_schools_without_places(self) -> None:
        assert ask().caveats == (
            "1 school has no places recorded for 2018-19. The totals count 1 child on roll there, so occupancy reads "
            "higher than it is.",
        )

    @pytest.mark.parametrize(
        ("chosen", "schools"),
        [
            ({"provision": "SPECIAL"}, ["B", "A"]),
            ({"provision": "SRP"}, ["C", "D"]),
            ({"district": "Thanet"}, ["B", "C"]),
            ({"district": "thanet"}, ["B", "C"]),
            ({"district": "Than"}, []),
            ({"need": "ASD"}, ["A", "C"]),
            ({"need": "ASD", "district": "Dover"}, ["A"]),
        ],
    )
    def test_filters_choose_rows_and_headline_alike(self, chosen: dict[str, Any], schools: list[str]) -> None:
        result = ask(**chosen)
        assert [row.school_id for row in result.rows] == schools
        on_roll = result.headline.special_on_roll + result.headline.srp_on_roll
        assert on_roll == sum(row.on_roll for row in result.rows)

    def test_the_places_of_the_academic_year_that_holds_the_day(self) -> None:
        assert ask(date(2019, 8, 31)).headline.srp_places == 4
        assert ask(date(2019, 9, 1)).headline.srp_places == 9

    def test_chart_shows_the_rows(self) -> None:
        chart = KPI.chart(ask())
        assert list(chart.categories) == ["1. Birch", "2. Ash", "3. Cedar", "4. Dale"]
        assert values(chart, 0) == [2, 1, 1, 1]
        assert labels(chart, 0)[0] == "2, 1 over"
        assert values(chart, 1) == [1, 1, 4, None]

    def test_table_says_over_in_words_and_sorts_by_number(self) -> None:
        table = KPI.table(ask().rows, order_by="-room")
        assert "1 over" in [row.get_cell("room") for row in table.rows]
        assert next(row.get_cell("room") for row in table.rows if row.record.places) == "3 free"


@pytest.mark.django_db
def test_children_where_there_are_no_places_at_all() -> None:
    school = make_school(sector="STATE_SPECIAL")
    make_places(school=school, places=0)
    make_placement(school=school)
    row = ask().rows[0]
    assert (row.vacancies, row.occupancy_pct, row.room) == (-1, None, "1 over")
    assert ask().headline.special_occupancy_pct is None


@pytest.mark.django_db
def test_a_school_without_places_is_not_listed_for_a_need() -> None:
    make_placement(school=make_school(sector="STATE_SPECIAL"))
    assert len(ask().rows) == 1
    assert ask(need="ASD").rows == ()


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(1900, 1, 1), DAY, date(2199, 12, 31)])
def test_no_data(day: date) -> None:
    result = ask(day)
    assert result.headline == Headline(0, 0, None, 0, 0, None, 0, 0)
    assert (result.rows, result.caveats) == ((), ())
    assert KPI.sentence(result).startswith("No places and no children on roll are recorded")
    assert_outputs_agree(KPI, result)


@pytest.mark.parametrize("text", ["a\x00b", "\udcff", "Tha\nnet"])
def test_a_district_no_database_could_hold_is_refused(text: str) -> None:
    with pytest.raises(ScopeError):
        parse_scope({"district": text}, KPI.filters, default_as_at=DAY)


@pytest.mark.django_db
def test_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(2):
        ask()
