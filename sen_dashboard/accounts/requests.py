from django.http import HttpRequest

from sen_dashboard.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request that `LoginRequiredMiddleware` let through: its user is a person. Only annotations need it."""

    user: User
