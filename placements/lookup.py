"""Finding a child or a school by typed text, for the type-ahead and for forms without scripts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat

from placements.models import Child
from provision.models import School
from sen_dashboard.core.sql import truth
from sen_dashboard.core.web.forms import LookupInput

MOST = 20
"""How many records are offered; longer text narrows them."""
LONGEST = 250  # characters: a school's name with its key
NUL = "\0"


@dataclass(frozen=True)
class Lookup:
    """A kind of record to look up: its text in a box, the words that identify it, and the error if there is none.

    ``exact`` finds records named by the text, ``near`` those that it may mean. ``alone`` says whether a single near
    record is accepted.
    """

    name: str
    none: str
    records: Callable[[], QuerySet[Any, Any]]
    text: Callable[[Any], str]
    words: Callable[[Any], str]
    exact: Callable[[str], Q]
    near: Callable[[str], Q]
    order: str
    alone: bool

    def line(self, record: Any) -> str:
        """A record as offered: "Ash School (S1), State special school, Thanet"."""
        return ", ".join(filter(None, (self.text(record), self.words(record))))

    def found(self, typed: str) -> list[Any]:
        """Up to ``MOST`` records and one more, exact matches first (``is_exact``). One statement, or none."""
        if not typed or NUL in typed or len(typed) > LONGEST:
            return []
        exact = self.exact(typed)
        found = self.records().filter(exact | self.near(typed)).annotate(is_exact=truth(exact))
        return list(found.order_by("-is_exact", self.order, "pk")[: MOST + 1])


def _spellings(key: str, typed: str) -> Q:
    """The key as typed, or in capitals: keys are usually written in capitals but often typed in lower case."""
    return Q(**{f"{key}__in": {typed, typed.upper()}})


def _beginnings(key: str, typed: str) -> Q:
    return Q(**{f"{key}__startswith": typed}) | Q(**{f"{key}__startswith": typed.upper()})


def _named_with_key() -> QuerySet[Any, Any]:
    """Schools annotated with their ``label``, as ``school_text`` writes it."""
    return School.objects.annotate(label=Concat("name", Value(" ("), "school_id", Value(")")))


def school_text(school: School) -> str:
    """A school as a box names it: with its key, since two schools may have the same name."""
    return f"{school.name} ({school.school_id})"


CHILD = Lookup(
    "child",
    "No child has this key.",
    records=Child.objects.all,
    text=lambda child: child.child_id,
    words=lambda child: child.home_district,
    exact=lambda typed: _spellings("child_id", typed),
    near=lambda typed: _beginnings("child_id", typed),
    order="child_id",
    alone=False,  # the beginning of a key may be another child's key mistyped
)
SCHOOL = Lookup(
    "school",
    "No school has this key or this in its name.",
    records=_named_with_key,
    text=school_text,
    words=lambda school: ", ".join(filter(None, (school.get_sector_display(), school.district))),
    exact=lambda typed: _spellings("school_id", typed) | Q(label=typed) | Q(name__iexact=typed),
    near=lambda typed: _beginnings("school_id", typed) | Q(label__icontains=typed),
    order="name",
    alone=True,
)


class LookupField(forms.Field):
    """A record named by its key or name, with an error if no record or several match.

    After a refusal, ``offered`` has the possible records: words by key.
    """

    widget: LookupInput

    def __init__(self, kind: Lookup, *, source: str, **options: Any) -> None:
        super().__init__(widget=LookupInput(source), **options)
        self.kind = kind
        self.offered: dict[str, str] = {}

    def to_python(self, value: list[str] | None) -> Any:
        """The record; None if nothing was typed. Raises ValidationError."""
        typed, chosen = value or ["", ""]
        if not typed:
            return None
        found = self.kind.found(typed)
        meant = [record for record in found if record.pk == chosen] or [r for r in found if r.is_exact]
        if not meant and self.kind.alone:
            meant = found
        if len(meant) == 1:
            return meant[0]
        raise self._refusal(found)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether different text was typed, without looking it up as Django would."""
        texts = self.widget.texts
        return bool(texts(initial)[0] != texts(data)[0])

    def _refusal(self, found: list[Any]) -> ValidationError:
        if not found:
            return ValidationError(self.kind.none, code="none")
        if len(found) > MOST:
            return ValidationError(f"More than {MOST} match this: type more.", code="too_many")
        self.offered = {record.pk: self.kind.line(record) for record in found}
        return ValidationError(f"Choose below which {self.kind.name} you mean.", code="several")
