"""Disclosure control: which numbers of public tables are hidden.

The one mechanism for every page and file marked public. ``protect`` takes all tables of a report at once, and what
earlier reports showed; ``public_view`` gives a KPI's answer as anybody may read it. The rule, its limits and the
reasons are in docs/adr/0012-disclosure.md (domain.md sections 8 and 9).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from math import inf
from typing import Any, Self

from sen_dashboard.core.disclosure.attacker import Attacker, Release
from sen_dashboard.core.disclosure.rounding import (
    Interval,
    average_step,
    count_step,
    rounded_count,
    sum_step,
    to_nearest,
    usual_step,
)
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Plain, Result, Unshown, plain
from sen_dashboard.core.kpi.published import Counts, Key, Keys, Money, Records, RestsOn, Withheld
from sen_dashboard.core.kpi.quantities import Contents, Identified, Quantity


class Symbol(StrEnum):
    """Written in place of a number: DfE's symbols (domain.md section 8)."""

    CONFIDENTIAL = "c"
    NOT_APPLICABLE = "z"
    NOT_AVAILABLE = "x"
    LOW = "low"


def legend(threshold: int) -> dict[Symbol, str]:
    """Return the meaning of each symbol, as a sentence for a page or file."""
    return {
        Symbol.CONFIDENTIAL: (
            f"Confidential: a number from 1 to {threshold - 1}, or a figure that would reveal one."
        ),
        Symbol.NOT_APPLICABLE: "Not applicable: there is nothing to measure.",
        Symbol.NOT_AVAILABLE: "Not available: it is not recorded.",
        Symbol.LOW: "Low: it rounds to 0 but is not 0.",
    }


ABOUT = "about"


def about(threshold: int) -> str:
    """Return a note on rounded figures, as a sentence for a page or file."""
    return (
        f"Rounded to the nearest {count_step(threshold)}, because the exact number would reveal a small "
        "one. Money is rounded to £0.1m or £1,000, averages to £100, both further where they cover few "
        "children, and percentages to whole numbers."
    )


# The rule


class Reason(StrEnum):
    """Why a number is not shown as it is, in words for the person who publishes."""

    SMALL = "small"
    GIVES_AWAY = "gives away"
    BEFORE = "before"

    def words(self, threshold: int) -> str:
        """Return the reason as a sentence."""
        return {
            Reason.SMALL: f"They are from 1 to {threshold - 1}, or are based on so few.",
            Reason.GIVES_AWAY: "With the other figures here they would reveal a small number.",
            Reason.BEFORE: "With reports and extracts already public, they would reveal a small number.",
        }[self]


@dataclass(frozen=True)
class KeptBack:
    """A number that is not shown as it is: its figure, its name, how it is shown and why.

    ``because_of`` are the earlier reports and extracts that force it.
    """

    figure: str
    number: str
    how: str
    reason: Reason
    because_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Protection:
    """The numbers of a public report and how it shows them, kept with the report for later ones.

    ``hidden`` and ``rounded`` are counts, ``hidden`` sums of money as well; ``coarser`` are sums that are rounded to so
    many more powers of ten than usual (`rounding`), or None in a report from before November 2026, which rounds none.
    ``exposed`` can be worked out nevertheless, because an earlier report gave them away. ``ranges`` is what a reader
    can tell of each sum of money, ``why`` the reason that each number is not shown as it is, ``because_of`` the earlier
    reports that force it, and ``kept_back`` the same in words for the person who publishes. ``name`` is how later
    reports refer to it. A report must be published in exactly this form, or not at all.
    """

    contents: Contents
    threshold: int
    hidden: frozenset[Quantity] = frozenset()
    exposed: frozenset[Quantity] = frozenset()
    rounded: frozenset[Quantity] = frozenset()
    coarser: Mapping[Quantity, int] | None = field(default_factory=dict)
    ranges: Mapping[Quantity, Interval] = field(default_factory=dict, compare=False)
    why: Mapping[Quantity, Reason] = field(default_factory=dict, compare=False)
    zeros: frozenset[Quantity] = frozenset()
    because_of: Mapping[Quantity, tuple[str, ...]] = field(default_factory=dict, compare=False)
    kept_back: tuple[KeptBack, ...] = field(default=(), compare=False)
    name: str = field(default="", compare=False)

    def is_hidden(self, quantity: Quantity) -> bool:
        """Return whether dependent values must be hidden: the number is, or has no cell and is small or unknown."""
        return quantity in self.hidden or self.is_small(quantity)

    def is_small(self, quantity: Quantity) -> bool:
        """Return whether the count is from 1 to below the threshold, or unknown."""
        value = self._values.get(quantity)
        return value is None or 0 < value < self.threshold

    def is_none(self, quantity: Quantity) -> bool:
        """Return whether readers can tell that the count is 0."""
        return self._values.get(quantity) == 0 and quantity not in self.hidden

    def is_exact(self, quantity: Quantity) -> bool:
        """Return whether the count is shown exactly, so that values derived from it reveal nothing more."""
        return not self.is_hidden(quantity) and quantity not in self.rounded

    def how(self, quantity: Quantity) -> str:
        """Return how a number is shown if it is not shown as it is; otherwise an empty text."""
        if quantity in self.hidden:
            return "hidden"
        if quantity in self.rounded:
            return f"rounded to the nearest {count_step(self.threshold)}"
        return "rounded further" if quantity in (self.coarser or ()) else ""

    def count(self, quantity: Quantity, value: int) -> int:
        """Return a count that is not hidden as the public reads it."""
        return rounded_count(value, self.threshold) if quantity in self.rounded else value

    def money(self, quantity: Quantity, counted: Quantity, value: Decimal, *, is_average: bool) -> Decimal:
        """Return a sum of money that is not hidden, or its average, as the public reads it."""
        pounds, count = Decimal(self._values[quantity]), int(self._values[counted])
        step = average_step if is_average else sum_step
        return to_nearest(value, step(pounds, count, (self.coarser or {}).get(quantity, 0)))

    def step(self, value: Decimal, counts: Iterable[Quantity]) -> int | None:
        """Return the rounding step for money spent on children, for the smallest of their counts; None for a share."""
        if not isinstance(value, Decimal):
            return None
        least = min((int(self._values[count]) for count in counts), default=0)
        return sum_step(abs(value), least) if least else None

    @cached_property
    def _values(self) -> Mapping[Quantity, int | Decimal]:
        return self.contents.values

    @property
    def given_away(self) -> list[str]:
        """The ``exposed`` counts for the person who may publish, each with the earlier reports that reveal it."""
        revealed = (
            (quantity.words, " and ".join(self.because_of.get(quantity, ()))) for quantity in self.exposed
        )
        return sorted(f"{words}: with {before}" if before else words for words, before in revealed)

    @property
    def shown(self) -> Release:
        """The numbers that readers have seen, for the attack on later reports."""
        return Release(self.contents, self.hidden, self.rounded, self.coarser, self.ranges, self.zeros)

    def plain(self) -> dict[str, Any]:
        """Return the protection as JSON."""
        assert self.coarser is not None, "a protection of before November 2026 is only read"
        return {
            "contents": self.contents.plain(),
            "threshold": self.threshold,
            "hidden": _texts(self.hidden),
            "exposed": _texts(self.exposed),
            "rounded": _texts(self.rounded),
            "zeros": _texts(self.zeros),
            "coarser": {quantity.text: coarser for quantity, coarser in self.coarser.items()},
            "ranges": {
                quantity.text: [low, None if high == inf else high]
                for quantity, (low, high) in self.ranges.items()
            },
            "why": {quantity.text: reason.value for quantity, reason in self.why.items()},
            "because_of": {quantity.text: list(names) for quantity, names in self.because_of.items()},
            "kept_back": [
                [one.figure, one.number, one.how, one.reason.value, *one.because_of] for one in self.kept_back
            ],
            "name": self.name,
        }

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """Read what ``plain`` wrote, even before November 2026. Raises ValueError or KeyError for anything else."""
        named = Quantity.parse
        hidden, exposed, rounded = (
            frozenset(map(named, plain.get(key, ()) if key == "rounded" else plain[key]))
            for key in ("hidden", "exposed", "rounded")
        )
        coarser = {named(text): steps for text, steps in plain.get("coarser", {}).items()}
        return cls(
            Contents.read(plain["contents"]),
            int(plain["threshold"]),
            hidden,
            exposed,
            rounded,
            coarser if "coarser" in plain else None,
            {
                named(text): (low, inf if high is None else high)
                for text, (low, high) in plain.get("ranges", {}).items()
            },
            {named(text): Reason(reason) for text, reason in plain.get("why", {}).items()},
            frozenset(map(named, plain.get("zeros", ()))),
            {named(text): tuple(names) for text, names in plain.get("because_of", {}).items()},
            tuple(
                KeptBack(figure, number, how, Reason(reason), tuple(because_of))
                for figure, number, how, reason, *because_of in plain.get("kept_back", ())
            ),
            plain.get("name", ""),
        )


def _texts(quantities: Iterable[Quantity]) -> list[str]:
    return sorted(quantity.text for quantity in quantities)


def protect(tables: Iterable[Contents], before: Sequence[Protection], threshold: int) -> Protection:
    """Choose what to hide and round in all tables of a report; ``before`` are earlier public reports, oldest first.

    Counts from 1 to below the threshold are hidden, and so is whatever an earlier report hid. Then further numbers are
    rounded or, if that is not enough, hidden, those that readers need least first, until no reader can work out a
    hidden count or a sum of few amounts: first from this report alone, then with earlier ones. Zeros are hidden as well
    where that leaves less that can be worked out. A small count is safe while it may be any number from 1 to below the
    threshold, or while its possible values reach the threshold and span at least the threshold less 1; another hidden
    count, while it may be one more or less; a sum of few amounts, while it may be a fifth less and a fifth more. The
    same tables always give the same answer. Raises ValueError if two tables show one quantity with two values.
    """
    tables = list(tables)
    contents = Contents.merged(tables)
    tables_with = Counter(quantity for table in tables for quantity in table.shown)
    small = frozenset(quantity for quantity, value in contents.shown.items() if 0 < value < threshold)
    why = dict.fromkeys(small, Reason.SMALL)

    def defended(shown: Release, before: Sequence[Protection] = ()) -> _Defence:
        known = [one.shown for one in before]
        ways = (shown, _with_zeros(shown))
        attackers = (Attacker([*known, way], threshold, tables_with) for way in ways)
        return _least_exposed(_Defence(before, attacker) for attacker in attackers)

    found = defended(Release(contents, small))
    why = dict.fromkeys(found.shown.not_as_it_is, Reason.GIVES_AWAY) | why
    if before:
        found = defended(found.shown, before)
        why = dict.fromkeys(found.shown.not_as_it_is, Reason.BEFORE) | why
    forced = {quantity for quantity, reason in why.items() if reason is Reason.BEFORE} | found.given_away
    return Protection(
        contents,
        threshold,
        found.shown.hidden,
        found.given_away,
        found.shown.rounded,
        found.shown.coarser,
        found.attacker.ranges(found.showing),
        why,
        found.shown.zeros,
        found.named_because_of(forced),
    )


def _least_exposed(defences: "Iterator[_Defence]") -> "_Defence":
    """Return the first defence, or the second if less is exposed in it; the second is made only if needed."""
    first = next(defences)
    if not first.exposed:
        return first
    other = next(defences)
    if len(other.exposed) >= len(first.exposed):
        return first
    other.of_zeros = first.because_of(first.exposed)
    return other


def _with_zeros(shown: Release) -> Release:
    """Return the report with every 0 that can be hidden also hidden, so that a hidden count may be 0."""
    counts = shown.contents.shown
    may_be_none = counts.keys() - shown.contents.listed
    none = frozenset(quantity for quantity in may_be_none if counts[quantity] == 0)
    return replace(shown, hidden=shown.hidden | none, zeros=frozenset(may_be_none))


EARLIER = "a report or extract before"
"""The name for a report or extract made before they had names."""


class _Defence:
    """A report in which numbers are given up as the attacker, who also has the reports ``before``, requires.

    ``because`` gives, for each number given up, the exposed numbers for which it was, as their places. ``exposed`` are
    those for which nothing more helps. ``of_zeros`` are the names of the earlier reports because of which zeros are
    hidden.
    """

    of_zeros: tuple[str, ...] = ()

    def __init__(self, before: Sequence[Protection], attacker: Attacker) -> None:
        self.before, self.attacker = before, attacker
        self.showing = attacker.to_begin_with()
        self.because: dict[int, set[int]] = defaultdict(set)
        self._give_up()
        self.shown = attacker.named(self.showing)
        self.exposed = attacker.exposed(self.showing).keys()

    def _give_up(self) -> None:
        """Round and hide what the attack requires, until it fails or nothing more helps."""
        attacker, showing = self.attacker, self.showing
        while exposed := attacker.exposed(showing) or attacker.exposed_within(showing):
            shown = attacker.named(showing)
            for place, low in exposed.items():
                for number in attacker.to_give_up(place, low, showing):
                    attacker.give_up(number, showing)
                    self.because[number].add(place)
            if attacker.named(showing) == shown:
                break

    @property
    def given_away(self) -> frozenset[Quantity]:
        """The numbers that can be worked out nevertheless, and those that an earlier report has shown."""
        places = self.exposed | self.attacker.shown_before()
        return frozenset(self.attacker.quantities[place] for place in places)

    def because_of(self, places: Collection[int], exposed: Collection[int] = ()) -> tuple[str, ...]:
        """Return the names of the earlier reports that are the reason for not showing these numbers as they are."""
        behind = {n for one in places for n in self.attacker.reports_behind(one, exposed or (one,))}
        return tuple(dict.fromkeys(self.before[n].name or EARLIER for n in sorted(behind)))

    def named_because_of(self, forced: Collection[Quantity]) -> dict[Quantity, tuple[str, ...]]:
        """Return the same for each number that is given up because of an earlier report, or given away by one."""
        given_away = self.exposed | self.attacker.shown_before()
        named = {place: self.attacker.quantities[place] for place in self.showing.not_as_it_is | given_away}
        shown = self.shown.contents.shown
        return {
            quantity: self.of_zeros
            if not shown.get(quantity, 1)
            else self.because_of((place,), self.because.get(place, ()))
            for place, quantity in named.items()
            if quantity in forced
        }


# What the public reads


class _Hidden:
    """Takes the place of a hidden number in a result for words and charts; any use of it raises Unshown."""

    def _tells(self, *args: Any) -> Any:
        raise Unshown

    __bool__ = __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __str__ = __repr__ = __format__ = _tells
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _tells
    __neg__ = __abs__ = __float__ = __int__ = __round__ = __iter__ = __getitem__ = _tells
    __hash__ = None  # type: ignore[assignment]  # a key of a dictionary would be compared, which tells


HIDDEN: Any = _Hidden()


@dataclass(frozen=True)
class PublicView:
    """A KPI's answer as anybody may read it: plain values as in its data, a symbol in place of each missing number.

    ``order`` gives the index of each row in the result. ``together`` is a row of totals in place of the hidden rows.
    ``about`` are the places, as row and key, of counts that are rounded; the row is None for the headline. ``caveats``
    are those that may be shown. ``result`` holds the same values for the words and the chart, with ``HIDDEN`` for each
    hidden one.
    """

    headline: dict[str, Plain]
    rows: list[dict[str, Plain]]
    order: list[int]
    hidden: bool
    caveats: tuple[str, ...]
    result: Any = None
    about: frozenset[tuple[int | None, str]] = frozenset()
    together: dict[str, Plain] | None = None

    @property
    def written(self) -> list[dict[str, Plain]]:
        """The rows, followed by the totals of the hidden ones."""
        return [*self.rows, *([self.together] if self.together else [])]


def kept_back(
    figure: str, keys: Keys, result: Result[Any, Any], protection: Protection
) -> Iterator[KeptBack]:
    """Yield the numbers of the result that the public does not see exactly."""
    return _Table(keys, result, protection).kept_back(figure)


def public_view(keys: Keys, result: Result[Any, Any], protection: Protection) -> PublicView:
    """Return the result with symbols for hidden numbers, and everything else as exactly as the public may know it.

    ``protection`` must be of all tables of the report. If the rows are in the order of a number, those in which it is
    not shown as it is come last, by their key, since their position would reveal it.
    """
    table = _Table(keys, result, protection)
    order = table.order()
    headline, rows = table.headline.written(), [table.rows[place].written() for place in order]
    about: set[tuple[int | None, str]] = {(None, name) for name in table.headline.about()}
    about |= {(n, name) for n, place in enumerate(order) for name in table.rows[place].about()}
    together = table.together()
    shown = replace(
        result,
        headline=table.headline.shown(),
        rows=tuple(table.rows[place].shown() for place in order),
        caveats=result.caveats if keys.open_caveats else (),
    )
    hidden = _hides([headline, *rows]) or bool(together)
    return PublicView(headline, rows, order, hidden, shown.caveats, shown, frozenset(about), together)


class _Table:
    """A result with its headline and rows, each of which may depend on numbers of the others."""

    def __init__(self, keys: Keys, result: Result[Any, Any], protection: Protection) -> None:
        self.keys, self.result, self.protection = keys, result, protection
        self.headline = _Record(self, keys.headline, result.headline, None)
        self.rows = [_Record(self, keys.row, row, keys.row_key.of(row)) for row in result.rows]

    def order(self) -> list[int]:
        """Return the rows to show, in order: rows merged into one are left out."""
        merged = self._merged()
        places = [n for n in range(len(self.rows)) if n not in merged]
        ranked = self.keys.ranked_by
        if not ranked:
            return places
        texts = [self.keys.row_key.text(row) for row in self.result.rows]
        is_money = self.keys.row[ranked].kind is Kind.POUNDS

        def place_of(n: int) -> tuple[bool, Any, str]:
            value, record = self.rows[n].value(ranked), self.rows[n]
            if isinstance(value, Symbol) or ranked in record.about():
                return True, 0, texts[n]
            return False, -abs(value or 0) if is_money else 0, texts[n] if is_money else ""

        return sorted(places, key=place_of)

    def kept_back(self, figure: str) -> Iterator[KeptBack]:
        """Yield the numbers that are not shown as they are."""
        yield from (KeptBack(figure, *one) for one in self.headline.kept_back())
        for row in self.rows:
            name = self.keys.row_key.describe(row.row)
            for number, how, reason, because_of in row.kept_back():
                yield KeptBack(figure, f"{number}: {name}", how, reason, because_of)

    def _merged(self) -> set[int]:
        """Return the rows to merge: those in which every number that adds up to the headline is hidden.

        A single one stays a row, unless zeros are hidden too: then a row would reveal that it is not 0.
        """
        hidden = {
            n
            for n, row in enumerate(self.rows)
            if self.keys.whole and all(row.value(name) is Symbol.CONFIDENTIAL for name in self.keys.whole)
        }
        return hidden if len(hidden) > 1 or self.protection.zeros else set()

    def together(self) -> dict[str, Plain] | None:
        """Return the total of the hidden rows, which the headline less the other rows would give as well.

        If zeros are hidden too, it does not say how many rows they are, and is present even if there are none.
        """
        merged = self._merged()
        if not self.keys.whole or not (merged or self.protection.zeros):
            return None
        row: dict[str, Plain] = {
            name: Symbol.CONFIDENTIAL if key.kind.is_number else "" for name, key in self.keys.row.items()
        }
        named = next(name for name, key in self.keys.row.items() if not key.kind.is_number and key.heading)
        row[named] = TOGETHER if self.protection.zeros else f"{TOGETHER} ({len(merged)})"
        for name, whole in self.keys.whole.items():
            others = [record for n, record in enumerate(self.rows) if n not in merged]
            sum_of_hidden = sum(getattr(self.rows[n].record, name) for n in merged)
            is_told = self.headline.is_exact(whole) and all(record.is_exact(name) for record in others)
            if is_told and sum_of_hidden >= self.protection.threshold:
                row[name] = sum_of_hidden
        return row


TOGETHER = "All others"


@dataclass(frozen=True)
class _Record:
    """A headline, a row, or a nested record: ``classes`` are its keys, ``row`` is the key that identifies it."""

    table: _Table
    classes: Mapping[str, Key]
    record: Any
    row: Any

    def written(self) -> dict[str, Plain]:
        """Return its plain values, with symbols."""
        return {f.name: _plainly(self.value(f.name)) for f in fields(self.record)}

    def shown(self) -> Any:
        """Return the record with the values shown, for words and charts."""
        return replace(self.record, **{f.name: self._in_words(f.name) for f in fields(self.record)})

    def about(self) -> set[str]:
        """Return the keys of counts that are rounded; for a count by code, with the code: ``bands.20_TO_26``."""
        return {rounded for name, key in self.classes.items() for rounded in self._rounded(name, key.access)}

    def kept_back(self) -> Iterator[tuple[str, str, Reason, tuple[str, ...]]]:
        """Yield the numbers not shown as they are: their names, how and why, and the earlier reports that force it."""
        for name, key in self.classes.items():
            words = key.heading or (key.behind.title if key.behind else name.replace("_", " "))
            for quantity in self._quantities(key.access, getattr(self.record, name)):
                if how := self._protection.how(quantity):
                    reason = self._protection.why.get(quantity, Reason.SMALL)
                    yield words, how, reason, self._protection.because_of.get(quantity, ())

    def _quantities(self, access: Any, value: Any) -> list[Quantity]:
        scope = self.table.result.scope
        if value is None or not isinstance(access, Counts | Money):
            return []
        of: Callable[..., Identified] = access.of
        if isinstance(value, dict):
            return [of(scope, self.row, code).quantity for code in value]
        return [of(scope, self.row).quantity]

    def is_exact(self, name: str) -> bool:
        """Return whether the number under the key is shown as it is."""
        return self.value(name) is not Symbol.CONFIDENTIAL and name not in self.about()

    def value(self, name: str) -> Any:
        """Return the public value under the key: a value, a symbol, or a list or dictionary of these."""
        key, value = self.classes[name], getattr(self.record, name)
        match key.access:
            case Records():
                return [one.written() for one in self._nested(name)]
            case Withheld():
                return Symbol.CONFIDENTIAL
            case Counts() if isinstance(value, dict):
                return {code: self._counted(name, number, code) for code, number in value.items()}
            case Counts():
                return self._counted(name, value)
            case Money():
                return self._money(key.access, value)
            case RestsOn():
                return self._measured(key, value)
        return Symbol.NOT_AVAILABLE if value is None and key.kind.is_number else _as_shown(key.kind, value)

    @property
    def _protection(self) -> Protection:
        return self.table.protection

    def _nested(self, name: str) -> "list[_Record]":
        """Return the nested records, with those whose ranking number is not shown as it is last."""
        access = self.classes[name].access
        assert isinstance(access, Records)
        found = [_Record(self.table, access.keys, one, one) for one in getattr(self.record, name)]
        if access.ranked_by:
            found.sort(
                key=lambda one: (not one.is_exact(access.ranked_by), _unless_exact(one, access.ranked_by))
            )
        return found

    def _counts(self, name: str) -> list[Quantity]:
        return list(self.table.keys.resting(name, self.classes, self.table.result, self.record, self.row))

    def _counted(self, name: str, value: Any, code: str | None = None) -> Any:
        access = self.classes[name].access
        assert isinstance(access, Counts)
        if value is None:
            return Symbol.NOT_AVAILABLE
        of = (self.row,) if code is None else (self.row, code)
        quantity, times = access.of(self.table.result.scope, *of).quantity, access.times
        if self._protection.is_hidden(quantity) or (times > 1 and 0 < value < self._protection.threshold):
            return Symbol.CONFIDENTIAL
        count = self._protection.count(quantity, round(value * times))
        return value if quantity not in self._protection.rounded else count if times == 1 else count / times

    def _money(self, access: Money, value: Decimal | None) -> Any:
        (counted,) = self._counts_of_money(access)
        if value is None:
            return self._nothing([counted])
        quantity = access.of(self.table.result.scope, self.row).quantity
        if self._protection.is_hidden(counted) or quantity in self._protection.hidden:
            return Symbol.CONFIDENTIAL
        return self._protection.money(quantity, counted, value, is_average=access.is_average)

    def _counts_of_money(self, access: Money) -> list[Quantity]:
        return self._counts(access.counted)

    def _measured(self, key: Key, value: Any) -> Any:
        access = key.access
        assert isinstance(access, RestsOn)
        name = next(name for name, one in self.classes.items() if one is key)
        counts = self._counts(name)
        if value is None:
            return self._nothing(counts)
        if access.made is not None:
            return self._made(key, access)
        if any(self.value(one) is Symbol.CONFIDENTIAL for one in access.keys):
            return Symbol.CONFIDENTIAL
        if access.if_small and not any(map(self._protection.is_small, counts)):
            return _as_shown(key.kind, value, self._protection.step(value, counts))
        hides = self._protection.is_hidden if access.is_mute else self._is_unsure
        if any(map(hides, counts)):
            return Symbol.CONFIDENTIAL
        return _as_shown(key.kind, value)

    def _is_unsure(self, quantity: Quantity) -> bool:
        return not self._protection.is_exact(quantity)

    def _made(self, key: Key, access: RestsOn) -> Any:
        """Return the measure calculated again from the values shown to the public."""
        values = [self.value(one) for one in access.keys]
        values += [self.table.headline.value(one) for one in access.headline]
        values += [[row.value(one) for row in self.table.rows] for one in access.rows]
        if _hides(values):
            return Symbol.CONFIDENTIAL
        assert access.made is not None
        made = access.made(*map(_without_symbols, values))
        return Symbol.NOT_AVAILABLE if made is None else _as_shown(key.kind, made)

    def _nothing(self, counts: Sequence[Quantity]) -> Symbol:
        """Return the symbol for a missing value: not applicable because there are none, or not recorded.

        Neither is revealed for a count that may be 0 as far as readers know.
        """
        if not self._protection.zeros.isdisjoint(counts):
            return Symbol.CONFIDENTIAL
        return Symbol.NOT_APPLICABLE if any(map(self._protection.is_none, counts)) else Symbol.NOT_AVAILABLE

    def _rounded(self, name: str, access: Any) -> Iterator[str]:
        value, rounded = getattr(self.record, name), self._protection.rounded
        if isinstance(access, Records) and any(one.about() for one in self._nested(name)):
            yield name
        if not isinstance(access, Counts) or value is None:
            return
        if isinstance(value, dict):
            yield from (
                f"{name}.{code}"
                for code in value
                if access.of(self.table.result.scope, self.row, code).quantity in rounded
            )
        elif access.of(self.table.result.scope, self.row).quantity in rounded:
            yield name

    def _in_words(self, name: str) -> Any:
        original = getattr(self.record, name)
        if isinstance(self.classes[name].access, Records):
            return tuple(one.shown() for one in self._nested(name))
        value = self.value(name)
        if isinstance(value, dict):
            return {
                code: HIDDEN if number is Symbol.CONFIDENTIAL else number for code, number in value.items()
            }
        if not isinstance(value, Symbol):
            return value
        if value is Symbol.CONFIDENTIAL:
            return HIDDEN
        return type(original)(0) if value is Symbol.LOW else None


def _unless_exact(one: _Record, ranked_by: str) -> str:
    return "" if one.is_exact(ranked_by) else str(list(one.written().values()))


def _as_shown(kind: Kind, value: Any, step: int | None = None) -> Any:
    """Return a value as exactly as the public sees its kind: pounds in steps, percentages whole; low if that is 0."""
    if kind is Kind.POUNDS and value is not None:
        shown: Any = to_nearest(value, step or usual_step(value))
    elif kind is Kind.PERCENT and value is not None:
        shown = float(to_nearest(value, 1))
    else:
        return value
    return Symbol.LOW if value and not shown else shown


def _without_symbols(value: Any) -> Any:
    """Return a value to calculate with: 0 for low, None for the other symbols."""
    if isinstance(value, list):
        return [_without_symbols(one) for one in value]
    if isinstance(value, Symbol):
        return 0 if value is Symbol.LOW else None
    return value


def _plainly(value: Any) -> Plain:
    return value if isinstance(value, Symbol) else plain(value)


def _hides(shown: Any) -> bool:
    """Return whether a value, or one nested in it, is hidden."""
    if isinstance(shown, dict):
        return any(map(_hides, shown.values()))
    return any(map(_hides, shown)) if isinstance(shown, list) else shown is Symbol.CONFIDENTIAL
