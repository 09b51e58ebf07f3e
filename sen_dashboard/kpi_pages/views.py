"""The pages and files of KPIs. A view reads the scope, asks the KPI and passes on the result; the KPI calculates."""

import dataclasses
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from placements.as_at import default_of
from sen_dashboard import kpis
from sen_dashboard.accounts.models import Export
from sen_dashboard.accounts.requests import person
from sen_dashboard.accounts.services import note_export
from sen_dashboard.clock.day import working_day
from sen_dashboard.core.charts import plotly
from sen_dashboard.core.charts.layout.value import NARROW, WIDE
from sen_dashboard.core.kpi.addresses import mark_address
from sen_dashboard.core.kpi.definition import Events, Group, Kpi, Result, ask, ask_year_before
from sen_dashboard.core.kpi.scope import EARLIEST, Scope, ScopeError, parse_scope
from sen_dashboard.core.web.list_filters import wrong_filters
from sen_dashboard.core.web.tables import in_order, in_pages
from sen_dashboard.exports.downloads import answer, of_kpi, refusal
from sen_dashboard.kpi_pages import group as group_page
from sen_dashboard.kpi_pages import kpi as kpi_page
from sen_dashboard.kpi_pages import overview as overview_page
from sen_dashboard.kpi_pages import records as records_page
from sen_dashboard.kpi_pages.choices import shared_filters
from sen_dashboard.kpi_pages.records import RecordsAsked, records_asked
from sen_dashboard.programme.models import Event

BAD_REQUEST = HTTPStatus.BAD_REQUEST


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show the programme at a glance: targets missed, changes, work that waits for the reader, and all KPIs."""
    default = default_of(request)
    try:
        scope = parse_scope(request.GET, shared_filters(kpis.KPIS), default_as_at=default.day)
    except ScopeError as error:
        page = overview_page.error_context(kpis.KPIS, request.GET, default, error.errors)
        return render(request, "overview.html", page, status=BAD_REQUEST)
    page = overview_page.context(kpis.KPIS, scope, request.GET, default, person(request), working_day())
    return render(request, "overview.html", page)


@require_safe
def group(request: HttpRequest, group: Group) -> HttpResponse:
    """Show the KPIs of a group, each with its answer and chart."""
    of_group, default = [kpi for kpi in kpis.KPIS if kpi.group is group], default_of(request)
    try:
        scope = parse_scope(request.GET, shared_filters(of_group), default_as_at=default.day)
    except ScopeError as error:
        page = group_page.error_context(group, of_group, request.GET, default, error.errors)
        return render(request, "group.html", page, status=BAD_REQUEST)
    return render(request, "group.html", group_page.context(group, of_group, scope, request.GET, default))


@require_safe
def kpi(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a KPI: the answer, and what it is made of."""
    asked, default = _find(slug), default_of(request)
    try:
        scope = parse_scope(request.GET, asked.filters, default_as_at=default.day)
    except ScopeError as error:
        page = kpi_page.error_context(asked, request.GET, default, error.errors)
        return render(request, "kpi.html", page, status=BAD_REQUEST)
    result, before = ask(asked, scope), ask_year_before(asked, scope)
    page = kpi_page.context(asked, result, before, _events(scope), kpis.KPIS, request.GET, default)
    in_pages(page["table"], request)
    return render(request, "kpi.html", page)


@require_GET
def kpi_chart(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the chart of a KPI for Plotly, for a reader who explores it on the page."""
    asked = _find(slug)
    try:
        scope = parse_scope(request.GET, asked.filters, default_as_at=default_of(request).day)
    except ScopeError as error:
        return refusal(error.errors.values())
    drawn = asked.draw(ask(asked, scope), ask_year_before(asked, scope), _events(scope))
    if drawn is None:
        raise Http404(f"{slug} has nothing to draw on {scope.as_at}.")
    size = (
        NARROW if request.GET.get("drawing") == "narrow" else WIDE
    )  # static/js/chart.js names the element that it replaces
    figure = plotly.figure(drawn, mark_address(asked, scope), size)
    return HttpResponse(figure.to_json(), content_type="application/json")


def _events(scope: Scope) -> Events:
    """Return the events up to the as-at day, for the chart."""
    return list(Event.objects.between(EARLIEST, scope.as_at).values_list("day", "title"))


@require_GET
def kpi_json(request: HttpRequest, slug: str) -> JsonResponse:
    """Return a KPI's data, recorded as an export; for a wrong scope, a sentence for each wrong parameter."""
    asked = _find(slug)
    try:
        result = _ask(asked, request)
    except ScopeError as error:
        return JsonResponse({"errors": error.errors}, status=BAD_REQUEST)
    download = of_kpi(asked, result)
    note_export(
        by=person(request),
        what=download.what,
        form=Export.Form.JSON,
        filters=download.filters,
        rows=download.number,
    )
    return JsonResponse(asked.data(result))


@require_GET
def kpi_file(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """Return a KPI's rows as a file, in the table's order; for a wrong scope, the errors as plain text."""
    asked = _find(slug)
    try:
        result = _ask(asked, request)
    except ScopeError as error:
        return refusal(error.errors.values())
    table = in_order(asked.table(result.rows), request)
    ordered = dataclasses.replace(result, rows=tuple(row.record for row in table.rows))
    return answer(request, form, of_kpi(asked, ordered))


@require_safe
def records(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show the list of the records behind a number of a KPI."""
    default = default_of(request)
    try:
        asked = _behind(request, slug, key)
    except ScopeError as error:
        return render(
            request,
            "kpi.html",
            kpi_page.error_context(_find(slug), request.GET, default, error.errors),
            status=BAD_REQUEST,
        )
    wrong = wrong_filters(asked.filters)
    if wrong:
        return render(request, "records.html", records_page.error_context(asked, wrong), status=BAD_REQUEST)
    page = records_page.context(asked)
    in_pages(page["table"], request)
    return render(request, "records.html", page)


@require_GET
def records_file(request: HttpRequest, slug: str, key: str, form: str) -> HttpResponseBase:
    """Return the same list as a file, with the same filters and order; errors as plain text."""
    try:
        asked = _behind(request, slug, key)
    except ScopeError as error:
        return refusal(error.errors.values())
    wrong = wrong_filters(asked.filters)
    if wrong:
        return refusal(wrong.values())
    return answer(request, form, records_page.download(asked, in_order(asked.table(), request)))


def _behind(request: HttpRequest, slug: str, key: str) -> RecordsAsked:
    """Return the records asked for. Raises Http404 if there is no such list, and ScopeError."""
    try:
        return records_asked(_find(slug), key, request.GET, default_of(request))
    except LookupError as error:
        raise Http404(str(error)) from None


def _find(slug: str) -> Kpi[Any, Any]:
    try:
        return kpis.find(slug)
    except KeyError:
        raise Http404(f"There is no KPI {slug}.") from None


def _ask(asked: Kpi[Any, Any], request: HttpRequest) -> Result[Any, Any]:
    """Return the KPI's answer to the query string. Raises ScopeError."""
    default = default_of(request)
    return ask(asked, parse_scope(request.GET, asked.filters, default_as_at=default.day))
