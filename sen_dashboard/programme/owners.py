"""The owners of actions: the role of the accounts whose queue shows an action.

Owners are roles in a council's own words, which accounts do not use. Actions of owners not listed here, and those
without an owner, wait for the managers, who answer for the programme, so that every action waits for somebody.
"""

from collections.abc import Mapping
from typing import Final

from sen_dashboard.accounts.roles import Role

OWNERS: Final[Mapping[Role, tuple[str, ...]]] = {
    Role.OFFICER: ("Officer", "SEN officer", "Assessment officer", "Caseworker"),
    Role.PANEL_CLERK: ("Panel clerk", "Panel coordinator"),
    Role.FINANCE: ("Finance", "Finance officer", "Finance business partner"),
}
"""The owners whose actions wait for a role other than the managers, regardless of upper and lower case."""

ROLES: Final = (*OWNERS, Role.MANAGER)
"""The roles that actions wait for."""


def role_of(owner: str) -> Role:
    """Return the role for which an owner's actions wait."""
    wanted = owner.strip().lower()
    return next((role for role, owners in OWNERS.items() if wanted in _lower(owners)), Role.MANAGER)


def owners_of(role: Role) -> tuple[str, ...]:
    """Return the owners listed for a role, in lower case."""
    return _lower(OWNERS.get(role, ()))


def listed_owners() -> tuple[str, ...]:
    """Return all owners listed for some role, in lower case."""
    return tuple(owner for role in OWNERS for owner in owners_of(role))


def _lower(owners: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(owner.lower() for owner in owners)
