"""The transaction of an import: one at a time, with the settings that large statements need."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

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


@contextmanager
def one_import() -> Iterator[Any]:
    """Yield a cursor in the only import's transaction. Raises DatasetError while another import runs."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [IMPORTING])
        if cursor.fetchone() == (False,):
            raise DatasetError([Problem(BUSY)])
        for statement in SETTINGS:
            cursor.execute(statement)
        yield cursor
