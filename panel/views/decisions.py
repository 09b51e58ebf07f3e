"""Pages for deciding a meeting's case, recording a decision made outside a meeting, and correcting an entry."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.timezone import now
from django.views.decorators.http import require_safe
from django.views.generic.edit import ProcessFormView

from panel.meetings.agenda import title_of
from panel.meetings.minutes import decision_lines
from panel.meetings.quorum import deciding
from panel.models import AgendaItem, Outcome, PanelCase, PanelDecision
from panel.pages.decision_forms import CorrectionForm, DecisionForm, RatifyForm
from panel.pages.papers import papers, tables_of
from panel.reading import note_case_read
from panel.requested import asked_for
from panel.services import decisions
from panel.views.addresses import case_today
from panel.views.changing import ChangesCase
from sen_dashboard.accounts.permissions import Permission, needs
from sen_dashboard.accounts.requests import SignedInRequest
from sen_dashboard.clock.day import working_day
from sen_dashboard.core import formats


@require_safe
def case_papers(request: SignedInRequest, case_id: str) -> HttpResponse:
    """The papers of a case as at today, on screen or printed."""
    case = get_object_or_404(PanelCase.objects.select_related("child", "school"), pk=case_id)
    note_case_read(request.user, case)
    shown = papers(case, working_day())
    return render(request, "panel/papers.html", {"papers": shown, **tables_of(shown)})


@method_decorator(needs(Permission.EDIT_PANEL), name="dispatch")
class _DecisionPage(ChangesCase, ProcessFormView):
    """The common part of the pages for entering a decision: the papers beside the form."""

    template_name = "panel/decide.html"
    request: SignedInRequest

    @property
    def boxes(self) -> Mapping[str, str]:  # type: ignore[override]  # queries the database, so only when read
        """Errors in the parts as a whole are shown at the first part that was asked for."""
        return {"costs": next(iter(asked_for(self.case))), "meeting_on": "decided_on"}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"case": self.case}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = super().get_context_data(**kwargs)
        shown = papers(self.case, self.day)
        return page | {"papers": shown, **tables_of(shown)}

    @property
    def day(self) -> Any:
        """The day of the papers."""
        return working_day()

    def get_success_url(self) -> str:
        return case_today(self.case.case_id)


class Decide(_DecisionPage):
    """A meeting's case: its papers and the decision on it. Leads to the next undecided case."""

    form_class = DecisionForm
    parent = "The meeting"
    button = "Save and next"

    @cached_property
    def item(self) -> AgendaItem:
        """The case on the agenda. Raises Http404."""
        items = AgendaItem.objects.select_related("meeting")
        return get_object_or_404(items, meeting=self.kwargs["meeting_id"], case=self.kwargs["case_id"])

    @property
    def day(self) -> Any:
        return self.item.meeting.held_on

    @cached_property
    def others(self) -> list[AgendaItem]:
        """The agenda items in order."""
        return list(self.item.meeting.items.all())

    @property
    def place(self) -> int:
        """The case's position on the agenda, from 0."""
        return self.others.index(self.item)

    @cached_property
    def decided(self) -> PanelDecision | None:
        """The meeting's existing decision on the case."""
        return self.case.decisions.counted().filter(meeting_on=self.day).first()

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.heading = f"Decide on {kwargs['case_id']}"

    def carry_out(self, form: DecisionForm) -> str:
        common: dict[str, Any] = {
            "by": self.request.user,
            "seen": self.seen,
            "at": now(),
            "confirmed": form.confirmed,
        }
        if self.decided and self.request.POST.get("over"):
            entry = decisions.correct(
                decision=self.decided,
                right=form.decided,
                reason=f"{self.request.user} recorded another decision in its place without giving a reason.",
                **common,
            )
        else:
            entry = decisions.decide(
                meeting=self.item.meeting, case_id=self.case.pk, decision=form.decided, **common
            )
        return saved(entry) if self.following else f"{saved(entry)} {self._all_decided()}"

    def _all_decided(self) -> str:
        cases = len(self.others)
        return f"All {formats.count(cases)} cases are decided." if cases > 1 else "The only case is decided."

    @property
    def following(self) -> AgendaItem | None:
        """The next undecided case, after this one or else from the top; None if all others are decided."""
        undecided = set(self.item.meeting.items.undecided().values_list("pk", flat=True))
        place = self.place
        others = self.others[place + 1 :] + self.others[:place]
        return next((item for item in others if item.pk in undecided), None)

    def get_success_url(self) -> str:
        """The page of the next undecided case; the meeting's page if there is none."""
        following = self.following
        return address(following) if following else reverse("meeting", args=[self.item.meeting_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        meeting, place, following = self.item.meeting, self.place, self.following
        page = super().get_context_data(**kwargs)
        return page | {
            "meeting": meeting,
            "parent_url": reverse("meeting", args=[meeting.pk]),
            "meeting_title": title_of(meeting),
            "case_of_meeting": f"Case {place + 1} of {len(self.others)}",
            "previous": address(self.others[place - 1]) if place else None,
            "next": address(self.others[place + 1]) if place + 1 < len(self.others) else None,
            "decided": self.decided,
            "decided_lines": decision_lines(self.decided, self.case) if self.decided else [],
            "following": address(following) if following else None,
            "deciding": deciding(self.item),
            "aside": list(self.item.conflicts.select_related("member")),
        }


class Ratify(_DecisionPage):
    """An agreement made outside a meeting."""

    form_class = RatifyForm
    parent = "The case"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.heading = f"A decision outside a meeting on {kwargs['case_id']}"

    def carry_out(self, form: RatifyForm) -> str:
        entry = decisions.ratify(
            by=self.request.user,
            case_id=self.case.pk,
            seen=self.seen,
            route=form.cleaned_data["route"],
            decided_on=form.cleaned_data["decided_on"],
            decision=form.decided,
            at=now(),
            confirmed=form.confirmed,
        )
        return saved(entry)


class Correct(_DecisionPage):
    """Correcting a recorded decision with a new entry."""

    form_class = CorrectionForm
    parent = "The case"
    button = "Save the correction"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.kwargs["case_id"] = self.entry.case_id
        self.heading = f"Correct the decision of {formats.day(self.entry.meeting_on)} on {self.entry.case_id}"

    @cached_property
    def entry(self) -> PanelDecision:
        """The entry in the address. Raises Http404."""
        return get_object_or_404(PanelDecision.objects.select_related("case"), pk=self.kwargs["decision_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"decision": self.entry}

    def carry_out(self, form: CorrectionForm) -> str:
        right = None if form.cleaned_data["nothing"] else form.decided
        entry = decisions.correct(
            by=self.request.user,
            decision=self.entry,
            seen=self.seen,
            reason=form.cleaned_data["reason"],
            right=right,
            at=now(),
            confirmed=form.confirmed,
        )
        return saved(entry) if right else f"Cancelled: the decision on case {entry.case_id}."


def saved(entry: PanelDecision) -> str:
    """What was recorded, in a sentence."""
    worth = entry.case.annual_cost if entry.value is None else entry.value
    return f"Saved: case {entry.case_id}, {Outcome(entry.outcome).label.lower()}, {formats.pounds(worth)}."


def address(item: AgendaItem) -> str:
    """The address of the decision screen for a case on an agenda."""
    return reverse("decide", args=[item.meeting_id, item.case_id])
