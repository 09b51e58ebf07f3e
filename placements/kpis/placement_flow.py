"""How many placements in INMSS start and end, by which route, and how many leavers are due?"""

import operator
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Value

from placements import counts
from placements.models import Placement, Route
from placements.narrowing import ATTENDANCE, DISTRICT, NEED, SECTOR
from placements.querysets import leaver_of
from placements.twelve_months import part_month_caveats, period
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Axis, Chart, Tone, lines, series
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Better, Fact, Group, InReport, Kpi, ReportSection, Result, fact
from sen_dashboard.core.kpi.published import Key, Keys, Withheld, by_code_in_words, count, known, measure
from sen_dashboard.core.kpi.quantities import Addition, part, total
from sen_dashboard.core.kpi.row_keys import by_month
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import AcademicYear, Month, YearTo, year_before
from sen_dashboard.core.sql import select_from

NOT_RECORDED = "NOT_RECORDED"
ROUTES = {"": NOT_RECORDED} | {code: code for code in Route.values}
"""The published key for each route in the records."""
ROUTE_LABELS = {**dict(Route.choices), NOT_RECORDED: "Not recorded"}

BY_MONTH_AND_ROUTE = """
    SELECT TO_CHAR(day, 'YYYY-MM') AS month, route, SUM(starts) AS starts, SUM(ends) AS ends
    FROM records GROUP BY month, route
"""


@dataclass(frozen=True)
class Headline:
    starts: int
    ends: int
    net: int
    leavers_due: int
    open: int


@dataclass(frozen=True)
class Row:
    month: str
    inmss_starts: int
    inmss_ends: int
    net: int
    by_route: dict[str, int]  # starts


def query(scope: Scope) -> Result[Headline, Row]:
    """Starts and ends of the 12 months by month, and the leavers due: two statements."""
    year = YearTo(scope.as_at)
    started, ended = (counts.moves(scope, what, year.start, year.end).records for what in ("starts", "ends"))
    starts_of_all = started.values("route", day=F("first"), starts=Value(1), ends=Value(0))
    ends_of_all = ended.values("route", day=F("until"), starts=Value(0), ends=Value(1))
    moved = select_from(starts_of_all.union(ends_of_all, all=True), BY_MONTH_AND_ROUTE)
    now = _open(scope).records.aggregate(
        open=Count("pk"), leavers_due=Count("pk", filter=leaver_of(AcademicYear.containing(scope.as_at)))
    )
    rows = tuple(
        _row(month, [counted for counted in moved if counted["month"] == str(month)])
        for month in year.months()
    )
    starts, ends = sum(row.inmss_starts for row in rows), sum(row.inmss_ends for row in rows)
    headline = Headline(starts, ends, starts - ends, now["leavers_due"], now["open"])
    return Result(scope, headline, rows, part_month_caveats(scope))


def _row(month: Month, moved: list[dict[str, Any]]) -> Row:
    """A month's row; ``moved`` holds its starts and ends by route."""
    starts = {ROUTES[counted["route"]]: counted["starts"] for counted in moved}
    by_route = {key: starts.get(key, 0) for key in ROUTE_LABELS}
    started, ended = sum(by_route.values()), sum(counted["ends"] for counted in moved)
    return Row(str(month), started, ended, started - ended, by_route)


def _open(scope: Scope, _: None = None) -> counts.Placements:
    return counts.children(scope, scope.as_at, Provision.INMSS)


def _leavers_due(scope: Scope, _: None = None) -> counts.Placements:
    year = AcademicYear.containing(scope.as_at)
    return _open(scope).where(leaver_of(year), leaves=year.end)


def _moves(what: str, title: str, heading: str = "") -> Key:
    """The starts or ends in the 12 months, or in a row's month.

    Few placements start or end in a month. Next to the children at month ends, or a month without any ends, they could
    be hidden from the public only by hiding the number of children itself.
    """
    return count(
        title,
        lambda scope, month: counts.moves(scope, what, *YearTo(scope.as_at).days_of(month)),
        heading,
        is_withheld=bool(heading),
    )


def _sums(result: Result[Headline, Row]) -> Iterator[Addition]:
    """The children at the beginning and those who started are the children who are still there and those who ended."""
    scope, year = result.scope, YearTo(result.scope.as_at)
    ever, starts, ends = (
        counts.moves_named(scope, what, year.start, year.end) for what in ("ever", "starts", "ends")
    )
    yield total(ever, (counts.children(scope, year_before(scope.as_at), Provision.INMSS), starts))
    yield total(ever, (_open(scope), ends))
    yield part(_open(scope), _leavers_due(scope))


STARTED, ENDED = "INMSS placements started", "INMSS placements ended"

KEYS = Keys(
    by_month("month"),
    headline={
        "starts": _moves("starts", STARTED),
        "ends": _moves("ends", ENDED),
        "net": measure(Kind.COUNT, "", "starts", "ends", made=operator.sub),
        "leavers_due": count("Leavers due", _leavers_due, listed="leavers"),
        "open": count("INMSS placements open", _open),
    },
    row={
        "month": known(Kind.MONTH, "Month"),
        "inmss_starts": _moves("starts", STARTED, "Starts"),
        "inmss_ends": _moves("ends", ENDED, "Ends"),
        "net": Key(Kind.COUNT, Withheld(), "Net"),
        "by_route": Key(Kind.COUNT, Withheld(), "Starts by route", by_code=ROUTE_LABELS),
    },
    sums=_sums,
    has_all_rows=True,
    needed=("open", "leavers_due"),
    open_caveats=True,  # of days
)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words: what started and ended, what is open, and who is due to leave."""
    now = result.headline
    schools = "independent or non-maintained special schools"
    if not (now.starts or now.ends or now.open):
        return f"No placement in {schools} started, ended or was open {period(result.scope)}."
    began = formats.plural(now.starts, "placement")
    return (
        f"{began} in {schools} started and {formats.count(now.ends)} ended {period(result.scope)}, so "
        f"{formats.count(now.open)} {_are(now.open)} open, {_against_year_before(now.net)}. {_leavers(result)}"
    )


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _against_year_before(net: int) -> str:
    """ "33 fewer than a year earlier"."""
    if not net:
        return "the same as a year earlier"
    return f"{formats.count(abs(net))} {'more' if net > 0 else 'fewer'} than a year earlier"


def _leavers(result: Result[Headline, Row]) -> str:
    due = result.headline.leavers_due
    leave = formats.day(AcademicYear.containing(result.scope.as_at).end)
    return (
        f"{formats.count(due)} of these {_are(due)} of young people who reach the end of year 11 or 14, or age 25, "
        f"by {leave}."
    )


def message(result: Result[Headline, Row]) -> str:
    """ "842 INMSS placements, 33 fewer than a year earlier, and 180 leavers due by 31 August 2019"."""
    now = result.headline
    leave = formats.day(AcademicYear.containing(result.scope.as_at).end)
    leavers = formats.plural(now.leavers_due, "leaver")
    placements = formats.plural(now.open, "INMSS placement")
    return f"{placements}, {_against_year_before(now.net)}, and {leavers} due by {leave}"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """The net change, the starts with their routes, the ends, and the leavers due."""
    now = result.headline
    leave = formats.day(AcademicYear.containing(result.scope.as_at).end)
    moved = f"{formats.plural(now.starts, 'start')} less {formats.plural(now.ends, 'end')}"
    by_route = {key: sum(row.by_route[key] for row in result.rows) for key in ROUTE_LABELS}
    return (
        fact(KEYS, now, "net", "Net change in INMSS placements", moved),
        fact(KEYS, now, "starts", "Placements started", by_code_in_words(by_route, ROUTE_LABELS)),
        fact(KEYS, now, "ends", "Placements ended", period(result.scope)),
        Fact(
            f"Leavers due by {leave}",
            now.leavers_due,
            Kind.COUNT,
            f"of {formats.count(now.open)} open",
            ("leavers_due", "open"),
        ),
    )


def chart(result: Result[Headline, Row]) -> Chart:
    """Starts and ends in each month."""
    return lines(
        (month.end for month in YearTo(result.scope.as_at).months()),
        Axis("INMSS placements in each month", Kind.COUNT, from_zero=True),
        series("Starts", "inmss_starts", result.rows, KEYS.row_key),
        series("Ends", "inmss_ends", result.rows, KEYS.row_key, tone=Tone.SECOND),
    )


KPI = Kpi(
    slug="placement_flow",
    title="Starts and ends of INMSS placements",
    question=(
        "How many placements in independent or non-maintained special schools (INMSS) start and end, by which "
        "route, and how many leavers are due?"
    ),
    group=Group.PLACEMENTS,
    kind=Kind.COUNT,
    numerator=(
        "INMSS placements that start or end in the 12 months to the day, after the day a year earlier. A "
        "placement starts on the first day on which it is open under its plan. It ends on the first day on which it "
        "is not: the day after its last (one whose last day is 31 August ends in September), or the day its plan "
        "ceases. Leavers due are the placements open on the day of young people who reach the end of year 11 or 14, "
        "or age 25, by the next 31 August."
    ),
    denominator=(
        "The placements open a year earlier: adding the starts and taking away the ends gives those open "
        "on the day."
    ),
    left_out=(
        "Placements that are open on no day. A move from one INMSS school to another counts as an end "
        "and a start; a placement that carries on another at the same school from the day after, as when the "
        "attendance changes, is neither. Leavers are identified by age alone, whether or not an end date is known."
    ),
    undefined="Never: where nothing starts, ends or is open the counts are 0.",
    better=Better.NEITHER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Plan, placement and children's records",
    query=query,
    in_words=sentence,
    message=message,
    figures=facts,
    chart=chart,
    caption=lambda result: f"Starts and ends of INMSS placements by month, {period(result.scope)}",
    keys=KEYS,
    counts=(Placement,),
    report=(InReport(ReportSection.INMSS, place=1),),
    filters=(DISTRICT, NEED, SECTOR, ATTENDANCE),
    is_change=True,
)
