"""The KPI definitions a second time: plain Python loops over records loaded once, no SQL but the loading.

Nothing here uses the querysets, ``core.money`` or the KPI modules, so that a fault in them cannot hide. Sums and
shares are exact fractions until the end. Each KPI is a function that returns its headline and rows under the
published keys.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from placements.models import Budget, CostLine, Forecast, LedgerPosting, Placement, Plan
from provision.models import School

Answer = tuple[dict[str, Any], list[dict[str, Any]]]
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Records:
    """Everything in the store that a KPI of placements reads."""

    schools: dict[str, School]
    plans: dict[str, Plan]
    placements: dict[str, Placement]
    cost_lines: list[CostLine]
    budgets: list[Budget]
    forecasts: list[Forecast]
    postings: list[LedgerPosting]


def load() -> Records:
    return Records(
        schools={school.school_id: school for school in School.objects.all()},
        plans={plan.plan_id: plan for plan in Plan.objects.all()},
        placements={placement.placement_id: placement for placement in Placement.objects.all()},
        cost_lines=list(CostLine.objects.all()),
        budgets=list(Budget.objects.all()),
        forecasts=list(Forecast.objects.all()),
        postings=list(LedgerPosting.objects.all()),
    )


# The words of the definitions


def plan_in_force(plan: Plan, day: date) -> bool:
    return plan.issued_on <= day and not (plan.ceased_on is not None and plan.ceased_on <= day)


def placement_open(records: Records, placement: Placement, day: date) -> bool:
    started = placement.starts_on <= day
    ended = placement.ends_on is not None and placement.ends_on < day
    return started and not ended and plan_in_force(records.plans[placement.plan_id], day)


def provision(records: Records, placement: Placement) -> str:
    sector = records.schools[placement.school_id].sector
    if sector in ("INDEPENDENT_SPECIAL", "NON_MAINTAINED_SPECIAL"):
        return "INMSS"
    if sector == "STATE_SPECIAL":
        return "SPECIAL"
    if sector == "MAINSTREAM" and placement.in_srp:
        return "SRP"
    return {"POST_16": "POST_16", "OTHER": "OTHER"}.get(sector, "MAINSTREAM")


def need(records: Records, placement: Placement) -> str:
    return records.plans[placement.plan_id].primary_need


def open_placements(records: Records, day: date, wanted: str) -> list[Placement]:
    """Placements of the wanted provision open on the day."""
    return [
        placement
        for placement in records.placements.values()
        if provision(records, placement) == wanted and placement_open(records, placement, day)
    ]


def children(records: Records, day: date, wanted: str) -> int:
    placements = open_placements(records, day, wanted)
    return len({records.plans[placement.plan_id].child_id for placement in placements})


def line_runs(line: CostLine, day: date) -> bool:
    """The line counts towards a placement's cost on the day."""
    in_force = line.starts_on <= day and (line.ends_on is None or line.ends_on >= day)
    return in_force and not line.void and line.kind != "TRANSPORT"


def annual_cost(records: Records, placement: Placement, day: date) -> Decimal | None:
    amounts = [
        line.annual_amount
        for line in records.cost_lines
        if line.placement_id == placement.placement_id and line_runs(line, day)
    ]
    return sum(amounts, Decimal(0)) if amounts else None


def a_year_before(day: date) -> date:
    if day.month == 2 and day.day == 29:
        return date(day.year - 1, 2, 28)
    return date(day.year - 1, day.month, day.day)


def is_month_end(day: date) -> bool:
    return (day + ONE_DAY).day == 1


def penny(pounds: Fraction) -> Decimal:
    """Rounded to the penny, halves away from zero."""
    pence = int(abs(pounds) * 100 + Fraction(1, 2))
    return Decimal(pence if pounds >= 0 else -pence) / 100


def share(part: Any, whole: Any) -> float | None:
    if part is None or not whole:
        return None
    return float(Fraction(part) * 100 / Fraction(whole))


def mean(amounts: list[Decimal]) -> Any:
    return penny(Fraction(sum(amounts)) / len(amounts)) if amounts else None


def median(amounts: list[Decimal]) -> Decimal | None:
    if not amounts:
        return None
    in_order, middle = sorted(amounts), len(amounts) // 2
    if len(amounts) % 2:
        return in_order[middle]
    return penny(Fraction(in_order[middle - 1] + in_order[middle]) / 2)


# The KPIs


def outturn_vs_forecast(records: Records, day: date, line: str) -> Answer:
    first_year = day.year if day.month >= 4 else day.year - 1
    months = _months_from_april(first_year)
    label = f"{first_year:04d}-{(first_year + 1) % 100:02d}"
    final = day == date(first_year + 1, 3, 31)
    outturn = _posted(records, line, [month for month in months if month <= day])
    budget = next((b.amount for b in records.budgets if (b.financial_year, b.line) == (label, line)), None)
    forecast = _latest_forecast(records, label, line, day)
    variance = outturn - forecast.amount if final and forecast and outturn is not None else None
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


def committed(records: Records, day: date) -> list[Fraction | None]:
    """What accrues in each month of the day's financial year, unrounded: day by day, line by line."""
    first_year = day.year if day.month >= 4 else day.year - 1
    months = _months_from_april(first_year)
    days_of_year = (_last_day(months[-1]) - months[0]).days + 1
    accrued: list[Fraction | None] = []
    for month in months:
        amounts = [
            Fraction(line.annual_amount) * Fraction(line.education_share) / 100 / days_of_year
            for line, on in _line_days(records, month, _last_day(month))
        ]
        accrued.append(sum(amounts, Fraction(0)) if amounts else None)
    return accrued


def _line_days(records: Records, first: date, last: date) -> list[tuple[CostLine, date]]:
    """Each cost line with each day on which it runs and its INMSS placement is open."""
    return [
        (line, day)
        for line in records.cost_lines
        if provision(records, placement := records.placements[line.placement_id]) == "INMSS"
        for day in (first + n * ONE_DAY for n in range((last - first).days + 1))
        if line_runs(line, day) and placement_open(records, placement, day)
    ]


def _price_and_volume(records: Records, line: str, first_year: int) -> tuple[Any, Any]:
    """By the definition's own words: n children, p pounds for each, in the year and the year before."""
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


def ehcp_share(records: Records, day: date) -> Answer:
    def counts(on: date) -> tuple[int, int, float | None]:
        plans = sum(plan_in_force(plan, on) for plan in records.plans.values())
        inmss = children(records, on, "INMSS")
        return plans, inmss, share(inmss, plans)

    keys = ("plans", "inmss_children", "share_pct")
    now = dict(zip(keys, counts(day), strict=True))
    before = dict(zip((f"{key}_year_before" for key in keys), counts(a_year_before(day)), strict=True))
    month_ends: list[date] = []
    while len(month_ends) < 24:
        if is_month_end(day):
            month_ends.insert(0, day)
        day -= ONE_DAY
    rows = [{"month_end": end, **dict(zip(keys, counts(end), strict=True))} for end in month_ends]
    return now | before, rows


def need_mix(records: Records, day: date) -> Answer:
    needs = [need(records, placement) for placement in open_placements(records, day, "INMSS")]
    total = len(needs)
    rows = [
        {"need": code, "children": needs.count(code), "share_pct": share(needs.count(code), total)}
        for code in sorted(set(needs), key=lambda code: (-needs.count(code), code))
    ]
    asd, semh = needs.count("ASD"), needs.count("SEMH")
    headline = {
        "children": total,
        "asd_pct": share(asd, total),
        "semh_pct": share(semh, total),
        "asd_or_semh_pct": share(asd + semh, total),
    }
    return headline, rows


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
        apart: dict[str, Any] = {"premium": None, "ratio": None}
        if inmss and special:
            first, second = averages.values()
            apart["premium"] = first - second
            apart["ratio"] = float(Fraction(first) / Fraction(second)) if second else None
        return counts | averages | apart

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


def inmss_growth(records: Records, day: date, base_day: date) -> Answer:
    days = [date(year, 3, 31) for year in range(base_day.year, day.year + 1) if date(year, 3, 31) < day] + [
        day
    ]
    base_known = base_day <= day
    base = (
        {wanted: children(records, base_day, wanted) for wanted in ("INMSS", "SPECIAL")} if base_known else {}
    )

    def index(on: date, wanted: str) -> float | None:
        return share(children(records, on, wanted), base.get(wanted))

    def growth(wanted: str) -> float | None:
        before = base.get(wanted)
        return share(children(records, day, wanted) - before, before) if before else None

    rows = [
        {
            "day": on,
            "inmss": children(records, on, "INMSS"),
            "special": children(records, on, "SPECIAL"),
            "inmss_index": index(on, "INMSS"),
            "special_index": index(on, "SPECIAL"),
        }
        for on in days
    ]
    headline = {
        "base_day": base_day,
        "inmss_growth_pct": growth("INMSS"),
        "special_growth_pct": growth("SPECIAL"),
    }
    return headline, rows
