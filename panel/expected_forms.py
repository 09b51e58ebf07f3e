"""The forms for what becomes of a place that was agreed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from panel.models import ExpectedPlacement
from provision.models import School
from sen_dashboard.core import formats
from sen_dashboard.core.forms import DayField

LONGEST = ExpectedPlacement._meta.get_field("why").max_length
MOST = 5  # schools named where a part of a name is that of several


class SchoolField(forms.CharField):
    """A school, by its key, its name, or a part of its name that no other has."""

    def prepare_value(self, value: Any) -> Any:
        """What the box holds: the key, since two schools may have one name."""
        return value.school_id if isinstance(value, School) else value

    def clean(self, value: Any) -> School:
        """The school. Raises ValidationError with a sentence where none or several may be meant."""
        typed = super().clean(value)
        exact = School.objects.filter(Q(school_id__in={typed, typed.upper()}) | Q(name__iexact=typed))
        found = list(exact[:2]) or list(
            School.objects.filter(name__icontains=typed).order_by("name")[: MOST + 1]
        )
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError("No school has this key, or this in its name.", code="none")
        named = [f"{school.name} ({school.school_id})" for school in found[:MOST]]
        raise ValidationError(
            f"Several schools match: enter the key of {formats.listed(named)}.", code="several"
        )


def _day(label: str, missing: str) -> DayField:
    return DayField(label=label, help_text="For example, 29 4 2026", error_messages={"required": missing})


def _why(label: str, missing: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": missing, "max_length": f"Use at most {LONGEST} characters."},
    )


class OfferForm(forms.Form):
    offered_on = _day("Day of the school’s offer", "Enter the day on which the school offered the place.")


class StartForm(forms.Form):
    started_on = _day("First day at the school", "Enter the child’s first day at the school.")


class RefusalForm(forms.Form):
    refused_on = _day("Day of the school’s refusal", "Enter the day on which the school refused.")
    why = _why("Why the school refused", "Say why the school refused.")


class ChangeForm(forms.Form):
    school = SchoolField(
        label="School",
        help_text="Its key, or its name or a part of it",
        max_length=250,
        error_messages={"required": "Enter the school’s key or name."},
    )
    starts_on = _day("Day of the expected start", "Enter the day on which it is now expected to start.")
    why = _why("Why it changes", "Say why it changes.")
