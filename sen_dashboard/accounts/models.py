from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.functional import cached_property

from sen_dashboard.accounts.roles import Role


class User(AbstractUser):
    """A person who signs in. Roles are groups, named in `accounts.roles`."""

    is_demonstration = models.BooleanField(default=False, editable=False)
    must_change_password = models.BooleanField(default=False, editable=False)
    """Whether an administrator gave the password, for one sign-in; until it is changed no other page is shown."""

    class Meta:
        ordering = ("username",)

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The person's roles, read once: a request has a user object of its own. Other groups are none."""
        groups = {group.name for group in self.groups.all()}  # as they were prefetched, for a list of people
        return frozenset(role for role in Role if role in groups)

    def __str__(self) -> str:
        return self.get_full_name() or self.username
