"""How a report is named in addresses: by month, version, audience and format."""

from sen_dashboard.core.periods import Month
from sen_dashboard.reports.collected import Audience
from sen_dashboard.reports.files import FORMATS


class MonthConverter:
    """A month as ``2019-03``."""

    regex = "[0-9]{4}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> Month:
        return Month.parse(value)

    def to_url(self, value: Month) -> str:
        return str(value)


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
