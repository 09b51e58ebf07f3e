"""Measuring text on slides, so that none is cut or overlaps.

All lengths are points. Text is measured in DejaVu Sans, which is wider than Arial, Helvetica and Liberation Sans: what
fits in it fits in each of them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from PIL import ImageFont

from sen_dashboard.core.charts import fonts

LINE = 1.2  # times the size, from one line to the next
BULLET = 18.0  # from a bullet to its text
ELLIPSIS = "…"
_MEASURED = 2048  # font units, in which every glyph has a whole width; smaller sizes round widths


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of text, with its size and the room above it in points; its colour is #rrggbb."""

    text: str
    size: float
    is_bold: bool = False
    colour: str = "#0b0c0c"
    above: float = 0
    has_bullet: bool = False
    heads_next: bool = False


@lru_cache
def _font(is_bold: bool) -> ImageFont.FreeTypeFont:
    name = "DejaVuSans-Bold.ttf" if is_bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(fonts.FOLDER / name), _MEASURED, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=20_000)
def width(text: str, size: float, is_bold: bool = False) -> float:
    """The width of a line of text."""
    return _font(is_bold).getlength(text) * size / _MEASURED


def wrapped(text: str, size: float, room: float, is_bold: bool = False) -> list[str]:
    """The lines of a text in a box ``room`` wide; a word wider than the box is broken."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer, size, is_bold) <= room:
            lines[-1] = longer
            continue
        *full, rest = _broken(word, size, room, is_bold)
        if not lines[-1]:
            lines.pop()
        lines += [*full, rest]
    return lines


def _broken(word: str, size: float, room: float, is_bold: bool) -> Iterator[str]:
    """A word in pieces no wider than ``room``, each of at least one letter."""
    piece = ""
    for letter in word:
        if piece and width(piece + letter, size, is_bold) > room:
            yield piece
            piece = ""
        piece += letter
    yield piece


def height(paragraphs: Sequence[Paragraph], room: float) -> float:
    """The height of paragraphs in a box ``room`` wide."""
    return sum(
        paragraph.above + LINE * paragraph.size * len(_lines(paragraph, room)) for paragraph in paragraphs
    )


def _lines(paragraph: Paragraph, room: float) -> list[str]:
    indent = BULLET if paragraph.has_bullet else 0
    return wrapped(paragraph.text, paragraph.size, room - indent, paragraph.is_bold)


def largest(
    at: Callable[[float], Sequence[Paragraph]], sizes: Sequence[float], room: float, most: float
) -> Sequence[Paragraph] | None:
    """The paragraphs in the first of ``sizes`` with a height of at most ``most``; None if there is none."""
    return next((found for found in map(at, sizes) if height(found, room) <= most), None)


def pages(paragraphs: Sequence[Paragraph], room: float, most: float) -> list[list[Paragraph]]:
    """The paragraphs divided into boxes no higher than ``most``; a paragraph higher than that is split.

    A paragraph that heads the next one moves to the next box with it, if both fit there.
    """
    found: list[list[Paragraph]] = [[]]
    for paragraph in _parts(paragraphs, room, most):
        box = found[-1]
        if box and height([*box, paragraph], room) > most:
            goes_along = len(box) > 1 and box[-1].heads_next and height([box[-1], paragraph], room) <= most
            found.append([box.pop()] if goes_along else [])
        found[-1].append(paragraph)
    return found


def _parts(paragraphs: Sequence[Paragraph], room: float, most: float) -> Iterator[Paragraph]:
    """The paragraphs, with those higher than ``most`` split between lines."""
    for paragraph in paragraphs:
        lines = _lines(paragraph, room)
        count = max(1, int((most - paragraph.above) / (LINE * paragraph.size)))
        for start in range(0, len(lines), count):
            yield replace(paragraph, text=" ".join(lines[start : start + count]))


def shortened(text: str, size: float, room: float, lines: int, is_bold: bool = False) -> str:
    """The text as far as it fits in so many lines, with an ellipsis if some is left out."""
    found = wrapped(text, size, room, is_bold)
    if len(found) <= lines:
        return text
    kept = " ".join(found[:lines])
    while len(wrapped(kept + ELLIPSIS, size, room, is_bold)) > lines:
        kept = kept[:-1]
    return kept + ELLIPSIS
