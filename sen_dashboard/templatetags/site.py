"""What every page shows around its contents: whose dashboard this is, and where one can go."""

from typing import Any

from django import template
from django.conf import settings
from django.template import Context

from sen_dashboard.accounts.permissions import Permission
from sen_dashboard.accounts.permissions import may as user_may
from sen_dashboard.core.glossary import GLOSSARY
from sen_dashboard.core.kpi import Group
from sen_dashboard.pages.addresses import kept_query

register = template.Library()

DEMONSTRATION = "Demonstration council, fictional records"


@register.simple_tag(takes_context=True)
def council(context: Context) -> str:
    """The council's name from the settings; for a demonstration account, that all is invented."""
    if getattr(context.get("user"), "is_demonstration", False):
        return DEMONSTRATION
    return str(settings.COUNCIL_NAME)


@register.filter
def may(user: Any, permission: str) -> bool:
    """Whether a user has the permission of this name: ``{% if user|may:"EDIT_EVENTS" %}``. Raises KeyError."""
    return user_may(user, Permission[permission])


@register.inclusion_tag("components/navigation.html", takes_context=True)
def navigation(context: Context) -> dict[str, Any]:
    """Links to the overview and its groups, keeping the scope that was asked for; ``here`` is marked."""
    request = context.get("request")
    asked = kept_query(request.GET) if request else ""
    return {
        "groups": list(Group),
        "here": context.get("here"),
        "scope_query": context.get("scope_query", asked),
    }


@register.simple_tag
def glossary() -> tuple[tuple[str, str], ...]:
    """The abbreviations of the dashboard, each with what it stands for."""
    return GLOSSARY
