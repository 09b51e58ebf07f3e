"""Does it work? What an action was expected to change, beside what has changed since and where the trend was heading.

A reading of the site: the programme's records name a figure and know no more of it. Everything is counted from the
last day before the change was expected, since on the day itself it may have come already.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import django_tables2 as tables

from sen_dashboard.core import formats
from sen_dashboard.core.charts import svg
from sen_dashboard.core.charts.chart import Axis, Chart, Series, Tone, lines, mark
from sen_dashboard.core.periods import Month, year_before
from sen_dashboard.core.scope import EARLIEST
from sen_dashboard.core.tables import KindColumn, KpiTable
from sen_dashboard.pages.figures import ChangeColumn, Figure, Figures, signed
from sen_dashboard.programme.models import Action

NO_PROOF = (
    "This is no proof of cause: whatever else happened in the same time moved the figure too, and the trend of a year "
    "may not have gone on."
)

MOST_MONTHS = 36
"""How many months since the change was expected the chart shows."""


@dataclass(frozen=True)
class Effect:
    """A figure that was expected to change by ``expected`` from ``since`` on, as known on ``day``.

    ``start`` is what it was on the last day before, ``earlier`` what it was a year before that, ``now`` what it is on
    the day; each is None where it is not known.
    """

    figure: Figure
    expected: Decimal
    since: date
    day: date
    earlier: Decimal | None
    start: Decimal | None
    now: Decimal | None

    @property
    def start_day(self) -> date:
        """The last day before the change was expected."""
        return self.since - timedelta(days=1)

    @property
    def has_begun(self) -> bool:
        """Whether the day from which the change is expected has come."""
        return self.day >= self.since

    @property
    def measured(self) -> Decimal | None:
        """The change since; None before it has begun, or where it is not known."""
        if not self.has_begun or self.now is None or self.start is None:
            return None
        return self.now - self.start

    @property
    def trend(self) -> Decimal | None:
        """The change that the year before would have given had it gone on at its pace, day by day."""
        if not self.has_begun or self.start is None or self.earlier is None:
            return None
        return self._trend_on(self.day)

    def _trend_on(self, day: date) -> Decimal:
        assert self.start is not None
        assert self.earlier is not None
        year = (self.start_day - year_before(self.start_day)).days
        return (self.start - self.earlier) * (day - self.start_day).days / year

    @property
    def sentence(self) -> str:
        """What was measured, beside what was expected and the trend; or why there is nothing to measure."""
        kind = self.figure.kind
        if not self.has_begun:
            now = (
                ""
                if self.now is None
                else f" On {formats.day(self.day)} the figure is {kind.text(self.now)}."
            )
            return f"Nothing can be measured before {formats.day(self.since)}.{now}"
        if self.measured is None:
            missing = self.start_day if self.start is None else self.day
            return f"The change cannot be measured: the figure of {formats.day(missing)} is not available."
        changed = (
            f"Since {formats.day(self.start_day)} the figure has changed by {signed(kind, self.measured)}"
        )
        return (
            f"{changed}, from {kind.text(self.start)} to {kind.text(self.now)}. Expected was a change of "
            f"{signed(kind, self.expected)}.{self._trend_in_words()}"
        )

    def _trend_in_words(self) -> str:
        if self.trend is None:
            return " Its trend of the year before is not available."
        return f" Had the trend of the year before gone on, it would be one of {signed(self.figure.kind, self.trend)}."

    @property
    def table(self) -> KpiTable:
        """The three side by side: the change, and what the figure comes to by it."""
        kind = self.figure.kind
        columns = [
            ("start", KindColumn(kind, verbose_name=formats.day(self.start_day))),
            ("change", ChangeColumn(kind)),
            ("comes_to", KindColumn(kind, verbose_name=formats.day(self.day))),
        ]
        lines = [
            Line("Measured", self.start, self.measured),
            Line("Expected", self.start, self.expected),
            Line("As in the year before", self.start, self.trend),
        ]
        return _LineTable(lines, extra_columns=columns, orderable=False)

    @property
    def chart(self) -> Chart:
        """The figure by month since a year before, and where expectation and trend would have it."""
        first = Month.containing(self.start_day).plus(-12)
        months = [first.plus(n) for n in range(12 + MOST_MONTHS)]
        days = [month.end for month in months if EARLIEST <= month.end <= self.day]

        def since(change: Callable[[date], Decimal]) -> list[Decimal | None]:
            start = self.start
            return [
                start + change(day) if start is not None and day >= self.start_day else None for day in days
            ]

        drawn = [
            ("Measured", [self.figure.on(day) for day in days], Tone.MAIN),
            ("Expected", since(lambda day: self.expected if day >= self.since else Decimal(0)), Tone.SECOND),
        ]
        if self.earlier is not None:
            drawn.append(("As in the year before", since(self._trend_on), Tone.THIRD))
        return lines(
            days,
            Axis("At the end of each month", self.figure.kind),
            *(Series(name, tuple(map(mark, numbers)), tone=tone) for name, numbers, tone in drawn),
        )

    @cached_property
    def drawn(self) -> svg.Inline | None:
        """The chart for the page; None where nothing was measured."""
        return None if self.measured is None else svg.inline(self.chart)


@dataclass(frozen=True)
class Line:
    """One of the changes that are set beside each other."""

    what: str
    start: Decimal | None
    change: Decimal | None

    @property
    def comes_to(self) -> Decimal | None:
        """What the figure is after the change."""
        return None if self.start is None or self.change is None else self.start + self.change


class _LineTable(KpiTable):
    what = tables.Column(verbose_name="Reading")


def effect(action: Action, figures: Figures, day: date) -> Effect | None:
    """What the action was expected to change, as known on the day; None where it names no number, change or day."""
    figure = figures.find(action.kpi, action.kpi_key, action.kpi_row)
    if figure is None or action.expected_change is None or action.expected_from is None:
        return None
    start = action.expected_from - timedelta(days=1)
    has_begun = day >= action.expected_from

    def known(on: date) -> Decimal | None:
        return figure.on(on) if on >= EARLIEST else None

    return Effect(
        figure,
        action.expected_change,
        action.expected_from,
        day,
        earlier=known(year_before(start)) if has_begun else None,
        start=known(start) if has_begun else None,
        now=known(day),
    )


def page(action: Action, figures: Figures, day: date) -> dict[str, Any]:
    """What the page of the action says of it; nothing where nothing was expected."""
    found = effect(action, figures, day)
    return {} if found is None else {"effect": found, "no_proof": NO_PROOF}
