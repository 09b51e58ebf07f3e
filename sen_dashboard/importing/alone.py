"""The transaction of an import: one at a time, with the settings that large statements want.

What must not fall between an import's reading and its end waits for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction

from sen_dashboard.importing.problems import DatasetError, Problem

IMPORTING = 20_180_401
"""Any number: the advisory lock that one import at a time holds."""

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
    """Another import is running; nothing is wrong with the files."""

    def __init__(self) -> None:
        super().__init__([Problem(BUSY)])


@contextmanager
def looking_only() -> Iterator[Any]:
    """A cursor in a transaction that reads as an import does and keeps nobody from importing."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in SETTINGS:
            cursor.execute(statement)
        yield cursor


@contextmanager
def one_import() -> Iterator[Any]:
    """A cursor in a transaction that no other import shares. Raises BusyError while another runs."""
    with looking_only() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [IMPORTING])
        if cursor.fetchone() == (False,):
            raise BusyError
        yield cursor


def between_imports() -> None:
    """Let no import run until the transaction ends. Raises ValidationError where one goes on for long."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORTING])
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError:
        raise ValidationError("An import is running: try again when it has finished.") from None
