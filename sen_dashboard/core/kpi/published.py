"""The meaning of a table's published keys: their kind, the records a number counts, and who may read it.

A KPI or extract says this once, in one mapping (``Keys``). Its table, the lists behind its numbers, the links of its
chart and disclosure control all derive from it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any, Generic, TypeVar

import django_tables2 as tables
from django.db.models import QuerySet, Sum, TextChoices

from sen_dashboard.core.codes import Need
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.counted import Counted, partitions_of
from sen_dashboard.core.kpi.quantities import Addition, Amount, Contents, Identified, Quantity, part
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.web.tables import CodeColumn, KindColumn, KpiTable, NeedColumn

R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True)
class RowKey(Generic[R, T]):
    """How a row is identified, so that its records can be asked for.

    ``of`` reads the key from a row. ``written`` writes it for addresses; ``parse`` reads that again, and raises
    ValueError if there can be no such row. ``describe`` writes it for people. If a row is about a school, which its
    table then names in the column "school", ``school`` takes the school's key from the text of ``written``. If rows can
    be shown in several ways, ``shown_by`` gives the choices under which this row is shown.
    """

    of: Callable[[R], T]
    parse: Callable[[str], T]
    describe: Callable[[T], str]
    written: Callable[[T], str] = str
    school: Callable[[str], str] | None = None
    shown_by: Callable[[str], Mapping[str, str]] = lambda _: {}

    def text(self, row: R) -> str:
        """Return the key of the row as written in addresses."""
        return self.written(self.of(row))


def as_at(scope: Scope, row: Any) -> date:
    """Return the as-at day, to which a number refers unless its key says otherwise."""
    return scope.as_at


@dataclass(frozen=True)
class Behind:
    """The records behind a number, so that a reader can see each of them.

    ``of`` takes the scope and the key of a row, or None for the headline, and returns the very records counted, open to
    further filters. With ``total``, one of their columns, the number is its sum in £ or places; otherwise it is their
    count. ``day`` returns the day to which the number refers. ``listed`` names the list that shows them, if it is not
    the usual list for records of their kind.
    """

    title: str
    of: Callable[[Scope, Any], QuerySet[Any, Any]]
    total: str = ""
    day: Callable[[Scope, Any], date] = as_at
    listed: str = ""

    def measure(self, records: QuerySet[Any, Any]) -> Any:
        """Return the count of the records, or the sum of their ``total`` (None for no records): one statement."""
        return records.aggregate(sum=Sum(self.total))["sum"] if self.total else records.count()


# Who may read a number


@dataclass(frozen=True)
class Open:
    """Nothing about a child: places, days, budgets, names, codes. For a number, ``because`` says why this is so."""

    because: str = ""


@dataclass(frozen=True)
class Withheld:
    """Counts too detailed for the public, never shown: hiding some of them would mean hiding larger numbers too."""


@dataclass(frozen=True)
class Counts:
    """A count of children, plans, cases or placements: ``of`` takes the scope and the key of the row, if any.

    In a dictionary of counts by code it takes the code as well; in a list of records it takes the record instead of a
    row's key.
    """

    of: Callable[..., Identified]
    times: int = 1
    """For a mean, the number of counts averaged: the count is their sum."""


@dataclass(frozen=True)
class Money:
    """The total cost or value of counted children or cases, or with ``is_average`` the average.

    ``of`` gives its identity, from the scope and the key of the row; ``counted`` is the key of their number.
    """

    of: Callable[[Scope, Any], Identified]
    counted: str
    is_average: bool = False


@dataclass(frozen=True)
class RestsOn:
    """A share, difference or other measure derived from counts: hidden with any of the counts that it rests on.

    ``keys`` are keys of the same record, ``headline`` of the headline, ``rows`` of each row; ``on`` gives other counts,
    from the result and the key of the row. ``made`` calculates the value from the values published under these keys, a
    list for each of ``rows``: the public value is calculated from public values. Without it the value is shown only if
    every count is shown as it is, unless it ``is_mute`` and reveals nothing about them.
    """

    keys: tuple[str, ...] = ()
    headline: tuple[str, ...] = ()
    on: Callable[[Any, Any], Iterable[Identified]] = lambda result, row: ()
    if_small: bool = False
    """Whether it is hidden only with small counts: spending on many children does not reveal how many there are."""
    made: Callable[..., Any] | None = None
    rows: tuple[str, ...] = ()
    is_mute: bool = False


@dataclass(frozen=True)
class Records:
    """A list of records with keys of their own; ``ranked_by`` as in ``Keys``."""

    keys: "Mapping[str, Key]"
    ranked_by: str = ""


Access = Open | Withheld | Counts | Money | RestsOn | Records


# A key


@dataclass(frozen=True)
class Key:
    """A published key. Without a ``heading`` it has no column in the table.

    ``codes`` is the list of the codes that it holds; ``by_code`` are the words of the codes that it counts by.
    ``order_by`` are the keys that its column is sorted by, if not its own.
    """

    kind: Kind
    access: Access
    heading: str = ""
    behind: Behind | None = None
    codes: type[TextChoices] | None = None
    by_code: Mapping[str, str] = field(default_factory=dict)
    order_by: tuple[str, ...] = ()

    def column(self) -> tables.Column:
        """Return its column of the table."""
        if self.codes is Need:
            return NeedColumn(verbose_name=self.heading)
        if self.codes:
            return CodeColumn(self.codes, verbose_name=self.heading)
        if self.by_code:
            return ByCodeColumn(self.by_code, verbose_name=self.heading)
        sorted_by = {"order_by": self.order_by} if self.order_by else {}
        if self.kind is Kind.TEXT:
            return tables.Column(verbose_name=self.heading, default="", **sorted_by)
        return KindColumn(self.kind, verbose_name=self.heading, **sorted_by)


class ByCodeColumn(tables.Column):
    """Numbers by code, in words, without zeros: "Panel 3, Parental 1"."""

    def __init__(self, words: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(orderable=False, **kwargs)
        self.words = words

    def render(self, value: Mapping[str, int]) -> str:
        return by_code_in_words(value, self.words)


def by_code_in_words(numbers: Mapping[str, int], words: Mapping[str, str]) -> str:
    """Return "Panel 3, Parental 1"; "none" if all are 0."""
    parts = [f"{label} {Kind.COUNT.text(numbers[code])}" for code, label in words.items() if numbers[code]]
    return ", ".join(parts) or "none"


def text(heading: str = "", *, order_by: tuple[str, ...] = ()) -> Key:
    """Return the key of a name, or other words."""
    return Key(Kind.TEXT, Open(), heading, order_by=order_by)


def code(codes: type[TextChoices], heading: str = "") -> Key:
    """Return the key of a code, written in words in the table; for a need the code as well, since charts show it."""
    return Key(Kind.TEXT, Open(), heading, codes=codes)


def known(kind: Kind, heading: str = "", *, because: str = "") -> Key:
    """Return the key of a day, month or year, or of a number that reveals nothing about a child.

    ``because`` says why a number reveals nothing.
    """
    return Key(kind, Open(because), heading)


def count(
    title: str,
    of: Callable[[Scope, Any], Counted[Any]],
    heading: str | None = None,
    *,
    is_withheld: bool = False,
    listed: str = "",
) -> Key:
    """Return the key of the number of a counted set, which is given by the scope and the key of a row.

    ``title`` is the title of the list of its records, and of its column too unless another ``heading`` is given;
    ``listed`` as in ``Behind``.
    """
    behind = Behind(
        title,
        lambda scope, row: of(scope, row).records,
        day=lambda scope, row: of(scope, row).quantity.day or scope.as_at,
        listed=listed,
    )
    access = Withheld() if is_withheld else Counts(of)
    return Key(Kind.COUNT, access, title if heading is None else heading, behind)


def sum_of(
    title: str,
    of: Callable[[Scope, Any], QuerySet[Any, Any]],
    column: str,
    access: Access,
    heading: str | None = None,
    *,
    kind: Kind = Kind.POUNDS,
    day: Callable[[Scope, Any], date] = as_at,
) -> Key:
    """Return the key of the sum of a column; ``title`` and ``heading`` as in ``count``, ``day`` as in ``Behind``."""
    return Key(kind, access, title if heading is None else heading, Behind(title, of, column, day))


def measure(
    kind: Kind,
    heading: str,
    *keys: str,
    headline: tuple[str, ...] = (),
    on: Callable[[Any, Any], Iterable[Identified]] = lambda result, row: (),
    if_small: bool = False,
    made: Callable[..., Any] | None = None,
    rows: tuple[str, ...] = (),
    is_mute: bool = False,
    order_by: tuple[str, ...] = (),
) -> Key:
    """Return the key of a share, difference or other measure of other keys' values; ``heading`` may be empty."""
    access = RestsOn(keys, headline, on, if_small, made, rows, is_mute)
    return Key(kind, access, heading, order_by=order_by)


def average_of(heading: str, of: Callable[[Scope, Any], Identified], counted: str) -> Key:
    """Return the key of the average cost or value of children or cases; the arguments as in ``Money``."""
    return Key(Kind.POUNDS, Money(of, counted, is_average=True), heading)


# All keys


def _none(result: Any) -> tuple[()]:
    return ()


@dataclass(frozen=True, eq=False)  # there is one for each KPI, so it can be a key
class Keys:
    """The published keys of a headline and of its rows, in the table's order, and how the counts under them add up."""

    row_key: RowKey[Any, Any]
    headline: Mapping[str, Key]
    row: Mapping[str, Key]
    sums: Callable[[Any], Iterable[Addition]] = _none
    amounts: Callable[[Any], Iterable[Amount]] = _none
    absent: Callable[[Any], Iterable[Identified]] = _none
    """Counts that a reader knows to be 0, because they have no row."""
    has_all_rows: bool = False
    """Whether there is a row even where there is nothing to count, such as one for each month."""
    ranked_by: str = ""
    """The number that orders the rows, directly or through what rests on it, so that their position can reveal it."""
    whole: Mapping[str, str] = field(default_factory=dict)
    """The numbers of the rows that add up to one of the headline: rows in which these are hidden are merged."""
    needed: tuple[str, ...] = ()
    """The keys of the headline that readers need most, in order; then come the others, then the larger rows."""
    names_prices: bool = False
    """Whether its rows name schools beside the cost of their places: public only if the council allows it."""
    open_caveats: bool = False
    """Whether its caveats count no children. Other caveats are not public, since no cell protects their numbers."""

    @cached_property
    def table(self) -> type[KpiTable]:
        """The table of the rows: a column for each key with a heading."""
        columns = {name: key.column() for name, key in self.row.items() if key.heading}
        return type("Table", (KpiTable,), columns)

    @cached_property
    def behind(self) -> Mapping[str, Behind]:
        """The records behind each number that can be listed, by its key."""
        every = (*self.headline.items(), *self.row.items())
        return {name: key.behind for name, key in every if key.behind}

    def lists_of(self, name: str, *, is_row: bool = False) -> tuple[str, ...]:
        """Return the keys of the records behind the number under a key: its own, or of the numbers it rests on."""
        key = (self.row if is_row else self.headline)[name]
        if key.behind:
            return (name,)
        if isinstance(key.access, Money):
            return self.lists_of(key.access.counted, is_row=is_row)
        if not isinstance(key.access, RestsOn):
            return ()
        own = (found for one in key.access.keys for found in self.lists_of(one, is_row=is_row))
        of_headline = (found for one in key.access.headline for found in self.lists_of(one))
        return tuple(dict.fromkeys((*own, *of_headline)))

    # Disclosure control

    def contents(self, result: Any) -> Contents:
        """Return the counts that the result shows, with what is known about them.

        If the result is narrowed, for example to a district, each count is a part of the whole council's.
        """
        shown = dict(self._counts(result))
        narrowed = [
            part(quantity.without(name), quantity)
            for quantity in shown
            for name in result.scope.chosen
            if name in dict(quantity.dimensions)
        ]
        sized, amounts = dict.fromkeys(self._sized(result)), tuple(self.amounts(result))
        parts = partitions_of((*shown, *(amount.quantity for amount in amounts)))
        sums = (*self.sums(result), *narrowed, *parts)
        listed = frozenset(self._listed(result))
        return Contents(shown, sums, amounts, tuple(sized), self._ranks(result), listed)

    def _ranks(self, result: Any) -> dict[Quantity, int]:
        """Return how much readers need each count of the headline: ``needed`` ones first, then in the keys' order."""
        order = (*self.needed, *(name for name in self.headline if name not in self.needed))
        first = {name: self.headline[name] for name in order}
        named = _counts_of(first, result, result.headline, None)
        return {quantity: rank for rank, (quantity, _) in reversed([*enumerate(named)])}

    def resting(
        self, name: str, keys: Mapping[str, Key], result: Any, record: Any, row: Any
    ) -> Iterator[Quantity]:
        """Yield the counts on which the number under a key rests, except unknown ones."""
        access = keys[name].access
        if isinstance(access, Counts) and getattr(record, name) is not None:
            yield access.of(result.scope, row).quantity
        elif isinstance(access, Money):
            yield from self.resting(access.counted, keys, result, record, row)
        elif isinstance(access, RestsOn):
            for one in access.keys:
                yield from self.resting(one, keys, result, record, row)
            for one in access.headline:
                yield from self.resting(one, self.headline, result, result.headline, None)
            yield from (counted.quantity for counted in access.on(result, row))

    def _records(self, result: Any) -> Iterator[tuple[Mapping[str, Key], Any, Any]]:
        """Yield the headline and each row: its keys, the record, and the key that identifies it."""
        yield self.headline, result.headline, None
        yield from ((self.row, row, self.row_key.of(row)) for row in result.rows)

    def _sized(self, result: Any) -> Iterator[Quantity]:
        for keys, record, row in self._records(result):
            for name, key in keys.items():
                if isinstance(key.access, RestsOn) and key.access.if_small:
                    yield from self.resting(name, keys, result, record, row)

    def _counts(self, result: Any) -> Iterator[tuple[Quantity, int]]:
        for keys, record, row in self._records(result):
            yield from _counts_of(keys, result, record, row)
        yield from ((counted.quantity, 0) for counted in self.absent(result))

    def _listed(self, result: Any) -> Iterator[Quantity]:
        """Yield the counts that have a row, or a record in the headline, only if they are not 0.

        This excludes rows if there is a ``whole``, since hidden rows can then be merged with missing ones.
        """
        within = {name: key for name, key in self.headline.items() if isinstance(key.access, Records)}
        yield from (quantity for quantity, _ in _counts_of(within, result, result.headline, None))
        if self.has_all_rows or self.whole:
            return
        for keys, record, row in islice(self._records(result), 1, None):
            yield from (quantity for quantity, _ in _counts_of(keys, result, record, row))
        yield from (counted.quantity for counted in self.absent(result))


def _counts_of(keys: Mapping[str, Key], result: Any, record: Any, row: Any) -> Iterator[tuple[Quantity, int]]:
    for name, key in keys.items():
        value, access = getattr(record, name), key.access
        if value is None:
            continue
        if isinstance(access, Counts) and isinstance(value, dict):
            yield from (
                (access.of(result.scope, row, code).quantity, number) for code, number in value.items()
            )
        elif isinstance(access, Counts):
            yield access.of(result.scope, row).quantity, round(value * access.times)
        elif isinstance(access, Records):
            for nested in value:
                yield from _counts_of(access.keys, result, nested, nested)
