from typing import cast

from django.http import HttpRequest

from sen_dashboard.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request that `LoginRequiredMiddleware` let through: its user is a person. Only annotations need it."""

    user: User


def person(request: HttpRequest) -> User:
    """Who asks, where `LoginRequiredMiddleware` let nobody else through."""
    return cast(User, request.user)
