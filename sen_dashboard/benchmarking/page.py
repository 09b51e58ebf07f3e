"""The contents of the pages, and reading their addresses: only the measure and the year can be chosen."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from sen_dashboard.benchmarking import charts, words
from sen_dashboard.benchmarking.areas import ENGLAND
from sen_dashboard.benchmarking.comparison import (
    Comparator,
    Comparison,
    Role,
    Row,
    comparators_of,
    compare,
    profile,
)
from sen_dashboard.benchmarking.figures import Figures, load
from sen_dashboard.benchmarking.measures import BENCHMARKS, Benchmark, BenchmarkMeasure
from sen_dashboard.benchmarking.models import Area
from sen_dashboard.benchmarking.sources import SHIPPED_EDITION
from sen_dashboard.benchmarking.tables import TrendTable, comparison_table, profile_table
from sen_dashboard.core.charts import svg
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Fact, LinkedFact
from sen_dashboard.core.kpi.scope import ScopeError
from sen_dashboard.exports.downloads import Download, fields_of

EVERY_PAGE = {"here": "Benchmarks", "is_published": True}


@dataclass(frozen=True)
class Choice:
    """A list to choose from in the form above the figures; ``value`` is taken from the address, or the first choice."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    value: str

    @property
    def error(self) -> str:
        """A sentence if the value is not one of the choices."""
        codes = [code for code, _ in self.choices]
        return "" if self.value in codes else f"“{self.value}” is not one of {', '.join(codes)}."


def _choice(name: str, label: str, choices: Sequence[tuple[str, str]], typed: Mapping[str, str]) -> Choice:
    first = choices[0][0] if choices else ""
    return Choice(name, label, tuple(choices), typed.get(name, "").strip() or first)


@dataclass(frozen=True)
class Question:
    """The question in an address, and the published figures that can answer it."""

    benchmark: Benchmark
    comparators: tuple[Comparator, ...]
    figures: Figures
    typed: Mapping[str, str]

    @property
    def council(self) -> str:
        """The name of the council that the page is about."""
        return self.comparators[0].name

    @property
    def measure(self) -> BenchmarkMeasure:
        """The measure asked for, or the page's first if there is no such measure."""
        asked = self.typed.get("measure", "").strip()
        return next((m for m in self.benchmark.measures if m.slug == asked), self.benchmark.measures[0])

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The lists of choices: the measure, and the years in which the council has a figure for it."""
        measures = [(measure.slug, measure.title) for measure in self.benchmark.measures]
        periods = self.figures.periods(self.measure, self.comparators[0].code)
        years = [(period, self.benchmark.label(period)) for period in periods]
        return (
            _choice("measure", "Measure", measures, self.typed),
            _choice("year", self.benchmark.year_heading, years, self.typed),
        )

    def answer(self) -> Comparison | None:
        """Return the comparison; None if the council has no figure for the measure in any year.

        Raises ScopeError with a sentence for each invalid choice.
        """
        measure, year = self.choices
        if not year.choices:
            return None
        errors = {choice.name: choice.error for choice in (measure, year) if choice.error}
        if errors:
            raise ScopeError(errors)
        return compare(self.benchmark, self.measure, year.value, self.comparators, self.figures)


def question(benchmark: Benchmark, council: Area, typed: Mapping[str, str]) -> Question:
    """Return the question with all data needed to answer it: two statements. ``typed`` is the query string."""
    comparators = comparators_of(council)
    areas = Q(area__in=[comparator.code for comparator in comparators])
    return Question(benchmark, comparators, load(benchmark.indicators, areas), typed)


# Pages


@dataclass(frozen=True)
class Tile:
    """A page's first measure at a glance, and the years that can be compared."""

    benchmark: Benchmark
    measure: BenchmarkMeasure
    figure: Fact
    years: str


def index(council: Area | None) -> dict[str, Any]:
    """Return the page with links to all others and the council's latest figures: one statement."""
    if council is None:
        return without_council()
    indicators = frozenset[str]().union(*(benchmark.indicators for benchmark in BENCHMARKS))
    figures = load(indicators, Q(area__in=[council.code, ENGLAND]))
    tiles = [_tile(benchmark, council, figures) for benchmark in BENCHMARKS]
    return EVERY_PAGE | {"council": council.name, "tiles": tiles}


def _tile(benchmark: Benchmark, council: Area, figures: Figures) -> Tile:
    measure = benchmark.measures[0]
    periods = figures.periods(measure, council.code)
    if not periods:
        return Tile(benchmark, measure, Fact(council.name, None, measure.kind), "No years are held.")
    latest, first = benchmark.when(periods[0]), benchmark.when(periods[-1])
    ours, england = (figures.point(measure, code, periods[0]).value for code in (council.code, ENGLAND))
    figure = Fact(f"{council.name}, {latest}", ours, measure.kind, f"England {measure.kind.text(england)}")
    return Tile(benchmark, measure, figure, latest if first == latest else f"{first} to {latest}")


def without_council(benchmark: Benchmark | None = None) -> dict[str, Any]:
    """Return a page without figures: none are stored at all, or none for the council in the settings."""
    return EVERY_PAGE | {
        "benchmark": benchmark,
        "is_empty": not Area.objects.exists(),
        "shipped_edition": SHIPPED_EDITION,
    }


def context(asked: Question, comparison: Comparison) -> dict[str, Any]:
    """Return a page with its figures, all from one comparison."""
    region = comparison.row(Role.REGION).area
    bars, lines = charts.of_period(comparison), charts.over_years(comparison)
    rows = profile(asked.benchmark, comparison.period, asked.comparators, asked.figures)
    return _page(asked) | {
        "comparison": comparison,
        "kpi": comparison.measure,  # the components' name for it
        "sentence": words.sentence(comparison),
        "facts": [LinkedFact(fact) for fact in words.facts(comparison)],
        "missing": words.missing(comparison),
        "bars": svg.inline(bars) if bars.has_data else None,
        "lines_title": f"{comparison.measure.title} over the years",
        "lines": svg.inline(lines) if len(comparison.years) > 1 and lines.has_data else None,
        "trend": TrendTable(comparison),
        "caption": words.caption(comparison),
        "table": comparison_table(comparison),
        "profile": profile_table(rows, asked.council, region),
        "profile_caption": f"{asked.benchmark.title}, {comparison.when}: all measures",
        "sources": sorted({row.source for row in comparison.rows if row.source}),
    }


def download(comparison: Comparison, rows: Sequence[Row]) -> Download:
    """Return the rows of a comparison as a file, in the order given."""
    measure = comparison.measure
    return Download(
        words.caption(comparison),
        f"{comparison.benchmark.slug}-{measure.slug}-{comparison.period}",
        len(rows),
        fields_of([field.name for field in dataclasses.fields(Row)], rows),
        pounds=("part", "value", "change") if measure.kind is Kind.POUNDS else (),
    )


def unanswered(asked: Question) -> dict[str, Any]:
    """Return a page for a measure for which the council has no figure."""
    return _page(asked) | {
        "unanswered": f"No figure for {asked.council} is held for this measure in any year."
    }


def error_context(asked: Question, errors: Mapping[str, str]) -> dict[str, Any]:
    """Return a page for an invalid question: the errors, and no figures."""
    return _page(asked) | {"errors": errors}


def _page(asked: Question) -> dict[str, Any]:
    return EVERY_PAGE | {
        "benchmark": asked.benchmark,
        "council": asked.council,
        "fields": [choice for choice in asked.choices if choice.choices],
        "siblings": [other for other in BENCHMARKS if other is not asked.benchmark],
    }
