"""The monthly report in a real browser: from choosing a month to a figure in each downloaded format."""

import csv
import io
import json
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pptx
import pypdf
import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from placements.kpis.ehcp_share import KPI as EHCP_SHARE
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.reports.models import Report
from tests.browser.keyboard import enter, follow, tab_to, write
from tests.browser.test_pages_browser import AXE, each_width, sign_in
from tests.factories import make_user
from tests.kpis.random_council import make_council
from tests.kpis.random_panel import make_panel
from tests.kpis.test_records_behind import make_places
from tests.reports.made import make_report

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MARCH = date(2019, 3, 31)


def work_off_the_queue() -> None:
    call_command("db_worker", "--batch", "--interval=0", "--no-startup-delay", verbosity=0)


def test_a_month_is_chosen_commented_approved_published_and_downloaded(
    page: "Page", live_server: Any, tmp_path: Path
) -> None:
    """All by keyboard. The figure is looked for in each format as the KPI gives it."""
    for made in (make_council, make_panel, make_places):
        made(1)
    collector, approver = (
        make_user(Role.MANAGER),
        make_user(Role.MANAGER, first_name="Ada", last_name="Lovelace"),
    )
    sign_in(page.context, live_server.url, collector)
    page.goto(f"{live_server.url}/reports/")

    follow(page, "Collect a month’s figures")
    tab_to(page, "id_month")
    write(page, "2019-03")
    enter(page)
    expect(page.get_by_text("Waiting for the worker")).to_be_visible()
    work_off_the_queue()
    expect(page.get_by_text("Done.")).to_be_visible(timeout=10_000)  # the page looks again by itself
    follow(page, "Read the report")
    expect(page.get_by_text("someone else must approve it")).to_be_visible()
    follow(page, "Comment")
    tab_to(page, "id_text")
    page.keyboard.type("Fewer than we feared.")
    follow(page, "Save")
    expect(page.get_by_text("Fewer than we feared.")).to_be_visible()

    page.context.clear_cookies()
    sign_in(page.context, live_server.url, approver)
    page.reload()
    follow(page, "Approve")
    follow(page, "Approve")
    expect(page.get_by_text("The report is approved.")).to_be_visible()
    follow(page, "Publish")
    follow(page, "Publish")
    expect(page.get_by_text("The report is published.")).to_be_visible()
    work_off_the_queue()
    expect(page.get_by_text("Done.")).to_be_visible(timeout=10_000)
    follow(page, "Read the report")
    assert Report.objects.get().approved_by == approver

    answer = EHCP_SHARE.query(Scope(MARCH))
    plans, sentence = answer.headline.plans, EHCP_SHARE.sentence(answer)
    assert plans
    expect(page.locator("#ehcp_share-answer")).to_have_text(sentence)
    files = {suffix: downloaded(page, suffix, tmp_path) for suffix in ("xlsx", "pptx", "pdf", "zip")}
    assert plans in numbers_of_workbook(files["xlsx"])
    assert sentence in words_of_slides(files["pptx"])
    assert squeezed(sentence) in squeezed(words_of_pdf(files["pdf"]))
    assert rows_of_pack(files["zip"])[-1]["plans"] == str(plans)
    for words in (words_of_slides(files["pptx"]), words_of_pdf(files["pdf"])):
        assert "Fewer than we feared." in words
        assert "Ada Lovelace" in words


def downloaded(page: "Page", suffix: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.locator(f'a[href$="internal.{suffix}"]').press("Enter")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def numbers_of_workbook(path: Path) -> set[Any]:
    book = openpyxl.load_workbook(path)
    return {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}


def words_of_slides(path: Path) -> str:
    slides = pptx.Presentation(str(path)).slides
    return "\n".join(
        shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame
    )


def words_of_pdf(path: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(path).pages).split())


def rows_of_pack(path: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as pack:
        assert json.loads(pack.read("metadata.json"))["as_at"] == MARCH.isoformat()
        (name,) = (name for name in pack.namelist() if name.endswith("ehcp_share.csv"))
        return list(csv.DictReader(io.StringIO(pack.read(name).decode("utf-8-sig"))))


def squeezed(words: str) -> str:
    """Words without the spaces that lines are broken at."""
    return re.sub(r"\s+", "", words)


@each_width
def test_every_page_fits_and_axe_finds_nothing(page: "Page", live_server: Any, width: int) -> None:
    make_report()
    page.context.add_init_script(path=AXE)
    sign_in(page.context, live_server.url, make_user(Role.MANAGER))
    page.set_viewport_size({"width": width, "height": 900})
    one = "/reports/2019-03/v1/"
    tasks = ("comment/inmss/", "collect/", "approve/", "discard/", "internal/", "public/")
    for address in ("/reports/", "/reports/?q=nothing", "/reports/collect/", *(one + task for task in tasks)):
        page.goto(live_server.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        found = page.evaluate(
            "axe.run({preload: false}).then(results => results.violations.map(v => v.id + ' ' + v.nodes[0].html))"
        )
        assert found == [], address
