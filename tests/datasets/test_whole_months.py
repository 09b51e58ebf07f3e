"""A ledger file has whole months: a posting that it no longer has is removed, never counted beside another."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placements.models import LedgerPosting
from sen_dashboard.core.models.history import Change, History
from sen_dashboard.core.models.trail import KEPT
from sen_dashboard.datasets import import_dataset
from sen_dashboard.importing.problems import DatasetError, Removal
from tests.datasets.outcome import problems
from tests.folders import Write

pytestmark = pytest.mark.django_db

CASES = Path(__file__).parent.parent / "data" / "cases"
APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
HEADER = "source,month,line,reference,amount\n"
ONE_SETTING = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

Posting = tuple[str, date, str, str]
"""Source, month, line and reference."""


def ledger(write: Write, *rows: str) -> Path:
    """A folder with these rows and nothing else."""
    return write({"ledger.csv": HEADER + "".join(f"{row}\n" for row in rows)}, only=True)


def held() -> dict[Posting, Decimal]:
    rows = LedgerPosting.objects.values_list("source", "month", "line", "reference", "amount")
    return {(source, month, line, reference): amount for source, month, line, reference, amount in rows}


def history() -> History:
    return History([KEPT["placements.LedgerPosting"].entries])


class TestRecoded:
    """Between two exports of April 2026 finance moved a posting of £25,000 to another line."""

    @pytest.fixture(autouse=True)
    def first_export(self) -> None:
        import_dataset(CASES / "recode1")

    def test_it_counts_once_and_on_its_new_line(self) -> None:
        report = import_dataset(CASES / "recode2")
        assert held() == {
            ("", APRIL, "1.2.3", "T1"): Decimal(10_000),
            ("", APRIL, "1.2.2", "T2"): Decimal(25_000),
        }
        (_, of_ledger) = report.files
        assert (of_ledger.created, of_ledger.updated, of_ledger.unchanged, of_ledger.removed) == (1, 0, 1, 1)
        assert of_ledger.absent == 0
        assert report.removals == (Removal("ledger.csv", APRIL, "", 1, Decimal(25_000)),)

    def test_the_check_and_the_summary_name_what_is_removed(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("import_dataset", CASES / "recode2", check=True)
        assert "ledger.csv: April 2026: 1 posting to be removed, £25,000.00" in capsys.readouterr().out
        assert LedgerPosting.objects.get(reference="T2").line == "1.2.3"
        call_command("import_dataset", CASES / "recode2")
        assert "ledger.csv: April 2026: 1 posting removed, £25,000.00" in capsys.readouterr().out

    def test_the_trail_keeps_it(self) -> None:
        import_dataset(CASES / "recode2")
        added, removed, *_ = history()[:9]
        assert (removed.who, removed.done) == ("Import of a data set", "Removed")
        assert removed.record == "Ledger posting: 1 April 2026, 1.2.3, RWR, T2"
        assert Change("Amount", "£25,000.00", "") in removed.changes
        assert (added.done, added.record) == ("Added", "Ledger posting: 1 April 2026, 1.2.2, RWR, T2")


def test_the_trail_keeps_what_an_amount_was(write: Write) -> None:
    import_dataset(ledger(write, ",2026-04,1.2.3,R1,5"))
    import_dataset(ledger(write, ",2026-04,1.2.3,R1,6"))
    assert history()[0].changes == (Change("Amount", "£5.00", "£6.00"),)


def test_other_months_and_sources_are_left_alone_and_counted(write: Write) -> None:
    import_dataset(ledger(write, ",2026-04,1,R1,1", ",2026-05,1,R1,2", "Oracle,2026-04,1,R1,4"))
    report = import_dataset(ledger(write, ",2026-04,1,R2,8"))
    assert set(held()) == {("", APRIL, "1", "R2"), ("", MAY, "1", "R1"), ("Oracle", APRIL, "1", "R1")}
    assert report.files[0].absent == 2
    assert report.lines()[0].endswith("1 removed          2 stored and not in the file")


def test_a_source_is_named_with_its_month(write: Write) -> None:
    import_dataset(ledger(write, "Oracle,2026-04,1,R1,4"))
    report = import_dataset(ledger(write, "Oracle,2026-04,1,R2,4"))
    assert "ledger.csv: April 2026, Oracle: 1 posting removed, £4.00" in report.lines()


class TestFewerThanHalf:
    @pytest.fixture(autouse=True)
    def five(self, write: Write) -> None:
        import_dataset(ledger(write, *(f",2026-04,1,R{n},1" for n in range(5))))

    def test_of_a_month_are_refused(self, write: Write) -> None:
        assert problems(ledger(write, ",2026-05,1,R1,1", ",2026-04,1,R1,1", ",2026-04,1,R2,1")) == [
            "ledger.csv:3: month: 2026-04: The file has 2 postings of this month and the store 5: add the others, or"
            " import it with --replace if these are all."
        ]
        assert LedgerPosting.objects.count() == 5

    def test_are_accepted_when_somebody_says_so(self, write: Write) -> None:
        call_command("import_dataset", ledger(write, ",2026-04,1,R1,1"), replace=True)
        assert set(held()) == {("", APRIL, "1", "R1")}

    def test_half_or_more_are_no_doubt(self, write: Write) -> None:
        import_dataset(ledger(write, *(f",2026-04,1,R{n},1" for n in range(3))))
        assert LedgerPosting.objects.count() == 3

    def test_another_mistake_is_not_made_worse(self, write: Write) -> None:
        """The row whose key cannot be read may be the one that seems to be missing."""
        (problem,) = problems(ledger(write, f",2026-04,1,{'R' * 81},1"))
        assert problem.endswith("Enter at most 80 characters.")


class TestFilesOfOneCall:
    """A council that has its ledger as two files gives both at once."""

    @pytest.fixture
    def folders(self, tmp_path: Path) -> tuple[Path, Path]:
        found = tmp_path / "one", tmp_path / "two"
        for folder in found:
            folder.mkdir()
        self.fill(found, ["R1", "R2"], ["R3"])
        return found

    def fill(self, folders: tuple[Path, Path], *references: list[str], header: str = HEADER) -> None:
        for folder, names in zip(folders, references, strict=True):
            rows = "".join(f",2026-04,1,{name},1\n" for name in names)
            (folder / "ledger.csv").write_text(f"{header}{rows}")

    def test_count_as_one(self, folders: tuple[Path, Path]) -> None:
        (report,) = import_dataset(*folders).files
        assert (report.read, report.created) == (3, 3)
        self.fill(folders, ["R1"], ["R4"])
        (report,) = import_dataset(*folders).files
        assert (report.read, report.created, report.unchanged, report.removed) == (2, 1, 1, 2)
        assert {reference for *_, reference in held()} == {"R1", "R4"}

    def test_say_which_of_them_is_wrong(self, folders: tuple[Path, Path]) -> None:
        self.fill(folders, ["R1", "R2"], ["R2", "R3"])
        with pytest.raises(DatasetError) as caught:
            import_dataset(*folders)
        one, two = (folder / "ledger.csv" for folder in folders)
        assert caught.value.lines() == [
            f"{two}:2: source: : The key (source, month, line, school_id, reference) is that of an earlier row: line 3"
            f" of {one}."
        ]

    def test_have_the_same_columns(self, folders: tuple[Path, Path]) -> None:
        """Or an empty cell and a column that is not there would mean the same."""
        (folders[1] / "ledger.csv").write_text("month,line,amount\n2026-04,1,1\n")
        with pytest.raises(DatasetError) as caught:
            import_dataset(*folders)
        one, two = (folder / "ledger.csv" for folder in folders)
        assert caught.value.lines() == [
            f"{two}:1: : : The header does not have the same columns as that of {one}."
        ]

    def test_may_be_given_to_the_command(self, folders: tuple[Path, Path]) -> None:
        call_command("import_dataset", *folders, verbosity=0)
        assert LedgerPosting.objects.count() == 3


POSTINGS = st.dictionaries(
    st.tuples(
        st.sampled_from(["", "Oracle"]),
        st.sampled_from([APRIL, MAY]),
        st.sampled_from("12"),
        st.sampled_from("ab"),
    ),
    st.decimals(-9, 9, places=2),
)


@ONE_SETTING
@given(before=POSTINGS, now=POSTINGS)
def test_random_ledgers_one_after_the_other(write: Write, before: Any, now: Any) -> None:
    """Worked out again in plain Python: what the store holds, what is removed, and what is refused."""
    LedgerPosting.objects.all().delete()
    assert take(write, before) == before
    groups: dict[tuple[str, date], list[Posting]] = defaultdict(list)
    for posting in before:
        groups[posting[:2]].append(posting)
    given_of = {group: [p for p in now if p[:2] == group] for group in {p[:2] for p in now}}
    if any(2 * len(given_of[group]) < len(groups[group]) for group in given_of):
        with pytest.raises(DatasetError):
            take(write, now)
        assert held() == before
        return
    kept = {posting: amount for posting, amount in before.items() if posting[:2] not in given_of}
    assert take(write, now) == kept | now


def take(write: Write, postings: dict[Posting, Decimal]) -> dict[Posting, Decimal]:
    """What the store holds after an import of these postings."""
    rows = (
        f"{s},{month:%Y-%m},{line},{reference},{amount}"
        for (s, month, line, reference), amount in postings.items()
    )
    import_dataset(ledger(write, *rows))
    return held()
