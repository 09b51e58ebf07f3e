"""The parts of a layout: boxes, words, shapes and spots, in units of the drawing, with y downwards."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

Measure = Callable[[str], float]
"""The width of words, in ems."""

ASCENT, DESCENT = 0.78, 0.22  # of the size of words, above and below their base line


@dataclass(frozen=True)
class Size:
    """The size of a drawing.

    ``font`` is the size of all words. ``is_narrow`` puts names above what they name instead of beside it. Marks of a
    line are linked only if they are at least ``apart``; a bar that may be a link is given a ``slot``.
    """

    width: float
    is_narrow: bool
    font: float
    plot_height: float
    apart: float
    slot: float


# A page shows WIDE from 640 to 900 pixels, and NARROW from 304 (a screen of 320) on: a target is never under 24 pixels
# at the screen widths of the brief: 320, 375 and 1280 pixels.
WIDE = Size(width=760, is_narrow=False, font=14, plot_height=250, apart=22.7, slot=27)
NARROW = Size(width=340, is_narrow=True, font=14, plot_height=220, apart=27, slot=27)


def paper(width: float) -> Size:
    """Return the size on paper, where nothing has to be pointed at."""
    return Size(width, is_narrow=False, font=14, plot_height=270, apart=12, slot=19)


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def centre(self) -> float:
        """The middle from left to right."""
        return (self.left + self.right) / 2

    @property
    def middle(self) -> float:
        """The middle from top to bottom."""
        return (self.top + self.bottom) / 2

    def meets(self, other: "Box") -> bool:
        """Return whether the two boxes share more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: "Box") -> bool:
        """Return whether the other box lies within this one."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )


class Anchor(StrEnum):
    """Which part of a line of words is at its x."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


_SHARE_LEFT = {Anchor.START: 0.0, Anchor.MIDDLE: 0.5, Anchor.END: 1.0}


@dataclass(frozen=True)
class Words:
    """A line of words on its base line. ``look`` says what they are, and so their style."""

    x: float
    y: float
    text: str
    look: str
    anchor: Anchor = Anchor.START

    def box(self, measure: Measure, font: float) -> Box:
        """Return the box around the words."""
        width = measure(self.text) * font
        left = self.x - width * _SHARE_LEFT[self.anchor]
        return Box(left, self.y - ASCENT * font, left + width, self.y + DESCENT * font)


@dataclass(frozen=True)
class Shape:
    """A path as SVG writes it. ``look`` says what it is, and ``title`` says it in words, if set."""

    path: str
    look: str
    title: str = ""


@dataclass(frozen=True)
class Spot:
    """The mark at a place of a series: its point, its drawn shape, and the area that stands for it."""

    place: int
    x: float
    y: float
    drawn: Box
    area: Box


@dataclass(frozen=True)
class Key:
    """The place of the sample of a series, before its name; of a level if ``series`` is None."""

    x: float
    y: float
    series: int | None


@dataclass(frozen=True)
class ValueAxis:
    """The axis of values: the values at the two ends of the plot, and those named, each with its words."""

    low: float
    high: float
    named: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Layout:
    """A chart with everything in its place.

    ``below`` is drawn first, then the ``spots`` of each series, in the order of the series, then what lies ``above``.
    """

    width: float
    height: float
    font: float
    plot: Box
    axis: ValueAxis
    below: tuple[Shape, ...]
    levels: tuple[Shape, ...]
    spots: tuple[tuple[Spot, ...], ...]
    above: tuple[Shape, ...]
    words: tuple[Words, ...]
    keys: tuple[Key, ...]
    named: tuple[int, ...] = ()
    """The places along lines that the axis names."""
    events: tuple[float, ...] = ()
    """The horizontal position of each event."""
