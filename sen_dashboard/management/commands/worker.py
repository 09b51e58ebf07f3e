"""`worker`: work through the queue, as db_worker does, across restarts of the store, until told to stop."""

import os
import signal
import sys
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.db import InterfaceError, OperationalError, connections
from django_tasks_db.management.commands.db_worker import Command as DatabaseWorker

RETRY_SECONDS = 5


class Command(DatabaseWorker):
    help = "Do what the queue holds, until Ctrl-C or SIGTERM; a job under way is finished first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--while-input-is-open",
            action="store_true",
            help="end when standard input is closed, as it is when the program that started the worker is gone",
        )

    def handle(self, **options: Any) -> None:
        if options.pop("while_input_is_open"):
            threading.Thread(target=_end_with_input, daemon=True).start()
        while True:
            try:
                super().handle(**options)
                return
            except (OperationalError, InterfaceError):
                connections.close_all()
                self.stderr.write(f"The store does not answer: trying again in {RETRY_SECONDS} seconds.")
                time.sleep(RETRY_SECONDS)


def _end_with_input() -> None:
    """Wait until standard input is closed, then ask this process to end, as SIGTERM does.

    Reads from the file descriptor: Python cannot exit cleanly while a thread holds the lock of its own buffer.
    """
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
