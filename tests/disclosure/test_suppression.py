"""Nobody can work out what a public table hides, and nothing is hidden that need not be."""

import json
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sen_dashboard import settings as product_settings
from sen_dashboard.core.disclosure import Contents, Quantity, total
from sen_dashboard.core.suppression import Protection, Symbol, legend, protect
from sen_dashboard.embedded import SetUpError
from tests.disclosure.random_tables import (
    COUNTS,
    LARGE,
    cell,
    linked_tables,
    one_way,
    rolling,
    some_of,
    two_way,
)
from tests.disclosure.reader import Reader

some = settings(max_examples=60, deadline=None)
few = settings(max_examples=25, deadline=None)
thresholds = st.integers(3, 8)


def small_and_zero_are_as_they_should(protection: Protection) -> None:
    for quantity, value in protection.contents.shown.items():
        if 0 < value < protection.threshold:
            assert quantity in protection.hidden
        if value == 0:
            assert quantity not in protection.hidden


# The reader recovers nothing


@some
@given(st.lists(COUNTS, min_size=1, max_size=8), thresholds)
def test_rows_with_a_total(counts: list[int], threshold: int) -> None:
    found = protect([one_way("children", counts)], [], threshold)
    small_and_zero_are_as_they_should(found)
    assert not found.exposed
    assert Reader([found]).learnt(found) == []


@few
@given(linked_tables(), thresholds)
def test_linked_tables_with_margins_parts_and_money(tables: list[Contents], threshold: int) -> None:
    found = protect(tables, [], threshold)
    small_and_zero_are_as_they_should(found)
    assert not found.exposed
    assert Reader([found]).learnt(found) == []


@few
@given(st.lists(COUNTS, min_size=4, max_size=6))
def test_months_that_roll_on(counts: list[int]) -> None:
    """Each report shows three months and their total: from two totals and a month the next would follow.

    Where nothing but zeros come after small numbers, a total that is known bounds the next one more than it should:
    then that is said. It is never known exactly.
    """
    reports: list[Protection] = []
    for contents in rolling(counts, 3):
        reports.append(protect([contents], reports, 5))
        small_and_zero_are_as_they_should(reports[-1])
    said = {quantity.text for report in reports for quantity in report.exposed}
    reader = Reader(reports)
    for report in reports:
        assert {told.rpartition(" is ")[0] for told in reader.learnt(report)} <= said
        for quantity in report.hidden:
            low, high = reader.range_of(quantity, 1_000)
            assert high - low >= 1 - 1e-5, quantity.text


def test_what_makes_the_attacks_above_worth_anything() -> None:
    """With only small counts hidden the reader recovers them, from the total, the whole and the month before."""
    for tables in (
        [one_way("children", [3, 20, 40])],
        [one_way("children", [20, 40]), some_of("late", "children", [18, 20], [20, 40])],
    ):
        contents = Contents.merged(tables)
        small = frozenset(quantity for quantity, value in contents.shown.items() if 0 < value < 5)
        naive = Protection(contents, 5, small, frozenset())
        assert len(Reader([naive]).learnt(naive)) == 1
    first, second = rolling([20, 30, 40, 3], 3)
    earlier = protect([first], [], 5)
    naive = Protection(second, 5, frozenset({cell("events", month=3)}), frozenset())
    assert Reader([earlier, naive]).learnt(naive)


# A second calculation: all tables of whole numbers


@few
@given(st.lists(st.lists(st.integers(0, 7), min_size=2, max_size=2), min_size=2, max_size=2))
def test_every_whole_table_that_fits(rows: list[list[int]]) -> None:
    threshold = 3
    found = protect([two_way("n", rows)], [], threshold)
    possible: dict[Quantity, set[int]] = {quantity: set() for quantity in found.hidden}
    shown = found.contents.shown
    cells = list(two_way("n", rows).shown)
    for a, b, c, d in product(range(11), repeat=4):
        other = dict(zip(cells, (a, b, a + b, c, d, c + d, a + c, b + d, a + b + c + d), strict=True))
        if all(other[q] >= 1 if q in found.hidden else other[q] == shown[q] for q in cells):
            for quantity in found.hidden:
                possible[quantity].add(other[quantity])
    for quantity, values in possible.items():
        if found.contents.shown[quantity] < threshold:
            assert {1, 2} <= values or (max(values) >= threshold and len(values) >= threshold), quantity.text
        assert len(values) > 1, quantity.text


# Nothing is hidden for nothing


@some
@given(st.lists(st.lists(LARGE, min_size=3, max_size=3), min_size=1, max_size=6))
def test_without_small_counts_all_is_shown(rows: list[list[int]]) -> None:
    assert not protect([two_way("children", rows)], [], 5).hidden


def test_one_small_count_hides_one_more() -> None:
    found = protect([one_way("children", [0, 2, 6, 300, 500])], [], 5)
    assert found.hidden == {cell("children", row=1), cell("children", row=2)}


def test_five_small_counts_need_no_more() -> None:
    found = protect([one_way("children", [1, 2, 3, 4, 1, 90, 800])], [], 5)
    assert found.hidden == {cell("children", row=n) for n in range(5)}


def test_a_count_alone_says_no_more_than_its_symbol() -> None:
    table = Contents({cell("overdue"): 3, cell("waiting"): 40})
    assert protect([table], [], 5).hidden == {cell("overdue")}


def test_the_same_answer_again() -> None:
    tables = [two_way("children", [[3, 9, 9], [9, 9, 9], [9, 9, 2]])]
    assert protect(tables, [], 5) == protect(tables, [], 5)


# What reports before have shown


def test_what_was_given_away_is_hidden_and_said() -> None:
    table = one_way("children", [4, 50, 60])
    before = protect([table], [], 3)
    assert not before.hidden
    found = protect([table], [before], 5)
    assert cell("children", row=0) in found.hidden & found.exposed


def test_what_was_hidden_stays_hidden_and_corrections_do_not_break_it() -> None:
    before = protect([one_way("children", [4, 6, 60])], [], 5)
    again = protect([one_way("children", [4, 6, 60])], [before], 5)
    assert again.hidden == before.hidden
    corrected = protect([one_way("children", [7, 8, 60])], [before, again], 5)
    assert cell("children", row=0) not in corrected.hidden
    assert not corrected.exposed


@few
@given(st.lists(COUNTS, min_size=2, max_size=5), st.lists(COUNTS, min_size=2, max_size=5))
def test_any_correction_is_survived(first: list[int], second: list[int]) -> None:
    """Records may change in any way between two reports; the sums then contradict each other."""
    whole = total(cell("all"), (cell("children"), cell("others")))
    before = protect([one_way("children", first), Contents({cell("all"): sum(first)}, (whole,))], [], 5)
    tables = [one_way("children", second), Contents({cell("others"): 1}, (whole,))]
    small_and_zero_are_as_they_should(protect(tables, [before], 5))


def test_one_quantity_with_two_values_is_refused() -> None:
    with pytest.raises(ValueError, match="is both 3 and 4"):
        protect([Contents({cell("n"): 3}), Contents({cell("n"): 4})], [], 5)


def test_a_protection_is_kept_as_json() -> None:
    table = two_way("children", [[3, 9], [8, 9]])
    found = protect([table, some_of("late", "children", [1, 6], [12, 17])], [], 5)
    assert Protection.read(json.loads(json.dumps(found.plain()))) == found
    with pytest.raises(ValueError, match="names no quantity"):
        Quantity.parse("3")


# Symbols and the setting


def test_symbols() -> None:
    assert [symbol.value for symbol in Symbol] == ["c", "z", "x", "low"]
    assert "from 1 to 4" in legend(5)[Symbol.CONFIDENTIAL]
    assert legend(5).keys() == set(Symbol)


@pytest.mark.parametrize("given", ["2", "21", "five", "-5", "5.0", "٥", "0x5"])
def test_a_threshold_that_is_none_is_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPRESSION_THRESHOLD", given)
    with pytest.raises(SetUpError, match="SUPPRESSION_THRESHOLD must be a whole number from 3 to 20"):
        product_settings._suppression_threshold()


def test_the_threshold_is_five_unless_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUPPRESSION_THRESHOLD", raising=False)
    assert product_settings._suppression_threshold() == 5
    monkeypatch.setenv("SUPPRESSION_THRESHOLD", "10")
    assert product_settings._suppression_threshold() == 10
