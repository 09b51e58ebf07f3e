"""What the pages of records share: the modules that show them, and the page for an invalid day.

A record's page shows it on a day. Anything that begins after that day is left out, and a sentence says how much that
is.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from placements import scope_form
from placements.as_at import AsAt
from sen_dashboard.core.kpi.scope import Scope


class RecordPage(Protocol):
    """A module of this folder that shows one kind of record."""

    def heading(self, record: Any, /) -> str:
        """Return the title of the page."""

    def context(
        self, record: Any, scope: Scope, typed: Mapping[str, str], default: AsAt, /
    ) -> dict[str, Any]:
        """Return the context of the page as known on the day."""


def error_context(
    heading: str, typed: Mapping[str, str], default: AsAt, errors: Mapping[str, str]
) -> dict[str, Any]:
    """Return the context of the page for an invalid as-at day: the error, what was typed, and nothing of the record."""
    return {"heading": heading, **scope_form.error_context((), typed, default, errors)}
