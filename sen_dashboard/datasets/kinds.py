"""The kinds of value in a data set (data contract, "Rules that hold for every file").

A kind reads text in SQL, for a whole file at once: as a value, or as NULL if the text is not of its kind. No text can
make the reading fail, so the problems of all rows are listed together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from psycopg2 import sql

from sen_dashboard.core.money import CREDIT, HOW_TO_WRITE, WRITTEN

YEAR = "(19|2[01])[0-9]{2}"  # the range of addresses (``kpi.scope``): a mistyped 2918 would move every page there
MONTH = "(0[1-9]|1[0-2])"
DAY = "(0[1-9]|[12][0-9]|3[01])"
DAY_BESIDE_A_NAME = "(0?[1-9]|[12][0-9]|3[01])"
MONTH_NAME = (
    "(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sep(t|tember)?|oct(ober)?|nov(ember)?"
    "|dec(ember)?)"
)
BEGINNINGS = "janfebmaraprmayjunjulaugsepoctnovdec"

UPPER = 'upper({v} COLLATE "C")'
"""SQL for text in upper case; only the letters A to Z change."""

NOTHING = (
    *("NULL", "N/A", "-"),
    *("#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"),
)
"""What systems and spreadsheets write for a missing value, in any case."""
LEAVE_EMPTY = "This means no value: leave it empty."

CHANGED = "^([0-9]+[.]0+|-?[0-9]([.][0-9]+)?[eE][+-][0-9]+)$"
"""A numeric key as a spreadsheet may change it: 100001.0 or 1.2E+12."""


@dataclass(frozen=True)
class ValueKind:
    """How to read a value, and the errors for text that is not one.

    ``template`` is SQL for the value of the text ``{v}``, which is neither NULL nor empty; the other names in braces
    are filled from ``constants``. ``because`` has sentences for some of the wrong texts, each with the SQL that finds
    them; ``reason`` is for the rest.
    """

    template: str
    reason: str
    constants: Mapping[str, object] = field(default_factory=dict)
    because: tuple[tuple[str, str], ...] = ()

    def read(self, text: sql.Composable) -> sql.Composed:
        """SQL for the value of ``text``, a column; NULL if it is not one."""
        return self._sql(self.template, text)

    def reasons(self, text: sql.Composable) -> list[tuple[sql.Composed, str]]:
        """The errors for text that is not a value, as SQL and sentence; the first whose SQL is true applies."""
        because = (*self.because, ("true", self.reason))
        return [(self._sql(condition, text), sentence) for condition, sentence in because]

    def _sql(self, template: str, text: sql.Composable) -> sql.Composed:
        constants = {name: sql.Literal(value) for name, value in self.constants.items()}
        return sql.SQL(template).format(v=text, **constants)


def is_nothing(text: sql.Composable) -> sql.Composed:
    """SQL that is true for text that means there is no value."""
    return sql.SQL(f"{UPPER} = ANY ({{nothing}})").format(v=text, nothing=sql.Literal(list(NOTHING)))


def text(longest: int | None) -> ValueKind:
    """Text of at most ``longest`` characters, or of any length."""
    fits = "length({v}) <= {longest}" if longest else "true"
    return ValueKind(
        f"CASE WHEN {fits} AND {UPPER} <> ALL ({{nothing}}) THEN {{v}} END",
        f"Enter at most {longest} characters." if longest else "Enter text.",
        {"longest": longest, "nothing": list(NOTHING)},
    )


def key(longest: int | None) -> ValueKind:
    """A key, or part of one: text that a spreadsheet has not changed into another number."""
    any_text = text(longest)
    return ValueKind(
        f"CASE WHEN {{v}} !~ {{changed}} THEN {any_text.template} END",
        any_text.reason,
        {**any_text.constants, "changed": CHANGED},
        (
            (
                "{v} ~ {changed}",
                "A spreadsheet has changed this number: format the column as text and export the file again.",
            ),
        ),
    )


def urn() -> ValueKind:
    """The number of a school in the register of schools: six figures."""
    return ValueKind("CASE WHEN {v} ~ '^[0-9]{{6}}$' THEN {v} END", "Enter the six figures of the URN.")


def code(codes: Iterable[str]) -> ValueKind:
    """One of a list of codes, in any case."""
    known = list(codes)
    return ValueKind(
        f"CASE WHEN {UPPER} = ANY ({{known}}) THEN {UPPER} END",
        f"Choose one of {', '.join(known)}.",
        {"known": known},
    )


def codes(codes: Iterable[str]) -> ValueKind:
    """Any number of codes of a list, in any case, separated by semicolons, kept in their order."""
    known = list(codes)
    split = rf"regexp_split_to_array({UPPER}, '\s*;\s*')"
    return ValueKind(
        f"CASE WHEN {split} <@ {{known}} THEN {split} END",
        f"Choose from {', '.join(known)}, separated by semicolons.",
        {"known": known},
    )


def yes_no() -> ValueKind:
    """Y or N, in any case."""
    return ValueKind(f"CASE {UPPER} WHEN 'Y' THEN true WHEN 'N' THEN false END", "Enter Y or N.")


def date() -> ValueKind:
    """A day of the calendar from 1900 to 2199, as 2019-03-31, 31/03/2019, 31-Mar-2019 or 31 March 2019."""
    iso = _day_of("left({v}, 4)", "substr({v}, 6, 2)", "right({v}, 2)")
    uk = _day_of("right({v}, 4)", "substr({v}, 4, 2)", "left({v}, 2)")
    named = _day_of("right({v}, 4)", _number_of(_part(2)), _part(1))
    return ValueKind(
        f"""CASE WHEN {{v}} ~ {{iso}} THEN {iso} WHEN {{v}} ~ {{uk}} THEN {uk}
            WHEN {{v}} ~ {{named}} THEN {named} END""",
        "Enter a date from 1900 to 2199 such as 2019-03-31, 31/03/2019 or 31-Mar-2019.",
        {
            "iso": f"^{YEAR}-{MONTH}-{DAY}$",
            "uk": f"^{DAY}/{MONTH}/{YEAR}$",
            "named": f"(?i)^{DAY_BESIDE_A_NAME}[- ]{MONTH_NAME}[- ]{YEAR}$",
            "two_figures": f"(?i)^({DAY}/{MONTH}/|{DAY_BESIDE_A_NAME}[- ]{MONTH_NAME}[- ])[0-9]{{2}}$",
        },
        (("{v} ~ {two_figures}", "Enter the year of the date in four figures."),),
    )


def _day_of(year: str, month: str, day: str) -> str:
    """SQL for the day, or NULL if the month has no such day."""
    last = f"make_date({year}::int, {month}::int, 1) + interval '1 month - 1 day'"
    return f"""
        CASE WHEN {day} <= '28' OR {day}::int <= extract(day FROM {last})
             THEN make_date({year}::int, {month}::int, {day}::int) END"""


def _part(number: int) -> str:
    """SQL for the part with that number, from 1, between hyphens or spaces."""
    return f"split_part(translate({{v}}, ' ', '-'), '-', {number})"


def _number_of(name: str) -> str:
    """SQL for the number of a month, 1 to 12, by its name."""
    return f"""((strpos('{BEGINNINGS}', lower(left({name}, 3) COLLATE "C")) + 2) / 3)"""


def month() -> ValueKind:
    """A month as 2018-04, 04/2018, Apr-18, April 2018 or its first day, kept as its first day.

    Two-digit years are from 1950 to 2049, as in spreadsheets.
    """
    day, year = date(), _part(2)
    century = f"CASE WHEN length({year}) = 4 THEN 0 WHEN {year} < '50' THEN 2000 ELSE 1900 END"
    return ValueKind(
        f"""CASE WHEN {{v}} ~ {{iso_month}} THEN ({{v}} || '-01')::date
            WHEN {{v}} ~ {{uk_month}} THEN make_date(right({{v}}, 4)::int, left({{v}}, 2)::int, 1)
            WHEN {{v}} ~ {{named_month}} THEN make_date({century} + {year}::int, {_number_of(_part(1))}, 1)
            WHEN extract(day FROM {day.template}) = 1 THEN {day.template} END""",
        "Enter a month from 1900 to 2199 such as 2018-04, 04/2018, Apr-18 or April 2018.",
        {
            **day.constants,
            "iso_month": f"^{YEAR}-{MONTH}$",
            "uk_month": f"^{MONTH}/{YEAR}$",
            "named_month": f"(?i)^{MONTH_NAME}[- ]({YEAR}|[0-9]{{2}})$",
        },
    )


def year(article_and_name: str) -> ValueKind:
    """A year that spans two calendar years, as 2018-19 or 2018/19, from 1900 to 2199; kept as 2018-19."""
    return ValueKind(
        """CASE WHEN {v} ~ {shape}
           THEN CASE WHEN (left({v}, 4)::int + 1) % 100 = right({v}, 2)::int THEN replace({v}, '/', '-') END END""",
        f"Enter {article_and_name} year such as 2018-19.",
        {"shape": f"^{YEAR}[-/][0-9]{{2}}$"},
    )


def amount(*, negative: bool = False) -> ValueKind:
    """Pounds to the penny below ten thousand million, as 1234.5, 1,234.50 or £1,234.50.

    If ``negative`` amounts are allowed, also as -5, -£5 or (5.00).
    """
    credit = "WHEN {v} ~ {credit} THEN -translate({v}, '-()£,', '')::numeric" if negative else ""
    return ValueKind(
        f"CASE WHEN {{v}} ~ {{shape}} THEN translate({{v}}, '£,', '')::numeric {credit} END",
        f"{HOW_TO_WRITE}, {'with a minus sign or in brackets for a credit' if negative else '0 or more'}.",
        {"shape": f"^{WRITTEN}$", "credit": f"^({CREDIT})$"},
    )


def percentage() -> ValueKind:
    """A percentage from 0 to 100 with at most two decimals."""
    return ValueKind(
        "CASE WHEN {v} ~ {shape} THEN {v}::numeric END",
        "Enter a percentage from 0 to 100 with at most two decimals.",
        {"shape": "^(100([.]0{1,2})?|[0-9]{1,2}([.][0-9]{1,2})?)$"},
    )


def whole_number(least: int, most: int) -> ValueKind:
    """A whole number from ``least`` to ``most``, of at most nine digits."""
    return ValueKind(
        """CASE WHEN {v} ~ '^-?[0-9]{{1,9}}$'
           THEN CASE WHEN {v}::int BETWEEN {least} AND {most} THEN {v}::int END END""",
        f"Enter a whole number from {least:,} to {most:,}.",
        {"least": least, "most": most},
    )


def number(digits: int) -> ValueKind:
    """A number of at most ``digits`` digits before the point and two after it, as 12, -1.5 or -40000."""
    return ValueKind(
        "CASE WHEN {v} ~ {shape} THEN {v}::numeric END",
        f"Enter a number such as -1.5, with at most {digits} digits and two decimals.",
        {"shape": f"^-?[0-9]{{1,{digits}}}([.][0-9]{{1,2}})?$"},
    )
