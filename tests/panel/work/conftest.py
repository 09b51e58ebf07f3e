"""The day of these tests, and the person who does the work."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from sen_dashboard.accounts.models import User

USES_TODAY = ("panel.views.work", "panel.views.expected")


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make pages take ``waiting.TODAY`` as today."""
    from tests.panel.work.waiting import TODAY

    for module in USES_TODAY:
        monkeypatch.setattr(f"{module}.working_day", lambda: TODAY)


@pytest.fixture
def clerk(db: None) -> "User":
    from sen_dashboard.accounts.roles import Role
    from tests.factories import make_user

    return make_user(Role.PANEL_CLERK)


@pytest.fixture
def as_clerk(client: "Client", clerk: "User", today: None) -> "Client":
    """A client signed in as a panel clerk."""
    client.force_login(clerk)
    return client
