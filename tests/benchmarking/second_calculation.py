"""The benchmarks calculated again from the shipped files, with csv and plain loops: no pandas and no database.

It uses the columns of DfE's files and nothing of the program's measures. Shares are exact fractions until the end.
"""

import csv
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from tests.benchmarking.shipped import SHIPPED

Value = Fraction | None
Row = dict[str, str]

LAITS_ENGLAND, LAITS_SOUTH_EAST = "970", "989"


@dataclass(frozen=True)
class Spec:
    """A measure: the columns added up, the column they are a share of, and where a percentage is published."""

    dataset: str
    part: tuple[str, ...]
    whole: str = ""
    published: str = ""
    lait: str = ""
    best: str = ""
    """"most", "least", or empty if neither is better."""


CASELOAD, REQUESTS, TIMELINESS = "caseload", "requests", "timeliness_20_week"
SPEND = "dfe_send_dashboard__specialist_spend"
NEEDS = ("asd", "semh", "slcn", "mld", "sld", "pd", "spld", "pmld", "hi", "vi", "msi", "oth")
INDEPENDENT, NON_MAINTAINED = "special_independent", "special_non_maintained"

SPECS = {
    ("inmss_share", "inmss"): Spec(CASELOAD, (INDEPENDENT, NON_MAINTAINED), "ehcplans", best="least"),
    ("inmss_share", "independent"): Spec(CASELOAD, (INDEPENDENT,), "ehcplans", best="least"),
    ("inmss_share", "non_maintained"): Spec(CASELOAD, (NON_MAINTAINED,), "ehcplans", best="least"),
    **{("need_mix", need): Spec("sen_needs_all_plans", (f"number_{need}",), "ehc_plans") for need in NEEDS},
    ("need_mix", "unknown"): Spec("sen_needs_all_plans", ("number_need_unknown",), "ehc_plans"),
    ("timeliness_20_weeks", "excluding_exceptions"): Spec(
        TIMELINESS,
        ("plans_issued_20_weeks_ex",),
        "plans_issued_den_ex",
        lait="SEN_EHC_Excpt_20wks",
        best="most",
    ),
    ("timeliness_20_weeks", "including_exceptions"): Spec(
        TIMELINESS,
        ("plans_issued_within_20_weeks",),
        "plans_issued_den",
        lait="SEN_EHC_All_20wks",
        best="most",
    ),
    ("requests", "refused"): Spec(
        REQUESTS,
        ("requests_decided_not_to_assess",),
        "requests_received_in_year",
        lait="EHCP_Initial_req_refused",
    ),
    ("requests", "six_weeks"): Spec(REQUESTS, (), published="request_outcome_six_weeks_pc", best="most"),
    ("requests", "received"): Spec(REQUESTS, ("requests_received_in_year",)),
    ("inmss_spend", "per_head"): Spec(SPEND, ("total_spend",), "pop_est"),
}


@cache
def rows(beginning: str) -> list[Row]:
    """The rows of the one shipped file whose name begins with the text."""
    (path,) = SHIPPED.glob(f"{beginning}*")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@cache
def by_place(dataset: str) -> dict[tuple[str, str], Row]:
    """The rows of the SEN2 statistics by area and period: "886", "E12000008" or "E92000001", and "2024" or "202425"."""
    if dataset == SPEND:
        return spend_by_place()
    return {
        (row["old_la_code"] or row["region_code"] or row["country_code"], row["time_period"]): row
        for row in rows(dataset)
    }


@cache
def spend_by_place() -> dict[tuple[str, str], Row]:
    """The rows of INMSS with an amount, with codes looked up by name; both councils named Dorset are left out."""
    names = {row["la_name"]: row["old_la_code"] for row in rows(CASELOAD) if row["la_name"] != "Dorset"}
    return {
        (names[row["la_name"]], row["year"].replace("-", "")): row
        for row in rows(SPEND)
        if row["category"] == "Independent or non-maintained"
        and row["total_spend"]
        and row["la_name"] in names
    }


@cache
def of_lait() -> dict[tuple[str, str, str], str]:
    names = {LAITS_ENGLAND: "E92000001", LAITS_SOUTH_EAST: "E12000008"}
    return {
        (row["measure_code"], names.get(row["la_code"], row["la_code"]), row["period"]): row["value"]
        for row in rows("lait")
    }


def number(text: str) -> Value:
    """The number in a cell; None for anything else."""
    try:
        return Fraction(str(float(text)))
    except ValueError:
        return None


def value(spec: Spec, area: str, period: str) -> Value:
    """A percentage, pounds a head to the penny, or a number, depending on the measure."""
    row = by_place(spec.dataset).get((area, period))
    if row is None:
        return number(of_lait().get((spec.lait, area, period), ""))
    if spec.published:
        return number(row[spec.published])
    parts = [number(row[column]) for column in spec.part]
    if None in parts:
        return None
    total = sum(part for part in parts if part is not None)
    if not spec.whole:
        return Fraction(total)
    whole = number(row[spec.whole])
    if spec.dataset == SPEND:
        return Fraction(int(100 * total / whole + Fraction(1, 2)), 100) if whole and total else None
    return 100 * total / whole if whole else None


def neighbours(council: str) -> list[str]:
    listed = [row for row in rows("statistical_neighbours") if row["la_code"] == council]
    return [row["neighbour_la_code"] for row in sorted(listed, key=lambda row: int(row["rank"]))]


def region(council: str) -> str:
    return next(row["region_code"] for row in rows(CASELOAD) if row["old_la_code"] == council)


def rank(spec: Spec, council: str, period: str) -> tuple[int, int] | None:
    """The council's rank in its group, counted from the better end, and how many have a value."""
    group = [value(spec, area, period) for area in (council, *neighbours(council))]
    known = sorted((each for each in group if each is not None), reverse=spec.best != "least")
    return (known.index(group[0]) + 1, len(known)) if group[0] is not None else None


def median(spec: Spec, council: str, period: str) -> Value:
    known = sorted(v for area in neighbours(council) if (v := value(spec, area, period)) is not None)
    middle = len(known) // 2
    if not known:
        return None
    return known[middle] if len(known) % 2 else (known[middle - 1] + known[middle]) / 2


def quartile(spec: Spec, council: str, period: str) -> str:
    """The quartile by a spreadsheet's QUARTILE boundaries; empty for figures of a single group of councils."""
    everybody = {area for area, _ in by_place(spec.dataset) if len(area) == 3}
    known = sorted(v for area in everybody if (v := value(spec, area, period)) is not None)
    ours = value(spec, council, period)
    if not spec.best or ours is None or len(known) < 100:
        return ""

    def boundary(quarter: int) -> Fraction:
        below, beyond = divmod((len(known) - 1) * quarter, 4)
        above = known[min(below + 1, len(known) - 1)]
        return known[below] + (above - known[below]) * Fraction(beyond, 4)

    if spec.best == "least":
        return "ABCD"[sum(ours > boundary(quarter) for quarter in (1, 2, 3))]
    return "ABCD"[sum(ours < boundary(quarter) for quarter in (1, 2, 3))]


def periods(spec: Spec, area: str) -> set[str]:
    """The periods for which the area has a row."""
    own = {period for code, period in by_place(spec.dataset) if code == area}
    return own | {period for code, name, period in of_lait() if (code, name) == (spec.lait, area)}
