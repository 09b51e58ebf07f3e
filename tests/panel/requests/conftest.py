"""A clerk at the form of a request, and the records that the form names."""

from datetime import date
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from sen_dashboard.accounts.models import User

# Models can be imported only once the settings are known, which is after this file is read.


@pytest.fixture
def records() -> None:
    """A child, three schools, and six placements for ASD at £36,500 a year."""
    from django.utils.timezone import localdate

    from tests import factories as made

    made.make_child(child_id="C1", date_of_birth=date(localdate().year - 11, 3, 1))
    made.make_school(school_id="S1", name="Ash School")
    made.make_school(school_id="L1", name="Elm School", sector="STATE_SPECIAL")
    made.make_school(school_id="L2", name="Beech School", sector="STATE_SPECIAL")
    for number in range(6):
        school = made.make_school(name=f"Placed {number}", school_id=f"P{number}")
        made.make_cost_line(
            placement=made.make_placement(plan=made.make_plan(primary_need="ASD"), school=school)
        )


@pytest.fixture
def person(records: None) -> "User":
    from sen_dashboard.accounts.roles import Role
    from tests.factories import make_user

    return make_user(Role.PANEL_CLERK)


@pytest.fixture
def clerk(client: "Client", person: "User") -> "Client":
    client.force_login(person)
    return client
