"""The pages of meetings: the list, a meeting, and the forms for its details and members."""

from datetime import date, time
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET, require_http_methods, require_safe
from django.views.generic import CreateView, UpdateView

from panel.meetings import page as meeting_page
from panel.meetings.agenda import title_of
from panel.meetings.forms import MEMBERS, AddCasesForm, DeferForm, MeetingForm, MembersFormSet
from panel.meetings.tables import MeetingTable
from panel.models import Panel, PanelMeeting
from panel.services import meetings as services
from sen_dashboard.accounts.kept import shows_kept
from sen_dashboard.accounts.permissions import Permission, may, needs
from sen_dashboard.accounts.requests import SignedInRequest, person
from sen_dashboard.clock.day import working_day
from sen_dashboard.core import formats
from sen_dashboard.core.web.changing import SeesOthersChanges
from sen_dashboard.core.web.editing import EditPage
from sen_dashboard.core.web.kept import kept_input
from sen_dashboard.core.web.tables import in_order, in_pages
from sen_dashboard.exports.downloads import answer, of_table

USUAL = {"starts_at": time(9, 30), "slot_minutes": 15, "quorum": 3}
"""Details of a panel's first meeting; a later one starts from the last."""


@require_safe
def meetings(request: HttpRequest) -> HttpResponse:
    """Every meeting, newest first."""
    table = MeetingTable(PanelMeeting.objects.with_numbers(), order_by="-held_on")
    in_pages(table, request)
    page = {
        "table": table,
        "caption": formats.plural(table.paginator.count, "meeting"),
        "panels": Panel,
    }
    return render(request, "panel/meetings.html", page)


@require_GET
def meetings_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The same list as a file, in the same order."""
    table = in_order(MeetingTable(PanelMeeting.objects.with_numbers(), order_by="-held_on"), request)
    return answer(request, form, of_table(table, what="Meetings", name="meetings"))


@require_safe
def meeting(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """A meeting: when and where, who is there, and the agenda. ``?choose=`` ticks all cases of a form."""
    return meeting_answer(request, found_meeting(meeting_id))


def meeting_answer(
    request: HttpRequest,
    meeting: PanelMeeting,
    *,
    adding: AddCasesForm | None = None,
    deferring: DeferForm | None = None,
    refused: str = "",
) -> HttpResponse:
    """The page of a meeting, with a refused or unfinished form, or the error of an action without a form."""
    page = meeting_page.page(
        meeting,
        edits=may(request.user, Permission.EDIT_PANEL),
        today=working_day(),
        choose=request.GET.get("choose", ""),
        adding=adding,
        deferring=deferring,
        refused=refused,
    )
    page["kept"] = kept_input(request)
    page["agenda"].request = request  # its buttons are in forms, which need the request's token
    return render(request, "panel/meeting.html", page)


def found_meeting(meeting_id: int) -> PanelMeeting:
    """The meeting. Raises Http404 if there is none."""
    return get_object_or_404(PanelMeeting, pk=meeting_id)


@method_decorator(needs(Permission.EDIT_PANEL), name="dispatch")
class _EditMeeting(EditPage):
    """The common part of the pages for editing a meeting."""

    model = PanelMeeting
    form_class = MeetingForm
    request: SignedInRequest
    object: PanelMeeting | None


class AddMeeting(_EditMeeting, CreateView):
    """A new meeting of the panel in the address, with the details of its last one."""

    creates = True
    parent = "Meetings"

    @property
    def panel(self) -> Panel:
        """The panel in the address, or the Independent Placement Panel if that is not a panel."""
        asked = self.request.GET.get("panel", "")
        return Panel(asked) if asked in Panel.values else Panel.INDEPENDENT

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.heading = f"Add a meeting of the {self.panel.label}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": PanelMeeting(panel=self.panel)}

    def get_initial(self) -> dict[str, Any]:
        last = PanelMeeting.objects.last_before(self.panel, date.max)
        kept = ("starts_at", "slot_minutes", "quorum", "place")
        return {name: getattr(last, name) for name in kept} if last else USUAL

    def get_success_url(self) -> str:
        return reverse("meeting", args=[self.object.pk]) if self.object else reverse("meetings")

    def carry_out(self, form: MeetingForm) -> str:
        self.object = services.add_meeting(by=self.request.user, panel=self.panel, **form.cleaned_data)
        return f"Added: {title_of(self.object)}"


class ChangeMeeting(SeesOthersChanges, _EditMeeting, UpdateView):
    pk_url_kwarg = "meeting_id"
    heading, called = "Change when and where", "this meeting"
    object: PanelMeeting

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.parent = title_of(found_meeting(kwargs["meeting_id"]))

    @property
    def watched(self) -> PanelMeeting:
        return PanelMeeting(pk=self.kwargs["meeting_id"])

    @property
    def called_address(self) -> str:  # type: ignore[override]  # which is read, and never set
        return self.get_success_url()

    def get_object(self, queryset: Any = None) -> PanelMeeting:
        self.seen  # noqa: B018  read before what it is the version of, lest a change between the two go unnoticed
        return super().get_object(queryset)

    def get_success_url(self) -> str:
        return reverse("meeting", args=[self.kwargs["meeting_id"]])

    def carry_out(self, form: MeetingForm) -> str:
        changed = services.change_meeting(
            by=self.request.user, meeting=self.object, seen=self.seen, **form.cleaned_data
        )
        return f"Changed: {title_of(changed)}"


@shows_kept
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EDIT_PANEL)
def attendance(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Who is invited and who attends, in rows. "Add another" adds empty rows without saving."""
    meeting = found_meeting(meeting_id)
    kept = kept_input(request)
    if kept:
        return _attendance(request, meeting, MEMBERS(kept.typed))
    if request.method != "POST":
        held = meeting.members.values("name", "role", "present")
        return _attendance(request, meeting, MEMBERS(initial=list(held)))
    rows = MEMBERS(request.POST)
    if "more" in request.POST:
        return _attendance(request, meeting, MEMBERS(initial=rows.typed()))
    if not rows.is_valid():
        return _attendance(request, meeting, rows)
    try:
        services.set_members(by=person(request), meeting=meeting, members=rows.attending())
    except ValidationError as error:
        return _attendance(request, meeting, rows, refused=" ".join(error.messages))
    present = sum(member.present for member in rows.attending())
    messages.success(request, f"Saved: {formats.plural(present, 'member')} present")
    return redirect("meeting", meeting_id)


def _attendance(
    request: HttpRequest, meeting: PanelMeeting, rows: MembersFormSet, *, refused: str = ""
) -> HttpResponse:
    page = {
        "meeting": meeting,
        "meeting_title": title_of(meeting),
        "rows": rows,
        "kept": kept_input(request),
        "errors": ({"main": refused} if refused else {}) | rows.problems(),
    }
    return render(request, "panel/meeting_attendance.html", page)
