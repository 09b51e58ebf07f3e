"""Finance's home: the month, what moved, what to work through, and what is left before it closes."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe

from placements import closing, scope_form
from placements.as_at import default_of
from placements.finance import home as figures
from placements.finance.tables import FindingTable, SchoolTable
from sen_dashboard.accounts.permissions import Permission, needs
from sen_dashboard.clock.day import working_day
from sen_dashboard.core import formats
from sen_dashboard.core.kpi.addresses import scope_query
from sen_dashboard.core.kpi.scope import Scope, ScopeError, parse_scope
from sen_dashboard.core.periods import FinancialYear, Month
from sen_dashboard.exports.downloads import Download, answer, fields_of, refusal

HERE = "Finance"
OF_A_SCHOOL = (
    *("school_id", "school", "posted", "committed", "difference"),
    *("posted_to_date", "committed_to_date", "difference_to_date"),
)


@needs(Permission.READ_FINANCE)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The month of the day asked for, or of the default day."""
    default = default_of(request)
    try:
        scope = parse_scope(request.GET, (), default_as_at=default.day)
    except ScopeError as error:
        page = scope_form.error_context((), request.GET, default, error.errors)
        return render(request, "finance/home.html", page | {"here": HERE}, status=HTTPStatus.BAD_REQUEST)
    month = Month.containing(scope.as_at)
    query = scope_query(
        Scope(month.end)
    )  # the figures are those of the month's end, and so is what the links lead to
    found, today = figures.home(month), working_day()
    places = figures.Places(
        ledger=reverse("ledger"),
        suppliers=reverse("ledger_suppliers"),
        findings=f"{reverse('reconciliation')}{query}&status=NEW",
        months=reverse("months_of_year", args=[FinancialYear.containing(month.start)]),
    )
    page = scope_form.context((), scope, request.GET, default) | {
        "here": HERE,
        "home": found,
        "name": formats.month_in_words(month.start),
        "month": month,
        "closed": closing.ledger_close(month),
        "may_be_closed": not closing.why_not(month, today),
        "steps": figures.before_it_closes(found, today, places),
        "schools": SchoolTable(found.schools[: figures.LARGEST], scope_query=query),
        "findings": FindingTable(
            found.open[: figures.LARGEST], scope_query=query, orderable=False, exclude=FindingTable.IN_SHORT
        ),
        "query": query,
    }
    return render(request, "finance/home.html", page)


@needs(Permission.READ_FINANCE)
@require_GET
def schools_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """All schools of the month as a file."""
    try:
        scope = parse_scope(request.GET, (), default_as_at=default_of(request).day)
    except ScopeError as error:
        return refusal(error.errors.values())
    month = Month.containing(scope.as_at)
    schools = figures.home(month).schools
    download = Download(
        f"Posted and committed by school, {formats.month_in_words(month.start)}",
        f"finance-schools-{month}",
        len(schools),
        fields_of(OF_A_SCHOOL, schools),
        pounds=OF_A_SCHOOL[2:],
    )
    return answer(request, form, download)
