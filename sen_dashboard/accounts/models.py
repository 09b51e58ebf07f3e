from typing import ClassVar

import pgtrigger
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.functional import cached_property

from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.models.fields import key_field
from sen_dashboard.core.models.trail import kept_in_trail


class People(UserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the person with this user name, in upper or lower case. Raises DoesNotExist.

        Forms make no two names that differ only in case; for accounts that do, the exact spelling counts.
        """
        found = list(self.filter(username__iexact=username)[:2])
        if len(found) == 1:
            return found[0]
        return super().get_by_natural_key(username)


@kept_in_trail(secret=("password",), ignored=("last_login",))
class User(AbstractUser):
    """A person who signs in. Roles are groups, named in `accounts.roles`."""

    is_demonstration = models.BooleanField(default=False, editable=False)
    one_time_until = models.DateTimeField("one-time password until", null=True, editable=False)
    """The end of the validity of an administrator's password for a sign-in; empty if the person chose the password."""

    objects: ClassVar[People] = People()

    class Meta:
        ordering = ("username",)

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The person's roles, read once: each request has its own user object. Other groups are ignored."""
        groups = {group.name for group in self.groups.all()}  # uses prefetched groups, for a list of people
        return frozenset(role for role in Role if role in groups)

    @property
    def must_change_password(self) -> bool:
        """Whether an administrator gave the password; until it is changed, no other page is shown."""
        return self.one_time_until is not None

    def __str__(self) -> str:
        """Return the name, with the user name, which never changes and tells people of the same name apart."""
        return named(self.get_full_name(), self.username)


def named(full_name: str, username: str) -> str:
    """Return a person's name for colleagues: the full name, if there is one, with the user name that never changes."""
    return f"{full_name} ({username})" if full_name else username


@kept_in_trail(under="user")
class UserRole(User.groups.through):  # type: ignore[name-defined]
    """A role of a person: a row of Django's own table."""

    class Meta:
        proxy = True
        verbose_name = "role"


class SignInAttempt(models.Model):
    """An unsuccessful attempt to sign in under a name. Kept as long as it counts (`accounts.sign_in`).

    ``name`` and ``address`` are digests: a password may have been typed in place of a name.
    """

    at = models.DateTimeField()
    name = models.CharField(max_length=64)
    address = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="sign_in_attempt_at"),
            models.Index(fields=["name"], name="sign_in_attempt_name"),
            models.Index(fields=["address"], name="sign_in_attempt_address"),
        ]

    def __str__(self) -> str:
        return f"An attempt at {self.at}"


class Sending(models.Model):
    """A form that somebody sent and that was carried out, so that it is not carried out again (`accounts.sending`).

    ``mark`` tells one form at an address from another, ``contents`` is a digest of what was typed. The result is the
    sentence that was ``said`` and the address that it ``leads_to``. Kept as long as the form may be sent again.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    address = models.TextField()
    mark = models.CharField(max_length=100)
    contents = models.CharField(max_length=64)
    at = models.DateTimeField()
    said = models.TextField(blank=True, default="")
    leads_to = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "address", "mark"], name="sending_once")]
        indexes = [models.Index(fields=["at"], name="sending_at")]

    def __str__(self) -> str:
        return f"A form sent at {self.at}"


class KeptInput(models.Model):
    """What somebody typed into a form after their session ended, as the browser sent it.

    ``mark`` is that of the form's token, which tells it from others at the address. It is shown only to that person,
    and for a day (`accounts.kept`).
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    address = models.TextField()
    mark = models.CharField(max_length=100)
    typed = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "address", "mark"], name="kept_input_once")]

    def __str__(self) -> str:
        return f"Input kept at {self.at}"


class RecordRead(models.Model):
    """A view of the page of a child's record. Kept for good: PostgreSQL refuses to change or remove it.

    ``key`` and ``child_key`` are the keys as they were then, and remain when the record is removed.
    """

    class Kind(models.TextChoices):
        """The page that was shown."""

        CHILD = "CHILD", "Child"
        PLACEMENT = "PLACEMENT", "Placement"
        CASE = "CASE", "Panel case"

    who = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = key_field()
    child_key = key_field()

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="record_read_at"),
            models.Index(fields=["child_key"], name="record_read_child_key"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"


class Export(models.Model):
    """A list or report that somebody saved as a file. Kept for good: PostgreSQL refuses to change or remove it.

    ``what`` describes its contents and day in words, ``filters`` the choices. ``rows`` is the number of records when
    the file was asked for, None for a report. It is recorded even if the file was not received completely.
    """

    class Form(models.TextChoices):
        """The format of the file."""

        CSV = "CSV", "CSV"
        XLSX = "XLSX", "Excel"
        JSON = "JSON", "JSON"
        PDF = "PDF", "PDF"
        PPTX = "PPTX", "PowerPoint"
        ZIP = "ZIP", "CSV files"

    who = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    what = models.TextField()
    filters = models.TextField(blank=True)
    form = models.CharField(max_length=10, choices=Form.choices)
    rows = models.PositiveBigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["at"], name="export_at")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.what} ({self.get_form_display()})"
