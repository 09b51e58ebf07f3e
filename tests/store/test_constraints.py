"""The store: what PostgreSQL refuses however it is asked, and how each refusal reaches a person.

Every rule is a valid record, and a change that must be refused. PostgreSQL is tested first, bypassing all of Django's
validation; then forms are.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.forms import ModelForm, model_to_dict, modelform_factory

from panel.models import (
    AgendaItem,
    AgreedCost,
    CaseDocument,
    Confirmation,
    ConflictOfInterest,
    Consultation,
    ExpectedPlacement,
    Member,
    PanelCase,
    PanelDecision,
    PanelMeeting,
    RequestDraft,
    RequestedCost,
)
from placements.models import (
    Assessment,
    BillingTerm,
    Budget,
    Child,
    ClosedMonth,
    CostLine,
    FindingNote,
    Forecast,
    LedgerMapping,
    LedgerPosting,
    LedgerUpload,
    Placement,
    Plan,
    ReopenedMonth,
    SupplierMatch,
)
from provision.models import CommissioningChange, School, SchoolPlaces
from sen_dashboard.core.models.constraints import Check, Unique
from sen_dashboard.core.models.trail import TrailEntry
from sen_dashboard.programme.models import (
    Action,
    ActionUpdate,
    DecisionNeeded,
    Event,
    KpiNote,
    Milestone,
    Risk,
    Workstream,
)
from tests import factories as f

pytestmark = pytest.mark.django_db

Maker = Callable[..., models.Model]
Change = tuple[models.Model, dict[str, Any]]

MAKERS: dict[type[models.Model], Maker] = {
    School: f.make_school,
    SchoolPlaces: f.make_places,
    CommissioningChange: f.make_change,
    Child: f.make_child,
    Assessment: lambda: f.make_assessment(
        assess_decision="AGREED",
        assess_decided_on=date(2018, 2, 1),
        issue_decision="ISSUED",
        issue_decided_on=date(2018, 5, 1),
    ),
    Plan: f.make_plan,
    Placement: f.make_placement,
    CostLine: f.make_cost_line,
    BillingTerm: f.make_billing_term,
    Budget: f.make_budget,
    Forecast: f.make_forecast,
    LedgerPosting: f.make_posting,
    LedgerMapping: f.make_mapping,
    SupplierMatch: f.make_match,
    LedgerUpload: f.make_upload,
    ClosedMonth: f.make_closed_month,
    ReopenedMonth: f.make_reopened_month,
    FindingNote: f.make_finding_note,
    PanelCase: f.make_case,
    PanelDecision: f.make_decision,
    RequestedCost: f.make_requested_cost,
    CaseDocument: f.make_document,
    Consultation: f.make_consultation,
    Confirmation: f.make_confirmation,
    RequestDraft: f.make_draft,
    AgreedCost: f.make_agreed_cost,
    ExpectedPlacement: f.make_expected,
    PanelMeeting: f.make_meeting,
    AgendaItem: f.make_agenda_item,
    Member: f.make_member,
    ConflictOfInterest: f.make_conflict,
    Event: f.make_event,
    Workstream: f.make_workstream,
    Action: f.make_action,
    ActionUpdate: f.make_update,
    Milestone: f.make_milestone,
    Risk: f.make_risk,
    DecisionNeeded: f.make_decision_needed,
    KpiNote: f.make_note,
}
APPS = ("provision", "placements", "panel", "programme")
MODELS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
RECORDS = [model for model in MODELS if not model._meta.proxy and not issubclass(model, TrailEntry)]
MAY_BE_NEGATIVE = {
    (LedgerPosting, "amount"),
    (CommissioningChange, "places_change"),
    (Action, "expected_change"),
}
NEVER_CHANGED = {ClosedMonth, ReopenedMonth, FindingNote, ActionUpdate}

BORN, BEFORE_BIRTH = date(2005, 6, 1), date(2005, 5, 31)


@dataclass(frozen=True)
class Rule:
    """``make`` stores a record and names the values that the constraint ``name`` keeps from it.

    A person is told ``sentence`` at ``field``; where it is empty, Django's own about choices. ``inserts`` is False for
    a rule about what hangs on a record, which a new record cannot break, ``changes`` for one about a record that is
    never changed or removed.
    """

    name: str
    make: Callable[[], Change]
    field: str
    sentence: str
    inserts: bool = True
    changes: bool = True


def rule(name: str, maker: Maker, field: str, sentence: str, **wrong: Any) -> Rule:
    """A rule about one record by itself."""
    return Rule(name, lambda: (maker(), wrong), field, sentence)


# Codes, amounts and numbers: every field there is


def coded_fields() -> Iterator[tuple[type[models.Model], Any]]:
    """The fields that hold codes, by their choices or as an array."""
    for model in RECORDS:
        for field in model._meta.concrete_fields:
            if field.choices or isinstance(field, ArrayField):
                yield model, field


def code_rules() -> Iterator[Rule]:
    """No unknown code in any coded field, and not none where one is required."""
    for model, field in coded_fields():
        check, sentence = check_of(model, field.name)
        wrong: list[Any] = [["?"], ["ASD", "asd"]] if isinstance(field, ArrayField) else ["?", "a"]
        if not field.blank:
            wrong.append("")
        for value in wrong:
            said = "" if field.choices else sentence
            found = rule(check, MAKERS[model], field.name, said, **{field.name: value})
            yield replace(found, changes=model not in NEVER_CHANGED)


def number_rules() -> Iterator[Rule]:
    """No amount or number below nothing."""
    for model in RECORDS:
        for field in model._meta.concrete_fields:
            if field.primary_key or (model, field.name) in MAY_BE_NEGATIVE:
                continue
            if isinstance(field, models.DecimalField | models.IntegerField):
                check, sentence = check_of(model, field.name)
                least = Decimal("-0.01") if isinstance(field, models.DecimalField) else -1
                found = rule(check, MAKERS[model], field.name, sentence, **{field.name: least})
                yield replace(found, changes=model not in NEVER_CHANGED)


def check_of(model: type[models.Model], field: str) -> tuple[str, str]:
    """Name and sentence of the check that reports at the field."""
    for constraint in model._meta.constraints:
        if isinstance(constraint, Check) and constraint.field == field:
            return constraint.name, str(constraint.violation_error_message)
    return f"a check of {model.__name__}.{field}", ""


# Rules within a record

TOGETHER = "A decision and its date belong together: enter both or neither."
OF_ONE_THING = "A milestone belongs either to an action or to a change of the commissioning plan."
EARLIER, LATER = date(2018, 3, 1), date(2018, 3, 2)


def started() -> ExpectedPlacement:
    """A placement that was expected, offered, and started."""
    return f.make_expected(offered_on=date(2018, 6, 1), placement=f.make_placement())


def expecting(**given: Any) -> Action:
    """An action that is to lower the share of INMSS by 1.5 points from September on."""
    expected = {
        "kpi": "ehcp_share",
        "kpi_key": "share_pct",
        "expected_change": Decimal("-1.5"),
        "expected_from": date(2019, 9, 1),
    }
    return f.make_action(**expected | given)


WITHIN_A_RECORD = (
    rule(
        "school_closes_after_opening",
        f.make_school,
        "closed_on",
        "The school cannot close before it opens.",
        opened_on=LATER,
        closed_on=EARLIER,
    ),
    rule(
        "plan_ceases_after_issue",
        f.make_plan,
        "ceased_on",
        "The plan cannot cease before it was issued.",
        issued_on=LATER,
        ceased_on=EARLIER,
    ),
    rule(
        "placement_ends_after_start",
        f.make_placement,
        "ends_on",
        "The placement cannot end before it starts.",
        starts_on=LATER,
        ends_on=EARLIER,
    ),
    rule(
        "placement_attended_after_start",
        f.make_placement,
        "last_attended_on",
        "The last day attended must lie within the placement.",
        starts_on=LATER,
        last_attended_on=EARLIER,
    ),
    rule(
        "placement_attended_before_end",
        f.make_placement,
        "last_attended_on",
        "The last day attended must lie within the placement.",
        starts_on=EARLIER,
        ends_on=EARLIER,
        last_attended_on=LATER,
    ),
    *(
        rule(
            "placement_paid_as_long_as_attended",
            f.make_placement,
            "paid_to_on",
            "The placement is paid for at least to its first day and the last day attended.",
            paid_to_on=EARLIER,
            **attended,
        )
        for attended in ({"starts_on": LATER}, {"starts_on": EARLIER, "last_attended_on": LATER})
    ),
    rule(
        "cost_line_asked_for_something",
        f.make_cost_line,
        "asked_amount",
        "Enter what the school asked for.",
        agreement="ASKED",
    ),
    *(
        rule(
            "cost_line_shares_are_the_whole",
            f.make_cost_line,
            "education_share",
            "The shares of education, social care, health and others must come to 100%.",
            **shares,
        )
        for shares in (
            {"health_share": 1},
            {"education_share": Decimal("61.5"), "social_care_share": 20, "health_share": 20},
            {"education_share": 50, "other_share": 49},
            {"education_share": 50, "other_share": 51},
        )
    ),
    rule(
        "cost_line_share_is_percent",
        f.make_cost_line,
        "education_share",
        "Enter a percentage from 0 to 100.",
        education_share=101,
        other_share=0,
    ),
    Rule(
        "billing_term_named",
        lambda: (f.make_billing_term(), {"name": "–"}),
        "name",
        "Enter what the term is called.",
    ),
    rule(
        "billing_term_month_of_a_year",
        f.make_billing_term,
        "first_month",
        "Choose a month.",
        first_month=13,
    ),
    rule(
        "billing_term_month",
        f.make_billing_term,
        "first_month",
        "Another term begins in this month.",
        first_month=9,
    ),
    rule(
        "cost_line_ends_after_start",
        lambda: f.make_cost_line(placement=f.make_placement(starts_on=EARLIER)),
        "ends_on",
        "The cost line cannot end before it starts.",
        starts_on=LATER,
        ends_on=EARLIER,
    ),
    rule(
        "assessment_decided_after_request",
        f.make_assessment,
        "assess_decided_on",
        "The decision to assess cannot come before the request.",
        requested_on=LATER,
        assess_decision="AGREED",
        assess_decided_on=EARLIER,
    ),
    rule(
        "assessment_issue_decided_after_request",
        f.make_assessment,
        "issue_decided_on",
        "The decision to issue cannot come before the request.",
        requested_on=LATER,
        issue_decision="ISSUED",
        issue_decided_on=EARLIER,
    ),
    *(
        rule(
            f"assessment_{which}_decision_dated", f.make_assessment, f"{which}_decided_on", TOGETHER, **wrong
        )
        for which, decision in (("assess", "REFUSED"), ("issue", "NOT_ISSUED"))
        for wrong in ({f"{which}_decision": decision}, {f"{which}_decided_on": date(2018, 2, 1)})
    ),
    *(
        rule(name, maker, field, f"Enter {example}.", **{field: year})
        for name, maker, field, example in (
            ("school_places_year_format", f.make_places, "academic_year", "an academic year such as 2019-20"),
            ("budget_year_format", f.make_budget, "financial_year", "a financial year such as 2018-19"),
            ("forecast_year_format", f.make_forecast, "financial_year", "a financial year such as 2018-19"),
        )
        for year in ("2018-20", "2018-18", "2018/19", "18-19", "0000-01", "2018", "x018-19")
    ),
    Rule(
        "closed_month_is_first_day",
        lambda: (f.make_closed_month(), {"month": date(2018, 4, 2)}),
        "month",
        "Enter the first day of the month.",
        changes=False,
    ),
    Rule(
        "reopened_month_reason_given",
        lambda: (f.make_reopened_month(), {"reason": "…"}),
        "reason",
        "Say why the month is opened again.",
        changes=False,
    ),
    *(
        Rule(name, lambda wrong=wrong: (f.make_finding_note(), wrong), field, sentence, changes=False)
        for name, field, sentence, wrong in (
            (
                "finding_note_status_known",
                "status",
                "Choose one of query raised, explained, recovered.",
                {"status": "NEW"},
            ),
            (
                "finding_note_month_is_first_day",
                "month",
                "Enter the first day of the month.",
                {"month": date(2018, 4, 2)},
            ),
            (
                "finding_note_total_with_recovered",
                "total",
                "Enter no less than was recovered.",
                {"recovered": Decimal("100.01")},
            ),
            (
                "finding_note_recovered_something",
                "recovered",
                "Enter how much was recovered.",
                {"status": "RECOVERED", "recovered": Decimal(0)},
            ),
            ("finding_note_text_given", "text", "Write what was found or done.", {"text": "…"}),
        )
    ),
    rule(
        "ledger_posting_month_is_first_day",
        f.make_posting,
        "month",
        "Enter the first day of the month.",
        month=date(2018, 4, 2),
    ),
    rule(
        "ledger_posting_own_month_is_first_day",
        f.make_posting,
        "own_month",
        "Enter the first day of the month.",
        own_month=date(2018, 3, 31),
    ),
    *(
        rule(
            "placement_weeks_in_a_year",
            f.make_placement,
            "weeks_per_year",
            "Enter 1 to 53 weeks.",
            weeks_per_year=n,
        )
        for n in (0, 54)
    ),
    rule(
        "cost_line_share_is_percent",
        f.make_cost_line,
        "education_share",
        "Enter a percentage from 0 to 100.",
        education_share=Decimal("100.01"),
    ),
    *(
        rule(
            "panel_case_reasons_fit_panel",
            maker,
            "reasons",
            "Choose reasons that this panel records.",
            **wrong,
        )
        for maker, wrong in (
            (f.make_case, {"reasons": ["COMPLEXITY", "ONE_TO_ONE"]}),
            (lambda: f.make_case(reasons=["CAPACITY"]), {"panel": "ADDITIONAL_FUNDING"}),
        )
    ),
    *(
        replace(
            rule(name, maker, field, "Enter a date from 1900 to 2199.", **{field: day}),
            changes=maker is not f.make_update,
        )
        for name, maker, field in (
            ("event_day_within_reach", f.make_event, "day"),
            ("action_due_within_reach", f.make_action, "due_on"),
            ("action_update_day_within_reach", f.make_update, "day"),
            ("milestone_due_within_reach", f.make_milestone, "due_on"),
            ("milestone_reached_within_reach", f.make_milestone, "reached_on"),
            ("risk_updated_within_reach", f.make_risk, "updated_on"),
            ("decision_needed_by_within_reach", f.make_decision_needed, "needed_by"),
            ("decision_settled_within_reach", f.make_decision_needed, "settled_on"),
            ("kpi_note_day_within_reach", f.make_note, "day"),
            ("action_expected_within_reach", expecting, "expected_from"),
        )
        for day in (date(1899, 12, 31), date(2200, 1, 1))
    ),
    *(
        rule(name, maker, "title", f"{sentence}, in words on one line.", title=title)
        for name, maker, sentence in (
            ("event_title_given", f.make_event, "Enter what happened"),
            ("workstream_title_given", f.make_workstream, "Enter the workstream’s name"),
            ("action_title_given", f.make_action, "Enter what is being done"),
            ("milestone_title_given", f.make_milestone, "Enter the milestone"),
            ("risk_title_given", f.make_risk, "Enter what could happen"),
            ("decision_needed_title_given", f.make_decision_needed, "Enter what is to be decided"),
            ("kpi_note_title_given", f.make_note, "Give a heading"),
        )
        for title in ("two\nlines", "—")
    ),
    *(
        replace(
            rule(
                "action_update_explained",
                f.make_update,
                "note",
                "Enter in a sentence why it is at risk or off track.",
                status=status,
                note=note,
            ),
            changes=False,
        )
        for status in ("AT_RISK", "OFF_TRACK")
        for note in ("", ".")
    ),
    *(
        rule(name, maker, field, sentence, **wrong)
        for name, maker, field, sentence, wrong in (
            (
                "action_number_of_a_kpi",
                f.make_action,
                "kpi",
                "Name the KPI whose number is meant.",
                {"kpi_key": "share_pct"},
            ),
            (
                "action_row_of_a_number",
                lambda: f.make_action(kpi="need_mix"),
                "kpi_key",
                "Name the number of the KPI that is meant in this row.",
                {"kpi_row": "SEMH"},
            ),
            (
                "action_change_of_a_number",
                expecting,
                "kpi_key",
                "An expected change needs the KPI and the number that it is a change of.",
                {"kpi_key": ""},
            ),
            *(
                (
                    "action_change_dated",
                    expecting,
                    "expected_from",
                    "Enter an expected change and the date it is expected from, or neither.",
                    {field: None},
                )
                for field in ("expected_change", "expected_from")
            ),
            (
                "action_change_is_one",
                expecting,
                "expected_change",
                "Enter a change other than 0.",
                {"expected_change": Decimal(0)},
            ),
            (
                "milestone_of_one_thing",
                f.make_milestone,
                "action",
                OF_ONE_THING,
                {"action": None},
            ),
            *(
                (
                    f"risk_{field}_from_1_to_5",
                    f.make_risk,
                    field,
                    "Enter a whole number from 1 to 5.",
                    {field: number},
                )
                for field in ("likelihood", "impact")
                for number in (0, 6)
            ),
            (
                "decision_settled_with_its_day",
                f.make_decision_needed,
                "settled_on",
                "What was decided comes with the day on which it was.",
                {"settled_as": "Agreed"},
            ),
            ("kpi_note_text_given", f.make_note, "text", "Write what was found.", {"text": "..."}),
            ("kpi_note_of_a_kpi", f.make_note, "kpi", "", {"kpi": ""}),
        )
    ),
    rule(
        "panel_case_ready_after_received",
        f.make_case,
        "ready_on",
        "The papers cannot be complete before the case was received.",
        ready_on=date(2018, 1, 14),
    ),
    Rule(
        "panel_case_void_with_reason",
        lambda: (f.make_case(), {"void": True, "voided_by": f.make_user(), "void_reason": ""}),
        "void_reason",
        "Enter why the case is cancelled.",
    ),
    rule(
        "panel_decision_corrected_is_void",
        f.make_decision,
        "void",
        "A corrected decision is no longer valid.",
        corrected=True,
    ),
    rule(
        "panel_decision_recorded_with_author",
        f.make_decision,
        "recorded_by",
        "Record both who entered a decision and when, or neither.",
        recorded_at=datetime(2018, 5, 1, 12, tzinfo=UTC),
    ),
    *(
        rule(
            "panel_meeting_within_reach",
            f.make_meeting,
            "held_on",
            "Enter a date from 1900 to 2199.",
            held_on=day,
        )
        for day in (date(1899, 12, 31), date(2200, 1, 1))
    ),
    *(
        rule("panel_meeting_slot", f.make_meeting, "slot_minutes", "Enter 1 to 240 minutes.", slot_minutes=n)
        for n in (0, 241)
    ),
    *(
        rule("panel_meeting_quorum", f.make_meeting, "quorum", "Enter 1 to 50 members.", quorum=n)
        for n in (0, 51)
    ),
    *(
        rule(
            "expected_placement_one_end",
            started,
            "refused_on",
            "It can be refused, cancelled or started, but only one of these.",
            **wrong,
        )
        for wrong in (
            {"refused_on": LATER},
            {"cancelled_on": LATER},
            {"placement": None, "refused_on": LATER, "cancelled_on": LATER},
        )
    ),
    rule(
        "expected_placement_offered_before_start",
        started,
        "offered_on",
        "The school's offer comes before the start.",
        offered_on=None,
    ),
    rule(
        "expected_placement_offered_by_a_school",
        lambda: f.make_expected(offered_on=LATER),
        "school",
        "Only a school can offer a place.",
        school=None,
    ),
    *(
        rule(check, maker, "title", "", title=" ")  # a form's own words for an empty field
        for check, maker in (
            ("event_title_given", f.make_event),
            ("workstream_title_given", f.make_workstream),
        )
    ),
)


# Rules between records of one table


def twice(maker: Maker, *same: str, **given: Any) -> Change:
    """Two records, and what would make the second a double of the first."""
    first, second = maker(**given), maker()
    return second, {field: getattr(first, field) for field in same}


def two_plans(**wrong: Any) -> Change:
    """A plan in force from 1 January 2015 until 1 January 2016, and another of the child from 2017 on."""
    child = f.make_child()
    f.make_plan(child=child, issued_on=date(2015, 1, 1), ceased_on=date(2016, 1, 1))
    return f.make_plan(child=child, issued_on=date(2017, 1, 1)), wrong


def two_placements(**wrong: Any) -> Change:
    """A placement from 1 January to 31 March 2018, and another of the plan from June on."""
    plan = f.make_plan()
    f.make_placement(plan=plan, starts_on=date(2018, 1, 1), ends_on=date(2018, 3, 31))
    return f.make_placement(plan=plan, starts_on=date(2018, 6, 1)), wrong


def two_lines(void: bool = False, **wrong: Any) -> Change:
    """A core fee from 1 January to 31 March 2018, and another of the placement, perhaps void, from June on."""
    placement = f.make_placement(starts_on=date(2017, 1, 1))
    f.make_cost_line(placement=placement, starts_on=date(2018, 1, 1), ends_on=date(2018, 3, 31))
    return f.make_cost_line(placement=placement, starts_on=date(2018, 6, 1), void=void), wrong


def void_line_in_the_way() -> Change:
    """A void core fee over the days of another, about to count again."""
    line, _ = two_lines(void=True)
    type(line)._default_manager.filter(pk=line.pk).update(starts_on=date(2018, 3, 31))
    line.refresh_from_db()
    return line, {"void": False}


def two_meetings() -> Change:
    f.make_meeting(held_on=date(2018, 5, 1))
    return f.make_meeting(held_on=date(2018, 5, 8)), {"held_on": date(2018, 5, 1)}


def two_items(same: str) -> Callable[[], Change]:
    """Two cases of an agenda, with the same value of the field."""

    def make() -> Change:
        first = f.make_agenda_item()
        return f.make_agenda_item(meeting=first.meeting), {same: getattr(first, same)}

    return make


def two_members() -> Change:
    first = f.make_member()
    return f.make_member(meeting=first.meeting), {"name": first.name}


def two_conflicts() -> Change:
    first = f.make_conflict()
    return f.make_conflict(item=first.item), {"member": first.member}


def overlaps(
    name: str, make: Callable[..., Change], field: str, sentence: str, *wrong: dict[str, Any]
) -> list[Rule]:
    return [Rule(name, partial(make, **change), field, sentence) for change in wrong]


BETWEEN_RECORDS = (
    *overlaps(
        "plan_one_in_force_for_a_child",
        two_plans,
        "issued_on",
        "The child has another plan in force at that time.",
        {"issued_on": date(2015, 12, 31)},
        {"issued_on": date(2014, 1, 1), "ceased_on": date(2015, 1, 2)},
        {"issued_on": date(2014, 1, 1), "ceased_on": None},
        {"issued_on": date(2015, 6, 1), "ceased_on": date(2015, 6, 2)},
    ),
    *overlaps(
        "placement_one_open_for_a_plan",
        two_placements,
        "starts_on",
        "The plan has another placement at that time.",
        {"starts_on": date(2018, 3, 31)},
        {"starts_on": date(2017, 9, 1), "ends_on": date(2018, 1, 1)},
        {"starts_on": date(2017, 9, 1), "ends_on": None},
        {"starts_on": date(2018, 2, 1), "ends_on": date(2018, 2, 1)},
    ),
    *overlaps(
        "cost_line_one_of_a_kind",
        two_lines,
        "starts_on",
        "The placement has another cost line of this kind at that time.",
        {"starts_on": date(2018, 3, 31)},
        {"starts_on": date(2017, 9, 1), "ends_on": date(2018, 1, 1)},
        {"starts_on": date(2017, 9, 1), "ends_on": None},
        {"starts_on": date(2018, 2, 1), "ends_on": date(2018, 2, 1)},
    ),
    Rule(
        "cost_line_one_of_a_kind",
        void_line_in_the_way,
        "starts_on",
        "The placement has another cost line of this kind at that time.",
    ),
    Rule(
        "cost_line_key",
        lambda: two_lines(void=True, starts_on=date(2018, 1, 1)),
        "starts_on",
        "The placement already has a cost line of this kind from that day.",
    ),
    Rule(
        "school_places_once_a_year",
        lambda: twice(f.make_places, "school"),
        "academic_year",
        "This school's places for that year are already entered.",
    ),
    Rule(
        "budget_key",
        lambda: twice(f.make_budget, "line", line="1.2.1"),
        "line",
        "The budget for this line and year is already entered.",
    ),
    Rule(
        "forecast_key",
        lambda: twice(f.make_forecast, "line", line="1.2.1"),
        "made_on",
        "A forecast for this line and year was already made that day.",
    ),
    Rule(
        "ledger_posting_key",
        lambda: twice(f.make_posting, "reference"),
        "reference",
        "A posting with this reference is already entered for the source, month, line and school.",
    ),
    Rule(
        "ledger_mapping_key",
        lambda: twice(f.make_mapping, "source"),
        "source",
        "The columns of this source are already chosen.",
    ),
    Rule(
        "supplier_match_key",
        lambda: twice(f.make_match, "supplier"),
        "supplier",
        "This supplier is already matched.",
    ),
    Rule(
        "panel_decision_key",
        lambda: twice(f.make_decision, "case"),
        "meeting_on",
        "This case was already decided on that day.",
    ),
    Rule(
        "requested_cost_key",
        lambda: twice(f.make_requested_cost, "case"),
        "kind",
        "The request already has this part.",
    ),
    Rule(
        "confirmation_key",
        lambda: twice(f.make_confirmation, "case"),
        "sentence",
        "This has already been confirmed.",
    ),
    Rule(
        "agreed_cost_key",
        lambda: twice(f.make_agreed_cost, "decision"),
        "kind",
        "The decision already has this part.",
    ),
    Rule(
        "case_document_key",
        lambda: twice(f.make_document, "case", "reference"),
        "reference",
        "This paper is already listed.",
    ),
    Rule(
        "consultation_key",
        lambda: twice(f.make_consultation, "case", "school"),
        "school",
        "This school is already listed.",
    ),
    Rule(
        "finding_note_key",
        lambda: twice(f.make_finding_note, "key"),
        "number",
        "Someone else wrote a note on this finding since you opened it.",
        changes=False,
    ),
    Rule(
        "reopened_month_key",
        lambda: twice(f.make_reopened_month, "closed_at", closed_at=datetime(2018, 5, 3, 9, tzinfo=UTC)),
        "closed_at",
        "This month is open already.",
        changes=False,
    ),
    Rule("panel_meeting_key", two_meetings, "held_on", "This panel already has a meeting on that day."),
    Rule("agenda_item_key", two_items("case"), "case", "This case is already on the agenda."),
    Rule(
        "agenda_item_position",
        two_items("position"),
        "position",
        "Another case has this place on the agenda.",
    ),
    Rule("member_key", two_members, "name", "This person is already listed."),
    Rule("conflict_key", two_conflicts, "member", "This member’s conflict of interest is already declared."),
)


# Rules between tables


def line_of_a_month(ends_on: date | None = date(2018, 5, 31), **given: Any) -> CostLine:
    """A line from 1 May 2018, for the month unless given, of a placement of the year from April."""
    placement = f.make_placement(starts_on=date(2018, 4, 1), ends_on=date(2019, 3, 31))
    return f.make_cost_line(placement=placement, starts_on=date(2018, 5, 1), ends_on=ends_on, **given)


def child_with(maker: Maker, **given: Any) -> Child:
    """A child with a record of 2 May 2010."""
    child = f.make_child()
    maker(child=child, **given)
    return child


def panel_child() -> Child:
    return child_with(f.make_case, received_on=date(2010, 5, 2))


def later_case() -> PanelCase:
    return f.make_case(received_on=date(2018, 5, 2))


def younger_child() -> Child:
    return f.make_child(date_of_birth=date(2018, 1, 16))


def taken_back() -> PanelCase:
    """A case that was entered in error."""
    return f.make_case(void=True, void_reason="Entered twice", voided_by=f.make_user())


def void_decision_too_early() -> PanelDecision:
    return f.make_decision(meeting_on=date(2018, 1, 14), void=True)


def between(
    name: str,
    maker: Callable[..., models.Model],
    field: str,
    sentence: str,
    *wrong: Any,
    inserts: bool = True,
) -> list[Rule]:
    """A rule for each of the ``wrong`` changes; a function among their values makes a record when asked."""

    def make(change: dict[str, Any]) -> Change:
        return maker(), {name: value() if callable(value) else value for name, value in change.items()}

    return [Rule(name, partial(make, change), field, sentence, inserts) for change in wrong]


OUTSIDE = "The cost line must lie within its placement."
LEFT_OUTSIDE = "A cost line of this placement lies outside these dates."
BORN_TOO_LATE = "The child has a record from before this date of birth."
DECIDED_TOO_EARLY = "A decision cannot come before its case was received."
TAKEN_BACK = "This case was cancelled as entered in error."
HEARD = "A panel has decided the case or is due to hear it, so it cannot be cancelled."


def milestone_of(status: str) -> Milestone:
    """A milestone of an action that is done, or of one that is not: reached the day before that was told."""
    action = f.make_action()
    milestone = f.make_milestone(action=action, reached_on=date(2019, 1, 14))
    f.make_update(action=action, day=date(2019, 1, 15), status=status)
    return milestone


def update_beside(milestone: Milestone) -> ActionUpdate:
    return f.make_update(action=milestone.action, day=date(2019, 1, 31))


ACTION_IS_DONE = "The action is done: its milestones are all reached by the day of its last update."
STILL_OPEN = (
    "The action has milestones that are not reached: it cannot be done before they are. "
    "They are: Terms agreed, due 1 March 2019."
)

BETWEEN_TABLES = (
    *(
        replace(found, changes=False)
        for reached_on in (None, date(2019, 2, 1))
        for found in between(
            "action_done_with_open_milestones",
            lambda reached_on=reached_on: update_beside(f.make_milestone(reached_on=reached_on)),
            "status",
            STILL_OPEN,
            {"status": "DONE"},
        )
    ),
    *between(
        "milestone_open_of_a_done_action",
        lambda: milestone_of("DONE"),
        "reached_on",
        ACTION_IS_DONE,
        {"reached_on": None},
        {"reached_on": date(2019, 1, 16)},
    ),
    *between(
        "milestone_of_one_thing",
        f.make_milestone,
        "action",
        OF_ONE_THING,
        {"change": f.make_change},
    ),
    *between(
        "cost_line_inside_placement",
        line_of_a_month,
        "starts_on",
        OUTSIDE,
        {"starts_on": date(2018, 3, 31)},
        {"starts_on": date(2019, 4, 1), "ends_on": None},
        {"placement": lambda: f.make_placement(starts_on=date(2018, 5, 2))},
        {"placement": lambda: f.make_placement(starts_on=date(2017, 1, 1), ends_on=date(2018, 4, 30))},
    ),
    *between(
        "cost_line_inside_placement",
        line_of_a_month,
        "ends_on",
        OUTSIDE,
        {"ends_on": date(2019, 4, 1)},
        {"placement": lambda: f.make_placement(starts_on=date(2017, 1, 1), ends_on=date(2018, 5, 30))},
    ),
    *between(
        "cost_line_inside_placement",
        lambda: line_of_a_month(ends_on=date(2019, 4, 1), void=True),
        "ends_on",
        OUTSIDE,
        {"void": False},
    ),
    *between(
        "placement_holds_its_cost_lines",
        lambda: line_of_a_month().placement,
        "starts_on",
        LEFT_OUTSIDE,
        {"starts_on": date(2018, 5, 2)},
        inserts=False,
    ),
    *between(
        "placement_holds_its_cost_lines",
        lambda: line_of_a_month().placement,
        "ends_on",
        LEFT_OUTSIDE,
        {"ends_on": date(2018, 5, 30)},
        inserts=False,
    ),
    *between(
        "placement_holds_its_cost_lines",
        lambda: line_of_a_month(ends_on=None).placement,
        "ends_on",
        LEFT_OUTSIDE,
        {"ends_on": date(2018, 4, 30)},
        inserts=False,
    ),
    *between(
        "assessment_after_birth",
        f.make_assessment,
        "requested_on",
        "A request cannot be made before the child was born.",
        {"requested_on": BEFORE_BIRTH},
        {"child": younger_child},
    ),
    *between(
        "plan_after_birth",
        f.make_plan,
        "issued_on",
        "A plan cannot be issued before the child was born.",
        {"issued_on": BEFORE_BIRTH},
        {"child": younger_child},
    ),
    *between(
        "panel_case_after_birth",
        f.make_case,
        "received_on",
        "A case cannot be received before the child was born.",
        {"received_on": BEFORE_BIRTH},
        {"child": younger_child},
    ),
    *(
        moved
        for maker, given in ((f.make_assessment, "requested_on"), (f.make_plan, "issued_on"))
        for moved in between(
            "child_born_before_records",
            lambda maker=maker, given=given: child_with(maker, **{given: date(2010, 5, 2)}),
            "date_of_birth",
            BORN_TOO_LATE,
            {"date_of_birth": date(2010, 5, 3)},
            inserts=False,
        )
    ),
    *between(
        "child_born_before_panel_cases",
        panel_child,
        "date_of_birth",
        BORN_TOO_LATE,
        {"date_of_birth": date(2010, 5, 3)},
        inserts=False,
    ),
    *between(
        "panel_decision_of_a_case_not_taken_back", f.make_decision, "case", TAKEN_BACK, {"case": taken_back}
    ),
    *between(
        "agenda_item_of_a_case_not_taken_back", f.make_agenda_item, "case", TAKEN_BACK, {"case": taken_back}
    ),
    *between(
        "panel_case_void_before_it_is_heard",
        lambda: f.make_decision().case,
        "void",
        HEARD,
        {"void": True, "void_reason": "Entered twice", "voided_by": f.make_user},
        inserts=False,
    ),
    *between(
        "panel_decision_after_received",
        f.make_decision,
        "meeting_on",
        DECIDED_TOO_EARLY,
        {"meeting_on": date(2018, 1, 14)},
        {"case": later_case},
    ),
    *between(
        "panel_decision_after_received",
        void_decision_too_early,
        "meeting_on",
        DECIDED_TOO_EARLY,
        {"void": False},
    ),
    *between(
        "panel_case_before_its_decisions",
        lambda: f.make_decision().case,
        "received_on",
        DECIDED_TOO_EARLY,
        {"received_on": date(2018, 5, 2)},
        inserts=False,
    ),
)

KEYS = {c.name for model in MODELS for c in model._meta.constraints if isinstance(c, Unique)}
RULES = (*code_rules(), *number_rules(), *WITHIN_A_RECORD, *BETWEEN_RECORDS, *BETWEEN_TABLES)
NOT_DEFERRED = {*KEYS, "milestone_of_one_thing"}
DEFERRABLE = [
    rule for rule in (*BETWEEN_RECORDS, *BETWEEN_TABLES) if rule.changes and rule.name not in NOT_DEFERRED
]
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)

# What comes close and is allowed


def corrected_and_decided_again() -> Change:
    """An entry that was replaced, and the one that replaces it, brought to the same day."""
    replaced = f.make_decision(void=True, corrected=True)
    return f.make_decision(case=replaced.case, meeting_on=date(2018, 5, 2)), {
        "meeting_on": replaced.meeting_on
    }


ALLOWED: tuple[Callable[[], Change], ...] = (
    lambda: two_plans(issued_on=date(2016, 1, 1)),  # the first has ceased on that day
    lambda: two_plans(issued_on=date(2014, 1, 1), ceased_on=date(2015, 1, 1)),
    lambda: two_plans(issued_on=date(2015, 6, 1), ceased_on=date(2015, 6, 1)),  # in force on no day
    lambda: (two_plans()[0], {"issued_on": date(2015, 12, 31), "child": f.make_child()}),
    lambda: two_placements(starts_on=date(2018, 4, 1)),
    lambda: two_placements(starts_on=date(2017, 9, 1), ends_on=date(2017, 12, 31)),
    lambda: two_placements(starts_on=date(2018, 6, 1), ends_on=date(2018, 6, 1)),
    lambda: two_lines(starts_on=date(2018, 4, 1)),
    lambda: two_lines(starts_on=date(2017, 9, 1), ends_on=date(2017, 12, 31)),
    lambda: two_lines(starts_on=date(2018, 3, 31), kind="THERAPY"),
    lambda: two_lines(starts_on=date(2018, 3, 31), void=True),
    lambda: (line_of_a_month(), {"starts_on": date(2018, 4, 1), "ends_on": date(2019, 3, 31)}),
    lambda: (line_of_a_month(), {"starts_on": date(2019, 3, 31), "ends_on": None}),
    lambda: (line_of_a_month(), {"ends_on": date(2020, 1, 1), "void": True}),
    lambda: (line_of_a_month().placement, {"starts_on": date(2018, 5, 1), "ends_on": date(2018, 5, 31)}),
    lambda: (line_of_a_month(ends_on=None).placement, {"ends_on": date(2018, 5, 1)}),
    lambda: (line_of_a_month(void=True).placement, {"ends_on": date(2018, 4, 2)}),
    lambda: (
        f.make_placement(starts_on=EARLIER, ends_on=EARLIER),
        {"last_attended_on": EARLIER, "paid_to_on": LATER},
    ),
    lambda: (f.make_cost_line(), {"education_share": 80}),
    lambda: (f.make_cost_line(), {"education_share": Decimal("33.33"), "other_share": Decimal("66.67")}),
    lambda: (f.make_cost_line(), {"education_share": 50, "social_care_share": 30, "health_share": 20}),
    lambda: (f.make_posting(), {"amount": Decimal("-1500.25")}),
    lambda: (f.make_change(), {"places_change": -30}),
    lambda: (f.make_assessment(), {"requested_on": BORN}),
    lambda: (f.make_plan(), {"issued_on": BORN, "ceased_on": BORN}),
    lambda: (f.make_case(), {"received_on": BORN}),
    lambda: (child_with(f.make_plan, issued_on=date(2010, 5, 2)), {"date_of_birth": date(2010, 5, 2)}),
    lambda: (f.make_decision(), {"meeting_on": date(2018, 1, 15)}),
    lambda: (f.make_decision(), {"meeting_on": date(2018, 1, 14), "void": True}),
    lambda: (f.make_decision().case, {"received_on": date(2018, 5, 1)}),
    lambda: (f.make_decision(void=True), {"corrected": True}),
    corrected_and_decided_again,
    lambda: (f.make_case(), {"ready_on": date(2018, 1, 15)}),
    lambda: (f.make_meeting(), {"slot_minutes": 240, "quorum": 50, "held_on": date(2199, 12, 31)}),
    lambda: (f.make_meeting(), {"slot_minutes": 1, "quorum": 1, "held_on": date(1900, 1, 1)}),
    lambda: (f.make_meeting(), {"panel": "ADDITIONAL_FUNDING"}),
    lambda: (f.make_expected(), {"refused_on": LATER}),
    lambda: (f.make_expected(), {"cancelled_on": LATER}),
    lambda: (f.make_places(), {"places": 0, "academic_year": "1999-00", "needs": ["ASD", "CL"]}),
    lambda: (f.make_event(), {"day": date(1900, 1, 1)}),
    lambda: (f.make_event(), {"day": date(2199, 12, 31), "title": "x" * 120}),
    lambda: (milestone_of("DONE"), {"reached_on": date(2019, 1, 15), "title": "On the day itself"}),
    lambda: (milestone_of("ON_TRACK"), {"reached_on": None}),
    lambda: (f.make_milestone(), {"action": None, "change": f.make_change()}),
    lambda: (f.make_action(), {"kpi": "ehcp_share"}),
    lambda: (expecting(), {"kpi_row": "SEMH", "expected_change": Decimal("0.01")}),
    lambda: (f.make_risk(), {"likelihood": 1, "impact": 5}),
    lambda: (f.make_decision_needed(), {"settled_on": LATER, "settled_as": "Agreed"}),
)
everything_allowed = pytest.mark.parametrize("make", ALLOWED)


# PostgreSQL itself


@contextmanager
def refused(constraint: str) -> Iterator[None]:
    """PostgreSQL refuses what is done within, by the constraint of this name."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        yield
    assert caught.value.__cause__ is not None
    assert caught.value.__cause__.diag.constraint_name == constraint  # type: ignore[attr-defined]


def update(record: models.Model, values: dict[str, Any]) -> None:
    assert type(record)._base_manager.filter(pk=record.pk).update(**values) == 1


def with_values(record: models.Model, values: dict[str, Any]) -> models.Model:
    changed = copy(record)
    for field, value in values.items():
        setattr(changed, field, value)
    return changed


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.changes], ids=lambda rule: rule.name)
def test_postgresql_refuses_a_change(rule: Rule) -> None:
    record, wrong = rule.make()
    with refused(rule.name):
        update(record, wrong)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.inserts], ids=lambda rule: rule.name)
def test_postgresql_refuses_a_new_record(rule: Rule) -> None:
    record, wrong = rule.make()
    changed = with_values(record, wrong)
    if rule.changes:
        record.delete()
    elif isinstance(record._meta.pk, models.AutoField):
        changed.pk = None
    with refused(rule.name):
        type(record)._base_manager.bulk_create([changed])


@everything_allowed
def test_postgresql_takes_what_is_allowed(make: Callable[[], Change]) -> None:
    record, values = make()
    update(record, values)


def test_no_rule_is_left_untested() -> None:
    declared = {constraint.name for model in MODELS for constraint in model._meta.constraints}
    triggers = {
        trigger.name
        for model, trigger in pgtrigger.registered()
        if model._meta.app_label in APPS and trigger.timing  # without one it keeps the trail
    }
    assert declared | triggers == {rule.name for rule in RULES}


def test_an_empty_school_of_a_posting_is_a_value_of_its_own() -> None:
    school = f.make_school()
    f.make_posting(reference="R")
    f.make_posting(reference="R", school=school)
    for again in ({}, {"school": school}):
        with refused("ledger_posting_key"):
            f.make_posting(reference="R", **again)


# A set-based merge may pass through what is refused, and not end there


def defer() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def check_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_two_placements_may_swap_their_dates() -> None:
    plan = f.make_plan()
    spring = {"starts_on": date(2018, 1, 1), "ends_on": date(2018, 3, 31)}
    summer = {"starts_on": date(2018, 4, 1), "ends_on": date(2018, 7, 31)}
    first, second = f.make_placement(plan=plan, **spring), f.make_placement(plan=plan, **summer)
    with refused("placement_one_open_for_a_plan"):
        update(first, summer)
    with transaction.atomic():
        defer()
        update(first, summer)
        update(second, spring)
        check_now()
    first.refresh_from_db()
    assert first.starts_on == summer["starts_on"]


def test_a_placement_may_move_with_its_lines() -> None:
    line = line_of_a_month()
    later = {"starts_on": date(2019, 4, 1), "ends_on": date(2019, 4, 30)}
    with transaction.atomic():
        defer()
        update(line.placement, later)
        update(line, later)
        check_now()


def test_a_child_may_be_born_earlier_together_with_its_records() -> None:
    child = child_with(f.make_plan, issued_on=date(2010, 5, 2))
    with transaction.atomic():
        defer()
        update(child, {"date_of_birth": date(2012, 1, 1)})
        child.plans.update(issued_on=date(2012, 1, 1))
        check_now()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rule", DEFERRABLE, ids=lambda rule: rule.name)
def test_what_is_still_wrong_at_the_end_is_refused_at_the_commit(rule: Rule) -> None:
    record, wrong = rule.make()
    with refused(rule.name):
        defer()
        update(record, wrong)
    assert model_to_dict(type(record)._base_manager.get(pk=record.pk)) == model_to_dict(record)


# How a refusal reaches a person


def form_of(record: models.Model, values: dict[str, Any], fields: Any = "__all__") -> "ModelForm[Any]":
    """The plainest form for the record, filled in with its values but for ``values``."""
    form_class = modelform_factory(type(record), fields=fields)
    return form_class(data=as_typed(model_to_dict(record) | values), instance=record)


def as_typed(values: dict[str, Any]) -> dict[str, Any]:
    return {field: _typed(value) for field, value in values.items()}


def _typed(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, list):
        return ",".join(value)
    return "" if value is None else value


def save_as_a_service(form: "ModelForm[Any]") -> None:
    """Raise ValidationError where the form finds something wrong, or the whole record after it."""
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    form.instance.full_clean()
    form.save()


@every_rule
def test_a_form_says_it_at_the_field(rule: Rule) -> None:
    record, wrong = rule.make()
    form = form_of(record, wrong)
    assert set(form.errors) == {rule.field}
    assert rule.sentence in form.errors[rule.field] or not rule.sentence


@every_rule
def test_a_service_is_told_by_full_clean(rule: Rule) -> None:
    record, wrong = rule.make()
    with pytest.raises(ValidationError) as caught:
        with_values(record, wrong).full_clean()
    assert rule.sentence in caught.value.message_dict[rule.field] or not rule.sentence


@every_rule
def test_a_form_that_shows_one_field_is_told_there_or_by_full_clean(rule: Rule) -> None:
    record, wrong = rule.make()
    shown = list(wrong)[-1]
    form = form_of(with_values(record, wrong), wrong, fields=[shown])
    with pytest.raises(ValidationError) as caught:
        save_as_a_service(form)
    assert rule.sentence in caught.value.messages or not rule.sentence


@every_rule
def test_a_form_that_shows_none_of_the_fields_does_not_fail(rule: Rule) -> None:
    record, wrong = rule.make()
    form = form_of(with_values(record, wrong), {}, fields=[])
    assert not set(form.errors) - {"__all__"}


@everything_allowed
def test_a_form_takes_what_is_allowed(make: Callable[[], Change]) -> None:
    record, values = make()
    form = form_of(record, values)
    assert form.is_valid(), form.errors
    form.save()


# Rules about the rules


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_constraint_has_a_sentence(model: type[models.Model]) -> None:
    for constraint in model._meta.constraints:
        sentence = str(constraint.violation_error_message)
        assert sentence != str(constraint.default_violation_error_message), constraint.name
        assert sentence.endswith("."), constraint.name


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_every_record_can_be_made(model: type[models.Model]) -> None:
    MAKERS[model]().full_clean()


def test_constraints_stand_in_migrations_without_words_for_the_screen() -> None:
    for model in MODELS:
        for constraint in model._meta.constraints:
            path, _, kwargs = constraint.deconstruct()
            assert path.startswith("django.")
            assert "violation_error_message" not in kwargs


# Each field of a child's record: does it tell something about the child (or about an officer), or only about the money
# and the record itself? A new field must be classed here before it can be stored.

PERSONAL: dict[type[models.Model], dict[str, bool]] = {
    Child: {"child_id": True, "date_of_birth": True, "home_district": True},
    Assessment: {
        "assessment_id": True,
        "child": True,
        "requested_on": True,
        "assess_decision": True,
        "assess_decided_on": True,
        "issue_decision": True,
        "issue_decided_on": True,
        "exception": True,
    },
    Plan: {
        "plan_id": True,
        "child": True,
        "assessment": True,
        "issued_on": True,
        "ceased_on": True,
        "cease_reason": True,
        "primary_need": True,
        "secondary_need": True,
    },
    Placement: {
        "placement_id": True,
        "plan": True,
        "school": True,
        "in_srp": True,
        "attendance": True,
        "weeks_per_year": True,
        "starts_on": True,
        "ends_on": True,
        "last_attended_on": True,
        "paid_to_on": True,
        "end_reason": True,
        "route": True,
        "reason": True,
        "accrual": False,
        "contract_id": False,
    },
    CostLine: {
        "id": False,
        "placement": True,
        "kind": True,
        "annual_amount": True,
        "starts_on": True,
        "ends_on": True,
        "education_share": False,
        "social_care_share": False,
        "health_share": False,
        "other_share": False,
        "asked_amount": True,
        "agreement": False,
        "document": True,
        "void": False,
        "void_reason": True,
        "voided_by": True,
    },
    PanelCase: {
        "case_id": True,
        "child": True,
        "panel": True,
        "received_on": True,
        "primary_need": True,
        "secondary_need": True,
        "profile": True,
        "reasons": True,
        "school": True,
        "attendance": True,
        "annual_cost": True,
        "cost_basis": False,
        "origin": True,
        "caseworker": True,
        "ready_on": True,
        "void": False,
        "void_reason": True,
        "voided_by": True,
    },
    RequestedCost: {"id": False, "case": True, "kind": True, "annual_amount": True},
    CaseDocument: {"id": False, "case": True, "title": True, "reference": True},
    Consultation: {"id": False, "case": True, "school": True, "answer": True},
    Confirmation: {
        "id": False,
        "case": True,
        "sentence": True,
        "confirmed_by": True,
        "confirmed_on": True,
    },
    PanelDecision: {
        "id": False,
        "case": True,
        "meeting_on": True,
        "outcome": True,
        "value": True,
        "value_basis": False,
        "due_on": True,
        "decided_by": True,
        "note": True,
        "void": False,
        "route": True,
        "information_needed": True,
        "conditions": True,
        "reasons": True,
        "review_on": True,
        "starts_on": True,
        "recorded_by": True,
        "recorded_at": False,
        "corrects": False,
        "corrected": False,
        "void_reason": True,
        "voided_by": True,
    },
    AgreedCost: {"id": False, "decision": True, "kind": True, "annual_amount": True, "cost_line": True},
    ExpectedPlacement: {
        "id": False,
        "decision": True,
        "school": True,
        "attendance": True,
        "starts_on": True,
        "offered_on": True,
        "refused_on": True,
        "cancelled_on": True,
        "why": True,
        "placement": True,
    },
    AgendaItem: {"id": False, "meeting": True, "case": True, "position": False},
    ConflictOfInterest: {"id": False, "item": True, "member": True, "reason": True},
}


@pytest.mark.parametrize("model", PERSONAL, ids=lambda model: model.__name__)
def test_every_field_of_a_childs_record_is_classed(model: type[models.Model]) -> None:
    assert [field.name for field in model._meta.concrete_fields] == list(PERSONAL[model])


def test_every_record_that_leads_to_a_child_is_classed() -> None:
    childs: set[type[models.Model]] = {Child}
    while (
        more := {
            model
            for model in RECORDS
            for field in model._meta.concrete_fields
            if field.related_model in childs
        }
        - childs
    ):
        childs |= more
    assert childs == set(PERSONAL)
