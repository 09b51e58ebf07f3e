"""What a list of schools or places can be filtered by, on top of what chose its records."""

from django_filters import CharFilter, FilterSet

from sen_dashboard.core.web.list_filters import school_filter


class SchoolFilters(FilterSet):
    school = school_filter("name")
    district = CharFilter("district", "iexact", label="District")


class PlacesFilters(FilterSet):
    school = school_filter("school__name")
    district = CharFilter("school__district", "iexact", label="District")
