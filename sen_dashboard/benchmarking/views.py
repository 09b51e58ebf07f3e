"""The pages and files of the benchmarks. A view reads the address, asks for the comparison and hands it on."""

import dataclasses
from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from sen_dashboard.benchmarking import page
from sen_dashboard.benchmarking.comparison import Row, find_council
from sen_dashboard.benchmarking.measures import BY_SLUG, Benchmark
from sen_dashboard.core.scope import ScopeError
from sen_dashboard.downloads import as_file, fields_of, to_csv

BAD_REQUEST = HTTPStatus.BAD_REQUEST


@require_safe
def benchmarks(request: HttpRequest) -> HttpResponse:
    """What can be compared, and for which years."""
    return render(request, "benchmarks.html", page.index(find_council(settings.COUNCIL_CODE)))


@require_safe
def benchmark(request: HttpRequest, slug: str) -> HttpResponse:
    """The council against its statistical neighbours, its region and England."""
    asked_for = _find(slug)
    council = find_council(settings.COUNCIL_CODE)
    if council is None:
        return render(request, "benchmark.html", page.without_council(asked_for))
    question = page.question(asked_for, council, request.GET)
    try:
        comparison = question.answer()
    except ScopeError as error:
        return render(request, "benchmark.html", page.refused(question, error.errors), status=BAD_REQUEST)
    if comparison is None:
        return render(request, "benchmark.html", page.unanswered(question))
    answered = page.answered(question, comparison)
    RequestConfig(request, paginate=False).configure(answered["table"])
    return render(request, "benchmark.html", answered)


@require_safe
def benchmark_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The rows of a comparison as a file; for a question that is wrong, what is wrong as plain text."""
    asked_for = _find(slug)
    council = find_council(settings.COUNCIL_CODE)
    if council is None:
        raise Http404("No council is held to be compared.")
    try:
        comparison = page.question(asked_for, council, request.GET).answer()
    except ScopeError as error:
        return HttpResponse(str(error), content_type="text/plain; charset=utf-8", status=BAD_REQUEST)
    if comparison is None:
        raise Http404("The council has no figure of this measure.")
    name = f"{slug}-{comparison.measure.slug}-{comparison.period}.csv"
    names = [field.name for field in dataclasses.fields(Row)]
    return as_file(HttpResponse(to_csv(fields_of(names, comparison.rows))), name)


def _find(slug: str) -> Benchmark:
    if slug not in BY_SLUG:
        raise Http404(f"There is no benchmark {slug}.")
    return BY_SLUG[slug]
