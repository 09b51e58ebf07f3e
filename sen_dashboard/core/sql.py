"""Plain SQL over records that were chosen in the querysets' words.

Grouping, medians and running totals read best as SQL; which records count is said once, by the querysets.
"""

from typing import Any

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Model, Q, QuerySet


def truth(condition: Q) -> "ExpressionWrapper[Q]":
    """A condition in the querysets' words as a column, for SQL to count by."""
    return ExpressionWrapper(condition, output_field=BooleanField())


def over(records: QuerySet[Any, Any], sql: str, *params: Any) -> tuple[str, tuple[Any, ...]]:
    """One statement of ``sql``, which reads ``records`` under that name, and its parameters: what `select_from` runs.

    Materialized, so that a subquery among the columns is worked out once and not wherever ``sql`` names it.
    """
    chosen, values = records.query.sql_with_params()
    return f"WITH records AS MATERIALIZED ({chosen}) {sql}", (*values, *params)


def related(model: type[Model], relation: str) -> Any:
    """The records at the other side of a model's relation: of cases "decisions".

    So that the querysets of one model need not import another, whose module imports them.
    """
    other: Any = model._meta.get_field(relation).related_model
    return other._default_manager.all()


def select_from(records: QuerySet[Any, Any], sql: str, *params: Any) -> list[dict[str, Any]]:
    """The rows of ``sql``, which reads ``records`` under that name: "SELECT COUNT(*) FROM records".

    One statement. ``records`` ends in ``values(...)``, which names the columns; ``params`` are those of ``sql``.
    """
    with connection.cursor() as cursor:
        cursor.execute(*over(records, sql, *params))
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
