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
        """Whoever signs in under a name, in any case of its letters. Raises DoesNotExist.

        Forms make no two names that differ in case alone; of accounts that do, each signs in as it is written.
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
    """Until when the password that an administrator gave is good for a sign-in; empty for one that the person chose."""

    objects: ClassVar[People] = People()

    class Meta:
        ordering = ("username",)

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The person's roles, read once: a request has a user object of its own. Other groups are none."""
        groups = {group.name for group in self.groups.all()}  # as they were prefetched, for a list of people
        return frozenset(role for role in Role if role in groups)

    @property
    def must_change_password(self) -> bool:
        """Whether an administrator gave the password; until it is changed no other page is shown."""
        return self.one_time_until is not None

    def __str__(self) -> str:
        """The name, with the user name that tells namesakes apart and never changes."""
        return named(self.get_full_name(), self.username)


def named(full_name: str, username: str) -> str:
    """Who somebody is for colleagues: the name, if there is one, with the user name that never changes."""
    return f"{full_name} ({username})" if full_name else username


@kept_in_trail(under="user")
class UserRole(User.groups.through):  # type: ignore[name-defined]
    """That a person has a role: a row of Django's own table."""

    class Meta:
        proxy = True
        verbose_name = "role"


class SignInAttempt(models.Model):
    """Somebody tried to sign in under a name and did not succeed. Kept as long as it counts (`accounts.sign_in`).

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

    ``mark`` tells one form at an address from another, ``contents`` is a digest of what was typed. What came of it is
    the sentence that was ``said`` and the address that it ``leads_to``. Kept as long as the form may come again.
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
    """What somebody typed into a form when their session had ended, as the browser sent it.

    ``mark`` is that of the form's token, which tells it from others at the address. Only that person is shown it, and
    for a day (`accounts.kept`).
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
    """Somebody was shown the page of a child's record. Kept for good: PostgreSQL refuses to change or remove it.

    ``key`` and ``child_key`` are the keys as they were then, and stay when the record goes.
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
    """Somebody saved a list or a report as a file. Kept for good: PostgreSQL refuses to change or remove it.

    ``what`` says in words what it was and for which day, ``filters`` what was chosen. ``rows`` counts the records
    when the file was asked for, None for a report. A file that was not received whole is there too.
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
