"""The part of a form that asks whether unlikely answers are right."""

from typing import Any

from django import forms

from panel.services.confirming import UnlikelyError


class ConfirmForm(forms.Form):
    """A form with a box for each unlikely answer that a service refused; a ticked one is accepted.

    The value of each box is its sentence, so a different sentence is asked about again.
    """

    unlikely = forms.Field(
        label="Is this correct?",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._offer(self["unlikely"].value() or [])

    def add_error(self, field: Any, error: Any) -> None:
        """Add the error, and offer boxes for the sentences if the error is about unlikely answers."""
        super().add_error(field, error)
        for refused in error if isinstance(error, list) else [error]:
            if isinstance(refused, UnlikelyError):
                self._offer(refused.sentences)

    @property
    def confirmed(self) -> list[str]:
        """The sentences that were ticked, for a form without errors of its own."""
        return self.cleaned_data["unlikely"] or []

    @property
    def asks_about_unlikely(self) -> bool:
        """Whether there are any boxes to tick."""
        return bool(self._widget.choices)

    @property
    def _widget(self) -> Any:
        return self.fields["unlikely"].widget

    def _offer(self, sentences: Any) -> None:
        self._widget.choices = [(sentence, sentence) for sentence in sentences]
