"""The pages of the ledger's months: which are closed, for everybody, and their close by those who may."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe
from django.views.generic import FormView

from placements import closing
from placements.tables import MonthTable
from sen_dashboard.accounts.permissions import Permission, may, needs
from sen_dashboard.accounts.requests import SignedInRequest
from sen_dashboard.clock.day import working_day
from sen_dashboard.core import formats
from sen_dashboard.core.periods import FinancialYear, Month
from sen_dashboard.core.web.editing import EditPage


@require_safe
def months(request: HttpRequest, year: FinancialYear | None = None) -> HttpResponse:
    """The months of a financial year with postings, the latest year's unless one is given."""
    years = closing.posted_years()
    shown = year or (years[-1] if years else None)
    page = {
        "years": years,
        "year": shown,
        "caption": f"Months of {shown} with postings",
        "table": _table(request, shown) if shown else None,
    }
    return render(request, "months.html", page)


def _table(request: HttpRequest, year: FinancialYear) -> MonthTable:
    """The year's months; those who may close one are led from the month whose turn it is to its close."""
    first = closing.next_to_close() if may(request.user, Permission.CLOSE_MONTH) else None
    to_close = first.start if first and first.end < working_day() else None
    return MonthTable(closing.posted_months(year), to_close=to_close)


@method_decorator(needs(Permission.CLOSE_MONTH), name="dispatch")
class CloseMonth(EditPage, FormView):
    """Asks first, saying what it means; a month that cannot be closed says why."""

    template_name = "month_close.html"
    form_class = forms.Form
    parent = "Months"
    button = "Close the month"
    request: SignedInRequest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Read the month of the address."""
        super().setup(request, *args, **kwargs)
        self.month: Month = kwargs["month"]
        self.name = formats.month_in_words(self.month.start)
        self.heading = f"Close {self.name}"

    def get_success_url(self) -> str:
        return reverse("months_of_year", args=[FinancialYear.containing(self.month.start)])

    def carry_out(self, form: forms.Form) -> str:
        closing.close_month(by=self.request.user, month=self.month, today=working_day())
        return f"Closed: {self.name}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With why the month cannot be closed, if so."""
        page = super().get_context_data(**kwargs)
        return page | {"name": self.name, "hindrance": closing.hindrance(self.month, working_day())}
