"""The placements that extracts about INMSS are made from."""

from datetime import date
from typing import Any

from django.db.models import DateField, F, Value

from placements.models import Placement
from placements.querysets import PlacementQuerySet
from sen_dashboard.core.codes import Provision


def placed_on(day: date) -> Any:
    """INMSS placements open on the day, with school, need and annual cost in £, null for one without a cost line."""
    inmss = Placement.objects.open_on(day).in_provision(Provision.INMSS)
    placed: PlacementQuerySet = inmss.with_annual_cost(day)
    return placed.values(
        "school_id",
        "attendance",
        "annual_cost",
        day=Value(day, output_field=DateField()),
        school_name=F("school__name"),
        sector=F("school__sector"),
        need=F("plan__primary_need"),
    )
