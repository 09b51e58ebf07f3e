"""An empty deck of slides in the house style, with functions to add text, tables and pictures. Lengths are points.

The master is python-pptx's own, changed to 16:9, the colours of charts, and Arial, which every office program has or
replaces by a font of the same widths.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from textwrap import shorten as cut
from typing import Any, TypeVar
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.oxml import serialize_part_xml
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.presentation import Presentation as OpenPresentation
from pptx.slide import Slide, SlideLayout, SlideMaster
from pptx.text.text import TextFrame
from pptx.util import Emu, Length, Pt

from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Tone
from sen_dashboard.core.charts.palette import EVENT, TEXT, TONES
from sen_dashboard.core.kinds import Kind
from sen_dashboard.reports.collected import Cell, Table
from sen_dashboard.reports.writers.fitting import (
    BULLET,
    ELLIPSIS,
    LINE,
    Paragraph,
    height,
    largest,
    shortened,
    width,
    wrapped,
)

T = TypeVar("T")

FONT = "Arial"
LANGUAGE = "en-GB"
BLUE = TONES[Tone.MAIN]
WIDE, HIGH = 960.0, 540.0
LEAST = 12  # points; no text is smaller
THEME = {
    "dk2": BLUE,
    "lt2": "#f3f2f1",
    "accent1": BLUE,
    "accent2": TONES[Tone.FOURTH],
    "accent3": "#801650",
    "accent4": TONES[Tone.SECOND],
    "accent5": "#3D3D3D",
    "accent6": TONES[Tone.THIRD],
}
TITLE_SLIDE, CONTENT, TITLE_ONLY = "Title Slide", "Title and Content", "Title Only"
FOOTERS = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)
OF_TEMPLATE = (
    RELATIONSHIP_TYPE.THUMBNAIL,
    RELATIONSHIP_TYPE.EXTENDED_PROPERTIES,
    RELATIONSHIP_TYPE.PRINTER_SETTINGS,
)
LONGEST = 160  # characters in a cell
MOST_ROWS = 12  # in a table: a year of months; more cannot be read in a room


@dataclass(frozen=True)
class Box:
    """A rectangle on a slide."""

    left: float
    top: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def right(self) -> float:
        return self.left + self.width

    def below(self, top: float) -> "Box":
        """The part of the box from ``top`` down."""
        return Box(self.left, top, self.width, self.bottom - top)

    @property
    def lengths(self) -> tuple[Length, Length, Length, Length]:
        """The box as python-pptx takes it."""
        return Pt(self.left), Pt(self.top), Pt(self.width), Pt(self.height)


SECTION = Box(42, 20, 876, 18)
TITLE = Box(42, 40, 876, 56)
BODY = Box(42, 106, 876, 386)
FOOTER_TOP, FOOTER_HEIGHT = 505.0, 20.0
FOOTER_BOXES = {
    PP_PLACEHOLDER.DATE: Box(42, FOOTER_TOP, 250, FOOTER_HEIGHT),
    PP_PLACEHOLDER.FOOTER: Box(310, FOOTER_TOP, 540, FOOTER_HEIGHT),
    PP_PLACEHOLDER.SLIDE_NUMBER: Box(866, FOOTER_TOP, 52, FOOTER_HEIGHT),
}
COVER_TITLE = Box(84, 150, 800, 96)
COVER_TEXT = Box(84, 262, 800, 224)
TITLE_SIZES = (22, 20, 18)
NAMED = 0.5  # share of a title's two lines for a name, so that words after it fit
NUMBERED = 0.85  # share of them for a title, so that its number fits


def named(name: str) -> str:
    """A name at the start of a title, cut if it leaves no room for words such as ": comment" after it."""
    return shortened(" ".join(name.split()), TITLE_SIZES[-1], NAMED * TITLE.width, 2, is_bold=True)


def numbered(title: str, number: int, count: int) -> str:
    """The title of one of several slides, with "(2 of 3)" at its end; a long title is cut to fit."""
    most = NUMBERED * TITLE.width
    short = shortened(" ".join(title.split()), TITLE_SIZES[-1], most, 2, is_bold=True)
    return f"{short} ({number} of {count})" if count > 1 else short


class Deck:
    """Slides with the same words at the foot of each."""

    def __init__(self, *, dated: str, footer: str) -> None:
        self.presentation: OpenPresentation = Presentation()
        self._foot = {PP_PLACEHOLDER.DATE: dated, PP_PLACEHOLDER.FOOTER: footer}
        self._titles: set[str] = set()
        _adjust(self.presentation)
        self._layouts = {layout.name: layout for layout in self.presentation.slide_layouts}

    def cover(self, title: str, paragraphs: Sequence[Paragraph]) -> Slide:
        """The title slide."""
        slide = self._slide(TITLE_SLIDE, title, COVER_TITLE, (36, 28, 24))
        write_text(slide.placeholders[1].text_frame, paragraphs)
        return slide

    def slide(self, title: str, section: str, paragraphs: Sequence[Paragraph], box: Box = BODY) -> Slide:
        """A slide with text in ``box``; without text the box stays free for something else.

        ``section`` is the line above the title.
        """
        slide = self._slide(CONTENT if paragraphs else TITLE_ONLY, title, TITLE, TITLE_SIZES)
        if paragraphs:
            body = slide.placeholders[1]
            body.left, body.top, body.width, body.height = box.lengths
            write_text(body.text_frame, paragraphs)
        if section:
            shown = shortened(section, LEAST, SECTION.width, 1, is_bold=True)
            add_text(slide, SECTION, [Paragraph(shown, LEAST, is_bold=True, colour=EVENT)], "Section")
        return slide

    def _slide(self, layout: str, title: str, box: Box, sizes: Sequence[float]) -> Slide:
        slide = self.presentation.slides.add_slide(self._layouts[layout])
        _write_title(slide, self._unique(title), box, sizes)
        self._add_foot(slide)
        return slide

    def _unique(self, title: str) -> str:
        """The title, with a number if another slide already has it: readers find slides by their titles."""
        number, unique = 1, title
        while unique in self._titles:
            number += 1
            unique = f"{title} ({number})"
        self._titles.add(unique)
        return unique

    def _add_foot(self, slide: Slide) -> None:
        """Add the placeholders at the foot, which python-pptx does not copy from the layout."""
        for placeholder in _feet(slide.slide_layout):
            kind = placeholder.placeholder_format.type
            element = deepcopy(placeholder._element)
            slide.shapes._spTree.append(element)
            element.nvSpPr.cNvPr.set("id", str(len(slide.shapes) + 1))
            if kind in self._foot:
                text = shortened(self._foot[kind], LEAST, FOOTER_BOXES[kind].width, 1)
                frame = TextFrame(element.txBody, slide.shapes)
                write_text(frame, [Paragraph(text, LEAST, colour=EVENT)], MSO_ANCHOR.MIDDLE)

    def saved(self, at: datetime) -> bytes:
        """The file, with every part dated ``at``, so that the same report gives the same file."""
        for slide in self.presentation.slides:
            _foot_last(slide)
        written = BytesIO()
        self.presentation.save(written)
        return _dated(written.getvalue(), at)


def write_text(
    frame: TextFrame, paragraphs: Sequence[Paragraph], anchor: MSO_ANCHOR = MSO_ANCHOR.TOP
) -> None:
    """Replace what the frame holds by paragraphs, without margins, so that they fit as measured."""
    frame.word_wrap, frame.auto_size, frame.vertical_anchor = True, MSO_AUTO_SIZE.NONE, anchor
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Pt(0)
    frame.clear()
    for number, paragraph in enumerate(paragraphs):
        written = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        written.space_before, written.space_after = Pt(paragraph.above), Pt(0)
        run = written.add_run()
        run.text = " ".join(paragraph.text.split())  # as it was measured
        run.font.size, run.font.bold = Pt(paragraph.size), paragraph.is_bold
        run.font.color.rgb = colour(paragraph.colour)
        run.font.language_id = MSO_LANGUAGE_ID.ENGLISH_UK
        if paragraph.has_bullet:
            _add_bullet(written._p.get_or_add_pPr())


def _add_bullet(properties: Any) -> None:
    properties.set("marL", str(Pt(BULLET)))
    properties.set("indent", str(-Pt(BULLET)))
    properties.append(parse_xml(f'<a:buFont {nsdecls("a")} typeface="Arial"/>'))
    properties.append(parse_xml(f'<a:buChar {nsdecls("a")} char="•"/>'))


def colour(written: str) -> RGBColor:
    """The colour written as #rrggbb."""
    return RGBColor.from_string(written.removeprefix("#").upper())


def add_text(slide: Slide, box: Box, paragraphs: Sequence[Paragraph], name: str) -> None:
    """Add a box of text, with its name in the slide's list of objects."""
    shape = slide.shapes.add_textbox(*box.lengths)
    shape.name = name
    write_text(shape.text_frame, paragraphs)


def add_picture(slide: Slide, box: Box, picture: bytes, description: str) -> None:
    """Add a picture as large as the box allows, in its upper right corner.

    Raises PIL.UnidentifiedImageError if it is not an image, ValueError for a format that slides cannot hold.
    """
    shape = slide.shapes.add_picture(BytesIO(picture), Pt(box.left), Pt(box.top))
    shrunk = min(Pt(box.width) / shape.width, Pt(box.height) / shape.height)
    shape.width, shape.height = Emu(int(shape.width * shrunk)), Emu(int(shape.height * shrunk))
    shape.left = Emu(Pt(box.right) - shape.width)
    describe(shape, "Logo", description)


def describe(shape: Any, name: str, description: str) -> None:
    """Give a shape its name, and the words that are read out for it."""
    shape.name = name
    shape._element.xpath(".//p:cNvPr")[0].set("descr", description)


# Tables

PADDING = 6.0  # on either side of a cell's text
ABOVE = 2.5  # and above and below it
GAP = 5.0  # between a table and the lines above and below it
NOTE = GAP + LINE * LEAST  # for the line below


def tables_of(table: Table, room: float, most: float) -> list[Table]:
    """The table split into as many as slides need, with long texts cut; the workbook has them in full."""
    short = [
        tuple(replace(cell, text=cut(cell.text, LONGEST, placeholder=ELLIPSIS)) for cell in row)
        for row in table.rows
    ]
    headings = [column.heading for column in table.columns]
    widths = _column_widths([headings, *([cell.text for cell in row] for row in short)], room)
    above = NOTE + LINE * LEAST * 2 + GAP + _row_height(headings, widths, is_heading=True)
    found: list[list[tuple[Cell, ...]]] = [[]]
    left = most - above
    for row in short:
        high = _row_height([cell.text for cell in row], widths)
        if found[-1] and (high > left or len(found[-1]) == MOST_ROWS):
            found.append([])
            left = most - above
        found[-1].append(row)
        left -= high
    return [replace(table, rows=tuple(rows)) for rows in found]


def add_table(slide: Slide, table: Table, box: Box) -> bool:
    """Add some rows of a table, with its caption above and the number left out below; False if none fits.

    They are its first rows; for a table over time, its last.
    """
    caption = Paragraph(
        shortened(table.caption, LEAST, box.width, 2, is_bold=True), LEAST, is_bold=True, colour=EVENT
    )
    top = box.top + height([caption], box.width)
    headings, rows = [column.heading for column in table.columns], _texts(table)
    widths = _column_widths([headings, *rows], box.width)
    heights = [_row_height(row, widths) for row in rows]
    heading = _row_height(headings, widths, is_heading=True)
    count = _rows_in(heights, box.bottom - NOTE - top - GAP - heading)
    if count == 0:
        return False
    shown_words = _describe_rows(table, count)
    add_text(slide, Box(box.left, box.top, box.width, top - box.top), [caption], "Caption")
    place = Box(box.left, top + GAP, sum(widths), heading + sum(heights[:count]))
    shown = _in_order(table, rows[:count])
    _draw_table(
        slide, place, table, [headings, *shown], widths, [heading, *_in_order(table, heights[:count])]
    )
    describe(slide.shapes[-1], "Table", f"{table.caption}. {shown_words}")
    if count < len(table.rows):
        below = Box(box.left, place.bottom + GAP, box.width, LINE * LEAST)
        add_text(slide, below, [Paragraph(shown_words, LEAST)], "Rows shown")
    return True


def _texts(table: Table) -> list[list[str]]:
    """The cells of as many rows as may be shown, the most important first."""
    rows = table.rows[: -MOST_ROWS - 1 : -1] if _is_over_time(table) else table.rows[:MOST_ROWS]
    return [[cell.text for cell in row] for row in rows]


def _in_order(table: Table, shown: list[T]) -> list[T]:
    """What ``_texts`` ordered by importance, back in the order of the table."""
    return shown[::-1] if _is_over_time(table) else shown


def _is_over_time(table: Table) -> bool:
    return table.columns[0].kind in (Kind.DAY, Kind.MONTH)


def _describe_rows(table: Table, shown: int) -> str:
    """How many of a table's rows are shown, and where the others are."""
    rows = len(table.rows)
    if shown == rows:
        return f"All {formats.plural(rows, 'row')}."
    which = "last" if _is_over_time(table) else "first"
    return f"The {which} {shown} of {rows:,} rows; {rows - shown:,} more are in the workbook of this report."


def _draw_table(
    slide: Slide,
    place: Box,
    table: Table,
    texts: Sequence[Sequence[str]],
    widths: Sequence[float],
    heights: Sequence[float],
) -> None:
    drawn = slide.shapes.add_table(len(heights), len(widths), *place.lengths).table
    for number, room in enumerate(widths):
        drawn.columns[number].width = Pt(room)
    for number, (row, high) in enumerate(zip(texts, heights, strict=True)):
        drawn.rows[number].height = Pt(high)
        for cell, text, column in zip(drawn.rows[number].cells, row, table.columns, strict=True):
            _write_cell(cell, text, is_heading=number == 0, is_number=column.is_number)


def _write_cell(cell: Any, text: str, *, is_heading: bool, is_number: bool) -> None:
    ink = "#ffffff" if is_heading else TEXT
    cell.margin_left = cell.margin_right = Pt(PADDING)
    cell.margin_top = cell.margin_bottom = Pt(ABOVE)
    frame = cell.text_frame
    frame.word_wrap = True
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    (paragraph,) = frame.paragraphs
    paragraph.alignment = PP_ALIGN.RIGHT if is_number else PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text, run.font.size, run.font.bold = " ".join(text.split()), Pt(LEAST), is_heading
    run.font.color.rgb, run.font.language_id = colour(ink), MSO_LANGUAGE_ID.ENGLISH_UK


def _column_widths(texts: Sequence[Sequence[str]], room: float) -> list[float]:
    """Widths that add up to ``room``: no text broken if possible, or else headings first, then all texts."""
    columns = [(column[:1], column[1:]) for column in zip(*texts, strict=True)]
    whole = [max(_widest(heading, True), _widest(cells, False)) for heading, cells in columns]
    cells_whole = [max(_widest(_words(heading), True), _widest(cells, False)) for heading, cells in columns]
    words = [max(_widest(_words(heading), True), _widest(_words(cells), False)) for heading, cells in columns]
    for small, large in ((cells_whole, whole), (words, cells_whole)):
        if sum(small) <= room < sum(large):
            share = (room - sum(small)) / (sum(large) - sum(small))
            return [least + share * (most - least) for least, most in zip(small, large, strict=True)]
    base = whole if sum(whole) <= room else words
    return [wide * room / sum(base) for wide in base]


def _words(texts: Sequence[str]) -> list[str]:
    return [word for text in texts for word in text.split()]


def _widest(texts: Sequence[str], is_heading: bool) -> float:
    """The width of a column with each of these texts on one line, and a little more, since widths are rounded."""
    return 2 * PADDING + 1 + max((width(text, LEAST, is_heading) for text in texts), default=0)


def _row_height(texts: Sequence[str], widths: Sequence[float], *, is_heading: bool = False) -> float:
    lines = max(
        len(wrapped(text, LEAST, room - 2 * PADDING, is_heading))
        for text, room in zip(texts, widths, strict=True)
    )
    return lines * LINE * LEAST + 2 * ABOVE


def _rows_in(heights: Sequence[float], most: float) -> int:
    """How many of the first rows fit in a height of ``most``."""
    total = 0.0
    for number, high in enumerate(heights):
        total += high
        if total > most:
            return number
    return len(heights)


# The master


def _write_title(slide: Slide, title: str, box: Box, sizes: Sequence[float]) -> None:
    """Write the title in the largest size that fits, or cut in the smallest; the notes then have it in full."""
    fitted = largest(
        lambda size: [Paragraph(title, size, is_bold=True, colour=BLUE)], sizes, box.width, box.height
    )
    if fitted is None:
        lines = int(box.height / (LINE * sizes[-1]))
        short = shortened(title, sizes[-1], box.width, lines, is_bold=True)
        fitted = [Paragraph(short, sizes[-1], is_bold=True, colour=BLUE)]
    assert slide.shapes.title is not None
    anchor = MSO_ANCHOR.TOP if box is TITLE else MSO_ANCHOR.BOTTOM
    write_text(slide.shapes.title.text_frame, fitted, anchor)


def _adjust(presentation: OpenPresentation) -> None:
    """Make python-pptx's own master 16:9 and plain, and keep only the layouts used."""
    presentation.slide_width, presentation.slide_height = Pt(WIDE), Pt(HIGH)
    for layout in list(presentation.slide_layouts):
        if layout.name not in (TITLE_SLIDE, CONTENT, TITLE_ONLY):
            presentation.slide_layouts.remove(layout)
    master = presentation.slide_master
    _set_theme(master)
    _set_styles(master)
    for placeholder in master.placeholders:
        _place(placeholder, FOOTER_BOXES.get(placeholder.placeholder_format.type, BODY))
        if placeholder.placeholder_format.type == PP_PLACEHOLDER.TITLE:
            _place(placeholder, TITLE)
    for layout in presentation.slide_layouts:
        if layout.name == TITLE_SLIDE:
            _adjust_cover(layout)
        _speak_english(layout)
    for part in (master, presentation.part, presentation.notes_master):
        _speak_english(part)
    _add_strip(master, Box(0, 0, WIDE, 8), BLUE)
    _drop_what_the_template_says(presentation)


def _adjust_cover(layout: SlideLayout) -> None:
    _place(layout.placeholders[0], COVER_TITLE)
    _place(layout.placeholders[1], COVER_TEXT)
    for alignment in layout._element.xpath(".//a:lvl1pPr[@algn]"):
        alignment.set("algn", "l")
    _add_strip(layout, Box(42, COVER_TITLE.top, 10, COVER_TEXT.bottom - COVER_TITLE.top), BLUE)


def _place(shape: Any, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = box.lengths


def _set_theme(master: SlideMaster) -> None:
    """Set the house's colours and font, under the names by which office programs offer them."""
    part = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme: Any = parse_xml(part.blob)
    for name, written in THEME.items():
        (found,) = theme.iter(qn(f"a:{name}"))
        found[0].set("val", written.removeprefix("#"))
    for font in theme.iter(qn("a:majorFont"), qn("a:minorFont")):
        font.find(qn("a:latin")).set("typeface", FONT)
    part.blob = serialize_part_xml(theme)


def _set_styles(master: SlideMaster) -> None:
    """Set titles to the left in the main colour, text without bullets, and the foot in grey."""
    (title,) = master._element.xpath(".//p:titleStyle/a:lvl1pPr")
    title.set("algn", "l")
    (body,) = master._element.xpath(".//p:bodyStyle/a:lvl1pPr")
    body.set("marL", "0")
    body.set("indent", "0")
    for name in ("a:buFont", "a:buChar"):
        body.remove(body.find(qn(name)))
    body.insert(1, parse_xml(f"<a:buNone {nsdecls('a')}/>"))
    for size, styled in ((28, title), (16, body)):
        styled.find(qn("a:defRPr")).set("sz", str(100 * size))
    for grey in master._element.xpath(".//p:txBody//a:schemeClr[a:tint]"):
        grey.getparent().replace(grey, parse_xml(f'<a:srgbClr {nsdecls("a")} val="{EVENT[1:]}"/>'))


def _speak_english(part: Any) -> None:
    """Set British spelling wherever the template says American."""
    for text in part._element.xpath(".//*[@lang]"):
        text.set("lang", LANGUAGE)


def _add_strip(part: SlideMaster | SlideLayout, box: Box, written: str) -> None:
    """Add a strip of colour behind everything, which screen readers skip."""
    left, top, wide, high = box.lengths
    part.shapes._spTree.insert(
        2,
        parse_xml(
            f"<p:sp {nsdecls('p', 'a')}><p:nvSpPr><p:cNvPr id='99' name='Strip'/><p:cNvSpPr/><p:nvPr userDrawn='1'/>"
            f"</p:nvSpPr><p:spPr><a:xfrm><a:off x='{left}' y='{top}'/><a:ext cx='{wide}' cy='{high}'/></a:xfrm>"
            f"<a:prstGeom prst='rect'><a:avLst/></a:prstGeom><a:solidFill><a:srgbClr val='{written[1:]}'/>"
            "</a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>"
        ),
    )


def _drop_what_the_template_says(presentation: OpenPresentation) -> None:
    """Remove the template's thumbnail, statistics and printer settings, which belong to another deck and machine."""
    package = presentation.part.package
    for holder in (package, presentation.part):
        for key, relation in list(holder._rels.items()):
            if relation.reltype in OF_TEMPLATE:
                holder._rels.pop(key)
    size = presentation.part._element.sldSz
    del size.attrib["type"]  # 4:3


def _foot_last(slide: Slide) -> None:
    """Move the foot after everything added since: programs read a slide out in this order."""
    for placeholder in _feet(slide):
        slide.shapes._spTree.append(placeholder._element)


def _feet(part: Any) -> list[Any]:
    """The placeholders at the foot of a slide or layout."""
    return [shape for shape in part.placeholders if shape.placeholder_format.type in FOOTERS]


def _dated(package: bytes, at: datetime) -> bytes:
    """The package with every file in it dated ``at``."""
    written = BytesIO()
    when = at.astimezone(UTC).timetuple()[:6]
    with ZipFile(BytesIO(package)) as source, ZipFile(written, "w") as target:
        for name in source.namelist():
            target.writestr(ZipInfo(name, when), source.read(name), ZIP_DEFLATED)
    return written.getvalue()
