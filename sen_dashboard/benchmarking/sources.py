"""The DfE files that are read, how they are recognised, and the figures taken from them: those that measures need."""

from pathlib import PurePath

from sen_dashboard.benchmarking.measures import BENCHMARKS
from sen_dashboard.importing.source import Wanted

LAIT = "lait_send_measures"
"""The measures of the local authority interactive tool: a row for each figure."""

SPEND = "specialist_spend"
"""Spending in the SEND and alternative provision dashboard: a row for each council, year and sector."""

NEIGHBOURS = "statistical_neighbours"

EXAMPLE = "caseload.csv"


def _sen2_figures() -> dict[str, tuple[str, ...]]:
    names = sorted({indicator for benchmark in BENCHMARKS for indicator in benchmark.indicators})
    pairs = [tuple(name.split(".")) for name in names]
    return {
        dataset: tuple(column for other, column in pairs if other == dataset)
        for dataset, _ in pairs
        if dataset not in (LAIT, SPEND)
    }


SEN2_FIGURES = _sen2_figures()
"""The statistics of the SEN2 return, a row for each area and year, with the columns read from each data set."""

DATASETS = (*SEN2_FIGURES, NEIGHBOURS, LAIT, SPEND)
"""All data sets in the order of reading: first those that list the authorities."""


ADDED_LATER = frozenset(
    indicator for benchmark in BENCHMARKS for measure in benchmark.measures for indicator in measure.apart
)
"""Figures whose column is missing from older files of a data set."""

OF_EVERY_SEN2_FILE = "country_name region_name"
PASSED_OVER = {
    dataset: frozenset(columns.split())
    for dataset, columns in {
        "caseload": f"""{OF_EVERY_SEN2_FILE}
            mainstream_la_maintained mainstream_la_maintained_resourced_provision mainstream_la_maintained_senunit
            mainstream_academy mainstream_academy_resourced_provision mainstream_academy_senunit mainstream_free_school
            mainstream_free_school_resourced_provision mainstream_free_school_senunit mainstream_independent
            mainstream_total mainstream_total_pc special_la_maintained special_academy_free special_total
            special_total_pc ap_pru_academy ap_pru_free_school ap_pru_la_maintained ap_pru_total ap_pru_total_pc
            general_fe_tertiary_colleges specialist_post_16_institutions ukrlp_provider fe_total fe_total_pc
            elective_home_education other_arrangements_la other_arrangements_parents online_provider w_settings
            other_schools other_placement_settings neet neet_ntci neet_other neet_other_csa ed_elsewhere
            ed_elsewhere_pc nm_early_years nm_early_years_pc placement_unknown placement_unknown_pc await_prov_2022
            perm_ex_2022""",
        "sen_needs_all_plans": f"""{OF_EVERY_SEN2_FILE}
            asd_pc ds_pc hi_pc mld_pc msi_pc oth_pc pd_pc pmld_pc semh_pc slcn_pc sld_pc spld_pc vi_pc unknown_pc""",
        "timeliness_20_week": f"""{OF_EVERY_SEN2_FILE}
            pc_plans_issued_within_20_weeks pc_plans_issued_20_weeks_ex plans_issued_gt20weeks_ltyear
            plans_issued_gt20weeks_ltyear_ex pc_plans_issued_gt20weeks_ltyear pc_plans_issued_gt20weeks_ltyear_ex
            plans_issued_gt_1_year plans_issued_gt_1_year_ex pc_plans_issued_gt_1_year pc_plans_issued_gt_1_year_ex""",
        "requests": f"""{OF_EVERY_SEN2_FILE}
            requests_rya requests_decided_to_assess requests_decision_not_made requests_withdrawn request_assess_pc
            request_not_assess_pc request_outstanding_pc request_withdrawn_pc request_outcome_over_6_weeks
            request_outcome_over_6_weeks_pc mediation_related_request tribunal_related_request
            tribunal_after_mediation_request""",
        LAIT: "region",
        NEIGHBOURS: "neighbour_la_name",
    }.items()
} | {SPEND: frozenset({"Spend per head", "region"})}
"""The columns of each data set that are known and not needed.

Any other is named in a warning, since it may hold figures that DfE used to count in another column.
"""

SHIPPED_EDITION = "2026-01"
"""The month of DfE's newest corrections in the copy of its files that comes with the program."""


def dataset_of(name: str) -> str | None:
    """Return the data set in a file, by its name or a part of it between double underscores.

    It is "caseload" for caseload.csv and caseload__all_las_headline.csv, and None for a file with no figures for pages.
    """
    file = PurePath(name)
    if file.suffix != ".csv":
        return None
    if file.stem.startswith(NEIGHBOURS):
        return NEIGHBOURS
    return next((part for part in file.stem.split("__") if part in DATASETS), None)


WANTED = Wanted(lambda name: dataset_of(name) is not None, EXAMPLE, subfolder="data")
"""A release is downloaded as a zip, with the files in a folder ``data``."""
