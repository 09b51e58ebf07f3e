"""Which need, provision, district or attendance drives the cost, and is it more children or a higher average cost?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import F

from placements import counts
from placements.counts import cost_of, known_cost_of
from placements.grouping import BY, BY_GROUP, NOT_RECORDED, PROVISION, grouping_of, in_group, provisions_of
from placements.models import Placement
from placements.narrowing import ATTENDANCE, DISTRICT, NEED
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import MOST_BARS, Axis, Chart, bars, series
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Better, Fact, Group, InReport, Kpi, ReportSection, Result, fact
from sen_dashboard.core.kpi.messages import main_part
from sen_dashboard.core.kpi.published import Key, Keys, Money, RestsOn, count, measure, sum_of, text
from sen_dashboard.core.kpi.quantities import Addition, Amount, Identified, part, total
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.money import percentage, to_penny
from sen_dashboard.core.periods import year_before
from sen_dashboard.core.sql import select_from

PLACED: dict[str | None, str] = {
    Provision.INMSS: "placements in independent or non-maintained special schools",
    Provision.SPECIAL: "placements in state special schools",
    Provision.SRP: "placements in specialist resourced provisions",
    Provision.MAINSTREAM: "placements in mainstream schools",
    Provision.POST_16: "placements with post-16 providers",
    Provision.OTHER: "placements in other settings",
    None: "placements in all provisions",
}

COST_BY_GROUP = """
    SELECT COALESCE(NULLIF(key, ''), %s) AS key, COUNT(annual_cost) AS placements, SUM(annual_cost) AS cost,
        COUNT(*) - COUNT(annual_cost) AS without_cost
    FROM records
    GROUP BY 1
"""


@dataclass(frozen=True)
class Headline:
    cost_before: Decimal | None
    cost: Decimal | None
    change: Decimal | None
    change_pct: float | None
    volume_effect: Decimal | None
    price_effect: Decimal | None
    mix_effect: Decimal | None
    largest: str | None
    largest_change: Decimal | None
    placements_before: int
    placements: int


@dataclass(frozen=True)
class Row:
    key: str
    label: str
    placements_before: int
    placements: int
    cost_before: Decimal | None
    cost: Decimal | None
    change: Decimal
    volume_effect: Decimal
    price_effect: Decimal
    share_of_change_pct: float | None


@dataclass(frozen=True)
class _Cost:
    """The placements of a day: how many have a known cost, their total in £ a year, and how many have no known cost."""

    placements: int = 0
    cost: Decimal | None = None
    without_cost: int = 0


@dataclass(frozen=True)
class _Change:
    """The costs a year earlier and on the day, and the effects that explain the difference, in £ a year, unrounded."""

    before: _Cost
    now: _Cost

    @property
    def whole(self) -> Decimal:
        """The change; a missing cost counts as £0."""
        return (self.now.cost or Decimal(0)) - (self.before.cost or Decimal(0))

    @property
    def volume(self) -> Fraction:
        """The cost of more or fewer placements at last year's average; the whole change if there were none then."""
        if not self.before.placements:
            return Fraction(self.whole)
        more = self.now.placements - self.before.placements
        return more * Fraction(self.before.cost or 0) / self.before.placements

    @property
    def price(self) -> Fraction:
        """How much more the day's placements cost than at last year's average: the rest of the change."""
        return Fraction(self.whole) - self.volume


def query(scope: Scope) -> Result[Headline, Row]:
    """Placements and their annual cost by group, on the day and a year earlier: two statements."""
    before, now = _costs(scope, year_before(scope.as_at)), _costs(scope, scope.as_at)
    changes = {key: _Change(before.get(key, _Cost()), now.get(key, _Cost())) for key in {**before, **now}}
    counted = {key: one for key, one in changes.items() if one.before.placements or one.now.placements}
    whole = _Change(_together(before.values()), _together(now.values()))
    rows = [_row(scope, key, one, whole) for key, one in counted.items()]
    rows.sort(key=lambda row: (-abs(row.change), row.key))
    price = sum((one.price for one in counted.values()), Fraction(0))
    return Result(scope, _headline(whole, price, rows), tuple(rows), _caveats(scope, whole))


def _costs(scope: Scope, day: date) -> dict[str, _Cost]:
    """The cost of the day's placements, by the key of their group."""
    placed = counts.placed(scope, *provisions_of(scope)).open_on(day).with_annual_cost(day).with_provision()
    columns = placed.values("annual_cost", key=F(grouping_of(scope).column))
    return {row.pop("key"): _Cost(**row) for row in select_from(columns, COST_BY_GROUP, NOT_RECORDED)}


def _together(costs: Iterable[_Cost]) -> _Cost:
    costs = list(costs)
    known = [one.cost for one in costs if one.cost is not None]
    return _Cost(
        sum(one.placements for one in costs),
        sum(known, Decimal(0)) if known else None,
        sum(one.without_cost for one in costs),
    )


def _row(scope: Scope, key: str, change: _Change, whole: _Change) -> Row:
    return Row(
        key=key,
        label=grouping_of(scope).describe(key),
        placements_before=change.before.placements,
        placements=change.now.placements,
        cost_before=change.before.cost,
        cost=change.now.cost,
        change=change.whole,
        volume_effect=_pounds(change.volume),
        price_effect=_pounds(change.price),
        share_of_change_pct=percentage(change.whole, whole.whole),
    )


def _headline(whole: _Change, price: Fraction, rows: list[Row]) -> Headline:
    """The change as a whole; ``price`` is the sum of the groups' price effects. The remainder is the mix effect."""
    placements = whole.before.placements, whole.now.placements
    if not rows:
        return Headline(None, None, None, None, None, None, None, None, None, *placements)
    change, volume_effect, price_effect = whole.whole, _pounds(whole.volume), _pounds(price)
    return Headline(
        whole.before.cost,
        whole.now.cost,
        change,
        percentage(change, whole.before.cost),
        volume_effect,
        price_effect,
        change - volume_effect - price_effect,
        rows[0].key,
        rows[0].change,
        *placements,
    )


def _pounds(exact: Fraction) -> Decimal:
    return to_penny(Decimal(exact.numerator) / exact.denominator)


def _caveats(scope: Scope, whole: _Change) -> tuple[str, ...]:
    """A sentence for each of the two days on which some placements have no known cost."""
    days = ((scope.as_at, whole.now), (year_before(scope.as_at), whole.before))
    return tuple(
        f"{formats.plural(cost.without_cost, 'placement')} open on {formats.day(day)} "
        f"{'is' if cost.without_cost == 1 else 'are'} left out: no cost line on the day."
        for day, cost in days
        if cost.without_cost
    )


# What the numbers count


def _now(scope: Scope, key: str | None = None) -> counts.Placements:
    return _with_cost(scope, scope.as_at, key)


def _before(scope: Scope, key: str | None = None) -> counts.Placements:
    return _with_cost(scope, year_before(scope.as_at), key)


def _with_cost(scope: Scope, day: date, key: str | None) -> counts.Placements:
    """The day's placements with a known cost; only those of the group, if one is given."""
    return in_group(scope, counts.children_with_cost(scope, day, *provisions_of(scope)), key)


def _sums(result: Result[Headline, Row]) -> Iterator[Addition]:
    """The groups add up to the whole, in children and in £; children with a known cost are some of all children."""
    scope, groups = result.scope, [row.key for row in result.rows]
    for day in (scope.as_at, year_before(scope.as_at)):
        everyone = counts.children(scope, day, *provisions_of(scope))
        whole, parts = _with_cost(scope, day, None), [_with_cost(scope, day, key) for key in groups]
        yield from (total(whole, parts), total(known_cost_of(whole), map(known_cost_of, parts)))
        yield total(cost_of(everyone), (known_cost_of(whole),))
        yield from (
            part(in_group(scope, everyone, key), _with_cost(scope, day, key)) for key in (None, *groups)
        )


def _amounts(result: Result[Headline, Row]) -> Iterator[Amount]:
    scope = result.scope
    costs: dict[str | None, Headline | Row] = {None: result.headline} | {row.key: row for row in result.rows}
    for counted, of in ((_before, "cost_before"), (_now, "cost")):
        group = F(grouping_of(scope).column)
        placed = counted(scope).records.with_provision().values_list(group, "annual_cost")
        each = [(key or NOT_RECORDED, cost) for key, cost in placed]
        for key, record in costs.items():
            counted_in, paid = (
                counted(scope, key),
                tuple(cost for of_key, cost in each if key in (None, of_key)),
            )
            pounds = getattr(record, of) or Decimal(0)
            yield Amount(known_cost_of(counted_in), pounds, counted_in.quantity, paid)


def _absent(result: Result[Headline, Row]) -> Iterator[Identified]:
    """A group without a row has nobody on either day, unless it was filtered out."""
    scope, grouping = result.scope, grouping_of(result.scope)
    if scope[grouping.filter] is None:
        for key in grouping.words.keys() - {row.key for row in result.rows}:
            yield from (_before(scope, key), _now(scope, key))


# What is calculated from costs, and so from their published figures


def _changed(before: Decimal | None, now: Decimal | None) -> Decimal:
    return (now or Decimal(0)) - (before or Decimal(0))


def _grown(before: Decimal | None, now: Decimal | None) -> float | None:
    return percentage(_changed(before, now), before)


def _change_of(before: Decimal | None, now: Decimal | None, children_before: int, children: int) -> _Change:
    return _Change(_Cost(children_before or 0, before), _Cost(children or 0, now))


def _volume(*costs_and_children: Any) -> Decimal:
    return _pounds(_change_of(*costs_and_children).volume)


def _price(*costs_and_children: Any) -> Decimal:
    return _pounds(_change_of(*costs_and_children).price)


def _most_changed(changes: list[Decimal], keys: list[str]) -> tuple[Decimal, str]:
    """The group that changed most, by the same order as the rows."""
    return min(zip(changes, keys, strict=True), key=lambda one: (-abs(one[0]), one[1]))


BOTH = ("cost_before", "cost")
EFFECTS = (*BOTH, "placements_before", "placements")
COSTS = {
    "placements_before": count(
        "Placements with a known cost a year earlier", _before, "Placements a year earlier"
    ),
    "placements": count("Placements with a known cost", _now, "Placements"),
    "cost_before": sum_of(
        "Cost a year earlier",
        lambda scope, key: _before(scope, key).records,
        "annual_cost",
        Money(lambda scope, key: known_cost_of(_before(scope, key)), "placements_before"),
        day=lambda scope, _: year_before(scope.as_at),
    ),
    "cost": sum_of(
        "Cost on the day",
        lambda scope, key: _now(scope, key).records,
        "annual_cost",
        Money(lambda scope, key: known_cost_of(_now(scope, key)), "placements"),
        "Annual cost",
    ),
    "change": measure(Kind.POUNDS, "Change", *BOTH, made=_changed),
}
KEYS = Keys(
    BY_GROUP,
    headline={
        **COSTS,
        "change_pct": measure(Kind.PERCENT, "", *BOTH, made=_grown),
        "volume_effect": measure(Kind.POUNDS, "", *EFFECTS, made=_volume),
        "price_effect": measure(
            Kind.POUNDS, "", *BOTH, rows=("price_effect",), made=lambda before, now, effects: sum(effects)
        ),
        "mix_effect": measure(
            Kind.POUNDS,
            "",
            "change",
            "volume_effect",
            "price_effect",
            made=lambda one, *less: one - sum(less),
        ),
        "largest": Key(
            Kind.TEXT, RestsOn(rows=("change", "key"), made=lambda *rows: _most_changed(*rows)[1])
        ),
        "largest_change": measure(
            Kind.POUNDS, "", rows=("change", "key"), made=lambda *rows: _most_changed(*rows)[0]
        ),
    },
    row={
        "key": text(),
        "label": text("Group"),
        **COSTS,
        "volume_effect": measure(Kind.POUNDS, "By number of children", *EFFECTS, made=_volume),
        "price_effect": measure(Kind.POUNDS, "By average cost", *EFFECTS, made=_price),
        "share_of_change_pct": measure(
            Kind.PERCENT, "Share of the change", "change", headline=("change",), made=percentage
        ),
    },
    sums=_sums,
    amounts=_amounts,
    absent=_absent,
    whole={"placements_before": "placements_before", "placements": "placements"},
    ranked_by="change",
)


# In words


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words: how far the cost moved."""
    now = result.headline
    if now.change is None:
        return f"No cost is known for {_placed(result.scope)} on {formats.day(result.scope.as_at)} or a year earlier."
    return f"The annual cost of {_placed(result.scope)} {_moved(now)}."


def _placed(scope: Scope) -> str:
    """ "placements in state special schools"."""
    return PLACED[next(iter(provisions_of(scope)), None)]


def _moved(now: Headline) -> str:
    """ "rose by £1.3m (3.3%) in a year, from £40.0m to £41.3m"."""
    if now.cost is None:
        return f"was {formats.pounds_short(now.cost_before)} a year earlier, and is not known now"
    if now.cost_before is None:
        return f"is {formats.pounds_short(now.cost)}, and is not known for a year earlier"
    if not now.change:
        return f"is {formats.pounds_short(now.cost)}, the same as a year earlier"
    percent = "" if now.change_pct is None else f" ({formats.percent(abs(now.change_pct))})"
    return (
        f"{'rose' if now.change > 0 else 'fell'} by {formats.pounds_short(abs(now.change))}{percent} in a year, from "
        f"{formats.pounds_short(now.cost_before)} to {formats.pounds_short(now.cost)}"
    )


def _driver(result: Result[Headline, Row]) -> str:
    """The group that moved most: which way, by how many children and what average; empty if no group moved."""
    if not result.headline.largest_change:
        return ""
    grouping, largest = grouping_of(result.scope), result.rows[0]
    more = "more" if largest.change > 0 else "less"
    return (
        f"The largest change by {grouping.name} is {grouping.briefly(largest.key)}: "
        f"{formats.pounds_short(abs(largest.change))} {more}, as {formats.listed(list(_effects(largest)))}."
    )


def _effects(row: Row) -> Iterator[str]:
    """ "21 more children added £0.7m", "a higher average cost added £0.4m"."""
    if row.volume_effect:
        number = row.placements - row.placements_before
        more = "more" if number > 0 else "fewer"
        children = formats.plural(abs(number), f"{more} child", f"{more} children")
        yield _added(children, row.volume_effect)
    if row.price_effect:
        yield _added(f"a {'higher' if row.price_effect > 0 else 'lower'} average cost", row.price_effect)


def _added(what: str, effect: Decimal) -> str:
    return f"{what} {'added' if effect > 0 else 'took off'} {formats.pounds_short(abs(effect))}"


def message(result: Result[Headline, Row]) -> str:
    """ "Cost of INMSS placements fell £802.1k in a year because fewer placements took off £1.7m"."""
    now, scope = result.headline, result.scope
    provision = next(iter(provisions_of(scope)), None)
    placed = "INMSS placements" if provision == Provision.INMSS else PLACED[provision]
    if now.change is None:
        return f"No cost is known for {placed}"
    if now.cost is None or now.cost_before is None:
        return f"Cost of {placed} {_moved(now)}"
    by = formats.pounds_short(abs(now.change))
    if by == "£0":
        return f"Cost of {placed} stayed at {formats.pounds_short(now.cost)}"
    return f"Cost of {placed} {'rose' if now.change > 0 else 'fell'} {by} in a year{_because(now)}"


def _because(now: Headline) -> str:
    """ " because fewer placements took off £1.7m": the largest effect in the direction of the change."""
    words = {
        "volume_effect": ("more placements", "fewer placements"),
        "price_effect": ("higher average cost", "lower average cost"),
        "mix_effect": ("a more expensive mix", "a less expensive mix"),
    }
    name = main_part(now.change, {name: getattr(now, name) for name in words})
    if name is None:
        return ""
    effect = getattr(now, name)
    return f" because {_added(words[name][effect < 0], effect)}"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """The change, the cost on the day, what explains the change, and the group that changed most."""
    now, by = result.headline, grouping_of(result.scope).name
    return (
        fact(KEYS, now, "change", "Change in annual cost over a year", _describe_change(now)),
        fact(KEYS, now, "cost", "Annual cost", _placements_in_words(now)),
        fact(
            KEYS, now, "volume_effect", "Change by number of children", "at the average cost a year earlier"
        ),
        fact(KEYS, now, "price_effect", "Change by average cost", f"within each {by}"),
        fact(KEYS, now, "mix_effect", "Change by mix", f"a more or less expensive mix by {by}"),
        _largest(result),
    )


def _describe_change(now: Headline) -> str:
    """ "£40.0m to £41.3m (3.3%)"; empty if either is unknown."""
    if now.cost is None or now.cost_before is None:
        return ""
    percent = "" if now.change_pct is None else f" ({formats.percent(now.change_pct)})"
    return f"{formats.pounds_short(now.cost_before)} to {formats.pounds_short(now.cost)}{percent}"


def _placements_in_words(record: Headline | Row) -> str:
    """ "842 placements, 875 a year earlier"."""
    now = formats.plural(record.placements, "placement")
    return f"{now}, {formats.count(record.placements_before)} a year earlier"


def _largest(result: Result[Headline, Row]) -> Fact:
    if not result.rows:
        return Fact("Largest change", None, Kind.POUNDS, lists=BOTH)
    largest = result.rows[0]
    lists = tuple((name, largest.key) for name in BOTH if getattr(largest, name) is not None)
    name = grouping_of(result.scope).briefly(largest.key)
    change = result.headline.largest_change
    return Fact(f"Largest change: {name}", change, Kind.POUNDS, _placements_in_words(largest), lists)


def chart(result: Result[Headline, Row]) -> Chart:
    """The change of each group, largest first, at most 20 of them."""
    shown, grouping = result.rows[:MOST_BARS], grouping_of(result.scope)
    return bars(
        (grouping.briefly(row.key) for row in shown),
        Axis("Change in annual cost over a year", Kind.POUNDS),
        series("Change", "change", shown, BY_GROUP, label=lambda row: formats.pounds_short(row.change)),
    )


def _caption(result: Result[Headline, Row]) -> str:
    by, day = grouping_of(result.scope).name, result.scope.as_at
    return f"Annual cost by {by}, {formats.day(day)} against {formats.day(year_before(day))}, largest change first"


KPI = Kpi(
    slug="cost_growth",
    title="What drives the cost",
    question=(
        "Which need, provision, district or attendance drives the cost, and is it more children or a higher average "
        "cost?"
    ),
    group=Group.MONEY,
    numerator=(
        "Annual cost of the placements open on the day, less that of the placements open a year earlier: "
        "all cost lines in force but transport, before other funders' shares. INMSS placements unless "
        "another provision is chosen; all provisions where the figure is shown by provision. By number: "
        "what more or fewer children cost at the average a year earlier; for a group with none on one of "
        "the days this is its whole change. By average cost: how much more the children on the day cost "
        "than at that average, group by group. By mix: the remainder, because the groups did not grow at "
        "the same rate."
    ),
    denominator=(
        "For the percentage, the annual cost a year earlier; for the share of a group, the change of all "
        "groups combined."
    ),
    left_out="Placements without a cost line in force on the day (counted under the figures), and transport.",
    undefined="Not available when no placement with a known cost is open on either day.",
    kind=Kind.POUNDS,
    better=Better.LOWER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Placement and cost line records",
    query=query,
    in_words=sentence,
    then=(_driver,),
    message=message,
    figures=facts,
    chart=chart,
    caption=_caption,
    keys=KEYS,
    counts=(Placement,),
    report=(InReport(ReportSection.COSTS),),
    filters=(PROVISION, BY, DISTRICT, NEED, ATTENDANCE),
    is_change=True,
    draws_year_before=False,  # the drivers then were different, and would dwarf these
)
