"""Links in documents work: sections that code cites exist, and links between files lead to files."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CITED = re.compile(r"domain\.md (?:section|sections) (\d+(?:(?:, | and |, and )\d+)*)")
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)")


def sections() -> set[str]:
    """The numbers of the sections of docs/domain.md."""
    return set(
        re.findall(r"^## (\d+)\. ", (ROOT / "docs/domain.md").read_text(encoding="utf-8"), re.MULTILINE)
    )


def code() -> list[Path]:
    folders = ("sen_dashboard", "provision", "placements", "panel", "tests")
    return [path for name in folders for path in (ROOT / name).rglob("*.py")]


def test_every_section_that_code_cites_is_in_domain_md() -> None:
    known, cited = sections(), 0
    missing = {}
    for path in code():
        text = " ".join(path.read_text(encoding="utf-8").split())
        for numbers in CITED.findall(text):
            cited += 1
            if lost := set(re.findall(r"\d+", numbers)) - known:
                missing[str(path.relative_to(ROOT))] = lost
    assert missing == {}
    assert cited > 15


def test_domain_md_is_never_cited_without_a_section() -> None:
    """A bare mention would pass the other test whatever became of the section."""
    bare = re.compile(r"domain\.md(?! sections? \d)")
    found = [
        str(path.relative_to(ROOT))
        for path in code()
        if path.name != "test_documents.py"
        and bare.search(" ".join(path.read_text(encoding="utf-8").split()))
    ]
    assert found == []


def test_links_between_documents_lead_to_files() -> None:
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    lost = {
        str(path.relative_to(ROOT)): target
        for path in documents
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    }
    assert lost == {}


def test_the_workers_unit_may_remove_the_files_that_it_has_loaded() -> None:
    """It can write nowhere else; what it cannot remove would stay for good."""
    unit = (ROOT / "docs/units/sen-dashboard-worker.service").read_text(encoding="utf-8")
    lines = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line and not line.startswith("#"))
    # the tests have a folder of their own for such files
    uploads = f"{lines['WorkingDirectory']}/{(settings.VAR_DIR / 'uploads').relative_to(ROOT)}"
    assert uploads in lines["ReadWritePaths"].split()
    assert uploads in (ROOT / "docs/administrators.md").read_text(encoding="utf-8")
