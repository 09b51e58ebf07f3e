"""The lists of the programme on a day, from workstreams to the notes on figures.

They are working pages, so the day is today unless another is asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from provision.models import CommissioningChange
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, may
from sen_dashboard.core import formats
from sen_dashboard.core.kpi.addresses import OWN, kept_query
from sen_dashboard.core.web.details import Link
from sen_dashboard.core.web.list_filters import choices_made, wrong_filters
from sen_dashboard.exports.downloads import Download, of_table
from sen_dashboard.programme import filters, tables
from sen_dashboard.programme.models import (
    Action,
    DecisionNeeded,
    KpiNote,
    Milestone,
    Risk,
    Workstream,
)
from sen_dashboard.programme.owners import ROLES
from sen_dashboard.programme.pages.figures import Figures
from sen_dashboard.programme.queue import SOON_DAYS, actions_for

Records = QuerySet[Any, Any]
HERE = "Programme"


@dataclass(frozen=True)
class ProgrammeList:
    """A kind of record as a list. ``records`` returns all of them, with what the table shows on a day, in ``order``.

    ``add`` is the name of the address where one is added, by those with the ``permission``; it is empty if records are
    added elsewhere, as ``empty`` says.
    """

    key: str
    title: str
    sentence: str
    one: str
    many: str
    records: Callable[[date], Records]
    order: str
    table: type[tables.ProgrammeTable]
    filters: type[filters.DayFilters]
    permission: Permission
    empty: str
    add: str = ""
    add_words: str = ""
    hidden: tuple[str, ...] = ()
    """Columns that only people with the permission see."""


def _of(model: Any, *related: str) -> Callable[[date], Records]:
    """Return a function for all records of a model, with their related records."""
    return lambda _: model.objects.select_related(*related)


def _workstreams(day: date) -> Records:
    standing: Any = Workstream.objects.with_standing(day)
    records: Records = standing.with_next_milestone(day)
    return records


LISTS: Mapping[str, ProgrammeList] = {
    each.key: each
    for each in (
        ProgrammeList(
            "workstreams",
            "Workstreams",
            "The parts of the programme. Each has the status of its worst open action.",
            "workstream",
            "workstreams",
            _workstreams,
            "workstream",
            tables.WorkstreamTable,
            filters.DayFilters,
            Permission.EDIT_PROGRAMME,
            "Officers and managers enter them here. They can also be imported from the file workstreams.csv.",
            "workstream_add",
            "Add a workstream",
        ),
        ProgrammeList(
            "actions",
            "Actions",
            "What is being done for the programme, and its status at the latest dated update.",
            "action",
            "actions",
            lambda day: Action.objects.with_status(day).select_related("workstream"),
            "due_on",
            tables.ActionTable,
            filters.ActionFilters,
            Permission.EDIT_PROGRAMME,
            "Officers and managers enter them here. They can also be imported from the file actions.csv.",
            "action_add",
            "Add an action",
        ),
        ProgrammeList(
            "milestones",
            "Milestones",
            "What actions and changes to the commissioning plan are due to achieve, and by when.",
            "milestone",
            "milestones",
            _of(Milestone, "action", "change"),
            "due_on",
            tables.MilestoneTable,
            filters.MilestoneFilters,
            Permission.EDIT_PROGRAMME,
            "They are entered on the page of an action, or of a change to the commissioning plan.",
        ),
        ProgrammeList(
            "risks",
            "Risks",
            "What could stop the programme reaching its aim, rated by likelihood times impact, each from 1 to 5.",
            "risk",
            "risks",
            lambda _: Risk.objects.with_rating().select_related("workstream"),
            "-rating",
            tables.RiskTable,
            filters.RiskFilters,
            Permission.EDIT_PROGRAMME,
            "Officers and managers enter them here. They can also be imported from the file risks.csv.",
            "risk_add",
            "Add a risk",
        ),
        ProgrammeList(
            "decisions",
            "Decisions needed",
            "What others must decide before the programme can go on, and what was decided.",
            "decision",
            "decisions",
            lambda day: DecisionNeeded.objects.with_lateness(day).select_related("workstream"),
            "needed_by",
            tables.DecisionNeededTable,
            filters.DecisionNeededFilters,
            Permission.EDIT_PROGRAMME,
            "Officers and managers enter them here. They can also be imported from the file decisions_needed.csv.",
            "decision_needed_add",
            "Add a decision needed",
        ),
        ProgrammeList(
            "commissioning-changes",
            "Changes to the commissioning plan",
            "Places planned at special schools and specialist resourced provisions (SRPs).",
            "change",
            "changes",
            _of(CommissioningChange, "school"),
            "effective_on",
            tables.CommissioningTable,
            filters.CommissioningFilters,
            Permission.EDIT_COMMISSIONING_PLAN,
            "Managers enter them here. They can also be imported from the file commissioning_plan.csv.",
            "commissioning_change_add",
            "Add a change",
        ),
        ProgrammeList(
            "notes",
            "Notes beside figures",
            "Analysis that a figure does not give by itself. Each note is shown on the page of its figure.",
            "note",
            "notes",
            _of(KpiNote),
            "-day",
            tables.NoteTable,
            filters.DayFilters,
            Permission.EDIT_NOTES,
            "Managers write them here.",
            "kpi_note_add",
            "Add a note",
            ("actions",),
        ),
    )
}
"""The lists in the order in which their pages link to one another."""


@dataclass(frozen=True)
class Asked:
    """A list on a day, with the filters that were ``typed``."""

    of: ProgrammeList
    day: date
    typed: Mapping[str, str]
    figures: Figures

    @cached_property
    def filters(self) -> filters.DayFilters:
        """The list's filters, as typed."""
        return self.of.filters(self.typed, self.of.records(self.day), day=self.day, prefix=OWN)

    @property
    def wrong(self) -> dict[str, str]:
        """A sentence for each filter that cannot be read, by the id of its field."""
        return wrong_filters(self.filters)

    @property
    def filtered(self) -> tuple[str, ...]:
        """The choices made in the filters."""
        return choices_made(self.filters)

    def table(self, reader: User) -> tables.ProgrammeTable:
        """Return the records, in the list's order unless another is asked for."""
        hidden = () if may(reader, self.of.permission) else self.of.hidden
        records, query = self.filters.qs, kept_query(self.typed)
        table = self.of.table(records, as_at=self.day, scope_query=query, number=records.count())
        table.figures = self.figures
        for column in hidden:
            table.columns.hide(column)
        table.order_by = self.of.order
        return table


def context(asked: Asked, reader: User) -> dict[str, Any]:
    """Return the context of the page with its records."""
    table = asked.table(reader)
    number = formats.plural(table.count(), asked.of.one, asked.of.many)
    return _page(asked) | {
        "table": table,
        "caption": f"{number}, {formats.day(asked.day)}",
        "filtered": asked.filtered,
        "add": reverse(asked.of.add) if asked.of.add and may(reader, asked.of.permission) else "",
        "queues": actions_waiting(reader, asked.day) if asked.of.key == "actions" else (),
    }


def actions_waiting(reader: User, day: date) -> tuple[Link, ...]:
    """Return links to the actions that wait for each of the reader's roles; empty if none do."""
    whole = reverse("programme_list", args=["actions"])
    links = []
    for role in (role for role in ROLES if role in reader.roles):
        waiting = actions_for(role, day).count()
        if not waiting:
            continue
        number = formats.plural(waiting, "action")
        chosen = {f"{OWN}-standing": filters.WAITING[0], f"{OWN}-role": role.slug}
        query = urlencode({"as_at": day.isoformat()} | chosen)
        links.append(Link(f"{number} late or due within {SOON_DAYS} days, {role}", f"{whole}?{query}"))
    return tuple(links)


def error_context(asked: Asked) -> dict[str, Any]:
    """Return the context of the page if its filters cannot be read: the errors, and all that was typed."""
    return _page(asked) | {"errors": asked.wrong}


def wrong_day(of: ProgrammeList, errors: Mapping[str, str]) -> dict[str, Any]:
    """Return the context of the page for an invalid day: the error, and a link to today's list."""
    whole = reverse("programme_list", args=[of.key])
    return {
        "here": HERE,
        "list": of,
        "lists": LISTS,
        "whole": whole,
        "errors": {"main": " ".join(errors.values())},
    }


def download(asked: Asked, table: tables.ProgrammeTable) -> Download:
    """Return the list as a file, in the table's order."""
    what = f"{asked.of.title}, {formats.day(asked.day)}"
    return of_table(table, what=what, name=asked.of.key, filters=asked.filtered, day=asked.day)


def _page(asked: Asked) -> dict[str, Any]:
    return {
        "here": HERE,
        "list": asked.of,
        "lists": LISTS,
        "as_at": asked.day,
        "filters": asked.filters if asked.filters.filters else None,
        "kept": {"as_at": asked.typed["as_at"]} if asked.typed.get("as_at") else {},
        "whole": reverse("programme_list", args=[asked.of.key]),
        "scope_query": kept_query(asked.typed),
    }


def list_of(model: type[Model]) -> ProgrammeList:
    """Return the list that holds records of a model. Raises KeyError."""
    return LISTS[_KEYS[model]]


_KEYS: Mapping[type[Model], str] = {
    Workstream: "workstreams",
    Action: "actions",
    Risk: "risks",
    DecisionNeeded: "decisions",
    CommissioningChange: "commissioning-changes",
}
