"""Nobody can work out what a public table hides, and nothing is hidden unnecessarily."""

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sen_dashboard import settings as product_settings
from sen_dashboard.core.disclosure.suppression import Protection, Reason, Symbol, legend, protect
from sen_dashboard.core.kpi.quantities import Amount, Contents, Quantity, part, total
from sen_dashboard.store.embedded import SetUpError
from tests.core.disclosure.random_tables import (
    COUNTS,
    LARGE,
    cell,
    linked_tables,
    one_way,
    rolling,
    some_of,
    two_way,
)
from tests.core.disclosure.reader import Reader

some = settings(max_examples=40, deadline=None)
few = settings(max_examples=12, deadline=None)
thresholds = st.integers(3, 8)


def small_and_zero_are_as_they_should(protection: Protection) -> None:
    for quantity, value in protection.contents.shown.items():
        if 0 < value < protection.threshold:
            assert quantity in protection.hidden
        if value == 0 and not protection.zeros:
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
    """Each report shows three months and their total: from two totals and a month the next would follow."""
    reports: list[Protection] = []
    for contents in rolling(counts, 3):
        reports.append(protect([contents], reports, 5))
        small_and_zero_are_as_they_should(reports[-1])
        assert not reports[-1].exposed
    reader = Reader(reports)
    assert [told for report in reports for told in reader.learnt(report)] == []


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


@settings(max_examples=10, deadline=None)
@given(st.lists(st.lists(st.integers(0, 7), min_size=2, max_size=2), min_size=2, max_size=2))
def test_every_whole_table_that_fits(rows: list[list[int]]) -> None:
    threshold = 3
    found = protect([two_way("n", rows)], [], threshold)
    possible: dict[Quantity, set[int]] = {quantity: set() for quantity in found.hidden | found.rounded}
    shown = found.contents.shown

    def fits(quantity: Quantity, number: int) -> bool:
        if quantity in found.hidden:
            return number >= 1
        if quantity in found.rounded:  # to 6, halves up, and never from below the threshold
            return number >= threshold and (number + 3) // 6 == (shown[quantity] + 3) // 6
        return number == shown[quantity]

    cells = list(two_way("n", rows).shown)
    for a, b, c, d in product(range(9), repeat=4):
        other = dict(zip(cells, (a, b, a + b, c, d, c + d, a + c, b + d, a + b + c + d), strict=True))
        if all(fits(q, other[q]) for q in cells):
            for quantity in possible:
                possible[quantity].add(other[quantity])
    for quantity, values in possible.items():
        if found.contents.shown[quantity] < threshold:
            assert {1, 2} <= values or (max(values) >= threshold and len(values) >= threshold), quantity.text
        assert len(values) > 1 or quantity in found.rounded, quantity.text


# Nothing is hidden for nothing


@some
@given(st.lists(st.lists(LARGE, min_size=3, max_size=3), min_size=1, max_size=6))
def test_without_small_counts_all_is_shown(rows: list[list[int]]) -> None:
    assert not protect([two_way("children", rows)], [], 5).hidden


def test_one_small_count_hides_one_more() -> None:
    """Beside 2 of 8 even the next nearest ten would leave no more than 3: the 6 is hidden too."""
    found = protect([one_way("children", [0, 2, 6, 300, 500])], [], 5)
    assert found.hidden == {cell("children", row=1), cell("children", row=2)}
    assert found.rounded == frozenset()
    assert found.is_hidden(cell("children", row=2))
    assert not found.is_small(cell("children", row=2))
    assert not found.is_exact(cell("children", row=2))


def test_one_small_count_rounds_one_more_where_that_is_enough() -> None:
    found = protect([one_way("children", [0, 2, 7, 300, 500])], [], 5)
    assert found.hidden == {cell("children", row=1)}
    assert found.rounded == {cell("children", row=2)}
    assert found.why == {
        cell("children", row=1): Reason.SMALL,
        cell("children", row=2): Reason.GIVES_AWAY,
    }


def test_five_small_counts_need_no_more() -> None:
    found = protect([one_way("children", [1, 2, 3, 4, 1, 90, 800])], [], 5)
    assert found.hidden == {cell("children", row=n) for n in range(5)}
    assert found.rounded == frozenset()


def test_a_count_alone_says_no_more_than_its_symbol() -> None:
    table = Contents({cell("overdue"): 3, cell("waiting"): 40})
    found = protect([table], [], 5)
    assert found.hidden == {cell("overdue")}
    assert found.rounded == frozenset()


@pytest.mark.parametrize("threshold", [3, 5, 8])
def test_the_threshold_itself_and_0_are_shown_and_one_less_is_not(threshold: int) -> None:
    table = Contents({cell("a"): threshold, cell("b"): 0, cell("c"): threshold - 1, cell("d"): 1})
    found = protect([table], [], threshold)
    assert found.hidden == {cell("c"), cell("d")}
    assert [found.is_small(cell(name)) for name in "abcd"] == [False, False, True, True]
    assert [found.is_hidden(cell(name)) for name in "abcd"] == [False, False, True, True]
    assert [found.is_none(cell(name)) for name in "abcd"] == [False, True, False, False]
    assert found.is_small(cell("nowhere"))
    assert found.is_hidden(cell("nowhere"))
    assert not found.is_none(cell("nowhere"))


def test_headlines_are_given_up_after_rows_and_small_rows_before_large_ones() -> None:
    """A row of 2 among others: the total, a headline, stays; of the rows the smallest that helps is given up."""
    table = one_way("children", [2, 30, 40, 500])
    ranked = replace(table, ranks={cell("children"): 0})
    found = protect([ranked], [], 5)
    assert found.hidden == {cell("children", row=0)}
    assert found.rounded == {cell("children", row=1)}
    named = replace(table, ranks={cell("children", row=1): 0, cell("children", row=2): 1})
    assert protect([named], [], 5).rounded == {cell("children", row=3)}


def test_a_part_that_two_tables_leave_over_is_found() -> None:
    """837 children, 713 by day and 123 residential with a cost line: one is without, and is not to be worked out."""
    whole, day, residential = cell("all"), cell("cost", row=0), cell("cost", row=1)
    table = Contents(
        {whole: 837, day: 713, residential: 123}, (part(whole, day, residential),), ranks={whole: 0}
    )
    found = protect([table], [], 5)
    assert found.hidden == frozenset()
    assert found.rounded == {residential}
    assert Reader([found]).learnt(found) == []


# Money that moves between two reports


def costs(day: int, *each: int, group: str = "children") -> Contents:
    """A group of children on a day and what they cost together."""
    count, cost = (Quantity.of(name, group=group, day=str(day)) for name in ("children", "cost"))
    paid = tuple(map(Decimal, each))
    return Contents({count: len(each)}, (), (Amount(cost, sum(paid, Decimal(0)), count, paid),))


def costs_of_some(day: int, some: Sequence[int], others: Sequence[int]) -> Contents:
    """What all children cost on a day and what some of them do; the others follow, and have no cell."""
    counts, money = (
        [Quantity.of(name, group=group, day=str(day)) for group in ("all", "some", "others")]
        for name in ("children", "cost")
    )
    all_, part_ = costs(day, *some, *others, group="all"), costs(day, *some, group="some")
    sums = tuple(total(whole, parts) for whole, *parts in (counts, money))
    return Contents(all_.shown | part_.shown, sums, (*all_.amounts, *part_.amounts))


def test_money_of_few_that_no_table_shows_is_not_told_by_what_is_shown() -> None:
    """As of four residential places where all and the day places are shown, whose count is hidden."""
    four = protect([costs_of_some(1, [42_477] * 10, [94_932] * 4)], [], 5)
    assert Reader([four]).learnt(four) == []
    assert set(four.why.values()) == {Reason.GIVES_AWAY}
    (_, sum_of_some) = (amount.quantity for amount in four.contents.amounts)
    shown_alone = replace(four, hidden=frozenset(), rounded=frozenset(), coarser={})
    others = sum_of_some.having(group="others")
    assert [words for words in Reader([shown_alone]).learnt(four) if others.text in words]


def test_money_of_five_that_no_table_shows_may_be_told() -> None:
    five = protect([costs_of_some(1, [42_477] * 10, [94_932] * 5)], [], 5)
    assert (five.hidden, five.rounded, five.coarser) == (frozenset(), frozenset(), {})


FEES = [31_000 + 97 * n for n in range(40)]


def test_one_child_more_is_not_told_by_two_sums() -> None:
    reports = [protect([costs(1, *FEES)], [], 5)]
    reports.append(protect([costs(2, *FEES, 61_250)], reports, 5))
    assert Reader(reports).learnt_between() == []


def test_an_ended_extra_is_not_told_where_the_count_stays() -> None:
    reports = [protect([costs(1, *FEES)], [], 5)]
    reports.append(protect([costs(2, *FEES[1:], FEES[0] - 9_000)], reports, 5))
    assert not reports[1].coarser
    assert Reader(reports).learnt_between() == []


def test_exact_sums_would_tell_it() -> None:
    """What makes the attack above worth anything: with its step of £1 the first report gives the fee away."""
    reports = [protect([costs(1, *FEES)], [], 5)]
    reports.append(protect([costs(2, *FEES, 61_250)], reports, 5))
    (first, second) = (report.contents.amounts[0].quantity for report in reports)
    reader = Reader(reports)
    for quantity in (first, second):
        reader.lowest[quantity] = reader.highest[quantity] = float(reader.values[quantity])
    assert len(reader.learnt_between()) == 1


def test_what_five_moved_is_shown_and_what_four_moved_is_not() -> None:
    before = [protect([costs(1, *FEES)], [], 5)]
    five, four = (protect([costs(2, *FEES, *[200_000] * moved)], before, 5) for moved in (5, 4))
    assert (five.hidden, five.coarser, five.why) == (frozenset(), {}, {})
    more = [protect([costs(1, *FEES, *[200_000] * 5)], [], 5)]
    left = protect([costs(2, *FEES)], more, 5)
    assert (left.hidden, left.coarser) == (frozenset(), {}), "five who leave are as many as five who come"
    (amount,) = four.contents.amounts
    assert four.why == {amount.quantity: Reason.BEFORE}
    assert Reader([*before, four]).learnt_between() == []


def test_what_many_moved_is_shown_as_ever() -> None:
    reports = [protect([costs(1, *FEES)], [], 5)]
    reports.append(protect([costs(2, *(fee + 1_000 for fee in FEES))], reports, 5))
    assert (reports[1].hidden, reports[1].coarser, reports[1].why) == (frozenset(), {}, {})


def test_of_a_sum_that_was_nearly_all_of_two_no_more_is_told_than_that_they_had_it() -> None:
    reports = [protect([costs(1, 2_000, 50_084, 2_000, 2_000, 2_000)], [], 5)]
    reports.append(protect([costs(2, 2_000, 2_000, 2_000)], reports, 5))
    assert Reader(reports).learnt_between() == []


@few
@given(st.lists(st.integers(2_000, 200_000), min_size=5, max_size=30), st.data())
def test_whatever_few_move_in_three_months(fees: list[int], data: st.DataObject) -> None:
    """Some leave, come and cost more; nothing is learned of what fewer than five of them moved."""
    reports: list[Protection] = []
    for month in range(3):
        reports.append(protect([costs(month, *fees)], reports, 5))
        gone = data.draw(st.integers(0, 3))
        fees = [*fees[gone:], *data.draw(st.lists(st.integers(2_000, 200_000), max_size=4))]
        if data.draw(st.booleans()) and fees:
            fees = [fees[0] + 5_000, *fees[1:]]
    assert Reader(reports).learnt_between() == []


def test_a_report_of_before_money_was_rounded_is_protected_against() -> None:
    """Its sums are known to the penny, as it was kept then."""
    first = protect([costs(1, *FEES)], [], 5).plain()
    old = {key: first[key] for key in ("contents", "threshold", "hidden", "exposed")}
    old["contents"]["amounts"] = [amount[:3] for amount in old["contents"]["amounts"]]
    before = Protection.read(old)
    assert before.coarser is None
    now = protect([costs(2, *FEES, 61_250)], [before], 5)
    (amount,) = now.contents.amounts
    low, high = now.ranges[amount.quantity]
    known = sum(FEES)
    assert amount.quantity in now.hidden or (low - known <= 49_000 and high - known >= 73_500)


def test_the_same_answer_again() -> None:
    tables = [two_way("children", [[3, 9, 9], [9, 9, 9], [9, 9, 2]])]
    assert protect(tables, [], 5) == protect(tables, [], 5)


# Zeros are hidden as well, where a report before leaves no other way


BEFORE_A_0 = [2, 3, 1, 0]
"""Of the first three months it is known that they are 6 and that none is 0. So the last three, 4, were known to be 2 to
5, if it were known that the last month is 0."""


def test_zeros_are_hidden_where_with_a_report_before_a_0_would_tell_a_small_number() -> None:
    first, second = rolling(BEFORE_A_0, 3)
    before = replace(protect([first], [], 5), name="the report of February 2019")
    found = protect([second], [before], 5)
    none, whole = cell("events", month=3), cell("events", first=1, last=3)
    assert not found.exposed
    assert found.hidden == {none, whole, cell("events", month=1), cell("events", month=2)}
    assert found.zeros == found.hidden
    assert found.is_hidden(none)
    assert not found.is_none(none)
    assert not found.is_small(none)
    assert found.why[none] is Reason.BEFORE
    assert found.because_of[none] == ("the report of February 2019",)
    assert Protection.read(json.loads(json.dumps(found.plain()))) == found
    assert Reader([before, found]).learnt(found) == []


def test_zeros_are_hidden_where_a_report_alone_would_tell_that_few_are_not_fewer() -> None:
    """3 are known to be fewer than 5, since a figure is hidden for it, and to be of three needs."""
    table = one_way("children", [1, 1, 1, 0])
    sized = replace(table, sized=(cell("children"),))
    found = protect([sized], [], 5)
    assert not found.exposed
    assert found.hidden == found.zeros == set(table.shown)
    assert found.why[cell("children", row=3)] is Reason.GIVES_AWAY
    assert found.because_of == {}
    assert Reader([found]).learnt(found) == []
    assert protect([table], [], 5).zeros == frozenset()


def test_no_0_is_hidden_that_need_not_be() -> None:
    """In the first report, in one after which nothing is told, and of a table that names only those there are."""
    first, second = rolling(BEFORE_A_0, 3)
    alone = protect([second], [], 5)
    assert (alone.zeros, cell("events", month=3) in alone.hidden) == (frozenset(), False)
    many = [protect([one_way("children", [5, 0, 30])], [], 5)]
    assert protect([one_way("others", [5, 0, 3])], many, 5).zeros == frozenset()
    before = protect([first], [], 5)
    listed = replace(second, listed=frozenset({cell("events", month=3)}))
    found = protect([listed], [before], 5)
    assert cell("events", month=3) not in found.hidden
    assert found.zeros == frozenset(), "it would help nothing"
    assert found.given_away == ["events (first 1, last 3): with a report or extract before"]


def test_a_count_that_was_hidden_with_zeros_may_be_0_in_reports_after_it() -> None:
    """Until one tells that it is not."""
    first, second, third = rolling([*BEFORE_A_0, 0], 3)
    reports = [protect([first], [], 5)]
    for contents in (second, third):
        reports.append(protect([contents], reports, 5))
        assert not reports[-1].exposed
    assert cell("events", month=3) in reports[2].hidden
    reader = Reader(reports)
    assert [told for report in reports for told in reader.learnt(report)] == []


# What reports before have shown


def test_what_was_given_away_is_hidden_and_said() -> None:
    table = one_way("children", [4, 50, 60])
    before = protect([table], [], 3)
    assert not before.hidden
    found = protect([table], [before], 5)
    assert cell("children", row=0) in found.hidden & found.exposed


def test_what_a_report_before_has_hidden_or_rounded_is_so_again_whatever_the_need() -> None:
    hidden, rounded = cell("waiting"), cell("late")
    table = Contents({hidden: 40, rounded: 31, cell("others"): 50})
    before = Protection(table, 5, frozenset({hidden}), rounded=frozenset({rounded}))
    found = protect([table], [before], 5)
    assert (found.hidden, found.rounded) == ({hidden}, {rounded})
    assert set(found.why.values()) == {Reason.BEFORE}


def test_an_earlier_report_is_the_reason_only_for_what_this_one_alone_would_show() -> None:
    table = one_way("children", [4, 50, 60])
    before = protect([table], [], 5)
    assert {*before.why.values()} == {Reason.SMALL, Reason.GIVES_AWAY}
    assert protect([table], [before], 5).why == before.why


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
