"""The fonts of charts and reports, so that they need none of the machine's (VENDORED.md).

Liberation Sans has the widths of Arial, and figures of one width. Signs that it lacks are written with DejaVu Sans, and
what that lacks with Last Resort, which has a box for every sign there is, so that no name is ever left out.

Widths are read from the fonts' own tables, kerning included. Pillow kerns only where the system has FriBiDi.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby, pairwise
from pathlib import Path

from fontTools.ttLib import TTFont

FAMILIES = ("Liberation Sans", "DejaVu Sans", "Last Resort High-Efficiency")
"""In the order in which a sign is looked for."""
FOLDER = Path(__file__).parent
"""Where the files of the families lie."""

BOX = "\u25a1"  # □
WIDEST = "DejaVuSans.ttf"
_FIRST, _SECOND, _LAST = "LiberationSans-Regular.ttf", WIDEST, "LastResortHE-Regular.ttf"


@dataclass(frozen=True)
class _Font:
    """What a font says of its glyphs: the name of each sign's, and the units that they take of an em."""

    glyphs: dict[int, str]
    advances: dict[str, int]
    kerning: dict[tuple[str, str], int]
    em: int

    def width(self, signs: Sequence[str]) -> float:
        """How wide signs that it has are, in ems."""
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
    """How wide the boxes of Last Resort are, in ems. Its list of signs is long, and has them all."""
    with TTFont(FOLDER / _LAST, lazy=True) as read:
        widest: int = max(advance for advance, _ in read["hmtx"].metrics.values())
        return widest / int(read["head"].unitsPerEm)


def _font_of(sign: str, first: str) -> _Font | None:
    """The first font that has a sign, asked in their order from ``first`` on; None where Last Resort alone has it."""
    order = (first, _FIRST, _SECOND)
    return next((font for font in map(_font, order) if ord(sign) in font.glyphs), None)


@lru_cache(maxsize=20_000)
def width(text: str, size: float, first: str = _FIRST) -> float:
    """How wide a text is in points, in the font ``first`` where that has its signs; of several lines the widest.

    ``size`` is in points too.
    """
    return max(_width(line, first) for line in text.split("\n")) * size


def _width(line: str, first: str) -> float:
    """The ems that a line takes, each stretch of it in the first font that has its signs."""
    stretches = ((font, list(signs)) for font, signs in groupby(line, lambda sign: _font_of(sign, first)))
    return sum(font.width(signs) if font else _box_width() * len(signs) for font, signs in stretches)


def legible(text: str) -> str:
    """The text with a box for each sign that Liberation Sans lacks.

    Within an SVG typst would write the whole text in another font, which may have nothing but boxes.
    """
    return "".join(sign if ord(sign) in _font(_FIRST).glyphs else BOX for sign in text)
