"""Entering the programme: by whom, what is refused with which sentence, and what is kept."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InternalError, transaction

from provision import services as provision_services
from provision.models import CommissioningChange
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.models.history import history_of, version_of
from sen_dashboard.core.models.holding import ChangedMeanwhileError
from sen_dashboard.core.models.trail import changes_by
from sen_dashboard.programme.models import (
    Action,
    ActionUpdate,
    DecisionNeeded,
    KpiNote,
    Milestone,
    Risk,
    Workstream,
)
from sen_dashboard.programme.services import actions, decisions, milestones, notes, risks, workstreams
from tests import factories as f

pytestmark = pytest.mark.django_db

TODAY = date(2019, 4, 30)
TOMORROW = TODAY + timedelta(days=1)
TO_COME = "Enter 30 April 2019 or an earlier date: this one is in the future."
KEPT = (Workstream, Action, ActionUpdate, Milestone, Risk, DecisionNeeded, KpiNote, CommissioningChange)

WORKSTREAM = {"title": "Outcomes", "lead": "Head of SEN", "aim": "Better plans"}
ACTION: dict[str, Any] = {
    "title": "Negotiate",
    "workstream": None,
    "lever": "REDUCE_SPEND",
    "owner": "Head of SEN",
    "due_on": date(2019, 6, 30),
    "kpi": "ehcp_share",
    "kpi_key": "share_pct",
    "kpi_row": "",
    "expected_change": Decimal("-1.5"),
    "expected_from": date(2019, 9, 1),
}
CHANGE: dict[str, Any] = {
    "title": "A new school",
    "school": None,
    "provision": "SPECIAL",
    "effective_on": date(2019, 9, 1),
    "places_change": 96,
    "needs": ["ASD"],
    "district": "Swale",
    "status": "APPROVED",
    "note": "",
}
NOTE = {"kpi": "panel_reasons", "title": "Reasons", "text": "One\nTwo", "day": TODAY}


def risk(**given: Any) -> dict[str, Any]:
    of = given.pop("workstream", None) or f.make_workstream()
    fields = {
        "title": "Fees rise",
        "workstream": of,
        "likelihood": 4,
        "impact": 3,
        "mitigation": "A framework",
    }
    return {**fields, "owner": "Head of SEN", "status": "OPEN", **given}


def decision() -> dict[str, Any]:
    of = f.make_workstream()
    return {"title": "Agree the tender", "workstream": of, "asked_of": "Cabinet", "needed_by": TODAY}


@pytest.fixture
def officer() -> User:
    return f.make_user(Role.OFFICER)


@pytest.fixture
def manager() -> User:
    return f.make_user(Role.MANAGER)


def told(refusal: Any) -> dict[str, list[str]]:
    return refusal.value.message_dict  # type: ignore[no-any-return]


# Who may

EDITORS, MANAGERS = {Role.OFFICER, Role.MANAGER}, {Role.MANAGER}
WRITES: dict[str, tuple[set[Role], Callable[[User], Any]]] = {
    "add_workstream": (EDITORS, lambda by: workstreams.add_workstream(by=by, **WORKSTREAM)),
    "change_workstream": (
        EDITORS,
        lambda by: workstreams.change_workstream(by=by, workstream=f.make_workstream(), seen=1, **WORKSTREAM),
    ),
    "add_action": (
        EDITORS,
        lambda by: actions.add_action(by=by, today=TODAY, status="ON_TRACK", note="", **ACTION),
    ),
    "change_action": (
        EDITORS,
        lambda by: actions.change_action(by=by, action=f.make_action(), seen=1, **ACTION),
    ),
    "add_update": (
        EDITORS,
        lambda by: actions.add_update(
            by=by, action=f.make_action(), day=TODAY, status="ON_TRACK", note="", today=TODAY
        ),
    ),
    "add_milestone": (
        EDITORS,
        lambda by: milestones.add_milestone(by=by, of=f.make_action(), title="Terms", due_on=TODAY),
    ),
    "reach_milestone": (
        EDITORS,
        lambda by: milestones.reach_milestone(
            by=by, milestone=f.make_milestone(), seen=1, reached_on=TODAY, today=TODAY
        ),
    ),
    "reach_milestone of the plan": (
        MANAGERS,
        lambda by: milestones.reach_milestone(
            by=by, milestone=f.make_milestone(change=f.make_change()), seen=1, reached_on=TODAY, today=TODAY
        ),
    ),
    "change_milestone of the plan": (
        MANAGERS,
        lambda by: milestones.change_milestone(
            by=by,
            milestone=f.make_milestone(change=f.make_change()),
            seen=1,
            title="Terms",
            due_on=TODAY,
            reached_on=None,
            today=TODAY,
        ),
    ),
    "add_milestone of the plan": (
        MANAGERS,
        lambda by: milestones.add_milestone(by=by, of=f.make_change(), title="Terms", due_on=TODAY),
    ),
    "add_risk": (EDITORS, lambda by: risks.add_risk(by=by, today=TODAY, **risk())),
    "change_risk": (
        EDITORS,
        lambda by: risks.change_risk(by=by, risk=f.make_risk(), seen=1, today=TODAY, **risk()),
    ),
    "add_decision": (EDITORS, lambda by: decisions.add_decision(by=by, **decision())),
    "change_decision": (
        EDITORS,
        lambda by: decisions.change_decision(by=by, item=f.make_decision_needed(), seen=1, **decision()),
    ),
    "settle_decision": (
        MANAGERS,
        lambda by: decisions.settle_decision(
            by=by,
            item=f.make_decision_needed(),
            seen=1,
            settled_on=TODAY,
            settled_as="Agreed",
            today=TODAY,
        ),
    ),
    "add_note": (MANAGERS, lambda by: notes.add_note(by=by, **NOTE)),
    "change_note": (MANAGERS, lambda by: notes.change_note(by=by, note=f.make_note(), seen=1, **NOTE)),
    "remove_note": (MANAGERS, lambda by: notes.remove_note(by=by, note=f.make_note(), seen=1)),
    "add_change": (MANAGERS, lambda by: provision_services.add_change(by=by, **CHANGE)),
    "change_change": (
        MANAGERS,
        lambda by: provision_services.change_change(by=by, change=f.make_change(), seen=1, **CHANGE),
    ),
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", WRITES)
def test_each_role_writes_what_is_its_own_and_it_is_in_the_trail_as_its(name: str, role: Role) -> None:
    roles, write = WRITES[name]
    person = f.make_user(role)
    if role not in roles:
        with pytest.raises(PermissionDenied):
            write(person)
        return
    with changes_by(person):
        written = write(person)
    if written is not None:
        of = written.of if isinstance(written, Milestone) else getattr(written, "action", written)
        assert history_of(of)[0].who == str(person)


# What is told


def test_what_is_entered_has_a_key_that_no_file_has(manager: User) -> None:
    written = [write(manager) for name, (_, write) in WRITES.items() if name.startswith("add_")]
    keys = [record.pk for record in written if isinstance(record.pk, str)]
    assert len(keys) == 8
    assert all(key.startswith("entered-") for key in keys)


def test_an_action_begins_with_an_update_of_today(officer: User) -> None:
    action = actions.add_action(by=officer, today=TODAY, status="AT_RISK", note="Two refuse", **ACTION)
    (update,) = action.updates.all()
    assert (update.day, update.status, update.note, update.recorded_by) == (
        TODAY,
        "AT_RISK",
        "Two refuse",
        officer,
    )
    assert action.expected_change == Decimal("-1.5")


def test_an_action_that_would_begin_without_its_sentence_is_not_entered(officer: User) -> None:
    with pytest.raises(ValidationError) as refusal:
        actions.add_action(by=officer, today=TODAY, status="OFF_TRACK", note=" ", **ACTION)
    assert told(refusal) == {"note": ["Enter in a sentence why it is at risk or off track."]}
    assert not Action.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "at", "sentence"),
    [
        ({"kpi": "", "kpi_key": ""}, "kpi_key", "An expected change needs the KPI and the number that it is"),
        (
            {"kpi_key": ""},
            "kpi_key",
            "An expected change needs the KPI and the number that it is a change of.",
        ),
        (
            {"expected_from": None},
            "expected_from",
            "Enter an expected change and the date it is expected from",
        ),
        (
            {"expected_change": None},
            "expected_from",
            "Enter an expected change and the date it is expected from",
        ),
        ({"title": "two\nlines"}, "title", "Enter what is being done, in words on one line."),
        ({"title": "<b>bold</b>"}, "title", "Use plain words"),
        ({"lever": "REDUCE"}, "lever", "Value 'REDUCE' is not a valid choice."),
    ],
)
def test_what_is_wrong_with_an_action_is_said_at_its_field(
    officer: User, wrong: dict[str, Any], at: str, sentence: str
) -> None:
    action = f.make_action()
    for write in (
        lambda: actions.add_action(by=officer, today=TODAY, status="ON_TRACK", note="", **ACTION | wrong),
        lambda: actions.change_action(by=officer, action=action, seen=1, **ACTION | wrong),
    ):
        with pytest.raises(ValidationError) as refusal:
            write()
        assert told(refusal)[at][0].startswith(sentence)
    assert list(Action.objects.values_list("title", flat=True)) == ["Negotiate with schools"]


def update(by: User, action: Action, day: date, status: str, note: str = "As told") -> ActionUpdate:
    return actions.add_update(by=by, action=action, day=day, status=status, note=note, today=TODAY)


def test_an_update_is_never_of_tomorrow_and_may_be_of_any_day_before(officer: User) -> None:
    action = f.make_action("ON_TRACK")
    with pytest.raises(ValidationError) as refusal:
        update(officer, action, TOMORROW, "DONE")
    assert told(refusal) == {"day": [TO_COME]}
    late = update(officer, action, date(2018, 12, 31), "AT_RISK")
    assert Action.objects.with_status(TODAY).get().status == "ON_TRACK"
    assert Action.objects.with_status(late.day).get().status == "AT_RISK"


def test_a_mistake_of_today_is_put_right_by_another_entry_and_both_stay(officer: User) -> None:
    action = f.make_action("ON_TRACK")
    update(officer, action, TODAY, "DONE")
    update(officer, action, TODAY, "AT_RISK", "It was another action that is done")
    assert [u.status for u in action.updates.newest_first()] == ["AT_RISK", "DONE", "ON_TRACK"]
    assert Action.objects.with_status(TODAY).get().status == "AT_RISK"


def test_postgresql_keeps_every_update_as_it_is() -> None:
    told_once = f.make_update()
    for change in (lambda: told_once.delete(), lambda: ActionUpdate.objects.update(status="DONE")):
        with pytest.raises(InternalError, match="Cannot update or delete rows"), transaction.atomic():
            change()
    assert ActionUpdate.objects.get().status == "ON_TRACK"


def test_an_action_with_open_milestones_is_not_done_and_they_are_named(officer: User) -> None:
    action = f.make_action("ON_TRACK")
    f.make_milestone(action=action, title="Terms agreed", due_on=date(2019, 3, 1))
    f.make_milestone(action=action, title="Contract signed", due_on=date(2019, 5, 1), reached_on=TODAY)
    f.make_milestone(action=action, title="Offers in", due_on=date(2019, 2, 1), reached_on=date(2019, 2, 1))
    for day, named in (
        (TODAY, "Terms agreed, due 1 March 2019."),
        (date(2019, 4, 29), "Terms agreed, due 1 March 2019; Contract signed, due 1 May 2019."),
    ):
        with pytest.raises(ValidationError) as refusal:
            update(officer, action, day, "DONE")
        (sentence,) = told(refusal)["status"]
        assert sentence.startswith("The action has milestones that are not reached")
        assert sentence.endswith(named)
    assert Action.objects.with_status(TODAY).get().status == "ON_TRACK"


def test_a_done_action_takes_no_open_milestone_until_it_is_reopened(officer: User) -> None:
    action = f.make_action("DONE")
    add = lambda: milestones.add_milestone(by=officer, of=action, title="More", due_on=TODAY)  # noqa: E731
    with pytest.raises(ValidationError) as refusal:
        add()
    assert "The action is done" in str(refusal.value)
    update(officer, action, TODAY, "ON_TRACK")
    milestone = add()
    milestones.reach_milestone(
        by=officer, milestone=milestone, seen=version_of(milestone), reached_on=TODAY, today=TODAY
    )
    update(officer, action, TODAY, "DONE")
    with pytest.raises(ValidationError, match="The action is done"):
        milestones.change_milestone(
            by=officer,
            milestone=milestone,
            seen=version_of(milestone),
            title="More",
            due_on=TODAY,
            reached_on=None,
            today=TODAY,
        )


def test_nothing_has_happened_tomorrow(manager: User) -> None:
    milestone, item = f.make_milestone(), f.make_decision_needed()
    for write, field in (
        (
            lambda: milestones.reach_milestone(
                by=manager, milestone=milestone, seen=1, reached_on=TOMORROW, today=TODAY
            ),
            "reached_on",
        ),
        (
            lambda: decisions.settle_decision(
                by=manager, item=item, seen=1, settled_on=TOMORROW, settled_as="Agreed", today=TODAY
            ),
            "settled_on",
        ),
    ):
        with pytest.raises(ValidationError) as refusal:
            write()
        assert told(refusal) == {field: [TO_COME]}
    assert version_of(milestone) == version_of(item) == 1


@pytest.mark.parametrize("number", [0, 6])
@pytest.mark.parametrize("field", ["likelihood", "impact"])
def test_a_risk_is_rated_from_1_to_5(officer: User, field: str, number: int) -> None:
    with pytest.raises(ValidationError) as refusal:
        risks.add_risk(by=officer, today=TODAY, **risk(**{field: number}))
    assert told(refusal) == {field: ["Enter a whole number from 1 to 5."]}


def test_a_risk_says_when_it_was_rated_and_the_trail_what_it_was(officer: User) -> None:
    rated = risks.add_risk(by=officer, today=date(2019, 3, 1), **risk())
    risks.change_risk(
        by=officer, risk=rated, seen=1, today=TODAY, **risk(workstream=rated.workstream, likelihood=5)
    )
    rated.refresh_from_db()
    assert (rated.likelihood, rated.updated_on) == (5, TODAY)
    changes = {change.field: (change.before, change.after) for change in history_of(rated)[0].changes}
    assert changes["Likelihood"] == ("4", "5")


def test_a_decision_is_settled_with_who_and_when_and_may_be_put_right(manager: User) -> None:
    item = f.make_decision_needed()
    for seen, words in ((1, "Agreed"), (2, "Agreed for one year")):
        with changes_by(manager):
            decisions.settle_decision(
                by=manager, item=item, seen=seen, settled_on=TODAY, settled_as=words, today=TODAY
            )
    item.refresh_from_db()
    assert (item.settled_on, item.settled_as, item.settled_by) == (TODAY, "Agreed for one year", manager)
    newest = history_of(item)[0]
    assert newest.who == str(manager)
    assert [(c.before, c.after) for c in newest.changes] == [("Agreed", "Agreed for one year")]
    with pytest.raises(ValidationError) as refusal:
        decisions.settle_decision(
            by=manager, item=item, seen=3, settled_on=TODAY, settled_as=" ", today=TODAY
        )
    assert told(refusal) == {"settled_as": ["Enter what was decided."]}


def test_what_was_asked_is_reworded_by_an_officer_until_it_is_settled(manager: User, officer: User) -> None:
    """Afterwards "Fund 12 places" would read "Fund 40 places" under what a manager decided."""
    item = f.make_decision_needed(title="Fund 12 places")
    fields = {"workstream": item.workstream, "asked_of": "Cabinet", "needed_by": None}
    decisions.change_decision(by=officer, item=item, seen=1, title="Fund 16 places", **fields)
    decisions.settle_decision(
        by=manager, item=item, seen=2, settled_on=TODAY, settled_as="Agreed", today=TODAY
    )
    with pytest.raises(PermissionDenied):
        decisions.change_decision(by=officer, item=item, seen=3, title="Fund 40 places", **fields)
    item.refresh_from_db()
    assert item.title == "Fund 16 places"
    changed = decisions.change_decision(by=manager, item=item, seen=3, title="Fund 18 places", **fields)
    assert changed.title == "Fund 18 places"


def test_a_note_that_is_removed_is_kept_in_the_trail(manager: User) -> None:
    note = notes.add_note(by=manager, **NOTE)
    notes.remove_note(by=manager, note=note, seen=1)
    assert not KpiNote.objects.exists()
    assert [entry.done for entry in history_of(KpiNote(pk=note.note_id))[:9]] == ["Removed", "Added"]
    assert note.points == ["One", "Two"]


# Somebody else meanwhile


@pytest.mark.parametrize(
    ("make", "change"),
    [
        (
            f.make_workstream,
            lambda by, it: workstreams.change_workstream(by=by, workstream=it, seen=1, **WORKSTREAM),
        ),
        (f.make_action, lambda by, it: actions.change_action(by=by, action=it, seen=1, **ACTION)),
        (
            f.make_milestone,
            lambda by, it: milestones.reach_milestone(
                by=by, milestone=it, seen=1, reached_on=TODAY, today=TODAY
            ),
        ),
        (f.make_risk, lambda by, it: risks.change_risk(by=by, risk=it, seen=1, today=TODAY, **risk())),
        (
            f.make_decision_needed,
            lambda by, it: decisions.settle_decision(
                by=by, item=it, seen=1, settled_on=TODAY, settled_as="Agreed", today=TODAY
            ),
        ),
        (f.make_note, lambda by, it: notes.change_note(by=by, note=it, seen=1, **NOTE)),
        (f.make_change, lambda by, it: provision_services.change_change(by=by, change=it, seen=1, **CHANGE)),
    ],
)
def test_what_somebody_changed_meanwhile_is_not_overwritten(
    manager: User, make: Callable[[], Any], change: Callable[[User, Any], Any]
) -> None:
    record, other = make(), f.make_user(Role.MANAGER)
    with changes_by(other):
        type(record).objects.filter(pk=record.pk).update(title="Somebody else's words")
    with pytest.raises(ChangedMeanwhileError, match="Your changes are not saved yet") as refusal:
        change(manager, record)
    assert [entry.who for entry in refusal.value.entries] == [str(other)]
    assert refusal.value.version == 2
    record.refresh_from_db()
    assert record.title == "Somebody else's words"


def test_an_action_knows_what_was_told_of_it_and_reached_meanwhile() -> None:
    action = f.make_action()
    milestone = f.make_milestone(action=action)
    f.make_update(action=action, status="ON_TRACK")
    Milestone.objects.update(reached_on=TODAY)
    described = [entry.record for entry in history_of(action)[:9]]
    assert described == [
        f"Milestone {milestone.pk}",
        f"Update of action {action.pk}: 31 January 2019, On track",
        f"Milestone {milestone.pk}",
        f"Action {action.pk}",
    ]


def test_a_milestone_is_in_the_history_of_the_change_that_it_belongs_to() -> None:
    change = f.make_change()
    milestone = f.make_milestone(change=change)
    assert [entry.record for entry in history_of(change)[:9]] == [
        f"Milestone {milestone.pk}",
        f"Commissioning change {change.pk}",
    ]
