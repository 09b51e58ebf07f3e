"""Form fields as GOV.UK asks for them, and the errors of a form, for its error summary."""

import re
from calendar import month_name
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from sen_dashboard.core import formats
from sen_dashboard.core.money import HOW_TO_WRITE, read_pounds

PARTS = ("day", "month", "year")


class DayInput(forms.Widget):
    """Three boxes for a day, named as in GOV.UK's date input; its value is the list of their texts."""

    use_fieldset = True

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        """Return the texts typed, in the order of ``PARTS``."""
        return [data.get(f"{name}-{part}", "").strip() for part in PARTS]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Return whether none of the boxes was on the form."""
        return not any(f"{name}-{part}" in data for part in PARTS)

    def texts(self, value: date | list[str] | None) -> dict[str, str]:
        """Return the text of each box, by its part of the day: from a day, from what was typed, or empty."""
        if isinstance(value, date):
            value = [str(getattr(value, part)) for part in PARTS]
        return dict(zip(PARTS, value or ("", "", ""), strict=True))

    def to_put_right(self, value: list[str]) -> list[str]:
        """Return the parts of a refused day that need correcting: those left empty, or all."""
        return [part for part, text in self.texts(value).items() if not text] or list(PARTS)

    def id_for_label(self, id_: str, index: str = "0") -> str:
        """Return the id of the first box."""
        return f"{id_}-{PARTS[0]}"


class DayField(forms.Field):
    """A day, from three boxes. The record's constraints check whether it is within range."""

    widget = DayInput
    default_error_messages = {
        "required": "Enter a date.",
        "incomplete": "The date must include a %(missing)s.",
        "invalid": "The date must be a real date.",
    }

    def to_python(self, value: list[str] | None) -> date | None:
        """Return the day typed; None if all boxes are empty. Raises ValidationError if it is not a day."""
        if not value or not any(value):
            return None
        missing = [part for part, text in zip(PARTS, value, strict=True) if not text]
        if missing:
            params = {"missing": formats.listed(missing)}
            raise ValidationError(self.error_messages["incomplete"], code="incomplete", params=params)
        try:
            day, month, year = value
            return date(_number(year), _month(month), _number(day))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


def _month(text: str) -> int:
    """Return the number of a month typed as a number or name: "2", "feb", "Sept." or "February". Raises ValueError."""
    name = text.lower().removesuffix(".")
    named = [number for number in range(1, 13) if month_name[number].lower().startswith(name)]
    return named[0] if len(name) >= 3 and named else _number(text)


def _number(text: str) -> int:
    """Return the number. Raises ValueError for anything but one to four digits."""
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII):
        raise ValueError("no number of a date")
    return int(text)


class WordsInput(forms.Textarea):
    """A box of several lines. A line break counts as one character, as in the browser, though it is sent as two."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str | None:
        """Return the text typed, with line breaks as the browser counts them."""
        text: str | None = super().value_from_datadict(data, files, name)
        return text and text.replace("\r\n", "\n")


class PoundsInput(forms.TextInput):
    """A box for pounds."""

    def text(self, value: Decimal | str | None) -> str:
        """Return the box's text: for an amount "1,234.50", without pence if there are none; as typed; or empty."""
        if isinstance(value, Decimal):
            return f"{value:,.2f}".removesuffix(".00")
        return value or ""


class PoundsField(forms.CharField):
    """Pounds, 0 or more, as people write them: 1234.5, 1,234.50 or £1,234.50."""

    widget = PoundsInput
    default_error_messages = {"invalid": f"{HOW_TO_WRITE}, 0 or more."}

    def to_python(self, value: Any) -> Any:
        """Return the amount; None if nothing was typed. Raises ValidationError if it is not an amount."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return read_pounds(text)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def run_validators(self, value: Any) -> None:
        """Run none of the validators of a text, since the value is an amount."""


class LookupInput(forms.TextInput):
    """A box for the key or name of a record and, if several were found, the one chosen: two texts, typed and chosen.

    ``source`` names the address that a script asks for records that begin with the typed text (`static/js/lookup.js`).
    """

    def __init__(self, source: str, **options: Any) -> None:
        super().__init__(**options)
        self.source = source

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        """Return the text typed, and the key chosen."""
        return [data.get(name, "").strip(), data.get(f"{name}-which", "")]

    def texts(self, value: list[str] | str | None) -> list[str]:
        """Return the text typed and the key chosen, from a bound form or its initial value."""
        return value if isinstance(value, list) else [value or "", ""]


def problems(form: forms.BaseForm) -> dict[str, str]:
    """Return a form's errors: a sentence for each field, by the id of the box where it can be corrected.

    Errors of the form as a whole come first, under the id of the page's contents.
    """
    of_all = " ".join(map(str, form.non_field_errors()))
    whole = {"main": of_all} if of_all else {}
    return whole | {_box(field): str(field.errors[0]) for field in form if field.errors}


def _box(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, DayInput):
        return f"{field.auto_id}-{widget.to_put_right(field.value())[0]}"
    return (
        field.id_for_label or field.auto_id
    )  # a group of boxes has no label; the first box has the group's id
