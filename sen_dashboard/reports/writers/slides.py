"""The report as slides (.pptx): one for each KPI, with its answer, its figures and a native chart or its table.

The order is that of the sections. The title of a slide sums up its figure in one line. Text has one size: text that
does not fit continues on another slide, and a long table says where its other rows are. The notes of a slide hold its
KPI's definition and source.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any

from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Event
from sen_dashboard.core.charts.palette import EVENT
from sen_dashboard.reports.collected import (
    NONE_OFF_TARGET,
    Collected,
    CollectedFact,
    CollectedKpi,
    Comment,
    OffTarget,
    Part,
    Section,
    Summary,
    Table,
    with_each_text,
)
from sen_dashboard.reports.writers import MADE, Stamp, made, slide_charts, symbols
from sen_dashboard.reports.writers.deck import (
    BLUE,
    BODY,
    COVER_TEXT,
    LANGUAGE,
    LEAST,
    Box,
    Deck,
    add_picture,
    add_table,
    add_text,
    named,
    numbered,
    tables_of,
)
from sen_dashboard.reports.writers.fitting import Paragraph, height, largest, pages
from sen_dashboard.reports.writers.native_charts import add_chart, height_needed

READ_ALOUD = 18  # points, on slides with text only
ASIDE = 262.0  # the width of the facts beside the chart
BETWEEN = 22.0
AFTER = 16.0  # room below an answer
VALUE = 20
MOST_FACTS = 4
EVENTS_HEIGHT = 48.0
CHART = Box(BODY.left + ASIDE + BETWEEN, BODY.top, BODY.width - ASIDE - BETWEEN, BODY.height)  # beside facts
IN_COLUMNS = 14  # points, in the summary
COLUMN = (BODY.width - 2 * BETWEEN) / 3
HEADING = 34.0  # above each of its columns
LOGO = Box(678, 34, 240, 84)


@dataclass(frozen=True)
class Place:
    """The place of an answer: its width, its greatest height, and its text size."""

    width: float
    most: float
    size: float

    def holding(self, paragraphs: Sequence[Paragraph]) -> Sequence[Paragraph] | None:
        """The paragraphs in the place's size; None if they do not fit."""
        return largest(lambda size: _resized(paragraphs, size), (self.size,), self.width, self.most)

    def taken_by(self, paragraphs: Sequence[Paragraph]) -> float:
        """The height of the paragraphs from ``holding``, with the room below them."""
        return height(paragraphs, self.width) + AFTER if paragraphs else 0


ABOVE_ALL = Place(BODY.width, 126, 16)
BESIDE_CHART = Place(ASIDE, 220, 14)


def write(collected: Collected, stamp: Stamp | None = None, logo: bytes | None = None) -> bytes:
    """The complete deck. The same report, stamp and logo give the same bytes.

    ``logo`` is an image for the title slide. Raises PIL.UnidentifiedImageError if it is not an image, ValueError if
    slides cannot hold it.
    """
    shown = with_each_text(collected, _printable).with_comments(
        {section.key: tuple(map(_printable_comment, section.comments)) for section in collected.sections}
    )
    return _Slides(shown, stamp and replace(stamp, who=_printable(stamp.who))).written(logo)


class _Slides:
    """The slides of one report."""

    def __init__(self, collected: Collected, stamp: Stamp | None) -> None:
        self.collected, self.stamp = collected, stamp
        marks = (
            collected.audience.marking,
            "Provisional" if collected.provisional else "",
            "" if collected.published_at else collected.progress,
        )
        self.dated = f"At {formats.day(collected.as_at)}, version {collected.version}"
        self.deck = Deck(dated=self.dated, footer=". ".join(filter(None, marks)))

    def written(self, logo: bytes | None) -> bytes:
        self._add_cover(logo)
        if self.collected.summary:
            self._add_summary(self.collected.summary)
        self._add_text("What this version corrects", "", _listed(self.collected.differences))
        if self.collected.summary is None:
            self._add_text("What changed most", "", _listed(self.collected.movements))
        for section in self.collected.sections:
            self._add_section(section)
        meanings = symbols(self.collected).items()
        self._add_text(
            "What the symbols mean", "", _listed([f"{one}: {meaning}" for one, meaning in meanings])
        )
        self._add_text(
            MADE, "", _listed([f"{what}: {said}" for what, said in made(self.collected, self.stamp)])
        )
        self._set_properties()
        return self.deck.saved(self.collected.collected_at)

    def _set_properties(self) -> None:
        collected = self.collected
        at = collected.collected_at.astimezone(UTC)
        properties = self.deck.presentation.core_properties
        properties.title = f"{collected.title}, {formats.month_in_words(collected.as_at)}"
        properties.author = properties.last_modified_by = collected.council[:255]  # the longest allowed
        properties.subject = f"{collected.audience.marking}, version {collected.version}"
        properties.language, properties.keywords, properties.revision = LANGUAGE, "SEN", collected.version
        properties.created = properties.modified = at

    def _noted(self, slide: Any, notes: Sequence[str]) -> None:
        """Write a slide's notes; in an internal report they end with the name of the person who downloaded it."""
        said = [*notes, *([self.stamp.sentence] if self.stamp else [])]
        if said:
            slide.notes_slide.notes_text_frame.text = "\n".join(said)

    # Slides of text

    def _add_cover(self, logo: bytes | None) -> None:
        collected = self.collected
        lines = [
            f"{collected.council}, {formats.month_in_words(collected.as_at)}",
            self.dated,
            collected.audience.marking,
            collected.provisional,
            collected.progress,
        ]
        first, *others = filter(None, lines)
        text = _fitted(
            lambda size: [
                Paragraph(first, size + 6, is_bold=True),
                *(Paragraph(line, size, above=size / 2) for line in others),
            ],
            (18, 16, 14, LEAST),
            COVER_TEXT,
        )
        slide = self.deck.cover(collected.title, text)
        if logo:
            add_picture(slide, LOGO, logo, f"Logo of {collected.council}")

    def _add_text(self, title: str, section: str, paragraphs: Sequence[Paragraph]) -> None:
        """Add as many slides as the text takes, none for no text. Paragraphs come in any size."""
        if not paragraphs:
            return
        boxes = pages(_resized(paragraphs, READ_ALOUD), BODY.width, BODY.height)
        for number, box in enumerate(boxes, start=1):
            self._noted(self.deck.slide(numbered(title, number, len(boxes)), section, box), [])

    def _add_summary(self, summary: Summary) -> None:
        """Add what is off target, what changed and what is asked for, side by side on as many slides as needed.

        The public gets only the first of these.
        """
        off_target = [line for row in summary.off_target for line in _off_target(row)]
        changed, asked = (
            [Paragraph(text, IN_COLUMNS, above=IN_COLUMNS / 2, has_bullet=True) for text in texts]
            for texts in (self.collected.movements, summary.asked or ())
        )
        columns = {"Off target": off_target or [Paragraph(f"{NONE_OFF_TARGET}.", IN_COLUMNS)]}
        if summary.asked is not None:
            columns["What changed"] = changed or [Paragraph("Nothing to compare.", IN_COLUMNS)]
            columns["Decisions that are needed"] = asked or [Paragraph("None.", IN_COLUMNS)]
        boxes = [pages(text, COLUMN, BODY.height - HEADING) for text in columns.values()]
        count = max(map(len, boxes))
        for number in range(count):
            slide = self.deck.slide(numbered(summary.message, number + 1, count), "Summary", [])
            for place, (heading, of) in enumerate(zip(columns, boxes, strict=True)):
                left = BODY.left + place * (COLUMN + BETWEEN)
                if number < len(of):
                    words = [Paragraph(heading, READ_ALOUD, is_bold=True, colour=BLUE)]
                    add_text(slide, Box(left, BODY.top, COLUMN, HEADING), words, heading)
                    below = Box(left, BODY.top + HEADING, COLUMN, BODY.height - HEADING)
                    add_text(slide, below, of[number], f"{heading}: what")
            self._noted(slide, [])

    # Sections

    def _add_section(self, section: Section) -> None:
        name = named(section.title)
        for part in section.parts:
            self._add_part(section, part)
        for comment in section.comments:
            self._add_text(f"{name}: comment", section.title, list(_comment(comment)))
        for kpi in section.kpis:
            self._add_kpi(section, kpi)
        self._add_text(f"{name}: events of the year", section.title, [*map(_event, section.events)])

    def _add_part(self, section: Section, part: Part) -> None:
        """Add the slides of a part of the programme: its text and as many rows of its table as fit, then the others."""
        above = section.title if part.title == section.title else f"{section.title}: {part.title}"
        says = [Paragraph(part.says, READ_ALOUD, is_bold=True)] if part.says else []
        taken = height(says, BODY.width)
        tables = tables_of(part.table, BODY.width, BODY.height - taken - AFTER) if part.table else [None]
        for number, table in enumerate(tables, start=1):
            title = numbered(part.message, number, len(tables))
            slide = self.deck.slide(title, above, says, Box(BODY.left, BODY.top, BODY.width, taken + 1))
            if table:
                self._add_table(slide, table, BODY.below(BODY.top + taken + (AFTER if says else 0)))
            self._noted(slide, [])

    def _add_kpi(self, section: Section, kpi: CollectedKpi) -> None:
        """Add the slides of a KPI: one, and more if its chart has more bars than a slide can show.

        The answer is above the facts and the chart, or above the facts only if the chart needs the whole height. An
        answer too long for either has its own slides.
        """
        parts = slide_charts.parts(kpi.chart) if kpi.chart else None
        charts = parts.charts if parts else ()
        title = kpi.message or kpi.name
        above = f"{section.title}: {kpi.name}" if kpi.message else section.title
        says = _answer(kpi)
        needed = height_needed(charts[0], CHART) if charts else 0
        place = ABOVE_ALL
        answer = place.holding(says)
        if needed > BODY.height - place.taken_by(answer or []):
            place = BESIDE_CHART
            answer = place.holding(says)
        if answer is None:
            self._add_text(f"{named(title)}: in words", above, says)
            answer = []
        below = BODY.below(BODY.top + place.taken_by(answer))
        box = Box(BODY.left, BODY.top, place.width, height(answer, place.width) + 1)
        slide = self.deck.slide(numbered(title, 1, len(charts) or 1), above, answer, box)
        right = self._add_facts(slide, kpi, below, place)
        if parts is None:
            self._add_table(slide, kpi.table, right)
        else:
            self._add_chart(slide, kpi, parts, 0, right)
        self._noted(slide, [kpi.name, *_notes(kpi)])
        for number in range(1, len(charts)):
            assert parts is not None
            slide = self.deck.slide(numbered(title, number + 1, len(charts)), above, [])
            self._add_chart(slide, kpi, parts, number, BODY)
            self._noted(slide, [kpi.name])

    def _add_facts(self, slide: Any, kpi: CollectedKpi, below: Box, place: Place) -> Box:
        """Add the facts on the left below the answer; returns the remaining box, to the right or across the width."""
        facts = _facts(kpi.facts[:MOST_FACTS], ASIDE, below.height)
        if facts:
            add_text(slide, Box(below.left, below.top, ASIDE, below.height), facts, "Figures")
        if place is BESIDE_CHART:
            return CHART
        return Box(CHART.left, below.top, CHART.width, below.height) if facts else below

    def _add_table(self, slide: Any, table: Table, box: Box) -> None:
        if not add_table(slide, table, box):
            add_text(slide, box, [Paragraph(_why_no_table(table), 14)], "Table")

    def _add_chart(
        self, slide: Any, kpi: CollectedKpi, parts: slide_charts.Parts, number: int, box: Box
    ) -> None:
        """Add one of a KPI's charts, with the events of its months and a note on bars left out below it."""
        note = [Paragraph(parts.left_out, LEAST, colour=EVENT)] if parts.left_out else []
        below = [*_describe_events(kpi.events, box.width), *note]
        drawn = Box(box.left, box.top, box.width, box.height - height(below, box.width))
        add_chart(slide, parts.charts[number], drawn, self.collected.collected_at, parts.whole)
        if below:
            add_text(slide, box.below(drawn.bottom), below, "Below the chart")


def _fitted(at: Any, sizes: Sequence[float], box: Box) -> Sequence[Paragraph]:
    """The paragraphs in the largest size that fits the box, or as many as fit in the smallest."""
    return largest(at, sizes, box.width, box.height) or pages(at(sizes[-1]), box.width, box.height)[0]


def _resized(paragraphs: Sequence[Paragraph], size: float) -> list[Paragraph]:
    """The paragraphs in one size, with space between them."""
    return [
        replace(paragraph, size=size, above=size / 2 if number else 0)
        for number, paragraph in enumerate(paragraphs)
    ]


def _answer(kpi: CollectedKpi) -> list[Paragraph]:
    """The KPI's sentence and its status against its target; for a hidden one, that it is hidden."""
    said = [kpi.answer, f"{kpi.standing}. {kpi.basis}" if kpi.standing else ""]
    return [Paragraph(text, READ_ALOUD) for text in said if text]


def _facts(facts: Sequence[CollectedFact], room: float, most: float) -> Sequence[Paragraph]:
    """As many of the facts as fit."""
    for count in range(len(facts), 0, -1):
        lines = list(_fact_lines(facts[:count]))
        if height(lines, room) <= most:
            return lines
    return []


def _fact_lines(facts: Sequence[CollectedFact]) -> Iterator[Paragraph]:
    """Each fact: its label, its value, and the counts behind it."""
    for number, fact in enumerate(facts):
        yield Paragraph(fact.label, 14, above=VALUE / 2 if number else 0)
        yield Paragraph(fact.cell.text, VALUE, is_bold=True, colour=BLUE)
        if fact.raw:
            yield Paragraph(fact.raw, LEAST, colour=EVENT)


def _describe_events(events: Sequence[Event], room: float) -> list[Paragraph]:
    """The events of a chart's months, if they are few enough to go below it; the notes have them all."""
    lines = [Paragraph(_event(event).text, LEAST, colour=EVENT) for event in events]
    return lines if height(lines, room) <= EVENTS_HEIGHT else []


def _why_no_table(table: Table) -> str:
    return (
        "The table is in the workbook of this report." if table.rows else f"{table.caption}: there are none."
    )


def _event(event: Event) -> Paragraph:
    return Paragraph(f"{formats.day(event.day)}: {event.title}", LEAST, has_bullet=True)


def _comment(comment: Comment) -> Iterator[Paragraph]:
    """A comment by lines and points, then its author."""
    for line in comment.lines:
        yield Paragraph(line.text, READ_ALOUD, has_bullet=line.is_point)
    yield Paragraph(comment.by, READ_ALOUD, colour=EVENT)


def _off_target(row: OffTarget) -> Iterator[Paragraph]:
    """A figure off target: its message, then its status and the reason."""
    yield Paragraph(row.message, IN_COLUMNS, is_bold=True, above=IN_COLUMNS / 2, heads_next=True)
    yield Paragraph(" ".join(filter(None, (f"{row.standing}.", row.words))), IN_COLUMNS)


def _listed(sentences: Sequence[str]) -> list[Paragraph]:
    return [Paragraph(sentence, READ_ALOUD, has_bullet=True) for sentence in sentences]


def _printable_comment(comment: Comment) -> Comment:
    """The comment with characters that office files cannot hold replaced in each line."""
    lines = map(_printable, comment.text.splitlines())
    return replace(comment, author=_printable(comment.author), text="\n".join(lines))


def _printable(text: str) -> str:
    """A text with a space for every character that office files cannot hold; names and comments may have any."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _notes(kpi: CollectedKpi) -> Iterator[str]:
    """The definition of a KPI and everything that a slide may have had no room for."""
    if kpi.answer:
        yield kpi.answer
    for fact in kpi.facts:
        yield f"{fact.label}: {fact.cell.text}{f' ({fact.raw})' if fact.raw else ''}"
    if kpi.standing:
        yield f"{kpi.standing}. {kpi.basis}"
    yield from kpi.caveats
    yield from (_event(event).text for event in kpi.events)
    yield from (f"{label}: {text}" for label, text in kpi.definition.items())
