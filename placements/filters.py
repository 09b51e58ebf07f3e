"""What a list of records of children can be filtered by, on top of what chose its records."""

from django_filters import CharFilter, ChoiceFilter, FilterSet

from placements.models import Assessment, CostKind, CostLine, IssueDecision, LedgerPosting, Placement, Plan
from placements.narrowing import home_districts
from sen_dashboard.core.codes import Attendance, Need


class PlacementFilters(FilterSet):
    school = CharFilter("school__name", "icontains", label="School name has")
    need = ChoiceFilter(
        field_name="plan__primary_need", choices=Need.choices, label="Primary need", empty_label="All"
    )
    district = ChoiceFilter(
        field_name="plan__child__home_district",
        choices=home_districts,
        label="Home district",
        empty_label="All",
    )
    attendance = ChoiceFilter(choices=Attendance.choices, label="Attendance", empty_label="All")

    class Meta:
        model = Placement
        fields: list[str] = []


class PlanFilters(FilterSet):
    need = ChoiceFilter(
        field_name="primary_need", choices=Need.choices, label="Primary need", empty_label="All"
    )
    district = ChoiceFilter(
        field_name="child__home_district", choices=home_districts, label="Home district", empty_label="All"
    )

    class Meta:
        model = Plan
        fields: list[str] = []


class AssessmentFilters(FilterSet):
    district = ChoiceFilter(
        field_name="child__home_district", choices=home_districts, label="Home district", empty_label="All"
    )
    issue_decision = ChoiceFilter(choices=IssueDecision.choices, label="Decision to issue", empty_label="All")

    class Meta:
        model = Assessment
        fields: list[str] = []


class CostLineFilters(FilterSet):
    school = CharFilter("placement__school__name", "icontains", label="School name has")
    kind = ChoiceFilter(choices=CostKind.choices, label="Kind", empty_label="All")

    class Meta:
        model = CostLine
        fields: list[str] = []


class PostingFilters(FilterSet):
    school = CharFilter("school__name", "icontains", label="School name has")
    reference = CharFilter("reference", "icontains", label="Reference has")

    class Meta:
        model = LedgerPosting
        fields: list[str] = []
