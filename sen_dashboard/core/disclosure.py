"""What the numbers of a public table are: counts of children, what rests on counts, and what is open.

A KPI says it once for each of its published keys (``Disclosure``), and how its counts add up. The rule itself, which
counts are hidden, is in ``suppression.py``; docs/adr/0012-disclosure.md says why it is so.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Self

Dimension = str | date | bool
REST = "rest"


@dataclass(frozen=True, order=True)
class Quantity:
    """What is counted and where, and so the same wherever it is shown: a table, another table, next month's report.

    Two numbers have one quantity only where their definitions make them equal whatever the records. Dimensions are
    kept as text, sorted by name.
    """

    name: str
    dimensions: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, name: str, **dimensions: Dimension | None) -> Self:
        """The quantity of that name; a dimension that is None is left out: all of its values are meant."""
        known = sorted((key, _text(value)) for key, value in dimensions.items() if value is not None)
        return cls(name, tuple(known))

    def having(self, **dimensions: Dimension | None) -> "Quantity":
        """The part of it with these dimensions too."""
        return Quantity.of(self.name, **{**dict(self.dimensions), **dimensions})

    def without(self, dimension: str) -> "Quantity":
        """The whole that it is a part of: the same, whatever the dimension."""
        return Quantity(self.name, tuple(pair for pair in self.dimensions if pair[0] != dimension))

    def less(self, *parts: "Quantity") -> "Quantity":
        """What remains of it without the parts; nobody shows it, but it can be worked out."""
        return Quantity(REST, (("of", self.text), ("without", json.dumps([part.text for part in parts]))))

    @property
    def text(self) -> str:
        """The quantity as JSON: its name, then its dimensions."""
        return json.dumps([self.name, dict(self.dimensions)])

    @property
    def words(self) -> str:
        """The quantity for people: ``children (day 2019-03-31, provision INMSS)``."""
        dimensions = dict(self.dimensions)
        if self.name == REST:
            parts = " and ".join(Quantity.parse(part).words for part in json.loads(dimensions["without"]))
            return f"{Quantity.parse(dimensions['of']).words} less {parts}"
        listed = ", ".join(f"{name} {value}" for name, value in self.dimensions)
        return f"{self.name} ({listed})" if listed else self.name

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what ``text`` wrote. Raises ValueError for anything else."""
        try:
            name, dimensions = json.loads(text)
            return cls.of(name, **dimensions)
        except (TypeError, AttributeError) as error:
            raise ValueError(f"“{text}” names no quantity.") from error


def _text(value: Dimension) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


@dataclass(frozen=True)
class Addition:
    """The whole is the sum of its parts, whether they are shown or not. None is below 0."""

    whole: Quantity
    parts: tuple[Quantity, ...]


def total(whole: Quantity, parts: Iterable[Quantity]) -> Addition:
    """The parts are all of the whole."""
    return Addition(whole, tuple(parts))


def part(whole: Quantity, *parts: Quantity) -> Addition:
    """The parts are some of the whole, each record in one of them at most; what remains is a count as well."""
    return Addition(whole, (*parts, whole.less(*parts)))


@dataclass(frozen=True)
class Amount:
    """A sum of money in £ that whoever sees the count of records behind it can also see, or work out."""

    quantity: Quantity
    pounds: Decimal
    count: Quantity


# The classes of a published key


@dataclass(frozen=True)
class Open:
    """Nothing about a child: places, days, budgets, names, codes."""


@dataclass(frozen=True)
class Withheld:
    """Counts too fine for the public, which are never shown: hiding some of them would cost greater numbers."""


@dataclass(frozen=True)
class Counted:
    """A count of children, plans, cases or placements: ``of`` takes the result and the headline or row.

    In a dictionary of counts by code it takes the code as well.
    """

    of: Callable[..., Quantity]
    times: int = 1
    """For a mean, over how many: the count is their sum."""


@dataclass(frozen=True)
class Measure:
    """An average, share or sum of what is counted: hidden with any of the counts that it rests on.

    ``keys`` are counts of the same record, ``headline`` counts of the headline, ``on`` gives others, from the result
    and the record.
    """

    keys: tuple[str, ...] = ()
    headline: tuple[str, ...] = ()
    on: Callable[[Any, Any], Iterable[Quantity]] = lambda result, record: ()
    if_small: bool = False
    """Whether it is hidden only with small counts, as what is spent on many tells their number to nobody."""


@dataclass(frozen=True)
class Each:
    """A dictionary of counts by code."""

    count: Counted


@dataclass(frozen=True)
class Records:
    """A list of records, with the class of each of their keys."""

    keys: "Mapping[str, Shown]"
    ranked_by: str = ""  # as of Disclosure


Shown = Open | Withheld | Counted | Measure | Each | Records
OPEN, WITHHELD = Open(), Withheld()


def open_keys(*names: str) -> dict[str, Shown]:
    """The keys that say nothing about a child."""
    return dict.fromkeys(names, OPEN)


def rests_on(*keys: str, headline: Iterable[str] = ()) -> Measure:
    """A measure of counts of the same record and of the headline."""
    return Measure(keys, tuple(headline))


def _none(result: Any) -> tuple[()]:
    return ()


@dataclass(frozen=True, eq=False)  # one of each KPI, which can so be a key
class Disclosure:
    """How the published numbers of a KPI may be shown to anyone: the class of every key, and how counts add up."""

    headline: Mapping[str, Shown]
    row: Mapping[str, Shown]
    sums: Callable[[Any], Iterable[Addition]] = _none
    amounts: Callable[[Any], Iterable[Amount]] = _none
    absent: Callable[[Any], Iterable[Quantity]] = _none
    """Counts that a reader knows to be 0, because they have no row."""
    ranked_by: str = ""
    """The count in whose order, or in that of what rests on it, the rows are; their place then tells a hidden one."""
    open_caveats: bool = False
    """Whether its caveats count no children. Other caveats are not public: no cell holds what they count."""

    def contents(self, result: Any) -> "Contents":
        """The counts that the result shows, with what is known about them.

        Where the result is narrowed, as to a district, each count is a part of that of the whole council.
        """
        shown = dict(self._counts(result))
        narrowed = [
            part(quantity.without(name), quantity)
            for quantity in shown
            for name in result.scope.chosen
            if name in dict(quantity.dimensions)
        ]
        sized = dict.fromkeys(self._sized(result))
        return Contents(shown, (*self.sums(result), *narrowed), tuple(self.amounts(result)), tuple(sized))

    def _sized(self, result: Any) -> Iterator[Quantity]:
        records = [(self.headline, result.headline), *((self.row, row) for row in result.rows)]
        for keys, record in records:
            for shown in keys.values():
                if isinstance(shown, Measure) and shown.if_small:
                    yield from self.behind(shown, keys, result, record)

    def behind(
        self, measure: Measure, keys: Mapping[str, Shown], result: Any, record: Any
    ) -> Iterator[Quantity]:
        """The counts that a measure of the record rests on; ``keys`` are the classes of the record's keys."""
        yield from _named(measure.keys, keys, result, record)
        yield from _named(measure.headline, self.headline, result, result.headline)
        yield from measure.on(result, record)

    def _counts(self, result: Any) -> Iterator[tuple[Quantity, int]]:
        yield from _counts_of(self.headline, result, result.headline)
        for row in result.rows:
            yield from _counts_of(self.row, result, row)
        yield from ((quantity, 0) for quantity in self.absent(result))


def _named(names: Iterable[str], keys: Mapping[str, Shown], result: Any, record: Any) -> Iterator[Quantity]:
    """The quantities of those counts of the record that are known."""
    for name in names:
        count = keys[name]
        assert isinstance(count, Counted), f"{name} is no count"
        if getattr(record, name) is not None:
            yield count.of(result, record)


def _counts_of(keys: Mapping[str, Shown], result: Any, record: Any) -> Iterator[tuple[Quantity, int]]:
    for key, shown in keys.items():
        value = getattr(record, key)
        if value is None:
            continue
        if isinstance(shown, Counted):
            yield shown.of(result, record), round(value * shown.times)
        elif isinstance(shown, Each):
            yield from ((shown.count.of(result, record, code), number) for code, number in value.items())
        elif isinstance(shown, Records):
            for nested in value:
                yield from _counts_of(shown.keys, result, nested)


@dataclass(frozen=True)
class Contents:
    """Public tables: the counts that have a cell, how they add up, and the sums of money that go with them."""

    shown: Mapping[Quantity, int] = field(default_factory=dict)
    sums: tuple[Addition, ...] = ()
    amounts: tuple[Amount, ...] = ()
    sized: tuple[Quantity, ...] = ()
    """Counts of which it can be seen whether they are small, since a figure is hidden then and only then."""

    @classmethod
    def merged(cls, tables: "Iterable[Contents]") -> Self:
        """All of the tables as one.

        Raises ValueError where two of them show one quantity with two values: that is a wrong identity.
        """
        shown: dict[Quantity, int] = {}
        sums: dict[Addition, None] = {}
        amounts: dict[Amount, None] = {}
        sized: dict[Quantity, None] = {}
        for table in tables:
            for quantity, value in table.shown.items():
                if shown.setdefault(quantity, value) != value:
                    raise ValueError(f"{quantity.text} is both {shown[quantity]} and {value}.")
            sums |= dict.fromkeys(table.sums)
            amounts |= dict.fromkeys(table.amounts)
            sized |= dict.fromkeys(table.sized)
        return cls(shown, tuple(sums), tuple(amounts), tuple(sized))

    def values(self) -> dict[Quantity, int | Decimal]:
        """The values of the tables' numbers, also of those that nobody shows but that the sums give."""
        values: dict[Quantity, int | Decimal] = {**self.shown, **{a.quantity: a.pounds for a in self.amounts}}
        left: Sequence[Addition] = self.sums
        while left:
            unsolved = []
            for one in left:
                unknown = [quantity for quantity in (one.whole, *one.parts) if quantity not in values]
                if len(unknown) > 1:
                    unsolved.append(one)
                elif unknown:
                    known = sum(values[part] for part in one.parts if part in values)
                    values[unknown[0]] = known if unknown[0] == one.whole else values[one.whole] - known
            if len(unsolved) == len(left):
                break
            left = unsolved
        return values

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "shown": {quantity.text: value for quantity, value in self.shown.items()},
            "sums": [[one.whole.text, [p.text for p in one.parts]] for one in self.sums],
            "amounts": [[a.quantity.text, str(a.pounds), a.count.text] for a in self.amounts],
            "sized": [quantity.text for quantity in self.sized],
        }

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """Read what ``plain`` wrote. Raises ValueError or KeyError for anything else."""
        named = Quantity.parse
        return cls(
            {named(text): value for text, value in plain["shown"].items()},
            tuple(Addition(named(whole), tuple(map(named, parts))) for whole, parts in plain["sums"]),
            tuple(
                Amount(named(what), Decimal(pounds), named(count)) for what, pounds, count in plain["amounts"]
            ),
            tuple(map(named, plain["sized"])),
        )
