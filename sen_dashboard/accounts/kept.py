"""Input from before a session ended: kept for its author for a day, shown again, never carried out by itself.

The form's token (`accounts.sending`) says whose input it is: it was made for somebody who was signed in, for this form
alone, so nobody can have anything kept for somebody else. If somebody else signs in on the same browser, it is
discarded. It is kept nowhere but in the store.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.views import csrf

from sen_dashboard.accounts.models import KeptInput, User
from sen_dashboard.accounts.sending import Token, sent_token
from sen_dashboard.accounts.sessions import begin
from sen_dashboard.core.web.editing import EditPage
from sen_dashboard.core.web.kept import Kept

MOST = 64 * 1024
"""Bytes, as the browser sends them."""
KEPT_FOR = timedelta(days=1)
PASSWORD = "password"
"""Part of the name of every box for a password."""

KEPT, SHOWN = "kept_here", "kept_shown"
"""Session keys: what was kept until somebody signs in, newest first, 0 for failures; and that some is still kept."""


def shows_kept(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that shows kept input again; every EditPage does."""
    view.shows_kept = True  # type: ignore[attr-defined]  # our own mark on a function
    return view


def keep(*, token: Token, address: str, typed: QueryDict, at: datetime) -> KeptInput | None:
    """Keep what was typed into the token's form, without passwords; return None if it is too long.

    Replaces what was kept of the same form before.
    """
    KeptInput.objects.filter(at__lte=at - KEPT_FOR).delete()
    contents = QueryDict(mutable=True)
    for name, texts in typed.lists():
        if name != "csrfmiddlewaretoken" and PASSWORD not in name:
            contents.setlist(name, texts)
    text = contents.urlencode()
    if len(text) > MOST:
        return None
    kept, _ = KeptInput.objects.update_or_create(
        person_id=token.person, address=address, mark=token.mark, defaults={"typed": text, "at": at}
    )
    return kept


def find(request: HttpRequest) -> Kept | None:
    """Return the input to show again on the requested page: if there are several forms, the first one kept."""
    if SHOWN not in request.session:
        return None
    left = KeptInput.objects.filter(person=request.user.pk, at__gt=now() - KEPT_FOR)
    kept = left.filter(address=request.get_full_path()).order_by("at", "pk").first()
    if kept:
        return Kept(QueryDict(kept.typed), kept.at, kept.mark)
    if not left.exists():
        del request.session[SHOWN]
    return None


def drop(request: HttpRequest, *, address: str, mark: str) -> bool:
    """Remove what was kept for the person from a form at an address; return whether there was any."""
    return bool(KeptInput.objects.filter(person=request.user.pk, address=address, mark=mark).delete()[0])


def signed_in(sender: object, request: HttpRequest, user: User, **_: Any) -> None:
    """Begin the session, and discard what was kept on this browser for somebody else."""
    at = now()
    begin(request.session, at)
    kept = request.session.pop(KEPT, None)
    if kept is not None:
        request.session.set_expiry(None)
        KeptInput.objects.filter(pk__in=kept).exclude(person=user).delete()
    KeptInput.objects.filter(at__lte=at - KEPT_FOR).delete()
    if KeptInput.objects.filter(person=user).exists():
        request.session[SHOWN] = True


def sign_in_first(request: HttpRequest, token: Token) -> HttpResponse:
    """Keep what was sent after the session ended, and redirect to the sign-in page."""
    kept = _keep(request, token)
    request.session[KEPT] = [kept.pk if kept else 0, *request.session.get(KEPT, [])]
    request.session.set_expiry(KEPT_FOR)
    return redirect_to_login(_comes_back(request))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose browser token is old because its person has signed in again since, in another tab.

    Nothing is carried out; the input is shown again. A form that was not made here for somebody is refused.
    """
    token = sent_token(request)
    if token is None:
        return csrf.csrf_failure(request, reason)
    if not request.user.is_authenticated:
        return sign_in_first(request, token)
    if token.person != request.user.pk:
        return somebody_elses(request)
    if _keep(request, token):
        request.session[SHOWN] = True
        return HttpResponseRedirect(_comes_back(request))
    return csrf.csrf_failure(request, reason)


def somebody_elses(request: HttpRequest) -> HttpResponse:
    """Answer a form that was made for somebody else: it is neither carried out nor kept."""
    return render(request, "403_somebody_elses.html", status=403)


def _keep(request: HttpRequest, token: Token) -> KeptInput | None:
    if not _is_kept(request):
        return None
    return keep(token=token, address=request.get_full_path(), typed=request.POST, at=now())


def is_kept(view: Callable[..., Any]) -> bool:
    """Return whether input sent to the view after the session ended is kept, because the view shows it again."""
    return getattr(view, "shows_kept", False) or issubclass(getattr(view, "view_class", object), EditPage)


def _is_kept(request: HttpRequest) -> bool:
    return request.resolver_match is not None and is_kept(request.resolver_match.func)


def _comes_back(request: HttpRequest) -> str:
    """Return the page of the form: this address or, for a button on another page, the address of that page."""
    if _is_kept(request):
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure())
    return came_from if is_ours else reverse("overview")
