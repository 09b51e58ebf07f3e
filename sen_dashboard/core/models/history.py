"""Reading the trail: the changes to a record and to its parts, newest first, in words.

An entry holds a record as it was after a change; its state before is in the record's previous entry.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst

from sen_dashboard.core import formats
from sen_dashboard.core.models.fields import PercentField, PoundsField
from sen_dashboard.core.models.trail import KEPT, THROUGH, USER, Kept

Entries = QuerySet[Any, Any]
Values = Mapping[str, Any]

BY_SQL = "Outside the program (by SQL)"
NOTHING = "nothing"
DONE = {
    "insert": "Added",
    "update": "Changed",
    "delete": "Removed",
    "rekeyed": "Key changed",
    "held": "Already held",
    "password": "Password changed",
}


@dataclass(frozen=True)
class Change:
    """A field in words, and its value before and after in words; empty if the record did not exist then."""

    field: str
    before: str
    after: str

    @property
    def description(self) -> str:
        """ "Annual cost: from £36,000.00 to £7.00"; only the value for a record that was added or removed."""
        both = f"from {self.before} to {self.after}"
        return f"{self.field}: {both if self.before and self.after else self.before or self.after}"


@dataclass(frozen=True)
class Entry:
    """A change to a record: when, by whom, to which record, what was done, and the fields that changed."""

    at: datetime
    who: str
    record: str
    done: str
    changes: tuple[Change, ...]


class History(Sequence[Entry]):
    """Entries of several kinds of record, newest first, read as far as they are asked for.

    A slice takes three statements: the entries to read, their contents, and the names of the people; and one more for
    each kind of record without a key of its own that the entries mention. The length takes one. Iterating reads all
    entries in batches: they never change, and one statement finds them.
    """

    def __init__(self, kinds: Sequence[Entries]) -> None:
        self._found = _together(
            [entries.annotate(pgh_kind=_kind(entries)).values_list(*FOUND) for entries in kinds]
        )

    def __len__(self) -> int:
        return self._number

    @cached_property
    def _number(self) -> int:
        return self._found.count()

    def __getitem__(self, wanted: Any) -> Any:
        """Return the entries of a slice, or one entry. Raises IndexError if there is none."""
        if isinstance(wanted, int):
            return self[wanted : wanted + 1][0]
        return _read(list(self._newest_first[wanted]))

    def __iter__(self) -> Iterator[Entry]:
        found = self._newest_first.iterator(chunk_size=BATCH)
        while batch := list(islice(found, BATCH)):
            yield from _read(batch)

    @property
    def _newest_first(self) -> Entries:
        return self._found.order_by("-pgh_created_at", "-pgh_id", "pgh_kind")


def history_of(record: models.Model) -> History:
    """Return the history of a record, and of its parts that have no page of their own."""
    return History([*_entries_of(record, whole=False)])


def entries_about(record: models.Model) -> list[Entries]:
    """Return the entries of a record and of everything that belongs to it, as querysets for ``History``."""
    return [*_entries_of(record, whole=True)]


def every_entry() -> list[Entries]:
    """Return all entries, as querysets for ``History``."""
    return [kept.entries for kept in KEPT.values()]


def version_of(record: models.Model) -> int:
    """Return how many entries the history of a record has, to tell whether it changed since somebody saw it.

    For certainty, hold a lock on the record's row, as every change to its parts must.
    """
    return len(history_of(record))


def entries_since(record: models.Model, version: int) -> list[Entry]:
    """Return the entries made after the history had ``version`` of them, newest first."""
    history = history_of(record)
    entries: list[Entry] = history[: max(len(history) - version, 0)]
    return entries


# Which entries


def _entries_of(record: models.Model, *, whole: bool) -> Iterator[Entries]:
    kept = KEPT[record._meta.label]
    own = kept.entries.filter(pgh_obj=record.pk)
    yield own
    yield from _entries_under(kept, own, whole)


def _entries_under(above: Kept, entries: Entries, whole: bool) -> Iterator[Entries]:
    """For each kind of record under those of the entries, yield all entries of records that were ever under them."""
    for kept in KEPT.values():
        if whole or not kept.has_page:
            for name in kept.under_a(above.model):
                ever_under = kept.entries.filter(**{f"{name}__in": entries.values("pgh_obj")})
                theirs = kept.entries.filter(pgh_obj__in=ever_under.values("pgh_obj"))
                yield theirs
                yield from _entries_under(kept, theirs, whole)


def _kind(entries: Entries) -> Value:
    return Value(entries.model.pgh_tracked_model._meta.label, output_field=CharField())


def _together(kinds: Sequence[Entries]) -> Entries:
    """Return the rows of all of them; at least one is needed."""
    first, *others = kinds
    return first.union(*others, all=True) if others else first


# What they hold

FOUND = ("pgh_kind", "pgh_id", "pgh_created_at")
BATCH = 500
"""The number of entries read at a time for a file."""


def _read(found: Sequence[tuple[str, int, datetime]]) -> list[Entry]:
    rows = _rows(found)
    names = _names(rows)
    return [_entry(KEPT[kind], rows[kind, number], names) for kind, number, _ in found]


def _rows(found: Sequence[tuple[str, int, datetime]]) -> dict[tuple[str, int], dict[str, Any]]:
    """Return the contents of each entry, with those of the record's previous entry in ``pgh_before``."""
    if not found:
        return {}
    numbers: dict[str, list[int]] = {}
    for kind, number, _ in found:
        numbers.setdefault(kind, []).append(number)
    rows = _together([_held(KEPT[kind], of_kind) for kind, of_kind in numbers.items()])
    return {(row["pgh_kind"], row["pgh_id"]): row for row in rows}


def _held(kept: Kept, numbers: Sequence[int]) -> Entries:
    entries = kept.entries.filter(pgh_id__in=numbers)
    values = JSONObject(**{field.attname: F(field.attname) for field in kept.fields})
    earlier = kept.entries.filter(pgh_obj=OuterRef("pgh_obj"), pgh_id__lt=OuterRef("pgh_id")).order_by(
        "-pgh_id"
    )
    before = Subquery(earlier.annotate(pgh_now=values).values("pgh_now")[:1])
    held = entries.annotate(pgh_kind=_kind(entries), pgh_now=values, pgh_before=before)
    rows: Entries = held.values(*FOUND, "pgh_label", "pgh_context", "pgh_now", "pgh_before")
    return rows


# Names: how a record without a key of its own is called, by its model and primary key

Names = Mapping[type[models.Model], Mapping[Any, str]]


def _names(rows: Mapping[tuple[str, int], Values]) -> Names:
    """Return the names of everything that the entries mention: people, and records without a key of their own."""
    named: dict[type[models.Model], set[Any]] = {get_user_model(): set()}
    for (kind, _), row in rows.items():
        named[get_user_model()].add((row["pgh_context"] or {}).get(USER))
        for field in KEPT[kind].fields:
            if _is_named(field):
                keys = named.setdefault(field.related_model, set())
                keys |= {(row[held] or {}).get(field.attname) for held in ("pgh_now", "pgh_before")}
    return {model: _names_of(model, keys - {None}) for model, keys in named.items() if keys - {None}}


def _is_named(field: Any) -> bool:
    """Return whether a field refers to a record by a number that means nothing to people."""
    return field.is_relation and isinstance(field.related_model._meta.pk, models.AutoField)


def _names_of(model: type[models.Model], keys: Iterable[Any]) -> Mapping[Any, str]:
    """Return people's current names; for kept records, even deleted ones, the latest values that distinguish them."""
    kept = KEPT.get(model._meta.label)
    if kept is None or model is get_user_model() or not _told_apart_by(kept):
        return {key: str(record) for key, record in model._default_manager.in_bulk(keys).items()}
    newest = kept.entries.filter(pgh_obj__in=keys).order_by("pgh_obj", "-pgh_id").distinct("pgh_obj")
    found = newest.values_list("pgh_obj", JSONObject(**{f.attname: F(f.attname) for f in kept.fields}))
    parts = [field for field in map(kept.field, _told_apart_by(kept)) if not _is_named(field)]
    return {
        key: ", ".join(in_words(kept, part, now[part.attname], {}) for part in parts) for key, now in found
    }


# In words


def _entry(kept: Kept, row: Values, names: Names) -> Entry:
    return Entry(
        row["pgh_created_at"],
        _who(row["pgh_context"] or {}, names),
        _record(kept, row["pgh_now"], names),
        DONE[row["pgh_label"]],
        tuple(_changes(kept, row["pgh_label"], row["pgh_now"], row["pgh_before"] or {}, names)),
    )


def _who(context: Values, names: Names) -> str:
    """Return a person, what the program was doing, both, or a note that it was neither."""
    person = context.get(USER)
    by = [_name(get_user_model(), person, names)] if person is not None else []
    return ", ".join([*by, *([context[THROUGH]] if THROUGH in context else [])]) or BY_SQL


def _name(model: type[models.Model], key: Any, names: Names) -> str:
    gone = "A deleted account" if model is get_user_model() else "a deleted record"
    return names.get(model, {}).get(key, f"{gone} (number {key})")


def _record(kept: Kept, now: Values, names: Names) -> str:
    """Return "Placement P1"; without its own key, "Cost line of placement P1: Core education fee, 1 April 2018"."""
    name, key = capfirst(kept.model._meta.verbose_name), kept.model._meta.pk
    if not isinstance(key, models.AutoField):
        return f"{name} {now[key.attname]}"
    parts = [kept.field(part) for part in _told_apart_by(kept) if part not in kept.under]
    said = [part for part in parts if now[part.attname] not in (None, "")]
    label = ", ".join(in_words(kept, part, now[part.attname], names) for part in said)
    label = label or f"number {now[key.attname]}"
    above = next((f for f in map(kept.field, kept.under) if now[f.attname] is not None), None)
    if above is None:
        return f"{name}: {label}"
    of = in_words(kept, above, now[above.attname], names)
    return f"{name} of {above.related_model._meta.verbose_name} {of}: {label}"


def _told_apart_by(kept: Kept) -> list[str]:
    """Return the fields that distinguish one record from another, including the parent if a constraint names them."""
    if kept.named_by:
        return list(kept.named_by)
    own: Any = kept.model._meta.concrete_model
    unique = [c.fields for c in own._meta.constraints if isinstance(c, models.UniqueConstraint)]
    unique += [*own._meta.unique_together, *([field.name] for field in own._meta.fields if field.unique)]
    for names in unique:
        if own._meta.pk.name not in names and (not kept.under or set(kept.under) & set(names)):
            return list(names)
    return []


def _changes(kept: Kept, label: str, now: Values, before: Values, names: Names) -> Iterator[Change]:
    """Yield the fields that differ; for a record added or removed, those that are not empty; for a secret none."""
    if label in kept.secret:
        return
    for field in kept.fields:
        name, new = field.attname, now[field.attname]
        if label == "update" and before:
            if new != before[name]:
                words = [in_words(kept, field, value, names) for value in (before[name], new)]
                yield Change(_called(field), *words)
        elif (
            field.name not in kept.guarded and not field.primary_key and new not in (None, "", [], {}, False)
        ):
            word = in_words(kept, field, new, names)
            was_there = label in ("delete", "rekeyed")
            yield Change(_called(field), word if was_there else "", "" if was_there else word)


def _called(field: Any) -> str:
    return str(capfirst(field.verbose_name))


def in_words(kept: Kept, field: Any, value: Any, names: Names) -> str:
    """Return a field's JSON value in the words of the pages; "nothing" if it is empty."""
    if value in (None, "", [], {}):
        return NOTHING
    if _is_named(field):
        return _name(field.related_model, value, names)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {in_words(kept, field, part, names)}" for name, part in value.items())
    if isinstance(value, list):
        return "; ".join(_of_codes(kept, field, part) for part in value)
    if isinstance(field, models.DateTimeField):
        return formats.moment(parse_datetime(value))
    if isinstance(field, models.DateField):
        return formats.day(date.fromisoformat(value))
    if isinstance(field, models.TimeField):
        return str(value)[:5]  # "09:30" from "09:30:00"
    if isinstance(field, PoundsField):
        return formats.pounds_exact(Decimal(str(value)))
    if isinstance(field, PercentField):
        return formats.percent(value)
    return _of_codes(kept, field, value)


def _of_codes(kept: Kept, field: Any, value: Any) -> str:
    """Return a code in words; any other value, or a code without words, unchanged."""
    codes = kept.codes.get(field.name)
    return str(dict(codes.choices if codes else field.flatchoices).get(value, value))
