"""What needs do children have in the cases the panel decides?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from panel import counts
from panel.decided_cases import FROM, PANEL, decided_cases, panel_name, period, period_caveats
from panel.models import PanelCase
from placements.narrowing import DISTRICT
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Axis, Chart, bars, series
from sen_dashboard.core.codes import Need, need_label
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
    fact,
)
from sen_dashboard.core.kpi.published import Keys, code, count, measure, text
from sen_dashboard.core.kpi.quantities import Addition, part, total
from sen_dashboard.core.kpi.row_keys import both, by_code
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.money import percentage
from sen_dashboard.core.sql import select_from

BY_NEED = """
    SELECT primary_need, secondary_need, COUNT(*) AS cases
    FROM records
    GROUP BY primary_need, secondary_need
"""
NAMED = 3  # a sentence has no room for more needs


@dataclass(frozen=True)
class Headline:
    cases: int
    asd_or_semh_cases: int
    asd_or_semh_pct: float | None
    with_secondary_need: int


@dataclass(frozen=True)
class Row:
    label: str
    primary_need: str
    secondary_need: str  # empty if the panel recorded none
    cases: int
    share_pct: float | None


def query(scope: Scope) -> Result[Headline, Row]:
    """The period's cases by need, commonest first: one statement."""
    chosen = decided_cases(scope).values(
        primary_need=F("case__primary_need"), secondary_need=F("case__secondary_need")
    )
    found = select_from(chosen, BY_NEED)
    cases = sum(counted["cases"] for counted in found)
    asd_or_semh = sum(
        counted["cases"] for counted in found if counted["primary_need"] in (Need.ASD, Need.SEMH)
    )
    rows = [
        _row(counted["primary_need"], counted["secondary_need"], counted["cases"], cases) for counted in found
    ]
    rows.sort(key=lambda row: (-row.cases, row.label))
    two_needs = sum(row.cases for row in rows if row.secondary_need)
    headline = Headline(cases, asd_or_semh, percentage(asd_or_semh, cases), two_needs)
    return Result(scope, headline, tuple(rows), period_caveats(scope))


def _row(primary: str, secondary: str, cases: int, total: int) -> Row:
    return Row(need_label(primary, secondary), primary, secondary, cases, percentage(cases, total))


def _cases(scope: Scope, needs: tuple[str, str] | None = None) -> counts.Decided:
    """The cases counted, each as its latest decision; only those with the pair of needs, if one is given."""
    cases = counts.cases_decided(scope)
    if needs is None:
        return cases
    primary, secondary = needs
    of_both = Q(case__primary_need=primary, case__secondary_need=secondary)
    return cases.where(of_both, need=primary, secondary_need=secondary or "none")


def _asd_or_semh(scope: Scope, _: None = None) -> counts.Decided:
    either = Q(case__primary_need__in=(Need.ASD, Need.SEMH))
    return _cases(scope).where(either, need=f"{Need.ASD} or {Need.SEMH}")


def _with_secondary_need(scope: Scope, _: None = None) -> counts.Decided:
    return _cases(scope).where(~Q(case__secondary_need=""), secondary_need="any")


def _sums(result: Result[Headline, Row]) -> Iterator[Addition]:
    scope, cases = result.scope, _cases(result.scope)
    needs = [KEYS.row_key.of(row) for row in result.rows]
    yield total(cases, (_cases(scope, pair) for pair in needs))
    for whole, pairs in (
        (_asd_or_semh(scope), [pair for pair in needs if pair[0] in (Need.ASD, Need.SEMH)]),
        (_with_secondary_need(scope), [pair for pair in needs if pair[1]]),
    ):
        yield total(whole, (_cases(scope, pair) for pair in pairs))
        yield part(cases, whole)


CASES = count("Cases decided", _cases, "Cases")
KEYS = Keys(
    both(by_code("primary_need", Need), by_code("secondary_need", Need, optional=True)),
    headline={
        "cases": CASES,
        "asd_or_semh_cases": count("Cases with ASD or SEMH as primary need", _asd_or_semh),
        "asd_or_semh_pct": measure(Kind.PERCENT, "", "asd_or_semh_cases", "cases", made=percentage),
        "with_secondary_need": count("Cases with a secondary need", _with_secondary_need),
    },
    row={
        "label": text("Need as the panel records it"),
        "primary_need": code(Need, "Primary need"),
        "secondary_need": code(Need, "Secondary need"),
        "cases": CASES,
        "share_pct": measure(Kind.PERCENT, "Share", "cases", headline=("cases",), made=percentage),
    },
    sums=_sums,
    ranked_by="cases",
    whole={"cases": "cases"},
)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words, with the number of cases behind each percentage."""
    now, scope = result.headline, result.scope
    if not result.rows:
        return f"The {panel_name(scope)} decided no request {period(scope)}."
    described = describe_each(_describe, result.rows[:NAMED])
    if len(result.rows) > NAMED:
        described.append("the rest for other needs")
    return (
        f"Of the {formats.plural(now.cases, 'request')} that the {panel_name(scope)} decided {period(scope)}, "
        f"{formats.listed(described)}."
    )


def _describe(row: Row) -> str:
    """ "349 (49.9%) were for ASD"."""
    were = "was" if row.cases == 1 else "were"
    return f"{formats.with_share(row.cases, row.share_pct)} {were} for {row.label}"


def message(result: Result[Headline, Row]) -> str:
    """ "ASD or SEMH is the primary need in 79.0% of requests to the Independent Placement Panel"."""
    now, name = result.headline, panel_name(result.scope)
    if now.asd_or_semh_pct is None:
        return f"The {name} decided no request"
    return (
        f"ASD or SEMH is the primary need in {formats.percent(now.asd_or_semh_pct)} of requests to the {name}"
    )


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """The two commonest primary needs together, second needs, and the number of requests that the shares are of."""
    now = result.headline
    either, with_second = (
        formats.of(cases, now.cases, "request") for cases in (now.asd_or_semh_cases, now.with_secondary_need)
    )
    return (
        fact(KEYS, now, "asd_or_semh_pct", "ASD or SEMH as primary need", either),
        Fact(
            "With a secondary need",
            percentage(now.with_secondary_need, now.cases),
            Kind.PERCENT,
            with_second,
            ("with_secondary_need", "cases"),
        ),
        fact(KEYS, now, "cases", "Requests decided"),
    )


def chart(result: Result[Headline, Row]) -> Chart:
    """Cases by need as the panel records it, commonest first."""
    cases = series(
        "Cases",
        "cases",
        result.rows,
        KEYS.row_key,
        label=lambda row: formats.with_share(row.cases, row.share_pct),
    )
    return bars((row.label for row in result.rows), Axis("Cases decided", Kind.COUNT), cases)


KPI = Kpi(
    slug="panel_need_types",
    title="Needs in panel cases",
    question="What needs do children have in the cases the panel decides?",
    group=Group.PANEL,
    numerator=(
        "Cases by primary and secondary need as the panel recorded them, each case once, at its latest decision of "
        "the period, whatever the outcome."
    ),
    denominator="All cases decided in the period.",
    left_out="Void decisions, and the earlier decisions of a case decided again in the period.",
    undefined="Not available when no case was decided in the period.",
    kind=Kind.PERCENT,
    better=Better.NEITHER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Panel case and decision records",
    query=query,
    in_words=sentence,
    message=message,
    figures=facts,
    chart=chart,
    caption=lambda result: f"Cases of the {panel_name(result.scope)} by need, {period(result.scope)}",
    keys=KEYS,
    counts=(PanelCase,),
    report=(InReport(ReportSection.NEED_TYPES),),
    filters=(PANEL, FROM, DISTRICT),
    restarts_each_year=True,
)
