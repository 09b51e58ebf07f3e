"""What the panel's KPIs count: the records, together with the identity of their number.

A case is counted once, at its latest decision of the period, so the number of cases decided in a period, in all and
by outcome, is the same wherever it is shown.
"""

from collections.abc import Callable, Iterator
from datetime import date

from panel.decided_cases import FROM, OF_CASES, PANEL, cases_counted, decisions_in
from panel.models import FINAL_OUTCOMES, Outcome, Panel, PanelCase, Profile
from panel.querysets import PanelCaseQuerySet, PanelDecisionQuerySet
from sen_dashboard.core.kpi.counted import Counted, partitioned
from sen_dashboard.core.kpi.quantities import Addition, Quantity, part, total
from sen_dashboard.core.kpi.scope import Filter, Scope

FINAL = "final"
Decided = Counted[PanelDecisionQuerySet]
Cases = Counted[PanelCaseQuerySet]


def cases_decided(scope: Scope, panel: Filter[str | None] = PANEL) -> Decided:
    """The chosen panel's cases decided from the chosen day to the as-at day, each as its latest decision."""
    named = decided_named(scope, scope[panel], scope[FROM], scope.as_at)
    return Counted(named, lambda: cases_counted(scope, panel))


def decided_named(scope: Scope, panel: str | None, first: date, last: date) -> Quantity:
    """The identity of the number of cases that a panel decided from the first day to the last."""
    return of_cases("cases decided", scope, panel, first=first, last=last)


def presentations(scope: Scope) -> Decided:
    """The chosen panel's decisions from the chosen day to the as-at day, without void ones."""
    named = presentations_named(scope, scope[PANEL], scope[FROM], scope.as_at)
    return Counted(named, lambda: decisions_in(scope))


def presentations_named(scope: Scope, panel: str | None, first: date, last: date) -> Quantity:
    """The identity of the number of decisions from the first day to the last, without void ones."""
    return of_cases("presentations", scope, panel, first=first, last=last)


def cases_awaiting(scope: Scope) -> Cases:
    """The chosen panel's cases that had no decision of any kind by the day."""
    return _cases("cases awaiting", scope, lambda cases: cases.awaiting_on(scope.as_at))


def information_overdue(scope: Scope) -> Cases:
    """The chosen panel's cases with information overdue on the day."""
    return _cases("information overdue", scope, lambda cases: cases.information_overdue_on(scope.as_at))


def _cases(name: str, scope: Scope, chosen: Callable[[PanelCaseQuerySet], PanelCaseQuerySet]) -> Cases:
    """The panel's cases within the scope, narrowed by ``chosen``."""
    return Counted(
        of_cases(name, scope, scope[PANEL], day=scope.as_at),
        lambda: scope.narrow(chosen(PanelCase.objects.put_to(scope[PANEL])), OF_CASES),
    )


def of_cases(name: str, scope: Scope, panel: str | None, **days: date) -> Quantity:
    """The identity of a count of the panel's cases within the scope."""
    return Quantity.of(name, panel=panel, **days, **{f.name: scope[f] for f in OF_CASES})


# The parts that each number divides into, whichever page shows it


@partitioned("cases decided")
def _cases_in_parts(quantity: Quantity) -> Iterator[Addition]:
    """Cases by profile, outcome and panel; cases with a reason, decided before, offered or started are some of them.

    Some of the cases counted in a month were decided again by a later day.
    """
    named = dict(quantity.dimensions)
    for some in ("started", "offered", "represented", "reason"):
        if some in named:
            yield part(quantity.without(some), quantity)
            quantity = quantity.without(some)
    if "profile" in named:
        quantity = quantity.without("profile")
        yield part(quantity, *(quantity.having(profile=profile) for profile in Profile))
    if "outcome" in named:
        quantity = quantity.without("outcome")
        final = quantity.having(outcome=FINAL)
        yield total(quantity, (quantity.having(outcome=outcome) for outcome in Outcome))
        yield total(final, (quantity.having(outcome=outcome) for outcome in FINAL_OUTCOMES))
        yield part(quantity, final)
    if "latest_by" in named:
        yield part(quantity.without("latest_by"), quantity)
    if "panel" in named and not {"need", "secondary_need"} & named.keys():
        both = quantity.without("panel")
        yield total(both, (both.having(panel=panel) for panel in Panel))


@partitioned("presentations")
def _presentations_in_parts(quantity: Quantity) -> Iterator[Addition]:
    """Each case was presented at least once."""
    yield part(quantity, Quantity("cases decided", quantity.dimensions))
