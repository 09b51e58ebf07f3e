"""The pages on which the auditor searches who read, changed and exported records."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_GET, require_safe

from sen_dashboard.accounts.permissions import Permission, needs
from sen_dashboard.audit import pages as audit
from sen_dashboard.core.web.list_filters import wrong_filters
from sen_dashboard.core.web.tables import in_pages
from sen_dashboard.exports.downloads import answer, refusal

BAD_REQUEST = HTTPStatus.BAD_REQUEST


@needs(Permission.READ_TRAIL)
@require_safe
def reads(request: HttpRequest) -> HttpResponse:
    """Show who was shown which page of a child's record, newest first."""
    filters = audit.readings(request.GET)
    if not filters.is_valid():
        return render(request, "reads.html", audit.error_context(filters), status=BAD_REQUEST)
    page = audit.reads_answered(filters)
    in_pages(page["table"], request)
    return render(request, "reads.html", page)


@needs(Permission.READ_TRAIL)
@require_GET
def reads_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """Return the same as a file, with the same filters; errors as plain text."""
    filters = audit.readings(request.GET)
    if not filters.is_valid():
        return refusal(wrong_filters(filters).values())
    return answer(request, form, audit.reads_download(filters))


@needs(Permission.READ_TRAIL)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Show who changed which record and how, newest first."""
    kinds = audit.changes_asked(request.GET)
    if not kinds[0].is_valid():
        return render(request, "changes.html", audit.error_context(kinds[0]), status=BAD_REQUEST)
    page = audit.changes_answered(kinds)
    in_pages(page["table"], request)
    return render(request, "changes.html", page)


@needs(Permission.READ_TRAIL)
@require_GET
def changes_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """Return the same as a file, with the same filters; errors as plain text."""
    kinds = audit.changes_asked(request.GET)
    if not kinds[0].is_valid():
        return refusal(wrong_filters(kinds[0]).values())
    return answer(request, form, audit.changes_download(kinds))


@needs(Permission.READ_TRAIL)
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """Show who saved which list or report as a file, newest first."""
    filters = audit.exports_asked(request.GET)
    if not filters.is_valid():
        return render(request, "exports.html", audit.error_context(filters), status=BAD_REQUEST)
    page = audit.exports_answered(filters)
    in_pages(page["table"], request)
    return render(request, "exports.html", page)


@needs(Permission.READ_TRAIL)
@require_GET
def exports_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """Return the same as a file, with the same filters; errors as plain text."""
    filters = audit.exports_asked(request.GET)
    if not filters.is_valid():
        return refusal(wrong_filters(filters).values())
    return answer(request, form, audit.exports_download(filters, now()))
