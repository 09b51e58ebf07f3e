"""Pages for recording what happens to an agreed place: the school's offer, the start, a refusal, a change."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.generic.edit import ProcessFormView

from panel.models import ExpectedPlacement
from panel.pages.expected_forms import ChangeForm, OfferForm, RefusalForm, StartForm
from panel.services import expected as services
from panel.services.what_follows import placement_of
from panel.views.changing import ChangesCase
from placements.lookup import school_text
from placements.models import CostKind
from sen_dashboard.accounts.permissions import Permission, needs
from sen_dashboard.accounts.requests import SignedInRequest
from sen_dashboard.clock.day import working_day
from sen_dashboard.core import formats


@method_decorator(needs(Permission.EDIT_PANEL), name="dispatch")
class _ExpectedPage(ChangesCase, ProcessFormView):
    """The common part of the forms: the place in the address, and the page they lead to."""

    template_name = "panel/expected_form.html"
    request: SignedInRequest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the place, and the case whose version the page watches. Raises Http404."""
        super().setup(request, *args, **kwargs)
        self.kwargs["case_id"] = self.expected.decision.case_id
        self.parent = f"Agreed place: {self.kwargs['case_id']}"

    @cached_property
    def expected(self) -> ExpectedPlacement:
        """The place in the address."""
        places = ExpectedPlacement.objects.select_related("decision__case", "school")
        return get_object_or_404(places, pk=self.kwargs["expected_id"])

    def get_success_url(self) -> str:
        return reverse("expected_placement", args=[self.expected.pk])

    @property
    def about(self) -> str:
        """The place in words: "Place at Ash School, agreed on 3 March 2026"."""
        expected = self.expected
        place = f"Place at {expected.school}" if expected.school else "Place at a school to be confirmed"
        return f"{place}, agreed on {formats.day(expected.decision.meeting_on)}."

    def explanation(self) -> tuple[str, ...]:
        """Sentences explaining what saving does."""
        return ()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = super().get_context_data(**kwargs)
        return page | {"here": "Cases and meetings", "explanation": self.explanation()}

    @property
    def _given(self) -> dict[str, Any]:
        """The arguments that every service takes."""
        return {"by": self.request.user, "expected": self.expected, "seen": self.seen}


class Offer(_ExpectedPage):
    form_class = OfferForm
    heading = "Enter the school’s offer"

    def carry_out(self, form: OfferForm) -> str:
        on = form.cleaned_data["offered_on"]
        services.record_offer(**self._given, on=on, today=working_day())
        return f"{self.expected.school} offered the place on {formats.day(on)}. It is awaiting the start."


class Start(_ExpectedPage):
    form_class = StartForm
    heading = "Enter the start"

    def explanation(self) -> tuple[str, ...]:
        """Where the child is now, what will end, and which costs will begin."""
        decision = self.expected.decision
        present = placement_of(decision.case.child_id, working_day())
        now = (
            f"The child is now in placement {present.placement_id} at {present.school}."
            if present
            else "The child has no placement now."
        )
        ends = "Any placement open under the plan on that day ends the day before."
        costs = [
            f"{CostKind(cost.kind).label} {formats.pounds(cost.annual_amount)}"
            for cost in decision.agreed_costs.order_by("kind")
        ]
        begins = (
            f"These annual costs will start: {formats.listed(costs)}." if costs else "No costs were agreed."
        )
        return (
            f"A placement at {self.expected.school or 'the school'} will start on that day.",
            f"{now} {ends}",
            begins,
        )

    def carry_out(self, form: StartForm) -> str:
        on = form.cleaned_data["started_on"]
        placement = services.record_start(**self._given, on=on, today=working_day(), confirmed=form.confirmed)
        return f"Placement {placement.placement_id} at {placement.school} started on {formats.day(on)}."


class Refusal(_ExpectedPage):
    form_class = RefusalForm
    heading = "Enter the school’s refusal"

    def carry_out(self, form: RefusalForm) -> str:
        on, why = form.cleaned_data["refused_on"], form.cleaned_data["why"]
        services.record_refusal(**self._given, on=on, why=why, today=working_day())
        return f"{self.expected.school} refused on {formats.day(on)}. Enter a change if another school is approached."


class ChangeExpected(_ExpectedPage):
    form_class = ChangeForm
    heading = "Change the school or the day"

    def get_initial(self) -> dict[str, Any]:
        school = self.expected.school
        return {"school": school_text(school) if school else "", "starts_on": self.expected.starts_on}

    def explanation(self) -> tuple[str, ...]:
        """What changing the school means."""
        return ("The cost stays as agreed. Another school must offer the place before the child can start.",)

    def carry_out(self, form: ChangeForm) -> str:
        cleaned = form.cleaned_data
        school, day = cleaned["school"], cleaned["starts_on"]
        services.change_expected(
            **self._given,
            school=school,
            starts_on=day,
            why=cleaned["why"],
            today=working_day(),
            confirmed=form.confirmed,
        )
        return f"The place is now expected at {school} from {formats.day(day)}."
