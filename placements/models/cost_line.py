"""One part of what a placement costs, in £ a year, over a range of days inside the placement."""

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from placements.codes import CostKind
from placements.models.placement import Placement
from placements.querysets import CostLineQuerySet
from sen_dashboard.core.models.constraints import (
    Check,
    NoOverlap,
    Unique,
    across_tables,
    in_order,
    known_code,
    not_negative,
)
from sen_dashboard.core.models.fields import PercentField, pounds_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail

ENDS_TOO_EARLY = "The cost line cannot end before it starts."
OUTSIDE = "The cost line must lie within its placement."


@kept_in_trail(under="placement")
class CostLine(Record):
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, related_name="cost_lines", db_index=False
    )  # the index of the unique constraint serves
    kind = models.CharField(max_length=15, choices=CostKind.choices)
    annual_amount = pounds_field()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="Empty: runs as long as the placement.")
    education_share = PercentField(
        max_digits=5, decimal_places=2, default=100, help_text="Percent that the education budget pays."
    )
    void = models.BooleanField(
        "recorded in error", default=False, help_text="Recorded in error: kept, and counted nowhere."
    )

    objects = CostLineQuerySet.as_manager()

    class Meta:
        constraints = [
            Unique(
                "cost_line_key",
                "placement",
                "kind",
                "starts_on",
                sentence="The placement has a cost line of this kind from that day.",
            ),
            known_code("cost_line_kind_known", "kind", CostKind),
            not_negative("cost_line_amount_not_negative", "annual_amount"),
            Check(
                "cost_line_share_is_percent",
                Q(education_share__range=(0, 100)),
                field="education_share",
                sentence="Enter a percentage from 0 to 100.",
            ),
            in_order("cost_line_ends_after_start", "starts_on", "ends_on", sentence=ENDS_TOO_EARLY),
            NoOverlap(
                "cost_line_one_of_a_kind",
                per=("placement", "kind"),
                first="starts_on",
                last="ends_on",
                bounds="[]",
                condition=Q(void=False),
                sentence="The placement has another cost line of this kind at that time.",
            ),
        ]
        triggers = [
            across_tables(
                "cost_line_inside_placement",
                on=pgtrigger.Insert | pgtrigger.UpdateOf("placement_id", "starts_on", "ends_on", "void"),
                holds="placements_placement WHERE placement_id = NEW.placement_id",
                violation="""
                    SELECT 1 FROM placements_costline l JOIN placements_placement p USING (placement_id)
                    WHERE l.id = NEW.id AND NOT l.void
                    AND (l.starts_on < p.starts_on OR GREATEST(l.starts_on, l.ends_on) > p.ends_on)
                """,
                sentence=OUTSIDE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.placement_id} {self.kind} {self.starts_on}"

    def clean(self) -> None:
        """Refuse dates the wrong way round, and a line outside its placement."""
        if self.starts_on is None:
            return
        if self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": ENDS_TOO_EARLY})
        if self.placement_id and not self.void:
            self._check_inside(self.placement)

    def _check_inside(self, placement: Placement) -> None:
        last = placement.ends_on
        if self.starts_on < placement.starts_on or (last and self.starts_on > last):
            raise ValidationError({"starts_on": OUTSIDE})
        if last and self.ends_on and self.ends_on > last:
            raise ValidationError({"ends_on": OUTSIDE})
