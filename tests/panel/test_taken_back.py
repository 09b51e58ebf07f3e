"""A case entered in error is taken back before a meeting: kept, with who and why, but counted nowhere."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from panel import queues
from panel.counts import cases_awaiting
from panel.models import AgendaItem, PanelCase, PanelDecision
from panel.models.case import HEARD, TAKEN_BACK
from panel.services import requests
from panel.states import Move, State
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.models.history import history_of
from sen_dashboard.core.models.holding import ChangedMeanwhileError
from tests import factories as f
from tests.kpi_pages.test_pages import words
from tests.panel.desk import TODAY, Desk, seen
from tests.programme.test_pages import boxes

pytestmark = pytest.mark.django_db


def counted() -> tuple[int, int]:
    """How many cases wait: in the figures of the panel, and in its queues."""
    of_queues = sum(sum(of_panel.values()) for of_panel in queues.counts(TODAY).values())
    return cases_awaiting(Scope(TODAY)).records.count(), of_queues


@pytest.mark.parametrize("state", [State.AWAITING_PAPERS, State.READY])
def test_it_is_kept_and_counted_nowhere(desk: Desk, state: State) -> None:
    desk.case_at(state)
    case_id = desk.case_at(state)
    assert counted() == (2, 2)
    desk.do(Move.TAKE_BACK, case_id)
    assert counted() == (1, 1)
    case = PanelCase.objects.get(pk=case_id)
    assert (case.void, case.void_reason, case.voided_by) == (True, "Entered twice", desk.clerk)
    assert any(
        change.description == "Entered in error: from no to yes" for change in history_of(case)[0].changes
    )


def test_it_does_not_end_the_wait_of_a_review(desk: Desk) -> None:
    child = f.make_child()
    agreed = desk.case_at(State.AGREED, child=child)
    PanelDecision.objects.filter(case=agreed).update(review_on=TODAY - timedelta(days=30))
    later = desk.enter(child=child)
    PanelCase.objects.filter(pk=later).update(received_on=TODAY - timedelta(days=1))
    assert not queues.BY_KEY["reviews-due"].records(TODAY).exists()
    desk.do(Move.TAKE_BACK, later)
    assert queues.BY_KEY["reviews-due"].records(TODAY).exists()


def test_not_without_a_reason(desk: Desk) -> None:
    case_id = desk.enter()
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        requests.take_back(by=desk.clerk, case_id=case_id, seen=seen(case_id), reason=" ")
    assert refusal.value.message_dict == {"reason": ["Enter why the case is cancelled."]}


def test_not_once_a_panel_decided_on_it(desk: Desk) -> None:
    """Also where it waits for another meeting, its papers complete again."""
    case_id = desk.case_at(State.DECLINED)
    desk.do(Move.PRESENT_AGAIN, case_id)
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        desk.do(Move.TAKE_BACK, case_id)
    assert refusal.value.messages == [HEARD]


def test_not_past_somebody_elses_change_and_not_by_everybody(desk: Desk) -> None:
    case_id = desk.enter()
    version = seen(case_id)
    desk.do(Move.CHANGE_REQUEST, case_id)
    with pytest.raises(ChangedMeanwhileError), transaction.atomic():
        requests.take_back(by=desk.clerk, case_id=case_id, seen=version, reason="Entered twice")
    with pytest.raises(PermissionDenied):
        requests.take_back(
            by=f.make_user(Role.MANAGER), case_id=case_id, seen=seen(case_id), reason="Entered twice"
        )


def test_the_store_itself_keeps_decisions_and_agendas_away_from_it(desk: Desk) -> None:
    case = PanelCase.objects.get(pk=desk.case_at(State.TAKEN_BACK))
    with pytest.raises(IntegrityError, match=TAKEN_BACK), transaction.atomic():
        f.make_decision(case=case)
    with pytest.raises(IntegrityError, match=TAKEN_BACK), transaction.atomic():
        AgendaItem.objects.create(meeting=f.make_meeting(), case=case, position=0)
    listed = desk.case_at(State.LISTED)
    with pytest.raises(IntegrityError, match="it cannot be cancelled"), transaction.atomic():
        PanelCase.objects.filter(pk=listed).update(void=True, void_reason="By SQL", voided_by=desk.clerk)


def test_the_page_asks_why_and_the_case_says_so_then(desk: Desk, client: Client) -> None:
    case_id = desk.enter()
    client.force_login(desk.clerk)
    page = client.get(reverse("case", args=[case_id]))
    address = reverse("case_take_back", args=[case_id])
    assert f'href="{address}"' in page.content.decode()
    typed = boxes(client.get(address))
    assert "Enter why the case is cancelled." in words(client.post(address, typed))
    answer = client.post(address, typed | {"reason": "Meant for another child"})
    case_page = words(client.get(answer["Location"]))
    assert (
        f"Cancelled: panel case {case_id}. It is kept, but no longer appears in any queue or figure."
        in case_page
    )
    assert f"Cancelled, entered in error. {desk.clerk}: Meant for another child" in case_page
    assert address not in client.get(answer["Location"]).content.decode()
    child = client.get(reverse("child", args=[PanelCase.objects.get(pk=case_id).child_id]))
    assert "Recorded in error: " in words(child)
