"""Each small change of the rule is noticed by the tests: also one that hides more than the rule asks.

A change is made in the source as it is read (`mutated.py`), and the tests of disclosure that need no store run on it;
one of them has to fail. The changes are chosen by hand. mutmut would make hundreds for these modules, each of
which needs a minute of linear programmes to survive, and most of which are of words, types and speed.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from sen_dashboard.core import disclosure, rounding, suppression
from sen_dashboard.reports import disclosing
from tests.disclosure.mutated import CHANGED

ROOT = Path(__file__).parents[2]
TESTS = (
    "tests/disclosure/test_public_view.py",
    "tests/reports/test_publicly.py",
    "tests/reports/test_disclosing.py",
    "tests/disclosure/test_rounding.py",
    "tests/disclosure/test_identities.py",
    "tests/disclosure/test_suppression.py",
)
"""The quick ones first: most changes are noticed there."""


@dataclass(frozen=True)
class Change:
    """A small change of a module, and what it would do."""

    module: ModuleType
    old: str
    new: str
    does: str

    def __str__(self) -> str:
        return f"{self.module.__name__.rpartition('.')[2]}: {self.does}"


CHANGES: tuple[Change, ...] = ()


def run(*changed: str) -> subprocess.CompletedProcess[str]:
    """Run the tests on the program, or on one with the change."""
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.disclosure.mutated",
            "-p",
            "no:cacheprovider",
            "-x",
            *TESTS,
        ],
        cwd=ROOT,
        env={
            **os.environ,
            **({CHANGED: json.dumps(changed)} if changed else {}),
            "TEST_DATABASE_URL": os.environ["DATABASE_URL"],  # none of them asks it
        },
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.assurance
def test_the_tests_pass_without_a_change() -> None:
    found = run()
    assert found.returncode == 0, found.stdout


@pytest.mark.assurance
@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_small_change_is_noticed(change: Change) -> None:
    found = run(change.module.__name__, change.old, change.new)
    assert found.returncode == 1, f"{change.does}\n{found.stdout}"
    assert "failed" in found.stdout
