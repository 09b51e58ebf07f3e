"""Filters of the lists of records about children, in addition to what the records were chosen by."""

from django_filters import CharFilter, ChoiceFilter, FilterSet

from placements.models import CostKind, IssueDecision
from placements.narrowing import home_districts
from sen_dashboard.core.codes import Attendance
from sen_dashboard.core.web.list_filters import ALL, need_filter, school_filter


def district_filter(path: str) -> ChoiceFilter:
    """A filter by the district in which a child lives, found at the path."""
    return ChoiceFilter(field_name=path, choices=home_districts, label="Home district", empty_label=ALL)


class PlacementFilters(FilterSet):
    school = school_filter("school__name")
    need = need_filter("plan__primary_need")
    district = district_filter("plan__child__home_district")
    attendance = ChoiceFilter(choices=Attendance.choices, label="Attendance", empty_label=ALL)


class PlanFilters(FilterSet):
    need = need_filter("primary_need")
    district = district_filter("child__home_district")


class AssessmentFilters(FilterSet):
    district = district_filter("child__home_district")
    issue_decision = ChoiceFilter(choices=IssueDecision.choices, label="Decision to issue", empty_label=ALL)


class CostLineFilters(FilterSet):
    school = school_filter("placement__school__name")
    kind = ChoiceFilter(choices=CostKind.choices, label="Kind", empty_label=ALL)


class PostingFilters(FilterSet):
    school = school_filter("school__name")
    reference = CharFilter("reference", "icontains", label="Reference contains")
