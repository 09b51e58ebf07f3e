"""The tests notice each small change to the rule, including one that hides more than the rule asks.

A change is made in the source as it is read (`mutated.py`), and the disclosure tests that need no database run on it;
one of them has to fail. The changes are chosen by hand. mutmut would make hundreds for these modules; each surviving
one would take a minute of linear programmes, and most would be changes of words, types and speed.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from sen_dashboard.core.disclosure import rounding, suppression
from sen_dashboard.core.kpi import quantities
from sen_dashboard.reports import disclosing
from tests.core.disclosure.mutated import CHANGED

ROOT = Path(__file__).parents[3]
TESTS = (
    "tests/core/disclosure/test_public_view.py",
    "tests/reports/test_publicly.py",
    "tests/reports/test_disclosing.py",
    "tests/core/disclosure/test_rounding.py",
    "tests/core/disclosure/test_identities.py",
    "tests/core/disclosure/test_suppression.py",
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


D, R, S, P = quantities, rounding, suppression, disclosing
CHANGES = (
    # The rule: which counts are small, none, hidden
    Change(
        S,
        "value is None or 0 < value < self.threshold",
        "value is None or 0 < value <= self.threshold",
        "hide 5",
    ),
    Change(
        S,
        "value is None or 0 < value < self.threshold",
        "value is None or 0 <= value < self.threshold",
        "hide 0",
    ),
    Change(
        S,
        "value is None or 0 < value < self.threshold",
        "value is None or 1 < value < self.threshold",
        "show 1",
    ),
    Change(
        S,
        "value is None or 0 < value",
        "value is not None and 0 < value",
        "show what rests on an unknown count",
    ),
    Change(S, "items() if 0 < value < threshold)", "items() if 0 < value <= threshold)", "choose 5 to hide"),
    Change(S, "items() if 0 < value < threshold)", "items() if 0 <= value < threshold)", "choose 0 to hide"),
    Change(
        S, "items() if 0 < value < threshold)", "items() if 0 < value < threshold - 1)", "choose 4 to show"
    ),
    Change(
        S, "in self.hidden or self.is_small(quantity)", "in self.hidden", "show small numbers without a cell"
    ),
    Change(
        S,
        "in self.hidden or self.is_small(quantity)",
        "in self.rounded or self.is_small(quantity)",
        "show hidden",
    ),
    Change(
        S,
        "not self.is_hidden(quantity) and quantity not in self.rounded",
        "not self.is_hidden(quantity)",
        "take a rounded count for an exact one",
    ),
    Change(S, "== 0 and quantity not in self.hidden", "== 0", "tell a hidden 0"),
    # Zeros, and reports before
    Change(S, "if not first.exposed:", "if True:", "never hide zeros"),
    Change(
        S,
        "len(other.exposed) >= len(first.exposed)",
        "len(other.exposed) > len(first.exposed)",
        "hide zeros in vain",
    ),
    Change(S, "counts.keys() - shown.contents.listed", "counts.keys()", "hide zeros that have no row"),
    Change(
        S,
        "dict.fromkeys(found.shown.not_as_it_is, Reason.BEFORE) | why",
        "why | dict.fromkeys(found.shown.not_as_it_is, Reason.BEFORE)",
        "blame reports before for everything",
    ),
    Change(
        S,
        "self.exposed | self.attacker.shown_before()\n        return",
        "self.exposed\n        return",
        "not say 4s",
    ),
    # Rows: which are told together, where they stand
    Change(S, "hidden if len(hidden) > 1 or", "hidden if len(hidden) > 0 or", "merge one hidden row"),
    Change(S, "hidden if len(hidden) > 1 or", "hidden if len(hidden) > 2 or", "not merge two hidden rows"),
    Change(S, "self.keys.whole and all(row", "self.keys.whole and any(row", "merge rows that show a number"),
    Change(
        S,
        "sum_of_hidden >= self.protection.threshold",
        "sum_of_hidden > self.protection.threshold",
        "hide 5 together",
    ),
    Change(S, "sum_of_hidden >= self.protection.threshold", "sum_of_hidden > 0", "tell 4 together"),
    Change(
        S,
        "is_told = self.headline.is_exact(whole) and all(",
        "is_told = all(",
        "tell hidden rows of a hidden whole",
    ),
    Change(
        S,
        "all(record.is_exact(name) for record in others)",
        "True",
        "tell hidden rows beside rounded ones",
    ),
    Change(S, "return True, 0, texts[n]", 'return True, 0, ""', "leave hidden rows in their order"),
    Change(
        S,
        "isinstance(value, Symbol) or ranked in record.about()",
        "isinstance(value, Symbol)",
        "rank rounded rows",
    ),
    Change(S, "-abs(value or 0) if is_money", "abs(value or 0) if is_money", "rank the least money first"),
    Change(
        S, "key=lambda one: (not one.is_exact", "key=lambda one: (one.is_exact", "put hidden records first"
    ),
    # What rests on hidden counts
    Change(S, "times > 1 and 0 < value < self", "times > 1 and 0 <= value < self", "hide a mean of 0"),
    Change(S, "times > 1 and 0 < value < self", "times > 0 and 0 < value <= self", "hide a mean of 5"),
    Change(S, "times > 1 and 0 < value < self", "times > 9 and 0 < value < self", "show a mean of 2"),
    Change(S, "count if times == 1 else count / times", "count", "show the sum for the mean"),
    Change(
        S,
        "self._protection.is_hidden(counted) or quantity in self._protection.hidden",
        "self._protection.is_hidden(counted)",
        "show hidden money",
    ),
    Change(
        S,
        "self._protection.is_hidden(counted) or quantity in self._protection.hidden",
        "not self._protection.is_exact(counted) or quantity in self._protection.hidden",
        "hide money of a rounded count",
    ),
    Change(
        S,
        "self._protection.is_hidden if access.is_mute",
        "self._is_unsure if access.is_mute",
        "hide a mute measure",
    ),
    Change(
        S,
        "self._protection.is_hidden if access.is_mute",
        "self._protection.is_small if access.is_mute",
        "show it",
    ),
    Change(
        S,
        "access.if_small and not any(map(self._protection.is_small",
        "not any(map(self._protection.is_small",
        "show all",
    ),
    Change(S, "        if _hides(values):\n", "        if False:\n", "make a measure of hidden numbers"),
    Change(
        S, "result.caveats if keys.open_caveats else ()", "result.caveats", "show caveats that count children"
    ),
    Change(S, "Symbol.LOW if value and not shown else shown", "shown", "show 0% for a share of few"),
    Change(
        S,
        "if any(map(self._protection.is_none, counts))",
        "if all(map(self._protection.is_none, counts))",
        "x for z",
    ),
    # Rounding
    Change(R, "return 2 * threshold", "return threshold", "round counts to 5"),
    Change(R, "return rounded - threshold,", "return rounded - threshold - 1,", "round 4 to 10"),
    Change(R, "rounded + threshold - 1", "rounded + threshold", "round halves down"),
    Change(R, "ROUND_HALF_UP) * step", "ROUND_HALF_EVEN) * step", "round halves to even"),
    Change(R, "if abs(pounds) >= MILLION", "if abs(pounds) > MILLION", "round £1m to £1,000"),
    Change(R, "_power_of_ten(pounds / count))", "1)", "round sums of few finer than what one costs"),
    Change(R, "pounds / count**2", "pounds / count", "round averages more than need be"),
    Change(
        R,
        "sum_step(pounds, count, coarser) > pounds",
        "sum_step(pounds, count, coarser) >= pounds",
        "hide half",
    ),
    Change(R, "while step < least", "while step <= least", "round to the next power of ten"),
    # Identities
    Change(D, "ranks[quantity] = min(rank", "ranks[quantity] = max(rank", "take the least need"),
    Change(D, 'OF_TIME = ("day", "last",', 'OF_TIME = ("last",', "not see two days of one sum"),
    Change(
        D,
        "total(whole, (*parts, whole.quantity.less(*parts)))",
        "total(whole, parts)",
        "forget the remainder",
    ),
    Change(
        D,
        "known if unknown == one.whole else each[one.whole] - known",
        "known if unknown == one.whole else each[one.whole]",
        "take the whole for the remainder's amounts",
    ),
    Change(
        D,
        "                counts[unknown] = found\n",
        "                pass\n",
        "not see the money of few that follows from what is shown",
    ),
    Change(D, "            listed |= table.listed\n", "", "forget which counts have no row"),
    # The public report
    Change(P, "answer if names_prices else _without_prices", "_without_prices", "never name schools"),
    Change(P, "answer if names_prices else _without_prices(answer)", "answer", "always name schools"),
    Change(P, "asked if answer.entry.is_public", "asked", "publish what is not public"),
    Change(P, "movements=(),", "", "publish movements"),
    Change(P, 'collected_by="",', "", "name who collected"),
    Change(
        P, "bool(numbers) and all(value", "bool(numbers) and any(value", "leave out rows that show a number"
    ),
    Change(P, "is_of_time or not _is_all_hidden", "is_of_time or _is_all_hidden", "draw what is hidden"),
    Change(P, "fact.value is not HIDDEN)", "fact.value is HIDDEN)", "leave out what is shown"),
    Change(
        P,
        "        if first is None:\n",
        "        if first is not None:\n",
        "say the figures for the sentence",
    ),
    Change(
        P, "is HIDDEN:\n            raise Unshown", "is HIDDEN:\n            pass", "say that it has no goal"
    ),
    Change(P, "is_hidden=view.hidden", "is_hidden=True", "say that something is hidden"),
    Change(
        P,
        "if column.key not in withheld",
        "if column.key in withheld",
        "leave out the columns that are shown",
    ),
    Change(P, 'f"about {cell.text}"', "cell.text", "show a rounded count as an exact one"),
)


def run(*changed: str) -> subprocess.CompletedProcess[str]:
    """Run the tests on the program, or on one with the change."""
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.core.disclosure.mutated",
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


def test_each_change_is_of_a_piece_that_is_there_once() -> None:
    sources = {change.module: Path(str(change.module.__file__)).read_text() for change in CHANGES}
    assert [str(change) for change in CHANGES if sources[change.module].count(change.old) != 1] == []


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
