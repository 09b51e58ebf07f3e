"""Lists of panel cases and decisions, as tables."""

from panel.models import Outcome, Panel
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
