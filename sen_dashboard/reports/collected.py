"""The contents of a report once collected: plain, frozen, the same for every format and for ever.

Nothing here queries the database. Values are those of a KPI's JSON: pounds to the penny as numbers, percentages
unrounded, days as 2019-03-31, None if undefined. ``to_plain`` and ``from_plain`` are inverses, so a file written years
later has the figures of the day on which the report was collected.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from cattrs.preconf.json import make_converter
from django.utils.timezone import localtime

from sen_dashboard.core.charts.chart import Chart, Event
from sen_dashboard.core.formats import day, moment, plural
from sen_dashboard.core.kinds import Kind

Plain = dict[str, Any]
CellValue = int | float | str | None
T = TypeVar("T")
POINT = re.compile(r"\s*[-*•–‣▪·]\s+(?=\S)")
NONE_OFF_TARGET = "No figure shown here misses its target"
HIDDEN = "Some of these figures are hidden so that nobody can be identified; the table shows the others."


class Audience(StrEnum):
    """Whom a report is for. The public one is under disclosure control (`core.disclosure.suppression`)."""

    INTERNAL = "internal"
    PUBLIC = "public"

    @property
    def marking(self) -> str:
        """The marking on every page and slide."""
        return "Official: sensitive" if self is Audience.INTERNAL else "Public"


@dataclass(frozen=True)
class Column:
    """A column of a table: its published key, its heading, and its kind of value."""

    key: str
    heading: str
    kind: Kind

    @property
    def is_number(self) -> bool:
        return self.kind.is_number


@dataclass(frozen=True)
class Cell:
    """A value, unrounded, and its text. For a code shown in words the value is the code; for any other text, None.

    An unknown or hidden value is None; the text then says which: "not available", or a symbol such as ``c``.
    """

    value: CellValue
    text: str

    def value_of(self, kind: Kind) -> CellValue | date:
        """The value as a spreadsheet holds it, with days as dates."""
        is_day = kind is Kind.DAY and isinstance(self.value, str)
        return date.fromisoformat(str(self.value)) if is_day else self.value


@dataclass(frozen=True)
class Table:
    """A table: its caption, columns and rows.

    ``row_keys`` are the keys of the rows, as in the marks of charts; empty if they were not kept.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    row_keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class CollectedFact:
    """A figure beside the headline with the raw counts behind it, as `core.kpi.definition.Fact`."""

    label: str
    cell: Cell
    kind: Kind
    raw: str = ""


@dataclass(frozen=True)
class Definition:
    """The definition of a KPI at the time when the report was collected."""

    LABELS: ClassVar[dict[str, str]] = {
        "question": "Question",
        "numerator": "Counted",
        "denominator": "Out of",
        "left_out": "Left out",
        "undefined": "When there is no figure",
        "better": "Which way is better",
        "owner": "Owner",
        "reviewed_on": "Reviewed",
        "source": "Source",
    }
    """The label of each part, as on the KPI's page."""

    question: str
    numerator: str
    denominator: str
    left_out: str
    undefined: str
    better: str
    owner: str
    reviewed_on: date
    source: str

    def items(self) -> Iterator[tuple[str, str]]:
        """Each part with its label."""
        for key, label in self.LABELS.items():
            part = getattr(self, key)
            yield label, day(part) if isinstance(part, date) else part


@dataclass(frozen=True)
class CollectedKpi:
    """A KPI at the month's end.

    ``slug`` with ``variant`` identifies it within a report: a KPI may be in several sections, each time with other
    choices, described by ``chosen``. ``headline`` and ``rows`` hold plain values under the published keys, as the KPI's
    JSON does; in a public report, symbols replace hidden ones. ``chart`` is None if there is nothing to draw or it
    would show hidden values. ``is_hidden`` says that something of the KPI is hidden; words that would reveal it are
    left out. ``rounded`` names the rounded counts, by the key of their row (if any) and their own. ``asked`` are the
    address parameters that ask for the same answer. ``message`` is the answer in one line
    (`core.kpi.definition.Kpi.in_one_line`); empty in reports collected before it existed.
    """

    slug: str
    variant: str
    title: str
    chosen: tuple[str, ...]
    definition: Definition
    sentence: str
    facts: tuple[CollectedFact, ...]
    standing: str
    basis: str
    caveats: tuple[str, ...]
    headline: Plain
    rows: tuple[Plain, ...]
    table: Table
    chart: Chart | None
    is_hidden: bool = False
    rounded: tuple[str, ...] = ()
    asked: dict[str, str] = field(default_factory=dict)
    message: str = ""

    @property
    def name(self) -> str:
        """The title with its choices: "Panel decisions: Additional funding panel"."""
        chosen = [words.partition(": ")[2] or words for words in self.chosen]
        return f"{self.title}: {', '.join(chosen)}" if chosen else self.title

    @property
    def key(self) -> str:
        """The identifier within a report, fit for a file or sheet: ``panel_reasons-additional_funding``."""
        return f"{self.slug}-{self.variant}" if self.variant else self.slug

    @property
    def events(self) -> tuple[Event, ...]:
        """The events that the chart marks, in the order in which formats number them."""
        return self.chart.events if self.chart else ()

    @property
    def answer(self) -> str:
        """The sentence that comes first, or a note that something is hidden."""
        return self.sentence or HIDDEN


@dataclass(frozen=True)
class Line:
    """A line of a comment; a point is an item of a list."""

    text: str
    is_point: bool


@dataclass(frozen=True)
class Comment:
    """What a named author wrote about a section, beside its computed sentences."""

    author: str
    written_at: datetime
    text: str

    @property
    def by(self) -> str:
        """The author and the day."""
        return f"{self.author}, {day(localtime(self.written_at))}"

    @property
    def lines(self) -> Iterator[Line]:
        """The lines with any text; a line that begins with a dash, star or dot and a space is a point."""
        for line in filter(str.strip, self.text.splitlines()):
            point = POINT.match(line)
            yield Line(line[point.end() :] if point else line, point is not None)


@dataclass(frozen=True)
class Part:
    """A part of the programme without figures: its workstreams, the actions of a lever, or decisions needed.

    ``message`` sums it up in one line; ``says`` is the text above its table: the programme's aim.
    """

    key: str
    title: str
    message: str
    table: Table | None
    says: str = ""


@dataclass(frozen=True)
class Section:
    """A section of the report: parts of the programme, KPIs, events of the year, and comments."""

    key: str
    title: str
    kpis: tuple[CollectedKpi, ...]
    events: tuple[Event, ...] = ()
    comments: tuple[Comment, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the section has nothing to read."""
        return not (self.kpis or self.parts or self.events or self.comments)


@dataclass(frozen=True)
class OffTarget:
    """A KPI of the report that misses its target: its message, its status, and how far it misses and why.

    ``key`` is the KPI's key within the report.
    """

    key: str
    message: str
    standing: str
    words: str


@dataclass(frozen=True)
class Summary:
    """The beginning of a report, apart from what changed: which KPIs are off target, and which decisions are needed.

    ``asked`` is None for the public, who are shown neither decisions nor changes, and not every figure.
    """

    off_target: tuple[OffTarget, ...]
    asked: tuple[str, ...] | None

    @property
    def message(self) -> str:
        """ "3 figures are off target, and 2 decisions are needed"."""
        figures, shown = len(self.off_target), " shown here" if self.asked is None else ""
        targets = NONE_OFF_TARGET
        if figures:
            targets = f"{plural(figures, f'figure{shown} is', f'figures{shown} are')} off target"
        if not self.asked:
            return targets
        return f"{targets}, and {plural(len(self.asked), 'decision is', 'decisions are')} needed"


@dataclass(frozen=True)
class Collected:
    """A report: all figures of one day for one audience, read in one transaction.

    ``provisional`` is a sentence while the month's postings may still change, and empty once the month is closed.
    ``version`` is 1 for the first report of a month. ``differences`` says what a correction changed. ``summary`` is
    None in reports collected before it existed.
    """

    council: str
    audience: Audience
    as_at: date
    version: int
    collected_at: datetime
    collected_by: str
    provisional: str
    sections: tuple[Section, ...]
    movements: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    approved_by: str = ""
    published_at: datetime | None = None
    threshold: int = 0
    summary: Summary | None = None

    @property
    def title(self) -> str:
        return "SEN Improvement Project: monthly report"

    @property
    def status(self) -> str:
        """The report's status, which every page shows unless it is published."""
        if self.published_at:
            return "Published"
        return f"Approved by {self.approved_by}, not published" if self.approved_by else "Draft, not approved"

    @property
    def progress(self) -> str:
        """The report's status, without names."""
        return "Approved, not published" if self.approved_by and not self.published_at else self.status

    @property
    def origin(self) -> str:
        """When its figures were collected and, in an internal report, by whom."""
        by = f", by {self.collected_by}" if self.collected_by else ""
        return f"{moment(self.collected_at)}{by}"

    @property
    def kpis(self) -> Iterator[CollectedKpi]:
        """Every KPI in the order of the sections."""
        return (kpi for section in self.sections for kpi in section.kpis)

    @property
    def name(self) -> str:
        """The base name of its files: ``sen-report-2019-03-v1-internal``."""
        return f"sen-report-{self.as_at:%Y-%m}-v{self.version}-{self.audience.value}"

    def with_comments(self, comments: dict[str, tuple[Comment, ...]]) -> "Collected":
        """The same report with the comments of each section, by its key."""
        return replace(
            self,
            sections=tuple(
                replace(section, comments=comments.get(section.key, ())) for section in self.sections
            ),
        )


_CONVERTER = make_converter()


def to_plain(collected: Collected) -> Plain:
    """The report as JSON values."""
    plain: Plain = _CONVERTER.unstructure(collected)
    return plain


def from_plain(plain: Plain) -> Collected:
    """Read the report that ``to_plain`` wrote. Raises an exception of cattrs for anything else."""
    return _CONVERTER.structure(plain, Collected)


def with_each_text(value: T, change: Callable[[str], str]) -> T:
    """A report, or part of one, with each text changed, for a format that cannot hold every character."""
    return _CONVERTER.structure(_changed(_CONVERTER.unstructure(value), change), type(value))


def _changed(plain: Any, change: Callable[[str], str]) -> Any:
    if isinstance(plain, str):
        return change(plain)
    if isinstance(plain, dict):
        return {key: _changed(value, change) for key, value in plain.items()}
    return [_changed(value, change) for value in plain] if isinstance(plain, list | tuple) else plain
