"""Which needs do the children have whose cases the panel decides?

Numerator: cases by primary and secondary need as the panel recorded them, each case once, at its latest decision
from the first day of the period to the as-at day, whatever the outcome.
Denominator: all cases decided in the period.
Left out: void decisions, and the earlier decisions of a case that was decided again in the period.
Undefined when no case was decided in the period.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import django_tables2 as tables
import plotly.graph_objects as go
from django.db.models import F

from panel import quantities
from panel.decided_cases import (
    FROM,
    PANEL,
    cases_counted,
    decided_cases,
    panel_name,
    period,
    period_caveats,
)
from panel.querysets import PanelDecisionQuerySet
from placements.narrowing import DISTRICT
from sen_dashboard.core import charts, formats
from sen_dashboard.core.codes import Need, need_label
from sen_dashboard.core.disclosure import (
    Addition,
    Counted,
    Disclosure,
    Quantity,
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
from sen_dashboard.core.tables import KindColumn, KpiTable, NeedColumn

BY_NEED = """
    SELECT primary_need, secondary_need, COUNT(*) AS cases
    FROM records
    GROUP BY primary_need, secondary_need
"""
NAMED = 3  # more needs than this do not fit a sentence


ROW_KEY = both(by_code("primary_need", Need), by_code("secondary_need", Need, optional=True))


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
    secondary_need: str  # empty where the panel recorded none
    cases: int
    share_pct: float | None


def query(scope: Scope) -> Result[Headline, Row]:
    """The period's cases by need, most first: one statement."""
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


def _cases(scope: Scope, needs: tuple[str, str] | None) -> PanelDecisionQuerySet:
    """The cases counted, as their latest decisions; of the pair of needs if one is named."""
    cases = cases_counted(scope)
    if needs is None:
        return cases
    primary, secondary = needs
    return cases.filter(case__primary_need=primary, case__secondary_need=secondary)


PARTS = (
    Part("cases", "Cases decided", _cases),
    Part(
        "asd_or_semh_cases",
        "Cases with ASD or SEMH as primary need",
        lambda scope, _: cases_counted(scope).filter(case__primary_need__in=(Need.ASD, Need.SEMH)),
    ),
    Part(
        "with_secondary_need",
        "Cases with a secondary need",
        lambda scope, _: cases_counted(scope).exclude(case__secondary_need=""),
    ),
)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words, with the cases behind each percentage."""
    now, scope = result.headline, result.scope
    if not result.rows:
        return f"The {panel_name(scope)} decided no request {period(scope)}."
    told = [_told(row) for row in result.rows[:NAMED]]
    if len(result.rows) > NAMED:
        told.append("the rest for other needs")
    return (
        f"Of the {formats.plural(now.cases, 'request')} that the {panel_name(scope)} decided {period(scope)}, "
        f"{formats.listed(told)}."
    )


def _told(row: Row) -> str:
    """ "349 (49.9%) were for ASD"."""
    were = "was" if row.cases == 1 else "were"
    return f"{formats.count(row.cases)} ({formats.percent(row.share_pct)}) {were} for {row.label}"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """The two commonest primary needs together, second needs, and the requests they are shares of."""
    now = result.headline

    def share(label: str, cases: int, part: str) -> Fact:
        raw = f"{formats.count(cases)} of {formats.plural(now.cases, 'request')}"
        return Fact(label, percentage(cases, now.cases), Kind.PERCENT, raw, (part, "cases"))

    return (
        share("ASD or SEMH as primary need", now.asd_or_semh_cases, "asd_or_semh_cases"),
        share("With a secondary need", now.with_secondary_need, "with_secondary_need"),
        Fact("Requests decided", now.cases, Kind.COUNT, parts=("cases",)),
    )


def figure(result: Result[Headline, Row]) -> go.Figure:
    """Cases by need as the panel records it, most first."""
    cases = charts.bars(
        "Cases",
        [row.label for row in result.rows],
        [row.cases for row in result.rows],
        labels=[f"{formats.count(row.cases)} ({formats.percent(row.share_pct)})" for row in result.rows],
        marks=charts.Marks("cases", [ROW_KEY.of(row) for row in result.rows]),
    )
    return charts.bar_figure(cases, x_title="Cases decided")


class Table(KpiTable):
    label = tables.Column(verbose_name="Need as the panel records it")
    primary_need = NeedColumn(verbose_name="Primary need")
    secondary_need = NeedColumn(verbose_name="Secondary need", default="")
    cases = KindColumn(Kind.COUNT, verbose_name="Cases")
    share_pct = KindColumn(Kind.PERCENT, verbose_name="Share")


def _decided(result: Result[Headline, Row]) -> Quantity:
    scope = result.scope
    return quantities.cases_decided(scope, scope[PANEL], scope[FROM], scope.as_at)


def _of_needs(result: Result[Headline, Row], row: Row) -> Quantity:
    return _decided(result).having(need=row.primary_need, secondary_need=row.secondary_need or "none")


def _asd_or_semh(result: Result[Headline, Row]) -> Quantity:
    return _decided(result).having(need=f"{Need.ASD} or {Need.SEMH}")


def _with_secondary(result: Result[Headline, Row]) -> Quantity:
    return _decided(result).having(secondary_need="any")


def _additions(result: Result[Headline, Row]) -> Iterator[Addition]:
    cases, rows = _decided(result), result.rows
    yield total(cases, (_of_needs(result, row) for row in rows))
    for whole, counted in (
        (_asd_or_semh(result), [row for row in rows if row.primary_need in (Need.ASD, Need.SEMH)]),
        (_with_secondary(result), [row for row in rows if row.secondary_need]),
    ):
        yield total(whole, (_of_needs(result, row) for row in counted))
        yield part(cases, whole)


DISCLOSURE = Disclosure(
    headline={
        "cases": Counted(lambda result, _: _decided(result)),
        "asd_or_semh_cases": Counted(lambda result, _: _asd_or_semh(result)),
        "asd_or_semh_pct": rests_on("asd_or_semh_cases", "cases"),
        "with_secondary_need": Counted(lambda result, _: _with_secondary(result)),
    },
    row={
        **open_keys("label", "primary_need", "secondary_need"),
        "cases": Counted(_of_needs),
        "share_pct": rests_on("cases", headline=("cases",)),
    },
    sums=_additions,
    ranked_by="cases",
)


KPI = Kpi(
    slug="panel_need_types",
    title="Needs in panel cases",
    question="Which needs do the children have whose cases the panel decides?",
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
    sentence=sentence,
    facts=facts,
    figure=figure,
    table=Table,
    caption=lambda result: f"Cases of the {panel_name(result.scope)} by need, {period(result.scope)}",
    parts=PARTS,
    row_key=ROW_KEY,
    disclosure=DISCLOSURE,
    filters=(PANEL, FROM, DISTRICT),
    restarts_each_year=True,
)
