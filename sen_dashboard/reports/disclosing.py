"""The public report: the internal one with everything hidden that could tell of a child (`core.suppression`)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sen_dashboard.core.suppression import Protection, PublicView, Symbol, protect, public_view
from sen_dashboard.reports.answers import Answer
from sen_dashboard.reports.collected import (
    Audience,
    Cell,
    Collected,
    CollectedKpi,
    Part,
    Section,
    Summary,
    Table,
)


def publicly(
    internal: Collected, answers: Sequence[Answer], before: Sequence[Protection], threshold: int
) -> tuple[Collected, Protection]:
    """The public report, and what protects it, which reports after it have to know.

    ``answers`` are those of the internal report's KPIs in its order, ``before`` what protects the public reports
    there were. Left out are movements, which name counts of another day, and events and what is of the programme but
    its aim, which are in anybody's words. The summary names no KPI of which something is hidden.
    """
    protection = protect((answer.kpi.keys.contents(answer.result) for answer in answers), before, threshold)
    views = iter([(answer, public_view(answer.kpi.keys, answer.result, protection)) for answer in answers])
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


def _section(section: Section, views: Iterator[tuple[Answer, PublicView]]) -> Section:
    kpis = tuple(_kpi(kpi, *next(views)) for kpi in section.kpis)
    return replace(section, kpis=kpis, events=(), parts=tuple(_parts(section)))


def _parts(section: Section) -> Iterator[Part]:
    """Of the programme its aim alone."""
    for part in section.parts:
        if part.says:
            yield replace(part, message="The programme’s aim", table=None)


def _summary(summary: Summary | None, sections: Iterable[Section]) -> Summary | None:
    """What is off target and shown in full. What explains it may name other counts, and what is asked for is in
    anybody's words: both are left out."""
    if summary is None:
        return None
    shown = {kpi.key: kpi for section in sections for kpi in section.kpis if not kpi.is_hidden}
    off_target = (one for one in summary.off_target if one.key in shown)
    return Summary(tuple(replace(one, words=shown[one.key].basis) for one in off_target), None)


def _kpi(kpi: CollectedKpi, answer: Answer, view: PublicView) -> CollectedKpi:
    """A KPI as anybody may read it. One with something hidden has only its table: words and chart would tell it.

    The chart is without the year before, whose numbers no cell here protects, and without events, whose words are free.
    """
    public = replace(
        kpi,
        headline=_plain(view.headline),
        rows=tuple(map(_plain, view.rows)),
        caveats=view.caveats,
        table=public_table(kpi.table, view),
        chart=answer.kpi.draw(answer.result),
    )
    if not view.hidden:
        return public
    return replace(
        public, sentence="", message="", facts=(), standing="", basis="", chart=None, is_hidden=True
    )


def public_table(table: Table, view: PublicView) -> Table:
    """The table with symbols in place of what is hidden or unknown, in the view's order of rows."""
    rows = tuple(
        tuple(
            _cell(cell, row.get(column.key))
            for column, cell in zip(table.columns, table.rows[place], strict=True)
        )
        for place, row in zip(view.order, view.rows, strict=True)
    )
    keys = tuple(table.row_keys[place] for place in view.order) if table.row_keys else ()
    return replace(table, rows=rows, row_keys=keys)


def _cell(cell: Cell, public: Any) -> Cell:
    """The cell as it is, or the symbol that stands in its place; of several numbers, the first that is hidden."""
    parts = public.values() if isinstance(public, dict) else [public]
    symbol = next((part for part in parts if isinstance(part, Symbol)), Symbol.LOW if _is_low(cell) else None)
    return Cell(None, symbol.value) if symbol else cell


def _is_low(cell: Cell) -> bool:
    """Whether the cell holds a number that is not 0 and reads as 0 does: "0.0%", "£0"."""
    return (
        isinstance(cell.value, int | float)
        and cell.value != 0
        and set("0123456789") & set(cell.text) == {"0"}
    )


def _plain(values: Any) -> Any:
    """Values with symbols as JSON holds them."""
    if isinstance(values, dict):
        return {key: _plain(value) for key, value in values.items()}
    if isinstance(values, list):
        return [_plain(value) for value in values]
    return values.value if isinstance(values, Symbol) else values
