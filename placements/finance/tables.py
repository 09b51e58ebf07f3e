"""Finance's tables: months, findings, and the schools of a month."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import django_tables2 as tables
from django.urls import reverse

from placements.closing import LedgerMonth
from placements.models import FindingStatus
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.web.tables import DAY_CELL, LINK, CodeColumn, KindColumn, KpiTable, MomentColumn


class MonthTable(tables.Table):
    """The ledger's months; ``to_close`` is the first day of the latest that can be closed, or None."""

    month = KindColumn(
        Kind.MONTH,
        attrs={"td": DAY_CELL, "a": LINK},
        linkify=lambda value: reverse("month", args=[f"{value:%Y-%m}"]),
    )
    postings = KindColumn(Kind.COUNT)
    total = KindColumn(Kind.POUNDS, verbose_name="Posted")
    committed = KindColumn(Kind.POUNDS, verbose_name="Committed")
    closed_by = tables.Column(accessor="close__closed_by", verbose_name="Closed by", default="open")
    closed_at = MomentColumn(accessor="close__closed_at", verbose_name="Closed", default="")
    differs = tables.TemplateColumn(
        template_code="{% if record.differs %}no longer what it said{% endif %}", verbose_name="Since then"
    )
    actions = tables.TemplateColumn(
        template_name="components/month_actions.html",
        extra_context=lambda table: {"to_close": table.to_close},
        verbose_name="Close months",
    )

    def __init__(self, months: Sequence[LedgerMonth], *, to_close: date | None) -> None:
        self.to_close = to_close
        left_out = () if to_close else ("actions",)
        if not any(month.differs for month in months):
            left_out = (*left_out, "differs")
        super().__init__(months, orderable=False, exclude=left_out)


class FindingTable(KpiTable):
    """The findings of the reconciliation; ``scope_query`` carries the day to their pages."""

    title = tables.Column(
        verbose_name="Finding",
        attrs={"a": LINK},
        order_by=("kind", "month"),
        linkify=lambda record, table: reverse("finding", args=[record.key]) + table.scope_query,
    )
    school = tables.Column(default="no school", empty_values=("", None))
    amount = KindColumn(Kind.POUNDS, verbose_name="Amount")
    posted = KindColumn(Kind.POUNDS)
    committed = KindColumn(Kind.POUNDS)
    status = CodeColumn(FindingStatus)
    recovered = KindColumn(Kind.POUNDS)
    open = KindColumn(Kind.POUNDS)
    written_on = KindColumn(Kind.DAY, verbose_name="Latest note", default="")

    def __init__(self, rows: Sequence[Any], *, scope_query: str, **options: Any) -> None:
        self.scope_query = scope_query
        super().__init__(rows, **options)

    IN_SHORT = ("posted", "committed", "recovered", "written_on")
    """The columns left out of a short list on another page."""

    def names_of_the_same(self) -> set[str]:
        """No column: each finding is worked on separately."""
        return set()


class SchoolTable(tables.Table):
    """The schools of a month: what was posted and committed in it and in the year to date."""

    school = tables.Column(
        default="no school",
        empty_values=("", None),
        attrs={"a": LINK},
        linkify=lambda record, table: (
            reverse("school", args=[record.school_id]) + table.scope_query if record.school_id else None
        ),
    )
    posted = KindColumn(Kind.POUNDS, verbose_name="Posted")
    committed = KindColumn(Kind.POUNDS, verbose_name="Committed")
    difference = KindColumn(Kind.POUNDS, verbose_name="Difference")
    posted_to_date = KindColumn(Kind.POUNDS, verbose_name="Posted, year to date")
    committed_to_date = KindColumn(Kind.POUNDS, verbose_name="Committed, year to date")
    difference_to_date = KindColumn(Kind.POUNDS, verbose_name="Difference, year to date")

    def __init__(self, schools: Sequence[Any], *, scope_query: str) -> None:
        self.scope_query = scope_query
        super().__init__(schools, orderable=False)
