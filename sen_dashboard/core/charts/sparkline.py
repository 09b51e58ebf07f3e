"""A figure over time as a small line in a tile: a hint of its course, beside the words that state it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sen_dashboard.core.formats import Number

WIDTH, HEIGHT, EDGE = 96, 28, 3  # units of the drawing


@dataclass(frozen=True)
class Sparkline:
    """The corners of the line in SVG's notation, and its last point."""

    points: str
    x: float
    y: float


def sparkline(values: Sequence[Number]) -> Sparkline | None:
    """Return the line through the known values, spaced as they come; None if fewer than two are known.

    It fills its height from the lowest value to the highest, so it shows the course but not the size.
    """
    known = [(place, float(value)) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    low, high = min(value for _, value in known), max(value for _, value in known)
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    scale = (HEIGHT - 2 * EDGE) / (high - low) if high > low else 0.0
    corners = [
        (round(EDGE + place * step, 1), round(HEIGHT - EDGE - (value - low) * scale, 1))
        for place, value in known
    ]
    return Sparkline(" ".join(f"{x},{y}" for x, y in corners), *corners[-1])
