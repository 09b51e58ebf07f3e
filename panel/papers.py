"""The papers of a case: everything needed to decide on it, on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_tables2 as tables

from panel.local_schools import LocalSchools, local_schools
from panel.models import (
    CaseDocument,
    CostBasis,
    Origin,
    Outcome,
    Panel,
    PanelCase,
    PanelDecision,
    Profile,
    Reason,
)
from panel.services.what_follows import placement_of
from panel.similar_costs import Comparison, compare
from placements.models import Placement
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Attendance, need_label
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.periods import age_on
from sen_dashboard.core.tables import KindColumn, KpiTable


@dataclass(frozen=True)
class Earlier:
    """A decision taken before, on this case or another of the child's, in words."""

    decision: PanelDecision
    what: str
    is_other_case: bool


@dataclass(frozen=True)
class Papers:
    """What is known of a case on a day. ``present`` is the child's placement then."""

    case: PanelCase
    heading: str
    sentence: str
    reasons: Sequence[str]
    documents: Sequence[CaseDocument]
    present: Placement | None
    earlier: Sequence[Earlier]
    costs: Comparison
    local: LocalSchools

    @property
    def dearer_than(self) -> str:
        """Where the cost asked for stands among similar ones: "As dear as or dearer than 78 of 97 similar"."""
        if self.case.cost_basis == CostBasis.PART_YEAR:
            return "Part of a year, not compared"
        if not self.costs.similar:
            return "Nothing similar is recorded"
        of = formats.count(self.costs.similar)
        return f"As dear as, or dearer than, {formats.count(self.costs.together.not_dearer)} of {of}"

    @property
    def caption(self) -> str:
        """What the cost stands beside: "Cost asked for a year, beside 97 day placements ... for ASD"."""
        covers = "a year, beside"
        if self.case.cost_basis == CostBasis.PART_YEAR:
            covers = "part of a year, beside a full year of"
        return f"Cost asked for {covers} {formats.count(self.costs.similar)} {self.costs.what}"

    @property
    def asked(self) -> str:
        """What the cost covers: "Day, a full year"."""
        parts = [Attendance(self.case.attendance).label] if self.case.attendance else []
        parts.append(self.case.get_cost_basis_display().lower() if self.case.cost_basis else "a full year")
        return ", ".join(parts)


class CostTable(KpiTable):
    part = tables.Column()
    asked = KindColumn(Kind.POUNDS)
    lower_quartile = KindColumn(Kind.POUNDS)
    median = KindColumn(Kind.POUNDS)
    upper_quartile = KindColumn(Kind.POUNDS)


class LocalTable(KpiTable):
    school = tables.Column()
    district = tables.Column(default="")
    provision = tables.Column(default="")
    places = KindColumn(Kind.COUNT)
    free = KindColumn(Kind.COUNT, verbose_name="Free places")
    cost = KindColumn(Kind.POUNDS, verbose_name="Mean cost")
    answered = tables.Column(verbose_name="Answer when asked")


def papers(case: PanelCase, day: date) -> Papers:
    """The papers of a case as at the day. The number of statements is the same whatever the case holds."""
    decisions = _earlier(case, day)
    return Papers(
        case=case,
        heading=f"{case.case_id}: {need_label(case.primary_need, case.secondary_need)}, "
        f"age {age_on(day, case.child.date_of_birth)}",
        sentence=_sentence(case, decisions, day),
        reasons=[Reason(reason).label for reason in case.reasons],
        documents=list(case.documents.order_by("pk")),
        present=placement_of(case.child_id, day),
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


def _earlier(case: PanelCase, day: date) -> list[Earlier]:
    """Decisions by the day on any case of the child, newest first."""
    taken = PanelDecision.objects.counted().filter(case__child=case.child_id, meeting_on__lte=day)
    ordered = taken.select_related("case").with_worth().order_by("-meeting_on", "-pk")
    return [Earlier(decision, _told(decision), decision.case_id != case.pk) for decision in ordered]


def _told(decision: Any) -> str:
    """A decision with its ``worth``: "Agreed on 12 March 2019, £38,400"."""
    told = f"{Outcome(decision.outcome).label} on {formats.day(decision.meeting_on)}"
    if decision.outcome == Outcome.MORE_INFORMATION:
        return f"{told}: {decision.information_needed}" if decision.information_needed else told
    return f"{told}, {formats.pounds(decision.worth)}"


def _sentence(case: PanelCase, earlier: Sequence[Earlier], day: date) -> str:
    """When it was received, how often it was presented, what brought it, and whose it is."""
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
