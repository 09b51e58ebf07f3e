"""Which answers are sent compressed, and to whom: docs/adr/0015-compression.md."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

READING = ("GET", "HEAD")
BEGUN_HERE = ("same-origin", "none")
"""What a browser says of a request that a page of ours began, or the person, by typing or by a bookmark."""

PAGES = ("text/html", "application/json")


class CompressPages(GZipMiddleware):
    """Django's compression, with its random padding, where nobody elsewhere can have chosen what the page repeats.

    Stands after WhiteNoise, whose files are compressed already, and before all that writes an answer.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return the answer, compressed where it is a page, is asked for so, and may be."""
        if begun_here(request) and is_page(response):
            return super().process_response(request, response)
        return response


def begun_here(request: HttpRequest) -> bool:
    """Whether the request only reads, and no other site made the browser send it."""
    return request.method in READING and request.headers.get("Sec-Fetch-Site") in BEGUN_HERE


def is_page(response: HttpResponseBase) -> bool:
    """Whether the answer is a page or data for one. Files are compressed in themselves, or sent row by row."""
    content_type = response.get("Content-Type", "").partition(";")[0]
    return content_type in PAGES and not response.streaming
