"""Where the panel's pages lead after a change."""

from django.urls import reverse
from django.utils.http import urlencode

from sen_dashboard.clock.day import working_day


def case_today(case_id: str) -> str:
    """The page of a case as at today, not the last posting day: clerks work on the current state."""
    return f"{reverse('case', args=[case_id])}?{urlencode({'as_at': working_day().isoformat()})}"
