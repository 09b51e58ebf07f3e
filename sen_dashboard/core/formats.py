"""How values are written for people. One rule of rounding for pages, tables, sentences and tiles.

Pounds are whole in tables (£36,082) and have one decimal of k or m in tiles (£36.1k, £41.0m); percentages have one
decimal, lengths of time at most one; halves are rounded up (domain.md section 8). Files and JSON carry the unrounded
values instead.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils.timezone import localtime

NOT_AVAILABLE = "not available"
MINUS = "−"

Number = Decimal | float | int | None
Value = Number | date | str


_FOR_THE_PUBLIC = ContextVar("for_the_public", default=False)


@contextmanager
def for_the_public() -> Iterator[None]:
    """Write only decimals that the public may see (`core.disclosure.rounding`): percentages whole, "£600k"."""
    token = _FOR_THE_PUBLIC.set(True)
    try:
        yield
    finally:
        _FOR_THE_PUBLIC.reset(token)


def rounded(value: Decimal | float | int, places: int) -> Decimal:
    """Return the value rounded to so many decimals, halves up."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _signed(text: str, value: Decimal) -> str:
    return f"{MINUS}{text}" if value < 0 else text


def count(value: int | None) -> str:
    """Write 1234 as "1,234"."""
    return NOT_AVAILABLE if value is None else _signed(f"{abs(value):,}", Decimal(value))


def pounds(value: Decimal | None) -> str:
    """Write whole pounds, for tables and sentences: "£36,082"."""
    if value is None:
        return NOT_AVAILABLE
    whole = rounded(value, 0)
    return _signed(f"£{abs(whole):,}", whole)


def pounds_exact(value: Decimal) -> str:
    """Write pounds and pence, for sums that must visibly agree: "£41,000,812.40"."""
    return _signed(f"£{abs(value):,.2f}", value)


def pounds_short(value: Decimal | None) -> str:
    """Write pounds for tiles and charts: "£950", "£36.1k", "£41.0m"."""
    if value is None:
        return NOT_AVAILABLE
    if abs(rounded(value, 0)) < 1000:
        return pounds(value)
    thousands, millions = rounded(value / 1000, 1), rounded(value / 1_000_000, 1)
    scaled, suffix = (thousands, "k") if abs(thousands) < 1000 else (millions, "m")
    shown = f"{abs(scaled):,}"
    if _FOR_THE_PUBLIC.get() and suffix == "k":
        shown = shown.removesuffix(".0")
    return _signed(f"£{shown}{suffix}", scaled)


def percent(value: float | None) -> str:
    """Write a percentage with one decimal: "7.0%"; for the public with none: "7%"."""
    if value is None:
        return NOT_AVAILABLE
    one = rounded(value, 0 if _FOR_THE_PUBLIC.get() else 1)
    return _signed(f"{abs(one):,}%", one)


def percent_short(value: float | None) -> str:
    """Write a percentage briefly, without a decimal from ten on: "29%", "3.8%"."""
    if value is None or abs(rounded(value, 1)) < 10:
        return percent(value)
    whole = rounded(value, 0)
    return _signed(f"{abs(whole):,}%", whole)


def points(value: float | None) -> str:
    """Write a change between two percentages, with its sign and one decimal: "+0.6", "−1.2"."""
    if value is None:
        return NOT_AVAILABLE
    one = rounded(value, 1)
    return f"+{one}" if one > 0 else _signed(str(abs(one)), one)


def times(value: float | None) -> str:
    """Write a ratio with two decimals: "2.06"."""
    if value is None:
        return NOT_AVAILABLE
    two = rounded(value, 2)
    return _signed(f"{abs(two):,}", two)


def index(value: float | None) -> str:
    """Write an index (base 100) with one decimal: "160.1"."""
    if value is None:
        return NOT_AVAILABLE
    return f"{rounded(value, 1):,}"


def days(value: float | None) -> str:
    """Write a length of time with at most one decimal: "1 day", "28 days", "28.5 days"."""
    return _length(value, "day")


def weeks(value: float | None) -> str:
    """Write a length of time with at most one decimal: "20 weeks", "20.1 weeks"."""
    return _length(value, "week")


def _length(value: float | None, one: str) -> str:
    if value is None:
        return NOT_AVAILABLE
    length = rounded(value, 1)
    whole = int(length)
    return plural(whole, one) if length == whole else f"{length:,} {one}s"


def day(value: date | None) -> str:
    """Write a date in words: "31 March 2019"."""
    return NOT_AVAILABLE if value is None else f"{value.day} {value:%B} {value.year}"


def moment(value: datetime | None) -> str:
    """Write a time in the council's zone, to the minute: "31 March 2019, 14:05"."""
    if value is None:
        return NOT_AVAILABLE
    local = localtime(value)
    return f"{day(local)}, {local:%H:%M}"


def day_short(value: date) -> str:
    """Write a date briefly: "31 Mar 2019"."""
    return f"{value.day} {value:%b} {value.year}"


def month(value: date | None) -> str:
    """Write the month of a date briefly: "Mar 2019"."""
    return NOT_AVAILABLE if value is None else f"{value:%b} {value.year}"


def month_in_words(value: date) -> str:
    """Write the month of a date in full: "March 2019"."""
    return f"{value:%B} {value.year}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun: "1 school", "2,000 schools"."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def of(part: int, whole: int, one: str = "", many: str | None = None) -> str:
    """Write a part of a whole: "1,064 of 3,120", "842 of 12,000 plans"."""
    return f"{count(part)} of {plural(whole, one, many) if one else count(whole)}"


def with_share(number: int, share: float | None) -> str:
    """Write a count with its share of a whole: "345 (49.4%)"."""
    return f"{count(number)} ({percent(share)})"


def listed(parts: Sequence[str]) -> str:
    """List at least one part as in a sentence: "a", "a and b", "a, b and c"."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
