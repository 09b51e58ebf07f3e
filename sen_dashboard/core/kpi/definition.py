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
    """The programme's order of KPIs, on the overview and in the navigation."""

    PROGRAMME = "Programme"
    MONEY = "Money"
    PLACEMENTS = "Placements"
    PANEL = "Panel"
    PROVISION = "Provision"

    @property
    def slug(self) -> str:
        """The group in addresses: "money"."""
        return self.value.lower()


class Better(StrEnum):
    """Which way is better; said on the page, and read by the direction of a tile."""

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
    """A place of a KPI in the monthly report: its section, and the choices it is asked under there.

    ``place`` puts it behind the section's KPIs of a lower one; otherwise they stand in the order of the list of KPIs.
    The public edition leaves out what is not public, however harmless its numbers.
    """

    section: ReportSection
    place: int = 0
    is_public: bool = True
    chosen: Mapping[str, str] = field(default_factory=dict)

    @property
    def variant(self) -> str:
        """What tells it from the same KPI under its default choices."""
        return "-".join(value.lower() for value in self.chosen.values())


@dataclass(frozen=True)
class Fact:
    """A figure beside the headline: what it is, its value, and the raw counts behind it.

    ``lists`` are the keys of the records it is made of, the first being what was counted; a pair of a key and a row's
    key stands for the records of that row.
    """

    label: str
    value: Value
    kind: Kind
    raw: str = ""
    lists: tuple[str | tuple[str, str], ...] = ()

    @property
    def number(self) -> Decimal | None:
        """The value to reckon with; None for what is unknown, or is a day or a text."""
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
    """The value under a key of the headline as a fact that leads to the records behind it."""
    return Fact(label, getattr(headline, key), keys.headline[key].kind, raw, keys.lists_of(key))


@dataclass(frozen=True)
class LinkedFact:
    """A fact, and the addresses of the records behind it, by what they are called."""

    fact: Fact
    links: tuple[tuple[str, str], ...] = ()

    @property
    def address(self) -> str:
        """Where the figure itself leads; empty when it is unknown."""
        return self.links[0][1] if self.links and self.fact.value is not None else ""


@dataclass(frozen=True)
class Goal:
    """What a KPI should reach: a target, and a limit that must be held, both in the unit of what is held against them.

    ``basis`` says in a sentence where the two come from (domain.md section 6: a council sets both at the start of a
    financial year). ``missed`` is how far the target is missed, in £ or children, its label completing the number:
    "over budget"; ``because`` is what explains it, in the sentence's middle. Both are empty where the target is met.
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
    """The answer: a headline, rows, and caveats (sentences on what the figure leaves out this time).

    ``headline`` and the rows are frozen dataclasses whose fields are the KPI's published keys. In them money is
    Decimal, a percentage or ratio float, a count int, undefined None.
    """

    scope: Scope
    headline: H
    rows: tuple[R, ...]
    caveats: tuple[str, ...] = ()
    is_held: bool = True
    """False where the store holds no record at all of the kinds that the KPI counts; there are no rows then."""


class Unshown(Exception):  # no error: words that would tell what is hidden are not said
    """Words were asked for that would tell a number that is hidden from the public."""


def describe_each(words: Callable[[R], str], rows: Iterable[R]) -> list[str]:
    """What the words say of each row; for the public of those of which nothing is hidden."""
    told = []
    for row in rows:
        with suppress(Unshown):
            told.append(words(row))
    return told


def levels(goal: Goal | None) -> tuple[Level, ...]:
    """Target and limit as lines across a chart; none without a goal."""
    if goal is None:
        return ()
    return Level("Target", float(goal.target)), Level(goal.limit_name, float(goal.limit))


def no_goal(result: Result[Any, Any]) -> Goal | None:
    """The goal of a KPI that is for information."""
    return None


@dataclass(frozen=True, eq=False)  # there is one of each, which can so be a key
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
    kind: Kind  # of its figure
    better: Better
    owner: str
    reviewed_on: date
    source: str
    query: Callable[[Scope], Result[H, R]]
    in_words: Callable[[Result[H, R]], str]
    figures: Callable[[Result[H, R]], tuple[Fact, ...]]  # the first is the KPI's figure, which its tile shows
    chart: Callable[[Result[H, R]], Chart]
    caption: Callable[[Result[H, R]], str]  # of its table
    keys: Keys
    counts: tuple[type[Model], ...] = ()
    """The kinds of record that it counts. Where the store holds none, it says that it holds none of the first."""
    then: tuple[Callable[[Result[H, R]], str], ...] = ()
    """Further sentences, which the public reads or not each for itself, as what they rest on is shown."""
    message: Callable[[Result[H, R]], str] | None = None
    """The answer in one line without a full stop, such as the title of a slide; `in_one_line` makes one without it."""
    filters: tuple[Filter[Any], ...] = ()
    report: tuple[InReport, ...] = (InReport(ReportSection.OTHERS),)
    goal: Callable[[Result[H, R]], Goal | None] = no_goal
    series: Callable[[Result[H, R]], Sequence[Number]] | None = None
    """The figure over time, oldest first, where the rows are points in time."""
    restarts_each_year: bool = False
    """Whether the figure is of the financial year so far, and so compares with no other month."""
    is_change: bool = False
    """Whether the figure is itself a change, of which a further change says little."""
    counts_children: bool = True
    """Whether a number among what it comes to is one of children, or of cases or requests, each of a child."""
    draws_year_before: bool = True
    """Whether the chart can show the main series of a year earlier as context."""
    judged: Callable[[Result[H, R]], Fact] | None = None
    """What is held against the goal, and whose movement is told, where that is not the figure."""
    stake: Callable[[Result[H, R]], Fact] | None = None
    """What the figure comes to in £ a year or in children, where it is neither itself."""

    def sentence(self, result: Result[H, R]) -> str:
        """The answer in words."""
        if not result.is_held:
            return f"{self._none_held}."
        return " ".join(filter(None, (words(result) for words in self.sentences)))

    @property
    def sentences(self) -> tuple[Callable[[Result[H, R]], str], ...]:
        """What the answer in words is made of, each of which can stand without those after it."""
        return self.in_words, *self.then

    def facts(self, result: Result[H, R]) -> tuple[Fact, ...]:
        """The figure, and those beside it; never 0 where nothing is held that could be counted."""
        return self.figures(result) if result.is_held else (Fact(self._none_held, None, self.kind),)

    @property
    def _none_held(self) -> str:
        return f"No {self.counts[0]._meta.verbose_name_plural} are held"

    def holds_none(self) -> bool:
        """Whether the store holds no record of any kind that is counted, on whatever day."""
        return bool(self.counts) and not any(model._default_manager.exists() for model in self.counts)

    def figure(self, result: Result[H, R]) -> Fact:
        """The KPI's figure, which is its first fact."""
        return self.facts(result)[0]

    def held_to_goal(self, result: Result[H, R]) -> Fact:
        """What is held against the goal: the figure, unless the KPI says otherwise."""
        return (self.judged or self.figure)(result)

    def draw(
        self, result: Result[H, R], before: Result[H, R] | None = None, events: Events = ()
    ) -> Chart | None:
        """The chart over the year ``before`` as context and with events; None where there is nothing to draw."""
        if not result.is_held or not (chart := self.chart(result)).has_data:
            return None
        if before is not None:
            chart = chart.with_year_before(self.chart(before))
        return replace(chart.with_events(events), title=self.title)

    def in_one_line(self, result: Result[H, R]) -> str:
        """The KPI's own message; otherwise its title, its figure, and how that moved since the point before."""
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
        """The table of rows, with the ``options`` of a KpiTable."""
        return self.keys.table(rows, **options)

    @cached_property
    def headline_keys(self) -> tuple[str, ...]:
        """The published keys of the headline, read from the type that ``query`` returns."""
        headline, _ = get_args(get_type_hints(self.query)["return"])
        return tuple(f.name for f in dataclasses.fields(headline))

    @cached_property
    def row_keys(self) -> tuple[str, ...]:
        """The published keys of a row, also when there is no row."""
        _, row = get_args(get_type_hints(self.query)["return"])
        return tuple(f.name for f in dataclasses.fields(row))

    def data(self, result: Result[H, R]) -> dict[str, Plain]:
        """The result as JSON holds it: slug, title, as_at, filtered, headline, rows, caveats."""
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
    """The answer of a KPI. Every evaluation comes through here: pages, files, reports, digests and commands.

    Where no figure is other than 0 it asks the store whether there is anything to count.
    """
    result = kpi.query(scope)
    if not any(fact.number for fact in kpi.facts(result)) and kpi.holds_none():
        return replace(result, rows=(), is_held=False)
    return result


def ask_year_before(kpi: Kpi[H, R], scope: Scope) -> Result[H, R] | None:
    """The answer of the year before, as context for the chart; None where the chart shows none."""
    return ask(kpi, scope.year_before(kpi.filters)) if kpi.draws_year_before else None


def plain(value: Any) -> Plain:
    """A value for JSON or CSV: dates ISO, pounds to the penny as numbers, percentages unrounded."""
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
    """A headline or row as a dictionary of plain values, in the order of its fields."""
    return {f.name: plain(getattr(record, f.name)) for f in dataclasses.fields(record)}
