from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.functional import cached_property

from sen_dashboard.accounts.roles import Role


class User(AbstractUser):
    """A person who signs in. Roles are groups, named in `accounts.roles`."""

    is_demonstration = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ("username",)

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The person's roles, read once: a request has a user object of its own. Other groups are none."""
        return frozenset(map(Role, self.groups.filter(name__in=list(Role)).values_list("name", flat=True)))

    def __str__(self) -> str:
        return self.get_full_name() or self.username
