"""Making and changing accounts, and recording who reads records and saves files.

Nobody is made a superuser: permissions follow from roles. Accounts are never deleted: what a person entered keeps their
name.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from sen_dashboard.accounts.models import Export, RecordRead, User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.accounts.roles import Role
from sen_dashboard.accounts.sign_in import forget_attempts
from sen_dashboard.core.models.trail import changes_through
from sen_dashboard.store.private_files import write_private

DEMONSTRATION_ROLES = {
    "officer": Role.OFFICER,
    "clerk": Role.PANEL_CLERK,
    "finance": Role.FINANCE,
    "manager.one": Role.MANAGER,
    "manager.two": Role.MANAGER,  # two, since some steps need a second person
    "auditor": Role.AUDITOR,
    "administrator": Role.ADMINISTRATOR,
}

# Letters and digits that are not confused with one another on a screen; 14 of them hold 69 bits.
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
PASSWORD_LENGTH = 14
ONE_TIME = timedelta(days=7)
"""How long a one-time password is valid for a sign-in."""


class DemonstrationRefusedError(Exception):
    """Raised when demonstration accounts are asked for beside a council's own records."""


@dataclass(frozen=True)
class Admission:
    """A person who may now sign in with a password that cannot be read again and must be changed at once."""

    person: User
    password: str


@dataclass(frozen=True)
class DemonstrationAccount:
    """An account whose password may be shown, because it gives access to nothing but invented records."""

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
    with transaction.atomic(), changes_through("Command make_user"):
        user.save()
        user.groups.add(_group(role))
    return user


@transaction.atomic
def add_person(
    *,
    by: User,
    username: str,
    first_name: str,
    last_name: str,
    email: str,
    roles: Collection[Role],
    at: datetime,
) -> Admission:
    """Make an account with a one-time password, good for a sign-in within ``ONE_TIME`` from ``at``.

    Raises PermissionDenied, and ValidationError with a sentence at each field.
    """
    _demand_in_turn(by)
    if User.objects.filter(username__iexact=username).exists():
        raise ValidationError({"username": f"There is already a person with the user name {username}."})
    # A person of the demonstration is shown invented data only, and pages say so.
    person = User(username=username, is_demonstration=by.is_demonstration)
    person.first_name, person.last_name, person.email = first_name, last_name, email
    password = _give_password(person, at)
    person.full_clean()
    person.save()
    _give_roles(person, roles)
    return Admission(person, password)


@transaction.atomic
def change_person(
    *, by: User, person: User, first_name: str, last_name: str, email: str, roles: Collection[Role]
) -> User:
    """Change a person's name, e-mail address or roles, with effect from the next page on.

    Raises PermissionDenied, and ValidationError with a sentence at each field.
    """
    _demand_in_turn(by)
    if person == by and Role.ADMINISTRATOR not in roles:
        raise ValidationError({"roles": "You cannot remove your own Administrator role."})
    changed = _stored(person)
    changed.first_name, changed.last_name, changed.email = first_name, last_name, email
    changed.full_clean()
    changed.save()
    _give_roles(changed, roles)
    return changed


@transaction.atomic
def deactivate_person(*, by: User, person: User) -> User:
    """Deactivate a person, with effect from their next page on.

    Raises PermissionDenied, and ValidationError for an administrator's own account.
    """
    _demand_in_turn(by)
    if person == by:
        raise ValidationError("You cannot deactivate your own account. Ask another administrator.")
    changed = _stored(person)
    changed.is_active = False
    changed.save()
    return changed


@transaction.atomic
def reactivate_person(*, by: User, person: User, at: datetime) -> Admission:
    """Let a person in again, with a one-time password, so that no earlier sign-in is valid again.

    Raises PermissionDenied, and ValidationError for a person who may already sign in.
    """
    _demand_in_turn(by)
    changed = _stored(person)
    if changed.is_active:
        raise ValidationError("Someone has already reactivated this account.")
    changed.is_active = True
    return _admit(changed, at)


@transaction.atomic
def give_new_password(*, by: User, person: User, at: datetime) -> Admission:
    """Replace a person's password with a one-time password and end their sessions. Raises PermissionDenied."""
    _demand_in_turn(by)
    return _admit(_stored(person), at)


@transaction.atomic
def change_own_password(*, by: User, password: str) -> None:
    """Set the password that a person chose.

    Raises ValidationError at ``new_password1``, the field of Django's form, if it is the current password.
    """
    if by.check_password(password):
        raise ValidationError({"new_password1": "Choose a password different from your current one."})
    by.set_password(password)
    by.one_time_until = None
    by.save(update_fields=["password", "one_time_until"])
    _forget_printed(by)


def _demand_in_turn(by: User) -> None:
    """Let only one person at a time change accounts; they must have the permission when their turn comes.

    Nobody can take the role from themselves, so one administrator always remains: if two deactivate each other at once,
    the second is refused. Raises PermissionDenied.
    """
    Group.objects.select_for_update(no_key=True).get(name=Role.ADMINISTRATOR)
    demand(User.objects.get(pk=by.pk), Permission.MANAGE_PEOPLE)


def _stored(person: User) -> User:
    """Return the person as stored now, without any changes made by a form."""
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _give_roles(person: User, roles: Collection[Role]) -> None:
    if not roles:
        raise ValidationError({"roles": "Choose at least one role."})
    person.groups.set([_group(role) for role in roles])


def _admit(person: User, at: datetime) -> Admission:
    password = _give_password(person, at)
    person.save()
    forget_attempts(name=person.username)
    _forget_printed(person)
    return Admission(person, password)


def _give_password(person: User, at: datetime) -> str:
    password = _new_password()
    person.set_password(password)
    person.one_time_until = at + ONE_TIME
    return password


def note_read(*, by: User, kind: RecordRead.Kind, key: str, child_key: str) -> None:
    """Record that a person is shown a record, before it is sent: if this fails, the record is not shown."""
    note_reads(by=by, kind=kind, child_keys={key: child_key})


def note_reads(*, by: User, kind: RecordRead.Kind, child_keys: Mapping[str, str]) -> None:
    """Record the same for several records of a kind on one page, given as their children's keys by their own."""
    RecordRead.objects.bulk_create(
        RecordRead(who=by, kind=kind, key=key, child_key=child_key) for key, child_key in child_keys.items()
    )


def note_export(
    *, by: User, what: str, form: Export.Form, filters: Sequence[str] = (), rows: int | None = None
) -> Export:
    """Record that a person saves a file, before its first byte is sent: if this fails, the file is not sent.

    ``what`` is in words and names no child except by key. ``filters`` are the choices as pages write them, "Panel: …".
    ``rows`` is the number of records asked for, None for a report. A download that is broken off stays recorded.
    """
    return Export.objects.create(who=by, what=what, form=form, filters="; ".join(filters), rows=rows)


def make_demonstration_accounts() -> list[DemonstrationAccount]:
    """Make the accounts for trying the dashboard, or find them; the caller has filled the store with invented records.

    The passwords are random, and kept for printing again in a file that only this system account can read; an account
    whose password has been changed gets a new one. A person's own account of the same name and deactivated accounts are
    left alone. Raises DemonstrationRefusedError if the store is an external server (DATABASE_URL).
    """
    if not settings.EMBEDDED_STORE:
        raise DemonstrationRefusedError("Demonstration accounts are made in the embedded store only.")
    known = _read_passwords()
    accounts = [
        DemonstrationAccount(name, role, known.get(name) or _new_password())
        for name, role in DEMONSTRATION_ROLES.items()
        if not User.objects.filter(Q(is_demonstration=False) | Q(is_active=False), username=name).exists()
    ]
    # Before the accounts, so that an interruption between the two loses no password.
    _write_passwords({account.name: account.password for account in accounts})
    with transaction.atomic(), changes_through("Start of the demonstration"):
        for account in accounts:
            user, is_new = User.objects.get_or_create(
                username=account.name, defaults={"is_demonstration": True}
            )
            if is_new or account.name not in known:
                user.set_password(account.password)
                user.one_time_until = None
                user.save()
                user.groups.set([_group(account.role)])
    return accounts


def has_demonstration_accounts() -> bool:
    """Return whether the store holds demonstration accounts that can sign in."""
    return User.objects.filter(is_demonstration=True, is_active=True).exists()


def _password_file() -> Path:
    return Path(settings.VAR_DIR) / "demonstration_accounts"


def _read_passwords() -> dict[str, str]:
    try:
        lines = _password_file().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split(" ", 1) for line in lines if " " in line)


def _write_passwords(passwords: dict[str, str]) -> None:
    write_private(_password_file(), "".join(f"{name} {password}\n" for name, password in passwords.items()))


def _forget_printed(person: User) -> None:
    """Stop printing the password of a demonstration account, which has been changed."""
    if settings.EMBEDDED_STORE and person.is_demonstration:
        passwords = _read_passwords()
        if passwords.pop(person.username, None):
            _write_passwords(passwords)


def _new_password() -> str:
    return "".join(secrets.choice(PASSWORD_LETTERS) for _ in range(PASSWORD_LENGTH))


def _group(role: Role) -> Group:
    return Group.objects.get(name=role)
