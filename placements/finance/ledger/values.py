"""Days and amounts as finance systems and spreadsheets write them, read one text at a time.

An ambiguous text is read as in the United Kingdom, day before month, or refused.
"""

import re
from datetime import date, timedelta
from decimal import Decimal

from sen_dashboard.core.money import PENNY, WRITTEN, to_penny

NOTHING = frozenset(("null", "n/a", "-", "–", "—", "nan", "nat", "none"))
"""Texts that mean no value."""

# ---------------------------------------------------------------- days

NO_DATE = "Enter a date such as 31/03/2019, 2019-03-31 or 31-Mar-2019."
MONTH_FIRST = "There is no such month: dates are read with the day first, as 31/03/2019."
NO_SUCH_DAY = "There is no such day."

CLOCK = r"(?:[T ]+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.]\d+)?(?: ?[ap]m)?(?: ?Z|[+]00:?00)?)?"
WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? )?"
SPLIT = r"[-/. ]"
DAY, YEAR = r"(?P<day>\d{1,2})", r"(?P<year>\d{4}|\d{2})"
MONTH, NAME = r"(?P<month>\d{1,2})", r"(?P<name>[a-z]{3,9})[.,]?"
SHAPES = tuple(
    re.compile(shape, re.IGNORECASE | re.ASCII)
    for shape in (
        rf"(?P<year>\d{{4}}){SPLIT}{MONTH}{SPLIT}{DAY}{CLOCK}",
        rf"{DAY}{SPLIT}{MONTH}{SPLIT}{YEAR}{CLOCK}",
        rf"{WEEKDAY}{DAY}(?:st|nd|rd|th)?{SPLIT}*{NAME}{SPLIT}*{YEAR}{CLOCK}",
        rf"{WEEKDAY}{NAME} {DAY}(?:st|nd|rd|th)?,? {YEAR}{CLOCK}",
        rf"(?P<year>\d{{4}}){SPLIT}{NAME}{SPLIT}{DAY}{CLOCK}",
        rf"{NAME}[- ]{YEAR}",  # a month means its first day
        r"(?P<year>\d{4})-(?P<month>\d{2})",
        r"(?P<year>(?:19|2[01])\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?: 00:00:00)?",
        r"(?P<day>[0-3]\d)(?P<month>0[1-9]|1[0-2])(?P<year>(?:19|2[01])\d{2})",
    )
)
MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
SERIAL = re.compile(r"(?P<days>[2-6]\d{4})(?:[.]\d+)?", re.ASCII)
"""A day as a spreadsheet's serial number: 20,000 is in 1954, 69,999 in 2091."""
SERIAL_ZERO = date(1899, 12, 30)


def read_date(text: str) -> date:
    """The day written in ``text``. Raises ValueError with a sentence if it is not a day.

    Two-digit years are from 1950 to 2049, as in spreadsheets.
    """
    text = " ".join(text.split())
    for shape in SHAPES:
        if found := shape.fullmatch(text):
            return _day_of(found.groupdict())
    if serial := SERIAL.fullmatch(text):
        return SERIAL_ZERO + timedelta(days=int(serial["days"]))
    raise ValueError(NO_DATE)


def _day_of(parts: dict[str, str | None]) -> date:
    year, name = parts["year"] or "", (parts.get("name") or "").lower()
    month = _number_of(name) if name else int(parts.get("month") or 0)
    if not 1 <= month <= 12:
        raise ValueError(MONTH_FIRST)
    full_year = int(year) if len(year) == 4 else int(year) + (2000 if year < "50" else 1900)
    if not 1900 <= full_year <= 2199:
        raise ValueError("Enter a date from 1900 to 2199.")
    try:
        return date(full_year, month, int(parts.get("day") or 1))
    except ValueError:
        raise ValueError(NO_SUCH_DAY) from None


def _number_of(name: str) -> int:
    """The number of the month whose name begins like this. Raises ValueError if there is none."""
    if name == "sept":
        return 9
    for number, month in enumerate(MONTH_NAMES, start=1):
        if name == month or (len(name) == 3 and month.startswith(name)):
            return number
    raise ValueError(NO_DATE)


# ---------------------------------------------------------------- amounts

NO_AMOUNT = (
    "Enter pounds and pence such as 1234.50, 1,234.50 or £1,234.50, with a minus sign or CR, or in brackets, for a"
    " credit."
)
NO_VALUE = "This means no value: enter the amount, 0.00 if it is nothing."
THOUSANDS = "Three figures behind a point can be thousands or a part of a penny: enter pounds and two figures of pence."
OF_A_SPREADSHEET = (
    "A spreadsheet has shortened this number: format the column as a number and export it again."
)
NOT_TO_THE_PENNY = "Enter pounds and whole pence."
TOO_LARGE = "Enter less than ten thousand million pounds."

PLAIN = re.compile(r"-?\d{1,10}(?:[.]\d{1,2})?", re.ASCII).fullmatch
"""An amount already in the stored form, as most are."""
POUNDS = re.compile(f"{WRITTEN}|[.][0-9]{{1,2}}", re.ASCII).fullmatch
LONGER = re.compile(r"£?(?P<number>[0-9][0-9,]{0,12}[.][0-9]{3,})", re.ASCII).fullmatch
SHORTENED = re.compile(r"-?\d+([.]\d+)?[eE][+-]?\d+", re.ASCII).fullmatch
NEGATIVE = re.compile(r"[(](.+)[)]|(.+)-|(.+) ?CR|CR ?(.+)|£-(.+)|-(.+)", re.IGNORECASE).fullmatch
POSITIVE = re.compile(r"(.+) ?DR|DR ?(.+)|[+](.+)", re.IGNORECASE).fullmatch
OF_THOUSANDS = re.compile(r"£?[1-9][0-9]{0,2}[.][0-9]{3}", re.ASCII).fullmatch
NONE_IN_ACCOUNTING = frozenset(("-", "£-", "-£"))
"""What a spreadsheet's accounting format shows for 0."""
MINUS_SIGNS = str.maketrans("−–—‐‑", "-----")
NEAR = Decimal("0.000001")
"""How close to a whole penny a number computed by a spreadsheet must be: 3439.1499999999996."""


def read_amount(text: str) -> str:
    """The pounds in ``text`` as plain figures such as -1234.50. Raises ValueError with the reason if there are none."""
    if PLAIN(text):
        return text
    written = "".join(text.split()).translate(MINUS_SIGNS).replace("£(", "(£")
    if written in NONE_IN_ACCOUNTING:
        return "0.00"
    if written.casefold() in NOTHING:
        raise ValueError(NO_VALUE)
    if SHORTENED(written):
        raise ValueError(OF_A_SPREADSHEET)
    if found := NEGATIVE(written):
        return f"-{_pounds(next(filter(None, found.groups())))}"
    if found := POSITIVE(written):
        return _pounds(next(filter(None, found.groups())))
    return _pounds(written)


def _pounds(written: str) -> str:
    """Pounds of 0 or more as plain figures."""
    written = re.sub("^GBP|GBP$", "", written, flags=re.IGNORECASE)
    written = re.sub("(?<=[0-9])[.]$", "", written)
    if OF_THOUSANDS(written):
        raise ValueError(THOUSANDS)
    if POUNDS(written):
        return written.replace("£", "").replace(",", "")
    if found := LONGER(written):
        return _whole_pence(found["number"])
    figures = re.sub("[£,]", "", written)
    if re.fullmatch(r"[0-9]{11,}([.][0-9]*)?", figures):
        raise ValueError(TOO_LARGE)
    raise ValueError(NO_AMOUNT)


def _whole_pence(number: str) -> str:
    """A number with more than two decimals, as figures to the penny if it is a whole number of pence."""
    head = number.partition(".")[0]
    if not POUNDS(head):
        raise ValueError(NO_AMOUNT)
    exact = Decimal(number.replace(",", ""))
    pence = to_penny(exact)
    if abs(exact - pence) > NEAR:
        raise ValueError(NOT_TO_THE_PENNY)
    return str(pence.quantize(PENNY))


# ---------------------------------------------------------------- keys and words

OF_FIGURES = re.compile(r"(\d+)[.]0+", re.ASCII).fullmatch
CHANGED_KEY = re.compile(r"-?\d([.]\d+)?[eE][+-]?\d+", re.ASCII).fullmatch
CHANGED = "A spreadsheet has changed this number: format the column as text and export the file again."


def read_key(text: str, longest: int) -> str:
    """An identifier of a transaction or supplier; 62170.0, which spreadsheets make of it, becomes 62170.

    Empty if ``text`` means no value. Raises ValueError with a sentence.
    """
    text = read_words(text, longest)
    if CHANGED_KEY(text):
        raise ValueError(CHANGED)
    found = OF_FIGURES(text)
    return found[1] if found else text


def read_words(text: str, longest: int) -> str:
    """Text on one line with single spaces; empty if it means no value. Raises ValueError if it is too long."""
    words = " ".join(text.split())
    if words.casefold() in NOTHING:
        return ""
    if len(words) > longest:
        raise ValueError(f"Enter at most {longest} characters.")
    if not words.isprintable():
        words = "".join(c for c in words if c.isprintable())
    return words
