"""What a layout is made of: boxes, words, shapes and spots, in units of the drawing, y downwards."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

Measure = Callable[[str], float]
"""The width of words, in ems."""

ASCENT, DESCENT = 0.78, 0.22  # of the size of words, above and below their base line


@dataclass(frozen=True)
class Size:
    """How much room a drawing has.

    ``font`` is the size of all words. ``is_narrow`` puts names above what they name instead of beside it. Marks of a
    line are linked only where they lie ``apart``; a bar that may be a link is given a ``slot``.
    """

    width: float
    is_narrow: bool
    font: float
    plot_height: float
    apart: float
    slot: float


# A page shows WIDE from 640 to 900 pixels, and NARROW from 304 (a screen of 320) on: a target is never under 24 pixels
# where the brief for it holds, at 320, 375 and 1280 pixels of screen.
WIDE = Size(width=760, is_narrow=False, font=14, plot_height=250, apart=22.7, slot=27)
NARROW = Size(width=340, is_narrow=True, font=14, plot_height=220, apart=27, slot=27)


def paper(width: float) -> Size:
    """The room on paper, where nothing has to be pointed at."""
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
        """Halfway across."""
        return (self.left + self.right) / 2

    @property
    def middle(self) -> float:
        """Halfway down."""
        return (self.top + self.bottom) / 2

    def meets(self, other: "Box") -> bool:
        """Whether the two have more than an edge in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: "Box") -> bool:
        """Whether the other lies within this one."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )


class Anchor(StrEnum):
    """Which part of words stands at their x."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


_SHARE_LEFT = {Anchor.START: 0.0, Anchor.MIDDLE: 0.5, Anchor.END: 1.0}


@dataclass(frozen=True)
class Words:
    """A line of words on its base line. ``look`` says what they are, and so how they are styled."""

    x: float
    y: float
    text: str
    look: str
    anchor: Anchor = Anchor.START

    def box(self, measure: Measure, font: float) -> Box:
        """The room that they take."""
        width = measure(self.text) * font
        left = self.x - width * _SHARE_LEFT[self.anchor]
        return Box(left, self.y - ASCENT * font, left + width, self.y + DESCENT * font)


@dataclass(frozen=True)
class Shape:
    """A path as SVG writes it. ``look`` says what it is, as ``title`` does in words where it has any."""

    path: str
    look: str
    title: str = ""


@dataclass(frozen=True)
class Spot:
    """The mark at a place of a series: the point of its value, what is drawn of it, and the area that stands for it."""

    place: int
    x: float
    y: float
    drawn: Box
    area: Box


@dataclass(frozen=True)
class Key:
    """Where the sample of a series stands, before its name; of a level where ``series`` is None."""

    x: float
    y: float
    series: int | None


@dataclass(frozen=True)
class ValueAxis:
    """The axis that measures: the values at the two ends of the plot, and those named, each with its words."""

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
    """The places of lines that the axis names."""
    events: tuple[float, ...] = ()
    """Where each event lies across."""
