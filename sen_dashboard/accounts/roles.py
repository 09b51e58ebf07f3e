"""The roles of the people who use the dashboard. Each is a Django group of that name."""

from enum import StrEnum


class Role(StrEnum):
    """A role; its value is the name of its group, as people read it, and ``sentence`` says what it is for."""

    sentence: str

    OFFICER = "Officer", "Looks up figures, children, placements, schools and panel cases."
    PANEL_CLERK = "Panel clerk", "Enters the panels’ requests, meetings and decisions."
    FINANCE = "Finance", "Looks after what is budgeted, forecast and paid."
    MANAGER = "Manager", "Answers for the figures, and enters the events that explain them."
    AUDITOR = "Auditor", "Checks how figures and records came about; changes nothing."
    ADMINISTRATOR = "Administrator", "Adds people, says which roles they have, and enters events."

    def __new__(cls, name: str, sentence: str) -> "Role":
        role = str.__new__(cls, name)
        role._value_ = name
        role.sentence = sentence
        return role

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
