"""How exactly money is published, and that rounding alone hides the cost of one child."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sen_dashboard.core.disclosure.rounding import (
    average_step,
    counts_rounded_to,
    is_too_coarse,
    rounded_count,
    sum_step,
    sums_rounded_to,
    to_nearest,
)
from tests.core.disclosure.reader import nearest, steps_of

POUNDS = st.integers(500, 400_000_000).map(Decimal)


@pytest.mark.parametrize(
    ("pounds", "count", "of_sum", "of_average"),
    [
        (41_000_000, 842, 100_000, 100),  # the county's INMSS: £41.0m, £48,700
        (999_999, 5_000, 1_000, 100),
        (1_000_000, 5_000, 100_000, 100),
        (15_000_000, 123, 1_000_000, 1_000),  # one costs £121,951
        (300_000, 6, 100_000, 10_000),  # one costs £50,000
        (81_704, 9, 10_000, 2_000),
        (100_000, 100, 1_000, 100),  # exactly one of them
        (100_100, 100, 10_000, 100),
    ],
)
def test_steps(pounds: int, count: int, of_sum: int, of_average: int) -> None:
    assert sum_step(Decimal(pounds), count) == of_sum
    assert average_step(Decimal(pounds), count) == of_average
    assert sum_step(Decimal(pounds), count, 2) == 100 * of_sum
    assert average_step(Decimal(pounds), count, 1) == 10 * of_average


@settings(deadline=None)
@given(POUNDS, st.integers(5, 5_000), st.integers(0, 2))
def test_the_reader_of_the_tests_rounds_alike(pounds: Decimal, count: int, coarser: int) -> None:
    of_sum, of_average = steps_of(Fraction(pounds), count, coarser)
    assert (of_sum, of_average) == (sum_step(pounds, count, coarser), average_step(pounds, count, coarser))
    assert nearest(Fraction(pounds), of_sum) == to_nearest(pounds, int(of_sum))
    low, high = sums_rounded_to(pounds, count, coarser)
    assert low <= pounds <= high
    assert high - low <= of_sum
    assert high - low <= of_average * count


@settings(deadline=None)
@given(POUNDS, st.integers(5, 5_000))
def test_no_step_is_finer_than_what_one_child_costs(pounds: Decimal, count: int) -> None:
    assert sum_step(pounds, count) * count >= pounds
    assert average_step(pounds, count) * count**2 >= pounds


def test_halves_are_rounded_up() -> None:
    assert to_nearest(Decimal(150), 100) == 200
    assert to_nearest(Decimal("149.99"), 100) == 100
    assert to_nearest(50.5, 1) == 51


@pytest.mark.parametrize(
    ("value", "rounded", "least", "most"), [(5, 10, 5, 14), (14, 10, 5, 14), (15, 20, 15, 24)]
)
def test_a_rounded_count(value: int, rounded: int, least: int, most: int) -> None:
    assert rounded_count(value, 5) == rounded
    assert counts_rounded_to(rounded, 5) == (least, most)


def test_a_sum_is_hidden_where_its_step_says_nothing() -> None:
    assert not is_too_coarse(Decimal(200_000), 10, 0)  # to £100,000
    assert is_too_coarse(Decimal(199_999), 10, 1)
    assert is_too_coarse(Decimal(199_999), 8, 0) == (2 * sum_step(Decimal(199_999), 8) > 199_999)
