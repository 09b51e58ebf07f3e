"""Filters of the lists of panel cases and decisions, in addition to what the records were chosen by."""

from django_filters import ChoiceFilter, FilterSet

from panel.models import Outcome, Panel
from placements.filters import district_filter
from sen_dashboard.core.web.list_filters import ALL, need_filter


class CaseFilters(FilterSet):
    panel = ChoiceFilter(choices=Panel.choices, label="Panel", empty_label=ALL)
    need = need_filter("primary_need")
    district = district_filter("child__home_district")


class ExpectedFilters(FilterSet):
    panel = ChoiceFilter("decision__case__panel", choices=Panel.choices, label="Panel", empty_label=ALL)
    need = need_filter("decision__case__primary_need")
    district = district_filter("decision__case__child__home_district")


class ReviewFilters(FilterSet):
    panel = ChoiceFilter("case__panel", choices=Panel.choices, label="Panel", empty_label=ALL)
    need = need_filter("case__primary_need")
    district = district_filter("case__child__home_district")


class DecisionFilters(FilterSet):
    outcome = ChoiceFilter(choices=Outcome.choices, label="Outcome", empty_label=ALL)
    need = need_filter("case__primary_need")
    district = district_filter("case__child__home_district")
