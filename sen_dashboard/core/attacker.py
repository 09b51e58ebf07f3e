"""What a reader of public tables could work out about the numbers that are hidden in them, by linear programming.

The reader knows every number shown in this report and in those before, how the numbers add up, that none is below 0,
and the rule: a 0 is always shown, so that a hidden cell holds at least 1. ``exposed`` asks which hidden numbers this
narrows too far, ``cheapest_hiding`` which further cells would have to be hidden to keep one of them apart.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack, vstack

from sen_dashboard.core.disclosure import Contents, Quantity

NEAR = 0.2
"""How far from a hidden sum of money, as a share of it, a reader must still be on either side."""
CLOSE = 1e-6
"""What the solver calls equal."""

Value = int | Decimal | None
Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Report:
    """What a public report holds and which of its counts it hides."""

    contents: Contents
    hidden: frozenset[Quantity] = frozenset()


@dataclass(frozen=True)
class _Variable:
    """A number of one or more reports: corrected records give a quantity another value, which is another number.

    ``report`` tells apart what reports do not show, where corrections make them contradict each other.
    """

    quantity: Quantity
    value: Value
    report: int | None = None


class Attacker:
    """The numbers of the reports, oldest first, as variables of linear equations; the last report is to be made."""

    def __init__(
        self, reports: Sequence[Report], threshold: int, tables_with: Mapping[Quantity, int] | None = None
    ) -> None:
        self.threshold = threshold
        self._tables_with = tables_with or {}
        self._reports = reports
        self._values = [report.contents.values() for report in reports]
        self._write_equations(linked=True)
        if not self._is_possible():
            self._write_equations(linked=False)

    # The equations

    def _write_equations(self, *, linked: bool) -> None:
        """Number the variables; ``linked`` takes what one report leaves open from another that says it."""
        self._linked = linked
        self._places: dict[_Variable, int] = {}
        equations: dict[tuple[tuple[int, float], ...], None] = {}
        for n, report in enumerate(self._reports):
            for quantity in (
                *report.contents.shown,
                *report.contents.sized,
                *(amount.quantity for amount in report.contents.amounts),
            ):
                self._place(n, quantity)
            for one in report.contents.sums:
                terms = [
                    (self._place(n, one.whole), 1.0),
                    *((self._place(n, part), -1.0) for part in one.parts),
                ]
                equations[tuple(terms)] = None
        self._equations = list(equations)
        self._equations_of: list[list[int]] = [[] for _ in self._places]
        for n, equation in enumerate(self._equations):
            for place, _ in equation:
                self._equations_of[place].append(n)
        self.quantities = [variable.quantity for variable in self._places]
        values = (variable.value for variable in self._places)
        self._value = np.array([np.nan if value is None else float(value) for value in values])
        self._say_what_each_is()

    def _place(self, report: int, quantity: Quantity) -> int:
        value: Value = self._values[report].get(quantity)
        if value is None and self._linked:
            value = next((v[quantity] for v in reversed(self._values) if quantity in v), None)
        of = None if self._linked or value is not None else report
        return self._places.setdefault(_Variable(quantity, value, of), len(self._places))

    def _say_what_each_is(self) -> None:
        """Which variables have a cell, are money, are of the report to be made, were known or were hidden before."""
        size = len(self._places)
        self._is_cell, self._is_now, self._is_known, self._was_hidden, self._is_money = np.zeros(
            (5, size), bool
        )
        self._count_of = np.arange(size)  # of money the count it goes with, of a count itself
        *_, latest = range(len(self._reports))
        for n, report in enumerate(self._reports):
            for quantity in report.contents.shown:
                place = self._place(n, quantity)
                self._is_cell[place] = True
                if n == latest:
                    self._is_now[place] = True
                elif quantity in report.hidden:
                    self._was_hidden[place] = True
                else:
                    self._is_known[place] = True
            for amount in report.contents.amounts:
                place = self._place(n, amount.quantity)
                self._is_money[place] = True
                self._count_of[place] = self._place(n, amount.count)
        self._is_known |= self._is_cell & (self._value == 0)
        self._lowest = self._is_cell.astype(float)
        counted = self._value[self._count_of]
        self._is_small = (counted >= 1) & (counted < self.threshold)
        self._highest = np.full(size, np.inf)
        for n, report in enumerate(self._reports):
            for place in (self._place(n, quantity) for quantity in report.contents.sized):
                if self._value[place] >= self.threshold:
                    self._lowest[place] = self.threshold
                elif self._is_small[place]:
                    self._highest[place] = self.threshold - 1
        self._of_now = np.zeros(size, bool)
        self._of_now[[self._place(latest, quantity) for quantity in self._values[latest]]] = True

    def _is_possible(self) -> bool:
        """Whether some values of what is unknown fit all that is known; not where corrected records contradict."""
        for equation in self._equations:
            values = [factor * self._value[place] for place, factor in equation]
            if abs(sum(values)) > CLOSE * max(map(abs, values)):  # not so where one is unknown
                return False
        unknown = np.flatnonzero(np.isnan(self._value))
        if not len(unknown):
            return True
        equations = sorted({n for place in unknown for n in self._equations_of[place]})
        everything = self._group(unknown.tolist(), equations)
        return self._solve(everything, np.zeros(len(unknown)), self._highest[unknown]) is not None

    def _groups(self, free: Mask, wanted: Mask) -> "Iterator[_Group]":
        """The free variables in groups that share equations; those groups that hold a wanted one."""
        met = ~free
        for start in np.flatnonzero(free & wanted):
            if met[start]:
                continue
            places: list[int] = []
            equations: dict[int, None] = {}
            ahead = [int(start)]
            met[start] = True
            while ahead:
                place = ahead.pop()
                places.append(place)
                for n in self._equations_of[place]:
                    if n not in equations:
                        equations[n] = None
                        near = [other for other, _ in self._equations[n] if not met[other]]
                        met[near] = True
                        ahead += near
            yield self._group(sorted(places), sorted(equations))

    def _group(self, places: list[int], equations: list[int]) -> "_Group":
        column = {place: n for n, place in enumerate(places)}
        right = np.zeros(len(equations))
        entries = []
        for row, n in enumerate(equations):
            for place, factor in self._equations[n]:
                if place in column:
                    entries.append((row, column[place], factor))
                else:
                    right[row] -= factor * self._value[place]
        rows, columns, factors = zip(*entries, strict=True) if entries else ((), (), ())
        matrix = csr_array((np.array(factors, float), (rows, columns)), shape=(len(equations), len(places)))
        return _Group(np.array(places, int), matrix, right)

    def _solve(self, group: "_Group", aim: Numbers, highest: Numbers) -> Numbers | None:
        """Values of the group that the equations allow, with the least ``aim``; None if there are none."""
        lowest = self._lowest[group.places]
        return _least(aim, group.matrix, group.right, lowest, highest)

    # The reader

    def small(self) -> set[int]:
        """The counts of the report to be made that are from 1 to below the threshold, as their places."""
        return set(np.flatnonzero(self._is_now & self._is_small).tolist())

    def shown_before(self) -> set[int]:
        """Those of them that a report before has shown, so that hiding them is too late."""
        return set(np.flatnonzero(self._is_now & self._is_small & self._is_known).tolist())

    def hidden_before(self) -> set[int]:
        """The counts of the report to be made that a report before has hidden."""
        return set(np.flatnonzero(self._is_now & self._was_hidden).tolist())

    def _seen(self, hidden: Collection[int]) -> Mask:
        """Which variables the reader sees: counts that are shown, and money where its count is shown and not small."""
        counts = self._is_known | self._is_now
        counts[[place for place in hidden if not self._is_known[place]]] = False
        seen: Mask = np.where(self._is_money, counts[self._count_of] & ~self._is_small, counts)
        return seen

    def exposed(self, hidden: Collection[int]) -> dict[int, float]:
        """The guarded variables whose possible values lie too close together, with the lowest possible one.

        Guarded are small numbers, whether they have a cell or not, money of few records, and every hidden cell.
        """
        seen = self._seen(hidden)
        guarded = ~seen & ~np.isnan(self._value)
        guarded &= self._is_small | self._is_now | self._was_hidden
        found: dict[int, float] = {}
        for group in self._groups(~seen, guarded):
            if self._of_now[group.places].any() or self._touches_now(group):
                found |= self._exposed_in(group, guarded)
        return found

    def _touches_now(self, group: "_Group") -> bool:
        near = {
            other
            for place in group.places
            for n in self._equations_of[place]
            for other, _ in self._equations[n]
        }
        return bool(self._of_now[list(near)].any())

    def _exposed_in(self, group: "_Group", guarded: Mask) -> dict[int, float]:
        """The exposed variables of a group.

        Every solution is a table that the reader must hold possible, and so shows for many variables at once how far
        apart their values may lie; only the rest are asked for one by one.
        """
        places, value = group.places, self._value[group.places]
        low, high = (np.where(np.isnan(value), self._lowest[places], value) for _ in range(2))
        left = np.flatnonzero(guarded[places])

        def push(chosen: Indices, sign: float) -> bool:
            """Learn from the table in which the chosen ones are least (1) or, as far as matters, most (-1)."""
            aim, highest = np.zeros(len(places)), self._highest[places].copy()
            aim[chosen] = sign
            if sign < 0:
                enough = np.maximum(high[chosen], self._needed(places[chosen], low[chosen]))
                highest[chosen] = np.minimum(highest[chosen], enough)
            found = self._solve(group, aim, highest)
            if found is not None:
                np.minimum(low, found, out=low)
                np.maximum(high, found, out=high)
            return found is not None

        def still(chosen: Indices) -> Indices:
            return chosen[~self._is_apart(places[chosen], low[chosen], high[chosen])]

        before = -1
        while len(left := still(left)) and len(left) != before:
            before = len(left)
            push(left, 1.0)
            push(left, -1.0)
        exposed = {}
        for n in left:
            one = np.array([n])
            if len(still(one)) and not (push(one, 1.0) and push(one, -1.0) and not len(still(one))):
                exposed[int(places[n])] = float(low[n])
        return exposed

    def _needed(self, places: Indices, low: Numbers) -> Numbers:
        """The values that must be possible, where the lowest possible ones are ``low``."""
        beyond = np.maximum(self.threshold, low + self.threshold - 1)
        of_small = np.where(low <= 1 + CLOSE, self.threshold - 1, beyond)
        of_count = np.where(self._is_small[places], of_small, low + 1)
        return np.where(self._is_money[places], self._value[places] * (1 + NEAR), of_count)

    def _is_apart(self, places: Indices, low: Numbers, high: Numbers) -> Mask:
        """Whether a reader who finds these lowest and highest values has learnt little enough."""
        far_below = ~self._is_money[places] | (low <= self._value[places] * (1 - NEAR) + CLOSE)
        apart: Mask = far_below & (high >= self._needed(places, low) - CLOSE)
        return apart

    # The answer to the reader

    def cheapest_hiding(self, place: int, low: float, hidden: Collection[int]) -> set[int]:
        """The counts to hide as well, so that the exposed variable could have been another number; none if none help.

        A linear programme looks for another table that fits everything known, in which the variable is far enough
        away and the shown numbers differ as little as can be, one weighing more the greater it is and the more tables
        show it (after Kelly, Golden and Assad 1992).
        """
        seen, known = self._seen(hidden), self._seen(range(len(self.quantities)))
        if known[place]:
            return set()
        (group,) = self._groups(~known, np.arange(len(known)) == place)
        for ranges in self._elsewhere(place, low):
            chosen = set().union(*(self._moved(group, place, between, seen) for between in ranges))
            if chosen:
                return chosen
        return set()

    def _elsewhere(self, place: int, low: float) -> Iterator[tuple[tuple[float, float], ...]]:
        """Where the variable should be able to lie: as asked, and if reports before leave no room for that, nearer."""
        value = float(self._value[place])
        up = float(self._needed(np.array([place]), np.array([low]))[0])
        if self._is_money[place]:
            yield (up, np.inf), (-np.inf, value * (1 - NEAR))
        else:
            yield ((up, np.inf),)
        if self._is_small[place] and not self._is_money[place]:
            yield (self.threshold - 1, np.inf), (-np.inf, 1)
        yield (value + 1, np.inf), (-np.inf, value - 1)

    def _moved(self, group: "_Group", place: int, between: tuple[float, float], seen: Mask) -> set[int]:
        """The counts that are shown and would differ in the nearest table in which the variable lies between."""
        places, size = group.places, len(group.places)
        lowest, highest = self._lowest[places], self._highest[places]
        column = int(np.searchsorted(places, place))
        lowest[column], highest[column] = max(lowest[column], between[0]), min(highest[column], between[1])
        shown = np.flatnonzero(seen[places])
        value = self._value[places[shown]]
        counts = self._count_of[places[shown]]
        tables = np.array([self._tables_with.get(self.quantities[n], 1) for n in counts])
        weight = tables * self._value[counts] ** 2 / np.where(self._is_money[places[shown]], value, 1.0)
        # value + more - less = the other table's, for each number that is shown
        differs = csr_array((np.ones(len(shown)), (np.arange(len(shown)), shown)), shape=(len(shown), size))
        change = eye_array(len(shown))
        matrix = vstack(
            [
                hstack([group.matrix, csr_array((group.matrix.shape[0], 2 * len(shown)))]),
                hstack([differs, -change, change]),
            ]
        )
        found = _least(
            np.concatenate([np.zeros(size), weight, weight]),
            matrix.tocsr(),
            np.concatenate([group.right, value]),
            np.concatenate([lowest, np.zeros(2 * len(shown))]),
            np.concatenate([highest, np.full(2 * len(shown), np.inf)]),
        )
        if found is None:
            return set()
        moved = np.abs(found[shown] - value) > CLOSE * np.maximum(value, 1.0)
        return set(self._count_of[places[shown[moved]]].tolist())


@dataclass(frozen=True)
class _Group:
    """Variables that share equations: their places, and matrix * values = right."""

    places: Indices
    matrix: csr_array
    right: Numbers


def _least(
    aim: Numbers, matrix: csr_array, right: Numbers, lowest: Numbers, highest: Numbers
) -> Numbers | None:
    """The values with the least ``aim`` for which matrix * values = right; None if there are none."""
    equations = {"A_eq": matrix, "b_eq": right} if matrix.shape[0] else {}
    answer = linprog(aim, **equations, bounds=np.column_stack([lowest, highest]), method="highs")
    return answer.x if answer.status == 0 else None
