"""The forms for decisions from a spreadsheet: one for the file or pasted rows, and one for each row."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from panel.models import REASONS_OF_PANEL, CostBasis, Outcome, Panel
from panel.pages.decision_forms import words
from panel.services.decisions import Decision
from panel.services.many_decisions import Row
from placements.models import CostKind
from sen_dashboard.core.web.forms import PoundsField, WordsInput
from sen_dashboard.importing.sheets import (
    LONGEST,
    MOST_BYTES,
    SheetRow,
    SheetText,
    rows_of_text,
    text_of_file,
)

DAYS = (
    *("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y"),
    *("%d/%m/%y", "%d-%m-%y", "%d.%m.%y"),
    *("%d %B %Y", "%d %b %Y", "%d-%B-%Y", "%d-%b-%Y", "%d/%b/%Y", "%d %B %y", "%d %b %y", "%d-%b-%y"),
)
"""Formats of days that spreadsheets or people in Britain write; the preview spells each day out before saving."""
WEEKDAY = r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b"
NOT_OF_A_DAY = re.compile(rf"{WEEKDAY}|(?<=\d)(?:st|nd|rd|th)\b|,")
NEEDED = ("case", "outcome")
AMOUNTS = ("amount_asked", "value", *CostKind.values)
TOTALS = {"", "total", "totals", "grand total", "sum", "subtotal", "sub-total"}
TOTALS_ROW = "This is a row of totals and not a case: delete it."
HOW_TO_WRITE_A_DAY = "Enter a day such as 31/03/2019 or 2019-03-31."


class CodeField(forms.ChoiceField):
    """A code, or the words that pages show for it, in any case."""

    def to_python(self, value: Any) -> str:
        return as_code(super().to_python(value), self.choices)


class CodesField(forms.MultipleChoiceField):
    """Several codes, separated by semicolons."""

    def to_python(self, value: Any) -> list[str]:
        return [as_code(part, self.choices) for part in str(value or "").split(";") if part.strip()]


def as_code(written: str, choices: Any) -> str:
    """The code meant by what was written, or the text itself if it matches none."""
    meant = " ".join(written.split()).casefold()
    return next((code for code, label in choices if meant in (code.casefold(), label.casefold())), written)


def _code(choices: Sequence[tuple[str, str]], help_text: str, *, required: bool = False) -> CodeField:
    one_of = f"Write one of: {'; '.join(label for _, label in choices)}."
    return CodeField(
        choices=choices,
        required=required,
        help_text=help_text,
        error_messages={
            "required": f"{one_of} To leave the case undecided, delete the row.",
            "invalid_choice": one_of,
        },
    )


class DayTextField(forms.DateField):
    """A day in words or figures: 31/03/2019, 31-Mar-19, "Sunday 31st March 2019"."""

    def to_python(self, value: Any) -> Any:
        """The day, ignoring any weekday or ordinal ending. Raises ValidationError."""
        written = NOT_OF_A_DAY.sub(" ", str(value or "").casefold().replace("sept ", "sep "))
        return super().to_python(" ".join(written.split()))


def _day(help_text: str) -> DayTextField:
    return DayTextField(
        required=False,
        input_formats=DAYS,
        help_text=help_text,
        error_messages={"invalid": HOW_TO_WRITE_A_DAY},
    )


class RowForm(forms.Form):
    """One row; the fields are the columns, in the template's order. The service checks what an outcome needs."""

    case = forms.CharField(
        help_text="The case's key, as on the agenda.", error_messages={"required": "Name the case."}
    )
    need = forms.CharField(required=False, help_text="For information: not read.")
    amount_asked = forms.CharField(required=False, help_text="For information: not read.")
    outcome = _code(Outcome.choices, "What was decided.", required=True)
    value = PoundsField(required=False, help_text="Pounds; needed if agreed.")
    value_basis = _code(CostBasis.choices, "What the value covers; if empty, as in the request.")
    starts_on = _day("The date the agreement starts.")
    review_on = _day("The date the agreement is reviewed.")
    conditions = words("conditions", help_text="For an agreement.")
    information_needed = words(
        "information_needed", help_text="What is needed, if more information is required."
    )
    due_on = _day("The date it is needed by.")
    reasons = CodesField(required=False, help_text="Why it was agreed, separated by semicolons.")
    note = words("note", help_text="The rationale; needed if declined.")

    def __init__(self, *args: Any, panel: Panel, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(reason.value, reason.label) for reason in REASONS_OF_PANEL[panel]]
        field: Any = self.fields["reasons"]
        field.choices = choices
        field.error_messages["invalid_choice"] = (
            f"Write some of these, separated by semicolons: {'; '.join(label for _, label in choices)}."
        )
        for kind in CostKind:
            self.fields[kind.value] = PoundsField(
                label=kind.label, required=False, help_text="Pounds a year, if different from the request."
            )

    @property
    def columns(self) -> dict[str, str]:
        """The field for each column heading."""
        return {_heading(name): name for name in self.fields}

    def row(self, number: int) -> Row:
        """The row's decision, or what is wrong with it."""
        case_id = self.data.get("case", "")
        if self._is_of_totals():
            return Row(number, case_id, None, (TOTALS_ROW,))
        if not self.is_valid():
            wrong = tuple(f"{_heading(name)}: {errors[0]}" for name, errors in self.errors.items())
            return Row(number, case_id, None, wrong)
        cleaned = dict(self.cleaned_data)
        costs = {kind: cleaned[kind] for kind in CostKind.values if cleaned[kind]}
        fields = {name: cleaned[name] for name in Decision.__dataclass_fields__ if name in cleaned}
        return Row(number, case_id, Decision(**fields, costs=costs))

    def _is_of_totals(self) -> bool:
        """Whether the row names no case and holds an amount, as a row of totals below the others does."""
        typed = {name: text.strip() for name, text in self.data.items()}
        names_none = typed.get("case", "").casefold().rstrip(":") in TOTALS and not typed.get("outcome")
        return names_none and any(typed.get(name) for name in AMOUNTS)


def _heading(field: str) -> str:
    return CostKind(field).label if field in CostKind.values else field


def columns_of(panel: Panel) -> Iterator[tuple[str, str, Sequence[str]]]:
    """The columns of a sheet in order: heading, what to write, and the codes accepted instead of words."""
    form = RowForm(panel=panel)
    for heading, name in form.columns.items():
        field: Any = form.fields[name]
        choices = getattr(field, "choices", ())
        accepted = [f"{label} ({code})" for code, label in choices]
        if isinstance(field, forms.DateField):
            accepted = ["31/03/2019", "2019-03-31", "31-Mar-19", "31 March 2019"]
        yield heading, str(field.help_text), accepted


class SpreadsheetForm(forms.Form):
    """A file, or rows copied from a spreadsheet. ``cleaned_data["sheet"]`` holds the rows read.

    The rows of a file are put in the box for rows when the form is shown again. ``read_from`` names their sheet, and
    ``hidden`` lists the numbers of its hidden rows; the preview passes both on, only to show them.
    """

    file = forms.FileField(label="Choose an .xlsx, .ods or .csv file", required=False, help_text="Up to 2 MB")
    rows = forms.CharField(
        label="Or paste rows copied from a spreadsheet",
        required=False,
        max_length=LONGEST,
        strip=False,
        widget=WordsInput(attrs={"rows": 8}),
        help_text="The row of headings first",
    )
    seen = forms.CharField(required=False)
    read_from = forms.CharField(required=False, max_length=200)
    hidden = forms.CharField(required=False, max_length=4000)
    confirmed = forms.BooleanField(label="What is marked “Check” is correct", required=False)

    def __init__(self, *args: Any, panel: Panel, **options: Any) -> None:
        super().__init__(*args, **options)
        self.panel = panel

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if self.errors:
            return cleaned
        file, pasted = cleaned["file"], cleaned["rows"].strip("\r\n ")
        if bool(file) == bool(pasted):
            raise ValidationError("Choose a file or paste rows" + (", not both." if file else "."))
        if file:
            read = self._text_of_file(file)
            cleaned |= {
                "rows": read.text,
                "read_from": read.name,
                "hidden": " ".join(map(str, sorted(read.hidden))),
            }
            self.data = {**self.data, "rows": cleaned["rows"]}
        cleaned["sheet"] = self._read("file" if file else "rows", cleaned["rows"])
        return cleaned

    @property
    def hidden_rows(self) -> set[int]:
        """The numbers of the sheet's hidden rows."""
        return {int(n) for n in self.cleaned_data["hidden"].split() if n.isascii() and n.isdecimal()}

    def _text_of_file(self, file: Any) -> SheetText:
        try:
            return text_of_file(file.name, file.read(MOST_BYTES + 1), needed=NEEDED)
        except ValidationError as error:
            raise ValidationError({"file": error}) from None

    def _read(self, field: str, text: str) -> list[Row]:
        columns = RowForm(panel=self.panel).columns
        try:
            rows = rows_of_text(text, columns, needed=NEEDED)
        except ValidationError as error:
            raise ValidationError({field: error}) from None
        return [self._row(row) for row in rows]

    def _row(self, row: SheetRow) -> Row:
        cells: Mapping[str, str] = row.cells
        return RowForm(dict(cells), panel=self.panel).row(row.number)
