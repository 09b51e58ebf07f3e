"""The scope of a KPI: the as-at day and the filters, the same for page, file and command line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet

from sen_dashboard.core import formats
from sen_dashboard.core.periods import year_before

T = TypeVar("T")
Q = TypeVar("Q", bound=QuerySet[Any, Any])

LONGEST_CHOICE = 100  # characters
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


class ScopeError(ValueError):
    """The address or command line asks for something that cannot be shown.

    ``errors`` holds one sentence for each wrong parameter.
    """

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


def parse_day(text: str) -> date:
    """Read a day, 2019-03-31. Raises ValueError with a sentence for anything else, or a day beyond any record."""
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

    ``parse`` raises ValueError with a sentence. ``default`` may depend on the as-at date. ``year_before`` moves an
    explicit value a year back, for the comparison with the year before. A form offers ``choices``, or the ``options``
    that the records have on the day it is shown; without either, a box to type in. On the overview a filter that
    ``is_shared`` applies to all KPIs that have it. If the default is None, ``unchosen`` says what no choice means.
    """

    name: str
    label: str
    parse: Callable[[str], T]
    default: Callable[[date], T]
    choices: tuple[tuple[str, str], ...] = ()
    options: Callable[[], Sequence[tuple[str, str]]] | None = None
    year_before: Callable[[T], T] = lambda value: value
    is_shared: bool = False
    unchosen: str = "all"

    def describe(self, value: T) -> str:
        """Describe a value for people: "Primary need: Autistic spectrum disorder", "District: Thanet"."""
        words = (
            formats.day(value) if isinstance(value, date) else self.unchosen if value is None else str(value)
        )
        return f"{self.label}: {dict(self.choices).get(words, words)}"

    def briefly(self, value: T) -> str:
        """Describe a value for a line with the whole scope: "all districts", "District: Thanet"."""
        return self.unchosen if value is None else self.describe(value)


def choice(
    name: str,
    label: str,
    choices: Sequence[tuple[str, str]],
    *,
    default: str | None = None,
    is_shared: bool = False,
    unchosen: str = "all",
) -> "Filter[str | None]":
    """Return a filter over a fixed list of codes; without a ``default`` no choice (None) means ``unchosen``."""
    codes = dict(choices)

    def parse(text: str) -> str | None:
        if text not in codes:
            raise ValueError(f"“{text}” is not one of {', '.join(codes)}.")
        return text

    return Filter(
        name, label, parse, lambda _: default, tuple(choices), is_shared=is_shared, unchosen=unchosen
    )


def named(
    name: str,
    label: str,
    options: Callable[[], Sequence[tuple[str, str]]],
    *,
    is_shared: bool = False,
    unchosen: str = "all",
) -> "Filter[str | None]":
    """Return a filter over names in the records, such as districts; ``options`` gives the names to offer."""

    def parse(text: str) -> str | None:
        if not text.isprintable():
            raise ValueError(f"Enter the name of a {label.lower()}, in letters.")
        known = {code.casefold(): code for code, _ in options()}
        if text.casefold() not in known:
            raise ValueError(f"“{text}” is not a {label.lower()} in any record.")
        return known[text.casefold()]

    return Filter(name, label, parse, lambda _: None, options=options, is_shared=is_shared, unchosen=unchosen)


@dataclass(frozen=True)
class Scope:
    """The as-at day and the values of the filters. The same for page, file and command line."""

    as_at: date
    chosen: Mapping[str, Any] = field(default_factory=dict, hash=False)  # a mapping has no hash

    def __getitem__(self, wanted: Filter[T]) -> T:
        """The value of a filter: the reader's, or the filter's default on the as-at day."""
        value: T = self.chosen[wanted.name] if wanted.name in self.chosen else wanted.default(self.as_at)
        return value

    def narrow(self, records: Q, lookups: Mapping[Filter[Any], str]) -> Q:
        """Filter the records by the lookup of each filter that has a value."""
        return records.filter(**{lookup: self[f] for f, lookup in lookups.items() if self[f] is not None})

    def of(self, filters: Sequence[Filter[Any]]) -> "Scope":
        """Return the scope without choices for other filters."""
        known = {f.name for f in filters}
        return Scope(self.as_at, {name: value for name, value in self.chosen.items() if name in known})

    def on(self, day: date) -> "Scope":
        """The same question on another day."""
        return Scope(day, self.chosen)

    def year_before(self, filters: Sequence[Filter[Any]]) -> "Scope":
        """Return the same question a year earlier. Raises ValueError if the calendar has no year before."""
        moved = {f.name: f.year_before(self.chosen[f.name]) for f in filters if f.name in self.chosen}
        return Scope(year_before(self.as_at), moved)

    def filtered(self, filters: Sequence[Filter[Any]]) -> tuple[str, ...]:
        """Return the choices that make the answer differ from the published figure: "District: Thanet".

        The published figure is the one with all filters at their defaults.
        """
        return tuple(f.describe(self[f]) for f in filters if self[f] != f.default(self.as_at))


def _short(text: str) -> str:
    """Return the text of a choice. Raises ValueError if it is longer than any choice can be."""
    if len(text) > LONGEST_CHOICE:
        raise ValueError(f"Enter at most {LONGEST_CHOICE} characters.")
    return text


def parse_scope(given: Mapping[str, str], filters: Sequence[Filter[Any]], *, default_as_at: date) -> Scope:
    """Read a scope from a query string or command line; empty values count as not given.

    Names that are not filters of the KPI are ignored: the address may carry the scope of another page. A filter's
    default is no choice, even if a form sends it: it is dropped, so that it does not narrow the next page. Raises
    ScopeError with a sentence for every wrong value.
    """
    errors: dict[str, str] = {}
    as_at, chosen = default_as_at, {}
    for name, parse in {"as_at": parse_day, **{f.name: f.parse for f in filters}}.items():
        text = given.get(name, "").strip()
        if not text:
            continue
        try:
            value = parse(_short(text))
        except ValueError as error:
            errors[name] = str(error)
            continue
        if name == "as_at":
            as_at = value
        else:
            chosen[name] = value
    if errors:
        raise ScopeError(errors)
    defaults = {f.name: f.default(as_at) for f in filters}
    return Scope(as_at, {name: value for name, value in chosen.items() if value != defaults[name]})
