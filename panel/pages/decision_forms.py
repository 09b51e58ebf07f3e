"""The forms for decisions: at a meeting, outside one, and correcting one.

The reasons for a request are shown with the request. The reasons for a decision are asked for afresh, none ticked.
"""

from decimal import Decimal
from typing import Any

from django import forms

from panel.models import (
    REASONS_OF_PANEL,
    CostBasis,
    DecisionRoute,
    Outcome,
    Panel,
    PanelCase,
    PanelDecision,
    Reason,
)
from panel.pages.confirm_form import ConfirmForm
from panel.requested import asked_for, asked_for_a_year
from panel.services.decisions import Decision
from placements.models import CostKind
from sen_dashboard.core.plain_words import plain_words
from sen_dashboard.core.web.forms import DayField, PoundsField, WordsInput

LONGEST = 2000
KEYS = {
    Outcome.AGREED.value: "a",
    Outcome.DECLINED.value: "d",
    Outcome.MORE_INFORMATION.value: "m",
    Outcome.DEFERRED.value: "f",
    Outcome.WITHDRAWN.value: "w",
}
"""The access key of each outcome, pressed with the browser's own modifier."""
SMALL_RADIOS = {"class": "govuk-radios--small"}
SMALL_BOXES = {"class": "govuk-checkboxes--small"}
ONLY_AGREED = (
    "value",
    "value_basis",
    "unlikely",
    "starts_on",
    "conditions",
    "review_on",
    "reasons",
    *CostKind.values,
)
ONLY_ASKED = ("information_needed", "due_on")
"""The fields that only an agreement, and only a request for more information, uses."""


def words(label: str, *, rows: int = 2, most: int = LONGEST, help_text: str = "") -> forms.CharField:
    """A field for text in plain words."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=most,
        widget=WordsInput(attrs={"rows": rows}),
        validators=[plain_words],
        error_messages={"max_length": f"Use at most {most:,} characters: these are %(show_value)d."},
    )


class DecisionForm(ConfirmForm):
    """What was decided on a case, filled in with what was asked for. The service checks what each outcome needs."""

    outcome = forms.ChoiceField(
        label="Decision",
        choices=[(code, Outcome(code).label) for code in KEYS],
        widget=forms.RadioSelect(attrs={"accesskeys": KEYS} | SMALL_RADIOS),
        error_messages={"required": "Choose what was decided."},
    )
    value = PoundsField(label="Value", required=False)
    value_basis = forms.ChoiceField(
        label="The value covers",
        choices=CostBasis.choices,
        required=False,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small govuk-radios--inline"}),
    )
    starts_on = DayField(label="From", required=False)
    conditions = words("Conditions")
    review_on = DayField(label="Review on", required=False)
    information_needed = words("What is needed")
    due_on = DayField(label="By", required=False)
    reasons = forms.MultipleChoiceField(
        label="Why it was decided", required=False, widget=forms.CheckboxSelectMultiple(attrs=SMALL_BOXES)
    )
    note = words("Rationale")

    def __init__(
        self, *args: Any, case: PanelCase, decision: PanelDecision | None = None, **options: Any
    ) -> None:
        self.asked = asked_for(case)
        options["initial"] = _of(decision) if decision else _as_asked(case)
        super().__init__(*args, **options)
        agreed = {cost.kind: cost.annual_amount for cost in decision.agreed_costs.all()} if decision else {}
        parts = agreed or asked_for_a_year(case)
        for kind in CostKind:
            self.fields[kind.value] = PoundsField(
                label=kind.label, required=False, initial=parts.get(kind.value)
            )
        self._reasons().choices = [(reason.value, reason.label) for reason in _reasons_of(case)]
        self.fields["starts_on"].help_text = (
            "The date the placement is expected to start"
            if case.panel == Panel.INDEPENDENT
            else "The date from which the placement costs more"
        )

    def _reasons(self) -> Any:
        return self.fields["reasons"]

    def clean(self) -> dict[str, Any]:
        """Clear the fields that the outcome does not use: they are hidden, so may neither be wrong nor be saved."""
        cleaned = super().clean() or self.cleaned_data
        for name in self.without_use(cleaned.get("outcome")):
            self.errors.pop(name, None)
            cleaned[name] = self.fields[name].clean("")
        return cleaned

    def without_use(self, outcome: str | None) -> tuple[str, ...]:
        """The fields that are hidden for an outcome."""
        agreed = () if outcome == Outcome.AGREED else ONLY_AGREED
        return agreed if outcome == Outcome.MORE_INFORMATION else (*agreed, *ONLY_ASKED)

    @property
    def costs(self) -> list[Any]:
        """The boxes for the parts that were asked for."""
        return [self[kind] for kind in CostKind.values if kind in self.asked or self[kind].errors]

    @property
    def other_costs(self) -> list[Any]:
        """The boxes for parts that were not asked for."""
        shown = {box.name for box in self.costs}
        return [self[kind] for kind in CostKind.values if kind not in shown]

    @property
    def first(self) -> list[Any]:
        """The fields that come before the outcome."""
        return []

    @property
    def when_asked(self) -> list[Any]:
        """The fields for a request for more information only."""
        return [self["information_needed"], self["due_on"]]

    @property
    def decided(self) -> Decision:
        """The decision, from a form without errors of its own."""
        cleaned = dict(self.cleaned_data)
        costs = {kind: cleaned.pop(kind) for kind in CostKind.values}
        return Decision(
            **{name: cleaned[name] for name in Decision.__dataclass_fields__ if name in cleaned},
            costs={kind: amount for kind, amount in costs.items() if amount},
        )


class RatifyForm(DecisionForm):
    """An agreement made outside a meeting."""

    route = forms.ChoiceField(
        label="Route",
        choices=[(r.value, r.label) for r in DecisionRoute if r is not DecisionRoute.PANEL],
        widget=forms.RadioSelect(attrs=SMALL_RADIOS),
        error_messages={"required": "Choose the route."},
    )
    decided_on = DayField(
        label="Decided on", error_messages={"required": "Enter the date it was ordered, conceded or decided."}
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["outcome"].required = False
        self.fields["outcome"].widget = forms.HiddenInput()

    @property
    def first(self) -> list[Any]:
        """The fields for how and when it was decided."""
        return [self["route"], self["decided_on"]]

    def clean_outcome(self) -> str:
        """Refuse any outcome but an agreement, which is all that is recorded outside a meeting."""
        return str(Outcome.AGREED.value)


class CorrectionForm(DecisionForm):
    """The right decision, and why the entry is wrong."""

    reason = words("What was wrong with the entry", most=500)
    nothing = forms.BooleanField(
        label="Nothing had been decided: cancel the entry",
        required=False,
        help_text="The case then goes back to its previous status. Anything entered below is ignored.",
        widget=forms.CheckboxInput(attrs=SMALL_BOXES),
    )

    def without_use(self, outcome: str | None) -> tuple[str, ...]:
        """Every field but the reason, if nothing had been decided."""
        if not self.cleaned_data.get("nothing"):
            return super().without_use(outcome)
        self.errors.pop("outcome", None)
        self.errors.pop("note", None)
        return (*ONLY_AGREED, *ONLY_ASKED)

    @property
    def first(self) -> list[Any]:
        """The field for why the entry is wrong."""
        return [self["reason"], self["nothing"]]


def _reasons_of(case: PanelCase) -> tuple[Reason, ...]:
    return REASONS_OF_PANEL[Panel(case.panel)]


def _as_asked(case: PanelCase) -> dict[str, Any]:
    return {
        "value": case.annual_cost,
        "value_basis": case.cost_basis or CostBasis.ANNUAL,
    }


def _of(decision: PanelDecision) -> dict[str, Any]:
    initial: dict[str, Any] = {
        name: getattr(decision, name) for name in Decision.__dataclass_fields__ if name != "costs"
    }
    worth: Decimal = decision.case.annual_cost if decision.value is None else decision.value
    return initial | {"value": worth, "value_basis": decision.value_basis or CostBasis.ANNUAL}
