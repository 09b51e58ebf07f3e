"""The application that a web server runs. `manage.py run` serves it with waitress."""

import os
from collections.abc import Callable, Iterable
from typing import Any

import django

from sen_dashboard.running.refusing import Handler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sen_dashboard.settings")
django.setup(set_prefix=False)

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def by_headers_alone(application: Application) -> Application:
    """Answer HEAD without a body: waitress would send it, and the browser would take it for the next response."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return body
        if hasattr(body, "close"):
            body.close()
        return []

    return answer


application = by_headers_alone(Handler())
