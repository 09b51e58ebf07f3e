"""The costs of placements: a fee for each placement at the prices of 2018-19, and from it the cost lines of each year.

Averages over the placements open on the last day are exact: fees are drawn with a heavy tail, scaled to the group's
total, and the largest of the group takes the remaining pennies. Amounts in this module are pence.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import fsum
from random import Random
from typing import NamedTuple

from . import council
from .council import Provision
from .draws import between, chance, day_between, heavy_tailed, settle, share_out
from .records import ONE_DAY, Placement, Register, School, academic_year

NEED_LEVEL = {
    "PMLD": 1.45,
    "PD": 1.15,
    "VI": 1.15,
    "MSI": 1.6,
    "HI": 1.1,
    "SLD": 1.05,
    "MLD": 0.8,
    "SPLD": 0.75,
}
"""Price of a need relative to the needs other than ASD and SEMH."""


@dataclass(frozen=True, slots=True)
class CostLine:
    """A cost line; `ends_on` is its last day, or None while open."""

    placement_id: str
    kind: str
    annual_pence: int
    starts_on: date
    ends_on: date | None
    education_share: str = "100"
    void: bool = False


class Group(NamedTuple):
    """Placements priced together: `size` is LARGE or SMALL in INMSS and empty elsewhere."""

    attendance: str
    need: str
    size: str


def set_fees(rng: Random, register: Register, large: tuple[School, ...]) -> None:
    """Set the fees of every placement in INMSS, state special schools and resourced provision."""
    set_inmss_fees(rng, register, large)
    set_special_fees(rng, register)
    for placement in register.placements:
        if placement.provision == Provision.SRP:
            placement.fees = {
                "PLACE_FUNDING": council.PLACE_FUNDING * 100,
                "CORE": penny(3_900 * heavy_tailed(rng)),
            }
        elif placement.provision in (Provision.MAINSTREAM, Provision.POST_16, Provision.OTHER) and chance(
            rng, 0.4
        ):
            placement.fees = {"CORE": penny(5_200 * heavy_tailed(rng))}


def penny(amount: float) -> int:
    """Return pounds as whole pence."""
    return int(amount * 100 + 0.5)


def set_inmss_fees(rng: Random, register: Register, large: tuple[School, ...]) -> None:
    """Set fees of INMSS placements: day by need, boarding by size, so that large schools charge normal day fees."""
    placements = [placement for placement in register.placements if placement.provision == Provision.INMSS]
    large_ids = {school.school_id: True for school in large}
    without_cost = uncosted(placements, large_ids)
    groups: dict[Group, list[Placement]] = defaultdict(list)
    for placement in placements:
        if placement.placement_id not in without_cost:
            size = "LARGE" if placement.school.school_id in large_ids else "SMALL"
            groups[Group(placement.attendance, need_group(placement), size)].append(placement)
    by_need = averages_by_need(groups, council.INMSS_DAY_AVERAGE, council.INMSS_DAY_AVERAGE_BY_NEED)
    for group, members in sorted(groups.items()):
        day = group.attendance == "DAY"
        average = by_need[group.need] if day else council.INMSS_RESIDENTIAL_AVERAGES[group.size]
        raw = [
            heavy_tailed(rng) * placement.school.fee_level * need_level(placement, group.attendance)
            for placement in members
        ]
        for placement, total in zip(members, priced(members, raw, average), strict=True):
            placement.fees = inmss_parts(rng, total, group.attendance)


def uncosted(placements: list[Placement], large_ids: dict[str, bool]) -> dict[str, bool]:
    """Return the newest open placements outside the large schools, whose costs nobody has entered yet."""
    small = [p for p in placements if p.open_on(council.LAST_DAY) and p.school.school_id not in large_ids]
    small.sort(key=lambda placement: (placement.starts_on, placement.placement_id), reverse=True)
    newest: list[Placement] = []
    for attendance, number in council.INMSS_WITHOUT_COST.items():
        newest += [placement for placement in small if placement.attendance == attendance][:number]
    return {placement.placement_id: True for placement in newest}


def need_group(placement: Placement) -> str:
    """Return ASD, SEMH or REST."""
    need = placement.plan.primary_need
    return need if need in ("ASD", "SEMH") else "REST"


def need_level(placement: Placement, attendance: str) -> float:
    """Return the price of a need relative to others of its group; boarding costs more over more weeks."""
    if attendance == "RESIDENTIAL":
        return placement.weeks / 38
    return NEED_LEVEL.get(placement.plan.primary_need, 1)


def averages_by_need(
    groups: dict[Group, list[Placement]], overall: int, known: dict[str, int]
) -> dict[str, float]:
    """Return day averages by need, with REST such that all day placements open on the last day average `overall`."""
    open_now = dict.fromkeys((*known, "REST"), 0)
    for group, members in groups.items():
        if group.attendance == "DAY":
            open_now[group.need] += sum(placement.open_on(council.LAST_DAY) for placement in members)
    rest = overall * sum(open_now.values()) - sum(average * open_now[need] for need, average in known.items())
    return {**known, "REST": rest / open_now["REST"]}


def priced(members: list[Placement], raw: list[float], average: float) -> list[int]:
    """Return the annual pence of each placement: those open on the last day average exactly `average` pounds."""
    open_raw = [
        value for placement, value in zip(members, raw, strict=True) if placement.open_on(council.LAST_DAY)
    ]
    if not open_raw:
        return [penny(average * value) for value in raw]
    exact = iter(settle(open_raw, round(average * 100 * len(open_raw))))
    factor = average * 100 * len(open_raw) / fsum(open_raw)
    return [
        next(exact) if placement.open_on(council.LAST_DAY) else int(value * factor + 0.5)
        for placement, value in zip(members, raw, strict=True)
    ]


def inmss_parts(rng: Random, total: int, attendance: str) -> dict[str, int]:
    """Return a fee by kind of cost line; the parts add up to the total."""
    weights = {"CORE": 1.0}
    if attendance == "RESIDENTIAL":
        weights["BOARDING"] = 0.9 + 0.5 * rng.random()
    if chance(rng, 0.22):
        weights["ONE_TO_ONE"] = 0.15 + 0.25 * rng.random()
    if chance(rng, 0.3):
        weights["THERAPY"] = 0.05 + 0.12 * rng.random()
    return share_out(total, weights)


def set_special_fees(rng: Random, register: Register) -> None:
    """Set place funding and top-up of state special schools; boarders have boarding on top."""
    groups: dict[Group, list[Placement]] = defaultdict(list)
    for placement in register.placements:
        if placement.provision == Provision.SPECIAL:
            groups[Group(placement.attendance, need_group(placement), "")].append(placement)
    averages = averages_by_need(groups, council.SPECIAL_DAY_AVERAGE, council.SPECIAL_DAY_AVERAGE_BY_NEED)
    for group, members in sorted(groups.items()):
        raw = [heavy_tailed(rng) * need_level(placement, "DAY") for placement in members]
        top_up_average = averages[group.need] - council.PLACE_FUNDING
        if group.attendance == "DAY":
            top_ups = priced(members, raw, top_up_average)
        else:
            top_ups = [penny(top_up_average * value) for value in raw]
        for placement, top_up in zip(members, top_ups, strict=True):
            placement.fees = {"PLACE_FUNDING": council.PLACE_FUNDING * 100, "CORE": top_up}
            if group.attendance == "RESIDENTIAL":
                placement.fees["BOARDING"] = penny(council.SPECIAL_BOARDING * (0.8 + 0.4 * rng.random()))


def fee_in_year(placement: Placement, kind: str, year: int) -> int:
    """Return the annual pence of one kind at the prices of an academic year; place funding does not change."""
    if kind == "PLACE_FUNDING":
        return placement.fees[kind]
    return int(placement.fees[kind] * council.PRICE_INDEX[year] + 0.5)


def cost_lines(rng: Random, placement: Placement) -> Iterator[CostLine]:
    """Yield the cost lines of a placement: a new line each September if the price rises, otherwise only one."""
    first = max(placement.starts_on, date(council.COSTS_FROM, 9, 1))
    last = placement.ends_on
    if not placement.fees or (last is not None and last < first):
        return
    rises = placement.provision in (Provision.INMSS, Provision.SPECIAL, Provision.SRP)
    for kind in placement.fees:
        share = placement.boarding_share if kind == "BOARDING" else "100"
        if not rises or kind == "PLACE_FUNDING":
            yield CostLine(placement.placement_id, kind, placement.fees[kind], first, last, share)
            continue
        final = academic_year(min(last or council.LAST_DAY, council.LAST_DAY))
        for year in range(academic_year(first), final + 1):
            starts_on = max(first, date(year, 9, 1))
            ends_on = last if year == final else date(year + 1, 8, 31)
            yield CostLine(
                placement.placement_id, kind, fee_in_year(placement, kind, year), starts_on, ends_on, share
            )
    if placement.provision == Provision.INMSS:
        yield from extras(rng, placement, first, last)
    if chance(rng, {Provision.INMSS: 0.5, Provision.SPECIAL: 0.35}.get(Provision(placement.provision), 0.04)):
        yield CostLine(placement.placement_id, "TRANSPORT", penny(between(rng, 28, 140) * 100), first, last)


def extras(rng: Random, placement: Placement, first: date, last: date | None) -> Iterator[CostLine]:
    """Yield support bought for a term or so that is over by the last day, and occasionally a line entered in error."""
    until = min(last or council.LAST_DAY, council.LAST_DAY) - 10 * ONE_DAY
    if chance(rng, 0.08):
        starts_on = day_between(rng, first, until)
        ends_on = min(starts_on + between(rng, 30, 120) * ONE_DAY, until)
        if first <= starts_on <= ends_on:
            yield CostLine(
                placement.placement_id, "OTHER", penny(between(rng, 10, 90) * 100), starts_on, ends_on
            )
    mistaken_start = first + 7 * ONE_DAY
    if (
        chance(rng, 0.004)
        and mistaken_start <= until
        and (mistaken_start.month, mistaken_start.day) != (9, 1)
    ):
        yield CostLine(
            placement.placement_id, "CORE", placement.fees["CORE"] * 10, mistaken_start, last, void=True
        )
