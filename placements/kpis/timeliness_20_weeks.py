"""What share of EHC plans is issued within 20 weeks of the request, and how long do open assessments wait?

Numerator: plans issued in the 12 months to the day, on or before day 140 after the request for an assessment.
Denominator: plans issued in these months that have a stored assessment; once all, once without the assessments to
which an exception applies, as the Department for Education publishes it.
Beside it, for a rate alone misleads (it falls while a backlog is cleared): assessments open on the day by the weeks
they wait; and of the requests decided in these months, those decided within 6 weeks, on or before day 42.
Left out: plans without a stored assessment (their number is a caveat).
Undefined when no such plan was issued, no request decided, or no assessment is open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go
from django.db.models import F, Q

from placements import quantities
from placements.models import Assessment
from placements.narrowing import DISTRICT, plans_in
from placements.querysets import (
    WEEKS_TO_DECIDE,
    WEEKS_TO_ISSUE,
    AssessmentQuerySet,
    PlanQuerySet,
    assessment_open,
    within_weeks,
)
from placements.twelve_months import part_month_caveats, period
from sen_dashboard.core import chart_layers, charts, formats
from sen_dashboard.core.disclosure import (
    OPEN,
    Addition,
    Counted,
    Disclosure,
    Each,
    Measure,
    Quantity,
    Shown,
    part,
    rests_on,
    total,
)
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi import Better, Fact, Goal, Group, Kpi, Part, Result
from sen_dashboard.core.money import percentage
from sen_dashboard.core.periods import Month, YearTo
from sen_dashboard.core.row_keys import by_month
from sen_dashboard.core.scope import Scope
from sen_dashboard.core.sql import select_from, truth
from sen_dashboard.core.tables import KindColumn, KpiTable

ROW_KEY = by_month("month")
FLOOR_PCT = 60.0
"""About England's share, exceptions left out, in 2019 to 2021: 60.4, 58.0 and 59.9 (DfE, EHC plans 2025)."""
LAST_WEEKS = (WEEKS_TO_DECIDE, 16, WEEKS_TO_ISSUE, 52)
"""The weeks within which an assessment is in a band; in the last it is beyond them all."""
BANDS = ("0-6", "6-16", "16-20", "20-52", "52+")
OVER_6_WEEKS, OVER_20_WEEKS = BANDS.index("6-16"), BANDS.index("20-52")

# By month of issue, and all together (month is then null).
ISSUED_BY_MONTH = """
    SELECT TO_CHAR(issued_on, 'YYYY-MM') AS month, COUNT(exception) AS issued,
        COUNT(*) FILTER (WHERE in_time) AS within,
        COUNT(*) FILTER (WHERE NOT exception) AS issued_ex,
        COUNT(*) FILTER (WHERE in_time AND NOT exception) AS within_ex,
        COUNT(*) - COUNT(exception) AS without_assessment
    FROM records
    GROUP BY ROLLUP (month)
"""

# By band, as a place in BANDS: width_bucket counts the bands whose last day lies before the day asked for.
BY_BAND = """
    SELECT WIDTH_BUCKET(%s - requested_on - 1, %s) AS band,
        COUNT(*) FILTER (WHERE is_open) AS open,
        MIN(requested_on) FILTER (WHERE is_open) AS oldest,
        COUNT(*) FILTER (WHERE is_open AND NOT decided) AS undecided,
        COUNT(*) FILTER (WHERE decided_in_year) AS decided,
        COUNT(*) FILTER (WHERE decided_in_year AND in_time) AS decided_in_time
    FROM records
    GROUP BY band
"""


@dataclass(frozen=True)
class Headline:
    issued: int
    within: int
    within_pct: float | None
    issued_ex: int
    within_ex: int
    within_pct_ex: float | None
    open: int
    open_over_20_weeks: int
    oldest_open_weeks: float | None
    requests_decided_pct_6_weeks: float | None
    bands: dict[str, int]  # open assessments by the weeks since the request
    requests_decided: int
    requests_decided_6_weeks: int
    undecided_over_6_weeks: int


@dataclass(frozen=True)
class Row:
    month: str
    issued: int
    within: int
    within_pct: float | None
    issued_ex: int
    within_ex: int
    within_pct_ex: float | None


def query(scope: Scope) -> Result[Headline, Row]:
    """Plans issued in the 12 months, and assessments open or decided: two statements."""
    year = YearTo(scope.as_at)
    issued = {counted["month"]: counted for counted in _issued_by_month(scope)}
    total = issued[None]
    rows = tuple(Row(str(month), *_within(issued.get(str(month)))) for month in year.months())
    headline = Headline(*_within(total), **_assessments(scope))
    caveats = _without_assessment_caveats(total["without_assessment"])
    return Result(scope, headline, rows, part_month_caveats(scope) + caveats)


def _issued_by_month(scope: Scope) -> list[dict[str, Any]]:
    year = YearTo(scope.as_at)
    plans = (
        plans_in(scope)
        .issued_between(year.start, year.end)
        .annotate(in_time=truth(within_weeks(WEEKS_TO_ISSUE, "issued_on", "assessment__requested_on")))
    )
    return select_from(
        plans.values("issued_on", "in_time", exception=F("assessment__exception")), ISSUED_BY_MONTH
    )


def _within(counted: dict[str, Any] | None) -> tuple[int, int, float | None, int, int, float | None]:
    """Plans issued, those within 20 weeks and their share, with and without exceptions."""
    if counted is None:
        return 0, 0, None, 0, 0, None
    issued, within, issued_ex, within_ex = (
        counted[key] for key in ("issued", "within", "issued_ex", "within_ex")
    )
    return issued, within, percentage(within, issued), issued_ex, within_ex, percentage(within_ex, issued_ex)


def _assessments(scope: Scope) -> dict[str, Any]:
    """The headline's fields on assessments: those open on the day, and those decided in the 12 months to it."""
    year, day = YearTo(scope.as_at), scope.as_at
    assessments = (
        _assessments_in(scope)
        .filter(requested_on__lte=day)
        .annotate(
            is_open=truth(assessment_open(day)),
            decided=truth(Q(assess_decided_on__isnull=False, assess_decided_on__lte=day)),
            decided_in_year=truth(Q(assess_decided_on__range=(year.start, day))),
            in_time=truth(within_weeks(WEEKS_TO_DECIDE, "assess_decided_on", "requested_on")),
        )
    )
    columns = assessments.values("requested_on", "is_open", "decided", "decided_in_year", "in_time")
    last_days = [7 * weeks for weeks in LAST_WEEKS]
    found = {counted["band"]: counted for counted in select_from(columns, BY_BAND, day, last_days)}

    def number(of: str, from_band: int = 0) -> int:
        return sum(counted[of] for band, counted in found.items() if band >= from_band)

    oldest = min((counted["oldest"] for counted in found.values() if counted["oldest"]), default=None)
    decided, in_time = number("decided"), number("decided_in_time")
    return {
        "open": number("open"),
        "open_over_20_weeks": number("open", OVER_20_WEEKS),
        "oldest_open_weeks": None if oldest is None else (day - oldest).days / 7,
        "requests_decided_pct_6_weeks": percentage(in_time, decided),
        "bands": {name: found[band]["open"] if band in found else 0 for band, name in enumerate(BANDS)},
        "requests_decided": decided,
        "requests_decided_6_weeks": in_time,
        "undecided_over_6_weeks": number("undecided", OVER_6_WEEKS),
    }


def _assessments_in(scope: Scope) -> AssessmentQuerySet:
    return scope.narrow(Assessment.objects.all(), {DISTRICT: "child__home_district__iexact"})


def _issued(scope: Scope, month: Month | None) -> PlanQuerySet:
    """The plans counted as issued, of a month if one is named."""
    first, last = YearTo(scope.as_at).days_of(month)
    return plans_in(scope).issued_between(first, last).filter(assessment__isnull=False)


def _in_time(plans: PlanQuerySet) -> PlanQuerySet:
    return plans.filter(within_weeks(WEEKS_TO_ISSUE, "issued_on", "assessment__requested_on"))


def _without_exceptions(plans: PlanQuerySet) -> PlanQuerySet:
    return plans.filter(assessment__exception=False)


def _open_on(scope: Scope, *, longer_than_weeks: int = 0) -> AssessmentQuerySet:
    """The assessments open on the day; with ``longer_than_weeks`` those requested more than so many weeks before."""
    found = _assessments_in(scope).open_on(scope.as_at)
    if not longer_than_weeks:
        return found
    return found.filter(requested_on__lt=scope.as_at - timedelta(weeks=longer_than_weeks))


def _decided(scope: Scope) -> AssessmentQuerySet:
    """The requests on which it was decided in the 12 months whether to assess."""
    year = YearTo(scope.as_at)
    return _assessments_in(scope).filter(assess_decided_on__range=(year.start, year.end))


PARTS = (
    Part("issued", "Plans issued", _issued),
    Part("within", "Plans issued within 20 weeks", lambda scope, month: _in_time(_issued(scope, month))),
    Part(
        "issued_ex",
        "Plans issued, exceptions left out",
        lambda scope, month: _without_exceptions(_issued(scope, month)),
    ),
    Part(
        "within_ex",
        "Plans issued within 20 weeks, exceptions left out",
        lambda scope, month: _without_exceptions(_in_time(_issued(scope, month))),
    ),
    Part("open", "Assessments open", lambda scope, _: _open_on(scope)),
    Part(
        "open_over_20_weeks",
        "Assessments open for more than 20 weeks",
        lambda scope, _: _open_on(scope, longer_than_weeks=WEEKS_TO_ISSUE),
    ),
    Part("requests_decided", "Requests decided", lambda scope, _: _decided(scope)),
    Part(
        "requests_decided_6_weeks",
        "Requests decided within 6 weeks",
        lambda scope, _: _decided(scope).filter(
            within_weeks(WEEKS_TO_DECIDE, "assess_decided_on", "requested_on")
        ),
    ),
)


def _without_assessment_caveats(plans: int) -> tuple[str, ...]:
    if not plans:
        return ()
    without = formats.plural(plans, "plan")
    issued, counts = ("was", "does not count") if plans == 1 else ("were", "do not count")
    return (f"{without} issued in these months {issued} recorded without an assessment and {counts}.",)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words: the share with its counts, with and without exceptions, then what is still open."""
    return f"{_told_issued(result)} {_told_open(result)}"


def _told_issued(result: Result[Headline, Row]) -> str:
    now, when = result.headline, period(result.scope)
    if not now.issued:
        return f"No plan with a stored assessment was issued {when}."
    return (
        f"Of the EHC plans issued {when}, {_share(now.within_pct_ex, now.within_ex, now.issued_ex)} came within "
        f"20 weeks of the request, exceptions left out; with exceptions "
        f"{_share(now.within_pct, now.within, now.issued)}."
    )


def _share(share: float | None, part: int, whole: int) -> str:
    """ "34.1% (1,064 of 3,120)"."""
    return f"{formats.percent(share) if whole else 'none'} ({_of(part, whole)})"


def _told_open(result: Result[Headline, Row]) -> str:
    now = result.headline
    if now.oldest_open_weeks is None:
        return f"No assessment is open on {formats.day(result.scope.as_at)}."
    are = "assessment is" if now.open == 1 else "assessments are"
    return (
        f"{formats.count(now.open)} {are} open, {formats.count(now.open_over_20_weeks)} for more than 20 weeks; the "
        f"oldest for {formats.weeks(now.oldest_open_weeks)}."
    )


def _of(part: int, whole: int) -> str:
    return f"{formats.count(part)} of {formats.count(whole)}"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """The share without and with exceptions, open assessments by weeks, and the first decision within 6 weeks."""
    now = result.headline
    bands = ", ".join(f"{weeks} weeks: {formats.count(number)}" for weeks, number in now.bands.items())
    undecided = now.undecided_over_6_weeks
    waiting = f"{formats.count(undecided)} more {'waits' if undecided == 1 else 'wait'} longer"
    return (
        Fact(
            "Issued within 20 weeks, exceptions left out",
            now.within_pct_ex,
            Kind.PERCENT,
            f"{_of(now.within_ex, now.issued_ex)} plans",
            ("within_ex", "issued_ex"),
        ),
        Fact(
            "Issued within 20 weeks, exceptions included",
            now.within_pct,
            Kind.PERCENT,
            f"{_of(now.within, now.issued)} plans",
            ("within", "issued"),
        ),
        Fact("Assessments open", now.open, Kind.COUNT, bands, ("open", "open_over_20_weeks")),
        Fact(
            "Decided within 6 weeks whether to assess",
            now.requests_decided_pct_6_weeks,
            Kind.PERCENT,
            f"{_of(now.requests_decided_6_weeks, now.requests_decided)} requests; {waiting}",
            ("requests_decided_6_weeks", "requests_decided"),
        ),
    )


def figure(result: Result[Headline, Row]) -> go.Figure:
    """The share within 20 weeks of the plans issued in each month, without and with exceptions."""
    month_ends = [month.end for month in YearTo(result.scope.as_at).months()]
    rows = [ROW_KEY.of(row) for row in result.rows]
    drawn = charts.figure(
        charts.line(
            "Exceptions left out",
            month_ends,
            [row.within_pct_ex for row in result.rows],
            marks=charts.Marks("within_ex", rows),
        ),
        charts.line(
            "Exceptions included",
            month_ends,
            [row.within_pct for row in result.rows],
            colour=charts.SECOND,
            marks=charts.Marks("within", rows),
        ),
        y_title="Percent of plans issued in each month",
        xaxis=charts.month_axis(month_ends),
        yaxis={"rangemode": "tozero", "ticksuffix": "%"},
    )
    return chart_layers.with_goal(drawn, goal(result))


def goal(result: Result[Headline, Row]) -> Goal:
    """Every plan within 20 weeks, as regulation 13(2) asks; the floor is about England's share before 2022."""
    return Goal(
        100.0,
        FLOOR_PCT,
        "Every plan within 20 weeks, as the SEND Regulations 2014 ask; the floor is 60%, about England's share "
        "before 2022.",
    )


class Table(KpiTable):
    month = KindColumn(Kind.MONTH, verbose_name="Month")
    issued = KindColumn(Kind.COUNT, verbose_name="Plans issued")
    within = KindColumn(Kind.COUNT, verbose_name="Within 20 weeks")
    within_pct = KindColumn(Kind.PERCENT, verbose_name="Share")
    issued_ex = KindColumn(Kind.COUNT, verbose_name="Plans issued, exceptions left out")
    within_ex = KindColumn(Kind.COUNT, verbose_name="Of these within 20 weeks")
    within_pct_ex = KindColumn(Kind.PERCENT, verbose_name="Share, exceptions left out")


IN_TIME, NO_EXCEPTION = {"in_time": True}, {"exception": False}


def _issued_in(result: Result[Headline, Row], record: Headline | Row) -> Quantity:
    """The plans issued in the 12 months, or in a row's month."""
    month = Month.parse(record.month) if isinstance(record, Row) else None
    return quantities.plans_issued(result.scope, *YearTo(result.scope.as_at).days_of(month))


def _assessments_open(result: Result[Headline, Row], *bands: str) -> Quantity:
    """Assessments open on the day; of bands together, where any are named."""
    scope, weeks = result.scope, " and ".join(bands) or None
    return Quantity.of("assessments open", day=scope.as_at, district=scope[DISTRICT], weeks=weeks)


def _undecided(result: Result[Headline, Row]) -> Quantity:
    return _assessments_open(result, *BANDS[OVER_6_WEEKS:]).having(decided=False)


def _requests_decided(result: Result[Headline, Row]) -> Quantity:
    year = YearTo(result.scope.as_at)
    return Quantity.of("requests decided", first=year.start, last=year.end, district=result.scope[DISTRICT])


def _additions(result: Result[Headline, Row]) -> Iterator[Addition]:
    """In time or not, exception or not are the four parts of each month's plans; months and bands make up the whole."""
    records: list[Headline | Row] = [result.headline, *result.rows]
    for record in records:
        issued = _issued_in(result, record)
        within, issued_ex, within_ex = _parts_of(issued)
        yield part(issued, within)
        yield part(issued, issued_ex)
        yield part(within, within_ex)
        yield part(issued_ex, within_ex)
        yield part(issued.less(issued_ex), within.less(within_ex))
    year, months = _issued_in(result, result.headline), [_issued_in(result, row) for row in result.rows]
    for kind in ({}, IN_TIME, NO_EXCEPTION, {**IN_TIME, **NO_EXCEPTION}):
        yield total(year.having(**kind), (month.having(**kind) for month in months))
    for first_band in (0, OVER_6_WEEKS, OVER_20_WEEKS):
        bands = BANDS[first_band:]
        whole = _assessments_open(result, *bands) if first_band else _assessments_open(result)
        yield total(whole, (_assessments_open(result, band) for band in bands))
    yield part(_assessments_open(result, *BANDS[OVER_6_WEEKS:]), _undecided(result))
    yield part(_requests_decided(result), _requests_decided(result).having(**IN_TIME))


def _parts_of(issued: Quantity) -> tuple[Quantity, Quantity, Quantity]:
    """Those within 20 weeks, those without an exception, and those that are both."""
    return issued.having(**IN_TIME), issued.having(**NO_EXCEPTION), issued.having(**IN_TIME, **NO_EXCEPTION)


def _with_the_oldest(result: Result[Headline, Row], now: Headline) -> list[Quantity]:
    """The band of the assessment that is open for longest, which must not be of few."""
    return [_assessments_open(result, band) for band, number in now.bands.items() if number][-1:]


PLANS_ISSUED: dict[str, Shown] = {
    "issued": Counted(_issued_in),
    "within": Counted(lambda result, record: _parts_of(_issued_in(result, record))[0]),
    "within_pct": rests_on("within", "issued"),
    "issued_ex": Counted(lambda result, record: _parts_of(_issued_in(result, record))[1]),
    "within_ex": Counted(lambda result, record: _parts_of(_issued_in(result, record))[2]),
    "within_pct_ex": rests_on("within_ex", "issued_ex"),
}

DISCLOSURE = Disclosure(
    headline={
        **PLANS_ISSUED,
        "open": Counted(lambda result, _: _assessments_open(result)),
        "open_over_20_weeks": Counted(lambda result, _: _assessments_open(result, *BANDS[OVER_20_WEEKS:])),
        "oldest_open_weeks": Measure(("open",), on=_with_the_oldest),
        "requests_decided_pct_6_weeks": rests_on("requests_decided_6_weeks", "requests_decided"),
        "bands": Each(Counted(lambda result, _, band: _assessments_open(result, band))),
        "requests_decided": Counted(lambda result, _: _requests_decided(result)),
        "requests_decided_6_weeks": Counted(lambda result, _: _requests_decided(result).having(**IN_TIME)),
        "undecided_over_6_weeks": Counted(lambda result, _: _undecided(result)),
    },
    row={"month": OPEN, **PLANS_ISSUED},
    sums=_additions,
)


KPI = Kpi(
    slug="timeliness_20_weeks",
    title="Plans issued within 20 weeks",
    question=(
        "What share of education, health and care (EHC) plans is issued within 20 weeks of the request, and how long "
        "do open assessments wait?"
    ),
    group=Group.PLACEMENTS,
    kind=Kind.PERCENT,
    numerator=(
        "Plans issued in the 12 months to the day, after the same day of the year before, on or before day 140 after "
        "the request for an assessment. A plan counts in the month in which it is issued, so clearing a backlog "
        "lowers the share. An assessment is open until it is refused, ends without a plan, or its plan is issued; a "
        "decision to issue does not end it. A request is decided within 6 weeks on or before day 42."
    ),
    denominator=(
        "Plans issued in the 12 months that have a stored assessment. Exceptions left out: without the assessments to "
        "which an exception of the SEND Regulations 2014 applies. For the 6 weeks: requests on which it was decided in "
        "the 12 months whether to assess."
    ),
    left_out="Plans without a stored assessment; they are counted in a note.",
    undefined=(
        "Not available when no plan with an assessment was issued, no request was decided, or no assessment is open."
    ),
    better=Better.HIGHER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Assessment and plan records",
    query=query,
    sentence=sentence,
    facts=facts,
    figure=figure,
    table=Table,
    caption=lambda result: f"Plans issued by month and within 20 weeks, {period(result.scope)}",
    parts=PARTS,
    row_key=ROW_KEY,
    disclosure=DISCLOSURE,
    filters=(DISTRICT,),
    goal=goal,
)
