"""The ledger's pages: postings, suppliers without a school, loading files, and remembered mappings."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.timezone import now
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from django.views.generic import FormView

from placements.finance.ledger import matching, uploads
from placements.finance.ledger.forms import ColumnsForm, FilesForm, MatchForm, MonthsForm, NamesForm
from placements.finance.ledger.mapping import Mapping, mapping_from
from placements.finance.ledger.suppliers import Matching, Supplier
from placements.finance.ledger.tables import (
    LedgerFilters,
    LedgerTable,
    MappingTable,
    MatchTable,
    UnmatchedTable,
)
from placements.finance.ledger.work import CHECK, LOAD
from placements.models import ClosedMonth, LedgerMapping, LedgerPosting, LedgerUpload
from sen_dashboard.accounts.permissions import Permission, may, needs
from sen_dashboard.accounts.requests import SignedInRequest, person
from sen_dashboard.clock.day import working_day
from sen_dashboard.core import formats
from sen_dashboard.core.periods import Month
from sen_dashboard.core.web.editing import EditPage
from sen_dashboard.core.web.list_filters import choices_made, wrong_filters
from sen_dashboard.core.web.tables import in_order, in_pages
from sen_dashboard.exports.downloads import Download, answer, of_table, refusal
from sen_dashboard.jobs import queue
from sen_dashboard.jobs.models import Job

SAMPLE = 5
"""How many rows are shown beside the columns."""
NAMED = "ledger-mapping"
"""The session key of the remembered mapping that was chosen with the files."""
BAD_REQUEST = 400

# ---------------------------------------------------------------- postings


def _postings(request: HttpRequest) -> LedgerFilters:
    return LedgerFilters(
        request.GET, LedgerPosting.objects.select_related("school").order_by("-month", "-pk")
    )


@needs(Permission.READ_FINANCE)
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """All postings, the latest month first."""
    filters = _postings(request)
    page: dict[str, Any] = {"filters": filters, "here": "Finance"}
    if not filters.is_valid():
        return render(
            request, "finance/ledger.html", page | {"errors": wrong_filters(filters)}, status=BAD_REQUEST
        )
    table = LedgerTable(filters.qs)
    in_pages(table, request)
    total = filters.qs.aggregate(total=Sum("amount"))["total"]
    caption = formats.plural(table.paginator.count, "posting")
    page |= {
        "table": table,
        "caption": caption,
        "filtered": choices_made(filters),
        "is_filtered": any(filters.form.cleaned_data.values()),
        "sum": None if total is None else formats.pounds_exact(total),
    }
    return render(request, "finance/ledger.html", page)


@needs(Permission.READ_FINANCE)
@require_GET
def ledger_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The same list as a file, with the same filters; errors as plain text."""
    filters = _postings(request)
    if not filters.is_valid():
        return refusal(wrong_filters(filters).values())
    table = in_order(LedgerTable(filters.qs), request)
    return answer(
        request, form, of_table(table, what="Postings", name="postings", filters=choices_made(filters))
    )


# ---------------------------------------------------------------- suppliers without a school


@needs(Permission.READ_FINANCE)
@require_safe
def suppliers(request: HttpRequest) -> HttpResponse:
    """The suppliers not matched with a school, and the matches that people made."""
    found = matching.unmatched()
    may_match = may(request.user, Permission.POST_LEDGER)
    table = UnmatchedTable(found, may_match=may_match)
    in_pages(table, request)
    said = MatchTable(matching.said(), order_by="-matched_at", exclude=() if may_match else ("change",))
    total = formats.pounds_exact(sum((one.total for one in found), Decimal(0)))
    page = {
        "table": table,
        "caption": formats.plural(len(found), "supplier"),
        "sentence": _unmatched_sentence(len(found), sum(one.postings for one in found), total),
        "said": in_order(said, request),
        "here": "Finance",
    }
    return render(request, "finance/suppliers.html", page)


def _unmatched_sentence(number: int, postings: int, total: str) -> str:
    if not number:
        return "Every supplier is matched with a school."
    are = formats.plural(number, "supplier is", "suppliers are")
    of_them = formats.plural(postings, "posting")
    return f"{are} not matched with a school: {of_them}, {total}. They count in the outturn."


@needs(Permission.READ_FINANCE)
@require_GET
def suppliers_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The unmatched suppliers as a file."""
    found = matching.unmatched()
    names = ("supplier", "supplier_id", "source", "postings", "total", "first", "last")
    rows = (
        (
            *(one.name, one.supplier.supplier_id, one.source, one.postings, one.total),
            *(str(Month.containing(month)) for month in (one.first, one.last)),
        )
        for one in found
    )
    download = Download(
        "Unmatched suppliers", "suppliers", len(found), iter([names, *rows]), pounds={"total"}
    )
    return answer(request, form, download)


@method_decorator(needs(Permission.POST_LEDGER), name="dispatch")
class MatchSupplier(EditPage, FormView):  # type: ignore[type-arg]
    """Matching a supplier: schools with similar names are suggested, and a person chooses."""

    template_name = "finance/match.html"
    form_class = MatchForm
    parent = "Suppliers without a school"
    button = "Match"
    request: SignedInRequest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the supplier by one of its postings."""
        super().setup(request, *args, **kwargs)
        posting = LedgerPosting.objects.from_suppliers().filter(pk=kwargs["posting_id"]).first()
        if posting is None:
            raise Http404
        self.source = posting.source
        self.supplier = Supplier(posting.supplier_id, posting.supplier)
        self.heading = f"Which school is {self.supplier.name or self.supplier.supplier_id}?"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Add the schools with similar names."""
        return super().get_form_kwargs() | {"offered": Matching(self.source).offered(self.supplier)}

    def get_success_url(self) -> str:
        return reverse("ledger_suppliers")

    def carry_out(self, form: MatchForm) -> str:
        school = form.cleaned_data["found"]
        number = matching.match(
            by=self.request.user, source=self.source, supplier=self.supplier, school=school, at=now()
        )
        return f"Matched with {school}: {formats.plural(number, 'posting')}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the supplier's postings."""
        postings = matching.postings_of(self.source, self.supplier)
        sums = postings.aggregate(total=Sum("amount"))
        return super().get_context_data(**kwargs) | {
            "supplier": self.supplier,
            "postings": formats.plural(postings.count(), "posting"),
            "sum": formats.pounds_exact(sums["total"]),
        }


# ---------------------------------------------------------------- loading files


@method_decorator(needs(Permission.POST_LEDGER), name="dispatch")
class LoadFiles(EditPage, FormView):  # type: ignore[type-arg]
    """Choosing the files; their columns come next."""

    template_name = "finance/load.html"
    form_class = FilesForm
    heading = "Load a finance system’s files"
    parent = "Ledger"
    button = "Go on"
    creates = True
    request: SignedInRequest

    def get_success_url(self) -> str:
        return reverse("ledger")

    def carry_out(self, form: FilesForm) -> str:
        """Keep the files, and what is remembered of their columns."""
        try:
            self.upload = uploads.take(by=self.request.user, files=form.cleaned_data["exports"], at=now())
        except ValidationError as error:
            raise ValidationError({"exports": error}) from None
        remembered = form.remembered()
        self.request.session[NAMED] = remembered.pk if remembered else None
        return ""

    def next_page(self, said: str) -> HttpResponse:
        """Go on to the columns of the files."""
        return redirect("ledger_columns", self.upload.pk)


def _upload(upload_id: int) -> LedgerUpload:
    return get_object_or_404(LedgerUpload, pk=upload_id)


@method_decorator(needs(Permission.POST_LEDGER), name="dispatch")
class ChooseColumns(EditPage, FormView):  # type: ignore[type-arg]
    """Choosing the columns of the first file, with its first rows shown beside them."""

    template_name = "finance/columns.html"
    form_class = ColumnsForm
    heading = "Which column holds what?"
    parent = "Ledger"
    button = "Check the files"
    request: SignedInRequest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the upload and read the file's header."""
        super().setup(request, *args, **kwargs)
        self.upload = _upload(kwargs["upload_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Go back to the choice of files if these are gone."""
        try:
            self.mapping = self._remembered()
            self.file = uploads.first_file(self.upload, self.mapping)
        except ValidationError as error:
            messages.warning(request, error.messages[0])
            return redirect("ledger_load")
        return super().dispatch(request, *args, **kwargs)

    def _remembered(self) -> Mapping | None:
        if self.upload.mapping:
            return mapping_from(self.upload.mapping)
        chosen = LedgerMapping.objects.filter(pk=self.request.session.get(NAMED) or 0).first()
        return as_mapping(chosen) if chosen else None

    def get_form_kwargs(self) -> dict[str, Any]:
        """Add the columns of the file."""
        return super().get_form_kwargs() | {"header": self.file.header, "mapping": self.mapping}

    def get_success_url(self) -> str:
        return reverse("ledger")

    def form_valid(self, form: forms.BaseForm) -> HttpResponse:
        """Remember the columns, and have the files checked."""
        mapping = form.cleaned_data["mapping"]
        try:
            upload = uploads.choose_columns(
                by=self.request.user, upload=self.upload, mapping=mapping, at=now()
            )
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        return _ask(self.request, upload, CHECK)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the first rows."""
        return super().get_context_data(**kwargs) | {
            "upload": self.upload,
            "sheet": self.file.name,
            "header": [cell.strip() for cell in self.file.header],
            "sample": uploads.sample_of(self.file, SAMPLE),
        }


def _ask(request: HttpRequest, upload: LedgerUpload, kind: str) -> HttpResponse:
    """Queue the work, and show its progress, or that of the same work if it is queued already."""
    subject = {"upload": upload.pk, "revision": str(upload.revision)}
    try:
        job = queue.ask_for(by=person(request), kind=kind, subject=subject, at=now())
    except ValidationError as error:
        same = Job.objects.filter(kind=kind, subject=subject, finished_at=None).first()
        if same is None:  # finished in between
            messages.warning(request, error.messages[0])
            return redirect("ledger_preview", upload.pk)
        job = same
    return redirect("job", job.pk)


@needs(Permission.POST_LEDGER)
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, upload_id: int) -> HttpResponse:
    """What loading the files would do; from there they are checked again, or loaded."""
    upload = _upload(upload_id)
    if not upload.mapping:
        return redirect("ledger_columns", upload.pk)
    found = upload.found
    if request.method == "POST" and not upload.loaded_at:
        try:
            return _go_on(request, upload)
        except ValidationError as error:
            messages.warning(request, error.messages[0])
            return redirect("ledger_preview", upload.pk)
    chosen = {"late_to": f"{upload.late_to:%Y-%m}" if upload.late_to else "", "replace": upload.replace}
    page = {
        "here": "Finance",
        "upload": upload,
        "found": found,
        "mapping": upload.mapping,
        "heading": "What was loaded" if upload.loaded_at else "What loading the files would do",
        "form": MonthsForm(months=_open_months(), initial=chosen),
        "button": f"Load {formats.plural(found['postings'], 'posting')}" if found.get("postings") else "",
    }
    return render(request, "finance/preview.html", page)


def _go_on(request: HttpRequest, upload: LedgerUpload) -> HttpResponse:
    """Load what was previewed, or check the files again with other choices. Raises ValidationError."""
    if "load" in request.POST:
        if request.POST["load"] != str(upload.revision):
            raise ValidationError(uploads.CHANGED)
        return _ask(request, upload, LOAD)
    form = MonthsForm(request.POST, months=_open_months())
    if not form.is_valid():
        raise ValidationError([error for errors in form.errors.values() for error in errors])
    replace = form.cleaned_data["replace"]
    upload = uploads.choose_months(upload=upload, late_to=form.chosen_month, replace=replace)
    return _ask(request, upload, CHECK)


def _open_months() -> list[Month]:
    """The open ones of the last twelve months, latest first."""
    latest = Month.containing(working_day())
    closed = set(ClosedMonth.objects.values_list("month", flat=True))
    return [month for month in (latest.plus(-back) for back in range(12)) if month.start not in closed]


@needs(Permission.POST_LEDGER)
@require_POST
def discard(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Discard files that are not to be loaded."""
    try:
        uploads.give_up(upload=_upload(upload_id))
    except ValidationError as error:
        messages.warning(request, error.messages[0])
    else:
        messages.success(request, "The files were discarded: nothing was loaded.")
    return redirect("ledger")


# ---------------------------------------------------------------- remembered mappings


def as_mapping(kept: LedgerMapping) -> Mapping:
    """The mapping that is remembered for a source."""
    return mapping_from(
        {"source": kept.source, "line": kept.line, "columns": kept.columns, "rows": kept.rows}
    )


@needs(Permission.READ_FINANCE)
@require_safe
def mappings(request: HttpRequest) -> HttpResponse:
    """The remembered mappings by source."""
    hidden = () if may(request.user, Permission.POST_LEDGER) else ("change",)
    table = MappingTable(
        LedgerMapping.objects.select_related("changed_by"), order_by="source", exclude=hidden
    )
    in_pages(table, request)
    caption = formats.plural(table.paginator.count, "source")
    return render(request, "finance/mappings.html", {"table": table, "caption": caption, "here": "Finance"})


@method_decorator(needs(Permission.POST_LEDGER), name="dispatch")
class ChangeMapping(EditPage, FormView):  # type: ignore[type-arg]
    """Changing the names of a source's columns, without a file."""

    form_class = NamesForm
    parent = "Columns of finance systems"
    request: SignedInRequest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the mapping."""
        super().setup(request, *args, **kwargs)
        self.kept = get_object_or_404(LedgerMapping, pk=kwargs["mapping_id"])
        self.heading = f"Columns of {self.kept}"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Add the remembered mapping."""
        return super().get_form_kwargs() | {"mapping": as_mapping(self.kept)}

    def get_success_url(self) -> str:
        return reverse("mappings")

    def carry_out(self, form: NamesForm) -> str:
        uploads.remember(by=self.request.user, mapping=form.cleaned_data["mapping"], at=now())
        return f"Changed: {self.kept}"
