"""How fast has INMSS grown against state special schools?

Numerator: children with a placement open on the day less those on the base day, in INMSS and in state special
schools.
Denominator: children on the base day, the last day of the base financial year.
Left out: placements that outlast their plan, once it has ceased.
Undefined when no child was placed on the base day, or the day comes before it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from placements import quantities
from placements.narrowing import DISTRICT, NEED, placements_in
from placements.querysets import PlacementQuerySet
from sen_dashboard.core import charts, formats
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.disclosure import OPEN, Addition, Counted, Disclosure, part, rests_on
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi import Better, Fact, Goal, Group, Kpi, Part, Result
from sen_dashboard.core.money import growth, percentage
from sen_dashboard.core.periods import FinancialYear
from sen_dashboard.core.row_keys import by_day
from sen_dashboard.core.scope import Filter, Scope
from sen_dashboard.core.tables import KindColumn, KpiTable

FLOOR_POINTS = 10
FIRST_BASE = FinancialYear(1990)  # bounds the days a reader can ask to be counted


def _parse_base(text: str) -> FinancialYear:
    """Read a base year. Raises ValueError with a sentence."""
    base = FinancialYear.parse(text)
    if base < FIRST_BASE:
        raise ValueError(f"Choose a base year from {FIRST_BASE} on.")
    return base


BASE = Filter("base", "Base year", _parse_base, lambda _: FinancialYear(2013))


ROW_KEY = by_day("day")


@dataclass(frozen=True)
class Headline:
    base_day: date
    inmss_growth_pct: float | None
    special_growth_pct: float | None
    inmss_base: int | None
    inmss: int
    special_base: int | None
    special: int


@dataclass(frozen=True)
class Row:
    day: date
    inmss: int
    special: int
    inmss_index: float | None
    special_index: float | None


def query(scope: Scope) -> Result[Headline, Row]:
    """Children in INMSS and in state special schools at each 31 March and on the day: two statements."""
    base_day = scope[BASE].end
    days = _days(scope[BASE], scope.as_at)
    inmss, special = (
        placements_in(scope).in_provision(kind).count_on(days)
        for kind in (Provision.INMSS, Provision.SPECIAL)
    )
    inmss_base, special_base = inmss.get(base_day), special.get(base_day)  # None when the day comes before
    rows = tuple(
        Row(
            day,
            inmss[day],
            special[day],
            percentage(inmss[day], inmss_base),
            percentage(special[day], special_base),
        )
        for day in days
    )
    headline = Headline(
        base_day,
        growth(inmss[scope.as_at], inmss_base),
        growth(special[scope.as_at], special_base),
        inmss_base,
        inmss[scope.as_at],
        special_base,
        special[scope.as_at],
    )
    return Result(scope, headline, rows)


def _days(base: FinancialYear, as_at: date) -> list[date]:
    """Each 31 March from the end of the base year to the as-at day, and that day, each once."""
    latest = FinancialYear.containing(as_at)
    year_ends = [base.plus(n).end for n in range(latest.first_year - base.first_year)]
    return [*year_ends, as_at]


def _placed(scope: Scope, provision: Provision, day: date) -> PlacementQuerySet:
    """The children counted in the provision on ``day``, as their placements."""
    return placements_in(scope).in_provision(provision).open_on(day)


def _on_row(scope: Scope, row: date | None) -> date:
    return row or scope.as_at


def _base_day(scope: Scope, _: None) -> date:
    return scope[BASE].end


PARTS = (
    Part(
        "inmss",
        "Children in INMSS",
        lambda scope, row: _placed(scope, Provision.INMSS, _on_row(scope, row)),
        day=_on_row,
    ),
    Part(
        "special",
        "Children in state special schools",
        lambda scope, row: _placed(scope, Provision.SPECIAL, _on_row(scope, row)),
        day=_on_row,
    ),
    Part(
        "inmss_base",
        "Children in INMSS on the base day",
        lambda scope, _: _placed(scope, Provision.INMSS, scope[BASE].end),
        day=_base_day,
    ),
    Part(
        "special_base",
        "Children in state special schools on the base day",
        lambda scope, _: _placed(scope, Provision.SPECIAL, scope[BASE].end),
        day=_base_day,
    ),
)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words, with the counts behind each percentage."""
    now = result.headline
    if result.scope.as_at < now.base_day:
        return f"{formats.day(result.scope.as_at)} comes before the base day, {formats.day(now.base_day)}."
    inmss = _grew(now.inmss_growth_pct, now.inmss_base, now.inmss)
    special = _grew(now.special_growth_pct, now.special_base, now.special)
    return (
        f"Since {formats.day(now.base_day)} the number of children in independent or non-maintained special "
        f"schools {inmss}, and in state special schools it {special}."
    )


def _grew(change: float | None, before: int | None, now: int) -> str:
    """How a number moved: "rose 60.1% (526 to 842)"; counts alone where no percentage is defined."""
    if now == before:
        return f"stayed at {formats.count(now)}"
    counts = f"{formats.count(before)} to {formats.count(now)}"
    if change is None:
        return f"went from {counts}"
    return f"{'rose' if change > 0 else 'fell'} {formats.percent(abs(change))} ({counts})"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """Both growths with the counts they are made of, and the day they are measured from."""
    now = result.headline

    def counts(before: int | None, after: int) -> str:
        return f"{formats.count(before)} to {formats.plural(after, 'child', 'children')}"

    return (
        Fact(
            "Growth of INMSS",
            now.inmss_growth_pct,
            Kind.PERCENT,
            counts(now.inmss_base, now.inmss),
            ("inmss", "inmss_base"),
        ),
        Fact(
            "Growth of state special schools",
            now.special_growth_pct,
            Kind.PERCENT,
            counts(now.special_base, now.special),
            ("special", "special_base"),
        ),
        Fact("Measured from", now.base_day, Kind.DAY, f"the end of {result.scope[BASE]}"),
    )


def figure(result: Result[Headline, Row]) -> go.Figure:
    """Both numbers of children as an index, the base day being 100."""
    days, rows = [row.day for row in result.rows], [ROW_KEY.of(row) for row in result.rows]
    return charts.figure(
        charts.line(
            "INMSS", days, [row.inmss_index for row in result.rows], marks=charts.Marks("inmss", rows)
        ),
        charts.line(
            "State special",
            days,
            [row.special_index for row in result.rows],
            colour=charts.SECOND,
            marks=charts.Marks("special", rows),
        ),
        y_title=f"Children, {formats.day(result.headline.base_day)} = 100",
        xaxis={"tickvals": charts.days(days), "ticktext": [formats.day_short(day) for day in days]},
    )


def goal(result: Result[Headline, Row]) -> Goal | None:
    """No faster than state special schools, and at most ten points faster."""
    special = result.headline.special_growth_pct
    if special is None:
        return None
    return Goal(
        special,
        special + FLOOR_POINTS,
        "No faster than state special schools; the floor is ten points faster.",
    )


class Table(KpiTable):
    day = KindColumn(Kind.DAY, verbose_name="Day")
    inmss = KindColumn(Kind.COUNT, verbose_name="Children in INMSS")
    special = KindColumn(Kind.COUNT, verbose_name="Children in state special schools")
    inmss_index = KindColumn(Kind.INDEX, verbose_name="INMSS index")
    special_index = KindColumn(Kind.INDEX, verbose_name="State special index")


def _placed_on(provision: Provision, day: Callable[[Result[Headline, Row], Row], date]) -> Counted:
    return Counted(lambda result, row: quantities.children(result.scope, day(result, row), provision))


def _additions(result: Result[Headline, Row]) -> Iterator[Addition]:
    """The children are some of those with a plan."""
    for row in result.rows:
        placed = (
            quantities.children(result.scope, row.day, kind) for kind in (Provision.INMSS, Provision.SPECIAL)
        )
        yield part(quantities.plans(result.scope, row.day), *placed)


DISCLOSURE = Disclosure(
    headline={
        "base_day": OPEN,
        "inmss_growth_pct": rests_on("inmss", "inmss_base"),
        "special_growth_pct": rests_on("special", "special_base"),
        "inmss_base": _placed_on(Provision.INMSS, lambda result, _: result.headline.base_day),
        "inmss": _placed_on(Provision.INMSS, lambda result, _: result.scope.as_at),
        "special_base": _placed_on(Provision.SPECIAL, lambda result, _: result.headline.base_day),
        "special": _placed_on(Provision.SPECIAL, lambda result, _: result.scope.as_at),
    },
    row={
        "day": OPEN,
        "inmss": _placed_on(Provision.INMSS, lambda _, row: row.day),
        "special": _placed_on(Provision.SPECIAL, lambda _, row: row.day),
        "inmss_index": rests_on("inmss", headline=("inmss_base",)),
        "special_index": rests_on("special", headline=("special_base",)),
    },
    sums=_additions,
)


KPI = Kpi(
    slug="inmss_growth",
    title="Growth of INMSS and state special schools",
    question=(
        "How fast have independent and non-maintained special schools (INMSS) grown against state special schools?"
    ),
    group=Group.PLACEMENTS,
    numerator="Children with a placement open on the day, less those on the base day.",
    denominator="Children with a placement open on the base day, the last day of the base financial year.",
    left_out="Placements that outlast their plan are not counted once the plan has ceased.",
    undefined="Not available when no child was placed on the base day, or the day comes before it.",
    kind=Kind.PERCENT,
    better=Better.LOWER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Plan and placement records",
    query=query,
    sentence=sentence,
    facts=facts,
    figure=figure,
    table=Table,
    caption=lambda result: (
        f"Children in INMSS and state special schools at each 31 March and on {formats.day(result.scope.as_at)}"
    ),
    parts=PARTS,
    row_key=ROW_KEY,
    disclosure=DISCLOSURE,
    filters=(BASE, DISTRICT, NEED),
    is_change=True,
    goal=goal,
    series=lambda result: tuple(row.inmss_index for row in result.rows),
    draws_year_before=False,  # the years before are in the chart already
)
