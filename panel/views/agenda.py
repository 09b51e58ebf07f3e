"""Actions on the agenda of a meeting: adding, moving, taking off and deferring cases; who stands aside."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import FormView

from panel.meetings.agenda import title_of
from panel.meetings.forms import AddCasesForm, ConflictForm, DeferForm
from panel.models import AgendaItem, ConflictOfInterest
from panel.services import meetings as services
from panel.views.meetings import found_meeting, meeting_answer
from sen_dashboard.accounts.kept import shows_kept
from sen_dashboard.accounts.permissions import Permission, needs
from sen_dashboard.accounts.requests import SignedInRequest, person
from sen_dashboard.core import formats
from sen_dashboard.core.web.editing import EditPage
from sen_dashboard.core.web.kept import kept_input, typed_here


@shows_kept
@needs(Permission.EDIT_PANEL)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Put the chosen cases at the end of the agenda; all or none."""
    meeting, typed = found_meeting(meeting_id), typed_here(request)
    if typed is None:
        return redirect("meeting", meeting_id)
    form = AddCasesForm(typed)
    if kept_input(request) or not form.is_valid():
        return meeting_answer(request, meeting, adding=form)
    try:
        items = services.put_on_agenda(
            by=person(request), meeting=meeting, case_ids=form.cleaned_data["cases"]
        )
    except ValidationError as error:
        form.add_error(None, error)
        return meeting_answer(request, meeting, adding=form)
    messages.success(request, f"Added: {formats.plural(len(items), 'case')}")
    return redirect("meeting", meeting_id)


@shows_kept
@needs(Permission.EDIT_PANEL)
@require_http_methods(["GET", "POST"])
def defer(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Record that the meeting defers the chosen cases; all or none."""
    meeting, typed = found_meeting(meeting_id), typed_here(request)
    if typed is None:
        return redirect("meeting", meeting_id)
    form = DeferForm(typed, prefix="defer")
    if kept_input(request) or not form.is_valid():
        return meeting_answer(request, meeting, deferring=form)
    chosen, reason = form.cleaned_data["cases"], form.cleaned_data["reason"]
    try:
        services.defer_all(by=person(request), meeting=meeting, case_ids=chosen, reason=reason, at=now())
    except ValidationError as error:
        form.add_error(None, error)
        return meeting_answer(request, meeting, deferring=form)
    messages.success(request, f"Deferred: {formats.plural(len(chosen), 'case')}")
    return redirect("meeting", meeting_id)


@needs(Permission.EDIT_PANEL)
@require_POST
def move(request: HttpRequest, meeting_id: int, item_id: int, places: int) -> HttpResponse:
    """Move a case down the agenda, or up; focus returns to its button, or at an end to the opposite one."""
    item = _found_item(meeting_id, item_id)
    try:
        services.move_item(by=person(request), item=item, places=places)
    except ValidationError as error:
        return meeting_answer(request, item.meeting, refused=" ".join(error.messages))
    items = list(item.meeting.items.values_list("pk", flat=True))
    to_the_end = item.pk == (items[0] if places < 0 else items[-1])
    button = "up" if (places < 0) != to_the_end else "down"
    return redirect(f"{reverse('meeting', args=[meeting_id])}#{button}-{item.pk}")


@needs(Permission.EDIT_PANEL)
@require_POST
def take_off(request: HttpRequest, meeting_id: int, item_id: int) -> HttpResponse:
    """Take an undecided case off the agenda."""
    item = _found_item(meeting_id, item_id)
    try:
        services.take_off_agenda(by=person(request), item=item)
    except ValidationError as error:
        return meeting_answer(request, item.meeting, refused=" ".join(error.messages))
    messages.success(request, f"Removed from the agenda: {item.case_id}")
    return redirect("meeting", meeting_id)


@needs(Permission.EDIT_PANEL)
@require_POST
def withdraw(request: HttpRequest, meeting_id: int, conflict_id: int) -> HttpResponse:
    """Withdraw a declaration of interest, until the case is decided."""
    of_meeting = ConflictOfInterest.objects.select_related("item__meeting", "member")
    conflict = get_object_or_404(of_meeting, pk=conflict_id, item__meeting=meeting_id)
    try:
        services.withdraw_conflict(by=person(request), conflict=conflict)
    except ValidationError as error:
        return meeting_answer(request, conflict.item.meeting, refused=" ".join(error.messages))
    messages.success(
        request, f"Withdrawn: {conflict.member} has no conflict of interest in {conflict.item.case_id}"
    )
    return redirect("meeting", meeting_id)


@method_decorator(needs(Permission.EDIT_PANEL), name="dispatch")
class Conflicts(EditPage, FormView):
    """The members who stand aside from a case, and the form to add one."""

    creates = True
    template_name = "panel/meeting_conflicts.html"
    form_class = ConflictForm
    button = "Declare"
    request: SignedInRequest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the case on the agenda. Raises Http404."""
        super().setup(request, *args, **kwargs)
        items = AgendaItem.objects.select_related("meeting")
        self.item = get_object_or_404(items, meeting=kwargs["meeting_id"], case=kwargs["case_id"])
        self.parent = title_of(self.item.meeting)
        self.heading = f"Conflicts of interest in {self.item.case_id}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"meeting": self.item.meeting}

    def get_success_url(self) -> str:
        return reverse("meeting", args=[self.item.meeting_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        conflicts = self.item.conflicts.select_related("member").order_by("pk")
        undecided = AgendaItem.objects.undecided().filter(pk=self.item.pk).exists()
        page = {"item": self.item, "conflicts": conflicts, "undecided": undecided}
        return super().get_context_data(**kwargs) | page

    def carry_out(self, form: ConflictForm) -> str:
        conflict = services.declare_conflict(by=self.request.user, item=self.item, **form.cleaned_data)
        return f"Declared: {conflict.member} has a conflict of interest in {self.item.case_id}"


def _found_item(meeting_id: int, item_id: int) -> AgendaItem:
    """The item with its meeting. Raises Http404 if the meeting has no such item."""
    return get_object_or_404(AgendaItem.objects.select_related("meeting"), pk=item_id, meeting=meeting_id)
