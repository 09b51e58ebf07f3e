"""The forms for the decisions that the programme needs."""

from typing import Any

from django.views.generic import CreateView, UpdateView

from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.clock.day import working_day
from sen_dashboard.programme.forms import DecisionForm, SettleForm
from sen_dashboard.programme.models import DecisionNeeded
from sen_dashboard.programme.services import decisions as services
from sen_dashboard.programme.views.editing import ChangeForm, ProgrammeForm


class AddDecision(ProgrammeForm, CreateView):
    creates = True
    model = DecisionNeeded
    form_class = DecisionForm
    page, list_key = "decision_needed", "decisions"
    parent, heading = "Decisions needed", "Add a decision needed"

    def carry_out(self, form: DecisionForm) -> str:
        self.object = services.add_decision(by=self.request.user, **form.cleaned_data)
        return f"Added: {self.object}"


class _ChangesDecision(ChangeForm, UpdateView):
    """What the forms for an existing decision share."""

    model = DecisionNeeded
    pk_url_kwarg = "decision_needed_id"
    page = "decision_needed"
    parent, called = "Decision needed", services.CALLED


class ChangeDecision(_ChangesDecision):
    form_class = DecisionForm
    heading = "Change the decision needed"

    def get_object(self, queryset: Any = None) -> DecisionNeeded:
        """Raises PermissionDenied for a settled one, unless there is input, which must not be lost."""
        found: DecisionNeeded = super().get_object(queryset)
        if found.settled_on and self.request.method != "POST":
            demand(self.request.user, Permission.SETTLE_DECISIONS)
        return found

    def carry_out(self, form: DecisionForm) -> str:
        changed = services.change_decision(
            by=self.request.user, item=self.object, seen=self.seen, **form.cleaned_data
        )
        return f"Changed: {changed}"


class SettleDecision(_ChangesDecision):
    form_class = SettleForm
    permission = Permission.SETTLE_DECISIONS
    heading = "Enter what was decided"

    def get_object(self, queryset: Any = None) -> DecisionNeeded:
        found: DecisionNeeded = super().get_object(queryset)
        self.about = found.title
        return found

    def get_initial(self) -> dict[str, Any]:
        return {} if self.object.settled_on else {"settled_on": working_day()}

    def carry_out(self, form: SettleForm) -> str:
        settled = services.settle_decision(
            by=self.request.user, item=self.object, seen=self.seen, today=working_day(), **form.cleaned_data
        )
        return f"Decided: {settled}"
