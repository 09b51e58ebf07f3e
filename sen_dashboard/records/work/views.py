"""Pages that end, move or change a placement and its cost lines: each states the consequences before it saves."""

from datetime import date
from typing import Any

from django.db import transaction
from django.forms import BaseForm, Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.generic.edit import ProcessFormView
from django_tables2 import Column

from placements import work
from placements.consequences import Consequences, of_change
from placements.models import Accrual, CostKind, CostLine, Placement
from placements.services import NO_END
from sen_dashboard.accounts.models import RecordRead
from sen_dashboard.accounts.permissions import Permission, needs
from sen_dashboard.accounts.requests import SignedInRequest
from sen_dashboard.accounts.services import note_read
from sen_dashboard.clock.day import working_day
from sen_dashboard.core import formats
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.periods import ONE_DAY
from sen_dashboard.core.web.changing import SeesOthersChanges
from sen_dashboard.core.web.tables import KindColumn, KpiTable
from sen_dashboard.records.work import expected
from sen_dashboard.records.work.forms import (
    AccrualForm,
    AddLineForm,
    AttendanceForm,
    ChangeLineForm,
    CorrectLineForm,
    EndForm,
    MoveForm,
    VoidLineForm,
)

CONFIRMED, BACK = "confirmed", "back"
"""The names of the buttons that save after checking, and that lead back to the form."""
OF_THE_PAGE = {"csrfmiddlewaretoken", "once", "another", "seen", "over", CONFIRMED, BACK}


class CommitmentTable(KpiTable):
    period = Column(verbose_name="Period")
    before = KindColumn(Kind.POUNDS, verbose_name="Before")
    after = KindColumn(Kind.POUNDS, verbose_name="After")
    change = KindColumn(Kind.POUNDS, verbose_name="Change")


class ToConfirmError(Exception):
    """Raised to undo a change that was only tried out, so that its consequences can be checked first."""

    def __init__(self, follows: Consequences, expected: tuple[str, ...]) -> None:
        super().__init__("to be confirmed")
        self.follows = follows
        self.expected = expected


class _Work(SeesOthersChanges, ProcessFormView):
    """A form about a placement whose consequences are shown for checking before it is saved."""

    template_name = "placement_work.html"
    button = "Continue"
    request: SignedInRequest
    leads_to = ""
    """The key of the placement whose page comes next, if it is another one."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Read the version before what it is the version of, lest a change between the two go unnoticed."""
        super().setup(request, *args, **kwargs)
        self.version = self.seen
        self.parent = f"Placement {kwargs['placement_id']}"

    @property
    def watched(self) -> Placement:
        """The placement in the address, known by its key."""
        return Placement(pk=self.kwargs["placement_id"])

    @cached_property
    def placement(self) -> Placement:
        """The placement in the address. Raises Http404."""
        found = Placement.objects.select_related("plan", "school")
        return get_object_or_404(found, pk=self.kwargs["placement_id"])

    @property
    def about(self) -> str:
        """A description of the placement: "Child C1 at Ash School, since 1 September 2018"."""
        placement = self.placement
        since = formats.day(placement.starts_on)
        return f"Child {placement.plan.child_id} at {placement.school}, since {since}."

    def get_success_url(self) -> str:
        return reverse("placement", args=[self.leads_to or self.kwargs["placement_id"]])

    @property
    def last_day(self) -> date | None:
        """The last day that is paid for as the placement is now; None without an end."""
        return self.placement.paid_to_on or self.placement.ends_on

    def from_day(self, values: dict[str, Any]) -> date:
        """Return the first day on which the change applies."""
        day: date = values["starts_on"]
        return day

    def change(self, form: Any) -> str:
        """Call the service; return the sentence that the next page shows."""
        raise NotImplementedError

    def expected(self, values: dict[str, Any]) -> tuple[str, ...]:
        """Return what the change means for places that a panel agreed."""
        return ()

    @transaction.atomic
    def carry_out(self, form: Any) -> str:
        """Make the change; if it is not confirmed, undo it and ask. Raises ToConfirmError."""
        day, sentences = self.from_day(form.cleaned_data), self.expected(form.cleaned_data)
        said, follows = of_change(self.placement.plan_id, day, working_day(), lambda: self.change(form))
        if CONFIRMED not in self.request.POST:
            raise ToConfirmError(follows, sentences)
        return said

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Save it, or show the consequences."""
        try:
            return super().form_valid(form)
        except ToConfirmError as asked:
            self.leads_to = ""
            page = self.get_context_data(form=form, follows=asked.follows, expected=asked.expected)
            amounts = [*asked.follows.commitments, *asked.follows.closed]
            page["commitments"] = CommitmentTable(amounts, orderable=False)
            return self.render_to_response(page)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check the form; from the page of consequences, go back to it with everything that was typed."""
        if BACK in request.POST:
            return self.render_to_response(self.get_context_data())
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        placement = self.placement
        note_read(
            by=self.request.user,
            kind=RecordRead.Kind.PLACEMENT,
            key=placement.pk,
            child_key=placement.plan.child_id,
        )
        self.called, self.called_address = (
            f"placement {placement.pk}",
            reverse("placement", args=[placement.pk]),
        )
        page = super().get_context_data(**kwargs)
        typed = [
            (name, value)
            for name, values in self.request.POST.lists()
            for value in values
            if name not in OF_THE_PAGE
        ]
        return page | {"typed": typed, "about": self.about}

    @property
    def _given(self) -> dict[str, Any]:
        """The arguments that every service on a placement takes."""
        return {"by": self.request.user, "placement_id": self.placement.pk, "seen": self.version}


@method_decorator(needs(Permission.EDIT_PLACEMENTS), name="dispatch")
class End(_Work):
    form_class = EndForm

    @property
    def heading(self) -> str:  # type: ignore[override]  # reads the placement, once the reader may see it
        """What the page does, as the button that leads to it says."""
        return "Change the end of the placement" if self.placement.ends_on else "End the placement"

    def get_initial(self) -> dict[str, Any]:
        return EndForm.of(self.placement)

    def from_day(self, values: dict[str, Any]) -> date:
        last: date = values["paid_to_on"] or values["ends_on"]
        return min(last, self.last_day or last) + ONE_DAY

    def expected(self, values: dict[str, Any]) -> tuple[str, ...]:
        return expected.after_end(self.placement.plan.child_id, values["ends_on"])

    def change(self, form: EndForm) -> str:
        placement = work.end(**self._given, **form.cleaned_data)
        return f"The placement ends on {formats.day(placement.ends_on)}."


@method_decorator(needs(Permission.EDIT_PLACEMENTS), name="dispatch")
class RemoveEnd(_Work):
    form_class = Form
    heading = "Remove the end date"

    @property
    def about(self) -> str:
        """Which placement it is, and when it ends."""
        last = self.placement.ends_on
        return f"{super().about} " + (f"Its last day is {formats.day(last)}." if last else NO_END)

    def from_day(self, values: dict[str, Any]) -> date:
        return (self.last_day or self.placement.starts_on) + ONE_DAY

    def expected(self, values: dict[str, Any]) -> tuple[str, ...]:
        return expected.after_end(self.placement.plan.child_id, None)

    def change(self, form: BaseForm) -> str:
        work.remove_end(**self._given)
        return "The placement no longer has an end date."


@method_decorator(needs(Permission.EDIT_PLACEMENTS), name="dispatch")
class Move(_Work):
    form_class = MoveForm
    heading = "Move to another school"

    def get_initial(self) -> dict[str, Any]:
        return AttendanceForm.of(self.placement)

    def expected(self, values: dict[str, Any]) -> tuple[str, ...]:
        return expected.beside_move(self.placement.plan.child_id)

    def change(self, form: MoveForm) -> str:
        placement = work.move(**self._given, **form.cleaned_data)
        self.leads_to = placement.pk
        return f"Placement {placement.pk} at {placement.school} begins on {formats.day(placement.starts_on)}."


@method_decorator(needs(Permission.EDIT_PLACEMENTS), name="dispatch")
class ChangeAttendance(_Work):
    form_class = AttendanceForm
    heading = "Change attendance or weeks"

    def get_initial(self) -> dict[str, Any]:
        return AttendanceForm.of(self.placement)

    def expected(self, values: dict[str, Any]) -> tuple[str, ...]:
        return expected.beside_move(self.placement.plan.child_id)

    def change(self, form: AttendanceForm) -> str:
        placement = work.change_attendance(**self._given, **form.cleaned_data)
        self.leads_to = placement.pk
        weeks = (
            f", {formats.plural(placement.weeks_per_year, 'week')} a year" if placement.weeks_per_year else ""
        )
        from_day = formats.day(form.cleaned_data["starts_on"])
        return f"{placement.get_attendance_display()} placement{weeks} from {from_day}."


@method_decorator(needs(Permission.EDIT_COSTS), name="dispatch")
class ChangeAccrual(_Work):
    form_class = AccrualForm
    heading = "Change how the fee is spread over the year"

    def get_initial(self) -> dict[str, Any]:
        return AccrualForm.of(self.placement)

    def from_day(self, values: dict[str, Any]) -> date:
        return self.placement.starts_on

    def change(self, form: AccrualForm) -> str:
        placement = work.change_accrual(**self._given, **form.cleaned_data)
        spread = Accrual(placement.accrual or Accrual.DAYS)
        return f"The fee is spread over the year by {spread.label.lower()}."


@method_decorator(needs(Permission.EDIT_COSTS), name="dispatch")
class AddLine(_Work):
    form_class = AddLineForm
    heading = "Add a cost line"

    def get_initial(self) -> dict[str, Any]:
        return {"agreement": "AGREED"}

    def change(self, form: AddLineForm) -> str:
        values = form.cleaned_data
        days = {name: values[name] for name in ("kind", "starts_on", "ends_on")}
        line = work.add_line(**self._given, **days, terms=form.terms)
        return f"{_name(line)} from {formats.day(line.starts_on)}."


@method_decorator(needs(Permission.EDIT_COSTS), name="dispatch")
class _LinePage(_Work):
    """What the forms about a line share."""

    @cached_property
    def line(self) -> CostLine:
        """The line in the address, of its placement. Raises Http404."""
        lines = CostLine.objects.filter(placement=self.placement, void=False)
        return get_object_or_404(lines, pk=self.kwargs["line_id"])

    @property
    def about(self) -> str:
        """A description of the line and placement: "Core education fee, £36,000 a year, from 1 September 2018"."""
        return f"{super().about} {_name(self.line)}, from {formats.day(self.line.starts_on)}."

    def from_day(self, values: dict[str, Any]) -> date:
        return self.line.starts_on

    @property
    def _given(self) -> dict[str, Any]:
        return {"by": self.request.user, "line": self.line, "seen": self.version}


class ChangeLine(_LinePage):
    form_class = ChangeLineForm
    heading = "Change the cost from a day"

    def get_initial(self) -> dict[str, Any]:
        return ChangeLineForm.of(self.line) | {"asked_amount": None, "document": ""}

    def from_day(self, values: dict[str, Any]) -> date:
        day: date = values["starts_on"]
        return day

    def change(self, form: ChangeLineForm) -> str:
        line = work.change_line(**self._given, starts_on=form.cleaned_data["starts_on"], terms=form.terms)
        return f"{_name(line)} from {formats.day(line.starts_on)}."


class CorrectLine(_LinePage):
    form_class = CorrectLineForm
    heading = "Correct the cost line"

    def get_initial(self) -> dict[str, Any]:
        return CorrectLineForm.of(self.line)

    def change(self, form: CorrectLineForm) -> str:
        line = work.correct_line(**self._given, ends_on=form.cleaned_data["ends_on"], terms=form.terms)
        return f"Corrected: {_name(line)} from {formats.day(line.starts_on)}."


class VoidLine(_LinePage):
    form_class = VoidLineForm
    heading = "Mark the cost line as recorded in error"

    def change(self, form: VoidLineForm) -> str:
        line = work.void_line(**self._given, reason=form.cleaned_data["reason"])
        return f"Recorded in error, no longer counted: {_name(line)}."


def _name(line: CostLine) -> str:
    return f"{CostKind(line.kind).label}, {formats.pounds(line.annual_amount)} a year"
