"""The programme on one page on a day, and on one sheet to print.

It is a working page, so the day is today unless another is asked for. Risks are shown as last rated.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse

from placements import scope_form
from placements.as_at import AsAt
from sen_dashboard.accounts.permissions import Permission
from sen_dashboard.core import formats
from sen_dashboard.core.kpi.addresses import linked
from sen_dashboard.core.kpi.definition import Kpi, ask
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import end_of_month_before
from sen_dashboard.core.web.details import Link, address_of
from sen_dashboard.programme.aim import AIM
from sen_dashboard.programme.models import (
    LEVERS,
    TO_BE_EXPLAINED,
    Action,
    ActionUpdate,
    DecisionNeeded,
    Event,
    Lever,
    Milestone,
    Risk,
    Status,
    Workstream,
)
from sen_dashboard.programme.models.risk import LEAST, MOST
from sen_dashboard.programme.pages.effect import effect
from sen_dashboard.programme.pages.lists import HERE, LISTS
from sen_dashboard.programme.pages.records import Asked, Do
from sen_dashboard.programme.tables import RiskTable, WorkstreamTable

ON_A_SHEET, IN_NEED = 4, 6
"""How many of a kind fit on the printed sheet, to keep it to one, and how many that need attention."""
AHEAD = timedelta(days=61)
"""How far the sheet looks ahead for milestones."""


# The page


def context(kpi: Kpi[Any, Any], asked: Asked, default: AsAt) -> dict[str, Any]:
    """Return the context of the page. ``kpi`` is that of the workstreams, whose sentence and figures it begins with."""
    scope = Scope(asked.day)
    result = ask(kpi, scope)
    actions, risks = _actions(asked.day), _risks(asked)
    return {
        "here": HERE,
        "aim": AIM,
        "sentence": kpi.sentence(result),
        "facts": [linked(kpi, scope, fact) for fact in kpi.facts(result)],
        "caveats": result.caveats,
        "levers": {lever: _describe(actions, lever, asked) for lever in LEVERS},
        "review": _describe(actions, Lever.SERVICE_REVIEW, asked),
        "events": _events(asked),
        "workstreams": _workstreams(asked),
        "grid": _grid(risks.rows),
        "risks": risks,
        "decisions": _decisions(asked),
        "lists": LISTS,
        "to_do": _to_do(asked),
        "may_settle": asked.may(Permission.SETTLE_DECISIONS),
        **scope_form.context((), scope, asked.typed, default),
    }


def error_context(typed: Mapping[str, str], default: AsAt, errors: Mapping[str, str]) -> dict[str, Any]:
    """Return the context of the page for an invalid day: the error, and what was typed."""
    return {"here": HERE, "aim": AIM, "lists": LISTS, **scope_form.error_context((), typed, default, errors)}


def _to_do(asked: Asked) -> tuple[Do, ...]:
    """Return what the reader may add, an action first."""
    offered = ("actions", "risks", "decisions")
    return tuple(
        Do(LISTS[key].add_words, reverse(LISTS[key].add))
        for key in offered
        if asked.may(LISTS[key].permission)
    )


@dataclass(frozen=True)
class _ActionInWords:
    """An action under its lever: its status, the figure it is meant to change, if any, and that figure's change."""

    action: Any
    address: str
    late: str
    moves: Link | None
    moved: str


def _actions(day: date) -> list[Any]:
    """Return the actions known on the day; finished ones come last."""
    done_last = Case(When(status=Status.DONE, then=Value(1)), default=Value(0), output_field=IntegerField())
    return list(Action.objects.known_on(day).order_by(done_last, "due_on", "pk"))


def _describe(actions: Iterable[Any], lever: Lever, asked: Asked) -> list[_ActionInWords]:
    return [_in_words(action, asked) for action in actions if action.lever == lever]


def _in_words(action: Any, asked: Asked) -> _ActionInWords:
    return _ActionInWords(
        action,
        address_of("action", action.pk, asked.query),
        f"Late: it was due on {formats.day(action.due_on)}" if action.is_late else "",
        _moves(action, asked),
        _moved(action, asked),
    )


def _moves(action: Any, asked: Asked) -> Link | None:
    if not action.kpi:
        return None
    is_known = action.kpi in asked.figures.titles
    return Link(
        asked.figures.words(action.kpi, action.kpi_key, action.kpi_row),
        reverse("kpi", args=[action.kpi]) + asked.query if is_known else "",
    )


def _moved(action: Any, asked: Asked) -> str:
    """Return "£36,100; expected −£500 from 1 December 2018, measured −£113", as far as these are known."""
    figures, day = asked.figures, asked.figures_day
    found = effect(action, figures, day)
    if found is None:
        figure = figures.find(action.kpi, action.kpi_key, action.kpi_row)
        return figure.kind.text(figure.on(day)) if figure else ""
    kind = found.figure.kind
    expected = f"expected {kind.change_in_words(found.expected)} from {formats.day(found.since)}"
    return f"{kind.text(found.now)}; {expected}, {found.measured_briefly}"


class _WorkstreamTable(WorkstreamTable):
    """The workstreams in the programme's order, with only the columns that fit beside the rest."""

    class Meta:
        exclude = ("action_count", "lead")
        sequence = ("workstream", "status", "next_milestone", "next_milestone_due", "overdue")


def _workstreams(asked: Asked) -> _WorkstreamTable:
    standing: Any = Workstream.objects.with_standing(asked.day)
    table = _WorkstreamTable(
        standing.with_next_milestone(asked.day), as_at=asked.day, scope_query=asked.query
    )
    table.orderable = False
    return table


def _events(asked: Asked) -> list[Link]:
    """Return the events within a year of the day, each with a link to the figures before and after it."""
    year = timedelta(days=365)
    events = Event.objects.between(asked.day - year, asked.day + year).order_by("day", "pk")
    return [Link(str(event), reverse("event_before_and_after", args=[event.pk])) for event in events]


# Risks


class _RiskTable(RiskTable):
    """The open risks, with only the columns that fit beside the rest."""

    class Meta:
        exclude = ("owner", "workstream", "status", "updated_on")


@dataclass(frozen=True)
class _Cell:
    """The open risks with the same likelihood and impact."""

    rating: int
    number: int

    @property
    def level(self) -> str:
        """The severity in a word, which the colour repeats."""
        if self.rating >= 10:
            return "high"
        return "medium" if self.rating >= 3 else "low"


def _risks(asked: Asked) -> _RiskTable:
    """Return the open risks, the worst first."""
    table = _RiskTable(Risk.objects.open().with_rating(), as_at=asked.day, scope_query=asked.query)
    table.order_by, table.orderable = ("-rating", "-impact"), False
    return table


def _grid(risks: Iterable[Any]) -> dict[int, list[_Cell]]:
    """Return for each impact, the greatest first, the cells from the least likelihood to the greatest."""
    placed = [(row.record.impact, row.record.likelihood) for row in risks]
    ratings = range(LEAST, MOST + 1)
    return {
        impact: [_Cell(impact * likelihood, placed.count((impact, likelihood))) for likelihood in ratings]
        for impact in reversed(ratings)
    }


# Decisions


@dataclass(frozen=True)
class _Waits:
    """A decision that is needed, and by when, in words."""

    decision: Any
    address: str
    needed: str


def _decisions(asked: Asked) -> list[_Waits]:
    """Return the decisions not settled by the day, the one needed first on top."""
    still_open: Any = DecisionNeeded.objects.open_on(asked.day).with_lateness(asked.day)
    return [
        _Waits(
            item,
            address_of("decision_needed", item.pk, asked.query),
            f"by {formats.day(item.needed_by)}" if item.needed_by else "",
        )
        for item in still_open.order_by("needed_by", "pk")
    ]


# One sheet to print


def sheet(kpi: Kpi[Any, Any], asked: Asked) -> dict[str, Any]:
    """Return a one-page report for a board: progress, successes, what needs attention and what comes next."""
    day, since = asked.day, end_of_month_before(asked.day)
    actions = _actions(day)
    attention = [action for action in actions if action.is_late or action.status in TO_BE_EXPLAINED]
    reached = Milestone.objects.filter(action__isnull=False, reached_on__gt=since, reached_on__lte=day)
    ahead = Milestone.objects.open_on(day).filter(due_on__lte=day + AHEAD)
    done = ActionUpdate.objects.until(day).filter(day__gt=since, status=Status.DONE).select_related("action")
    return {
        "here": HERE,
        "aim": AIM,
        "as_at": day,
        "since": since,
        "sentence": kpi.sentence(ask(kpi, Scope(day))),
        "workstreams": _workstreams(asked),
        "attention": _first(sorted(attention, key=_worst_first), IN_NEED),
        "done": _first(list(dict.fromkeys(update.action for update in done))),
        "reached": _first(list(reached.in_order())),
        "ahead": _first(
            [(one, one.standing_on(day)) for one in ahead.in_order().select_related("action", "change")]
        ),
        "risks": _first([row.record for row in _risks(asked).rows]),
        "decisions": _first(_decisions(asked)),
        "scope_query": asked.query,
    }


def _worst_first(action: Any) -> tuple[bool, bool, date]:
    return (
        action.status != Status.OFF_TRACK,
        action.status != Status.AT_RISK,
        action.due_on or date.max,
    )


@dataclass(frozen=True)
class _First:
    """The first of a kind, and the number of others."""

    shown: Sequence[Any]
    more: int


def _first(found: Sequence[Any], most: int = ON_A_SHEET) -> _First:
    return _First(found[:most], max(len(found) - most, 0))
