"""How many placements in INMSS start and end, by which route, and how many leavers are due?

Numerator: INMSS placements that start or end in the 12 months to the day; and of those open on the day, the
placements of young people who reach the end of year 11 or 14, or age 25, by the next 31 August. A placement starts
on the first day on which it is open, that is when it and its plan have begun; it ends on the first day on which it
is no longer open, the day after its last or the day its plan ceases, whichever comes first. So the number open on
the day is that of the year before, plus starts, less ends.
Denominator: the placements open a year before; with the starts and less the ends they are those open on the day,
out of which the leavers are told.
Left out: placements that are open on no day. A move from one INMSS school to another is left in: an end and a start.
Undefined: never; where nothing starts or ends the counts are 0.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_tables2 as tables
import plotly.graph_objects as go
from django.db.models import Count, QuerySet

from placements import quantities
from placements.models import Route
from placements.narrowing import ATTENDANCE, DISTRICT, NEED, SECTOR, placements_in
from placements.querysets import PlacementQuerySet, leaver_of
from placements.twelve_months import part_month_caveats, period
from sen_dashboard.core import charts, formats
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.disclosure import (
    OPEN,
    WITHHELD,
    Addition,
    Counted,
    Disclosure,
    Quantity,
    part,
    rests_on,
    total,
)
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi import Better, Fact, Group, Kpi, Part, Result
from sen_dashboard.core.periods import AcademicYear, Month, YearTo, year_before
from sen_dashboard.core.row_keys import by_month
from sen_dashboard.core.scope import Scope
from sen_dashboard.core.sql import select_from
from sen_dashboard.core.tables import KindColumn, KpiTable

NOT_RECORDED = "NOT_RECORDED"
ROUTES = {"": NOT_RECORDED} | {code: code for code in Route.values}
"""The published key of each route, as the records hold it."""
ROUTE_LABELS = {**dict(Route.choices), NOT_RECORDED: "Not recorded"}

ROW_KEY = by_month("month")
BY_MONTH_AND_ROUTE = """
    SELECT TO_CHAR(day, 'YYYY-MM') AS month, route, SUM(starts) AS starts, SUM(ends) AS ends
    FROM records CROSS JOIN LATERAL (VALUES (first, 1, 0), (until, 0, 1)) AS moved (day, starts, ends)
    WHERE day BETWEEN %s AND %s
    GROUP BY month, route
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
    inmss, year = _inmss(scope), YearTo(scope.as_at)
    spans = inmss.ever_open().values("first", "until", "route")
    moved = select_from(spans, BY_MONTH_AND_ROUTE, year.start, year.end)
    now = inmss.open_on(scope.as_at).aggregate(
        open=Count("pk"), leavers_due=Count("pk", filter=leaver_of(AcademicYear.containing(scope.as_at)))
    )
    rows = tuple(
        _row(month, [counted for counted in moved if counted["month"] == str(month)])
        for month in year.months()
    )
    starts, ends = sum(row.inmss_starts for row in rows), sum(row.inmss_ends for row in rows)
    headline = Headline(starts, ends, starts - ends, now["leavers_due"], now["open"])
    return Result(scope, headline, rows, part_month_caveats(scope))


def _inmss(scope: Scope) -> PlacementQuerySet:
    return placements_in(scope).in_provision(Provision.INMSS)


def _moved(scope: Scope, month: Month | None, edge: str) -> QuerySet[Any, Any]:
    """The placements with their ``edge``, "first" or "until", in the 12 months, or in those days of the month."""
    days = YearTo(scope.as_at).days_of(month)
    return _inmss(scope).ever_open().filter(**{f"{edge}__range": days})


def _open(scope: Scope) -> PlacementQuerySet:
    return _inmss(scope).open_on(scope.as_at)


def _leavers_due(scope: Scope) -> PlacementQuerySet:
    return _open(scope).filter(leaver_of(AcademicYear.containing(scope.as_at)))


PARTS = (
    Part("starts", "INMSS placements started", lambda scope, _: _moved(scope, None, "first")),
    Part("inmss_starts", "INMSS placements started", lambda scope, month: _moved(scope, month, "first")),
    Part("ends", "INMSS placements ended", lambda scope, _: _moved(scope, None, "until")),
    Part("inmss_ends", "INMSS placements ended", lambda scope, month: _moved(scope, month, "until")),
    Part("leavers_due", "Leavers due", lambda scope, _: _leavers_due(scope)),
    Part("open", "INMSS placements open", lambda scope, _: _open(scope)),
)


def _row(month: Month, moved: list[dict[str, Any]]) -> Row:
    """A month's row, ``moved`` being its starts and ends by route."""
    starts = {ROUTES[counted["route"]]: counted["starts"] for counted in moved}
    by_route = {key: starts.get(key, 0) for key in ROUTE_LABELS}
    started, ended = sum(by_route.values()), sum(counted["ends"] for counted in moved)
    return Row(str(month), started, ended, started - ended, by_route)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words: what started and ended, what is open, and who is due to leave."""
    now = result.headline
    schools = "independent or non-maintained special schools"
    if not (now.starts or now.ends or now.open):
        return f"No placement in {schools} started, ended or was open {period(result.scope)}."
    began = formats.plural(now.starts, "placement")
    return (
        f"{began} in {schools} started and {formats.count(now.ends)} ended {period(result.scope)}, so that "
        f"{formats.count(now.open)} {_are(now.open)} open, {_against_year_before(now.net)}. {_leavers(result)}"
    )


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _against_year_before(net: int) -> str:
    """ "33 fewer than a year before"."""
    if not net:
        return "as many as a year before"
    return f"{formats.count(abs(net))} {'more' if net > 0 else 'fewer'} than a year before"


def _leavers(result: Result[Headline, Row]) -> str:
    due = result.headline.leavers_due
    leave = formats.day(AcademicYear.containing(result.scope.as_at).end)
    return (
        f"{formats.count(due)} of these {_are(due)} of young people who reach the end of year 11 or 14, or age 25, "
        f"by {leave}."
    )


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """The net change, the starts with their routes, the ends, and the leavers due."""
    now = result.headline
    leave = formats.day(AcademicYear.containing(result.scope.as_at).end)
    counts = f"{formats.plural(now.starts, 'start')} less {formats.plural(now.ends, 'end')}"
    return (
        Fact("Net change in INMSS placements", now.net, Kind.COUNT, counts, ("starts", "ends")),
        Fact("Placements started", now.starts, Kind.COUNT, _by_route(_all_routes(result.rows)), ("starts",)),
        Fact("Placements ended", now.ends, Kind.COUNT, period(result.scope), ("ends",)),
        Fact(
            f"Leavers due by {leave}",
            now.leavers_due,
            Kind.COUNT,
            f"of {formats.count(now.open)} open",
            ("leavers_due", "open"),
        ),
    )


def _all_routes(rows: tuple[Row, ...]) -> dict[str, int]:
    """Starts by route over all months."""
    return {key: sum(row.by_route[key] for row in rows) for key in ROUTE_LABELS}


def _by_route(starts: Mapping[str, int]) -> str:
    """Starts by route in words, those without a start left out: "Panel 3, Parental 1"."""
    told = [f"{label} {formats.count(starts[key])}" for key, label in ROUTE_LABELS.items() if starts[key]]
    return ", ".join(told) or "none"


def figure(result: Result[Headline, Row]) -> go.Figure:
    """Starts and ends in each month."""
    month_ends = [month.end for month in YearTo(result.scope.as_at).months()]
    rows = [ROW_KEY.of(row) for row in result.rows]
    return charts.figure(
        charts.line(
            "Starts",
            month_ends,
            [row.inmss_starts for row in result.rows],
            marks=charts.Marks("inmss_starts", rows),
        ),
        charts.line(
            "Ends",
            month_ends,
            [row.inmss_ends for row in result.rows],
            colour=charts.SECOND,
            marks=charts.Marks("inmss_ends", rows),
        ),
        y_title="INMSS placements in each month",
        xaxis=charts.month_axis(month_ends),
        yaxis={"rangemode": "tozero"},
    )


class RouteColumn(tables.Column):
    """Numbers by route, in words."""

    def render(self, value: dict[str, int]) -> str:
        return _by_route(value)


class Table(KpiTable):
    month = KindColumn(Kind.MONTH, verbose_name="Month")
    inmss_starts = KindColumn(Kind.COUNT, verbose_name="Starts")
    inmss_ends = KindColumn(Kind.COUNT, verbose_name="Ends")
    net = KindColumn(Kind.COUNT, verbose_name="Net")
    by_route = RouteColumn(verbose_name="Starts by route", orderable=False)


def _moves(result: Result[Headline, Row], what: str) -> Quantity:
    """The starts or ends of the 12 months, or those that were there at any time in them."""
    year = YearTo(result.scope.as_at)
    return quantities.moves(result.scope, what, year.start, year.end)


def _leaving(scope: Scope) -> Quantity:
    return quantities.children(
        scope, scope.as_at, Provision.INMSS, leaves=AcademicYear.containing(scope.as_at).end
    )


def _additions(result: Result[Headline, Row]) -> Iterator[Addition]:
    """Who was there before and who started are those who are there still and who ended."""
    scope, ever = result.scope, _moves(result, "ever")
    before, now = (
        quantities.children(scope, day, Provision.INMSS) for day in (year_before(scope.as_at), scope.as_at)
    )
    yield total(ever, (before, _moves(result, "starts")))
    yield total(ever, (now, _moves(result, "ends")))
    yield part(now, _leaving(scope))


# Few placements start or end in a month. Beside the children at month ends, and a month in which none ends, they could
# only be hidden by hiding the number of children itself.
DISCLOSURE = Disclosure(
    headline={
        "starts": Counted(lambda result, _: _moves(result, "starts")),
        "ends": Counted(lambda result, _: _moves(result, "ends")),
        "net": rests_on("starts", "ends"),
        "leavers_due": Counted(lambda result, _: _leaving(result.scope)),
        "open": Counted(
            lambda result, _: quantities.children(result.scope, result.scope.as_at, Provision.INMSS)
        ),
    },
    row={
        "month": OPEN,
        "inmss_starts": WITHHELD,
        "inmss_ends": WITHHELD,
        "net": WITHHELD,
        "by_route": WITHHELD,
    },
    sums=_additions,
    open_caveats=True,  # of days
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
        "INMSS placements that start or end in the 12 months to the day, after the same day of the year before. A "
        "placement starts on the first day on which it is open under its plan. It ends on the first day on which it "
        "is not: the day after its last (one whose last day is 31 August ends in September), or the day its plan "
        "ceases. Leavers due are the placements open on the day of young people who reach the end of year 11 or 14, "
        "or age 25, by the next 31 August."
    ),
    denominator="The placements open a year before: with the starts and less the ends, they are those open on the day.",
    left_out=(
        "Placements that are open on no day. A move from one INMSS school to another is not left out: it is an end "
        "and a start. Leavers are told by age alone, whether or not an end is known."
    ),
    undefined="Never: where nothing starts, ends or is open the counts are 0.",
    better=Better.NEITHER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Plan, placement and children's records",
    query=query,
    sentence=sentence,
    facts=facts,
    figure=figure,
    table=Table,
    caption=lambda result: f"Starts and ends of INMSS placements by month, {period(result.scope)}",
    parts=PARTS,
    row_key=ROW_KEY,
    disclosure=DISCLOSURE,
    filters=(DISTRICT, NEED, SECTOR, ATTENDANCE),
    is_change=True,
)
