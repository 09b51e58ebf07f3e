"""Where the panel's pages lead after something was done."""

from django.urls import reverse
from django.utils.http import urlencode

from sen_dashboard.clock.day import working_day


def case_today(case_id: str) -> str:
    """The page of a case as at today, whatever the day of the last posting: clerks work on what stands now."""
    return f"{reverse('case', args=[case_id])}?{urlencode({'as_at': working_day().isoformat()})}"
