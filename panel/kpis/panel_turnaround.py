"""How long does the panel take to decide, and how often does a case come back?

Numerator: days from the day a case was received to its first decision of any kind, and to its final one, as medians
over the panel's cases. A case counts once, in the month of its latest decision of the financial year up to the day;
that decision is final when it is agreed, declined or withdrawn. A case is represented when it was decided more than
once by the day, in whichever year. Information is overdue on the day when the latest decision by then asked for it
and the day it was due is past.
Denominator: the panel's cases decided in the financial year up to the day.
Left out: void decisions; from the time to a final decision, cases that are deferred or for which information is
awaited. Overdue information is of all years.
Undefined when no case was decided, or none finally.

What follows an agreement: days from the decision to the school's offer, and from the offer to the child's start, as
medians over those of the cases whose latest decision is an agreement and whose place was offered, or had started, by
the day. A place that the school had refused by the day is left out, and so are agreements of which no place is
awaited here: of additional funding, and those that came in files.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import plotly.graph_objects as go
from django.db.models import Case, DateField, Exists, F, OuterRef, Q, When

from panel import quantities
from panel.decided_cases import OF_CASES, PANEL, listed, panel_name, standing_decisions
from panel.models import FINAL_OUTCOMES, ExpectedPlacement, Outcome, PanelCase
from panel.querysets import ExpectedPlacementQuerySet, PanelCaseQuerySet, PanelDecisionQuerySet
from placements.narrowing import DISTRICT, NEED
from sen_dashboard.core import charts, formats
from sen_dashboard.core.disclosure import OPEN, Addition, Counted, Disclosure, Quantity, part, rests_on, total
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi import Better, Fact, Group, Kpi, Part, Result
from sen_dashboard.core.money import percentage
from sen_dashboard.core.periods import FinancialYear, Month
from sen_dashboard.core.row_keys import by_month
from sen_dashboard.core.scope import Scope
from sen_dashboard.core.sql import select_from, truth
from sen_dashboard.core.tables import KindColumn, KpiTable

ROW_KEY = by_month("month")

# By month of the latest decision, and all together (month is then null).
BY_MONTH = """
    SELECT TO_CHAR(meeting_on, 'YYYY-MM') AS month, COUNT(*) AS decided,
        PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY first_on - received_on) AS days_to_first,
        PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY meeting_on - received_on) FILTER (WHERE is_final) AS days_to_final,
        COUNT(*) FILTER (WHERE is_final) AS final,
        COUNT(*) FILTER (WHERE presentations > 1) AS represented,
        PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY offered_on - meeting_on) AS days_to_offer,
        PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY started_on - offered_on) AS days_to_start,
        COUNT(offered_on) AS offered, COUNT(started_on) AS started
    FROM records
    WHERE meeting_on >= %s
    GROUP BY ROLLUP (month)
"""


@dataclass(frozen=True)
class Headline:
    decided: int
    median_days_to_first: float | None
    median_days_to_final: float | None
    represented_pct: float | None
    information_overdue: int
    decided_finally: int
    represented: int
    median_days_to_offer: float | None
    median_days_to_start: float | None
    offered: int
    started: int


@dataclass(frozen=True)
class Row:
    month: str
    decided: int
    median_days_to_first: float | None
    median_days_to_final: float | None
    decided_finally: int


def query(scope: Scope) -> Result[Headline, Row]:
    """The year's decided cases by month, and those on which information is overdue: two statements."""
    found = {counted["month"]: counted for counted in _decided_by_month(scope)}
    total = found[None]
    headline = Headline(
        *_times(total),
        percentage(total["represented"], total["decided"]),
        _information_overdue(scope).count(),
        total["final"],
        total["represented"],
        total["days_to_offer"],
        total["days_to_start"],
        total["offered"],
        total["started"],
    )
    rows = tuple(_row(month, found.get(str(month))) for month in _months(scope))
    return Result(scope, headline, rows)


def _row(month: Month, counted: dict[str, Any] | None) -> Row:
    return Row(str(month), *_times(counted), counted["final"] if counted else 0)


def _decided_by_month(scope: Scope) -> list[dict[str, Any]]:
    """Of each case the latest decision by the day, where that lies in the financial year, with all it had before."""
    latest = (
        standing_decisions(scope)
        .until(scope.as_at)
        .latest_of_each_case()
        .values(
            "meeting_on",
            "presentations",
            "first_on",
            is_final=truth(Q(outcome__in=FINAL_OUTCOMES)),
            received_on=F("case__received_on"),
            offered_on=_day_of(_offered_by(scope.as_at), "expected_placement__offered_on"),
            started_on=_day_of(_started_by(scope.as_at), "expected_placement__placement__starts_on"),
        )
    )
    return select_from(latest, BY_MONTH, FinancialYear.containing(scope.as_at).start)


def _offered_by(day: date) -> Q:
    """The place agreed was offered by the day, and not refused by then."""
    not_refused = Q(expected_placement__refused_on=None) | Q(expected_placement__refused_on__gt=day)
    return not_refused & Q(outcome=Outcome.AGREED, expected_placement__offered_on__lte=day)


def _started_by(day: date) -> Q:
    """The place agreed was offered and had started by the day."""
    return _offered_by(day) & Q(expected_placement__placement__starts_on__lte=day)


def _day_of(condition: Q, path: str) -> Case:
    """The day at the path, where the condition holds."""
    return Case(When(condition, then=F(path)), output_field=DateField())


def _decided(scope: Scope, month: Month | None) -> PanelDecisionQuerySet:
    """The cases decided in the financial year, or in a month of it, as their latest decisions by the day."""
    latest = listed(standing_decisions(scope).until(scope.as_at).latest_of_each_case())
    year = FinancialYear.containing(scope.as_at)
    return latest.between(*((month.start, month.end) if month else (year.start, year.end)))


def _represented(scope: Scope) -> PanelDecisionQuerySet:
    """Those of the cases decided that had a decision before, in whichever year."""
    decided_before = standing_decisions(scope).filter(
        case=OuterRef("case"), meeting_on__lt=OuterRef("meeting_on")
    )
    return _decided(scope, None).filter(Exists(decided_before))


def _places(scope: Scope, condition: Q) -> ExpectedPlacementQuerySet:
    """The places agreed that meet the condition, of the cases decided."""
    agreements = _decided(scope, None).filter(condition)
    return ExpectedPlacement.objects.filter(decision__in=agreements.values("pk"))


def _information_overdue(scope: Scope) -> PanelCaseQuerySet:
    cases = PanelCase.objects.put_to(scope[PANEL]).information_overdue_on(scope.as_at)
    return scope.narrow(cases, OF_CASES)


PARTS = (
    Part("decided", "Cases decided", _decided),
    Part(
        "decided_finally",
        "Cases decided finally",
        lambda scope, month: _decided(scope, month).filter(outcome__in=FINAL_OUTCOMES),
    ),
    Part("represented", "Cases decided more than once", lambda scope, _: _represented(scope)),
    Part(
        "information_overdue",
        "Cases with information overdue",
        lambda scope, _: _information_overdue(scope),
    ),
    Part("offered", "Agreed places offered", lambda scope, _: _places(scope, _offered_by(scope.as_at))),
    Part("started", "Agreed places started", lambda scope, _: _places(scope, _started_by(scope.as_at))),
)


def _months(scope: Scope) -> list[Month]:
    """The months of the financial year that have begun by the day."""
    year = FinancialYear.containing(scope.as_at)
    return [month for month in year.months() if month.start <= scope.as_at]


def _times(counted: dict[str, Any] | None) -> tuple[int, float | None, float | None]:
    """Cases decided, and the median days to the first and to the final decision."""
    if counted is None:
        return 0, None, None
    return counted["decided"], counted["days_to_first"], counted["days_to_final"]


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words: the two medians with the cases behind them, what came back, and what is overdue."""
    now, scope = result.headline, result.scope
    overdue = f"Information is overdue on {formats.plural(now.information_overdue, 'case')}."
    if not now.decided:
        return f"The {panel_name(scope)} decided no request {_period(scope)}. {overdue}"
    were = "was" if now.represented == 1 else "were"
    return (
        f"The {panel_name(scope)} decided {formats.plural(now.decided, 'request')} {_period(scope)}. The median time "
        f"from receipt was {formats.days(now.median_days_to_first)} to a first decision and {_to_final(now)}. "
        f"{formats.count(now.represented)} ({formats.percent(now.represented_pct)}) {were} decided more than once. "
        f"{_to_start(now)}{overdue}"
    )


def _to_final(now: Headline) -> str:
    """ "30 days to a final one (567 requests)"."""
    if now.median_days_to_final is None:
        return "none has a final one"
    requests = formats.plural(now.decided_finally, "request")
    return f"{formats.days(now.median_days_to_final)} to a final one ({requests})"


def _to_start(now: Headline) -> str:
    """How long offers and starts took, where any place was offered, with the space after it."""
    if now.median_days_to_offer is None:
        return ""
    offered = formats.plural(now.offered, "place")
    offers = f"A school’s offer took a median of {formats.days(now.median_days_to_offer)} ({offered})"
    if now.median_days_to_start is None:
        return f"{offers}; none has started. "
    started = formats.plural(now.started, "place")
    return f"{offers}, the start {formats.days(now.median_days_to_start)} from then ({started}). "


def _period(scope: Scope) -> str:
    """ "in 2018-19 up to 31 March 2019"."""
    return f"in {FinancialYear.containing(scope.as_at)} up to {formats.day(scope.as_at)}"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """The medians to a decision, the share decided more than once, overdue information, and the medians after it."""
    now = result.headline
    cases = formats.plural(now.decided, "case")
    return (
        Fact(
            "Median time to a first decision",
            now.median_days_to_first,
            Kind.DAYS,
            f"over {cases}, from the day received",
            ("decided",),
        ),
        Fact(
            "Median time to a final decision",
            now.median_days_to_final,
            Kind.DAYS,
            f"over {formats.plural(now.decided_finally, 'case')} agreed, declined or withdrawn",
            ("decided_finally",),
        ),
        Fact(
            "Decided more than once",
            now.represented_pct,
            Kind.PERCENT,
            f"{formats.count(now.represented)} of {cases}",
            ("represented", "decided"),
        ),
        Fact(
            "Cases with information overdue",
            now.information_overdue,
            Kind.COUNT,
            f"on {formats.day(result.scope.as_at)}, of all years",
            ("information_overdue",),
        ),
        Fact(
            "Median time from decision to offer",
            now.median_days_to_offer,
            Kind.DAYS,
            f"over {formats.plural(now.offered, 'agreed place')} offered",
            ("offered",),
        ),
        Fact(
            "Median time from offer to start",
            now.median_days_to_start,
            Kind.DAYS,
            f"over {formats.plural(now.started, 'agreed place')} started",
            ("started",),
        ),
    )


def figure(result: Result[Headline, Row]) -> go.Figure:
    """Both medians of the cases decided in each month."""
    month_ends = [month.end for month in _months(result.scope)]
    marks = charts.Marks("decided", [ROW_KEY.of(row) for row in result.rows])
    return charts.figure(
        charts.line(
            "To a first decision",
            month_ends,
            [row.median_days_to_first for row in result.rows],
            marks=marks,
        ),
        charts.line(
            "To a final decision",
            month_ends,
            [row.median_days_to_final for row in result.rows],
            colour=charts.SECOND,
            marks=marks,
        ),
        y_title="Median days from the day received",
        xaxis=charts.month_axis(month_ends),
        yaxis={"rangemode": "tozero"},
    )


class Table(KpiTable):
    month = KindColumn(Kind.MONTH, verbose_name="Month")
    decided = KindColumn(Kind.COUNT, verbose_name="Cases decided")
    median_days_to_first = KindColumn(Kind.DAYS, verbose_name="Median time to a first decision")
    median_days_to_final = KindColumn(Kind.DAYS, verbose_name="Median time to a final decision")


def _decided_in(result: Result[Headline, Row], record: Headline | Row) -> Quantity:
    """The cases decided in the year; or those whose latest decision by the day is in a row's month.

    In the month of the day these are all the cases decided in it.
    """
    scope = result.scope
    panel, as_at = scope[PANEL], scope.as_at
    if isinstance(record, Headline):
        return quantities.cases_decided(scope, panel, FinancialYear.containing(as_at).start, as_at)
    month = Month.parse(record.month)
    if as_at <= month.end:
        return quantities.cases_decided(scope, panel, month.start, as_at)
    return quantities.cases_decided(scope, panel, month.start, month.end).having(latest_by=as_at)


def _finally(cases: Quantity) -> Quantity:
    return cases.having(outcome=quantities.FINAL)


def _agreed(result: Result[Headline, Row]) -> Quantity:
    return _decided_in(result, result.headline).having(outcome=Outcome.AGREED)


def _additions(result: Result[Headline, Row]) -> Iterator[Addition]:
    year, months = _decided_in(result, result.headline), [_decided_in(result, row) for row in result.rows]
    yield total(year, months)
    yield total(_finally(year), map(_finally, months))
    yield total(_finally(year), (year.having(outcome=outcome) for outcome in FINAL_OUTCOMES))
    for cases in (year, *months):
        yield part(cases, _finally(cases))
    yield part(year, year.having(represented=True))
    yield part(_agreed(result), _agreed(result).having(offered=True))
    yield part(_agreed(result).having(offered=True), _agreed(result).having(offered=True, started=True))
    yield from _since_the_month_before(result)


def _since_the_month_before(result: Result[Headline, Row]) -> Iterator[Addition]:
    """What the year's figures to a month end say beside those to the month end before.

    Cases decided for the first time in the last month are some of those decided in it; meetings add up.
    """
    scope = result.scope
    panel, as_at = scope[PANEL], scope.as_at
    year, months = FinancialYear.containing(as_at), [Month.parse(row.month) for row in result.rows]
    for month, row in zip(months[:-1], result.rows, strict=False):
        yield part(quantities.cases_decided(scope, panel, month.start, month.end), _decided_in(result, row))
    if not months[1:]:
        return
    last, before = months[-1].start, months[-2].end
    to_day, earlier, latest = (
        (quantities.cases_decided(scope, panel, *days), quantities.presentations(scope, panel, *days))
        for days in ((year.start, as_at), (year.start, before), (last, as_at))
    )
    yield part(to_day[0], earlier[0])
    yield part(latest[0], to_day[0].less(earlier[0]))
    yield total(to_day[1], (earlier[1], latest[1]))
    yield part(latest[1], latest[0])


DISCLOSURE = Disclosure(
    headline={
        "decided": Counted(_decided_in),
        "median_days_to_first": rests_on("decided"),
        "median_days_to_final": rests_on("decided_finally"),
        "represented_pct": rests_on("represented", "decided"),
        "information_overdue": Counted(
            lambda result, _: quantities.of_cases(
                "information overdue", result.scope, result.scope[PANEL], day=result.scope.as_at
            )
        ),
        "decided_finally": Counted(lambda result, now: _finally(_decided_in(result, now))),
        "represented": Counted(lambda result, now: _decided_in(result, now).having(represented=True)),
        "median_days_to_offer": rests_on("offered"),
        "median_days_to_start": rests_on("started"),
        "offered": Counted(lambda result, _: _agreed(result).having(offered=True)),
        "started": Counted(lambda result, _: _agreed(result).having(offered=True, started=True)),
    },
    row={
        "month": OPEN,
        "decided": Counted(_decided_in),
        "median_days_to_first": rests_on("decided"),
        "median_days_to_final": rests_on("decided_finally"),
        "decided_finally": Counted(lambda result, row: _finally(_decided_in(result, row))),
    },
    sums=_additions,
)


KPI = Kpi(
    slug="panel_turnaround",
    title="Time to a panel decision",
    question="How long does the panel take to decide, and how often does a case come back?",
    group=Group.PANEL,
    kind=Kind.DAYS,
    numerator=(
        "Median days from the day a case was received to its first decision of any kind, and to its final one: agreed, "
        "declined or withdrawn. A case counts once, in the month of its latest decision of the financial year up to "
        "the day. Decided more than once: cases with an earlier decision too, in whichever year. Decision to offer and "
        "offer to start: median days of the places agreed by these decisions, offered or started by the day."
    ),
    denominator="The panel's cases decided in the financial year up to the day.",
    left_out=(
        "Void decisions. The time to a final decision leaves out cases that are deferred or await information. "
        "Information is overdue when the latest decision asked for it and the day it was due is past, whatever the "
        "year; a request for information without a due day is never overdue. Offers leave out places that the school "
        "had refused by the day, and agreements of additional funding or from files, of which no place is awaited here."
    ),
    undefined=(
        "Not available when no case was decided in the financial year, or none finally; the times to an offer and a "
        "start when no agreed place was offered, or none has started."
    ),
    better=Better.LOWER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Panel case and decision records",
    query=query,
    sentence=sentence,
    facts=facts,
    figure=figure,
    table=Table,
    caption=lambda result: (
        f"Cases of the {panel_name(result.scope)} by month of their latest decision, {_period(result.scope)}"
    ),
    parts=PARTS,
    row_key=ROW_KEY,
    disclosure=DISCLOSURE,
    filters=(PANEL, DISTRICT, NEED),
    restarts_each_year=True,
)
