"""Disclosure control: which numbers of public tables are hidden.

The one mechanism for every page and file marked public. ``protect`` takes all tables of a report at once and what
reports before showed; ``public_view`` gives a KPI's answer as anybody may read it. The rule, its limits and why are in
docs/adr/0012-disclosure.md (domain.md sections 3.12 and 3.13).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from sen_dashboard.core.attacker import Attacker, Report
from sen_dashboard.core.disclosure import Contents, Quantity
from sen_dashboard.core.kpi import Plain, Result, plain
from sen_dashboard.core.published import Counts, Key, Keys, Records, RestsOn, Withheld


class Symbol(StrEnum):
    """What stands where there is no number: DfE's symbols (domain.md section 3.12)."""

    CONFIDENTIAL = "c"
    NOT_APPLICABLE = "z"
    NOT_AVAILABLE = "x"
    LOW = "low"


def legend(threshold: int) -> dict[Symbol, str]:
    """What each symbol means, in a sentence for a page or file."""
    return {
        Symbol.CONFIDENTIAL: (
            f"Confidential: a number from 1 to {threshold - 1}, one that would give such a number away, or a figure "
            "that rests on it."
        ),
        Symbol.NOT_APPLICABLE: "Not applicable: there is nothing that it could be a figure of.",
        Symbol.NOT_AVAILABLE: "Not available: it is not recorded.",
        Symbol.LOW: "Low: it rounds to 0 but is not 0.",
    }


# The rule


@dataclass(frozen=True)
class Protection:
    """The counts of a public report, which of them are hidden, and how well: kept with the report for those after it.

    ``exposed`` are those that can be worked out nevertheless, because a report before gave them away. A report has
    to be published with its ``hidden`` counts, or not at all.
    """

    contents: Contents
    threshold: int
    hidden: frozenset[Quantity]
    exposed: frozenset[Quantity]

    def is_hidden(self, quantity: Quantity) -> bool:
        """Whether what rests on the count must be hidden: the count is, or has no cell and is small or unknown."""
        return quantity in self.hidden or self.is_small(quantity)

    def is_small(self, quantity: Quantity) -> bool:
        """Whether the count is from 1 to below the threshold, or unknown."""
        value = self._values.get(quantity)
        return value is None or 0 < value < self.threshold

    def is_none(self, quantity: Quantity) -> bool:
        """Whether the count is known to be 0."""
        return self._values.get(quantity) == 0

    @cached_property
    def _values(self) -> Mapping[Quantity, int | Decimal]:
        return self.contents.values()

    @property
    def given_away(self) -> list[str]:
        """The ``exposed`` counts for the person who decides whether to publish."""
        return sorted(quantity.words for quantity in self.exposed)

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "contents": self.contents.plain(),
            "threshold": self.threshold,
            "hidden": sorted(quantity.text for quantity in self.hidden),
            "exposed": sorted(quantity.text for quantity in self.exposed),
        }

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """Read what ``plain`` wrote. Raises ValueError or KeyError for anything else."""
        hidden, exposed = (frozenset(map(Quantity.parse, plain[key])) for key in ("hidden", "exposed"))
        return cls(Contents.read(plain["contents"]), int(plain["threshold"]), hidden, exposed)


def protect(tables: Iterable[Contents], before: Sequence[Protection], threshold: int) -> Protection:
    """Choose what to hide in all tables of a report, ``before`` being the public reports there were, oldest first.

    Hidden are counts from 1 to below the threshold, what a report before has hidden, and then as much more as is
    needed, the cheapest first, until no reader can work out a hidden count or a sum of money of few records.
    A small count is not worked out while it may be any number from 1 to below the threshold, or while the values that
    it may have reach the threshold and span at least the threshold less 1; another hidden count, while it may be one
    more or less; money, while it may be a fifth less and a fifth more. The same tables always give the same answer.
    Raises ValueError where two tables show one quantity with two values.
    """
    tables = list(tables)
    contents = Contents.merged(tables)
    reports = [Report(earlier.contents, earlier.hidden) for earlier in before]
    tables_with = Counter(quantity for table in tables for quantity in table.shown)
    attacker = Attacker([*reports, Report(contents)], threshold, tables_with)
    hidden = attacker.small() | attacker.hidden_before()
    while exposed := attacker.exposed(hidden):
        more: set[int] = set()
        for place, low in exposed.items():
            more |= attacker.cheapest_hiding(place, low, hidden | more)
        if more <= hidden:
            break
        hidden |= more
    given_away = exposed.keys() | attacker.shown_before()
    named = (frozenset(attacker.quantities[place] for place in places) for places in (hidden, given_away))
    return Protection(contents, threshold, *named)


# What the public reads


@dataclass(frozen=True)
class PublicView:
    """A KPI's answer as anybody may read it: plain values as in its data, a symbol in place of each missing number.

    With ``hidden``, something is missing for confidence: the sentence, facts and chart, which say numbers in words,
    must not be shown either. ``caveats`` are those that may be. ``order`` says which of the result's rows each is.
    """

    headline: dict[str, Plain]
    rows: list[dict[str, Plain]]
    order: list[int]
    hidden: bool
    caveats: tuple[str, ...]


def public_view(keys: Keys, result: Result[Any, Any], protection: Protection) -> PublicView:
    """The result with symbols in hidden places.

    ``protection`` must be of all tables of the report. Where rows are in the order of a number, those with something
    hidden come last, by their key, since their place would tell the number.
    """
    headline = _Record(keys, keys.headline, result, result.headline, None, protection).written()
    rows = [
        (
            keys.row_key.text(row),
            _Record(keys, keys.row, result, row, keys.row_key.of(row), protection).written(),
        )
        for row in result.rows
    ]
    places = {id(row): place for place, (_, row) in enumerate(rows)}
    _hidden_last(rows, keys.ranked_by)
    shown = [row for _, row in rows]
    caveats = result.caveats if keys.open_caveats else ()
    return PublicView(
        headline, shown, [places[id(row)] for row in shown], _hides([headline, *shown]), caveats
    )


@dataclass(frozen=True)
class _Record:
    """A headline, a row, or a record within one: ``classes`` are its keys, ``row`` what names it."""

    keys: Keys
    classes: Mapping[str, Key]
    result: Any
    record: Any
    row: Any
    protection: Protection

    def written(self) -> dict[str, Plain]:
        """Its plain values, with symbols."""
        return {f.name: self._value(f.name) for f in fields(self.record)}

    def _value(self, name: str) -> Plain:
        access, value = self.classes[name].access, getattr(self.record, name)
        if isinstance(access, Records):
            return self._nested(access, value)
        if isinstance(access, Withheld) or self._is_mean_of_few(name):
            return Symbol.CONFIDENTIAL
        if isinstance(access, Counts) and isinstance(value, dict):
            return {code: self._number_by_code(access, code, number) for code, number in value.items()}
        counts = list(self.keys.resting(name, self.classes, self.result, self.record, self.row))
        if isinstance(access, RestsOn) and access.if_small and not any(map(self.protection.is_small, counts)):
            counts = []
        return _cell(value, counts, self.protection)

    def _nested(self, access: Records, records: Sequence[Any]) -> Plain:
        written = [
            _Record(self.keys, access.keys, self.result, one, one, self.protection).written()
            for one in records
        ]
        named = [(str(list(one.values())), one) for one in written]
        _hidden_last(named, access.ranked_by)
        return [one for _, one in named]

    def _number_by_code(self, access: Counts, code: str, number: int) -> Plain:
        quantity = access.of(self.result.scope, self.row, code).quantity
        return _cell(number, [quantity], self.protection)

    def _is_mean_of_few(self, name: str) -> bool:
        """Whether a count, or one that the key rests on, is small in the mean, though the sum over the times is not."""
        access, value = self.classes[name].access, getattr(self.record, name)
        if isinstance(access, RestsOn):
            return any(map(self._is_mean_of_few, access.keys))
        is_mean = isinstance(access, Counts) and access.times > 1 and value is not None
        return is_mean and 0 < value < self.protection.threshold


def _hidden_last(rows: list[tuple[str, dict[str, Plain]]], ranked_by: str) -> None:
    """Put the rows whose place would tell a hidden number last, in the order of their keys."""
    if ranked_by:
        rows.sort(key=lambda row: (True, row[0]) if row[1][ranked_by] is Symbol.CONFIDENTIAL else (False, ""))


def _cell(value: Any, counts: Sequence[Quantity], protection: Protection) -> Plain:
    """The value of a cell that rests on the counts, or the symbol in its place."""
    if value is None:
        is_none = any(protection.is_none(count) for count in counts)
        return Symbol.NOT_APPLICABLE if is_none else Symbol.NOT_AVAILABLE
    return Symbol.CONFIDENTIAL if any(map(protection.is_hidden, counts)) else plain(value)


def _hides(shown: Plain) -> bool:
    """Whether a value, or one within it, is hidden."""
    if isinstance(shown, dict):
        return any(map(_hides, shown.values()))
    return any(map(_hides, shown)) if isinstance(shown, list) else shown is Symbol.CONFIDENTIAL
