"""Lists of panel cases and decisions, as tables."""

import django_tables2 as tables
from django.utils.timezone import localtime

from panel.models import Outcome, Panel, RequestDraft
from sen_dashboard.core import formats
from sen_dashboard.core.tables import (
    AgeColumn,
    CodeColumn,
    DayColumn,
    NeedColumn,
    PoundsColumn,
    RecordColumn,
    RecordTable,
)


class CaseTable(RecordTable):
    case = RecordColumn("case", "case_id")
    child = RecordColumn("child", "child_id")
    age = AgeColumn("child__date_of_birth")
    panel = CodeColumn(Panel)
    need = NeedColumn(accessor="primary_need", verbose_name="Primary need")
    received_on = DayColumn(verbose_name="Received")
    annual_cost = PoundsColumn(verbose_name="Annual cost asked for")


class DecisionTable(RecordTable):
    case = RecordColumn("case", "case_id")
    child = RecordColumn("child", "case__child_id")
    age = AgeColumn("case__child__date_of_birth")
    panel = CodeColumn(Panel, accessor="case__panel")
    need = NeedColumn(accessor="case__primary_need", verbose_name="Primary need")
    received_on = DayColumn(accessor="case__received_on", verbose_name="Received")
    meeting_on = DayColumn(verbose_name="Meeting")
    outcome = CodeColumn(Outcome)
    worth = PoundsColumn(verbose_name="Value")


class DraftTable(tables.Table):
    """What was kept of requests, by what was typed for the child, whatever that is."""

    child = tables.Column(accessor="pk", verbose_name="Child", orderable=False)
    panel = tables.Column(accessor="pk", verbose_name="Panel", orderable=False)
    saved_at = DayColumn(verbose_name="Kept on", orderable=False)
    actions = tables.TemplateColumn(
        template_name="panel/draft_actions.html", verbose_name="Continue or throw away", orderable=False
    )

    def render_child(self, record: RequestDraft) -> str:
        return record.first_typed("child") or "not yet named"

    def render_panel(self, record: RequestDraft) -> str:
        code = record.first_typed("panel")
        return Panel(code).label if code in Panel.values else "not yet chosen"

    def render_saved_at(self, record: RequestDraft) -> str:
        at = localtime(record.saved_at)
        return f"{formats.day(at.date())}, {at:%H:%M}"
