"""What somebody typed before their session ended, for the page that shows it again. `accounts.kept` keeps it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, QueryDict


@dataclass(frozen=True)
class Kept:
    """What was typed into the form of this page, and when it was sent; ``mark`` tells it from others kept here."""

    typed: QueryDict
    at: datetime
    mark: str


def kept_input(request: HttpRequest) -> Kept | None:
    """What the person typed here before their session ended and has neither saved nor discarded since, or None."""
    kept: Kept | None = getattr(request, "kept_input", None)
    return kept


def typed_here(request: HttpRequest) -> QueryDict | None:
    """What was typed into the form of this page, kept or sent just now; None where the page begins afresh."""
    kept = kept_input(request)
    if kept:
        return kept.typed
    return request.POST if request.method == "POST" else None
