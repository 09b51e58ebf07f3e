"""How long does the panel take to decide, and how often does a case come back?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, When

from panel import counts
from panel.counts import decided_named, presentations_named
from panel.decided_cases import PANEL, listed, panel_name, standing_decisions
from panel.models import FINAL_OUTCOMES, ExpectedPlacement, Outcome, PanelCase
from panel.querysets import ExpectedPlacementQuerySet, PanelDecisionQuerySet
from placements.narrowing import DISTRICT, NEED
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Axis, Chart, Tone, lines, series
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.counted import Counted
from sen_dashboard.core.kpi.definition import Better, Fact, Group, InReport, Kpi, ReportSection, Result, fact
from sen_dashboard.core.kpi.published import Keys, count, known, measure
from sen_dashboard.core.kpi.quantities import Addition, Quantity, part, total
from sen_dashboard.core.kpi.row_keys import by_month
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.money import percentage
from sen_dashboard.core.periods import FinancialYear, Month
from sen_dashboard.core.sql import select_from, truth

# By month of the latest decision, then all together (with month null)
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
    """The year's decided cases by month, and the cases with information overdue: two statements."""
    found = {counted["month"]: counted for counted in _decided_by_month(scope)}
    total = found[None]
    headline = Headline(
        *_times(total),
        percentage(total["represented"], total["decided"]),
        counts.information_overdue(scope).count(),
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
    """The latest decision on each case by the day, if in the financial year, with the case's earlier decisions."""
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
    """The agreed place was offered by the day, and not refused by then."""
    not_refused = Q(expected_placement__refused_on=None) | Q(expected_placement__refused_on__gt=day)
    return not_refused & Q(outcome=Outcome.AGREED, expected_placement__offered_on__lte=day)


def _started_by(day: date) -> Q:
    """The agreed place was offered and had started by the day."""
    return _offered_by(day) & Q(expected_placement__placement__starts_on__lte=day)


def _day_of(condition: Q, path: str) -> Case:
    """The date at the path, if the condition holds."""
    return Case(When(condition, then=F(path)), output_field=DateField())


def _decided(scope: Scope, month: Month | None = None) -> counts.Decided:
    """The cases decided in the financial year, or in a month of it, each as its latest decision by the day.

    For the month that the day is in, these are all the cases decided in the month.
    """
    days = _days(scope) if month is None else (month.start, min(month.end, scope.as_at))
    named = decided_named(scope, scope[PANEL], *days)
    if month and month.end < scope.as_at:
        named = named.having(latest_by=scope.as_at)
    return Counted(named, lambda: _latest_decisions(scope).between(*days))


def _days(scope: Scope) -> tuple[date, date]:
    """The financial year up to the day."""
    return FinancialYear.containing(scope.as_at).start, scope.as_at


def _latest_decisions(scope: Scope) -> PanelDecisionQuerySet:
    return listed(standing_decisions(scope).until(scope.as_at).latest_of_each_case())


def _finally(scope: Scope, month: Month | None = None) -> counts.Decided:
    return _decided(scope, month).where(Q(outcome__in=FINAL_OUTCOMES), outcome=counts.FINAL)


def _represented(scope: Scope, _: None = None) -> counts.Decided:
    """The decided cases that had an earlier decision, in any year."""
    decided_before = standing_decisions(scope).filter(
        case=OuterRef("case"), meeting_on__lt=OuterRef("meeting_on")
    )
    return _decided(scope).where(Q(Exists(decided_before)), represented=True)


def _agreed(scope: Scope, **dimensions: bool) -> Quantity:
    return _decided(scope).quantity.having(outcome=Outcome.AGREED, **dimensions)


def _offered(scope: Scope, _: None = None) -> Counted[ExpectedPlacementQuerySet]:
    return Counted(_agreed(scope, offered=True), lambda: _places(scope, _offered_by(scope.as_at)))


def _started(scope: Scope, _: None = None) -> Counted[ExpectedPlacementQuerySet]:
    named = _agreed(scope, offered=True, started=True)
    return Counted(named, lambda: _places(scope, _started_by(scope.as_at)))


def _places(scope: Scope, condition: Q) -> ExpectedPlacementQuerySet:
    """The agreed places of the decided cases that meet the condition."""
    agreements = _decided(scope).records.filter(condition)
    return ExpectedPlacement.objects.filter(decision__in=agreements.values("pk"))


def _months(scope: Scope) -> list[Month]:
    """The months of the financial year that had begun by the day."""
    year = FinancialYear.containing(scope.as_at)
    return [month for month in year.months() if month.start <= scope.as_at]


def _sums(result: Result[Headline, Row]) -> Iterator[Addition]:
    scope, months = result.scope, _months(result.scope)
    year, final = _decided(scope), _finally(scope)
    yield total(year, (_decided(scope, month) for month in months))
    yield total(final, (_finally(scope, month) for month in months))
    yield from _since_the_month_before(scope, months)


def _since_the_month_before(scope: Scope, months: list[Month]) -> Iterator[Addition]:
    """How the year's figures to a month end relate to those to the previous month end.

    Cases decided for the first time in the last month are among those decided in it; meetings add up.
    """
    if not months[1:]:
        return
    cases = partial(decided_named, scope, scope[PANEL])
    first, last = _days(scope)
    to_day, earlier, latest = (
        (cases(*days), presentations_named(scope, scope[PANEL], *days))
        for days in ((first, last), (first, months[-2].end), (months[-1].start, last))
    )
    yield part(to_day[0], earlier[0])
    yield part(latest[0], to_day[0].less(earlier[0]))
    yield total(to_day[1], (earlier[1], latest[1]))
    yield part(latest[1], latest[0])


DECIDED = {
    "decided": count("Cases decided", _decided),
    "median_days_to_first": measure(Kind.DAYS, "Median time to a first decision", "decided", is_mute=True),
    "median_days_to_final": measure(
        Kind.DAYS, "Median time to a final decision", "decided_finally", is_mute=True
    ),
    "decided_finally": count("Cases decided finally", _finally, ""),
}
KEYS = Keys(
    by_month("month"),
    headline={
        **DECIDED,
        "represented_pct": measure(Kind.PERCENT, "", "represented", "decided", made=percentage),
        "information_overdue": count(
            "Cases with information overdue", lambda scope, _: counts.information_overdue(scope)
        ),
        "represented": count("Cases decided more than once", _represented),
        "median_days_to_offer": measure(Kind.DAYS, "", "offered", is_mute=True),
        "median_days_to_start": measure(Kind.DAYS, "", "started", is_mute=True),
        "offered": count("Agreed places offered", _offered),
        "started": count("Agreed places started", _started),
    },
    row={"month": known(Kind.MONTH, "Month"), **DECIDED},
    sums=_sums,
    has_all_rows=True,
)


def _times(counted: dict[str, Any] | None) -> tuple[int, float | None, float | None]:
    """The number of cases decided, and the median days to the first and to the final decision."""
    if counted is None:
        return 0, None, None
    return counted["decided"], counted["days_to_first"], counted["days_to_final"]


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words: the two medians with their cases, how many cases came back, and what is overdue."""
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
    """How long offers and starts took, followed by a space; empty if no place was offered."""
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


def message(result: Result[Headline, Row]) -> str:
    """ "A first panel decision takes a median of 28 days, and 18.6% of requests come back"."""
    now = result.headline
    if now.median_days_to_first is None or now.represented_pct is None:
        return f"The {panel_name(result.scope)} decided no request"
    first = formats.days(now.median_days_to_first)
    again = formats.percent(now.represented_pct)
    return f"A first panel decision takes a median of {first}, and {again} of requests come back"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """The medians to a decision, the share decided more than once, overdue information, and the medians after that."""
    now = result.headline
    cases, final = formats.plural(now.decided, "case"), formats.plural(now.decided_finally, "case")
    offered, started = (formats.plural(number, "agreed place") for number in (now.offered, now.started))
    day = formats.day(result.scope.as_at)
    labels = {
        "median_days_to_first": ("Median time to a first decision", f"over {cases}, from the day received"),
        "median_days_to_final": (
            "Median time to a final decision",
            f"over {final} agreed, declined or withdrawn",
        ),
        "represented_pct": ("Decided more than once", f"{formats.count(now.represented)} of {cases}"),
        "information_overdue": ("Cases with information overdue", f"on {day}, of all years"),
        "median_days_to_offer": ("Median time from decision to offer", f"over {offered} offered"),
        "median_days_to_start": ("Median time from offer to start", f"over {started} started"),
    }
    return tuple(fact(KEYS, now, key, *words) for key, words in labels.items())


def chart(result: Result[Headline, Row]) -> Chart:
    """Both medians for the cases decided in each month."""
    return lines(
        (month.end for month in _months(result.scope)),
        Axis("Median days from the day received", Kind.DAYS, from_zero=True),
        series("To a first decision", "median_days_to_first", result.rows, KEYS.row_key),
        series("To a final decision", "median_days_to_final", result.rows, KEYS.row_key, tone=Tone.SECOND),
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
        "Void decisions. The time to a final decision leaves out cases that are deferred or await "
        "information. Information is overdue when the latest decision asked for it and the day it was "
        "due is past, whatever the year; a request for information without a due day is never overdue. "
        "Offers leave out places that the school had refused by the day, and agreements for additional "
        "funding or imported from files, where no place is awaited."
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
    in_words=sentence,
    message=message,
    figures=facts,
    chart=chart,
    caption=lambda result: (
        f"Cases of the {panel_name(result.scope)} by month of their latest decision, {_period(result.scope)}"
    ),
    keys=KEYS,
    counts=(PanelCase,),
    report=(InReport(ReportSection.REVIEW),),
    filters=(PANEL, DISTRICT, NEED),
    restarts_each_year=True,
)
