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
    def sentence(self) -> str:
        """A sentence on the purpose of the role."""
        return _SENTENCES[self]

    @property
    def slug(self) -> str:
        """The role as one word for a command line: `panel-clerk`."""
        return self.value.lower().replace(" ", "-")

    @classmethod
    def from_slug(cls, slug: str) -> "Role":
        """Return the role. Raises ValueError for an unknown word."""
        for role in cls:
            if role.slug == slug:
                return role
        raise ValueError(f"no role {slug!r}; the roles are {', '.join(role.slug for role in cls)}")


_SENTENCES = {
    Role.OFFICER: (
        "Looks up figures, children, placements, schools and panel cases, and keeps the programme’s "
        "actions up to date."
    ),
    Role.PANEL_CLERK: "Enters the panels’ requests, meetings and decisions.",
    Role.FINANCE: "Manages budgets, forecasts and payments.",
    Role.MANAGER: "Is responsible for the figures, the programme, its decisions and the commissioning plan.",
    Role.AUDITOR: "Checks where figures and records came from, and changes nothing.",
    Role.ADMINISTRATOR: "Adds people, sets their roles, and enters events.",
}
