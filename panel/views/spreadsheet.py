"""A meeting's decisions from a spreadsheet: the template, the file or rows given, the preview, and saving.

No file is kept: the preview passes the rows on as text, which is read again on saving.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_GET, require_http_methods

from panel.meetings.agenda import slots_of, title_of
from panel.meetings.tables import ResultTable
from panel.models import Panel, PanelMeeting
from panel.services import many_decisions as services
from panel.services.many_decisions import ChangedSinceError, Result
from panel.spreadsheet import template as sheet_template
from panel.spreadsheet.forms import SpreadsheetForm
from panel.views.meetings import found_meeting
from sen_dashboard.accounts.kept import shows_kept
from sen_dashboard.accounts.models import Export
from sen_dashboard.accounts.permissions import Permission, needs
from sen_dashboard.accounts.requests import person
from sen_dashboard.accounts.services import note_export
from sen_dashboard.core import formats
from sen_dashboard.core.web.forms import problems
from sen_dashboard.core.web.kept import kept_input
from sen_dashboard.exports.downloads import as_file, to_csv

LISTED = 10
"""How many rows the summary gives errors for; the table gives them for all."""


@shows_kept
@needs(Permission.EDIT_PANEL)
@require_http_methods(["GET", "HEAD", "POST"])
def spreadsheet(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The form, the preview of what the rows would do and, from there, saving them."""
    meeting = found_meeting(meeting_id)
    kept = kept_input(request)
    if kept:
        return _page(request, meeting, SpreadsheetForm(kept.typed, panel=Panel(meeting.panel)))
    typed = (request.POST, request.FILES) if request.method == "POST" else ()
    form = SpreadsheetForm(*typed, panel=Panel(meeting.panel))
    if not form.is_valid():
        return _page(request, meeting, form)
    if "save" in request.POST:
        return _save(request, meeting, form)
    given: list[services.Row] = form.cleaned_data["sheet"]
    results = services.rehearse(by=person(request), meeting=meeting, rows=given, at=now())
    return _page(request, meeting, form, results)


@needs(Permission.EDIT_PANEL)
@require_GET
def template_xlsx(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The undecided cases to fill in, with an explanation of the columns."""
    meeting = found_meeting(meeting_id)
    name = sheet_template.file_name(meeting, "xlsx")
    content = sheet_template.workbook(meeting)
    _note(request, meeting, Export.Form.XLSX)
    return HttpResponse(
        content,
        content_type=sheet_template.XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@needs(Permission.EDIT_PANEL)
@require_GET
def template_csv(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The same cases as CSV."""
    meeting = found_meeting(meeting_id)
    answer = HttpResponse(to_csv(sheet_template.rows(meeting)))
    _note(request, meeting, Export.Form.CSV)
    return as_file(answer, sheet_template.file_name(meeting, "csv"))


def _note(request: HttpRequest, meeting: PanelMeeting, form: Export.Form) -> None:
    """Note that the undecided cases were exported."""
    undecided = sum(slot.decision is None for slot in slots_of(meeting))
    what = f"Undecided cases of the {title_of(meeting)}"
    note_export(by=person(request), what=what, form=form, rows=undecided)


def _save(request: HttpRequest, meeting: PanelMeeting, form: SpreadsheetForm) -> HttpResponse:
    """Save all rows, or show the preview again with the reason."""
    cleaned = form.cleaned_data
    given: dict[str, Any] = {"by": person(request), "meeting": meeting, "rows": cleaned["sheet"], "at": now()}
    try:
        saved = services.record(**given, seen=cleaned["seen"], confirmed=cleaned["confirmed"])
    except ChangedSinceError as error:
        return _page(request, meeting, form, error.results, refused=error.messages[0])
    except ValidationError as error:
        form.add_error("confirmed", error)
        return _page(request, meeting, form, services.rehearse(**given))
    messages.success(request, f"Saved: {formats.plural(len(saved), 'decision')}")
    return redirect("meeting", meeting.pk)


def _page(
    request: HttpRequest,
    meeting: PanelMeeting,
    form: SpreadsheetForm,
    results: Sequence[Result] = (),
    *,
    refused: str = "",
) -> HttpResponse:
    page = {
        "meeting": meeting,
        "meeting_title": title_of(meeting),
        "heading": "Check the decisions" if results else "Decisions from a spreadsheet",
        "form": form,
        "kept": kept_input(request),
        "errors": ({"main": refused} if refused else {}) | problems(form) | _wrong(results),
        **(_preview(form, results) if results else {}),
    }
    return render(request, "panel/spreadsheet.html", page)


def _preview(form: SpreadsheetForm, results: Sequence[Result]) -> dict[str, Any]:
    wrong = sum(bool(result.wrong) for result in results)
    return {
        "table": ResultTable(results, form.hidden_rows),
        "read_from": form.cleaned_data["read_from"],
        "hidden": form.cleaned_data["hidden"],
        "caption": formats.plural(len(results), "row"),
        "summary": f"{_origin(form, results)}{_summary(len(results), wrong)}",
        "ready": not wrong,
        "unlikely": any(result.unlikely for result in results),
        "fingerprint": services.fingerprint(results),
        "save": "Save the decision" if len(results) == 1 else f"Save all {len(results)} decisions",
    }


def _origin(form: SpreadsheetForm, results: Sequence[Result]) -> str:
    """ "Sheet “Decisions”, of which 2 rows are hidden or filtered out. ", for a workbook."""
    name = form.cleaned_data["read_from"]
    hidden = sum(result.number in form.hidden_rows for result in results)
    are = "row is" if hidden == 1 else "rows are"
    some = f", of which {formats.count(hidden)} {are} hidden or filtered out" if hidden else ""
    return f"Sheet “{name}”{some}. " if name else ""


def _summary(rows: int, wrong: int) -> str:
    """ "28 rows are ready, 2 have errors: nothing is saved until all are correct."."""
    ready = rows - wrong
    are_ready = f"{formats.plural(ready, 'row')} {'is' if ready == 1 else 'are'} ready"
    if not wrong:
        return f"{are_ready}: nothing is saved yet."
    have = "has" if wrong == 1 else "have"
    return f"{are_ready}, {wrong} {have} errors: nothing is saved until all are correct."


def _wrong(results: Sequence[Result]) -> dict[str, str]:
    """The errors, by the id of their row; only the first rows if there are many."""
    wrong = [result for result in results if result.wrong]
    listed = {f"row-{result.number}": f"Row {result.number}: {result.wrong[0]}" for result in wrong[:LISTED]}
    more = len(wrong) - LISTED
    return listed | (
        {"table": f"{formats.plural(more, 'more row')} {'has' if more == 1 else 'have'} errors."}
        if more > 0
        else {}
    )
