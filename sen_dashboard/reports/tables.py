"""Reports as tables: the archive, and the table of a KPI as collected and shown."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse

from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Fact, plain
from sen_dashboard.core.web.tables import (
    AT_THE_RIGHT,
    LINK,
    WORDS_CELL,
    CodeColumn,
    KindColumn,
    ListTable,
    MomentColumn,
    NameColumn,
    kind_of,
)
from sen_dashboard.reports.collected import Audience, Cell, CellValue, CollectedFact, Column, Table
from sen_dashboard.reports.models import Report


def report_address(record: Report) -> str:
    """The internal report's page."""
    return reverse("report", args=[record.of_month, record.version, Audience.INTERNAL])


class ReportTable(ListTable):
    """Reports, each linked to its page."""

    month = KindColumn(Kind.MONTH, order_by=("month", "version"), linkify=report_address, attrs={"a": LINK})
    version = KindColumn(Kind.COUNT, order_by=("version", "month"))
    state = tables.Column(verbose_name="Standing", attrs={"td": WORDS_CELL})
    published_at = MomentColumn(verbose_name="Published", default="")
    approved_by = NameColumn(
        verbose_name="Approved by", default="", order_by=("approved_by__username", "month")
    )

    def render_state(self, record: Any) -> str:
        """The state, and whether a later version replaced it."""
        words = record.get_state_display()
        return f"{words}, superseded by a later version" if record.is_superseded else words

    def value_state(self, record: Any) -> str:
        return self.render_state(record)


def table_of(collected: Table) -> tables.Table:
    """The table of a KPI as people read it; it cannot be sorted, since it stays as collected."""
    columns = [
        (
            column.key,
            tables.Column(
                verbose_name=column.heading,
                orderable=False,
                attrs=AT_THE_RIGHT if column.is_number else {"td": WORDS_CELL},
                default="",
            ),
        )
        for column in collected.columns
    ]
    keys = [column.key for column in collected.columns]
    rows = [dict(zip(keys, (cell.text for cell in row), strict=True)) for row in collected.rows]
    return tables.Table(rows, extra_columns=columns)


def collected(drawn: tables.Table, caption: str) -> Table:
    """A table in its own order, each cell as a value and as text."""
    columns = tuple(
        Column(column.name, str(column.header), kind_of(column.column)) for column in drawn.columns
    )
    rows = tuple(
        tuple(
            Cell(_cell_value(column, row.get_cell_value(column.name)), str(row.get_cell(column.name)))
            for column in drawn.columns
        )
        for row in drawn.rows
    )
    return Table(caption, columns, rows)


def _cell_value(column: Any, value: Any) -> CellValue:
    """The plain value of a number, day or code; None for any other text, which is only shown."""
    is_plain = isinstance(column.column, KindColumn | CodeColumn)
    return scalar(value) if is_plain else None


def scalar(value: Any) -> CellValue:
    """A value as a report keeps it: never a list or dictionary."""
    written = plain(value)
    assert written is None or isinstance(written, int | float | str)
    return written


def collected_fact(fact: Fact) -> CollectedFact:
    """A fact as a report keeps it."""
    return CollectedFact(fact.label, Cell(scalar(fact.value), fact.text), fact.kind, fact.raw)
