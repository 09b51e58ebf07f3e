"""The search: records whose key begins with the text typed, and schools whose name contains it.

Keys are often typed in small letters but written in capitals; both spellings are looked up. The collation "C" of keys
lets their index find a prefix.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from panel.models import PanelCase
from placements.models import Child, Placement, Plan
from placements.scope_form import ScopeField
from provision.models import School
from sen_dashboard.core import formats
from sen_dashboard.core.kpi.addresses import kept_query
from sen_dashboard.core.sql import truth
from sen_dashboard.core.web.details import address_of

NUL = "\x00"

FIELD = "q"
LONGEST = 80
MOST_OF_A_GROUP = 20
"""The most records shown of each kind; a longer text narrows them down."""


@dataclass(frozen=True)
class Found:
    """A record that was found: its name, what tells it from others, its page, and whether its exact key was typed."""

    name: str
    words: str
    address: str
    is_exact: bool


@dataclass(frozen=True)
class Group:
    """The records found of a kind: at most 20 of them, and their total number."""

    title: str
    records: tuple[Found, ...]
    count: int

    @property
    def heading(self) -> str:
        """ "Schools (3)"."""
        return f"{self.title} ({formats.count(self.count)})"

    @property
    def more(self) -> str:
        """A sentence on those not shown; empty if there are none."""
        if self.count <= len(self.records):
            return ""
        shown = formats.count(len(self.records))
        return f"The first {shown} of {formats.count(self.count)} are shown. Type more of the key or name."


@dataclass(frozen=True)
class FoundKind:
    """A kind of record that can be searched for: how to describe it, and the name and key of the page it leads to."""

    title: str
    records: QuerySet[Any, Any]
    name: Callable[[Any], str]
    words: Callable[[Any], str]
    page: str
    page_key: Callable[[Any], str]
    order: str = "pk"
    also: Callable[[str], Q] = lambda _: Q()
    """A condition that finds a record otherwise than by its key."""

    def matching(self, typed: str, spellings: set[str]) -> QuerySet[Any, Any]:
        """Return the records found, those first whose key is exactly the text typed (``is_exact``)."""
        matches = self.also(typed)
        for spelling in spellings:
            matches |= Q(pk__startswith=spelling)
        found = self.records.filter(matches).annotate(is_exact=truth(Q(pk__in=spellings)))
        return found.order_by("-is_exact", self.order, "pk")


KINDS = (
    FoundKind(
        "Children",
        Child.objects.all(),
        name=lambda child: f"Child {child.child_id}",
        words=lambda child: child.home_district,
        page="child",
        page_key=lambda child: child.child_id,
    ),
    FoundKind(
        "Schools",
        School.objects.all(),
        name=lambda school: school.name,
        words=lambda school: ", ".join(
            filter(None, (school.get_sector_display(), school.district, f"key {school.school_id}"))
        ),
        page="school",
        page_key=lambda school: school.school_id,
        order="name",
        also=lambda typed: Q(name__icontains=typed) | Q(urn__startswith=typed),
    ),
    FoundKind(
        "Panel cases",
        PanelCase.objects.all(),
        name=lambda case: f"Panel case {case.case_id}",
        words=lambda case: (
            f"child {case.child_id}, received on {formats.day(case.received_on)}"
            + (", cancelled as entered in error" if case.void else "")
        ),
        page="case",
        page_key=lambda case: case.case_id,
    ),
    FoundKind(
        "Placements",
        Placement.objects.select_related("plan", "school"),
        name=lambda placement: f"Placement {placement.placement_id}",
        words=lambda placement: (
            f"child {placement.plan.child_id}, {placement.school}, from {formats.day(placement.starts_on)}"
        ),
        page="placement",
        page_key=lambda placement: placement.placement_id,
    ),
    FoundKind(
        "Plans",
        Plan.objects.all(),
        name=lambda plan: f"Plan {plan.plan_id}",
        words=lambda plan: f"child {plan.child_id}, issued on {formats.day(plan.issued_on)}",
        page="child",
        page_key=lambda plan: plan.child_id,
    ),
)


def problem(typed: str) -> str:
    """Return what is wrong with the text typed, in a sentence; empty if nothing is."""
    if len(typed) > LONGEST:
        return f"Enter at most {LONGEST} characters."
    if NUL in typed:
        return "Enter letters, digits and punctuation only: one of the characters is something else."
    return ""


def find(typed: str, given: Mapping[str, str]) -> tuple[Group, ...]:
    """Return the records found, kind by kind, without kinds that have none; an empty text finds nothing.

    One statement a kind, and one more if there are more records than are shown. ``given`` is the query string, whose
    scope the addresses keep.
    """
    if not typed:
        return ()
    query, spellings = kept_query(given), {typed, typed.upper()}
    groups = (_group(kind, kind.matching(typed, spellings), query) for kind in KINDS)
    return tuple(group for group in groups if group.count)


def _group(kind: FoundKind, matching: QuerySet[Any, Any], query: str) -> Group:
    records = list(matching[: MOST_OF_A_GROUP + 1])
    count = matching.count() if len(records) > MOST_OF_A_GROUP else len(records)
    found = (
        Found(
            kind.name(record),
            kind.words(record),
            address_of(kind.page, kind.page_key(record), query),
            record.is_exact,
        )
        for record in records[:MOST_OF_A_GROUP]
    )
    return Group(kind.title, tuple(found), count)


def only_exact(groups: Sequence[Group]) -> Found | None:
    """Return the record whose key is exactly the text typed; None if there is none, or several of different kinds."""
    exact = [found for group in groups for found in group.records if found.is_exact]
    return exact[0] if len(exact) == 1 else None


def context(typed: str, groups: Sequence[Group], given: Mapping[str, str]) -> dict[str, Any]:
    """Return the context of the page with the records found, or only its field if nothing was typed."""
    return {"groups": groups, **_form(typed, given)}


def error_context(typed: str, given: Mapping[str, str], error: str) -> dict[str, Any]:
    """Return the context of the page for a search that cannot be made: the error, and the text typed."""
    return {"errors": {FIELD: error}, **_form(typed, given, error)}


def _form(typed: str, given: Mapping[str, str], error: str = "") -> dict[str, Any]:
    return {
        "searched": typed,
        "field": ScopeField(FIELD, "A key, or part of a school’s name", typed, error=error),
        "scope_query": kept_query(given),
    }
