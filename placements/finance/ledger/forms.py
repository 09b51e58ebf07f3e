"""The forms of the ledger's pages: which files, which columns, which months, and which school a supplier is."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from placements.budget_lines import LINE_CHOICES
from placements.finance.ledger.files import Cells
from placements.finance.ledger.mapping import (
    LONGEST_SOURCE,
    NEEDED,
    ROLES,
    USUAL,
    Mapping,
    mapping_from,
    same_name,
)
from placements.lookup import SCHOOL
from placements.models import LedgerMapping
from placements.querysets import INMSS_LINE
from provision.models import School
from sen_dashboard.core import formats
from sen_dashboard.core.periods import Month
from sen_dashboard.core.web.forms import WordsInput

NEW = ""
LABELS = {
    "date": "Date of the posting",
    "amount": "Amount",
    "supplier": "Supplier’s name",
    "supplier_id": "Supplier’s id",
    "reference": "Transaction number",
}


class _ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class _ManyFilesField(forms.FileField):
    """One file or several; cleaned to a list."""

    widget = _ManyFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The list of files. Raises ValidationError if there are none, or one is empty."""
        given = data if isinstance(data, list | tuple) else [data]
        return [super(_ManyFilesField, self).clean(each, initial) for each in given or [None]]


class FilesForm(forms.Form):
    """The exported files, and the source whose mapping is remembered."""

    exports = _ManyFilesField(
        label="Choose the finance system’s files",
        help_text="CSV or .xlsx. Several files count as one: each month in them must be whole.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )
    source = forms.ChoiceField(
        label="Source", required=False, help_text="How its columns are read is remembered."
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = LedgerMapping.objects.order_by("source").values_list("pk", "source")
        field: Any = self.fields["source"]
        field.choices = [(NEW, "A new one"), *((str(pk), name or "(no name)") for pk, name in known)]

    def remembered(self) -> LedgerMapping | None:
        """The mapping with which the source was last read."""
        chosen = self.cleaned_data["source"]
        return LedgerMapping.objects.filter(pk=chosen).first() if chosen else None


class MappingForm(forms.Form):
    """The parts of a mapping other than its columns: the source, the line posted to, and the rows kept."""

    source = forms.CharField(
        label="Name of the source",
        max_length=LONGEST_SOURCE,
        help_text="The finance system, for example Oracle. Postings of one source replace each other by month.",
        error_messages={"required": "Enter a name for the source."},
    )
    line = forms.ChoiceField(label="Budget line (S251)", choices=LINE_CHOICES)

    def __init__(self, *args: Any, mapping: Mapping | None, **options: Any) -> None:
        self.before = mapping
        initial = {
            "source": mapping.source if mapping else "",
            "line": mapping.line if mapping else INMSS_LINE,
        }
        super().__init__(*args, **options | {"initial": initial})
        own = mapping.line if mapping else INMSS_LINE
        field: Any = self.fields["line"]
        if own not in dict(LINE_CHOICES):
            field.choices = [(own, own), *LINE_CHOICES]

    def _made(self, columns: dict[str, Any], rows: dict[str, Any]) -> Mapping:
        """The mapping. Raises ValidationError with a sentence if something is missing."""
        given = {"source": self.cleaned_data["source"], "line": self.cleaned_data["line"]}
        try:
            return mapping_from(given | {"columns": columns, "rows": rows})
        except ValueError as error:
            raise ValidationError(str(error)) from None


class ColumnsForm(MappingForm):
    """Which column of a file holds what. Other names that the remembered mapping has for a column are kept."""

    def __init__(self, *args: Any, header: Cells, mapping: Mapping | None, **options: Any) -> None:
        self.header = [cell.strip() for cell in header]
        named = [(str(place), name) for place, name in enumerate(self.header) if name]
        super().__init__(*args, mapping=mapping, **options)
        for role, label in LABELS.items():
            needed = role in NEEDED
            self.fields[role] = forms.ChoiceField(
                label=label,
                required=needed,
                choices=[("", "Choose a column" if needed else "None"), *named],
                initial=self._place(role, mapping),
                error_messages={"required": f"Choose the column that holds {ROLES[role]}."},
            )
        name, values = next(iter((mapping.rows if mapping else {}).items()), ("", ()))
        self.fields["rows_column"] = forms.ChoiceField(
            label="Keep only rows where",
            required=False,
            choices=[("", "All rows are kept"), *named],
            initial=self._of_names((name,)) if name else "",
        )
        self.fields["rows_values"] = forms.CharField(
            label="holds one of",
            required=False,
            widget=WordsInput,
            max_length=4000,
            help_text="One value on each line, in any case",
            initial="\n".join(values),
        )

    def _place(self, role: str, mapping: Mapping | None) -> str:
        """The position of the remembered column, or of one with a usual name."""
        return self._of_names(mapping.columns.get(role, ()) if mapping else USUAL[role])

    def _of_names(self, names: Sequence[str]) -> str:
        same = [same_name(cell).replace("_", "") for cell in self.header]
        found = (same_name(name).replace("_", "") for name in names)
        return next((str(same.index(name)) for name in found if name in same), "")

    def clean(self) -> dict[str, Any]:
        """Add the chosen ``mapping`` to the cleaned data."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        columns = {role: self._names(role, cleaned[role]) for role in LABELS if cleaned.get(role)}
        rows = {}
        if cleaned.get("rows_column"):
            values = [line.strip() for line in cleaned["rows_values"].splitlines() if line.strip()]
            if not values:
                self.add_error("rows_values", "Enter the values of the rows that are kept.")
                return cleaned
            rows = {self.header[int(cleaned["rows_column"])]: values}
        cleaned["mapping"] = self._made(columns, rows)
        return cleaned

    def _names(self, role: str, place: str) -> list[str]:
        """The name of the chosen column, then the names it has in other files."""
        chosen = self.header[int(place)]
        others = self.before.columns.get(role, ()) if self.before else ()
        return [chosen, *(name for name in others if same_name(name) != same_name(chosen))]


class MonthsForm(forms.Form):
    """What to do about closed months and unusually small ones."""

    late_to = forms.ChoiceField(
        label="What is new or changed in a closed month",
        required=False,
        error_messages={"invalid_choice": "This month has been closed since: choose an open one."},
    )
    replace = forms.BooleanField(
        label="The files may have fewer than half of a month’s postings, or replace those of another budget line",
        required=False,
    )

    def __init__(self, *args: Any, months: Sequence[Month], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["late_to"]
        posted = [(str(month), f"is posted to {formats.month_in_words(month.start)}") for month in months]
        field.choices = [("", "is wrong"), *posted]

    @property
    def chosen_month(self) -> Month | None:
        """The month to which late postings go."""
        chosen = self.cleaned_data.get("late_to")
        return Month.parse(chosen) if chosen else None


class NamesForm(MappingForm):
    """A remembered mapping without a file: the names of its columns, one on each line."""

    source = None  # type: ignore[assignment]  # it is what tells one mapping from another

    def __init__(self, *args: Any, mapping: Mapping, **options: Any) -> None:
        super().__init__(*args, mapping=mapping, **options)
        for role, label in LABELS.items():
            self.fields[role] = forms.CharField(
                label=label,
                required=role in NEEDED,
                widget=WordsInput,
                max_length=2000,
                help_text="The names that files give the column, one on each line: the first that a file has is read.",
                error_messages={"required": f"Enter the name of the column that holds {ROLES[role]}."},
                initial="\n".join(mapping.columns.get(role, ())),
            )

    def clean(self) -> dict[str, Any]:
        """Add the entered ``mapping`` to the cleaned data; its rows to keep do not change."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            columns = {
                role: [line.strip() for line in cleaned[role].splitlines()]
                for role in LABELS
                if cleaned[role]
            }
            assert self.before is not None
            self.cleaned_data["source"] = self.before.source
            cleaned["mapping"] = self._made(columns, dict(self.before.as_json()["rows"]))
        return cleaned


class MatchForm(forms.Form):
    """Which school a supplier is: one of those suggested, or another."""

    school = forms.ChoiceField(label="School", required=False, widget=forms.RadioSelect)
    other = forms.CharField(
        label="Another school",
        required=False,
        max_length=250,
        help_text="Its key, or a part of its name.",
    )

    def __init__(self, *args: Any, offered: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["school"]
        field.choices = [(key, f"{name} ({key})") for key, name in offered]
        if not offered:
            del self.fields["school"]

    def clean(self) -> dict[str, Any]:
        """Add the ``found`` school to the cleaned data; a typed school takes precedence over a chosen one."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        typed = cleaned["other"].strip()
        if typed:
            cleaned["found"] = self._typed(typed)
        elif cleaned.get("school"):
            cleaned["found"] = School.objects.filter(pk=cleaned["school"]).first()
        if not cleaned.get("found") and not self.errors:
            self.add_error(
                "school" if "school" in self.fields else "other", "Choose the school, or enter another."
            )
        return cleaned

    def _typed(self, typed: str) -> School | None:
        found = SCHOOL.found(typed)
        exact = [school for school in found if school.is_exact] or found
        if len(exact) == 1:
            school: School = exact[0]
            return school
        self.add_error("other", "Several schools match this: enter the key of one." if found else SCHOOL.none)
        return None
