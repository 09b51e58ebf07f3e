"""Style sheets in tests as they are served: each in one file with the sheets it imports, instead of fifty requests."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder

from sen_dashboard.running.static_files import IMPORT

SHEETS = Path(settings.BASE_DIR) / "static" / "css"


class JoinedSheets(BaseFinder):
    """Finds the sheets that pages ask for; comes before the finders of all other files."""

    def find(self, path: str, find_all: bool = False, **options: Any) -> Any:
        """Return the path of the joined sheet; an empty list for any other file."""
        sheet = SHEETS.parent / path
        if find_all or sheet.parent != SHEETS or not sheet.is_file():
            return []
        return str(_joined(sheet))

    def list(self, ignore_patterns: Any) -> Any:
        """Return nothing: what is collected is joined by the storage."""
        return []


@cache
def _joined(sheet: Path) -> Path:
    joined = _folder() / sheet.name
    text = sheet.read_text(encoding="utf-8")
    joined.write_text(
        IMPORT.sub(lambda found: (SHEETS / found[1]).read_text("utf-8"), text), encoding="utf-8"
    )
    return joined


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    return folder
