"""The forms for the notes beside figures. The site says which figures there are."""

from typing import Any

from django.views.generic import CreateView, DeleteView, UpdateView

from sen_dashboard.accounts.permissions import Permission
from sen_dashboard.clock.day import working_day
from sen_dashboard.programme.forms import Figures, NoteForm
from sen_dashboard.programme.models import KpiNote
from sen_dashboard.programme.services import notes as services
from sen_dashboard.programme.views.editing import ChangeForm, ProgrammeForm


class _Note(ProgrammeForm):
    """What the pages share."""

    model = KpiNote
    permission = Permission.EDIT_NOTES
    list_key, parent = "notes", "Notes beside figures"


class _NoteForm(_Note):
    """What the forms share."""

    form_class = NoteForm
    figures: Figures = None  # type: ignore[assignment]  # given where the address is made

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"figures": self.figures}


class AddNote(_NoteForm, CreateView):
    creates = True
    heading = "Add a note"

    def get_initial(self) -> dict[str, Any]:
        """Return today, and the figure that a link names, if any."""
        return {"day": working_day(), "kpi": self.request.GET.get("kpi", "")}

    def carry_out(self, form: NoteForm) -> str:
        return f"Added: {services.add_note(by=self.request.user, **form.cleaned_data)}"


class ChangeNote(_NoteForm, ChangeForm, UpdateView):
    pk_url_kwarg = "kpi_note_id"
    heading, called = "Change a note", services.CALLED

    def carry_out(self, form: NoteForm) -> str:
        changed = services.change_note(
            by=self.request.user, note=self.object, seen=self.seen, **form.cleaned_data
        )
        return f"Changed: {changed}"


class RemoveNote(_Note, ChangeForm, DeleteView):
    template_name = "programme/note_remove.html"
    pk_url_kwarg = "kpi_note_id"
    heading, button, called = "Remove a note", "Remove", services.CALLED

    def carry_out(self, form: Any) -> str:
        services.remove_note(by=self.request.user, note=self.object, seen=self.seen)
        return f"Removed: {self.object}"
