"""Placing words and boxes beside each other: wrapping, spreading, rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from sen_dashboard.core.charts.layout.value import ASCENT, DESCENT, Measure

ELLIPSIS = "…"


@dataclass(frozen=True)
class Face:
    """The font of a drawing: its size, and the measure of its words."""

    measure: Measure
    size: float

    @property
    def line(self) -> float:
        """The distance from one line of words to the next."""
        return self.size * 1.2

    @property
    def to_base(self) -> float:
        """The distance from the middle of a line of words down to its base line."""
        return self.size * (ASCENT - DESCENT) / 2

    def width(self, text: str) -> float:
        return self.measure(text) * self.size

    def widest(self, texts: Sequence[str]) -> float:
        return max(map(self.width, texts), default=0.0)

    def cut(self, text: str, width: float) -> str:
        """Return the text, with an ellipsis in place of its end if it is too long."""
        if self.width(text) <= width:
            return text
        fitting = (text[:end].rstrip() + ELLIPSIS for end in range(len(text) - 1, 0, -1))
        return next((short for short in fitting if self.width(short) <= width), ELLIPSIS)

    def wrapped(self, text: str, width: float, most: int = 2) -> tuple[str, ...]:
        """Return the text in at least one and at most ``most`` lines, broken between words if possible."""
        lines: list[str] = []
        rest = text.split()
        while rest and len(lines) < most - 1:
            fits = self._words_that_fit(rest, width)
            lines.append(" ".join(rest[:fits]) if fits else self._piece(rest, width))
            rest = rest[fits:]
        if rest or not lines:
            lines.append(self.cut(" ".join(rest), width))
        return tuple(lines)

    def _words_that_fit(self, words: Sequence[str], width: float) -> int:
        ends = accumulate(words, lambda line, word: f"{line} {word}")
        return sum(1 for line in ends if self.width(line) <= width)

    def _piece(self, words: list[str], width: float) -> str:
        """Take as much of the first word, which is too long, as fits in a line; the rest stays in ``words``."""
        word = words[0]
        end = next((n for n in range(len(word) - 1, 1, -1) if self.width(word[:n]) <= width), 1)
        words[0] = word[end:]
        return word[:end]


def spread(wanted: Sequence[float], needed: Sequence[float], low: float, high: float) -> list[float]:
    """Return the middle of each box, as near as possible to where it is wanted, in order and without overlaps.

    They lie between ``low`` and ``high``, which must have room for all of them together.
    """
    if not wanted:
        return []
    order = sorted(range(len(wanted)), key=lambda n: wanted[n])
    apart = [0.0, *((needed[a] + needed[b]) / 2 for a, b in pairwise(order))]
    offsets = list(accumulate(apart))
    first, last = low + needed[order[0]] / 2, high - needed[order[-1]] / 2 - offsets[-1]
    middles = [0.0] * len(wanted)
    packed = _rising([wanted[n] - offset for n, offset in zip(order, offsets, strict=True)])
    for n, place, offset in zip(order, packed, offsets, strict=True):
        middles[n] = max(min(place, last), first) + offset
    return middles


def _rising(values: Sequence[float]) -> list[float]:
    """Return the rising values nearest to those given: values that fall are replaced by their mean."""
    runs: list[tuple[float, int]] = []  # mean and length
    for value in values:
        run = (value, 1)
        while runs and runs[-1][0] > run[0]:
            (mean, length), (other, more) = runs.pop(), run
            run = ((mean * length + other * more) / (length + more), length + more)
        runs.append(run)
    return [mean for mean, length in runs for _ in range(length)]
