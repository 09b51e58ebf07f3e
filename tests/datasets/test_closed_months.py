"""A file with postings of a closed month: stored ones are accepted, all others refused."""

from datetime import date
from typing import Any

import pytest

from placements.models import LedgerPosting
from sen_dashboard.datasets import DatasetError, import_dataset, loader
from sen_dashboard.datasets.staging import Staged
from sen_dashboard.importing.problems import FileReport
from tests.datasets.outcome import counts, problems
from tests.datasets.valid import VALID, edited
from tests.factories import make_closed_month
from tests.folders import Write

pytestmark = pytest.mark.django_db

APRIL = date(2018, 4, 1)
LACKS_ONE = (
    "ledger.csv:2: month: 2018-04: This month is closed and the file lacks 1 stored posting: add what it lacks, or"
    " leave it out."
)
SAID = "This month is closed: post to an open month."
LEDGER = VALID["ledger.csv"]


@pytest.fixture
def closed(write: Write) -> None:
    """The valid data set is loaded, and its one month of postings is closed."""
    import_dataset(write())
    make_closed_month(month=APRIL)


@pytest.mark.usefixtures("closed")
def test_the_same_folder_again_is_unchanged(write: Write) -> None:
    assert counts(import_dataset(write()))["ledger.csv"] == (3, 0, 0, 3)


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize(
    "same",
    [
        'month,line,school_id,reference,amount\nApr-18,1.2.3,S1,R1,"£1,000.00"\n04/2018,1.2.3,,R1,(250.00)\n'
        "01/04/2018,1.2.3,,,7.0\n",
        "AMOUNT;month;line;reference;school_id;source\n7;2018-04;1.2.3;;;\n-£250;2018-04;1.2.3;R1;;\n"
        "1000;2018-04;1.2.3;R1;S1;\n",
    ],
    ids=["other forms", "other columns"],
)
def test_postings_held_already_are_unchanged_however_they_are_written(write: Write, same: str) -> None:
    assert counts(import_dataset(write({"ledger.csv": same}, only=True)))["ledger.csv"] == (3, 0, 0, 3)


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize(
    ("old", "new", "line", "lacking"),
    [
        ("S1,R1,1000.00", "S1,R1,1000.01", 2, 0),
        ("2018-04,1.2.3,,R1", "2018-04,1.2.3,S2,R1", 3, 1),
        ("2018-04,1.2.3,,,7", "2018-04,1.2.4,,,7", 4, 1),
        ("2018-04,1.2.3,,,7", "2018-04,1.2.3,,R2,7", 4, 1),
        ("2018-04,1.2.3,,,7", "2018-04,1.2.3,,,7\n2018-04,1.2.3,S2,,0", 5, 0),
    ],
    ids=["amount", "school", "line", "reference", "one more"],
)
def test_a_posting_that_is_new_or_changed_is_named(
    write: Write, old: str, new: str, line: int, lacking: int
) -> None:
    """Under another key it is new, and the one that stood under the old key is missing."""
    before = list(LedgerPosting.objects.order_by("pk").values())
    found = problems(write(edited("ledger.csv", old, new)))
    assert found == [*([LACKS_ONE] if lacking else []), f"ledger.csv:{line}: month: 2018-04: {SAID}"]
    assert list(LedgerPosting.objects.order_by("pk").values()) == before


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("replace", [False, True])
def test_a_posting_that_is_missing_is_an_error_and_stays(write: Write, replace: bool) -> None:
    without = edited("ledger.csv", "2018-04,1.2.3,,,7\n", "2018-05,1.2.3,,,7\n")
    with pytest.raises(DatasetError) as caught:
        import_dataset(write(without), replace=replace)
    assert caught.value.lines() == [LACKS_ONE]
    assert LedgerPosting.objects.count() == 3


@pytest.mark.usefixtures("closed")
def test_a_file_without_the_month_leaves_it_alone(write: Write) -> None:
    """So does one of another source, which nothing is added to either."""
    other = "source,month,line,amount\nOracle,2018-05,1.2.3,1\n"
    assert counts(import_dataset(write({"ledger.csv": other}, only=True)))["ledger.csv"] == (1, 1, 0, 0)
    assert problems(write({"ledger.csv": other.replace("05", "04")}, only=True)) == [
        f"ledger.csv:2: month: 2018-04: {SAID}"
    ]


@pytest.mark.usefixtures("closed")
def test_all_of_them_are_listed_beside_what_else_is_wrong_each_row_once(write: Write) -> None:
    ledger = LEDGER.replace("1000.00", "1").replace("-250.00", "many") + "2018-05,1.2.3,,,1\n2018-04,9,,,1\n"
    assert problems(write({"ledger.csv": ledger})) == [
        f"ledger.csv:2: month: 2018-04: {SAID}",
        "ledger.csv:3: amount: many: Enter pounds and pence such as 1234.50, 1,234.50 or £1,234.50, with a minus sign"
        " or in brackets for a credit.",
        f"ledger.csv:6: month: 2018-04: {SAID}",
    ]


@pytest.mark.usefixtures("closed")
def test_the_correction_goes_to_an_open_month(write: Write) -> None:
    correction = {"ledger.csv": LEDGER + "2018-05,1.2.3,S1,R1,-1000.00\n"}
    assert counts(import_dataset(write(correction)))["ledger.csv"] == (4, 1, 0, 3)


def test_a_month_closed_between_check_and_loading_is_a_sentence_too(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed_first(cursor: Any, staged: Staged, today: date) -> FileReport:
        if staged.spec.name == "ledger.csv":
            make_closed_month(month=APRIL)
        return merge(cursor, staged, today)

    merge = loader.merge
    monkeypatch.setattr(loader, "merge", closed_first)
    assert problems(write()) == [SAID]
    assert not LedgerPosting.objects.exists()
