"""The pages of people in a real browser: by keyboard alone, at every width, and what axe-core finds."""

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from tests.browser.keyboard import enter, focus, tab_to
from tests.browser.test_events_browser import check
from tests.browser.test_pages_browser import AXE, each_width, sign_in
from tests.factories import make_user

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a long enough phrase"


@pytest.fixture
def people(page: "Page", live_server: Any) -> "Page":
    """The list of people, opened by the only one on it, an administrator."""
    page.context.add_init_script(path=AXE)
    sign_in(page.context, live_server.url, make_user(Role.ADMINISTRATOR, username="admin"))
    page.goto(live_server.url + reverse("people"))
    return page


def fill(page: "Page", **typed: str) -> None:
    """Go from box to box with Tab and type."""
    for name, text in typed.items():
        tab_to(page, f"id_{name}")
        page.keyboard.type(text)


def test_a_person_is_added_and_signs_in_by_keyboard(people: "Page", live_server: Any) -> None:
    tab_to(people, "Add a person")
    enter(people)
    fill(people, username="zoe", first_name="Zoe", last_name="Ash")
    enter(people)
    assert focus(people).name == "There is a problem"
    tab_to(people, "Choose at least one role.")
    people.keyboard.press("Enter")
    assert people.evaluate("document.activeElement.id") == "id_roles"  # the first of the boxes
    people.keyboard.press("Tab")
    people.keyboard.press("Space")
    enter(people)
    password = people.locator("#one-time-password").inner_text()
    assert people.title().startswith("Added: Zoe Ash")
    assert User.objects.get(username="zoe").roles == {Role.PANEL_CLERK}

    people.context.clear_cookies()
    people.goto(live_server.url + reverse("sign_in"))
    fill(people, username="zoe", password=password)
    enter(people)
    assert people.get_by_role("heading", name="Change your password").is_visible()
    fill(people, old_password=password, new_password1=PASSWORD, new_password2=PASSWORD)
    enter(people)
    assert focus(people).name == "Success"
    assert people.url == live_server.url + "/"


def test_a_role_is_changed_by_keyboard(people: "Page") -> None:
    make_user(Role.OFFICER, username="a.person")
    people.reload()
    tab_to(people, "Change")
    enter(people)
    tab_to(people, "id_roles")
    people.keyboard.press("Space")
    tab_to(people, "id_roles-4")
    people.keyboard.press("Space")
    enter(people)
    assert people.get_by_text("Changed: a.person").is_visible()
    assert people.get_by_role("row", name="a.person Manager").is_visible()
    assert User.objects.get(username="a.person").roles == {Role.MANAGER}


@each_width
def test_forms_with_errors_and_the_password_shown_are_accessible(
    people: "Page", live_server: Any, width: int
) -> None:
    people.set_viewport_size({"width": width, "height": 900})
    check(people, width, "people")
    people.goto(live_server.url + reverse("person_add"))
    press(people, "Add")
    check(people, width, "errors")
    people.get_by_label("User name").fill("a.person.with.a.very.long.name@" + "x" * 60)
    people.get_by_label("Officer").check()
    press(people, "Add")
    check(people, width, "one-time password")
    people.goto(live_server.url + reverse("people"))
    check(people, width, "people with a long name")
    people.goto(live_server.url + reverse("password"))
    press(people, "Save")
    check(people, width, "password")
    sign_in(people.context, live_server.url, make_user(Role.OFFICER))
    people.goto(live_server.url + reverse("people"))
    check(people, width, "refused")


def press(page: "Page", button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()
