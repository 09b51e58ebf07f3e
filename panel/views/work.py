"""The panel clerks' home, the queues and agreed places: pages that bring together records of several apps."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from panel.meetings.agenda import title_of
from panel.meetings.bulk import BulkForm
from panel.models import ExpectedPlacement, PanelMeeting
from panel.pages import expected as expected_page
from panel.pages import queue as queue_page
from panel.pages import work as panel_work_page
from panel.queues import BY_KEY
from panel.reading import note_case_read
from placements.as_at import default_of
from sen_dashboard.accounts.permissions import Permission, may, needs
from sen_dashboard.accounts.requests import SignedInRequest, person
from sen_dashboard.clock.day import working_day
from sen_dashboard.core import formats
from sen_dashboard.core.web import history as trail_page
from sen_dashboard.core.web.forms import problems
from sen_dashboard.core.web.tables import in_order, in_pages
from sen_dashboard.exports.downloads import answer, refusal

BAD_REQUEST = HTTPStatus.BAD_REQUEST


@require_safe
def panel_work(request: HttpRequest) -> HttpResponse:
    """What is waiting for the panels today."""
    today = working_day()
    page = panel_work_page.context(person(request), today, default_of(request))
    return render(request, "panel/work.html", page)


@require_safe
def queue(request: HttpRequest, key: str) -> HttpResponse:
    """The records in a queue."""
    asked = _asked(request, key)
    if asked.wrong:
        return render(request, "panel/queue.html", queue_page.error_context(asked), status=BAD_REQUEST)
    form = queue_page.form_of(asked) if may(request.user, Permission.EDIT_PANEL) else None
    return _list(request, queue_page.context(asked, form))


@require_GET
def queue_file(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """The same list as a file, with the same filters and order; errors as plain text."""
    asked = _asked(request, key)
    if asked.wrong:
        return refusal(asked.wrong.values())
    table = in_order(queue_page.table_of_file(asked), request)
    return answer(request, form, queue_page.download(asked, table))


@needs(Permission.EDIT_PANEL)
@require_http_methods(["GET", "HEAD", "POST"])
def queue_bulk(request: HttpRequest, key: str) -> HttpResponse:
    """Carry out an action on the chosen cases, all or none, keeping the list's filters."""
    asked = _asked(request, key)
    back = f"{reverse('queue', args=[key])}?{request.GET.urlencode()}".removesuffix("?")
    if request.method != "POST" or asked.wrong:
        return redirect(back)
    form = queue_page.form_of(asked, request.POST)
    refused = _carry_out(request, form)
    if form.is_valid() and not refused:
        return redirect(back)
    page = queue_page.context(asked, form, ticked=request.POST.getlist("case"))
    return _list(request, page | {"refused": refused, "errors": problems(form) | _summary(refused)})


@require_safe
def expected_placement(request: SignedInRequest, expected_id: int) -> HttpResponse:
    """An agreed place: what was agreed, and its status today."""
    places = ExpectedPlacement.objects.with_days().select_related("decision__case", "school", "placement")
    found = get_object_or_404(places, pk=expected_id)
    note_case_read(request.user, found.decision.case)
    page = expected_page.context(found, working_day())
    return render(request, "panel/expected.html", page)


@require_safe
def meeting_trail(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Everything done to a meeting, its agenda, its members and its conflicts of interest."""
    meeting = get_object_or_404(PanelMeeting, pk=meeting_id)
    page = trail_page.context(title_of(meeting), meeting, "meeting", request.GET)
    in_pages(page["table"], request)
    return render(request, "trail.html", page)


def _asked(request: HttpRequest, key: str) -> queue_page.Asked:
    """The queue with that key today. Raises Http404 if there is none."""
    if key not in BY_KEY:
        raise Http404(f"There is no queue {key}.")
    return queue_page.Asked(BY_KEY[key], working_day(), request.GET)


def _carry_out(request: HttpRequest, form: BulkForm) -> list[str]:
    """Carry out a valid form's action; returns the refusals, a sentence for each case."""
    if not form.is_valid():
        return []
    try:
        messages.success(request, form.carry_out(person(request), working_day()))
    except ValidationError as error:
        return error.messages
    return []


def _summary(refused: list[str]) -> dict[str, str]:
    """The error summary of the refusals, linked to their list."""
    if not refused:
        return {}
    return {"refused": f"Nothing was saved: {formats.plural(len(refused), 'case')} could not be included."}


def _list(request: HttpRequest, page: dict[str, Any]) -> HttpResponse:
    in_pages(page["table"], request)
    return render(request, "panel/queue.html", page)
