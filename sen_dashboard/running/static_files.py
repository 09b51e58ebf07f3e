"""Static files as they are served: hashed, compressed, and each style sheet in one file with the sheets it imports."""

import re
from collections.abc import Iterator
from posixpath import dirname, join
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(r'^@import "([\w./-]+)";\n', re.MULTILINE)


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Whitenoise's storage, which replaces each ``@import`` by the imported style sheet.

    There is a sheet for each component (static/css/components/); this way a page asks for one file instead of thirty.
    Where files are served as found, in development and most tests, the browser follows the imports itself.
    """

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Join the sheets before they are hashed. Raises FileNotFoundError for an import that leads nowhere."""
        if not dry_run:
            for name in [name for name in paths if name.endswith(".css") and "vendor" not in name]:
                self._join(name, paths)
        processed: Iterator[Any] = super().post_process(paths, dry_run, **options)
        return processed

    def _join(self, name: str, paths: dict[str, Any]) -> None:
        text = _text(name, paths)
        joined = IMPORT.sub(lambda found: _text(join(dirname(name), found[1]), paths), text)
        if joined != text:
            self.delete(name)
            self.save(name, ContentFile(joined.encode()))
            paths[name] = (self, name)


def _text(name: str, paths: dict[str, Any]) -> str:
    try:
        storage, path = paths[name]
    except KeyError:
        raise FileNotFoundError(f"A style sheet imports {name}, which is not there.") from None
    with storage.open(path) as file:
        return str(file.read().decode())
