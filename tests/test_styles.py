"""Style sheets are organised by component, and served as few files."""

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.management import call_command

from sen_dashboard import settings as product

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

SHEETS = Path(settings.BASE_DIR) / "static/css"
ENTRIES = ("dashboard.css", "work.css", "charts.css", "programme.css")
IMPORT = re.compile(r'@import "(.+?)";')


def test_every_component_is_in_one_of_the_sheets_that_pages_ask_for() -> None:
    imported = Counter(
        name for entry in ENTRIES for name in IMPORT.findall((SHEETS / entry).read_text(encoding="utf-8"))
    )
    assert imported == Counter(f"components/{path.name}" for path in (SHEETS / "components").glob("*.css"))


def test_served_sheets_hold_their_components_and_import_nothing(
    settings: "SettingsWrapper", tmp_path: Path
) -> None:
    settings.STATIC_ROOT, settings.STORAGES = tmp_path, product.STORAGES
    call_command("collectstatic", interactive=False, verbosity=0)
    for entry in ENTRIES:
        (served,) = (tmp_path / "css").glob(entry.replace(".css", ".*.css"))
        text = served.read_text(encoding="utf-8")
        assert "@import" not in text
        for name in IMPORT.findall((SHEETS / entry).read_text(encoding="utf-8")):
            assert (SHEETS / name).read_text(encoding="utf-8") in text


def test_a_page_brings_no_style_of_its_own() -> None:
    """One home for each rule: a style element or attribute in a template would be refused by the browser anyway."""
    templates = Path(settings.BASE_DIR) / "templates"
    found = [
        path.name
        for path in templates.rglob("*.html")
        if re.search(r"<style|\sstyle=", path.read_text("utf-8"))
    ]
    assert found == []
