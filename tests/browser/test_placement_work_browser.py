"""The end of a placement in a real browser, by keyboard alone: its consequences are shown before it is saved."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from placements.models import Placement
from sen_dashboard.accounts.roles import Role
from tests.browser.keyboard import enter, focus, follow, headed, tab_to, without_mouse, write
from tests.browser.test_events_browser import check
from tests.browser.test_pages_browser import AXE, sign_in
from tests.factories import make_cost_line, make_placement, make_school, make_user

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def placement(page: "Page", live_server: Any) -> "Page":
    """A placement at £36,000 a year by months, opened by somebody of Finance."""
    placement = make_placement(
        placement_id="PL1",
        school=make_school(name="Ash School"),
        starts_on=date(2018, 9, 1),
        accrual="MONTHS",
    )
    make_cost_line(placement=placement, annual_amount=Decimal(36_000))
    page.context.add_init_script(path=AXE)
    without_mouse(page)
    sign_in(page.context, live_server.url, make_user(Role.FINANCE))
    page.goto(live_server.url + "/placements/PL1/")
    return page


def test_a_placement_is_ended_and_what_follows_is_seen_first(placement: "Page") -> None:
    follow(placement, "End")
    headed(placement, "End the placement")
    for field, day in (("ends_on", date(2019, 1, 31)), ("paid_to_on", date(2019, 2, 28))):
        for part in ("day", "month", "year"):
            tab_to(placement, f"id_{field}-{part}")
            write(placement, str(getattr(day, part)))
    follow(placement, "Continue")
    assert focus(placement).name == "There is a problem"

    tab_to(placement, "id_end_reason")
    placement.keyboard.press("Space")
    follow(placement, "Continue")
    assert placement.get_by_text("Nothing has been saved yet.").is_visible()
    sentence = "Core education fee of £36,000 a year from 1 September 2018 ends on 28 February 2019."
    assert placement.get_by_text(sentence).is_visible()
    assert placement.get_by_role("row", name="In a full year £36,000 £0 −£36,000").is_visible()
    assert Placement.objects.get().ends_on is None
    for width in (320, 1280):
        placement.set_viewport_size({"width": width, "height": 900})
        check(placement, width, "what follows")

    tab_to(placement, "Change answers")
    enter(placement)
    assert placement.locator("#id_ends_on-day").input_value() == "31"
    follow(placement, "Continue")
    tab_to(placement, "Confirm and save")
    enter(placement)
    assert focus(placement).name == "Success"
    assert placement.get_by_text("The placement ends on 31 January 2019.").is_visible()
    assert (Placement.objects.get().ends_on, Placement.objects.get().paid_to_on) == (
        date(2019, 1, 31),
        date(2019, 2, 28),
    )
