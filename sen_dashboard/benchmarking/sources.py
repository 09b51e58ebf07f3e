"""Which of DfE's files are read, how they are recognised, and what of them is taken: the figures that measures need."""

from pathlib import Path

from sen_dashboard.benchmarking.measures import BENCHMARKS

LAIT = "lait_send_measures"
"""The measures of the local authority interactive tool: a row for each figure."""

SPEND = "specialist_spend"
"""Spend of the SEND and alternative provision dashboard: a row for each council, year and sector."""

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
"""The statistics of the SEN2 return, a row for each area and year, with the columns that are taken of each data set."""

DATASETS = (*SEN2_FIGURES, NEIGHBOURS, LAIT, SPEND)
"""All data sets in the order of reading: first those that say which authorities there are."""


def dataset_of(file: Path) -> str | None:
    """The data set in a file, by its name or a part of it between double underscores: "caseload" for caseload.csv and
    caseload__all_las_headline.csv.

    None for a file that holds no figure that a page shows.
    """
    if file.suffix != ".csv":
        return None
    if file.stem.startswith(NEIGHBOURS):
        return NEIGHBOURS
    return next((part for part in file.stem.split("__") if part in DATASETS), None)
