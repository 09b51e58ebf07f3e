"""Paths as SVG writes them, in units to one decimal."""

from collections.abc import Sequence

from sen_dashboard.core.charts.layout.value import Box

Point = tuple[float, float]


def number(value: float) -> str:
    """Return a coordinate to one decimal, as short as possible."""
    return f"{value:.1f}".removesuffix(".0")


def polyline(points: Sequence[Point]) -> str:
    """Return straight lines from each point to the next."""
    return "M" + " ".join(f"{number(x)},{number(y)}" for x, y in points)


def across(left: float, right: float, y: float) -> str:
    return f"M{number(left)},{number(y)}H{number(right)}"


def down(x: float, top: float, bottom: float) -> str:
    return f"M{number(x)},{number(top)}V{number(bottom)}"


def rectangle(box: Box) -> str:
    return (
        f"M{number(box.left)},{number(box.top)}H{number(box.right)}V{number(box.bottom)}H{number(box.left)}z"
    )


# Markers: as many shapes as a chart has tones, of about equal weight.


def circle(x: float, y: float, size: float) -> str:
    r, whole = number(size), number(2 * size)
    return f"M{number(x - size)},{number(y)}a{r},{r} 0 1 0 {whole},0a{r},{r} 0 1 0-{whole},0"


def square(x: float, y: float, size: float) -> str:
    half = size * 0.9
    side = number(2 * half)
    return f"M{number(x - half)},{number(y - half)}h{side}v{side}h-{side}z"


def diamond(x: float, y: float, size: float) -> str:
    half = number(size * 1.35)
    return f"M{number(x)},{number(y - size * 1.35)}l{half},{half}-{half},{half}-{half}-{half}z"


def triangle(x: float, y: float, size: float) -> str:
    wide, tall = number(size * 1.25), number(size * 2.1)
    return f"M{number(x)},{number(y - size * 1.25)}l{wide},{tall}h-{number(size * 2.5)}z"


MARKERS = (circle, square, diamond, triangle)
