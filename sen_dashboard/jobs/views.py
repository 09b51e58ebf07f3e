"""The page of a job: how far it is, cancelling it, and asking for it again."""

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

SECONDS_BETWEEN_LOOKS = 3


@require_safe
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """How far a job is; the page looks again by itself until the job is over."""
    found = _find(request, job_id)
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


@require_POST
def cancel(request: HttpRequest, job_id: int) -> HttpResponse:
    """Ask a job to stop."""
    found = _find(request, job_id)
    try:
        queue.cancel(by=person(request), job=found, at=timezone.now())
    except ValidationError as error:
        messages.warning(request, error.messages[0])
    return redirect("job", job_id=job_id)


@require_POST
def retry(request: HttpRequest, job_id: int) -> HttpResponse:
    """Ask for a job again that failed or was cancelled."""
    found = _find(request, job_id)
    try:
        again = queue.retry(by=person(request), job=found, at=timezone.now())
    except ValidationError as error:
        messages.warning(request, error.messages[0])
        return redirect("job", job_id=job_id)
    return redirect("job", job_id=again.pk)


def _find(request: HttpRequest, job_id: int) -> Job:
    """The job, for those who may ask for such work. Raises PermissionDenied, and Http404 where there is none."""
    found: Job = get_object_or_404(Job.objects.select_related("requested_by"), pk=job_id)
    demand(request.user, work_of(found.kind).permission)
    return found
