"""The identity of a number, and how the numbers of public tables are connected.

A KPI says in its keys (``published.py``) which quantity each of its numbers is, and how they add up. The rule for which
counts are hidden is in ``suppression.py``; docs/adr/0012-disclosure.md gives the reasons.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol, Self

Dimension = str | date | bool
REST = "rest"
OF_TIME = ("day", "last", "latest_by", "as_at")
"""The dimensions in which a number of one report differs from the same number in a later one."""


@dataclass(frozen=True, order=True)
class Quantity:
    """What is counted and where: the same in any table that shows it, and in next month's report.

    Two numbers are one quantity only if their definitions make them equal whatever the records. Dimensions are kept as
    text, sorted by name.
    """

    name: str
    dimensions: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, name: str, **dimensions: Dimension | None) -> Self:
        """Return the quantity of that name; a dimension that is None is left out, which means all of its values."""
        known = sorted((key, _text(value)) for key, value in dimensions.items() if value is not None)
        return cls(name, tuple(known))

    @property
    def lasting(self) -> "Quantity":
        """The quantity without its days: between the days of two reports, its change is a sum as well."""
        if self.name == REST:
            dimensions = dict(self.dimensions)
            parts = (Quantity.parse(part).lasting for part in json.loads(dimensions["without"]))
            return Quantity.parse(dimensions["of"]).lasting.less(*parts)
        return Quantity(self.name, tuple(pair for pair in self.dimensions if pair[0] not in OF_TIME))

    def having(self, **dimensions: Dimension | None) -> "Quantity":
        """Return the part of it with these dimensions too."""
        return Quantity.of(self.name, **{**dict(self.dimensions), **dimensions})

    def without(self, dimension: str) -> "Quantity":
        """Return the whole that it is a part of: the same quantity without the dimension."""
        return Quantity(self.name, tuple(pair for pair in self.dimensions if pair[0] != dimension))

    @property
    def quantity(self) -> "Quantity":
        """The quantity itself, so that it can be used in place of a counted set."""
        return self

    def less(self, *parts: "Identified") -> "Quantity":
        """Return what remains of it without the parts; it is never shown, but can be worked out."""
        without = json.dumps([part.quantity.text for part in parts])
        return Quantity(REST, (("of", self.text), ("without", without)))

    @property
    def day(self) -> date | None:
        """The day on which it is counted; None if it is counted over a period."""
        found = dict(self.dimensions).get("day")
        return date.fromisoformat(found) if found else None

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
        """Read the text of ``text``. Raises ValueError for anything else."""
        try:
            name, dimensions = json.loads(text)
            return cls.of(name, **dimensions)
        except (TypeError, AttributeError) as error:
            raise ValueError(f"“{text}” names no quantity.") from error


class Identified(Protocol):
    """Anything with an identity: a quantity, or a counted set (`core.kpi.counted`)."""

    @property
    def quantity(self) -> Quantity: ...


def _text(value: Dimension) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


@dataclass(frozen=True)
class Addition:
    """A whole that is the sum of its parts, whether they are shown or not. None of them is below 0."""

    whole: Quantity
    parts: tuple[Quantity, ...]


def total(whole: Identified, parts: Iterable[Identified]) -> Addition:
    """Return an addition in which the parts make up the whole."""
    return Addition(whole.quantity, tuple(part.quantity for part in parts))


def part(whole: Identified, *parts: Identified) -> Addition:
    """Return an addition in which the parts are disjoint and only some of the whole; the rest is a count too."""
    return total(whole, (*parts, whole.quantity.less(*parts)))


@dataclass(frozen=True)
class Amount:
    """A sum of money in £, the count of records behind it, and ``each`` of the amounts that it is the sum of.

    The amounts show how many differ from one report to the next; an old report, which did not keep them, has none.
    """

    quantity: Quantity
    pounds: Decimal
    count: Quantity
    each: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class Contents:
    """Public tables: the counts that have a cell, how they add up, and the sums of money that belong to them."""

    shown: Mapping[Quantity, int] = field(default_factory=dict)
    sums: tuple[Addition, ...] = ()
    amounts: tuple[Amount, ...] = ()
    sized: tuple[Quantity, ...] = ()
    """Counts that readers can tell to be small or not, since a figure is hidden exactly when they are small."""
    ranks: Mapping[Quantity, int] = field(default_factory=dict, compare=False)
    """How much readers need each number: 0 most, rows after headlines. The least needed is given up first."""
    listed: frozenset[Quantity] = field(default=frozenset(), compare=False)
    """Counts that have a row of their own only if they are not 0, so that hiding a 0 would hide nothing."""

    @classmethod
    def merged(cls, tables: "Iterable[Contents]") -> Self:
        """Return all of the tables as one.

        Raises ValueError if two of them show one quantity with two values: that is a wrong identity.
        """
        shown: dict[Quantity, int] = {}
        sums: dict[Addition, None] = {}
        amounts: dict[Amount, None] = {}
        sized: dict[Quantity, None] = {}
        ranks: dict[Quantity, int] = {}
        listed: set[Quantity] = set()
        for table in tables:
            for quantity, value in table.shown.items():
                if shown.setdefault(quantity, value) != value:
                    raise ValueError(f"{quantity.text} is both {shown[quantity]} and {value}.")
            sums |= dict.fromkeys(table.sums)
            amounts |= dict.fromkeys(table.amounts)
            sized |= dict.fromkeys(table.sized)
            listed |= table.listed
            for quantity, rank in table.ranks.items():
                ranks[quantity] = min(rank, ranks.get(quantity, rank))
        return cls(shown, tuple(sums), tuple(amounts), tuple(sized), ranks, frozenset(listed))

    @cached_property
    def values(self) -> dict[Quantity, int | Decimal]:
        """The values of the tables' numbers, including those that are never shown but follow from the sums."""
        values: dict[Quantity, int | Decimal] = {**self.shown, **{a.quantity: a.pounds for a in self.amounts}}
        for one, unknown in _solvable(self.sums, values):
            known = sum(values[part] for part in one.parts if part in values)
            values[unknown] = known if unknown == one.whole else values[one.whole] - known
        return values

    @property
    def _of_parts(self) -> Sequence[Addition]:
        """The sums that have parts: a whole without any is 0, and says of nothing that it is money."""
        return [one for one in self.sums if one.parts]

    @cached_property
    def money(self) -> dict[Quantity, Quantity]:
        """The count that each sum of money goes with, including sums that are never shown but follow from the others.

        What is missing where money adds up goes with what is missing where the counts of the others do.
        """
        counts = {amount.quantity: amount.count for amount in self.amounts}
        missing = _missing(self.sums)
        for one, unknown in _solvable(self._of_parts, counts):
            others = frozenset(counts[part] for part in one.parts if part in counts)
            if found := missing.get((counts.get(one.whole), others)):
                counts[unknown] = found
        return counts

    @cached_property
    def each(self) -> dict[Quantity, Counter[Decimal]]:
        """The amounts that make up each sum of money, including sums never shown that follow from the others."""
        each = {
            amount.quantity: Counter(amount.each)
            for amount in self.amounts
            if amount.each or not amount.pounds
        }
        for one, unknown in _solvable(self._of_parts, each):
            known = sum((each[part] for part in one.parts if part in each), Counter[Decimal]())
            each[unknown] = known if unknown == one.whole else each[one.whole] - known
        return each

    def plain(self) -> dict[str, Any]:
        """Return the contents as JSON, without ranks and ``listed``, which later reports do not need."""
        return {
            "shown": {quantity.text: value for quantity, value in self.shown.items()},
            "sums": [[one.whole.text, [p.text for p in one.parts]] for one in self.sums],
            "amounts": [
                [a.quantity.text, str(a.pounds), a.count.text, list(map(str, a.each))] for a in self.amounts
            ],
            "sized": [quantity.text for quantity in self.sized],
        }

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """Read the JSON of ``plain``. Raises ValueError or KeyError for anything else."""
        named = Quantity.parse
        return cls(
            {named(text): value for text, value in plain["shown"].items()},
            tuple(Addition(named(whole), tuple(map(named, parts))) for whole, parts in plain["sums"]),
            tuple(
                Amount(
                    named(what), Decimal(pounds), named(count), tuple(map(Decimal, each[0] if each else ()))
                )
                for what, pounds, count, *each in plain["amounts"]
            ),
            tuple(map(named, plain["sized"])),
        )


def _solvable(sums: Sequence[Addition], known: Mapping[Quantity, Any]) -> Iterator[tuple[Addition, Quantity]]:
    """Yield the sums in which one number alone is not known, with that number; the caller adds it to ``known``."""
    left = sums
    while left:
        unsolved = []
        for one in left:
            unknown = [quantity for quantity in (one.whole, *one.parts) if quantity not in known]
            if len(unknown) == 1:
                yield one, unknown[0]
            if any(quantity not in known for quantity in unknown):
                unsolved.append(one)
        if len(unsolved) == len(left):
            break
        left = unsolved


def _missing(
    sums: Iterable[Addition],
) -> dict[tuple[Quantity | None, frozenset[Quantity]], Quantity]:
    """Return, for a whole (or None) and all parts but one (or all), the number that completes the sum."""
    missing: dict[tuple[Quantity | None, frozenset[Quantity]], Quantity] = {}
    for one in sums:
        parts = frozenset(one.parts)
        missing[None, parts] = one.whole
        missing |= {(one.whole, parts - {part}): part for part in parts}
    return missing
