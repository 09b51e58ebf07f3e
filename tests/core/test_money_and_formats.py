"""Averages, shares and the text of values: edge cases of rounding, and undefined values."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sen_dashboard.core import formats
from sen_dashboard.core.formats import NOT_AVAILABLE
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.money import average, growth, percentage, ratio, to_penny

amounts = st.decimals(min_value=-(10**10), max_value=10**10, places=2)
counts = st.integers(1, 10**6)


# Averages, shares and ratios


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("0.005", "0.01"),
        ("0.004999", "0.00"),
        ("2.675", "2.68"),
        ("2.665", "2.67"),  # to even it would be 2.66
        ("-0.005", "-0.01"),
        ("-2.664", "-2.66"),
    ],
)
def test_halves_of_a_penny_round_away_from_nothing(amount: str, rounded: str) -> None:
    assert to_penny(Decimal(amount)) == Decimal(rounded)


@given(total=amounts, count=counts)
def test_an_average_is_the_exact_one_to_the_penny(total: Decimal, count: int) -> None:
    found = average(total, count)
    assert found is not None
    assert abs(Fraction(found) - Fraction(total) / count) <= Fraction(1, 200)
    assert found == to_penny(found)


def test_an_average_half_way_rounds_up() -> None:
    assert average(Decimal("0.01"), 2) == Decimal("0.01")
    assert average(Decimal("30000.01"), 2) == Decimal("15000.01")


@given(part=st.integers(0, 10**6), rest=st.integers(0, 10**6))
def test_shares_of_a_whole_add_up(part: int, rest: int) -> None:
    if part + rest:
        shares = percentage(part, part + rest), percentage(rest, part + rest)
        assert all(share is not None and 0 <= share <= 100 for share in shares)
        assert sum(filter(None, shares)) == pytest.approx(100)


@given(whole=counts)
def test_the_whole_is_100_percent_of_itself_and_has_not_grown(whole: int) -> None:
    assert percentage(whole, whole) == 100.0
    assert growth(whole, whole) == 0.0
    assert growth(2 * whole, whole) == 100.0
    assert growth(0, whole) == -100.0
    assert ratio(Decimal(whole), Decimal(whole)) == 1.0


@pytest.mark.parametrize(
    "undefined",
    [
        average(None, 3),
        average(Decimal(1), 0),
        percentage(None, 1),
        percentage(1, None),
        percentage(1, 0),
        percentage(Decimal(0), Decimal("0.00")),
        growth(None, 1),
        growth(1, None),
        growth(1, 0),
        ratio(None, Decimal(1)),
        ratio(Decimal(1), None),
        ratio(Decimal(1), Decimal(0)),
    ],
)
def test_what_has_no_denominator_is_unknown(undefined: object) -> None:
    assert undefined is None


def test_nought_of_something_is_known() -> None:
    assert average(Decimal(0), 3) == Decimal("0.00")
    assert percentage(0, 3) == 0.0
    assert growth(3, 3) == 0.0


# How a value reads


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "£0"),
        ("0.49", "£0"),
        ("0.50", "£1"),
        ("36082.50", "£36,083"),
        ("36082.49", "£36,082"),
        ("-0.49", "£0"),
        ("-0.50", "−£1"),
        ("-1234.56", "−£1,235"),
        ("41000000", "£41,000,000"),
    ],
)
def test_pounds(value: str, text: str) -> None:
    assert formats.pounds(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "£0"),
        ("949.99", "£950"),
        ("950", "£950"),
        ("999.49", "£999"),
        ("999.50", "£1.0k"),
        ("1000", "£1.0k"),
        ("36082", "£36.1k"),
        ("36049.99", "£36.0k"),
        ("36050", "£36.1k"),
        ("950000", "£950.0k"),
        ("999949.99", "£999.9k"),
        ("999950", "£1.0m"),
        ("1000000", "£1.0m"),
        ("41049999", "£41.0m"),
        ("41050000", "£41.1m"),
        ("1234567890", "£1,234.6m"),
        ("-0.49", "£0"),
        ("-999.50", "−£1.0k"),
        ("-700000", "−£700.0k"),
        ("-999950", "−£1.0m"),
    ],
)
def test_pounds_in_short(value: str, text: str) -> None:
    assert formats.pounds_short(Decimal(value)) == text


@given(amounts)
def test_pounds_in_short_are_the_amount_to_half_a_last_digit(value: Decimal) -> None:
    text = formats.pounds_short(value)
    digits = text.strip("−£km").replace(",", "")
    size = {"k": 1_000, "m": 1_000_000}.get(text[-1], 1)
    written = Decimal(digits) * size * (-1 if text.startswith("−") else 1)
    assert abs(written - value) <= Decimal(size) / (2 if size == 1 else 20)
    assert Decimal(digits) < 1000 or size == 1_000_000


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7.0, "7.0%"),
        (7.0166667, "7.0%"),
        (7.05, "7.1%"),  # in binary a little less, written as it reads
        (49.35, "49.4%"),
        (0.04, "0.0%"),
        (-0.04, "0.0%"),
        (-0.05, "−0.1%"),
        (1234.56, "1,234.6%"),
        (1e-07, "0.0%"),
    ],
)
def test_percentages(value: float, text: str) -> None:
    assert formats.percent(value) == text


def test_ratios_and_indices() -> None:
    assert formats.times(2.0625) == "2.06"
    assert formats.times(2.065) == "2.07"
    assert formats.times(-0.001) == "0.00"
    assert formats.index(160.05) == "160.1"
    assert formats.index(1234.5) == "1,234.5"


def test_lengths_of_time() -> None:
    assert [formats.days(value) for value in (0.0, 1.0, 28.0, 28.5)] == [
        "0 days",
        "1 day",
        "28 days",
        "28.5 days",
    ]
    assert [formats.weeks(value) for value in (20.0, 141 / 7, 1234.96)] == [
        "20 weeks",
        "20.1 weeks",
        "1,235 weeks",
    ]


def test_changes_of_a_percentage_are_points() -> None:
    assert [formats.points(p) for p in (0.64, 0.05, 0.04, -0.04, -1.25)] == [
        "+0.6",
        "+0.1",
        "0.0",
        "0.0",
        "−1.3",
    ]


def test_a_count_between_two_is_rounded_up() -> None:
    """As the median of an even number of councils is."""
    assert Kind.COUNT.text(1288.5) == "1,289"


def test_counts_and_changes() -> None:
    assert [formats.count(n) for n in (0, 999, 1000, -1234567)] == ["0", "999", "1,000", "−1,234,567"]
    assert [Kind.COUNT.change(n) for n in (416, 0, -1234)] == ["+416", "0", "−1,234"]
    assert [Kind.POUNDS.change(Decimal(n)) for n in ("26.6", "0.4", "-12")] == ["+£27", "£0", "−£12"]


def test_days_and_months_in_words() -> None:
    assert formats.day(date(2019, 3, 1)) == "1 March 2019"
    assert formats.day(date(2020, 2, 29)) == "29 February 2020"
    assert formats.day(date(987, 12, 31)) == "31 December 987"
    assert formats.month(date(2019, 9, 30)) == "Sep 2019"


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 schools"), (1, "1 school"), (2, "2 schools"), (1000, "1,000 schools"), (-1, "−1 schools")],
)
def test_plurals(number: int, text: str) -> None:
    assert formats.plural(number, "school") == text


def test_plurals_of_their_own() -> None:
    assert formats.plural(1, "child", "children") == "1 child"
    assert formats.plural(3, "child", "children") == "3 children"


@pytest.mark.parametrize(
    "write",
    [
        formats.count,
        Kind.COUNT.change,
        formats.pounds,
        formats.pounds_short,
        formats.percent,
        formats.days,
        formats.weeks,
        formats.points,
        formats.times,
        formats.index,
        formats.day,
        formats.month,
    ],
)
def test_what_is_unknown_is_not_available(write: Callable[[Any], str]) -> None:
    assert write(None) == NOT_AVAILABLE


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("short", [True, False])
def test_what_is_unknown_is_not_available_in_any_unit(kind: Kind, short: bool) -> None:
    assert (kind.short(None) if short else kind.text(None)) == NOT_AVAILABLE


@pytest.mark.parametrize(
    ("value", "kind", "full", "short"),
    [
        (Decimal("36082.50"), Kind.POUNDS, "£36,083", "£36.1k"),
        (0, Kind.POUNDS, "£0", "£0"),
        (7.0166, Kind.PERCENT, "7.0%", "7.0%"),
        (0, Kind.PERCENT, "0.0%", "0.0%"),
        (2.0625, Kind.RATIO, "2.06", "2.06"),
        (12000, Kind.COUNT, "12,000", "12,000"),
        (28.5, Kind.DAYS, "28.5 days", "28.5 days"),
        (82.857, Kind.WEEKS, "82.9 weeks", "82.9 weeks"),
        (date(2019, 3, 31), Kind.DAY, "31 March 2019", "31 March 2019"),
        ("2018-19", Kind.TEXT, "2018-19", "2018-19"),
    ],
)
def test_a_value_in_its_unit(value: Any, kind: Kind, full: str, short: str) -> None:
    assert kind.text(value) == full
    assert kind.short(value) == short
