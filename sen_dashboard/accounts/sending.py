"""A form is carried out once, however often it is sent: a double click, a key held down, Back and Save again.

A form carries a token that is bound to the person and to the form's address. The token is used up in the transaction
that carries the form out, so if it is sent twice at once, the second request waits for the first. Sent again with the
same contents, it returns the result of the first. Pages that change a record use its version as the token's mark, so
the same change from two tabs also counts as one.

Forms without a token: signing in and out and one's own password, whose contents must not be kept; and actions that may
be done twice: moving a case up or down an agenda, cancelling a job, discarding kept input, saving a file, subscribing
to the digest or not.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.crypto import salted_hmac
from django.utils.timezone import now

from sen_dashboard.accounts.models import KeptInput, Sending
from sen_dashboard.core.web.kept import typed_here
from sen_dashboard.core.web.once import Made

TOKEN, ANOTHER = "once", "another"
"""The names of the box for the token, and of the button that sends the form as a separate submission."""

NO_CONTENT = {"csrfmiddlewaretoken", TOKEN, ANOTHER}
REMEMBERED = timedelta(days=2)
"""How long a token is valid and, once used, remembered: longer than a session, and than input is kept."""

_signer = TimestampSigner(salt="sen_dashboard.accounts.sending")


@dataclass(frozen=True)
class Token:
    """The person that a form was made for, the address it is sent to, and a mark that tells it from others."""

    person: int
    address: str
    mark: str

    def __str__(self) -> str:
        """Return the token for the form to carry, valid from now on."""
        return _signer.sign_object([self.person, self.address, self.mark])


def new_token(*, person: int, address: str, mark: str = "") -> Token:
    """Return a token for a form of the person, with a random mark unless one is given."""
    return Token(person, address, mark or token_urlsafe(9))


def sent_token(request: HttpRequest, *, within: timedelta | None = None) -> Token | None:
    """Return the token of a form that was sent to this address, or is kept for it; None if it has none made here.

    With ``within``, an older token does not count.
    """
    tokens = _tokens(request, within)
    return tokens[0] if tokens else None


def _tokens(request: HttpRequest, within: timedelta | None = None) -> list[Token]:
    """Return the form's tokens for this address, first that of the button for a separate submission, if it was used."""
    typed = typed_here(request) or QueryDict()
    found = []
    for name in (ANOTHER, TOKEN):
        with suppress(BadSignature):
            found.append(Token(*_signer.unsign_object(typed.get(name, ""), max_age=within)))
    return [token for token in found if token.address == request.path]


def send_once(request: HttpRequest, token: Token, carry_out: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the response to a form: ``carry_out``'s, or the earlier result if the form was sent before.

    A form sent with other contents is carried out; if that would make another record, the view asks first, by
    `core.web.once.made_before`.
    """
    contents, at = _digest(request), now()
    _forget(at)
    with transaction.atomic():
        sending, is_new = Sending.objects.select_for_update().get_or_create(
            person_id=token.person,
            address=token.address,
            mark=token.mark,
            defaults={"contents": contents, "at": at},
        )
        if not is_new and sending.contents == contents:
            return _again(request, Made(sending.said, sending.leads_to))
        # Our own attribute of the request, unknown to its type.
        request.made_before = None if is_new else Made(sending.said, sending.leads_to)  # type: ignore[attr-defined]
        said_before = len(messages.get_messages(request))
        answer = carry_out()
        made = getattr(request, "made", None) or _made(request, answer, said_before)
        if made:
            sending.contents, sending.at = contents, at
            sending.said, sending.leads_to = made.said, made.leads_to
            sending.save()
            marks = [sent.mark for sent in _tokens(request)]
            shown = KeptInput.objects.filter(address=request.get_full_path(), mark__in=marks)
            shown.filter(person=token.person).delete()
        elif is_new:
            sending.delete()  # nothing came of it, so it may be sent again
        else:
            sending.at = at  # the form is shown again with its token, which is valid from now on
            sending.save()
    return answer


def _again(request: HttpRequest, made: Made) -> HttpResponse:
    """Redirect to the result; its sentence is added unless that of the first request is still waiting to be shown."""
    if made.said and made.said not in _said(request):
        messages.success(request, made.said)
    return HttpResponseRedirect(made.leads_to)


def _made(request: HttpRequest, answer: HttpResponse, said_before: int) -> Made | None:
    """Return the result of a form from its response: None if the form is shown again instead of leading elsewhere."""
    if not isinstance(answer, HttpResponseRedirect):
        return None
    return Made(" ".join(_said(request)[said_before:]), answer.url)


def _said(request: HttpRequest) -> list[str]:
    """Return the sentences that wait for the next page, and leave them waiting."""
    waiting = messages.get_messages(request)
    said = [str(message) for message in waiting]
    waiting.used = False  # type: ignore[union-attr]  # a list only where no middleware keeps messages
    return said


def _digest(request: HttpRequest) -> str:
    """Return a digest of a form's contents, its files included, which can be compared but not read."""
    typed = sorted((name, texts) for name, texts in request.POST.lists() if name not in NO_CONTENT)
    chosen = sorted((name, list(map(_digest_of_file, files))) for name, files in request.FILES.lists())
    return salted_hmac(_signer.salt, json.dumps([typed, chosen]), algorithm="sha256").hexdigest()


def _digest_of_file(file: UploadedFile) -> str:
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _forget(at: datetime) -> None:
    """Remove entries that have expired, except rows that somebody else is removing."""
    old = Sending.objects.select_for_update(skip_locked=True).filter(at__lte=at - REMEMBERED)
    with transaction.atomic():
        Sending.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
