"""Asking once whether what is unlikely is right, and keeping that somebody said so."""

from collections.abc import Collection, Sequence
from datetime import date

from django.core.exceptions import ValidationError

from panel.models import Confirmation, PanelCase
from sen_dashboard.accounts.models import User
from sen_dashboard.core import formats


class UnlikelyError(ValidationError):
    """Something is unlikely and was not confirmed. ``sentences`` are all that may be confirmed."""

    def __init__(self, sentences: Sequence[str], asked: int) -> None:
        are = "thing is" if asked == 1 else "things are"
        super().__init__(
            f"{formats.count(asked)} {are} unlikely. Put right what is wrong, and tick what is right.",
            code="unlikely",
        )
        self.sentences = sentences


def to_be_kept(
    case: PanelCase,
    *,
    unlikely: Sequence[str],
    confirmed: Collection[str],
    unusual: str = "",
    cost_confirmed: bool = False,
    field: str = "costs",
) -> list[str]:
    """The sentences that were confirmed just now; what was confirmed of the case before is not asked about again.

    ``unusual`` is what is unusual about the cost. Raises ValidationError: an UnlikelyError at "unlikely" where
    something of ``unlikely`` is not ``confirmed``, and one of code "unusual" at ``field`` where the cost is not.
    """
    before = set() if case._state.adding else set(case.confirmations.values_list("sentence", flat=True))
    new = [sentence for sentence in unlikely if sentence not in before]
    asked = [sentence for sentence in new if sentence not in confirmed]
    wrong: dict[str, ValidationError] = {}
    if unusual and not cost_confirmed and unusual not in before:
        told = f"{unusual} Put it right, or confirm below that it is meant."
        wrong[field] = ValidationError(told, code="unusual")
    if asked:
        wrong["unlikely"] = UnlikelyError(new, len(asked))
    if wrong:
        raise ValidationError(wrong)
    return [*new, *({unusual} - before - {""})]


def keep(*, by: User, case: PanelCase, sentences: Sequence[str], on: date) -> None:
    """Keep that a person confirmed the sentences."""
    for sentence in sentences:
        confirmation = Confirmation(case=case, sentence=sentence, confirmed_by=by, confirmed_on=on)
        confirmation.full_clean()
        confirmation.save(force_insert=True)
