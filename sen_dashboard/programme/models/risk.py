"""Records of the data contract's risks.csv."""

from typing import Final

from django.db import models
from django.db.models import Q

from sen_dashboard.core.models.constraints import Check, known_code, on_one_line, within_reach
from sen_dashboard.core.models.fields import key_field, words_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail
from sen_dashboard.programme.codes import RiskStatus
from sen_dashboard.programme.models.workstream import Workstream
from sen_dashboard.programme.querysets import RiskQuerySet

LEAST: Final = 1
MOST: Final = 5
"""Likelihood and impact run from 1 to 5."""


def _from_1_to_5(name: str, field: str) -> Check:
    return Check(
        name,
        Q(**{f"{field}__range": (LEAST, MOST)}),
        field=field,
        sentence=f"Enter a whole number from {LEAST} to {MOST}.",
    )


@kept_in_trail(has_page=True)
class Risk(Record):
    """A risk that the programme misses its aim. ``owner`` is a role, not a person's name."""

    risk_id = key_field(primary_key=True)
    workstream = models.ForeignKey(Workstream, on_delete=models.PROTECT, related_name="risks")
    title = words_field(250, blank=False)
    likelihood = models.SmallIntegerField()
    impact = models.SmallIntegerField()
    mitigation = words_field(1000)
    owner = words_field(80)
    status = models.CharField(max_length=10, choices=RiskStatus.choices)
    updated_on = models.DateField(null=True, blank=True)

    objects = RiskQuerySet.as_manager()

    class Meta:
        constraints = [
            on_one_line(
                "risk_title_given", "title", sentence="Enter what could happen, in words on one line."
            ),
            _from_1_to_5("risk_likelihood_from_1_to_5", "likelihood"),
            _from_1_to_5("risk_impact_from_1_to_5", "impact"),
            known_code("risk_status_known", "status", RiskStatus),
            within_reach("risk_updated_within_reach", "updated_on"),
        ]

    def __str__(self) -> str:
        return self.title
