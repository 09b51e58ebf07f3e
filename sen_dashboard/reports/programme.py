"""The programme in a report, at a month's end: workstreams, actions by lever, decisions needed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sen_dashboard.core import formats
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import ReportSection
from sen_dashboard.programme.aim import AIM
from sen_dashboard.programme.models import (
    LEVERS,
    TO_BE_EXPLAINED,
    Action,
    DecisionNeeded,
    Lever,
    Status,
    Workstream,
)
from sen_dashboard.programme.standing import how_many_stand_how
from sen_dashboard.reports.collected import Cell, Column, Part, Table


def parts(day: date) -> Mapping[ReportSection, tuple[Part, ...]]:
    """The parts of each section beside its figures; none if there are no records."""
    decisions = list(_decisions(day))
    return {
        ReportSection.AIM: (_workstreams(day),),
        ReportSection.DOING: tuple(part for lever in LEVERS for part in _lever(lever, day)),
        ReportSection.REVIEW: tuple(_lever(Lever.SERVICE_REVIEW, day)),
        ReportSection.DECISIONS: (_decisions_needed(decisions, day),) if decisions else (),
    }


def asked_for(day: date) -> tuple[str, ...]:
    """The decisions that the programme is waiting for, each in a sentence."""
    return tuple(f"{decision.title} ({_asked(decision)})" for decision in _decisions(day))


# Workstreams


def _workstreams(day: date) -> Part:
    """The programme's aim, and the status of its workstreams."""
    found: Any = Workstream.objects.with_next_milestone(day)
    found = found.with_standing(day).order_by("pk")
    streams = list(found)
    title = "Aim and workstreams"
    if not streams:
        return Part("workstreams", title, "The programme’s aim", None, AIM)
    columns = (
        Column("workstream", "Workstream", Kind.TEXT),
        Column("status", "Status", Kind.TEXT),
        Column("next_milestone", "Next milestone", Kind.TEXT),
        Column("actions", "Actions", Kind.COUNT),
        Column("late", "Late", Kind.COUNT),
    )
    rows = tuple(
        (
            _words(stream.title),
            _words(Status(stream.status).label if stream.status else "No actions recorded"),
            _words(_next_milestone(stream)),
            _count(stream.action_count),
            _count(stream.overdue),
        )
        for stream in streams
    )
    caption = f"Workstreams at {formats.day(day)}"
    return Part("workstreams", title, _standings(streams), Table(caption, columns, rows), AIM)


def _next_milestone(stream: Any) -> str:
    if not stream.next_milestone:
        return ""
    return f"{stream.next_milestone}, {formats.day(stream.next_milestone_due)}"


def _standings(streams: Sequence[Any]) -> str:
    """ "9 workstreams: 1 is off track and 3 are at risk; 2 actions are late"."""
    standings = (
        f"{formats.plural(len(streams), 'workstream')}: {how_many_stand_how(one.status for one in streams)}"
    )
    return f"{standings}{_late(sum(one.overdue for one in streams))}"


def _late(number: int) -> str:
    return f"; {formats.plural(number, 'action is', 'actions are')} late" if number else ""


# Actions


def _lever(lever: Lever, day: date) -> Iterator[Part]:
    """The lever's actions known on the day, earliest due first; nothing if there are none."""
    actions: list[Any] = list(Action.objects.filter(lever=lever).known_on(day).by_due())
    if not actions:
        return
    columns: tuple[Column, ...] = (
        Column("action", "Action", Kind.TEXT),
        Column("owner", "Owner", Kind.TEXT),
        Column("due_on", "Due", Kind.DAY),
        Column("status", "Status", Kind.TEXT),
        Column("note", "Why", Kind.TEXT),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            _words(action.title),
            _words(action.owner),
            _day(action.due_on),
            _words(Status(action.status).label + (", late" if action.is_late else "")),
            _words(action.note if action.status in TO_BE_EXPLAINED else ""),
        )
        for action in actions
    )
    if not any(row[-1].text for row in rows):
        columns, rows = columns[:-1], tuple(row[:-1] for row in rows)
    opening = f"{lever.label}: {formats.plural(len(actions), 'action')}, of which"
    late = _late(sum(action.is_late for action in actions))
    message = f"{opening} {how_many_stand_how(action.status for action in actions)}{late}"
    caption = f"{lever.label}: actions at {formats.day(day)}"
    yield Part(lever.value.lower(), str(lever.label), message, Table(caption, columns, rows))


# Decisions


def _decisions(day: date) -> Iterator[Any]:
    """Decisions not settled on the day, the earliest needed first, those without a date last."""
    found = DecisionNeeded.objects.open_on(day).select_related("workstream")
    return iter(sorted(found, key=lambda one: (one.needed_by is None, one.needed_by or day, one.pk)))


def _decisions_needed(decisions: Sequence[Any], day: date) -> Part:
    columns = (
        Column("decision", "Decision", Kind.TEXT),
        Column("asked_of", "Decision maker", Kind.TEXT),
        Column("needed_by", "Needed by", Kind.DAY),
        Column("workstream", "Workstream", Kind.TEXT),
    )
    rows = tuple(
        (_words(one.title), _words(one.asked_of), _day(one.needed_by), _words(one.workstream.title))
        for one in decisions
    )
    needed = formats.plural(len(decisions), "decision is", "decisions are")
    first = decisions[0].needed_by
    by = f", the first by {formats.day(first)}" if first and len(decisions) > 1 else ""
    by = f" by {formats.day(first)}" if first and len(decisions) == 1 else by
    caption = f"Decisions needed at {formats.day(day)}"
    return Part("decisions", "Decisions needed", f"{needed} needed{by}", Table(caption, columns, rows))


def _asked(decision: Any) -> str:
    by = f"by {formats.day(decision.needed_by)}" if decision.needed_by else ""
    return ", ".join(filter(None, (decision.asked_of, by))) or decision.workstream.title


# Cells


def _words(text: str) -> Cell:
    return Cell(None, str(text))


def _count(number: int) -> Cell:
    return Cell(number, formats.count(number))


def _day(day: date | None) -> Cell:
    return Cell(day.isoformat(), formats.day(day)) if day else Cell(None, "")
