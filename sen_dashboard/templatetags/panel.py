"""How the panel's pages write things."""

from decimal import Decimal

from django import template

from panel.similar_costs import Comparison
from sen_dashboard.core import formats

register = template.Library()


@register.filter
def pounds(value: Decimal | None) -> str:
    """Whole pounds: "£36,082"."""
    return formats.pounds(value)


@register.filter
def caption_of_costs(costs: Comparison) -> str:
    """What the asked cost stands beside: "Cost asked, beside 97 day placements ... for ASD"."""
    return f"Cost asked for a year, beside {formats.count(costs.similar)} {costs.what}"
