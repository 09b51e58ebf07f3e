"""How fast has INMSS grown against state special schools?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from django.db.models import Max, Min

from placements import counts
from placements.models import Placement
from placements.narrowing import DISTRICT, NEED
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Axis, Chart, Tone, lines, series
from sen_dashboard.core.codes import Provision
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
)
from sen_dashboard.core.kpi.messages import moved
from sen_dashboard.core.kpi.published import Key, Keys, count, known, measure
from sen_dashboard.core.kpi.quantities import Addition, part
from sen_dashboard.core.kpi.row_keys import by_day
from sen_dashboard.core.kpi.scope import Filter, Scope
from sen_dashboard.core.money import growth, percentage
from sen_dashboard.core.periods import FinancialYear

LIMIT_POINTS = 10
FIRST_BASE = FinancialYear(1990)  # limits how many days a reader can ask to be counted


def _parse_base(text: str) -> FinancialYear:
    """Read a base year. Raises ValueError with a sentence."""
    base = FinancialYear.parse(text)
    if base < FIRST_BASE:
        raise ValueError(f"Choose a base year from {FIRST_BASE} on.")
    return base


DEFAULT_BASE = FinancialYear(2013)


def _base_years() -> list[tuple[str, str]]:
    """The years with placements, and the usual base year, latest first."""
    held = Placement.objects.aggregate(first=Min("starts_on"), last=Max("starts_on"))
    found = {FinancialYear.containing(day) for day in held.values() if day} | {DEFAULT_BASE}
    first, last = max(min(found), FIRST_BASE), max(found)
    years = (str(first.plus(n)) for n in range(last.first_year - first.first_year, -1, -1))
    return [(year, year) for year in years]


BASE = Filter("base", "Base year", _parse_base, lambda _: DEFAULT_BASE, options=_base_years)


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
        counts.children_by_day(scope, days, kind) for kind in (Provision.INMSS, Provision.SPECIAL)
    )
    inmss_base, special_base = inmss.get(base_day), special.get(base_day)  # None if the day is before it
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


def _on_day(provision: Provision, title: str) -> Key:
    """The children placed in the provision on a row's day, or on the day of the scope."""
    return count(title, lambda scope, day: counts.children(scope, day or scope.as_at, provision))


def _on_base_day(provision: Provision, title: str) -> Key:
    return count(
        f"{title} on the base day", lambda scope, _: counts.children(scope, scope[BASE].end, provision)
    )


def _sums(result: Result[Headline, Row]) -> Iterator[Addition]:
    """The children placed are some of those with a plan."""
    for row in result.rows:
        on = partial(counts.children, result.scope, row.day)
        yield part(counts.plans(result.scope, row.day), on(Provision.INMSS), on(Provision.SPECIAL))


IN_INMSS, IN_SPECIAL = "Children in INMSS", "Children in state special schools"
PLACED = {
    "inmss": _on_day(Provision.INMSS, IN_INMSS),
    "special": _on_day(Provision.SPECIAL, IN_SPECIAL),
}
KEYS = Keys(
    by_day("day"),
    headline={
        **PLACED,
        "base_day": known(Kind.DAY),
        "inmss_growth_pct": measure(Kind.PERCENT, "", "inmss", "inmss_base", made=growth),
        "special_growth_pct": measure(Kind.PERCENT, "", "special", "special_base", made=growth),
        "inmss_base": _on_base_day(Provision.INMSS, IN_INMSS),
        "special_base": _on_base_day(Provision.SPECIAL, IN_SPECIAL),
    },
    row={
        "day": known(Kind.DAY, "Day"),
        **PLACED,
        "inmss_index": measure(Kind.INDEX, "INMSS index", "inmss", headline=("inmss_base",), made=percentage),
        "special_index": measure(
            Kind.INDEX, "State special index", "special", headline=("special_base",), made=percentage
        ),
    },
    sums=_sums,
    has_all_rows=True,
)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words, with the counts behind each percentage."""
    now = result.headline
    if result.scope.as_at < now.base_day:
        return f"{formats.day(result.scope.as_at)} is before the base day, {formats.day(now.base_day)}."
    inmss = _grew(now.inmss_growth_pct, now.inmss_base, now.inmss)
    special = _grew(now.special_growth_pct, now.special_base, now.special)
    return (
        f"Since {formats.day(now.base_day)} the number of children in independent or non-maintained special "
        f"schools {inmss}, and in state special schools it {special}."
    )


def _grew(change: float | None, before: int | None, now: int) -> str:
    """How a number moved: "rose 60.1% (526 to 842)"; the counts only if the percentage is not defined."""
    if now == before:
        return f"stayed at {formats.count(now)}"
    counts = f"{formats.count(before)} to {formats.count(now)}"
    if change is None:
        return f"went from {counts}"
    return f"{'rose' if change > 0 else 'fell'} {formats.percent(abs(change))} ({counts})"


def message(result: Result[Headline, Row]) -> str:
    """ "Children in INMSS rose 60% since 2013-14, in state special schools they rose 30%"."""
    now, base = result.headline, result.scope[BASE]
    if now.inmss_base is None or now.special_base is None:
        return f"The day is before the end of {base}"
    inmss, special = moved(now.inmss_base, now.inmss), moved(now.special_base, now.special)
    return f"Children in INMSS {inmss} since {base}, in state special schools they {special}"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """Both rates of growth with their counts, and the day from which they are measured."""
    now = result.headline

    def grown(kind: str, label: str) -> Fact:
        before, after = getattr(now, f"{kind}_base"), getattr(now, kind)
        raw = f"{formats.count(before)} to {formats.plural(after, 'child', 'children')}"
        return fact(KEYS, now, f"{kind}_growth_pct", label, raw)

    return (
        grown("inmss", "Growth of INMSS"),
        grown("special", "Growth of state special schools"),
        fact(KEYS, now, "base_day", "Measured from", f"the end of {result.scope[BASE]}"),
    )


def chart(result: Result[Headline, Row]) -> Chart:
    """Both numbers of children as an index, with the base day as 100."""
    return lines(
        (row.day for row in result.rows),
        Axis(f"Children, {formats.day(result.headline.base_day)} = 100", Kind.INDEX),
        series("INMSS", "inmss_index", result.rows, KEYS.row_key),
        series("State special", "special_index", result.rows, KEYS.row_key, tone=Tone.SECOND),
        named_by=Kind.DAY,
    )


def goal(result: Result[Headline, Row]) -> Goal | None:
    """The target is growth no faster than state special schools', and the limit ten percentage points faster."""
    now = result.headline
    if now.special_growth_pct is None:
        return None
    return Goal(
        now.special_growth_pct,
        now.special_growth_pct + LIMIT_POINTS,
        "No faster than state special schools; the limit is ten points faster.",
        _more_than_at_their_pace(now),
        f"children in state special schools {_grew(now.special_growth_pct, now.special_base, now.special)}",
    )


def _more_than_at_their_pace(now: Headline) -> Fact | None:
    """How many more children are in INMSS than if it had grown at the pace of state special schools."""
    if not now.inmss_base or not now.special_base:
        return None
    at_their_pace = Decimal(now.inmss_base * now.special) / now.special_base
    return Fact(
        "children more than at the pace of state special schools", now.inmss - at_their_pace, Kind.COUNT
    )


KPI = Kpi(
    slug="inmss_growth",
    title="Growth of INMSS and state special schools",
    question=(
        "How fast have independent and non-maintained special schools (INMSS) grown compared with state "
        "special schools?"
    ),
    group=Group.PLACEMENTS,
    numerator="Children with a placement open on the day, less those on the base day.",
    denominator="Children with a placement open on the base day, the last day of the base financial year.",
    left_out="Placements that outlast their plan are not counted once the plan has ceased.",
    undefined="Not available when no child was placed on the base day, or the day is before it.",
    kind=Kind.PERCENT,
    better=Better.LOWER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Plan and placement records",
    query=query,
    in_words=sentence,
    message=message,
    figures=facts,
    chart=chart,
    caption=lambda result: (
        f"Children in INMSS and state special schools at each 31 March and on {formats.day(result.scope.as_at)}"
    ),
    keys=KEYS,
    counts=(Placement,),
    report=(InReport(ReportSection.INMSS),),
    filters=(BASE, DISTRICT, NEED),
    is_change=True,
    goal=goal,
    series=lambda result: tuple(row.inmss_index for row in result.rows),
    draws_year_before=False,  # the chart already has earlier years
)
