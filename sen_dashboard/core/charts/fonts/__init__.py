"""The fonts of charts and reports, so that they do not depend on those of the machine (VENDORED.md).

Liberation Sans has the widths of Arial, and figures of equal width. Characters that it lacks are written with DejaVu
Sans, and those that it lacks too with Last Resort, which has a box for every character, so that no name is ever left
out.

Widths are read from the fonts' own tables, kerning included. Pillow kerns only where the system has FriBiDi.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby, pairwise
from pathlib import Path

from fontTools.ttLib import TTFont

FAMILIES = ("Liberation Sans", "DejaVu Sans", "Last Resort High-Efficiency")
"""The fonts in the order in which they are searched for a character."""
FOLDER = Path(__file__).parent
"""The folder of the font files."""

BOX = "\u25a1"  # □
WIDEST = "DejaVuSans.ttf"
_FIRST, _SECOND, _LAST = "LiberationSans-Regular.ttf", WIDEST, "LastResortHE-Regular.ttf"


@dataclass(frozen=True)
class _Font:
    """The metrics of a font: the glyph name of each character, and the glyphs' widths in units per em."""

    glyphs: dict[int, str]
    advances: dict[str, int]
    kerning: dict[tuple[str, str], int]
    em: int

    def width(self, signs: Sequence[str]) -> float:
        """Return the width in ems of characters that the font has."""
        names = [self.glyphs[ord(sign)] for sign in signs]
        kerned = sum(self.kerning.get(pair, 0) for pair in pairwise(names))
        return (sum(self.advances[name] for name in names) + kerned) / self.em


@cache
def _font(file: str) -> _Font:
    with TTFont(FOLDER / file, lazy=True) as read:
        advances = {name: advance for name, (advance, _) in read["hmtx"].metrics.items()}
        kerning = read["kern"].kernTables[0].kernTable
        return _Font(read.getBestCmap(), advances, kerning, read["head"].unitsPerEm)


@cache
def _box_width() -> float:
    """Return the width in ems of the boxes of Last Resort. Its table of characters is long, and has all of them."""
    with TTFont(FOLDER / _LAST, lazy=True) as read:
        widest: int = max(advance for advance, _ in read["hmtx"].metrics.values())
        return widest / int(read["head"].unitsPerEm)


def _font_of(sign: str, first: str) -> _Font | None:
    """Return the first font, in order from ``first`` on, that has a character; None if only Last Resort has it."""
    order = (first, _FIRST, _SECOND)
    return next((font for font in map(_font, order) if ord(sign) in font.glyphs), None)


@lru_cache(maxsize=20_000)
def width(text: str, size: float, first: str = _FIRST) -> float:
    """Return the width of a text in points, in the font ``first`` where possible; of several lines the widest.

    ``size`` is in points too.
    """
    return max(_width(line, first) for line in text.split("\n")) * size


def _width(line: str, first: str) -> float:
    """Return the width of a line in ems, each stretch of it in the first font that has its characters."""
    stretches = ((font, list(signs)) for font, signs in groupby(line, lambda sign: _font_of(sign, first)))
    return sum(font.width(signs) if font else _box_width() * len(signs) for font, signs in stretches)


def legible(text: str) -> str:
    """Return the text with a box for each character that Liberation Sans lacks.

    Within an SVG, typst would write the whole text in another font, which may have nothing but boxes.
    """
    return "".join(sign if ord(sign) in _font(_FIRST).glyphs else BOX for sign in text)
