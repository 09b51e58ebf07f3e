"""Plain SQL over records that are chosen with querysets.

Grouping, medians and running totals read best as SQL; which records count is decided in one place, by the querysets.
"""

from typing import Any

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Model, Q, QuerySet


def truth(condition: Q) -> "ExpressionWrapper[Q]":
    """Return a condition of the querysets as a column, for SQL to count by."""
    return ExpressionWrapper(condition, output_field=BooleanField())


def over(records: QuerySet[Any, Any], sql: str, *params: Any) -> tuple[str, tuple[Any, ...]]:
    """Return one statement of ``sql``, which reads ``records`` under that name, and its parameters, for `select_from`.

    Materialized, so that a subquery among the columns is evaluated once and not wherever ``sql`` names it.
    """
    chosen, values = records.query.sql_with_params()
    return f"WITH records AS MATERIALIZED ({chosen}) {sql}", (*values, *params)


def related(model: type[Model], relation: str) -> Any:
    """Return the records at the other end of a model's relation, such as the decisions of cases.

    So the querysets of one model need not import another whose module imports them.
    """
    other: Any = model._meta.get_field(relation).related_model
    return other._default_manager.all()


def select_from(records: QuerySet[Any, Any], sql: str, *params: Any) -> list[dict[str, Any]]:
    """Return the rows of ``sql``, which reads ``records`` under that name: "SELECT COUNT(*) FROM records".

    One statement. ``records`` ends in ``values(...)``, which names the columns; ``params`` are those of ``sql``.
    """
    with connection.cursor() as cursor:
        cursor.execute(*over(records, sql, *params))
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
