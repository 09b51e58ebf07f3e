"""The fonts of a report, so that it needs none of the machine's.

Liberation Sans lies beside this file, with its licence: the widths of Arial, and figures of one width. Signs that it
lacks are written with two fonts of matplotlib's wheel: DejaVu Sans, then Last Resort, which has a box for every sign
there is, so that no name is ever left out.
"""

from functools import cache, lru_cache
from pathlib import Path

from matplotlib import get_data_path
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.textpath import text_to_path

FAMILIES = ("Liberation Sans", "DejaVu Sans", "Last Resort High-Efficiency")
"""In the order in which a sign is looked for."""

BOX = "\u25a1"  # □
HERE = Path(__file__).parent
FOLDERS = (HERE, Path(get_data_path()) / "fonts" / "ttf")
"""Where the files of the families lie."""

for _file in sorted(HERE.glob("*.ttf")):
    fontManager.addfont(_file)


@lru_cache(maxsize=10_000)
def width(text: str, size: float) -> float:
    """How wide a text is in points; of several lines the widest. ``size`` is in points too."""
    font = FontProperties(family=list(FAMILIES), size=size)
    lines = text.split("\n")
    return max(text_to_path.get_text_width_height_descent(line, font, False)[0] for line in lines)


def legible(text: str) -> str:
    """The text with a box for each sign that Liberation Sans lacks.

    Within an SVG typst would write the whole text in another font, which may have nothing but boxes.
    """
    return "".join(sign if ord(sign) in _signs() else BOX for sign in text)


@cache
def _signs() -> frozenset[int]:
    """The signs that Liberation Sans has."""
    return frozenset(get_font(findfont(FAMILIES[0])).get_charmap())
