"""The second calculation of the KPIs about money, by the rules of ``second_calculation``."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from placements.models import CostLine, Forecast, Placement
from tests.kpis.second_calculation import (
    ONE_DAY,
    Answer,
    Records,
    a_year_before,
    children,
    is_month_end,
    mean,
    median,
    need,
    open_placements,
    penny,
    provision,
    share,
)


def line_runs(line: CostLine, day: date) -> bool:
    """Whether the line counts towards a placement's cost on the day."""
    in_force = line.starts_on <= day and (line.ends_on is None or line.ends_on >= day)
    return in_force and not line.void and line.kind != "TRANSPORT"


def annual_cost(records: Records, placement: Placement, day: date) -> Decimal | None:
    amounts = [
        line.annual_amount
        for line in records.cost_lines
        if line.placement_id == placement.placement_id and line_runs(line, day)
    ]
    return sum(amounts, Decimal(0)) if amounts else None


def outturn_vs_forecast(records: Records, day: date, line: str) -> Answer:
    first_year = day.year if day.month >= 4 else day.year - 1
    months = _months_from_april(first_year)
    label = f"{first_year:04d}-{(first_year + 1) % 100:02d}"
    final = day == date(first_year + 1, 3, 31)
    outturn = _posted(records, line, [month for month in months if month <= day])
    budget = next((b.amount for b in records.budgets if (b.financial_year, b.line) == (label, line)), None)
    forecast = _latest_forecast(records, label, line, day)
    variance = outturn - forecast.amount if final and forecast and outturn is not None else None
    over_budget = outturn - budget if final and outturn is not None and budget is not None else None
    price, volume = _price_and_volume(records, line, first_year) if final else (None, None)
    headline = {
        "financial_year": label,
        "budget": budget,
        "forecast": forecast.amount if forecast else None,
        "forecast_made_on": forecast.made_on if forecast else None,
        "outturn": outturn,
        "outturn_is_final": final,
        "variance": variance,
        "variance_pct": share(variance, forecast.amount if forecast else None),
        "budget_variance": over_budget,
        "price_effect": price,
        "volume_effect": volume,
        "forecast_variance": (
            forecast.amount - budget if not final and forecast and budget is not None else None
        ),
    }
    rows = []
    for month in months:
        month_end = _last_day(month)
        standing = _latest_forecast(records, label, line, month_end) if month_end <= day else None
        begun = month <= day
        rows.append(
            {
                "month": f"{month:%Y-%m}",
                "actual": _posted(records, line, [month]) if begun else None,
                "actual_cumulative": _posted(records, line, [m for m in months if m <= month])
                if begun
                else None,
                "forecast": standing.amount if standing else None,
            }
        )
    return headline, rows


def committed(records: Records, day: date) -> list[Decimal | None]:
    """What accrues in each month of the day's financial year, line by line, each rounded separately."""
    first_year = day.year if day.month >= 4 else day.year - 1
    months = _months_from_april(first_year)
    accrued: dict[date, list[Decimal]] = {month: [] for month in months}
    for line in records.cost_lines:
        if provision(records, records.placements[line.placement_id]) == "INMSS":
            for month, (_, education) in line_by_month(records, line, months[-1]).items():
                if month in accrued:
                    accrued[month].append(education)
    return [sum(amounts, Decimal(0)) if amounts else None for amounts in accrued.values()]


TERMS = {9: 12, 1: 3, 4: 8}
"""The first and the last months of the billing terms."""


def line_by_month(records: Records, line: CostLine, until: date) -> dict[date, tuple[Decimal, Decimal]]:
    """What a line accrues, gross and the education share, in each month in which it runs, to the month ``until``."""
    first, last = line_committed(records, line)
    share_of_year, share_before = Fraction(0), Fraction(0)
    found: dict[date, tuple[Decimal, Decimal]] = {}
    month = first.replace(day=1)
    while first <= (last or first) and month <= until and (last is None or month <= last):
        share_before = share_of_year
        share_of_year += _accrues(records.placements[line.placement_id].accrual, month, first, last)
        fee = Fraction(line.annual_amount)
        education = fee * Fraction(line.education_share) / 100
        if not line.void and line.kind != "TRANSPORT":
            found[month] = (
                penny(fee * share_of_year) - penny(fee * share_before),
                penny(education * share_of_year) - penny(education * share_before),
            )
        month = _next_month(month)
    return found


def line_committed(records: Records, line: CostLine) -> tuple[date, date | None]:
    """The first and last day for which the line is committed: a paid-to day stands in for the placement's last."""
    placement = records.placements[line.placement_id]
    plan = records.plans[placement.plan_id]
    lasts = [placement.paid_to_on or placement.ends_on]
    if line.ends_on and (placement.ends_on is None or line.ends_on < placement.ends_on):
        lasts.append(line.ends_on)
    if plan.ceased_on:
        lasts.append(plan.ceased_on - ONE_DAY)
    known = [last for last in lasts if last]
    return max(line.starts_on, placement.starts_on, plan.issued_on), min(known) if known else None


def _accrues(accrual: str, month: date, first: date, last: date | None) -> Fraction:
    """The share of a year's fee that falls to the month."""
    month_end = _next_month(month) - ONE_DAY
    from_day, to_day = max(first, month), min(last or month_end, month_end)
    days = (to_day - from_day).days + 1
    if accrual == "MONTHS":
        return Fraction(days, 12 * month_end.day)
    if accrual == "TERMS":
        if month.month not in TERMS and first < month:
            return Fraction(0)  # billed in an earlier month
        begins, ends = next((begins, ends) for begins, ends in TERMS.items() if begins <= month.month <= ends)
        term_start, after = date(month.year, begins, 1), _next_month(date(month.year, ends, 1))
        days = (min(last or after, after - ONE_DAY) - from_day).days + 1
        return Fraction(days, 3 * (after - term_start).days)
    first_year = month.year if month.month >= 4 else month.year - 1
    return Fraction(days, (date(first_year + 1, 4, 1) - date(first_year, 4, 1)).days)


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _price_and_volume(records: Records, line: str, first_year: int) -> tuple[Any, Any]:
    """In the definition's own terms: n children, p pounds for each, in the year and the year before."""
    months, months_before = _months_from_april(first_year), _months_from_april(first_year - 1)
    outturn, outturn_before = _posted(records, line, months), _posted(records, line, months_before)
    n1 = Fraction(sum(children(records, _last_day(month), "INMSS") for month in months), 12)
    n0 = Fraction(sum(children(records, _last_day(month), "INMSS") for month in months_before), 12)
    if outturn is None or outturn_before is None or not n0 or not n1:
        return None, None
    p1, p0 = Fraction(outturn) / n1, Fraction(outturn_before) / n0
    return penny(n1 * (p1 - p0)), penny((n1 - n0) * p0)


def _months_from_april(year: int) -> list[date]:
    return [date(year, month, 1) for month in range(4, 13)] + [
        date(year + 1, month, 1) for month in (1, 2, 3)
    ]


def _last_day(month: date) -> date:
    day = month
    while not is_month_end(day):
        day += ONE_DAY
    return day


def _posted(records: Records, line: str, months: list[date]) -> Decimal | None:
    amounts = [p.amount for p in records.postings if p.line == line and p.month in months]
    return sum(amounts, Decimal(0)) if amounts else None


def _latest_forecast(records: Records, year: str, line: str, day: date) -> Forecast | None:
    latest = None
    for forecast in records.forecasts:
        wanted = (forecast.financial_year, forecast.line) == (year, line) and forecast.made_on <= day
        if wanted and (latest is None or forecast.made_on > latest.made_on):
            latest = forecast
    return latest


def cost_per_need_type(records: Records, day: date, attendance: str) -> Answer:
    costs: dict[tuple[str, str], list[Decimal]] = {}
    for wanted in ("INMSS", "SPECIAL"):
        for placement in open_placements(records, day, wanted):
            cost = annual_cost(records, placement, day)
            if placement.attendance == attendance and cost is not None:
                costs.setdefault((wanted, need(records, placement)), []).append(cost)

    def compared(inmss: list[Decimal], special: list[Decimal]) -> dict[str, Any]:
        counts = {"inmss_placements": len(inmss), "special_placements": len(special)}
        averages = {"inmss_average": mean(inmss), "special_average": mean(special)}
        together = {
            "inmss_cost": sum(inmss) if inmss else None,
            "special_cost": sum(special) if special else None,
        }
        apart: dict[str, Any] = {"premium": None, "ratio": None}
        if inmss and special:
            first, second = averages.values()
            apart["premium"] = first - second
            apart["ratio"] = float(Fraction(first) / Fraction(second)) if second else None
        return counts | averages | apart | together

    rows = [
        {"need": code, **compared(costs.get(("INMSS", code), []), costs.get(("SPECIAL", code), []))}
        for code in {code for _, code in costs}
    ]
    rows.sort(key=lambda row: (-row["inmss_placements"], row["need"]))
    inmss = [cost for (wanted, _), found in costs.items() if wanted == "INMSS" for cost in found]
    special = [cost for (wanted, _), found in costs.items() if wanted == "SPECIAL" for cost in found]
    medians = {"inmss_median": median(inmss), "special_median": median(special)}
    return compared(inmss, special) | medians, rows


def provider_concentration(records: Records, day: date, top: int) -> Answer:
    costs: dict[str, list[Decimal]] = {}
    for placement in open_placements(records, day, "INMSS"):
        costs.setdefault(placement.school_id, []).append(annual_cost(records, placement, day) or Decimal(0))
    order = sorted(costs, key=lambda school_id: (-sum(costs[school_id]), school_id))
    total = sum(sum(found) for found in costs.values())
    rows, so_far = [], Decimal(0)
    for school_id in order:
        so_far += sum(costs[school_id])
        rows.append(
            {
                "school_id": school_id,
                "school": records.schools[school_id].name,
                "placements": len(costs[school_id]),
                "annual_cost": sum(costs[school_id]),
                "average": mean(costs[school_id]),
                "cumulative_pct": share(so_far, total),
            }
        )
    in_top = [cost for school_id in order[:top] for cost in costs[school_id]]
    headline = {
        "schools": len(order),
        "annual_cost": total if order else None,
        "top": top,
        "top_cost": sum(in_top) if order else None,
        "top_placements": len(in_top),
        "top_average": mean(in_top),
        "top_share_pct": share(sum(in_top), total),
    }
    return headline, rows


PROVISIONS = ("INMSS", "SPECIAL", "SRP", "MAINSTREAM", "POST_16", "OTHER")


def cost_growth(records: Records, day: date, by: str, **chosen: str) -> Answer:
    """Group by group, n placements at p pounds each; ``chosen`` holds the filters by their names."""
    before, now = (_costs_by_group(records, on, by, chosen) for on in (a_year_before(day), day))
    groups = {key: (before.get(key, []), now.get(key, [])) for key in {*before, *now}}
    rows = [{"key": key, **_grown(*costs)} for key, costs in groups.items()]
    rows.sort(key=lambda row: (-abs(row["change"]), row["key"]))
    whole = _grown(*([cost for found in costs.values() for cost in found] for costs in (before, now)))
    for row in rows:
        row["share_of_change_pct"] = share(row["change"], whole["change"])
    if not rows:
        nothing = dict.fromkeys((*whole, "change_pct", "mix_effect", "largest", "largest_change"))
        return nothing | {"placements_before": 0, "placements": 0}, []
    price = penny(sum((_price(*costs) for costs in groups.values()), Fraction(0)))
    headline = whole | {
        "price_effect": price,
        "mix_effect": whole["change"] - whole["volume_effect"] - price,
        "change_pct": share(whole["change"], whole["cost_before"]),
        "largest": rows[0]["key"],
        "largest_change": rows[0]["change"],
    }
    return headline, rows


def _costs_by_group(records: Records, day: date, by: str, chosen: dict[str, str]) -> dict[str, list[Decimal]]:
    """The known costs of the placements open on the day, by the key of their group."""
    costs: dict[str, list[Decimal]] = {}
    asked = {"provision": "INMSS"} | chosen if by != "provision" else chosen
    for wanted in PROVISIONS:
        for placement in open_placements(records, day, wanted):
            child = records.children[records.plans[placement.plan_id].child_id]
            of = {
                "need": need(records, placement),
                "provision": wanted,
                "district": child.home_district,
                "attendance": placement.attendance,
            }
            cost = annual_cost(records, placement, day)
            if cost is not None and all(of[name] == value for name, value in asked.items()):
                costs.setdefault(of[by] or "NOT_RECORDED", []).append(cost)
    return costs


def _grown(before: list[Decimal], now: list[Decimal]) -> dict[str, Any]:
    change = sum(now, Decimal(0)) - sum(before, Decimal(0))
    more = len(now) - len(before)
    volume = more * Fraction(sum(before)) / len(before) if before and now else Fraction(change)
    return {
        "placements_before": len(before),
        "placements": len(now),
        "cost_before": sum(before, Decimal(0)) if before else None,
        "cost": sum(now, Decimal(0)) if now else None,
        "change": change,
        "volume_effect": penny(volume),
        "price_effect": penny(_price(before, now)),
    }


def _price(before: list[Decimal], now: list[Decimal]) -> Fraction:
    if not before or not now:
        return Fraction(0)
    return len(now) * (Fraction(sum(now)) / len(now) - Fraction(sum(before)) / len(before))
