"""The kinds of value in a data set (data contract, "Rules that hold for every file").

A kind reads text in SQL, for a whole file at once: to a value, or to NULL where the text is none of its kind. No text
whatever makes the reading fail, so that the problems of all rows can be listed together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from psycopg2 import sql

from sen_dashboard.core.money import HOW_TO_WRITE, WRITTEN

YEAR = "(19|2[01])[0-9]{2}"  # as far as addresses reach (``core.kpi``): a mistyped 2918 would move every page there
MONTH = "(0[1-9]|1[0-2])"
DAY = "(0[1-9]|[12][0-9]|3[01])"


@dataclass(frozen=True)
class Kind:
    """How to read a value, and what to say of text that is no such value.

    ``template`` is SQL for the value of the text ``{v}``, which is neither NULL nor empty; the other names in
    braces stand for ``constants``.
    """

    template: str
    reason: str
    constants: Mapping[str, object] = field(default_factory=dict)

    def read(self, text: sql.Composable) -> sql.Composed:
        """SQL for the value that ``text``, a column, holds; NULL where it holds none."""
        constants = {name: sql.Literal(value) for name, value in self.constants.items()}
        return sql.SQL(self.template).format(v=text, **constants)


def text(longest: int | None) -> Kind:
    """Text of at most ``longest`` characters, or of any length."""
    if longest is None:
        return Kind("{v}", "Enter text.")
    return Kind(
        "CASE WHEN length({v}) <= {longest} THEN {v} END",
        f"Enter at most {longest} characters.",
        {"longest": longest},
    )


def code(codes: Iterable[str]) -> Kind:
    """One of a list of codes, exactly as listed."""
    known = list(codes)
    return Kind(
        "CASE WHEN {v} = ANY ({known}) THEN {v} END", f"Choose one of {', '.join(known)}.", {"known": known}
    )


def codes(codes: Iterable[str]) -> Kind:
    """Any number of codes of a list, separated by semicolons, kept in their order."""
    known = list(codes)
    return Kind(
        r"""CASE WHEN regexp_split_to_array({v}, '\s*;\s*') <@ {known}
            THEN regexp_split_to_array({v}, '\s*;\s*') END""",
        f"Choose from {', '.join(known)}, separated by semicolons.",
        {"known": known},
    )


def yes_no() -> Kind:
    """Y or N."""
    return Kind("CASE {v} WHEN 'Y' THEN true WHEN 'N' THEN false END", "Enter Y or N.")


def date() -> Kind:
    """A day of the calendar from 1900 to 2199, as 2019-03-31 or 31/03/2019."""
    iso = _day_of("left({v}, 4)", "substr({v}, 6, 2)", "right({v}, 2)")
    uk = _day_of("right({v}, 4)", "substr({v}, 4, 2)", "left({v}, 2)")
    return Kind(
        f"CASE WHEN {{v}} ~ {{iso}} THEN {iso} WHEN {{v}} ~ {{uk}} THEN {uk} END",
        "Enter a date from 1900 to 2199 such as 2019-03-31 or 31/03/2019.",
        {"iso": f"^{YEAR}-{MONTH}-{DAY}$", "uk": f"^{DAY}/{MONTH}/{YEAR}$"},
    )


def _day_of(year: str, month: str, day: str) -> str:
    """SQL for the day, or NULL where the month has no such day."""
    last = f"make_date({year}::int, {month}::int, 1) + interval '1 month - 1 day'"
    return f"""
        CASE WHEN {day} <= '28' OR {day}::int <= extract(day FROM {last})
             THEN make_date({year}::int, {month}::int, {day}::int) END"""


def month() -> Kind:
    """A month as 2018-04, kept as its first day."""
    return Kind(
        "CASE WHEN {v} ~ {shape} THEN ({v} || '-01')::date END",
        "Enter a month from 1900 to 2199 such as 2018-04.",
        {"shape": f"^{YEAR}-{MONTH}$"},
    )


def year(article_and_name: str) -> Kind:
    """A year that spans two calendar years, as 2018-19, from 1900 to 2199."""
    return Kind(
        """CASE WHEN {v} ~ {shape}
           THEN CASE WHEN (left({v}, 4)::int + 1) % 100 = right({v}, 2)::int THEN {v} END END""",
        f"Enter {article_and_name} year such as 2018-19.",
        {"shape": f"^{YEAR}-[0-9]{{2}}$"},
    )


def amount(*, negative: bool = False) -> Kind:
    """Pounds to the penny below ten thousand million, as 1234.5, 1,234.50 or £1,234.50."""
    return Kind(
        "CASE WHEN {v} ~ {shape} THEN translate({v}, '£,', '')::numeric END",
        f"{HOW_TO_WRITE}, {'with a minus sign for a credit' if negative else '0 or more'}.",
        {"shape": f"^{'-?' if negative else ''}{WRITTEN}$"},
    )


def percentage() -> Kind:
    """A percentage from 0 to 100 with at most two decimals."""
    return Kind(
        "CASE WHEN {v} ~ {shape} THEN {v}::numeric END",
        "Enter a percentage from 0 to 100 with at most two decimals.",
        {"shape": "^(100([.]0{1,2})?|[0-9]{1,2}([.][0-9]{1,2})?)$"},
    )


def whole_number(least: int, most: int) -> Kind:
    """A whole number from ``least`` to ``most``, of at most nine digits."""
    return Kind(
        """CASE WHEN {v} ~ '^-?[0-9]{{1,9}}$'
           THEN CASE WHEN {v}::int BETWEEN {least} AND {most} THEN {v}::int END END""",
        f"Enter a whole number from {least:,} to {most:,}.",
        {"least": least, "most": most},
    )


def number(digits: int) -> Kind:
    """A number of at most ``digits`` digits before the point and two after it, as 12, -1.5 or -40000."""
    return Kind(
        "CASE WHEN {v} ~ {shape} THEN {v}::numeric END",
        f"Enter a number such as -1.5, with at most {digits} digits and two decimals.",
        {"shape": f"^-?[0-9]{{1,{digits}}}([.][0-9]{{1,2}})?$"},
    )
