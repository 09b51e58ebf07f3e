"""Two people at once: a rule across tables holds whichever of them commits last."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from panel.models import AgendaItem, ExpectedPlacement, PanelCase, PanelDecision, PanelMeeting
from panel.services import decisions, meetings, requests
from panel.states import State
from placements.models import CostLine, Placement
from placements.services import lower_cost, raise_cost
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.models.history import version_of
from sen_dashboard.core.models.holding import ChangedMeanwhileError, locked
from sen_dashboard.core.models.saving import save_with
from tests import factories as f
from tests.accounts.test_people import wait_for_a_lock
from tests.panel.desk import NOW, TERM, TODAY, Desk, decision, seen


@pytest.mark.django_db(transaction=True)
def test_a_cost_line_and_the_end_of_its_placement_cannot_pass_each_other() -> None:
    """One adds a line from March while the other ends the placement in December: the later one is refused."""
    placement = f.make_placement(starts_on=date(2018, 4, 1), ends_on=None)
    refused: list[str] = []

    def end_placement() -> None:
        try:
            Placement.objects.filter(pk=placement.pk).update(ends_on=date(2018, 12, 31))
        except IntegrityError as error:
            refused.append(str(error))
        finally:
            connection.close()

    other = threading.Thread(target=end_placement)
    with transaction.atomic():
        f.make_cost_line(placement=placement, starts_on=date(2019, 3, 1))
        other.start()
        other.join(timeout=1)
        assert other.is_alive(), "the end of the placement must wait for the line's transaction"
    other.join(timeout=30)

    assert len(refused) == 1
    assert CostLine.objects.count() == 1
    assert Placement.objects.get().ends_on is None


# Clerks of the panel


def all_at_once(*calls: Callable[[], object]) -> list[object]:
    """What each call returned or raised, each from a thread and on a connection of its own, all let go together."""
    together = threading.Barrier(len(calls))
    results: list[object] = [None] * len(calls)

    def run(place: int) -> None:
        try:
            connection.ensure_connection()
            together.wait(timeout=60)
            results[place] = calls[place]()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return results


@pytest.mark.django_db(transaction=True)
def test_twenty_clerks_decide_one_case_and_one_decision_stands() -> None:
    """At its meeting and, some of them, outside it, where nothing but the case is theirs to lock."""
    desk = Desk()
    case_id = desk.case_at(State.LISTED)
    meeting, version = PanelMeeting.objects.get(), seen(case_id)
    clerks = [f.make_user(Role.PANEL_CLERK) for _ in range(20)]

    def decide(clerk: User, outcome: str) -> PanelDecision:
        return decisions.decide(
            by=clerk,
            meeting=meeting,
            case_id=case_id,
            seen=version,
            decision=decision(outcome, meeting.held_on),
            at=NOW,
        )

    def ratify(clerk: User) -> PanelDecision:
        return decisions.ratify(
            by=clerk,
            case_id=case_id,
            seen=version,
            route="EMERGENCY",
            decided_on=TODAY,
            decision=decision("AGREED", TODAY),
            at=NOW,
        )

    at_the_meeting = ("AGREED", "DECLINED", "DEFERRED", "WITHDRAWN")
    results = all_at_once(
        *(partial(decide, clerk, at_the_meeting[n % 4]) for n, clerk in enumerate(clerks[:12])),
        *(partial(ratify, clerk) for clerk in clerks[12:]),
    )

    (stands,) = (result for result in results if isinstance(result, PanelDecision))
    assert sum(isinstance(result, ChangedMeanwhileError) for result in results) == 19
    assert PanelDecision.objects.get() == stands
    assert ExpectedPlacement.objects.count() == (stands.outcome == "AGREED")


@pytest.mark.django_db(transaction=True)
def test_two_clerks_put_cases_on_two_agendas_and_each_case_is_on_one() -> None:
    """In opposite orders, so that they would wait for each other for ever if each locked as it went."""
    desk = Desk()
    cases = [desk.case_at(State.READY) for _ in range(6)]
    calls = [
        partial(meetings.put_on_agenda, by=desk.clerk, meeting=meeting, case_ids=case_ids)
        for meeting, case_ids in ((desk.meeting(), cases), (desk.meeting(), cases[::-1]))
    ]

    results = all_at_once(*calls)

    (told,) = (result for result in results if isinstance(result, ValidationError))
    assert all("It is on the agenda of a meeting." in sentence for sentence in told.messages)
    assert sorted(AgendaItem.objects.values_list("case", flat=True)) == sorted(cases)
    assert AgendaItem.objects.values("meeting").distinct().count() == 1


PATIENCE = 60
"""Seconds to wait for others on a busy machine."""


def wait_for_waiting(number: int) -> None:
    """Until so many other connections wait for a lock, whoever holds it."""
    with connection.cursor() as cursor:
        for _ in range(PATIENCE * 50):
            # What others do is read once in a transaction, unless it is forgotten.
            cursor.execute("SELECT pg_stat_clear_snapshot(), pg_sleep(0.02)")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0] >= number:
                return
    raise AssertionError(f"there are not {number} that wait")


@pytest.mark.django_db(transaction=True)
def test_one_defers_cases_while_another_puts_them_on_an_agenda() -> None:
    """In opposite orders, so that they would wait for each other for ever if each locked as it went."""
    desk = Desk()
    meeting, later = desk.meeting(), desk.meeting()
    cases = sorted(desk.case_at(State.READY) for _ in range(12))
    meetings.put_on_agenda(by=desk.clerk, meeting=meeting, case_ids=cases)

    results: list[object] = []
    defer = partial(
        meetings.defer_all, by=desk.clerk, meeting=meeting, case_ids=cases[::-1], reason="No time", at=NOW
    )
    put = partial(meetings.put_on_agenda, by=desk.clerk, meeting=later, case_ids=cases)
    others = threading.Thread(target=lambda: results.extend(all_at_once(defer, put)))
    with transaction.atomic():
        PanelCase.objects.select_for_update().get(pk=cases[6])  # so that both have cases and wait for another
        others.start()
        wait_for_waiting(2)
    others.join(timeout=60)

    deferred, listed = results
    assert isinstance(deferred, list), deferred
    assert isinstance(listed, list | ValidationError), listed
    assert PanelDecision.objects.filter(outcome="DEFERRED").count() == 12
    assert later.items.count() == (12 if isinstance(listed, list) else 0)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_defer_the_same_cases_one_does() -> None:
    """The one finds them decided when the other has done."""
    desk = Desk()
    meeting = desk.meeting()
    cases = [desk.case_at(State.READY) for _ in range(4)]
    meetings.put_on_agenda(by=desk.clerk, meeting=meeting, case_ids=cases)
    defer = partial(meetings.defer_all, by=desk.clerk, meeting=meeting, reason="No time", at=NOW)

    results = all_at_once(partial(defer, case_ids=cases), partial(defer, case_ids=cases[::-1]))

    (told,) = (result for result in results if isinstance(result, ValidationError))
    assert len(told.messages) == 1
    assert "already decided on that day" in told.messages[0]
    assert sorted(PanelDecision.objects.values_list("case", flat=True)) == sorted(cases)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("line", "first", "then", "costs"),
    [
        ({"starts_on": TERM}, 1_000, 200, {TERM: 37_200}),
        ({"starts_on": TERM - timedelta(days=90)}, 1_000, 200, {TERM: 37_200}),
        ({"kind": "THERAPY"}, 1_000, 200, {TERM: 1_200}),
        ({"starts_on": TERM}, -1_000, 200, {TERM: 35_200}),
        ({"starts_on": TERM}, 1_000, -200, {TERM: 36_800}),
    ],
    ids=[
        "raised twice",
        "raised from then on twice",
        "begun twice",
        "lowered and raised",
        "raised and lowered",
    ],
)
def test_two_who_change_one_cost_lose_nothing_of_either(
    line: dict[str, Any], first: int, then: int, costs: dict[date, int]
) -> None:
    """The second waits until the first is done, and reckons with what the first left."""
    clerk = f.make_user(Role.PANEL_CLERK)
    held = f.make_cost_line(placement=f.make_placement(), annual_amount=Decimal(36_000), **line)

    def change(amount: int) -> None:
        if amount < 0:
            lower_cost(by=clerk, line=held, amount=Decimal(-amount))
        else:
            raise_cost(
                by=clerk, placement=held.placement, kind="CORE", amount=Decimal(amount), starts_on=TERM
            )

    results: list[object] = []
    other = threading.Thread(target=lambda: results.extend(all_at_once(partial(change, then))))
    with transaction.atomic():
        change(first)
        other.start()
        wait_for_a_lock()
    other.join(timeout=30)

    assert results == [None]
    in_force = CostLine.objects.filter(kind="CORE", void=False, ends_on=None)
    assert dict(in_force.values_list("starts_on", "annual_amount")) == costs


@pytest.mark.django_db(transaction=True)
def test_a_cost_is_lowered_only_once_the_placement_is_free() -> None:
    """Finance holds the placement and then changes its line; a line locked first by the panel would block both."""
    clerk = f.make_user(Role.PANEL_CLERK)
    held = f.make_cost_line(placement=f.make_placement(), annual_amount=Decimal(36_000))
    results: list[object] = []
    lower = partial(lower_cost, by=clerk, line=held, amount=Decimal(1_000))
    other = threading.Thread(target=lambda: results.extend(all_at_once(lower)))
    with transaction.atomic():
        locked(held.placement)
        other.start()
        wait_for_a_lock()
        save_with(CostLine.objects.select_for_update(nowait=True).get(pk=held.pk), {"annual_amount": 40_000})
    other.join(timeout=30)

    assert results == [None]
    assert CostLine.objects.get().annual_amount == 39_000


@pytest.mark.django_db(transaction=True)
def test_clerks_who_enter_requests_at_once_get_a_key_each() -> None:
    desk = Desk()
    wanted = [desk.request() for _ in range(8)]

    results = all_at_once(
        *(partial(requests.enter_request, by=desk.clerk, request=request, today=TODAY) for request in wanted)
    )

    assert [type(result) for result in results] == [PanelCase] * 8, results
    assert PanelCase.objects.count() == 8


@pytest.mark.django_db(transaction=True)
def test_a_decision_is_of_the_day_to_which_its_meeting_was_moved_or_keeps_it_there() -> None:
    desk = Desk()
    case_id = desk.case_at(State.LISTED)
    meeting = PanelMeeting.objects.get()
    later = meeting.held_on + timedelta(days=7)
    move = partial(
        meetings.change_meeting,
        by=desk.clerk,
        meeting=meeting,
        seen=version_of(meeting),
        held_on=later,
        starts_at=meeting.starts_at,
        slot_minutes=15,
        quorum=2,
        place="",
    )

    moved, _ = all_at_once(move, partial(desk.decide, case_id, "DEFERRED"))

    meeting.refresh_from_db()
    assert PanelDecision.objects.get().meeting_on == meeting.held_on
    assert isinstance(moved, ValidationError) or meeting.held_on == later
