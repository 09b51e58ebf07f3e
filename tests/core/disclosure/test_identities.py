"""The identity of a number, how numbers add up, and what is kept of them: attacks are only as good as these."""

import json
from datetime import date
from decimal import Decimal

import pytest

from panel.counts import FINAL
from panel.models import Outcome
from sen_dashboard.core.kpi.counted import partitions_of
from sen_dashboard.core.kpi.quantities import Addition, Amount, Contents, Quantity, part, total

WHOLE, ONE, OTHER, THIRD = (Quantity.of(name) for name in ("whole", "one", "other", "third"))
COST, COST_OF_ONE = Quantity.of("cost"), Quantity.of("cost of one")


def test_a_quantity_is_the_same_wherever_it_is_named() -> None:
    day = date(2019, 3, 31)
    named = Quantity.of("children", need="ASD", day=day, district=None)
    assert named == Quantity.of("children", day="2019-03-31").having(need="ASD")
    assert named.without("need") == Quantity.of("children", day=day)
    assert named.words == "children (day 2019-03-31, need ASD)"
    assert (named.day, WHOLE.day) == (day, None)
    assert Quantity.parse(named.text) == named
    assert named != Quantity.of("children", need="SEMH", day=day)
    assert WHOLE.less(ONE).words == "whole less one"
    assert WHOLE.less(ONE) != WHOLE.less(OTHER)


def test_two_reports_show_the_same_quantity_of_two_days() -> None:
    """Also of what remains, whose parts each have a day; a first day is of the quantity itself."""
    for of_time in ("day", "last", "latest_by", "as_at"):
        march, april = (
            Quantity.of("cost", need="ASD", **{of_time: day}) for day in ("2019-03-31", "2019-04-30")
        )
        assert march.lasting == april.lasting == Quantity.of("cost", need="ASD")
        rest = Quantity.of("all", **{of_time: "2019-03-31"}).less(march)
        assert rest.lasting == Quantity.of("all").less(Quantity.of("cost", need="ASD"))
    assert Quantity.of("cost", first="2018-04-01").lasting == Quantity.of("cost", first="2018-04-01")


def test_what_nobody_shows_is_worked_out_of_the_sums_in_any_order() -> None:
    sums = (part(WHOLE, ONE, OTHER), total(Quantity.of("all"), (WHOLE, THIRD)))
    found = Contents({Quantity.of("all"): 50, THIRD: 8, ONE: 30, OTHER: 9}, sums)
    assert found.values[WHOLE] == 42
    assert found.values[WHOLE.less(ONE, OTHER)] == 3
    unknown = Contents({ONE: 30}, (part(WHOLE, ONE),))
    assert unknown.values == {ONE: 30}


def test_what_a_sum_of_money_without_its_parts_is_made_of() -> None:
    amounts = (
        Amount(COST, Decimal(90), WHOLE, (Decimal(30), Decimal(30), Decimal(30))),
        Amount(COST_OF_ONE, Decimal(30), ONE, (Decimal(30),)),
        Amount(Quantity.of("nothing"), Decimal(0), OTHER),
        Amount(Quantity.of("old"), Decimal(7), OTHER),
    )
    found = Contents({}, (part(COST, COST_OF_ONE),), amounts).each
    assert sorted(found[COST].elements()) == [30, 30, 30]
    assert sorted(found[COST.less(COST_OF_ONE)].elements()) == [30, 30]
    assert not found[Quantity.of("nothing")]
    assert Quantity.of("old") not in found, "an old report does not say of what its sums were made"


def test_money_that_follows_goes_with_the_count_that_follows() -> None:
    """A remainder, a part that is not shown, and a whole; nothing where the counts do not add up alike."""
    all_, cost_of_all = Quantity.of("all"), Quantity.of("cost of all")
    cost_of_third, other_cost = Quantity.of("cost of third"), Quantity.of("another cost")
    amounts = (Amount(COST, Decimal(90), WHOLE), Amount(COST_OF_ONE, Decimal(30), ONE))
    sums = (
        total(cost_of_all, (COST, cost_of_third)),
        part(cost_of_third, COST_OF_ONE),
        part(COST, COST_OF_ONE),
        total(COST_OF_ONE, (other_cost,)),
        part(WHOLE, ONE),
        part(THIRD, ONE),
        total(all_, (WHOLE, THIRD)),
        total(OTHER, ()),
    )
    found = Contents({}, sums, amounts).money
    assert found == {COST: WHOLE, COST_OF_ONE: ONE, COST.less(COST_OF_ONE): WHOLE.less(ONE)}
    third = Amount(cost_of_third, Decimal(40), THIRD)
    found = Contents({}, sums, (*amounts, third)).money
    assert found[cost_of_all] == all_
    assert found[cost_of_third.less(COST_OF_ONE)] == THIRD.less(ONE)
    assert other_cost not in found
    assert OTHER not in Contents({}, sums, amounts).each


def test_tables_are_merged_with_the_rank_of_whoever_needs_a_number_most() -> None:
    one = Contents(
        {ONE: 7}, (total(WHOLE, (ONE,)),), sized=(ONE,), ranks={ONE: 3, WHOLE: 0}, listed=frozenset({ONE})
    )
    other = Contents({ONE: 7, OTHER: 4}, (total(WHOLE, (ONE,)),), sized=(ONE,), ranks={ONE: 1})
    found = Contents.merged([one, other])
    assert found.shown == {ONE: 7, OTHER: 4}
    assert found.sums == (total(WHOLE, (ONE,)),)
    assert found.sized == (ONE,)
    assert found.ranks == {ONE: 1, WHOLE: 0}
    assert found.listed == {ONE}
    with pytest.raises(ValueError, match="is both 7 and 8"):
        Contents.merged([one, Contents({ONE: 8})])


def test_contents_are_kept_as_json() -> None:
    amount = Amount(COST, Decimal("90.5"), WHOLE, (Decimal("30.5"), Decimal(60)))
    found = Contents({ONE: 7}, (part(WHOLE, ONE),), (amount,), (ONE,))
    assert Contents.read(json.loads(json.dumps(found.plain()))) == found


# The partitions that are said where the sets are declared

YEAR = Quantity.of("cases decided", panel="INDEPENDENT", first="2018-04-01", last="2019-03-31")
AGREED = YEAR.having(outcome=Outcome.AGREED)


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (
            AGREED,
            [
                total(YEAR, (YEAR.having(outcome=one) for one in Outcome)),
                part(YEAR, YEAR.having(outcome=FINAL)),
            ],
        ),
        (AGREED.having(offered=True), [part(AGREED, AGREED.having(offered=True))]),
        (
            AGREED.having(offered=True, started=True),
            [part(AGREED.having(offered=True), AGREED.having(offered=True, started=True))],
        ),
        (YEAR.having(represented=True), [part(YEAR, YEAR.having(represented=True))]),
        (YEAR.having(reason="OTHER"), [part(YEAR, YEAR.having(reason="OTHER"))]),
        (
            YEAR.having(profile="OTHER"),
            [
                part(
                    YEAR,
                    *(
                        YEAR.having(profile=one)
                        for one in ("BEHAVIOUR_ANXIETY", "COMPLEX_MENTAL_HEALTH", "OTHER")
                    ),
                )
            ],
        ),
        (YEAR.having(latest_by="2019-03-31"), [part(YEAR, YEAR.having(latest_by="2019-03-31"))]),
        (
            YEAR,
            [
                total(
                    YEAR.without("panel"),
                    (YEAR.having(panel=one) for one in ("INDEPENDENT", "ADDITIONAL_FUNDING")),
                )
            ],
        ),
        (
            Quantity("presentations", YEAR.dimensions),
            [part(Quantity("presentations", YEAR.dimensions), YEAR)],
        ),
    ],
)
def test_cases_of_the_panel_fall_into_parts_whoever_shows_them(shown: Quantity, told: list[Addition]) -> None:
    found = list(partitions_of([shown]))
    assert [one for one in told if one not in found] == []
