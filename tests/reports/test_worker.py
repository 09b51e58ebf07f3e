"""The worker as a separate process beside the server: it does what is queued, and prints nothing."""

import os
import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from sen_dashboard.core.periods import Month
from sen_dashboard.jobs.models import Job
from sen_dashboard.reports import jobs
from sen_dashboard.reports.jobs import JobKind
from sen_dashboard.running import working
from tests.running.processes import workers_in

PATIENCE = 60  # seconds


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.django_db(transaction=True)
def test_it_does_what_is_queued_and_is_gone_afterwards(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """How it ends with a program that is killed is shown in `tests/running/test_run.py`."""
    store = connection.settings_dict
    monkeypatch.setenv(
        "DATABASE_URL", os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + str(store["NAME"])
    )
    before = workers_in(settings.BASE_DIR)
    job = jobs.schedule(kind=JobKind.DIGEST, month=Month(2019, 3), at=timezone.now())
    with working.worker():
        wait_for(lambda: Job.objects.get(pk=job.pk).is_done)
        assert len(workers_in(settings.BASE_DIR)) == len(before) + 1
    assert workers_in(settings.BASE_DIR) == before
    assert capfd.readouterr().err == ""
