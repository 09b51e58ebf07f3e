"""Forms that are sent twice: what a page needs to know of the first time. `accounts.sending` finds it out."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest


@dataclass(frozen=True)
class Made:
    """What came of a form: the sentence that the next page shows, and the address of that page."""

    said: str
    leads_to: str


class SentBeforeError(ValidationError):
    """The form was sent before with other contents; ``made`` is what came of it."""

    def __init__(self, made: Made) -> None:
        super().__init__(
            "You have already sent this form with different details. Nothing was saved this time.",
            code="sent_before",
        )
        self.made = made


def made_before(request: HttpRequest) -> Made | None:
    """What came of this form when it was sent before with other contents; None where it was not."""
    made: Made | None = getattr(request, "made_before", None)
    return made


def check_makes_one(request: HttpRequest) -> None:
    """Let a form that creates something make one record alone.

    Raises SentBeforeError where it was sent before with other contents, and ValidationError where it came without a
    token by which that could be told; it is shown again with one.
    """
    if not hasattr(request, "made_before"):  # `accounts.sending` notes it of every form with a token
        raise ValidationError("This form was open for too long. Nothing has been saved yet: save it again.")
    made = made_before(request)
    if made:
        raise SentBeforeError(made)


def sent_before(form: BaseForm) -> Made | None:
    """What came of the form before, where it was refused for that."""
    refused = form.non_field_errors().as_data()
    return next((error.made for error in refused if isinstance(error, SentBeforeError)), None)
