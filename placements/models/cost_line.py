"""One part of a placement's cost, in £ a year, over a range of days within the placement."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value

from placements.codes import Agreement, CostKind
from placements.models.placement import LINE_INSIDE, Placement
from placements.querysets import CostLineQuerySet
from sen_dashboard.core.models.across import Referring
from sen_dashboard.core.models.constraints import (
    Check,
    NoOverlap,
    Unique,
    in_order,
    known_code,
    not_negative,
)
from sen_dashboard.core.models.fields import PercentField, pounds_field, words_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail

ENDS_TOO_EARLY = "The cost line cannot end before it starts."
NOT_THE_WHOLE = "The shares of education, social care, health and others must come to 100%."
PERCENT = "Enter a percentage from 0 to 100."
FUNDERS = ("education_share", "social_care_share", "health_share", "other_share")


def _share_field(label: str, **options: Any) -> PercentField:
    return PercentField(label, max_digits=5, decimal_places=2, **options)


def _percent(name: str, field: str) -> Check:
    return Check(name, Q(**{f"{field}__range": (0, 100)}), field=field, sentence=PERCENT)


def _whole() -> Q:
    """The condition that all shares add up to 100%; others pay the rest if their share is not given.

    A negative share of others has a rule of its own, so that people see only one error.
    """
    rest = Value(Decimal(100)) - F("social_care_share") - F("health_share")
    not_said = Q(other_share__isnull=True, education_share__lte=rest)
    said = Q(other_share__isnull=False)
    return not_said | said & (Q(other_share__lt=0) | Q(education_share=rest - F("other_share")))


@kept_in_trail(under="placement")
class CostLine(Record):
    """One kind of cost of a placement, from a day on.

    ``annual_amount`` counts whether agreed or not (``agreement``); ``asked_amount`` is the amount that the school asked
    for. Unless entered otherwise, education pays 100%, social care and health nothing, and others the rest.
    """

    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, related_name="cost_lines", db_index=False
    )  # the unique constraint's index serves instead
    kind = models.CharField(max_length=15, choices=CostKind.choices)
    annual_amount = pounds_field()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="Empty: runs as long as the placement.")
    education_share = _share_field(
        "education share", default=100, help_text="Percent that the education budget pays."
    )
    social_care_share = _share_field("social care share", default=0, db_default=0)
    health_share = _share_field("health share", default=0, db_default=0)
    other_share = _share_field("share of others", null=True, blank=True, help_text="Empty: the rest.")
    asked_amount = pounds_field(
        verbose_name="asked for", null=True, blank=True, help_text="£ a year that the school asked for."
    )
    agreement = models.CharField(
        max_length=8, choices=Agreement.choices, default=Agreement.AGREED, db_default=Agreement.AGREED
    )
    document = words_field(200)
    void = models.BooleanField(
        "recorded in error", default=False, help_text="Recorded in error: kept, and counted nowhere."
    )
    void_reason = words_field(500)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CostLineQuerySet.as_manager()

    class Meta:
        constraints = [
            Unique(
                "cost_line_key",
                "placement",
                "kind",
                "starts_on",
                sentence="The placement already has a cost line of this kind from that day.",
            ),
            known_code("cost_line_kind_known", "kind", CostKind),
            not_negative("cost_line_amount_not_negative", "annual_amount"),
            not_negative("cost_line_asked_not_negative", "asked_amount"),
            known_code("cost_line_agreement_known", "agreement", Agreement),
            Check(
                "cost_line_asked_for_something",
                ~Q(agreement=Agreement.ASKED) | Q(asked_amount__isnull=False),
                field="asked_amount",
                sentence="Enter what the school asked for.",
            ),
            _percent("cost_line_share_is_percent", "education_share"),
            _percent("cost_line_social_care_is_percent", "social_care_share"),
            _percent("cost_line_health_is_percent", "health_share"),
            _percent("cost_line_other_is_percent", "other_share"),
            Check(
                "cost_line_shares_are_the_whole",
                _whole(),
                field="education_share",
                sentence=NOT_THE_WHOLE,
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
        triggers = [Referring("cost_line_inside_placement", *LINE_INSIDE)]

    def __str__(self) -> str:
        return f"{self.placement_id} {self.kind} {self.starts_on}"

    @property
    def share_of_others(self) -> Decimal:
        """The percentage that education, social care and health do not pay, as entered or as the rest."""
        if self.other_share is not None:
            return Decimal(self.other_share)
        return Decimal(100) - self.education_share - self.social_care_share - self.health_share

    def clean(self) -> None:
        """Refuse dates in the wrong order, before PostgreSQL makes a range of them."""
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": ENDS_TOO_EARLY})
        super().clean()
