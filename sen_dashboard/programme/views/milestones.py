"""The forms for milestones, of actions and of changes of the commissioning plan."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import CreateView, UpdateView
from django.views.generic.detail import SingleObjectMixin
from django.views.generic.edit import ProcessFormView

from provision.models import CommissioningChange
from sen_dashboard.accounts.permissions import Permission
from sen_dashboard.clock.day import working_day
from sen_dashboard.programme.forms import ChangeMilestoneForm, MilestoneForm, ReachForm
from sen_dashboard.programme.models import Action, Milestone
from sen_dashboard.programme.services import milestones as services
from sen_dashboard.programme.views.editing import ChangeForm, ProgrammeForm


def _page_of(of: Action | CommissioningChange) -> str:
    """Return the page of the record that a milestone belongs to, which shows the milestone."""
    name = "action" if isinstance(of, Action) else "commissioning_change"
    return reverse(name, args=[of.pk])


class _AddMilestone(ProgrammeForm, CreateView):
    """Adds a milestone to the record in the address."""

    creates = True
    model = Milestone
    form_class = MilestoneForm
    heading = "Add a milestone"
    field: str
    of_model: type[Action | CommissioningChange]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the record that the milestone belongs to. Raises Http404."""
        super().setup(request, *args, **kwargs)
        (key,) = kwargs.values()
        self.of: Any = get_object_or_404(self.of_model, pk=key)
        self.about = str(self.of)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": Milestone(**{self.field: self.of})}

    def get_success_url(self) -> str:
        return _page_of(self.of)

    def carry_out(self, form: MilestoneForm) -> str:
        added = services.add_milestone(by=self.request.user, of=self.of, **form.cleaned_data)
        return f"Added: {added}"


class AddActionMilestone(_AddMilestone):
    field, of_model, parent = "action", Action, "Action"


class AddCommissioningMilestone(_AddMilestone):
    field, of_model, parent = "change", CommissioningChange, "Change to the commissioning plan"
    permission = Permission.EDIT_COMMISSIONING_PLAN


class _ChangesMilestone(ChangeForm):
    """What the forms for an existing milestone share."""

    model = Milestone
    pk_url_kwarg = "milestone_id"
    called = "this milestone"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the record that the milestone belongs to, which decides the permission. Raises Http404."""
        super().setup(request, *args, **kwargs)
        milestones = Milestone.objects.select_related("action", "change")
        found = get_object_or_404(milestones, pk=kwargs["milestone_id"])
        self.of = found.of
        self.permission = services.permission_for(self.of)
        self.parent = "Action" if found.action else "Change to the commissioning plan"

    def get_success_url(self) -> str:
        return _page_of(self.of)


class ChangeMilestone(_ChangesMilestone, UpdateView):
    form_class = ChangeMilestoneForm
    heading = "Change a milestone"

    def carry_out(self, form: ChangeMilestoneForm) -> str:
        changed = services.change_milestone(
            by=self.request.user,
            milestone=self.object,
            seen=self.seen,
            today=working_day(),
            **form.cleaned_data,
        )
        return f"Changed: {changed}"


class ReachMilestone(_ChangesMilestone, SingleObjectMixin, ProcessFormView):
    form_class = ReachForm
    heading = "Enter that a milestone was reached"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = self.get_object()
        self.about = self.object.title

    def get_initial(self) -> dict[str, Any]:
        return {"reached_on": self.object.reached_on or working_day()}

    def carry_out(self, form: ReachForm) -> str:
        reached = services.reach_milestone(
            by=self.request.user,
            milestone=self.object,
            seen=self.seen,
            today=working_day(),
            **form.cleaned_data,
        )
        return f"Reached: {reached}"
