"""The public view of a table: exactly what must be hidden is hidden, in an order that reveals nothing."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from sen_dashboard.core.disclosure.suppression import (
    HIDDEN,
    KeptBack,
    Protection,
    PublicView,
    Reason,
    Symbol,
    kept_back,
    protect,
    public_view,
)
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Result, Unshown
from sen_dashboard.core.kpi.published import measure
from sen_dashboard.core.kpi.quantities import Quantity
from tests.core.disclosure.children_by_need import (
    KEYS,
    WITHHELD,
    a_month,
    by_panel,
    children,
    cost,
    in_band,
    result_of,
)

C = Symbol.CONFIDENTIAL


def protection_of(
    result: Result[Any, Any],
    hidden: tuple[Quantity, ...] = (),
    rounded: tuple[Quantity, ...] = (),
    **given: Any,
) -> Protection:
    return Protection(KEYS.contents(result), 5, frozenset(hidden), rounded=frozenset(rounded), **given)


def seen(
    result: Result[Any, Any],
    hidden: tuple[Quantity, ...] = (),
    rounded: tuple[Quantity, ...] = (),
    **given: Any,
) -> PublicView:
    return public_view(KEYS, result, protection_of(result, hidden, rounded, **given))


def column(view: PublicView, key: str) -> list[Any]:
    return [row[key] for row in view.written]


# The threshold, 0, and what rests on them


def test_a_count_of_the_threshold_is_shown_with_all_that_rests_on_it() -> None:
    """5 of 105 cost £200,000, to £100,000 as they are few, £40,000 each to £10,000."""
    view = seen(result_of({"ASD": 100, "PD": 5}))
    assert view.rows == [
        {"need": "ASD", "children": 100, "cost": 4_000_000, "average": 40_000, "share_pct": 95},
        {"need": "PD", "children": 5, "cost": 200_000, "average": 40_000, "share_pct": 5},
    ]
    assert not view.hidden
    assert view.together is None
    assert view.about == frozenset()


def test_a_count_of_less_is_hidden_with_all_that_rests_on_it() -> None:
    view = seen(result_of({"ASD": 100, "PD": 4}))
    assert view.rows[1] == {"need": "PD", "children": C, "cost": C, "average": C, "share_pct": C}
    assert view.hidden
    assert view.rows[0]["children"] == 100


def test_a_0_is_a_0_and_there_is_no_average_of_it() -> None:
    view = seen(result_of({"ASD": 100, "PD": 0}))
    z = Symbol.NOT_APPLICABLE
    assert view.rows[1] == {"need": "PD", "children": 0, "cost": z, "average": z, "share_pct": 0}
    assert not view.hidden


def test_what_is_not_recorded_is_not_available() -> None:
    result = result_of({"ASD": 100}, a_month=None)
    unknown = Result(
        result.scope, result.headline, (*result.rows, result.rows[0].__class__("PD", 9, None, None, None))
    )
    assert seen(unknown).rows[1]["average"] is Symbol.NOT_AVAILABLE
    assert seen(result).headline["a_month"] is Symbol.NOT_AVAILABLE


def test_a_headline_rests_on_its_own_count() -> None:
    few, many = seen(result_of({"ASD": 4})).headline, seen(result_of({"ASD": 5})).headline
    assert [few[key] for key in ("children", "cost", "average", "median", "spent")] == [C] * 5
    assert [many[key] for key in ("children", "cost", "average", "median")] == [5, 200_000, 40_000, 40_000]


def test_what_is_withheld_is_never_shown() -> None:
    result = result_of({"ASD": 100})
    view = public_view(WITHHELD, result, protection_of(result))
    assert view.headline["a_month"] is C
    assert view.hidden


# Hidden and rounded neighbours


def test_a_neighbour_that_is_hidden_takes_with_it_what_rests_on_it_and_no_more() -> None:
    view = seen(result_of({"ASD": 100, "PD": 30, "VI": 12}), hidden=(children("PD"),))
    assert view.rows[-1] == {"need": "PD", "children": C, "cost": C, "average": C, "share_pct": C}
    assert [row["need"] for row in view.rows] == ["ASD", "VI", "PD"]
    assert view.rows[1]["share_pct"] == 8
    assert view.headline["children"] == 142


def test_a_rounded_count_is_about_that_and_its_share_is_made_of_it() -> None:
    view = seen(result_of({"ASD": 100, "PD": 34, "VI": 12}), rounded=(children("PD"),))
    assert [(row["need"], row["children"]) for row in view.rows] == [("ASD", 100), ("VI", 12), ("PD", 30)]
    assert view.rows[2]["share_pct"] == 21  # 30 of 146; of 34 it would be 23
    assert view.about == {(2, "children")}
    assert not view.hidden
    headline = seen(result_of({"ASD": 100, "PD": 34}), rounded=(children(),))
    assert headline.headline["children"] == 130
    assert headline.about == {(None, "children")}
    assert headline.rows[0]["share_pct"] == 77  # 100 of about 130


def test_a_measure_of_many_stays_where_its_count_is_rounded_only_if_it_tells_nothing_of_it() -> None:
    """The median is of nobody's number; what is spent on many neither."""
    result = result_of({"ASD": 100, "PD": 34})
    rounded, hidden = seen(result, rounded=(children(),)), seen(result, hidden=(children(),))
    assert (rounded.headline["median"], rounded.headline["spent"]) == (40_000, 7_700_000)
    assert (hidden.headline["median"], hidden.headline["spent"]) == (C, C)


def test_a_measure_of_the_headline_is_hidden_in_a_row_with_what_it_rests_on() -> None:
    """A mute one only where that is hidden, another one where it is rounded as well."""
    result = result_of({"ASD": 100, "PD": 34})
    for is_mute, of_rounded in ((True, 4_000_000), (False, C)):
        cost_of_all = measure(Kind.POUNDS, "Cost", headline=("children",), is_mute=is_mute)
        keys = replace(KEYS, row={**KEYS.row, "cost": cost_of_all})
        for protection, told in (
            (protection_of(result), 4_000_000),
            (protection_of(result, rounded=(children(),)), of_rounded),
            (protection_of(result, hidden=(children(),)), C),
        ):
            assert public_view(keys, result, protection).rows[0]["cost"] == told


def test_there_is_nothing_of_which_a_measure_could_be_where_any_of_its_counts_is_0() -> None:
    result = result_of({"ASD": 100, "PD": 0})
    of_both = measure(Kind.POUNDS, "Cost", "children", headline=("children",), is_mute=True)
    view = public_view(replace(KEYS, row={**KEYS.row, "cost": of_both}), result, protection_of(result))
    assert view.rows[1]["cost"] is Symbol.NOT_APPLICABLE


def test_what_rests_on_a_hidden_0_is_hidden_and_hidden_rows_are_not_counted() -> None:
    """Where zeros are hidden too, neither a symbol nor a row tells which of the hidden ones they are."""
    result = result_of({"ASD": 100, "PD": 3, "VI": 0})
    zeros = (children("PD"), children("VI"))
    view = seen(result, hidden=zeros, zeros=frozenset(zeros))
    assert [row["need"] for row in view.written] == ["ASD", "All others"]
    none_left = seen(result_of({"ASD": 100}), zeros=frozenset(zeros))
    assert none_left.together is not None
    assert none_left.together["children"] is C
    two_years = replace(KEYS, whole={})
    rows = public_view(two_years, result, protection_of(result, hidden=zeros, zeros=frozenset(zeros))).rows
    assert [(row["children"], row["cost"], row["average"], row["share_pct"]) for row in rows[1:]] == [
        (C,) * 4
    ] * 2


def test_money_is_hidden_with_its_count_or_alone_and_rounded_further_where_that_is_asked() -> None:
    result = result_of({"ASD": 100, "PD": 30}, {"ASD": 4_123_456, "PD": 1_234_567})
    usual, alone = seen(result), seen(result, hidden=(cost("PD"),))
    further = seen(result, coarser={cost("PD"): 1})
    assert column(usual, "cost") == [4_100_000, 1_200_000]
    assert column(usual, "average") == [41_000, 42_000]  # to £500 and £2,000: one child more or less
    assert column(alone, "cost") == [4_100_000, C]
    assert column(alone, "average") == [41_000, C]
    assert column(alone, "children") == [100, 30]
    assert column(further, "cost") == [4_100_000, 1_000_000]
    assert column(further, "average") == [41_000, 40_000]


# Order, and rows that are told together


def test_rows_that_are_not_shown_as_they_are_come_last_by_their_key() -> None:
    """In whatever order their numbers are: 34 before 12 would tell which is more."""
    one = seen(result_of({"ASD": 100, "VI": 34, "PD": 12, "HI": 9}), rounded=(children("VI"), children("PD")))
    other = seen(
        result_of({"ASD": 100, "VI": 12, "PD": 34, "HI": 9}), rounded=(children("VI"), children("PD"))
    )
    for view in (one, other):
        assert [row["need"] for row in view.rows] == ["ASD", "HI", "PD", "VI"]
    assert one.order == [0, 3, 2, 1]


def test_rows_of_equal_numbers_stay_in_the_order_of_the_result() -> None:
    view = seen(result_of({"SPLD": 50, "ASD": 50, "VI": 50}))
    assert [row["need"] for row in view.rows] == ["ASD", "SPLD", "VI"]
    assert view.order == [0, 1, 2]


def test_hidden_rows_are_one_with_what_they_come_to_where_that_is_told_anyway() -> None:
    view = seen(result_of({"ASD": 100, "PD": 4, "VI": 3}))
    assert [row["need"] for row in view.written] == ["ASD", "All others (2)"]
    assert view.together == {
        "need": "All others (2)", "children": 7, "cost": C, "average": C, "share_pct": C,
    }  # fmt: skip
    assert view.hidden
    assert view.order == [0]


@pytest.mark.parametrize(
    ("needs", "hidden", "rounded", "told"),
    [
        ({"ASD": 100, "PD": 3, "VI": 2}, (), (), 5),
        ({"ASD": 100, "PD": 3, "VI": 1}, (), (), C),  # 4 together
        ({"ASD": 100, "PD": 4, "VI": 3}, (children(),), (), C),
        ({"ASD": 100, "PD": 4, "VI": 3}, (), (children(),), C),
        ({"ASD": 100, "HI": 60, "PD": 4, "VI": 3}, (), (children("HI"),), C),
        ({"ASD": 100, "HI": 60, "PD": 4, "VI": 3}, (children("HI"),), (), 67),
    ],
)
def test_what_hidden_rows_come_to(needs: dict[str, int], hidden: Any, rounded: Any, told: Any) -> None:
    view = seen(result_of(needs), hidden, rounded)
    assert view.together is not None
    assert view.together["children"] == told


def test_one_hidden_row_stays_a_row() -> None:
    view = seen(result_of({"ASD": 100, "PD": 4}))
    assert view.together is None
    assert [row["need"] for row in view.rows] == ["ASD", "PD"]


def test_rows_that_show_a_number_are_not_merged() -> None:
    result = result_of({"ASD": 100, "PD": 40, "VI": 30})
    keys = replace(KEYS, whole={"children": "children", "cost": "cost"})
    view = public_view(
        keys, result, Protection(keys.contents(result), 5, frozenset({cost("PD"), cost("VI")}))
    )
    assert view.together is None
    assert column(view, "children") == [100, 40, 30]


# Numbers within a number


def test_a_mean_of_months_is_hidden_where_it_or_its_sum_is_small() -> None:
    for value, read in ((20.0, 20.0), (2.5, C), (5.0, 5.0), (0.0, 0.0), (2.0, C)):
        assert seen(result_of({"ASD": 100}, a_month=value)).headline["a_month"] == read
    result = result_of({"ASD": 100}, a_month=17.5)
    assert seen(result, rounded=(a_month(),)).headline["a_month"] == 20.0  # 35 is about 40
    assert seen(result, hidden=(a_month(),)).headline["a_month"] is C


def test_numbers_by_code_are_hidden_one_by_one() -> None:
    result = result_of({"ASD": 100}, panels={"A": 5, "B": 4, "C": 0, "D": 33, "E": 50})
    view = seen(result, hidden=(by_panel("E"),), rounded=(by_panel("D"),))
    assert view.headline["by_panel"] == {"A": 5, "B": C, "C": 0, "D": 30, "E": C}
    assert view.hidden
    told = view.result.headline.by_panel
    assert (told["A"], told["D"]) == (5, 30)
    assert told["B"] is HIDDEN


def test_records_within_are_in_the_order_of_what_is_shown() -> None:
    result = result_of({"ASD": 100}, bands=[("C", 40), ("D", 34), ("B", 4), ("A", 3)])
    view = seen(result, rounded=(in_band("D"),))
    assert view.headline["bands"] == [
        {"band": "C", "children": 40},
        {"band": "A", "children": C},
        {"band": "B", "children": C},
        {"band": "D", "children": 30},
    ]
    assert view.hidden
    assert [one.band for one in view.result.headline.bands] == ["C", "A", "B", "D"]


def test_what_is_made_of_rows_is_hidden_with_any_of_them() -> None:
    needs = {"ASD": 100, "PD": 30}
    assert seen(result_of(needs)).headline["largest"] == "ASD"
    assert seen(result_of(needs), hidden=(children("PD"),)).headline["largest"] is C
    assert seen(result_of(needs), rounded=(children("PD"),)).headline["largest"] == "ASD"


# Words and caveats


def test_words_that_would_tell_a_hidden_number_are_not_said() -> None:
    view = seen(result_of({"ASD": 100, "PD": 4}))
    hidden = view.result.rows[1].children
    assert hidden is HIDDEN
    for told in (
        lambda: f"{hidden}",
        lambda: hidden + 1,
        lambda: hidden > 3,
        lambda: bool(hidden),
        lambda: {hidden: 1},
    ):
        with pytest.raises((Unshown, TypeError)):
            told()
    assert view.result.rows[0].children == 100


def test_caveats_are_public_only_where_they_count_no_children() -> None:
    result = result_of({"ASD": 100}, caveats=("2 children have no school.",))
    assert seen(result).caveats == ()


def test_a_percentage_that_rounds_to_0_is_low() -> None:
    view = seen(result_of({"ASD": 5_000, "PD": 5}))
    assert view.rows[1]["share_pct"] is Symbol.LOW
    assert view.result.rows[1].share_pct == 0


# Why


def test_each_number_that_is_kept_back_is_named_with_how_and_why() -> None:
    result = result_of({"ASD": 100, "PD": 34, "VI": 12, "HI": 4}, panels={"A": 3})
    protection = protection_of(
        result,
        hidden=(children("HI"), children("VI"), by_panel("A")),
        rounded=(children("PD"),),
        coarser={cost("ASD"): 1},
        why={
            children("HI"): Reason.SMALL,
            children("VI"): Reason.GIVES_AWAY,
            children("PD"): Reason.BEFORE,
            cost("ASD"): Reason.BEFORE,
        },
    )
    told = list(kept_back("Needs", KEYS, result, protection))
    assert told == [
        KeptBack("Needs", "Cases", "hidden", Reason.SMALL),
        KeptBack("Needs", "Annual cost: ASD", "rounded further", Reason.BEFORE),
        KeptBack("Needs", "Average: ASD", "rounded further", Reason.BEFORE),
        KeptBack("Needs", "Children: PD", "rounded to the nearest 10", Reason.BEFORE),
        KeptBack("Needs", "Children: VI", "hidden", Reason.GIVES_AWAY),
        KeptBack("Needs", "Children: HI", "hidden", Reason.SMALL),
    ]


def test_a_table_protected_and_seen() -> None:
    """A row of 2 is hidden, the row by which it could be worked out is rounded; all others are as they are."""
    result = result_of({"ASD": 500, "SEMH": 300, "PD": 8, "VI": 2})
    protection = protect([KEYS.contents(result)], [], 5)
    view = public_view(KEYS, result, protection)
    assert column(view, "children") == [500, 300, 10, C]
    assert view.about == {(2, "children")}
    assert view.headline["children"] == 810
    assert view.headline["cost"] == 32_400_000
    assert Decimal(view.headline["average"]) == 40_000
