"""The form for an event."""

from django import forms

from sen_dashboard.core.forms import DayField
from sen_dashboard.programme.models import Event

LONGEST = Event._meta.get_field("title").max_length


class EventForm(forms.ModelForm):
    day = DayField(
        label="Date",
        help_text="For example, 29 4 2019",
        error_messages={"required": "Enter the day it happened or will happen."},
    )

    class Meta:
        model = Event
        fields = ("day", "title")
        labels = {"title": "What happened"}
        help_texts = {
            "title": f"A few words, as they should stand under a chart; at most {LONGEST} characters"
        }
        error_messages = {
            "title": {"required": "Say what happened.", "max_length": f"Use at most {LONGEST} characters."}
        }
