"""Rules for every deck, whatever its report contains: read back with python-pptx and measured independently."""

import io
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations
from typing import Any
from zipfile import ZipFile

from PIL import ImageFont
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.util import Pt

from sen_dashboard.core.charts import fonts

FOOT = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)
HAIR = Pt(0.1)  # lengths are whole EMU, so edges may differ by a hair


def opened(written: bytes) -> Any:
    return Presentation(io.BytesIO(written))


def titles(deck: Any) -> list[str]:
    return [slide.shapes.title.text_frame.text for slide in deck.slides]


def texts(slide: Any) -> list[str]:
    """The paragraphs and cells of a slide, in the order in which they are read out."""
    return [text for shape in slide.shapes for text in _texts(shape)]


def _texts(shape: Any) -> list[str]:
    if shape.has_text_frame:
        return [paragraph.text for paragraph in shape.text_frame.paragraphs]
    if shape.has_table:
        return [cell.text_frame.text for row in shape.table.rows for cell in row.cells]
    return []


def notes(slide: Any) -> str:
    return str(slide.notes_slide.notes_text_frame.text) if slide.has_notes_slide else ""


def charts(deck: Any) -> Iterator[tuple[str, Any]]:
    """Each chart with the title of its slide."""
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_chart:
                yield slide.shapes.title.text_frame.text, shape.chart


def is_foot(shape: Any) -> bool:
    return bool(shape.is_placeholder and shape.placeholder_format.type in FOOT)


def check(deck: Any) -> None:
    """Check that every slide can be read: by eye, by a screen reader, and from the back of a room."""
    named = titles(deck)
    assert all(title.strip() for title in named)
    assert len(set(named)) == len(named)
    for slide in deck.slides:
        shapes = list(slide.shapes)
        assert shapes[0] == slide.shapes.title, "the title is read first"
        assert [is_foot(shape) for shape in shapes[-3:]] == [True] * 3, "the foot is read last"
        assert len({shape.shape_id for shape in shapes}) == len(shapes)
        places = [(shape.name, *_edges(shape)) for shape in shapes]
        for name, left, top, right, bottom in places:
            assert left >= 0 <= top, name
            assert right <= deck.slide_width + HAIR, name
            assert bottom <= deck.slide_height + HAIR, name
        for shape in shapes:
            _check_text(shape)
            if not shape.has_text_frame:
                assert shape._element.xpath(".//p:cNvPr")[0].get("descr"), (
                    "words stand for a picture or chart"
                )
        for one, other in combinations(places, 2):
            assert not _overlap(one[1:], other[1:]), f"{one[0]} and {other[0]} of “{slide.shapes.title.text}”"


def _edges(shape: Any) -> tuple[int, int, int, int]:
    """Left, top, right and bottom."""
    left, top = shape.left, shape.top
    return left, top, left + shape.width, top + shape.height


def _overlap(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return (
        one[0] + HAIR < other[2]
        and other[0] + HAIR < one[2]
        and one[1] + HAIR < other[3]
        and other[1] + HAIR < one[3]
    )


def _check_text(shape: Any) -> None:
    if shape.has_text_frame:
        assert _height(shape.text_frame, shape.width / Pt(1)) <= shape.height / Pt(1) + 0.5, (
            shape.text_frame.text
        )
    if shape.has_table:
        assert shape.table.first_row, "the headings are marked as such"
        assert sum(row.height for row in shape.table.rows) <= shape.height + HAIR
        for row in shape.table.rows:
            for cell, column in zip(row.cells, shape.table.columns, strict=True):
                room = (column.width - cell.margin_left - cell.margin_right) / Pt(1)
                high = _height(cell.text_frame, room) + (cell.margin_top + cell.margin_bottom) / Pt(1)
                assert high <= row.height / Pt(1) + 0.5, cell.text_frame.text


def _height(frame: Any, room: float) -> float:
    """The height of text in DejaVu Sans, which is wider than the fonts that office programs show."""
    total = 0.0
    for paragraph in frame.paragraphs:
        properties = paragraph._p.pPr
        indent = int(properties.get("marL") or 0) / Pt(1) if properties is not None else 0
        for run in paragraph.runs:
            assert run.font.size >= Pt(12)
            assert run._r.rPr.get("lang") == "en-GB"
            lines = _lines(run.text, room - indent, run.font.size.pt, bool(run.font.bold))
            total += lines * 1.2 * run.font.size.pt
        if paragraph.space_before:
            total += paragraph.space_before.pt
    return total


EM = 2048
"""The font's units, in which each glyph has a whole width."""


@lru_cache
def _font(is_bold: bool) -> ImageFont.FreeTypeFont:
    name = f"DejaVuSans{'-Bold' if is_bold else ''}.ttf"
    return ImageFont.truetype(str(fonts.FOLDER / name), EM, layout_engine=ImageFont.Layout.BASIC)


def _lines(text: str, room: float, size: float, is_bold: bool) -> int:
    """How many lines a text takes, each filled letter by letter and broken at the last space, if any."""
    count, line = 0, ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if _font(is_bold).getlength(joined) * size / EM <= room + 0.5:
            line = joined
            continue
        if line:
            count += 1
        line = ""
        for letter in word:
            if line and _font(is_bold).getlength(line + letter) * size / EM > room + 0.5:
                count, line = count + 1, ""
            line += letter
    return count + 1


def everything_in(written: bytes) -> str:
    """All text in the package, and in the workbooks and other packages within it."""
    with ZipFile(io.BytesIO(written)) as package:
        parts = [(name, package.read(name)) for name in package.namelist()]
    return "\n".join(
        everything_in(part) if part[:2] == b"PK" else f"{name}\n{part.decode('utf-8', 'replace')}"
        for name, part in parts
    )
