"""Who may do what: every address for every role and for nobody, and the matrix behind it.

A new address must be classed here by the roles that may use it, or the first test fails.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.template import Context, Template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import MATRIX, Permission, may
from sen_dashboard.accounts.roles import Role
from tests.factories import (
    make_case,
    make_child,
    make_event,
    make_placement,
    make_plan,
    make_school,
    make_user,
)

pytestmark = pytest.mark.django_db

EVERYBODY = frozenset(Role)
AUDITORS = frozenset({Role.AUDITOR})
EVENT_EDITORS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})

PUBLIC = {"sign_in", "accessibility"}
ROLES: dict[str, frozenset[Role]] = {
    "overview": EVERYBODY,
    "kpi": EVERYBODY,
    "kpi_json": EVERYBODY,
    "kpi_csv": EVERYBODY,
    "records": EVERYBODY,
    "records_csv": EVERYBODY,
    "dictionary": EVERYBODY,
    "child": EVERYBODY,
    "placement": EVERYBODY,
    "school": EVERYBODY,
    "case": EVERYBODY,
    "search": EVERYBODY,
    "child_trail": EVERYBODY,
    "placement_trail": EVERYBODY,
    "case_trail": EVERYBODY,
    "reads": AUDITORS,
    "reads_csv": AUDITORS,
    "changes": AUDITORS,
    "accessibility": EVERYBODY,
    "benchmarks": EVERYBODY,
    "benchmark": EVERYBODY,
    "benchmark_csv": EVERYBODY,
    "events": EVERYBODY,
    "event_add": EVENT_EDITORS,
    "event_change": EVENT_EDITORS,
    "event_remove": EVENT_EDITORS,
    "sign_in": EVERYBODY,
    "sign_out": EVERYBODY,
}
PARTS: dict[str, dict[str, str]] = {
    "kpi": {"slug": "capacity"},
    "kpi_json": {"slug": "capacity"},
    "kpi_csv": {"slug": "capacity"},
    "records": {"slug": "capacity", "key": "special_on_roll"},
    "records_csv": {"slug": "capacity", "key": "special_on_roll"},
    "child": {"child_id": "C1"},
    "placement": {"placement_id": "P1"},
    "school": {"school_id": "S1"},
    "case": {"case_id": "K1"},
    "child_trail": {"child_id": "C1"},
    "placement_trail": {"placement_id": "P1"},
    "case_trail": {"case_id": "K1"},
    "benchmark": {"slug": "inmss_share"},
    "benchmark_csv": {"slug": "inmss_share"},
    "event_change": {"event_id": "E1"},
    "event_remove": {"event_id": "E1"},
}
"""What an address needs besides its name; the records that they name are made by ``records``."""

every_address = pytest.mark.parametrize("name", ROLES)


def names(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[str | None]:
    """The name of every address, those of included files too."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        else:
            yield pattern.name


@pytest.fixture
def records() -> None:
    make_event(event_id="E1")
    child, school = make_child(child_id="C1"), make_school(school_id="S1")
    make_placement(placement_id="P1", plan=make_plan(child=child), school=school)
    make_case(case_id="K1", child=child)


def outcome(response: Any) -> str:
    """What came of a request: "allowed", "refused", or "sent to sign in"."""
    if response.status_code == 403:
        assert "You may not see this page" in response.content.decode()
        return "refused"
    if response.status_code == 302 and response["Location"].startswith(reverse("sign_in") + "?next="):
        return "sent to sign in"
    assert response.status_code in (200, 302, 404, 405), (
        response.status_code
    )  # 404: allowed, but nothing is held
    return "allowed"


def test_every_address_is_classed() -> None:
    assert set(names(get_resolver().url_patterns)) == set(ROLES)


@pytest.mark.usefixtures("records")
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", Role)
@every_address
def test_each_role_may_do_what_is_its_own(client: Client, name: str, role: Role, method: str) -> None:
    client.force_login(make_user(role))
    response = getattr(client, method)(reverse(name, kwargs=PARTS.get(name)))
    assert outcome(response) == ("allowed" if role in ROLES[name] else "refused")


@pytest.mark.usefixtures("records")
@pytest.mark.parametrize("method", ["get", "post"])
@every_address
def test_nobody_may_do_anything_but_sign_in(client: Client, name: str, method: str) -> None:
    response = getattr(client, method)(reverse(name, kwargs=PARTS.get(name)))
    assert outcome(response) == ("allowed" if name in PUBLIC else "sent to sign in")


def test_every_permission_has_its_roles() -> None:
    assert set(MATRIX) == set(Permission)
    assert all(MATRIX.values())


def test_only_a_role_gives_a_permission() -> None:
    superuser = User.objects.create_superuser("root")
    outsider = User.objects.create_user("outsider")
    outsider.groups.add(Group.objects.create(name="Manager of something else"))
    former = make_user(Role.MANAGER, is_active=False)
    for person in (superuser, outsider, former, AnonymousUser()):
        assert not may(person, Permission.EDIT_EVENTS)
    outsider = User.objects.get(username="outsider")
    outsider.groups.add(Group.objects.get(name=Role.MANAGER))
    assert may(outsider, Permission.EDIT_EVENTS)


def test_roles_are_read_once(django_assert_num_queries: Any) -> None:
    person = User.objects.get(pk=make_user(Role.MANAGER).pk)
    with django_assert_num_queries(1):
        assert may(person, Permission.EDIT_EVENTS)
        assert may(person, Permission.EDIT_EVENTS)


@pytest.mark.parametrize("role", Role)
def test_templates_hide_what_is_refused(role: Role) -> None:
    template = Template('{% load site %}{% if user|may:"EDIT_EVENTS" %}shown{% endif %}')
    shown = template.render(Context({"user": make_user(role)}))
    assert shown == ("shown" if role in EVENT_EDITORS else "")


def test_a_template_that_names_no_permission_fails() -> None:
    with pytest.raises(KeyError):
        Template('{% load site %}{{ user|may:"EDIT_EVENT" }}').render(Context({"user": AnonymousUser()}))
