"""Requests that cannot be read: each gets the plain page of error 400, with the headers that every page has."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.http import parse_header_parameters

ONE_ENCODING = ("utf-8", "utf8", "us-ascii")
UNREADABLE = (ValueError, LookupError, TypeError)
"""Errors that Python raises for header parameters such as "a*=x", an unknown encoding, or "a*=x; a*1=y"."""

NOTHING_SENT = {"CONTENT_TYPE": "", "CONTENT_LENGTH": "0"}


class Request(WSGIRequest):
    """Django's request, but one that can always be constructed.

    Django would decode a request in another encoding with whatever codec it names, before any page and any refusal.
    Such a request is treated as if it sent nothing, and ``is_readable`` says that it is to be refused.
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        self.is_readable = _is_in_utf_8(environ.get("CONTENT_TYPE", ""))
        super().__init__(environ if self.is_readable else environ | NOTHING_SENT)

    def parse_file_upload(self, META: Any, post_data: Any) -> tuple[QueryDict, MultiValueDict[Any, Any]]:
        """Raises MultiPartParserError, including where Python fails to read the head of a part."""
        try:
            return super().parse_file_upload(META, post_data)
        except UNREADABLE as error:
            raise MultiPartParserError("The head of a part cannot be read.") from error


class Handler(WSGIHandler):
    """The application, with requests that can always be constructed."""

    request_class = Request


def refuse_unreadable(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse a request that cannot be read, whatever page it asks for, before anybody is identified.

    Placed after all middleware that adds headers, and before all that reads the request. Posted data is read later, for
    those who may post.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if not getattr(request, "is_readable", True):
            raise BadRequest("Requests must be encoded in UTF-8.")
        request.GET  # noqa: B018 (raises TooManyFieldsSent)
        return get_response(request)

    return answer


def refused(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Return the page of error 400, made without the request, which cannot be read.

    It has the usual headers even if the middleware that adds them refused the request itself.
    """
    page = HttpResponseBadRequest(render_to_string("400.html"))
    return SecurityMiddleware(lambda _: page).process_response(request, page)


def _is_in_utf_8(content_type: str) -> bool:
    try:
        _, parameters = parse_header_parameters(content_type)
    except UNREADABLE:
        return False
    return parameters.get("charset", "utf-8").lower() in ONE_ENCODING
