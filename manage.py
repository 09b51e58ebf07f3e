#!/usr/bin/env python
"""Runs the management commands, with a store to talk to."""

import os
import signal
import sys
from contextlib import AbstractContextManager, nullcontext

from django.core.management import execute_from_command_line
from django.db import ProgrammingError
from psycopg2.errors import UndefinedColumn, UndefinedTable

from sen_dashboard.store.embedded import SetUpError

# Commands that read no records, and `run`, which opens the store itself, after it has its port.
WITHOUT_STORE = {
    "check",
    "collectstatic",
    "diffsettings",
    "findstatic",
    "help",
    "make_dataset",
    "makemigrations",
    "run",
    "state_diagram",
    "version",
}


def store_for(arguments: list[str]) -> AbstractContextManager[None]:
    """What the command needs around it. Raises SetUpError when the settings cannot be loaded."""
    from sen_dashboard.store.database import open_store  # the settings must be named first

    command = arguments[1] if len(arguments) > 1 else "help"
    asks_only = {"--help", "-h", "--version"} & set(arguments)
    return nullcontext() if asks_only or command in WITHOUT_STORE else open_store()


def main() -> None:
    """Run one command; a SetUpError becomes its sentence and exit status 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sen_dashboard.settings")
    # Leave as by Ctrl-C, so that the store is closed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with store_for(sys.argv):
            execute_from_command_line(sys.argv)
    except SetUpError as problem:
        sys.exit(str(problem))
    except ProgrammingError as problem:
        if not isinstance(problem.__cause__, UndefinedTable | UndefinedColumn):
            raise
        sys.exit("The tables are missing or out of date: run manage.py migrate first.")
    except BrokenPipeError:  # the reader of our output, such as `head`, has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
