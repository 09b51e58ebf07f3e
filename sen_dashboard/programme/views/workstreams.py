"""The forms for workstreams."""

from django.views.generic import CreateView, UpdateView

from sen_dashboard.programme.forms import WorkstreamForm
from sen_dashboard.programme.models import Workstream
from sen_dashboard.programme.services import workstreams as services
from sen_dashboard.programme.views.editing import ChangeForm, ProgrammeForm


class AddWorkstream(ProgrammeForm, CreateView):
    creates = True
    model = Workstream
    form_class = WorkstreamForm
    page, list_key = "workstream", "workstreams"
    parent, heading = "Workstreams", "Add a workstream"

    def carry_out(self, form: WorkstreamForm) -> str:
        self.object = services.add_workstream(by=self.request.user, **form.cleaned_data)
        return f"Added: {self.object}"


class ChangeWorkstream(ChangeForm, UpdateView):
    model = Workstream
    form_class = WorkstreamForm
    pk_url_kwarg = "workstream_id"
    page = "workstream"
    parent, heading, called = "Workstream", "Change a workstream", "this workstream"

    def carry_out(self, form: WorkstreamForm) -> str:
        changed = services.change_workstream(
            by=self.request.user, workstream=self.object, seen=self.seen, **form.cleaned_data
        )
        return f"Changed: {changed}"
