"""The pages for entering decisions: errors at fields, nothing typed lost, unusual values asked about."""

from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from panel.models import Confirmation, PanelCase, PanelDecision, PanelMeeting
from panel.pages.papers import papers
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.models.history import version_of
from tests.factories import (
    make_agenda_item,
    make_case,
    make_child,
    make_cost_line,
    make_decision,
    make_meeting,
    make_member,
    make_placement,
    make_plan,
    make_requested_cost,
    make_school,
    make_user,
)

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

NEXT_YEAR = localdate().year + 1


@pytest.fixture
def desk(client: "Client") -> "Client":
    """A clerk; a case on the agenda of today's meeting; enough similar placements for a value to be unusual."""
    for _ in range(6):
        make_cost_line(placement=make_placement(plan=make_plan(primary_need="ASD")))
    client.force_login(make_user(Role.PANEL_CLERK, username="clerk"))
    meeting = make_meeting(pk=1, held_on=localdate(), quorum=1)
    make_member(meeting=meeting, present=True)
    for case_id in ("K1", "K2"):
        case = make_case(
            case_id=case_id,
            child=make_child(date_of_birth=date(NEXT_YEAR - 10, 6, 1)),
            attendance="DAY",
            school=make_school(),
            received_on=date(2018, 6, 1),
            ready_on=localdate(),
        )
        make_requested_cost(case=case)
        make_agenda_item(meeting=meeting, case=case)
    return client


def typed(**given: Any) -> dict[str, Any]:
    """An agreement as asked, from 3 September of next year, with other words in some boxes."""
    day = {"starts_on-day": "3", "starts_on-month": "9", "starts_on-year": str(NEXT_YEAR)}
    cost = {"value": "36,000", "value_basis": "ANNUAL", "CORE": "36,000"}
    told = {"outcome": "AGREED", "seen": version_of(PanelCase(pk="K1"))} | day | cost
    return told | {name.replace("__", "-"): value for name, value in given.items()}


def post(desk: "Client", name: str, *args: Any, **given: Any) -> Any:
    """What the page answers to what was typed."""
    return desk.post(reverse(name, args=args), typed(**given))


def errors(answer: Any) -> dict[str, str]:
    """What the page says is wrong, by box."""
    assert answer.status_code == 200
    page = unescape(answer.content.decode())
    for box, sentence in answer.context["errors"].items():
        assert f'href="#{box}"' in page
        assert f'id="{box}"' in page, f"the summary must lead to a box that is there: {box}"
        assert page.count(sentence) >= (1 if box == "main" else 2), "said above and at the box"
    return dict(answer.context["errors"])


def asked_about(answer: Any) -> list[str]:
    """The sentences that the page asks to be ticked, none of which is."""
    assert list(errors(answer)) == ["id_unlikely"]
    sentences = [sentence for sentence, _ in answer.context["form"].fields["unlikely"].widget.choices]
    assert all(f'value="{sentence}">' in unescape(answer.content.decode()) for sentence in sentences)
    return sentences


class TestDecide:
    def test_after_the_last_case_the_meeting_says_that_all_are_decided(self, desk: "Client") -> None:
        first = post(desk, "decide", 1, "K1")
        assert first["Location"] == reverse("decide", args=[1, "K2"])
        assert "Saved: case K1, agreed, £36,000." in desk.get(first["Location"]).content.decode()
        last = post(desk, "decide", 1, "K2", outcome="DEFERRED", seen=version_of(PanelCase(pk="K2")))
        assert last["Location"] == reverse("meeting", args=[1])
        assert "All 2 cases are decided." in desk.get(last["Location"]).content.decode()

    def test_the_next_one_is_the_next_undecided_of_the_agenda(self, desk: "Client") -> None:
        meeting = PanelMeeting.objects.get()
        for case_id in ("K3", "K4"):
            case = make_case(case_id=case_id, attendance="DAY", ready_on=localdate())
            make_agenda_item(meeting=meeting, case=case)
        make_decision(case=PanelCase.objects.get(pk="K3"), meeting_on=localdate(), outcome="DEFERRED")
        answer = post(desk, "decide", 1, "K2", outcome="DEFERRED", seen=version_of(PanelCase(pk="K2")))
        assert answer["Location"] == reverse("decide", args=[1, "K4"])
        answer = post(desk, "decide", 1, "K4", outcome="DEFERRED", seen=version_of(PanelCase(pk="K4")))
        assert answer["Location"] == reverse("decide", args=[1, "K1"])

    def test_what_an_outcome_has_no_use_for_is_neither_wrong_nor_saved(self, desk: "Client") -> None:
        answer = post(
            desk,
            "decide",
            1,
            "K1",
            outcome="DECLINED",
            note="No need",
            value="x",
            CORE="y",
            review_on__day="z",
        )
        assert answer.status_code == 302
        entry = PanelDecision.objects.get()
        assert (entry.value, entry.value_basis, entry.starts_on, entry.note) == (None, "", None, "No need")

    def test_what_is_wrong_is_said_at_its_box_and_nothing_is_lost(self, desk: "Client") -> None:
        answer = post(
            desk,
            "decide",
            1,
            "K1",
            value="40,000",
            starts_on__year="",
            conditions="A review each term",
            CORE="36,000",
        )
        assert errors(answer) == {"id_starts_on-year": "The date must include a year."}
        answer = post(desk, "decide", 1, "K1", value="40,000", conditions="A review each term")
        assert "make them agree" in errors(answer)["id_CORE"]
        page = answer.content.decode()
        for text in ("40,000", "36,000", "A review each term", f'value="{NEXT_YEAR}"'):
            assert text in page

    def test_an_unusual_value_is_asked_about_once(self, desk: "Client") -> None:
        (sentence,) = asked_about(post(desk, "decide", 1, "K1", value="36", CORE="36"))
        assert sentence.startswith("£36 is well outside the usual range for ASD")
        assert not PanelDecision.objects.exists()
        assert post(desk, "decide", 1, "K1", value="36", CORE="36", unlikely=sentence).status_code == 302
        assert PanelDecision.objects.get().value == 36

    def test_a_tick_is_for_the_value_that_was_asked_about(self, desk: "Client") -> None:
        """Ticked at £36 and retyped: £3,600,000 was once saved without a question, and said to be confirmed."""
        (ticked,) = asked_about(post(desk, "decide", 1, "K1", value="36", CORE="36"))
        much = {"value": "3,600,000", "CORE": "3,600,000"}
        (asked,) = asked_about(post(desk, "decide", 1, "K1", **much, unlikely=ticked))
        assert asked.startswith("£3,600,000 is well outside the usual range")
        assert not PanelDecision.objects.exists()
        assert post(desk, "decide", 1, "K1", **much, unlikely=[ticked, asked]).status_code == 302
        assert Confirmation.objects.get().sentence == asked

    def test_a_decided_case_shows_its_decision_and_the_way_to_correct_it(self, desk: "Client") -> None:
        post(desk, "decide", 1, "K1", conditions="A review each term")
        page = desk.get(reverse("decide", args=[1, "K1"])).content.decode()
        for text in (
            "Agreed, £36,000 a year",
            "A review each term",
            f"3 September {NEXT_YEAR}",
            "Recorded by clerk",
        ):
            assert text in page
        assert reverse("correct", args=[PanelDecision.objects.get().pk]) in page
        assert reverse("decide", args=[1, "K2"]) in page


class TestRatify:
    def test_an_agreement_outside_a_meeting(self, desk: "Client") -> None:
        day = localdate() - timedelta(days=1)
        on = {"decided_on__day": day.day, "decided_on__month": day.month, "decided_on__year": day.year}
        answer = post(desk, "ratify", "K1", outcome="DECLINED", route="TRIBUNAL_ORDERED", **on)
        assert answer.status_code == 302
        entry = PanelDecision.objects.get()
        assert (entry.outcome, entry.route, entry.meeting_on) == ("AGREED", "TRIBUNAL_ORDERED", day)

    def test_what_is_wrong_is_said_at_its_box(self, desk: "Client") -> None:
        assert set(errors(post(desk, "ratify", "K1"))) == {"id_route", "id_decided_on-day"}
        on = {"decided_on__day": "1", "decided_on__month": "1"}
        answer = post(desk, "ratify", "K1", route="EMERGENCY", **on, decided_on__year="2099", note="Ordered")
        assert errors(answer) == {"id_decided_on-day": "Enter today’s date or an earlier one."}
        assert "Ordered" in answer.content.decode()
        answer = post(desk, "ratify", "K1", route="EMERGENCY", **on, decided_on__year="2011")
        assert errors(answer) == {"id_decided_on-day": "A decision cannot come before its case was received."}
        assert not PanelDecision.objects.exists()

    def test_an_unusual_value_is_asked_about(self, desk: "Client") -> None:
        day = localdate()
        on = {"decided_on__day": day.day, "decided_on__month": day.month, "decided_on__year": day.year}
        asked_about(post(desk, "ratify", "K1", route="EMERGENCY", **on, value="36", CORE="36"))


class TestCorrect:
    @pytest.fixture
    def entry(self, desk: "Client") -> PanelDecision:
        """K1, agreed as asked."""
        post(desk, "decide", 1, "K1")
        return PanelDecision.objects.get()

    def test_a_correction_is_an_entry_of_its_own(self, desk: "Client", entry: PanelDecision) -> None:
        answer = post(desk, "correct", entry.pk, value="35,000", CORE="35,000", reason="Misread")
        assert answer.status_code == 302
        entry.refresh_from_db()
        assert (entry.void, entry.void_reason) == (True, "Misread")
        assert PanelDecision.objects.counted().get().value == 35_000

    def test_what_is_wrong_is_said_at_its_box_and_nothing_is_lost(
        self, desk: "Client", entry: PanelDecision
    ) -> None:
        answer = post(desk, "correct", entry.pk, value="35,000", CORE="35,000", conditions="None")
        assert errors(answer) == {"id_reason": "Enter what was wrong."}
        assert answer.content.decode().count("35,000") == 2
        answer = post(desk, "correct", entry.pk, value="35", CORE="35", reason="Misread")
        asked_about(answer)
        assert "Misread" in answer.content.decode()
        assert PanelDecision.objects.count() == 1

    def test_taken_back_whatever_stands_below(self, desk: "Client", entry: PanelDecision) -> None:
        answer = post(desk, "correct", entry.pk, nothing="on", reason="Wrong child", value="x", outcome="")
        assert answer.status_code == 302
        assert not PanelDecision.objects.counted().exists()
        page = desk.get(answer["Location"]).content.decode()
        assert "Cancelled: the decision on case K1." in page


def test_before_means_before_the_day() -> None:
    case = make_case(received_on=date(2018, 1, 1))
    day = date(2018, 5, 1)
    make_decision(case=case, meeting_on=day, value=Decimal(1))
    assert "before" not in papers(case, day).sentence
    assert "Decided once before." in papers(case, day + timedelta(days=1)).sentence
