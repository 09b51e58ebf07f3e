"""The store's rules for a row and for rows together, read from the constraints themselves.

So a constraint added to a model also applies to files, with the sentence that a form shows.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db.models import Model
from django.db.models.constraints import BaseConstraint
from psycopg2 import sql

from sen_dashboard.datasets.contract import FileSpec


@dataclass(frozen=True)
class RowRule:
    """A CHECK constraint of the store: ``condition`` is SQL, and a row may not make it false."""

    condition: sql.SQL
    reads: tuple[str, ...]
    column: str
    sentence: str


@dataclass(frozen=True)
class NoOverlap:
    """No two rows with the same ``per``, among those that meet ``among``, may have ranges that share a day."""

    per: tuple[str, ...]
    first: str
    last: str
    includes_last: bool
    among: sql.SQL
    sentence: str

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns that the rule depends on."""
        return (*self.per, self.first, self.last)


def row_rules(cursor: Any, spec: FileSpec) -> list[RowRule]:
    """The CHECK constraints of the file's table, and of its entries' table, in PostgreSQL's words.

    A rule that reads a column which no file has is left to PostgreSQL itself.
    """
    cursor.execute(
        """
        SELECT c.conname, pg_get_expr(c.conbin, c.conrelid), array_agg(a.attname::text ORDER BY a.attnum)
        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
        WHERE c.conrelid = ANY (%s::regclass[]) AND c.contype = 'c'
        GROUP BY c.oid ORDER BY c.conname
        """,
        [[model._meta.db_table for model in spec.models]],
    )
    rules = []
    for name, condition, reads in cursor.fetchall():
        if not set(reads) <= set(spec.names):
            continue
        declared = declared_constraint(spec, name)
        column = _column_of(spec, declared) or reads[0]
        rules.append(RowRule(sql.SQL(condition), tuple(reads), column, sentence_of(declared, name)))
    return rules


def no_overlaps(cursor: Any, spec: FileSpec) -> list[NoOverlap]:
    """The exclusion constraints of the file's model."""
    rules = []
    for constraint in spec.model._meta.constraints:
        if isinstance(constraint, ExclusionConstraint):
            expressions: Any = constraint.expressions
            *per, (days, _) = expressions
            first, last, bounds = days.get_source_expressions()
            rules.append(
                NoOverlap(
                    per=tuple(_column(spec.model, field) for field, _ in per),
                    first=_column(spec.model, first.name),
                    last=_column(spec.model, last.name),
                    includes_last=bounds.value.endswith("]"),
                    among=_condition(cursor, constraint.name),
                    sentence=sentence_of(constraint, constraint.name),
                )
            )
    return rules


def declared_constraint(spec: FileSpec, name: str) -> BaseConstraint | None:
    """The constraint with that name, of the file's records or entries."""
    return next((c for model in spec.models for c in model._meta.constraints if c.name == name), None)


def sentence_of(constraint: BaseConstraint | None, name: str) -> str:
    """The sentence for people when the constraint is broken."""
    if constraint is None:
        return f"The database does not accept this (rule {name})."
    return str(constraint.get_violation_error_message())


def _column_of(spec: FileSpec, constraint: BaseConstraint | None) -> str | None:
    field = getattr(constraint, "field", None)
    of = next((model for model in spec.models if constraint in model._meta.constraints), spec.model)
    return _column(of, field) if field else None


def _column(of: type[Model], field: str) -> str:
    return str(of._meta.get_field(field).column)  # type: ignore[union-attr]


def _condition(cursor: Any, constraint: str) -> sql.SQL:
    cursor.execute(
        """
        SELECT pg_get_expr(i.indpred, i.indrelid)
        FROM pg_constraint c JOIN pg_index i ON i.indexrelid = c.conindid WHERE c.conname = %s
        """,
        [constraint],
    )
    (condition,) = cursor.fetchone()
    return sql.SQL(condition or "true")
