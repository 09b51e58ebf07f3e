"""Filters of lists that several kinds of record share."""

from django_filters import CharFilter, ChoiceFilter

from sen_dashboard.core.codes import Need

ALL = "All"


def need_filter(path: str) -> ChoiceFilter:
    """By primary need, at the path of a list's records."""
    return ChoiceFilter(field_name=path, choices=Need.choices, label="Primary need", empty_label=ALL)


def school_filter(path: str) -> CharFilter:
    """By a part of a school's name."""
    return CharFilter(path, "icontains", label="School name contains")
