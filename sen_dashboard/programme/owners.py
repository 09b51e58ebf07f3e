"""Whose an action is: the role of the login in whose queue it waits.

Owners are roles in a council's own words, of which a login knows nothing. What is not listed here, and what has no
owner, waits for the managers, who answer for the programme: so nothing waits for nobody.
"""

from collections.abc import Mapping
from typing import Final

from sen_dashboard.accounts.roles import Role

OWNERS: Final[Mapping[Role, tuple[str, ...]]] = {
    Role.OFFICER: ("Officer", "SEN officer", "Assessment officer", "Caseworker"),
    Role.PANEL_CLERK: ("Panel clerk", "Panel coordinator"),
    Role.FINANCE: ("Finance", "Finance officer", "Finance business partner"),
}
"""The owners whose actions wait for a role other than the managers, however they are written."""

ROLES: Final = (*OWNERS, Role.MANAGER)
"""The roles that actions wait for."""


def role_of(owner: str) -> Role:
    """The role for which an owner's actions wait."""
    wanted = owner.strip().lower()
    return next((role for role, owners in OWNERS.items() if wanted in _lower(owners)), Role.MANAGER)


def owners_of(role: Role) -> tuple[str, ...]:
    """The owners listed for a role, in lower case."""
    return _lower(OWNERS.get(role, ()))


def listed_owners() -> tuple[str, ...]:
    """All owners listed for some role, in lower case."""
    return tuple(owner for role in OWNERS for owner in owners_of(role))


def _lower(owners: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(owner.lower() for owner in owners)
