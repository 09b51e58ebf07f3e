"""Values of each kind are read in SQL as Python reads them."""

import re
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

NEARLY_DATES = st.from_regex(r"\A[0-9]{4}-[0-3][0-9]-[0-3][0-9]\Z") | st.from_regex(
    r"\A[0-3][0-9]/[01][0-9]/[0-9]{4}\Z"
)
NEARLY_AMOUNTS = st.from_regex(r"\A-?£?[0-9]{1,3}(,?[0-9]{3}){0,4}(\.[0-9]{0,3})?\Z")
ANY_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=15)


def read_in_sql(kind: kinds.Kind, texts: list[str]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT {} FROM unnest({}::text[]) WITH ORDINALITY u(v, n) ORDER BY n").format(
                kind.read(sql.Identifier("u", "v")), sql.Literal(texts)
            )
        )
        return [value for (value,) in cursor.fetchall()]


def date_in_python(text: str) -> date | None:
    iso = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text, re.ASCII)
    uk = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text, re.ASCII)
    parts = iso.groups() if iso else uk.groups()[::-1] if uk else ("0", "0", "0")
    try:
        day = date(*map(int, parts))
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2199 else None


def amount_in_python(text: str, *, negative: bool) -> Decimal | None:
    sign = "-" if negative and text.startswith("-") else ""
    digits = text.removeprefix(sign).removeprefix("£")
    if not re.fullmatch(r"(\d+|\d{1,3}(,\d{3})+)(\.\d\d?)?", digits, re.ASCII):
        return None
    whole = digits.replace(",", "")
    return Decimal(sign + whole) if len(whole.split(".")[0]) <= 10 else None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NEARLY_DATES | ANY_TEXT | st.dates().map(str), min_size=1, max_size=40))
def test_dates_are_read_as_python_reads_them(texts: list[str]) -> None:
    assert read_in_sql(kinds.date(), texts) == list(map(date_in_python, texts))


@pytest.mark.parametrize("negative", [True, False])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(NEARLY_AMOUNTS | ANY_TEXT, min_size=1, max_size=40))
def test_amounts_are_read_as_python_reads_them(negative: bool, texts: list[str]) -> None:
    expected = [amount_in_python(text, negative=negative) for text in texts]
    assert read_in_sql(kinds.amount(negative=negative), texts) == expected


def test_years_are_read_as_the_periods_know_them() -> None:
    texts = [
        f"{first:04d}-{second:02d}"
        for first in (0, 1899, 1900, 1999, 2018, 2199, 2200, 9999)
        for second in range(100)
    ]

    def known(text: str) -> str | None:
        try:
            year = FinancialYear.parse(text)
        except ValueError:
            return None
        return str(year) if 1900 <= year.first_year <= 2199 else None

    assert read_in_sql(kinds.year("a financial"), texts) == list(map(known, texts))
