"""Rules for every KPI in the list."""

import dataclasses
import re
import sys
from datetime import date
from types import ModuleType
from typing import TYPE_CHECKING, Any, get_type_hints

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sen_dashboard.core.kpi.definition import Kpi
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.kpis import KPIS
from tests.checkout import ROOT
from tests.kpis.checks import assert_outputs_agree

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

# Headline fields that repeat what was asked, and so are known without any record.
ASKED = {"financial_year", "outturn_is_final", "top", "base_day"}
# Counts of a day that may not have come yet: 0, or unknown.
COUNTS_TO_COME = {"inmss_base", "special_base"}

# Keys that councils read already, headline and rows: more may follow, none may go or change its place.
KEYS = {
    "workstreams": (
        "workstreams actions overdue",
        "workstream actions done on_track at_risk off_track overdue status",
    ),
    "outturn_vs_forecast": (
        "financial_year budget forecast forecast_made_on outturn outturn_is_final variance variance_pct "
        "price_effect volume_effect forecast_variance",
        "month actual actual_cumulative forecast committed",
    ),
    "reconciliation": (
        "findings amount open recovered",
        "kind findings amount explained recovered",
    ),
    "ehcp_share": (
        "plans inmss_children share_pct plans_year_before inmss_children_year_before share_pct_year_before",
        "month_end plans inmss_children share_pct",
    ),
    "need_mix": (
        "children asd_pct semh_pct asd_or_semh_pct",
        "need children share_pct",
    ),
    "cost_growth": (
        "cost_before cost change change_pct volume_effect price_effect mix_effect largest largest_change",
        "key label placements_before placements cost_before cost change volume_effect price_effect "
        "share_of_change_pct",
    ),
    "cost_per_need_type": (
        "inmss_placements inmss_average inmss_median special_placements special_average special_median premium "
        "ratio",
        "need inmss_placements inmss_average special_placements special_average premium ratio",
    ),
    "provider_concentration": (
        "schools annual_cost top top_cost top_placements top_average top_share_pct",
        "school_id school placements annual_cost average cumulative_pct",
    ),
    "inmss_growth": (
        "base_day inmss_growth_pct special_growth_pct",
        "day inmss special inmss_index special_index",
    ),
    "placement_flow": (
        "starts ends net leavers_due",
        "month inmss_starts inmss_ends net by_route",
    ),
    "requests": (
        "received agreed_to_assess refused_to_assess not_issued issued received_year_before change_pct refused_pct",
        "month received agreed_to_assess refused_to_assess not_issued issued",
    ),
    "timeliness_20_weeks": (
        "issued within within_pct issued_ex within_ex within_pct_ex open open_over_20_weeks oldest_open_weeks "
        "requests_decided_pct_6_weeks bands",
        "month issued within within_pct issued_ex within_ex within_pct_ex",
    ),
    "panel_outcomes": (
        "cases value presentations awaiting",
        "outcome cases value average share_cases_pct share_value_pct",
    ),
    "panel_need_types": (
        "cases",
        "label primary_need secondary_need cases share_pct",
    ),
    "panel_reasons": (
        "cases",
        "panel reason cases share_pct",
    ),
    "panel_turnaround": (
        "decided median_days_to_first median_days_to_final represented_pct information_overdue",
        "month decided median_days_to_first median_days_to_final",
    ),
    "capacity": (
        "special_places special_on_roll special_occupancy_pct srp_places srp_on_roll srp_occupancy_pct",
        "school_id school provision district places on_roll vacancies occupancy_pct",
    ),
    "place_growth": (
        "special_places special_places_next special_change srp_places srp_places_next srp_change",
        "academic_year provision places change change_pct",
    ),
}

DAYS = (date(1900, 1, 1), date(2019, 3, 31), date(2020, 2, 29), date(2199, 12, 31))

every_kpi = pytest.mark.parametrize("kpi", KPIS, ids=[kpi.slug for kpi in KPIS])
any_day = pytest.mark.parametrize("day", DAYS, ids=str)


def module_of(kpi: Kpi[Any, Any]) -> ModuleType:
    return sys.modules[kpi.query.__module__]


def test_slugs_are_unique_and_in_page_order() -> None:
    slugs = [kpi.slug for kpi in KPIS]
    assert len(set(slugs)) == len(KPIS)
    assert [slug for slug in slugs if slug in KEYS] == list(KEYS)


@every_kpi
class TestDefinition:
    def test_one_name_everywhere(self, kpi: Kpi[Any, Any]) -> None:
        module = module_of(kpi)
        assert module.__name__.split(".")[-2:] == ["kpis", kpi.slug]
        assert module.KPI is kpi
        app = module.__name__.split(".")[-3]
        assert (ROOT / "tests" / app / "kpis" / f"test_{kpi.slug}.py").exists()

    def test_module_is_a_question_and_says_its_definition_once(self, kpi: Kpi[Any, Any]) -> None:
        docstring = module_of(kpi).__doc__ or ""
        assert docstring.endswith("?")
        assert "\n" not in docstring

    def test_no_field_is_empty(self, kpi: Kpi[Any, Any]) -> None:
        words = [value for value in vars(kpi).values() if isinstance(value, str)]
        assert all(word.strip() == word and word for word in words)
        assert kpi.question.endswith("?")
        assert all(getattr(kpi, text).endswith(".") for text in ("numerator", "left_out", "undefined"))

    def test_keys_are_as_published(self, kpi: Kpi[Any, Any]) -> None:
        for record, keys in zip(("Headline", "Row"), KEYS.get(kpi.slug, ()), strict=False):
            found = [field.name for field in dataclasses.fields(getattr(module_of(kpi), record))]
            assert found[: len(keys.split())] == keys.split()

    def test_filters_do_not_take_each_others_names(self, kpi: Kpi[Any, Any]) -> None:
        names = ["as_at", *(f.name for f in kpi.filters)]
        assert len(set(names)) == len(names)


@every_kpi
@any_day
@pytest.mark.django_db
def test_empty_store(kpi: Kpi[Any, Any], day: date) -> None:
    """Counts are 0 and the rest is unknown, said in words, in at most three statements."""
    with CaptureQueriesContext(connection) as statements:
        result = kpi.query(Scope(day))
    assert len(statements) <= 3
    hints = get_type_hints(type(result.headline))
    for name, value in vars(result.headline).items():
        if isinstance(value, dict | tuple):  # counts by code, all 0, or records, none
            assert not any(value.values() if isinstance(value, dict) else value), name
            continue
        expected = 0 if hints[name] is int else None
        assert name in ASKED or value == expected or (name in COUNTS_TO_COME and value == 0), name
    assert_outputs_agree(kpi, result)


@every_kpi
@pytest.mark.django_db
def test_figure_is_in_the_unit_of_the_definition(kpi: Kpi[Any, Any]) -> None:
    assert kpi.facts(kpi.query(Scope(date(2019, 3, 31))))[0].kind is kpi.kind


@every_kpi
@pytest.mark.django_db
def test_all_but_query_needs_no_database(kpi: Kpi[Any, Any], django_db_blocker: "DjangoDbBlocker") -> None:
    result = kpi.query(Scope(date(2019, 3, 31)))
    with django_db_blocker.block():
        assert_outputs_agree(kpi, result)


def test_readme_lists_the_kpis_as_they_are() -> None:
    """Slug, question and module of each, in page order."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (\w+) \| (.+) \| \[module\]\((.+)\) \|$", readme, re.MULTILINE)
    modules = {kpi.slug: module_of(kpi) for kpi in KPIS}
    assert listed == [
        (slug, module.__doc__, f"{module.__name__.replace('.', '/')}.py") for slug, module in modules.items()
    ]
