"""The agenda of a meeting as people read it: its cases in order with time slots, and who may decide on each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from panel.models import (
    AgendaItem,
    ConflictOfInterest,
    CostBasis,
    Member,
    Outcome,
    Panel,
    PanelCase,
    PanelDecision,
    PanelMeeting,
)
from panel.states import State
from sen_dashboard.core import formats
from sen_dashboard.core.codes import need_label
from sen_dashboard.core.periods import age_on


@dataclass(frozen=True)
class Slot:
    """A case at its place (from 1) and time. ``entries`` are all decisions on it of that day, oldest first."""

    item: AgendaItem
    place: int
    starts_at: time
    age: int
    aside: Sequence[ConflictOfInterest]
    entries: Sequence[PanelDecision]

    @property
    def case(self) -> PanelCase:
        """The case, with its child and school."""
        return self.item.case

    @property
    def decision(self) -> PanelDecision | None:
        """The decision that counts, if one was taken."""
        return next((entry for entry in self.entries if not entry.void), None)

    @property
    def need(self) -> str:
        """The need as a panel writes it, "ASD with SEMH"."""
        return need_label(self.case.primary_need, self.case.secondary_need)

    @property
    def decided(self) -> str:
        """The outcome in words, or "No decision yet"."""
        return Outcome(self.decision.outcome).label if self.decision else "No decision yet"


def slots_of(meeting: PanelMeeting) -> list[Slot]:
    """The agenda in order: three statements, whatever the number of cases."""
    aside = ConflictOfInterest.objects.select_related("member").order_by("pk")
    entries = PanelDecision.objects.filter(meeting_on=meeting.held_on).order_by("pk")
    items = meeting.items.select_related("case__child", "case__school").prefetch_related(
        Prefetch("conflicts", aside), Prefetch("case__decisions", entries, to_attr="of_the_day")
    )
    return [_slot(meeting, item, before) for before, item in enumerate(items)]


def _slot(meeting: PanelMeeting, item: Any, before: int) -> Slot:
    """The slot of an item with ``before`` items ahead of it; positions have gaps if cases were taken off."""
    return Slot(
        item=item,
        place=before + 1,
        starts_at=starts_at(meeting, before),
        age=age_on(meeting.held_on, item.case.child.date_of_birth),
        aside=list(item.conflicts.all()),
        entries=item.case.of_the_day,
    )


def starts_at(meeting: PanelMeeting, before: int) -> time:
    """When a case with ``before`` cases ahead of it starts; for the number of all cases, when the meeting ends."""
    start = datetime.combine(date.min, meeting.starts_at)
    return (start + timedelta(minutes=before * meeting.slot_minutes)).time()


def title_of(meeting: PanelMeeting) -> str:
    """ "Independent Placement Panel, 29 April 2019"."""
    return f"{Panel(meeting.panel).label}, {formats.day(meeting.held_on)}"


def when_and_where(meeting: PanelMeeting, cases: int) -> str:
    """ "29 April 2019, 09:30 to 11:00, County Hall", ending after so many cases."""
    day, start = formats.day(meeting.held_on), f"{meeting.starts_at:%H:%M}"
    end = f" to {starts_at(meeting, cases):%H:%M}" if cases else ""
    return ", ".join(filter(None, (f"{day}, {start}{end}", meeting.place)))


def attendance(meeting: PanelMeeting, members: Sequence[Member]) -> str:
    """ "3 of 5 members are present; 3 are needed."."""
    needed = f"{formats.count(meeting.quorum)} {'is' if meeting.quorum == 1 else 'are'} needed."
    if not members:
        return f"Nobody is invited yet; {needed}"
    present = sum(member.present for member in members)
    are = "is" if 1 in (present, len(members)) else "are"
    return f"{formats.count(present)} of {formats.plural(len(members), 'member')} {are} present; {needed}"


def short_of_quorum(meeting: PanelMeeting, members: Sequence[Member], slots: Sequence[Slot]) -> str:
    """The sentence about undecided cases for which too few members are present; empty if there are enough.

    A member who stands aside from a case does not count towards its quorum.
    """
    present = {member.pk for member in members if member.present}
    short = [
        slot.case.case_id
        for slot in slots
        if slot.decision is None
        and len(present - {conflict.member_id for conflict in slot.aside}) < meeting.quorum
    ]
    if not short:
        return ""
    if len(present) < meeting.quorum:
        return "There is no quorum: nothing can be decided."
    return f"Conflicts of interest leave no quorum for {formats.listed(short)}."


def cost_asked(case: PanelCase) -> str:
    """ "£36,000 a year", or "£9,000 for part of a year"."""
    return cost_words(case.annual_cost, case.cost_basis)


def cost_words(amount: Decimal, basis: str) -> str:
    """An amount and what it covers: a year, unless the basis is part of a year."""
    pounds = formats.pounds_exact(amount).removesuffix(".00")
    return f"{pounds} {'for part of a year' if basis == CostBasis.PART_YEAR else 'a year'}"


def waiting_cases(meeting: PanelMeeting) -> list[Any]:
    """Cases of the panel that could be put on the agenda, with ``state``, oldest first; one statement."""
    of_panel = PanelCase.objects.with_state().filter(panel=meeting.panel, received_on__lte=meeting.held_on)
    could_come = of_panel.filter(state__in=(State.READY, State.DEFERRED)).exclude(
        agenda_items__meeting=meeting
    )
    return list(could_come.select_related("child", "school").order_by("received_on", "pk"))


def waiting_words(case: Any, day: date) -> str:
    """What a clerk sees when choosing: "ASD, age 13, Ash School, £36,000, received 3 March 2019, deferred"."""
    parts = (
        need_label(case.primary_need, case.secondary_need),
        f"age {age_on(day, case.child.date_of_birth)}",
        case.school.name if case.school else "",
        cost_asked(case),
        f"received {formats.day(case.received_on)}",
        "deferred before" if case.state == State.DEFERRED else "",
    )
    return ", ".join(filter(None, parts))
