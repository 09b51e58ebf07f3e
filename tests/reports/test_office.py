"""The report opened in LibreOffice: every office file can be read, and is converted page by page."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import NamedTuple, NoReturn

import pytest
from pptx import Presentation
from pypdf import PdfReader

from sen_dashboard.reports.collected import Collected
from sen_dashboard.reports.collecting import Collection
from sen_dashboard.reports.writers import Stamp, slides, workbook
from tests.reports.made import LATER

pytestmark = pytest.mark.assurance

WRITERS = {"xlsx": workbook.write, "pptx": slides.write}


def missing(reason: str) -> NoReturn:
    """Skip the test for want of a program; REQUIRE_OFFICE=1 makes that a failure."""
    if os.environ.get("REQUIRE_OFFICE") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def to_pdf(tmp_path: Path) -> Callable[[Path], PdfReader]:
    """What prints a file by LibreOffice; without that the test is skipped, or fails when REQUIRE_OFFICE=1."""
    program = shutil.which("soffice")
    if program is None:
        missing("no LibreOffice found: apt-get install libreoffice-calc-nogui libreoffice-impress-nogui")

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


@pytest.mark.parametrize("suffix", WRITERS)
def test_prints_whole_with_every_title_and_the_marking_on_every_page(
    suffix: str, demonstration: Collection, to_pdf: Callable[[Path], PdfReader], tmp_path: Path
) -> None:
    collected = demonstration.internal
    file = tmp_path / f"{collected.name}.{suffix}"
    file.write_bytes(WRITERS[suffix](collected, Stamp("Mia Manager", LATER)))
    pages = [plain(page.extract_text()) for page in to_pdf(file).pages]
    assert_whole(pages, collected)


def plain(text: str) -> str:
    """A text without the spaces and breaks of lines in it: lines may break at any hyphen."""
    return re.sub(r"\s+", "", text)


def assert_whole(pages: list[str], collected: Collected) -> None:
    """Every KPI has its title and sentence on a page; each page is marked; no number is too wide for its place."""
    for kpi in collected.kpis:
        assert any(plain(kpi.title) in page and plain(kpi.sentence) in page for page in pages), kpi.key
    for number, page in enumerate(pages, start=1):
        assert plain(collected.audience.marking) in page, number
        assert "###" not in page, number


class Word(NamedTuple):
    """A word of a page and the box of its line, in points."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def lies_on(self, other: "Word") -> bool:
        """Whether letters cross: boxes of lines may by a part of their height, since they are higher than letters."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 1 and down > 0.3 * min(self.bottom - self.top, other.bottom - other.top)


def test_no_word_of_a_slide_lies_on_another_or_beyond_the_edge(
    demonstration: Collection, to_pdf: Callable[[Path], PdfReader], tmp_path: Path
) -> None:
    for report in (demonstration.internal, demonstration.public):
        file = tmp_path / f"{report.name}.pptx"
        file.write_bytes(slides.write(report, Stamp("Mia Manager", LATER)))
        pages = to_pdf(file).pages
        assert len(pages) == len(Presentation(str(file)).slides)
        wide, high = map(float, pages[0].mediabox[2:])
        for number, words in enumerate(words_of(file.with_suffix(".pdf")), start=1):
            where = f"slide {number} of {report.name}"
            assert words, where
            beyond = [word for word in words if min(word[1:3]) < 0 or word.right > wide or word.bottom > high]
            assert beyond == [], where
            crossing = [(one, other) for one, other in combinations(words, 2) if one.lies_on(other)]
            assert crossing == [], where


def words_of(pdf: Path) -> list[list[Word]]:
    """The words of each page, as poppler finds them."""
    program = shutil.which("pdftotext")
    if program is None:
        missing("no pdftotext found: apt-get install poppler-utils")
    written = subprocess.run(
        [str(program), "-bbox", str(pdf), "-"], check=True, capture_output=True, timeout=60
    )
    box = re.compile(r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>')
    return [
        [Word(text, *map(float, edges)) for *edges, text in box.findall(page)]
        for page in written.stdout.decode().split("<page ")[1:]
    ]
