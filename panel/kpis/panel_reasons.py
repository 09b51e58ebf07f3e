"""Why are requests put to the panels, and with which main profiles of need?"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q

from panel import counts
from panel.decided_cases import EITHER_PANEL, FROM, NAMES, decided_cases, period, period_caveats
from panel.models import REASONS_OF_PANEL, Panel, PanelCase, Profile, Reason
from placements.narrowing import DISTRICT, NEED
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Axis, Chart, Mark, Series, Tone, bars, mark
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import (
    Better,
    Fact,
    Group,
    InReport,
    Kpi,
    ReportSection,
    Result,
    describe_each,
)
from sen_dashboard.core.kpi.published import Counts, Key, Keys, Records, count, measure, text
from sen_dashboard.core.kpi.quantities import Identified
from sen_dashboard.core.kpi.row_keys import both, by_code
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.money import percentage
from sen_dashboard.core.sql import select_from

BY_ALL_RECORDED = """
    SELECT panel, given, profile, COUNT(*) AS cases
    FROM records
    GROUP BY panel, given, profile
"""

# How a sentence explains why a number of requests was made
PHRASES = {
    Reason.COMPLEXITY: "because local schools cannot meet the complexity of need",
    Reason.CAPACITY: "because special schools have no capacity",
    Reason.ONE_TO_ONE: "for one-to-one adult support",
    Reason.STAFF_RATIO: "because an extra pupil makes the staff ratio unmanageable",
    Reason.AWAITING_PLACEMENT: "because a child with high need is awaiting a placement",
    Reason.OTHER: "for other reasons",
}
# How the chart names a reason, in little space
BRIEF = {
    Reason.COMPLEXITY: "Complexity of need",
    Reason.CAPACITY: "No capacity",
    Reason.ONE_TO_ONE: "One-to-one",
    Reason.STAFF_RATIO: "Staff ratio",
    Reason.AWAITING_PLACEMENT: "Awaiting place",
    Reason.OTHER: "Other",
}
TONES = {Panel.INDEPENDENT: Tone.MAIN, Panel.ADDITIONAL_FUNDING: Tone.SECOND}


@dataclass(frozen=True)
class ProfileCases:
    """Cases with a main profile of need, and their share of all cases."""

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
        """The number of the panel's cases, the denominator for its reasons."""
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
    """Cases counted by what they record; a case without a reason or profile is counted under ""."""

    panels: Counter[str]
    reasons: Counter[tuple[str, str]]  # by panel and reason: a case counts once for each of its reasons
    profiles: Counter[str]


def query(scope: Scope) -> Result[Headline, Row]:
    """The period's cases by panel and reason, commonest first, and by profile: one statement."""
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
    """The panel chosen, or both panels."""
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
    """A row for each reason given in any case, panel by panel, commonest first."""
    for panel in Panel:
        cases = {reason: number for (of, reason), number in counts.reasons.items() if of == panel and reason}
        for reason, number in _most_first(cases):
            share = percentage(number, counts.panels[panel])
            yield Row(panel.value, reason, number, share, panel.label, Reason(reason).label)


def _profiles(counts: _Counts) -> Iterator[ProfileCases]:
    """The recorded profiles, commonest first."""
    recorded = {profile: number for profile, number in counts.profiles.items() if profile}
    for profile, number in _most_first(recorded):
        share = percentage(number, counts.profiles.total())
        yield ProfileCases(profile, number, share, Profile(profile).label)


def _most_first(cases: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(cases.items(), key=lambda counted: (-counted[1], counted[0]))


def _not_recorded(what: str, cases: int) -> tuple[str, ...]:
    if not cases:
        return ()
    have = "case has" if cases == 1 else "cases have"
    return (f"{formats.count(cases)} {have} no recorded {what}.",)


def _cases(scope: Scope, row: tuple[str, str] | None = None) -> counts.Decided:
    """The cases counted, each as its latest decision; only those of a panel and reason, if they are given."""
    if row is None:
        return counts.cases_decided(scope, EITHER_PANEL)
    panel, reason = row
    return _of_panel(scope, panel).where(Q(case__reasons__contains=[reason]), reason=reason)


def _of_panel(scope: Scope, panel: str) -> counts.Decided:
    asked = scope[EITHER_PANEL]
    other = asked if asked not in (None, panel) else None
    return _cases(scope).where(Q(case__panel=panel), panel=panel, asked=other)


def _with_profile(scope: Scope, profile: str) -> counts.Decided:
    return _cases(scope).where(Q(case__profile=profile), profile=profile)


def _absent(result: Result[Headline, Row]) -> Iterator[Identified]:
    scope, given = result.scope, {(row.panel, row.reason) for row in result.rows}
    for panel in _shown(scope):
        pairs = {(panel.value, reason.value) for reason in REASONS_OF_PANEL[panel]} - given
        yield from (_cases(scope, pair) for pair in pairs)
    recorded = {profile.profile for profile in result.headline.profiles}
    yield from (_with_profile(scope, profile) for profile in Profile if profile not in recorded)


def _panels_cases(panel: Panel, title: str) -> Key:
    return count(title, lambda scope, _: _of_panel(scope, panel))


def _profiles_cases(profile: Profile) -> Key:
    return count(profile.label, lambda scope, _: _with_profile(scope, profile))


def _share_of_panel(panel: str, cases: int, independent: int, additional_funding: int) -> float | None:
    return percentage(cases, independent if panel == Panel.INDEPENDENT else additional_funding)


PROFILE = {
    "profile": text(),
    "label": text(),
    "cases": Key(Kind.COUNT, Counts(lambda scope, one: _with_profile(scope, one.profile))),
    "share_pct": measure(Kind.PERCENT, "", "cases", headline=("cases",), made=percentage),
}
KEYS = Keys(
    both(by_code("panel", Panel), by_code("reason", Reason)),
    headline={
        "cases": count("Cases decided", _cases),
        "independent_cases": _panels_cases(Panel.INDEPENDENT, "Cases of the Independent Placement Panel"),
        "additional_funding_cases": _panels_cases(
            Panel.ADDITIONAL_FUNDING, "Cases of the additional funding panel"
        ),
        "profiles": Key(Kind.TEXT, Records(PROFILE, ranked_by="cases")),
        "behaviour_anxiety_cases": _profiles_cases(Profile.BEHAVIOUR_ANXIETY),
        "complex_mental_health_cases": _profiles_cases(Profile.COMPLEX_MENTAL_HEALTH),
    },
    row={
        "panel": text(),
        "reason": text(),
        "label": text("Reason"),
        "panel_label": text("Panel"),
        "cases": count("Cases decided", _cases, "Cases"),
        "share_pct": measure(
            Kind.PERCENT,
            "Share of the panel's cases",
            "panel",
            "cases",
            headline=("independent_cases", "additional_funding_cases"),
            made=_share_of_panel,
        ),
    },
    absent=_absent,
    ranked_by="cases",
)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words: each panel's reasons, with the number of cases behind each percentage."""
    when = period(result.scope)
    panels = [panel for panel in Panel if result.headline.cases_of(panel)]
    if not panels:
        return f"The {NAMES[result.scope[EITHER_PANEL]]} decided no request {when}."
    described = [_describe(panel, result) for panel in panels]
    return f"Of the requests decided {when}: {'; '.join(described)}. A request may have several reasons."


def _describe(panel: Panel, result: Result[Headline, Row]) -> str:
    """ "of 699 to the Independent Placement Panel, 500 (71.5%) because … and 40 (5.7%) for other reasons"."""
    requests = f"of {formats.count(result.headline.cases_of(panel))} to the {NAMES[panel]}"
    reasons = describe_each(
        lambda row: f"{formats.with_share(row.cases, row.share_pct)} {PHRASES[Reason(row.reason)]}",
        (row for row in result.rows if row.panel == panel),
    )
    return f"{requests}, {formats.listed(reasons)}" if reasons else f"{requests}, none with a recorded reason"


def message(result: Result[Headline, Row]) -> str:
    """ "Local schools cannot meet the complexity of need: the commonest reason, in 74.5% of requests"."""
    if not result.rows:
        return "No request with a recorded reason was decided"
    first = next(panel for panel in Panel if any(row.panel == panel for row in result.rows))
    row = max((row for row in result.rows if row.panel == first), key=lambda row: row.cases)
    panel = "" if result.scope[EITHER_PANEL] else f" to the {NAMES[first]}"
    return f"{row.label}: the commonest reason, in {formats.percent(row.share_pct)} of requests{panel}"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """Each panel's commonest reason, and the two profiles that the panels watch for."""
    reasons = [_leading_reason(panel, result) for panel in _shown(result.scope)]
    profiles = [_profile(profile, result.headline) for profile in Profile if profile is not Profile.OTHER]
    return (*reasons, *profiles)


def _leading_reason(panel: Panel, result: Result[Headline, Row]) -> Fact:
    reason, whole = REASONS_OF_PANEL[panel][0], result.headline.cases_of(panel)
    cases = sum(row.cases for row in result.rows if (row.panel, row.reason) == (panel, reason))
    raw = f"{formats.of(cases, whole, 'request')} to the {NAMES[panel]}"
    lists = (("cases", f"{panel}:{reason}"), f"{panel.value.lower()}_cases")
    return Fact(reason.label, percentage(cases, whole), Kind.PERCENT, raw, lists)


def _profile(profile: Profile, headline: Headline) -> Fact:
    cases = sum(found.cases for found in headline.profiles if found.profile == profile)
    raw = formats.of(cases, headline.cases, "request")
    return Fact(
        profile.label,
        percentage(cases, headline.cases),
        Kind.PERCENT,
        raw,
        (f"{profile.lower()}_cases", "cases"),
    )


def chart(result: Result[Headline, Row]) -> Chart:
    """Each reason's share of its panel's cases."""
    given = {row.reason for row in result.rows}
    reasons = [reason for reason in Reason if reason in given]
    return bars(
        (BRIEF[reason] for reason in reasons),
        Axis("Percent of the panel's cases", Kind.PERCENT),
        *(_bars(panel, reasons, result.rows) for panel in _shown(result.scope)),
    )


def _bars(panel: Panel, reasons: Sequence[Reason], rows: Sequence[Row]) -> Series:
    """A panel's bars, with a gap for a reason that only the other panel records."""
    of_panel = {row.reason: row for row in rows if row.panel == panel}
    return Series(
        panel.label,
        tuple(_bar(of_panel[reason]) if reason in of_panel else Mark(None) for reason in reasons),
        "share_pct",
        TONES[panel],
    )


def _bar(row: Row) -> Mark:
    return mark(row.share_pct, KEYS.row_key.text(row), formats.with_share(row.cases, row.share_pct))


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
        "Void decisions, and the earlier decisions of a case decided again in the period. Cases without "
        "a recorded reason or profile count only in the denominator and are shown in a note."
    ),
    undefined="Not available when no case was decided in the period.",
    better=Better.NEITHER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Panel case and decision records",
    query=query,
    in_words=sentence,
    message=message,
    figures=facts,
    chart=chart,
    caption=lambda result: (
        f"Reasons in cases of the {NAMES[result.scope[EITHER_PANEL]]}, {period(result.scope)}"
    ),
    keys=KEYS,
    counts=(PanelCase,),
    report=(
        InReport(ReportSection.ANALYSIS, chosen={"panel": Panel.INDEPENDENT.value}),
        InReport(ReportSection.REASONS, chosen={"panel": Panel.ADDITIONAL_FUNDING.value}),
    ),
    filters=(EITHER_PANEL, FROM, DISTRICT, NEED),
    restarts_each_year=True,
)
