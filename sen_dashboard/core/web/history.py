"""The history of a record: the newest changes on its page, all of them on a page of their own."""

from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.db.models import Model
from django_tables2.data import TableListData

from sen_dashboard.core.kpi.addresses import kept_query
from sen_dashboard.core.models.history import history_of
from sen_dashboard.core.web.details import Link, address_of
from sen_dashboard.core.web.tables import ROWS_A_PAGE, KpiTable, MomentColumn


class HistoryTable(KpiTable):
    """Entries of a history, read as far as they are shown. Each row names the person, even if it is always the same."""

    leaves_out_the_same = False
    at = MomentColumn(verbose_name="When")
    who = tables.Column(verbose_name="Who")
    record = tables.Column(verbose_name="Record")
    done = tables.Column(verbose_name="What was done")
    changes = tables.TemplateColumn(template_name="components/changes.html", verbose_name="Before and after")


def newest(record: Model, name: str, query: str) -> dict[str, Any]:
    """Return what a record's page shows of its newest changes; ``name`` is the name of its address."""
    entries = history_of(record)[: ROWS_A_PAGE + 1]
    return {
        "history": HistoryTable(entries[:ROWS_A_PAGE], orderable=False),
        "history_address": address_of(f"{name}_trail", record.pk, query),
        "is_history_longer": len(entries) > ROWS_A_PAGE,
    }


def context(heading: str, record: Model, name: str, typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the context of the page with a record's whole history."""
    query = kept_query(typed)
    return {
        "heading": heading,
        "trail": (Link(heading, address_of(name, record.pk, query)),),
        "table": HistoryTable(TableListData(history_of(record)), orderable=False),
        "scope_query": query,
    }
