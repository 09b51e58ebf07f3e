"""Files of a finance system uploaded on a page: kept until loaded or discarded, read by remembered columns.

The caller checks the permission.
"""

import logging
import os
import secrets
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError, transaction

from placements.finance.ledger.files import Cells, LedgerFile, open_file
from placements.finance.ledger.loading import import_ledger
from placements.finance.ledger.mapping import USUAL, Mapping, mapping_from
from placements.finance.ledger.report import LedgerReport
from placements.models import LedgerMapping, LedgerUpload
from sen_dashboard.accounts.models import User
from sen_dashboard.clock.day import calendar_day
from sen_dashboard.core.periods import Month
from sen_dashboard.importing.alone import BUSY, BusyError
from sen_dashboard.importing.problems import DatasetError, Progress, visible
from sen_dashboard.jobs.watching import Watch

KEPT_FOR = timedelta(days=7)
"""The age at which files that nobody loaded are removed, when others are given or loaded."""
BEING_GIVEN = timedelta(hours=1)
"""How long a folder may exist without a record of its files, which is written last."""
NOT_KEPT = "The files are no longer kept: choose them again."
IN_USE = "The files are being loaded: wait until that has finished."
CHANGED = "What loading the files would do has changed: look at it again before you load them."
LONGEST_NAME = 100

logger = logging.getLogger(__name__)


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
    sweep(at=at)
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
        _remove(folder)
        raise
    return upload


def give_up(*, upload: LedgerUpload) -> None:
    """Discard the files. Raises ValidationError if they are loaded or being loaded."""
    with transaction.atomic():
        _held(upload).delete()
    _remove(folder_of(upload))


def sweep(*, at: datetime) -> None:
    """Remove files that nobody loaded in time, and folders without files still to be loaded."""
    for old in LedgerUpload.objects.filter(uploaded_at__lt=at - KEPT_FOR, loaded_at=None):
        with suppress(ValidationError):  # being loaded just now
            give_up(upload=old)
    waiting = set(LedgerUpload.objects.filter(loaded_at=None).values_list("kept_as", flat=True))
    for folder in Path(settings.UPLOADS_DIR).glob("*/"):
        with suppress(FileNotFoundError):  # removed in between
            if folder.name not in waiting and folder.stat().st_mtime < (at - BEING_GIVEN).timestamp():
                _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder of files; if that fails, the log names it and the next sweep tries again."""
    try:
        shutil.rmtree(folder)
    except OSError as error:
        logger.warning("Files of the ledger stay in %s: %s", folder, error.strerror)


def first_file(upload: LedgerUpload, mapping: Mapping | None) -> LedgerFile:
    """The file whose columns are chosen; its header is found by the mapping's names, or by usual ones.

    Raises ValidationError.
    """
    names = mapping.names if mapping else [name for names in USUAL.values() for name in names]
    return _opened(paths_of(upload)[0], upload.names[0], names)


def sample_of(file: LedgerFile, rows: int) -> list[Cells]:
    """The first rows, shown beside the columns."""
    return [[cell.strip()[:60] for cell in cells] for cells in file.sample(rows)]


def choose_columns(*, by: User, upload: LedgerUpload, mapping: Mapping, at: datetime) -> LedgerUpload:
    """Set the mapping of the files, and remember it for its source. Raises ValidationError."""
    with transaction.atomic():
        remember(by=by, mapping=mapping, at=at)
        return _changed(upload, mapping=mapping.as_json())


@transaction.atomic
def remember(*, by: User, mapping: Mapping, at: datetime) -> None:
    """Keep the mapping for its source, and who changed it last."""
    given = mapping.as_json()
    chosen = {name: given[name] for name in ("line", "columns", "rows")}
    who = {"changed_by": by, "changed_at": at}
    kept, is_new = LedgerMapping.objects.select_for_update().get_or_create(
        source=mapping.source, defaults=chosen | who
    )
    if is_new or all(getattr(kept, name) == value for name, value in chosen.items()):
        return
    for name, value in (chosen | who).items():
        setattr(kept, name, value)
    kept.full_clean()
    kept.save()


def choose_months(*, upload: LedgerUpload, late_to: Month | None, replace: bool) -> LedgerUpload:
    """Record where late postings go, and whether small months are intended. Raises ValidationError."""
    with transaction.atomic():
        return _changed(upload, late_to=late_to.start if late_to else None, replace=replace)


def check(*, by: User, upload: LedgerUpload, revision: str, today: date, progress: Progress) -> None:
    """Find what loading the files would do, and keep the result.

    Raises ValidationError if the choices have changed since, and then keeps nothing.
    """
    if str(upload.revision) != revision:
        raise ValidationError(CHANGED)
    try:
        found = _found(_import(by, upload, today, progress, check_only=True))
    except DatasetError as error:
        found = _refused(error)
    if not _keep(upload, found):
        raise ValidationError(CHANGED)


def load(*, by: User, upload: LedgerUpload, revision: str, at: datetime, watch: Watch) -> LedgerReport:
    """Load the files as they were previewed, and remove them. Raises ValidationError, and then nothing is loaded."""
    try:
        with transaction.atomic():
            held = _held(upload)
            if str(held.revision) != revision or not held.found or held.found["problems"]:
                raise ValidationError(CHANGED)
            report = _import(by, held, calendar_day(at), watch.progress, check_only=False)
            held.found, held.loaded_at = _found(report), at
            held.save(update_fields=["found", "loaded_at"])
            watch.before_commit()
    except BusyError:
        raise ValidationError(BUSY) from None
    except DatasetError as error:
        _keep(held, _refused(error))
        raise ValidationError(
            "Nothing was loaded: what was checked no longer holds. Check the files again."
        ) from None
    _remove(folder_of(upload))
    return report


def _held(upload: LedgerUpload) -> LedgerUpload:
    """The files as they are now, locked against others until the transaction ends.

    Raises ValidationError if they are loaded or discarded, or if someone else has locked them.
    """
    try:
        with transaction.atomic():
            held = (
                LedgerUpload.objects.select_for_update(nowait=True)
                .filter(pk=upload.pk, loaded_at=None)
                .first()
            )
    except OperationalError:
        raise ValidationError(IN_USE) from None
    if held is None:
        raise ValidationError(NOT_KEPT)
    return held


def _changed(upload: LedgerUpload, **chosen: Any) -> LedgerUpload:
    """The files with the choices changed; earlier results no longer apply."""
    held = _held(upload)
    for name, value in chosen.items():
        setattr(held, name, value)
    held.revision = uuid4()
    held.found = {}
    held.save(update_fields=[*chosen, "revision", "found"])
    return held


def _keep(upload: LedgerUpload, found: dict[str, Any]) -> bool:
    """Keep the result unless the files are loaded or the choices have changed; return whether it was kept."""
    same = LedgerUpload.objects.filter(pk=upload.pk, revision=upload.revision, loaded_at=None)
    return bool(same.update(found=found))


def _import(
    by: User, upload: LedgerUpload, today: date, progress: Progress, *, check_only: bool
) -> LedgerReport:
    return import_ledger(
        *paths_of(upload),
        mapping=mapping_from(upload.mapping),
        today=today,
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


def _refused(error: DatasetError) -> dict[str, Any]:
    return {"problems": error.lines(), "warnings": list(error.warnings), "lines": []}


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
