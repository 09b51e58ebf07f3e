"""The programme's lists and the pages of its records, with links to figures, schools and histories."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe

from placements.as_at import default_of, today_of
from provision.models import CommissioningChange
from sen_dashboard import kpis
from sen_dashboard.accounts.requests import person
from sen_dashboard.core.kpi.scope import Scope, ScopeError, parse_scope
from sen_dashboard.core.web import history as trail_page
from sen_dashboard.core.web.details import Link
from sen_dashboard.core.web.tables import in_order, in_pages
from sen_dashboard.exports.downloads import answer, refusal
from sen_dashboard.programme.models import Action, DecisionNeeded, Event, Risk, Workstream
from sen_dashboard.programme.pages import before_and_after as before_page
from sen_dashboard.programme.pages import commissioning_plan as plan_page
from sen_dashboard.programme.pages import home as programme_page
from sen_dashboard.programme.pages import lists as list_page
from sen_dashboard.programme.pages import records as record_page
from sen_dashboard.programme.pages.figures import Figures, Reading
from sen_dashboard.programme.pages.lists import LISTS, ProgrammeList

BAD_REQUEST = HTTPStatus.BAD_REQUEST
FIGURES = Figures(kpis.KPIS)
"""For forms, which name figures without asking for their values."""

KINDS: Mapping[str, QuerySet[Any, Any]] = {
    "workstream": Workstream.objects.all(),
    "action": Action.objects.select_related("workstream"),
    "risk": Risk.objects.select_related("workstream"),
    "decision_needed": DecisionNeeded.objects.select_related("workstream", "settled_by"),
    "commissioning_change": CommissioningChange.objects.select_related("school"),
}
"""The records that have a page of their own, by the name of its address."""


@require_safe
def programme(request: HttpRequest) -> HttpResponse:
    """Show the programme on the day asked for, or today."""
    default = today_of(request)
    try:
        scope = parse_scope(request.GET, (), default_as_at=default.day)
    except ScopeError as error:
        page = programme_page.error_context(request.GET, default, error.errors)
        return render(request, "programme/programme.html", page, status=BAD_REQUEST)
    page = programme_page.context(kpis.find("workstreams"), _record_asked(request, scope), default)
    return render(request, "programme/programme.html", page)


@require_safe
def programme_sheet(request: HttpRequest) -> HttpResponse:
    """Show the highlight report of the day asked for, or today; an invalid day is refused by the programme's page."""
    try:
        scope = parse_scope(request.GET, (), default_as_at=today_of(request).day)
    except ScopeError:
        return programme(request)
    page = programme_page.sheet(kpis.find("workstreams"), _record_asked(request, scope))
    return render(request, "programme/sheet.html", page)


@require_safe
def commissioning_plan(request: HttpRequest) -> HttpResponse:
    """Show the commissioning plan on the day asked for, or today."""
    default = today_of(request)
    try:
        scope = parse_scope(request.GET, (), default_as_at=default.day)
    except ScopeError as error:
        page = plan_page.error_context(request.GET, default, error.errors)
        return render(request, "programme/commissioning_plan.html", page, status=BAD_REQUEST)
    page = plan_page.context(_record_asked(request, scope), default)
    in_pages(page["table"], request)
    return render(request, "programme/commissioning_plan.html", page)


@require_safe
def before_and_after(request: HttpRequest, event_id: str) -> HttpResponse:
    """Show figures before and after an event, as far as they are known on the day asked for."""
    event, default = get_object_or_404(Event, pk=event_id), default_of(request)
    figures = Reading(kpis.KPIS)
    try:
        scope = parse_scope(request.GET, (), default_as_at=default.day)
        wanted = request.GET.get("figure", "").strip()
        if wanted and wanted not in before_page.offered(kpis.KPIS, figures):
            raise ScopeError({"figure": "Choose one of the figures of the list."})
    except ScopeError as error:
        page = before_page.error_context(event, kpis.KPIS, figures, request.GET, default, error.errors)
        return render(request, "programme/before_and_after.html", page, status=BAD_REQUEST)
    page = before_page.context(event, kpis.KPIS, figures, scope, request.GET, default)
    return render(request, "programme/before_and_after.html", page)


@require_safe
def programme_list(request: HttpRequest, key: str) -> HttpResponse:
    """Show a list of the programme on the day asked for, or today."""
    of = _list(key)
    try:
        asked = _asked(request, of)
    except ScopeError as error:
        page = list_page.wrong_day(of, error.errors)
        return render(request, "programme/list.html", page, status=BAD_REQUEST)
    if asked.wrong:
        return render(request, "programme/list.html", list_page.error_context(asked), status=BAD_REQUEST)
    page = list_page.context(asked, person(request))
    in_pages(page["table"], request)
    return render(request, "programme/list.html", page)


@require_GET
def programme_list_file(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """Return the same list as a file, with the same filters and order; errors as plain text."""
    try:
        asked = _asked(request, _list(key))
    except ScopeError as error:
        return refusal(error.errors.values())
    if asked.wrong:
        return refusal(asked.wrong.values())
    table = in_order(asked.table(person(request)), request)
    return answer(request, form, list_page.download(asked, table))


@require_safe
def programme_record(request: HttpRequest, kind: str, **key: str) -> HttpResponse:
    """Show a record on the day asked for, or today, with its history."""
    record = _found(kind, key)
    try:
        scope = parse_scope(request.GET, (), default_as_at=today_of(request).day)
    except ScopeError as error:
        page = {"heading": str(record), "errors": {"main": " ".join(error.errors.values())}}
        return render(request, "programme/record.html", page, status=BAD_REQUEST)
    asked = _record_asked(request, scope)
    page = record_page.PAGES[type(record)](record, asked)
    page |= trail_page.newest(record, kind, asked.query)
    return render(request, "programme/record.html", page)


@require_safe
def programme_trail(request: HttpRequest, kind: str, **key: str) -> HttpResponse:
    """Show all changes to a record and its parts."""
    record = _found(kind, key)
    page = trail_page.context(record_page.heading(record), record, kind, request.GET)
    page["trail"] = (Link("Programme", reverse("programme") + page["scope_query"]), *page["trail"])
    in_pages(page["table"], request)
    return render(request, "trail.html", page)


def _list(key: str) -> ProgrammeList:
    """Return the list with that key. Raises Http404 if there is none."""
    if key not in LISTS:
        raise Http404(f"The programme has no list {key}.")
    return LISTS[key]


def _asked(request: HttpRequest, of: ProgrammeList) -> list_page.Asked:
    """Return the list that the request asks for. Raises ScopeError for an invalid day."""
    scope = parse_scope(request.GET, (), default_as_at=today_of(request).day)
    return list_page.Asked(of, scope.as_at, request.GET, Reading(kpis.KPIS))


def _record_asked(request: HttpRequest, scope: Scope) -> record_page.Asked:
    figures_day = scope.as_at if request.GET.get("as_at", "").strip() else default_of(request).day
    return record_page.Asked(scope.as_at, request.GET, person(request), Reading(kpis.KPIS), figures_day)


def _found(kind: str, key: Mapping[str, str]) -> Model:
    """Return the record in the address. Raises Http404 if there is none."""
    found: Model = get_object_or_404(KINDS[kind], pk=key[f"{kind}_id"])
    return found
