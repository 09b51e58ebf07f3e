"""Figures before and after an event: the twelve months before it and those since, as two lines from one origin.

Each month since the event is compared with the same month of the year before, so that seasons do not matter. The month
of the event counts as before, unless it happened on the first day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import django_tables2 as tables

from placements import scope_form
from placements.as_at import AsAt
from placements.scope_form import ScopeField
from sen_dashboard.core import formats
from sen_dashboard.core.charts import svg
from sen_dashboard.core.charts.chart import Axis, Chart, Series, Shape, Tone, mark
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Kpi, ask
from sen_dashboard.core.kpi.scope import EARLIEST, LATEST, Scope
from sen_dashboard.core.periods import Month
from sen_dashboard.core.web.tables import KindColumn, KpiTable
from sen_dashboard.programme.models import Event
from sen_dashboard.programme.pages.figures import BETWEEN, Ask, ChangeColumn, Figure, Figures
from sen_dashboard.programme.pages.lists import HERE

MONTHS = 12
MONTHLY = "month"
"""The suffix of a key for the number of a month, instead of the number on its last day."""
REVIEW = (
    f"timeliness_20_weeks:within_pct:{MONTHLY}",
    f"requests:received:{MONTHLY}",
    f"requests:refused_to_assess:{MONTHLY}",
    "timeliness_20_weeks:open",
)
"""The figures that show whether a change of the assessment process had an effect; shown unless another is chosen."""


@dataclass(frozen=True)
class Pair:
    """A month of the year before the event, beside the same month since it. Values not yet known are None."""

    since: Month
    before: Decimal | None
    after: Decimal | None

    @property
    def month(self) -> str:
        """The name of the month, without the year: "April"."""
        return f"{self.since.start:%B}"

    @property
    def change(self) -> Decimal | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class Compared:
    """A figure before and after the event; ``words`` name it."""

    words: str
    kind: Kind
    pairs: Sequence[Pair]
    first: Month
    """The first month after the event."""
    is_monthly: bool
    starts_again: bool = False
    """Whether it restarts on 1 April. The same months of two years are still comparable; the lines have a gap there."""

    @property
    def known(self) -> list[Pair]:
        """The months for which both numbers are known."""
        return [pair for pair in self.pairs if pair.change is not None]

    @property
    def sentence(self) -> str:
        """The last month that both sides have, and the totals of the months if they can be added up."""
        if not self.known:
            return "No month since the event can be compared with the year before yet."
        last = self.known[-1]
        text, change = self.kind.text, self.kind.change_in_words(last.change or Decimal(0))
        when = "In" if self.is_monthly else "At the end of"
        month = formats.month_in_words(last.since.start)
        latest = (
            f"{when} {month} it was {text(last.after)}, and {text(last.before)} a year earlier ({change})."
        )
        return f"{latest}{self._summed()}"

    def _summed(self) -> str:
        if not self.is_monthly or self.kind not in (Kind.COUNT, Kind.POUNDS) or len(self.known) < 2:
            return ""
        before = sum((pair.before for pair in self.known if pair.before is not None), Decimal(0))
        after = sum((pair.after for pair in self.known if pair.after is not None), Decimal(0))
        months = formats.plural(len(self.known), "month")
        return (
            f" Over {months} in total: {self.kind.text(after)}, and {self.kind.text(before)} a year earlier."
        )

    @property
    def caption(self) -> str:
        """The title of its table, which must differ from that of the chart, since both name regions of the page."""
        return f"The numbers: {self.words}"

    @property
    def names(self) -> tuple[str, str]:
        """The names of the two lines: "Before: Apr 2018 to Mar 2019"."""
        last = self.first.plus(-1)
        return (
            f"Before: {formats.month(self.first.plus(-MONTHS).start)} to {formats.month(last.start)}",
            f"After: {formats.month(self.first.start)} to {formats.month(self.first.plus(MONTHS - 1).start)}",
        )

    @property
    def chart(self) -> Chart:
        """Two lines from one origin, month by month."""
        before, after = self.names
        drawn = list(self._drawn())
        return Chart(
            Shape.LINES,
            Axis("", Kind.TEXT),
            Axis(
                "In each month" if self.is_monthly else "At the end of each month", self.kind, from_zero=True
            ),
            tuple(name for name, _, _ in drawn),
            (
                Series(before, tuple(mark(number) for _, number, _ in drawn), tone=Tone.SECOND),
                Series(after, tuple(mark(number) for _, _, number in drawn)),
            ),
            title=self.words,
        )

    def _drawn(self) -> Iterator[tuple[str, Decimal | None, Decimal | None]]:
        """Yield the name of each month with the numbers of both lines, and of each gap in them."""
        for place, pair in enumerate(self.pairs):
            if self.starts_again and place and pair.since.number_in_financial_year == 1:
                yield "", None, None
            yield pair.month[:3], pair.before, pair.after

    @cached_property
    def drawn(self) -> svg.Inline | None:
        """The chart for the page; None if nothing is known."""
        return svg.inline(self.chart) if self.chart.has_data else None

    @property
    def table(self) -> KpiTable:
        """The numbers of both lines."""
        before, after = self.names
        columns = [
            ("before", KindColumn(self.kind, verbose_name=before)),
            ("after", KindColumn(self.kind, verbose_name=after)),
            ("change", ChangeColumn(self.kind)),
        ]
        return _PairTable(self.pairs, extra_columns=columns, orderable=False)


class _PairTable(KpiTable):
    month = tables.Column(verbose_name="Month")


# What can be compared


def offered(kpis: Iterable[Kpi[Any, Any]], figures: Figures) -> dict[str, str]:
    """Return each number that can be shown over time, in words: on the last days of months, and for whole months."""
    return dict(_offered(kpis, figures))


def _offered(kpis: Iterable[Kpi[Any, Any]], figures: Figures) -> Iterator[tuple[str, str]]:
    for kpi in kpis:
        for name in (*kpi.keys.headline, *kpi.keys.row):
            named = f"{kpi.slug}{BETWEEN}{name}"
            words = figures.numbers.get(named, "").removesuffix(" (of a row)")
            if not words:
                continue
            if name in kpi.keys.headline:
                yield named, words
            if MONTHLY in kpi.keys.row and name in kpi.keys.row:
                yield f"{named}{BETWEEN}{MONTHLY}", f"{words}, in each month"


def compared(
    kpi: Kpi[Any, Any], name: str, words: str, event: Event, day: date, *, is_monthly: bool, ask: Ask = ask
) -> Compared:
    """Return the figure in the twelve months before the event, and in the months since that have ended by the day."""
    first = first_after(event.day)
    before, after = ([first.plus(n) for n in range(start, start + MONTHS)] for start in (-MONTHS, 0))
    ended = [
        month for month in (*before, *after) if month.start >= EARLIEST and month.end <= min(day, LATEST)
    ]
    numbers = (_of_months if is_monthly else _on_ends)(kpi, name, ended, ask)
    kind = (kpi.keys.row if is_monthly else kpi.keys.headline)[name].kind
    pairs = [Pair(now, numbers.get(then), numbers.get(now)) for then, now in zip(before, after, strict=True)]
    return Compared(words, kind, pairs, first, is_monthly, kpi.restarts_each_year and not is_monthly)


def first_after(day: date) -> Month:
    """Return the first month that lies completely after the day."""
    month = Month.containing(day)
    return month if day == month.start else month.plus(1)


def _on_ends(kpi: Kpi[Any, Any], name: str, months: Sequence[Month], ask: Ask) -> dict[Month, Decimal | None]:
    figure = Figure(kpi, name, ask=ask)
    return {month: figure.on(month.end) for month in months}


def _of_months(
    kpi: Kpi[Any, Any], name: str, months: Sequence[Month], ask: Ask
) -> dict[Month, Decimal | None]:
    """Return the numbers of months, from as few answers as possible: each answer has the months up to its day."""
    found: dict[str, Any] = {}
    for month in reversed(months):
        if str(month) not in found:
            rows = ask(kpi, Scope(month.end)).rows
            found = {str(month): None} | {row.month: getattr(row, name) for row in rows} | found
    numbers = {month: found.get(str(month)) for month in months}
    return {month: None if number is None else Decimal(str(number)) for month, number in numbers.items()}


# The page


def context(
    event: Event,
    kpis: Sequence[Kpi[Any, Any]],
    figures: Figures,
    scope: Scope,
    typed: Mapping[str, str],
    default: AsAt,
) -> dict[str, Any]:
    """Return the context of the page: the figure chosen, or those for a change of the assessment process."""
    choices = offered(kpis, figures)
    chosen = typed.get("figure", "").strip()
    by_slug = {kpi.slug: kpi for kpi in kpis}
    found = []
    for one in (chosen,) if chosen else REVIEW:
        slug, name, *month = one.split(BETWEEN)
        kpi, words, is_monthly = by_slug[slug], choices[one], bool(month)
        found.append(compared(kpi, name, words, event, scope.as_at, is_monthly=is_monthly, ask=figures.ask))
    page = scope_form.context((), scope, typed, default)
    return (
        page
        | _page(event, choices, chosen)
        | {"found": found, "fields": [*page["fields"], _field(choices, chosen)]}
    )


def error_context(
    event: Event,
    kpis: Sequence[Kpi[Any, Any]],
    figures: Figures,
    typed: Mapping[str, str],
    default: AsAt,
    errors: Mapping[str, str],
) -> dict[str, Any]:
    """Return the context of the page if it cannot be shown: the errors, and what was typed."""
    choices, chosen = offered(kpis, figures), typed.get("figure", "").strip()
    page = scope_form.error_context((), typed, default, errors)
    field = _field(choices, chosen if chosen in choices else "", errors.get("figure", ""))
    return page | _page(event, choices, chosen) | {"fields": [*page["fields"], field]}


def _page(event: Event, choices: Mapping[str, str], chosen: str) -> dict[str, Any]:
    return {"here": HERE, "event": event, "chosen": choices.get(chosen, "")}


def _field(choices: Mapping[str, str], chosen: str, error: str = "") -> ScopeField:
    return ScopeField(
        "figure",
        "Figure",
        chosen,
        choices=(("", "20 weeks, requests, refusals and open assessments"), *choices.items()),
        error=error,
    )
