"""Days and amounts as councils, finance systems and spreadsheets write them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.finance.ledger.values import (
    MONTH_FIRST,
    NO_AMOUNT,
    NO_DATE,
    NO_VALUE,
    NOT_TO_THE_PENNY,
    OF_A_SPREADSHEET,
    SERIAL_ZERO,
    THOUSANDS,
    TOO_LARGE,
    read_amount,
    read_date,
    read_key,
)

THE_DAY = date(2018, 4, 3)
DAYS = st.dates(date(1960, 1, 1), date(2049, 12, 31))
PENCE = st.integers(-(10**12) + 1, 10**12 - 1)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "03/04/2018",
            "3/4/2018",
            "3/4/18",
            "03-04-2018",
            "03.04.2018",
            "03 04 2018",
            "03042018",
            "20180403",
        ),
        *(
            "2018-04-03",
            "2018/04/03",
            "2018-04-03 00:00:00",
            "2018-04-03T10:11:12.123Z",
            "2018-04-03 10:11:12.000",
        ),
        *("03/04/2018 00:00", "3/4/2018 0:00:00", "03/04/2018 12:00:00 AM", "20180403 00:00:00"),
        *(
            "03-Apr-2018",
            "3-Apr-18",
            "03APR2018",
            "3 April 2018",
            "3rd April 2018",
            "April 3, 2018",
            "2018-Apr-03",
        ),
        *("Tuesday, 3 April 2018", "Tue 3 Apr 2018", "43193", "43193.0", "43193.75"),
    ],
)
def test_a_day_however_it_is_written(text: str) -> None:
    assert read_date(text) == THE_DAY
    assert read_date(f" {text} ") == THE_DAY


@pytest.mark.parametrize("text", ["Apr-18", "April 2018", "2018-04", "Apr 2018"])
def test_a_month_stands_for_its_first_day(text: str) -> None:
    assert read_date(text) == date(2018, 4, 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("04/13/2018", MONTH_FIRST),
        ("2018-13-04", MONTH_FIRST),
        ("31/02/2018", "There is no such day."),
        ("29-Feb-2019", "There is no such day."),
        ("01/01/1066", "Enter a date from 1900 to 2199."),
        *(
            (text, NO_DATE)
            for text in ("soon", "1/2", "3 Mai 2018", "201804", "9", "03/04/018", "2018-04-03 noon")
        ),
        ("99999", NO_DATE),
        ("٠٣/٠٤/٢٠١٨", NO_DATE),
    ],
)
def test_what_is_no_day_says_why(text: str, reason: str) -> None:
    """A month that stands first is never taken for a day, nor the other way round."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        read_date(text)
    assert str(caught.value) == reason


@given(DAYS)
def test_every_day_in_every_way(day: date) -> None:
    for written in (
        "%d/%m/%Y",
        "%d/%m/%y",
        "%Y-%m-%d",
        "%Y-%m-%d %H:%M:%S",
        "%d-%b-%Y",
        "%Y%m%d",
        "%d%m%Y",
        "%A, %d %B %Y",
    ):
        assert read_date(day.strftime(written)) == day or (written == "%d/%m/%y" and day.year < 1950)
    if 20_000 <= (day - SERIAL_ZERO) // timedelta(days=1) <= 69_999:
        assert read_date(str((day - SERIAL_ZERO).days)) == day


@pytest.mark.parametrize(
    ("text", "pounds"),
    [
        *(
            (text, "1234.50")
            for text in (
                "1234.5",
                "1,234.50",
                "£1,234.50",
                "£ 1,234.50",
                "1 234.50",
                "1234.50 DR",
                "+1234.50",
            )
        ),
        *(
            (text, "1234.50")
            for text in (
                "GBP 1,234.50",
                "1,234.50 GBP",
                "1,234.50gbp",
                "1234.500",
                "1234.4999999999998",
                "1234.50\N{NO-BREAK SPACE}",
            )
        ),
        *(
            (text, "-5.00")
            for text in (
                "-5",
                "(5.00)",
                "(£5.00)",
                "£(5.00)",
                "-£5",
                "£-5",
                "5.00-",
                "5.00 CR",
                "5.00CR",
                "CR 5",
            )
        ),
        *(
            (text, "-5.00")
            for text in ("\N{MINUS SIGN}5.00", "\N{EN DASH}5.00", "5.00 -", "( 5.00 )", "5.00cr")
        ),
        *((text, "0.00") for text in ("0", "-", "£ -", "£-", "\N{EN DASH}", "0.", "0.000")),
        *((text, "1234.00") for text in ("1234.", "1,234.", "£1,234. ")),
        (".50", "0.50"),
        ("9,999,999,999.99", "9999999999.99"),
    ],
)
def test_an_amount_however_it_is_written(text: str, pounds: str) -> None:
    assert Decimal(read_amount(text)) == Decimal(pounds)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *(
            (text, NO_AMOUNT)
            for text in (
                "many",
                "",
                "1,23",
                "1.234,50",
                "12,34.5",
                "--5",
                "(-5)",
                "€5",
                "5..",
                ".",
                "1 2 x",
                "٥",
            )
        ),
        *((text, THOUSANDS) for text in ("12.345", "36.000", "£36.000", "(1.500)", "36.000 CR")),
        *((text, NOT_TO_THE_PENNY) for text in ("1234.567", "0.005", "12.3456")),
        ("1.2E+05", OF_A_SPREADSHEET),
        ("10000000000", TOO_LARGE),
        ("n/a", NO_VALUE),
        ("#N/A", NO_AMOUNT),
    ],
)
def test_what_is_no_amount_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        read_amount(text)
    assert str(caught.value) == reason


@given(PENCE)
def test_every_amount_in_every_way(pence: int) -> None:
    pounds = Decimal(pence) / 100
    size = f"{abs(pounds):,.2f}"
    credits = [f"-{size}", f"({size})", f"{size}-", f"{size} CR", f"-£{size}", f"(£{size})"]
    for written in credits if pence < 0 else [size, f"£{size}", size.replace(",", ""), f"{size} DR"]:
        assert Decimal(read_amount(written)) == pounds


def test_keys_that_a_spreadsheet_made_numbers_of() -> None:
    """62170.0 is still 62170; the figures of 1.2E+12 are lost."""
    assert read_key("62170.0", 40) == "62170"
    assert read_key(" A\t1 ", 40) == "A 1"
    assert read_key("0000005283", 40) == "0000005283"
    with pytest.raises(ValueError, match="A spreadsheet has changed this number"):
        read_key("1.2E+12", 40)
