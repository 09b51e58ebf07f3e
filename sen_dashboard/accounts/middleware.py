"""What every request by a signed-in person has in common."""

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
"""Addresses also open to a person who has no role or must still choose a password, besides those open to everybody."""

NO_ROLE = "You have no role yet, so there is nothing to show you. Ask your administrator to give you one."

READS = ("GET", "HEAD", "OPTIONS", "TRACE")


def keep_no_copies(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Tell the browser to keep no copy of a page, so that nobody reads it there after signing out."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if hasattr(request, "user") and request.user.is_authenticated:  # not if a request was refused early
            patch_cache_control(response, no_store=True, private=True)
        return response

    return answer


class NotYetMiddleware(MiddlewareMixin):
    """Show only the page for choosing a password to a person who must do so, and no page to a person without a role.

    Written like Django's `LoginRequiredMiddleware`, and listed after it.
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
    """Sign a person out after 12 hours; until then their requests keep them signed in, but not a page's own.

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
    """Keep input sent after the session ended. Comes before Django's `LoginRequiredMiddleware`."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Return a redirect to the sign-in page, or None if it is not a person's form."""
        if request.method != "POST" or request.user.is_authenticated:
            return None
        token = sent_token(request)
        return kept.sign_in_first(request, token) if token else None


class SendOnceMiddleware(MiddlewareMixin):
    """Carry out a form once even if it is sent twice, and show kept input again. Comes last, as it calls the view."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Return the response to a form with a valid token, or None for any other request."""
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
    """Record a request's changes as its person's. Comes after Django's AuthenticationMiddleware."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method in READS or not request.user.is_authenticated:
            return get_response(request)
        with changes_by(request.user):
            return get_response(request)

    return answer
