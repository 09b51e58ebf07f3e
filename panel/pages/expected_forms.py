"""The forms for recording what happens to an agreed place."""

from django import forms

from panel.models import ExpectedPlacement
from panel.pages.confirm_form import ConfirmForm
from placements.lookup import SCHOOL, LookupField
from sen_dashboard.core.web.forms import DayField, WordsInput

LONGEST = ExpectedPlacement._meta.get_field("why").max_length


def _day(label: str, missing: str) -> DayField:
    return DayField(label=label, help_text="For example, 29 4 2026", error_messages={"required": missing})


def _why(label: str, missing: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST,
        widget=WordsInput(attrs={"rows": 3}),
        error_messages={"required": missing, "max_length": f"Use at most {LONGEST} characters."},
    )


class OfferForm(forms.Form):
    offered_on = _day("Date of the school’s offer", "Enter the date of the school’s offer.")


class StartForm(ConfirmForm):
    started_on = _day("First day at the school", "Enter the child’s first day at the school.")


class RefusalForm(forms.Form):
    refused_on = _day("Date of the school’s refusal", "Enter the date of the school’s refusal.")
    why = _why("Why the school refused", "Enter why the school refused.")


class ChangeForm(ConfirmForm):
    school = LookupField(
        SCHOOL,
        source="panel_schools",
        label="School",
        help_text="Its key or part of its name",
        error_messages={"required": "Enter the school’s key or part of its name."},
    )
    starts_on = _day("Expected start date", "Enter the date it is now expected to start.")
    why = _why("Why it changes", "Enter why it changes.")
