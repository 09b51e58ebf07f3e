"""The clerks' home and the lists of queues: counts that lead to their records, and actions on several cases."""

import csv
import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from panel.models import AgendaItem, PanelCase
from panel.queues import BY_KEY, QUEUES
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from tests.factories import (
    make_agenda_item,
    make_case,
    make_child,
    make_decision,
    make_draft,
    make_expected,
    make_meeting,
    make_user,
)
from tests.kpi_pages.test_pages import words
from tests.panel.work.waiting import TODAY, make_waiting
from tests.records.reading import rows, statements

pytestmark = pytest.mark.django_db

READY = "/panel/queues/ready/"
BULK = f"{READY}bulk/"
Limit = Callable[[int], AbstractContextManager[Any]]


def ready(**given: Any) -> PanelCase:
    return make_case(received_on=date(2026, 1, 5), **{"ready_on": date(2026, 2, 2)} | given)


class TestHome:
    def test_every_count_leads_to_as_many_records(self, as_clerk: Client) -> None:
        make_waiting(0)
        lines = as_clerk.get("/panel/").context["lines"]
        assert [line.queue for line in lines] == list(QUEUES)
        for line in lines:
            for waiting in line.counts:
                page = as_clerk.get(waiting.address)
                assert page.status_code == 200
                found = page.context["table"].paginator.count if "table" in page.context else 0
                assert found == waiting.number, waiting.address

    def test_takes_as_many_statements_for_many_cases_as_for_none(self, as_clerk: Client) -> None:
        of_none = statements(as_clerk, "/panel/")
        make_waiting(0)
        assert statements(as_clerk, "/panel/") == of_none <= 9

    def test_meetings_come_with_their_cases_and_decisions(self, as_clerk: Client) -> None:
        over, coming = make_meeting(held_on=date(2026, 3, 3)), make_meeting(held_on=date(2026, 3, 24))
        make_meeting(held_on=date(2026, 2, 3))  # over, and nothing is left to decide
        for _ in range(3):
            make_agenda_item(meeting=coming)
        decided, _ = make_agenda_item(meeting=over), make_agenda_item(meeting=over)
        make_decision(case=decided.case, meeting_on=over.held_on)
        page = words(as_clerk.get("/panel/"))
        assert "3 March 2026, Independent Placement Panel 2 cases, 1 decided. Past, 1 not decided" in page
        assert "24 March 2026, Independent Placement Panel 3 cases, 0 decided" in page
        assert "3 February 2026" not in page

    def test_only_ones_own_drafts_are_counted(self, as_clerk: Client, clerk: User) -> None:
        make_draft()
        assert "Your drafts" not in words(as_clerk.get("/panel/"))
        make_draft(by=clerk)
        assert "Your drafts of requests (1)" in words(as_clerk.get("/panel/"))

    def test_says_which_day_the_figures_of_the_panels_have(self, as_clerk: Client) -> None:
        response = as_clerk.get("/panel/")
        assert "Panel figures are as at" in words(response)
        assert "/kpis/panel_outcomes/?as_at=2026-03-10" in response.content.decode()

    @pytest.mark.usefixtures("today")
    def test_who_only_reads_is_offered_nothing_to_enter(self, signed_in: Client) -> None:
        page = words(signed_in.get("/panel/"))
        assert "Ready for a meeting" in page
        assert "Enter a request" not in page


class TestList:
    def test_comes_with_the_longest_wait_first(self, as_clerk: Client) -> None:
        ready(case_id="K2", ready_on=date(2026, 3, 1))
        ready(case_id="K1", ready_on=date(2026, 2, 2))
        found = rows(as_clerk.get(READY), "table")
        assert found[0].startswith("Choose case K1 K1 36 days 2 February 2026")
        assert found[1].startswith("Choose case K2 K2 9 days 1 March 2026")
        by_case = rows(as_clerk.get(f"{READY}?sort=-case"), "table")
        assert [row.split()[2] for row in by_case] == ["K2", "K1"]

    def test_is_filtered_and_downloaded_under_the_same_filters(self, as_clerk: Client) -> None:
        ready(case_id="K1", primary_need="SEMH", child=make_child(home_district="Thanet"))
        ready(case_id="K2")
        query = "?list-need=SEMH&list-district=Thanet&list-panel=INDEPENDENT"
        page = as_clerk.get(READY + query)
        assert len(rows(page, "table")) == 1
        assert "1 case on 10 March 2026, longest wait first." in words(page)
        response = as_clerk.get("/panel/queues/ready.csv" + query)
        assert "queue-ready-2026-03-10-filtered.csv" in response["Content-Disposition"]
        lines = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
        assert lines[0][:3] == ["case", "waits", "since"]
        assert lines[1][:3] == ["K1", "36", "2026-02-02"]
        assert len(lines) == 2

    def test_an_agreed_place_leads_to_its_own_page_and_a_review_to_another_request(
        self, as_clerk: Client
    ) -> None:
        case = make_case(case_id="K1", received_on=date(2026, 1, 5), child=make_child(child_id="C1"))
        decision = make_decision(case=case, meeting_on=date(2026, 2, 3), review_on=TODAY)
        make_expected(pk=7, decision=decision)
        page = as_clerk.get("/panel/queues/agreed-not-started/").content.decode()
        assert re.search(r'href="/panel/expected/7/"[^>]*>K1<', page)
        add = "/panel/requests/add/?child=C1"
        assert f'href="{add}"' in as_clerk.get("/cases/K1/").content.decode()
        assert 'value="C1"' in as_clerk.get(add).content.decode()

    @pytest.mark.parametrize("queue", BY_KEY)
    def test_every_list_has_its_file(self, as_clerk: Client, queue: str) -> None:
        make_waiting(1)
        lines = (
            b"".join(as_clerk.get(f"/panel/queues/{queue}.csv").streaming_content)
            .decode("utf-8-sig")
            .splitlines()
        )
        assert len(lines) == 1 + BY_KEY[queue].records(TODAY).count() > 1

    def test_takes_as_many_statements_for_many_cases_as_for_few(self, as_clerk: Client) -> None:
        make_waiting(0, number=20)
        for _ in range(3):
            ready()
        of_few = {queue: statements(as_clerk, f"/panel/queues/{queue}/") for queue in BY_KEY}
        for _ in range(60):
            ready()
        assert {queue: statements(as_clerk, f"/panel/queues/{queue}/") for queue in BY_KEY} == of_few
        assert max(of_few.values()) <= 9

    def test_a_filter_that_is_none_is_refused(self, as_clerk: Client) -> None:
        page = as_clerk.get(f"{READY}?list-panel=NONE")
        assert page.status_code == 400
        assert "There is a problem" in words(page)
        assert as_clerk.get("/panel/queues/ready.csv?list-panel=NONE").status_code == 400

    def test_there_is_no_other_queue(self, as_clerk: Client) -> None:
        assert as_clerk.get("/panel/queues/nothing/").status_code == 404

    def test_an_empty_queue_says_so(self, as_clerk: Client) -> None:
        assert "Nothing is waiting here" in words(as_clerk.get(READY))

    @pytest.mark.usefixtures("today")
    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.PANEL_CLERK])
    def test_who_only_reads_has_no_boxes(self, client: Client, role: Role) -> None:
        ready(case_id="K1")
        client.force_login(make_user(role))
        page = client.get(READY).content.decode()
        assert "K1" in page
        assert 'type="checkbox"' not in page
        assert client.post(BULK, {"case": "K1", "action": "put-off"}).status_code == 403


class TestBulk:
    def test_puts_three_cases_on_an_agenda_and_keeps_the_filters(self, as_clerk: Client) -> None:
        cases, meeting = [ready() for _ in range(3)], make_meeting(held_on=TODAY)
        chosen = {"case": [case.pk for case in cases], "action": "assign", "meeting": meeting.pk}
        response = as_clerk.post(f"{BULK}?list-panel=INDEPENDENT", chosen, follow=True)
        assert response.redirect_chain == [(f"{READY}?list-panel=INDEPENDENT", 302)]
        assert "3 cases are on the agenda of the Independent Placement Panel of 10 March 2026." in words(
            response
        )
        assert set(meeting.items.values_list("case", flat=True)) == {case.pk for case in cases}

    def test_all_or_none_with_a_sentence_for_each_case_refused(self, as_clerk: Client) -> None:
        good, waiting = ready(case_id="K1"), make_case(case_id="K2", received_on=date(2026, 1, 5))
        ready(case_id="K3", panel="ADDITIONAL_FUNDING")
        meeting = make_meeting(held_on=TODAY)
        chosen = {"case": ["K1", "K2", "K3", "K4"], "action": "assign", "meeting": meeting.pk}
        page = as_clerk.post(BULK, chosen)
        said = words(page)
        assert "Nothing was saved: 3 cases could not be included." in said
        assert "You cannot put it on an agenda for case K2. Its papers are not complete." in said
        assert "Case K3 is for the other panel." in said
        assert "There is no case K4." in said
        assert page.content.decode().count(" checked>") == 2  # K1 and K3, which are on the list
        assert not AgendaItem.objects.filter(case__in=[good, waiting]).exists()

    def test_papers_complete_all_or_none(self, as_clerk: Client) -> None:
        case = make_case(case_id="K1", received_on=date(2026, 1, 5))
        ready(case_id="K2")
        address = "/panel/queues/awaiting-papers/bulk/"
        said = words(as_clerk.post(address, {"case": ["K1", "K2"], "action": "papers"}))
        assert "You cannot mark the papers as complete for case K2." in said
        case.refresh_from_db()
        assert case.ready_on is None
        as_clerk.post(address, {"case": ["K1"], "action": "papers"})
        case.refresh_from_db()
        assert case.ready_on == TODAY

    def test_put_off_takes_a_case_back_to_where_it_was(self, as_clerk: Client) -> None:
        fresh = ready(case_id="K1")
        asked = ready(case_id="K2")
        make_decision(case=asked, meeting_on=date(2026, 1, 6), outcome="MORE_INFORMATION")
        said = words(as_clerk.post(BULK, {"case": ["K1", "K2"], "action": "put-off"}, follow=True))
        assert "2 cases are returned: they wait as before." in said
        assert set(BY_KEY["awaiting-papers"].records(TODAY)) == {fresh}
        assert set(BY_KEY["information-awaited"].records(TODAY)) == {asked}

    @pytest.mark.parametrize(
        "ready_on", [None, date(2026, 3, 2)], ids=["deferred", "taken off an agenda since"]
    )
    def test_a_deferred_case_has_no_papers_to_put_off(self, as_clerk: Client, ready_on: date | None) -> None:
        case = make_case(ready_on=ready_on)
        make_decision(case=case, outcome="DEFERRED", meeting_on=date(2026, 2, 3))
        said = words(as_clerk.post(BULK, {"case": [case.pk], "action": "put-off"}))
        assert "It was deferred and is not on an agenda." in said

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({"action": "assign", "meeting": "1"}, "Choose at least one case."),
            ({"case": ["K1"], "action": "assign"}, "Choose a meeting."),
            (
                {"case": ["K1"], "action": "assign", "meeting": "0"},
                "Choose a meeting today or later.",
            ),
            (
                {"case": ["K1"], "action": "assign", "meeting": "x"},
                "Choose a meeting today or later.",
            ),
            ({"case": ["K1"]}, "Choose what to do."),
            ({"case": ["K1"], "action": "papers"}, "Select a valid choice."),
        ],
    )
    def test_what_is_missing_is_said(self, as_clerk: Client, typed: dict[str, Any], sentence: str) -> None:
        ready(case_id="K1")
        make_meeting(pk=1, held_on=TODAY)
        assert sentence in words(as_clerk.post(BULK, typed))
        assert not AgendaItem.objects.exists()

    def test_only_coming_meetings_of_the_panel_chosen_are_offered(self, as_clerk: Client) -> None:
        ready()
        make_meeting(held_on=TODAY - timedelta(days=1))
        make_meeting(held_on=TODAY)
        make_meeting(held_on=TODAY + timedelta(days=1), panel="ADDITIONAL_FUNDING")
        form = as_clerk.get(READY).context["form"]
        assert [str(words) for _, words in form.fields["meeting"].choices][1:] == [
            "10 March 2026, Independent Placement Panel",
            "11 March 2026, Additional funding panel",
        ]
        form = as_clerk.get(f"{READY}?list-panel=INDEPENDENT").context["form"]
        assert len(form.fields["meeting"].choices) == 2

    def test_its_address_leads_back_to_the_list(self, as_clerk: Client) -> None:
        response = as_clerk.get(f"{BULK}?list-need=ASD")
        assert (response.status_code, response["Location"]) == (302, f"{READY}?list-need=ASD")
