"""What readings of plans, placements and assessments count, named for disclosure control (core/disclosure.py).

A quantity of one name and dimensions is the same number in every KPI: children with a placement open on a day are
counted alike everywhere, a child having one plan and one placement at a time.
"""

from datetime import date

from placements.narrowing import ATTENDANCE, DISTRICT, NEED, SECTOR
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.disclosure import Dimension, Quantity
from sen_dashboard.core.scope import Scope


def plans(scope: Scope, day: date) -> Quantity:
    """Plans in force on the day."""
    return Quantity.of("plans", day=day, district=scope[DISTRICT], need=scope[NEED])


def children(scope: Scope, day: date, provision: Provision, **dimensions: Dimension) -> Quantity:
    """Children with a placement of the provision open on the day."""
    return _of_placements("children", scope, day=day, provision=provision.value, **dimensions)


def children_with_cost(scope: Scope, provision: str, attendance: str | None, need: str | None) -> Quantity:
    """Those of one attendance, or all, whose cost on the day is known."""
    counted = _of_placements(
        "children with cost", scope, day=scope.as_at, provision=provision, attendance=attendance
    )
    return counted.having(need=need) if need else counted


def moves(scope: Scope, what: str, first: date, last: date) -> Quantity:
    """INMSS placements that start ("starts") or end ("ends") from the first day to the last."""
    return _of_placements(what, scope, provision=Provision.INMSS.value, first=first, last=last)


def plans_issued(scope: Scope, first: date, last: date) -> Quantity:
    """Plans with a stored assessment that were issued from the first day to the last."""
    return Quantity.of("plans issued", first=first, last=last, district=scope[DISTRICT])


def _of_placements(name: str, scope: Scope, **dimensions: Dimension | None) -> Quantity:
    chosen = {f.name: scope[f] for f in (DISTRICT, NEED, SECTOR, ATTENDANCE)}
    return Quantity.of(name, **{**chosen, **dimensions})
