"""Two people at once: an action is not done while one of its milestones is open, whichever change comes last."""

import threading
from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.models.holding import ChangedMeanwhileError
from sen_dashboard.programme.models import Action, ActionUpdate, Milestone
from sen_dashboard.programme.services import actions, decisions, milestones
from tests import factories as f
from tests.accounts.test_people import wait_for_a_lock
from tests.store.test_concurrency import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = date(2019, 4, 30)


def while_another(act: Callable[[], object], first: Callable[[], object]) -> list[object]:
    """What ``act`` returns or raises on a connection of its own, begun before the transaction of ``first`` ends."""
    happened: list[object] = []

    def run() -> None:
        try:
            happened.append(act())
        except (IntegrityError, ValidationError) as error:
            happened.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=run)
    with transaction.atomic():
        first()
        other.start()
        wait_for_a_lock()
    other.join(timeout=60)
    return happened


def done(action: Action) -> ActionUpdate:
    return ActionUpdate.objects.create(action=action, day=TODAY, status="DONE")


def test_an_end_and_a_new_milestone_cannot_pass_each_other_even_by_sql() -> None:
    action = f.make_action("ON_TRACK")
    (refused,) = while_another(partial(done, action), partial(f.make_milestone, action=action))
    assert isinstance(refused, IntegrityError)
    assert "The action has milestones that are not reached" in str(refused)

    ended = f.make_action("ON_TRACK")
    (refused,) = while_another(partial(f.make_milestone, action=ended), partial(done, ended))
    assert isinstance(refused, IntegrityError)
    assert "The action is done" in str(refused)


def test_of_an_officer_who_ends_and_one_who_adds_a_milestone_one_is_told() -> None:
    action = f.make_action("ON_TRACK")
    officers = [f.make_user(Role.OFFICER) for _ in range(8)]
    calls = [
        partial(milestones.add_milestone, by=by, of=action, title="Terms", due_on=TODAY)
        if n % 2
        else partial(actions.add_update, by=by, action=action, day=TODAY, status="DONE", note="", today=TODAY)
        for n, by in enumerate(officers)
    ]
    results = all_at_once(*calls)
    assert all(isinstance(result, ActionUpdate | Milestone | ValidationError) for result in results), results
    is_done = Action.objects.with_status(TODAY).get().status == "DONE"
    assert is_done != Milestone.objects.exists()


def test_of_managers_who_settle_a_decision_at_once_one_does_and_the_others_see_it() -> None:
    item = f.make_decision_needed()
    managers = [f.make_user(Role.MANAGER) for _ in range(6)]
    results = all_at_once(
        *(
            partial(
                decisions.settle_decision,
                by=manager,
                item=item,
                seen=1,
                settled_on=TODAY,
                settled_as=f"As {manager} says",
                today=TODAY,
            )
            for manager in managers
        )
    )
    assert sum(isinstance(result, ChangedMeanwhileError) for result in results) == 5
    item.refresh_from_db()
    assert item.settled_as == f"As {item.settled_by} says"


def test_of_officers_who_reach_a_milestone_at_once_one_does() -> None:
    milestone = f.make_milestone()
    officers = [f.make_user(Role.OFFICER) for _ in range(6)]
    results = all_at_once(
        *(
            partial(
                milestones.reach_milestone,
                by=officer,
                milestone=milestone,
                seen=1,
                reached_on=date(2019, 4, n + 1),
                today=TODAY,
            )
            for n, officer in enumerate(officers)
        )
    )
    (reached,) = (result for result in results if isinstance(result, Milestone))
    assert sum(isinstance(result, ChangedMeanwhileError) for result in results) == 5
    assert Milestone.objects.get().reached_on == reached.reached_on
