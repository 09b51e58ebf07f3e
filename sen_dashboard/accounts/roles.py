"""The roles of the people who use the dashboard. Each is a Django group of that name."""

from enum import StrEnum


class Role(StrEnum):
    """A role; its value is the name of its group, as people read it."""

    OFFICER = "Officer"
    PANEL_CLERK = "Panel clerk"
    FINANCE = "Finance"
    MANAGER = "Manager"
    AUDITOR = "Auditor"
    ADMINISTRATOR = "Administrator"

    @property
    def slug(self) -> str:
        """The role as one word for a command line: `panel-clerk`."""
        return self.value.lower().replace(" ", "-")

    @classmethod
    def from_slug(cls, slug: str) -> "Role":
        """Raise ValueError for a word that is no role."""
        for role in cls:
            if role.slug == slug:
                return role
        raise ValueError(f"no role {slug!r}; the roles are {', '.join(role.slug for role in cls)}")
