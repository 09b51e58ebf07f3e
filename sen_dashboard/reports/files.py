"""The files of a report: every format written from the same collected data, whole or not at all."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from sen_dashboard.reports.collected import Collected
from sen_dashboard.reports.logo import read_logo
from sen_dashboard.reports.writers import Stamp, csv_pack, paper, slides, workbook

Writer = Callable[[Collected, Stamp | None, bytes | None], bytes]


@dataclass(frozen=True)
class Format:
    """A format: what people call it, how browsers do, and what writes it."""

    name: str
    content_type: str
    writer: Writer

    def write(self, collected: Collected, stamp: Stamp | None = None) -> bytes:
        """The whole file, with the council's logo where there is one. Raises LogoError."""
        return self.writer(collected, stamp, read_logo(settings.REPORT_LOGO))


FORMATS = {
    "xlsx": Format(
        "Workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook.write
    ),
    "pptx": Format(
        "Slides", "application/vnd.openxmlformats-officedocument.presentationml.presentation", slides.write
    ),
    "pdf": Format("PDF", "application/pdf", paper.write),
    "zip": Format("CSV files", "application/zip", csv_pack.write),
}
"""By the ending of the file's name."""


class FolderError(Exception):
    """The files cannot be written there; the message is one sentence for the person who asked."""


def write_pack(collected: Collected, folder: Path) -> list[Path]:
    """Write every format into a folder: all of them or, on an error, none. Returns the files.

    They are written beside their places first, and only then given their names. Raises FolderError for a folder that
    cannot be written to or is full, and LogoError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=folder) as unfinished:
            written = [_write(collected, suffix, Path(unfinished)) for suffix in FORMATS]
            for path in written:
                os.replace(path, folder / path.name)
    except OSError as error:
        raise FolderError(
            f"The report could not be written to {folder} ({error.strerror}): nothing was left there. "
            "Free some space or choose another folder."
        ) from error
    return [folder / path.name for path in written]


def _write(collected: Collected, suffix: str, folder: Path) -> Path:
    path = folder / f"{collected.name}.{suffix}"
    path.write_bytes(FORMATS[suffix].write(collected))
    return path
