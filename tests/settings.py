"""The product's settings, made quick and independent of `var` for tests. Read after conftest has named the store."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from sen_dashboard.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one is slow on purpose
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATICFILES_FINDERS = [
    "tests.joined_sheets.JoinedSheets",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STATIC_ROOT = None  # nothing is collected: WhiteNoise and the live server read static/ itself
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
UPLOADS_DIR = Path(tempfile.gettempdir()) / f"sen-dashboard-uploads-{os.getpid()}"
atexit.register(shutil.rmtree, UPLOADS_DIR, ignore_errors=True)
