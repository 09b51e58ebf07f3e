"""What a list of panel cases or decisions can be filtered by, on top of what chose its records."""

from django_filters import ChoiceFilter, FilterSet

from panel.models import Outcome, Panel, PanelCase, PanelDecision
from placements.narrowing import home_districts
from sen_dashboard.core.codes import Need


class CaseFilters(FilterSet):
    panel = ChoiceFilter(choices=Panel.choices, label="Panel", empty_label="All")
    need = ChoiceFilter(
        field_name="primary_need", choices=Need.choices, label="Primary need", empty_label="All"
    )
    district = ChoiceFilter(
        field_name="child__home_district", choices=home_districts, label="Home district", empty_label="All"
    )

    class Meta:
        model = PanelCase
        fields: list[str] = []


class DecisionFilters(FilterSet):
    outcome = ChoiceFilter(choices=Outcome.choices, label="Outcome", empty_label="All")
    need = ChoiceFilter(
        field_name="case__primary_need", choices=Need.choices, label="Primary need", empty_label="All"
    )
    district = ChoiceFilter(
        field_name="case__child__home_district",
        choices=home_districts,
        label="Home district",
        empty_label="All",
    )

    class Meta:
        model = PanelDecision
        fields: list[str] = []
