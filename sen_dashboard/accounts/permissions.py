"""What each role can do: the only matrix, used by views, services and templates.

Every role may read everything; only what goes beyond that is a permission. Without a role nothing is shown.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.formats import listed

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class Permission(StrEnum):
    """Something that not every role may do; its value describes it for people."""

    EDIT_EVENTS = "Add, change and remove events"
    EDIT_PROGRAMME = "Add and change workstreams, actions, risks and decisions needed"
    SETTLE_DECISIONS = "Record decisions that the programme needs"
    EDIT_COMMISSIONING_PLAN = "Change the commissioning plan"
    EDIT_NOTES = "Write the analysis shown beside a figure"
    EDIT_PANEL = "Enter requests, meetings and decisions of the panels"
    EDIT_PLACEMENTS = "End, move and change placements"
    EDIT_COSTS = "Enter and change what placements cost"
    PREPARE_REPORTS = "Collect, comment on, approve and publish reports"
    READ_REPORTS = "Read and download published reports"
    READ_FINANCE = "Read the ledger, reconciliation and closed months"
    POST_LEDGER = "Load the ledger and say which supplier is which school"
    RECONCILE = "Work through the findings of the reconciliation"
    CLOSE_MONTH = "Close months to further postings"
    REOPEN_MONTH = "Open a closed month again"
    MANAGE_PEOPLE = "Add people and change their roles"
    READ_TRAIL = "Search who read, changed and exported records"


MATRIX: Mapping[Permission, frozenset[Role]] = {
    Permission.EDIT_EVENTS: frozenset({Role.MANAGER, Role.ADMINISTRATOR}),
    Permission.EDIT_PROGRAMME: frozenset({Role.OFFICER, Role.MANAGER}),
    Permission.SETTLE_DECISIONS: frozenset({Role.MANAGER}),
    Permission.EDIT_COMMISSIONING_PLAN: frozenset({Role.MANAGER}),
    Permission.EDIT_NOTES: frozenset({Role.MANAGER}),
    Permission.EDIT_PANEL: frozenset({Role.PANEL_CLERK}),
    Permission.EDIT_PLACEMENTS: frozenset({Role.FINANCE, Role.PANEL_CLERK}),
    Permission.EDIT_COSTS: frozenset({Role.FINANCE}),
    Permission.PREPARE_REPORTS: frozenset({Role.MANAGER}),
    Permission.READ_REPORTS: frozenset({Role.OFFICER, Role.MANAGER}),
    Permission.READ_FINANCE: frozenset({Role.FINANCE, Role.OFFICER, Role.MANAGER, Role.AUDITOR}),
    Permission.POST_LEDGER: frozenset({Role.FINANCE}),
    Permission.RECONCILE: frozenset({Role.FINANCE}),
    Permission.CLOSE_MONTH: frozenset({Role.FINANCE}),
    Permission.REOPEN_MONTH: frozenset({Role.MANAGER}),
    Permission.MANAGE_PEOPLE: frozenset({Role.ADMINISTRATOR}),
    Permission.READ_TRAIL: frozenset({Role.AUDITOR}),
}


def may(user: User | AnonymousUser, permission: Permission) -> bool:
    """Return whether one of the user's roles has the permission; nothing else gives it, not even being a superuser."""
    return isinstance(user, User) and user.is_active and not MATRIX[permission].isdisjoint(user.roles)


def demand(user: User | AnonymousUser, permission: Permission) -> None:
    """Raise PermissionDenied, with the sentence for the page of error 403, unless the user has the permission."""
    if not may(user, permission):
        raise PermissionDenied(_refusal(user, permission))


def _refusal(user: User | AnonymousUser, permission: Permission) -> str:
    """Return the refusal: "To add people you need the role Administrator; your role is Officer."."""
    task = permission.value[0].lower() + permission.value[1:]
    needed = " or ".join(sorted(MATRIX[permission]))
    return f"To {task} you need the role {needed}; {own_roles(user)}."


def own_roles(user: User | AnonymousUser) -> str:
    """Return the user's roles as part of a sentence: "your role is Officer"."""
    roles = sorted(user.roles) if isinstance(user, User) else []
    if not roles:
        return "you have no role"
    return f"your role{'s are' if len(roles) > 1 else ' is'} {listed(roles)}"


def needs(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Refuse a view, whatever the method, to users without the permission."""

    def guarded(view: View[P]) -> View[P]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            demand(request.user, permission)
            return view(request, *args, **kwargs)

        return answer

    return guarded
