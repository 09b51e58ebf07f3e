"""The forms for actions and their updates. The site says which figures an action may be meant to change."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import CreateView, UpdateView

from sen_dashboard.clock.day import working_day
from sen_dashboard.programme.forms import ActionForm, AddActionForm, Figures, UpdateForm
from sen_dashboard.programme.models import Action, ActionUpdate
from sen_dashboard.programme.services import actions as services
from sen_dashboard.programme.views.editing import ChangeForm, ProgrammeForm


class _ActionForm(ProgrammeForm):
    """What the forms for an action's details share."""

    model = Action
    template_name = "programme/action_form.html"
    page, list_key = "action", "actions"
    boxes = {"kpi": "figure", "kpi_key": "figure", "day": "status"}
    figures: Figures = None  # type: ignore[assignment]  # given where the address is made

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"figures": self.figures}


class AddAction(_ActionForm, CreateView):
    creates = True
    form_class = AddActionForm
    parent, heading = "Actions", "Add an action"

    def get_initial(self) -> dict[str, Any]:
        """Return the workstream that a link names, if any."""
        return super().get_initial() | {"workstream": self.request.GET.get("workstream", "")}

    def carry_out(self, form: AddActionForm) -> str:
        self.object = services.add_action(by=self.request.user, today=working_day(), **form.given)
        return f"Added: {self.object}"


class ChangeAction(_ActionForm, ChangeForm, UpdateView):
    form_class = ActionForm
    pk_url_kwarg = "action_id"
    parent, heading, called = "Action", "Change an action", "this action"

    def carry_out(self, form: ActionForm) -> str:
        changed = services.change_action(
            by=self.request.user, action=self.object, seen=self.seen, **form.given
        )
        return f"Changed: {changed}"


class AddUpdate(ProgrammeForm, CreateView):
    """Adds an update to the action in the address."""

    creates = True
    model = ActionUpdate
    form_class = UpdateForm
    parent, heading = "Action", "Add an update"

    @cached_property
    def action(self) -> Action:
        """The action in the address. Raises Http404."""
        return get_object_or_404(Action, pk=self.kwargs["action_id"])

    @property
    def about(self) -> str:  # type: ignore[override]  # which is read, and never set
        """A description of the action."""
        return self.action.title

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": ActionUpdate(action=self.action)}

    def get_initial(self) -> dict[str, Any]:
        """Return today, and the status of the latest update."""
        latest = self.action.updates.newest_first().first()
        return {"day": working_day(), "status": latest.status if latest else ""}

    def get_success_url(self) -> str:
        return reverse("action", args=[self.action.pk])

    def carry_out(self, form: UpdateForm) -> str:
        update = services.add_update(
            by=self.request.user, action=self.action, today=working_day(), **form.cleaned_data
        )
        return f"Added: {update}"
