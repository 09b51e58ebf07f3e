"""What every request of a signed-in person has in common."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control
from django.utils.deprecation import MiddlewareMixin
from django.utils.timezone import now

from sen_dashboard.accounts import kept, sessions
from sen_dashboard.accounts.requests import person
from sen_dashboard.accounts.sending import REMEMBERED, send_once, sent_token
from sen_dashboard.core.models.trail import changes_by

MEANWHILE = {"password", "sign_out", "session"}
"""The addresses open to a person who has still to choose a password or has no role, besides those open to everybody."""

NO_ROLE = "You have no role yet, so there is nothing to show you. Ask your administrator to give you one."

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


class NotYetMiddleware(MiddlewareMixin):
    """Show no page to whoever has still to choose a password, but the page for that, nor to whoever has no role.

    Written as Django's `LoginRequiredMiddleware` is, and in the list after it.
    """

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Return a redirect, or None for the page itself. Raises PermissionDenied without a role."""
        is_open = not getattr(view_func, "login_required", True)
        match = request.resolver_match
        if is_open or (match and match.url_name in MEANWHILE):
            return None
        who = person(request)
        if who.must_change_password:
            return redirect("password")
        if not who.roles:
            raise PermissionDenied(NO_ROLE)
        return None


def end_sessions(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Sign somebody out after 12 hours; what they ask for keeps them signed in till then, what a page asks does not.

    Comes after Django's AuthenticationMiddleware.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if sessions.is_over(request.session, now()):
                logout(request)
            elif sessions.BACKGROUND not in request.headers:
                sessions.use(request.session, now())
        return get_response(request)

    return answer


class KeepInputMiddleware(MiddlewareMixin):
    """Keep what is sent by somebody whose session ended. Comes before Django's `LoginRequiredMiddleware`."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """The way to the sign-in, or None for what is no form of somebody's."""
        if request.method != "POST" or request.user.is_authenticated:
            return None
        token = sent_token(request)
        return kept.sign_in_first(request, token) if token else None


class SendOnceMiddleware(MiddlewareMixin):
    """Carry out once what is sent twice, and show again what was kept. Comes last: it is the one that asks the page."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """The answer to a form with a token that is still good, or None for any other request."""
        if request.method == "GET":
            request.kept_input = kept.find(request)  # type: ignore[attr-defined]  # our own note on it
        if request.method != "POST":
            return None
        token = sent_token(request)
        if token and token.person != request.user.pk:
            return kept.somebody_elses(request)
        good = sent_token(request, within=REMEMBERED)
        if good is None:
            return None
        return send_once(request, good, lambda: view_func(request, *view_args, **view_kwargs))


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
