"""The report as a zip of CSV files, with a file that explains them.

Values are plain, as in a KPI's JSON: numbers unrounded, days as 2019-03-31, undefined ones empty. The same report gives
the same bytes.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from textwrap import fill
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Event
from sen_dashboard.core.disclosure.rounding import count_step
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import plain
from sen_dashboard.exports.downloads import in_columns, to_csv
from sen_dashboard.reports.collected import Audience, Collected, CollectedKpi, Definition, OffTarget, Plain
from sen_dashboard.reports.writers import Stamp, symbols

BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the zip, the earliest possible, so that the bytes do not depend on the time."""
NUMBER, VALUE = "number", "value"
ROUNDED = "rounded"
KINDS = {
    **{kind.value: kind.described for kind in Kind},
    NUMBER: "a number",
    VALUE: "a number, day or text, as its key says",
}


@dataclass(frozen=True)
class _File:
    """A CSV file: its name, its contents in words, its columns as the metadata describe them, and its rows."""

    name: str
    title: str
    columns: tuple[Plain, ...]
    rows: Sequence[Sequence[Any]]
    about: Plain
    """Further metadata about the file."""

    @cached_property
    def content(self) -> bytes:
        keys = [column["key"] for column in self.columns]
        return "".join(to_csv([keys, *self.rows])).encode()

    @property
    def metadata(self) -> Plain:
        described = {"name": self.name, "title": self.title, "rows": len(self.rows)}
        digest = sha256(self.content).hexdigest()
        return {**described, "sha256": digest, "columns": self.columns, **self.about}


def write(collected: Collected, stamp: Stamp | None = None, logo: bytes | None = None) -> bytes:
    """The zip: a CSV file for each KPI and three about the whole report, ``metadata.json`` and ``README.txt``.

    ``logo`` is a parameter of every writer; CSV files have no place for one.
    """
    files = [
        *(_of_kpi(kpi, collected) for kpi in collected.kpis),
        _headline(collected),
        _commentary(collected),
        _definitions(collected),
    ]
    described = json.dumps(_metadata(collected, stamp, files), ensure_ascii=False, indent=2)
    contents = {
        "README.txt": _readme(collected, stamp, files).encode(),
        "metadata.json": f"{described}\n".encode(),
        **{file.name: file.content for file in files},
    }
    pack = BytesIO()
    with ZipFile(pack, "w") as archive:
        for name, content in contents.items():
            archive.writestr(ZipInfo(name, BEGINNING), content, ZIP_DEFLATED)
    return pack.getvalue()


def _of_kpi(kpi: CollectedKpi, report: Collected) -> _File:
    """The rows of a KPI under its published keys; in a public report, also which of its counts are rounded."""
    rows = [in_columns(row) for row in kpi.rows]
    keys = dict.fromkeys(key for row in rows for key in row) or [column.key for column in kpi.table.columns]
    columns = [_column(kpi, key, [row.get(key) for row in rows]) for key in keys]
    values = [[row.get(key) for key in keys] for row in rows]
    if is_rounded := report.audience is Audience.PUBLIC:
        values = [[*row, rounded] for row, rounded in zip(values, _rounded_in_rows(kpi), strict=True)]
    return _File(
        f"{kpi.key}.csv",
        kpi.table.caption,
        (*columns, *(_rounded_column(report) if is_rounded else ())),
        values,
        {
            "kpi": kpi.key,
            "kpi_title": kpi.title,
            "filters": kpi.chosen,
            "message": kpi.message,
            "sentence": kpi.sentence,
            "caveats": kpi.caveats,
            "hidden_figures": kpi.is_hidden,
            "rounded_figures": kpi.rounded,
            "source": kpi.definition.source,
            "definition": _definition(kpi),
        },
    )


def _rounded_column(report: Collected) -> tuple[Plain, ...]:
    """The column with the keys of a row's rounded counts."""
    return _texts(**{ROUNDED: f"Counts rounded to the nearest {count_step(report.threshold)}, by their keys"})


def _rounded_in_rows(kpi: CollectedKpi) -> Iterator[str]:
    """The keys of the rounded counts of each row; none if the keys of the rows were not kept."""
    names = kpi.table.row_keys if len(kpi.table.row_keys) == len(kpi.rows) else [""] * len(kpi.rows)
    for name in names:
        parts = (rounded.rpartition(": ") for rounded in kpi.rounded)
        yield " ".join(key for row, is_row, key in parts if is_row and row == name)


def _column(kpi: CollectedKpi, key: str, values: Sequence[Any]) -> Plain:
    """The column of a key: as in the KPI's table, or else found from the values."""
    main, _, part = key.partition(".")
    shown = {column.key: column for column in kpi.table.columns}.get(main)
    heading = shown.heading if shown else main.replace("_", " ").capitalize()
    if shown and shown.kind is not Kind.TEXT:
        kind = shown.kind.value
    else:
        known = [value for value in values if value is not None]
        kind = NUMBER if known and all(isinstance(value, int | float) for value in known) else Kind.TEXT.value
    return {"key": key, "heading": f"{heading}: {part}" if part else heading, "kind": kind}


def _definition(kpi: CollectedKpi) -> Plain:
    """The definition by its published keys."""
    return {key: plain(getattr(kpi.definition, key)) for key in Definition.LABELS}


def _headline(collected: Collected) -> _File:
    """The figures; in a public report, also which are rounded counts, named as in the KPIs' own files."""
    is_public = collected.audience is Audience.PUBLIC
    figures = [(kpi, key, value) for kpi in collected.kpis for key, value in in_columns(kpi.headline).items()]
    return _File(
        "headline.csv",
        "The figures of every KPI at the month’s end",
        (
            *_texts(kpi="KPI", key="Published key"),
            {"key": "value", "heading": "Value", "kind": VALUE},
            *(_rounded_column(collected) if is_public else ()),
        ),
        [
            (kpi.key, key, value, *([key if key in kpi.rounded else ""] if is_public else ()))
            for kpi, key, value in figures
        ],
        {"source": "headline figures of all KPIs; their definitions say from which records"},
    )


def _commentary(collected: Collected) -> _File:
    return _File(
        "commentary.csv",
        "Managers’ comments beside the figures",
        _texts(
            section="Section",
            title="Title of the section",
            author="Author",
            written_at="Written",
            text="Text",
        ),
        [
            (section.key, section.title, comment.author, comment.written_at.isoformat(), comment.text)
            for section in collected.sections
            for comment in section.comments
        ],
        {"source": "comments of the named authors"},
    )


def _definitions(collected: Collected) -> _File:
    return _File(
        "definitions.csv",
        "What each KPI is, as it stood when the report was collected",
        _texts(kpi="KPI", title="Title", **Definition.LABELS),
        [(kpi.key, kpi.title, *_definition(kpi).values()) for kpi in collected.kpis],
        {"source": "the registry of KPIs"},
    )


def _texts(**headings: str) -> tuple[Plain, ...]:
    """Columns of text, from each key to its heading."""
    return tuple(
        {"key": key, "heading": heading, "kind": Kind.TEXT.value} for key, heading in headings.items()
    )


def _metadata(collected: Collected, stamp: Stamp | None, files: Iterable[_File]) -> Plain:
    published = collected.published_at
    return {
        "title": collected.title,
        "council": collected.council,
        "month": f"{collected.as_at:%Y-%m}",
        "as_at": collected.as_at.isoformat(),
        "version": collected.version,
        "audience": collected.audience.value,
        "marking": collected.audience.marking,
        "status": collected.status,
        "provisional": collected.provisional,
        "collected_by": collected.collected_by,
        "collected_at": collected.collected_at.isoformat(),
        "approved_by": collected.approved_by,
        "published_at": published.isoformat() if published else None,
        "downloaded": stamp.sentence if stamp else "",
        "symbols": symbols(collected),
        "kinds": KINDS,
        "off_target": [_off_target(row) for row in collected.summary.off_target] if collected.summary else [],
        "movements": collected.movements,
        "asked_for": (collected.summary.asked or []) if collected.summary else [],
        "differences": collected.differences,
        "sections": [
            {
                "key": section.key,
                "title": section.title,
                "kpis": [kpi.key for kpi in section.kpis],
                "events": list(map(_event, section.events)),
            }
            for section in collected.sections
        ],
        "files": [file.metadata for file in files],
    }


def _off_target(row: OffTarget) -> Plain:
    return {"kpi": row.key, "message": row.message, "standing": row.standing, "words": row.words}


def _event(event: Event) -> Plain:
    return {"day": event.day.isoformat(), "title": event.title}


def _readme(collected: Collected, stamp: Stamp | None, files: Iterable[_File]) -> str:
    """The text that a person reads first."""
    return (
        "\n\n".join(fill(part, 100) if "\n" not in part else part for part in _parts(collected, stamp, files))
        + "\n"
    )


def _exactness(collected: Collected) -> str:
    if collected.audience is not Audience.PUBLIC:
        return "Numbers are unrounded, pounds are to the penny."
    return (
        "Money is rounded to £0.1m or £1,000, averages to £100, both to more where few children make them up, and "
        f"percentages to whole numbers; counts under the keys that “{ROUNDED}” names are rounded to the nearest "
        f"{count_step(collected.threshold)}, the others are exact."
    )


def _parts(collected: Collected, stamp: Stamp | None, files: Iterable[_File]) -> Iterator[str]:
    month = formats.month_in_words(collected.as_at)
    yield f"{collected.title}\n{collected.council}, {month}, version {collected.version}"
    yield f"{collected.audience.marking}. {collected.status}."
    if collected.provisional:
        yield collected.provisional
    if stamp:
        yield stamp.sentence
    yield (
        "Each CSV file is in UTF-8 with a byte-order mark, and has the published keys in its first row. "
        f"{_exactness(collected)} Percentages run from 0 to 100, days are written "
        "2019-03-31. An empty cell is a value that is not available. Text that a spreadsheet would take "
        "for a formula has an apostrophe before it. metadata.json says what each column holds, how each "
        "figure is defined, and the SHA-256 of each file."
    )
    if symbols(collected):
        yield "\n".join(
            [
                "In place of a number:",
                *(f"  {symbol:<5}{meaning}" for symbol, meaning in symbols(collected).items()),
            ]
        )
    yield "\n".join(["Files:", *(f"  {file.name}: {file.title}" for file in files)])
