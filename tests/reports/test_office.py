"""The report opened in LibreOffice: every file of an office program is read, and comes out page by page."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from sen_dashboard.reports.collected import Collected
from sen_dashboard.reports.writers import Stamp, workbook
from tests.reports.demonstration import collect_demonstration
from tests.reports.made import LATER

pytestmark = pytest.mark.assurance

WRITERS = {"xlsx": workbook.write}


@pytest.fixture
def to_pdf(tmp_path: Path) -> Callable[[Path], PdfReader]:
    """What prints a file by LibreOffice; without that the test is skipped, or fails when REQUIRE_OFFICE=1."""
    program = shutil.which("soffice")
    if program is None:
        reason = "no LibreOffice found: apt-get install libreoffice-calc-nogui libreoffice-impress-nogui"
        if os.environ.get("REQUIRE_OFFICE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)

    def printed(file: Path) -> PdfReader:
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        command = [
            program,
            "--headless",
            profile,
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            str(file),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=240)
        return PdfReader(tmp_path / f"{file.stem}.pdf")

    return printed


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("suffix", WRITERS)
def test_prints_whole_with_every_title_and_the_marking_on_every_page(
    suffix: str, to_pdf: Callable[[Path], PdfReader], tmp_path: Path
) -> None:
    collected = collect_demonstration(tmp_path).internal
    file = tmp_path / f"{collected.name}.{suffix}"
    file.write_bytes(WRITERS[suffix](collected, Stamp("Mia Manager", LATER)))
    pages = [plain(page.extract_text()) for page in to_pdf(file).pages]
    assert_whole(pages, collected)


def plain(text: str) -> str:
    """A page's text without breaks of lines."""
    return re.sub(r"\s+", " ", text)


def assert_whole(pages: list[str], collected: Collected) -> None:
    """Every KPI has its title and sentence on a page; each page is marked; no number is too wide for its place."""
    for kpi in collected.kpis:
        assert any(kpi.title in page and kpi.sentence in page for page in pages), kpi.key
    for number, page in enumerate(pages, start=1):
        assert collected.audience.marking in page, number
        assert "###" not in page, number
