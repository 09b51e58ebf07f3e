"""Pages to look things up on: what the figures mean, and how far everybody can use the dashboard."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from placements.as_at import default_of
from sen_dashboard import kpis
from sen_dashboard.kpi_pages import dictionary as dictionary_page


@require_safe
def dictionary(request: HttpRequest) -> HttpResponse:
    """The definition of every KPI, or of those that hold the words looked for."""
    page = dictionary_page.context(kpis.KPIS, request.GET, default_of(request))
    return render(request, "dictionary.html", page)


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement, which nobody must sign in to read."""
    return render(request, "accessibility.html")
