"""Slowing down password guessing: attempts are counted by user name and by address, and then refused for a while.

An attempt is recorded before the password is checked, so that many at once are counted too. A successful one removes
the attempts under its name.
"""

from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from sen_dashboard.accounts.models import SignInAttempt

WHILE = timedelta(minutes=15)
MOST_OF_A_NAME = 10
MOST_OF_AN_ADDRESS = 100
"""The limit of unsuccessful attempts from an address in that time. The people of a council may share one address."""


def note_attempt(*, name: str, address: str, at: datetime) -> bool:
    """Record that somebody is about to try a password; return False when the limit of tries is reached."""
    SignInAttempt.objects.filter(at__lte=at - WHILE).delete()
    attempt = SignInAttempt.objects.create(at=at, name=_digest(name.casefold()), address=_digest(address))
    of_name = SignInAttempt.objects.filter(name=attempt.name)
    of_address = SignInAttempt.objects.filter(address=attempt.address)
    if of_name.count() <= MOST_OF_A_NAME and of_address.count() <= MOST_OF_AN_ADDRESS:
        return True
    attempt.delete()  # a refused attempt tries nothing, and does not extend the wait
    return False


def forget_attempts(*, name: str) -> None:
    """Allow new attempts for a name, whose person signed in or was given another password."""
    SignInAttempt.objects.filter(name=_digest(name.casefold())).delete()


def _digest(text: str) -> str:
    return salted_hmac("sen_dashboard.sign_in", text, algorithm="sha256").hexdigest()
