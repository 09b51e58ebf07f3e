"""The Makefile, for somebody whose Python is too old."""

import subprocess
from pathlib import Path

import pytest

from tests.checkout import ROOT, environment

OLD_PYTHON = """#!/bin/sh
# Answers as Python 3.9 does to the one question it may be asked.
case "$2" in
    *version_info*"(3, 11)"*) exit 1 ;;
esac
echo "an old Python was asked to do more than tell its version: $*" >&2
exit 2
"""


@pytest.mark.parametrize("target", ["run", "test", "check"])
def test_an_old_python_is_one_sentence(tmp_path: Path, target: str) -> None:
    python = tmp_path / "python3.9"
    python.write_text(OLD_PYTHON)
    python.chmod(0o755)
    for name in ("Makefile", "requirements.txt", "requirements-test.txt"):
        (tmp_path / name).write_text((ROOT / name).read_text())

    outcome = subprocess.run(
        ["make", target, f"PYTHON={python}"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert outcome.returncode != 0
    said = [line for line in outcome.stderr.splitlines() if not line.startswith("make")]
    assert said == [
        f"Python 3.11 or later is needed as {python}: install it, or name another with PYTHON=python3.x."
    ]
    assert not (tmp_path / ".venv").exists()


def test_the_question_for_the_version_makes_sense_to_any_python() -> None:
    """No f-string, no annotation, no parenthesis-free print: what Python 2 and 3 both can read."""
    questions = [line for line in (ROOT / "Makefile").read_text().splitlines() if "version_info" in line]

    assert [line.split("'")[1] for line in questions] == ["import sys; sys.exit(sys.version_info < (3, 11))"]
