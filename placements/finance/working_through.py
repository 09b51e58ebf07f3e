"""The pages of the reconciliation: the list of findings that Finance works through, and each with its records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_safe
from django.views.generic import FormView

from placements import scope_form
from placements.as_at import default_of
from placements.finance import noting, reconciliation
from placements.finance.forms import FindingFilters, NoteForm
from placements.finance.reconciliation import Finding
from placements.finance.sides import sides_of
from placements.finance.tables import FindingTable
from placements.models import FindingNote
from sen_dashboard.accounts.permissions import Permission, may, needs
from sen_dashboard.accounts.requests import SignedInRequest
from sen_dashboard.clock.day import working_day
from sen_dashboard.core import formats
from sen_dashboard.core.kpi.addresses import scope_query
from sen_dashboard.core.kpi.scope import Scope, ScopeError, parse_scope
from sen_dashboard.core.web.editing import EditPage
from sen_dashboard.core.web.forms import problems
from sen_dashboard.core.web.tables import in_order, in_pages
from sen_dashboard.exports.downloads import Download, answer, fields_of, refusal

HERE = "Finance"
BAD_REQUEST = HTTPStatus.BAD_REQUEST
COLUMNS = (
    *("key", "kind", "school_id", "school", "month", "mark", "amount", "posted", "committed"),
    *("status", "recovered", "open", "notes", "written_on"),
)


@dataclass(frozen=True)
class Asked:
    """The findings of a scope's financial year to its day, with the filters that were ``typed``."""

    scope: Scope
    filters: FindingFilters

    @cached_property
    def all(self) -> Sequence[Finding]:
        return reconciliation.findings(self.scope.as_at)

    @cached_property
    def shown(self) -> Sequence[Finding]:
        """The findings that pass the filters."""
        chosen = self.filters.cleaned_data
        return [finding for finding in self.all if _is_of(finding, chosen)]

    @property
    def filtered(self) -> tuple[str, ...]:
        """The filters chosen, in words: "Status: New"."""
        form = self.filters
        return tuple(
            f"{form[name].label}: {dict(getattr(form.fields[name], 'choices', ())).get(value, value)}"
            for name, value in form.cleaned_data.items()
            if value
        )

    @property
    def table(self) -> FindingTable:
        return FindingTable(self.shown, scope_query=scope_query(self.scope))


def _is_of(finding: Finding, chosen: Mapping[str, str]) -> bool:
    status, school = chosen["status"], chosen["school"].casefold()
    return (
        chosen["kind"] in ("", finding.kind)
        and (status in ("", finding.status) or (status == "OPEN" and finding.is_open))
        and school in finding.school.casefold()
    )


def _asked(request: HttpRequest) -> Asked:
    """The day and filters asked for. Raises ScopeError if either is invalid."""
    scope = parse_scope(request.GET, (), default_as_at=default_of(request).day)
    filters = FindingFilters(request.GET)
    if not filters.is_valid():
        raise ScopeError({f"id_{name}": str(errors[0]) for name, errors in filters.errors.items()})
    return Asked(scope, filters)


@needs(Permission.READ_FINANCE)
@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    """The findings of the year to the day, largest first."""
    default = default_of(request)
    try:
        asked = _asked(request)
    except ScopeError as error:
        page = scope_form.error_context((), request.GET, default, error.errors)
        page |= {"here": HERE, "filters": FindingFilters(request.GET)}
        return render(request, "finance/findings.html", page, status=BAD_REQUEST)
    table = asked.table
    in_pages(table, request)
    page = scope_form.context((), asked.scope, request.GET, default) | {
        "here": HERE,
        "filters": asked.filters,
        "filtered": asked.filtered,
        "whole": f"{reverse('reconciliation')}{scope_query(asked.scope)}",
        "sentence": _sentence(asked),
        "is_empty": not asked.all,
        "table": table,
        "caption": f"Findings, {formats.day(asked.scope.as_at)}",
    }
    return render(request, "finance/findings.html", page)


def _sentence(asked: Asked) -> str:
    """How many findings are shown, and their total: "14 findings of £36,710, 12 of them open."."""
    shown = asked.shown
    total = formats.pounds(sum((finding.amount or Decimal(0) for finding in shown), Decimal(0)))
    still = sum(finding.is_open for finding in shown)
    return f"{formats.plural(len(shown), 'finding')} of {total}, {formats.count(still)} of them open."


@needs(Permission.READ_FINANCE)
@require_GET
def findings_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The same list as a file, with the same filters and order; errors as plain text."""
    try:
        asked = _asked(request)
    except ScopeError as error:
        return refusal(error.errors.values())
    ordered = [row.record for row in in_order(asked.table, request).rows]
    download = Download(
        f"Findings of the reconciliation, {formats.day(asked.scope.as_at)}",
        f"reconciliation-findings-{asked.scope.as_at.isoformat()}",
        len(ordered),
        fields_of(COLUMNS, ordered),
        asked.filtered,
        ("amount", "posted", "committed", "recovered", "open"),
    )
    return answer(request, form, download)


@needs(Permission.READ_FINANCE)
@require_safe
def finding(request: HttpRequest, key: str) -> HttpResponse:
    """A finding: the records on both sides, its notes and, for Finance, the form for the next note."""
    scope = _day_of(request)
    page = shown(scope, _found(scope, key))
    if may(request.user, Permission.RECONCILE):
        page["form"] = NoteForm()
    return render(request, "finance/finding.html", page)


def _day_of(request: HttpRequest) -> Scope:
    """The day asked for. Raises Http404 if it is invalid."""
    try:
        return parse_scope(request.GET, (), default_as_at=default_of(request).day)
    except ScopeError as error:
        raise Http404(str(error)) from None


def _found(scope: Scope, key: str) -> Finding:
    """The finding with the key in the year to the day. Raises Http404 if there is none."""
    found = reconciliation.find(scope.as_at, key)
    if found is None:
        raise Http404(f"There is no finding {key} on {scope.as_at}.")
    return found


def shown(scope: Scope, found: Finding) -> dict[str, Any]:
    """The context of a finding's page."""
    notes = FindingNote.objects.filter(key=found.key).select_related("written_by").order_by("-number")
    return {
        "here": HERE,
        "finding": found,
        "sides": sides_of(found, scope.as_at),
        "notes": notes,
        "as_at": scope.as_at,
        "scope_query": scope_query(scope),
        "note_address": f"{reverse('finding_note', args=[found.key])}?{urlencode({'as_at': scope.as_at.isoformat()})}",
    }


@method_decorator(needs(Permission.RECONCILE), name="dispatch")
class NoteFinding(EditPage, FormView):
    """The note that Finance writes on a finding's page, which also shows its errors."""

    template_name = "finance/finding.html"
    form_class = NoteForm
    heading, parent = "Note", "Reconciliation"
    creates = True
    request: SignedInRequest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Read the day and the finding's key from the address."""
        super().setup(request, *args, **kwargs)
        self.key: str = kwargs["key"]

    @cached_property
    def scope(self) -> Scope:
        return _day_of(self.request)

    def get_success_url(self) -> str:
        return f"{reverse('finding', args=[self.key])}{scope_query(self.scope)}"

    def carry_out(self, form: NoteForm) -> str:
        found = _found(self.scope, self.key)
        written = noting.note(
            by=self.request.user,
            finding=found,
            seen=self.request.POST.get("seen", ""),
            on=working_day(),
            **form.cleaned_data,
        )
        return f"{written.get_status_display()}: {found.title}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = super().get_context_data(**kwargs)
        return page | shown(self.scope, _found(self.scope, self.key)) | {"errors": problems(page["form"])}
