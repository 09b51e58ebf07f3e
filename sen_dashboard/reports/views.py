"""The pages of reports: the archive, a report, its files, and managers' work on the way to publishing."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET, require_safe
from django.views.generic import FormView

from placements.models import LedgerPosting
from sen_dashboard.accounts.models import Export
from sen_dashboard.accounts.permissions import Permission, may, needs
from sen_dashboard.accounts.requests import SignedInRequest, person
from sen_dashboard.accounts.services import note_export
from sen_dashboard.clock.day import working_day
from sen_dashboard.core import formats
from sen_dashboard.core.disclosure.suppression import Protection
from sen_dashboard.core.periods import Month
from sen_dashboard.core.web.editing import EditPage
from sen_dashboard.core.web.tables import in_order, in_pages
from sen_dashboard.exports.downloads import answer, of_table
from sen_dashboard.jobs.models import Job
from sen_dashboard.reports import jobs, services
from sen_dashboard.reports.collected import Audience
from sen_dashboard.reports.files import FORMATS
from sen_dashboard.reports.forms import CommentForm, EditionForm, MonthForm
from sen_dashboard.reports.keeping_back import described
from sen_dashboard.reports.models import Report, SectionComment
from sen_dashboard.reports.page import page
from sen_dashboard.reports.sections import TITLES
from sen_dashboard.reports.states import Move, check_move
from sen_dashboard.reports.tables import ReportTable
from sen_dashboard.reports.writers import Stamp, WriteError

PUBLIC_FILES_LATER = "Public files are available once published. Until then, read the public report here."


@needs(Permission.READ_REPORTS)
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """The archive: published reports for their readers, and drafts for people who prepare them."""
    words, table = _archive(request)
    in_pages(table, request)
    prepares = may(request.user, Permission.PREPARE_REPORTS)
    context = {
        "here": "Reports",
        "table": table,
        "caption": formats.plural(table.paginator.count, "report"),
        "q": words,
        "jobs": Job.objects.to_look_at(timezone.now()).filter(kind__in=jobs.JobKind) if prepares else (),
    }
    return render(request, "reports/reports.html", context)


@needs(Permission.READ_REPORTS)
@require_GET
def reports_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The same list as a file, with the same search and order."""
    words, table = _archive(request)
    filters = (f"Search: {words}",) if words else ()
    listed = of_table(in_order(table, request), what="Reports", name="reports", filters=filters)
    return answer(request, form, listed)


def _archive(request: HttpRequest) -> tuple[str, ReportTable]:
    """The search words, and the reports found that the reader may see."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = Report.objects.search(words).with_superseded().select_related("approved_by").without_data()
    if not may(request.user, Permission.PREPARE_REPORTS):
        found = found.published()
    return words, ReportTable(found, order_by="-month")


@needs(Permission.READ_REPORTS)
@require_safe
def report(request: HttpRequest, month: Month, version: int, audience: Audience) -> HttpResponse:
    """A report for one of its audiences."""
    found = _readable(request, month, version)
    return render(request, "reports/report.html", page(found, audience, person(request)))


@needs(Permission.READ_REPORTS)
@require_GET
def report_file(
    request: HttpRequest, month: Month, version: int, audience: Audience, suffix: str
) -> HttpResponse:
    """A report as a file, noted as an export; an internal file says who downloaded it.

    A public file leaves the council, so only published reports have one; later reports are checked against them.
    """
    found, reader, form = _readable(request, month, version), person(request), FORMATS[suffix]
    if audience is Audience.PUBLIC and not found.is_published:
        messages.warning(request, PUBLIC_FILES_LATER)
        return redirect("report", month=month, version=version, audience=audience)
    collected = found.collected(audience)
    stamp = Stamp(str(reader), timezone.now()) if audience is Audience.INTERNAL else None
    try:
        file = form.write(collected, stamp)
    except WriteError as error:
        messages.warning(request, str(error))
        return redirect("report", month=month, version=version, audience=audience)
    note_export(
        by=reader, what=f"Report: {found}, {audience}, {collected.status}", form=Export.Form[suffix.upper()]
    )
    download = HttpResponse(file, content_type=form.content_type)
    download["Content-Disposition"] = f'attachment; filename="{collected.name}.{suffix}"'
    return download


def _readable(request: HttpRequest, month: Month, version: int) -> Report:
    """The report. Raises Http404 if there is none that the reader may see: drafts are for people who prepare them."""
    found = Report.objects.select_related("collected_by", "approved_by", "published_by")
    wanted = get_object_or_404(found, month=month.start, version=version)
    if not wanted.is_published and not may(request.user, Permission.PREPARE_REPORTS):
        raise Http404("There is no such published report.")
    return wanted


# Managers' work


@method_decorator(needs(Permission.PREPARE_REPORTS), name="dispatch")
class _Prepare(EditPage, FormView):
    """The common part of the pages for preparing a report. ``move`` is what is done with the report."""

    form_class = forms.Form
    template_name = "reports/move.html"
    parent = "Reports"
    request: SignedInRequest
    move: Move
    explanation = ""

    def get_success_url(self) -> str:
        return reverse("report", args=[self.report.of_month, self.report.version, Audience.INTERNAL])

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Find the report; if the move is not allowed, go back to its page with the reason."""
        wanted = {"month": kwargs["month"].start, "version": kwargs["version"]}
        self.report = get_object_or_404(Report.objects.select_related("collected_by"), **wanted)
        self.parent = str(self.report)
        try:
            check_move(self.report.state, self.move)
        except ValidationError as error:
            messages.warning(request, error.messages[0])
            return redirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "here": "Reports",
            "report": self.report,
            "explanation": self.explanation,
        }


@method_decorator(needs(Permission.PREPARE_REPORTS), name="dispatch")
class BeginReport(EditPage, FormView):
    """Which month to report; the worker collects the figures."""

    form_class = MonthForm
    template_name = "reports/begin.html"
    heading = "Collect a month’s figures"
    parent = "Reports"
    button = "Collect"
    request: SignedInRequest

    def get_initial(self) -> dict[str, Any]:
        return {"month": LedgerPosting.objects.latest_month() or ""}

    def get_success_url(self) -> str:
        return reverse("reports")

    def form_valid(self, form: Any) -> HttpResponse:
        """Queue the job and show its progress."""
        try:
            services.check_can_begin(month=form.cleaned_data["month"], today=working_day())
            asked = jobs.ask_for(
                by=self.request.user,
                kind=jobs.JobKind.COLLECT,
                month=form.cleaned_data["month"],
                at=timezone.now(),
            )
        except ValidationError as error:
            form.add_error("month", error)
            return self.form_invalid(form)
        return redirect("job", job_id=asked.pk)


class _OfWhatWasRead(_Prepare):
    """A move of the edition that the report's page showed."""

    form_class = EditionForm

    def get_initial(self) -> dict[str, Any]:
        return {"edition": self.request.GET.get("edition", "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the public is not shown, and why: this is the last moment to consider it."""
        protection = Protection.read(self.report.protection)
        return super().get_context_data(**kwargs) | described(protection) | {"is_decided": True}


class CollectAgain(_Prepare):
    heading = "Collect the figures again"
    button = "Collect again"
    move = Move.COLLECT
    explanation = (
        "The draft’s figures are replaced by figures from the records as they are now. Managers’ comments are kept. "
        "You will be recorded as having collected it, so someone else must approve it."
    )

    def form_valid(self, form: Any) -> HttpResponse:
        """Queue the job and show its progress."""
        try:
            asked = jobs.ask_for(
                by=self.request.user, kind=jobs.JobKind.COLLECT, month=self.report.of_month, at=timezone.now()
            )
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        return redirect("job", job_id=asked.pk)


class CommentOnSection(_Prepare):
    template_name = "form.html"
    form_class = CommentForm
    heading = "Comment on a section"
    move = Move.COMMENT

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs["section"] not in TITLES:
            raise Http404("There is no such section.")
        self.section = kwargs["section"]
        self.heading = f"Comment on “{TITLES[self.section]}”"
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        written = SectionComment.objects.filter(
            report=self.report, section=self.section, author=self.request.user
        ).first()
        return {"text": written.text, "is_public": written.is_public} if written else {}

    def carry_out(self, form: Any) -> str:
        services.comment(
            by=self.request.user,
            report=self.report,
            section=self.section,
            at=timezone.now(),
            **form.cleaned_data,
        )
        return f"Your comment on “{TITLES[self.section]}” is saved."


class Approve(_OfWhatWasRead):
    heading = "Approve the report"
    button = "Approve"
    move = Move.APPROVE
    explanation = (
        "By approving, you confirm that you have read the figures and comments and that they can be "
        "published. After that nothing can be changed unless the report is returned to draft."
    )

    def carry_out(self, form: Any) -> str:
        edition = form.cleaned_data["edition"]
        services.approve(by=self.request.user, report=self.report, edition=edition, at=timezone.now())
        return "The report is approved."


class ReturnToDraft(_Prepare):
    heading = "Return the report to draft"
    button = "Return to draft"
    move = Move.RETURN
    explanation = "The approval is withdrawn so that the report can be changed."

    def carry_out(self, form: Any) -> str:
        services.return_to_draft(by=self.request.user, report=self.report)
        return "The report is a draft again."


class Publish(_OfWhatWasRead):
    heading = "Publish the report"
    button = "Publish"
    move = Move.PUBLISH
    explanation = (
        "From now on this version does not change, even if records do. Officers can read and download "
        "it. A correction will be another version, with a list of what changed."
    )
    delivery: Job | None = None

    def get_success_url(self) -> str:
        """The page of the job that delivers it, once it is published."""
        if self.delivery is None:
            return super().get_success_url()
        return reverse("job", args=[self.delivery.pk])

    def carry_out(self, form: Any) -> str:
        edition = form.cleaned_data["edition"]
        self.delivery = services.publish(
            by=self.request.user, report=self.report, edition=edition, at=timezone.now()
        )
        return "The report is published."


class Discard(_Prepare):
    heading = "Discard the draft"
    button = "Discard"
    move = Move.DISCARD
    explanation = "The draft and its comments are removed. This cannot be undone."

    def get_success_url(self) -> str:
        return reverse("reports")

    def carry_out(self, form: Any) -> str:
        services.discard(by=self.request.user, report=self.report)
        return "The draft is discarded."
