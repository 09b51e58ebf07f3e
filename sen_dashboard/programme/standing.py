"""How many actions or workstreams stand how, in words."""

from collections import Counter
from collections.abc import Iterable

from sen_dashboard.core import formats
from sen_dashboard.programme.models import OPEN, Status


def how_many_stand_how(statuses: Iterable[str | None]) -> str:
    """The worst first: "1 is off track and 3 are at risk". At least one; of no status are those without an action."""
    numbers = Counter(status or "" for status in statuses)
    words = {status.value: status.label.lower() for status in (*OPEN, Status.DONE)} | {
        "": "without an action"
    }
    return formats.listed(
        [
            f"{formats.plural(numbers[status], 'is', 'are')} {told}"
            for status, told in words.items()
            if numbers[status]
        ]
    )
