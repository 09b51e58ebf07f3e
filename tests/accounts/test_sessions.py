"""Sessions end after 30 minutes without use and after 12 hours; text typed into a form is not lost with them."""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

import pytest
from django.contrib.sessions.models import Session
from django.forms import BaseForm, PasswordInput
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from panel.models import PanelCase, PanelDecision, PanelMeeting
from sen_dashboard.accounts.kept import KEPT_FOR, MOST
from sen_dashboard.accounts.models import KeptInput, User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.accounts.sessions import BACKGROUND, BEGAN, IDLE, LONGEST, WARNING
from sen_dashboard.programme.models import Event
from tests import factories as f
from tests.kpi_pages.test_pages import words
from tests.panel.requests.typing import COMPLETE
from tests.programme.test_pages import boxes

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough phrase"
ADD = "/events/add/"


def person(username: str, *roles: Role) -> User:
    user = f.make_user(*roles, username=username)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, username: str, **query: str) -> Any:
    return client.post(reverse("sign_in"), {"username": username, "password": PASSWORD, **query})


@pytest.fixture
def ann(client: Client) -> Client:
    person("ann", *Role)
    person("ben", *Role)
    sign_in(client, "ann")
    return client


def go_by(client: Client, time: timedelta) -> None:
    """Let so much time pass for the session, in which nothing is done."""
    session = client.session
    session[BEGAN] -= int(time.total_seconds())
    session.save()
    row = Session.objects.filter(pk=session.session_key)
    row.update(expire_date=now() + IDLE - time)


def is_signed_in(client: Client) -> bool:
    """Whether the person is, found out without being at work."""
    return bool(client.get(reverse("session"), headers={BACKGROUND: "1"}).status_code == 200)


class TestEnd:
    def test_after_30_minutes_without_use(self, ann: Client) -> None:
        go_by(ann, IDLE - timedelta(minutes=1))
        assert is_signed_in(ann)
        go_by(ann, IDLE + timedelta(seconds=1))
        assert not is_signed_in(ann)

    def test_use_prolongs_it(self, ann: Client) -> None:
        for _ in range(3):
            go_by(ann, IDLE - timedelta(minutes=1))
            assert ann.get("/").status_code == 200
        assert ann.get(reverse("session")).json()["seconds"] > (IDLE - timedelta(minutes=2)).seconds

    def test_what_a_page_asks_by_itself_is_no_use(self, ann: Client) -> None:
        go_by(ann, timedelta(minutes=29))
        for _ in range(2):
            left = ann.get(reverse("session"), headers={BACKGROUND: "1"}).json()
            assert left["seconds"] <= 60
        assert left["may_stay"]

    def test_after_12_hours_whatever_is_done(self, ann: Client) -> None:
        for _ in range(25):
            go_by(ann, timedelta(minutes=28))
            assert ann.get(reverse("roles")).status_code == 200
        left = LONGEST - 25 * timedelta(minutes=28)
        go_by(ann, left - WARNING + timedelta(seconds=1))
        assert not ann.get(reverse("session")).json()["may_stay"]
        go_by(ann, WARNING)
        assert ann.get("/")["Location"].startswith(reverse("sign_in"))

    def test_a_session_that_does_not_say_when_it_began_is_over(self, ann: Client) -> None:
        """One from before the 12 hours were counted: it has no other limit."""
        session = ann.session
        del session[BEGAN]
        session.save()
        assert ann.get("/")["Location"].startswith(reverse("sign_in"))

    def test_use_writes_nothing_twice_in_a_minute(
        self, ann: Client, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        with django_assert_num_queries(2):  # the session and the person
            ann.get(reverse("session"))

    def test_a_request_that_saves_the_session_is_not_undone(self, ann: Client) -> None:
        """Use is written beside the session's contents: the sentence that was added meanwhile stays."""
        go_by(ann, timedelta(minutes=5))
        store = ann.session
        store["said"] = "by another request"
        store.save()
        ann.get("/")
        assert ann.session["said"] == "by another request"


def typed_event(client: Client, title: str = "A school opened") -> dict[str, Any]:
    day = {"day-day": "1", "day-month": "9", "day-year": "2018"}
    return boxes(client.get(ADD)) | {"title": title} | day


def end(client: Client) -> None:
    go_by(client, IDLE + timedelta(minutes=1))


def sent_by(page: Any) -> dict[str, str]:
    """What a form sends where none of its members is ticked as present."""
    return {name: text for name, text in boxes(page).items() if not name.endswith("-present")}


def token_of(page: Any, address: str) -> str:
    """The token of the form of a page that is sent to the address."""
    found = re.search(
        rf'action="{re.escape(address)}".*?name="once" value="([^"]+)"', page.content.decode(), re.DOTALL
    )
    assert found is not None
    return found[1]


class TestKeptInput:
    def test_is_shown_again_after_signing_in_and_saved_by_the_person_alone(self, ann: Client) -> None:
        typed = typed_event(ann)
        end(ann)
        answer = ann.post(ADD, typed)
        assert answer["Location"] == f"{reverse('sign_in')}?next={ADD}"
        assert "You were signed out before this was saved" in words(ann.get(answer["Location"]))
        back = sign_in(ann, "ann", next=ADD)
        assert back["Location"] == ADD
        page = ann.get(ADD)
        assert "Nothing has been saved yet" in words(page)
        assert boxes(page)["title"] == "A school opened"
        assert not Event.objects.exists()
        assert ann.post(ADD, boxes(page)).status_code == 302
        assert Event.objects.get().title == "A school opened"
        assert boxes(ann.get(ADD))["title"] == ""
        assert not KeptInput.objects.exists()

    def test_a_whole_request_is_shown_with_child_school_costs_and_rows(self, ann: Client) -> None:
        for key, name in (("S1", "Ash School"), ("L1", "Elm School"), ("L2", "Beech School")):
            f.make_school(school_id=key, name=name)
        f.make_child(child_id="C1")
        address = reverse("request_add")
        typed = boxes(ann.get(address)) | COMPLETE
        end(ann)
        ann.post(address, typed)
        sign_in(ann, "ann")
        page = ann.get(address)
        held = boxes(page)
        text_boxes = {name for name, text in COMPLETE.items() if isinstance(text, str)}
        assert {name: held[name] for name in text_boxes & held.keys()} == {
            name: COMPLETE[name] for name in text_boxes & held.keys()
        }
        assert {"child", "school", "cost_core", "consultations-2-school", "documents-2-title"} <= held.keys()
        assert not PanelCase.objects.exists()

    def test_is_shown_until_it_is_saved_or_discarded(self, ann: Client) -> None:
        typed = typed_event(ann)
        end(ann)
        ann.post(ADD, typed)
        sign_in(ann, "ann")
        for _ in range(2):
            assert boxes(ann.get(ADD))["title"] == "A school opened"
        assert ann.post(reverse("kept_discard"), boxes(ann.get(ADD)))["Location"] == ADD
        assert boxes(ann.get(ADD))["title"] == ""

    @pytest.fixture
    def two(self, ann: Client) -> dict[str, Any]:
        """Two forms of one address, kept one after the other; a third that was open beside them is given."""
        typed = [typed_event(ann, title) for title in ("First", "Second", "Third")]
        end(ann)
        for form in typed[:2]:
            ann.post(ADD, form)
        return typed[2]

    def test_two_forms_of_an_address_are_shown_one_after_the_other(
        self, ann: Client, two: dict[str, Any]
    ) -> None:
        sign_in(ann, "ann")
        for title in ("First", "Second"):
            page = boxes(ann.get(ADD))
            assert page["title"] == title
            assert ann.post(ADD, page).status_code == 302
        assert boxes(ann.get(ADD))["title"] == ""
        assert Event.objects.count() == 2

    def test_saving_or_discarding_a_form_leaves_what_is_kept_of_others(
        self, ann: Client, two: dict[str, Any]
    ) -> None:
        sign_in(ann, "ann")
        assert ann.post(ADD, two).status_code == 302
        assert KeptInput.objects.count() == 2
        ann.post(reverse("kept_discard"), boxes(ann.get(ADD)))
        assert boxes(ann.get(ADD))["title"] == "Second"

    def test_of_several_none_is_left_for_somebody_else(self, ann: Client, two: dict[str, Any]) -> None:
        sign_in(ann, "ben")
        assert not KeptInput.objects.exists()

    def test_the_last_of_several_is_too_long_and_the_first_is_discarded_all_the_same(
        self, ann: Client, two: dict[str, Any]
    ) -> None:
        answer = ann.post(ADD, two | {"title": "a" * MOST})
        assert "What you typed is kept" not in words(ann.get(answer["Location"]))
        sign_in(ann, "ben")
        assert not KeptInput.objects.exists()

    def test_one_saved_as_another_is_gone(self, ann: Client) -> None:
        """It was sent before with other contents, and is shown again with the token of then."""
        typed = typed_event(ann)
        ann.post(ADD, typed)
        end(ann)
        ann.post(ADD, typed | {"title": "Another"})
        sign_in(ann, "ann")
        asked = ann.post(ADD, boxes(ann.get(ADD)))
        another = re.search(r'name="another" value="([^"]+)"', asked.content.decode())
        assert another is not None
        assert ann.post(ADD, boxes(asked) | {"another": another[1]}).status_code == 302
        assert Event.objects.count() == 2
        assert not KeptInput.objects.exists()

    def test_nothing_is_looked_for_once_nothing_is_left(
        self, ann: Client, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        typed = typed_event(ann)
        end(ann)
        ann.post(ADD, typed)
        sign_in(ann, "ann")
        ann.post(ADD, boxes(ann.get(ADD)))
        ann.get("/")
        with django_assert_num_queries(2):  # the session and the person
            ann.get(reverse("session"))

    def test_is_nobody_elses(self, ann: Client) -> None:
        """Somebody else who signs in at the same browser does not see it, and it is gone for its person as well."""
        typed = typed_event(ann)
        end(ann)
        ann.post(ADD, typed)
        sign_in(ann, "ben")
        assert boxes(ann.get(ADD))["title"] == ""
        assert not KeptInput.objects.exists()

    def test_somebody_else_elsewhere_changes_nothing(self, ann: Client) -> None:
        typed = typed_event(ann)
        end(ann)
        ann.post(ADD, typed)
        ben = Client()
        sign_in(ben, "ben")
        assert boxes(ben.get(ADD))["title"] == ""
        sign_in(ann, "ann")
        assert boxes(ann.get(ADD))["title"] == "A school opened"

    def test_is_kept_for_a_day(self, ann: Client) -> None:
        typed = typed_event(ann)
        end(ann)
        ann.post(ADD, typed)
        sign_in(ann, "ann")
        KeptInput.objects.update(at=now() - KEPT_FOR)
        assert boxes(ann.get(ADD))["title"] == ""
        sign_in(Client(), "ben")
        assert not KeptInput.objects.exists()

    @pytest.mark.parametrize(("length", "kept"), [(60_000, True), (MOST, False)])
    def test_up_to_64_kilobytes(self, ann: Client, length: int, kept: bool) -> None:
        typed = typed_event(ann, "a" * length)
        end(ann)
        answer = ann.post(ADD, typed)
        assert KeptInput.objects.exists() is kept
        assert ("What you typed is kept" in words(ann.get(answer["Location"]))) is kept

    def test_nothing_is_kept_of_a_form_that_was_made_for_nobody(self, ann: Client) -> None:
        typed = typed_event(ann)
        end(ann)
        for token in ("", "made up", typed["once"][:-1]):
            Client().post(ADD, typed | {"once": token})
        assert not KeptInput.objects.exists()

    def test_no_password_is_kept(self, ann: Client) -> None:
        address = reverse("password")
        typed = boxes(ann.get(address)) | {
            "old_password": PASSWORD,
            "new_password1": "x",
            "new_password2": "x",
        }
        end(ann)
        ann.post(address, typed)
        assert not KeptInput.objects.exists()

    def test_no_password_in_another_form_is_kept_either(self, ann: Client) -> None:
        typed = typed_event(ann)
        end(ann)
        ann.post(ADD, typed | {"password": PASSWORD, "old_password": PASSWORD})
        assert PASSWORD not in unquote_plus(KeptInput.objects.get().typed)

    def test_every_box_for_a_password_is_known_by_its_name(self) -> None:
        def kinds(of: type) -> Iterator[type]:
            for kind in of.__subclasses__():
                yield kind
                yield from kinds(kind)

        secret = {
            name
            for kind in kinds(BaseForm)
            for name, field in getattr(kind, "base_fields", {}).items()
            if isinstance(field.widget, PasswordInput)
        }
        assert {"password", "old_password", "new_password1"} <= secret
        assert all("password" in name for name in secret)

    def test_nothing_of_it_is_logged(self, ann: Client, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        logging.getLogger("django.db.backends").setLevel(
            logging.INFO
        )  # the statements themselves, when debugging
        typed = typed_event(ann, "Nobody shall read this")
        end(ann)
        ann.post(ADD, typed)
        sign_in(ann, "ann")
        ann.get(ADD)
        assert "Nobody shall read" not in caplog.text

    def test_a_conflict_is_still_found(self, ann: Client) -> None:
        """The version that the person had before them is kept with what they typed."""
        f.make_workstream(workstream_id="W1")
        address = reverse("workstream_change", args=["W1"])
        typed = boxes(ann.get(address)) | {"title": "Mine"}
        end(ann)
        ann.post(address, typed)
        ben = Client()
        sign_in(ben, "ben")
        ben.post(address, boxes(ben.get(address)) | {"title": "Theirs"})
        sign_in(ann, "ann")
        page = ann.get(address)
        assert boxes(page)["title"] == "Mine"
        assert "Someone changed this workstream" in words(ann.post(address, boxes(page)))

    def test_a_conflict_is_found_on_pages_that_look_at_the_record_first(self, ann: Client) -> None:
        milestone = f.make_milestone()
        reach, change = (reverse(f"milestone_{task}", args=[milestone.pk]) for task in ("reach", "change"))
        typed = boxes(ann.get(reach)) | {
            "reached_on-day": "1",
            "reached_on-month": "9",
            "reached_on-year": "2018",
        }
        end(ann)
        ann.post(reach, typed)
        ben = Client()
        sign_in(ben, "ben")
        assert ben.post(change, boxes(ben.get(change)) | {"title": "Theirs"}).status_code == 302
        sign_in(ann, "ann")
        page = ann.get(reach)
        assert boxes(page)["reached_on-year"] == "2018"
        assert "Someone changed this milestone" in words(ann.post(reach, boxes(page)))
        milestone.refresh_from_db()
        assert milestone.reached_on is None

    @staticmethod
    def meeting() -> PanelMeeting:
        """One that may decide."""
        meeting = f.make_meeting(pk=9001, quorum=1)
        f.make_member(meeting=meeting, present=True)
        return meeting

    @pytest.mark.parametrize(("name", "prefix"), [("agenda_defer", "defer-"), ("agenda_add", "")])
    def test_ticks_and_the_reason_of_a_deferral_are_shown_on_the_page_of_the_meeting(
        self, ann: Client, name: str, prefix: str
    ) -> None:
        meeting = self.meeting()
        for case_id in ("K1", "K2"):
            case = f.make_case(case_id=case_id, ready_on=meeting.held_on)
            if prefix:
                f.make_agenda_item(meeting=meeting, case=case)
        page, address = reverse("meeting", args=[meeting.pk]), reverse(name, args=[meeting.pk])
        token = token_of(ann.get(page), address)
        end(ann)
        typed = {"once": token, f"{prefix}cases": ["K2"], f"{prefix}reason": "Time ran out."}
        answer = ann.post(address, typed)
        assert answer["Location"].endswith(address)
        sign_in(ann, "ann")
        shown = ann.get(address)
        assert "What you typed is shown again" in words(shown)
        ticked = re.findall(rf'name="{prefix}cases"[^>]* value="(\w+)"[^>]* checked', shown.content.decode())
        assert ticked == ["K2"]
        assert not prefix or boxes(shown)["defer-reason"].strip() == "Time ran out."
        assert not PanelDecision.objects.exists()
        saved = ann.post(address, typed | {"once": token_of(shown, address)})
        assert saved["Location"] == page
        assert not KeptInput.objects.exists()
        assert ann.get(address)["Location"] == page, "nothing is left to be shown there"

    def test_a_button_on_another_page_leads_back_there(self, ann: Client) -> None:
        meeting = f.make_meeting(pk=9001)
        page = reverse("meeting", args=[meeting.pk])
        item = f.make_agenda_item(meeting=meeting, case=f.make_case())
        off = reverse("agenda_take_off", args=[meeting.pk, item.pk])
        typed = {"once": token_of(ann.get(page), off)}
        end(ann)
        answer = ann.post(off, typed, headers={"Referer": f"http://testserver{page}"})
        assert answer["Location"].endswith(page)
        assert "Nothing was saved: do it again" in words(ann.get(answer["Location"]))
        assert not KeptInput.objects.exists()

    def test_rows_of_attendance_and_of_a_spreadsheet_are_shown_again(self, ann: Client) -> None:
        f.make_agenda_item(meeting=self.meeting(), case=f.make_case(case_id="K1"))
        for name, box, text in (
            ("meeting_spreadsheet", "rows", "case\toutcome\tnote\nK1\tDEFERRED\tTime ran out"),
            ("meeting_attendance", "form-0-name", "A. Member"),
        ):
            address = reverse(name, args=[9001])
            typed = sent_by(ann.get(address)) | {box: text}
            end(ann)
            ann.post(address, typed)
            sign_in(ann, "ann")
            page = ann.get(address)
            assert boxes(page)[box].strip() == text
            if name == "meeting_spreadsheet":
                page = ann.post(address, sent_by(page))  # the preview, from where all of it is saved
            assert ann.post(address, sent_by(page) | {"save": "all"}).status_code == 302, words(page)
            assert not KeptInput.objects.exists()


class TestSignedInAgainInAnotherTab:
    """The browser has another token then, and a form that was open before is refused for that alone."""

    @pytest.fixture
    def strict(self) -> Client:
        client = Client(enforce_csrf_checks=True)
        person("ann", *Role)
        person("ben", *Role)
        self.sign_in(client, "ann")
        return client

    @staticmethod
    def sign_in(client: Client, username: str) -> None:
        page = boxes(client.get(reverse("sign_in")))
        client.post(reverse("sign_in"), page | {"username": username, "password": PASSWORD})

    def test_what_was_typed_is_shown_again(self, strict: Client) -> None:
        typed = typed_event(strict)
        end(strict)
        self.sign_in(strict, "ann")
        answer = strict.post(ADD, typed)
        assert answer["Location"] == ADD
        page = strict.get(ADD)
        assert boxes(page)["title"] == "A school opened"
        assert not Event.objects.exists()
        strict.post(ADD, boxes(page))
        assert Event.objects.get().title == "A school opened"

    def test_somebody_elses_form_is_refused_and_not_kept(self, strict: Client) -> None:
        typed = typed_event(strict)
        end(strict)
        self.sign_in(strict, "ben")
        answer = strict.post(ADD, typed)
        assert answer.status_code == 403
        assert "This form belonged to someone else" in words(answer)
        assert not KeptInput.objects.exists()
        assert not Event.objects.exists()

    def test_another_sites_form_is_refused_as_ever(self, strict: Client) -> None:
        answer = strict.post(ADD, {"title": "From elsewhere", "day-day": "1"})
        assert answer.status_code == 403
        assert "This form has expired" in words(answer)
        assert not KeptInput.objects.exists()
