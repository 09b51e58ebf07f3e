"""What did the panel decide, and what was it worth?

Numerator: cases by outcome, each once, at its latest decision from the first day of the period to the as-at day;
and what they were about, in £ a year: the decision's value, or the case's annual cost where it has none.
Denominator: all cases decided in the period, and their value.
Left out: void decisions, and the earlier decisions of a case that was decided again in the period.
An agreed value is for part of a year where the decision says so, or the case where the decision says nothing of it.
Undefined when no case was decided in the period; shares of value, when the cases are worth nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import django_tables2 as tables
import plotly.graph_objects as go
from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf

from panel import quantities
from panel.decided_cases import (
    FROM,
    OF_CASES,
    PANEL,
    cases_counted,
    decided_cases,
    decisions_in,
    panel_name,
    period,
    period_caveats,
)
from panel.models import Outcome, PanelCase
from panel.querysets import PanelCaseQuerySet, PanelDecisionQuerySet
from placements.narrowing import DISTRICT, NEED
from sen_dashboard.core import charts, formats
from sen_dashboard.core.disclosure import (
    Addition,
    Amount,
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
from sen_dashboard.core.money import average, percentage
from sen_dashboard.core.row_keys import by_code
from sen_dashboard.core.scope import Scope
from sen_dashboard.core.sql import select_from
from sen_dashboard.core.tables import KindColumn, KpiTable

# By outcome, and all together (outcome is then null).
BY_OUTCOME = """
    SELECT outcome, COUNT(*) AS cases, SUM(worth) AS value, COALESCE(SUM(presentations), 0)::integer AS presentations,
        COUNT(*) FILTER (WHERE basis = 'PART_YEAR') AS part_year
    FROM records
    GROUP BY ROLLUP (outcome)
"""

# How a sentence tells each outcome of a number of cases: "it …".
TOLD = {
    Outcome.AGREED: "agreed {}",
    Outcome.DECLINED: "declined {}",
    Outcome.MORE_INFORMATION: "asked for more information on {}",
    Outcome.DEFERRED: "deferred {}",
    Outcome.WITHDRAWN: "saw {} withdrawn",
}


ROW_KEY = by_code("outcome", Outcome)


@dataclass(frozen=True)
class Headline:
    cases: int
    value: Decimal | None
    presentations: int
    awaiting: int
    agreed_cases: int


@dataclass(frozen=True)
class Row:
    outcome: str
    cases: int
    value: Decimal
    average: Decimal | None
    share_cases_pct: float | None
    share_value_pct: float | None
    label: str


def query(scope: Scope) -> Result[Headline, Row]:
    """The period's cases by outcome, and those still awaiting a decision: two statements."""
    decided = decided_cases(scope).with_worth()
    basis = Coalesce(NullIf("value_basis", Value("")), F("case__cost_basis"))
    chosen = decided.values("outcome", "worth", "presentations", basis=basis)
    found = {counted["outcome"]: counted for counted in select_from(chosen, BY_OUTCOME)}
    total = found.pop(None)
    agreed = found.get(Outcome.AGREED, {"cases": 0, "part_year": 0})
    headline = Headline(
        total["cases"],
        total["value"],
        total["presentations"],
        _awaiting(scope).count(),
        agreed["cases"],
    )
    rows = tuple(_row(found[outcome], headline) for outcome in Outcome.values if outcome in found)
    return Result(scope, headline, rows, period_caveats(scope) + _part_year_caveats(agreed["part_year"]))


def _row(counted: dict[str, Any], total: Headline) -> Row:
    cases, value = counted["cases"], counted["value"]
    return Row(
        counted["outcome"],
        cases,
        value,
        average(value, cases),
        percentage(cases, total.cases),
        percentage(value, total.value),
        Outcome(counted["outcome"]).label,
    )


def _part_year_caveats(agreed: int) -> tuple[str, ...]:
    if not agreed:
        return ()
    cost = formats.plural(agreed, "agreed case has a cost", "agreed cases have costs")
    return (f"{cost} for part of a year only, so the agreed value is less than that of full years.",)


def _awaiting(scope: Scope) -> PanelCaseQuerySet:
    """The panel's cases on which nothing was decided by the day."""
    cases = PanelCase.objects.put_to(scope[PANEL]).awaiting_on(scope.as_at)
    return scope.narrow(cases, OF_CASES)


def _cases(scope: Scope, outcome: str | None) -> PanelDecisionQuerySet:
    """The cases counted, as their latest decisions; of the outcome if one is named."""
    cases = cases_counted(scope)
    return cases.filter(outcome=outcome) if outcome else cases


PARTS = (
    Part("cases", "Cases decided", _cases),
    Part("value", "Cases decided by value", _cases, total="worth"),
    Part("agreed_cases", "Cases agreed", lambda scope, _: _cases(scope, Outcome.AGREED)),
    Part("presentations", "Presentations to a meeting", lambda scope, _: decisions_in(scope)),
    Part("awaiting", "Cases awaiting a decision", lambda scope, _: _awaiting(scope)),
)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words, with the cases and the value of each outcome."""
    now, scope = result.headline, result.scope
    if not result.rows:
        return f"The {panel_name(scope)} decided no request {period(scope)}."
    told = [_told(row) for row in result.rows]
    return (
        f"The {panel_name(scope)} considered {formats.plural(now.cases, 'request')} worth "
        f"{formats.pounds_short(now.value)} {period(scope)}: it {formats.listed(told)}."
    )


def _told(row: Row) -> str:
    """ "agreed 345 (49.4%, £10.3m)"."""
    decided = TOLD[Outcome(row.outcome)].format(formats.count(row.cases))
    return f"{decided} ({formats.percent(row.share_cases_pct)}, {formats.pounds_short(row.value)})"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """What was decided and agreed, how often cases came to a meeting, and what waits."""
    now = result.headline
    agreed = next((row for row in result.rows if row.outcome == Outcome.AGREED), None)
    of_cases, for_cases = (f"{word} {formats.plural(now.cases, 'request')}" for word in ("of", "for"))
    of_value = (
        f"{formats.pounds_short(agreed.value)}, {formats.percent(agreed.share_cases_pct)} " if agreed else ""
    )
    worth = (
        f"since {formats.day(result.scope[FROM])}, worth {formats.pounds_short(now.value)}"
        if now.cases
        else ""
    )
    return (
        Fact("Requests considered", now.cases, Kind.COUNT, worth, ("cases",)),
        Fact("Agreed", now.agreed_cases, Kind.COUNT, of_value + of_cases, ("agreed_cases", "cases")),
        Fact(
            "Presentations to a meeting",
            now.presentations,
            Kind.COUNT,
            f"made {for_cases}",
            ("presentations",),
        ),
        Fact(
            "Awaiting a decision",
            now.awaiting,
            Kind.COUNT,
            f"on {formats.day(result.scope.as_at)}",
            ("awaiting",),
        ),
    )


def figure(result: Result[Headline, Row]) -> go.Figure:
    """Each outcome's share of the cases beside its share of their value."""
    outcomes = [row.label for row in result.rows]
    rows = [ROW_KEY.of(row) for row in result.rows]
    cases = charts.bars(
        "Share of cases",
        outcomes,
        [row.share_cases_pct for row in result.rows],
        labels=[
            f"{formats.count(row.cases)} ({formats.percent(row.share_cases_pct)})" for row in result.rows
        ],
        marks=charts.Marks("cases", rows),
    )
    value = charts.bars(
        "Share of value",
        outcomes,
        [row.share_value_pct for row in result.rows],
        labels=[
            f"{formats.pounds_short(row.value)} ({formats.percent(row.share_value_pct)})"
            for row in result.rows
        ],
        colour=charts.SECOND,
        marks=charts.Marks("value", rows),
    )
    return charts.bar_figure(cases, value, x_title="Percent of the cases decided, and of their value")


class Table(KpiTable):
    label = tables.Column(verbose_name="Outcome")
    cases = KindColumn(Kind.COUNT, verbose_name="Cases")
    value = KindColumn(Kind.POUNDS, verbose_name="Value")
    average = KindColumn(Kind.POUNDS, verbose_name="Average a case")
    share_cases_pct = KindColumn(Kind.PERCENT, verbose_name="Share of cases")
    share_value_pct = KindColumn(Kind.PERCENT, verbose_name="Share of value")


def _decided(result: Result[Headline, Row]) -> Quantity:
    scope = result.scope
    return quantities.cases_decided(scope, scope[PANEL], scope[FROM], scope.as_at)


def _presented(result: Result[Headline, Row]) -> Quantity:
    scope = result.scope
    return quantities.presentations(scope, scope[PANEL], scope[FROM], scope.as_at)


def _value(cases: Quantity) -> Quantity:
    return Quantity("value", cases.dimensions)


def _additions(result: Result[Headline, Row]) -> Iterator[Addition]:
    """The outcomes make up the cases and their value; each case was presented at least once."""
    cases = _decided(result)
    yield total(cases, (cases.having(outcome=outcome) for outcome in Outcome))
    yield total(_value(cases), (_value(cases.having(outcome=row.outcome)) for row in result.rows))
    yield part(_presented(result), cases)


def _amounts(result: Result[Headline, Row]) -> Iterator[Amount]:
    cases = _decided(result)
    yield Amount(_value(cases), result.headline.value or Decimal(0), cases)
    for row in result.rows:
        yield Amount(_value(cases.having(outcome=row.outcome)), row.value, cases.having(outcome=row.outcome))


DISCLOSURE = Disclosure(
    headline={
        "cases": Counted(lambda result, _: _decided(result)),
        "value": rests_on("cases"),
        "presentations": Counted(lambda result, _: _presented(result)),
        "awaiting": Counted(
            lambda result, _: quantities.of_cases(
                "cases awaiting", result.scope, result.scope[PANEL], day=result.scope.as_at
            )
        ),
        "agreed_cases": Counted(lambda result, _: _decided(result).having(outcome=Outcome.AGREED)),
    },
    row={
        **open_keys("outcome", "label"),
        "cases": Counted(lambda result, row: _decided(result).having(outcome=row.outcome)),
        "value": rests_on("cases"),
        "average": rests_on("cases"),
        "share_cases_pct": rests_on("cases", headline=("cases",)),
        "share_value_pct": rests_on("cases", headline=("cases",)),
    },
    sums=_additions,
    amounts=_amounts,
    absent=lambda result: (
        _decided(result).having(outcome=outcome)
        for outcome in {*Outcome} - {row.outcome for row in result.rows}
    ),
)


KPI = Kpi(
    slug="panel_outcomes",
    title="Panel decisions",
    question="What did the panel decide, and what was it worth?",
    group=Group.PANEL,
    numerator=(
        "Cases by outcome, each once, at its latest decision of the period; and their value in £ a year: what the "
        "decision was about, or the case's annual cost where the decision does not say."
    ),
    denominator="All cases decided in the period, and their value.",
    left_out=(
        "Void decisions, and the earlier decisions of a case decided again in the period (these count as "
        "presentations). The value of a declined case is what was asked for; it is not a sum saved."
    ),
    undefined="Not available when no case was decided in the period.",
    kind=Kind.COUNT,
    better=Better.NEITHER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Panel case and decision records",
    query=query,
    sentence=sentence,
    facts=facts,
    figure=figure,
    table=Table,
    caption=lambda result: f"Decisions of the {panel_name(result.scope)} by outcome, {period(result.scope)}",
    parts=PARTS,
    row_key=ROW_KEY,
    disclosure=DISCLOSURE,
    filters=(PANEL, FROM, DISTRICT, NEED),
    restarts_each_year=True,
)
