"""The cost of a placement over time: a step for each span of days on which nothing changes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.db.models import F, Q, QuerySet

from placements.models import Placement
from placements.querysets import line_of_transport
from sen_dashboard.core.periods import ONE_DAY
from sen_dashboard.core.sql import select_from, truth

# The totals from each day on which a line begins, or that follows a line's last day
COST_FROM_EACH_CHANGE = """
    SELECT day,
        SUM(annual_amount) FILTER (WHERE NOT is_transport) AS annual_cost,
        SUM(annual_amount) FILTER (WHERE is_transport) AS transport
    FROM (SELECT first AS day FROM records UNION SELECT until FROM records) AS changes
    LEFT JOIN records ON first <= day AND (until IS NULL OR until > day)
    WHERE day <= %s
    GROUP BY day
    ORDER BY day
"""


@dataclass(frozen=True)
class Step:
    """The days from ``first`` to ``last``, and the annual cost in £ on each of them.

    ``last`` is None for the current step. ``transport`` is separate from the annual cost, never part of it. Either is
    None while no line of its kind is in force.
    """

    first: date
    last: date | None
    annual_cost: Decimal | None
    transport: Decimal | None


def cost_over_time(placement: Placement, day: date) -> tuple[Step, ...]:
    """The steps to ``day``, oldest first, including gaps between lines: one statement."""
    lines: QuerySet[Any, Any] = placement.cost_lines.filter(void=False).with_span()
    running = lines.filter(Q(until__isnull=True) | Q(until__gt=F("first")))
    columns = running.values("first", "until", "annual_amount", is_transport=truth(line_of_transport()))
    changes = select_from(columns, COST_FROM_EACH_CHANGE, day)
    steps = [
        Step(
            change["day"],
            later["day"] - ONE_DAY if later else None,
            change["annual_cost"],
            change["transport"],
        )
        for change, later in zip_longest(changes, changes[1:])
    ]
    is_over = steps and steps[-1].annual_cost is None and steps[-1].transport is None
    return tuple(steps[:-1] if is_over else steps)
