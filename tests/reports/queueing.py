"""A worker in the tests' own process, and formats that are quick to write."""

import signal
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django_tasks_db.management.commands import db_worker

from sen_dashboard.reports import files
from sen_dashboard.reports.collected import Collected
from sen_dashboard.reports.files import Format
from sen_dashboard.reports.writers import Stamp

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)


def work_off() -> None:
    """Do all queued jobs, on the test's connection; the worker's signal handlers are removed afterwards."""
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(db_worker, "close_old_connections", lambda: None)  # as Django's test client does
            call_command("db_worker", "--batch", "--no-startup-delay", "--interval=0", verbosity=0)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def told(collected: Collected) -> bytes:
    """What the quick formats write."""
    return f"{collected.name}: {collected.status}; {collected.audience.marking}".encode()


def use_formats(patch: pytest.MonkeyPatch, **writers: Callable[[Collected], bytes]) -> None:
    """Use these formats and no others, by file extension."""
    for suffix in list(files.FORMATS):
        patch.delitem(files.FORMATS, suffix)
    for suffix, write in writers.items():

        def writer(
            collected: Collected,
            stamp: Stamp | None,
            logo: bytes | None,
            write: Callable[[Collected], bytes] = write,
        ) -> bytes:
            return write(collected)

        patch.setitem(files.FORMATS, suffix, Format(suffix.upper(), "text/plain", writer))
