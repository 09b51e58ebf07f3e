"""The cases that the panel's KPIs are about: each once, at its latest decision of a period."""

from datetime import date

from panel.models import Panel, PanelDecision
from panel.querysets import PanelDecisionQuerySet
from placements.narrowing import DISTRICT, NEED
from sen_dashboard.core import formats
from sen_dashboard.core.kpi.scope import Filter, Scope, choice, parse_day
from sen_dashboard.core.periods import FinancialYear, year_before

PANEL = choice("panel", "Panel", Panel.choices, default=Panel.INDEPENDENT.value, is_shared=True)
EITHER_PANEL = choice("panel", "Panel", Panel.choices, is_shared=True, unchosen="both panels")
"""The same filter for KPIs about both panels, unless one is chosen."""
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


OF_CASES = {DISTRICT: "child__home_district__iexact", NEED: "primary_need"}
"""The filters that narrow cases; the need is the one recorded for the case."""


def standing_decisions(scope: Scope, panel: Filter[str | None] = PANEL) -> PanelDecisionQuerySet:
    """The chosen panel's decisions of all time, without void ones, on the cases within the scope."""
    decisions = PanelDecision.objects.counted().of(scope[panel])
    return scope.narrow(decisions, {f: f"case__{lookup}" for f, lookup in OF_CASES.items()})


def decisions_in(scope: Scope, panel: Filter[str | None] = PANEL) -> PanelDecisionQuerySet:
    """The chosen panel's decisions from the chosen day to the as-at day."""
    return standing_decisions(scope, panel).between(scope[FROM], scope.as_at)


def decided_cases(scope: Scope, panel: Filter[str | None] = PANEL) -> PanelDecisionQuerySet:
    """The chosen panel's cases decided from the chosen day to the as-at day, each as its latest decision."""
    return decisions_in(scope, panel).latest_of_each_case()


def cases_counted(scope: Scope, panel: Filter[str | None] = PANEL) -> PanelDecisionQuerySet:
    """The same as ``decided_cases``, open to further filters: a case's latest decision is settled before they apply."""
    return listed(decided_cases(scope, panel))


def listed(latest: PanelDecisionQuerySet) -> PanelDecisionQuerySet:
    """The decisions given, each the latest of its case, with their worth and open to further filters."""
    return PanelDecision.objects.filter(pk__in=latest.values("pk")).with_worth()


def panel_name(scope: Scope) -> str:
    """The name of the chosen panel, to follow "the" in a sentence."""
    return NAMES[scope[PANEL]]


def period(scope: Scope) -> str:
    """ "from 1 April 2018 to 31 March 2019"."""
    return f"from {formats.day(scope[FROM])} to {formats.day(scope.as_at)}"


def period_caveats(scope: Scope) -> tuple[str, ...]:
    """A sentence saying that the period is empty, if it holds no day."""
    if scope[FROM] <= scope.as_at:
        return ()
    first, last = formats.day(scope[FROM]), formats.day(scope.as_at)
    return (f"The period is empty: its first day, {first}, is after its last, {last}.",)
