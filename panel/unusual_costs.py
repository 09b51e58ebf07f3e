"""Costs so far from those of similar children that they are perhaps mistyped: £36 where £36,000 was meant."""

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
"""Of fewer similar costs nothing is said."""
BELOW, ABOVE = Decimal("0.5"), Decimal(2)
"""Unusual is below half of the lowest tenth, or above twice the highest tenth."""
MONTHS_OF_A_YEAR = 12

DECILES = """
    SELECT COUNT(*) AS similar, PERCENTILE_DISC(0.1) WITHIN GROUP (ORDER BY cost) AS low,
        PERCENTILE_DISC(0.9) WITHIN GROUP (ORDER BY cost) AS high
    FROM records WHERE cost > 0
"""


@dataclass(frozen=True)
class Usual:
    """The costs between which nobody is asked, in £ a year, and of how many similar costs they were read."""

    least: Decimal
    most: Decimal
    similar: int


def usual_costs(case: PanelCase) -> Usual | None:
    """What is usual for the need of the case with its panel; None where too few similar costs are held.

    For a place: INMSS placements open on the day the case was received. For additional funding: what was agreed before.
    One statement.
    """
    of_need = _placements(case) if case.panel == Panel.INDEPENDENT else _agreements(case)
    (found,) = select_from(of_need, DECILES)
    if found["similar"] < FEWEST:
        return None
    return Usual(found["low"] * BELOW, found["high"] * ABOVE, found["similar"])


def of_cost(case: PanelCase, amount: Decimal, basis: str) -> list[str]:
    """What is unlikely about an amount in £: a sentence, or none for a usual one.

    Part of a year may be as little as a month of it.
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
