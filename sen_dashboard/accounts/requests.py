from typing import cast

from django.http import HttpRequest

from sen_dashboard.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request that passed `LoginRequiredMiddleware`, so its user is a person. Used only in annotations."""

    user: User


def person(request: HttpRequest) -> User:
    """Return the person who asks; only behind `LoginRequiredMiddleware`."""
    return cast(User, request.user)
