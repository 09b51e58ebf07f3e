"""The list of events."""

import django_tables2 as tables

from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.tables import KindColumn, ListTable


class EventTable(ListTable):
    """Events by day; ``actions`` is for those who may change them."""

    day = KindColumn(Kind.DAY, verbose_name="Day", order_by=("day", "event_id"))
    title = tables.Column(verbose_name="What happened", order_by=("title", "event_id"))
    actions = tables.TemplateColumn(
        template_name="components/event_actions.html", verbose_name="Change or remove", orderable=False
    )
