"""DfE's files into the store: all that are known, or nothing."""

from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

from django.db import models, transaction

from sen_dashboard.benchmarking.areas import ENGLAND, REGIONS
from sen_dashboard.benchmarking.models import Area, AreaKind, PublishedValue, StatisticalNeighbour
from sen_dashboard.benchmarking.reader import Authority, Published, Reader
from sen_dashboard.benchmarking.sources import DATASETS, EXAMPLE, dataset_of
from sen_dashboard.core.problems import (
    DatasetError,
    FileReport,
    Findings,
    Problem,
    Progress,
    Report,
    visible,
)

ROWS_A_STATEMENT = 5_000

Records = dict[tuple[Any, ...], tuple[Any, ...]]
"""The values of records by those of their unique key."""

LONGEST_NAME = 200  # characters, of a file
LARGEST_FILE = 200_000_000  # bytes; pandas holds a file whole


def import_benchmarks(folder: Path, *, progress: Progress = lambda step, done, total: None) -> Report:
    """Read DfE's files in ``folder`` and store their figures, areas and statistical neighbours in one transaction.

    What is stored already is brought up to date, and nothing is deleted. Raises DatasetError with everything that is
    wrong, and then nothing is loaded.
    """
    files, warnings = _files(folder)
    findings = Findings({file.name: () for file, _ in files})
    with transaction.atomic():
        stored = dict(Area.objects.filter(kind=AreaKind.AUTHORITY).values_list("code", "name"))
        reader = Reader(stored, findings)
        total, done = sum(file.stat().st_size for file, _ in files), 0
        for file, dataset in files:
            progress(f"Reading {file.name}", done, total)
            reader.read(file, dataset)
            done += file.stat().st_size
        if findings.count:
            raise DatasetError(findings.first(), findings.count, warnings)
        progress("Storing", done, total)
        created, updated = _store(reader.published, stored)
    read, warnings = reader.published.read, (*warnings, *reader.published.warnings)
    reports = [
        FileReport(file.name, read[file.name], created[file.name], updated[file.name]) for file, _ in files
    ]
    return Report(tuple(reports), warnings, loaded=True)


def _files(folder: Path) -> tuple[list[tuple[Path, str]], tuple[str, ...]]:
    """The files to read with their data sets, in the order of reading, and warnings that name the others.

    Raises DatasetError when there is nothing to read.
    """
    try:
        found = sorted(entry for entry in folder.iterdir() if entry.is_file())
    except OSError as error:
        raise DatasetError([Problem(f"{folder} cannot be read: {error.strerror}.")]) from None
    known = [(file, dataset) for file in found if (dataset := dataset_of(file))]
    odd = [file for file, _ in known if not file.name.isprintable() or len(file.name) > LONGEST_NAME]
    if odd:
        raise DatasetError([Problem(f"A file has a name that cannot be kept: {visible(odd[0].name)}.")])
    large = [file for file, _ in known if file.stat().st_size > LARGEST_FILE]
    if large:
        raise DatasetError([Problem(f"{large[0].name} is larger than any file that DfE publishes.")])
    if not known:
        raise DatasetError([Problem(f"{folder} holds none of the files that are read, such as {EXAMPLE}.")])
    warnings = tuple(
        f"{visible(file.name)} holds no figure that a page shows and is left out."
        for file in found
        if not dataset_of(file)
    )
    return sorted(known, key=lambda pair: DATASETS.index(pair[1])), warnings


def _store(published: Published, stored: Collection[str]) -> tuple[Counter[str], Counter[str]]:
    """Create and update records; how many of each came from each file. ``stored`` are the authorities held before."""
    _merge(Area, ("code",), ("name", "kind", "region_id", "ons_code"), _areas(published.authorities, stored))
    figures: Records = {tuple(key): tuple(figure) for key, figure in published.figures.items()}
    neighbours: Records = {tuple(key): tuple(neighbour) for key, neighbour in published.neighbours.items()}
    outcomes = [
        _merge(
            PublishedValue,
            ("indicator", "area_id", "period"),
            ("period_kind", "value", "symbol", "source_file"),
            figures,
        ),
        _merge(
            StatisticalNeighbour,
            ("authority_id", "rank"),
            ("neighbour_id", "closeness", "source_file"),
            neighbours,
        ),
    ]
    created = sum((created for created, _ in outcomes), Counter[str]())
    updated = sum((updated for _, updated in outcomes), Counter[str]())
    return created, updated


def _areas(authorities: dict[str, Authority], stored: Collection[str]) -> Records:
    """England, its regions and the authorities. What only the list of neighbours describes adds to the store, but does
    not rename what the SEN2 statistics have named."""
    areas: Records = {(ENGLAND,): ("England", AreaKind.COUNTRY, None, ENGLAND)}
    areas |= {(code,): (name, AreaKind.REGION, None, code) for code, name in REGIONS.items()}
    areas |= {
        (code,): (authority.name, AreaKind.AUTHORITY, authority.region, authority.ons_code)
        for code, authority in authorities.items()
        if authority.ons_code or code not in stored
    }
    return areas


def _merge(
    model: type[models.Model], key: tuple[str, ...], values: tuple[str, ...], records: Records
) -> tuple[Counter[str], Counter[str]]:
    """Write the records that are not held, or held with other values.

    Returns how many of each came from each file, which is the last of a record's values.
    """
    held = {row[: len(key)]: row[len(key) :] for row in model._default_manager.values_list(*key, *values)}
    changed = {at: record for at, record in records.items() if held.get(at) != record}
    model._default_manager.bulk_create(
        [model(**dict(zip((*key, *values), (*at, *record), strict=True))) for at, record in changed.items()],
        update_conflicts=True,
        unique_fields=key,
        update_fields=values,
        batch_size=ROWS_A_STATEMENT,
    )
    created = Counter(record[-1] for at, record in changed.items() if at not in held)
    updated = Counter(record[-1] for at, record in changed.items() if at in held)
    return created, updated
