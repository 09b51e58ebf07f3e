"""Importing DfE's files: all known files of a release, or nothing."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.db.models import Max

from sen_dashboard.benchmarking.areas import ENGLAND, REGIONS
from sen_dashboard.benchmarking.models import EDITION, Area, AreaKind, PublishedValue, StatisticalNeighbour
from sen_dashboard.benchmarking.reader import Authority, Reader
from sen_dashboard.benchmarking.sources import DATASETS, WANTED, dataset_of
from sen_dashboard.core import formats
from sen_dashboard.importing.problems import (
    DatasetError,
    FileReport,
    Findings,
    ImportReport,
    Problem,
    Progress,
    visible,
)
from sen_dashboard.importing.source import Member, open_source, refusal

ROWS_A_STATEMENT = 5_000

Records = dict[tuple[Any, ...], tuple[Any, ...]]
"""The values of records by those of their unique key; the last value is the file that they came from."""

LONGEST_NAME = 200  # characters of a file's name
LARGEST_FILE = 200_000_000  # bytes; all rows of a file are held in memory


def import_benchmarks(
    path: Path, *, edition: str = "", progress: Progress = lambda step, done, total: None
) -> ImportReport:
    """Read DfE's files and store their figures, areas and statistical neighbours in one transaction.

    ``path`` is a release as it is downloaded, a zip; its folder; or any folder of such files. ``edition`` is the month
    in which DfE published them, as 2026-01: a figure that differs from the stored one replaces it only if the edition
    is given and not older. Nothing is deleted. Raises DatasetError with everything that is wrong; then nothing is
    loaded.
    """
    if edition and not re.fullmatch(EDITION, edition):
        raise refusal(
            f"“{visible(edition)}” is not an edition: enter the month of publication such as 2026-01."
        )
    with open_source(path, WANTED) as members, transaction.atomic():
        return _Import(members, edition, progress).run()


class _Import:
    """One import: the files of a release, read and stored."""

    def __init__(self, members: Mapping[str, Member], edition: str, progress: Progress) -> None:
        self.edition = edition
        self.files = _to_read(members)
        self.warnings = [
            f"{visible(name)} holds no figures that any page shows and is left out."
            for name in members
            if not dataset_of(name)
        ]
        self._progress = progress

    def run(self) -> ImportReport:
        """Read and store the files. Raises DatasetError with everything that is wrong."""
        held = dict(Area.objects.filter(kind=AreaKind.AUTHORITY).values_list("code", "name"))
        findings = Findings({file.name: () for file, _ in self.files})
        reader = Reader(held, findings)
        total, done = sum(file.size for file, _ in self.files), 0
        for file, dataset in self.files:
            self._progress(f"Reading {file.name}", done, total)
            reader.read(file, dataset)
            done += file.size
        published = reader.published
        self.warnings += published.warnings
        if findings.count:
            raise DatasetError(findings.first(), findings.count, self.warnings)
        self._progress("Storing", done, total)
        self._store_areas(published.authorities)
        changes = _Changes()
        self._store(
            changes,
            PublishedValue,
            ("indicator", "area_id", "period"),
            ("period_kind", "value", "symbol"),
            {tuple(key): tuple(figure) for key, figure in published.figures.items()},
        )
        self._store(
            changes,
            StatisticalNeighbour,
            ("authority_id", "rank"),
            ("neighbour_id", "closeness"),
            {tuple(key): tuple(neighbour) for key, neighbour in published.neighbours.items()},
        )
        if changes.without_edition:
            raise DatasetError([Problem(changes.question())], warnings=self.warnings)
        read, warnings = published.read, (*self.warnings, *changes.left_out(self.edition))
        reports = [
            FileReport(file.name, read[file.name], changes.created[file.name], changes.updated[file.name])
            for file, _ in self.files
        ]
        return ImportReport(tuple(reports), warnings, loaded=True)

    def _store(
        self,
        changes: "_Changes",
        model: type[models.Model],
        key: tuple[str, ...],
        values: tuple[str, ...],
        records: Records,
    ) -> None:
        """Write records that are new, differ from the stored ones, or are of a newer edition; count them by file."""
        noted = (*values, "source_file", "edition")
        stored = {
            row[: len(key)]: row[len(key) :] for row in model._default_manager.values_list(*key, *noted)
        }
        written: Records = {}
        for at, (*entry, file) in records.items():
            *before, _, edition = stored.get(at, (None, "", ""))
            if changes.count(file, entry, before if at in stored else None, edition, self.edition):
                written[at] = (*entry, file, self.edition)
        _write(model, key, noted, written)

    def _store_areas(self, authorities: Mapping[str, Authority]) -> None:
        """Write England, its regions and the authorities.

        An authority that only the list of neighbours describes is added, but does not rename one that the SEN2
        statistics have named; nor does an edition that is older than some stored figure.
        """
        areas: Records = {(ENGLAND,): ("England", AreaKind.COUNTRY, None, ENGLAND)}
        areas |= {(code,): (name, AreaKind.REGION, None, code) for code, name in REGIONS.items()}
        held = dict(Area.objects.filter(kind=AreaKind.AUTHORITY).values_list("code", "ons_code"))
        newest = PublishedValue.objects.aggregate(newest=Max("edition"))["newest"] or ""
        areas |= {
            (code,): (authority.name, AreaKind.AUTHORITY, authority.region, authority.ons_code)
            for code, authority in authorities.items()
            if code not in held or (authority.ons_code and (self.edition >= newest or not held[code]))
        }
        _write(Area, ("code",), ("name", "kind", "region_id", "ons_code"), areas)


@dataclass
class _Changes:
    """The outcome for the entries of each file: figures and places in lists of neighbours."""

    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    without_edition: Counter[str] = field(default_factory=Counter)
    """The entries by file that would change stored ones, but have no edition given."""
    older: Counter[str] = field(default_factory=Counter)

    def count(self, file: str, values: list[Any], before: list[Any] | None, held: str, edition: str) -> bool:
        """Return whether to write an entry: ``before`` is the stored one, of edition ``held``, None if there is none.

        An equal entry is written if that makes the edition newer; this does not count as an update.
        """
        if before == values:
            return edition > held
        if before is None:
            counted = self.created
        elif not edition:
            counted = self.without_edition
        else:
            counted = self.older if edition < held else self.updated
        counted[file] += 1
        return counted is self.created or counted is self.updated

    def question(self) -> str:
        """Return the question to ask if an edition is missing."""
        files = [f"{formats.count(number)} of {file}" for file, number in self.without_edition.items()]
        return (
            f"Figures held would change ({formats.listed(files)}): say in which month the files were published, with"
            " --edition such as --edition 2026-01."
        )

    def left_out(self, edition: str) -> list[str]:
        """Return warnings about entries that are older than the stored ones."""
        return [
            f"{visible(file)}: {formats.plural(number, 'figure is', 'figures are')} left out, as a newer edition than"
            f" {edition} is held."
            for file, number in self.older.items()
        ]


def _to_read(members: Mapping[str, Member]) -> list[tuple[Member, str]]:
    """Return the files to read with their data sets, in the order of reading. Raises DatasetError if one cannot be."""
    known = [(file, dataset) for name, file in members.items() if (dataset := dataset_of(name))]
    for file, _ in known:
        if not file.name.isprintable() or len(file.name) > LONGEST_NAME:
            raise refusal(f"A file has a name that cannot be kept: {visible(file.name)}.")
        if file.size > LARGEST_FILE:
            raise refusal(f"{file.name} is larger than any file that DfE publishes.")
    return sorted(known, key=lambda pair: DATASETS.index(pair[1]))


def _write(
    model: type[models.Model], key: tuple[str, ...], values: tuple[str, ...], records: Records
) -> None:
    """Create the records, or update those with the same key."""
    model._default_manager.bulk_create(
        [model(**dict(zip((*key, *values), (*at, *record), strict=True))) for at, record in records.items()],
        update_conflicts=True,
        unique_fields=key,
        update_fields=values,
        batch_size=ROWS_A_STATEMENT,
    )
