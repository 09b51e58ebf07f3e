"""What readings of the panel count, named for disclosure control (core/disclosure.py).

A case is counted once, at its latest decision of the period; so the cases decided in a period are the same number
wherever they are counted, and those by outcome too.
"""

from datetime import date

from panel.decided_cases import OF_CASES
from sen_dashboard.core.disclosure import Quantity
from sen_dashboard.core.scope import Scope

FINAL = "final"


def cases_decided(scope: Scope, panel: str | None, first: date, last: date) -> Quantity:
    """The panel's cases, or those of both, with a standing decision from the first day to the last."""
    return of_cases("cases decided", scope, panel, first=first, last=last)


def presentations(scope: Scope, panel: str | None, first: date, last: date) -> Quantity:
    """Standing decisions from the first day to the last."""
    return of_cases("presentations", scope, panel, first=first, last=last)


def of_cases(name: str, scope: Scope, panel: str | None, **days: date) -> Quantity:
    """A count of the panel's cases that the scope is about."""
    return Quantity.of(name, panel=panel, **days, **{f.name: scope[f] for f in OF_CASES})
