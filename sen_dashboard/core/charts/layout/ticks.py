"""Round values along an axis, and a scale between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from math import ceil, floor, log10

from sen_dashboard.core.charts.chart import Chart, Shape
from sen_dashboard.core.kinds import Kind

_NEARLY = 1e-9  # what arithmetic adds to a round number
_LEAST = 1e-5  # between the ends of an axis, since no kind of number shows more than six decimals


@dataclass(frozen=True)
class Scale:
    """Values from ``low`` to ``high`` between two places of a drawing."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Where a value lies."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def span(chart: Chart) -> tuple[float, float]:
    """The lowest and the highest value that an axis has to show; never the same."""
    low, high = min(chart.known, default=0.0), max(chart.known, default=0.0)
    if chart.values.from_zero or chart.shape is Shape.BARS or not chart.known:
        low, high = min(low, 0.0), max(high, 0.0)
        return (low, high) if high - low >= _LEAST else (low, low + 1)
    if high - low >= max(_LEAST, abs(high) * _NEARLY):
        return low, high
    around = max(abs(low) / 20, 0.5)
    lowest = low - around if low < 0 else max(low - around, 0.0)
    highest = high + around
    is_share = chart.values.kind is Kind.PERCENT and high <= 100
    return lowest, min(highest, 100.0) if is_share else highest  # nothing is more than all


def around(chart: Chart, most: int) -> list[float]:
    """Round values from below the lowest to above the highest, with ``most`` steps between them."""
    low, high = span(chart)
    for step in _steps((high - low) / most, is_whole=_is_whole(chart)):
        ticks = _multiples(step, floor(low / step + _NEARLY), ceil(high / step - _NEARLY))
        if len(ticks) <= most + 1 and _differ(chart.values.kind, ticks):
            return ticks
    raise AssertionError("there is always a longer step")


def within(chart: Chart, most: int) -> list[float]:
    """Round values between the lowest and the highest, with about ``most`` steps between them."""
    low, high = span(chart)
    for step in _steps((high - low) / most, is_whole=_is_whole(chart)):
        ticks = _multiples(step, ceil(low / step - _NEARLY), floor(high / step + _NEARLY))
        if _differ(chart.values.kind, ticks):
            return ticks
    raise AssertionError("there is always a longer step")


def _is_whole(chart: Chart) -> bool:
    return all(float(value).is_integer() for value in chart.known)


def _steps(least: float, *, is_whole: bool) -> Iterator[float]:
    """1, 2, 5, 10 and so on, from ``least`` up; whole ones where all values are, since half a child is on no axis."""
    for power in count(floor(log10(least))):
        for times in (1, 2, 5):
            step = times * 10.0**power
            if step >= least * (1 - _NEARLY) and (step >= 1 or not is_whole):
                yield step


def _multiples(step: float, first: int, last: int) -> list[float]:
    return [float(f"{times * step:.12g}") for times in range(first, last + 1)]


def _differ(kind: Kind, ticks: Sequence[float]) -> bool:
    """Whether no two of them read the same."""
    return len({kind.tick(tick) for tick in ticks}) == len(ticks)
