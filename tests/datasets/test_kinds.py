"""Values of each kind are read in SQL as Python reads them."""

import re
from calendar import month_abbr, month_name
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2 import sql

from sen_dashboard.core.periods import FinancialYear
from sen_dashboard.datasets import kinds

pytestmark = pytest.mark.django_db

NAMES = [*month_name[1:], *month_abbr[1:], "Sept", "Janu", "septe", "no", "December", "ſep"]
NAMED = st.sampled_from(NAMES) | st.sampled_from(NAMES).map(str.lower) | st.sampled_from(NAMES).map(str.upper)
YEARS = st.from_regex(r"\A([0-9]{4}|[0-9]{2})\Z")
HYPHEN_OR_SPACE = st.sampled_from("- /")
NEARLY_DATES = (
    st.from_regex(r"\A[0-9]{4}-[0-3][0-9]-[0-3][0-9]\Z")
    | st.from_regex(r"\A[0-3][0-9]/[01][0-9]/[0-9]{4}\Z")
    | st.tuples(st.from_regex(r"\A[0-3]?[0-9]\Z"), HYPHEN_OR_SPACE, NAMED, HYPHEN_OR_SPACE, YEARS).map(
        "".join
    )
)
NEARLY_MONTHS = (
    st.from_regex(r"\A[0-9]{4}-[01][0-9]\Z")
    | st.from_regex(r"\A[01]?[0-9]/[0-9]{4}\Z")
    | st.tuples(NAMED, HYPHEN_OR_SPACE, YEARS).map("".join)
    | NEARLY_DATES
)
NEARLY_AMOUNTS = st.from_regex(r"\A[-(]?£?[0-9]{1,3}(,?[0-9]{3}){0,4}(\.[0-9]{0,3})?\)?\Z")
ANY_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=15)


def read_in_sql(kind: kinds.ValueKind, texts: list[str]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT {} FROM unnest({}::text[]) WITH ORDINALITY u(v, n) ORDER BY n").format(
                kind.read(sql.Identifier("u", "v")), sql.Literal(texts)
            )
        )
        return [value for (value,) in cursor.fetchall()]


def month_number(name: str) -> int:
    """1 to 12 for a month by its whole or short name in any case, 0 for anything else."""
    known = {month.lower(): n for names in (month_name, month_abbr) for n, month in enumerate(names) if n}
    return (known | {"sept": 9}).get(name.lower(), 0) if name.isascii() else 0


def date_in_python(text: str) -> date | None:
    iso = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text, re.ASCII)
    uk = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text, re.ASCII)
    named = re.fullmatch(r"(\d\d?)[- ](\w+)[- ](\d{4})", text)
    if named:
        day, name, year = named.groups()
        parts = (year, str(month_number(name)), day)
    else:
        parts = iso.groups() if iso else uk.groups()[::-1] if uk else ("0", "0", "0")  # type: ignore[assignment]
    return day_in_python(*parts) if all(re.fullmatch("[0-9]+", part) for part in parts) else None


def day_in_python(year: str, month: str, day: str = "1") -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2199 else None


def month_in_python(text: str) -> date | None:
    iso = re.fullmatch(r"(\d{4})-(\d\d)", text, re.ASCII)
    uk = re.fullmatch(r"(\d\d)/(\d{4})", text, re.ASCII)
    named = re.fullmatch(r"([a-z]+)[- ](\d{4}|\d\d)", text, re.ASCII | re.IGNORECASE)
    if named:
        name, year = named.groups()
        full = year if len(year) == 4 else f"{'20' if int(year) < 50 else '19'}{year}"
        return day_in_python(full, str(month_number(name)))
    if iso or uk:
        return day_in_python(*(iso.groups() if iso else uk.groups()[::-1]))  # type: ignore[union-attr]
    day = date_in_python(text)
    return day if day and day.day == 1 else None


def amount_in_python(text: str, *, negative: bool) -> Decimal | None:
    sign = ""
    if negative and text.startswith("-"):
        sign, text = "-", text[1:]
    elif negative and text.startswith("(") and text.endswith(")"):
        sign, text = "-", text[1:-1]
    digits = text.removeprefix("£")
    if not re.fullmatch(r"(\d+|\d{1,3}(,\d{3})+)(\.\d\d?)?", digits, re.ASCII):
        return None
    whole = digits.replace(",", "")
    return Decimal(sign + whole) if len(whole.split(".")[0]) <= 10 else None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NEARLY_DATES | ANY_TEXT | st.dates().map(str), min_size=1, max_size=40))
def test_dates_are_read_as_python_reads_them(texts: list[str]) -> None:
    assert read_in_sql(kinds.date(), texts) == list(map(date_in_python, texts))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NEARLY_MONTHS | ANY_TEXT, min_size=1, max_size=60))
def test_months_are_read_as_python_reads_them(texts: list[str]) -> None:
    assert read_in_sql(kinds.month(), texts) == list(map(month_in_python, texts))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.from_regex(r"\A-?[0-9]{1,6}(\.[0-9]{0,3})?([eE][-+]?[0-9]{1,2})?\Z")
        | st.sampled_from(["n/a", "#REF!", "-", "--", "Null", "NULLS"])
        | ANY_TEXT,
        min_size=1,
        max_size=40,
    )
)
def test_keys_that_a_spreadsheet_has_changed_are_none(texts: list[str]) -> None:
    def key(text: str) -> str | None:
        whole_as_decimal = re.fullmatch(r"\d+\.0+", text, re.ASCII)
        scientific = re.fullmatch(r"-?\d(\.\d+)?e[-+]\d+", text, re.ASCII | re.IGNORECASE)
        stands_for_nothing = text.upper() in kinds.NOTHING and text.isascii()
        return None if whole_as_decimal or scientific or stands_for_nothing or len(text) > 10 else text

    assert read_in_sql(kinds.key(10), texts) == list(map(key, texts))


def test_codes_are_read_in_any_case() -> None:
    codes = read_in_sql(kinds.codes(["ASD", "SEMH"]), ["asd;Semh", "SEMH ; asd", "asd,semh", "other"])
    assert codes == [["ASD", "SEMH"], ["SEMH", "ASD"], None, None]
    assert read_in_sql(kinds.code(["DAY"]), ["day", "Day", "days", "ꓓay"]) == ["DAY", "DAY", None, None]
    assert read_in_sql(kinds.yes_no(), ["y", "N", "no"]) == [True, False, None]


@pytest.mark.parametrize("negative", [True, False])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(NEARLY_AMOUNTS | ANY_TEXT, min_size=1, max_size=40))
def test_amounts_are_read_as_python_reads_them(negative: bool, texts: list[str]) -> None:
    expected = [amount_in_python(text, negative=negative) for text in texts]
    assert read_in_sql(kinds.amount(negative=negative), texts) == expected


def test_years_are_read_as_the_periods_know_them() -> None:
    texts = [
        f"{first:04d}{hyphen}{second:02d}"
        for first in (0, 1899, 1900, 1999, 2018, 2199, 2200, 9999)
        for second in range(100)
        for hyphen in "-/ "
    ]

    def known(text: str) -> str | None:
        try:
            year = FinancialYear.parse(text.replace("/", "-"))
        except ValueError:
            return None
        return str(year) if 1900 <= year.first_year <= 2199 else None

    assert read_in_sql(kinds.year("a financial"), texts) == list(map(known, texts))
