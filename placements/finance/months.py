"""The pages of the ledger's months: which are closed, what each said, closing them, and reopening them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe
from django.views.generic import FormView

from placements import closing
from placements.budget_lines import LINE_CHOICES
from placements.closing import LedgerMonth
from placements.finance import reconciliation
from placements.finance.forms import ReopenForm
from placements.finance.tables import MonthTable
from placements.models import LedgerPosting, ReopenedMonth
from placements.querysets import INMSS_LINE
from sen_dashboard.accounts.permissions import Permission, may, needs
from sen_dashboard.accounts.requests import SignedInRequest
from sen_dashboard.clock.day import working_day
from sen_dashboard.core import formats
from sen_dashboard.core.kpi.definition import Kpi, ask
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import FinancialYear, Month
from sen_dashboard.core.web.editing import EditPage

HERE = "Finance"
NAMES = dict(LINE_CHOICES)


@needs(Permission.READ_FINANCE)
@require_safe
def months(request: HttpRequest, year: FinancialYear | None = None) -> HttpResponse:
    """The months of a financial year; of the latest in the ledger if no year is given."""
    years = closing.years_held()
    shown = year or (years[-1] if years else None)
    page = {
        "here": HERE,
        "years": years,
        "year": shown,
        "caption": f"Months of {shown}",
        "table": _table(request, shown) if shown else None,
    }
    return render(request, "finance/months.html", page)


def _table(request: HttpRequest, year: FinancialYear) -> MonthTable:
    """The year's months; for people who may close, the latest that is over links to closing all months up to it."""
    found = closing.months_of(year)
    over = [month.month for month in found if month.close is None and _end(month.month) < working_day()]
    to_close = over[-1] if over and may(request.user, Permission.CLOSE_MONTH) else None
    return MonthTable(found, to_close=to_close)


def _end(month: date) -> date:
    return Month.containing(month).end


@needs(Permission.READ_FINANCE)
@require_safe
def month(request: HttpRequest, month: Month) -> HttpResponse:
    """A month: what today's records say of it, what they said when it was closed, and when it was reopened."""
    (found,) = closing.ledger_months([month])
    page = {
        "here": HERE,
        "month": found,
        "lines": list(compared(found)),
        "reopened": ReopenedMonth.objects.filter(month=month.start)
        .select_related("closed_by", "reopened_by")
        .order_by("-reopened_at"),
        "year": FinancialYear.containing(month.start),
        "is_to_close": not closing.why_not(month, working_day()),
    }
    return render(request, "finance/month.html", page)


@dataclass(frozen=True)
class Compared:
    """A figure of a month: today, when it was closed (empty while open), and whether the two differ."""

    name: str
    now: str
    then: str
    differs: bool


def compared(month: LedgerMonth) -> Iterator[Compared]:
    """The month's figures by line, for commitments and for children."""
    now, then = month.now, month.said
    for line in sorted(now.lines.keys() | (then.lines.keys() if then else set())):
        was = _posted(then.lines.get(line)) if then else None
        yield _compared(NAMES.get(line, line), _posted(now.lines.get(line)), was)
    was = _pounds(then.committed) if then else None
    yield _compared(f"Committed on line {INMSS_LINE}", _pounds(now.committed), was)
    was = formats.count(then.children) if then else None
    yield _compared("Children in INMSS at its end", formats.count(now.children), was)


def _compared(name: str, now: str, then: str | None) -> Compared:
    return Compared(name, now, then or "", then is not None and now != then)


def _posted(posted: closing.Posted | None) -> str:
    if posted is None:
        return "nothing posted"
    return f"{formats.pounds_exact(posted.total)} in {formats.plural(posted.postings, 'posting')}"


def _pounds(amount: Decimal | None) -> str:
    return "nothing" if amount is None else formats.pounds_exact(amount)


@dataclass(frozen=True)
class ToClose:
    """A month about to be closed, on a budget line: what is posted, and the KPI's figure for it."""

    month: str
    line: str
    postings: int
    posted: Decimal
    kpi: Decimal | None
    committed: Decimal | None

    @property
    def agrees(self) -> bool:
        """Whether the ledger and the KPI agree."""
        return self.posted == (self.kpi or 0)


class _OfAMonth(EditPage, FormView):
    """The common part of the forms about a month. ``title`` is its heading, with a place for the month."""

    parent = "Months"
    title: str
    request: SignedInRequest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Read the month in the address."""
        super().setup(request, *args, **kwargs)
        self.month: Month = kwargs["month"]
        self.name = formats.month_in_words(self.month.start)
        self.heading = self.title.format(self.name)

    def get_success_url(self) -> str:
        return reverse("months_of_year", args=[FinancialYear.containing(self.month.start)])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"here": HERE, "name": self.name}


@method_decorator(needs(Permission.CLOSE_MONTH), name="dispatch")
class CloseMonths(_OfAMonth):
    """Asks for confirmation: shows each month's totals by line beside the KPI's, and whatever still looks wrong.

    ``outturn`` is the KPI of outturn against budget and forecast, passed in by the URL configuration.
    """

    template_name = "finance/month_close.html"
    title = "Close all to {}"
    form_class = forms.Form
    button = "Close the months"
    outturn: Kpi[Any, Any] = None  # type: ignore[assignment]

    def carry_out(self, form: forms.Form) -> str:
        closed = closing.close_months(
            by=self.request.user, to=self.month, today=working_day(), seen=self.request.POST.get("seen", "")
        )
        return f"Closed: {_listed([Month.containing(each.month) for each in closed])}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the months, or why they cannot be closed."""
        page = super().get_context_data(**kwargs)
        why_not = closing.why_not(self.month, working_day())
        if why_not:
            return page | {"why_not": why_not}
        months = closing.to_close(self.month)
        said = closing.ledger_months(months[0].to(self.month))
        open_months = [each for each in said if each.close is None]
        lines = list(self._lines(open_months))
        return page | {
            "months": months,
            "seen": closing.digest_of({Month.containing(each.month): each.now for each in open_months}),
            "listed": _listed(months),
            "button": "Close the month" if len(months) == 1 else self.button,
            "lines": lines,
            "disagree": [line for line in lines if not line.agrees],
            "wrong": list(looks_wrong(months)),
        }

    def _lines(self, months: Sequence[LedgerMonth]) -> Iterator[ToClose]:
        kpi = self._of_the_kpi(months)
        for month in months:
            if not month.now.lines:
                yield ToClose(str(month), "nothing posted", 0, Decimal(0), None, month.committed)
            for line, posted in month.now.lines.items():
                yield ToClose(
                    str(month),
                    NAMES.get(line, line),
                    posted.postings,
                    posted.total,
                    kpi.get((line, str(Month.containing(month.month)))),
                    month.committed if line == INMSS_LINE else None,
                )

    def _of_the_kpi(self, months: Sequence[LedgerMonth]) -> dict[tuple[str, str], Decimal | None]:
        """What is posted according to the KPI, by line and month."""
        lines = {line for month in months for line in month.now.lines}
        years = {FinancialYear.containing(month.month) for month in months}
        return {
            (line, row.month): row.actual
            for line in lines
            for year in years
            for row in ask(self.outturn, Scope(min(year.end, self.month.end), {"line": line})).rows
        }


def looks_wrong(months: Sequence[Month]) -> Iterator[tuple[str, str]]:
    """What to check before months are closed: a sentence, and a link. ``months`` are in order.

    The findings are those of each of their financial years.
    """
    for year, last in {FinancialYear.containing(month.start): month for month in months}.items():
        still = [finding for finding in reconciliation.findings(last.end) if finding.is_open]
        if still:
            are = "is" if len(still) == 1 else "are"
            findings = formats.plural(len(still), "finding")
            pounds = formats.pounds(reconciliation.open_pounds(still))
            found = f"{findings} of the reconciliation of {year}, {pounds}, {are} open"
            yield found, f"{reverse('reconciliation')}?as_at={last.end}&status=OPEN"
    unmatched = LedgerPosting.objects.without_school(INMSS_LINE, months[0].start, months[-1].start)
    if unmatched["postings"]:
        number = unmatched["postings"]
        found = f"{formats.plural(number, 'posting')} of {formats.pounds(unmatched['amount'])}"
        match = "matches" if number == 1 else "match"
        yield f"{found} on line {INMSS_LINE} {match} no school", reverse("ledger_suppliers")


def _listed(months: Sequence[Month]) -> str:
    """ "March 2019"; "April 2018 to March 2019 (12 months)"."""
    first, last = (formats.month_in_words(month.start) for month in (months[0], months[-1]))
    return first if len(months) == 1 else f"{first} to {last} ({formats.plural(len(months), 'month')})"


@method_decorator(needs(Permission.REOPEN_MONTH), name="dispatch")
class ReopenMonth(_OfAMonth):
    """Asks for the reason."""

    template_name = "finance/month_reopen.html"
    title = "Open {} again"
    form_class = ReopenForm
    button = "Open the month again"

    def carry_out(self, form: forms.Form) -> str:
        closing.reopen_month(by=self.request.user, month=self.month, **form.cleaned_data)
        return f"Open again: {self.name}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add why the month cannot be reopened, if so."""
        (found,) = closing.ledger_months([self.month])
        why_not = "" if found.close else f"{self.name} is open already."
        return super().get_context_data(**kwargs) | {"why_not": why_not}


@require_safe
def moved(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Redirect from the pages' former addresses."""
    return HttpResponseRedirect(f"{reverse('months')}{rest}")
