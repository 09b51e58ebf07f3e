"""The forms of the programme. The choice of figures comes from the site, which knows the KPIs."""

from collections.abc import Mapping
from typing import Any, Protocol

from django import forms
from django.db.models import Model, TextChoices

from placements.lookup import SCHOOL, LookupField, school_text
from provision.models import ChangeStatus, CommissioningChange, LocalProvision
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Need
from sen_dashboard.core.web.forms import DayField, WordsInput
from sen_dashboard.programme.models import (
    Action,
    ActionUpdate,
    DecisionNeeded,
    Event,
    KpiNote,
    Lever,
    Milestone,
    Risk,
    RiskStatus,
    Status,
    Workstream,
)
from sen_dashboard.programme.models.risk import LEAST, MOST

EXAMPLE = "For example, 29 4 2019"
OWNER = "A role, such as Head of SEN, not a person’s name"
SMALL = {"class": "govuk-radios--small"}


class Figures(Protocol):
    """The KPIs and their numbers, as the site provides them to a form."""

    @property
    def titles(self) -> Mapping[str, str]:
        """The title of each KPI, by its slug."""

    @property
    def numbers(self) -> Mapping[str, str]:
        """Each KPI, and each of its numbers under "slug:key", in words."""

    def problem(self, kpi: str, key: str, row: str) -> str:
        """Return why there is no such number, as a sentence; empty if there is one."""


def _day(label: str, missing: str = "", help_text: str = EXAMPLE) -> DayField:
    """Return a field for a day; ``missing`` is the error if it is left empty, or empty if it may be."""
    errors = {"required": missing} if missing else {}
    return DayField(label=label, required=bool(missing), help_text=help_text, error_messages=errors)


def _area(rows: int = 3) -> WordsInput:
    return WordsInput(attrs={"rows": rows})


def _radios(codes: type[TextChoices]) -> forms.RadioSelect:
    return forms.RadioSelect(attrs=SMALL, choices=codes.choices)


def _sentences(model: type[Model], **missing: str) -> dict[str, dict[str, str]]:
    """Return the errors of a model's form by field: ``missing`` values, and texts that are too long."""
    said = {name: {"required": sentence} for name, sentence in missing.items()}
    for field in model._meta.get_fields():
        if longest := getattr(field, "max_length", None):
            sentence = f"Use at most {formats.count(longest)} characters."
            said.setdefault(field.name, {})["max_length"] = sentence
    return said


class EventForm(forms.ModelForm):
    day = _day("Date", "Enter the date it happened or will happen.")

    class Meta:
        model = Event
        fields = ("day", "title")
        labels = {"title": "What happened"}
        help_texts = {"title": "A few words, as they should appear under a chart; at most 120 characters"}
        error_messages = _sentences(Event, title="Enter what happened.")


class WorkstreamForm(forms.ModelForm):
    class Meta:
        model = Workstream
        fields = ("title", "lead", "aim")
        labels = {"title": "Name", "lead": "Lead", "aim": "Aim"}
        help_texts = {"lead": OWNER}
        widgets = {"aim": _area()}
        error_messages = _sentences(Workstream, title="Enter the workstream’s name.")


class NumberField(forms.DecimalField):
    """A number as people write it: -1.5, −1.5, 40,000 or £40,000."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        """Return the number; None if nothing was typed. Raises ValidationError if it is not a number."""
        text = str(value or "").strip()
        return super().to_python(
            text.replace(formats.MINUS, "-").replace("£", "").replace(",", "").replace("%", "")
        )


class ActionForm(forms.ModelForm):
    """The details of an action, which are entered once."""

    due_on = _day("Due")
    figure = forms.ChoiceField(label="Figure", required=False)
    expected_change = NumberField(
        label="Expected change of that number",
        required=False,
        max_digits=14,
        decimal_places=2,
        help_text="In the figure’s own unit; use a minus sign for a fall: -1.5",
        error_messages={"invalid": "Enter a number such as -1.5 or 40,000."},
    )
    expected_from = _day("Expected from")

    field_order = (
        *("title", "workstream", "lever", "owner", "due_on", "status", "note"),
        *("figure", "kpi_row", "expected_change", "expected_from"),
    )

    class Meta:
        model = Action
        fields = (
            *("title", "workstream", "lever", "owner", "due_on"),
            *("kpi_row", "expected_change", "expected_from"),
        )
        labels = {"title": "In a sentence", "kpi_row": "Row of the figure’s table"}
        help_texts = {
            "owner": OWNER,
            "kpi_row": "For example SEMH or Thanet. Leave it empty for the whole figure.",
        }
        widgets = {"title": _area(2), "lever": _radios(Lever)}
        error_messages = _sentences(
            Action, title="Enter what is being done.", lever="Choose the lever it works through."
        )

    def __init__(self, *args: Any, figures: Figures, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.figures = figures
        held = ":".join(filter(None, (self.instance.kpi, self.instance.kpi_key)))
        offered = dict(figures.numbers)
        if held:
            offered.setdefault(held, f"{held} (not a figure on this dashboard)")
        self.fields["figure"].choices = [("", "None"), *offered.items()]  # type: ignore[attr-defined]
        self.fields["workstream"].empty_label = "None"  # type: ignore[attr-defined]
        self.initial.setdefault("figure", held)

    def clean(self) -> dict[str, Any]:
        """Refuse a number or row that the figure does not have."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kpi, _, key = cleaned.get("figure", "").partition(":")
        if kpi in self.figures.titles and "kpi_row" in cleaned:
            row = cleaned["kpi_row"]
            wrong = self.figures.problem(kpi, key, row) if key or not row else ""
            if wrong:
                self.add_error("kpi_row", wrong)
        return cleaned

    @property
    def given(self) -> dict[str, Any]:
        """Return the arguments for the services."""
        cleaned = dict(self.cleaned_data)
        cleaned["kpi"], _, cleaned["kpi_key"] = cleaned.pop("figure").partition(":")
        return cleaned


class AddActionForm(ActionForm):
    """An action with its first update."""

    status = forms.ChoiceField(
        label="Status",
        choices=Status.choices,
        initial=Status.NOT_STARTED,
        widget=forms.RadioSelect(attrs=SMALL),
        error_messages={"required": "Choose the status."},
    )
    note = forms.CharField(
        label="Why",
        required=False,
        max_length=ActionUpdate._meta.get_field("note").max_length,
        widget=_area(),
        help_text="Needed where it is at risk or off track",
    )


class UpdateForm(forms.ModelForm):
    """An update on an action from a day on; its instance names the action."""

    day = _day("Date of this update", "Enter the date of the update.")

    class Meta:
        model = ActionUpdate
        fields = ("day", "status", "note")
        labels = {"status": "Status", "note": "Why"}
        help_texts = {"note": "Needed where it is at risk or off track"}
        widgets = {"status": _radios(Status), "note": _area()}
        error_messages = _sentences(ActionUpdate, status="Choose the status.")


class MilestoneForm(forms.ModelForm):
    """A new milestone; its instance names the record it belongs to."""

    due_on = _day("Due", "Enter the date it is due.")

    class Meta:
        model = Milestone
        fields = ("title", "due_on")
        labels = {"title": "Milestone"}
        error_messages = _sentences(Milestone, title="Enter the milestone.")


class ChangeMilestoneForm(MilestoneForm):
    reached_on = _day("Reached", help_text="Leave it empty while it is open")

    class Meta(MilestoneForm.Meta):
        fields = ("title", "due_on", "reached_on")  # type: ignore[assignment]


class ReachForm(forms.Form):
    reached_on = _day("Date reached", "Enter the date it was reached.")


class RiskForm(forms.ModelForm):
    class Meta:
        model = Risk
        fields = ("title", "workstream", "likelihood", "impact", "mitigation", "owner", "status")
        labels = {"title": "What could happen", "mitigation": "Mitigation"}
        help_texts = {"owner": OWNER}
        widgets = {"title": _area(2), "mitigation": _area(), "status": _radios(RiskStatus)}
        error_messages = _sentences(
            Risk,
            title="Enter what could happen.",
            workstream="Choose the workstream.",
            status="Choose whether the risk is open or closed.",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workstream"].empty_label = "Choose a workstream"  # type: ignore[attr-defined]
        for name, least, most in (
            ("likelihood", "very unlikely", "very likely"),
            ("impact", "slight", "severe"),
        ):
            self.fields[name] = forms.TypedChoiceField(
                label=name.capitalize(),
                choices=_rated(least, most),
                coerce=int,
                widget=forms.RadioSelect(attrs={"class": "govuk-radios--small govuk-radios--inline"}),
                error_messages=dict.fromkeys(
                    ("required", "invalid_choice"), f"Choose a number from {LEAST} to {MOST}."
                ),
            )


def _rated(least: str, most: str) -> list[tuple[int, str]]:
    """Return the choices from 1 to 5, the ends in words."""
    words = {LEAST: f"{LEAST}, {least}", MOST: f"{MOST}, {most}"}
    return [(number, words.get(number, str(number))) for number in range(LEAST, MOST + 1)]


class DecisionForm(forms.ModelForm):
    needed_by = _day("Needed by")

    class Meta:
        model = DecisionNeeded
        fields = ("title", "workstream", "asked_of", "needed_by")
        labels = {"title": "What is to be decided", "asked_of": "Decision maker"}
        help_texts = {"asked_of": "A role or committee, such as Cabinet, not a person’s name"}
        widgets = {"title": _area(2)}
        error_messages = _sentences(
            DecisionNeeded, title="Enter what is to be decided.", workstream="Choose the workstream."
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workstream"].empty_label = "Choose a workstream"  # type: ignore[attr-defined]


class SettleForm(forms.ModelForm):
    settled_on = _day("Date of the decision", "Enter the date of the decision.")

    class Meta:
        model = DecisionNeeded
        fields = ("settled_on", "settled_as")
        labels = {"settled_as": "What was decided"}
        widgets = {"settled_as": _area()}
        error_messages = _sentences(DecisionNeeded, settled_as="Enter what was decided.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["settled_as"].required = True


class NoteForm(forms.ModelForm):
    """A note; the figure is chosen from those of the site."""

    kpi = forms.ChoiceField(label="Figure", error_messages={"required": "Choose the figure."})
    day = _day("As at", "Enter the date it is shown from.", "It is shown beside the figure from this date")

    class Meta:
        model = KpiNote
        fields = ("kpi", "title", "text", "day")
        labels = {"title": "Heading", "text": "What was found"}
        help_texts = {"text": "A line for each point"}
        widgets = {"text": _area(6)}
        error_messages = _sentences(KpiNote, title="Give a heading.", text="Write what was found.")

    def __init__(self, *args: Any, figures: Figures, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = self.instance.kpi
        offered = ({held: held} if held else {}) | dict(figures.titles)
        self.fields["kpi"].choices = [("", "Choose a figure"), *offered.items()]  # type: ignore[attr-defined]


class CommissioningForm(forms.ModelForm):
    """A planned change of places."""

    school = LookupField(
        SCHOOL,
        source="panel_schools",
        label="School",
        required=False,
        help_text="Its key or part of its name. Leave it empty if no school is confirmed yet.",
    )
    effective_on = _day("Takes effect", "Enter the date it takes effect.")
    places_change = forms.IntegerField(
        label="Places more, or fewer",
        widget=forms.TextInput,
        min_value=-999_999,
        max_value=999_999,
        help_text="Use a minus sign for fewer: -12",
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Enter a whole number such as 40 or -12."
        ),
    )
    needs = forms.MultipleChoiceField(
        label="Needs that the places are for",
        choices=Need.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small in-columns"}),
    )
    field_order = (
        *(
            "title",
            "school",
            "provision",
            "places_change",
            "effective_on",
            "status",
            "district",
            "needs",
            "note",
        ),
    )

    class Meta:
        model = CommissioningChange
        fields = (
            "title",
            "provision",
            "effective_on",
            "places_change",
            "needs",
            "district",
            "status",
            "note",
        )
        labels = {"title": "What is planned"}
        widgets = {
            "title": _area(2),
            "provision": _radios(LocalProvision),
            "status": _radios(ChangeStatus),
            "note": _area(),
        }
        error_messages = _sentences(
            CommissioningChange,
            title="Enter what is planned.",
            provision="Choose the kind of provision.",
            status="Choose the status.",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        school = self.instance.school
        self.initial["school"] = school_text(school) if school else ""
        if "places_change" in self.initial:
            self.initial["places_change"] = str(self.initial["places_change"])

    def clean_school(self) -> Any:
        """Return the school that the form's own field found."""
        self.instance.school = self.cleaned_data["school"]
        return self.cleaned_data["school"]
