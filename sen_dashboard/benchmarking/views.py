"""The pages and files of the benchmarks. A view reads the address, asks for the comparison and passes it on."""

from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from sen_dashboard.benchmarking import page
from sen_dashboard.benchmarking.comparison import find_council
from sen_dashboard.benchmarking.measures import BY_SLUG, Benchmark
from sen_dashboard.benchmarking.tables import comparison_table
from sen_dashboard.core.kpi.scope import ScopeError
from sen_dashboard.core.web.tables import in_order
from sen_dashboard.exports.downloads import answer, refusal

BAD_REQUEST = HTTPStatus.BAD_REQUEST


@require_safe
def benchmarks(request: HttpRequest) -> HttpResponse:
    """Show what can be compared, and for which years."""
    return render(request, "benchmarks.html", page.index(find_council(settings.COUNCIL_CODE)))


@require_safe
def benchmark(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the council against its statistical neighbours, its region and England."""
    asked_for = _find(slug)
    council = find_council(settings.COUNCIL_CODE)
    if council is None:
        return render(request, "benchmark.html", page.without_council(asked_for))
    question = page.question(asked_for, council, request.GET)
    try:
        comparison = question.answer()
    except ScopeError as error:
        return render(
            request, "benchmark.html", page.error_context(question, error.errors), status=BAD_REQUEST
        )
    if comparison is None:
        return render(request, "benchmark.html", page.unanswered(question))
    answered = page.context(question, comparison)
    in_order(answered["table"], request)
    return render(request, "benchmark.html", answered)


@require_GET
def benchmark_file(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """Return the rows of a comparison as a file, in the table's order; for an invalid question, the errors."""
    asked_for = _find(slug)
    council = find_council(settings.COUNCIL_CODE)
    if council is None:
        raise Http404("There is no council to compare.")
    try:
        comparison = page.question(asked_for, council, request.GET).answer()
    except ScopeError as error:
        return refusal(error.errors.values())
    if comparison is None:
        raise Http404("The council has no figure for this measure.")
    rows = [row.record for row in in_order(comparison_table(comparison), request).rows]
    return answer(request, form, page.download(comparison, rows))


def _find(slug: str) -> Benchmark:
    if slug not in BY_SLUG:
        raise Http404(f"There is no benchmark {slug}.")
    return BY_SLUG[slug]
