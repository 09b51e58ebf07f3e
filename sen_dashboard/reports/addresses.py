"""How a report is named in addresses: by its audience and format, beside month and version."""

from sen_dashboard.reports.collected import Audience
from sen_dashboard.reports.files import FORMATS


class AudienceConverter:
    """An audience by its name."""

    regex = "|".join(Audience)

    def to_python(self, value: str) -> Audience:
        return Audience(value)

    def to_url(self, value: str) -> str:
        return str(value)


class FormatConverter:
    """A format by the ending of its files."""

    regex = "[a-z]{3,4}"

    def to_python(self, value: str) -> str:
        """Raise ValueError, and so lead nowhere, for what is no format."""
        if value not in FORMATS:
            raise ValueError(f"There is no format {value}.")
        return value

    def to_url(self, value: str) -> str:
        return value
