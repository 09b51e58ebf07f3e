"""The queues: every case is in exactly one place, counts match the lists, and each case explains why it is there."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from panel.models import AgendaItem, PanelCase, PanelDecision
from panel.queues import BY_KEY, QUEUES, counts
from tests.factories import make_agenda_item, make_case, make_decision, make_expected, make_meeting
from tests.panel.work.waiting import TODAY, make_waiting

pytestmark = pytest.mark.django_db

OF_CASES = [queue for queue in QUEUES if not queue.case]
ENDED = ("AGREED", "DECLINED", "WITHDRAWN")


def keys(queue: str, day: date = TODAY) -> set[str]:
    """The cases of a queue."""
    wanted = BY_KEY[queue]
    return set(wanted.records(day).values_list(f"{wanted.case}case_id", flat=True))


def place_of(case: PanelCase) -> str:
    """The one place in which a case should be, from its records in plain Python."""
    standing = sorted(case.decisions.filter(void=False), key=lambda decision: decision.meeting_on)
    latest = standing[-1] if standing else None
    decided_on = {decision.meeting_on for decision in standing}
    if latest and latest.outcome in ("AGREED", "WITHDRAWN"):
        return "ended"
    if any(item.meeting.held_on not in decided_on for item in case.agenda_items.select_related("meeting")):
        return "on an agenda"
    if case.ready_on or (latest and latest.outcome == "DEFERRED"):
        return "ready"
    if latest is None:
        return "awaiting-papers"
    if latest.outcome == "DECLINED":
        return "ended"
    return "information-overdue" if latest.due_on and latest.due_on < TODAY else "information-awaited"


@pytest.mark.parametrize("seed", range(4))
def test_every_case_is_in_exactly_one_place(seed: int) -> None:
    make_waiting(seed)
    found = Counter(key for queue in OF_CASES for key in queue.records(TODAY).values_list("pk", flat=True))
    places = {case.pk: place_of(case) for case in PanelCase.objects.all()}
    for case, place in places.items():
        assert found[case] == (place in BY_KEY), (case, place)
        assert place not in BY_KEY or case in keys(place)
    assert {queue.key for queue in OF_CASES} | {"ended", "on an agenda"} == set(places.values())


@pytest.mark.parametrize("seed", range(4))
def test_what_follows_agreements_is_of_agreed_cases_only(seed: int) -> None:
    make_waiting(seed)
    agreed = set(PanelCase.objects.with_state().filter(state="AGREED").values_list("pk", flat=True))
    assert keys("agreed-not-started") <= agreed
    assert keys("reviews-due") <= agreed
    assert keys("agreed-not-started")
    assert keys("reviews-due")


@pytest.mark.parametrize("seed", range(2))
def test_counts_are_those_of_the_lists(seed: int, django_assert_num_queries: Callable[..., Any]) -> None:
    make_waiting(seed)
    with django_assert_num_queries(1):
        found = counts(TODAY)
    for queue in QUEUES:
        of_panels = Counter(queue.records(TODAY).values_list(f"{queue.case}panel", flat=True))
        assert found[queue.key] == {
            panel: of_panels[panel] for panel in ("INDEPENDENT", "ADDITIONAL_FUNDING")
        }


def test_an_empty_store_has_nothing_waiting() -> None:
    assert counts(TODAY) == {queue.key: {"INDEPENDENT": 0, "ADDITIONAL_FUNDING": 0} for queue in QUEUES}


@pytest.mark.parametrize(
    ("due", "queue"),
    [
        (-1, "information-overdue"),
        (0, "information-awaited"),
        (1, "information-awaited"),
        (None, "information-awaited"),
    ],
)
def test_information_is_overdue_when_its_day_is_past(due: int | None, queue: str) -> None:
    due_on = None if due is None else TODAY + timedelta(days=due)
    decision = make_decision(outcome="MORE_INFORMATION", due_on=due_on)
    assert keys(queue) == {decision.case_id}


def test_each_waits_since_its_own_day() -> None:
    since = {
        "awaiting-papers": (make_case(received_on=date(2026, 1, 5)), date(2026, 1, 5)),
        "ready": (make_case(ready_on=date(2026, 2, 2)), date(2026, 2, 2)),
        "information-overdue": (_asked(date(2026, 2, 1)), date(2026, 2, 1)),
        "information-awaited": (_asked(None), date(2026, 1, 20)),
    }
    for queue, (case, day) in since.items():
        assert BY_KEY[queue].records(TODAY).get(pk=case.pk).since == day
    deferred = make_decision(outcome="DEFERRED", meeting_on=date(2026, 2, 20)).case
    assert BY_KEY["ready"].records(TODAY).get(pk=deferred.pk).since == date(2026, 2, 20)


def _asked(due_on: date | None) -> PanelCase:
    asked = make_decision(outcome="MORE_INFORMATION", meeting_on=date(2026, 1, 20), due_on=due_on)
    return asked.case


def test_a_case_on_the_agenda_of_a_meeting_is_in_no_queue() -> None:
    meeting = make_meeting(held_on=TODAY)
    item = make_agenda_item(meeting=meeting, case=make_case(ready_on=TODAY, received_on=TODAY))
    assert not keys("ready")
    AgendaItem.objects.filter(pk=item.pk).delete()
    assert keys("ready") == {item.case_id}


class TestAgreedNotStarted:
    def test_a_place_waits_until_it_starts_or_is_cancelled(self) -> None:
        waiting, refused = make_expected(), make_expected(refused_on=TODAY)
        make_expected(cancelled_on=TODAY)
        assert keys("agreed-not-started") == {waiting.decision.case_id, refused.decision.case_id}

    def test_a_place_of_a_void_decision_does_not(self) -> None:
        expected = make_expected(refused_on=TODAY)
        PanelDecision.objects.filter(pk=expected.decision_id).update(void=True)
        assert not keys("agreed-not-started")

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"starts_on": TODAY}, "Awaiting the school's offer"),
            ({"starts_on": TODAY, "offered_on": date(2026, 3, 1)}, "Awaiting the start"),
            ({}, "Awaiting the school's offer. Late: expected on 3 September 2018"),
            ({"refused_on": TODAY}, "Refused by the school"),
            ({"cancelled_on": TODAY}, "Cancelled: the decision was corrected"),
        ],
    )
    def test_where_it_stands_is_said_in_words(self, given: dict[str, Any], words: str) -> None:
        assert make_expected(**given).standing_on(TODAY) == words


class TestReviewsDue:
    @pytest.mark.parametrize(("days", "due"), [(-1, True), (0, True), (1, False)])
    def test_from_the_day_of_review(self, days: int, due: bool) -> None:
        decision = make_decision(review_on=TODAY + timedelta(days=days))
        assert keys("reviews-due") == ({decision.case_id} if due else set())

    def test_a_later_request_to_the_same_panel_ends_the_wait(self) -> None:
        decision = make_decision(review_on=TODAY)
        child = decision.case.child
        make_case(child=child, panel="ADDITIONAL_FUNDING", received_on=TODAY)
        make_case(child=child, received_on=decision.meeting_on)
        assert keys("reviews-due") == {decision.case_id}
        make_case(child=child, received_on=TODAY)
        assert not keys("reviews-due")
