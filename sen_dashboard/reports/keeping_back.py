"""Information for the person who publishes: which numbers are hidden or rounded for the public, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from sen_dashboard.core.disclosure.suppression import KeptBack, Protection, Reason
from sen_dashboard.core.formats import plural


@dataclass(frozen=True)
class OfOneReason:
    """The numbers kept back for one reason: how many, why, because of which reports, and which in each figure."""

    words: str
    why: str
    because_of: tuple[str, ...]
    figures: tuple[tuple[str, tuple[KeptBack, ...]], ...]


def described(protection: Protection) -> dict[str, Any]:
    """The template's context for a public report or extract."""
    return {
        "given_away": protection.given_away,
        "kept_back": list(_by_reason(protection)),
        "is_protected": True,
    }


def _by_reason(protection: Protection) -> Iterator[OfOneReason]:
    for reason in Reason:
        found = [one for one in dict.fromkeys(protection.kept_back) if one.reason is reason]
        if not found:
            continue
        hidden = sum(one.how == "hidden" for one in found)
        numbers = [
            f"{plural(number, 'number is', 'numbers are')} {how}"
            for number, how in ((hidden, "hidden"), (len(found) - hidden, "rounded"))
            if number
        ]
        figures = tuple((figure, tuple(of)) for figure, of in groupby(found, key=attrgetter("figure")))
        because_of = tuple(dict.fromkeys(name for one in found for name in one.because_of))
        yield OfOneReason(" and ".join(numbers), reason.words(protection.threshold), because_of, figures)
