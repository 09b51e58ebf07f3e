"""Commissioned places of state special schools and resourced provision, and the commissioning plan behind them.

Places follow the size of each school, some a little below its roll and some above, so that some schools are over and
some under capacity; the totals of every academic year are the council's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import fsum
from random import Random

from . import council
from .draws import between, chance, pick, share_out
from .records import School
from .schools import Schools

FREE_SCHOOL = "Government funded special free school on the Isle of Sheppey:"
SRP_NEEDS = (("ASD",), ("ASD", "SLCN"), ("SLCN",), ("HI",), ("PD",), ("VI", "PD"))


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a school in an academic year."""

    school: School
    provision: str
    year: int
    number: int
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlacesChange:
    """A change of places in the commissioning plan."""

    change_id: str
    school_id: str
    title: str
    provision: str
    effective_on: date
    places: int
    needs: tuple[str, ...]
    district: str
    status: str
    note: str = ""


def make_places(rng: Random, schools: Schools) -> list[Places]:
    """Return the places of every school and academic year, by provision, school and year."""
    return [*special_places(rng, schools), *srp_places(rng, schools)]


def special_places(rng: Random, schools: Schools) -> Iterator[Places]:
    """Yield places in state special schools: eight of them grow in the coming year, and a new school opens."""
    weights = sizes(rng, schools.special, 0.88, 0.24)
    years = yearly(weights, council.PLACES["SPECIAL"])
    coming = council.LAST_YEAR
    growth = council.PLACES["SPECIAL"][coming] - council.PLACES["SPECIAL"][coming - 1]
    growing = {school: weights[school] for school in list(weights)[::3]}
    gains = share_out(growth - council.NEW_SPECIAL_SCHOOL_PLACES, growing)
    for school, numbers in years.items():
        numbers[coming] = numbers[coming - 1] + gains.get(school, 0)
        for year, number in numbers.items():
            yield Places(school, "SPECIAL", year, number, school.needs)
    new = schools.new_special
    yield Places(new, "SPECIAL", coming, council.NEW_SPECIAL_SCHOOL_PLACES, new.needs)


def srp_places(rng: Random, schools: Schools) -> Iterator[Places]:
    """Yield places in resourced provision: a dozen units grow in the coming year."""
    weights = sizes(rng, schools.srp, 0.85, 0.3)
    years = yearly(weights, council.PLACES["SRP"])
    coming = council.LAST_YEAR
    growth = council.PLACES["SRP"][coming] - council.PLACES["SRP"][coming - 1]
    gains = share_out(growth, dict.fromkeys(list(weights)[2::5], 1.0))
    for index, (school, numbers) in enumerate(years.items()):
        numbers[coming] = numbers[coming - 1] + gains.get(school, 0)
        for year, number in numbers.items():
            yield Places(school, "SRP", year, number, SRP_NEEDS[index % len(SRP_NEEDS)])


def sizes(
    rng: Random, shares: dict[str, dict[School, float]], low: float, spread: float
) -> dict[School, float]:
    """Return the children of each school among all of its provision, times how generously it is commissioned."""
    weights: dict[School, float] = {}
    for bench, schools in shares.items():
        part = bench_part(bench) / fsum(schools.values())
        for school, share in schools.items():
            weights[school] = weights.get(school, 0) + share * part
    return {school: weight * (low + spread * rng.random()) for school, weight in weights.items()}


def bench_part(bench: str) -> float:
    """Return the share of a provision's children in a bench."""
    return {
        "DAY": 1 - council.SPECIAL_RESIDENTIAL_SHARE,
        "RESIDENTIAL": council.SPECIAL_RESIDENTIAL_SHARE,
        "PRIMARY": council.SRP_PRIMARY_SHARE,
        "SECONDARY": 1 - council.SRP_PRIMARY_SHARE,
    }[bench]


def yearly(weights: dict[School, float], totals: dict[int, int]) -> dict[School, dict[int, int]]:
    """Return places by school and year, for the years before the coming one."""
    by_year = {year: share_out(total, weights) for year, total in totals.items() if year < council.LAST_YEAR}
    return {school: {year: shares[school] for year, shares in by_year.items()} for school in weights}


def commissioning_plan(
    rng: Random, prefix: str, schools: Schools, places: list[Places]
) -> list[PlacesChange]:
    """Return the larger changes of last September, all of the coming one, and proposals for the time after."""
    changes: list[PlacesChange] = []

    def add(place: Places, year: int, gain: int, status: str, title: str, note: str = "") -> None:
        school = place.school
        change_id = f"{prefix}CP{len(changes) + 1:03d}"
        named = f"{title} {school.name}"
        effective_on = date(year, 9, 1)
        changes.append(
            PlacesChange(
                change_id,
                school.school_id,
                named,
                place.provision,
                effective_on,
                gain,
                place.needs,
                school.district,
                status,
                note,
            )
        )

    numbers = {(place.school.school_id, place.provision, place.year): place.number for place in places}
    coming = council.LAST_YEAR
    for year in (coming - 1, coming):
        for place in places:
            before = numbers.get((place.school.school_id, place.provision, year - 1), 0)
            if place.year != year or place.number - before < (1 if year == coming else 4):
                continue
            title = FREE_SCHOOL if place.school is schools.new_special else "More places at"
            add(place, year, place.number - before, "OPEN" if year < coming else "APPROVED", title)
    this_year = [place for place in places if place.year == coming]
    for _ in range(6):
        place = pick(rng, this_year)
        gain = between(rng, 2, 6) * (2 if place.provision == "SRP" else 6)
        cancelled = chance(rng, 0.15)
        note = "No suitable site" if cancelled else "Subject to consultation"
        add(
            place,
            coming + between(rng, 1, 2),
            gain,
            "CANCELLED" if cancelled else "PROPOSED",
            "More places at",
            note,
        )
    return changes
