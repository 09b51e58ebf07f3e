"""The list of leavers: each child's year group, why the place ends, and the next step if it is known."""

from datetime import date
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, QuerySet, TextChoices, Value, When

from panel.models import ExpectedPlacement, PanelCase
from panel.states import State
from placements.models import Placement
from placements.querysets import YEAR_GROUPS_THAT_LEAVE
from provision.ages import year_group_words
from sen_dashboard.core.codes import Attendance
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.periods import AcademicYear
from sen_dashboard.core.web.tables import (
    AgeColumn,
    CodeColumn,
    KindColumn,
    NeedColumn,
    RecordColumn,
    RecordTable,
)

CHILD, BORN = "plan__child", "plan__child__date_of_birth"
REQUESTED = (State.AWAITING_PAPERS, State.READY, State.LISTED, State.INFORMATION_ASKED, State.DEFERRED)
"""The states of a case that is with a panel, or on its way to one."""


class WhyDue(TextChoices):
    """Why a placement ends with the academic year (domain.md section 4)."""

    YEAR_11 = "YEAR_11", "End of year 11"
    YEAR_14 = "YEAR_14", "End of year 14"
    AGE_25 = "AGE_25", "Age 25"


class NextStep(TextChoices):
    """The known next step after a placement, the most certain first."""

    PLACED = "PLACED", "Next placement recorded"
    AGREED = "AGREED", "Place agreed, not started"
    REQUESTED = "REQUESTED", "Request with a panel"
    NONE = "NONE", "None recorded"


class YearGroupColumn(AgeColumn):
    """A child's year group in the academic year of the day of a ``RecordTable``; the column holds the date of birth."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.verbose_name = "Year group"

    def render(self, value: date, table: RecordTable) -> str:
        return year_group_words(self.value(value, table)).capitalize()

    def value(self, value: date, table: RecordTable) -> int:
        return AcademicYear.containing(table.as_at).year_group_of(value)


class LeaverTable(RecordTable):
    placement = RecordColumn("placement", "placement_id")
    child = RecordColumn("child", "plan__child_id")
    age = AgeColumn(BORN)
    year_group = YearGroupColumn(BORN)
    why_due = CodeColumn(WhyDue, verbose_name="Why due")
    next_step = CodeColumn(NextStep, verbose_name="Next step")
    need = NeedColumn(accessor="plan__primary_need", verbose_name="Primary need")
    school = RecordColumn("school", "school_id", name="school__name")
    attendance = CodeColumn(Attendance)
    annual_cost = KindColumn(Kind.POUNDS, verbose_name="Annual cost")


def with_next_step(placements: QuerySet[Any, Any], as_at: date) -> QuerySet[Any, Any]:
    """Annotate ``why_due`` at the end of the academic year of ``as_at``, and ``next_step`` from the present records."""
    year = AcademicYear.containing(as_at)
    of_child = OuterRef(CHILD)
    following = Placement.objects.filter(plan__child=of_child, starts_on__gt=as_at)
    agreed = ExpectedPlacement.objects.not_started().filter(refused_on=None, decision__case__child=of_child)
    asked = PanelCase.objects.with_state().filter(state__in=REQUESTED, child=of_child)
    return placements.annotate(
        why_due=_first(
            *(
                When(**{f"{BORN}__range": year.births_of(group)}, then=Value(f"YEAR_{group}"))
                for group in YEAR_GROUPS_THAT_LEAVE
            ),
            default=WhyDue.AGE_25,
        ),
        next_step=_first(
            When(Exists(following), then=Value(NextStep.PLACED)),
            When(Exists(agreed), then=Value(NextStep.AGREED)),
            When(Exists(asked), then=Value(NextStep.REQUESTED)),
            default=NextStep.NONE,
        ),
    )


def _first(*whens: When, default: str) -> Case:
    return Case(*whens, default=Value(default), output_field=CharField())
