"""Input from before a person's session ended, for the page that shows it again. `accounts.kept` keeps it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, QueryDict


@dataclass(frozen=True)
class Kept:
    """The input of this page's form, and when it was sent; ``mark`` distinguishes it from others kept here."""

    typed: QueryDict
    at: datetime
    mark: str


def kept_input(request: HttpRequest) -> Kept | None:
    """Return the person's input here from before their session ended, neither saved nor discarded since, or None."""
    kept: Kept | None = getattr(request, "kept_input", None)
    return kept


def typed_here(request: HttpRequest) -> QueryDict | None:
    """Return the input of this page's form, kept or just sent; None if the page begins afresh."""
    kept = kept_input(request)
    if kept:
        return kept.typed
    return request.POST if request.method == "POST" else None
