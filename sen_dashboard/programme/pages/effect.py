"""Does it work? The expected change of an action, beside the change since and the earlier trend.

The site reads the figure: the programme's records only name it. Everything is counted from the last day before the
change was expected, since it may already have happened on the day itself.
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
from sen_dashboard.core.kpi.scope import EARLIEST
from sen_dashboard.core.periods import FinancialYear, Month, year_before
from sen_dashboard.core.web.tables import KindColumn, KpiTable
from sen_dashboard.programme.models import Action
from sen_dashboard.programme.pages.figures import ChangeColumn, Figure, Figures

NO_PROOF = (
    "This does not prove cause and effect: other things affected the figure at the same time, and the "
    "trend of the year before might not have continued."
)

MOST_MONTHS = 36
"""The most months since the change was expected that the chart shows."""


@dataclass(frozen=True)
class Effect:
    """A figure that was expected to change by ``expected`` from ``since`` on, as known on ``day``.

    ``start`` is its value on the last day before, ``earlier`` its value a year before that, ``now`` its value on the
    day; each is None if it is not known. ``earlier`` is also None if the figure restarts each financial year: then it
    has no trend.
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
    def has_started_again(self) -> bool:
        """Whether the figure has restarted for another financial year since, and so cannot be compared."""
        return self.figure.starts_again_between(self.start_day, self.day)

    @property
    def measured(self) -> Decimal | None:
        """The change since; None before it has begun, or if it is unknown or cannot be compared."""
        if not self.has_begun or self.has_started_again or self.now is None or self.start is None:
            return None
        return self.now - self.start

    @property
    def trend(self) -> Decimal | None:
        """The change if the figure had kept the pace of the year before, day by day."""
        if not self.has_begun or self.has_started_again or self.start is None or self.earlier is None:
            return None
        return self._trend_on(self.day)

    def _trend_on(self, day: date) -> Decimal:
        assert self.start is not None
        assert self.earlier is not None
        year = (self.start_day - year_before(self.start_day)).days
        return (self.start - self.earlier) * (day - self.start_day).days / year

    @property
    def sentence(self) -> str:
        """The measured change, beside the expected one and the trend; or why there is nothing to measure."""
        kind = self.figure.kind
        if not self.has_begun:
            now = (
                ""
                if self.now is None
                else f" On {formats.day(self.day)} the figure is {kind.text(self.now)}."
            )
            return f"Nothing can be measured before {formats.day(self.since)}.{now}"
        if self.has_started_again:
            return (
                f"The figure restarts on 1 April, so it cannot be compared with that on "
                f"{formats.day(self.start_day)}. On {formats.day(self.day)} it is {kind.text(self.now)}."
            )
        if self.measured is None:
            missing = self.start_day if self.start is None else self.day
            return f"The change cannot be measured: the figure on {formats.day(missing)} is not available."
        changed = f"Since {formats.day(self.start_day)} the figure has changed by {kind.change_in_words(self.measured)}"
        return (
            f"{changed}, from {kind.text(self.start)} to {kind.text(self.now)}. The expected change was "
            f"{kind.change_in_words(self.expected)}. {self._trend_in_words()}"
        )

    def _trend_in_words(self) -> str:
        if self.figure.kpi.restarts_each_year:
            return "A figure that restarts each year has no trend from the year before."
        if self.trend is None:
            return "The trend of the year before is not available."
        trend = self.figure.kind.change_in_words(self.trend)
        return f"If the trend of the year before had continued, it would have changed by {trend}."

    @property
    def measured_briefly(self) -> str:
        """The measured change in brief: "measured −£113"; or why there is none."""
        if not self.has_begun:
            return "nothing measured yet"
        if self.has_started_again:
            return "not measured, because it restarted on 1 April"
        if self.measured is None:
            return f"measured change {formats.NOT_AVAILABLE}"
        return f"measured {self.figure.kind.change_in_words(self.measured)}"

    @property
    def table(self) -> KpiTable:
        """The three side by side: the change, and the value of the figure after it."""
        kind = self.figure.kind
        columns = [
            ("start", KindColumn(kind, verbose_name=formats.day(self.start_day))),
            ("change", ChangeColumn(kind)),
            ("comes_to", KindColumn(kind, verbose_name=formats.day(self.day))),
        ]
        lines = [
            Line("Measured", self.start, self.measured),
            Line("Expected", self.start, self.expected),
            Line("Trend of the year before", self.start, self.trend),
        ]
        return _LineTable(lines, extra_columns=columns, orderable=False)

    @property
    def chart(self) -> Chart:
        """The figure by month from a year earlier on, and its values by expectation and trend.

        If the figure restarts, on 1 April, the lines have a gap.
        """
        starts_again, start = self.figure.starts_again_between, self.start
        first = Month.containing(self.start_day).plus(-12)
        months = [first.plus(n) for n in range(12 + MOST_MONTHS)]
        ends = [month.end for month in months if EARLIEST <= month.end <= self.day]
        on = {day: self.figure.on(day) for day in ends}
        gaps = {FinancialYear.containing(day).start for day in ends if starts_again(ends[0], day)}
        days = sorted({*ends, *gaps})

        def since(change: Callable[[date], Decimal]) -> list[Decimal | None]:
            return [
                None
                if start is None or day < self.start_day or starts_again(self.start_day, day)
                else start + change(day)
                for day in days
            ]

        drawn = [
            ("Measured", [on.get(day) for day in days], Tone.MAIN),
            ("Expected", since(lambda day: self.expected if day >= self.since else Decimal(0)), Tone.SECOND),
        ]
        if self.earlier is not None:
            drawn.append(("Trend of the year before", since(self._trend_on), Tone.THIRD))
        return lines(
            days,
            Axis("At the end of each month", self.figure.kind),
            *(Series(name, tuple(map(mark, numbers)), tone=tone) for name, numbers, tone in drawn),
        )

    @cached_property
    def drawn(self) -> svg.Inline | None:
        """The chart for the page; None if there is nothing to measure."""
        is_known = self.has_begun and self.start is not None and self.now is not None
        return svg.inline(self.chart) if is_known else None


@dataclass(frozen=True)
class Line:
    """One of the changes that are compared."""

    what: str
    start: Decimal | None
    change: Decimal | None

    @property
    def comes_to(self) -> Decimal | None:
        """The value of the figure after the change."""
        return None if self.start is None or self.change is None else self.start + self.change


class _LineTable(KpiTable):
    what = tables.Column(verbose_name="Reading")


def effect(action: Action, figures: Figures, day: date) -> Effect | None:
    """Return the action's expected effect, as known on the day; None if it names no number, change or day."""
    figure = figures.find(action.kpi, action.kpi_key, action.kpi_row)
    if figure is None or action.expected_change is None or action.expected_from is None:
        return None
    start = action.expected_from - timedelta(days=1)
    has_begun, earlier = day >= action.expected_from, year_before(start)

    def known(on: date) -> Decimal | None:
        return figure.on(on) if on >= EARLIEST else None

    return Effect(
        figure,
        action.expected_change,
        action.expected_from,
        day,
        earlier=known(earlier) if has_begun and not figure.starts_again_between(earlier, start) else None,
        start=known(start) if has_begun else None,
        now=known(day),
    )


def page(action: Action, figures: Figures, day: date) -> dict[str, Any]:
    """Return the effect for the action's page; empty if nothing was expected."""
    found = effect(action, figures, day)
    return {} if found is None else {"effect": found, "no_proof": NO_PROOF}
