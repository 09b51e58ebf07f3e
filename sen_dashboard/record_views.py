"""The pages of single records, as at a day, and the search that finds them."""

from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from panel.models import PanelCase
from placements.models import Child, Placement
from provision.models import School
from sen_dashboard.as_at import default_as_at
from sen_dashboard.core.scope import ScopeError, parse_scope
from sen_dashboard.core.tables import in_pages
from sen_dashboard.kpis import BY_SLUG
from sen_dashboard.pages import case as case_page
from sen_dashboard.pages import child as child_page
from sen_dashboard.pages import placement as placement_page
from sen_dashboard.pages import record as record_page
from sen_dashboard.pages import school as school_page
from sen_dashboard.pages import search as search_page
from sen_dashboard.pages.record import Link, RecordPage

M = TypeVar("M", bound=Model)


@require_safe
def child(request: HttpRequest, child_id: str) -> HttpResponse:
    """A child: what holds on the day, and everything on one time line."""
    found = _found(Child.objects.all(), child_id)
    page, status = _as_asked(request, child_page, found)
    return render(request, "child.html", page, status=status)


@require_safe
def placement(request: HttpRequest, placement_id: str) -> HttpResponse:
    """A placement: what it is, and its cost over time."""
    placements = Placement.objects.with_provision().select_related("plan__child", "school")
    page, status = _as_asked(request, placement_page, _found(placements, placement_id))
    return render(request, "placement.html", page, status=status)


@require_safe
def school(request: HttpRequest, school_id: str) -> HttpResponse:
    """A school: places, roll, cost, placements and payments."""
    page, status = _as_asked(request, school_page, _found(School.objects.all(), school_id))
    if "placements" in page:
        in_pages(page["placements"], request)
    return render(request, "school.html", page, status=status)


@require_safe
def case(request: HttpRequest, case_id: str) -> HttpResponse:
    """A panel case: the request, and what was decided."""
    cases = PanelCase.objects.with_state().select_related("child", "school")
    page, status = _as_asked(request, case_page, _found(cases, case_id))
    return render(request, "case.html", page, status=status)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Records by key, and schools by name too; the one record whose key it is, at once."""
    wanted = request.GET.get("q", "").strip()
    error = search_page.problem(wanted)
    if error:
        page = search_page.refused(wanted, request.GET, error)
        return render(request, "search.html", page, status=HTTPStatus.BAD_REQUEST)
    groups = search_page.find(wanted, request.GET)
    exact = search_page.only_exact(groups)
    if exact:
        return redirect(exact.address)
    return render(request, "search.html", search_page.answered(wanted, groups, request.GET))


def _found(records: QuerySet[M, M], key: str) -> M:
    """The record of the key. Raises Http404 where there is none."""
    return get_object_or_404(records, pk=key)


def _as_asked(request: HttpRequest, page: RecordPage, record: Model) -> tuple[dict[str, Any], HTTPStatus]:
    """The record's page on the day asked for; for a day that is none, what is wrong with it and no more."""
    default, came_from = default_as_at(localdate()), {"list_before": _list_before(request)}
    try:
        scope = parse_scope(request.GET, (), default_as_at=default.day)
    except ScopeError as error:
        refused = record_page.refused(page.heading(record), request.GET, default, error.errors)
        return refused | came_from, HTTPStatus.BAD_REQUEST
    return page.answered(record, scope, request.GET, default) | came_from, HTTPStatus.OK


def _list_before(request: HttpRequest) -> Link | None:
    """The list behind a number from which the reader came here, with its filters, order and page; None from elsewhere.

    The browser says where that was, so that no address has to carry it.
    """
    try:
        before = urlsplit(request.headers.get("Referer", ""))
        found = resolve(before.path)
        if before.netloc != request.get_host() or found.url_name != "records":
            return None
        part = BY_SLUG[found.kwargs["slug"]].part(found.kwargs["key"])
    except (ValueError, Resolver404, KeyError):
        return None
    return Link(f"List: {part.title}", f"{before.path}?{before.query}")
