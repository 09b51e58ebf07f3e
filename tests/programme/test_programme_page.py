"""The programme on one page and as a sheet, the commissioning plan, and the notes beside figures."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from random import Random
from typing import Any

import pytest
from django.test import Client

from provision.models import CommissioningChange, SchoolPlaces
from sen_dashboard.accounts.roles import Role
from sen_dashboard.programme.models import Risk
from sen_dashboard.programme.pages.commissioning_plan import PlannedYear, by_year, describe
from tests.factories import (
    make_action,
    make_change,
    make_decision_needed,
    make_event,
    make_milestone,
    make_note,
    make_places,
    make_risk,
    make_update,
    make_user,
    make_workstream,
)
from tests.provision.kpis.test_place_growth import make_random_places

pytestmark = pytest.mark.django_db
DAY = date(2019, 3, 31)
AT = {"as_at": DAY.isoformat()}


def words(client: Client, address: str, **query: str) -> str:
    """The page as one line of text without marks."""
    response = client.get(address, AT | query)
    assert response.status_code == 200
    return text_of(response)


def text_of(response: Any) -> str:
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


class TestProgramme:
    def test_levers_hold_their_actions_with_what_each_moves(self, signed_in: Client) -> None:
        fees = make_workstream(title="Fees")
        make_action("OFF_TRACK", title="Negotiate", workstream=fees, due_on=date(2019, 3, 1), kpi="requests")
        make_action("ON_TRACK", title="Train", lever="REDUCE_DEMAND")
        make_action("ON_TRACK", title="Told later", updated_on=date(2019, 4, 1))
        page = words(signed_in, "/programme/")
        spend, demand = page.index("Reduce spend"), page.index("Reduce demand")
        assert spend < page.index("Negotiate Off track Late: it was due on 1 March 2019") < demand
        assert "Figure it should change: Requests for an assessment" in page[spend:demand]
        assert "Train On track" in page[demand:]
        assert "Told later" not in page
        assert page.index("1 of 1 action is late.") < spend

    def test_an_action_shows_how_far_its_figure_has_moved(self, signed_in: Client) -> None:
        make_places(places=40)
        make_places(academic_year="2017-18", places=30)
        expected = {"kpi": "place_growth", "kpi_key": "special_places", "expected_change": 12}
        make_action("ON_TRACK", **expected, expected_from=date(2018, 9, 1))
        make_action("ON_TRACK", **expected, expected_from=date(2019, 9, 1))
        page = words(signed_in, "/programme/")
        assert "40; expected +12 from 1 September 2018, measured +10" in page
        assert "40; expected +12 from 1 September 2019, nothing measured yet" in page

    def test_workstreams_show_status_next_milestone_and_late_actions(self, signed_in: Client) -> None:
        action = make_action("AT_RISK", workstream=make_workstream(title="Fees"), due_on=date(2019, 3, 1))
        make_milestone(action=action, title="Reached", reached_on=date(2019, 2, 1))
        make_milestone(action=action, title="Signed", due_on=date(2019, 5, 1))
        assert "Fees At risk Signed 1 May 2019 1" in words(signed_in, "/programme/")

    def test_risks_stand_in_the_grid_where_they_are_rated(self, signed_in: Client) -> None:
        make_risk(likelihood=5, impact=4, title="Fees rise")
        make_risk(likelihood=5, impact=4)
        make_risk(likelihood=1, impact=1, status="CLOSED")
        response = signed_in.get("/programme/")
        grid = response.context["grid"]
        assert list(grid) == [5, 4, 3, 2, 1]
        numbers = {
            (impact, place + 1): cell.number
            for impact, cells in grid.items()
            for place, cell in enumerate(cells)
        }
        assert {place: number for place, number in numbers.items() if number} == {(4, 5): 2}
        assert [cell.rating for cell in grid[3]] == [3, 6, 9, 12, 15]
        assert "2 , rated 20, high" in text_of(response)
        assert Risk.objects.count() == 3

    def test_risks_stand_in_a_table_the_worst_first(self, signed_in: Client) -> None:
        make_risk(likelihood=2, impact=2, title="Small")
        make_risk(risk_id="R1", likelihood=3, impact=4, title="Fees rise", mitigation="A framework")
        page = words(signed_in, "/programme/")
        assert "Risk Rating Likelihood Impact Mitigation Fees rise 12 3 4 A framework Small 4 2 2" in page
        assert f"/programme/risks/R1/?as_at={DAY}" in signed_in.get("/programme/", AT).content.decode()

    def test_no_risk_is_said(self, signed_in: Client) -> None:
        make_risk(status="CLOSED")
        assert "No open risks." in words(signed_in, "/programme/")

    def test_decisions_needed_are_settled_by_managers_alone(self, client: Client) -> None:
        make_decision_needed(item_id="D1", title="Agree the tender", needed_by=date(2019, 3, 1))
        make_decision_needed(title="Settled before", settled_on=date(2019, 3, 1))
        for role, settles in ((Role.MANAGER, True), (Role.OFFICER, False), (Role.AUDITOR, False)):
            client.force_login(make_user(role))
            response = client.get("/programme/", AT)
            page = response.content.decode()
            assert ("/programme/decisions/D1/settle/" in page) == settles
            assert ("/programme/decisions/add/" in page) == (role is not Role.AUDITOR)
            assert "Agree the tender" in page
            assert "Settled before" not in page

    def test_navigation_has_it_right_after_the_overview(self, signed_in: Client) -> None:
        page = signed_in.get("/").content.decode()
        assert page.index('href="/"') < page.index('href="/programme/') < page.index("-figures")

    def test_a_day_that_is_none_is_said(self, signed_in: Client) -> None:
        for address in ("/programme/", "/programme/highlight-report/", "/commissioning-plan/"):
            response = signed_in.get(address, {"as_at": "yesterday"})
            assert response.status_code == 400
            assert "“yesterday” is not a date such as 2019-03-31." in text_of(response)

    def test_today_is_read_once_a_request(self, signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        days = iter([DAY, date(2019, 4, 1)])  # midnight passes while the page is made
        monkeypatch.setattr("placements.as_at.working_day", lambda: next(days))
        page = text_of(signed_in.get("/programme/"))
        assert "31 March 2019" in page
        assert next(days) == date(2019, 4, 1)

    def test_breadcrumbs_lead_through_the_programme(self, signed_in: Client) -> None:
        action = make_action("ON_TRACK")
        for address in (
            "actions/",
            f"actions/{action.pk}/",
            f"actions/{action.pk}/trail/",
            "highlight-report/",
        ):
            page = signed_in.get(f"/programme/{address}").content.decode()
            crumbs = page.split('aria-label="Breadcrumb"')[1].split("</nav>")[0]
            assert '<a class="govuk-link" href="/programme/">Programme</a>' in crumbs, address


class TestSheet:
    def test_says_what_needs_attention_the_worst_first(self, signed_in: Client) -> None:
        make_action("ON_TRACK", title="In time", due_on=date(2019, 6, 1))
        make_action("ON_TRACK", title="Late one", due_on=date(2019, 3, 1))
        make_action("AT_RISK", title="Risky one")
        make_action("OFF_TRACK", title="Lost one")
        page = words(signed_in, "/programme/highlight-report/")
        assert page.index("Lost one") < page.index("Risky one") < page.index("Late one")
        assert "In time" not in page

    def test_says_what_was_done_and_reached_since_the_month_before(self, signed_in: Client) -> None:
        action = make_action("ON_TRACK", title="Finished")
        make_update(action=action, day=date(2019, 3, 20), status="DONE")
        make_action("DONE", title="Long done", updated_on=date(2019, 2, 28))
        make_milestone(title="Signed", reached_on=date(2019, 3, 1), due_on=date(2019, 2, 1))
        page = words(signed_in, "/programme/highlight-report/")
        assert "Done and reached since 28 February 2019 Done: Finished Signed, 1 March" in page
        assert "Long done" not in page

    def test_each_region_holds_what_its_heading_says(self, signed_in: Client) -> None:
        page = signed_in.get("/programme/highlight-report/", AT).content.decode()
        regions = [part.split("</section>")[0] for part in page.split("<section ")[1:]]
        assert len(regions) == 5
        for region in regions:
            named = re.search(r'aria-labelledby="([^"]*)"', region)
            assert named
            assert re.findall(r'<h2 id="([^"]*)"', region) == [named[1]]

    def test_what_does_not_fit_is_counted(self, signed_in: Client) -> None:
        for number in range(9):
            make_risk(title=f"Risk {number}")
        assert "5 more" in words(signed_in, "/programme/highlight-report/")


# The commissioning plan


def second(day: date) -> list[PlannedYear]:
    """The same by walking through all records for each year and provision."""
    changes = [c for c in CommissioningChange.objects.all() if c.status != "CANCELLED"]
    places = list(SchoolPlaces.objects.all())

    def label(first: int) -> str:
        return f"{first}-{(first + 1) % 100:02d}"

    def first_year(on: date) -> int:
        return on.year if on.month >= 9 else on.year - 1

    found: list[PlannedYear] = []
    so_far: dict[str, tuple[int, int] | None] = {"SPECIAL": None, "SRP": None}  # as planned, as opened
    for first in range(2010, 2030):
        for provision, before in so_far.items():
            of = [c for c in changes if first_year(c.effective_on) == first and c.provision == provision]
            planned = sum(c.places_change for c in of if c.status in ("APPROVED", "OPEN"))
            opened = sum(c.places_change for c in of if c.status == "OPEN" and c.effective_on <= day)
            proposed = sum(c.places_change for c in of if c.status == "PROPOSED")
            if of:
                known = before or (None, None)
                found.append(PlannedYear(label(first), provision, *known, planned, opened, proposed))
            recorded = [
                p.places for p in places if (p.academic_year, p.provision) == (label(first), provision)
            ]
            if recorded:
                so_far[provision] = (sum(recorded), sum(recorded))
            elif before:
                so_far[provision] = (before[0] + planned, before[1] + opened)
    return found


class TestCommissioningPlan:
    @pytest.mark.parametrize("seed", range(5))
    def test_years_equal_a_second_calculation(
        self, seed: int, django_assert_num_queries: Callable[..., Any]
    ) -> None:
        make_random_places(seed)
        random = Random(seed)
        for _ in range(40):
            make_change(
                provision=random.choice(["SPECIAL", "SRP"]),
                effective_on=date(2016, 1, 1) + timedelta(days=random.randrange(3000)),
                places_change=random.randint(-20, 60),
                status=random.choice(["PROPOSED", "APPROVED", "OPEN", "CANCELLED"]),
            )
        for day in (date(2017, 8, 31), DAY, date(2022, 9, 1)):
            with django_assert_num_queries(2):
                found = by_year(day)
            assert found == second(day)

    def test_sentence_says_planned_against_opened(self, signed_in: Client) -> None:
        make_places(places=4130)
        make_change(places_change=400, effective_on=date(2019, 9, 1))
        make_change(places_change=16, effective_on=date(2019, 9, 1), status="OPEN")
        make_change(places_change=99, effective_on=date(2019, 9, 1), status="PROPOSED")
        page = words(signed_in, "/commissioning-plan/")
        assert (
            "State special schools: 416 more places planned for 2019-20, from 4,130 to 4,546; so far none."
            in page
        )
        page = words(signed_in, "/commissioning-plan/", as_at="2019-09-01")
        assert "2019-20 State special schools 4,130 +416 4,546 +16 4,146 +99" in page

    def test_what_is_planned_before_is_not_opened_later(self, signed_in: Client) -> None:
        """The year after next begins with what has opened by then, also where a year between has no change."""
        make_places(places=4130)
        make_change(places_change=416, effective_on=date(2019, 9, 1))
        make_change(places_change=60, effective_on=date(2021, 9, 1))
        page = words(signed_in, "/commissioning-plan/")
        assert "2019-20 State special schools 4,130 +416 4,546 0 4,130 0" in page
        assert "2021-22 State special schools 4,546 +60 4,606 0 4,130 0" in page

    def test_places_that_go_are_told_as_fewer(self, signed_in: Client) -> None:
        make_places(places=100)
        make_change(places_change=-20, effective_on=date(2018, 9, 1), status="OPEN")
        make_change(places_change=-5, effective_on=date(2018, 12, 1), status="APPROVED")
        page = words(signed_in, "/commissioning-plan/", as_at="2018-09-01")
        assert "2018-19 State special schools not available −25 not available −20 not available 0" in page
        make_places(academic_year="2017-18", places=90)
        page = words(signed_in, "/commissioning-plan/", as_at="2018-09-01")
        assert "2018-19 State special schools 90 −25 65 −20 70 0" in page
        one = PlannedYear("2018-19", "SPECIAL", 90, 90, -25, -20, 0)
        assert describe(one) == (
            "State special schools: 25 fewer places planned for 2018-19, from 90 to 65; so far 20 fewer."
        )

    def test_a_change_shows_its_next_milestone(self, signed_in: Client) -> None:
        change = make_change(title="Free school", district="Swale", needs=["SEMH"])
        make_milestone(change=change, title="School opens", due_on=date(2019, 9, 1))
        make_milestone(change=change, title="Site agreed", due_on=date(2019, 3, 8))
        page = words(signed_in, "/commissioning-plan/")
        assert "Swale SEMH Site agreed. Late: due on 8 March 2019" in page

    def test_managers_alone_add_to_it(self, client: Client) -> None:
        for role in (Role.MANAGER, Role.OFFICER):
            client.force_login(make_user(role))
            page = client.get("/commissioning-plan/").content.decode()
            assert ("/programme/commissioning-changes/add/" in page) == (role is Role.MANAGER)

    def test_an_empty_plan_says_where_it_comes_from(self, signed_in: Client) -> None:
        assert "No changes yet Managers enter them here." in words(signed_in, "/commissioning-plan/")


# Beside a figure


class TestBesideAFigure:
    def test_notes_stand_where_their_figure_is_from_their_day_on(self, signed_in: Client) -> None:
        make_note(kpi="panel_reasons", title="Why", text="No room\nToo complex", day=DAY)
        make_note(kpi="requests", title="Another figure’s")
        page = words(signed_in, "/kpis/panel_reasons/")
        assert "Why No room Too complex As at 31 March 2019." in page
        assert "Another figure’s" not in page
        assert "Too complex" not in words(signed_in, "/kpis/panel_reasons/", as_at="2019-03-30")

    def test_what_is_being_done_about_it(self, signed_in: Client) -> None:
        make_action("AT_RISK", title="Negotiate", kpi="cost_growth")
        make_action("", title="Not told of", kpi="cost_growth")
        make_action("ON_TRACK", title="About another", kpi="requests")
        page = words(signed_in, "/kpis/cost_growth/")
        assert "Being done about it Negotiate At risk" in page
        assert "Not told of" not in page
        assert "About another" not in page


def test_events_of_the_year_lead_to_before_and_after(signed_in: Client) -> None:
    make_event(event_id="E1", day=date(2019, 4, 29))
    make_event(event_id="E0", day=date(2014, 9, 1))
    page = signed_in.get("/programme/", AT).content.decode()
    assert "/events/E1/before-and-after/" in page
    assert "/events/E0/before-and-after/" not in page
