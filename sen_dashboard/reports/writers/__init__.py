"""The formats of a report, each written from the same collected data.

A writer takes the report and, for a download of what is not public, who took it and when; it gives the whole file, so
that nothing half written ever leaves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sen_dashboard.core import formats
from sen_dashboard.core.disclosure import suppression
from sen_dashboard.reports.collected import Audience, Collected


class WriteError(Exception):
    """A file of a report cannot be written; the message is one sentence for the person who asked."""


@dataclass(frozen=True)
class Stamp:
    """Who downloaded a file and when; it stands in every internal file."""

    who: str
    at: datetime

    @property
    def sentence(self) -> str:
        return f"Downloaded by {self.who} on {formats.moment(self.at)}."


def made(collected: Collected, stamp: Stamp | None) -> Iterator[tuple[str, str]]:
    """How the report came about: who had a part in it, and when. It stands at the end, since a cover names nobody."""
    yield "State", f"{collected.progress}."
    yield "Collected", collected.origin
    if collected.approved_by:
        yield "Approved", f"by {collected.approved_by}"
    if collected.published_at:
        yield "Published", formats.moment(collected.published_at)
    if stamp:
        yield "This copy", stamp.sentence


MADE = "How this report was made"


def symbols(collected: Collected) -> dict[str, str]:
    """What the symbols at and in place of numbers mean, by symbol; empty for an internal report, which has none."""
    if collected.audience is not Audience.PUBLIC:
        return {}
    return public_symbols(collected.threshold)


def public_symbols(threshold: int) -> dict[str, str]:
    """What stands at and in place of numbers for the public, with what it means."""
    symbols = {symbol.value: meaning for symbol, meaning in suppression.legend(threshold).items()}
    return symbols | {suppression.ABOUT: suppression.about(threshold)}
