"""A test client that sends what the dashboard's forms send."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import Resolver404, resolve

from sen_dashboard.accounts.sending import TOKEN, new_token


class FormClient(Client):
    """Adds a new token to requests that create something, as every such form does, unless one is given."""

    def post(self, path: Any, data: Any = None, *args: Any, **kwargs: Any) -> Any:
        address = unquote(urlsplit(str(path)).path)
        if isinstance(data, dict) and TOKEN not in data and self._creates(address):
            data = data | {TOKEN: str(new_token(person=int(self.session[SESSION_KEY]), address=address))}
        return super().post(path, data, *args, **kwargs)

    def _creates(self, address: str) -> bool:
        """Whether somebody is signed in, and the address's page creates something."""
        if settings.SESSION_COOKIE_NAME not in self.cookies or SESSION_KEY not in self.session:
            return False
        try:
            view = resolve(address).func
        except Resolver404:
            return False
        return bool(getattr(getattr(view, "view_class", None), "creates", False))
