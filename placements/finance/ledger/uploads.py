"""Files of a finance system uploaded on a page: kept until loaded or discarded, read by remembered columns.

The caller checks the permission.
"""

import os
import secrets
import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from placements.finance.ledger.files import Cells, LedgerFile, open_file
from placements.finance.ledger.loading import import_ledger
from placements.finance.ledger.mapping import Mapping, mapping_from
from placements.finance.ledger.report import LedgerReport
from placements.models import LedgerMapping, LedgerUpload
from sen_dashboard.accounts.models import User
from sen_dashboard.core.periods import Month
from sen_dashboard.importing.problems import DatasetError, Progress, visible

KEPT_FOR = timedelta(days=7)
"""How long files are kept if nobody loads them; they are removed at the next upload."""
NOT_KEPT = "The files are no longer kept: choose them again."
LONGEST_NAME = 100


def folder_of(upload: LedgerUpload) -> Path:
    """The folder of the files, readable only by the program."""
    return Path(settings.UPLOADS_DIR) / upload.kept_as


def paths_of(upload: LedgerUpload) -> list[Path]:
    """The files in the order given. Raises ValidationError if they are no longer kept."""
    paths = [folder_of(upload) / str(number) for number in range(len(upload.names))]
    if upload.loaded_at or not all(path.is_file() for path in paths):
        raise ValidationError(NOT_KEPT)
    return paths


def take(*, by: User, files: Sequence["UploadedFile[Any]"], at: datetime) -> LedgerUpload:
    """Keep the files. Raises ValidationError if one of them cannot be read."""
    for old in LedgerUpload.objects.filter(uploaded_at__lt=at - KEPT_FOR, loaded_at=None):
        give_up(upload=old)
    names = _numbered([visible(Path(file.name or "file").name)[:LONGEST_NAME] for file in files])
    upload = LedgerUpload(names=names, kept_as=secrets.token_hex(16), uploaded_by=by, uploaded_at=at)
    folder = folder_of(upload)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)
    try:
        for number, file in enumerate(files):
            _write(folder / str(number), file.chunks())
        for path, name in zip(paths_of(upload), names, strict=True):
            _opened(path, name, ())
        upload.save(force_insert=True)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return upload


def give_up(*, upload: LedgerUpload) -> None:
    """Discard the files."""
    shutil.rmtree(folder_of(upload), ignore_errors=True)
    upload.delete()


def first_file(upload: LedgerUpload, names: Iterable[str]) -> LedgerFile:
    """The file whose columns are chosen, with its header found by ``names``. Raises ValidationError."""
    return _opened(paths_of(upload)[0], upload.names[0], tuple(names))


def sample_of(file: LedgerFile, rows: int) -> list[Cells]:
    """The first rows, shown beside the columns."""
    return [[cell.strip()[:60] for cell in cells] for cells in file.sample(rows)]


@transaction.atomic
def choose_columns(*, by: User, upload: LedgerUpload, mapping: Mapping, at: datetime) -> None:
    """Set the mapping for the files, and remember it for the source's next ones."""
    upload.mapping, upload.found = mapping.as_json(), {}
    upload.save()
    remember(by=by, mapping=mapping, at=at)


@transaction.atomic
def remember(*, by: User, mapping: Mapping, at: datetime) -> None:
    """Keep the mapping for its source, and who changed it last."""
    given = mapping.as_json()
    kept = LedgerMapping.objects.select_for_update().filter(source=mapping.source).first()
    values = {name: given[name] for name in ("line", "columns", "rows")}
    if kept and all(getattr(kept, name) == value for name, value in values.items()):
        return
    kept = kept or LedgerMapping(source=mapping.source)
    for name, value in values.items():
        setattr(kept, name, value)
    kept.changed_by, kept.changed_at = by, at
    kept.full_clean()
    kept.save()


def choose_months(*, upload: LedgerUpload, late_to: Month | None, replace: bool) -> None:
    """Record where late postings go, and whether small months are intended; earlier results no longer apply."""
    upload.late_to, upload.replace, upload.found = late_to.start if late_to else None, replace, {}
    upload.save()


def check(*, by: User, upload: LedgerUpload, progress: Progress) -> None:
    """Find what loading the files would do, and keep the result. Raises ValidationError."""
    try:
        upload.found = _found(_import(by, upload, progress, check_only=True))
    except DatasetError as error:
        upload.found = {"problems": error.lines(), "warnings": list(error.warnings), "lines": []}
    upload.save()


def load(*, by: User, upload: LedgerUpload, at: datetime, progress: Progress) -> LedgerReport:
    """Load the files and remove them. Raises ValidationError, and then nothing is loaded."""
    try:
        with transaction.atomic():
            report = _import(by, upload, progress, check_only=False)
            upload.found, upload.loaded_at = _found(report), at
            upload.save()
    except DatasetError as error:
        upload.found = {"problems": error.lines(), "warnings": list(error.warnings), "lines": []}
        upload.save()
        raise ValidationError(
            "Nothing was loaded: what was checked no longer holds. Check the files again."
        ) from None
    shutil.rmtree(folder_of(upload), ignore_errors=True)
    return report


def _import(by: User, upload: LedgerUpload, progress: Progress, *, check_only: bool) -> LedgerReport:
    return import_ledger(
        *paths_of(upload),
        mapping=mapping_from(upload.mapping),
        check_only=check_only,
        replace=upload.replace,
        late_to=Month.containing(upload.late_to) if upload.late_to else None,
        by=by,
        names=upload.names,
        progress=progress,
    )


def _found(report: LedgerReport) -> dict[str, Any]:
    """What a page shows of a report, as JSON."""
    (file,) = report.files
    return {
        "problems": [],
        "warnings": list(report.warnings),
        "lines": report.lines(),
        "postings": file.read,
        "unmatched": len(report.unmatched),
    }


def _numbered(names: list[str]) -> list[str]:
    """The names, numbered if two are the same."""
    return [
        name if names.count(name) == 1 else f"{name} ({number})" for number, name in enumerate(names, start=1)
    ]


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.writelines(chunks)


def _opened(path: Path, name: str, names: Sequence[str]) -> LedgerFile:
    try:
        return open_file(path, names, name)
    except DatasetError as error:
        raise ValidationError(f"{name}: {error.problems[0].reason}") from None
