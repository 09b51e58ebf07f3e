"""The terms in which schools bill, entered by Finance; fees that accrue by terms are spread over them."""

from calendar import month_name
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic import FormView

from placements.models import BillingTerm
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand, needs
from sen_dashboard.accounts.requests import SignedInRequest
from sen_dashboard.core.models.saving import save_with
from sen_dashboard.core.web.editing import EditPage

MOST = 6
MONTHS = [(str(number), month_name[number]) for number in range(1, 13)]
LONGEST = BillingTerm._meta.get_field("name").max_length
CHANGED = "Someone changed the billing terms while you had them open. Your changes are not saved yet: look at theirs."

Terms = Mapping[int, str]
"""The name of each term, by the number of the month in which it begins."""


def billing_terms() -> dict[int, str]:
    """The current terms, in the order of the academic year."""
    terms = dict(BillingTerm.objects.values_list("first_month", "name"))
    return {month: terms[month] for month in sorted(terms, key=lambda month: (month - 9) % 12)}


@transaction.atomic
def set_billing_terms(*, by: User, terms: Terms, seen: Terms) -> None:
    """Set the council's billing terms, for the past as well as the future.

    ``seen`` are the terms that the person was shown. Raises PermissionDenied, and ValidationError if there are no terms
    or somebody has changed them since.
    """
    demand(by, Permission.EDIT_COSTS)
    held = {term.first_month: term for term in BillingTerm.objects.select_for_update()}
    if {month: term.name for month, term in held.items()} != dict(seen):
        raise ValidationError(CHANGED)
    if not terms:
        raise ValidationError({"name_1": "Enter one term at least."})
    for month, term in held.items():
        if month not in terms:
            term.delete()
    for month, name in terms.items():
        term = held.get(month) or BillingTerm(first_month=month)
        if term.name != name:
            save_with(term, {"name": name})


class BillingTermsForm(forms.Form):
    """A row for each term: its name, and the month in which it begins."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for row in range(1, MOST + 1):
            self.fields[f"name_{row}"] = forms.CharField(
                label=f"Term {row}",
                required=False,
                max_length=LONGEST,
                error_messages={"max_length": f"Use at most {LONGEST} characters."},
            )
            self.fields[f"month_{row}"] = forms.ChoiceField(
                label=f"Term {row} begins in", required=False, choices=[("", "–"), *MONTHS]
            )
        self.fields["seen"] = forms.CharField(required=False, widget=forms.HiddenInput)

    @staticmethod
    def of(terms: Terms) -> dict[str, Any]:
        """The form's initial values."""
        rows = enumerate(terms.items(), 1)
        typed = {
            f"{box}_{row}": text
            for row, term in rows
            for box, text in zip(("month", "name"), term, strict=True)
        }
        return typed | {"seen": written(terms)}

    def clean(self) -> dict[str, Any]:
        """Refuse a row that is only partly filled in, and two terms in one month."""
        terms: dict[int, str] = {}
        for row in range(1, MOST + 1):
            name, month = self.cleaned_data.get(f"name_{row}"), self.cleaned_data.get(f"month_{row}")
            if name and not month:
                self.add_error(f"month_{row}", "Choose the month in which it begins.")
            elif month and not name:
                self.add_error(f"name_{row}", "Enter what the term is called.")
            elif name and month and int(month) in terms:
                self.add_error(f"month_{row}", "Another term begins in this month.")
            elif name and month:
                terms[int(month)] = name
        return self.cleaned_data | {"terms": terms}


def written(terms: Terms) -> str:
    """The terms on one line, for comparing them: "1 Spring, 4 Summer, 9 Autumn"."""
    return ", ".join(f"{month} {terms[month]}" for month in sorted(terms))


@method_decorator(needs(Permission.EDIT_COSTS), name="dispatch")
class BillingTerms(EditPage, FormView):
    template_name = "finance/billing_terms.html"
    form_class = BillingTermsForm
    heading = "Billing terms"
    parent = "Finance"
    request: SignedInRequest

    def get_initial(self) -> dict[str, Any]:
        return BillingTermsForm.of(billing_terms())

    def get_success_url(self) -> str:
        return reverse("finance")

    def carry_out(self, form: BillingTermsForm) -> str:
        held = billing_terms()
        seen = held if form.cleaned_data["seen"] == written(held) else {}
        set_billing_terms(by=self.request.user, terms=form.cleaned_data["terms"], seen=seen)
        return "Fees by terms are now billed in " + ", ".join(
            f"{name} from {month_name[month]}" for month, name in billing_terms().items()
        )
