"""Reference pages: the definitions of the figures, and how accessible the dashboard is."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from placements.as_at import default_of
from sen_dashboard import kpis
from sen_dashboard.kpi_pages import dictionary as dictionary_page


@require_safe
def dictionary(request: HttpRequest) -> HttpResponse:
    """Show the definition of every KPI, or of those that contain the words searched for."""
    page = dictionary_page.context(kpis.KPIS, request.GET, default_of(request))
    return render(request, "dictionary.html", page)


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement, which can be read without signing in."""
    return render(request, "accessibility.html")
