"""The papers of a case: everything needed to decide on it, on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import django_tables2 as tables

from panel import unlikely
from panel.models import (
    CaseDocument,
    CostBasis,
    Origin,
    Panel,
    PanelCase,
    PanelDecision,
    Profile,
    Reason,
)
from panel.pages.child_facts import ChildFacts, describe, facts_of
from panel.pages.local_schools import LocalSchools, local_schools
from panel.pages.similar_costs import Comparison, compare
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Attendance, need_label
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.money import to_penny
from sen_dashboard.core.periods import ONE_DAY, FinancialYear, age_on
from sen_dashboard.core.web.tables import KindColumn, KpiTable

NAMED = 3
"""How many schools a note names."""


@dataclass(frozen=True)
class Earlier:
    """An earlier decision, on this case or another of the child's, in words."""

    decision: PanelDecision
    what: str
    is_other_case: bool


@dataclass(frozen=True)
class Papers:
    """A case on a day, and what was ``known`` about its child then. The agreed cost runs from ``starts_on``; before
    an agreement this is the day itself. ``unlikely`` holds a sentence for each unlikely thing about the request."""

    case: PanelCase
    heading: str
    sentence: str
    reasons: Sequence[str]
    documents: Sequence[CaseDocument]
    known: ChildFacts
    unlikely: Sequence[str]
    starts_on: date
    earlier: Sequence[Earlier]
    costs: Comparison
    local: LocalSchools

    @property
    def extra_a_year(self) -> Decimal | None:
        """How much more a year the request costs than the present placement, in £; negative if it saves.

        Additional funding is on top of the placement. None for part of a year, or if the present cost is not known.
        """
        if self.case.cost_basis == CostBasis.PART_YEAR:
            return None
        if self.case.panel == Panel.ADDITIONAL_FUNDING or self.known.present is None:
            return self.case.annual_cost
        return None if self.known.cost is None else self.case.annual_cost - self.known.cost

    @property
    def year(self) -> FinancialYear:
        """The financial year of the day."""
        return FinancialYear.containing(self.known.day)

    @property
    def extra_this_year(self) -> Decimal | None:
        """How much of the extra cost falls in the financial year, by calendar day."""
        if self.extra_a_year is None:
            return None
        first = max(self.starts_on, self.year.start)
        days = max((self.year.end + ONE_DAY - first).days, 0)
        return to_penny(self.extra_a_year * days / self.year.days)

    @property
    def room(self) -> str:
        """The note that places are free although the request says there is no capacity; otherwise empty."""
        found = self.local.with_room
        if Reason.CAPACITY not in self.case.reasons or not found:
            return ""
        named = formats.listed([school.room for school in found[:NAMED]])
        more = f", and at {formats.count(len(found) - NAMED)} more" if len(found) > NAMED else ""
        return f"The request says that there is no capacity. Places are free for this need and age: {named}{more}."

    @property
    def lower_than(self) -> str:
        """How the cost requested ranks among similar ones: "Lower than 146 of 148 similar placements"."""
        if self.case.cost_basis == CostBasis.PART_YEAR:
            return "Part of a year, not compared"
        if not self.costs.similar:
            return "No similar costs recorded"
        higher = formats.count(self.costs.similar - self.costs.together.not_higher)
        return f"Lower than {higher} of {formats.plural(self.costs.similar, self.costs.one_similar)}"

    @property
    def caption(self) -> str:
        """What the cost is compared with: "Annual cost requested, beside 97 day placements ... for ASD"."""
        beside = f"{formats.count(self.costs.similar)} {self.costs.what}"
        if self.case.cost_basis == CostBasis.PART_YEAR:
            return f"Cost requested for part of a year, beside a full year of {beside}"
        return f"Annual cost requested, beside {beside}"

    @property
    def asked(self) -> str:
        """What the cost covers: "Day, a full year"."""
        parts = [Attendance(self.case.attendance).label] if self.case.attendance else []
        parts.append(self.case.get_cost_basis_display().lower() if self.case.cost_basis else "a full year")
        return ", ".join(parts)


class CostTable(KpiTable):
    part = tables.Column()
    asked = KindColumn(Kind.POUNDS, verbose_name="Requested")
    lower_quartile = KindColumn(Kind.POUNDS)
    median = KindColumn(Kind.POUNDS)
    upper_quartile = KindColumn(Kind.POUNDS)


class LocalTable(KpiTable):
    school = tables.Column()
    district = tables.Column(default="")
    provision = tables.Column(default="")
    places = KindColumn(Kind.COUNT)
    free = KindColumn(Kind.COUNT, verbose_name="Free now")
    free_next = KindColumn(Kind.COUNT, verbose_name="Free next September")
    cost = KindColumn(Kind.POUNDS, verbose_name="Mean cost")
    answered = tables.Column(verbose_name="Response")


def papers(case: PanelCase, day: date) -> Papers:
    """The papers of a case as at the day. The number of statements does not depend on the case."""
    known = facts_of(case.child, day)
    decisions = [Earlier(taken, describe(taken), taken.case_id != case.pk) for taken in known.decisions]
    agreed = next((each.decision for each in decisions if not each.is_other_case), None)
    return Papers(
        case=case,
        heading=f"{case.case_id}: {need_label(case.primary_need, case.secondary_need)}, "
        f"age {age_on(day, case.child.date_of_birth)}",
        sentence=_sentence(case, decisions, day),
        reasons=[Reason(reason).label for reason in case.reasons],
        documents=list(case.documents.order_by("pk")),
        known=known,
        unlikely=unlikely.of_request(case, known),
        starts_on=(agreed and agreed.starts_on) or day,
        earlier=decisions,
        costs=compare(case, day),
        local=local_schools(case, day),
    )


def tables_of(shown: Papers) -> dict[str, Any]:
    """The tables beside a decision."""
    return {
        "cost_table": CostTable(shown.costs.parts, orderable=False),
        "local_table": LocalTable(shown.local.schools, orderable=False),
    }


def _sentence(case: PanelCase, earlier: Sequence[Earlier], day: date) -> str:
    """When it was received, how often it was presented, its origin, and who is responsible for it."""
    waited = (day - case.received_on).days
    parts = [f"Received {formats.day(case.received_on)}, {formats.plural(waited, 'day')} ago."]
    before = sum(not entry.is_other_case and entry.decision.meeting_on < day for entry in earlier)
    if before:
        times = {1: "once", 2: "twice"}.get(before) or formats.plural(before, "time")
        parts.append(f"Decided {times} before.")
    if case.origin:
        parts.append(f"{Origin(case.origin).label}.")
    if case.profile:
        parts.append(f"{Profile(case.profile).label}.")
    if case.caseworker:
        parts.append(f"Caseworker {case.caseworker}.")
    return f"{Panel(case.panel).label}. {' '.join(parts)}"
