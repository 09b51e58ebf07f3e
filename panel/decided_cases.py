"""The cases that readings of the panel are about: each once, at its latest decision of a period."""

from datetime import date

from panel.models import Panel, PanelDecision
from panel.querysets import PanelDecisionQuerySet
from sen_dashboard.core import formats
from sen_dashboard.core.kpi import Filter, Scope, choice, parse_day
from sen_dashboard.core.periods import FinancialYear, year_before

PANEL = choice("panel", "Panel", Panel.choices, default=Panel.INDEPENDENT.value)
EITHER_PANEL = choice("panel", "Panel", Panel.choices)
"""The same filter where both panels are meant unless one is chosen."""
FROM: Filter[date] = Filter(
    "from",
    "Decided from",
    parse_day,
    lambda as_at: FinancialYear.containing(as_at).start,
    year_before=year_before,
)

NAMES: dict[str | None, str] = {
    Panel.INDEPENDENT.value: "Independent Placement Panel",
    Panel.ADDITIONAL_FUNDING.value: "additional funding panel",
    None: "panels",
}


def decided_cases(scope: Scope, panel: Filter[str | None] = PANEL) -> PanelDecisionQuerySet:
    """The chosen panel's cases, as their latest decisions from the chosen day to the as-at day."""
    decisions = PanelDecision.objects.counted().of(scope[panel])
    return decisions.between(scope[FROM], scope.as_at).latest_of_each_case()


def panel_name(scope: Scope) -> str:
    """The chosen panel in a sentence, after "the"."""
    return NAMES[scope[PANEL]]


def period(scope: Scope) -> str:
    """ "from 1 April 2018 to 31 March 2019"."""
    return f"from {formats.day(scope[FROM])} to {formats.day(scope.as_at)}"


def period_caveats(scope: Scope) -> tuple[str, ...]:
    """A sentence where the period holds no day."""
    if scope[FROM] <= scope.as_at:
        return ()
    first, last = formats.day(scope[FROM]), formats.day(scope.as_at)
    return (f"The period is empty: its first day, {first}, comes after its last, {last}.",)
