"""Statuses on a day: SQL against a second calculation in plain Python on random programmes."""

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from sen_dashboard.accounts.roles import Role
from sen_dashboard.programme.models import (
    OPEN,
    Action,
    ActionUpdate,
    DecisionNeeded,
    KpiNote,
    Milestone,
    Risk,
    Status,
    Workstream,
)
from sen_dashboard.programme.owners import OWNERS, ROLES, role_of
from sen_dashboard.programme.queue import SOON_DAYS, actions_for, actions_for_any
from sen_dashboard.programme.standing import how_many_stand_how
from tests import factories as f

pytestmark = pytest.mark.django_db

FIRST = date(2019, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(0, 120, 7)]


def make_programme(seed: int) -> None:
    """Some workstreams; actions that were told of on random days, two on one day among them; milestones, decisions."""
    draw = Random(seed)
    workstreams = [f.make_workstream() for _ in range(4)]
    owners = ["", "Head of SEN", *(owner for owners in OWNERS.values() for owner in owners)]
    for _ in range(25):
        action = f.make_action(
            workstream=draw.choice([None, *workstreams[:3]]),
            due_on=draw.choice([None, *DAYS]),
            owner=draw.choice(owners) + draw.choice(["", " "]),
        )
        told = draw.choices(DAYS, k=draw.randint(0, 4))
        for day in told:
            f.make_update(action=action, day=day, status=draw.choice(Status.values), note="As told")
    for action in Action.objects.with_status(date.max).exclude(status=Status.DONE):
        for _ in range(draw.randint(0, 2)):
            reached = draw.choice([None, *DAYS])
            f.make_milestone(action=action, due_on=draw.choice(DAYS), reached_on=reached)
    for _ in range(8):
        f.make_decision_needed(
            workstream=workstreams[0],
            needed_by=draw.choice([None, *DAYS]),
            settled_on=draw.choice([None, *DAYS]),
        )


def latest(action: Action, day: date) -> ActionUpdate | None:
    """The last told of the last day up to the day."""
    told = [update for update in action.updates.order_by("pk") if update.day <= day]
    return max(told, key=lambda update: update.day, default=None) if told else None


def last_of_day(action: Action, day: date) -> str | None:
    """The status on the day: of several entries of the latest day, the last one entered."""
    newest = latest(action, day)
    if newest is None:
        return None
    return [u.status for u in action.updates.order_by("pk") if u.day == newest.day][-1]


def keys(records: Iterable[Any]) -> set[Any]:
    return {record.pk for record in records}


@pytest.mark.parametrize("seed", range(4))
def test_actions_on_a_day_are_those_that_python_finds(seed: int) -> None:
    make_programme(seed)
    every = list(Action.objects.all())
    for day in (FIRST - timedelta(days=1), *DAYS[::3]):
        status = {action.pk: last_of_day(action, day) for action in every}
        is_open = {action.pk for action in every if status[action.pk] not in (None, Status.DONE)}
        late = {a.pk for a in every if a.pk in is_open and a.due_on and a.due_on < day}
        soon = {
            a.pk
            for a in every
            if a.pk in is_open and a.due_on and day <= a.due_on <= day + timedelta(days=14)
        }
        assert {a.pk: a.status for a in Action.objects.with_status(day)} == status
        assert keys(Action.objects.known_on(day)) == {pk for pk, s in status.items() if s}
        assert keys(Action.objects.open_on(day)) == is_open
        assert keys(Action.objects.late_on(day)) == late
        assert {a.pk: a.is_late for a in Action.objects.with_status(day)} == {
            a.pk: a.pk in late for a in every
        }
        assert keys(Action.objects.due_within(day, 14)) == soon
        assert keys(Action.objects.late_or_soon_due(day, 14)) == late | soon


@pytest.mark.parametrize("seed", range(4))
def test_a_workstream_stands_as_the_worst_of_its_open_actions(seed: int) -> None:
    make_programme(seed)
    day = DAYS[-5]
    for workstream in Workstream.objects.with_standing(day).with_next_milestone(day):
        actions = list(Action.objects.filter(workstream=workstream.pk))
        statuses = [s for action in actions if (s := last_of_day(action, day))]
        counted = {status.value: statuses.count(status) for status in Status}
        assert {s: getattr(workstream, s.lower()) for s in Status.values} == counted
        assert workstream.action_count == len(statuses)
        late = [
            a for a in actions if a.due_on and a.due_on < day and last_of_day(a, day) not in (None, "DONE")
        ]
        assert workstream.overdue == len(late)
        worst = next((status for status in OPEN if counted[status]), None)
        assert workstream.status == (worst or (Status.DONE if counted["DONE"] else ""))
        ahead = [
            m
            for m in Milestone.objects.filter(action__workstream=workstream.pk)
            if m.reached_on is None or m.reached_on > day
        ]
        assert workstream.next_milestone_due == min((m.due_on for m in ahead), default=None)


def test_how_many_stand_how_the_worst_first_and_those_without_an_action_last() -> None:
    statuses = ["DONE", None, "AT_RISK", "OFF_TRACK", "AT_RISK", ""]
    assert how_many_stand_how(statuses) == (
        "1 is off track, 2 are at risk, 1 is done and 2 are without an action"
    )


def test_begun_says_more_than_not_begun() -> None:
    workstream = f.make_workstream()
    for status in (Status.NOT_STARTED, Status.DONE, Status.ON_TRACK, Status.AT_RISK, Status.OFF_TRACK):
        f.make_action(status, workstream=workstream)
        (found,) = Workstream.objects.with_standing(DAYS[-1])
        assert found.status == (Status.NOT_STARTED if status is Status.DONE else status)
    (before,) = Workstream.objects.with_standing(FIRST)
    assert (before.action_count, before.status) == (0, "")


@pytest.mark.parametrize("seed", range(3))
def test_milestones_and_decisions_on_a_day(seed: int) -> None:
    make_programme(seed)
    for day in DAYS[::4]:
        late = keys(DecisionNeeded.objects.late_on(day))
        for decision in DecisionNeeded.objects.with_lateness(day):
            assert decision.is_late == (decision.pk in late)
        for model, due, ended in (
            (Milestone, "due_on", "reached_on"),
            (DecisionNeeded, "needed_by", "settled_on"),
        ):
            objects: Any = model.objects  # type: ignore[attr-defined]
            is_open = [r for r in objects.all() if getattr(r, ended) is None or getattr(r, ended) > day]
            late = {r.pk for r in is_open if getattr(r, due) and getattr(r, due) < day}
            last = day + timedelta(days=14)
            soon = {r.pk for r in is_open if getattr(r, due) and day <= getattr(r, due) <= last}
            assert keys(objects.open_on(day)) == keys(is_open)
            assert keys(objects.late_on(day)) == late
            assert keys(objects.due_within(day, 14)) == soon
    for milestone in Milestone.objects.all():
        reached = milestone.reached_on and milestone.reached_on <= DAYS[4]
        assert milestone.standing_on(DAYS[4]).startswith(
            "Reached" if reached else "Late" if milestone.due_on < DAYS[4] else "Due"
        )


def test_risks_are_rated_by_likelihood_times_impact() -> None:
    f.make_risk(likelihood=4, impact=5)
    f.make_risk(likelihood=1, impact=1, status="CLOSED")
    assert [risk.rating for risk in Risk.objects.open().with_rating()] == [20]


def test_notes_stand_beside_their_figure_from_their_day_on_the_newest_first() -> None:
    for day in (FIRST, DAYS[2]):
        f.make_note(title=f"Of {day}", day=day)
    f.make_note(kpi="capacity", day=FIRST)
    assert [note.day for note in KpiNote.objects.beside("panel_reasons", DAYS[2])] == [DAYS[2], FIRST]
    assert [note.day for note in KpiNote.objects.beside("panel_reasons", DAYS[1])] == [FIRST]


# The queue


@pytest.mark.parametrize("seed", range(3))
def test_every_late_or_soon_due_action_waits_for_exactly_one_role(seed: int) -> None:
    make_programme(seed)
    day = DAYS[6]
    waiting = Action.objects.late_or_soon_due(day, SOON_DAYS)
    by_role = {role: list(actions_for(role, day)) for role in ROLES}
    assert sorted(a.pk for actions in by_role.values() for a in actions) == sorted(keys(waiting))
    for role, actions in by_role.items():
        assert {role_of(action.owner) for action in actions} <= {role}
        dues = [action.due_on for action in actions]
        assert dues == sorted(dues)
    for role in set(Role) - set(ROLES):
        assert not actions_for(role, day).exists()
    two = (Role.MANAGER, Role.FINANCE)
    assert keys(actions_for_any(two, day)) == keys(by_role[two[0]]) | keys(by_role[two[1]])
    assert not actions_for_any((), day).exists()


@pytest.mark.parametrize(
    ("owner", "role"),
    [
        ("Finance business partner", Role.FINANCE),
        (" finance ", Role.FINANCE),
        ("SEN officer", Role.OFFICER),
        ("Panel clerk", Role.PANEL_CLERK),
        ("Head of SEN", Role.MANAGER),
        ("Financier", Role.MANAGER),
        ("", Role.MANAGER),
    ],
)
def test_whose_an_action_is(owner: str, role: Role) -> None:
    action = f.make_action("ON_TRACK", owner=owner, due_on=FIRST)
    assert role_of(owner) == role
    assert [role_ for role_ in Role if actions_for(role_, DAYS[5]).filter(pk=action.pk).exists()] == [role]


def test_the_queue_begins_four_weeks_before_an_action_is_due() -> None:
    due = date(2019, 4, 30)
    f.make_action("ON_TRACK", due_on=due)
    found = [
        actions_for(Role.MANAGER, due - timedelta(days=days)).exists() for days in (SOON_DAYS, SOON_DAYS + 1)
    ]
    assert found == [True, False]
