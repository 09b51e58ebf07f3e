"""The specs in code, against the contract and the models."""

from typing import Any

import pytest
from django.db.models import Q, UniqueConstraint

from panel.models import PanelChild
from sen_dashboard.datasets.contract import FILE_OF, FILES

CONTRACT = """
schools.csv school_id* urn name* sector* phase district provider_group opened_on closed_on
children.csv child_id* date_of_birth* home_district
assessments.csv assessment_id* child_id* requested_on* assess_decision assess_decided_on issue_decision issue_decided_on exception
plans.csv plan_id* child_id* assessment_id issued_on* ceased_on cease_reason primary_need* secondary_need
placements.csv placement_id* plan_id* school_id* in_srp attendance* weeks_per_year starts_on* ends_on end_reason route reason accrual contract_id last_attended_on paid_to_on
cost_lines.csv placement_id* kind* annual_amount* starts_on* ends_on education_share void asked_amount document social_care_share health_share other_share
panel_cases.csv case_id* child_id* panel* received_on* primary_need* secondary_need profile reasons school_id attendance annual_cost* cost_basis
panel_decisions.csv case_id* meeting_on* outcome* value due_on decided_by note void
budgets.csv financial_year* line* amount*
forecasts.csv financial_year* line* made_on* amount*
ledger.csv source month* line* school_id reference amount*
places.csv school_id* provision* academic_year* places* needs
commissioning_plan.csv change_id* school_id title* provision* effective_on* places_change* needs district status* note
workstreams.csv workstream_id* title* lead aim
actions.csv action_id* workstream_id lever* title* owner due_on status* note updated_on kpi kpi_key kpi_row expected_change expected_from
milestones.csv milestone_id* action_id change_id title* due_on* reached_on
risks.csv risk_id* workstream_id* title* likelihood* impact* mitigation owner status* updated_on
decisions_needed.csv item_id* workstream_id* title* needed_by asked_of settled_on
events.csv event_id* on* title*
"""  # noqa: E501 (a file a line, as in the contract)

ENTERED_HERE = {
    "ledger.csv": {"own_month", "posted_on", "supplier", "supplier_id"},
    "cost_lines.csv": {"agreement", "void_reason", "voided_by_id"},
    "panel_cases.csv": {"origin", "caseworker", "ready_on", "void", "void_reason", "voided_by_id"},
    "panel_decisions.csv": {
        "value_basis",
        "route",
        "information_needed",
        "conditions",
        "reasons",
        "review_on",
        "starts_on",
        "recorded_by_id",
        "recorded_at",
        "corrects_id",
        "corrected",
        "void_reason",
        "voided_by_id",
    },
    "actions.csv": {"recorded_by_id"},
    "decisions_needed.csv": {"settled_as", "settled_by_id"},
}
"""Columns of the store that no file has: clerks enter them."""


def test_specs_have_the_columns_of_the_contract() -> None:
    specs = [" ".join([spec.name, *(c.heading + "*" * c.required for c in spec.columns)]) for spec in FILES]
    assert specs == CONTRACT.strip().splitlines()


def is_day_of_an_entry(spec: Any, column: Any) -> bool:
    """Whether the column may be empty because an entry is then of the day of the import."""
    return spec.entries is not None and column.name == spec.entries.day


@pytest.mark.parametrize("spec", FILES, ids=lambda spec: spec.stem)
def test_spec_fits_its_model(spec: Any) -> None:
    """Every field of the model is read, a value is required where the model requires one, and keys are the model's."""
    fields = {
        field.column: field
        for model in reversed(spec.models)
        for field in model._meta.concrete_fields
        if field.name != "id"
    }
    assert set(fields) - set(spec.names) == ENTERED_HERE.get(spec.name, set())
    assert set(spec.names) <= set(fields)
    for column in spec.columns:
        wanted = not fields[column.name].blank and not fields[column.name].has_default()
        assert column.required == (wanted and not is_day_of_an_entry(spec, column))
    primary = spec.model._meta.pk.column
    here = ENTERED_HERE.get(spec.name, set())
    unique = [
        [f.column for f in map(spec.model._meta.get_field, c.fields) if f.column not in here]
        for c in spec.model._meta.constraints
        if isinstance(c, UniqueConstraint) and c.condition in (None, Q((spec.replaced, False)))
    ]
    assert list(spec.key) in ([[primary]] if primary in fields else unique)


def test_files_come_after_those_they_refer_to() -> None:
    order = [spec.model for spec in FILES]
    for position, spec in enumerate(FILES):
        assert {column.refers_to for column in spec.columns} - {None} <= set(order[:position])


def test_every_rule_across_tables_is_checked() -> None:
    """A constraint trigger added to a model must be declared in the contract too."""
    said = {
        sentence
        for spec in FILES
        for rule in spec.across
        for sentence in (rule.sentence, rule.other_sentence)
    }
    triggers = [
        trigger
        for model in (*FILE_OF, PanelChild)
        for trigger in getattr(model._meta, "triggers", [])
        if trigger.timing  # without one it keeps the trail
    ]
    assert triggers
    for trigger in triggers:
        if trigger.name != "panel_case_void_before_it_is_heard":  # no file takes a case back
            assert any(sentence in trigger.func for sentence in said), trigger.name
