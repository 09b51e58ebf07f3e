"""The pages on which the auditor searches who read and who changed which record."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sen_dashboard.accounts.permissions import Permission, needs
from sen_dashboard.core.tables import in_pages
from sen_dashboard.downloads import as_file, to_csv
from sen_dashboard.pages import audit

BAD_REQUEST = HTTPStatus.BAD_REQUEST


@needs(Permission.READ_TRAIL)
@require_safe
def reads(request: HttpRequest) -> HttpResponse:
    """Who was shown which page of a child's record, newest first."""
    filters = audit.readings(request.GET)
    if not filters.is_valid():
        return render(request, "reads.html", audit.refused(filters), status=BAD_REQUEST)
    page = audit.reads_answered(filters)
    in_pages(page["table"], request)
    return render(request, "reads.html", page)


@needs(Permission.READ_TRAIL)
@require_safe
def reads_csv(request: HttpRequest) -> HttpResponseBase:
    """The same as a file, under the same filters; what is wrong as plain text."""
    filters = audit.readings(request.GET)
    if not filters.is_valid():
        wrong = " ".join(audit.wrong_filters(filters).values())
        return HttpResponse(wrong, content_type="text/plain; charset=utf-8", status=BAD_REQUEST)
    return as_file(StreamingHttpResponse(to_csv(audit.file_rows(filters.qs))), "readings.csv")


@needs(Permission.READ_TRAIL)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Who changed which record and how, newest first."""
    kinds = audit.changes_asked(request.GET)
    if not kinds[0].is_valid():
        return render(request, "changes.html", audit.refused(kinds[0]), status=BAD_REQUEST)
    page = audit.changes_answered(kinds)
    in_pages(page["table"], request)
    return render(request, "changes.html", page)
