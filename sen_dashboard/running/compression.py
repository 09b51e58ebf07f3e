"""Which responses are sent compressed, and to whom: docs/adr/0015-compression.md."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

READING = ("GET", "HEAD")
BEGUN_HERE = ("same-origin", "none")
"""Values of Sec-Fetch-Site for a request begun by one of our pages, or by the person typing or using a bookmark."""

PAGES = ("text/html", "application/json")


class CompressPages(GZipMiddleware):
    """Django's compression, with its random padding, only where no other site can have chosen what the page repeats.

    Placed after WhiteNoise, whose files are already compressed, and before everything that writes a response.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return the response, compressed if it is a page, the browser accepts that, and it is safe."""
        if begun_here(request) and is_page(response):
            return super().process_response(request, response)
        return response


def begun_here(request: HttpRequest) -> bool:
    """Return whether the request only reads, and no other site made the browser send it."""
    return request.method in READING and request.headers.get("Sec-Fetch-Site") in BEGUN_HERE


def is_page(response: HttpResponseBase) -> bool:
    """Return whether the response is a page or data for one: files are compressed already, or sent row by row."""
    content_type = response.get("Content-Type", "").partition(";")[0]
    return content_type in PAGES and not response.streaming
