"""What each role may do: the one matrix, asked by views, services and templates.

Whoever is signed in may read everything; only what needs more is a permission.
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

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class Permission(StrEnum):
    """Something that not every role may do; its value says what, as people read it."""

    EDIT_EVENTS = "Add, change and remove events"
    READ_TRAIL = "Search who read and changed which record"


MATRIX: Mapping[Permission, frozenset[Role]] = {
    Permission.EDIT_EVENTS: frozenset({Role.MANAGER, Role.ADMINISTRATOR}),
    Permission.READ_TRAIL: frozenset({Role.AUDITOR}),
}


def may(user: User | AnonymousUser, permission: Permission) -> bool:
    """Whether one of the user's roles has the permission; nothing else gives it, being a superuser neither."""
    return isinstance(user, User) and user.is_active and not MATRIX[permission].isdisjoint(user.roles)


def demand(user: User | AnonymousUser, permission: Permission) -> None:
    """Raise PermissionDenied unless the user has the permission; people then see the page for error 403."""
    if not may(user, permission):
        raise PermissionDenied


def needs(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Refuse a view, whatever the method, to those without the permission."""

    def guarded(view: View[P]) -> View[P]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            demand(request.user, permission)
            return view(request, *args, **kwargs)

        return answer

    return guarded
