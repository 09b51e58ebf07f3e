"""What is typical of a child, a plan or a placement: ages, needs, and when and why children arrive, move and leave.

Ages are those on 31 August, so 11 is the end of primary school, 16 of year 11 and 19 of year 14.
"""

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from . import council
from .council import Provision
from .draws import between, chance, day_between, pick, share_out, weighted
from .records import Placement, Plan, Register, age_in_august
from .schools import Bench


class Cell(NamedTuple):
    """A group of children whose number is fixed on each 31 March."""

    group: str
    """In INMSS the need: ASD, SEMH or REST; otherwise ANY."""
    bench: Bench


DISTRICT_WEIGHTS = dict(zip(council.DISTRICTS, council.DISTRICT_WEIGHTS, strict=True))
STOCK_AGES: dict[Provision, dict[int, float]] = {
    Provision.INMSS: {7: 2, 8: 3, 9: 4, 10: 6, 11: 8, 12: 12, 13: 14, 14: 15, 15: 16, 16: 13, 17: 4, 18: 3},
    Provision.SPECIAL: {
        4: 3, 5: 5, 6: 5, 7: 6, 8: 6, 9: 7, 10: 7, 11: 8, 12: 9, 13: 9, 14: 9, 15: 9, 16: 8, 17: 5, 18: 4, 19: 3
    },
    Provision.SRP: {5: 7, 6: 9, 7: 11, 8: 12, 9: 12, 10: 12, 12: 14, 13: 14, 14: 13, 15: 12, 16: 11},
    Provision.OTHER: {8: 1, 10: 2, 12: 3, 14: 4, 15: 4, 16: 2},
    Provision.POST_16: {17: 5, 18: 5, 19: 3, 20: 1},
    Provision.MAINSTREAM: {
        4: 2, 5: 5, 6: 7, 7: 8, 8: 9, 9: 10, 10: 11, 11: 11, 12: 9, 13: 9, 14: 8, 15: 8, 16: 7, 17: 1, 18: 1
    },
    Provision.AWAITING: {5: 2, 8: 1, 11: 3, 14: 1},
}  # fmt: skip
"""Weights of ages on the first 31 March."""
ENTRY_AGES: dict[Provision, dict[int, float]] = {
    Provision.INMSS: {6: 1, 7: 2, 8: 4, 9: 5, 10: 7, 11: 19, 12: 15, 13: 14, 14: 11, 15: 5},
    Provision.SPECIAL: {4: 27, 5: 14, 6: 8, 7: 8, 8: 6, 9: 5, 10: 4, 11: 17, 12: 4, 13: 3, 14: 2},
    Provision.SRP: {4: 14, 5: 10, 6: 9, 7: 8, 8: 7, 9: 5, 10: 4, 11: 30, 12: 5, 13: 3, 14: 2},
    Provision.OTHER: {4: 3, 6: 3, 8: 4, 10: 5, 12: 7, 13: 9, 14: 10, 15: 7},
    Provision.POST_16: {16: 5, 17: 4, 18: 3, 19: 2, 20: 1, 21: 1},
    Provision.MAINSTREAM: {
        4: 10, 5: 14, 6: 14, 7: 13, 8: 11, 9: 10, 10: 9, 11: 6, 12: 5, 13: 5, 14: 5, 15: 3
    },
    Provision.AWAITING: {4: 6, 5: 3, 7: 2, 9: 2, 10: 3, 11: 3, 13: 2, 14: 2},
}  # fmt: skip
"""Weights of ages of children whose first placement is in a provision."""
LEAVERS: dict[Provision, dict[int, float]] = {
    Provision.INMSS: {11: 0.04, 16: 0.48, 17: 0.12, 18: 0.6, 19: 1},
    Provision.SPECIAL: {11: 0.02, 16: 0.22, 17: 0.1, 18: 0.35, 19: 1},
    Provision.SRP: {11: 1, 16: 0.9, 17: 0.1, 18: 1},
    Provision.OTHER: {16: 0.7, 17: 1},
    Provision.POST_16: {17: 0.1, 18: 0.2, 19: 0.35, 20: 0.3, 21: 0.3, 22: 0.35, 23: 0.35, 24: 0.4, 25: 1},
    Provision.MAINSTREAM: {11: 0.03, 16: 0.55, 17: 0.15, 18: 1},
}
"""Chance of leaving on 31 August by age; ages above the last one listed have its chance."""
IN_YEAR_LEAVERS: dict[Provision, float] = {
    Provision.INMSS: 0.03,
    Provision.SPECIAL: 0.012,
    Provision.SRP: 0.015,
    Provision.OTHER: 0.15,
    Provision.POST_16: 0.05,
    Provision.MAINSTREAM: 0.025,
}
"""Chance of leaving at some other time of the year."""
POST_16_CHANCE = {2013: 0.1, 2014: 0.5}
"""Chance that a leaver aged 16 or over keeps a plan; 0.78 in the years not listed."""
ONWARD: dict[Provision, dict[Provision | None, float]] = {
    Provision.INMSS: {
        Provision.SPECIAL: 25, Provision.MAINSTREAM: 12, Provision.AWAITING: 13, Provision.OTHER: 10, None: 40
    },
    Provision.SPECIAL: {Provision.MAINSTREAM: 20, Provision.OTHER: 12, None: 68},
    Provision.SRP: {Provision.MAINSTREAM: 60, Provision.SPECIAL: 12, None: 28},
    Provision.OTHER: {Provision.MAINSTREAM: 40, Provision.SPECIAL: 10, None: 50},
    Provision.MAINSTREAM: {Provision.OTHER: 10, None: 90},
}  # fmt: skip
"""The destinations of children under 16; None means the end of the plan."""
OFTEN_WITH = {
    "ASD": ("SLCN", "SEMH", "MLD", "SPLD"),
    "SEMH": ("SLCN", "MLD", "SPLD", "ASD"),
    "SLCN": ("MLD", "SEMH", "SPLD"),
    "PD": ("MLD", "SLCN", "VI"),
    "VI": ("PD", "SLD"),
}


def cells(provision: Provision, year: int) -> dict[Cell, int]:
    """Return the number of children in each cell of a provision on 31 March of a year."""
    number = council.stock(provision, year)
    if provision is Provision.INMSS:
        whole = sum(council.INMSS_MIX_2019.values())
        progress = min((year - council.FIRST_YEAR) / 5, 1)
        shares = {
            Cell(*key): start + progress * (council.INMSS_MIX_2019[key] / whole - start)
            for key, start in council.INMSS_MIX_2013.items()
        }
        return share_out(number, shares)
    if provision is Provision.SPECIAL:
        boarders = round(number * council.SPECIAL_RESIDENTIAL_SHARE)
        return {Cell("ANY", "DAY"): number - boarders, Cell("ANY", "RESIDENTIAL"): boarders}
    if provision is Provision.SRP:
        primary = round(number * council.SRP_PRIMARY_SHARE)
        return {Cell("ANY", "SECONDARY"): number - primary, Cell("ANY", "PRIMARY"): primary}
    return {Cell("ANY", "DAY"): number}


def cell_of(provision: Provision, age: int) -> Cell:
    """Return the cell that a child joins by moving to a provision other than INMSS."""
    if provision is Provision.SRP:
        return Cell("ANY", "SECONDARY" if age >= 11 else "PRIMARY")
    return Cell("ANY", "DAY")


def suits(provision: Provision, cell: Cell, need: str, age: int) -> bool:
    """Return whether a child may be moved into a cell."""
    if provision is Provision.INMSS:
        group = need if need in ("ASD", "SEMH") else "REST"
        return group == cell.group and 7 <= age <= 15
    if provision is Provision.SRP:
        return 11 <= age <= 14 if cell.bench == "SECONDARY" else 5 <= age <= 9
    return 5 <= age <= 14


SPECIALISMS = ("SEMH", "ASD", "MLD", "SLD")
"""Kinds of state special school, in an order such that a child whose kind is full goes to the next."""


def specialism(plan: Plan) -> str:
    """Return the kind of state special school that suits a child."""
    if plan.primary_need in ("SEMH", "ASD"):
        return plan.primary_need
    return "MLD" if plan.primary_need in ("MLD", "SLCN", "SPLD", "OTH") else "SLD"


def weighted_provision(rng: Random, weights: dict[Provision, float]) -> Provision:
    """Return a random provision, weighted."""
    return weighted(rng, weights)


def age_in_cell(rng: Random, ages: dict[int, float], cell: Cell) -> int:
    """Return a random age that suits the cell."""
    if cell.bench == "PRIMARY":
        ages = {age: weight for age, weight in ages.items() if age < 11}
    elif cell.bench == "SECONDARY":
        ages = {age: weight for age, weight in ages.items() if age >= 11}
    return weighted(rng, ages)


def birthday(rng: Random, age: int, year: int) -> date:
    """Return a random birthday for an age on 31 August of a year."""
    return date(year - age - 1, 9, 1) + timedelta(days=between(rng, 0, 364))


def home(rng: Random) -> str:
    """Return the district a child lives in."""
    return weighted(rng, DISTRICT_WEIGHTS)


def first_age(provision: Provision, cell: Cell, age: int) -> int:
    """Return the youngest age at which a child of this age may have come to its present provision."""
    if provision is Provision.POST_16:
        return 17
    if cell.bench == "SECONDARY" or (provision is Provision.MAINSTREAM and age >= 12):
        return 12
    return 7 if provision is Provision.INMSS else 4


def primary_need(rng: Random, provision: Provision, cell: Cell) -> str:
    """Return the primary need of a new plan."""
    if provision is Provision.INMSS:
        return weighted(rng, council.INMSS_REST_MIX) if cell.group == "REST" else cell.group
    return weighted(rng, council.NEED_MIX[provision])


def secondary_need(rng: Random, primary: str) -> str:
    """Return a secondary need for three plans in ten, otherwise an empty text."""
    return (
        pick(rng, OFTEN_WITH.get(primary, ("SLCN", "OTH"))) if chance(rng, 0.3) and primary != "OTH" else ""
    )


def start_day(rng: Random, provision: Provision, year: int) -> date:
    """Return the day a placement starts in the year from 1 April: mostly in September, in mainstream at any time."""
    if provision is Provision.MAINSTREAM:
        return day_between(rng, date(year, 4, 3), date(year + 1, 3, 31))
    if provision is Provision.AWAITING:
        return day_between(rng, date(year + 1, 1, 5), date(year + 1, 3, 31))
    share = rng.random() * (0.7 if provision is Provision.POST_16 else 1)
    if share < 0.55:
        return date(year, 9, between(rng, 1, 10))
    if share < 0.67:
        return day_between(rng, date(year, 4, 20), date(year, 7, 12))
    if share < 0.82:
        return day_between(rng, date(year, 9, 14), date(year, 12, 12))
    return day_between(rng, date(year + 1, 1, 4), date(year + 1, 3, 29))


def leaving_chance(provision: Provision, age: int) -> float:
    """Return the chance of leaving a provision on 31 August."""
    by_age = LEAVERS[provision]
    return by_age.get(min(age, max(by_age)), 0)


def destination(rng: Random, provision: Provision, age: int, year: int) -> Provision | None:
    """Return a leaver's destination; None if the plan ceases."""
    if provision is Provision.POST_16 or age >= 19:
        return None
    if age >= 16:
        return Provision.POST_16 if chance(rng, POST_16_CHANCE.get(year, 0.78)) else None
    if provision is Provision.SRP and age == 11:
        return weighted(rng, {Provision.SRP: 80, Provision.MAINSTREAM: 12, Provision.SPECIAL: 8})
    return weighted(rng, ONWARD[provision])


def after_waiting(rng: Random, age: int) -> Provision:
    """Return the provision of a child who had a plan but no placement."""
    if age >= 16:
        return Provision.POST_16
    return weighted(
        rng, {Provision.SPECIAL: 35, Provision.SRP: 10, Provision.MAINSTREAM: 45, Provision.OTHER: 10}
    )


def end_reason(rng: Random, provision: Provision, ended_on: date, moves: bool) -> str:
    """Return why a placement ended."""
    if (ended_on.month, ended_on.day) == (8, 31):
        return "TRANSITION" if moves else "LEFT"
    if moves:
        return "MOVED"
    return "TERMINATED" if provision is Provision.INMSS and chance(rng, 0.35) else "LEFT"


def cease_reason(rng: Random, age: int) -> str:
    """Return the SEN2 reason for which a plan ceased."""
    if age >= 25:
        return "1"
    if age >= 16:
        return weighted(rng, {"2": 30, "4": 22, "6": 30, "9": 18})
    return weighted(rng, {"2": 38, "5": 36, "3": 12, "7": 9, "9": 5})


def describe(rng: Random, placement: Placement) -> None:
    """Fill in how the placement came about and how it is paid for."""
    if placement.provision != Provision.INMSS:
        placement.route = "TRANSFERRED_IN" if chance(rng, 0.03) else ""
        placement.accrual = "MONTHS" if placement.provision in (Provision.SPECIAL, Provision.SRP) else ""
        placement.weeks = 38
        return
    placement.route = weighted(
        rng,
        {
            "PANEL": 62, "TRIBUNAL_ORDERED": 12, "TRIBUNAL_CONCEDED": 8, "PARENTAL": 6, "EMERGENCY": 5,
            "TRANSFERRED_IN": 6, "OTHER": 1,
        },
    )  # fmt: skip
    placement.reason = weighted(rng, {"COMPLEXITY": 62, "CAPACITY": 31, "OTHER": 7})
    if placement.attendance == "RESIDENTIAL":
        placement.weeks = weighted(rng, {38: 60, 44: 15, 52: 25})
        placement.accrual = "DAYS" if placement.weeks == 52 else "TERMS"
        placement.boarding_share = weighted(rng, {"100": 80, "66.67": 8, "50": 8, "33.33": 4})
    else:
        placement.weeks = weighted(rng, {38: 70, 39: 30})
        placement.accrual = weighted(rng, {"TERMS": 85, "MONTHS": 15})


def know_ahead(rng: Random, register: Register) -> None:
    """Record ends already known on the last day: some of those who finish year 11, 13 or 14 in August."""
    for placement in register.placements:
        if placement.provision not in (Provision.INMSS, Provision.SPECIAL) or not placement.open_on(
            council.LAST_DAY
        ):
            continue
        if age_in_august(placement.plan.child.born_on, council.LAST_YEAR) in (16, 18, 19) and chance(
            rng, 0.35
        ):
            placement.ends_on = date(council.LAST_YEAR, 8, 31)
            placement.end_reason = "TRANSITION"


def go_astray(rng: Random, register: Register) -> None:
    """Let a few placements outlast their plan, as clerks' mistakes do: five in mainstream, two in INMSS left open."""
    left = date(council.LAST_YEAR - 1, 8, 31)
    strays = [
        placement
        for placement in register.placements
        if placement.ends_on == left
        and placement.plan.ceased_on is not None
        and left < placement.plan.ceased_on <= left + timedelta(days=45)
    ]
    in_mainstream = [stray for stray in strays if stray.provision == Provision.MAINSTREAM]
    for stray in in_mainstream[:5]:
        stray.plan.ceased_on = date(left.year, 7, between(rng, 16, 24))
    for stray in [stray for stray in strays if stray.provision == Provision.INMSS][:2]:
        stray.ends_on = None
        stray.end_reason = ""
