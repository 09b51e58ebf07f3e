"""The application that a web server runs. `manage.py run` serves it with waitress."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sen_dashboard.settings")

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

ONE_ENCODING = ("utf-8", "utf8", "us-ascii")


def in_utf_8(application: Application) -> Application:
    """Refuse a request in another encoding: Django would decode it with whatever codec it names, before any page."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if _is_in_utf_8(environ.get("CONTENT_TYPE", "")):
            return application(environ, start_response)
        start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"Requests must be encoded in UTF-8."]

    return answer


def by_headers_alone(application: Application) -> Application:
    """Answer HEAD without the body: waitress sends what it is given, and the browser takes that for the next answer."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return body
        if hasattr(body, "close"):
            body.close()
        return []

    return answer


def _is_in_utf_8(content_type: str) -> bool:
    try:
        _, parameters = parse_header_parameters(content_type)
    except ValueError:  # a parameter in an encoding that there is not, as in "boundary*=nonsense''x"
        return False
    return parameters.get("charset", "utf-8").lower() in ONE_ENCODING


application = by_headers_alone(in_utf_8(get_wsgi_application()))
