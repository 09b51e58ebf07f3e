"""The forms for meetings: when and where, who comes, who stands aside, and cases chosen in bulk."""

from datetime import time
from typing import Any, cast

from django import forms

from panel.models import ConflictOfInterest, Member, PanelMeeting
from panel.services.meetings import Attending
from sen_dashboard.core.plain_words import plain_words
from sen_dashboard.core.web.converters import NUL
from sen_dashboard.core.web.forms import DayField, WordsInput, problems

MOST_MEMBERS = 60
EMPTY_ROWS = 3
LONGEST_REASON = 2000


class ClockField(forms.TimeField):
    """A time of day in one box: "09:30" or "9.30"."""

    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%H:%M", "%H.%M"], **options)

    def prepare_value(self, value: Any) -> Any:
        """A stored time without its seconds; typed text unchanged."""
        return f"{value:%H:%M}" if isinstance(value, time) else value


def whole_number(label: str, most: int, sentence: str, *, help_text: str = "") -> forms.IntegerField:
    """A box for a number from 1 to ``most``; ``sentence`` is the error for anything else."""
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        widget=forms.TextInput,
        min_value=1,
        max_value=most,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), sentence),
    )


class MeetingForm(forms.ModelForm):
    """When and where a meeting is. The panel is set by the page."""

    held_on = DayField(
        label="Date", help_text="For example, 29 4 2019", error_messages={"required": "Enter the date."}
    )
    starts_at = ClockField(
        label="Starts at",
        help_text="For example, 09:30",
        error_messages=dict.fromkeys(("required", "invalid"), "Enter a time of day such as 09:30."),
    )
    slot_minutes = whole_number("Minutes for each case", 240, "Enter 1 to 240 minutes.")
    quorum = whole_number(
        "Quorum",
        50,
        "Enter 1 to 50 members.",
        help_text="How many members must be present to decide a case",
    )

    class Meta:
        model = PanelMeeting
        fields = ("held_on", "starts_at", "slot_minutes", "quorum", "place")
        labels = {"place": "Place"}
        help_texts = {"place": "A room or joining details (optional)"}


def words_box(label: str, most: int | None) -> forms.CharField:
    """A box for up to so many characters of plain words, which may be left empty."""
    return forms.CharField(label=label, required=False, max_length=most, validators=[plain_words])


class MemberForm(forms.Form):
    """Somebody invited; an empty row means nobody."""

    name = words_box("Name", Member._meta.get_field("name").max_length)
    role = words_box("Role", Member._meta.get_field("role").max_length)
    present = forms.BooleanField(label="Present", required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a role or presence without a name."""
        given: dict[str, Any] = self.cleaned_data
        nameless = not given.get("name") and "name" not in self.errors
        if nameless and (given.get("role") or given.get("present")):
            self.add_error("name", "Enter the name.")
        return given


class MembersFormSet(forms.BaseFormSet):
    """A row for each member, and some empty ones."""

    def attending(self) -> list[Attending]:
        """The members named, in the order of the rows."""
        return [Attending(**form.cleaned_data) for form in self.forms if form.cleaned_data.get("name")]

    def typed(self) -> list[dict[str, Any]]:
        """What each row holds, valid or not."""
        return [{name: form[name].value() for name in form.fields} for form in self.forms]

    def problems(self) -> dict[str, str]:
        """The errors by the id of their box; none for rows that were not sent."""
        if not self.is_bound:
            return {}
        of_all = " ".join(map(str, self.non_form_errors()))
        whole = {"main": of_all} if of_all else {}
        return whole | {box: text for form in self.forms for box, text in problems(form).items()}


MEMBERS = cast(
    type[MembersFormSet],
    forms.formset_factory(
        MemberForm, formset=MembersFormSet, extra=EMPTY_ROWS, max_num=MOST_MEMBERS, absolute_max=MOST_MEMBERS
    ),
)


class CasesField(forms.MultipleChoiceField):
    """Cases by key. The service checks which of them may be chosen, with a sentence for each."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value: str) -> bool:
        """Whether the value could be a key at all."""
        return NUL not in value


class AddCasesForm(forms.Form):
    """Waiting cases to put on an agenda."""

    cases = CasesField(label="Cases to add", error_messages={"required": "Choose at least one case."})


class DeferForm(forms.Form):
    """Cases of an agenda to put off, and why. The boxes of ``cases`` stand in the rows of the agenda."""

    cases = CasesField(
        error_messages={"required": "Choose at least one case in the table, in the column “Defer”."}
    )
    reason = forms.CharField(
        label="Why they are deferred",
        max_length=LONGEST_REASON,
        widget=WordsInput(attrs={"rows": 2}),
        validators=[plain_words],
        error_messages={"required": "Enter why they are deferred."},
    )


class ConflictForm(forms.Form):
    """Which member stands aside, and why."""

    member = forms.ModelChoiceField(
        Member.objects.none(),
        label="Member with the conflict of interest",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose a member of this meeting."),
    )
    reason = forms.CharField(
        label="Why",
        help_text="Such as “governor of the school”. It is shown on the agenda and in the minutes.",
        max_length=ConflictOfInterest._meta.get_field("reason").max_length,
        validators=[plain_words],
        error_messages={"required": "Enter the reason."},
    )

    def __init__(self, *args: Any, meeting: PanelMeeting, **options: Any) -> None:
        super().__init__(*args, **options)
        cast(forms.ModelChoiceField, self.fields["member"]).queryset = meeting.members.all()
