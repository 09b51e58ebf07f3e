"""Is spending within its budget and as forecast, and what explains it: more children, or a higher average cost?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from django.db.models import DateField, DecimalField, QuerySet, Sum, Value
from django.db.models.functions import TruncDate
from django.utils.text import capfirst

from placements import counts
from placements.accrual import committed_by_month, committed_lines, lines_accruing
from placements.budget_lines import LINE_CHOICES, lines_held
from placements.closing import year_close
from placements.models import Budget, CostLine, Forecast, LedgerPosting, Placement
from placements.querysets import INMSS_LINE, ForecastQuerySet, LedgerQuerySet
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Axis, Chart, Level, Tone, lines, series
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
from sen_dashboard.core.kpi.published import Counts, Key, Keys, Open, RestsOn, known, measure, sum_of
from sen_dashboard.core.kpi.quantities import Addition, Quantity, total
from sen_dashboard.core.kpi.row_keys import by_month
from sen_dashboard.core.kpi.scope import Filter, Scope
from sen_dashboard.core.money import percentage, to_penny
from sen_dashboard.core.periods import FinancialYear, Month

OVERSPEND_HELD = Decimal("0.01")  # of the budget


def _parse_line(text: str) -> str:
    """Read a budget line code. Raises ValueError with a sentence."""
    if len(text) > 20 or not text.isprintable():
        raise ValueError("Enter a budget line code of at most 20 characters, such as 1.2.3.")
    return text


LINE = Filter(
    "line", "Budget line", _parse_line, lambda _: INMSS_LINE, choices=LINE_CHOICES, options=lines_held
)


@dataclass(frozen=True)
class Headline:
    financial_year: str
    budget: Decimal | None
    forecast: Decimal | None
    forecast_made_on: date | None
    outturn: Decimal | None
    outturn_is_final: bool
    variance: Decimal | None
    variance_pct: float | None
    price_effect: Decimal | None
    volume_effect: Decimal | None
    forecast_variance: Decimal | None
    budget_variance: Decimal | None
    mean_children: float | None
    mean_children_year_before: float | None
    outturn_closed_on: date | None = None


@dataclass(frozen=True)
class Row:
    month: str
    actual: Decimal | None
    actual_cumulative: Decimal | None
    forecast: Decimal | None
    committed: Decimal | None
    committed_cumulative: Decimal | None


@dataclass(frozen=True)
class _Money:
    """Postings in £ by the first day of their month, forecasts in order as (made on, £), the budget, and the close."""

    posted: dict[date, Decimal]
    forecasts: list[tuple[date, Decimal]]
    budget: Decimal | None
    closed_on: date | None
    """When the year's last month was closed, since when nothing can be posted to the year."""

    def outturn(self, year: FinancialYear) -> Decimal | None:
        """The year's postings in £; None if there are none."""
        return _total([self.posted[m.start] for m in year.months() if m.start in self.posted])

    def forecast_on(self, day: date) -> tuple[date, Decimal] | tuple[None, None]:
        """The latest forecast made on or before ``day``: its date and its £."""
        made = [forecast for forecast in self.forecasts if forecast[0] <= day]
        return made[-1] if made else (None, None)


def query(scope: Scope) -> Result[Headline, Row]:
    """Outturn, forecast and budget of the day's financial year, and what explains the outturn.

    Three statements, since money, cost lines and children are three kinds of record; children are counted only once the
    outturn is final.
    """
    year = FinancialYear.containing(scope.as_at)
    money = _money(year, scope.as_at, scope[LINE])
    headline = _headline(year, scope.as_at, money)
    return Result(scope, headline, _rows(year, scope.as_at, money), _caveats(scope[LINE]))


def _money(year: FinancialYear, as_at: date, line: str) -> _Money:
    """The line's money as known on the day: postings of this year and the whole year before, in one statement.

    Whether the year is closed is as of now, not the day.
    """
    posted = (
        LedgerPosting.objects.of(line, year.plus(-1).start, as_at)
        .values_list(Value("posted"), "month")
        .annotate(total=Sum("amount"))
    )
    forecasts = (
        Forecast.objects.standing_on(as_at, line=line)
        .filter(financial_year=str(year))
        .order_by()
        .values_list(Value("forecast"), "made_on", "amount")
    )
    budgets = Budget.objects.filter(financial_year=str(year), line=line).values_list(
        Value("budget"), Value(year.start, output_field=DateField()), "amount"
    )
    closed = year_close(year).values_list(
        Value("closed"), TruncDate("closed_at"), Value(Decimal(0), output_field=DecimalField())
    )
    amounts: dict[str, dict[date, Decimal]] = {"posted": {}, "forecast": {}, "budget": {}, "closed": {}}
    for kind, day, amount in posted.union(forecasts, budgets, closed, all=True):
        amounts[kind][day] = amount
    return _Money(
        amounts["posted"],
        sorted(amounts["forecast"].items()),
        amounts["budget"].get(year.start),
        next(iter(amounts["closed"]), None),
    )


def _headline(year: FinancialYear, as_at: date, money: _Money) -> Headline:
    final = as_at >= year.end
    outturn = money.outturn(year)
    made_on, forecast = money.forecast_on(as_at)
    variance = _difference(outturn, forecast) if final else None
    effects = _effects(year, outturn, money.outturn(year.plus(-1))) if final else None
    return Headline(
        financial_year=str(year),
        budget=money.budget,
        forecast=forecast,
        forecast_made_on=made_on,
        outturn=outturn,
        outturn_is_final=final,
        variance=variance,
        variance_pct=percentage(variance, forecast),
        price_effect=effects.price if effects else None,
        volume_effect=effects.volume if effects else None,
        forecast_variance=None if final else _difference(forecast, money.budget),
        budget_variance=_difference(outturn, money.budget) if final else None,
        mean_children=effects.children if effects else None,
        mean_children_year_before=effects.children_before if effects else None,
        outturn_closed_on=money.closed_on,
    )


@dataclass(frozen=True)
class _Effects:
    """Price and volume effects in £, and the mean numbers of INMSS children over the month ends of both years."""

    price: Decimal
    volume: Decimal
    children: float
    children_before: float


def _effects(year: FinancialYear, outturn: Decimal | None, outturn_before: Decimal | None) -> _Effects | None:
    """What explains the change of the outturn from the year before; price and volume add up to it.

    With n children at p pounds each, volume is (n1 - n0) * p0 and price is n1 * (p1 - p0). The sums over twelve month
    ends stand in for the means, since the twelve cancels out. None if either outturn is undefined.
    """
    if outturn is None or outturn_before is None:
        return None
    month_ends = [month.end for month in year.months()]
    month_ends_before = [month.end for month in year.plus(-1).months()]
    on_day = Placement.objects.in_provision(Provision.INMSS).count_on([*month_ends_before, *month_ends])
    children = sum(on_day[day] for day in month_ends)
    children_before = sum(on_day[day] for day in month_ends_before)
    if not children or not children_before:
        return None
    volume = to_penny((children - children_before) * outturn_before / children_before)
    price = outturn - outturn_before - volume
    return _Effects(price, volume, children / len(month_ends), children_before / len(month_ends))


def _rows(year: FinancialYear, as_at: date, money: _Money) -> tuple[Row, ...]:
    """The year's twelve months; months after the day have only committed spend."""
    months = list(year.months())
    actual = [money.posted.get(month.start) for month in months]
    actual_cumulative = _cumulative(actual)
    accrued = committed_by_month(months[0], months[-1])
    committed = [accrued.get(month.start) for month in months]
    return tuple(
        Row(
            month=str(month),
            actual=actual[n],
            actual_cumulative=actual_cumulative[n] if month.start <= as_at else None,
            forecast=money.forecast_on(month.end)[1] if month.end <= as_at else None,
            committed=committed[n],
            committed_cumulative=committed_cumulative,
        )
        for n, (month, committed_cumulative) in enumerate(zip(months, _cumulative(committed), strict=True))
    )


def _postings(scope: Scope, until: Month | None) -> LedgerQuerySet:
    """The year's postings as known on the day; only to the month ``until``, if one is given."""
    last = min(until.start, scope.as_at) if until else scope.as_at
    return LedgerPosting.objects.of(scope[LINE], FinancialYear.containing(scope.as_at).start, last)


def _standing_forecast(scope: Scope, until: Month | None) -> ForecastQuerySet:
    """The forecast of the year in force on the day, or at the end of the month ``until``."""
    year, day = FinancialYear.containing(scope.as_at), until.end if until else scope.as_at
    made = Forecast.objects.standing_on(day, line=scope[LINE]).filter(financial_year=str(year))
    return Forecast.objects.filter(pk__in=made.values("pk")[:1])


def _budget(scope: Scope) -> "QuerySet[Budget, Budget]":
    year = FinancialYear.containing(scope.as_at)
    return Budget.objects.filter(financial_year=str(year), line=scope[LINE])


def _year(scope: Scope, plus: int = 0) -> FinancialYear:
    return FinancialYear.containing(scope.as_at).plus(plus)


def _first_month(scope: Scope) -> Month:
    return next(_year(scope).months())


def _children(scope: Scope, year: FinancialYear, until: Month | None = None) -> list[counts.Placements]:
    """The INMSS children at the year's month ends to the day, or to a month: those whom the money is spent on."""
    days = [min(month.end, scope.as_at) for month in year.months() if not until or month <= until]
    return [counts.children(Scope(scope.as_at), day, Provision.INMSS) for day in dict.fromkeys(days)]


def _at_month_ends(scope: Scope, plus: int) -> Quantity:
    """The identity of the total of children at the twelve month ends, which the mean is calculated from."""
    year, inmss = str(_year(scope, plus)), Provision.INMSS.value
    return Quantity.of("children at month ends", year=year, provision=inmss)


def _sums(result: Result[Headline, Row]) -> Iterator[Addition]:
    """The means are of children at month ends, which other tables show; known once the outturn is final."""
    if result.headline.outturn_is_final:
        for plus in (-1, 0):
            yield total(
                _at_month_ends(result.scope, plus), _children(result.scope, _year(result.scope, plus))
            )


def _difference(amount: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if amount is None or other is None else amount - other


# Spending on a few children reveals their cost. The means reveal the numbers of children, and so do the effects of
# price and volume. Budget and forecast are plans of the council.
TO_THE_MONTH = RestsOn(
    on=lambda result, month: _children(result.scope, _year(result.scope), month), if_small=True
)
OF_THE_MONTH = RestsOn(
    on=lambda result, month: _children(result.scope, _year(result.scope), month)[-1:], if_small=True
)
PLAN = Open("a plan of the council")
MEANS = ("mean_children", "mean_children_year_before")
FORECAST = partial(sum_of, "Forecast for the year", _standing_forecast, "amount", PLAN)
against = partial(measure, if_small=True, made=_difference)
OF_FORECAST = ("outturn", "forecast")

KEYS = Keys(
    by_month("month"),
    headline={
        "financial_year": known(Kind.TEXT),
        "budget": sum_of("Budget for the year", lambda scope, _: _budget(scope), "amount", PLAN),
        "forecast": FORECAST(),
        "forecast_made_on": known(Kind.DAY),
        "outturn": sum_of("Postings of the financial year", _postings, "amount", TO_THE_MONTH),
        "outturn_is_final": known(Kind.TEXT),
        "outturn_closed_on": known(Kind.DAY),
        "variance": against(Kind.POUNDS, "", headline=OF_FORECAST),
        "variance_pct": measure(
            Kind.PERCENT, "", headline=("variance", "forecast"), if_small=True, made=percentage
        ),
        "budget_variance": against(Kind.POUNDS, "", headline=("outturn", "budget")),
        "price_effect": measure(Kind.POUNDS, "", *MEANS),
        "volume_effect": measure(Kind.POUNDS, "", *MEANS),
        "forecast_variance": Key(Kind.POUNDS, PLAN),
        "mean_children": Key(Kind.INDEX, Counts(lambda scope, _: _at_month_ends(scope, 0), times=12)),
        "mean_children_year_before": Key(
            Kind.INDEX, Counts(lambda scope, _: _at_month_ends(scope, -1), times=12)
        ),
    },
    row={
        "month": known(Kind.MONTH, "Month"),
        "actual": sum_of(
            "Postings of the month",
            lambda scope, month: _postings(scope, month).filter(month=month.start),
            "amount",
            OF_THE_MONTH,
            "Spending",
        ),
        "actual_cumulative": sum_of(
            "Postings to date", _postings, "amount", TO_THE_MONTH, "Spending to date"
        ),
        "forecast": FORECAST("Forecast for the year"),
        "committed": Key(Kind.POUNDS, OF_THE_MONTH, "Committed"),
        "committed_cumulative": sum_of(
            "Cost lines accrued to date",
            lambda scope, month: lines_accruing(committed_lines(), _first_month(scope), month),
            "accrued",
            TO_THE_MONTH,
            "Committed to date",
        ),
    },
    sums=_sums,
    has_all_rows=True,
    open_caveats=True,  # of budget lines
)


def _total(amounts: list[Decimal]) -> Decimal | None:
    return sum(amounts, Decimal(0)) if amounts else None


def _cumulative(amounts: list[Decimal | None]) -> list[Decimal | None]:
    """Running totals in £; None until the first amount."""
    return [_total([a for a in amounts[: n + 1] if a is not None]) for n in range(len(amounts))]


def _caveats(line: str) -> tuple[str, ...]:
    if line == INMSS_LINE:
        return ()
    return (
        "Committed spend, price and volume cover placements in independent or non-maintained special "
        f"schools, which line {INMSS_LINE} pays for; they do not explain line {line}.",
    )


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words: against budget and forecast, then what explains the change from the year before."""
    now, line = result.headline, result.scope[LINE]
    if not now.outturn_is_final:
        return f"{_verdict(now, result.scope)} {_posted(result)}"
    if now.outturn is None:
        return f"No spending on budget line {line} has been posted to {now.financial_year}."
    answer = (
        f"Outturn of {now.financial_year} was {formats.pounds_short(now.outturn)}: {_against_budget(now)}, and "
        f"{_against_forecast(now)}."
    )
    return f"{answer} {_explained(now)}" if line == INMSS_LINE and now.price_effect is not None else answer


def _verdict(now: Headline, scope: Scope) -> str:
    """Before the year is over: how it will end against the budget if the forecast holds."""
    year, month = now.financial_year, Month.containing(scope.as_at).number_in_financial_year
    if now.forecast is None:
        budget = (
            "" if now.budget is None else f" to compare with the budget of {formats.pounds_short(now.budget)}"
        )
        return f"No forecast of {year} has been made{budget}."
    forecast = formats.pounds_short(now.forecast)
    if now.budget is None or now.forecast_variance is None:
        return f"The forecast of {year} is {forecast}; no budget is recorded to compare it with."
    return capfirst(
        f"{_apart(now.forecast_variance, 'over', 'under')} budget at month {month} if the forecast holds: the forecast "
        f"of {year} is {forecast}, the budget {formats.pounds_short(now.budget)}."
    )


def _posted(result: Result[Headline, Row]) -> str:
    """What has been spent so far: "£30.1m spent to the end of December 2018 (month 9)."."""
    now, scope, last = result.headline, result.scope, _last_posted(result)
    if last is None:
        return f"No spending on budget line {scope[LINE]} has been posted to {now.financial_year} yet."
    this = Month.containing(scope.as_at)
    missing = f"; nothing is posted to {formats.month_in_words(this.start)} yet" if last < this else ""
    month = f"{formats.month_in_words(last.start)} (month {last.number_in_financial_year})"
    return f"{formats.pounds_short(now.outturn)} spent to the end of {month}{missing}."


def _last_posted(result: Result[Headline, Row]) -> Month | None:
    """The last month of the year with a posting; None if there is none."""
    return max((Month.parse(row.month) for row in result.rows if row.actual is not None), default=None)


def _against_budget(now: Headline) -> str:
    """The outturn against the budget: "£109.2k over the budget of £40.9m"."""
    if now.budget_variance is None:
        return "no budget is recorded"
    return f"{_apart(now.budget_variance, 'over', 'under')} the budget of {formats.pounds_short(now.budget)}"


def _against_forecast(now: Headline) -> str:
    """The outturn against the forecast: "£699.2k (1.7%) below the forecast of £41.7m"."""
    if now.variance is None:
        return "no forecast was made"
    share = "" if now.variance_pct is None else f" ({formats.percent(abs(now.variance_pct))})"
    return f"{_apart(now.variance, share=share)} the forecast of {formats.pounds_short(now.forecast)}"


def _apart(gap: Decimal, more: str = "above", less: str = "below", share: str = "") -> str:
    """How an amount compares with another, £ ``gap`` away: "£100.8k above"; "on" if the two differ only by pence."""
    if not formats.rounded(gap, 0):
        return "on"
    return f"{formats.pounds_short(abs(gap))}{share} {more if gap > 0 else less}"


def _explained(now: Headline) -> str:
    """The effects of price and volume on the outturn, with the mean numbers of children behind the volume."""
    assert now.price_effect is not None
    assert now.volume_effect is not None
    change = now.price_effect + now.volume_effect
    moved = f"{'rose' if change > 0 else 'fell'} {formats.pounds_short(abs(change))}"
    return (
        f"Compared with the year before it {moved if change else 'did not change'}: {_effects_in_words(now)}."
    )


def _effects_in_words(now: Headline) -> str:
    """ "a higher average cost added £1.2m, and fewer children on average (842 against 875) took off £1.5m"."""
    assert now.price_effect is not None
    assert now.volume_effect is not None
    mean = f"({formats.index(now.mean_children)} against {formats.index(now.mean_children_year_before)})"
    return (
        f"{_effect(now.price_effect, 'a higher average cost', 'a lower average cost')}, and "
        f"{_effect(now.volume_effect, f'more children on average {mean}', f'fewer children on average {mean}')}"
    )


def _effect(amount: Decimal, more: str, less: str) -> str:
    """One effect in £: "a higher average cost added £1.2m", "fewer children took off £1.5m"."""
    if amount < 0:
        return f"{less} took off {formats.pounds_short(abs(amount))}"
    return f"{more} added {formats.pounds_short(amount)}"


def message(result: Result[Headline, Row]) -> str:
    """ "Outturn of 2018-19 was £41.0m: £100.8k above the budget, £699.2k below the forecast"."""
    now = result.headline
    if now.outturn_is_final:
        if now.outturn is None:
            return f"No spending has been posted to {now.financial_year}"
        opening, amount = f"Outturn of {now.financial_year} was", now.outturn
        against = {"budget": now.budget, "forecast": now.forecast}
    else:
        if now.forecast is None:
            return f"No forecast of {now.financial_year} has been made"
        opening, amount = f"{now.financial_year} is forecast to end at", now.forecast
        against = {"budget": now.budget}
    known = ", ".join(f"{_apart(amount - of)} the {name}" for name, of in against.items() if of is not None)
    return f"{opening} {formats.pounds_short(amount)}{f': {known}' if known else ''}"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """Outturn, budget and forecast, and how far apart they are; until the year is over, forecast and budget.

    The outturn is called final once nothing more can be posted to it.
    """
    now = result.headline
    spent, posted = f"Outturn of {now.financial_year}", "final" if now.outturn_closed_on else "the whole year"
    if not now.outturn_is_final:
        last = _last_posted(result)
        spent = f"Spending of {now.financial_year} so far"
        posted = f"months to {formats.month_in_words(last.start)}" if last else ""
    return (
        fact(KEYS, now, "outturn", spent, posted),
        fact(KEYS, now, "budget", "Budget for the year"),
        fact(KEYS, now, "forecast", "Forecast for the year", _made_on(now)),
        *_gaps(now),
    )


def _made_on(now: Headline) -> str:
    return "" if now.forecast_made_on is None else f"made on {formats.day(now.forecast_made_on)}"


def _gaps(now: Headline) -> Iterator[Fact]:
    if not now.outturn_is_final:
        yield Fact("Forecast less budget", now.forecast_variance, Kind.POUNDS, lists=("forecast", "budget"))
        return
    yield fact(KEYS, now, "budget_variance", "Outturn less budget")
    share = "" if now.variance_pct is None else f"{formats.percent(now.variance_pct)} of the forecast"
    yield fact(KEYS, now, "variance", "Outturn less forecast", share)


def judged(result: Result[Headline, Row]) -> Fact:
    """The figure for the whole year: the forecast until the outturn is final."""
    now = result.headline
    label = f"Full-year spending of {now.financial_year}"
    if now.outturn_is_final:
        return fact(KEYS, now, "outturn", label, "outturn")
    return fact(KEYS, now, "forecast", label, f"forecast {_made_on(now)}".strip())


def chart(result: Result[Headline, Row]) -> Chart:
    """Spending so far, the forecast in force at each month end, and what is committed, with the budget as a line."""
    draw = partial(series, rows=result.rows, row_key=KEYS.row_key)
    budget = result.headline.budget
    return lines(
        (month.end for month in _year(result.scope).months()),
        Axis("£, to the end of each month", Kind.POUNDS, from_zero=True),
        draw("Spending", "actual_cumulative"),
        draw("Forecast", "forecast", tone=Tone.SECOND),
        draw("Committed", "committed_cumulative", tone=Tone.THIRD),
        levels=() if budget is None else (Level("Budget", float(budget)),),
    )


def goal(result: Result[Headline, Row]) -> Goal | None:
    """The target is the year within its budget, and the limit 1% over it."""
    now, expected = result.headline, judged(result)
    if now.budget is None or expected.number is None:
        return None
    over = Fact("over budget", expected.number - now.budget, Kind.POUNDS)
    because = _effects_in_words(now) if now.price_effect is not None else expected.raw
    return Goal(
        now.budget,
        now.budget * (1 + OVERSPEND_HELD),
        "No more than the budget; the limit is 1% over it.",
        over,
        because,
    )


KPI = Kpi(
    slug="outturn_vs_forecast",
    title="Outturn against budget and forecast",
    question=(
        "Is spending on independent and non-maintained special schools (INMSS) within its budget and as forecast, and "
        "what explains it?"
    ),
    group=Group.MONEY,
    numerator=(
        "Outturn: ledger postings of the budget line to the months of the financial year that began on or before "
        "the day. On the year's last day it covers the whole year, and it changes no more once that month is closed."
    ),
    denominator=(
        "The budget of the line for the whole year, and the latest forecast of it made on or before the day."
    ),
    left_out=(
        "Other budget lines. Price, volume and committed spend cover INMSS placements, whatever the "
        "line, and explain only line 1.2.3. Committed spend is what cost lines accrue by days, months or "
        "billing terms, as each placement says; it leaves out transport and other funders' shares."
    ),
    undefined=(
        "The variance is not available before the year's last day or without a forecast; price and volume not "
        "without an outturn and children in INMSS in both years."
    ),
    kind=Kind.POUNDS,
    better=Better.LOWER,
    owner="Finance manager, SEN",
    reviewed_on=date(2026, 11, 1),
    source="Budgets, forecasts and ledger postings of the line; plan, placement and cost line records",
    query=query,
    in_words=sentence,
    message=message,
    figures=facts,
    chart=chart,
    caption=lambda result: (
        f"Spending, forecast and committed spend by month, {result.headline.financial_year}, "
        f"budget line {result.scope[LINE]}"
    ),
    keys=KEYS,
    counts=(LedgerPosting, Budget, Forecast, CostLine),
    report=(InReport(ReportSection.INMSS),),
    filters=(LINE,),
    goal=goal,
    judged=judged,
    series=lambda result: tuple(row.actual_cumulative for row in result.rows),
    restarts_each_year=True,
)
