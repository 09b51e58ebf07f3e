"""The forms for the end, a move or a change of a placement, and for its cost lines."""

from decimal import Decimal
from typing import Any

from django import forms

from placements.lookup import SCHOOL, LookupField
from placements.models import Accrual, Agreement, CostKind, CostLine, EndReason, Placement
from placements.models.cost_line import FUNDERS, PERCENT
from placements.services import Terms
from sen_dashboard.core.codes import Attendance
from sen_dashboard.core.web.forms import DayField, PoundsField, WordsInput

EXAMPLE = "For example, 29 4 2026"
LONGEST_REASON = CostLine._meta.get_field("void_reason").max_length
LONGEST_DOCUMENT = CostLine._meta.get_field("document").max_length


def _day(label: str, missing: str, hint: str = "") -> DayField:
    help_text = f"{hint} {EXAMPLE}".strip()
    return DayField(label=label, help_text=help_text, error_messages={"required": missing})


def _day_if_any(label: str, hint: str) -> DayField:
    return DayField(label=label, required=False, help_text=hint)


def _choice(label: str, choices: Any, missing: str, hint: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        help_text=hint,
        widget=forms.RadioSelect,
        error_messages={"required": missing},
    )


def _percent(label: str, hint: str = "") -> forms.DecimalField:
    """Return a field for a percentage; the record's constraints check that it is from 0 to 100."""
    wrong = dict.fromkeys(("invalid", "max_digits", "max_decimal_places", "max_whole_digits"), PERCENT)
    return forms.DecimalField(
        label=label,
        required=False,
        help_text=hint,
        max_digits=5,
        decimal_places=2,
        widget=forms.TextInput,
        error_messages=wrong,
    )


class EndForm(forms.Form):
    ends_on = _day(
        "Last day of the placement",
        "Enter the last day of the placement.",
        "The child leaves the roll after it.",
    )
    end_reason = _choice("Why it ends", EndReason.choices, "Choose why it ends.")
    last_attended_on = _day_if_any("Last day attended", "Leave empty if it is the last day of the placement.")
    paid_to_on = _day_if_any(
        "Paid to",
        "The last day that the council pays for, as under a term of notice. "
        "Leave empty if it is the last day of the placement.",
    )
    recovers = forms.BooleanField(
        label="What was paid for later days is to be recovered from the school", required=False
    )

    @staticmethod
    def of(placement: Placement) -> dict[str, Any]:
        """Return the initial values of the form."""
        return {name: getattr(placement, name) for name in EndForm.base_fields if name != "recovers"}


class AttendanceForm(forms.Form):
    starts_on = _day(
        "From",
        "Enter the day from which this holds.",
        "To correct a mistake, enter the first day of the placement.",
    )
    attendance = _choice("Attendance", Attendance.choices, "Choose how the child attends.")
    weeks_per_year = forms.IntegerField(
        label="Weeks a year",
        required=False,
        help_text="For example, 38 or 52",
        widget=forms.TextInput,
        error_messages={"invalid": "Enter 1 to 53 weeks."},
    )

    @staticmethod
    def of(placement: Placement) -> dict[str, Any]:
        """Return the initial values of the form."""
        return {"attendance": placement.attendance, "weeks_per_year": placement.weeks_per_year}


class AccrualForm(forms.Form):
    accrual = forms.ChoiceField(
        label="How the school’s fee is spread over the year",
        required=False,
        initial="",
        choices=(("", "Not known: by calendar days"), *Accrual.choices),
        widget=forms.RadioSelect,
    )

    @staticmethod
    def of(placement: Placement) -> dict[str, Any]:
        """What the form begins with."""
        return {"accrual": placement.accrual}


class MoveForm(AttendanceForm):
    school = LookupField(
        SCHOOL,
        source="panel_schools",
        label="New school",
        help_text="Its key, or a part of its name",
        error_messages={"required": "Enter the school’s key or a part of its name."},
    )
    starts_on = _day("First day at the new school", "Enter the child’s first day at the new school.")
    annual_amount = PoundsField(
        label="Core education fee at the new school, £ a year",
        error_messages={"required": "Enter the fee; other cost lines can be added afterwards."},
    )
    accrual = AccrualForm.base_fields["accrual"]
    paid_to_on = _day_if_any(
        "Old school paid to",
        "The last day that the council pays the old school for. Leave empty if it is the last day there.",
    )
    recovers = EndForm.base_fields["recovers"]
    field_order = ("school", "starts_on", "attendance", "weeks_per_year", "annual_amount", "accrual")


class _TermsForm(forms.Form):
    """The amounts of a line and who pays them; ``terms`` once the form is valid."""

    annual_amount = PoundsField(
        label="Annual amount, £",
        required=False,
        help_text="What is agreed, or what is assumed until it is. Not needed if it is only asked for.",
    )
    asked_amount = PoundsField(label="Asked for by the school, £ a year", required=False)
    agreement = _choice("Is the amount agreed?", Agreement.choices, "Choose whether the amount is agreed.")
    document = forms.CharField(
        label="Source document",
        required=False,
        max_length=LONGEST_DOCUMENT,
        help_text="For example, the letter or contract and its date",
        error_messages={"max_length": f"Use at most {LONGEST_DOCUMENT} characters."},
    )
    education_share = _percent("Education pays, %", "Leave empty for 100")
    social_care_share = _percent("Social care pays, %", "Leave empty for 0")
    health_share = _percent("Health pays, %", "Leave empty for 0")
    other_share = _percent("Others pay, %", "Leave empty for the rest")

    def clean(self) -> None:
        """Demand the annual amount, unless it is only asked for."""
        counts = self.cleaned_data.get("agreement") in (Agreement.AGREED, Agreement.ASSUMED)
        if counts and not self.has_error("annual_amount") and self.cleaned_data["annual_amount"] is None:
            self.add_error("annual_amount", "Enter the annual amount.")

    @property
    def terms(self) -> Terms:
        """Return what was typed; an empty share gets its default."""
        values = {name: self.cleaned_data[name] for name in Terms.__dataclass_fields__}
        shares = zip(FUNDERS, (Decimal(100), Decimal(0), Decimal(0), None), strict=True)
        return Terms(
            **values | {name: values[name] if values[name] is not None else empty for name, empty in shares}
        )

    @staticmethod
    def of(line: CostLine) -> dict[str, Any]:
        """Return the initial values of a form about the line."""
        values = {name: getattr(line, name) for name in Terms.__dataclass_fields__}
        return values | {name: _in_figures(values[name]) for name in FUNDERS}


class AddLineForm(_TermsForm):
    kind = _choice("What it pays for", CostKind.choices, "Choose what it pays for.")
    starts_on = _day("From", "Enter the first day of the line.")
    ends_on = _day_if_any("To", "Leave empty if it runs as long as the placement.")
    field_order = ("kind", "starts_on", "ends_on")


class ChangeLineForm(_TermsForm):
    starts_on = _day("From", "Enter the day from which this holds.", "The line ends the day before.")
    field_order = ("starts_on",)


class CorrectLineForm(_TermsForm):
    ends_on = _day_if_any("To", "Leave empty if it runs as long as the placement.")

    @staticmethod
    def of(line: CostLine) -> dict[str, Any]:
        """Return the initial values of the form."""
        return _TermsForm.of(line) | {"ends_on": line.ends_on}


class VoidLineForm(forms.Form):
    reason = forms.CharField(
        label="What was wrong",
        max_length=LONGEST_REASON,
        widget=WordsInput(attrs={"rows": 3}),
        error_messages={
            "required": "Say what was wrong.",
            "max_length": f"Use at most {LONGEST_REASON} characters.",
        },
    )


def _in_figures(percent: Decimal | None) -> str:
    """Return "100" or "33.33"; empty for None."""
    return "" if percent is None else f"{percent.normalize():f}"
