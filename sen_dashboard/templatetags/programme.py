"""Tags for the programme's pages."""

from django import template
from django.utils.safestring import SafeString

from sen_dashboard.programme.models import Status
from sen_dashboard.programme.tables import tag

register = template.Library()


@register.simple_tag
def status_tag(status: str) -> SafeString:
    """Render a status as a tag: its words on its colour."""
    return tag(str(Status(status).label), status)
