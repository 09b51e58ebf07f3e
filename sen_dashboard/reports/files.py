"""The files of a report: every format written from the same collected data, each complete or not at all."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from django.conf import settings

from sen_dashboard.exports.workbook import XLSX
from sen_dashboard.reports.collected import Collected
from sen_dashboard.reports.logo import read_logo
from sen_dashboard.reports.writers import Stamp, WriteError

Writer = Callable[[Collected, Stamp | None, bytes | None], bytes]


@dataclass(frozen=True)
class Format:
    """A format: its name, its content type, and its writer."""

    name: str
    content_type: str
    writer: Writer

    def write(self, collected: Collected, stamp: Stamp | None = None) -> bytes:
        """The complete file, with the council's logo if there is one. Raises WriteError."""
        return self.writer(collected, stamp, read_logo(settings.REPORT_LOGO))


def _by(module: str) -> Writer:
    """A format's writer, imported on first use: drawing and typesetting take half a second to import."""

    def write(collected: Collected, stamp: Stamp | None, logo: bytes | None) -> bytes:
        file: bytes = import_module(f"sen_dashboard.reports.writers.{module}").write(collected, stamp, logo)
        return file

    return write


PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
FORMATS = {
    "xlsx": Format("Workbook", XLSX, _by("workbook")),
    "pptx": Format("Slides", PPTX, _by("slides")),
    "pdf": Format("PDF", "application/pdf", _by("paper")),
    "zip": Format("CSV files", "application/zip", _by("csv_pack")),
}
"""The formats by file extension."""


class FolderError(WriteError):
    """The files cannot be written there; the message is one sentence for the person who asked."""


def write_pack(collected: Collected, folder: Path) -> list[Path]:
    """Write every format into a folder, which is made if necessary. Returns the files.

    They are first written under temporary names, and renamed once all are there, so that a full disk leaves none.
    Raises FolderError for a folder that cannot be written to, and WriteError.
    """
    files = {f"{collected.name}.{suffix}": form.write(collected) for suffix, form in FORMATS.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=folder) as unfinished:
            for name, file in files.items():
                Path(unfinished, name).write_bytes(file)
            for name in files:
                os.replace(Path(unfinished, name), folder / name)
    except OSError as error:
        raise FolderError(
            f"The files of the report could not all be written to {folder} ({error.strerror}): "
            "free some space or choose another folder."
        ) from error
    return [folder / name for name in files]
