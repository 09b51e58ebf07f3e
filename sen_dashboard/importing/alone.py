"""The transaction of an import: one at a time, with the settings that large statements need.

Changes that an import must not overlap with wait for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction

from sen_dashboard.importing.problems import DatasetError, Problem

IMPORTING = 20_180_401
"""An arbitrary number: the key of the advisory lock that allows only one import at a time."""

SETTINGS = (
    "SET LOCAL work_mem = '64MB'",
    "SET LOCAL jit = off",  # compiling these statements would take longer than running them
    # No trigger is ignored. Without a value, pgtrigger's own guard raises and catches an exception for every row.
    "SET LOCAL pgtrigger.ignore = '{}'",
    "SET CONSTRAINTS ALL DEFERRED",
)

BUSY = "Another import is running: wait for it to finish, then import again."
PATIENCE = "5s"
"""How long a person's page waits for an import."""


class BusyError(DatasetError):
    """Another import is running; there may be nothing wrong with the files."""

    def __init__(self) -> None:
        super().__init__([Problem(BUSY)])


@contextmanager
def looking_only() -> Iterator[Any]:
    """Yield a cursor in a transaction with an import's settings, which others may share."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in SETTINGS:
            cursor.execute(statement)
        yield cursor


@contextmanager
def one_import() -> Iterator[Any]:
    """Yield a cursor in the only import's transaction. Raises BusyError while another import runs."""
    with looking_only() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [IMPORTING])
        if cursor.fetchone() == (False,):
            raise BusyError
        yield cursor


def between_imports() -> None:
    """Let no import run until the transaction ends. Raises ValidationError if one runs for more than a few seconds."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORTING])
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError:
        raise ValidationError("An import is running: try again when it has finished.") from None
