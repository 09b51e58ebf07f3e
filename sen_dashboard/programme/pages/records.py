"""The pages of single records of the programme on a day, from a workstream to a planned change of places.

They are working pages, so the day is today unless another is asked for.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_tables2 as tables
from django.db.models import Model, QuerySet
from django.urls import reverse

from provision.models import CommissioningChange
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, may
from sen_dashboard.core import formats
from sen_dashboard.core.codes import need_words
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.addresses import kept_query
from sen_dashboard.core.web.details import Detail, Link, address_of, detail, left_out
from sen_dashboard.core.web.tables import KindColumn, KpiTable, NameColumn
from sen_dashboard.programme.models import (
    Action,
    DecisionNeeded,
    Milestone,
    Risk,
    Status,
    Workstream,
)
from sen_dashboard.programme.owners import role_of
from sen_dashboard.programme.pages import effect
from sen_dashboard.programme.pages.figures import Figures
from sen_dashboard.programme.pages.lists import HERE, ProgrammeList, list_of
from sen_dashboard.programme.services.milestones import permission_for
from sen_dashboard.programme.tables import ActionTable, StatusColumn

Details = tuple[Detail, ...]
NO_DAY = "no date set"


@dataclass(frozen=True)
class Asked:
    """A record's page on a day, for a reader.

    Figures are those on ``figures_day``: if no day is asked for, the default as-at day of figures, which is not today.
    """

    day: date
    typed: Mapping[str, str]
    reader: User
    figures: Figures
    figures_day: date

    @property
    def query(self) -> str:
        """The query that links carry on: the day, if one was asked for."""
        return kept_query(self.typed)

    def may(self, permission: Permission) -> bool:
        """Return whether the reader has the permission."""
        return may(self.reader, permission)


@dataclass(frozen=True)
class Do:
    """An action that the reader can take on a record: the words, and the address of its form."""

    text: str
    address: str


class UpdateTable(KpiTable):
    """The updates of an action, newest first."""

    day = KindColumn(Kind.DAY, verbose_name="Day")
    status = StatusColumn(verbose_name="Status")
    note = tables.Column(verbose_name="Update", default="")
    recorded_by = NameColumn(verbose_name="Entered by", default="an import")


class MilestoneTable(KpiTable):
    """Milestones by the day they are due; ``actions`` is shown only to those who may change them."""

    title = tables.Column(verbose_name="Milestone")
    due_on = KindColumn(Kind.DAY, verbose_name="Due")
    standing = tables.Column(verbose_name="Status", accessor="pk")
    actions = tables.TemplateColumn(
        template_name="programme/milestone_actions.html", verbose_name="Enter", orderable=False
    )

    def __init__(self, milestones: Iterable[Milestone], day: date, **options: Any) -> None:
        self.day = day
        super().__init__(list(milestones), orderable=False, **options)

    def render_standing(self, record: Milestone) -> str:
        return record.standing_on(self.day)


# A workstream


def workstream(record: Workstream, asked: Asked) -> dict[str, Any]:
    """Return the page of a workstream: its actions, what comes next, and the decisions it waits for."""
    day = asked.day
    standing: Any = Workstream.objects.with_standing(day).get(pk=record.pk)
    actions = ActionTable(
        record.actions.with_status(day).select_related("workstream"),
        as_at=day,
        scope_query=asked.query,
    )
    actions.figures, actions.order_by, actions.orderable = asked.figures, "due_on", False
    actions.columns.hide("workstream")
    ahead = Milestone.objects.open_on(day).filter(action__workstream=record).in_order()
    return _page(record, asked) | {
        "sentence": _workstream_sentence(standing, day),
        "status": standing.status,
        "details": (
            detail("Aim", record.aim),
            detail("Lead", record.lead),
            *_linked_details("Risk", record.risks.open().order_by("pk"), "risk", asked),
            *_linked_details(
                "Decision needed",
                record.decisions_needed.open_on(day).order_by("needed_by"),
                "decision_needed",
                asked,
            ),
        ),
        "actions": actions,
        "milestones": MilestoneTable(ahead.select_related("action"), day, exclude=("actions",)),
        "to_do": (
            *_to_do(
                asked, (Permission.EDIT_PROGRAMME, "Change the workstream", "workstream_change", [record.pk])
            ),
            *_to_do(
                asked,
                (Permission.EDIT_PROGRAMME, "Add an action", "action_add", []),
                query={"workstream": record.pk},
            ),
        ),
    }


def _workstream_sentence(standing: Any, day: date) -> str:
    if not standing.action_count:
        return f"No actions are recorded on {formats.day(day)}."
    numbers = (
        (standing.done, "done"),
        (standing.on_track, "on track"),
        (standing.at_risk, "at risk"),
        (standing.off_track, "off track"),
        (standing.not_started, "not started"),
    )
    by_status = formats.listed([f"{formats.count(number)} {words}" for number, words in numbers if number])
    late = f" {formats.count(standing.overdue)} of them late." if standing.overdue else ""
    return f"{formats.plural(standing.action_count, 'action')}: {by_status}.{late}"


def _linked_details(label: str, records: Iterable[Any], page: str, asked: Asked) -> Details:
    return tuple(Detail(label, str(record), address_of(page, record.pk, asked.query)) for record in records)


# An action


def action(record: Action, asked: Asked) -> dict[str, Any]:
    """Return the page of an action: its details, its status, and all its updates."""
    day = asked.day
    standing: Any = Action.objects.with_status(day).get(pk=record.pk)
    every = list(record.updates.newest_first().select_related("recorded_by"))
    known = [update for update in every if update.day <= day]
    later = left_out(len(every) - len(known), "update", "updates", day)
    return _page(record, asked) | {
        "sentence": _action_sentence(standing, day),
        "status": standing.status,
        "caveat": later,
        "details": _action_details(record, asked),
        "updates": UpdateTable(known, orderable=False),
        "milestones": _milestones(record, asked),
        **effect.page(record, asked.figures, asked.figures_day),
        "to_do": _to_do(
            asked,
            (Permission.EDIT_PROGRAMME, "Add an update", "action_update", [record.pk]),
            (Permission.EDIT_PROGRAMME, "Add a milestone", "action_milestone_add", [record.pk]),
            (Permission.EDIT_PROGRAMME, "Change the action", "action_change", [record.pk]),
        ),
    }


def _action_sentence(standing: Any, day: date) -> str:
    """Return the words after the status: "since 15 March 2019; it is due on 30 June 2019. Two schools refuse."."""
    if standing.status is None:
        return f"No update by {formats.day(day)}."
    sentence = f"since {formats.day(standing.updated_on)}"
    if standing.status != Status.DONE and standing.due_on:
        sentence += (
            f"; {'late: it was' if standing.is_late else 'it is'} due on {formats.day(standing.due_on)}"
        )
    return f"{sentence}. {standing.note}".strip()


def _action_details(record: Action, asked: Asked) -> Details:
    of = record.workstream
    figure = asked.figures.words(record.kpi, record.kpi_key, record.kpi_row) if record.kpi else ""
    known = record.kpi in asked.figures.titles
    return (
        detail(
            "Workstream", of.title if of else "", (of and address_of("workstream", of.pk, asked.query)) or ""
        ),
        Detail("Lever", record.get_lever_display()),
        detail("Owner", record.owner),
        Detail("Waiting for", role_of(record.owner)),
        Detail("Due", formats.day(record.due_on) if record.due_on else NO_DAY),
        detail("Figure it should change", figure, reverse("kpi", args=[record.kpi]) if known else ""),
        *_expected(record, asked.figures),
    )


def _expected(record: Action, figures: Figures) -> Details:
    change, since = record.expected_change, record.expected_from
    if change is None or since is None:
        return ()
    words = figures.change(record.kpi, record.kpi_key, change)
    return (Detail("Expected change", f"{words} from {formats.day(since)}"),)


# A risk, a decision, a planned change


def risk(record: Risk, asked: Asked) -> dict[str, Any]:
    """Return the page of a risk as it was last rated."""
    rating = formats.count(record.likelihood * record.impact)
    since = f" on {formats.day(record.updated_on)}" if record.updated_on else ""
    return _page(record, asked) | {
        "sentence": f"Rated {rating} out of 25{since}: likelihood {record.likelihood}, impact {record.impact}.",
        "details": (
            _of_workstream(record.workstream, asked),
            Detail("Status", record.get_status_display()),
            detail("Owner", record.owner),
            detail("Mitigation", record.mitigation),
        ),
        "to_do": _to_do(
            asked, (Permission.EDIT_PROGRAMME, "Rate or change the risk", "risk_change", [record.pk])
        ),
    }


def decision_needed(record: DecisionNeeded, asked: Asked) -> dict[str, Any]:
    """Return the page of a decision that is needed, or of the decision made."""
    standing: Any = DecisionNeeded.objects.with_lateness(asked.day).get(pk=record.pk)
    settled = record.settled_on is not None and record.settled_on <= asked.day
    settle = "Change what was decided" if record.settled_on else "Enter what was decided"
    change = Permission.SETTLE_DECISIONS if record.settled_on else Permission.EDIT_PROGRAMME
    return _page(record, asked) | {
        "sentence": _decision_sentence(standing, settled),
        "details": (
            _of_workstream(record.workstream, asked),
            detail("Decision maker", record.asked_of),
            Detail("Needed by", formats.day(record.needed_by) if record.needed_by else NO_DAY),
            *((detail("What was decided", record.settled_as),) if settled else ()),
            *((detail("Entered by", str(record.settled_by or "")),) if settled else ()),
        ),
        "to_do": _to_do(
            asked,
            (Permission.SETTLE_DECISIONS, settle, "decision_needed_settle", [record.pk]),
            (change, "Change the decision needed", "decision_needed_change", [record.pk]),
        ),
    }


def _decision_sentence(standing: Any, settled: bool) -> str:
    if settled:
        return f"Decided on {formats.day(standing.settled_on)}."
    if standing.needed_by is None:
        return "Open."
    needed = f"needed by {formats.day(standing.needed_by)}."
    return f"Open, and late: it was {needed}" if standing.is_late else f"Open: it is {needed}"


def commissioning_change(record: CommissioningChange, asked: Asked) -> dict[str, Any]:
    """Return the page of a planned change of places, with its milestones."""
    number, school = record.places_change, record.school
    more = "more" if number >= 0 else "fewer"
    places = formats.plural(abs(number), f"{more} place")
    return _page(record, asked) | {
        "sentence": f"{record.get_status_display()}: {places} from {formats.day(record.effective_on)}.",
        "details": (
            Detail("Provision", record.get_provision_display()),
            detail(
                "School",
                school.name if school else "",
                address_of("school", school.pk, asked.query) if school else "",
            ),
            detail("District", record.district),
            detail("Needs", "; ".join(map(need_words, record.needs))),
            *((Detail("Note", record.note),) if record.note else ()),
        ),
        "milestones": _milestones(record, asked),
        "to_do": _to_do(
            asked,
            (
                Permission.EDIT_COMMISSIONING_PLAN,
                "Change what is planned",
                "commissioning_change_change",
                [record.pk],
            ),
            (
                Permission.EDIT_COMMISSIONING_PLAN,
                "Add a milestone",
                "commissioning_change_milestone_add",
                [record.pk],
            ),
        ),
    }


# Shared parts


def heading(record: Model) -> str:
    """Return the title of the page."""
    return str(record)


def _page(record: Model, asked: Asked) -> dict[str, Any]:
    of: ProgrammeList = list_of(type(record))
    return {
        "here": HERE,
        "heading": heading(record),
        "kind": of.one,
        "as_at": asked.day,
        "trail": (Link(of.title, reverse("programme_list", args=[of.key]) + asked.query),),
        "scope_query": asked.query,
    }


def _milestones(of: Action | CommissioningChange, asked: Asked) -> MilestoneTable:
    hidden = () if asked.may(permission_for(of)) else ("actions",)
    milestones: QuerySet[Any, Any] = of.milestones.in_order()
    return MilestoneTable(milestones, asked.day, exclude=hidden)


def _of_workstream(of: Workstream, asked: Asked) -> Detail:
    return Detail("Workstream", of.title, address_of("workstream", of.pk, asked.query))


def _to_do(
    asked: Asked,
    *offered: tuple[Permission, str, str, Sequence[Any]],
    query: Mapping[str, str] | None = None,
) -> tuple[Do, ...]:
    """Return what the reader may do, in this order; ``query`` holds the initial values of their forms."""
    return tuple(
        Do(text, reverse(name, args=args, query=query))
        for permission, text, name, args in offered
        if asked.may(permission)
    )


PAGES: Mapping[type[Model], Callable[[Any, Asked], dict[str, Any]]] = {
    Workstream: workstream,
    Action: action,
    Risk: risk,
    DecisionNeeded: decision_needed,
    CommissioningChange: commissioning_change,
}
