"""The pages of events: what each reader sees, and that forms lose nothing."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from sen_dashboard.accounts.roles import Role
from sen_dashboard.programme.models import Event
from sen_dashboard.programme.services import events as services
from tests.factories import make_event, make_user
from tests.kpi_pages.test_pages import words

pytestmark = pytest.mark.django_db

LIST, ADD = "/events/", "/events/add/"


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(make_user(Role.MANAGER))
    return client


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(make_user(Role.OFFICER))
    return client


def typed(
    day: str = "29", month: str = "4", year: str = "2019", title: str = "New process"
) -> dict[str, str]:
    return {"day-day": day, "day-month": month, "day-year": year, "title": title}


class TestList:
    def test_newest_first(self, officer: Client) -> None:
        make_event(day=date(2014, 9, 1), title="Plans replace statements")
        make_event(day=date(2019, 4, 29), title="New process")
        page = words(officer.get(LIST))
        assert "2 events" in page
        assert page.index("29 April 2019 New process") < page.index(
            "1 September 2014 Plans replace statements"
        )

    def test_shows_changes_only_to_those_who_may_make_them(self, client: Client) -> None:
        make_event(event_id="E1")
        for role, shown in ((Role.OFFICER, False), (Role.MANAGER, True)):
            client.force_login(make_user(role))
            page = client.get(LIST).content.decode()
            for address in (ADD, "/events/E1/change/", "/events/E1/remove/"):
                assert (f'href="{address}"' in page) is shown

    def test_empty_says_where_events_come_from(self, officer: Client) -> None:
        page = words(officer.get(LIST))
        assert "No events yet" in page
        assert "events.csv" in page

    def test_comes_in_pages_at_the_same_cost(self, manager: Client, django_assert_num_queries: Any) -> None:
        for number in range(3):
            make_event(title=f"Event {number:02d}")
        with django_assert_num_queries(4):  # session, person, roles, count, rows
            manager.get(LIST)
        for number in range(3, 60):
            make_event(title=f"Event {number:02d}")
        with django_assert_num_queries(4):
            first = words(manager.get(f"{LIST}?sort=title"))
        second = words(manager.get(f"{LIST}?sort=title&page=2"))
        assert "Rows 1 to 50 of 60" in first
        assert ("Event 49" in first, "Event 50" in first, "Event 50" in second) == (True, False, True)

    def test_is_reached_from_every_page(self, officer: Client) -> None:
        assert f'href="{LIST}"' in officer.get("/").content.decode()

    def test_text_is_text(self, officer: Client) -> None:
        make_event(title="<script>alert(1)</script>")
        assert "<script>alert" not in officer.get(LIST).content.decode()


class TestAdd:
    def test_stores_the_event_and_says_so_once(self, manager: Client) -> None:
        response = manager.post(ADD, typed(title=" New <process> "), follow=True)
        assert response.redirect_chain == [(LIST, 302)]
        assert "Success Added: 29 April 2019, New <process>" in words(response)
        assert "Added:" not in words(manager.get(LIST))
        event = Event.objects.get()
        assert (event.day, event.title) == (date(2019, 4, 29), "New <process>")

    @pytest.mark.parametrize(
        ("wrong", "sentences", "boxes"),
        [
            (
                {"day": "", "month": "", "year": "", "title": ""},
                ["Enter the date it happened or will happen.", "Enter what happened."],
                ["id_day-day", "id_title"],
            ),
            ({"year": ""}, ["The date must include a year."], ["id_day-year"]),
            ({"day": "31"}, ["The date must be a real date."], ["id_day-day"]),
            ({"year": "2918"}, ["Enter a date from 1900 to 2199."], ["id_day-day"]),
            ({"title": "x" * 121}, ["Use at most 120 characters."], ["id_title"]),
            ({"title": "nul\0"}, ["Null characters are not allowed."], ["id_title"]),
        ],
    )
    def test_says_what_is_wrong_on_top_and_at_the_field(
        self, manager: Client, wrong: dict[str, str], sentences: list[str], boxes: list[str]
    ) -> None:
        response = manager.post(ADD, typed(**wrong))
        page = response.content.decode()
        for sentence, box in zip(sentences, boxes, strict=True):
            assert words(response).count(sentence) == 2
            assert f'href="#{box}"' in page
            assert f'id="{box}"' in page
        assert "<title>Error: Add an event" in page
        assert not Event.objects.exists()

    def test_loses_nothing_typed(self, manager: Client) -> None:
        page = manager.post(ADD, typed(day='"><script>', month="Avril", title="A <b>new</b> process"))
        shown = dict(re.findall(r'name="([^"]+)"[^>]*? value="([^"]*)"', page.content.decode()))
        assert {name: unescape(value) for name, value in shown.items() if name in typed()} == typed(
            day='"><script>', month="Avril", title="A <b>new</b> process"
        )
        assert '"><script>' not in page.content.decode()

    def test_what_only_the_service_finds_is_said_on_the_form(
        self, manager: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(**given: Any) -> None:
            raise ValidationError({"title": "Somebody wrote this already.", "event_id": "This key is taken."})

        monkeypatch.setattr(services, "add_event", refuse)
        response = manager.post(ADD, typed())
        assert words(response).count("Somebody wrote this already.") == 2
        assert words(response).count("This key is taken.") == 1
        assert 'value="New process"' in " ".join(response.content.decode().split())


class TestChange:
    def test_starts_from_what_is_stored(self, manager: Client) -> None:
        make_event(event_id="E1", day=date(2019, 4, 29), title="New process")
        page = manager.get("/events/E1/change/").content.decode()
        shown = dict(re.findall(r'name="([^"]+)"[^>]*? value="([^"]*)"', page))
        assert shown.items() >= typed().items()

    def test_keeps_the_key(self, manager: Client) -> None:
        make_event(event_id="E1")
        later = typed(day="1", month="5", title="Later") | {"seen": "1"}
        response = manager.post("/events/E1/change/", later, follow=True)
        assert "Changed: 1 May 2019, Later" in words(response)
        assert list(Event.objects.values_list("pk", "day")) == [("E1", date(2019, 5, 1))]

    def test_what_is_refused_changes_nothing(self, manager: Client) -> None:
        make_event(event_id="E1", title="First")
        assert "Enter what happened." in words(manager.post("/events/E1/change/", typed(title=" ")))
        assert Event.objects.get().title == "First"

    def test_a_second_person_is_told_and_decides(self, manager: Client) -> None:
        make_event(event_id="E1", title="First")
        mine, theirs = typed(title="Mine") | {"seen": "1"}, typed(title="Theirs") | {"seen": "1"}
        manager.post("/events/E1/change/", theirs)
        for address in ("/events/E1/change/", "/events/E1/remove/"):
            page = words(manager.post(address, mine))
            assert "Someone changed this event while you had it open. Your changes are not saved yet." in page
            assert "Title: from First to Theirs" in page
            assert Event.objects.get().title == "Theirs"
        manager.post("/events/E1/change/", mine | {"over": "2"})
        assert Event.objects.get().title == "Mine"


class TestRemove:
    def test_asks_first(self, manager: Client) -> None:
        make_event(event_id="E1")
        assert "29 April 2019, New process" in words(manager.get("/events/E1/remove/"))
        assert Event.objects.exists()
        response = manager.post("/events/E1/remove/", {"seen": "1"}, follow=True)
        assert "Removed: 29 April 2019, New process" in words(response)
        assert not Event.objects.exists()


def test_what_is_not_there_is_not_found(manager: Client) -> None:
    for address in ("/events/E9/change/", "/events/E9/remove/"):
        assert manager.get(address).status_code == 404
        assert manager.post(address, typed()).status_code == 404


@pytest.mark.parametrize("key", ["2019/E1", "change", "a/change/", "E 1?#%&", "line\nbreak", "Ereignis-ä"])
def test_every_key_that_a_file_can_bring_has_its_pages(manager: Client, key: str) -> None:
    make_event(event_id=key, title="Odd one")
    page = unescape(manager.get(LIST).content.decode())
    for name in ("event_change", "event_remove"):
        address = reverse(name, args=[key])
        assert f'href="{address}"' in page
        assert "Odd one" in manager.get(address).content.decode()
