"""The page of a job: its progress, cancelling it, and asking for it again."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from sen_dashboard.accounts.permissions import demand
from sen_dashboard.accounts.requests import person
from sen_dashboard.jobs import queue
from sen_dashboard.jobs.kinds import work_of
from sen_dashboard.jobs.models import Job

SECONDS_BETWEEN_LOOKS = 2


JobView = Callable[[HttpRequest, Job], HttpResponse]


def _of_a_job(view: JobView) -> Callable[[HttpRequest, int], HttpResponse]:
    """Pass the job in the address to a view, for any method only if the person may ask for such work."""

    @wraps(view)
    def guarded(request: HttpRequest, job_id: int) -> HttpResponse:
        found = get_object_or_404(Job.objects.select_related("requested_by"), pk=job_id)
        demand(request.user, work_of(found.kind).permission)
        return view(request, found)

    return guarded


@_of_a_job
@require_safe
def job(request: HttpRequest, found: Job) -> HttpResponse:
    """Show the progress of a job; the page reloads by itself until the job is over."""
    work = work_of(found.kind)
    context = {
        "job": found,
        "parent": work.parent(),
        "here": work.parent().text,
        "is_stuck": found.is_stuck(timezone.now()),
        "refresh": None if found.is_over else SECONDS_BETWEEN_LOOKS,
        "result": work.result(found) if found.is_done else None,
    }
    return render(request, "job.html", context)


@_of_a_job
@require_POST
def cancel(request: HttpRequest, found: Job) -> HttpResponse:
    """Ask a job to stop."""
    try:
        queue.cancel(by=person(request), job=found, at=timezone.now())
    except ValidationError as error:
        messages.warning(request, error.messages[0])
    return redirect("job", job_id=found.pk)


@_of_a_job
@require_POST
def retry(request: HttpRequest, found: Job) -> HttpResponse:
    """Ask again for a job that failed or was cancelled."""
    try:
        again = queue.retry(by=person(request), job=found, at=timezone.now())
    except ValidationError as error:
        messages.warning(request, error.messages[0])
        return redirect("job", job_id=found.pk)
    return redirect("job", job_id=again.pk)
