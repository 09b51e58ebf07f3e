"""A form is carried out once, however often it is sent: a double click, a key held down, Back and Save again.

A form carries a token that is bound to the person and to the form's address. It is spent in the transaction that
carries the form out, so of two sendings at once the second waits for the first. Spent with the same contents, it
answers with what the first made. Pages that change a record take its version for the token's mark: the same change from
two tabs is one as well.

Forms without a token: signing in and out and one's own password, of which nothing is to be kept; and what may be done
twice: a case up or down an agenda, a job cancelled, kept input discarded, a file saved, the digest wanted or not.
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
"""The names of the box for the token, and of the button that sends what was typed as another."""

NO_CONTENT = {"csrfmiddlewaretoken", TOKEN, ANOTHER}
REMEMBERED = timedelta(days=2)
"""How long a token is good and, once spent, known: longer than a session lasts, and than what was typed is kept."""

_signer = TimestampSigner(salt="sen_dashboard.accounts.sending")


@dataclass(frozen=True)
class Token:
    """For whom a form was made, where it is sent to, and a mark that tells it from others."""

    person: int
    address: str
    mark: str

    def __str__(self) -> str:
        """The token as the form carries it, good from now on."""
        return _signer.sign_object([self.person, self.address, self.mark])


def new_token(*, person: int, address: str, mark: str = "") -> Token:
    """A token for a form of the person; a mark of its own unless one is given."""
    return Token(person, address, mark or token_urlsafe(9))


def sent_token(request: HttpRequest, *, within: timedelta | None = None) -> Token | None:
    """The token of a form that was sent to this address, or is kept for it; None where there is none made here.

    With ``within`` one that is older is none.
    """
    tokens = _tokens(request, within)
    return tokens[0] if tokens else None


def _tokens(request: HttpRequest, within: timedelta | None = None) -> list[Token]:
    """The form's tokens for this address; first the one of the button that sends it as another, where that was used."""
    typed = typed_here(request) or QueryDict()
    found = []
    for name in (ANOTHER, TOKEN):
        with suppress(BadSignature):
            found.append(Token(*_signer.unsign_object(typed.get(name, ""), max_age=within)))
    return [token for token in found if token.address == request.path]


def send_once(request: HttpRequest, token: Token, carry_out: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer to a form: ``carry_out``'s, or what came of the form when it was sent before.

    A form that was sent with other contents is carried out; one that would make another record asks first, as
    `core.web.once.made_before` tells it.
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
        # Our own note on the request, of which its type knows nothing.
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
            sending.delete()  # nothing came of it: it may be sent again
        else:
            sending.at = at  # the form comes again with its token, which is good from now on
            sending.save()
    return answer


def _again(request: HttpRequest, made: Made) -> HttpResponse:
    """Lead to what was made; the first answer may have said it already, on a page that was never shown."""
    if made.said and made.said not in _said(request):
        messages.success(request, made.said)
    return HttpResponseRedirect(made.leads_to)


def _made(request: HttpRequest, answer: HttpResponse, said_before: int) -> Made | None:
    """What came of a form, by the answer: it led elsewhere and said so, or the form is shown again."""
    if not isinstance(answer, HttpResponseRedirect):
        return None
    return Made(" ".join(_said(request)[said_before:]), answer.url)


def _said(request: HttpRequest) -> list[str]:
    """The sentences that wait for the next page, which they go on doing."""
    waiting = messages.get_messages(request)
    said = [str(message) for message in waiting]
    waiting.used = False  # type: ignore[union-attr]  # a list only where no middleware keeps messages
    return said


def _digest(request: HttpRequest) -> str:
    """The contents of a form, its files too, so that they can be compared but not read."""
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
    """Remove what is remembered no more; rows that somebody else is removing are left to them."""
    old = Sending.objects.select_for_update(skip_locked=True).filter(at__lte=at - REMEMBERED)
    with transaction.atomic():
        Sending.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
