"""The report on paper: a tagged PDF (PDF/UA-1) with charts as vectors, set by typst (docs/adr/0011).

paper.typ lays the pages out; this module supplies all texts. They are passed as JSON, so that nothing in them is ever
read as markup.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

import typst
from PIL import Image, UnidentifiedImageError

from sen_dashboard.core import formats
from sen_dashboard.core.charts import fonts, svg
from sen_dashboard.core.charts.chart import Event
from sen_dashboard.core.kinds import Kind
from sen_dashboard.reports.collected import (
    Cell,
    Collected,
    CollectedFact,
    CollectedKpi,
    Column,
    Comment,
    Part,
    Plain,
    Section,
    Summary,
    Table,
    with_each_text,
)
from sen_dashboard.reports.writers import MADE, Stamp, WriteError, made, symbols

TEMPLATE = Path(__file__).with_name("paper.typ")
STANDARD = "ua-1"
LOGO = "logo.svg"
WIDTH = 482.0  # points: the text of an A4 page with margins of 20 mm, as in the template
TABLE_SIZE, CELL_MARGIN = 9.0, 5.0  # points, as in the template
BOLD = 1.1  # how much wider bold letters are
NARROW, WIDEST = (
    88.0,
    190.0,
)  # points: the least and most that a column of words asks for; more if it would need over four lines
HEADING_SHARE = 0.6  # of a heading's width, so that it fits in two lines

# Characters not allowed in PDF/UA or in a chart's XML: controls, lone surrogates, and noncharacters
UNPRINTABLE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")


class CannotWrite(WriteError):
    """The PDF could not be made; the message is one sentence for the person who asked."""


def write(collected: Collected, stamp: Stamp | None = None, logo: bytes | None = None) -> bytes:
    """The report as a PDF; ``logo`` is a PNG or JPEG image. Raises CannotWrite.

    The same report, stamp and logo give the same bytes.
    """
    printable = with_each_text(collected, _printable)
    files = {
        "main.typ": TEMPLATE.read_bytes(),
        "report.json": json.dumps(_report(printable, stamp, logo is not None)).encode(),
        **{f"{kpi.key}.svg": svg.standalone(kpi.chart) for kpi in printable.kpis if kpi.chart},
        **({LOGO: _logo(logo)} if logo else {}),
    }
    try:
        pdf: bytes = typst.compile(  # type: ignore[call-overload]  # its types leave out files by name
            files,
            font_paths=_fonts(),
            pdf_standards=STANDARD,
            timestamp=int(collected.collected_at.timestamp()),
        )
    except typst.TypstError as error:
        raise CannotWrite(f"The PDF of the report could not be made: {error.message}.") from error
    return pdf


@cache
def _fonts() -> typst.Fonts:
    """The report's fonts, without any of the machine's."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts.FOLDER])


def _logo(picture: bytes) -> bytes:
    """The image within an SVG, since typst takes only text from memory. Raises CannotWrite."""
    try:
        with Image.open(BytesIO(picture)) as image:
            (width, height), kind = image.size, image.get_format_mimetype()
    except UnidentifiedImageError as error:
        raise CannotWrite("The PDF of the report could not be made: the logo is no picture.") from error
    data = b64encode(picture).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:{kind};base64,{data}"/></svg>'
    ).encode()


# Texts that can be set


def _printable(text: str) -> str:
    """A text with a replacement for each character that no font has."""
    return UNPRINTABLE.sub("\ufffd", text.replace("\t", " "))


# The template's data


def _report(collected: Collected, stamp: Stamp | None, has_logo: bool) -> Plain:
    as_at, version = formats.day(collected.as_at), f"version {collected.version}"
    return {
        "title": collected.title,
        "author": collected.council,
        "fonts": fonts.FAMILIES,
        "council": collected.council,
        "month": formats.month_in_words(collected.as_at),
        "as_at": f"Figures as at {as_at}, {version}",
        "edition": f"As at {as_at}, {version}",
        "marking": collected.audience.marking,
        "provisional": collected.provisional,
        "notices": list(_notices(collected, stamp)),
        "cover_notices": list(_notices(collected, None)),
        "made_title": MADE,
        "made": list(made(collected, stamp)),
        "logo": LOGO if has_logo else None,
        "logo_alt": f"Logo of {collected.council}",
        "differences": collected.differences,
        "movements": collected.movements,
        "summary": _summary(collected.summary) if collected.summary else None,
        "sections": [_section(section) for section in collected.sections if not section.is_empty],
        "definitions": list(_definitions(collected)),
        "symbols": list(symbols(collected).items()),
    }


def _notices(collected: Collected, stamp: Stamp | None) -> Iterator[str]:
    """The lines about the report on every page, beside its marking and day."""
    if not collected.published_at:
        yield f"{collected.progress}."
    if collected.provisional:
        yield collected.provisional
    if stamp:
        yield stamp.sentence


def _summary(summary: Summary) -> Plain:
    return {
        "message": f"{summary.message}.",
        "off_target": [
            {"message": row.message, "words": " ".join(filter(None, (f"{row.standing}.", row.words)))}
            for row in summary.off_target
        ],
        "asked": summary.asked or (),
    }


def _part(part: Part) -> Plain:
    return {
        "title": part.message,
        "says": part.says,
        "caption": part.table.caption if part.table else "",
        "table": _table(part.table) if part.table else None,
    }


def _section(section: Section) -> Plain:
    return {
        "title": section.title,
        "parts": [_part(part) for part in section.parts],
        "comments": [_comment(comment) for comment in section.comments],
        "kpis": [_kpi(kpi) for kpi in section.kpis],
        "events": [_event(event) for event in section.events],
    }


def _comment(comment: Comment) -> Plain:
    return {
        "by": comment.by,
        "lines": [{"text": line.text, "is_point": line.is_point} for line in comment.lines],
    }


def _event(event: Event) -> str:
    return f"{formats.day(event.day)}, {event.title}"


def _kpi(kpi: CollectedKpi) -> Plain:
    return {
        "title": kpi.message or kpi.name,
        "name": kpi.name if kpi.message else "",
        "answer": kpi.answer,
        "standing": kpi.standing,
        "basis": kpi.basis,
        "caveats": kpi.caveats,
        "facts": _table(_facts(kpi.facts)),
        "chart": f"{kpi.key}.svg" if kpi.chart else None,
        "alt": f"Chart: {kpi.title}. {kpi.sentence}".strip(),
        "events": [_event(event) for event in kpi.events],
        "caption": kpi.table.caption,
        "table": _table(kpi.table),
    }


def _facts(facts: Sequence[CollectedFact]) -> Table:
    """The figures beside the headline as a table."""
    columns = (
        Column("label", "Figure", Kind.TEXT),
        Column("value", "Value", Kind.COUNT),
        Column("raw", "Basis", Kind.TEXT),
    )
    rows = tuple((_words(fact.label), fact.cell, _words(fact.raw)) for fact in facts)
    return Table("", columns, rows)


def _words(text: str) -> Cell:
    return Cell(None, text)


def _table(table: Table) -> Plain:
    """A table's columns with their widths, its rows, and its font size."""
    widths, size = _widths(table)
    columns = [
        {"heading": column.heading, "number": column.is_number, "width": width}
        for column, width in zip(table.columns, widths, strict=True)
    ]
    return {"columns": columns, "rows": [[cell.text for cell in row] for row in table.rows], "size": size}


def _widths(table: Table) -> tuple[list[float], float]:
    """Points for each column: its preferred width or, without enough room, a fair share between least and preferred.

    Also the font size, which is reduced only if there is no room even for the least widths.
    """
    both = [
        _least_and_liked(column, [row[place].text for row in table.rows])
        for place, column in enumerate(table.columns)
    ]
    least, liked = (sum(widths) for widths in zip(*both, strict=True))
    over = max(liked - WIDTH, 0)
    share = max(1 - over / (liked - least), 0) if over and liked > least else float(not over)
    size = TABLE_SIZE * min(1.0, WIDTH / least)
    return [low + share * (high - low) for low, high in both], size


def _least_and_liked(column: Column, texts: Sequence[str]) -> tuple[float, float]:
    """The least width, which breaks no number, and the preferred one, for the longest text and a two-line heading."""
    longest = max((fonts.width(text, TABLE_SIZE) for text in texts), default=0.0)
    words = [fonts.width(word, BOLD * TABLE_SIZE) for word in column.heading.split()] or [0.0]
    least = longest if column.is_number else min(longest, NARROW)
    margins = 2 * CELL_MARGIN + 1
    return (
        max(least, *words) + margins,
        max(least, min(longest, max(WIDEST, longest / 4)), *words, HEADING_SHARE * sum(words)) + margins,
    )


def _definitions(collected: Collected) -> Iterator[Plain]:
    """Each KPI's definition once, in the order of the sections."""
    titles = {kpi.title: kpi.definition for kpi in collected.kpis}
    for title, definition in titles.items():
        yield {"title": title, "items": list(definition.items())}
