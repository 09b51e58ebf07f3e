"""The council whose records these are, in words."""

from typing import Any

from django.conf import settings

from sen_dashboard.accounts.models import User

DEMONSTRATION = "Demonstration council, fictional records"
UNNAMED = "The council"


def council_of(person: Any) -> str:
    """Return the council's name from the settings, or ""; for a demonstration account, a note that all is invented."""
    return DEMONSTRATION if getattr(person, "is_demonstration", False) else str(settings.COUNCIL_NAME)


def council_in_reports(person: User | None) -> str:
    """Return the same for files and mails that leave the dashboard, never "".

    A timer has no account: it works for the demonstration accounts, if there are any.
    """
    return council_of(person or User.objects.filter(is_demonstration=True).first()) or UNNAMED
