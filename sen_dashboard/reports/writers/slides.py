"""The report as slides (.pptx): one for each KPI, with its answer, its figures and a native chart or its table.

The order is that of the sections. What does not fit on a slide is never made smaller than can be read: text goes on on
a further slide, a long table says where its other rows are. The notes of a slide hold its KPI's definition and source.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from functools import partial
from typing import Any

from django.utils.timezone import localtime

from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Event
from sen_dashboard.core.charts.palette import EVENT
from sen_dashboard.reports.collected import (
    Collected,
    CollectedFact,
    CollectedKpi,
    Comment,
    Section,
    Table,
    with_each_text,
)
from sen_dashboard.reports.writers import Stamp, symbols
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
)
from sen_dashboard.reports.writers.fitting import Paragraph, height, largest, pages
from sen_dashboard.reports.writers.native_charts import add_chart, height_needed

READ_ALOUD = (22, 20, 18, 16)  # points, of slides of text alone
ASIDE = 262.0  # how wide the facts stand beside the chart
BETWEEN = 22.0
AFTER = 16.0  # room below an answer
VALUES = (24, 20, 18)
MOST_FACTS = 4
EVENTS_HEIGHT = 48.0
CHART = Box(BODY.left + ASIDE + BETWEEN, BODY.top, BODY.width - ASIDE - BETWEEN, BODY.height)  # beside facts
LOGO = Box(678, 34, 240, 84)


@dataclass(frozen=True)
class Place:
    """Where an answer stands: its width, the most it takes in height, and the sizes of its text."""

    width: float
    most: float
    sizes: tuple[float, ...]

    def holding(self, paragraphs: Sequence[Paragraph]) -> Sequence[Paragraph] | None:
        """The paragraphs in the largest size that fits; None if none does."""
        return largest(lambda size: _resized(paragraphs, size), self.sizes, self.width, self.most)

    def taken_by(self, paragraphs: Sequence[Paragraph]) -> float:
        """The height of what ``holding`` gave, with the room below it."""
        return height(paragraphs, self.width) + AFTER if paragraphs else 0


ABOVE_ALL = Place(BODY.width, 126, (20, 18, 16, 14))
BESIDE_CHART = Place(ASIDE, 220, (16, 14))


def write(collected: Collected, stamp: Stamp | None = None, logo: bytes | None = None) -> bytes:
    """The deck, whole. The same report, stamp and logo give the same bytes.

    ``logo`` is a picture for the title slide. Raises PIL.UnidentifiedImageError where it is no picture, ValueError
    where it is one that slides cannot hold.
    """
    shown = with_each_text(collected, _printable)
    return _Slides(shown, stamp and replace(stamp, who=_printable(stamp.who))).written(logo)


class _Slides:
    """The slides of one report."""

    def __init__(self, collected: Collected, stamp: Stamp | None) -> None:
        self.collected, self.stamp = collected, stamp
        marks = (
            collected.audience.marking,
            "Provisional" if collected.provisional else "",
            "" if collected.published_at else collected.status,
        )
        self.dated = f"At {formats.day(collected.as_at)}, version {collected.version}"
        self.deck = Deck(dated=self.dated, footer=". ".join(filter(None, marks)))

    def written(self, logo: bytes | None) -> bytes:
        self._add_cover(logo)
        self._add_text("What this version corrects", "", _listed(self.collected.differences))
        self._add_text("What changed most", "", _listed(self.collected.movements))
        for section in self.collected.sections:
            if section.kpis:
                self._add_section(section)
        meanings = symbols(self.collected).items()
        self._add_text(
            "What the symbols mean", "", _listed([f"{one}: {meaning}" for one, meaning in meanings])
        )
        self._set_properties()
        return self.deck.saved(self.collected.collected_at)

    def _set_properties(self) -> None:
        collected = self.collected
        at = collected.collected_at.astimezone(UTC)
        properties = self.deck.presentation.core_properties
        properties.title = f"{collected.title}, {formats.month_in_words(collected.as_at)}"
        properties.author = properties.last_modified_by = collected.council[:255]  # no more is allowed
        properties.subject = f"{collected.audience.marking}, version {collected.version}"
        properties.language, properties.keywords, properties.revision = LANGUAGE, "SEN", collected.version
        properties.created = properties.modified = at

    def _noted(self, slide: Any, notes: Sequence[str]) -> None:
        """Write the notes of a slide; in what is not public they end with who downloaded it."""
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
            *_progress(collected),
            self.stamp.sentence if self.stamp else "",
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
        self._noted(slide, [f"Collected on {collected.origin}."])

    def _add_text(self, title: str, section: str, paragraphs: Sequence[Paragraph]) -> None:
        """As many slides as the text takes; none for no text. Paragraphs come in any size."""
        if not paragraphs:
            return
        at_once = largest(lambda size: _resized(paragraphs, size), READ_ALOUD, BODY.width, BODY.height)
        boxes = [at_once] if at_once else pages(_resized(paragraphs, READ_ALOUD[-1]), BODY.width, BODY.height)
        for number, box in enumerate(boxes, start=1):
            of = f" ({number} of {len(boxes)})" if len(boxes) > 1 else ""
            self._noted(self.deck.slide(title + of, section, box), [])

    # Sections

    def _add_section(self, section: Section) -> None:
        comments = [*map(_comment, section.comments)]
        first, *others = section.kpis
        if not self._add_kpi(section, first, comments):
            self._add_text(f"{named(section.title)}: comments", section.title, comments)
        for kpi in others:
            self._add_kpi(section, kpi, [])
        self._add_text(
            f"{named(section.title)}: events of the year", section.title, [*map(_event, section.events)]
        )

    def _add_kpi(self, section: Section, kpi: CollectedKpi, comments: Sequence[Paragraph]) -> bool:
        """The slide of a KPI; whether the comments have found room on it.

        The answer stands above the facts and the chart, or above the facts alone where the chart needs the whole
        height. An answer too long for either has slides of its own.
        """
        title, says = named(_title(kpi)), _answer(kpi)
        needed = height_needed(kpi.chart, CHART) if kpi.chart else 0
        place = ABOVE_ALL
        answer = place.holding([*says, *comments]) or place.holding(says)
        if needed > BODY.height - place.taken_by(answer or []):
            place = BESIDE_CHART
            answer = place.holding([*says, *comments]) or place.holding(says)
        if answer is None:
            self._add_text(f"{title}: in words", section.title, says)
            answer = []
        below = BODY.below(BODY.top + place.taken_by(answer))
        box = Box(BODY.left, BODY.top, place.width, height(answer, place.width) + 1)
        slide = self.deck.slide(title, section.title, answer, box)
        self._add_figures(slide, kpi, below, place)
        self._noted(slide, [_title(kpi), *_notes(kpi)])
        return len(answer) == len(says) + len(comments)

    def _add_figures(self, slide: Any, kpi: CollectedKpi, below: Box, place: Place) -> None:
        """The facts to the left, below the answer, and the chart or table to the right, or over the whole width."""
        facts = _facts(kpi.facts[:MOST_FACTS], ASIDE, below.height)
        right = below
        if facts:
            add_text(slide, Box(below.left, below.top, ASIDE, below.height), facts, "Figures")
            right = Box(CHART.left, below.top, CHART.width, below.height)
        if place is BESIDE_CHART:
            right = CHART
        if kpi.chart is None:
            if not add_table(slide, kpi.table, right):
                add_text(slide, right, [Paragraph(_why_no_table(kpi.table), 14)], "Table")
            return
        events = _events_told(kpi.events, right.width)
        box = Box(right.left, right.top, right.width, right.height - height(events, right.width))
        add_chart(slide, kpi.chart, box, self.collected.collected_at)
        if events:
            add_text(slide, right.below(box.bottom), events, "Events")


def _fitted(at: Any, sizes: Sequence[float], box: Box) -> Sequence[Paragraph]:
    """The paragraphs in the largest size that fits the box, at the least as many of them as fit."""
    return largest(at, sizes, box.width, box.height) or pages(at(sizes[-1]), box.width, box.height)[0]


def _resized(paragraphs: Sequence[Paragraph], size: float) -> list[Paragraph]:
    """The paragraphs in a size, apart from each other."""
    return [
        replace(paragraph, size=size, above=size / 2 if number else 0)
        for number, paragraph in enumerate(paragraphs)
    ]


def _progress(collected: Collected) -> Iterator[str]:
    """Who approved the report and when it was published, or how far it is."""
    if not collected.published_at:
        yield collected.status
        return
    yield f"Approved by {collected.approved_by}"
    yield f"Published on {formats.moment(collected.published_at)}"


def _title(kpi: CollectedKpi) -> str:
    """The KPI's title with the choices under which it stands here: Panel decisions: Additional funding panel."""
    chosen = [words.partition(": ")[2] or words for words in kpi.chosen]
    return f"{kpi.title}: {', '.join(chosen)}" if chosen else kpi.title


def _answer(kpi: CollectedKpi) -> list[Paragraph]:
    """The KPI's sentence and how it stands to its target; of a hidden one, that it is hidden."""
    said = [kpi.answer, f"{kpi.standing}. {kpi.basis}" if kpi.standing else ""]
    return [Paragraph(text, READ_ALOUD[0]) for text in said if text]


def _facts(facts: Sequence[CollectedFact], room: float, most: float) -> Sequence[Paragraph]:
    """As many of the facts as fit, in the largest size that holds them."""
    for count in range(len(facts), 0, -1):
        found = largest(partial(_fact_lines, facts[:count]), VALUES, room, most)
        if found:
            return found
    return []


def _fact_lines(facts: Sequence[CollectedFact], size: float) -> list[Paragraph]:
    """Each fact: what it is, its value, and the counts behind it."""
    lines = []
    for number, fact in enumerate(facts):
        lines.append(Paragraph(fact.label, 14, above=size / 2 if number else 0))
        lines.append(Paragraph(fact.cell.text, size, is_bold=True, colour=BLUE))
        if fact.raw:
            lines.append(Paragraph(fact.raw, LEAST, colour=EVENT))
    return lines


def _events_told(events: Sequence[Event], room: float) -> list[Paragraph]:
    """The events of a chart's months below it, where they are few; the notes have them all."""
    told = [Paragraph(_event(event).text, LEAST, colour=EVENT) for event in events]
    return told if height(told, room) <= EVENTS_HEIGHT else []


def _why_no_table(table: Table) -> str:
    return (
        "The table is in the workbook of this report." if table.rows else f"{table.caption}: there are none."
    )


def _event(event: Event) -> Paragraph:
    return Paragraph(f"{formats.day(event.day)}: {event.title}", LEAST, has_bullet=True)


def _comment(comment: Comment) -> Paragraph:
    when = formats.day(localtime(comment.written_at))
    return Paragraph(
        f"{comment.author}, {when}: {' '.join(comment.text.split())}", READ_ALOUD[0], colour=BLUE
    )


def _listed(sentences: Sequence[str]) -> list[Paragraph]:
    return [Paragraph(sentence, READ_ALOUD[0], has_bullet=True) for sentence in sentences]


def _printable(text: str) -> str:
    """A text with a space for every sign that no office file may hold: names and comments may have any."""
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
