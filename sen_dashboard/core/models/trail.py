"""The trail: every change of a record, with who made it, when, and how it left the record.

Triggers in PostgreSQL write it (django-pghistory), so a change by SQL is kept too, and its tables refuse to be changed.
A model is kept by one line, ``@kept_in_trail(under="case")``. ``core.models.history`` reads it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import pghistory
import pgtrigger
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, models
from pghistory.models import Event

M = TypeVar("M", bound=models.Model)

USER, THROUGH = "user", "through"
"""What an entry says of who made a change: an account's primary key, or in words what the program was doing."""


class TrailEntry(Event):
    """A record as a change left it; of a removed record, as it last stood."""

    pgh_id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True


@dataclass(frozen=True)
class Kept:
    """A kind of record whose changes are kept, and what its history needs to know beside the model.

    ``under`` are the fields that may name the record it belongs to. One that ``has_page`` shows its history there, and
    not on the page of that record. ``named_by`` are the fields that tell one from another where no constraint does.
    ``codes`` are the words of coded fields that have no choices. ``guarded`` fields are told only where they were
    changed: pages otherwise never show them. Of ``secret`` fields the trail holds that they were changed, as an entry
    labelled with the field, and no value.
    """

    model: type[models.Model]
    under: tuple[str, ...] = ()
    has_page: bool = False
    named_by: tuple[str, ...] = ()
    codes: Mapping[str, type[models.TextChoices]] = field(default_factory=dict)
    guarded: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()

    @property
    def fields(self) -> list[Any]:
        """The model's own fields that entries hold."""
        held = {field.name for field in self.entries.model._meta.concrete_fields}
        return [field for field in self.model._meta.concrete_fields if field.name in held]

    @property
    def entries(self) -> "models.QuerySet[Any, Any]":
        """All entries of these records."""
        model: Any = self.model
        entries: models.QuerySet[Any, Any] = model.pgh_event_model._default_manager.all()
        return entries

    def under_a(self, model: type[models.Model]) -> list[str]:
        """The fields that may name a record of the model as the one that these belong to."""
        return [name for name in self.under if self.field(name).related_model is model]

    def field(self, name: str) -> Any:
        """The model's own field of that name."""
        return self.model._meta.get_field(name)


KEPT: dict[str, Kept] = {}
"""The kinds of record that are kept, by the label of their model."""


def kept_in_trail(
    *,
    under: str = "",
    has_page: bool = False,
    named_by: tuple[str, ...] = (),
    codes: Mapping[str, type[models.TextChoices]] | None = None,
    guarded: tuple[str, ...] = (),
    secret: tuple[str, ...] = (),
    ignored: tuple[str, ...] = (),
) -> Callable[[type[M]], type[M]]:
    """Keep every change of a model's records; see ``Kept``. Changes of ``ignored`` fields are none.

    ``under`` may name several fields, of which a record fills one: "action change".

    What is added or removed is kept once a statement, which is quicker for an import. A change is kept for each row:
    a trigger of the statement would miss rows that are given another key.
    """

    def keep(model: type[M]) -> type[M]:
        above = tuple(under.split())
        pghistory.track(
            pghistory.InsertEvent(level=pgtrigger.Statement),
            pghistory.DeleteEvent(level=pgtrigger.Statement),
            pghistory.UpdateEvent(level=pgtrigger.Row),
            pghistory.UpdateEvent(
                "rekeyed",
                row=pghistory.Old,
                condition=pgtrigger.AnyChange(model._meta.pk.name),
                level=pgtrigger.Row,
            ),
            *(
                pghistory.UpdateEvent(
                    name,
                    row=pghistory.Old,
                    condition=pgtrigger.AnyChange(name),
                    level=pgtrigger.Row,
                    trigger_name=f"secret_{name}",  # comes by its name before the one that tells the rest
                )
                for name in secret
            ),
            exclude=[*secret, *ignored],
            base_model=TrailEntry,
            model_name=f"{model.__name__}Trail",
            obj_field=pghistory.ObjForeignKey(related_name="+", related_query_name="+", db_index=False),
            context_field=pghistory.ContextJSONField(),  # in the entry itself, so that nobody can change it
            context_id_field=cast(Any, None),  # which its types forget
            append_only=True,
            meta={"indexes": [_index(model, name) for name in ("pgh_obj", *above)]},
        )(model)
        KEPT[model._meta.label] = Kept(model, above, has_page, named_by, codes or {}, guarded, secret)
        return model

    return keep


def _index(model: type[models.Model], name: str) -> models.Index:
    return models.Index(fields=[name], name=f"trail_{model._meta.model_name}_{name}"[:30])


def changes_by(user: AbstractBaseUser) -> AbstractContextManager[None]:
    """Keep every change made within as this person's: for requests and services.

    Only statements that are text can be sent within; ``import_dataset`` says by itself who it is.
    """
    return _changes_of({USER: user.pk})


def changes_at(words: str) -> AbstractContextManager[None]:
    """The same for a request of nobody who signed in: what it is, in words."""
    return _changes_of({THROUGH: words})


@contextmanager
def _changes_of(who: dict[str, Any]) -> Iterator[None]:
    with pghistory.context(**who):
        yield
    if connection.in_atomic_block:
        _tell({})  # pghistory tells PostgreSQL until the end of the transaction


@contextmanager
def changes_through(words: str, *, by: AbstractBaseUser | None = None) -> Iterator[None]:
    """Keep the changes within as made by the program, in ``words`` such as "Import of a data set", for somebody or not.

    For imports, inside a transaction: PostgreSQL is told once, and not with each statement.
    """
    _tell({THROUGH: words} | ({USER: by.pk} if by else {}))
    yield
    _tell({})


def _tell(who: dict[str, Any]) -> None:
    """Tell PostgreSQL's triggers who makes the changes, until told otherwise or the end of the transaction."""
    with connection.cursor() as cursor:
        told = json.dumps(who) if who else ""  # the empty text reads as nobody
        cursor.execute("SELECT set_config('pghistory.context_metadata', %s, true)", [told])
