"""How much room words take, measured with Liberation Sans, which has the widths of Arial and Helvetica.

A width is in ems, so it fits any size. Kerning is left out: it only brings letters closer.
"""

from functools import cache
from pathlib import Path

from PIL import ImageFont

FOLDER = Path(__file__).parents[2] / "reports" / "writers" / "fonts"
FILE = FOLDER / "LiberationSans-Regular.ttf"
BOX = "\u25a1"  # □

_EM, _LOOK = 1000, 64  # sizes at which widths are read and shapes compared
_WIDEST_SIGN = 1.3  # of a sign that the font lacks: pictures and ideographs come from others
# The fonts of pages are the reader's own. Of those in use DejaVu Sans is the widest, most of all in thin letters and in
# signs such as "<" and "−".
_WIDER, _SIGNS_WIDER, _WIDER_BY = 1.1, 1.5, 0.06


def printed(text: str) -> float:
    """The ems that a text takes in a file, whose font is known."""
    return sum(map(_advance, text))


def shown(text: str) -> float:
    """The ems that a text takes at most on a page, in the reader's own font."""
    return sum(map(_advance_on_page, text))


def legible(text: str) -> str:
    """The text with a box for each sign that Liberation Sans lacks, controls among them."""
    return "".join(sign if _has(sign) else BOX for sign in text)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FILE, size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _advance(sign: str) -> float:
    return _font(_EM).getlength(sign) / _EM if _has(sign) else _WIDEST_SIGN


@cache
def _advance_on_page(sign: str) -> float:
    return _advance(sign) * (_WIDER if sign.isalnum() or sign == " " else _SIGNS_WIDER) + _WIDER_BY


@cache
def _has(sign: str) -> bool:
    """Whether the font has a shape for the sign, rather than the one for what it lacks."""
    return sign == " " or (sign.isprintable() and _shape(sign) != _shape("\uffff"))


@cache
def _shape(sign: str) -> bytes:
    return bytes(_font(_LOOK).getmask(sign))
