"""Rules between a record and the one it refers to, each declared once.

PostgreSQL keeps them by triggers on both sides (``Referring``, ``Referred``), forms by ``Record.clean``, files by the
checks of `datasets`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Model


@dataclass(frozen=True)
class Across:
    """A rule between a record (``r``) and the one it refers to (``p``).

    ``table`` and ``key`` are the record's; ``reference`` is its column with the other's key, which has the same name in
    ``other_table``. ``broken`` is SQL. A change of the record is refused at its ``column``, and one of the other at
    ``other_column``.
    """

    table: str
    key: str
    reference: str
    other_table: str
    broken: str
    column: str
    sentence: str
    other_column: str
    other_sentence: str

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of the record that ``broken`` reads."""
        return _columns("r", self.broken)

    @property
    def other_reads(self) -> tuple[str, ...]:
        """The columns of the other that ``broken`` reads."""
        return _columns("p", self.broken)

    def pairs(self, *, record: str = "", other: str = "") -> str:
        """Return SQL from FROM on for the pairs that break it; ``record`` or ``other`` stands in for what is stored."""
        return (
            f"FROM {record or self.table} r JOIN {other or self.other_table} p USING ({self.reference})"
            f" WHERE ({self.broken})"
        )


class AcrossTables(pgtrigger.Trigger):
    """A deferrable constraint trigger for a rule that reads other tables.

    ``violation`` is a query that finds rows breaking the rule, with ``NEW`` as the row written; it reads the row afresh
    by its key, since by the end of a transaction ``NEW`` may be out of date. ``holds`` is a query for the row referred
    to: it is locked against change until the transaction ends, so that nobody changes it at the same time, unseen by
    both (a foreign key locks only its key). ``alone`` is for a rule between two tables that both refer to that row
    without changing it: only one transaction at a time may then hold it. The violation reaches Django as an
    IntegrityError whose message is ``sentence``.
    """

    when = pgtrigger.After
    timing = pgtrigger.Immediate

    def __init__(
        self,
        name: str,
        *,
        on: pgtrigger.Operation,
        violation: str,
        sentence: str,
        holds: str = "",
        alone: bool = False,
    ) -> None:
        lock = f"PERFORM 1 FROM {holds} FOR {'NO KEY UPDATE' if alone else 'SHARE'};" if holds else ""
        func = f"""
            {lock}
            IF EXISTS ({violation}) THEN
                RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = '{name}',
                    MESSAGE = '{sentence.replace("'", "''")}';
            END IF;
            RETURN NULL;
        """
        super().__init__(name=name, operation=on, func=func)


class Referring(AcrossTables):
    """Keeps rules of one table that refer by the same column, when a record of it is written."""

    def __init__(self, name: str, *rules: Across) -> None:
        self.rules = rules
        by = rules[0].reference
        super().__init__(
            name,
            on=pgtrigger.Insert | _update_of(by, *(column for rule in rules for column in rule.reads)),
            holds=f"{rules[0].other_table} WHERE {by} = NEW.{by}",
            violation=_any(rules, rules[0].key),
            sentence=rules[0].sentence,
        )


class Referred(AcrossTables):
    """Keeps rules, of several tables perhaps, when the record that they refer to is changed."""

    def __init__(self, name: str, *rules: Across) -> None:
        self.rules = rules
        super().__init__(
            name,
            on=_update_of(*(column for rule in rules for column in rule.other_reads)),
            violation=_any(rules, rules[0].reference, of="p"),
            sentence=rules[0].other_sentence,
        )


def rules_across() -> list[Across]:
    """Return the rules of all models."""
    triggers = [trigger for _, trigger in pgtrigger.registered() if isinstance(trigger, Referring)]
    return [rule for trigger in triggers for rule in trigger.rules]


def check_across(record: Model) -> None:
    """Raise ValidationError at the field of the first rule that the record would break, on either side of it."""
    sides = list(_sides(record))
    if not sides:
        return
    queries = " UNION ALL ".join(f"SELECT {n} {pairs}" for n, (pairs, *_) in enumerate(sides))
    values = [value for _, given, *_ in sides for value in given]
    with connection.cursor() as cursor:
        cursor.execute(f"{queries} ORDER BY 1 LIMIT 1", values)
        found = cursor.fetchone()
    if found:
        _, _, column, sentence = sides[found[0]]
        raise ValidationError({record._meta.get_field(column).name: sentence})


def _sides(record: Model) -> Iterator[tuple[str, list[Any], str, str]]:
    """Each rule on a side of which the record stands: its pairs with their values, and where to tell which sentence."""
    table = record._meta.db_table
    for rule in rules_across():
        if table == rule.table:
            row, values = _row(record, rule.reference, *rule.reads)
            yield rule.pairs(record=row), values, rule.column, rule.sentence
        if table == rule.other_table and not record._state.adding:
            row, values = _row(record, rule.reference, *rule.other_reads)
            yield rule.pairs(other=row), values, rule.other_column, rule.other_sentence


def _row(record: Model, *columns: str) -> tuple[str, list[Any]]:
    """SQL for the record as it stands, stored or not, and the values of these columns."""
    fields: list[Any] = [record._meta.get_field(column) for column in columns]
    values = ", ".join(f"%s::{field.db_type(connection)} AS {field.column}" for field in fields)
    return f"(SELECT {values})", [getattr(record, field.attname) for field in fields]


def _update_of(*columns: str) -> pgtrigger.Operation:
    return pgtrigger.UpdateOf(*dict.fromkeys(columns))  # type: ignore[no-untyped-call]


def _any(rules: tuple[Across, ...], key: str, of: str = "r") -> str:
    """A query for the pairs that break any of the rules and that the new row is one of."""
    return " UNION ALL ".join(f"SELECT 1 {rule.pairs()} AND {of}.{key} = NEW.{key}" for rule in rules)


def _columns(of: str, condition: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(rf"\b{of}\.(\w+)", condition)))
