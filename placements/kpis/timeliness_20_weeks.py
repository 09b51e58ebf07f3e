"""What share of EHC plans is issued within 20 weeks of the request, and how long do open assessments wait?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q

from placements import counts
from placements.counts import Assessments, Plans
from placements.models import Assessment, Plan
from placements.narrowing import DISTRICT, plans_in
from placements.querysets import WEEKS_TO_DECIDE, WEEKS_TO_ISSUE, assessment_open, within_weeks
from placements.twelve_months import part_month_caveats, period
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Axis, Chart, Tone, lines, series
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import (
    Better,
    Fact,
    Goal,
    Group,
    InReport,
    Kpi,
    ReportSection,
    Result,
    fact,
    levels,
)
from sen_dashboard.core.kpi.published import Counts, Key, Keys, count, known, measure
from sen_dashboard.core.kpi.quantities import Addition, Identified, part, total
from sen_dashboard.core.kpi.row_keys import by_month
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.money import percentage
from sen_dashboard.core.periods import Month, YearTo
from sen_dashboard.core.sql import select_from, truth

LIMIT_PCT = 60.0
"""About England's share, excluding exceptions, in 2019 to 2021: 60.4, 58.0 and 59.9 (DfE, EHC plans 2025)."""
LAST_WEEKS = (WEEKS_TO_DECIDE, 16, WEEKS_TO_ISSUE, 52)
"""The last week of each band but the final one, which has no last week."""
BANDS = ("0-6", "6-16", "16-20", "20-52", "52+")
OVER_6_WEEKS, OVER_20_WEEKS = BANDS.index("6-16"), BANDS.index("20-52")

# By month of issue, then all together (with month null)
ISSUED_BY_MONTH = """
    SELECT TO_CHAR(issued_on, 'YYYY-MM') AS month, COUNT(exception) AS issued,
        COUNT(*) FILTER (WHERE in_time) AS within,
        COUNT(*) FILTER (WHERE NOT exception) AS issued_ex,
        COUNT(*) FILTER (WHERE in_time AND NOT exception) AS within_ex,
        COUNT(*) - COUNT(exception) AS without_assessment
    FROM records
    GROUP BY ROLLUP (month)
"""

# By band, as a position in BANDS: width_bucket counts the bands that end before an assessment's age on the day.
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
    bands: dict[str, int]  # open assessments by weeks since the request
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
    """Plans issued, those within 20 weeks and their share, including and then excluding exceptions."""
    if counted is None:
        return 0, 0, None, 0, 0, None
    issued, within, issued_ex, within_ex = (
        counted[key] for key in ("issued", "within", "issued_ex", "within_ex")
    )
    return issued, within, percentage(within, issued), issued_ex, within_ex, percentage(within_ex, issued_ex)


def _assessments(scope: Scope) -> dict[str, Any]:
    """The headline's fields about assessments: those open on the day, and those decided in the 12 months to it."""
    year, day = YearTo(scope.as_at), scope.as_at
    assessments = (
        counts.assessments_in(scope)
        .filter(requested_on__lte=day)
        .annotate(
            is_open=truth(assessment_open(day, Plan.objects.all())),
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


def _issued(scope: Scope, month: Month | None = None) -> Plans:
    """The plans counted as issued; only those of the month, if one is given."""
    return counts.plans_issued(scope, *YearTo(scope.as_at).days_of(month))


def _in_time(plans: Plans) -> Plans:
    return plans.where(within_weeks(WEEKS_TO_ISSUE, "issued_on", "assessment__requested_on"), in_time=True)


def _without_exceptions(plans: Plans) -> Plans:
    return plans.where(Q(assessment__exception=False), exception=False)


def _in_time_ex(plans: Plans) -> Plans:
    return _without_exceptions(_in_time(plans))


def _all(plans: Plans) -> Plans:
    return plans


def _open(scope: Scope, *bands: str) -> Assessments:
    """The assessments open on the day; only those in consecutive ``bands``, if any are given."""
    if not bands:
        return counts.assessments_open(scope)
    first, last = BANDS.index(bands[0]), BANDS.index(bands[-1])
    requested = Q()
    if first:
        requested &= Q(requested_on__lt=scope.as_at - timedelta(weeks=LAST_WEEKS[first - 1]))
    if last < len(LAST_WEEKS):
        requested &= Q(requested_on__gte=scope.as_at - timedelta(weeks=LAST_WEEKS[last]))
    return counts.assessments_open(scope).where(requested, weeks=" and ".join(bands))


def _undecided(scope: Scope, _: None = None) -> Assessments:
    """Assessments open for more than 6 weeks without a decision by the day on whether to assess."""
    undecided = Q(assess_decided_on=None) | Q(assess_decided_on__gt=scope.as_at)
    return _open(scope, *BANDS[OVER_6_WEEKS:]).where(undecided, decided=False)


def _decided(scope: Scope, _: None = None) -> Assessments:
    year = YearTo(scope.as_at)
    return counts.requests_decided(scope, year.start, year.end)


def _decided_in_time(scope: Scope, _: None = None) -> Assessments:
    in_time = within_weeks(WEEKS_TO_DECIDE, "assess_decided_on", "requested_on")
    return _decided(scope).where(in_time, in_time=True)


def _sums(result: Result[Headline, Row]) -> Iterator[Addition]:
    """The months and the bands add up to their totals."""
    scope, months = result.scope, [Month.parse(row.month) for row in result.rows]
    for of in (_all, _in_time, _without_exceptions, _in_time_ex):
        yield total(of(_issued(scope)), (of(_issued(scope, month)) for month in months))
    for bands in (BANDS, BANDS[OVER_6_WEEKS:], BANDS[OVER_20_WEEKS:]):
        whole = _open(scope) if bands == BANDS else _open(scope, *bands)
        yield total(whole, (_open(scope, band) for band in bands))
    yield part(_open(scope, *BANDS[OVER_6_WEEKS:]), _undecided(scope))
    yield part(_decided(scope), _decided_in_time(scope))


def _with_the_oldest(result: Result[Headline, Row], _: None) -> list[Identified]:
    """The band of the longest open assessment, which must not be one of few."""
    found = [band for band, number in result.headline.bands.items() if number]
    return [_open(result.scope, band) for band in found[-1:]]


def _plans(title: str, of: Callable[[Plans], Plans], heading: str | None = None) -> Key:
    return count(title, lambda scope, month: of(_issued(scope, month)), heading)


PLANS_ISSUED = {
    "issued": _plans("Plans issued", _all),
    "within": _plans("Plans issued within 20 weeks", _in_time, "Within 20 weeks"),
    "within_pct": measure(Kind.PERCENT, "Share", "within", "issued", made=percentage),
    "issued_ex": _plans("Plans issued, excluding exceptions", _without_exceptions),
    "within_ex": _plans(
        "Plans issued within 20 weeks, excluding exceptions", _in_time_ex, "Of these within 20 weeks"
    ),
    "within_pct_ex": measure(
        Kind.PERCENT, "Share, excluding exceptions", "within_ex", "issued_ex", made=percentage
    ),
}
KEYS = Keys(
    by_month("month"),
    headline={
        **PLANS_ISSUED,
        "open": count("Assessments open", lambda scope, _: _open(scope)),
        "open_over_20_weeks": count(
            "Assessments open for more than 20 weeks", lambda scope, _: _open(scope, *BANDS[OVER_20_WEEKS:])
        ),
        "oldest_open_weeks": measure(Kind.WEEKS, "", "open", on=_with_the_oldest, is_mute=True),
        "requests_decided_pct_6_weeks": measure(
            Kind.PERCENT, "", "requests_decided_6_weeks", "requests_decided", made=percentage
        ),
        "bands": Key(
            Kind.COUNT,
            Counts(lambda scope, _, band: _open(scope, band)),
            by_code={band: f"{band} weeks" for band in BANDS},
        ),
        "requests_decided": count("Requests decided", _decided),
        "requests_decided_6_weeks": count("Requests decided within 6 weeks", _decided_in_time),
        "undecided_over_6_weeks": count("Assessments undecided for more than 6 weeks", _undecided),
    },
    row={"month": known(Kind.MONTH, "Month"), **PLANS_ISSUED},
    sums=_sums,
    has_all_rows=True,
    needed=("issued_ex", "within_ex", "issued", "within", "open", "open_over_20_weeks"),
)


def _without_assessment_caveats(plans: int) -> tuple[str, ...]:
    if not plans:
        return ()
    without = formats.plural(plans, "plan")
    issued, counts = ("was", "does not count") if plans == 1 else ("were", "do not count")
    return (f"{without} issued in these months {issued} recorded without an assessment and {counts}.",)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words: the share with its counts, including and excluding exceptions, then what is still open."""
    return f"{_issued_in_words(result)} {_open_in_words(result)}"


def _issued_in_words(result: Result[Headline, Row]) -> str:
    now, when = result.headline, period(result.scope)
    if not now.issued:
        return f"No plan with a recorded assessment was issued {when}."
    return (
        f"Of the EHC plans issued {when}, {_share(now.within_pct_ex, now.within_ex, now.issued_ex)} were "
        "issued within 20 weeks of the request, excluding exceptions; including exceptions "
        f"{_share(now.within_pct, now.within, now.issued)}."
    )


def _share(share: float | None, part: int, whole: int) -> str:
    """ "34.1% (1,064 of 3,120)"."""
    return f"{formats.percent(share) if whole else 'none'} ({formats.of(part, whole)})"


def _open_in_words(result: Result[Headline, Row]) -> str:
    now = result.headline
    if now.oldest_open_weeks is None:
        return f"No assessment is open on {formats.day(result.scope.as_at)}."
    are = "assessment is" if now.open == 1 else "assessments are"
    return (
        f"{formats.count(now.open)} {are} open, {formats.count(now.open_over_20_weeks)} for more than 20 weeks; the "
        f"oldest for {formats.weeks(now.oldest_open_weeks)}."
    )


def message(result: Result[Headline, Row]) -> str:
    """ "34.1% of plans were issued within 20 weeks, and 323 open assessments have waited longer"."""
    now = result.headline
    if now.within_pct_ex is None:
        share = (
            "Every plan issued had an exception" if now.issued else "No plan with an assessment was issued"
        )
    else:
        share = f"{formats.percent(now.within_pct_ex)} of plans were issued within 20 weeks"
    if not now.open_over_20_weeks:
        return share
    have = "open assessment has" if now.open_over_20_weeks == 1 else "open assessments have"
    return f"{share}, and {formats.count(now.open_over_20_weeks)} {have} waited longer"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """The share excluding and including exceptions, open assessments by weeks, and first decisions within 6 weeks."""
    now = result.headline
    bands = ", ".join(f"{weeks} weeks: {formats.count(number)}" for weeks, number in now.bands.items())
    undecided = now.undecided_over_6_weeks
    waiting = f"{formats.count(undecided)} more {'waits' if undecided == 1 else 'wait'} longer"
    decided = formats.of(now.requests_decided_6_weeks, now.requests_decided)
    within_ex, within = formats.of(now.within_ex, now.issued_ex), formats.of(now.within, now.issued)
    return (
        fact(
            KEYS, now, "within_pct_ex", "Issued within 20 weeks, excluding exceptions", f"{within_ex} plans"
        ),
        fact(KEYS, now, "within_pct", "Issued within 20 weeks, including exceptions", f"{within} plans"),
        Fact("Assessments open", now.open, Kind.COUNT, bands, ("open", "open_over_20_weeks")),
        fact(
            KEYS,
            now,
            "requests_decided_pct_6_weeks",
            "Decided within 6 weeks whether to assess",
            f"{decided} requests; {waiting}",
        ),
    )


def chart(result: Result[Headline, Row]) -> Chart:
    """The share of each month's plans issued within 20 weeks, including and excluding exceptions."""
    return lines(
        (month.end for month in YearTo(result.scope.as_at).months()),
        Axis("Percent of plans issued in each month", Kind.PERCENT, from_zero=True),
        series("Excluding exceptions", "within_pct_ex", result.rows, KEYS.row_key),
        series("Including exceptions", "within_pct", result.rows, KEYS.row_key, tone=Tone.SECOND),
        levels=levels(goal(result)),
    )


def goal(result: Result[Headline, Row]) -> Goal:
    """The target is every plan within 20 weeks (regulation 13(2)); the minimum is about England's share before 2022."""
    now = result.headline
    waiting = formats.plural(now.open_over_20_weeks, "assessment is", "assessments are")
    return Goal(
        100.0,
        LIMIT_PCT,
        "Every plan within 20 weeks, as the SEND Regulations 2014 require; the minimum is 60%, about "
        "England's share before 2022.",
        _late(result),
        f"{waiting} open for more than 20 weeks",
    )


def _late(result: Result[Headline, Row]) -> Fact:
    return Fact(
        "plans later than 20 weeks", result.headline.issued_ex - result.headline.within_ex, Kind.COUNT
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
        "Plans issued in the 12 months to the day, after the day a year earlier, on or before day 140 "
        "after the request for an assessment. A plan counts in the month in which it is issued, so "
        "clearing a backlog lowers the share. An assessment is open until it is refused, ends without a "
        "plan, or its plan is issued; a decision to issue does not end it. A request is decided within 6 "
        "weeks on or before day 42."
    ),
    denominator=(
        "Plans issued in the 12 months that have a recorded assessment. Excluding exceptions: without "
        "the assessments to which an exception in the SEND Regulations 2014 applies. For the 6 weeks: "
        "requests on which a decision whether to assess was made in the 12 months."
    ),
    left_out="Plans without a recorded assessment; they are counted in a note.",
    undefined=(
        "Not available when no plan with an assessment was issued, no request was decided, or no assessment is open."
    ),
    better=Better.HIGHER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Assessment and plan records",
    query=query,
    in_words=sentence,
    message=message,
    figures=facts,
    chart=chart,
    caption=lambda result: f"Plans issued by month and within 20 weeks, {period(result.scope)}",
    keys=KEYS,
    counts=(Assessment,),
    report=(InReport(ReportSection.REVIEW),),
    filters=(DISTRICT,),
    goal=goal,
    stake=_late,
)
