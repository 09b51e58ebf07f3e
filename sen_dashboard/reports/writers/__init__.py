"""The formats of a report, each written from the same collected data.

A writer takes the report and, for an internal download, who took it and when; it returns the complete file, so that
nothing half written ever leaves.
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
    """Who downloaded a file and when, shown in every internal file."""

    who: str
    at: datetime

    @property
    def sentence(self) -> str:
        return f"Downloaded by {self.who} on {formats.moment(self.at)}."


def made(collected: Collected, stamp: Stamp | None) -> Iterator[tuple[str, str]]:
    """How the report was made: who took part, and when. It comes at the end, since a cover names nobody."""
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
    """The meanings of the symbols beside and in place of numbers; empty for an internal report, which has none."""
    if collected.audience is not Audience.PUBLIC:
        return {}
    return public_symbols(collected.threshold)


def public_symbols(threshold: int) -> dict[str, str]:
    """The symbols beside and in place of numbers for the public, with their meanings."""
    symbols = {symbol.value: meaning for symbol, meaning in suppression.legend(threshold).items()}
    return symbols | {suppression.ABOUT: suppression.about(threshold)}
