"""Round values along an axis, and a scale between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from math import ceil, floor, log10

from sen_dashboard.core.charts.chart import Chart, Shape
from sen_dashboard.core.kinds import Kind

_NEARLY = 1e-9  # the error that arithmetic adds to a round number
_LEAST = 1e-5  # the least length of an axis, since no kind of number shows more than six decimals


@dataclass(frozen=True)
class Scale:
    """A scale of values from ``low`` to ``high`` between two positions in a drawing."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the position of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def span(chart: Chart) -> tuple[float, float]:
    """Return the lowest and the highest value that an axis has to show; the two always differ."""
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
    return lowest, min(highest, 100.0) if is_share else highest  # a share is at most the whole


def around(chart: Chart, most: int) -> list[float]:
    """Return round values from below the lowest to above the highest, with at most ``most`` steps between them."""
    low, high = span(chart)
    for step in _steps((high - low) / most, is_whole=_is_whole(chart)):
        ticks = _multiples(step, floor(low / step + _NEARLY), ceil(high / step - _NEARLY))
        if len(ticks) <= most + 1 and _differ(chart.values.kind, ticks):
            return ticks
    raise AssertionError("there is always a longer step")


def within(chart: Chart, most: int) -> list[float]:
    """Return round values between the lowest and the highest, with about ``most`` steps between them."""
    low, high = span(chart)
    for step in _steps((high - low) / most, is_whole=_is_whole(chart)):
        ticks = _multiples(step, ceil(low / step - _NEARLY), floor(high / step + _NEARLY))
        if _differ(chart.values.kind, ticks):
            return ticks
    raise AssertionError("there is always a longer step")


def _is_whole(chart: Chart) -> bool:
    return all(float(value).is_integer() for value in chart.known)


def _steps(least: float, *, is_whole: bool) -> Iterator[float]:
    """Yield 1, 2, 5, 10 and so on, from ``least`` up; only whole numbers if all values are: there is no half child."""
    for power in count(floor(log10(least))):
        for times in (1, 2, 5):
            step = times * 10.0**power
            if step >= least * (1 - _NEARLY) and (step >= 1 or not is_whole):
                yield step


def _multiples(step: float, first: int, last: int) -> list[float]:
    return [float(f"{times * step:.12g}") for times in range(first, last + 1)]


def _differ(kind: Kind, ticks: Sequence[float]) -> bool:
    """Return whether no two of the ticks read the same."""
    return len({kind.tick(tick) for tick in ticks}) == len(ticks)
