"""The part of a form that asks whether what is unlikely is right."""

from typing import Any

from django import forms

from panel.services.confirming import UnlikelyError


class ConfirmForm(forms.Form):
    """A form with a box for each unlikely thing that a service refused; ticked, the same is taken.

    Each box stands for its very sentence, so that something else is asked about anew.
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
        """Offer what may be confirmed where that is what a service refused."""
        super().add_error(field, error)
        for refused in error if isinstance(error, list) else [error]:
            if isinstance(refused, UnlikelyError):
                self._offer(refused.sentences)

    @property
    def confirmed(self) -> list[str]:
        """The sentences that were ticked, of a form without errors of its own."""
        return self.cleaned_data["unlikely"] or []

    @property
    def asks_about_unlikely(self) -> bool:
        """Whether there is anything to tick."""
        return bool(self._widget.choices)

    @property
    def _widget(self) -> Any:
        return self.fields["unlikely"].widget

    def _offer(self, sentences: Any) -> None:
        self._widget.choices = [(sentence, sentence) for sentence in sentences]
