"""Costs so unlike those of similar children that they may be mistyped, such as £36 for £36,000."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet

from panel.codes import CostBasis, Outcome, Panel
from panel.models.case import PanelCase
from panel.models.decision import PanelDecision
from placements.models import Placement
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Provision, need_label
from sen_dashboard.core.sql import select_from

FEWEST = 5
"""The fewest similar costs that a cost is compared with."""
BELOW, ABOVE = Decimal("0.5"), Decimal(2)
"""A cost is unusual below half of the lowest decile, or above twice the highest."""
MONTHS_OF_A_YEAR = 12

DECILES = """
    SELECT COUNT(*) AS similar, PERCENTILE_DISC(0.1) WITHIN GROUP (ORDER BY cost) AS low,
        PERCENTILE_DISC(0.9) WITHIN GROUP (ORDER BY cost) AS high
    FROM records WHERE cost > 0
"""


@dataclass(frozen=True)
class Usual:
    """The range of usual costs, in £ a year, and how many similar costs it was found from."""

    least: Decimal
    most: Decimal
    similar: int


def usual_costs(case: PanelCase) -> Usual | None:
    """The usual costs for the case's need and panel; None if too few similar costs are recorded.

    For a place: INMSS placements open on the day the case was received. For additional funding: costs agreed earlier.
    One statement.
    """
    of_need = _placements(case) if case.panel == Panel.INDEPENDENT else _agreements(case)
    (found,) = select_from(of_need, DECILES)
    if found["similar"] < FEWEST:
        return None
    return Usual(found["low"] * BELOW, found["high"] * ABOVE, found["similar"])


def of_cost(case: PanelCase, amount: Decimal, basis: str) -> list[str]:
    """What is unlikely about an amount in £: a sentence, or none for a usual amount.

    Part of a year may be as little as a month.
    """
    usual = usual_costs(case)
    if usual is None:
        return []
    least = usual.least / MONTHS_OF_A_YEAR if basis == CostBasis.PART_YEAR else usual.least
    if least <= amount <= usual.most:
        return []
    return [
        f"{formats.pounds(amount)} is well outside the usual range for {need_label(case.primary_need)}: "
        f"{formats.pounds(least)} to {formats.pounds(usual.most)}, from {usual.similar} similar costs."
    ]


def _placements(case: PanelCase) -> QuerySet[Any, Any]:
    day = case.received_on
    similar = Placement.objects.in_provision(Provision.INMSS).open_on(day).with_annual_cost(day)
    return similar.filter(plan__primary_need=case.primary_need).values(cost=F("annual_cost"))


def _agreements(case: PanelCase) -> QuerySet[Any, Any]:
    agreed = PanelDecision.objects.counted().of(case.panel).filter(outcome=Outcome.AGREED)
    return (
        agreed.of_a_year()
        .filter(case__primary_need=case.primary_need)
        .exclude(case=case.pk)
        .with_worth()
        .values(cost=F("worth"))
    )
