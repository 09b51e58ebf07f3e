"""Entering and changing requests: what they need, their related records, and drafts."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from panel.models import PanelCase, RequestDraft
from panel.services import requests
from panel.states import State
from sen_dashboard.core.models.holding import ChangedMeanwhileError
from tests import factories as f
from tests.panel.desk import COST, NOW, RECEIVED, TODAY, Desk, rows, seen

pytestmark = pytest.mark.django_db


def test_a_request_is_one_case_with_all_that_came_with_it_and_its_draft_is_gone(desk: Desk) -> None:
    draft = requests.keep_draft(by=desk.clerk, typed={"panel": "INDEPENDENT"}, at=NOW)
    school = f.make_school(sector="STATE_SPECIAL")
    request = desk.request(
        costs={"CORE": COST, "THERAPY": Decimal("0.50"), "TRANSPORT": Decimal(4_000)},
        documents={"DOC-1": "Advice"},
        consultations={school: "FULL"},
    )
    case = requests.enter_request(by=desk.clerk, request=request, draft=draft, today=TODAY)
    assert (case.case_id, case.annual_cost) == ("case-000001", COST + Decimal("0.50"))
    assert case.requested_costs.count() == 3
    assert [(paper.reference, paper.title) for paper in case.documents.all()] == [("DOC-1", "Advice")]
    assert [(asked.school, asked.answer) for asked in case.consultations.all()] == [(school, "FULL")]
    assert not RequestDraft.objects.exists()


def test_keys_go_on_from_the_highest_given_here(desk: Desk) -> None:
    f.make_case(case_id="case-000041")
    f.make_case(case_id="case-9")
    f.make_case(case_id="zebra")
    assert [desk.enter(), desk.enter()] == ["case-000042", "case-000043"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"costs": {}}, "costs"),
        ({"costs": {"TRANSPORT": COST}}, "costs"),
        ({"costs": {"CORE": Decimal(-1)}}, "costs"),
        ({"costs": {"CORE": COST, "OTHER": Decimal(-1)}}, "costs"),
        ({"costs": {"?": COST}}, "costs"),
        ({"costs": {"CORE": Decimal(10) ** 10}}, "costs"),
        ({"attendance": ""}, "attendance"),
        ({"primary_need": "?"}, "primary_need"),
        ({"reasons": ["ONE_TO_ONE"]}, "reasons"),
        ({"received_on": date(2005, 5, 31)}, "received_on"),
        ({"caseworker": "<script>"}, "caseworker"),
        ({"documents": {"DOC-1": ""}}, "documents"),
        ({"documents": {"": "Advice"}}, "documents"),
        ({"documents": {"DOC-1": "\x07"}}, "documents"),
    ],
)
def test_what_is_wrong_is_said_at_what_was_asked_and_nothing_is_kept(
    desk: Desk, given: dict[str, Any], field: str
) -> None:
    request = desk.request(**given)
    before = rows()
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        requests.enter_request(by=desk.clerk, request=request, today=TODAY)
    assert list(refusal.value.message_dict) == [field]
    assert rows() == before


def test_a_change_touches_only_what_differs(desk: Desk) -> None:
    case_id = desk.enter(costs={"CORE": COST, "THERAPY": Decimal(1)}, documents={"D1": "A", "D2": "B"})
    case = PanelCase.objects.get()
    kept = (case.requested_costs.get(kind="CORE").pk, case.documents.get(reference="D1").pk)
    desk.change(case_id, costs={"CORE": COST, "BOARDING": Decimal(5)}, documents={"D1": "A", "D3": "C"})
    case.refresh_from_db()
    assert case.annual_cost == COST + 5
    assert set(case.requested_costs.values_list("kind", flat=True)) == {"CORE", "BOARDING"}
    assert set(case.documents.values_list("reference", flat=True)) == {"D1", "D3"}
    assert kept == (case.requested_costs.get(kind="CORE").pk, case.documents.get(reference="D1").pk)


def test_a_case_that_meetings_know_stays_with_their_panel_and_their_days(desk: Desk) -> None:
    case_id = desk.case_at(State.LISTED)
    for given, field in (
        ({"panel": "ADDITIONAL_FUNDING"}, "panel"),
        ({"received_on": date(2018, 5, 3)}, "received_on"),
    ):
        with pytest.raises(ValidationError) as refusal, transaction.atomic():
            desk.change(case_id, **given)
        assert list(refusal.value.message_dict) == [field]


def test_papers_are_not_complete_before_the_request(desk: Desk) -> None:
    case_id = desk.enter()
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        requests.papers_complete(by=desk.clerk, case_id=case_id, on=RECEIVED - timedelta(days=1))
    assert list(refusal.value.message_dict) == ["on"]
    requests.papers_complete(by=desk.clerk, case_id=case_id, on=RECEIVED)
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        desk.change(case_id, received_on=RECEIVED + timedelta(days=1))
    assert list(refusal.value.message_dict) == ["received_on"]


def test_what_somebody_changed_meanwhile_is_not_overwritten(desk: Desk) -> None:
    case_id = desk.enter()
    old = seen(case_id)
    desk.change(case_id, caseworker="First")
    case = PanelCase.objects.get()
    with pytest.raises(ChangedMeanwhileError, match="Your changes are not saved yet"):
        requests.change_request(
            by=desk.clerk,
            case=case,
            seen=old,
            request=desk.request(child=case.child, caseworker="Second"),
            today=TODAY,
        )
    assert PanelCase.objects.get().caseworker == "First"
