"""Records that many tests begin with: made once per test run, then copied from memory."""

import io
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connection

APPS = ("benchmarking", "provision", "placements", "panel", "programme")

_made: dict[object, dict[str, str]] = {}
"""The records made under a name: each table's rows as PostgreSQL writes them, in the order in which to add them."""


def made_once(name: object, make: Callable[[], Any]) -> None:
    """Provide the records that ``make`` makes, with the keys that they had the first time.

    The tables that it fills must be empty. The trail is not copied: triggers write it again.
    """
    if name not in _made:
        empty = [table for table in _tables() if not _rows(table)]
        make()
        _made[name] = {table: rows for table in empty if (rows := _rows(table))}
        return
    with connection.cursor() as cursor:
        for table, rows in _made[name].items():
            cursor.copy_expert(f'COPY "{table}" FROM STDIN', io.StringIO(rows))


def _tables() -> list[str]:
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    return [
        model._meta.db_table
        for model in models
        if model._meta.managed and not model._meta.proxy and not hasattr(model, "pgh_tracked_model")
    ]


def _rows(table: str) -> str:
    rows = io.StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{table}" TO STDOUT', rows)
    return rows.getvalue()
