"""Filters for the panel's pages."""

from decimal import Decimal

from django import template

from sen_dashboard.core import formats

register = template.Library()


@register.filter
def pounds(value: Decimal | None) -> str:
    """Write whole pounds: "£36,082"."""
    return formats.pounds(value)
