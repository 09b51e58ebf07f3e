"""What did the panel decide, and what was it worth?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, NullIf

from panel import counts
from panel.decided_cases import FROM, PANEL, decided_cases, panel_name, period, period_caveats
from panel.models import Outcome, Panel, PanelCase
from placements.narrowing import DISTRICT, NEED
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Axis, Chart, Tone, bars, series
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
from sen_dashboard.core.kpi.published import Keys, Money, average_of, count, measure, sum_of, text
from sen_dashboard.core.kpi.quantities import Addition, Amount, Identified, Quantity, total
from sen_dashboard.core.kpi.row_keys import by_code
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.money import average, percentage
from sen_dashboard.core.sql import select_from

# By outcome, then all together (with outcome null)
BY_OUTCOME = """
    SELECT outcome, COUNT(*) AS cases, SUM(worth) AS value, COALESCE(SUM(presentations), 0)::integer AS presentations,
        COUNT(*) FILTER (WHERE basis = 'PART_YEAR') AS part_year
    FROM records
    GROUP BY ROLLUP (outcome)
"""

# How a sentence describes a number of cases with each outcome, after "it"
PHRASES = {
    Outcome.AGREED: "agreed {}",
    Outcome.DECLINED: "declined {}",
    Outcome.MORE_INFORMATION: "asked for more information on {}",
    Outcome.DEFERRED: "deferred {}",
    Outcome.WITHDRAWN: "had {} withdrawn",
}


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
        counts.cases_awaiting(scope).count(),
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


def _cases(scope: Scope, outcome: str | None = None) -> counts.Decided:
    """The cases counted, each as its latest decision; only those with the outcome, if one is given."""
    cases = counts.cases_decided(scope)
    return cases.where(Q(outcome=outcome), outcome=outcome) if outcome else cases


def _value(cases: counts.Decided) -> Quantity:
    return Quantity("value", cases.quantity.dimensions)


def _sums(result: Result[Headline, Row]) -> Iterator[Addition]:
    """The values of the outcomes add up to the value of the cases."""
    scope = result.scope
    yield total(_value(_cases(scope)), (_value(_cases(scope, row.outcome)) for row in result.rows))


def _amounts(result: Result[Headline, Row]) -> Iterator[Amount]:
    of_all = (None, result.headline.value or Decimal(0))
    decided = decided_cases(result.scope).with_worth().values_list("outcome", "worth")
    each = list(decided.filter(worth__isnull=False))
    for outcome, pounds in (of_all, *((row.outcome, row.value) for row in result.rows)):
        cases = _cases(result.scope, outcome)
        worth = tuple(worth for of, worth in each if outcome in (None, of))
        yield Amount(_value(cases), pounds, cases.quantity, worth)


def _absent(result: Result[Headline, Row]) -> Iterator[Identified]:
    outcomes = {*Outcome} - {row.outcome for row in result.rows}
    return (_cases(result.scope, outcome) for outcome in outcomes)


CASES = count("Cases decided", _cases, "Cases")
VALUE = sum_of(
    "Cases decided by value",
    lambda scope, outcome: _cases(scope, outcome).records,
    "worth",
    Money(lambda scope, outcome: _value(_cases(scope, outcome)), "cases"),
    "Value",
)
KEYS = Keys(
    by_code("outcome", Outcome),
    headline={
        "cases": CASES,
        "value": VALUE,
        "presentations": count("Presentations to a meeting", lambda scope, _: counts.presentations(scope)),
        "awaiting": count("Cases awaiting a decision", lambda scope, _: counts.cases_awaiting(scope)),
        "agreed_cases": count("Cases agreed", lambda scope, _: _cases(scope, Outcome.AGREED)),
    },
    row={
        "outcome": text(),
        "label": text("Outcome"),
        "cases": CASES,
        "value": VALUE,
        "average": average_of(
            "Average a case", lambda scope, outcome: _value(_cases(scope, outcome)), "cases"
        ),
        "share_cases_pct": measure(
            Kind.PERCENT, "Share of cases", "cases", headline=("cases",), made=percentage
        ),
        "share_value_pct": measure(
            Kind.PERCENT, "Share of value", "value", headline=("value",), made=percentage
        ),
    },
    sums=_sums,
    amounts=_amounts,
    absent=_absent,
    whole={"cases": "cases"},
    needed=("cases", "agreed_cases"),
)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words, with the cases and the value of each outcome."""
    now, scope = result.headline, result.scope
    if not result.rows:
        return f"The {panel_name(scope)} decided no request {period(scope)}."
    described = describe_each(_describe, result.rows)
    return (
        f"The {panel_name(scope)} considered {formats.plural(now.cases, 'request')} worth "
        f"{formats.pounds_short(now.value)} {period(scope)}: it {formats.listed(described)}."
    )


def _describe(row: Row) -> str:
    """ "agreed 345 (49.4%, £10.3m)"."""
    decided = PHRASES[Outcome(row.outcome)].format(formats.count(row.cases))
    return f"{decided} ({formats.percent(row.share_cases_pct)}, {formats.pounds_short(row.value)})"


def message(result: Result[Headline, Row]) -> str:
    """ "The Independent Placement Panel agreed 345 of 699 requests, £10.3m of £23.9m"."""
    now, name = result.headline, panel_name(result.scope)
    if not result.rows:
        return f"The {name} decided no request"
    requests = f"of {formats.plural(now.cases, 'request')}"
    agreed = next((row for row in result.rows if row.outcome == Outcome.AGREED), None)
    if agreed is None:
        return f"The {name} agreed none {requests}"
    worth = f"{formats.pounds_short(agreed.value)} of {formats.pounds_short(now.value)}"
    return f"The {name} agreed {formats.count(agreed.cases)} {requests}, {worth}"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """What was decided and agreed, how often cases came to a meeting, and how many await a decision."""
    now = result.headline
    agreed = next((row for row in result.rows if row.outcome == Outcome.AGREED), None)
    of_cases, for_cases = (f"{word} {formats.plural(now.cases, 'request')}" for word in ("of", "for"))
    share = (
        f"{formats.pounds_short(agreed.value)}, {formats.percent(agreed.share_cases_pct)} " if agreed else ""
    )
    worth = (
        f"since {formats.day(result.scope[FROM])}, worth {formats.pounds_short(now.value)}"
        if now.cases
        else ""
    )
    return (
        fact(KEYS, now, "cases", "Requests considered", worth),
        Fact("Agreed", now.agreed_cases, Kind.COUNT, share + of_cases, ("agreed_cases", "cases")),
        fact(KEYS, now, "presentations", "Presentations to a meeting", f"made {for_cases}"),
        fact(KEYS, now, "awaiting", "Awaiting a decision", f"on {formats.day(result.scope.as_at)}"),
    )


def chart(result: Result[Headline, Row]) -> Chart:
    """Each outcome's share of the cases beside its share of their value."""

    return bars(
        (row.label for row in result.rows),
        Axis("Percent of the cases decided, and of their value", Kind.PERCENT),
        series(
            "Share of cases",
            "share_cases_pct",
            result.rows,
            KEYS.row_key,
            label=lambda row: formats.with_share(row.cases, row.share_cases_pct),
        ),
        series(
            "Share of value",
            "share_value_pct",
            result.rows,
            KEYS.row_key,
            tone=Tone.SECOND,
            label=lambda row: f"{formats.pounds_short(row.value)} ({formats.percent(row.share_value_pct)})",
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
        "presentations). The value of a declined case is what was asked for; it is never a saving."
    ),
    undefined="Not available when no case was decided in the period.",
    kind=Kind.COUNT,
    better=Better.NEITHER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Panel case and decision records",
    query=query,
    in_words=sentence,
    message=message,
    figures=facts,
    chart=chart,
    caption=lambda result: f"Decisions of the {panel_name(result.scope)} by outcome, {period(result.scope)}",
    keys=KEYS,
    counts=(PanelCase,),
    report=(
        InReport(ReportSection.PANEL),
        InReport(ReportSection.REASONS, place=1, chosen={"panel": Panel.ADDITIONAL_FUNDING.value}),
    ),
    filters=(PANEL, FROM, DISTRICT, NEED),
    restarts_each_year=True,
)
