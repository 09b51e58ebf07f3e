"""Only panel clerks may do anything here: each service refuses every other role before it looks at anything."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from panel.services import decisions, expected, meetings, requests
from sen_dashboard.accounts.roles import Role
from tests import factories as f
from tests.panel.desk import rows

MODULES = (requests, meetings, decisions, expected)
SERVICES = [
    service
    for module in MODULES
    for name, service in inspect.getmembers(module, inspect.isfunction)
    if not name.startswith("_")
    and service.__module__ == module.__name__
    and "by" in inspect.signature(service).parameters
]


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Role if role != Role.PANEL_CLERK])
@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.__name__)
def test_each_service_refuses_each_other_role(service: Callable[..., Any], role: Role) -> None:
    by = f.make_user(role)
    before = rows()
    nothing = dict.fromkeys(inspect.signature(service).parameters.keys() - {"by"})
    with pytest.raises(PermissionDenied):
        service(by=by, **nothing)
    assert rows() == before


def test_the_services_are_found() -> None:
    assert {service.__name__ for service in SERVICES} >= {
        "enter_request",
        "put_on_agenda",
        "decide",
        "correct",
        "record_start",
    }


@pytest.mark.django_db
def test_a_superuser_and_a_clerk_who_left_are_refused_too() -> None:
    superuser = f.make_user(Role.ADMINISTRATOR, is_superuser=True)
    gone = f.make_user(Role.PANEL_CLERK, is_active=False)
    for by in (superuser, gone):
        with pytest.raises(PermissionDenied):
            requests.keep_draft(by=by, typed={}, at=None)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_draft_is_its_clerks_own() -> None:
    draft, other = f.make_draft(typed={"panel": "INDEPENDENT"}), f.make_user(Role.PANEL_CLERK)
    for write in (
        lambda: requests.keep_draft(by=other, typed={}, at=draft.saved_at, draft=draft),
        lambda: requests.drop_draft(by=other, draft=draft),
    ):
        with pytest.raises(PermissionDenied):
            write()
    draft.refresh_from_db()
    assert draft.typed == {"panel": "INDEPENDENT"}
