"""Measure the monthly report: collecting it, and writing it in every format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from measurements.timing import median_ms

MONTHS_BEFORE = 24


@dataclass(frozen=True)
class PackTiming:
    """Milliseconds for collecting a month for both audiences, for the KPIs' queries alone, and for each format.

    ``collect_later_ms`` is for collecting it when the reports of the previous 24 months are public. That takes longer:
    it has to hide whatever would reveal their hidden numbers.
    """

    collect_ms: float
    collect_later_ms: float
    queries_ms: float
    formats_ms: Mapping[str, float]

    @property
    def pack_ms(self) -> float:
        """The time of everything that one click asks for: the figures and the internal report's files."""
        return self.collect_ms + sum(self.formats_ms.values())


def bench_pack(day: date, at: datetime) -> PackTiming:
    """Time the report of the month that ends on ``day``; the first call of each part is a warm-up."""
    from sen_dashboard.core.disclosure.suppression import Protection
    from sen_dashboard.core.kpi.scope import Scope
    from sen_dashboard.core.periods import Month
    from sen_dashboard.kpis import KPIS
    from sen_dashboard.reports.collecting import Collection, collect
    from sen_dashboard.reports.files import FORMATS

    month = Month.containing(day)

    def collected(of: Month = month, before: Sequence[Protection] = ()) -> Collection:
        return collect(of, KPIS, council="Council", by="bench", at=at, before=before)

    internal = collected().internal
    public: list[Protection] = []
    for months in reversed(range(1, MONTHS_BEFORE + 1)):
        public.append(collected(month.plus(-months), public).protection)
    return PackTiming(
        median_ms(collected),
        median_ms(lambda: collected(before=public)),
        median_ms(lambda: [kpi.query(Scope(day)) for kpi in KPIS]),
        {form.name: median_ms(lambda form=form: form.write(internal)) for form in FORMATS.values()},
    )


def markdown(timing: PackTiming) -> list[str]:
    """The measurements as Markdown."""
    rows = {
        "every KPI's query, once": timing.queries_ms,
        "collecting both audiences": timing.collect_ms,
        f"the same after {MONTHS_BEFORE} public reports": timing.collect_later_ms,
        **timing.formats_ms,
        "the whole pack": timing.pack_ms,
    }
    return [
        "",
        "## The monthly report at scale 1",
        "",
        "Collecting reads every KPI with the year before and the month before, and hides what the public may not know.",
        "The whole pack is collecting and writing every format once. Aim: under 5,000 ms, and as little for collecting",
        "after two years of public reports. Ratios are to every KPI's",
        "query, once.",
        "",
        "| part | ms | ratio |",
        "|---|---:|---:|",
        *(f"| {name} | {ms:,.0f} | {ms / timing.queries_ms:.1f} |" for name, ms in rows.items()),
    ]
