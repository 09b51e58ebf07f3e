"""A report in addresses: its audience and format, beside month and version."""

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
    """A format by its file extension."""

    regex = "[a-z]{3,4}"

    def to_python(self, value: str) -> str:
        """Raise ValueError, so that the address is not found, if this is not a format."""
        if value not in FORMATS:
            raise ValueError(f"There is no format {value}.")
        return value

    def to_url(self, value: str) -> str:
        return value
