"""Filters of the lists of schools and places, in addition to what the records were chosen by."""

from django_filters import CharFilter, FilterSet

from sen_dashboard.core.web.list_filters import school_filter


class SchoolFilters(FilterSet):
    school = school_filter("name")
    district = CharFilter("district", "iexact", label="District")


class PlacesFilters(FilterSet):
    school = school_filter("school__name")
    district = CharFilter("school__district", "iexact", label="District")
