"""A reader of public tables who tries to work out what is hidden, with a formulation of their own.

Nothing here uses the product's attacker. The reader has a variable for each number of each report, writes down
every number they see as an equation, every sum as another, that a hidden cell holds at least 1 and nothing less than 0,
and asks for the least and the greatest value of each hidden number.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import lil_array

from sen_dashboard.core.disclosure import Contents, Quantity
from sen_dashboard.core.suppression import Protection


def truth(contents: Contents) -> dict[Quantity, Fraction]:
    """Every number of the tables; also those that nobody shows, as far as the sums tell them."""
    values = {quantity: Fraction(value) for quantity, value in contents.shown.items()}
    values |= {amount.quantity: Fraction(amount.pounds) for amount in contents.amounts}
    for _ in contents.sums:
        for one in contents.sums:
            signed = [(one.whole, -1), *((part, 1) for part in one.parts)]
            unknown = [(quantity, sign) for quantity, sign in signed if quantity not in values]
            if len(unknown) == 1:
                rest = sum(sign * values[quantity] for quantity, sign in signed if quantity in values)
                values[unknown[0][0]] = -unknown[0][1] * rest
    return values


class Reader:
    """Reads the reports, whose records were not corrected in between: a quantity has one value in all of them."""

    def __init__(self, reports: Sequence[Protection]) -> None:
        self.values = {q: value for report in reports for q, value in truth(report.contents).items()}
        named = dict.fromkeys(self.values)
        for report in reports:
            for one in report.contents.sums:
                named |= dict.fromkeys((one.whole, *one.parts))
        self.column = {quantity: n for n, quantity in enumerate(named)}
        self.lowest = dict.fromkeys(self.column, 0.0)
        self.highest: dict[Quantity, float | None] = dict.fromkeys(self.column)
        for report in reports:
            self._read(report)
        sums = dict.fromkeys(one for report in reports for one in report.contents.sums)
        self.matrix = lil_array((max(len(sums), 1), len(self.column)))
        for row, one in enumerate(sums):
            self.matrix[row, self.column[one.whole]] -= 1
            for part in one.parts:
                self.matrix[row, self.column[part]] += 1
        self.matrix = self.matrix.tocsr()

    def _read(self, report: Protection) -> None:
        for quantity, value in report.contents.shown.items():
            if quantity not in report.hidden:
                self.lowest[quantity] = self.highest[quantity] = float(value)
            else:
                self.lowest[quantity] = max(self.lowest[quantity], 1.0)
        for amount in report.contents.amounts:
            count = self.values.get(amount.count, Fraction(1))
            if amount.count not in report.hidden and not 0 < count < report.threshold:
                self.lowest[amount.quantity] = self.highest[amount.quantity] = float(amount.pounds)

    def range_of(self, quantity: Quantity, most: float) -> tuple[float, float]:
        """The least value that the number may have, and the greatest up to ``most``."""
        found = []
        for sign in (1, -1):
            aim = np.zeros(len(self.column))
            aim[self.column[quantity]] = sign
            bounds = [
                (self.lowest[q], most if q == quantity and self.highest[q] is None else self.highest[q])
                for q in self.column
            ]
            answer = linprog(aim, A_eq=self.matrix, b_eq=np.zeros(self.matrix.shape[0]), bounds=bounds)
            assert answer.status == 0, "what is shown contradicts itself"
            found.append(sign * answer.fun)
        return found[0], found[1]

    def learnt(self, report: Protection) -> list[str]:
        """What the reader learns too much about in the report: nothing, if it is well protected."""
        told = []
        small = {q for q, value in self.values.items() if 0 < value < report.threshold}
        money = {amount.quantity: amount for amount in report.contents.amounts}
        for quantity in sorted((small | report.hidden) - money.keys()):
            low, high = self.range_of(quantity, float(self.values[quantity]) + 3 * report.threshold)
            if not (is_apart(low, high, report.threshold) if quantity in small else high - low >= 1 - 1e-5):
                told.append(f"{quantity.text} is {self.values[quantity]}: {low} to {high}")
        for quantity, amount in money.items():
            pounds = float(amount.pounds)
            if pounds and amount.count in small:
                low, high = self.range_of(quantity, 3 * pounds)
                if low > 0.8 * pounds + 1e-3 or high < 1.2 * pounds - 1e-3:
                    told.append(f"{quantity.text} is £{pounds}: {low} to {high}")
        return told


def is_apart(low: float, high: float, threshold: int) -> bool:
    """Whether all numbers from 1 to below the threshold are possible, or ones that span it."""
    says_no_more_than_c = low <= 1 + 1e-5 and high >= threshold - 1 - 1e-5
    return says_no_more_than_c or (high >= threshold - 1e-5 and high - low >= threshold - 1 - 1e-5)
