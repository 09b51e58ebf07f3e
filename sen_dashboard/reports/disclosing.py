"""The public report: the internal one with everything hidden that could reveal a child (`core.kpi.quantities`)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from itertools import chain
from typing import Any, TypeVar

from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Chart
from sen_dashboard.core.disclosure.suppression import (
    HIDDEN,
    Protection,
    PublicView,
    Symbol,
    kept_back,
    protect,
    public_view,
)
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Kpi, Unshown
from sen_dashboard.core.kpi.published import Counts, Money, Withheld
from sen_dashboard.core.kpi.status import standing
from sen_dashboard.reports.answers import KpiAnswer
from sen_dashboard.reports.collected import (
    Audience,
    Cell,
    Collected,
    CollectedFact,
    CollectedKpi,
    Column,
    Part,
    Section,
    Summary,
    Table,
)
from sen_dashboard.reports.tables import collected, collected_fact, scalar

T = TypeVar("T")


def publicly(
    internal: Collected,
    answers: Sequence[KpiAnswer],
    before: Sequence[Protection],
    threshold: int,
    *,
    names_prices: bool = False,
) -> tuple[Collected, Protection]:
    """The public report, and its protection, which later reports need.

    ``answers`` are those of the internal report's KPIs in its order; ``before`` has the protections of the earlier
    public reports. The report leaves out movements, which name counts of another day; events, and everything about the
    programme but its aim, which are free text or the council's own affair; and, unless ``names_prices``, schools beside
    their prices.
    """
    answers = [answer if names_prices else _without_prices(answer) for answer in answers]
    protection = protect((answer.kpi.keys.contents(answer.result) for answer in answers), before, threshold)
    kept = (
        kept_back(named, answer.kpi.keys, answer.result, protection)
        for named, answer in zip((kpi.name for kpi in internal.kpis), answers, strict=True)
    )
    protection = replace(protection, kept_back=tuple(chain.from_iterable(kept)), name=_name(internal))
    views = iter([(answer, public_view(answer.kpi.keys, answer.result, protection)) for answer in answers])
    with formats.for_the_public():
        sections = tuple(_section(section, views) for section in internal.sections)
    public = replace(
        internal,
        audience=Audience.PUBLIC,
        sections=sections,
        movements=(),
        collected_by="",
        threshold=threshold,
        summary=_summary(internal.summary, sections),
    )
    return public, protection


def _name(report: Collected) -> str:
    """The name of the report for people who publish later ones."""
    version = f", version {report.version}" if report.version > 1 else ""
    return f"the report of {formats.month_in_words(report.as_at)}{version}"


def _without_prices(answer: KpiAnswer) -> KpiAnswer:
    """The answer without rows that name schools beside the price of a place there."""
    return replace(answer, result=replace(answer.result, rows=())) if answer.kpi.keys.names_prices else answer


def _section(section: Section, views: Iterator[tuple[KpiAnswer, PublicView]]) -> Section:
    asked = [(kpi, *next(views)) for kpi in section.kpis]
    kpis = tuple(_kpi(kpi, answer, view) for kpi, answer, view in asked if answer.entry.is_public)
    return replace(section, kpis=kpis, events=(), parts=tuple(_parts(section)))


def _parts(section: Section) -> Iterator[Part]:
    """The programme's aim only."""
    for part in section.parts:
        if part.says:
            yield replace(part, message="The programme’s aim", table=None)


def _summary(summary: Summary | None, sections: Iterable[Section]) -> Summary | None:
    """The KPIs off target, in words about shown figures. Explanations may name other counts, and decisions needed are
    free text, so both are left out."""
    if summary is None:
        return None
    shown = {kpi.key: kpi for section in sections for kpi in section.kpis if kpi.standing and kpi.message}
    off_target = (
        replace(one, message=shown[one.key].message, words=shown[one.key].basis)
        for one in summary.off_target
        if one.key in shown
    )
    return Summary(tuple(off_target), None)


def _kpi(kpi: CollectedKpi, answer: KpiAnswer, view: PublicView) -> CollectedKpi:
    """A KPI for the public: its table, words and chart are about shown figures only.

    The chart leaves out the year before, whose numbers no cell here protects, and events, which are free text.
    """
    words = _Words(answer.kpi, view)
    return replace(
        kpi,
        sentence=words.sentence(),
        message=words.message(),
        facts=words.facts(),
        standing=words.standing(),
        basis=words.basis(),
        headline=_plain(view.headline),
        rows=tuple(map(_plain, view.written)),
        caveats=view.caveats,
        table=_table(kpi.table, answer.kpi, view) or words.table(),
        chart=words.chart(),
        is_hidden=view.hidden,
        rounded=tuple(sorted(_named(answer.kpi, view, *place) for place in view.about)),
    )


def _named(kpi: Kpi[Any, Any], view: PublicView, row: int | None, key: str) -> str:
    """A position in the answer: "children", "SPLD: children"."""
    return key if row is None else f"{kpi.keys.row_key.text(view.result.rows[row])}: {key}"


class _Words:
    """A KPI's words about shown figures. Words that would reveal a hidden number are left out."""

    def __init__(self, kpi: Kpi[Any, Any], view: PublicView) -> None:
        self._kpi, self._view = kpi, view
        rows = [row for row in view.result.rows if not _is_all_hidden(kpi, row)]
        self._said = replace(view.result, rows=tuple(rows))

    def sentence(self) -> str:
        """The sentences that reveal nothing hidden; if the first one would, the shown figures replace it."""
        if not self._said.is_held:
            return self._kpi.sentence(self._said)
        first, *others = (self._unless_hidden(words) for words in self._kpi.sentences)
        if first is None:
            first = " ".join(f"{fact.label}: {fact.cell.text}." for fact in self.facts())
        return " ".join(filter(None, (first, *others)))

    def message(self) -> str:
        """The answer in one line, or the first shown figure."""
        said = self._unless_hidden(self._kpi.in_one_line)
        return said or next((f"{fact.label}: {fact.cell.text}" for fact in self.facts()), "")

    def facts(self) -> tuple[CollectedFact, ...]:
        """The facts, or the shown figures of the headline."""
        facts = self._unless_hidden(self._kpi.facts)
        if facts is not None:
            return tuple(collected_fact(fact) for fact in facts if fact.value is not HIDDEN)
        return tuple(
            CollectedFact(words, Cell(scalar(value), kind.text(value)), kind)
            for words, kind, value in self._headline()
        )

    def standing(self) -> str:
        """The KPI's status against its target, if it follows from shown figures."""
        goal = self._unless_hidden(self._kpi.goal)
        return self._unless_hidden(self._standing) or "" if goal else ""

    def _standing(self, result: Any) -> str:
        if self._kpi.held_to_goal(result).value is HIDDEN:
            raise Unshown
        return standing(self._kpi, result).value

    def basis(self) -> str:
        goal = self._unless_hidden(self._kpi.goal)
        return goal.basis if goal and self.standing() else ""

    def table(self) -> Table:
        """The figures as a table, for a KPI with no public rows."""
        columns = Column("figure", "Figure", Kind.TEXT), Column("value", "Value", Kind.TEXT)
        rows = tuple((Cell(None, fact.label), Cell(None, fact.cell.text)) for fact in self.facts())
        return Table(self._kpi.title, columns, rows)

    def chart(self) -> Chart | None:
        """The chart of shown figures: gaps for hidden points, and no bars for hidden values."""
        rows = tuple(_with_gaps(row) for row in self._view.result.rows if _is_drawn(self._kpi, row))
        return self._unless_hidden(lambda result: self._kpi.draw(replace(result, rows=rows)))

    def _unless_hidden(self, words: Callable[[Any], T]) -> T | None:
        try:
            return words(self._said)
        except Unshown:
            return None

    def _headline(self) -> Iterator[tuple[str, Kind, Any]]:
        for name, key in self._kpi.keys.headline.items():
            value = getattr(self._said.headline, name)
            words = key.heading or (key.behind.title if key.behind else "")
            if words and key.kind.is_number and value is not HIDDEN and not isinstance(value, dict | None):
                yield words, key.kind, value


def _is_all_hidden(kpi: Kpi[Any, Any], row: Any) -> bool:
    """Whether every number in the row that could be shown is hidden."""
    numbers = [
        getattr(row, name) for name, key in kpi.keys.row.items() if isinstance(key.access, Counts | Money)
    ]
    return bool(numbers) and all(value is HIDDEN for value in numbers)


def _is_drawn(kpi: Kpi[Any, Any], row: Any) -> bool:
    """Whether a chart includes the row: any point in time, or a row that is not all hidden."""
    is_of_time = any(key.kind in (Kind.DAY, Kind.MONTH) for key in kpi.keys.row.values())
    return is_of_time or not _is_all_hidden(kpi, row)


def _with_gaps(row: Any) -> Any:
    hidden = {one.name: None for one in fields(row) if getattr(row, one.name) is HIDDEN}
    return replace(row, **hidden)


def shown_rows(view: PublicView) -> Any:
    """The result of shown figures, with None for hidden numbers."""
    return replace(view.result, rows=tuple(map(_with_gaps, view.result.rows)))


def _table(table: Table, kpi: Kpi[Any, Any], view: PublicView) -> Table | None:
    """The table of shown rows, without columns that are always withheld; None if that leaves no numbers."""
    if not table.rows and not view.together:
        return table
    whole = public_table(collected(kpi.table(shown_rows(view).rows), table.caption), view)
    withheld = {name for name, key in kpi.keys.row.items() if isinstance(key.access, Withheld)}
    places = [n for n, column in enumerate(whole.columns) if column.key not in withheld]
    columns = tuple(whole.columns[n] for n in places)
    if not whole.rows or not any(column.is_number for column in columns):
        return None
    rows = tuple(tuple(row[n] for n in places) for row in whole.rows)
    keys = (*map(kpi.keys.row_key.text, view.result.rows), *[""] * bool(view.together))
    return replace(whole, columns=columns, rows=rows, row_keys=keys)


def public_table(table: Table, view: PublicView) -> Table:
    """The table of shown rows with symbols for missing numbers, and a row for the hidden ones together."""
    about: dict[int | None, list[str]] = defaultdict(list)
    for n, key in view.about:
        about[n].append(key)
    rows = [
        tuple(
            _cell(
                cell,
                row.get(column.key),
                about=[key for key in about[n] if key.partition(".")[0] == column.key],
            )
            for column, cell in zip(table.columns, cells, strict=True)
        )
        for n, (cells, row) in enumerate(zip(table.rows, view.rows, strict=True))
    ]
    if view.together:
        rows.append(tuple(_describe(view.together.get(column.key, "")) for column in table.columns))
    keys = (*table.row_keys, *[""] * bool(view.together)) if table.row_keys else ()
    return replace(table, rows=tuple(rows), row_keys=keys)


def _describe(value: Any) -> Cell:
    """A cell of the row for hidden rows: a count, words or a symbol."""
    if isinstance(value, Symbol):
        return Cell(None, value.value)
    return Cell(value, formats.count(value)) if isinstance(value, int) else Cell(None, str(value))


def _cell(cell: Cell, public: Any, *, about: Sequence[str] = ()) -> Cell:
    """The cell unchanged, or the symbol that replaces it; for several numbers, that of the first hidden one.

    ``about`` are the keys of its rounded counts.
    """
    parts = public.values() if isinstance(public, dict) else [public]
    symbol = next((part for part in parts if isinstance(part, Symbol)), Symbol.LOW if _is_low(cell) else None)
    if symbol:
        return Cell(None, symbol.value)
    if not about:
        return cell
    return replace(cell, text=f"{cell.text} (rounded)" if isinstance(public, dict) else f"about {cell.text}")


def _is_low(cell: Cell) -> bool:
    """Whether the cell holds a number other than 0 that reads as 0: "0.0%", "£0"."""
    return (
        isinstance(cell.value, int | float)
        and cell.value != 0
        and set("0123456789") & set(cell.text) == {"0"}
    )


def _plain(values: Any) -> Any:
    """Values and symbols as JSON values."""
    if isinstance(values, dict):
        return {key: _plain(value) for key, value in values.items()}
    if isinstance(values, list):
        return [_plain(value) for value in values]
    return values.value if isinstance(values, Symbol) else values
