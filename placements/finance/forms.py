"""Finance's forms."""

from django import forms

from placements.models import FindingKind, FindingNote, FindingStatus
from placements.models.finding import WORKED
from sen_dashboard.core.web.forms import PoundsField, WordsInput
from sen_dashboard.core.web.list_filters import ALL


class NoteForm(forms.Form):
    """A note of what was found or done about a finding."""

    status = forms.ChoiceField(
        choices=[choice for choice in FindingStatus.choices if choice[0] in WORKED],
        widget=forms.RadioSelect(
            attrs={
                "hints": {
                    "QUERY_RAISED": "The school or supplier was asked; it stays open.",
                    "EXPLAINED": "It is right as it is, or is corrected elsewhere. What it grows by is open again.",
                    "RECOVERED": "The money came back, or a credit was agreed. What did not come back stays open.",
                }
            }
        ),
        error_messages={"required": "Choose how the finding stands."},
    )
    recovered = PoundsField(
        label="Recovered so far",
        required=False,
        help_text="In pounds, in total. Leave empty if nothing changed.",
    )
    text = forms.CharField(
        label="Note",
        max_length=FindingNote._meta.get_field("text").max_length,
        widget=WordsInput(attrs={"rows": 4}),
        validators=FindingNote._meta.get_field("text").validators[:1],
        help_text="What was found or done, and who said so, without names of children",
        error_messages={"required": "Write what was found or done."},
    )


class FindingFilters(forms.Form):
    """The filters of the list of findings."""

    kind = forms.ChoiceField(
        label="What does not agree", required=False, choices=[("", ALL), *FindingKind.choices]
    )
    status = forms.ChoiceField(
        required=False, choices=[("", ALL), ("OPEN", "New or query raised"), *FindingStatus.choices]
    )
    school = forms.CharField(label="School name has", required=False, max_length=100)


class ReopenForm(forms.Form):
    """Why a closed month is reopened."""

    reason = forms.CharField(
        max_length=500,
        widget=WordsInput(attrs={"rows": 3}),
        help_text="It is kept with who closed the month and what it said.",
        error_messages={"required": "Say why the month is opened again."},
    )
