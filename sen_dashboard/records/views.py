"""The pages of single records on a day, with their history, and the search that finds them.

Each view of a page of a child, a placement or a panel case is recorded.
"""

from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_GET, require_safe

from panel.models import PanelCase
from placements.as_at import default_of
from placements.models import Child, Placement
from provision.models import School
from sen_dashboard import kpis
from sen_dashboard.accounts.models import RecordRead
from sen_dashboard.accounts.requests import SignedInRequest
from sen_dashboard.accounts.services import note_read
from sen_dashboard.core.kpi.scope import ScopeError, parse_scope
from sen_dashboard.core.web import history as trail_page
from sen_dashboard.core.web.details import Link
from sen_dashboard.core.web.tables import in_order, in_pages
from sen_dashboard.exports.downloads import answer, refusal
from sen_dashboard.records import case as case_page
from sen_dashboard.records import child as child_page
from sen_dashboard.records import page as record_page
from sen_dashboard.records import placement as placement_page
from sen_dashboard.records import school as school_page
from sen_dashboard.records import search as search_page
from sen_dashboard.records.page import RecordPage

M = TypeVar("M", bound=Model)


@require_safe
def child(request: SignedInRequest, child_id: str) -> HttpResponse:
    """Show a child: the situation on the day, and everything on one time line."""
    return _shown(request, child_page, _found(Child.objects.all(), child_id), "child")


@require_safe
def placement(request: SignedInRequest, placement_id: str) -> HttpResponse:
    """Show a placement: its details, and its cost over time."""
    placements = Placement.objects.with_provision().select_related("plan__child", "school")
    return _shown(request, placement_page, _found(placements, placement_id), "placement")


@require_safe
def school(request: HttpRequest, school_id: str) -> HttpResponse:
    """Show a school: places, roll, cost, placements and payments."""
    page, status = _as_asked(request, school_page, _found(School.objects.all(), school_id))
    if "placements" in page:
        in_pages(page["placements"], request)
    return render(request, "school.html", page, status=status)


@require_GET
def school_file(request: HttpRequest, school_id: str, form: str) -> HttpResponseBase:
    """Return a school's placements as a file; for an invalid day, the error."""
    found = _found(School.objects.all(), school_id)
    try:
        scope = parse_scope(request.GET, (), default_as_at=default_of(request).day)
    except ScopeError as error:
        return refusal(error.errors.values())
    table = in_order(school_page.placements(found, scope.as_at), request)
    return answer(request, form, school_page.download(found, scope.as_at, table))


@require_safe
def case(request: SignedInRequest, case_id: str) -> HttpResponse:
    """Show a panel case: the request, and the decisions."""
    cases = PanelCase.objects.with_state().select_related("child", "school", "voided_by")
    return _shown(request, case_page, _found(cases, case_id), "case")


@require_safe
def child_trail(request: SignedInRequest, child_id: str) -> HttpResponse:
    """Show all changes to a child's own records."""
    return _trail(request, child_page, _found(Child.objects.all(), child_id), "child")


@require_safe
def placement_trail(request: SignedInRequest, placement_id: str) -> HttpResponse:
    """Show all changes to a placement and its cost lines."""
    placements = Placement.objects.select_related("plan")
    return _trail(request, placement_page, _found(placements, placement_id), "placement")


@require_safe
def case_trail(request: SignedInRequest, case_id: str) -> HttpResponse:
    """Show all changes to a panel case and its parts."""
    return _trail(request, case_page, _found(PanelCase.objects.all(), case_id), "case")


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show records found by key, and schools also by name; go straight to a record if the text is its exact key."""
    wanted = request.GET.get("q", "").strip()
    error = search_page.problem(wanted)
    if error:
        page = search_page.error_context(wanted, request.GET, error)
        return render(request, "search.html", page, status=HTTPStatus.BAD_REQUEST)
    groups = search_page.find(wanted, request.GET)
    exact = search_page.only_exact(groups)
    if exact:
        return redirect(exact.address)
    return render(request, "search.html", search_page.context(wanted, groups, request.GET))


def _shown(request: SignedInRequest, page: RecordPage, record: Model, name: str) -> HttpResponse:
    """Show the page of a child's record, with its history, and record the view; an invalid day shows nothing of it."""
    context, status = _as_asked(request, page, record)
    if status == HTTPStatus.OK:
        _note(request, record, name)
        context |= trail_page.newest(record, name, context["scope_query"])
    return render(request, f"{name}.html", context, status=status)


def _trail(request: SignedInRequest, page: RecordPage, record: Model, name: str) -> HttpResponse:
    """Show the whole history of a record, in pages, and record the view."""
    _note(request, record, name)
    context = trail_page.context(page.heading(record), record, name, request.GET)
    in_pages(context["table"], request)
    return render(request, "trail.html", context)


def _note(request: SignedInRequest, record: Any, name: str) -> None:
    """Record who reads; ``name`` is the record's page."""
    child_key = record.plan.child_id if name == "placement" else record.child_id
    note_read(by=request.user, kind=RecordRead.Kind[name.upper()], key=record.pk, child_key=child_key)


def _found(records: QuerySet[M, M], key: str) -> M:
    """Return the record with the key. Raises Http404 if there is none."""
    return get_object_or_404(records, pk=key)


def _as_asked(request: HttpRequest, page: RecordPage, record: Model) -> tuple[dict[str, Any], HTTPStatus]:
    """Return the context of the record's page on the day asked for; for an invalid day, only the error."""
    default, came_from = default_of(request), {"list_before": _list_before(request)}
    try:
        scope = parse_scope(request.GET, (), default_as_at=default.day)
    except ScopeError as error:
        refused = record_page.error_context(page.heading(record), request.GET, default, error.errors)
        return refused | came_from, HTTPStatus.BAD_REQUEST
    return page.context(record, scope, request.GET, default) | came_from, HTTPStatus.OK


def _list_before(request: HttpRequest) -> Link | None:
    """Return a link to the list from which the reader came, with its filters, order and page; None from elsewhere.

    It is taken from the browser's referrer, so that no address has to carry it.
    """
    try:
        before = urlsplit(request.headers.get("Referer", ""))
        found = resolve(before.path)
        if before.netloc != request.get_host() or found.url_name != "records":
            return None
        behind = kpis.find(found.kwargs["slug"]).keys.behind[found.kwargs["key"]]
    except (ValueError, Resolver404, KeyError):
        return None
    return Link(f"List: {behind.title}", f"{before.path}?{before.query}")
