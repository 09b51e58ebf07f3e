"""What `import_dataset` says to a person."""

import re

import pytest
from django.core.management import CommandError, call_command

from provision.models import School
from tests.datasets.outcome import problems
from tests.datasets.valid import VALID, edited
from tests.folders import Write

pytestmark = pytest.mark.django_db


def test_problems_of_all_files_come_together_in_order(write: Write) -> None:
    found = problems(
        write(
            edited("ledger.csv", "1000.00", "much")
            | edited("children.csv", "2006-07-02", "soon")
            | {"schools.csv": VALID["schools.csv"].replace("STATE_SPECIAL,,,,01/09/2001", "X,,,,01/13/2001")}
            | edited("plans.csv", "P2,C1,,2017-08-31,,,ASD,SEMH", "P2,C1,A7,2017-08-31,,,CAT,DOG")
        )
    )
    assert [re.match(r"[^:]*:\d+: \w+", problem).group() for problem in found] == [  # type: ignore[union-attr]
        "schools.csv:3: sector",
        "schools.csv:3: opened_on",
        "children.csv:3: date_of_birth",
        "plans.csv:3: assessment_id",
        "plans.csv:3: primary_need",
        "plans.csv:3: secondary_need",
        "ledger.csv:2: amount",
    ]


def test_first_200_problems_are_listed_and_the_rest_counted(write: Write) -> None:
    rows = "".join(f"C{n},never\n" for n in range(1000))
    found = problems(write({"children.csv": f"child_id,date_of_birth\n{rows}"}, only=True))
    assert len(found) == 201
    assert found[199].startswith("children.csv:201: ")
    assert found[200] == "… and 800 more problems."


def test_check_loads_nothing_and_says_what_would_be_read(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_dataset", str(write()), check=True)
    said = capsys.readouterr()
    assert re.search(r"^cost_lines.csv +4 read$", said.out, re.MULTILINE)
    assert "Nothing was loaded" in said.out
    assert not School.objects.exists()


def test_command_reports_each_file(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_dataset", str(write({"notes.txt": "hello"})))
    said = capsys.readouterr()
    assert re.search(r"^plans.csv +3 read +3 created +0 updated +0 unchanged$", said.out, re.MULTILINE)
    assert said.err == "Warning: notes.txt is not a data set file and is ignored.\n"


def test_command_fails_with_a_list_and_logs_no_value(
    write: Write, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Amounts and children's keys are shown to the person, and stand in no log and no exception."""
    caplog.set_level("DEBUG")
    with pytest.raises(CommandError) as caught:
        call_command(
            "import_dataset", str(write(edited("children.csv", "C1,2005-06-01", "C1-secret,31/02/2005")))
        )
    assert caught.value.returncode == 1
    assert "children.csv:2: date_of_birth: 31/02/2005" in capsys.readouterr().err
    assert "secret" not in caplog.text
    assert "secret" not in str(caught.value)
