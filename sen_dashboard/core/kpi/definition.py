"""The KPI framework: definition, result, and the one gate through which a KPI is asked.

A KPI is one module that ends in ``KPI = Kpi(...)``. Its ``query`` turns a ``Scope`` into a ``Result`` in one or
two SQL statements; everything shown or exported (headline, sentence, facts, chart, table, CSV, JSON, command
line) is read from that one result, so that no two of them can disagree.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, TypeVar, get_args, get_type_hints

from django.db.models import Model

from sen_dashboard.core.charts.chart import Chart, Level
from sen_dashboard.core.formats import Number, Value
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.published import Keys
from sen_dashboard.core.kpi.scope import Filter, Scope
from sen_dashboard.core.web.tables import KpiTable

H = TypeVar("H")
R = TypeVar("R")

Events = Sequence[tuple[date, str]]
Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]


class Group(StrEnum):
    """The programme's order of KPIs, for the overview and the navigation."""

    PROGRAMME = "Programme"
    MONEY = "Money"
    PLACEMENTS = "Placements"
    PANEL = "Panel"
    PROVISION = "Provision"

    @property
    def slug(self) -> str:
        """The group's name in addresses: "money"."""
        return self.value.lower()


class Better(StrEnum):
    """Which way is better: said on the page, and used for the direction on a tile."""

    HIGHER = "Higher is better"
    LOWER = "Lower is better"
    NEITHER = "Neither way is better: for information"


class ReportSection(StrEnum):
    """The sections of the monthly report, in the order of the programme's slides."""

    AIM = "aim"
    INMSS = "inmss"
    PANEL = "panel"
    NEED_TYPES = "need_types"
    ANALYSIS = "analysis"
    COSTS = "costs"
    REASONS = "reasons"
    DOING = "doing"
    PROVISION = "provision"
    REVIEW = "review"
    OTHERS = "others"
    DECISIONS = "decisions"


@dataclass(frozen=True)
class InReport:
    """The place of a KPI in the monthly report: its section, and its choices there.

    ``place`` puts it after the section's KPIs with a lower one; otherwise they are in the order of the list of KPIs.
    The public edition leaves out KPIs that are not public, however harmless their numbers.
    """

    section: ReportSection
    place: int = 0
    is_public: bool = True
    chosen: Mapping[str, str] = field(default_factory=dict)

    @property
    def variant(self) -> str:
        """A suffix that distinguishes it from the same KPI with its default choices."""
        return "-".join(value.lower() for value in self.chosen.values())


@dataclass(frozen=True)
class Fact:
    """A figure beside the headline: its label, its value, and the raw counts behind it.

    ``lists`` are the keys of the records it is made of, the first being those counted; a pair of a key and a row's key
    stands for the records of that row.
    """

    label: str
    value: Value
    kind: Kind
    raw: str = ""
    lists: tuple[str | tuple[str, str], ...] = ()

    @property
    def number(self) -> Decimal | None:
        """The value to calculate with; None if it is unknown, a day or a text."""
        return Decimal(str(self.value)) if isinstance(self.value, Decimal | float | int) else None

    @property
    def text(self) -> str:
        """The value in full, for a KPI page."""
        return self.kind.text(self.value)

    @property
    def short(self) -> str:
        """The value as a tile shows it."""
        return self.kind.short(self.value)


def fact(keys: Keys, headline: Any, key: str, label: str, raw: str = "") -> Fact:
    """Return the value under a key of the headline as a fact with the lists of the records behind it."""
    return Fact(label, getattr(headline, key), keys.headline[key].kind, raw, keys.lists_of(key))


@dataclass(frozen=True)
class LinkedFact:
    """A fact, and the addresses of the records behind it with their titles."""

    fact: Fact
    links: tuple[tuple[str, str], ...] = ()

    @property
    def address(self) -> str:
        """The address of the figure itself; empty if it is unknown."""
        return self.links[0][1] if self.links and self.fact.value is not None else ""


@dataclass(frozen=True)
class Goal:
    """What a KPI should reach: a target, and a limit to keep to, both in the unit of the fact compared with them.

    ``basis`` says in a sentence where the two come from (domain.md section 6: a council sets both at the start of a
    financial year). ``missed`` is how far the target is missed, in £ or children, its label completing the number:
    "over budget"; ``because`` is the explanation, worded for the middle of a sentence. Both are empty if the target is
    met.
    """

    target: Decimal | float
    limit: Decimal | float
    basis: str
    missed: Fact | None = None
    because: str = ""

    @property
    def limit_name(self) -> str:
        """ "Minimum" where higher is better, since the limit then lies below the target; otherwise "Limit"."""
        return "Minimum" if self.limit < self.target else "Limit"


@dataclass(frozen=True)
class Result(Generic[H, R]):
    """The answer: a headline, rows, and caveats (sentences on anything the figure leaves out this time).

    ``headline`` and the rows are frozen dataclasses whose fields are the KPI's published keys. In them money is
    Decimal, a percentage or ratio float, a count int, undefined None.
    """

    scope: Scope
    headline: H
    rows: tuple[R, ...]
    caveats: tuple[str, ...] = ()
    is_held: bool = True
    """False if the store holds no record of any kind that the KPI counts; then there are no rows."""


class Unshown(Exception):  # not an error: words that would reveal a hidden number are left out
    """Raised by words that would reveal a number hidden from the public."""


def describe_each(words: Callable[[R], str], rows: Iterable[R]) -> list[str]:
    """Return the words for each row; for the public, only rows of which nothing is hidden."""
    described = []
    for row in rows:
        with suppress(Unshown):
            described.append(words(row))
    return described


def levels(goal: Goal | None) -> tuple[Level, ...]:
    """Return target and limit as lines across a chart; none without a goal."""
    if goal is None:
        return ()
    return Level("Target", float(goal.target)), Level(goal.limit_name, float(goal.limit))


def no_goal(result: Result[Any, Any]) -> Goal | None:
    """Return no goal, for a KPI that is for information."""
    return None


@dataclass(frozen=True, eq=False)  # there is one of each, so it can be a key
class Kpi(Generic[H, R]):
    """A KPI: its definition in words, and how to compute and show it."""

    slug: str
    title: str
    question: str
    group: Group
    numerator: str
    denominator: str
    left_out: str
    undefined: str
    kind: Kind  # of the KPI's figure
    better: Better
    owner: str
    reviewed_on: date
    source: str
    query: Callable[[Scope], Result[H, R]]
    in_words: Callable[[Result[H, R]], str]
    figures: Callable[[Result[H, R]], tuple[Fact, ...]]  # the first is the KPI's figure, shown on its tile
    chart: Callable[[Result[H, R]], Chart]
    caption: Callable[[Result[H, R]], str]  # of the table
    keys: Keys
    counts: tuple[type[Model], ...] = ()
    """The kinds of record that it counts. If the store holds none of them, the KPI says so of the first."""
    then: tuple[Callable[[Result[H, R]], str], ...] = ()
    """Further sentences; the public reads each of them only if the numbers it rests on are shown."""
    message: Callable[[Result[H, R]], str] | None = None
    """The answer in one line without a full stop, such as the title of a slide; without it `in_one_line` makes one."""
    filters: tuple[Filter[Any], ...] = ()
    report: tuple[InReport, ...] = (InReport(ReportSection.OTHERS),)
    goal: Callable[[Result[H, R]], Goal | None] = no_goal
    series: Callable[[Result[H, R]], Sequence[Number]] | None = None
    """The figure over time, oldest first, if the rows are points in time."""
    restarts_each_year: bool = False
    """Whether the figure covers the financial year so far, and so cannot be compared with another month."""
    is_change: bool = False
    """Whether the figure is itself a change, so that a change in it says little."""
    counts_children: bool = True
    """Whether counts in its figure or stake are of children, or of cases or requests that each belong to a child."""
    draws_year_before: bool = True
    """Whether the chart can show the main series of a year earlier as context."""
    judged: Callable[[Result[H, R]], Fact] | None = None
    """The fact held against the goal and followed over time, if it is not the figure."""
    stake: Callable[[Result[H, R]], Fact] | None = None
    """The figure expressed in £ a year or in children, if it is in neither itself."""

    def sentence(self, result: Result[H, R]) -> str:
        """Return the answer in words."""
        if not result.is_held:
            return f"{self._none_held}."
        return " ".join(filter(None, (words(result) for words in self.sentences)))

    @property
    def sentences(self) -> tuple[Callable[[Result[H, R]], str], ...]:
        """The sentences of the answer in words, each of which makes sense without those after it."""
        return self.in_words, *self.then

    def facts(self, result: Result[H, R]) -> tuple[Fact, ...]:
        """Return the figure and the facts beside it, or one unknown fact if there are no records to count."""
        return self.figures(result) if result.is_held else (Fact(self._none_held, None, self.kind),)

    @property
    def _none_held(self) -> str:
        return f"No {self.counts[0]._meta.verbose_name_plural} are held"

    def holds_none(self) -> bool:
        """Return whether the store holds no record of any counted kind, on any day."""
        return bool(self.counts) and not any(model._default_manager.exists() for model in self.counts)

    def figure(self, result: Result[H, R]) -> Fact:
        """Return the KPI's figure, which is its first fact."""
        return self.facts(result)[0]

    def held_to_goal(self, result: Result[H, R]) -> Fact:
        """Return the fact held against the goal: the figure, unless the KPI says otherwise."""
        return (self.judged or self.figure)(result)

    def draw(
        self, result: Result[H, R], before: Result[H, R] | None = None, events: Events = ()
    ) -> Chart | None:
        """Return the chart with the year ``before`` as context and with events; None if there is nothing to draw."""
        if not result.is_held or not (chart := self.chart(result)).has_data:
            return None
        if before is not None:
            chart = chart.with_year_before(self.chart(before))
        return replace(chart.with_events(events), title=self.title)

    def in_one_line(self, result: Result[H, R]) -> str:
        """Return the KPI's own message, or else its title, its figure, and how that moved since the previous point."""
        if not result.is_held:
            return self._none_held
        if self.message:
            return self.message(result)
        figure = self.facts(result)[0]
        points = self.series(result) if self.series else ()
        if len(points) < 2 or points[-1] is None or points[-1] != figure.value or points[-2] is None:
            return f"{self.title}: {figure.short}"
        before, now = points[-2], points[-1]
        if figure.kind.short(before) == figure.short:
            return f"{self.title}: still {figure.short}"
        moved = "up" if now > before else "down"
        return f"{self.title}: {figure.short}, {moved} from {figure.kind.short(before)}"

    def table(self, rows: Sequence[R], **options: Any) -> KpiTable:
        """Return the table of rows, with the ``options`` of a KpiTable."""
        return self.keys.table(rows, **options)

    @cached_property
    def headline_keys(self) -> tuple[str, ...]:
        """The published keys of the headline, read from the type that ``query`` returns."""
        headline, _ = get_args(get_type_hints(self.query)["return"])
        return tuple(f.name for f in dataclasses.fields(headline))

    @cached_property
    def row_keys(self) -> tuple[str, ...]:
        """The published keys of a row, even if there are no rows."""
        _, row = get_args(get_type_hints(self.query)["return"])
        return tuple(f.name for f in dataclasses.fields(row))

    def data(self, result: Result[H, R]) -> dict[str, Plain]:
        """Return the result as JSON: slug, title, as_at, filtered, headline, rows, caveats."""
        return {
            "slug": self.slug,
            "title": self.title,
            "as_at": result.scope.as_at.isoformat(),
            "filtered": list(result.scope.filtered(self.filters)),
            "headline": plain_fields(result.headline),
            "rows": [plain_fields(row) for row in result.rows],
            "caveats": list(result.caveats),
        }


def ask(kpi: Kpi[H, R], scope: Scope) -> Result[H, R]:
    """Return a KPI's answer. Every evaluation uses this function: pages, files, reports, digests and commands.

    If no figure differs from 0, it asks the store whether there are any records to count.
    """
    result = kpi.query(scope)
    if not any(fact.number for fact in kpi.facts(result)) and kpi.holds_none():
        return replace(result, rows=(), is_held=False)
    return result


def ask_year_before(kpi: Kpi[H, R], scope: Scope) -> Result[H, R] | None:
    """Return the answer of the year before, as context for the chart; None if the chart shows none."""
    return ask(kpi, scope.year_before(kpi.filters)) if kpi.draws_year_before else None


def plain(value: Any) -> Plain:
    """Return a value for JSON or CSV: dates in ISO format, pounds to the penny as numbers, percentages unrounded."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain_fields(value)
    assert value is None or isinstance(value, str | int | float)
    return value


def plain_fields(record: Any) -> dict[str, Plain]:
    """Return a headline or row as a dictionary of plain values, in the order of its fields."""
    return {f.name: plain(getattr(record, f.name)) for f in dataclasses.fields(record)}
