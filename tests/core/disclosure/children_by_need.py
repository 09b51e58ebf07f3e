"""A KPI of children by need and their costs, made from numbers by hand, without a database."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Axis, Chart, bars, series
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
from sen_dashboard.core.kpi.published import (
    Counts,
    Key,
    Keys,
    Money,
    Records,
    RestsOn,
    RowKey,
    Withheld,
    measure,
    text,
)
from sen_dashboard.core.kpi.quantities import Addition, Amount, Quantity, total
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.money import average, percentage

DAY = date(2019, 3, 31)


@dataclass(frozen=True)
class Band:
    """The children in an age band, within the headline."""

    band: str
    children: int


@dataclass(frozen=True)
class Headline:
    """All children; ``a_month`` is the mean of two months, ``spent`` what was posted for them."""

    children: int
    cost: Decimal | None
    average: Decimal | None
    median: Decimal | None
    spent: Decimal | None
    a_month: float | None
    by_panel: dict[str, int]
    bands: tuple[Band, ...]
    largest: str


@dataclass(frozen=True)
class Row:
    need: str
    children: int
    cost: Decimal | None
    average: Decimal | None
    share_pct: float | None


def children(need: str | None = None) -> Quantity:
    return Quantity.of("children", day=DAY, need=need)


def cost(need: str | None = None) -> Quantity:
    return Quantity.of("cost", day=DAY, need=need)


def a_month() -> Quantity:
    return Quantity.of("children over two months", last=DAY)


def by_panel(code: str) -> Quantity:
    return Quantity.of("cases", last=DAY, panel=code)


def in_band(band: str) -> Quantity:
    return children().having(band=band)


def _sums(result: Result[Headline, Row]) -> Iterator[Addition]:
    needs = [row.need for row in result.rows]
    yield total(children(), map(children, needs))
    yield total(cost(), map(cost, needs))


def _amounts(result: Result[Headline, Row]) -> Iterator[Amount]:
    for need, record in [(None, result.headline), *((row.need, row) for row in result.rows)]:
        yield Amount(cost(need), record.cost or Decimal(0), children(need))


def _largest(numbers: list[int], needs: list[str]) -> str:
    return max(zip(numbers, needs, strict=True), default=(0, ""))[1]


def _count(of: Callable[..., Quantity], title: str, times: int = 1) -> Key:
    return Key(Kind.COUNT, Counts(of, times), title)


CHILDREN = _count(lambda scope, need: children(need), "Children")
COSTS = {
    "children": CHILDREN,
    "cost": Key(Kind.POUNDS, Money(lambda scope, need: cost(need), "children"), "Annual cost"),
    "average": Key(
        Kind.POUNDS, Money(lambda scope, need: cost(need), "children", is_average=True), "Average"
    ),
}
BANDS = {"band": text(), "children": _count(lambda scope, one: in_band(one.band), "Children")}
KEYS = Keys(
    RowKey(attrgetter("need"), str, str),
    headline={
        **COSTS,
        "median": measure(Kind.POUNDS, "Median", "children", is_mute=True),
        "spent": measure(Kind.POUNDS, "Spent", "children", if_small=True),
        "a_month": Key(Kind.COUNT, Counts(lambda scope, _: a_month(), times=2), "Children a month"),
        "by_panel": Key(Kind.COUNT, Counts(lambda scope, _, code: by_panel(code)), "Cases"),
        "bands": Key(Kind.TEXT, Records(BANDS, ranked_by="children")),
        "largest": Key(
            Kind.TEXT,
            RestsOn(rows=("children", "need"), made=_largest),
        ),
    },
    row={
        "need": text("Need"),
        **COSTS,
        "share_pct": measure(Kind.PERCENT, "Share", "children", headline=("children",), made=percentage),
    },
    sums=_sums,
    amounts=_amounts,
    ranked_by="children",
    whole={"children": "children"},
    needed=("by_panel",),
)

WITHHELD = replace(
    KEYS, headline={**KEYS.headline, "a_month": Key(Kind.COUNT, Withheld(), "Children a month")}
)
"""The same KPI, with the mean of two months never public."""


def result_of(
    needs: Mapping[str, int],
    costs: Mapping[str, int] | None = None,
    *,
    a_month: float | None = 20.0,
    panels: Mapping[str, int] | None = None,
    bands: Iterable[tuple[str, int]] = (),
    caveats: tuple[str, ...] = (),
) -> Result[Headline, Row]:
    """Children by need, commonest first, with their total costs: £40,000 each unless ``costs`` gives another sum."""
    everyone = sum(needs.values())
    pounds = {need: Decimal((costs or {}).get(need, 40_000 * number)) for need, number in needs.items()}
    known = sum(pounds.values(), Decimal(0)) if everyone else None
    ordered = sorted(needs.items(), key=lambda one: (-one[1], one[0]))
    rows = tuple(
        Row(
            need,
            number,
            pounds[need] if number else None,
            average(pounds[need] if number else None, number),
            percentage(number, everyone),
        )
        for need, number in ordered
    )
    headline = Headline(
        everyone,
        known,
        average(known, everyone),
        Decimal(39_512) if everyone else None,
        Decimal(7_654_321) if everyone else None,
        a_month,
        dict(panels or {}),
        tuple(Band(*one) for one in bands),
        ordered[0][0] if ordered else "",
    )
    return Result(Scope(DAY), headline, rows, caveats)


def sentence(result: Result[Headline, Row]) -> str:
    return f"{formats.plural(result.headline.children, 'child is', 'children are')} placed."


def of_the_largest(result: Result[Headline, Row]) -> str:
    """The sentence about the largest need; empty if there is no row."""
    return "".join(f"{formats.count(row.children)} have {row.need}." for row in result.rows[:1])


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    return (
        fact(KEYS, result.headline, "children", "Children"),
        fact(KEYS, result.headline, "average", "Average"),
    )


def goal(result: Result[Headline, Row]) -> Goal:
    return Goal(100, 200, "The council has set both.")


def chart(result: Result[Headline, Row]) -> Chart:
    axis = Axis("Children", Kind.COUNT)
    return bars(
        (row.need for row in result.rows), axis, series("Children", "children", result.rows, KEYS.row_key)
    )


def query(scope: Scope) -> Result[Headline, Row]:
    raise NotImplementedError("its results are made by hand")


def kpi(**given: Any) -> Kpi[Headline, Row]:
    """The KPI, with ``given`` changes."""
    return Kpi(
        **{
            "slug": "children_by_need",
            "title": "Children by need",
            "question": "Which needs?",
            "group": Group.PLACEMENTS,
            "numerator": "Children.",
            "denominator": "All children.",
            "left_out": "Nothing.",
            "undefined": "Never.",
            "kind": Kind.COUNT,
            "better": Better.LOWER,
            "owner": "Head",
            "reviewed_on": DAY,
            "source": "Records",
            "query": query,
            "in_words": sentence,
            "then": (of_the_largest,),
            "figures": facts,
            "goal": goal,
            "chart": chart,
            "caption": lambda result: "Children by need",
            "keys": KEYS,
            "report": (InReport(ReportSection.INMSS),),
            **given,
        }
    )
