"""Making accounts, and noting who reads. Nobody is made a superuser: what a person may do follows from roles."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from sen_dashboard.accounts.models import RecordRead, User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.private_files import write_private

DEMONSTRATION_ROLES = {
    "officer": Role.OFFICER,
    "clerk": Role.PANEL_CLERK,
    "finance": Role.FINANCE,
    "manager.one": Role.MANAGER,
    "manager.two": Role.MANAGER,  # two, since some steps need a second person
    "auditor": Role.AUDITOR,
    "administrator": Role.ADMINISTRATOR,
}

# Letters and digits that are not taken for one another when read from a screen; 14 of them hold 69 bits.
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
PASSWORD_LENGTH = 14


class DemonstrationRefusedError(Exception):
    """Demonstration accounts were asked for beside a council's own records."""


@dataclass(frozen=True)
class DemonstrationAccount:
    """An account whose password may be shown, because it opens nothing but invented records."""

    name: str
    role: Role
    password: str


def make_user(*, name: str, role: Role, password: str) -> User:
    """Make an account with one role.

    Raises ValidationError for a name that is taken or malformed, or a password that is too weak.
    """
    user = User(username=name)
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    with transaction.atomic():
        user.save()
        user.groups.add(_group(role))
    return user


def note_read(*, by: User, kind: RecordRead.Kind, key: str, child_key: str) -> None:
    """Note that a person is shown the page of a record, before it is sent: what cannot be noted is not shown."""
    RecordRead.objects.create(who=by, kind=kind, key=key, child_key=child_key)


def make_demonstration_accounts() -> list[DemonstrationAccount]:
    """Make the accounts for trying the dashboard, or find them; the caller has filled the store with invented records.

    The passwords are random, and kept for printing again in a file that only this account of the system can read. A
    person's own account of the same name is left alone.
    Raises DemonstrationRefusedError when the store is a server of one's own (DATABASE_URL).
    """
    if not settings.EMBEDDED_STORE:
        raise DemonstrationRefusedError("Demonstration accounts are made in the embedded store only.")
    known = _read_passwords()
    accounts = [
        DemonstrationAccount(name, role, known.get(name) or _new_password())
        for name, role in DEMONSTRATION_ROLES.items()
        if not User.objects.filter(username=name, is_demonstration=False).exists()
    ]
    # Before the accounts, so that an interruption between the two loses no password.
    write_private(_password_file(), "".join(f"{account.name} {account.password}\n" for account in accounts))
    with transaction.atomic():
        for account in accounts:
            user, is_new = User.objects.get_or_create(
                username=account.name, defaults={"is_demonstration": True}
            )
            if is_new or account.name not in known:
                user.set_password(account.password)
                user.save()
                user.groups.set([_group(account.role)])
    return accounts


def has_demonstration_accounts() -> bool:
    """Whether the store holds demonstration accounts that can sign in."""
    return User.objects.filter(is_demonstration=True, is_active=True).exists()


def _password_file() -> Path:
    return Path(settings.VAR_DIR) / "demonstration_accounts"


def _read_passwords() -> dict[str, str]:
    try:
        lines = _password_file().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split(" ", 1) for line in lines if " " in line)


def _new_password() -> str:
    return "".join(secrets.choice(PASSWORD_LETTERS) for _ in range(PASSWORD_LENGTH))


def _group(role: Role) -> Group:
    return Group.objects.get(name=role)
