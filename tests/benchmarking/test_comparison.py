"""The comparison of a council with others: against a second calculation, by hand, and in edge cases."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Q

from sen_dashboard.benchmarking import charts, page, tables, words
from sen_dashboard.benchmarking.comparison import Rank, Role, find_council
from sen_dashboard.benchmarking.figures import load
from sen_dashboard.benchmarking.measures import BENCHMARKS, BY_SLUG
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Tone
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Better
from tests.benchmarking import second_calculation
from tests.benchmarking.asking import ask
from tests.benchmarking.dfe import (
    CASELOAD,
    KENT,
    REQUESTS,
    SPEND,
    TIMELINESS,
    VALID,
    edited,
    place,
)
from tests.folders import Changed, Write

pytestmark = pytest.mark.django_db

DICTIONARY = Path(__file__).parents[1] / "data" / "dfe" / "lait_send_measures_dictionary.csv"


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    "council",
    [
        pytest.param("886", id="Kent, with the interactive tool's longer series"),
        pytest.param("926", id="Norfolk, which returned nothing for 2022"),
        pytest.param("201", id="City of London, with no plan without an exception in 2024"),
        pytest.param("825", id="Buckinghamshire, whose ONS code changed"),
    ],
)
def test_equals_second_calculation(council: str) -> None:
    for (slug, measure), spec in second_calculation.SPECS.items():
        for raw in second_calculation.periods(spec, council):
            period = raw if len(raw) == 4 else f"{raw[:4]}-{raw[4:]}"
            found = ask(slug, measure, period, council)
            expected = {
                row.area_code: second_calculation.value(spec, row.area_code, raw) for row in found.rows
            }
            is_money = slug == "inmss_spend"
            said = [value if is_money else approximately(value) for value in expected.values()]
            assert [row.value for row in found.rows] == said
            assert set(expected) == {
                council,
                *second_calculation.neighbours(council),
                second_calculation.region(council),
                "E92000001",
            }
            standing = found.standing and (found.standing.rank, found.standing.of)
            assert standing == second_calculation.rank(spec, council, raw)
            median = second_calculation.median(spec, council, raw)
            assert found.neighbours_median == (median if is_money else approximately(median))
            assert found.quartile == second_calculation.quartile(spec, council, raw)


def approximately(value: second_calculation.Value) -> Any:
    return None if value is None else pytest.approx(float(value), rel=1e-12)


def test_second_calculation_knows_every_measure() -> None:
    slugs = [(benchmark.slug, measure.slug) for benchmark in BENCHMARKS for measure in benchmark.measures]
    assert slugs == list(second_calculation.SPECS)


@pytest.mark.usefixtures("shipped")
def test_counts_give_the_percentages_that_dfe_publishes() -> None:
    """For every area and year, to the digit printed: since January 2026 those of Surrey are of its corrected
    counts too."""
    published = {
        ("need_mix", need): (f"{need}_pc", second_calculation.SPECS["need_mix", need])
        for need in second_calculation.NEEDS
    } | {
        (slug, measure): (column, second_calculation.SPECS[slug, measure])
        for slug, measure, column in (
            ("timeliness_20_weeks", "excluding_exceptions", "PC_plans_issued_20_weeks_ex"),
            ("timeliness_20_weeks", "including_exceptions", "pc_plans_issued_within_20_weeks"),
            ("requests", "refused", "request_not_assess_pc"),
        )
    }
    wrong, compared = [], 0
    for (slug, measure_slug), (column, spec) in published.items():
        measure = next(m for m in BY_SLUG[slug].measures if m.slug == measure_slug)
        figures = load(measure.indicators, Q())
        for (area, raw), row in second_calculation.by_place(spec.dataset).items():
            period = raw if len(raw) == 4 else f"{raw[:4]}-{raw[4:]}"
            point = figures.point(measure, area, period)
            if point.value is None or row[column] == "x":
                continue
            compared += 1
            if Kind.PERCENT.text(point.value) != formats.percent(float(row[column])):
                wrong.append((row["la_name"], measure_slug))
    assert compared > 4000
    assert wrong == []


@pytest.mark.usefixtures("shipped")
def test_spend_per_head_is_the_one_that_dfe_publishes() -> None:
    """To the penny, for every council and year; the file's totals are rounded, its amounts per head are not."""
    (measure,) = BY_SLUG["inmss_spend"].measures
    figures, compared = load(measure.indicators, Q()), 0
    for (area, raw), row in second_calculation.spend_by_place().items():
        point = figures.point(measure, area, f"{raw[:4]}-{raw[4:]}")
        if float(row["total_spend"]) == 0:
            assert (point.value, point.part) == (None, None)
            continue
        compared += 1
        assert point.value == pytest.approx(Decimal(row["Spend per head"]), abs=Decimal("0.0051"))
    assert compared > 550


class TestWorkedExample:
    """Kent has 79 of 1,000 plans in INMSS, after 60 of 1,000; council n has n%, the South East 6%, England 5%."""

    @pytest.fixture(autouse=True)
    def imported(self, small: None) -> None: ...

    def test_rank_counts_from_the_better_end(self) -> None:
        found = ask("inmss_share")
        assert found.standing == Rank(rank=8, of=11)
        assert [row.rank for row in found.rows] == [*range(1, 12), None, None]
        assert [row.area for row in found.rows][7:9] == ["Kent", "Council 8"]
        assert [row.role for row in found.rows][-2:] == [Role.REGION, Role.COUNTRY]

    def test_row_of_the_council(self) -> None:
        kent = ask("inmss_share").row(Role.COUNCIL)
        assert (kent.year, kent.part, kent.whole, kent.value) == ("January 2025", 79, 1000, 7.9)
        assert kent.change == pytest.approx(1.9)
        assert kent.source == CASELOAD

    def test_sentence_and_facts_say_the_same(self) -> None:
        found = ask("inmss_share")
        assert words.sentence(found) == (
            "Kent: 7.9% of EHC plans are met in independent or non-maintained special schools in January 2025 "
            "(79 of 1,000), rank 8 of 11 (1 is the lowest) among the council and its statistical neighbours. "
            "South East 6.0%, England 5.0%."
        )
        assert [(fact.label, fact.text, fact.raw) for fact in words.facts(found)] == [
            ("Kent", "7.9%", "79 of 1,000"),
            ("Median of its statistical neighbours", "5.5%", "10 of 10 have a figure"),
            ("England", "5.0%", "5,000 of 100,000"),
            ("Rank", "8 of 11", "1 is the lowest; lower is better"),
        ]

    def test_years_in_order_for_all_four_lines(self) -> None:
        lines = charts.over_years(ask("inmss_share"))
        assert [list(one.values) for one in lines.series] == [[6.0, 7.9], [5.5, 5.5], [6.0, 6.0], [5.0, 5.0]]
        assert lines.names == ("January 2024", "January 2025")

    def test_bars_begin_at_nought_and_mark_the_council(self) -> None:
        bars = charts.of_period(ask("inmss_share"))
        (series,) = bars.series
        assert dict(zip(bars.categories, series.values, strict=True))["Kent"] == 7.9
        marks = zip(bars.categories, series.marks, strict=True)
        assert [area for area, mark in marks if mark.tone is Tone.MAIN] == ["Kent"]
        assert bars.begins_at_zero

    def test_a_number_is_not_drawn_beside_that_of_the_country(self) -> None:
        """It would shrink every council to nothing, and says nothing of any."""
        found = ask("requests", "received")
        assert len(charts.of_period(found).categories) == 11
        assert len(charts.over_years(found).series) == 2
        assert "England" not in words.sentence(found)
        assert "whole" not in tables.comparison_table(found).columns.names()

    def test_pounds_a_head(self) -> None:
        found = ask("inmss_spend")
        kent = found.row(Role.COUNCIL)
        assert (kent.value, kent.part, kent.whole, kent.change) == (Decimal(150), 150_000, 1000, Decimal(50))
        assert found.standing == Rank(rank=1, of=11)
        assert words.sentence(found) == (
            "Kent: £150 for each resident aged 2 to 18 went to independent and non-maintained special schools and "
            "alternative provision in financial year 2021-22 (£150,000 for 1,000), rank 1 of 11 (1 is the highest) "
            "among the council and its statistical neighbours. South East not available, England not available."
        )
        row = tables.comparison_table(found).rows[0]
        shown = [row.get_cell(name) for name in ("part", "whole", "value", "change", "rank")]
        assert [str(cell) for cell in shown] == ["£150,000", "1,000", "£150", "+£50", "1"]

    def test_what_no_year_has_a_figure_of_is_not_drawn(self) -> None:
        """DfE's file on spend holds no totals of regions and England."""
        lines = charts.over_years(ask("inmss_spend"))
        assert [one.name for one in lines.series] == ["Kent", "Neighbours' median"]

    def test_a_page_shows_all_its_measures_side_by_side(self) -> None:
        council = find_council(KENT)
        assert council is not None
        asked = page.question(BY_SLUG["requests"], council, {})
        table = page.context(asked, ask("requests"))["profile"]
        assert [[str(row.get_cell(name)) for name in ("council", "region")] for row in table.rows] == [
            ["25.0%", "25.0%"],
            ["83.3%", "83.3%"],
            ["200", "200"],
        ]

    def test_equal_values_share_the_better_place(self) -> None:
        found = ask("need_mix", "asd")
        assert found.standing == Rank(1, 11)
        assert {row.rank for row in found.rows} == {1, None}


class TestNotAvailable:
    def import_with(self, write: Write, changed: Changed) -> None:
        call_command("import_benchmarks", write(changed), verbosity=0)

    def test_one_part_unknown_leaves_the_share_unknown(self, write: Write) -> None:
        row = place("202425", "803")
        self.import_with(write, edited(CASELOAD, f"{row},1000,30,0", f"{row},1000,x,0"))
        found = ask("inmss_share")
        council = next(row for row in found.rows if row.area == "Council 3")
        assert (council.value, council.part, council.rank, council.change) == (None, None, None, None)
        assert council.not_available_because == "x: not returned by the council, or withheld"
        assert found.standing == Rank(rank=7, of=10)
        assert found.rows[10] is council, "it stands after those with a figure"
        assert words.missing(found) == ["Council 3 (x: not returned by the council, or withheld)."]
        assert "9 of 10 have a figure" in [fact.raw for fact in words.facts(found)]

    def test_a_symbol_that_england_has_as_well_was_collected_from_nobody(self, small: None) -> None:
        found = ask("requests", "six_weeks", "2022")
        assert words.missing(found) == ["all areas (x: not collected for this year)."]
        assert words.sentence(found) == "Kent has no figure for 2022 (x: not collected for this year)."
        assert {row.value for row in found.rows} == {None}
        assert words.facts(found)[0].text == formats.NOT_AVAILABLE

    def test_none_of_none_is_no_share(self, write: Write) -> None:
        row = place("2019", KENT)
        self.import_with(write, edited(TIMELINESS, f"{row},50,100,45,80", f"{row},50,100,0,0"))
        kent = ask("timeliness_20_weeks", year="2019").row(Role.COUNCIL)
        assert (kent.value, kent.part, kent.whole) == (None, 0, 0)
        assert kent.not_available_because == "there was nothing to count"

    def test_nought_is_a_share(self, write: Write) -> None:
        row = place("202425", KENT)
        self.import_with(write, edited(CASELOAD, f"{row},1000,60,19", f"{row},1000,0,0"))
        assert ask("inmss_share").row(Role.COUNCIL).value == 0.0

    def test_nought_pounds_are_no_figure(self, write: Write) -> None:
        """West Sussex returned its spend in another column: £0 would make it the thriftiest."""
        spent = "maintained,2021-22,9.9,100.5,1005.0"
        self.import_with(write, edited(SPEND, spent, spent.replace("1005.0", "0.0")))
        found = ask("inmss_spend")
        council = next(row for row in found.rows if row.area == "Council 1")
        assert (council.value, council.part, council.rank) == (None, None, None)
        assert council.not_available_because.startswith("0 in DfE's file")
        assert found.standing == Rank(rank=1, of=10)
        before = next(row for row in ask("inmss_spend", year="2020-21").rows if row.area == "Council 1")
        assert before.value == Decimal(10)

    def test_an_area_that_the_files_do_not_know_that_year(self, write: Write) -> None:
        self.import_with(write, edited(CASELOAD, f"{place('202425', '803')},1000,30,0\n", ""))
        council = next(row for row in ask("inmss_share").rows if row.area == "Council 3")
        assert (council.value, council.not_available_because) == (None, "no figure in the files held")

    def test_a_change_is_never_one_over_a_gap(self, write: Write) -> None:
        """Requests of 2023 after those of 2021 are no change on the year before."""
        self.import_with(write, {REQUESTS: VALID[REQUESTS].replace("2022,Calendar", "2021,Calendar")})
        found = ask("requests", "received")
        assert {row.change for row in found.rows} == {None}
        assert "change" not in tables.comparison_table(found).columns.names()


class TestLongerSeries:
    """LAIT has percentages of years before the statistics begin, for one group of councils."""

    @pytest.fixture(autouse=True)
    def imported(self, small: None) -> None: ...

    def test_percentage_without_counts(self) -> None:
        kent = ask("timeliness_20_weeks", year="2018").row(Role.COUNCIL)
        assert (kent.value, kent.part, kent.whole) == (33.3, None, None)
        assert kent.source.startswith("lait_")

    def test_counts_are_taken_where_they_are_held(self) -> None:
        kent = ask("timeliness_20_weeks", year="2019").row(Role.COUNCIL)
        assert (kent.value, kent.part, kent.whole) == (56.25, 45, 80)
        assert kent.change == pytest.approx(56.25 - 33.3)


def test_a_council_without_a_list_of_neighbours_has_no_rank_among_them(write: Write) -> None:
    files = {name: content for name, content in VALID.items() if not name.startswith("statistical")}
    call_command("import_benchmarks", write(dict(files), only=True), verbosity=0)
    found = ask("inmss_share")
    assert [row.area for row in found.rows] == ["Kent", "South East", "England"]
    assert found.neighbours_median is None
    assert "neighbours" not in words.sentence(found)
    assert words.facts(found)[3].text == formats.NOT_AVAILABLE


@pytest.mark.parametrize("code", ["886", "E10000886"])
@pytest.mark.usefixtures("small")
def test_a_council_is_found_by_either_code(code: str) -> None:
    council = find_council(code)
    assert council is not None
    assert council.name == "Kent"


@pytest.mark.parametrize("code", ["", "E12000008", "999", "Kent"])
@pytest.mark.usefixtures("small")
def test_no_other_code_is_a_council(code: str) -> None:
    assert find_council(code) is None


def test_which_way_is_better_is_as_in_dfes_dictionary() -> None:
    """The interactive tool says so of each of its measures, and of which kind of year it is."""
    with DICTIONARY.open(encoding="utf-8-sig", newline="") as file:
        entries = {row["Measure_short"]: row for row in csv.DictReader(file)}
    better = {"High": Better.HIGHER, "Low": Better.LOWER, "-": Better.NEITHER}
    checked = 0
    for benchmark in BENCHMARKS:
        for measure in benchmark.measures:
            if measure.percentage.startswith("lait_send_measures."):
                entry = entries[measure.percentage.partition(".")[2]]
                assert measure.better is better[entry["Polarity"]]
                assert benchmark.period_kind.label == entry["Year_Type"].capitalize()
                checked += 1
    assert checked == 3


@pytest.mark.parametrize("measure", [m for b in BENCHMARKS for m in b.measures], ids=lambda m: m.title)
def test_definition_is_complete(measure: Any) -> None:
    texts = (measure.numerator, measure.denominator, measure.left_out, measure.undefined)
    assert all(text.endswith(".") and text.strip() == text for text in texts)
    assert all((measure.title, measure.phrase, measure.part_title, measure.source))
    assert bool(measure.whole) == bool(measure.whole_title)
