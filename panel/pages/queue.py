"""The list of a queue: its records, longest wait first, and the actions on several at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.urls import reverse

from panel.meetings.bulk import BulkForm, actions_of, coming_meetings
from panel.queues import Queue
from sen_dashboard.core import formats
from sen_dashboard.core.kpi.addresses import OWN, scope_query
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.web.list_filters import choices_made, wrong_filters
from sen_dashboard.core.web.tables import RecordTable
from sen_dashboard.exports.downloads import Download, of_table


@dataclass(frozen=True)
class Asked:
    """A queue on a day, with the filters that were ``typed``."""

    queue: Queue
    day: date
    typed: Mapping[str, str]

    @cached_property
    def filters(self) -> Any:
        """The list's filters as typed."""
        return self.queue.filters(self.typed, self.queue.records(self.day), prefix=OWN)

    @property
    def wrong(self) -> dict[str, str]:
        """A sentence for each filter that cannot be read, by the id of its field."""
        return wrong_filters(self.filters)

    @property
    def filtered(self) -> tuple[str, ...]:
        """The filters chosen, in words."""
        return choices_made(self.filters)

    @property
    def panel(self) -> str:
        """The code of the chosen panel, or empty."""
        return str(self.filters.form.cleaned_data.get("panel") or "") if self.filters.is_valid() else ""

    def table(self) -> RecordTable:
        """The waiting records; each leads to its page as at the day."""
        query, records = scope_query(Scope(self.day)), self.filters.qs
        table = self.queue.table(records, as_at=self.day, scope_query=query, number=records.count())
        table.order_by = "-waits"
        return table


def form_of(asked: Asked, typed: Any = None) -> BulkForm:
    """The form for actions on the queue's cases."""
    return BulkForm(asked.queue.key, coming_meetings(asked.day, asked.panel), typed)


def context(asked: Asked, form: BulkForm | None, ticked: Collection[str] = ()) -> dict[str, Any]:
    """The page's context with the waiting records; ``form`` is None for people who may only read."""
    table = asked.table()
    acts = form is not None and bool(actions_of(asked.queue.key))
    _offer_boxes(table, ticked if acts else None)
    number = len(table.rows)
    return _page(asked) | {
        "sentence": f"{formats.plural(number, asked.queue.one, asked.queue.many)}"
        f" on {formats.day(asked.day)}, longest wait first.",
        "filtered": asked.filtered,
        "table": table,
        "caption": asked.queue.title,
        "form": form if acts else None,
    }


def error_context(asked: Asked) -> dict[str, Any]:
    """The page's context if a filter cannot be read: the errors, and everything that was typed."""
    return _page(asked) | {"errors": asked.wrong}


def table_of_file(asked: Asked) -> RecordTable:
    """The table without the columns that only a page can show."""
    table = asked.table()
    _offer_boxes(table, None)
    return table


def download(asked: Asked, table: RecordTable) -> Download:
    """The list as a file, in the table's order."""
    what = f"{asked.queue.title}, {formats.day(asked.day)}"
    name = f"queue-{asked.queue.key}"
    return of_table(table, what=what, name=name, filters=asked.filtered, day=asked.day)


def _page(asked: Asked) -> dict[str, Any]:
    return {
        "here": "Cases and meetings",
        "queue": asked.queue,
        "as_at": asked.day,
        "filters": asked.filters,
        "whole": reverse("queue", args=[asked.queue.key]),
    }


def _offer_boxes(table: Any, ticked: Collection[str] | None) -> None:
    """Show the boxes, if the table has them, with ``ticked`` ones ticked; hide them for None."""
    if "choose" not in table.columns.names():
        return
    if ticked is None:
        table.columns.hide("choose")
    else:
        table.ticked = ticked
