"""The KPI framework: scope, result, definition.

A KPI is one module that ends in ``KPI = Kpi(...)``. Its ``query`` turns a ``Scope`` into a ``Result`` in one or
two SQL statements; everything shown or exported (headline, sentence, facts, chart, table, CSV, JSON, command
line) is read from that one result, so that no two of them can disagree.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, TypeVar, get_args, get_type_hints

import django_tables2 as tables
import plotly.graph_objects as go

from sen_dashboard.core.formats import Unit, Value, show
from sen_dashboard.core.periods import year_before

T = TypeVar("T")
H = TypeVar("H")
R = TypeVar("R")

Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]


class Group(StrEnum):
    """The programme's order of KPIs, on the overview and in the navigation."""

    MONEY = "Money"
    PLACEMENTS = "Placements"
    PANEL = "Panel"
    PROVISION = "Provision"


class Better(StrEnum):
    """Which way is better; said on the page, and read by the direction of a tile."""

    HIGHER = "Higher is better"
    LOWER = "Lower is better"
    CLOSE_TO_TARGET = "Close to the forecast is better"
    NEITHER = "Neither way is better: for information"


class ScopeError(ValueError):
    """The address or command line asks for something that cannot be shown.

    ``errors`` holds one sentence for each name that was wrong.
    """

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


def parse_day(text: str) -> date:
    """Read 2019-03-31. Raises ValueError with a sentence for anything else, or a day beyond any record."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or text != day.isoformat():
        raise ValueError(f"“{text}” is not a date such as 2019-03-31.")
    if not EARLIEST <= day <= LATEST:
        raise ValueError(f"Choose a day between {EARLIEST.isoformat()} and {LATEST.isoformat()}.")
    return day


@dataclass(frozen=True)
class Filter(Generic[T]):
    """A choice a reader may make: its name in addresses and on the command line, and how to read it.

    ``parse`` raises ValueError with a sentence. ``default`` may depend on the as-at date. ``year_before`` moves
    an explicit value a year back, for the comparison with the year before.
    """

    name: str
    label: str
    parse: Callable[[str], T]
    default: Callable[[date], T]
    choices: tuple[tuple[str, str], ...] = ()
    year_before: Callable[[T], T] = lambda value: value


def choice(
    name: str, label: str, choices: Sequence[tuple[str, str]], *, default: str | None = None
) -> "Filter[str | None]":
    """A filter over a fixed list of codes; without ``default`` all are meant (None)."""
    codes = dict(choices)

    def parse(text: str) -> str | None:
        if text not in codes:
            raise ValueError(f"“{text}” is not one of {', '.join(codes)}.")
        return text

    return Filter(name, label, parse, lambda _: default, tuple(choices))


@dataclass(frozen=True)
class Scope:
    """What is asked: the as-at day and the filters' values. The same for page, file and command line."""

    as_at: date
    chosen: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, wanted: Filter[T]) -> T:
        """The value of a filter: the reader's, or the filter's default on the as-at day."""
        value: T = self.chosen[wanted.name] if wanted.name in self.chosen else wanted.default(self.as_at)
        return value

    def year_before(self, filters: Sequence[Filter[Any]]) -> "Scope":
        """The same question a year earlier. Raises ValueError where the calendar has no year before."""
        moved = {f.name: f.year_before(self.chosen[f.name]) for f in filters if f.name in self.chosen}
        return Scope(year_before(self.as_at), moved)


def parse_scope(given: Mapping[str, str], filters: Sequence[Filter[Any]], *, default_as_at: date) -> Scope:
    """Read a scope from a query string or command line; empty values count as not given.

    Names that are no filter of the KPI are ignored: the address may carry the scope of the page before.
    Raises ScopeError with a sentence for every wrong value.
    """
    errors: dict[str, str] = {}
    as_at, chosen = default_as_at, {}
    for name, parse in {"as_at": parse_day, **{f.name: f.parse for f in filters}}.items():
        text = given.get(name, "").strip()
        if not text:
            continue
        try:
            value = parse(text)
        except ValueError as error:
            errors[name] = str(error)
            continue
        if name == "as_at":
            as_at = value
        else:
            chosen[name] = value
    if errors:
        raise ScopeError(errors)
    return Scope(as_at, chosen)


@dataclass(frozen=True)
class Fact:
    """A figure beside the headline: what it is, its value, and the raw counts behind it."""

    label: str
    value: Value
    unit: Unit
    raw: str = ""

    @property
    def text(self) -> str:
        """The value in full, for a KPI page."""
        return show(self.value, self.unit)

    @property
    def short(self) -> str:
        """The value as a tile shows it."""
        return show(self.value, self.unit, short=True)


@dataclass(frozen=True)
class Result(Generic[H, R]):
    """The answer: a headline, rows, and caveats (sentences on what the figure leaves out this time).

    ``headline`` and the rows are frozen dataclasses whose fields are the KPI's published keys. In them money is
    Decimal, a percentage or ratio float, a count int, undefined None.
    """

    scope: Scope
    headline: H
    rows: tuple[R, ...]
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kpi(Generic[H, R]):
    """A KPI: its definition in words, and how to compute and show it."""

    slug: str
    title: str
    question: str
    group: Group
    numerator: str
    denominator: str
    left_out: str
    undefined: str
    better: Better
    owner: str
    reviewed_on: date
    source: str
    query: Callable[[Scope], Result[H, R]]
    sentence: Callable[[Result[H, R]], str]
    facts: Callable[[Result[H, R]], tuple[Fact, ...]]  # the first is the KPI's figure, which its tile shows
    figure: Callable[[Result[H, R]], go.Figure]
    table: type[tables.Table]
    caption: Callable[[Result[H, R]], str]
    filters: tuple[Filter[Any], ...] = ()

    @property
    def row_keys(self) -> tuple[str, ...]:
        """The published keys of a row, also when there is no row: read from the type that ``query`` returns."""
        _, row = get_args(get_type_hints(self.query)["return"])
        return tuple(f.name for f in dataclasses.fields(row))

    def data(self, result: Result[H, R]) -> dict[str, Plain]:
        """The result as JSON holds it: slug, title, as_at, headline, rows, caveats."""
        return {
            "slug": self.slug,
            "title": self.title,
            "as_at": result.scope.as_at.isoformat(),
            "headline": plain_fields(result.headline),
            "rows": [plain_fields(row) for row in result.rows],
            "caveats": list(result.caveats),
        }


def plain(value: Any) -> Plain:
    """A value for JSON or CSV: dates ISO, pounds to the penny as numbers, percentages unrounded."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain_fields(value)
    assert value is None or isinstance(value, str | int | float)
    return value


def plain_fields(record: Any) -> dict[str, Plain]:
    """A headline or row as a dictionary of plain values, in the order of its fields."""
    return {f.name: plain(getattr(record, f.name)) for f in dataclasses.fields(record)}


@dataclass(frozen=True)
class Direction:
    """How a figure moved since the year before: words, whether that is better or worse, and an arrow."""

    words: str
    verdict: str
    arrow: str = ""


def direction(better: Better, now: Fact, before: Fact) -> Direction:
    """Compare a KPI's figure with that of the year before; the verdict follows which way is better."""
    if not isinstance(now.value, int | float | Decimal) or not isinstance(
        before.value, int | float | Decimal
    ):
        return Direction("No figure a year before to compare with", "")
    if now.short == before.short:
        return Direction(f"Level with a year before ({before.short})", "", "=")
    rose = now.value > before.value
    words, arrow = f"{'Up' if rose else 'Down'} from {before.short} a year before", "▲" if rose else "▼"
    if better in (Better.HIGHER, Better.LOWER):
        return Direction(words, "better" if rose == (better is Better.HIGHER) else "worse", arrow)
    return Direction(words, "", arrow)
