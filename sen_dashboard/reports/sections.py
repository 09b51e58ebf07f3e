"""The sections of the monthly report, in the order of the programme's slides, and the KPIs of each.

A section without records in the store is left out: a KPI that is not in the registry yet has none. A KPI of the
registry that no section names stands in the last one, so that a new KPI is in every format at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from panel.models import Panel
from sen_dashboard.core.codes import Attendance
from sen_dashboard.core.kpi import Kpi


@dataclass(frozen=True)
class Entry:
    """A KPI in a section: ``chosen`` are the choices it is asked under, by the filters' names."""

    slug: str
    chosen: Mapping[str, str] = field(default_factory=dict)

    @property
    def variant(self) -> str:
        """What tells it from the same KPI under its default choices."""
        return "-".join(value.lower() for value in self.chosen.values())


@dataclass(frozen=True)
class Outline:
    """A section before anything is collected. ``has_events`` lists the financial year's events in it."""

    key: str
    title: str
    entries: tuple[Entry, ...]
    has_events: bool = False


INDEPENDENT = {"panel": Panel.INDEPENDENT.value}
ADDITIONAL_FUNDING = {"panel": Panel.ADDITIONAL_FUNDING.value}

OUTLINES = (
    Outline("aim", "Aim and workstreams", (Entry("workstreams"),)),
    Outline(
        "inmss",
        "INMSS data",
        tuple(
            map(Entry, ("outturn_vs_forecast", "ehcp_share", "inmss_growth", "need_mix", "placement_flow"))
        ),
    ),
    Outline("panel", "Independent Placement Panel", (Entry("panel_outcomes"),)),
    Outline("need_types", "Need types of the panel’s cases", (Entry("panel_need_types"),)),
    Outline("analysis", "Analysis of placements", (Entry("panel_reasons", INDEPENDENT),)),
    Outline(
        "costs",
        "What placements cost",
        (
            Entry("cost_per_need_type"),
            Entry("cost_per_need_type", {"attendance": Attendance.RESIDENTIAL.value}),
            Entry("provider_concentration"),
        ),
    ),
    Outline(
        "reasons",
        "Reasons for requests for additional funding",
        (Entry("panel_reasons", ADDITIONAL_FUNDING), Entry("panel_outcomes", ADDITIONAL_FUNDING)),
    ),
    Outline("doing", "What we are doing", (Entry("contract_levers"),)),
    Outline("provision", "Right provision", (Entry("place_growth"), Entry("capacity"))),
    Outline(
        "review",
        "Service review",
        (Entry("timeliness_20_weeks"), Entry("panel_turnaround")),
        has_events=True,
    ),
)
OTHERS = "others"
TITLES = {outline.key: outline.title for outline in OUTLINES} | {OTHERS: "Other figures"}
"""What each section is called, by its key."""


def outlines(kpis: Sequence[Kpi[Any, Any]]) -> Iterator[tuple[Outline, list[tuple[Entry, Kpi[Any, Any]]]]]:
    """The sections that have a KPI among ``kpis``, each with its entries and their KPIs."""
    by_slug = {kpi.slug: kpi for kpi in kpis}
    named = {entry.slug for outline in OUTLINES for entry in outline.entries}
    rest = Outline(OTHERS, TITLES[OTHERS], tuple(Entry(slug) for slug in by_slug if slug not in named))
    for outline in (*OUTLINES, rest):
        found = [(entry, by_slug[entry.slug]) for entry in outline.entries if entry.slug in by_slug]
        if found:
            yield outline, found
