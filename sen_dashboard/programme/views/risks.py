"""The forms for risks."""

from django.views.generic import CreateView, UpdateView

from sen_dashboard.clock.day import working_day
from sen_dashboard.programme.forms import RiskForm
from sen_dashboard.programme.models import Risk
from sen_dashboard.programme.services import risks as services
from sen_dashboard.programme.views.editing import ChangeForm, ProgrammeForm


class AddRisk(ProgrammeForm, CreateView):
    creates = True
    model = Risk
    form_class = RiskForm
    page, list_key = "risk", "risks"
    parent, heading = "Risks", "Add a risk"

    def carry_out(self, form: RiskForm) -> str:
        self.object = services.add_risk(by=self.request.user, today=working_day(), **form.cleaned_data)
        return f"Added: {self.object}"


class ChangeRisk(ChangeForm, UpdateView):
    model = Risk
    form_class = RiskForm
    pk_url_kwarg = "risk_id"
    page = "risk"
    parent, heading, called = "Risk", "Rate or change a risk", "this risk"

    def carry_out(self, form: RiskForm) -> str:
        changed = services.change_risk(
            by=self.request.user, risk=self.object, seen=self.seen, today=working_day(), **form.cleaned_data
        )
        return f"Changed: {changed}"
