"""The forms for the changes of the commissioning plan."""

from django.views.generic import CreateView, UpdateView

from provision import services
from provision.models import CommissioningChange
from sen_dashboard.accounts.permissions import Permission
from sen_dashboard.programme.forms import CommissioningForm
from sen_dashboard.programme.views.editing import ChangeForm, ProgrammeForm


class _CommissioningForm(ProgrammeForm):
    """What both forms share."""

    model = CommissioningChange
    form_class = CommissioningForm
    template_name = "programme/commissioning_form.html"
    permission = Permission.EDIT_COMMISSIONING_PLAN
    page, list_key = "commissioning_change", "commissioning-changes"


class AddChange(_CommissioningForm, CreateView):
    creates = True
    parent, heading = "Changes to the commissioning plan", "Add a change to the commissioning plan"

    def carry_out(self, form: CommissioningForm) -> str:
        self.object = services.add_change(by=self.request.user, **form.cleaned_data)
        return f"Added: {self.object}"


class ChangeChange(_CommissioningForm, ChangeForm, UpdateView):
    pk_url_kwarg = "commissioning_change_id"
    parent, heading = "Change to the commissioning plan", "Change what is planned"
    called = "this change to the commissioning plan"

    def carry_out(self, form: CommissioningForm) -> str:
        changed = services.change_change(
            by=self.request.user, change=self.object, seen=self.seen, **form.cleaned_data
        )
        return f"Changed: {changed}"
