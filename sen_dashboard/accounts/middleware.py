"""What every request of a signed-in person has in common."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from sen_dashboard.core.trail import changes_by

READS = ("GET", "HEAD", "OPTIONS", "TRACE")


def keep_no_copies(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Tell the browser to keep no copy of a page, so that nobody reads it there after signing out."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if (
            hasattr(request, "user") and request.user.is_authenticated
        ):  # not so where a request was refused early
            patch_cache_control(response, no_store=True, private=True)
        return response

    return answer


def say_who_changes(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Keep what a request changes as its person's. Comes after Django's AuthenticationMiddleware."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method in READS or not request.user.is_authenticated:
            return get_response(request)
        with changes_by(request.user):
            return get_response(request)

    return answer
