"""The page of a child: the situation on the day, and everything recorded up to then on one time line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from panel.decided_cases import NAMES
from panel.models import PanelDecision
from placements import scope_form
from placements.as_at import AsAt
from placements.models import Child, CostLine, IssueDecision, Placement, Plan
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Provision, need_words
from sen_dashboard.core.kpi.addresses import kept_query
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import age_on
from sen_dashboard.core.web.details import Detail, address_of, detail, left_out

DECIDED = {
    IssueDecision.ISSUED.value: "to issue a plan",
    IssueDecision.NOT_ISSUED.value: "not to issue a plan",
}


@dataclass(frozen=True)
class TimelineEntry:
    """An event: the day, the record it is about, its words, and the page of that record, if any.

    A ``void`` entry was recorded in error.
    """

    day: date
    record: str
    words: str
    address: str = ""
    void: bool = False


def heading(child: Child) -> str:
    """Return the title of the page: children have no names here."""
    return f"Child {child.child_id}"


def context(child: Child, scope: Scope, typed: Mapping[str, str], default: AsAt) -> dict[str, Any]:
    """Return the context of the page as known on the day."""
    query = kept_query(typed)
    entries = [*_entries(child, scope.as_at, query)]
    shown = [entry for entry in entries if entry.day <= scope.as_at]
    later = len(entries) - len(shown)
    return {
        "heading": heading(child),
        "details": _details(child, scope.as_at, query),
        "entries": sorted(shown, key=lambda entry: entry.day, reverse=True),
        "left_out": left_out(later, "entry", "entries", scope.as_at),
        **scope_form.context((), scope, typed, default),
    }


def _details(child: Child, day: date, query: str) -> tuple[Detail, ...]:
    """Return age and home, then the plan in force, the open placement and its cost."""
    plan = child.plans.in_force_on(day).first()
    placement = _placement(child, day)
    return (
        Detail("Age", _age(child, day)),
        detail("Home district", child.home_district),
        Detail(
            "Plan in force", f"{plan.plan_id}, issued on {formats.day(plan.issued_on)}" if plan else "none"
        ),
        Detail(
            "Need", need_words(plan.primary_need, plan.secondary_need) if plan else "none recorded in a plan"
        ),
        *(_placed(placement, query) if placement else (Detail("Placement", "none open"),)),
    )


def _age(child: Child, day: date) -> str:
    if child.date_of_birth > day:
        return "not yet born"
    return formats.plural(age_on(day, child.date_of_birth), "year")


def _placement(child: Child, day: date) -> Placement | None:
    """Return the placement open on the day: there is at most one, as with plans in force."""
    placements = Placement.objects.filter(plan__child=child).open_on(day).select_related("school")
    placement: Placement | None = (
        placements.with_provision().with_annual_cost(day).with_transport(day).first()
    )
    return placement


def _placed(placement: Any, query: str) -> tuple[Detail, ...]:
    """Return the details of the open placement, with its ``provision``, ``annual_cost`` and ``transport``."""
    kind = f"{Provision(placement.provision).label}, {placement.get_attendance_display().lower()}"
    return (
        Detail("School", placement.school.name, address_of("school", placement.school_id, query)),
        Detail("Provision", kind),
        Detail("Placement", placement.placement_id, address_of("placement", placement.placement_id, query)),
        Detail("Annual cost", formats.pounds(placement.annual_cost)),
        detail(
            "Transport, not included in the cost",
            formats.pounds(placement.transport) if placement.transport is not None else "",
        ),
    )


def _entries(child: Child, day: date, query: str) -> Iterator[TimelineEntry]:
    """Yield all events, kind by kind; on the same day later steps come first, as on the time line."""
    yield from _of_cost_lines(child, day, query)
    yield from _of_placements(child, query)
    yield from _of_decisions(child, query)
    yield from _of_cases(child, query)
    yield from _of_plans(child)
    yield from _of_assessments(child)


def _of_cost_lines(child: Child, day: date, query: str) -> Iterator[TimelineEntry]:
    """Yield each line once, on its first day; its last day is mentioned only once it has come."""
    lines = CostLine.objects.filter(placement__plan__child=child).order_by("placement", "kind", "starts_on")
    for line in lines:
        has_ended = line.ends_on is not None and line.ends_on <= day
        yield TimelineEntry(
            line.starts_on,
            f"Placement {line.placement_id}",
            f"cost line, {line.get_kind_display().lower()}, {formats.pounds(line.annual_amount)} a year"
            + (f", until {formats.day(line.ends_on)}" if has_ended else ""),
            address_of("placement", line.placement_id, query),
            line.void,
        )


def _of_placements(child: Child, query: str) -> Iterator[TimelineEntry]:
    placements = Placement.objects.filter(plan__child=child).select_related("school").order_by("starts_on")
    for placement in placements:
        record = f"Placement {placement.placement_id}"
        address = address_of("placement", placement.placement_id, query)
        attendance = placement.get_attendance_display().lower()
        yield TimelineEntry(
            placement.starts_on, record, f"first day at {placement.school}, {attendance}", address
        )
        if placement.ends_on:
            reason = f": {placement.get_end_reason_display().lower()}" if placement.end_reason else ""
            yield TimelineEntry(placement.ends_on, record, f"last day at {placement.school}{reason}", address)


def _of_decisions(child: Child, query: str) -> Iterator[TimelineEntry]:
    decisions: QuerySet[Any, Any] = PanelDecision.objects.filter(case__child=child).with_worth()
    for decision in decisions.select_related("case").order_by("meeting_on", "case"):
        yield TimelineEntry(
            decision.meeting_on,
            f"Panel case {decision.case_id}",
            f"{decision.get_outcome_display().lower()} by the {NAMES[decision.case.panel]}, "
            f"{formats.pounds(decision.worth)}",
            address_of("case", decision.case_id, query),
            decision.void,
        )


def _of_cases(child: Child, query: str) -> Iterator[TimelineEntry]:
    for case in child.panel_cases.order_by("received_on", "case_id"):
        yield TimelineEntry(
            case.received_on,
            f"Panel case {case.case_id}",
            f"received for the {NAMES[case.panel]}, {formats.pounds(case.annual_cost)}",
            address_of("case", case.case_id, query),
            case.void,
        )


def _of_plans(child: Child) -> Iterator[TimelineEntry]:
    for plan in child.plans.order_by("-issued_on"):
        need = need_words(plan.primary_need, plan.secondary_need)
        yield TimelineEntry(plan.issued_on, f"Plan {plan.plan_id}", f"issued for {need}")
        if plan.ceased_on:
            yield TimelineEntry(plan.ceased_on, f"Plan {plan.plan_id}", f"ceased{_reason(plan)}")


def _reason(plan: Plan) -> str:
    return f": {plan.get_cease_reason_display().lower()}" if plan.cease_reason else ""


def _of_assessments(child: Child) -> Iterator[TimelineEntry]:
    for assessment in child.assessments.order_by("-requested_on", "assessment_id"):
        record = f"Assessment {assessment.assessment_id}"
        if assessment.issue_decided_on:
            decided = DECIDED[assessment.issue_decision]
            yield TimelineEntry(assessment.issue_decided_on, record, f"decided {decided}")
        if assessment.assess_decided_on:
            yield TimelineEntry(
                assessment.assess_decided_on, record, assessment.get_assess_decision_display().lower()
            )
        yield TimelineEntry(assessment.requested_on, record, "requested")
