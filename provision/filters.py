"""What a list of schools or places can be filtered by, on top of what chose its records."""

from django_filters import CharFilter, FilterSet

from provision.models import School, SchoolPlaces


class SchoolFilters(FilterSet):
    school = CharFilter("name", "icontains", label="School name has")
    district = CharFilter("district", "iexact", label="District")

    class Meta:
        model = School
        fields: list[str] = []


class PlacesFilters(FilterSet):
    school = CharFilter("school__name", "icontains", label="School name has")
    district = CharFilter("school__district", "iexact", label="District")

    class Meta:
        model = SchoolPlaces
        fields: list[str] = []
