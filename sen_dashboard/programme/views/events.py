"""The pages of events: the list for everybody, and the forms for those who may edit them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe
from django.views.generic import CreateView, DeleteView, UpdateView

from sen_dashboard.accounts.permissions import Permission, may
from sen_dashboard.core import formats
from sen_dashboard.core.web.tables import in_order, in_pages
from sen_dashboard.exports.downloads import answer, of_table
from sen_dashboard.programme.forms import EventForm
from sen_dashboard.programme.models import Event
from sen_dashboard.programme.services import events as services
from sen_dashboard.programme.tables import EventTable
from sen_dashboard.programme.views.editing import ChangeForm, ProgrammeForm


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """Show every event, newest first."""
    hidden = () if may(request.user, Permission.EDIT_EVENTS) else ("actions",)
    table = EventTable(Event.objects.all(), order_by="-day", exclude=hidden)
    in_pages(table, request)
    caption = formats.plural(table.paginator.count, "event")
    return render(request, "events.html", {"table": table, "caption": caption})


@require_GET
def events_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """Return the same as a file, in the same order."""
    table = in_order(EventTable(Event.objects.all(), order_by="-day"), request)
    return answer(request, form, of_table(table, what="Events", name="events"))


class _EditEvent(ProgrammeForm):
    """What the pages for editing an event share."""

    template_name = "form.html"
    permission = Permission.EDIT_EVENTS
    model = Event
    parent = "Events"

    def get_success_url(self) -> str:
        return reverse("events")


class AddEvent(_EditEvent, CreateView):
    creates = True
    form_class = EventForm
    heading = "Add an event"

    def carry_out(self, form: EventForm) -> str:
        return f"Added: {services.add_event(by=self.request.user, **form.cleaned_data)}"


class ChangeEvent(_EditEvent, ChangeForm, UpdateView):
    pk_url_kwarg = "event_id"
    form_class = EventForm
    heading, called = "Change an event", services.CALLED

    def carry_out(self, form: EventForm) -> str:
        changed = services.change_event(
            by=self.request.user, event=self.object, seen=self.seen, **form.cleaned_data
        )
        return f"Changed: {changed}"


class RemoveEvent(_EditEvent, ChangeForm, DeleteView):
    template_name = "event_remove.html"
    pk_url_kwarg = "event_id"
    heading, button, called = "Remove an event", "Remove", services.CALLED

    def carry_out(self, form: Any) -> str:
        services.remove_event(by=self.request.user, event=self.object, seen=self.seen)
        return f"Removed: {self.object}"
