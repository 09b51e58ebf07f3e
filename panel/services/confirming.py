"""Asking once whether something unlikely is right, and recording that somebody confirmed it."""

from collections.abc import Collection, Sequence
from datetime import date

from django.core.exceptions import ValidationError

from panel.models import Confirmation, PanelCase
from sen_dashboard.accounts.models import User
from sen_dashboard.core import formats


class UnlikelyError(ValidationError):
    """Something unlikely was not confirmed. ``sentences`` are all those that may be confirmed."""

    def __init__(self, sentences: Sequence[str], asked: int) -> None:
        answers = formats.plural(asked, "unusual answer")
        super().__init__(
            f"Check {answers}: correct what is wrong and tick what is correct.",
            code="unlikely",
        )
        self.sentences = sentences


def to_be_kept(case: PanelCase, *, unlikely: Sequence[str], confirmed: Collection[str]) -> list[str]:
    """The sentences confirmed just now; those confirmed for the case before are not asked about again.

    Raises UnlikelyError, at "unlikely", if anything in ``unlikely`` is not ``confirmed``.
    """
    before = set() if case._state.adding else set(case.confirmations.values_list("sentence", flat=True))
    new = [sentence for sentence in unlikely if sentence not in before]
    asked = [sentence for sentence in new if sentence not in confirmed]
    if asked:
        raise ValidationError({"unlikely": UnlikelyError(new, len(asked))})
    return new


def keep(*, by: User, case: PanelCase, sentences: Sequence[str], on: date) -> None:
    """Record that a person confirmed the sentences."""
    for sentence in sentences:
        confirmation = Confirmation(case=case, sentence=sentence, confirmed_by=by, confirmed_on=on)
        confirmation.full_clean()
        confirmation.save(force_insert=True)
