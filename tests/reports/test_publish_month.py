"""`publish_month`: every format without a server, published figures if there are any, or one sentence."""

import errno
import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from sen_dashboard.accounts.models import User
from sen_dashboard.jobs.models import Job
from sen_dashboard.reports.collected import Collected, to_plain
from sen_dashboard.reports.models import GivenOut, Report
from sen_dashboard.reports.states import State
from sen_dashboard.reports.writers import WriteError
from tests.factories import make_placement, make_posting
from tests.reports.made import make_report
from tests.reports.queueing import told, use_formats, work_off

pytestmark = pytest.mark.django_db
FEW = 3  # children in the council, fewer than the threshold


@pytest.fixture(autouse=True)
def formats(monkeypatch: pytest.MonkeyPatch) -> None:
    use_formats(monkeypatch, txt=told, json=whole)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "council" / "reports"


def whole(collected: Collected) -> bytes:
    """The whole report, to see what is in it."""
    return json.dumps(to_plain(collected)).encode()


def publish(*arguments: Any) -> str:
    """What the command prints."""
    printed = StringIO()
    call_command("publish_month", *map(str, arguments), stdout=printed)
    return printed.getvalue()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Have the system refuse to write more than ``size`` bytes into a file, as a full disk does: after a part of it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_published_month_is_written_as_it_was_published(out: Path) -> None:
    make_report(state=State.PUBLISHED)
    second = make_report(state=State.PUBLISHED, version=2)
    make_posting()  # the records go on
    printed = publish("2019-03", "--audience=internal", f"--out={out}").splitlines()
    assert printed == [
        "March 2019, version 2, internal: Published",
        *(str(out / f"sen-report-2019-03-v2-internal.{suffix}") for suffix in ("txt", "json")),
    ]
    kept = json.loads((out / "sen-report-2019-03-v2-internal.json").read_text())
    assert kept["sections"] == second.internal["sections"]
    assert publish("2019-03", "--audience=public", "--out", out).startswith("March 2019, version 2, public")
    assert len(names(out)) == 4


@pytest.mark.django_db(transaction=True)
def test_another_month_is_collected_and_marked_as_a_draft(out: Path) -> None:
    for _ in range(FEW):
        make_placement()
    printed = publish("2019-03", "--audience", "internal", "--out", out)
    assert printed.startswith("March 2019, version 1, internal: Draft, not approved\n")
    assert "Draft, not approved" in (out / "sen-report-2019-03-v1-internal.txt").read_text()
    assert not Report.objects.exists(), "a command is no manager: it keeps no report"

    publish("2019-03", "--audience", "public", "--out", out)
    shares = [_share(out, audience) for audience in ("internal", "public")]
    assert shares == [FEW, "c"], "the draft for the public is under disclosure control"
    publish("2019-03", "--audience", "public", "--out", out)
    kept = GivenOut.objects.get()  # once for the same figures; the internal draft gives nothing out
    assert (kept.what, kept.day, kept.given_by) == ("report", date(2019, 3, 31), None)


@pytest.mark.django_db(transaction=True)
def test_the_council_is_named_and_a_demonstration_is_called_one(out: Path, settings: Any) -> None:
    make_placement()

    def named() -> str:
        publish("2019-03", "--audience", "internal", "--out", out)
        return str(json.loads((out / "sen-report-2019-03-v1-internal.json").read_text())["council"])

    assert named() == "The council"
    settings.COUNCIL_NAME = "Kent County Council"
    assert named() == "Kent County Council"
    User.objects.create_user("officer", is_demonstration=True)
    assert named() == "Demonstration council, fictional records"


def _share(out: Path, audience: str) -> Any:
    """How many children are in INMSS, in the written report."""
    report = json.loads((out / f"sen-report-2019-03-v1-{audience}.json").read_text())
    (kpi,) = (kpi for section in report["sections"] for kpi in section["kpis"] if kpi["slug"] == "ehcp_share")
    return kpi["headline"]["inmss_children"]


@pytest.mark.django_db(transaction=True)
def test_the_queue_writes_the_same(out: Path) -> None:
    make_placement()
    make_posting(month="2019-03-01")
    printed = publish("--audience=public", f"--out={out}", "--queue")
    assert printed == f"Write the files, March 2019, public: the worker will write them to {out}\n"
    assert not out.exists()
    with pytest.raises(CommandError, match="This is already in progress"):
        publish("2019-03", "--audience=public", f"--out={out}", "--queue")
    work_off()
    assert Job.objects.get().is_done
    assert names(out) == ["sen-report-2019-03-v1-public.json", "sen-report-2019-03-v1-public.txt"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("queue", [(), ("--queue",)])
@pytest.mark.parametrize(
    ("month", "sentence"),
    [
        ("1989-01", "No plans, placements, panel decisions or postings are held for January 1989"),
        ("2199-12", "December 2199 has not ended: choose an earlier month."),
        ("2019-3", "“2019-3” is not a month such as 2018-04."),
        ("9999-12", "Choose a month from 1900-01 to 2199-12."),
    ],
)
def test_a_month_without_a_report_is_one_sentence(
    out: Path, month: str, sentence: str, queue: tuple[str, ...]
) -> None:
    make_placement()
    with pytest.raises(CommandError) as refusal:
        publish(month, "--audience=internal", f"--out={out}", *queue)
    assert str(refusal.value).startswith(sentence)
    assert refusal.value.returncode == 1
    assert not out.exists()
    assert not Job.objects.exists()


def test_a_folder_that_is_none_is_one_sentence(out: Path) -> None:
    make_report(state=State.PUBLISHED)
    out.parent.write_text("a file")
    with pytest.raises(
        CommandError, match=r"could not all be written to .* \(Not a directory\): free some space"
    ):
        publish("2019-03", "--audience=internal", f"--out={out}")


def test_a_logo_that_is_no_picture_is_one_sentence(out: Path, settings: Any) -> None:
    make_report(state=State.PUBLISHED)
    settings.REPORT_LOGO = out.parent
    out.parent.mkdir(parents=True)
    with pytest.raises(CommandError, match="cannot be read as a PNG or JPEG picture"):
        publish("2019-03", "--audience=internal", f"--out={out}")
    assert not out.exists()


def test_a_format_that_cannot_be_written_is_one_sentence(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not blamed on the folder, in which nothing is left."""
    make_report(state=State.PUBLISHED)

    def refused(collected: Collected) -> bytes:
        raise WriteError("The text could not be made: it has no end.")

    use_formats(monkeypatch, json=whole, txt=refused)
    with pytest.raises(CommandError, match=r"^The text could not be made: it has no end\.$"):
        publish("2019-03", "--audience=internal", f"--out={out}")
    assert not out.exists()


def test_a_full_disk_leaves_what_was_there_and_no_half_file(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_report(state=State.PUBLISHED)
    publish("2019-03", "--audience=internal", f"--out={out}")
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    make_report(state=State.PUBLISHED, version=2)
    use_formats(monkeypatch, txt=told, json=lambda collected: b"." * 1_000_000)
    with (
        largest_file(100_000),
        pytest.raises(CommandError, match=r"could not all be written .* \(File too large\)"),
    ):
        publish("2019-03", "--audience=internal", f"--out={out}")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_no_space_left_is_said_so(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second file meets the full disk: the first is not left either."""
    make_report(state=State.PUBLISHED)
    write_bytes = Path.write_bytes

    def on_a_full_disk(path: Path, data: bytes) -> int:
        if path.suffix == ".json":
            write_bytes(path, data[:10])
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_bytes(path, data)

    monkeypatch.setattr(Path, "write_bytes", on_a_full_disk)
    with pytest.raises(CommandError, match=r"\(No space left on device\): free some space"):
        publish("2019-03", "--audience=internal", f"--out={out}")
    assert names(out) == []
