"""The form for a request to a panel: what is asked for, the local schools consulted and the papers received.

Callers see a single form; the rows of schools and papers are formsets inside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.http import QueryDict

from panel.models import (
    REASONS_OF_PANEL,
    CaseDocument,
    CostBasis,
    Origin,
    Panel,
    PanelCase,
    Profile,
    Reason,
    SchoolAnswer,
)
from panel.pages.confirm_form import ConfirmForm
from panel.services.requests import NO_COST, NOT_IN_THE_COST, Request
from placements.lookup import CHILD, SCHOOL, LookupField, school_text
from placements.models import Child, CostKind, Plan
from sen_dashboard.clock.day import working_day
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Attendance, Need
from sen_dashboard.core.plain_words import plain_words
from sen_dashboard.core.web.forms import DayField, PoundsField

NO_ANSWER = ("", "Not recorded")
EMPTY_ROWS = 3
MOST_ROWS = 50
COST_BOXES = {kind.value: f"cost_{kind.lower()}" for kind in CostKind}
"""The name of the box for each part of the cost."""
ASKED = (
    *("child", "panel", "received_on", "primary_need", "secondary_need", "profile", "reasons", "school"),
    *("attendance", "cost_basis", "origin", "caseworker"),
)
"""The boxes that have the same names as the fields of the request."""


def _words(most: int | None, **options: Any) -> forms.CharField:
    """A box for up to ``most`` characters of plain words."""
    messages = {"max_length": f"Use at most {formats.count(most)} characters."}
    return forms.CharField(max_length=most, validators=[plain_words], error_messages=messages, **options)


def _radios(codes: type[TextChoices], required: str = "", **options: Any) -> forms.ChoiceField:
    """One choice from a list; ``required`` is the error if nothing is chosen, empty if the choice is optional."""
    return forms.ChoiceField(
        choices=codes.choices if required else [*codes.choices, NO_ANSWER],
        required=bool(required),
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={"required": required},
        **options,
    )


def _need(label: str, required: str = "") -> forms.ChoiceField:
    first = ("", "Choose a need") if required else ("", "None")
    needs = [(code, f"{words} ({code})") for code, words in Need.choices]
    return forms.ChoiceField(
        label=label,
        choices=[first, *needs],
        required=bool(required),
        error_messages={"required": required},
    )


def _cost(kind: CostKind) -> PoundsField:
    apart = "From another budget; not included in the total" if kind in NOT_IN_THE_COST else ""
    return PoundsField(label=kind.label, required=False, help_text=apart)


def _reason_hints() -> dict[str, str]:
    """For each reason, the panel that uses it; nothing for reasons of both."""
    panels: dict[str, list[str]] = {}
    for panel, reasons in REASONS_OF_PANEL.items():
        for reason in reasons:
            panels.setdefault(reason.value, []).append(str(panel.label))
    return {reason: names[0] for reason, names in panels.items() if len(names) == 1}


class ConsultationForm(forms.Form):
    """A local school that was asked. A row with no school is ignored."""

    school = LookupField(SCHOOL, source="panel_schools", label="School", required=False)
    answer = forms.ChoiceField(
        label="Response", choices=SchoolAnswer.choices, initial=SchoolAnswer.AWAITING, required=False
    )


class DocumentForm(forms.Form):
    """A paper received. An empty row is ignored."""

    title = _words(CaseDocument._meta.get_field("title").max_length, label="What it is", required=False)
    reference = _words(
        CaseDocument._meta.get_field("reference").max_length,
        label="Reference in the document store",
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Require both boxes if one is filled in."""
        typed = super().clean() or {}
        if typed.get("title") and not self._typed("reference"):
            self.add_error("reference", "Enter its reference in the document store.")
        if typed.get("reference") and not self._typed("title"):
            self.add_error("title", "Enter what this paper is.")
        return typed

    def _typed(self, name: str) -> str:
        return str(self[name].value() or "").strip()


class _Rows(forms.BaseFormSet):
    """Rows that must each name something different."""

    default_error_messages = forms.BaseFormSet.default_error_messages | {
        "missing_management_form": "Part of the form is missing. Open the page again."
    }
    key: str
    twice: str

    def clean(self) -> None:
        """Report a repeated row at its second occurrence."""
        seen = set()
        for row in self.forms:
            named = row.cleaned_data.get(self.key) if row.is_valid() else None
            if named and named in seen:
                row.add_error(self.key, self.twice)
            seen.add(named)

    def filled(self) -> Iterator[dict[str, Any]]:
        """The cleaned contents of the rows that are not empty."""
        return (row.cleaned_data for row in self.forms if row.cleaned_data.get(self.key))


class ConsultationRows(_Rows):
    key = "school"
    twice = "This school is already listed."


class DocumentRows(_Rows):
    key = "reference"
    twice = "This paper is already listed."


def _formset(form: type[forms.Form], rows: type[_Rows]) -> Any:
    return forms.formset_factory(form, rows, extra=EMPTY_ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


ROWS = {
    "consultations": _formset(ConsultationForm, ConsultationRows),
    "documents": _formset(DocumentForm, DocumentRows),
}


class RequestForm(ConfirmForm):
    child = LookupField(
        CHILD,
        source="panel_children",
        label="Child",
        help_text="The key, for example C000123",
        error_messages={"required": "Enter the key of the child."},
    )
    caseworker = _words(
        PanelCase._meta.get_field("caseworker").max_length,
        label="Caseworker",
        required=False,
        help_text="Who manages the case",
    )
    origin = _radios(Origin, "Choose the origin of the request.", label="Origin of the request")
    received_on = DayField(
        label="Received on",
        help_text="For example, 29 4 2019",
        error_messages={"required": "Enter the date the request was received."},
    )
    panel = _radios(Panel, "Choose a panel.", label="Panel")
    primary_need = _need("Primary need", "Choose the primary need.")
    secondary_need = _need("Secondary need")
    profile = _radios(Profile, label="Profile")
    school = LookupField(
        SCHOOL,
        source="panel_schools",
        label="School requested",
        help_text="Its key or part of its name; leave it empty if no school is named",
        required=False,
    )
    attendance = _radios(Attendance, label="Attendance")
    cost_basis = _radios(
        CostBasis, "Choose what the cost covers.", label="What the cost covers", initial=CostBasis.ANNUAL
    )
    cost_core = _cost(CostKind.CORE)
    cost_place_funding = _cost(CostKind.PLACE_FUNDING)
    cost_boarding = _cost(CostKind.BOARDING)
    cost_one_to_one = _cost(CostKind.ONE_TO_ONE)
    cost_therapy = _cost(CostKind.THERAPY)
    cost_other = _cost(CostKind.OTHER)
    cost_transport = _cost(CostKind.TRANSPORT)
    reasons = forms.MultipleChoiceField(
        label="Reasons for the request",
        help_text="Choose all that apply and that the panel records",
        choices=Reason.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(
            attrs={"class": "govuk-checkboxes--small", "hints": _reason_hints()}
        ),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        more: str = "",
        **options: Any,
    ) -> None:
        """``rows`` are each formset's initial rows; with ``more``, only the formset of that name has an empty row."""
        super().__init__(data, **options)
        self.formsets: dict[str, _Rows] = {
            name: made(data, initial=(rows or {}).get(name), prefix=name) for name, made in ROWS.items()
        }
        for name, formset in self.formsets.items():
            formset.extra = (1 if name == more else 0) if more else EMPTY_ROWS

    # What was typed, valid or not

    @classmethod
    def of_typed(cls, typed: QueryDict, *, more: str = "") -> "RequestForm":
        """The form as somebody left it, complete or not, without its errors."""
        return cls(
            initial=_typed_in(cls, typed), rows={name: _typed_rows(name, typed) for name in ROWS}, more=more
        )

    @classmethod
    def of_case(cls, case: PanelCase) -> "RequestForm":
        """The form filled in from the case."""
        held = {name: getattr(case, name) for name in ASKED if name not in ("child", "school")}
        costs = {COST_BOXES[cost.kind]: cost.annual_amount for cost in case.requested_costs.all()}
        return cls(
            initial={
                **held,
                **(costs or {COST_BOXES[CostKind.CORE]: case.annual_cost}),
                "child": case.child_id,
                "school": school_text(case.school) if case.school else "",
            },
            rows={
                "consultations": [
                    {"school": school_text(asked.school), "answer": asked.answer}
                    for asked in case.consultations.select_related("school").order_by("pk")
                ],
                "documents": list(case.documents.order_by("pk").values("title", "reference")),
            },
        )

    # The child

    def named_child(self) -> Child | None:
        """The child named, whatever the rest of the form holds; None if there is none."""
        field = self.fields["child"]
        try:
            named: Child = field.clean(field.widget.texts(self["child"].value()))
        except forms.ValidationError:
            return None
        return named

    def fill_in_need(self, plan: Plan | None) -> None:
        """Start with the plan's needs if none was chosen; for a form that has not been validated yet."""
        if plan and not self.initial.get("primary_need"):
            self.initial["primary_need"] = plan.primary_need
            self.initial["secondary_need"] = plan.secondary_need

    # Errors

    def is_valid(self) -> bool:
        """Whether every box of every row is valid."""
        return all([super().is_valid(), *(rows.is_valid() for rows in self.formsets.values())])

    def every_form(self) -> Iterator[forms.BaseForm]:
        """The form itself, then each of its rows."""
        yield self
        for rows in self.formsets.values():
            yield from rows.forms

    def clean_received_on(self) -> date:
        """Refuse a future date."""
        day: date = self.cleaned_data["received_on"]
        if day > working_day():
            raise forms.ValidationError("The date received must be today or in the past.")
        return day

    def clean(self) -> dict[str, Any]:
        """Require at least one part of the cost."""
        typed = super().clean() or {}
        if not self.errors.keys() & COST_BOXES.values() and not self.costs():
            self.add_error(COST_BOXES[CostKind.CORE], NO_COST)
        for rows in self.formsets.values():
            for said in rows.non_form_errors():
                self.add_error(None, said)
        return typed

    # The cost

    def cost_fields(self) -> list[forms.BoundField]:
        """A box for each part of the cost."""
        return [self[box] for box in COST_BOXES.values()]

    def costs(self) -> dict[str, Decimal]:
        """The parts with valid amounts, in £ a year by kind."""
        read = {kind: self._read(box) for kind, box in COST_BOXES.items()}
        return {kind: amount for kind, amount in read.items() if amount is not None}

    def total(self) -> Decimal | None:
        """The total of the parts in £ a year, without transport; None if there are none."""
        counted = [amount for kind, amount in self.costs().items() if kind not in NOT_IN_THE_COST]
        return sum(counted, Decimal(0)) if counted else None

    def _read(self, box: str) -> Decimal | None:
        value = self[box].value()
        if isinstance(value, Decimal):
            return value
        try:
            return self.fields[box].clean(value)
        except forms.ValidationError:
            return None

    # The request

    def request(self) -> Request:
        """The request entered in a valid form."""
        asked = {name: self.cleaned_data[name] for name in ASKED}
        return Request(
            **asked,
            costs=self.costs(),
            documents={row["reference"]: row["title"] for row in self.formsets["documents"].filled()},
            consultations={
                row["school"]: row["answer"] or SchoolAnswer.AWAITING
                for row in self.formsets["consultations"].filled()
            },
        )


def _typed_in(form: type[forms.Form], typed: QueryDict, prefix: str = "") -> dict[str, Any]:
    """The contents of each of a form's boxes, as its widget reads them."""
    return {
        name: field.widget.value_from_datadict(typed, {}, f"{prefix}{name}")
        for name, field in form.base_fields.items()
    }


def _typed_rows(name: str, typed: QueryDict) -> list[dict[str, Any]]:
    count = typed.get(f"{name}-TOTAL_FORMS", "")
    number = min(int(count), MOST_ROWS) if count.isascii() and count.isdecimal() and len(count) < 5 else 0
    return [_typed_in(ROWS[name].form, typed, f"{name}-{row}-") for row in range(number)]
