"""The pages and files of extracts. A view reads the address, asks for the table and passes it on."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from placements.as_at import default_of
from sen_dashboard.accounts.permissions import Permission, needs
from sen_dashboard.accounts.requests import person
from sen_dashboard.core.kpi.scope import ScopeError
from sen_dashboard.exports.downloads import answer, refusal
from sen_dashboard.reports.collected import Audience
from sen_dashboard.reports.extracts import BY_SLUG, page
from sen_dashboard.reports.extracts.extract import Extract

GIVEN_BY_BUTTON = "Use the buttons on the extract’s page to release a public file."


@needs(Permission.PREPARE_REPORTS)
@require_safe
def extracts(request: HttpRequest) -> HttpResponse:
    """The list of extracts."""
    return render(request, "reports/extracts.html", page.index())


@needs(Permission.PREPARE_REPORTS)
@require_safe
def extract(request: HttpRequest, slug: str) -> HttpResponse:
    """An extract for a year and one of its audiences."""
    found, as_at = _find(slug), default_of(request).day
    try:
        asked = page.ask(found, request.GET, as_at=as_at)
    except ScopeError as error:
        outline = page.outline(found, request.GET, as_at, error.errors)
        return render(request, "reports/extract.html", outline, status=HTTPStatus.BAD_REQUEST)
    context = page.outline(found, request.GET, as_at, {}) | page.context(asked, asked.answer())
    return render(request, "reports/extract.html", context)


@needs(Permission.PREPARE_REPORTS)
@require_http_methods(["GET", "POST"])
def extract_file(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """The table as a file; for an invalid question, the errors.

    A public file is recorded for good, so it needs a button: no link or program can ask for one by accident.
    """
    as_at = default_of(request).day
    try:
        asked = page.ask(_find(slug), request.GET, as_at=as_at)
    except ScopeError as error:
        return refusal(error.errors.values())
    if asked.audience is Audience.PUBLIC and request.method != "POST":
        return refusal([GIVEN_BY_BUTTON], HTTPStatus.METHOD_NOT_ALLOWED)
    given = asked.given_out(by=person(request), at=timezone.now())
    return answer(request, form, page.download(asked, given.table))


def _find(slug: str) -> Extract[Any]:
    if slug not in BY_SLUG:
        raise Http404(f"There is no extract {slug}.")
    return BY_SLUG[slug]
