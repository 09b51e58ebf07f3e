"""What drives the cost, against a second calculation and by hand."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from placements.grouping import BY, PROVISION
from placements.kpis import cost_growth
from placements.kpis.cost_growth import KPI, Headline, Row
from placements.models import Placement
from sen_dashboard.core.disclosure.suppression import protect, public_view
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope, parse_scope
from tests.factories import make_child, make_cost_line, make_placement, make_plan, make_school
from tests.kpis import second_calculation, second_calculation_money
from tests.kpis.checks import assert_outputs_agree, assert_same, labels, values
from tests.kpis.random_council import AS_AT_DAYS

DAY, BEFORE = date(2019, 3, 31), date(2018, 3, 31)
PENNY = Decimal("0.01")
CHOSEN: list[dict[str, str]] = [
    *({"by": by} for by in ("need", "provision", "district", "attendance")),
    {"by": "need", "provision": "SPECIAL", "attendance": "DAY"},
    {"by": "provision", "provision": "INMSS"},
    {"by": "district", "need": "ASD"},
    {"by": "attendance", "district": "Thanet"},
]


def ask(day: date = DAY, **filters: Any) -> Result[Headline, Row]:
    return cost_growth.query(Scope(day, filters))


def place(
    need: str, before: str | None, now: str | None, *, home_district: str = "Thanet", **given: Any
) -> Placement:
    """A placement open on both days, and its cost on each; None where it has no cost line."""
    long_ago = date(2017, 9, 1)
    plan = make_plan(primary_need=need, issued_on=long_ago, child=make_child(home_district=home_district))
    placement = make_placement(plan=plan, starts_on=long_ago, **given)
    if before is not None:
        make_cost_line(
            placement=placement, annual_amount=Decimal(before), starts_on=long_ago, ends_on=date(2018, 8, 31)
        )
    if now is not None:
        make_cost_line(placement=placement, annual_amount=Decimal(now), starts_on=date(2018, 9, 1))
    return placement


@pytest.mark.parametrize("chosen", CHOSEN, ids=str)
def test_equals_second_calculation(council: second_calculation.Records, chosen: dict[str, str]) -> None:
    for day in AS_AT_DAYS:
        result = ask(day, **chosen)
        assert_same(result, second_calculation_money.cost_growth(council, day, **chosen))
        assert_outputs_agree(KPI, result)


@pytest.mark.parametrize("chosen", CHOSEN, ids=str)
def test_parts_add_up_to_the_whole(council: second_calculation.Records, chosen: dict[str, str]) -> None:
    """Rows to the headline exactly, a row's effects to its change but for the rounding of both."""
    for day in AS_AT_DAYS:
        result = ask(day, **chosen)
        now, rows = result.headline, result.rows
        assert sum(row.placements for row in rows) == now.placements
        assert sum(row.placements_before for row in rows) == now.placements_before
        assert sum(row.change for row in rows) == (now.change or 0)
        assert all(abs(row.change - row.volume_effect - row.price_effect) <= PENNY for row in rows)
        if now.volume_effect is not None and now.price_effect is not None and now.mix_effect is not None:
            assert now.volume_effect + now.price_effect + now.mix_effect == now.change
        if now.change:
            assert sum(row.share_of_change_pct or 0 for row in rows) == pytest.approx(100)


@pytest.mark.django_db
class TestWorkedExample:
    """ASD: a child stays and gets dearer, another comes. SEMH: two of three leave. PD comes, SLD goes."""

    @pytest.fixture(autouse=True)
    def records(self) -> None:
        place("ASD", "30000", "33000")
        place("ASD", None, "37000")
        place("SEMH", "20000", "21000", home_district="Dover")
        place("SEMH", "40000", None, ends_on=date(2018, 8, 31))
        place("SEMH", "60000.01", None, ends_on=date(2018, 8, 31), attendance="RESIDENTIAL")
        place("PD", None, "50000", home_district="")
        place("SLD", "10000", None, ends_on=date(2018, 8, 31))
        place("ASD", "9000", "12000", school=make_school(sector="STATE_SPECIAL"))

    def test_rows(self) -> None:
        asd, semh, pd, sld = (
            "Autistic spectrum disorder (ASD)",
            "Social, emotional and mental health (SEMH)",
            "Physical disability (PD)",
            "Severe learning difficulty (SLD)",
        )
        change = Decimal("-19000.01")
        expected = [
            ("SEMH", semh, 3, 1, "120000.01", "21000", "-99000.01", "-80000.01", "-19000.00"),
            ("PD", pd, 0, 1, None, "50000", "50000", "50000", "0"),
            ("ASD", asd, 1, 2, "30000", "70000", "40000", "30000", "10000"),
            ("SLD", sld, 1, 0, "10000", None, "-10000", "-10000", "0"),
        ]
        assert ask().rows == tuple(
            Row(
                *(key, label, before, now),
                *(None if pounds is None else Decimal(pounds) for pounds in amounts),
                share_of_change_pct=pytest.approx(float(100 * Decimal(str(amounts[2])) / change)),
            )
            for key, label, before, now, *amounts in expected
        )

    def test_headline(self) -> None:
        """Five at £32,000 on average become four; of ASD and SEMH, £10,000 more and £19,000 less."""
        assert ask().headline == Headline(
            cost_before=Decimal("160000.01"),
            cost=Decimal(141_000),
            change=Decimal("-19000.01"),
            change_pct=pytest.approx(-11.875005507),
            volume_effect=Decimal("-32000.00"),
            price_effect=Decimal("-9000.00"),
            mix_effect=Decimal("21999.99"),
            largest="SEMH",
            largest_change=Decimal("-99000.01"),
            placements_before=5,
            placements=4,
        )

    def test_sentence(self) -> None:
        assert KPI.sentence(ask()) == (
            "The annual cost of placements in independent or non-maintained special schools fell by "
            "£19.0k (11.9%) in a year, from £160.0k to £141.0k. The largest change by primary need is "
            "SEMH: £99.0k less, as 2 fewer children took off £80.0k and a lower average cost took off "
            "£19.0k."
        )
        assert KPI.sentence(ask(need="ASD")).endswith(
            "The largest change by primary need is ASD: £40.0k more, as 1 more child added £30.0k and a higher average "
            "cost added £10.0k."
        )
        assert KPI.sentence(ask(need="PD")) == (
            "The annual cost of placements in independent or non-maintained special schools is £50.0k, "
            "and is not known for a year earlier. The largest change by primary need is PD: £50.0k more, "
            "as 1 more child added £50.0k."
        )
        assert "was £10.0k a year earlier, and is not known now." in KPI.sentence(ask(need="SLD"))

    def test_placements_without_cost_are_counted_in_caveats(self) -> None:
        assert ask().caveats == ("2 placements open on 31 March 2018 are left out: no cost line on the day.",)
        place("VI", None, None)
        assert ask().caveats == (
            "1 placement open on 31 March 2019 is left out: no cost line on the day.",
            "3 placements open on 31 March 2018 are left out: no cost line on the day.",
        )

    def test_by_provision_all_are_meant_unless_one_is_chosen(self) -> None:
        assert [(row.key, row.change) for row in ask(by="provision").rows] == [
            ("INMSS", Decimal("-19000.01")),
            ("SPECIAL", Decimal(3_000)),
        ]
        assert [row.key for row in ask(by="provision", provision="SPECIAL").rows] == ["SPECIAL"]
        assert [row.key for row in ask(by="provision", provision="INMSS").rows] == ["INMSS"]
        assert [row.key for row in ask(provision="SPECIAL").rows] == ["ASD"]
        assert "placements in all provisions" in KPI.sentence(ask(by="provision"))

    def test_by_district_and_attendance(self) -> None:
        rows = {row.key: (row.label, row.change) for row in ask(by="district").rows}
        assert rows == {
            "Thanet": ("Thanet", Decimal("-70000.01")),
            "NOT_RECORDED": ("Not recorded", Decimal(50_000)),
            "Dover": ("Dover", Decimal(1_000)),
        }
        assert [(row.key, row.label, row.change) for row in ask(by="attendance").rows] == [
            ("RESIDENTIAL", "Residential", Decimal("-60000.01")),
            ("DAY", "Day", Decimal(41_000)),
        ]

    def test_chart_shows_the_rows_with_falls_to_the_left(self) -> None:
        chart = KPI.chart(ask())
        assert list(chart.categories) == ["SEMH", "PD", "ASD", "SLD"]
        assert values(chart, 0) == [-99_000.01, 50_000, 40_000, -10_000]
        assert labels(chart, 0) == ["−£99.0k", "£50.0k", "£40.0k", "−£10.0k"]

    def test_the_list_of_a_year_before_is_of_that_day(self) -> None:
        for name, day, placements in (("cost_before", BEFORE, 3), ("cost", DAY, 1)):
            behind = KPI.keys.behind[name]
            assert behind.day(Scope(DAY), "SEMH") == day
            assert behind.of(Scope(DAY), "SEMH").count() == placements


@pytest.mark.django_db
class TestEdges:
    def test_nothing_on_either_day(self) -> None:
        place("ASD", None, None)
        result = ask()
        assert result.headline == Headline(*[None] * 9, 0, 0)
        assert result.rows == ()
        assert KPI.sentence(result) == (
            "No cost is known for placements in independent or non-maintained special schools on 31 March 2019 or a "
            "year earlier."
        )

    def test_a_first_placement_is_volume_alone(self) -> None:
        place("ASD", None, "30000")
        now = ask().headline
        assert (now.cost_before, now.cost, now.change, now.change_pct) == (None, 30_000, 30_000, None)
        assert (now.volume_effect, now.price_effect, now.mix_effect) == (30_000, 0, 0)

    def test_the_last_placement_is_volume_alone(self) -> None:
        place("ASD", "30000", None)
        now = ask().headline
        assert (now.cost_before, now.cost, now.change, now.change_pct) == (30_000, None, -30_000, -100.0)
        assert (now.volume_effect, now.price_effect, now.mix_effect) == (-30_000, 0, 0)

    def test_no_change(self) -> None:
        place("ASD", "30000", "30000")
        result = ask()
        assert (result.headline.change, result.rows[0].share_of_change_pct) == (0, None)
        assert KPI.sentence(result).endswith("special schools is £30.0k, the same as a year earlier.")

    def test_a_free_place_is_counted(self) -> None:
        place("ASD", "0", "30000")
        now = ask().headline
        assert (now.cost_before, now.change_pct, now.price_effect) == (0, None, 30_000)

    def test_each_figure_is_rounded_once(self) -> None:
        """Of three at £1.00 and a third of a penny two leave: £2.01 less, not twice the average rounded first."""
        for amount in ("1.00", "1.00", "1.01"):
            place("ASD", amount, None)
        place("ASD", None, "1.00")
        (row,) = ask().rows
        assert (row.volume_effect, row.price_effect) == (Decimal("-2.01"), Decimal("0.00"))

    def test_equal_changes_are_ordered_by_key(self) -> None:
        for need in ("SLD", "ASD"):
            place(need, "1000", "2000")
        place("PD", "2000", "1000")
        assert [row.key for row in ask().rows] == ["ASD", "PD", "SLD"]

    def test_the_year_before_a_month_end_is_a_month_end(self) -> None:
        placement = make_placement(
            starts_on=date(2015, 9, 1), plan=make_plan(issued_on=date(2015, 9, 1)), ends_on=date(2016, 2, 28)
        )
        make_cost_line(placement=placement, starts_on=date(2015, 9, 1))
        assert ask(date(2017, 2, 28)).headline.placements_before == 0
        assert ask(date(2017, 2, 27)).headline.placements_before == 1


@pytest.mark.django_db
class TestFilters:
    def test_defaults(self) -> None:
        assert (Scope(DAY)[BY], Scope(DAY)[PROVISION]) == ("need", None)
        assert PROVISION.describe(None) == "Provision: INMSS, or all where shown by provision"

    def test_a_chosen_provision_is_kept_however_it_is_shown(self) -> None:
        scope = parse_scope({"by": "provision", "provision": "INMSS"}, KPI.filters, default_as_at=DAY)
        assert scope.chosen == {"by": "provision", "provision": "INMSS"}

    @pytest.mark.parametrize("given", [{"by": "school"}, {"provision": "inmss"}, {"need": "X"}])
    def test_wrong_values_are_told(self, given: dict[str, str]) -> None:
        with pytest.raises(ValueError, match="is not one of"):
            parse_scope(given, KPI.filters, default_as_at=DAY)


@pytest.mark.django_db
def test_the_public_reads_nothing_of_a_small_group_nor_what_tells_of_it() -> None:
    """Six children with ASD and six with SEMH on both days, PD in two: the rest would tell what these cost."""
    for need in ("ASD", "SEMH"):
        for _ in range(6):
            place(need, "30000", "31000")
    for _ in range(2):
        place("PD", "50000", "90000")
    result = ask()
    view = public_view(KPI.keys, result, protect([KPI.keys.contents(result)], [], 5))
    (row,) = view.rows
    assert view.hidden
    assert row["key"] in ("ASD", "SEMH")
    assert (row["placements"], row["cost"]) == (6, 200_000)  # £186,000, of which one costs £31,000
    assert view.together is not None
    assert (view.together["placements_before"], view.together["placements"]) == (8, 8)
    assert {view.together[key] for key in ("cost", "change", "price_effect")} == {"c"}
    assert view.headline["cost"] == 600_000
    for key in ("largest", "largest_change", "price_effect", "mix_effect"):
        assert view.headline[key] == "c"


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(1900, 1, 1), DAY, date(2199, 12, 31)])
def test_no_data(day: date) -> None:
    result = ask(day)
    assert result.headline == Headline(*[None] * 9, 0, 0)
    assert (result.rows, result.caveats) == ((), ())
    assert_outputs_agree(KPI, result)


@pytest.mark.django_db
def test_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    for by in ("need", "provision", "district", "attendance"):
        with django_assert_num_queries(2):
            ask(by=by)
