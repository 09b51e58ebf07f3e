"""Works out what a reader of public tables could learn about the numbers hidden in them, by linear programming.

The reader knows every number shown in this report and in earlier ones, how the numbers add up, that none is below 0,
and the rule: a 0 is shown, so a hidden cell holds at least 1, unless the report hides zeros as well; a rounded number
lies in an interval (`rounding`). ``exposed`` returns the numbers that this narrows down too far, ``to_give_up`` the
further cells that would have to be rounded or hidden to protect one of them.

Money is calculated in floats here, as the solver does, to a penny: no result of it is ever shown.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array, csr_array, eye_array, hstack

from sen_dashboard.core.disclosure.rounding import (
    Interval,
    counts_rounded_to,
    is_too_coarse,
    rounded_count,
    sums_rounded_to,
)
from sen_dashboard.core.kpi.quantities import Contents, Quantity

NEAR = 0.2
"""How far from a sum of few amounts, as a share of it, a reader's estimate must remain uncertain on either side."""
CLOSE = 1e-6
"""The difference up to which the solver treats numbers as equal."""
HEADLINE_WEIGHT = 1_000.0
"""How much more a headline weighs than a row when choosing what to give up."""

Value = int | Decimal | None
Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Release:
    """The numbers of a public report, and how exactly it shows them.

    ``coarser`` are sums of money that are rounded to more than the usual step; None for a report from before November
    2026, which rounds none. ``ranges`` is what a reader can tell of each sum of money, if it was worked out. ``zeros``
    are the hidden counts that may be 0 as far as readers know.
    """

    contents: Contents
    hidden: frozenset[Quantity] = frozenset()
    rounded: frozenset[Quantity] = frozenset()
    coarser: Mapping[Quantity, int] | None = field(default_factory=dict)
    ranges: Mapping[Quantity, Interval] = field(default_factory=dict)
    zeros: frozenset[Quantity] = frozenset()

    @property
    def not_as_it_is(self) -> frozenset[Quantity]:
        """The numbers that it hides, or rounds more than usual."""
        return self.hidden | self.rounded | frozenset(self.coarser or ())


@dataclass
class Showing:
    """How the new report shows its numbers, given by their places: hidden, rounded, or rounded more coarsely."""

    hidden: set[int] = field(default_factory=set)
    rounded: set[int] = field(default_factory=set)
    coarser: dict[int, int] = field(default_factory=dict)

    @property
    def not_as_it_is(self) -> set[int]:
        """The numbers that it hides, or rounds more than usual."""
        return self.hidden | self.rounded | self.coarser.keys()


@dataclass(frozen=True)
class _Variable:
    """A number of one or more reports: where corrections change a quantity's value, each value is a separate number.

    ``report`` tells unshown numbers of different reports apart where corrections make the reports contradict each
    other.
    """

    quantity: Quantity
    value: Value
    report: int | None = None


class Attacker:
    """The numbers of the reports, oldest first, as variables of linear equations; the last report is the new one."""

    def __init__(
        self, reports: Sequence[Release], threshold: int, tables_with: Mapping[Quantity, int] | None = None
    ) -> None:
        self.threshold = threshold
        self._tables_with = tables_with or {}
        self._reports = reports
        self._values = [report.contents.values for report in reports]
        # earlier answers, since most groups do not change when something is given up
        self._exposed_so: dict[bytes, dict[int, float]] = {}
        self._around_of: dict[int, _Group] = {}
        self._write_equations(linked=True)
        if not self._is_possible():
            self._write_equations(linked=False)
        self._ask_of_money()

    # The equations

    def _write_equations(self, *, linked: bool) -> None:
        """Number the variables; if ``linked``, a value missing from one report is taken from another that has it."""
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
        """Record which variables have a cell, are money or in the new report, and what was known or hidden before."""
        size = len(self._places)
        self._is_cell, self._is_now, self._is_money, self._has_amount, self._of_now = np.zeros(
            (5, size), bool
        )
        is_told = np.zeros(size, bool)  # whether a reader can tell that it is 0
        self._count_of = np.arange(size)  # for money the count that it goes with, for a count itself
        self._pounds: dict[int, Decimal] = {}
        self._before = Showing()
        self._kept_back_by: dict[int, set[int]] = defaultdict(set)
        known: dict[int, list[Interval]] = defaultdict(list)
        *_, latest = range(len(self._reports))
        for n, report in enumerate(self._reports):
            for quantity in report.contents.shown:
                place = self._place(n, quantity)
                self._is_cell[place] = True
                is_told[place] |= quantity not in report.zeros
                if n == latest:
                    self._is_now[place] = True
                elif quantity in report.hidden:
                    self._before.hidden.add(place)
                    self._kept_back_by[place].add(n)
                elif quantity in report.rounded:
                    self._before.rounded.add(place)
                    self._kept_back_by[place].add(n)
                    known[place].append(self._rounded(place))
                else:
                    known[place].append((self._value[place],) * 2)
            for amount in report.contents.amounts:
                place = self._place(n, amount.quantity)
                self._pounds[place], self._count_of[place] = amount.pounds, self._place(n, amount.count)
                if n != latest:
                    self._remember_money(place, amount.quantity, report, known)
                    if amount.quantity in report.not_as_it_is:
                        self._kept_back_by[place].add(n)
                else:
                    self._has_amount[place] = True
            for quantity, count in report.contents.money.items():
                place = self._place(n, quantity)
                self._is_money[place], self._count_of[place] = True, self._place(n, count)
        self._is_known = np.zeros(size, bool)  # exactly, from earlier reports or as a 0
        counted = self._value[self._count_of]
        self._is_small = (counted >= 1) & (counted < self.threshold)
        self._lowest, self._highest = is_told.astype(float), np.full(size, np.inf)
        for n, report in enumerate(self._reports):
            for place in (self._place(n, quantity) for quantity in report.contents.sized):
                if self._value[place] >= self.threshold:
                    self._lowest[place] = self.threshold
                elif self._is_small[place]:
                    self._highest[place] = self.threshold - 1
        for place, intervals in known.items():
            lows, highs = zip(*intervals, strict=True)
            self._lowest[place] = max(self._lowest[place], *lows)
            self._highest[place] = min(self._highest[place], *highs)
        none = (self._is_cell | self._is_money) & (counted == 0) & (is_told | ~self._is_cell)[self._count_of]
        self._lowest[none] = self._highest[none] = 0
        self._is_known = self._highest <= self._lowest
        self._of_now[[self._place(latest, quantity) for quantity in self._values[latest]]] = True

    def _remember_money(
        self, place: int, quantity: Quantity, report: Release, known: dict[int, list[Interval]]
    ) -> None:
        """Add what an earlier report tells of a sum of money to ``known``."""
        counted = self.quantities[self._count_of[place]]
        if counted in report.hidden or quantity in report.hidden or self._value[self._count_of[place]] < 1:
            return
        if self._value[self._count_of[place]] < self.threshold:
            return
        if report.coarser is None:
            known[place].append((self._value[place],) * 2)
            return
        if coarser := report.coarser.get(quantity, 0):
            self._before.coarser[place] = coarser
        known[place].append(self._sum_rounded(place, coarser))

    def _rounded(self, place: int) -> Interval:
        return counts_rounded_to(rounded_count(int(self._value[place]), self.threshold), self.threshold)

    def _sum_rounded(self, place: int, coarser: int) -> Interval:
        return sums_rounded_to(self._pounds[place], int(self._value[self._count_of[place]]), coarser)

    def _is_possible(self) -> bool:
        """Return whether values exist for the unknown numbers; none do if corrected records contradict each other."""
        for equation in self._equations:
            values = [factor * self._value[place] for place, factor in equation]
            if abs(sum(values)) > CLOSE * max(map(abs, values)):  # false if a value is unknown
                return False
        unknown = np.flatnonzero(np.isnan(self._value))
        if not len(unknown):
            return True
        equations = sorted({n for place in unknown for n in self._equations_of[place]})
        everything = self._group(unknown.tolist(), equations)
        return self._solve(everything, np.zeros(len(unknown)), self._bounds(None)) is not None

    def _bounds(self, showing: Showing | None) -> tuple[Numbers, Numbers]:
        """Return the bounds that a reader knows for each variable if the new report shows its numbers like this.

        Without ``showing`` the new report is left out.
        """
        low, high = self._lowest.copy(), self._highest.copy()
        if showing is None:
            return low, high
        shown = self._is_now.copy()
        shown[list(showing.hidden)] = False
        exact = shown.copy()
        exact[list(showing.rounded)] = False
        low[exact] = high[exact] = self._value[exact]
        narrower = [(place, self._rounded(place)) for place in showing.rounded if shown[place]]
        narrower += [
            (place, self._sum_rounded(place, showing.coarser.get(place, 0)))
            for place in self._money_shown(showing)
        ]
        for place, (least, most) in narrower:
            low[place], high[place] = max(low[place], least), min(high[place], most)
        return low, high

    def _money_shown(self, showing: Showing) -> list[int]:
        """Return the sums of money that the report shows: those whose count is shown and not small."""
        shown = self._has_amount & self._is_now[self._count_of] & ~self._is_small & ~self._is_known
        shown[list(showing.hidden)] = False
        return [int(place) for place in np.flatnonzero(shown) if self._count_of[place] not in showing.hidden]

    def _groups(self, free: Mask, wanted: Mask) -> "Iterator[_Group]":
        """Yield the free variables in groups that share equations; only groups with a wanted variable."""
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
        matrix = csc_array((np.array(factors, float), (rows, columns)), shape=(len(equations), len(places)))
        return _Group(np.array(places, int), matrix, right)

    def _solve(self, group: "_Group", aim: Numbers, bounds: tuple[Numbers, Numbers]) -> Numbers | None:
        """Return values of the group that the equations allow, with the least ``aim``; None if there are none."""
        low, high = (bound[group.places] for bound in bounds)
        return _least(aim, group.matrix, group.right, low, high)

    # What must stay open

    def _ask_of_money(self) -> None:
        """Set the range that must stay possible for each sum of money: of few amounts, or changed since another report.

        Where fewer than the threshold of the amounts in a sum differ from those of an earlier report, the difference is
        a sum of few amounts: nobody may learn it to within a fifth.
        """
        few = self._is_money & self._is_small & (self._value > 0)
        self._asked_low = np.where(few, self._value * (1 - NEAR), np.inf)
        self._asked_high = np.where(few, self._value * (1 + NEAR), -np.inf)
        self._asked_because_of: dict[int, set[int]] = defaultdict(set)
        for n, report in enumerate(self._reports[:-1]):
            ranges = report.ranges or self._exact_ranges(n)
            for later, earlier, moved in self._moved_since(n, ranges):
                place = self._place(len(self._reports) - 1, later)
                self._ask_of(place, moved, ranges[earlier])
                self._asked_because_of[place].add(n)
        self._asked = self._asked_low, self._asked_high

    def _exact_ranges(self, n: int) -> dict[Quantity, Interval]:
        """Return what a report from before November 2026 tells of its money: exact sums wherever the count is shown."""
        report, values = self._reports[n], self._values[n]
        return {
            amount.quantity: (float(amount.pounds),) * 2
            for amount in report.contents.amounts
            if amount.count not in report.hidden and values.get(amount.count, 0) >= self.threshold
        }

    def _moved_since(self, n: int, known: Iterable[Quantity]) -> Iterator[tuple[Quantity, Quantity, float]]:
        """Yield sums of which few amounts differ from those of a report, the earlier sum, and the difference.

        ``known`` are those sums of that report about which readers know something.
        """
        latest = len(self._reports) - 1
        then: dict[Quantity, list[Quantity]] = defaultdict(list)
        for quantity in known:
            then[quantity.lasting].append(quantity)
        each_then, values_then = self._each(n), self._values[n]
        for quantity, each in self._each(latest).items():
            for earlier in then.get(quantity.lasting, ()):
                if earlier == quantity or (n == latest and earlier > quantity):
                    continue
                moved = float(self._values[latest][quantity]) - float(values_then[earlier])
                if abs(moved) >= 1 and _differ_in_few(each, each_then.get(earlier), self.threshold):
                    yield quantity, earlier, moved

    def _ask_of(self, place: int, moved: float, then: Interval) -> None:
        """Require that the sum may have moved by a fifth less or more, from the range readers know it had ``then``."""
        nearer, further = sorted((moved * (1 - NEAR), moved * (1 + NEAR)))
        self._asked_low[place] = min(self._asked_low[place], max(then[1] + nearer, 0.0))
        self._asked_high[place] = max(self._asked_high[place], then[0] + further)

    def _each(self, n: int) -> Mapping[Quantity, Counter[Decimal]]:
        return self._reports[n].contents.each

    # The reader

    def shown_before(self) -> set[int]:
        """Return the small counts of the new report that an earlier one has shown, so that hiding them is too late."""
        return set(np.flatnonzero(self._is_now & self._is_small & self._is_known).tolist())

    def reports_behind(self, place: int, exposed: Collection[int]) -> list[int]:
        """Return the earlier reports because of which a number is not shown as it is, oldest first.

        They kept it back themselves, or reveal it through a change in money; or else they show numbers, linked by sums
        to the ``exposed`` ones for which it was given up, that the new report does not show: the nearest first.
        """
        behind = self._kept_back_by[place] | self._shown_as_it_is_by(place)
        for one in (place, *exposed):
            behind |= self._asked_because_of[one]
        met, near = set(exposed), set(exposed)
        while near and not behind:
            near = {
                other for one in near for n in self._equations_of[one] for other, _ in self._equations[n]
            } - met
            met |= near
            behind = self._shown_by(near)
        return sorted(behind)

    def _shown_as_it_is_by(self, place: int) -> set[int]:
        """Return the earlier reports that show a small count exactly."""
        quantity, before = self.quantities[place], enumerate(self._reports[:-1])
        if not self._is_small[place] or self._is_money[place]:
            return set()
        return {n for n, r in before if quantity in r.contents.shown and quantity not in r.hidden}

    def _shown_by(self, places: Collection[int]) -> set[int]:
        """Return the earlier reports that show any of these numbers that the new report does not contain."""
        wanted = {self.quantities[place] for place in places if not self._is_now[place]}
        before = enumerate(self._reports[:-1]) if wanted else ()
        return {n for n, report in before if not wanted.isdisjoint(report.contents.shown)}

    def to_begin_with(self) -> Showing:
        """Return how the new report shows its numbers so far, including what earlier reports hid or rounded of them.

        A number that an earlier report has shown exactly need not be hidden now, unless it is small.
        """
        now, before, latest = self._reports[-1], self._before, len(self._reports) - 1
        hidden = {self._place(latest, quantity) for quantity in now.hidden}
        hidden |= {place for place in before.hidden if self._is_now[place]}
        rounded = {self._place(latest, quantity) for quantity in now.rounded}
        rounded |= {place for place in before.rounded if self._is_now[place]}
        coarser = {place: steps for place, steps in before.coarser.items() if self._of_now[place]}
        for quantity, steps in (now.coarser or {}).items():
            place = self._place(latest, quantity)
            coarser[place] = max(steps, coarser.get(place, 0))
        needless = {
            place for place in hidden | rounded if self._is_known[place] and not self._is_small[place]
        }
        return Showing(hidden - needless, rounded - hidden - needless, coarser)

    def named(self, showing: Showing) -> Release:
        """Return the new report, shown in this way."""
        hidden, rounded = (
            frozenset(self.quantities[place] for place in places)
            for places in (showing.hidden, showing.rounded)
        )
        coarser = {self.quantities[place]: steps for place, steps in showing.coarser.items()}
        now = self._reports[-1]
        return Release(now.contents, hidden, rounded, coarser, zeros=now.zeros & hidden)

    def exposed(self, showing: Showing) -> dict[int, float]:
        """Return the guarded variables whose possible values are too close together, with the lowest possible value.

        Guarded are small numbers, whether they have a cell or not, sums of money that must stay uncertain, and every
        cell that is hidden and not 0.
        """
        self._asked_low, self._asked_high = self._asked
        return self._exposed(showing)

    def _exposed(self, showing: Showing) -> dict[int, float]:
        bounds = self._bounds(showing)
        free = bounds[0] < bounds[1]
        guarded = free & ~np.isnan(self._value)
        hidden = np.zeros(len(free), bool)
        hidden[list(self._before.hidden | showing.hidden)] = True
        counts = ~self._is_money & (self._is_small | hidden) & (self._value > 0)
        guarded &= counts | (self._asked_low < np.inf)
        found: dict[int, float] = {}
        for group in self._groups(free, guarded):
            if not (self._of_now[group.places].any() or self._touches_now(group)):
                continue
            known = (guarded, *bounds, self._asked_low, self._asked_high)
            asked = b"".join(part[group.places].tobytes() for part in (np.arange(len(free)), *known))
            if asked not in self._exposed_so:
                self._exposed_so[asked] = self._exposed_in(group, guarded, bounds)
            found |= self._exposed_so[asked]
        return found

    def _touches_now(self, group: "_Group") -> bool:
        near = {
            other
            for place in group.places
            for n in self._equations_of[place]
            for other, _ in self._equations[n]
        }
        return bool(self._of_now[list(near)].any())

    def _exposed_in(
        self, group: "_Group", guarded: Mask, bounds: tuple[Numbers, Numbers]
    ) -> dict[int, float]:
        """Return the exposed variables of a group.

        Every solution is a table that the reader must consider possible, so it shows for many variables at once how far
        apart their values may be; only the remaining variables are tested one by one.
        """
        places, value = group.places, self._value[group.places]
        low, high = (np.where(np.isnan(value), bounds[0][places], value) for _ in range(2))
        left = np.flatnonzero(guarded[places])

        def push(chosen: Indices, signs: Numbers) -> bool:
            """Learn from a table in which the chosen variables are least (1) or, as far as needed, greatest (-1)."""
            aim, highest = np.zeros(len(places)), bounds[1].copy()
            aim[chosen] = signs
            up = chosen[signs < 0]
            enough = np.maximum(high[up], self._needed(places[up], low[up]))
            highest[places[up]] = np.minimum(highest[places[up]], enough)
            found = self._solve(group, aim, (bounds[0], highest))
            if found is not None:
                np.minimum(low, found, out=low)
                np.maximum(high, found, out=high)
            return found is not None

        def still(chosen: Indices) -> Indices:
            return chosen[~self._is_apart(places[chosen], low[chosen], high[chosen])]

        for signs in _patterns(len(places)):
            for sign in (1.0, -1.0):
                if len(left := still(left)):
                    push(left, sign * signs[left])
        exposed = {}
        for n in left:
            one, down = np.array([n]), np.ones(1)
            if len(still(one)) and not (push(one, down) and push(one, -down) and not len(still(one))):
                exposed[int(places[n])] = float(low[n])
        return exposed

    def _needed(self, places: Indices, low: Numbers) -> Numbers:
        """Return the values that must be possible if the lowest possible ones are ``low``."""
        beyond = np.maximum(self.threshold, low + self.threshold - 1)
        of_small = np.where(low <= 1 + CLOSE, self.threshold - 1, beyond)
        of_count = np.where(self._is_small[places], of_small, low + 1)
        return np.where(self._is_money[places], self._asked_high[places], of_count)

    def _is_apart(self, places: Indices, low: Numbers, high: Numbers) -> Mask:
        """Return whether a reader who finds these lowest and highest values has learnt little enough."""
        within = np.where(self._is_money[places], 0.01, CLOSE)  # a penny
        far_below = ~self._is_money[places] | (low <= self._asked_low[places] + within)
        apart: Mask = far_below & (high >= self._needed(places, low) - within)
        return apart

    def exposed_within(self, showing: Showing) -> dict[int, float]:
        """Return the sums of money that reveal a change between two days in the report: now, and a year earlier."""
        if not self._moved_within:
            return {}
        self._asked_low, self._asked_high = self._asked[0].copy(), self._asked[1].copy()
        earlier = {earlier for _, earlier, _ in self._moved_within}
        ranges = self.ranges(showing, earlier)
        for later, before, moved in self._moved_within:
            self._ask_of(self._place(len(self._reports) - 1, later), moved, ranges[before])
        return self._exposed(showing)

    @cached_property
    def _moved_within(self) -> list[tuple[Quantity, Quantity, float]]:
        return list(self._moved_since(len(self._reports) - 1, self._each(len(self._reports) - 1)))

    def ranges(self, showing: Showing, of: Collection[Quantity] | None = None) -> dict[Quantity, Interval]:
        """Return what a reader can tell of each sum of money of the report, or of some, for use by later reports."""
        bounds, latest = self._bounds(showing), len(self._reports) - 1
        money = np.zeros(len(self._value), bool)
        money[[self._place(latest, quantity) for quantity in (self._each(latest) if of is None else of)]] = (
            True
        )
        money &= ~np.isnan(self._value)
        found = {self.quantities[n]: (bounds[0][n], bounds[1][n]) for n in np.flatnonzero(money)}
        for group in self._groups(bounds[0] < bounds[1], money):
            low, high = self._ranges_in(group, np.flatnonzero(money[group.places]), bounds)
            found |= {self.quantities[n]: (low[k], high[k]) for k, n in enumerate(group.places) if money[n]}
        return found

    def _ranges_in(
        self, group: "_Group", wanted: Indices, bounds: tuple[Numbers, Numbers]
    ) -> tuple[Numbers, Numbers]:
        """Return the least and greatest values of the wanted variables, solved one by one only where necessary."""
        least, most = (bound[group.places] for bound in bounds)
        value = self._value[group.places]
        low, high = (np.where(np.isnan(value), least, value) for _ in range(2))
        capped = bounds[0], np.where(np.isinf(bounds[1]), np.nan_to_num(self._value) * 2 + 1, bounds[1])
        aim = np.zeros(len(value))
        for signs in _patterns(len(wanted)):
            for sign in (1.0, -1.0):
                aim[wanted] = sign * signs
                found = self._solve(group, aim, capped)
                if found is not None:
                    np.minimum(low, found, out=low)
                    np.maximum(high, found, out=high)
        for n in wanted:
            for sign, reached, limit in ((1.0, low, least), (-1.0, high, most)):
                if abs(reached[n] - limit[n]) > 0.01:  # a penny
                    aim[:], aim[n] = 0.0, sign
                    found = self._solve(group, aim, bounds)
                    reached[n] = found[n] if found is not None else limit[n]
        return low, high

    # What to give up

    def to_give_up(self, place: int, low: float, showing: Showing) -> set[int]:
        """Return further numbers to round or hide so that the exposed one could be another; none if none would help.

        A sum of money whose change is exposed is itself rounded further. Otherwise a linear programme looks for another
        table that fits everything known, in which the variable is far enough away and the shown numbers differ as
        little as possible, weighted by how much readers need them (after Kelly, Golden and Assad 1992).
        """
        if self._is_money[place] and place in self._money_shown(showing):
            return {place}
        group = self._around(place)
        if group is None:
            return set()
        for ranges in self._elsewhere(place, low):
            moved = [self._moved(group, place, between, showing) for between in ranges]
            if all(chosen is not None for chosen in moved):
                return set().union(*(chosen for chosen in moved if chosen))
        return set()

    def _around(self, place: int) -> "_Group | None":
        """Return the group of a variable if the new report showed nothing; None if the variable is known."""
        bounds = self._bounds(None)
        free = bounds[0] < bounds[1]
        if free[place] and place not in self._around_of:
            (group,) = self._groups(free, np.arange(len(free)) == place)
            self._around_of |= dict.fromkeys(group.places.tolist(), group)
        return self._around_of.get(place)

    def give_up(self, place: int, showing: Showing) -> None:
        """Show a number less exactly: round and then hide a count, or round money to the next greater step."""
        if self._is_money[place]:
            count, steps = int(self._value[self._count_of[place]]), showing.coarser.get(place, 0) + 1
            if is_too_coarse(self._pounds[place], count, steps):
                showing.hidden.add(place)
                showing.coarser.pop(place, None)
            else:
                showing.coarser[place] = steps
        elif place in showing.rounded:
            showing.rounded.remove(place)
            showing.hidden.add(place)
        elif place not in showing.hidden:
            showing.rounded.add(place)

    def _elsewhere(self, place: int, low: float) -> Iterator[tuple[tuple[float, float], ...]]:
        """Yield ranges for the variable to be in: as required, then nearer if earlier reports leave no room."""
        value = float(self._value[place])
        up = float(self._needed(np.array([place]), np.array([low]))[0])
        if self._is_money[place]:
            yield (up, np.inf), (-np.inf, float(self._asked_low[place]))
        else:
            yield ((up, np.inf),)
        if self._is_small[place] and not self._is_money[place]:
            yield (self.threshold - 1, np.inf), (-np.inf, 1)
        yield (value + 1, np.inf), (-np.inf, value - 1)

    def _moved(
        self, group: "_Group", place: int, between: tuple[float, float], showing: Showing
    ) -> set[int] | None:
        """Return the shown numbers that would differ in the nearest table with the variable in that range.

        None if there is no such table.
        """
        places, size = group.places, len(group.places)
        lowest, highest = self._lowest[places], self._highest[places]
        column = int(np.searchsorted(places, place))
        lowest[column], highest[column] = max(lowest[column], between[0]), min(highest[column], between[1])
        least, most = (bound[places] for bound in self._bounds(showing))
        shown = np.flatnonzero((least > self._lowest[places]) | (most < self._highest[places]))
        change = eye_array(len(shown))
        chosen = csr_array((np.ones(len(shown)), (np.arange(len(shown)), shown)), shape=(len(shown), size))
        # extra columns: how far the other table exceeds the most that readers know, and how far it is below the least
        matrix = hstack([group.matrix, csr_array((group.matrix.shape[0], 2 * len(shown)))])
        nothing = csr_array((len(shown), len(shown)))
        beyond = hstack([chosen, -change, nothing]), hstack([-chosen, nothing, -change])
        weight = self._weights(places[shown])
        found = _least(
            np.concatenate([np.zeros(size), weight, weight]),
            matrix.tocsc(),
            group.right,
            np.concatenate([lowest, np.zeros(2 * len(shown))]),
            np.concatenate([highest, np.full(2 * len(shown), np.inf)]),
            beyond=(beyond, (most[shown], -least[shown])),
        )
        if found is None:
            return None
        differs = found[size : size + len(shown)] + found[size + len(shown) :]
        moved = differs > CLOSE * np.maximum(self._value[places[shown]], 1.0)
        return set(places[shown[moved]].tolist())

    def _weights(self, places: Indices) -> Numbers:
        """Return the cost of changing each number by one: headlines most, then numbers in more tables, or larger."""
        counts = self._count_of[places]
        ranks = np.array([self._rank(self.quantities[n]) for n in counts], float)
        tables = np.array([self._tables_with.get(self.quantities[n], 1) for n in counts])
        size = np.log2(2 + self._value[counts])
        needed = np.where(ranks < ROWS, HEADLINE_WEIGHT * (1 + 1 / (1 + ranks)), 1.0) * tables * size**2
        # £1,000 of a sum weigh as much as a child
        weights: Numbers = needed / np.where(self._is_money[places], 1_000.0, 1.0)
        return weights

    def _rank(self, quantity: Quantity) -> int:
        return self._reports[-1].contents.ranks.get(quantity, ROWS)


ROWS = 1_000
"""The rank from which numbers belong to rows, which are given up before any headline."""


def _differ_in_few(one: Counter[Decimal], other: Counter[Decimal] | None, threshold: int) -> bool:
    """Return whether fewer than the threshold of the amounts differ; assumed if the earlier ones were not kept."""
    if other is None:
        return True
    if abs(one.total() - other.total()) >= threshold:  # a quick test: at least as many come or go
        return False
    return max((one - other).total(), (other - one).total()) < threshold


@dataclass(frozen=True)
class _Group:
    """Variables that share equations: their places, and matrix * values = right."""

    places: Indices
    matrix: csc_array
    right: Numbers


Beyond = tuple[tuple[csr_array, csr_array], tuple[Numbers, Numbers]]


def _patterns(number: int) -> Iterator[Numbers]:
    """Yield signs for so many variables: first all alike, then patterns in which any two differ at least once."""
    yield np.ones(number)
    for bit in range(max(number - 1, 0).bit_length()):
        yield np.where(np.arange(number) >> bit & 1, 1.0, -1.0)


def _least(
    aim: Numbers,
    matrix: csc_array,
    right: Numbers,
    lowest: Numbers,
    highest: Numbers,
    beyond: Beyond | None = None,
) -> Numbers | None:
    """Return the values with the least ``aim`` for which matrix * values = right; None if there are none.

    ``beyond`` are matrices whose products must not exceed the numbers that follow them.
    """
    constraints = [LinearConstraint(matrix, right, right)] if matrix.shape[0] else []
    if beyond is not None:
        constraints += [LinearConstraint(above, ub=most) for above, most in zip(*beyond, strict=True)]
    answer = milp(aim, constraints=constraints, bounds=Bounds(lowest, highest))
    return answer.x if answer.status == 0 else None
