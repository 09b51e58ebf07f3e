"""Files and zips that can be read, and those that cannot."""

import io
import stat
import time
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest

from panel.models import PanelDecision
from placements.models import Child
from provision.models import School
from sen_dashboard.datasets import import_dataset
from sen_dashboard.datasets.contract import FILE_OF, FILES
from sen_dashboard.datasets.reader import Table
from sen_dashboard.importing.lines import LONGEST_LINE
from sen_dashboard.importing.problems import Findings
from tests.datasets.outcome import counts, problems
from tests.datasets.valid import VALID
from tests.folders import Changed, Write

pytestmark = pytest.mark.django_db

BAD_FILES: list[tuple[str, str | bytes, str]] = [
    (
        "children.csv",
        "child_id,home_district\nC1,Dover\n",
        "1: date_of_birth: : The header lacks this column.",
    ),
    (
        "children.csv",
        "child_id,date_of_birth,child_id\nC1,2005-06-01,C1\n",
        "1: child_id: : The header has this column more",
    ),
    ("children.csv", "", "1: : : The file is empty: it has no header."),
    ("children.csv", b"\xef\xbb\xbf", "1: : : The file is empty: it has no header."),
    (
        "children.csv",
        "child_id,date_of_birth,home_district\nC1,2005-06-01,Zoë\nC2,2006-07-02,".encode() + b"Ch\xe2teau\n",
        "3: : : The line is not UTF-8, and lines before it are.",
    ),
    (
        "children.csv",
        b"child_id,date_of_birth,home_district\nC1,2005-06-01,Zo\xeb\nC2,2006-07-02," + "Château\n".encode(),
        "3: : : The line is UTF-8, and lines before it are not.",
    ),
    (
        "children.csv",
        b"child_id,date_of_birth,home_district\nC1,2005-06-01,Zo\x81\n",
        "2: : : The line is neither UTF-8 nor cp1252.",
    ),
    (
        "children.csv",
        "child_id,date_of_birth\nC1,2005-06-01\n".encode("utf-16"),
        "1: : : The file is “Unicode text” (UTF-16): save it as",
    ),
    ("children.csv", "child_id,date_of_birth\nC1,2005-\x006-01\n", "2: : : There is a NUL character"),
    (
        "children.csv",
        "child_id,date_of_birth\nC1,2005-06-01,Dover\n",
        "2: : : The row has 3 values where the header has 2.",
    ),
    ("children.csv", 'child_id,date_of_birth\nC1,"2005-06-01\n', "2: : : A quotation mark is not closed"),
    ("children.csv", 'child_id,date_of_birth\nC1,"2005"-06-01\n', "2: : : A quotation mark is not closed"),
    ("children.csv", b"PK\x03\x04" + bytes(100), "1: : : The file is a spreadsheet: save it as"),
    (
        "children.csv",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100),
        "1: : : The file is a spreadsheet: save it as",
    ),
]


@pytest.mark.parametrize(("name", "content", "expected"), BAD_FILES)
def test_unreadable_file_gives_one_problem(
    write: Write, name: str, content: str | bytes, expected: str
) -> None:
    """Rows that refer to a file that could not be read in full are not called wrong."""
    (problem,) = problems(write({name: content}))
    assert problem.startswith(f"{name}:{expected}")
    assert not School.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(
            b"\xef\xbb\xbfchild_id,date_of_birth\nC1,2005-06-01\nC2,2006-07-02\n", id="byte-order mark"
        ),
        pytest.param(b"child_id,date_of_birth\r\nC1,2005-06-01\r\nC2,2006-07-02\r\n", id="CRLF"),
        pytest.param(b"Child_ID\tDate_of_Birth\r\nC1\t2005-06-01\r\nC2\t2006-07-02\r\n", id="tabs, any case"),
        pytest.param(
            b'\r\n"child_id";"date_of_birth"\r\n"C1";"2005-06-01"\r\n"C2";"2006-07-02"',
            id="semicolons, quoted",
        ),
        pytest.param(
            b"date_of_birth , child_id\n\n2005-06-01,\xc2\xa0C1 \n,\n2006-07-02,C2", id="spaces and blanks"
        ),
    ],
)
def test_files_of_spreadsheets_are_read(write: Write, content: bytes) -> None:
    import_dataset(write({"children.csv": content}))
    assert set(Child.objects.values_list("child_id", flat=True)) == {"C1", "C2"}


def test_header_alone_is_a_file_without_rows(write: Write) -> None:
    report = import_dataset(write({"children.csv": "child_id,date_of_birth\n"}, only=True))
    assert counts(report) == {"children.csv": (0, 0, 0, 0)}


def test_awkward_text_arrives_unchanged(write: Write) -> None:
    """Nothing in a value is taken for part of COPY's own format."""
    note = 'tab\there, "quoted", back\\slash, \\N, \\.\n\\.\r\nend'
    quoted = note.replace('"', '""')
    import_dataset(
        write({"panel_decisions.csv": f'case_id,meeting_on,outcome,note\nK1,2018-06-10,AGREED,"{quoted}"\n'})
    )
    assert PanelDecision.objects.get().note == note


def test_unknown_columns_and_files_are_warnings(write: Write) -> None:
    extra: Changed = {
        "children.csv": "child_id,name,date_of_birth,\nC1,Someone,2005-06-01,\nC2,Else,2006-07-02,\n",
        "contracts.csv": "contract_id\n",
    }
    assert import_dataset(write(extra)).warnings == (
        "contracts.csv is not a data set file and is ignored.",
        "children.csv: the column name is unknown and ignored.",
        "children.csv: the column (without a name) is unknown and ignored.",
    )


def zipped(path: Path, *names: str, content: str = VALID["children.csv"]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), content)
    return path


def test_zip_of_a_folder_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "set.zip", "our data/children.csv", "__MACOSX/our data/children.csv")
    assert counts(import_dataset(path)) == {"children.csv": (2, 2, 0, 0)}


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["../children.csv"], "leads outside its folder"),
        (["children.csv", "a/../../b.csv"], "leads outside its folder"),
        (["/children.csv"], "leads outside its folder"),
        (["..\\children.csv"], "leads outside its folder"),
        (["C:children.csv"], "leads outside its folder"),
        (["a/children.csv", "b/children.csv"], "in more than one folder"),
        (["readme.txt"], "holds none of the files that are read"),
    ],
)
def test_zip_that_is_no_folder_is_refused(tmp_path: Path, names: list[str], sentence: str) -> None:
    (problem,) = problems(zipped(tmp_path / "set.zip", *names))
    assert sentence in problem


def test_zip_with_a_link_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "set.zip"
    link = zipfile.ZipInfo("children.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert problems(path) == ["The zip holds a link to another file; nothing of it was read."]


def test_damaged_zip_is_refused(tmp_path: Path) -> None:
    """One that is cut short, and one in which a file was altered after it was packed."""
    path = zipped(tmp_path / "set.zip", "children.csv", content=VALID["children.csv"] * 50)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert problems(path) == [f"{path} is neither a folder nor a zip that can be read."]

    path.write_bytes(whole[:60] + bytes([whole[60] ^ 0xFF]) + whole[61:])
    assert any("damaged" in problem for problem in problems(path))


def test_what_is_no_data_set_is_refused_with_a_sentence(tmp_path: Path) -> None:
    assert problems(tmp_path / "none") == [f"There is no folder or zip {tmp_path / 'none'}."]
    assert problems(tmp_path) == [f"{tmp_path} holds none of the files that are read, such as schools.csv."]
    (tmp_path / "children.csv").write_text(VALID["children.csv"])
    path = tmp_path / "children.csv"
    assert problems(path) == [f"{path} is neither a folder nor a zip that can be read."]


class Endless(io.RawIOBase):
    """200 MB of what ``unit`` repeats, without holding them."""

    def __init__(self, start: bytes, unit: bytes) -> None:
        self.start = start
        self.unit = unit * (io.DEFAULT_BUFFER_SIZE // len(unit) + 1)
        self.left = 200_000_000

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = (self.start or self.unit)[: min(len(buffer), self.left)]
        self.start = b""
        self.left -= len(chunk)
        buffer[: len(chunk)] = chunk
        return len(chunk)


@pytest.mark.parametrize(
    ("start", "unit"),
    [
        pytest.param(b"", b"x", id="one line"),
        pytest.param(b"child_id,date_of_birth\n", b"x", id="one line after the header"),
        pytest.param(b'child_id,date_of_birth\nC1,"', b"x\n", id="a quotation mark never closed"),
        pytest.param(b"child_id,date_of_birth\nC1", b',"x\n"', id="one row of many values"),
    ],
)
def test_200_mb_of_one_line_are_refused_at_once(start: bytes, unit: bytes) -> None:
    stream = Endless(start, unit)
    findings = Findings({spec.name: spec.names for spec in FILES})
    tracemalloc.start()
    began = time.monotonic()

    table = Table(FILE_OF[Child], io.BufferedReader(stream), findings, [])
    if table.complete:
        list(table.rows())

    taken, (_, peak) = time.monotonic() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert findings.count == 1
    assert stream.left > 200_000_000 - 3 * LONGEST_LINE
    assert peak < 64 * LONGEST_LINE
    assert taken < 10


def test_200_mb_file_of_one_line_is_refused(write: Write) -> None:
    folder = write()
    with (folder / "children.csv").open("wb") as file:
        file.truncate(200_000_000)  # a sparse file of NULs
    (problem,) = problems(folder)
    assert problem.startswith("children.csv:1: : : The line is longer than 1 MiB")
