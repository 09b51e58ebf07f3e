"""What is recorded about a child, for a clerk beside a request and for a panel beside a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from panel.models import Outcome, Panel, PanelCase, PanelDecision
from panel.states import State
from placements.models import Child, Placement, Plan
from provision.ages import year_group_words
from sen_dashboard.core import formats
from sen_dashboard.core.codes import need_words
from sen_dashboard.core.periods import AcademicYear, age_on

OVER = (State.AGREED, State.DECLINED, State.WITHDRAWN, State.TAKEN_BACK)
"""The states of closed cases."""


@dataclass(frozen=True)
class ChildFacts:
    """A child on a day: the ``plan`` in force, the ``present`` placement with its ``annual_cost`` and ``provision``,
    the child's ``open_cases``, oldest first, and all decisions by the day with their ``worth``, newest first."""

    child: Child
    day: date
    plan: Plan | None
    present: Any
    open_cases: Sequence[PanelCase]
    decisions: Sequence[Any]

    @property
    def age(self) -> int:
        """The age in completed years."""
        return age_on(self.day, self.child.date_of_birth)

    @property
    def year_group(self) -> str:
        """The year group in words."""
        return year_group_words(AcademicYear.containing(self.day).year_group_of(self.child.date_of_birth))

    @property
    def about(self) -> str:
        """ "age 11, year 6, Thanet"."""
        district = self.child.home_district or "home district not recorded"
        return f"age {self.age}, {self.year_group}, {district}"

    @property
    def need(self) -> str:
        """The need in words, from the plan in force; says so if there is no plan."""
        if self.plan is None:
            return "No plan in force"
        return need_words(self.plan.primary_need, self.plan.secondary_need)

    @property
    def cost(self) -> Decimal | None:
        """The cost of the present placement in £ a year, without transport; None if no cost is recorded."""
        return self.present.annual_cost if self.present else None

    @property
    def open_words(self) -> list[dict[str, str]]:
        """The open cases, each with its key, and with its panel, day and state in words."""
        return [{"key": case.pk, "words": case_words(case)} for case in self.open_cases]

    @property
    def earlier_decisions(self) -> list[str]:
        """The decisions in words."""
        return [describe(decision) for decision in self.decisions]

    @property
    def placed(self) -> str:
        """ "Ash School, £12,000 a year"."""
        if self.present is None:
            return "No placement"
        cost = "cost not available" if self.cost is None else f"{formats.pounds(self.cost)} a year"
        return f"{self.present.school.name}, {cost}"


def facts_of(child: Child, day: date) -> ChildFacts:
    """What is recorded about the child on the day: four statements."""
    plan = Plan.objects.in_force_on(day).filter(child=child).first()
    placed = Placement.objects.open_on(day).filter(plan__child=child).select_related("school")
    costed: Any = placed.with_annual_cost(day)
    cases: Any = PanelCase.objects.filter(child=child, received_on__lte=day).with_state()
    still_open = cases.exclude(state__in=OVER).order_by("received_on", "pk")
    return ChildFacts(
        child,
        day,
        plan,
        costed.with_provision().first(),
        list(still_open),
        list(decisions_of(child.pk, day)),
    )


def decisions_of(child_id: str, day: date) -> Any:
    """Decisions by the day on any case of the child, with their ``worth``, newest first."""
    taken = PanelDecision.objects.counted().filter(case__child=child_id, meeting_on__lte=day)
    return taken.select_related("case").with_worth().order_by("-meeting_on", "-pk")


def describe(decision: Any) -> str:
    """A decision with its ``worth``: "Agreed on 12 March 2019, £38,400"."""
    decided = f"{Outcome(decision.outcome).label} on {formats.day(decision.meeting_on)}"
    if decision.outcome == Outcome.MORE_INFORMATION:
        return f"{decided}: {decision.information_needed}" if decision.information_needed else decided
    return f"{decided}, {formats.pounds(decision.worth)}"


def case_words(case: Any) -> str:
    """An open case with its ``state``: "Independent Placement Panel, received 3 April 2018, ready for a meeting"."""
    state = State(case.state).label.lower()
    return f"{Panel(case.panel).label}, received {formats.day(case.received_on)}, {state}"
