"""The trail: every change to a record, with who made it, when, and how the record was afterwards.

Triggers in PostgreSQL write it (django-pghistory), so changes by SQL are kept too, and its tables refuse to be changed.
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
"""The keys under which an entry says who made a change: an account's primary key, or the program's task."""


class TrailEntry(Event):
    """A record after a change; for a removed record, its last state."""

    pgh_id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True


@dataclass(frozen=True)
class Kept:
    """A kind of record whose changes are kept, and what its history needs to know beside the model.

    ``under`` are the fields that may name the record it belongs to. A kind that ``has_page`` shows its history there,
    and not on the page of that record. ``named_by`` are the fields that distinguish its records if no constraint does.
    ``codes`` are the words of coded fields that have no choices. ``guarded`` fields are shown only if they changed:
    pages otherwise never show them. For ``secret`` fields the trail records that they were changed, as an entry
    labelled with the field, but no value.
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
        """Return the fields that may name a record of the model as the one that these belong to."""
        return [name for name in self.under if self.field(name).related_model is model]

    def field(self, name: str) -> Any:
        """Return the model's own field of that name."""
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
    """Keep every change to a model's records; see ``Kept``. Changes to ``ignored`` fields do not count.

    ``under`` may name several fields, of which a record uses one: "action change".

    Additions and removals are kept once a statement, which is quicker for an import. A change is kept for each row: a
    trigger for the statement would miss rows whose key changes.
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
                    trigger_name=f"secret_{name}",  # its name sorts before the one that records the rest
                )
                for name in secret
            ),
            exclude=[*secret, *ignored],
            base_model=TrailEntry,
            model_name=f"{model.__name__}Trail",
            obj_field=pghistory.ObjForeignKey(related_name="+", related_query_name="+", db_index=False),
            context_field=pghistory.ContextJSONField(),  # in the entry itself, so that nobody can change it
            context_id_field=cast(Any, None),  # its types do not allow None
            append_only=True,
            meta={"indexes": [_index(model, name) for name in ("pgh_obj", *above)]},
        )(model)
        KEPT[model._meta.label] = Kept(model, above, has_page, named_by, codes or {}, guarded, secret)
        return model

    return keep


def _index(model: type[models.Model], name: str) -> models.Index:
    return models.Index(fields=[name], name=f"trail_{model._meta.model_name}_{name}"[:30])


def changes_by(user: AbstractBaseUser) -> AbstractContextManager[None]:
    """Keep every change made while the block runs as this person's: for requests and services.

    Only statements that are text can be sent inside it; ``import_dataset`` says for itself who makes the changes.
    """
    return _changes_of({USER: user.pk})


def changes_at(words: str) -> AbstractContextManager[None]:
    """Keep the changes of a request by nobody who is signed in; ``words`` say what it is."""
    return _changes_of({THROUGH: words})


@contextmanager
def _changes_of(who: dict[str, Any]) -> Iterator[None]:
    with pghistory.context(**who):
        yield
    if connection.in_atomic_block:
        _tell({})  # pghistory tells PostgreSQL until the end of the transaction


@contextmanager
def changes_through(words: str, *, by: AbstractBaseUser | None = None) -> Iterator[None]:
    """Keep changes as made by the program, in ``words`` such as "Import of a data set", for somebody or nobody.

    For imports, inside a transaction: PostgreSQL is told once, and not with each statement.
    """
    _tell({THROUGH: words} | ({USER: by.pk} if by else {}))
    yield
    _tell({})


def _tell(who: dict[str, Any]) -> None:
    """Tell PostgreSQL's triggers who makes the changes, until the next call or the end of the transaction."""
    with connection.cursor() as cursor:
        context = json.dumps(who) if who else ""  # an empty text is read as nobody
        cursor.execute("SELECT set_config('pghistory.context_metadata', %s, true)", [context])
