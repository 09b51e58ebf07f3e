"""Forms that are sent twice: what a page needs to know about the first time. `accounts.sending` finds it out."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest


@dataclass(frozen=True)
class Made:
    """The result of a form: the sentence that the next page shows, and the address of that page."""

    said: str
    leads_to: str


class SentBeforeError(ValidationError):
    """Raised if the form was sent before with other contents; ``made`` is the result of that."""

    def __init__(self, made: Made) -> None:
        super().__init__(
            "You have already sent this form with different details. Nothing was saved this time.",
            code="sent_before",
        )
        self.made = made


def made_before(request: HttpRequest) -> Made | None:
    """Return the result of this form from when it was sent before with other contents; None if it was not."""
    made: Made | None = getattr(request, "made_before", None)
    return made


def check_makes_one(request: HttpRequest) -> None:
    """Allow a form that creates something to make only one record.

    Raises SentBeforeError if it was sent before with other contents, and ValidationError if it has no token by which
    this could be checked; it is then shown again with one.
    """
    if not hasattr(request, "made_before"):  # `accounts.sending` sets it for every form with a token
        raise ValidationError("This form was open for too long. Nothing has been saved yet: save it again.")
    made = made_before(request)
    if made:
        raise SentBeforeError(made)


def sent_before(form: BaseForm) -> Made | None:
    """Return the earlier result of the form, if it was refused because of that."""
    refused = form.non_field_errors().as_data()
    return next((error.made for error in refused if isinstance(error, SentBeforeError)), None)
