"""How many requests for an assessment are received, how many are refused, and how many lead to a plan?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from placements import counts
from placements.counts import Assessments, Plans
from placements.models import AssessDecision, Assessment, IssueDecision
from placements.narrowing import DISTRICT
from placements.twelve_months import part_month_caveats, period
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Axis, Chart, Tone, lines, series
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Better, Fact, Group, InReport, Kpi, ReportSection, Result, fact
from sen_dashboard.core.kpi.messages import moved
from sen_dashboard.core.kpi.published import Keys, count, known, measure
from sen_dashboard.core.kpi.quantities import Addition, total
from sen_dashboard.core.kpi.row_keys import by_month
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.money import growth, percentage
from sen_dashboard.core.periods import Month, YearTo, year_before
from sen_dashboard.core.sql import select_from

# What happened to requests, each event on its own day: by month, and for the year before in total (with month null)
BY_MONTH = """
    SELECT CASE WHEN day >= %s THEN TO_CHAR(day, 'YYYY-MM') END AS month, flow, COUNT(*) AS number
    FROM records CROSS JOIN LATERAL (
        VALUES ('RECEIVED', requested_on), (assess_decision, assess_decided_on), (issue_decision, issue_decided_on)
    ) AS happened (flow, day)
    WHERE day BETWEEN %s AND %s
    GROUP BY month, flow
"""
RECEIVED, PLANS = "RECEIVED", "PLANS"
FLOWS = (
    RECEIVED,
    AssessDecision.AGREED.value,
    AssessDecision.REFUSED.value,
    IssueDecision.NOT_ISSUED.value,
    PLANS,
)
"""The counts of a month, in the order of its row."""


@dataclass(frozen=True)
class Headline:
    received: int
    agreed_to_assess: int
    refused_to_assess: int
    not_issued: int
    issued: int
    received_year_before: int
    change_pct: float | None
    refused_pct: float | None


@dataclass(frozen=True)
class Row:
    month: str
    received: int
    agreed_to_assess: int
    refused_to_assess: int
    not_issued: int
    issued: int


def query(scope: Scope) -> Result[Headline, Row]:
    """Requests and plans of the 12 months by month, and requests of the 12 months before: two statements."""
    found = _by_month(scope)
    months = [str(month) for month in YearTo(scope.as_at).months()]
    rows = tuple(Row(month, *(found.get((month, flow), 0) for flow in FLOWS)) for month in months)
    received, agreed, refused, not_issued, issued = (
        sum(found.get((month, flow), 0) for month in months) for flow in FLOWS
    )
    before = found.get((None, RECEIVED), 0)
    headline = Headline(
        *(received, agreed, refused, not_issued, issued, before),
        change_pct=growth(received, before),
        refused_pct=percentage(refused, agreed + refused),
    )
    return Result(scope, headline, rows, part_month_caveats(scope))


def _by_month(scope: Scope) -> dict[tuple[str | None, str], int]:
    """The number of each flow in each month of the 12 months, and of requests in the 12 months before (None)."""
    year = YearTo(scope.as_at)
    requests = counts.assessments_in(scope).values(
        "requested_on", "assess_decision", "assess_decided_on", "issue_decision", "issue_decided_on"
    )
    happened = select_from(requests, BY_MONTH, year.start, YearTo(year_before(year.end)).start, year.end)
    plans = _issued(scope).records.values_list(TruncMonth("issued_on")).annotate(Count("pk"))
    return {(counted["month"], counted["flow"]): counted["number"] for counted in happened} | {
        (str(Month.containing(first)), PLANS): number for first, number in plans
    }


# What the numbers count


def _days(scope: Scope, month: Month | None) -> tuple[date, date]:
    """The first and the last day of the 12 months, or of one month of them."""
    return YearTo(scope.as_at).days_of(month)


def _received(scope: Scope, month: Month | None = None) -> Assessments:
    return counts.requests_received(scope, *_days(scope, month))


def _received_year_before(scope: Scope, _: None = None) -> Assessments:
    year = YearTo(year_before(scope.as_at))
    return counts.requests_received(scope, year.start, year.end)


def _decided(decision: AssessDecision) -> Callable[[Scope, Month | None], Assessments]:
    """Requests with this decision on whether to assess."""

    def decided(scope: Scope, month: Month | None = None) -> Assessments:
        either = counts.requests_decided(scope, *_days(scope, month))
        return either.where(Q(assess_decision=decision), decision=decision)

    return decided


def _not_issued(scope: Scope, month: Month | None = None) -> Assessments:
    return counts.requests_not_issued(scope, *_days(scope, month))


def _issued(scope: Scope, month: Month | None = None) -> Plans:
    return counts.plans_issued(scope, *_days(scope, month))


_agreed, _refused = _decided(AssessDecision.AGREED), _decided(AssessDecision.REFUSED)


def _sums(result: Result[Headline, Row]) -> Iterator[Addition]:
    """The months add up to the 12 months; requests agreed and refused add up to those decided."""
    scope, months = result.scope, [Month.parse(row.month) for row in result.rows]
    flows: tuple[Callable[[Scope, Month | None], Assessments | Plans], ...] = (
        _received,
        _agreed,
        _refused,
        _issued,
    )
    for of in flows:
        yield total(of(scope, None), [of(scope, month) for month in months])
    decided = counts.requests_decided(scope, *_days(scope, None))
    yield total(decided, (_agreed(scope, None), _refused(scope, None)))


def _flows(*, in_month: bool) -> dict[str, Any]:
    """The keys for what happened in the 12 months, or in a month.

    Few assessments in a month end without a plan. The numbers open at two month ends reveal how many ended in between,
    so these could be hidden from the public only by hiding the requests themselves.
    """
    return {
        "received": count("Requests received", _received, "Received"),
        "agreed_to_assess": count("Requests agreed to assess", _agreed, "Agreed to assess"),
        "refused_to_assess": count("Requests refused", _refused, "Refused"),
        "not_issued": count(
            "Assessments without a plan to issue", _not_issued, "No plan issued", is_withheld=in_month
        ),
        "issued": count("Plans issued", _issued),
    }


KEYS = Keys(
    by_month("month"),
    headline={
        **_flows(in_month=False),
        "received_year_before": count("Requests received in the 12 months before", _received_year_before),
        "change_pct": measure(Kind.PERCENT, "", "received", "received_year_before", made=growth),
        "refused_pct": measure(
            Kind.PERCENT,
            "",
            "refused_to_assess",
            "agreed_to_assess",
            made=lambda refused, agreed: percentage(refused, agreed + refused),
        ),
    },
    row={"month": known(Kind.MONTH, "Month"), **_flows(in_month=True)},
    sums=_sums,
    has_all_rows=True,
    open_caveats=True,  # of days
)


# In words


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words: requests and how they grew, the share refused, and the plans issued."""
    now, when = result.headline, period(result.scope)
    if not now.received:
        return f"No request for an assessment was received {when}. {_became(now)}"
    requests = formats.plural(
        now.received, "request for an assessment was", "requests for an assessment were"
    )
    return f"{requests} received {when}, {_against_year_before(now)}. {_became(now)}"


def _against_year_before(now: Headline) -> str:
    """ "11.0% more than in the 12 months before (3,145)"."""
    if now.change_pct is None:
        return "none in the 12 months before"
    before = f"in the 12 months before ({formats.count(now.received_year_before)})"
    if now.received == now.received_year_before:
        return f"the same as {before}"
    more = "more" if now.change_pct > 0 else "fewer"
    return f"{formats.percent(abs(now.change_pct))} {more} than {before}"


def _became(now: Headline) -> str:
    """The decisions made on requests, whenever they were received, and the plans issued."""
    plans = formats.plural(now.issued, "plan was", "plans were")
    if now.refused_pct is None:
        return f"No decision on whether to assess was made, and {plans} issued."
    decided = now.agreed_to_assess + now.refused_to_assess
    refused = (
        f"{formats.percent(now.refused_pct)} of those decided ({formats.of(now.refused_to_assess, decided)})"
    )
    return f"{refused} were refused, and {plans} issued."


def message(result: Result[Headline, Row]) -> str:
    """ "Requests for an assessment rose 10% to 3,543, and 19.9% of those decided were refused"."""
    now = result.headline
    received = formats.count(now.received)
    if now.received == now.received_year_before:
        opening = f"{received} requests for an assessment were received, the same as a year earlier"
    else:
        opening = f"Requests for an assessment {moved(now.received_year_before, now.received)} to {received}"
    if now.refused_pct is None:
        return opening
    return f"{opening}, and {formats.percent(now.refused_pct)} of those decided were refused"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """The requests and their growth, the share refused, the plans issued, and assessments that ended without one."""
    now = result.headline
    decided = now.agreed_to_assess + now.refused_to_assess
    return (
        fact(KEYS, now, "received", "Requests received", period(result.scope)),
        fact(
            KEYS,
            now,
            "change_pct",
            "Change from the 12 months before",
            f"{formats.count(now.received_year_before)} then",
        ),
        fact(
            KEYS,
            now,
            "refused_pct",
            "Refused, of requests decided",
            formats.of(now.refused_to_assess, decided, "request"),
        ),
        fact(KEYS, now, "issued", "Plans issued", f"{formats.count(now.not_issued)} assessed and not issued"),
    )


def chart(result: Result[Headline, Row]) -> Chart:
    """Requests received and refused in each month."""
    return lines(
        (month.end for month in YearTo(result.scope.as_at).months()),
        Axis("Requests in each month", Kind.COUNT, from_zero=True),
        series("Received", "received", result.rows, KEYS.row_key),
        series("Refused", "refused_to_assess", result.rows, KEYS.row_key, tone=Tone.SECOND),
    )


KPI = Kpi(
    slug="requests",
    title="Requests for an assessment",
    question="How many requests for an assessment are received, how many are refused, and how many lead to a plan?",
    group=Group.PLACEMENTS,
    kind=Kind.COUNT,
    numerator=(
        "Requests for an education, health and care (EHC) needs assessment that were received in the 12 "
        "months to the day, after the day a year earlier. Beside them, each by its own date and so "
        "mostly of earlier requests: decisions to assess and not to assess, decisions not to issue a "
        "plan, and plans issued that have a recorded assessment."
    ),
    denominator=(
        "For the change, the requests in the 12 months to a year earlier; for the share refused, the "
        "requests on which a decision whether to assess was made in the 12 months."
    ),
    left_out="Plans without a recorded assessment.",
    undefined="The change is not available without requests a year earlier, nor the share refused without a decision.",
    better=Better.NEITHER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Assessment and plan records",
    query=query,
    in_words=sentence,
    message=message,
    figures=facts,
    chart=chart,
    caption=lambda result: f"Requests for an assessment and their outcomes by month, {period(result.scope)}",
    keys=KEYS,
    counts=(Assessment,),
    report=(InReport(ReportSection.REVIEW),),
    filters=(DISTRICT,),
)
