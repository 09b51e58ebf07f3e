"""A reader of public tables who tries to work out what is hidden, independently of the program's own attacker.

Nothing here uses the product's attacker or its rounding. The reader has a variable for each number of each report.
They write down every number they see as the values it may have (a rounded one as an interval; money from the sum, and
from the average times its count), every sum as an equation, and that nothing is below 0 and a hidden cell is at least
1, unless its report hides zeros as well. Then they find the least and the greatest value of each hidden number, and of
each difference between two reports.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import inf
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import lil_array
from scipy.sparse.csgraph import connected_components

from sen_dashboard.core.disclosure.suppression import Protection
from sen_dashboard.core.kpi.quantities import REST, Contents, Quantity


def truth(contents: Contents) -> dict[Quantity, Fraction]:
    """Every number in the tables, and unpublished ones that follow from the sums."""
    values = {quantity: Fraction(value) for quantity, value in contents.shown.items()}
    values |= {amount.quantity: Fraction(amount.pounds) for amount in contents.amounts}
    known = 0
    while known < len(values):
        known = len(values)
        for one in contents.sums:
            signed = [(one.whole, -1), *((part, 1) for part in one.parts)]
            unknown = [(quantity, sign) for quantity, sign in signed if quantity not in values]
            if len(unknown) == 1:
                rest = sum(sign * values[quantity] for quantity, sign in signed if quantity in values)
                values[unknown[0][0]] = -unknown[0][1] * rest
    return values


def nearest(value: Fraction, step: Fraction) -> Fraction:
    """The value rounded to the step, halves up."""
    return ((value / step + Fraction(1, 2)) // 1) * step


def steps_of(pounds: Fraction, count: int, coarser: int) -> tuple[Fraction, Fraction]:
    """The steps to which sums and averages are rounded for the public: see docs/adr/0012-disclosure.md."""
    one = pounds / count
    powers = [Fraction(10**n) for n in range(12)]
    usual = Fraction(100_000 if pounds >= 1_000_000 else 1_000)
    of_sum = max(usual, min(power for power in powers if power >= one))
    fine = [power * part for power in powers for part in (Fraction(1), Fraction(2), Fraction(5))]
    of_average = max(Fraction(100), min(step for step in fine if step >= one / count))
    return of_sum * 10**coarser, of_average * 10**coarser


class Reader:
    """Reads the reports, whose records were not corrected in between: a quantity has one value in all of them."""

    def __init__(self, reports: Sequence[Protection]) -> None:
        self.reports = reports
        self.values = {q: value for report in reports for q, value in truth(report.contents).items()}
        named = dict.fromkeys(self.values)
        for report in reports:
            for one in report.contents.sums:
                named |= dict.fromkeys((one.whole, *one.parts))
        self.column = {quantity: n for n, quantity in enumerate(named)}
        self.lowest = dict.fromkeys(self.column, 0.0)
        self.highest = dict.fromkeys(self.column, inf)
        for report in reports:
            self._read(report)
        sums = dict.fromkeys(one for report in reports for one in report.contents.sums)
        self.matrix = lil_array((max(len(sums), 1), len(self.column)))
        for row, one in enumerate(sums):
            self.matrix[row, self.column[one.whole]] -= 1
            for part in one.parts:
                self.matrix[row, self.column[part]] += 1
        self.matrix = self.matrix.tocsr()
        _, self.group = connected_components(abs(self.matrix.T) @ abs(self.matrix), directed=False)
        """Of each number, which numbers the sums tie it to: no others say anything about it."""
        self._least(np.zeros(len(self.column)), self._bounds())

    def _knows(self, quantity: Quantity, low: Fraction | float, high: Fraction | float) -> None:
        self.lowest[quantity] = max(self.lowest[quantity], float(low))
        self.highest[quantity] = min(self.highest[quantity], float(high))

    def _read(self, report: Protection) -> None:
        half = report.threshold
        for quantity, value in report.contents.shown.items():
            if quantity in report.hidden:
                self.lowest[quantity] = max(self.lowest[quantity], 0.0 if quantity in report.zeros else 1.0)
            elif quantity in report.rounded:
                told = nearest(Fraction(value), Fraction(2 * half))
                self._knows(quantity, max(told - half, half), told + half - 1)
            else:
                self._knows(quantity, value, value)
        for amount in report.contents.amounts:
            count, pounds = self.values.get(amount.count, Fraction(1)), Fraction(amount.pounds)
            if not count:
                if amount.count not in report.hidden:
                    self._knows(amount.quantity, 0, 0)
            elif not report.hidden & {amount.count, amount.quantity} and count >= report.threshold:
                self._read_money(
                    amount.quantity, pounds, int(count), (report.coarser or {}).get(amount.quantity, 0)
                )

    def _read_money(self, quantity: Quantity, pounds: Fraction, count: int, coarser: int) -> None:
        of_sum, of_average = steps_of(pounds, count, coarser)
        told, average = nearest(pounds, of_sum), nearest(pounds / count, of_average)
        self._knows(quantity, told - of_sum / 2, told + of_sum / 2)
        self._knows(quantity, (average - of_average / 2) * count, (average + of_average / 2) * count)

    def range_of(self, quantity: Quantity, most: float, less: Quantity | None = None) -> tuple[float, float]:
        """The least possible value of the number, or of its difference to another, and the greatest up to ``most``."""
        bounds = self._bounds()
        aim = np.zeros(len(self.column))
        aim[self.column[quantity]] = 1
        if less is not None:
            aim[self.column[less]] = -1
        for wanted in filter(None, (quantity, less)):
            if self.highest[wanted] == inf:
                bounds[self.column[wanted], 1] = most
        tied = np.isin(self.group, self.group[aim != 0])
        return self._least(aim, bounds, tied), -self._least(-aim, bounds, tied)

    def _bounds(self) -> Any:
        return np.array([[*self.lowest.values()], [*self.highest.values()]]).T

    def _least(self, aim: Any, bounds: Any, tied: Any = slice(None)) -> float:
        """The least value of the sum of the numbers, each times its aim, from what is known of those ``tied``."""
        equations = self.matrix[:, tied]
        equations = equations[np.diff(equations.indptr) > 0]
        answer = linprog(aim[tied], A_eq=equations, b_eq=np.zeros(equations.shape[0]), bounds=bounds[tied])
        assert answer.status == 0, "what is shown contradicts itself"
        return float(answer.fun)

    def learnt(self, report: Protection) -> list[str]:
        """The numbers in the report that the reader can narrow down too far: none, if it is well protected."""
        told = []
        small = {q for q, value in self.values.items() if 0 < value < report.threshold}
        money = self._money(report.contents)
        none = {q for q, value in self.values.items() if value == 0}
        for quantity in sorted((small | report.hidden) - money.keys() - none):
            low, high = self.range_of(quantity, float(self.values[quantity]) + 3 * report.threshold)
            if not (is_apart(low, high, report.threshold) if quantity in small else high - low >= 1 - 1e-5):
                told.append(f"{quantity.text} is {self.values[quantity]}: {low} to {high}")
        for quantity, count in money.items():
            pounds = float(self.values[quantity])
            if pounds and count in small:
                low, high = self.range_of(quantity, 3 * pounds)
                if low > 0.8 * pounds + 1e-2 or high < 1.2 * pounds - 1e-2:
                    told.append(f"{quantity.text} is £{pounds}: {low} to {high}")
        return told

    def _money(self, contents: Contents) -> dict[Quantity, Quantity]:
        """The sums of money in the tables and what they come to with others, each with the children it is spent on.

        Money is named as its count is, but for the name itself; so a sum that no table shows has its count as well.
        """
        of_name = {amount.quantity.name: amount.count.name for amount in contents.amounts}
        counts = {
            quantity: _count_of(quantity, of_name) for quantity in truth(contents) if quantity in self.values
        }
        return {
            quantity: count
            for quantity, count in counts.items()
            if count is not None and count in self.values
        }

    def learnt_between(self) -> list[str]:
        """The sums of money that moved by a few people's money between two reports or days, and by how much."""
        told, most = [], 10.0 * float(max(self.values.values(), default=Fraction(1)))
        for earlier, later in moved_by_few(self.reports):
            moved = float(self.values[later] - self.values[earlier])
            low, high = self.range_of(later, most, less=earlier)
            least, furthest = sorted((0.8 * moved, 1.2 * moved))
            _, held = self.range_of(earlier, most)
            least = max(least, -held)  # nobody takes more from a sum than it may have held
            if low > least + 1e-2 or high < furthest - 1e-2:
                told.append(f"{later.text} moved by £{moved}: {low} to {high}")
        return told


def _count_of(quantity: Quantity, of_name: Mapping[str, str]) -> Quantity | None:
    """The count that a sum of money goes with; None for what is no money."""
    if quantity.name != REST:
        name = of_name.get(quantity.name)
        return name and Quantity(name, quantity.dimensions)
    dimensions = dict(quantity.dimensions)
    of, *parts = (
        _count_of(Quantity.parse(text), of_name)
        for text in (dimensions["of"], *json.loads(dimensions["without"]))
    )
    return of.less(*filter(None, parts)) if of and all(parts) else None


def amounts_in(contents: Contents) -> dict[Quantity, Counter[Decimal]]:
    """What every sum of money is made of, and what is left of one without its parts."""
    each = {amount.quantity: Counter[Decimal](amount.each) for amount in contents.amounts}
    known = 0
    while known < len(each):
        known = len(each)
        for one in contents.sums:
            *_, last = unknown = [
                quantity for quantity in (one.whole, *one.parts) if quantity not in each
            ] or [None]
            if len(unknown) == 1 and last in one.parts:
                left = each[one.whole].copy()
                for part in one.parts:
                    left -= each.get(part, Counter())
                each[last] = left
    return each


def moved_by_few(reports: Sequence[Protection]) -> Iterator[tuple[Quantity, Quantity]]:
    """Pairs of sums of the same money on two days that differ by fewer amounts than the threshold."""
    each = {
        quantity: made_of for report in reports for quantity, made_of in amounts_in(report.contents).items()
    }
    for earlier, later in combinations(sorted(each), 2):
        if _of_what(earlier) != _of_what(later):
            continue
        gone, come = each[earlier] - each[later], each[later] - each[earlier]
        if 1 <= max(gone.total(), come.total()) < reports[-1].threshold:
            yield earlier, later


def _of_what(quantity: Quantity) -> tuple[str, tuple[tuple[str, str], ...]]:
    return quantity.name, tuple(pair for pair in quantity.dimensions if pair[0] not in ("day", "last"))


def is_apart(low: float, high: float, threshold: int) -> bool:
    """Whether all numbers from 1 to below the threshold are possible, or a range that spans it."""
    says_no_more_than_c = low <= 1 + 1e-5 and high >= threshold - 1 - 1e-5
    return says_no_more_than_c or (high >= threshold - 1e-5 and high - low >= threshold - 1 - 1e-5)
