"""Filters of lists: those that several kinds of record share, and the choices made in them."""

from django.forms import BoundField
from django_filters import CharFilter, ChoiceFilter, FilterSet

from sen_dashboard.core.codes import Need

ALL = "All"


def need_filter(path: str) -> ChoiceFilter:
    """Return a filter by primary need, at the path from a list's records."""
    return ChoiceFilter(field_name=path, choices=Need.choices, label="Primary need", empty_label=ALL)


def school_filter(path: str) -> CharFilter:
    """Return a filter by part of a school's name."""
    return CharFilter(path, "icontains", label="School name contains")


def choices_made(filters: FilterSet) -> tuple[str, ...]:
    """Return the choices made in a list's filters: "Kind: Core education fee"."""
    form = filters.form
    chosen = ((form[name], value) for name, value in form.cleaned_data.items() if value)
    return tuple(f"{field.label}: {_words(field, value)}" for field, value in chosen)


def _words(field: BoundField, value: str) -> str:
    """Return a chosen value as the form names it."""
    return str(dict(getattr(field.field, "choices", ())).get(value, value))


def wrong_filters(filters: FilterSet | None) -> dict[str, str]:
    """Return a sentence for each of a list's own filters that cannot be read, by the id of its field."""
    if filters is None or filters.is_valid():
        return {}
    form = filters.form
    return {form[name].id_for_label: str(errors[0]) for name, errors in form.errors.items()}
