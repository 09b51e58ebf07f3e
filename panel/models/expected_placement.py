"""What follows from an agreed request for a school: an expected placement, until it starts or is refused."""

from datetime import date

from django.db import models
from django.db.models import Q

from panel.models.decision import PanelDecision
from panel.querysets import ExpectedPlacementQuerySet
from placements.models import Placement
from provision.models import School
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Attendance
from sen_dashboard.core.models.constraints import Check, known_code
from sen_dashboard.core.models.fields import words_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail


@kept_in_trail(under="decision")
class ExpectedPlacement(Record):
    """An agreed placement awaiting the school's offer and the start. It has no cost and counts nowhere yet.

    Its cost lines will be the decision's agreed costs.
    """

    decision = models.OneToOneField(
        PanelDecision, on_delete=models.PROTECT, related_name="expected_placement"
    )
    school = models.ForeignKey(
        School,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="expected_placements",
        help_text="Empty: no school is found yet.",
    )
    attendance = models.CharField(max_length=12, choices=Attendance.choices)
    starts_on = models.DateField(help_text="The day it is expected to start.")
    offered_on = models.DateField(null=True, blank=True)
    refused_on = models.DateField(null=True, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)
    why = words_field(500)
    placement = models.OneToOneField(
        Placement, null=True, blank=True, on_delete=models.PROTECT, related_name="expected_as"
    )

    objects = ExpectedPlacementQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("expected_placement_attendance_known", "attendance", Attendance),
            Check(
                "expected_placement_one_end",
                Q(refused_on=None, cancelled_on=None)
                | Q(refused_on=None, placement=None)
                | Q(cancelled_on=None, placement=None),
                field="refused_on",
                sentence="It can be refused, cancelled or started, but only one of these.",
            ),
            Check(
                "expected_placement_offered_before_start",
                Q(placement=None) | Q(offered_on__isnull=False),
                field="offered_on",
                sentence="The school's offer comes before the start.",
            ),
            Check(
                "expected_placement_offered_by_a_school",
                Q(offered_on=None) | Q(school__isnull=False),
                field="school",
                sentence="Only a school can offer a place.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision.case_id} at {self.school or 'a school to be confirmed'}"

    def waits_for(self) -> str:
        """What it waits for, in words: "a school", "the school's offer", "the start", or nothing."""
        if self.placement_id or self.refused_on or self.cancelled_on:
            return ""
        if self.school_id is None:
            return "a school"
        return "the start" if self.offered_on else "the school's offer"

    def standing_on(self, day: date) -> str:
        """Its status in words: "Awaiting the start. Late: expected on 1 May 2026"."""
        if self.placement_id:
            return "Started"
        if self.refused_on:
            return "Refused by the school"
        if self.cancelled_on:
            return "Cancelled: the decision was corrected"
        late = f". Late: expected on {formats.day(self.starts_on)}" if self.late_on(day) else ""
        return f"Awaiting {self.waits_for()}{late}"

    def late_on(self, day: date) -> bool:
        """Whether it still waits on ``day`` although its expected start has passed."""
        return bool(self.waits_for()) and self.starts_on < day
