"""The heading of a plot: the title of its values, and a legend."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sen_dashboard.core.charts.layout.placing import Face
from sen_dashboard.core.charts.layout.value import Key, Words

KEY, KEY_GAP, ENTRY_GAP = 20.0, 6.0, 18.0  # the sample before a name, and the space after it
ROW_GAP = 4.0


@dataclass(frozen=True)
class LegendEntry:
    """The name of a series, or of a level if ``series`` is None. ``look`` is its style."""

    name: str
    look: str
    series: int | None


@dataclass
class Heading:
    """Rows of words from the top down; ``top`` is the top of the next row."""

    face: Face
    width: float
    top: float = 2.0
    words: list[Words] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)

    def add_title(self, title: str) -> None:
        """Add the title in at most two lines; no row if it is empty."""
        if title:
            lines = self.face.wrapped(title, self.width)
            self._add_lines(lines, 0, "title")
            self._end_row(len(lines))

    def add_legend(self, entries: Sequence[LegendEntry]) -> None:
        """Add the names with their keys, as many side by side as fit."""
        left, lines_in_row = 0.0, 0
        for entry in entries:
            lines = self.face.wrapped(entry.name, self.width - KEY - KEY_GAP)
            needed = KEY + KEY_GAP + self.face.widest(lines)
            if left and left + needed > self.width:
                self._end_row(lines_in_row)
                left, lines_in_row = 0.0, 0
            self.keys.append(Key(left + KEY / 2, self.top + self.face.line / 2, entry.series))
            self._add_lines(lines, left + KEY + KEY_GAP, entry.look)
            left, lines_in_row = left + needed + ENTRY_GAP, max(lines_in_row, len(lines))
        self._end_row(lines_in_row)

    def _end_row(self, lines: int) -> None:
        if lines:
            self.top += lines * self.face.line + ROW_GAP

    def _add_lines(self, lines: Sequence[str], x: float, look: str) -> None:
        self.words += lines_of_words(self.face, lines, x, self.top, look)


def lines_of_words(face: Face, lines: Sequence[str], x: float, top: float, look: str) -> list[Words]:
    """Return lines of words one below the other, from ``top`` down."""
    bases = (top + (n + 0.5) * face.line + face.to_base for n in range(len(lines)))
    return [Words(x, base, line, look) for base, line in zip(bases, lines, strict=True)]
