"""Why are requests put to the panels, and with which main profiles of need?

Numerator: cases that give a reason, and cases of a main profile, each case once, at its latest decision from the
first day of the period to the as-at day, whatever the outcome.
Denominator: for a reason the cases of its panel decided in the period, for a profile those of the chosen panels. A
case may give several reasons, so the shares of a panel may add up to more than 100.
Left out: void decisions, and the earlier decisions of a case that was decided again in the period. Cases without a
recorded reason or profile are in the denominator alone (their number is a caveat).
Undefined when no case was decided in the period.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_tables2 as tables
import plotly.graph_objects as go
from django.db.models import F

from panel import quantities
from panel.decided_cases import (
    EITHER_PANEL,
    FROM,
    NAMES,
    cases_counted,
    decided_cases,
    period,
    period_caveats,
)
from panel.models import REASONS_OF_PANEL, Panel, Profile, Reason
from panel.querysets import PanelDecisionQuerySet
from placements.narrowing import DISTRICT, NEED
from sen_dashboard.core import charts, formats
from sen_dashboard.core.disclosure import (
    Addition,
    Counted,
    Disclosure,
    Measure,
    Quantity,
    Records,
    open_keys,
    part,
    rests_on,
    total,
)
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi import Better, Fact, Group, Kpi, Part, Result
from sen_dashboard.core.money import percentage
from sen_dashboard.core.row_keys import both, by_code
from sen_dashboard.core.scope import Scope
from sen_dashboard.core.sql import select_from
from sen_dashboard.core.tables import KindColumn, KpiTable

ROW_KEY = both(by_code("panel", Panel), by_code("reason", Reason))
BY_ALL_RECORDED = """
    SELECT panel, given, profile, COUNT(*) AS cases
    FROM records
    GROUP BY panel, given, profile
"""

# How a sentence tells why a number of requests was made.
TOLD = {
    Reason.COMPLEXITY: "because local schools cannot meet the complexity of need",
    Reason.CAPACITY: "because special schools have no capacity",
    Reason.ONE_TO_ONE: "for one-to-one adult support",
    Reason.STAFF_RATIO: "because an extra pupil makes the staff ratio unmanageable",
    Reason.AWAITING_PLACEMENT: "because a child with high need awaits a placement",
    Reason.OTHER: "for other reasons",
}
# How the chart names a reason, in little room.
BRIEF = {
    Reason.COMPLEXITY: "Complexity of need",
    Reason.CAPACITY: "No capacity",
    Reason.ONE_TO_ONE: "One-to-one",
    Reason.STAFF_RATIO: "Staff ratio",
    Reason.AWAITING_PLACEMENT: "Awaiting place",
    Reason.OTHER: "Other",
}
COLOURS = {Panel.INDEPENDENT: charts.INMSS, Panel.ADDITIONAL_FUNDING: charts.SECOND}


@dataclass(frozen=True)
class ProfileCases:
    """Cases of a main profile of need, and their share of all."""

    profile: str
    cases: int
    share_pct: float | None
    label: str


@dataclass(frozen=True)
class Headline:
    cases: int
    independent_cases: int
    additional_funding_cases: int
    profiles: tuple[ProfileCases, ...]
    behaviour_anxiety_cases: int
    complex_mental_health_cases: int

    def cases_of(self, panel: Panel) -> int:
        """Cases of a panel, the denominator of its reasons."""
        return self.independent_cases if panel is Panel.INDEPENDENT else self.additional_funding_cases


@dataclass(frozen=True)
class Row:
    panel: str
    reason: str
    cases: int
    share_pct: float | None
    panel_label: str
    label: str


@dataclass(frozen=True)
class _Counts:
    """Cases by what they record; a case without a reason or profile is counted under ""."""

    panels: Counter[str]
    reasons: Counter[tuple[str, str]]  # by panel and reason: a case counts once for each of its reasons
    profiles: Counter[str]


def query(scope: Scope) -> Result[Headline, Row]:
    """The period's cases by panel and reason, most first, and by profile: one statement."""
    chosen = decided_cases(scope, EITHER_PANEL).values(
        panel=F("case__panel"), given=F("case__reasons"), profile=F("case__profile")
    )
    counts = _count(select_from(chosen, BY_ALL_RECORDED))
    independent, additional_funding = (counts.panels[panel] for panel in Panel)
    headline = Headline(
        counts.panels.total(),
        independent,
        additional_funding,
        tuple(_profiles(counts)),
        counts.profiles[Profile.BEHAVIOUR_ANXIETY],
        counts.profiles[Profile.COMPLEX_MENTAL_HEALTH],
    )
    without_reason = sum(counts.reasons[panel, ""] for panel in Panel)
    caveats = _not_recorded("reason", without_reason) + _not_recorded("profile", counts.profiles[""])
    return Result(scope, headline, tuple(_rows(counts)), period_caveats(scope) + caveats)


def _shown(scope: Scope) -> list[Panel]:
    """The panel chosen, or both."""
    return [panel for panel in Panel if scope[EITHER_PANEL] in (None, panel)]


def _count(found: Iterable[dict[str, Any]]) -> _Counts:
    counts = _Counts(Counter(), Counter(), Counter())
    for group in found:
        counts.panels[group["panel"]] += group["cases"]
        counts.profiles[group["profile"]] += group["cases"]
        for reason in set(group["given"]) or {""}:
            counts.reasons[group["panel"], reason] += group["cases"]
    return counts


def _rows(counts: _Counts) -> Iterator[Row]:
    """A row for each reason that a case gives, panel by panel, most first."""
    for panel in Panel:
        cases = {reason: number for (of, reason), number in counts.reasons.items() if of == panel and reason}
        for reason, number in _most_first(cases):
            share = percentage(number, counts.panels[panel])
            yield Row(panel.value, reason, number, share, panel.label, Reason(reason).label)


def _profiles(counts: _Counts) -> Iterator[ProfileCases]:
    """The recorded profiles, most first."""
    recorded = {profile: number for profile, number in counts.profiles.items() if profile}
    for profile, number in _most_first(recorded):
        share = percentage(number, counts.profiles.total())
        yield ProfileCases(profile, number, share, Profile(profile).label)


def _cases(scope: Scope, row: tuple[str, str] | None) -> PanelDecisionQuerySet:
    """The cases counted, as their latest decisions; of a panel and reason if they are named."""
    cases = cases_counted(scope, EITHER_PANEL)
    return cases if row is None else cases.filter(case__panel=row[0], case__reasons__contains=[row[1]])


def _of_panel(key: str, title: str, panel: Panel) -> Part:
    return Part(key, title, lambda scope, _: _cases(scope, None).filter(case__panel=panel))


def _key_of(profile: Profile) -> str:
    """The published key of a profile's cases."""
    return f"{profile.value.lower()}_cases"


def _of_profile(profile: Profile) -> Part:
    return Part(
        _key_of(profile), profile.label, lambda scope, _: _cases(scope, None).filter(case__profile=profile)
    )


PARTS = (
    Part("cases", "Cases decided", _cases),
    _of_panel("independent_cases", "Cases of the Independent Placement Panel", Panel.INDEPENDENT),
    _of_panel("additional_funding_cases", "Cases of the additional funding panel", Panel.ADDITIONAL_FUNDING),
    _of_profile(Profile.BEHAVIOUR_ANXIETY),
    _of_profile(Profile.COMPLEX_MENTAL_HEALTH),
)


def _most_first(cases: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(cases.items(), key=lambda counted: (-counted[1], counted[0]))


def _not_recorded(what: str, cases: int) -> tuple[str, ...]:
    if not cases:
        return ()
    have = "case has" if cases == 1 else "cases have"
    return (f"{formats.count(cases)} {have} no recorded {what}.",)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words: each panel's reasons, with the cases behind each percentage."""
    when = period(result.scope)
    panels = [panel for panel in Panel if result.headline.cases_of(panel)]
    if not panels:
        return f"The {NAMES[result.scope[EITHER_PANEL]]} decided no request {when}."
    told = [_told(panel, result) for panel in panels]
    return f"Of the requests decided {when}: {'; '.join(told)}. A request may have several reasons."


def _told(panel: Panel, result: Result[Headline, Row]) -> str:
    """ "of 699 to the Independent Placement Panel, 500 (71.5%) because … and 40 (5.7%) for other reasons"."""
    requests = f"of {formats.count(result.headline.cases_of(panel))} to the {NAMES[panel]}"
    reasons = [
        f"{formats.count(row.cases)} ({formats.percent(row.share_pct)}) {TOLD[Reason(row.reason)]}"
        for row in result.rows
        if row.panel == panel
    ]
    return f"{requests}, {formats.listed(reasons)}" if reasons else f"{requests}, none with a recorded reason"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """The first of each panel's reasons, and the two profiles that the panels look out for."""
    reasons = [_leading_reason(panel, result) for panel in _shown(result.scope)]
    profiles = [_profile(profile, result.headline) for profile in Profile if profile is not Profile.OTHER]
    return (*reasons, *profiles)


def _leading_reason(panel: Panel, result: Result[Headline, Row]) -> Fact:
    reason, whole = REASONS_OF_PANEL[panel][0], result.headline.cases_of(panel)
    cases = sum(row.cases for row in result.rows if (row.panel, row.reason) == (panel, reason))
    raw = f"{formats.count(cases)} of {formats.plural(whole, 'request')} to the {NAMES[panel]}"
    parts = (("cases", f"{panel}:{reason}"), f"{panel.value.lower()}_cases")
    return Fact(reason.label, percentage(cases, whole), Kind.PERCENT, raw, parts)


def _profile(profile: Profile, headline: Headline) -> Fact:
    cases = sum(found.cases for found in headline.profiles if found.profile == profile)
    raw = f"{formats.count(cases)} of {formats.plural(headline.cases, 'request')}"
    return Fact(
        profile.label, percentage(cases, headline.cases), Kind.PERCENT, raw, (_key_of(profile), "cases")
    )


def figure(result: Result[Headline, Row]) -> go.Figure:
    """Each reason's share of its panel's cases."""
    given = {row.reason for row in result.rows}
    reasons = [reason for reason in Reason if reason in given]
    return charts.bar_figure(
        *(_bars(panel, reasons, result.rows) for panel in _shown(result.scope)),
        x_title="Percent of the panel's cases",
    )


def _bars(panel: Panel, reasons: Sequence[Reason], rows: Sequence[Row]) -> go.Bar:
    """A panel's bars; a reason that only the other panel records is a gap."""
    of_panel = {row.reason: row for row in rows if row.panel == panel}
    found = [of_panel.get(reason) for reason in reasons]
    return charts.bars(
        panel.label,
        [BRIEF[reason] for reason in reasons],
        [row.share_pct if row else None for row in found],
        labels=[
            f"{formats.count(row.cases)} ({formats.percent(row.share_pct)})" if row else "" for row in found
        ],
        colour=COLOURS[panel],
        marks=charts.Marks("cases", [f"{panel}:{reason}" for reason in reasons]),
    )


class Table(KpiTable):
    label = tables.Column(verbose_name="Reason")
    panel_label = tables.Column(verbose_name="Panel")
    cases = KindColumn(Kind.COUNT, verbose_name="Cases")
    share_pct = KindColumn(Kind.PERCENT, verbose_name="Share of the panel's cases")


def _decided(result: Result[Headline, Row], panel: str | None = None) -> Quantity:
    """The cases decided of the panel, or of all that were asked for."""
    scope = result.scope
    asked = scope[EITHER_PANEL]
    cases = quantities.cases_decided(scope, panel or asked, scope[FROM], scope.as_at)
    return cases if panel is None or asked in (None, panel) else cases.having(asked=asked)


def _giving(result: Result[Headline, Row], panel: str, reason: str) -> Quantity:
    return _decided(result, panel).having(reason=reason)


def _with_profile(result: Result[Headline, Row], profile: str) -> Quantity:
    return _decided(result).having(profile=profile)


def _additions(result: Result[Headline, Row]) -> Iterator[Addition]:
    """The panels make up the cases; each case has one profile at most, and any number of reasons."""
    yield total(_decided(result), (_decided(result, panel) for panel in _shown(result.scope)))
    yield part(_decided(result), *(_with_profile(result, profile) for profile in Profile))
    for row in result.rows:
        yield part(_decided(result, row.panel), _giving(result, row.panel, row.reason))


def _absent(result: Result[Headline, Row]) -> Iterator[Quantity]:
    given = {(row.panel, row.reason) for row in result.rows}
    for panel in _shown(result.scope):
        yield from (_giving(result, panel, r) for r in REASONS_OF_PANEL[panel] if (panel, r) not in given)
    recorded = {profile.profile for profile in result.headline.profiles}
    yield from (_with_profile(result, profile) for profile in Profile if profile not in recorded)


DISCLOSURE = Disclosure(
    headline={
        "cases": Counted(lambda result, _: _decided(result)),
        "independent_cases": Counted(lambda result, _: _decided(result, Panel.INDEPENDENT)),
        "additional_funding_cases": Counted(lambda result, _: _decided(result, Panel.ADDITIONAL_FUNDING)),
        "profiles": Records(
            {
                **open_keys("profile", "label"),
                "cases": Counted(lambda result, of: _with_profile(result, of.profile)),
                "share_pct": rests_on("cases", headline=("cases",)),
            },
            ranked_by="cases",
        ),
        "behaviour_anxiety_cases": Counted(
            lambda result, _: _with_profile(result, Profile.BEHAVIOUR_ANXIETY)
        ),
        "complex_mental_health_cases": Counted(
            lambda result, _: _with_profile(result, Profile.COMPLEX_MENTAL_HEALTH)
        ),
    },
    row={
        **open_keys("panel", "reason", "panel_label", "label"),
        "cases": Counted(lambda result, row: _giving(result, row.panel, row.reason)),
        "share_pct": Measure(("cases",), on=lambda result, row: [_decided(result, row.panel)]),
    },
    sums=_additions,
    absent=_absent,
    ranked_by="cases",
)


KPI = Kpi(
    slug="panel_reasons",
    title="Reasons for panel requests",
    question="Why are requests put to the panels, and with which main profiles of need?",
    group=Group.PANEL,
    kind=Kind.PERCENT,
    numerator=(
        "Cases that give a reason, and cases of a main profile, each case once, at its latest decision of the period, "
        "whatever the outcome."
    ),
    denominator=(
        "For a reason, its panel's cases decided in the period; as a case may give several, the shares of a panel "
        "may add up to more than 100%. For a profile, all cases of the panels shown."
    ),
    left_out=(
        "Void decisions, and the earlier decisions of a case decided again in the period. Cases without a recorded "
        "reason or profile count in the denominator alone and are told in a note."
    ),
    undefined="Not available when no case was decided in the period.",
    better=Better.NEITHER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Panel case and decision records",
    query=query,
    sentence=sentence,
    facts=facts,
    figure=figure,
    table=Table,
    caption=lambda result: (
        f"Reasons in cases of the {NAMES[result.scope[EITHER_PANEL]]}, {period(result.scope)}"
    ),
    parts=PARTS,
    row_key=ROW_KEY,
    disclosure=DISCLOSURE,
    filters=(EITHER_PANEL, FROM, DISTRICT, NEED),
    restarts_each_year=True,
)
