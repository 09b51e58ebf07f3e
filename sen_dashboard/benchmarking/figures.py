"""The figures of a measure, calculated from published values: the value, the counts behind it, or why it is unknown."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from sen_dashboard.benchmarking.areas import ENGLAND
from sen_dashboard.benchmarking.measures import BenchmarkMeasure
from sen_dashboard.benchmarking.models import PublishedSymbol, PublishedValue
from sen_dashboard.core.money import average, percentage

NOT_HELD = "no figure in the files held"
NOT_COLLECTED = "not collected for this year"
NOTHING_COUNTED = "there was nothing to count"

Number = Decimal | float | int


@dataclass(frozen=True)
class Point:
    """A measure for one area and period: its value, the counts or pounds behind it, or why there is no value.

    Pounds a head are rounded to the penny; everything else is unrounded.
    """

    value: Number | None
    part: Number | None = None
    whole: Number | None = None
    reason: str = ""
    source: str = ""


@dataclass(frozen=True)
class _Sum:
    """The sum of some indicators for an area and period; no total if one of them is not a number."""

    total: Decimal | None
    reason: str = ""
    source: str = ""

    @property
    def count(self) -> int | None:
        return None if self.total is None else int(self.total)


class Figures:
    """Published figures, by indicator, area and period."""

    def __init__(self, figures: Iterable[tuple[str, str, str, Decimal | None, str, str]]) -> None:
        self._held = {figure[:3]: figure[3:] for figure in figures}

    def periods(self, measure: BenchmarkMeasure, area: str) -> tuple[str, ...]:
        """Return the periods, latest first, for which an area has a figure or a symbol in its place."""
        value_of = {measure.percentage, *measure.part}
        return tuple(sorted({p for i, a, p in self._held if a == area and i in value_of}, reverse=True))

    def areas(self) -> frozenset[str]:
        """The codes of all areas with figures."""
        return frozenset(area for _, area, _ in self._held)

    def point(self, measure: BenchmarkMeasure, area: str, period: str) -> Point:
        """Return the measure from its counts if they are known, otherwise from the percentage that DfE publishes."""
        apart = tuple(each for each in measure.apart if self._is_apart(each, area, period))
        part = self._sum((*measure.part, *apart), area, period)
        whole = self._sum(measure.whole, area, period)
        if measure.nought and part.total == 0:
            return Point(None, reason=measure.nought, source=part.source)
        if measure.is_money:
            value = average(part.total, whole.total)
            return Point(value, part.total, whole.total, part.reason or whole.reason, part.source)
        is_counted = measure.whole and NOT_HELD not in (part.reason, whole.reason)
        if measure.percentage and not is_counted:
            published = self._sum((measure.percentage,), area, period)
            percent = None if published.total is None else float(published.total)
            return Point(percent, part.count, None, published.reason, published.source)
        if measure.whole:
            share = percentage(part.total, whole.total)
            reason = part.reason or whole.reason or ("" if share is not None else NOTHING_COUNTED)
            return Point(share, part.count, whole.count, reason, part.source)
        return Point(part.count, part.count, None, part.reason, part.source)

    def _is_apart(self, indicator: str, area: str, period: str) -> bool:
        """Return whether DfE publishes the indicator separately for the period, for the area or for England."""
        held = [self._held.get((indicator, each, period)) for each in (area, ENGLAND)]
        return any(figure is not None and figure[0] is not None for figure in held)

    def _sum(self, indicators: tuple[str, ...], area: str, period: str) -> _Sum:
        total = Decimal(0)
        source = ""
        for indicator in indicators:
            if (indicator, area, period) not in self._held:
                return _Sum(None, NOT_HELD)
            value, symbol, source = self._held[indicator, area, period]
            if value is None:
                return _Sum(None, self._reason(symbol, indicator, period), source)
            total += value
        return _Sum(total, "", source)

    def _reason(self, symbol: str, indicator: str, period: str) -> str:
        """Return the meaning of a symbol; if England has no figure either, the indicator was not collected."""
        _, of_england, _ = self._held.get((indicator, ENGLAND, period), (None, "", ""))
        is_collected = symbol != PublishedSymbol.UNAVAILABLE or of_england != symbol
        return f"{symbol}: {PublishedSymbol(symbol).label if is_collected else NOT_COLLECTED}"


def load(indicators: Collection[str], figures: Q) -> Figures:
    """Return the figures for these indicators that match: one statement."""
    held = PublishedValue.objects.filter(figures, indicator__in=indicators)
    return Figures(held.values_list("indicator", "area_id", "period", "value", "symbol", "source_file"))
