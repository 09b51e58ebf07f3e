"""A copy of the program in its own folder, started as a person would start it, with its own `var`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "var", "tests", "docs", "__pycache__", ".*_cache", ".hypothesis"
)
SETTINGS = ("DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "PORT", "INSECURE_HTTP", "DJANGO_SETTINGS_MODULE")


def copy_program(folder: Path) -> Path:
    """Copy the working tree to `folder`, which must not exist."""
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    return folder


def environment(**settings: str) -> dict[str, str]:
    """The environment of this process with ``settings`` in place of the test run's settings."""
    return {name: value for name, value in os.environ.items() if name not in SETTINGS} | settings


def manage(folder: Path, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run `manage.py` in a copy of the program, and wait for it to end."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=folder,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
