"""Small files in DfE's layouts: Kent, ten neighbours, the South East and England, two years; and ways to change them.

Council n (801 to 810) has n% of its plans in INMSS in both years. Kent has 6.0% and then 7.9%.
"""

from collections.abc import Iterable

from tests import folders
from tests.folders import Changed

KENT = "886"
NEIGHBOURS = {str(800 + n): f"Council {n}" for n in range(1, 11)}
COUNCILS = {KENT: "Kent"} | NEIGHBOURS

CASELOAD = "caseload__all_las_headline.csv"
NEEDS = "sen_needs_all_plans__all_las_headline.csv"
REQUESTS = "requests__all_las_headline.csv"
TIMELINESS = "timeliness_20_week__all_las_headline.csv"
LAIT = "lait_send_measures__kent_neighbours_england.csv"
SPEND = "dfe_send_dashboard__specialist_spend.csv"
LIST = "statistical_neighbours_dfe_may_2025.csv"

INMSS = "Independent or non-maintained"
SPENT_BY_KENT = {"2020-21": 100_000, "2021-22": 150_000}

PLACES = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,new_la_code,"
    "old_la_code,la_name,breakdown_topic,breakdown"
)
NEED_COLUMNS = [
    f"number_{need}"
    for need in [
        "asd",
        "hi",
        "mld",
        "msi",
        "oth",
        "pd",
        "pmld",
        "semh",
        "slcn",
        "sld",
        "spld",
        "vi",
        "need_unknown",
    ]
]


def place(period: str, area: str, *, topic: str = "All EHC plans", breakdown: str = "") -> str:
    """The columns that identify the subject of a row of the SEN2 statistics; ``area`` is a code, or SE or England."""
    kind = "Calendar year" if len(period) == 4 else "Academic year"
    level = {"SE": "Regional", "England": "National"}.get(area, "Local authority")
    region = "E12000008,South East" if area != "England" else ","
    council = f"E10000{area},{area},{COUNCILS[area]}" if area in COUNCILS else ",,"
    return f"{period},{kind},{level},E92000001,England,{region},{council},{topic},{breakdown or topic}"


def table(columns: Iterable[str], rows: dict[tuple[str, str], Iterable[object]]) -> str:
    """A file of the SEN2 statistics; rows by period and area."""
    lines = [f"{place(*key)},{','.join(map(str, values))}" for key, values in rows.items()]
    return "\n".join([f"{PLACES},{','.join(columns)}", *lines, ""])


def caseload() -> str:
    rows: dict[tuple[str, str], Iterable[object]] = {}
    for period, kent in (("202324", (1000, 50, 10)), ("202425", (1000, 60, 19))):
        rows |= {(period, KENT): kent}
        rows |= {(period, code): (1000, 10 * n, 0) for n, code in enumerate(NEIGHBOURS, start=1)}
        rows |= {(period, "SE"): (20_000, 1000, 200), (period, "England"): (100_000, 4000, 1000)}
    of_age_5 = place("202425", KENT, topic="Child or young persons age", breakdown="Aged 5")
    return table(("ehcplans", "special_independent", "special_non_maintained"), rows) + f"{of_age_5},9,8,7\n"


def needs() -> str:
    areas = (*COUNCILS, "SE", "England")
    return table(
        ("ehc_plans", *NEED_COLUMNS), {("202425", area): (130, *[10] * len(NEED_COLUMNS)) for area in areas}
    )


def requests() -> str:
    """The outcomes of requests, which were not collected in 2022."""
    columns = (
        "requests_received_in_year",
        "requests_decided_not_to_assess",
        "request_outcome_six_weeks",
        "request_outcome_six_weeks_pc",
    )
    areas = (*COUNCILS, "SE", "England")
    rows: dict[tuple[str, str], Iterable[object]] = {("2022", area): (200, 40, "x", "x") for area in areas}
    return table(columns, rows | {("2023", area): (200, 50, 150, 83.3) for area in areas})


def timeliness() -> str:
    columns = (
        "plans_issued_within_20_weeks",
        "plans_issued_den",
        "plans_issued_20_weeks_ex",
        "plans_issued_den_ex",
    )
    return table(columns, {("2019", area): (50, 100, 45, 80) for area in (*COUNCILS, "SE", "England")})


def lait() -> str:
    """Percentages for 2018 as a spreadsheet writes them; LAIT has its own codes for the region and England."""
    areas = [*((code, COUNCILS[code]) for code in COUNCILS), ("989", "South East"), ("970", "England")]
    lines = [f"SEN_EHC_Excpt_20wks,2018,{code},{name},,33.299999999999997" for code, name in areas]
    return "\n".join(
        [
            "measure_code,period,la_code,area_name,region,value",
            *lines,
            "SENFinance,2016-17 (OT),886,Kent,South East,135",
            "",
        ]
    )


def spend() -> str:
    """Spend by name, without totals; Kent spends £100 a head and then £150, council n £10 n."""
    lines = [f"Kent,{INMSS},{year},9.9,1000.0,{spent}.0,South East" for year, spent in SPENT_BY_KENT.items()]
    lines += [
        f'"{name}",{INMSS},{year},9.9,100.5,{1005 * n}.0,South East'
        for year in SPENT_BY_KENT
        for n, name in enumerate(NEIGHBOURS.values(), start=1)
    ]
    state = "Kent,State,2021-22,9.9,1000.0,7.0,South East"
    return "\n".join(["la_name,category,year,Spend per head,pop_est,total_spend,region", *lines, state, ""])


def neighbours() -> str:
    """The neighbours of each council: the ten others."""
    lines = []
    for code, name in COUNCILS.items():
        others = [other for other in COUNCILS if other != code]
        lines += [
            f"{code},{name},South East,{rank},{other},Very close,{COUNCILS[other]}"
            for rank, other in enumerate(others, start=1)
        ]
    return "\n".join(
        ["la_code,la_name,region,rank,neighbour_la_code,closeness,neighbour_la_name", *lines, ""]
    )


VALID = {
    CASELOAD: caseload(),
    NEEDS: needs(),
    REQUESTS: requests(),
    TIMELINESS: timeliness(),
    LAIT: lait(),
    SPEND: spend(),
    LIST: neighbours(),
}


def edited(name: str, old: str, new: str) -> Changed:
    """A valid file with one piece of text replaced."""
    return folders.edited(VALID, name, old, new)
