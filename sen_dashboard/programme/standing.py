"""The number of actions or workstreams by status, in words."""

from collections import Counter
from collections.abc import Iterable

from sen_dashboard.core import formats
from sen_dashboard.programme.models import OPEN, Status


def how_many_stand_how(statuses: Iterable[str | None]) -> str:
    """Return "1 is off track and 3 are at risk", the worst first. At least one; None means without an action."""
    numbers = Counter(status or "" for status in statuses)
    words = {status.value: status.label.lower() for status in (*OPEN, Status.DONE)} | {
        "": "without an action"
    }
    return formats.listed(
        [
            f"{formats.plural(numbers[status], 'is', 'are')} {label}"
            for status, label in words.items()
            if numbers[status]
        ]
    )
