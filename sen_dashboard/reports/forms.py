"""The forms of reports: which month, a comment, and searching the archive."""

from django import forms

from sen_dashboard.core.periods import Month
from sen_dashboard.core.web.forms import WordsInput
from sen_dashboard.reports.models import LONGEST_COMMENT

HOW_TO_WRITE_A_MONTH = "Enter a month such as 2019-03."


class MonthField(forms.CharField):
    """A month, written 2019-03."""

    def clean(self, value: str | None) -> Month:
        """Raise ValidationError with a sentence if it is not a month."""
        try:
            return Month.parse(super().clean(value))
        except ValueError:
            raise forms.ValidationError(HOW_TO_WRITE_A_MONTH) from None

    def prepare_value(self, value: Month | str | None) -> str:
        return "" if value is None else str(value)


class MonthForm(forms.Form):
    month = MonthField(
        label="Month",
        max_length=7,
        help_text="For example, 2019-03. The figures are those of its last day.",
        error_messages={"required": HOW_TO_WRITE_A_MONTH, "max_length": HOW_TO_WRITE_A_MONTH},
    )


class EditionForm(forms.Form):
    """Which edition of a report was read, in a hidden field; empty for people who come from elsewhere."""

    edition = forms.CharField(required=False, widget=forms.HiddenInput)


class CommentForm(forms.Form):
    text = forms.CharField(
        label="Your comment",
        required=False,
        max_length=LONGEST_COMMENT,
        widget=WordsInput,
        help_text="It appears under your name beside the computed sentences. Leave it empty to remove it.",
        error_messages={"max_length": f"Use at most {LONGEST_COMMENT} characters."},
    )
    is_public = forms.BooleanField(
        label="Show it in the public report too",
        required=False,
        help_text="Nothing that could identify a child: no small numbers, names or individual cases.",
    )
