"""A placement: the school at which a plan is met, from a first to a last day, both inclusive."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest

from placements.codes import Accrual, EndReason, PlacementReason, Route
from placements.models.plan import Plan
from placements.querysets import PlacementQuerySet
from provision.models import School
from sen_dashboard.core.codes import Attendance
from sen_dashboard.core.models.across import Across, Referred
from sen_dashboard.core.models.constraints import Check, NoOverlap, in_order, known_code
from sen_dashboard.core.models.fields import key_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail

ENDS_TOO_EARLY = "The placement cannot end before it starts."
ATTENDED_OUTSIDE = "The last day attended must lie within the placement."
PAID_TOO_SHORT = "The placement is paid for at least to its first day and the last day attended."


def _inside(broken: str, column: str, other_column: str) -> Across:
    return Across(
        table="placements_costline",
        key="id",
        reference="placement_id",
        other_table="placements_placement",
        broken=f"NOT r.void AND {broken}",
        column=column,
        sentence="The cost line must lie within its placement.",
        other_column=other_column,
        other_sentence="A cost line of this placement lies outside these dates.",
    )


LINE_INSIDE = (
    _inside("r.starts_on < p.starts_on", "starts_on", "starts_on"),
    _inside("r.starts_on > p.ends_on", "starts_on", "ends_on"),
    _inside("r.starts_on <= p.ends_on AND r.ends_on > p.ends_on", "ends_on", "ends_on"),
)


@kept_in_trail(under="plan", has_page=True)
class Placement(Record):
    placement_id = key_field(primary_key=True)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="placements")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="placements")
    in_srp = models.BooleanField("in SRP", default=False)
    attendance = models.CharField(max_length=12, choices=Attendance.choices)
    weeks_per_year = models.SmallIntegerField(null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="The last day; empty while open.")
    last_attended_on = models.DateField(
        "last day attended", null=True, blank=True, help_text="Empty: the last day of the placement."
    )
    paid_to_on = models.DateField(
        "paid to",
        null=True,
        blank=True,
        help_text="The last day that the council pays for, as under a term of notice. Empty: the last day.",
    )
    end_reason = models.CharField(max_length=12, choices=EndReason.choices, blank=True, default="")
    route = models.CharField(max_length=20, choices=Route.choices, blank=True, default="")
    reason = models.CharField(max_length=12, choices=PlacementReason.choices, blank=True, default="")
    accrual = models.CharField(max_length=8, choices=Accrual.choices, blank=True, default="")
    contract_id = key_field(blank=True, default="")

    objects = PlacementQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("placement_attendance_known", "attendance", Attendance),
            known_code("placement_end_reason_known", "end_reason", EndReason, optional=True),
            known_code("placement_route_known", "route", Route, optional=True),
            known_code("placement_reason_known", "reason", PlacementReason, optional=True),
            known_code("placement_accrual_known", "accrual", Accrual, optional=True),
            Check(
                "placement_weeks_in_a_year",
                Q(weeks_per_year__isnull=True) | Q(weeks_per_year__range=(1, 53)),
                field="weeks_per_year",
                sentence="Enter 1 to 53 weeks.",
            ),
            in_order("placement_ends_after_start", "starts_on", "ends_on", sentence=ENDS_TOO_EARLY),
            in_order(
                "placement_attended_after_start", "starts_on", "last_attended_on", sentence=ATTENDED_OUTSIDE
            ),
            Check(
                "placement_attended_before_end",
                Q(last_attended_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(last_attended_on__lte=F("ends_on")),
                field="last_attended_on",
                sentence=ATTENDED_OUTSIDE,
            ),
            Check(
                "placement_paid_as_long_as_attended",
                Q(paid_to_on__isnull=True) | Q(paid_to_on__gte=Greatest("starts_on", "last_attended_on")),
                field="paid_to_on",
                sentence=PAID_TOO_SHORT,
            ),
            NoOverlap(
                "placement_one_open_for_a_plan",
                per=("plan",),
                first="starts_on",
                last="ends_on",
                bounds="[]",
                sentence="The plan has another placement at that time.",
            ),
        ]
        triggers = [Referred("placement_holds_its_cost_lines", *LINE_INSIDE)]

    def __str__(self) -> str:
        return self.placement_id

    def clean(self) -> None:
        """Refuse dates in the wrong order, before PostgreSQL makes a range of them."""
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": ENDS_TOO_EARLY})
        super().clean()
