"""A new council's ledger in a real browser: columns chosen, the file previewed and loaded, suppliers matched."""

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from placements.models import LedgerPosting
from sen_dashboard.accounts.roles import Role
from tests.browser.keyboard import enter, follow, headed, tab_to
from tests.browser.test_events_browser import check
from tests.browser.test_pages_browser import AXE, WIDTHS, sign_in
from tests.browser.test_reports_browser import work_off_the_queue
from tests.factories import make_school, make_user

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EXPORT = (
    "Leeds payments over £500,,,,\n"
    "Invoice Date,Beneficiary Name,Voucher,Net Amount,Purpose\n"
    '01-Apr-2019,ASH SCHOOL LTD,V1,"1,000.00",Placements\n'
    '01-Apr-2019,BEECH HOUSE (FEES),V2,"2,500.50",Placements\n'
    "02-Apr-2019,BEECH HOUSE (FEES),V3,(250.50),Placements\n"
    "03-Apr-2019,A STATIONER,V4,12.00,Paper\n"
)


@pytest.fixture
def finance(page: "Page", live_server: Any) -> "Page":
    """The ledger's page, where one supplier is a school by its name and another is called otherwise than its school."""
    make_school(school_id="S1", name="Ash School")
    make_school(school_id="S2", name="Beech House School")
    page.context.add_init_script(path=AXE)
    sign_in(page.context, live_server.url, make_user(Role.FINANCE, username="grace.hopper@council.example"))
    page.goto(f"{live_server.url}/finance/ledger/")
    return page


def test_a_new_councils_file_is_mapped_loaded_and_matched(
    finance: "Page", live_server: Any, tmp_path: Path
) -> None:
    """By keyboard, but for the browser's own window in which a file is chosen."""
    page, file = finance, tmp_path / "payments.csv"
    file.write_bytes(EXPORT.encode("cp1252"))

    follow(page, "Load a finance system’s files")
    page.set_input_files("#id_exports", file)
    follow(page, "Go on")
    headed(page, "Which column holds what?")
    expect(page.get_by_role("cell", name="BEECH HOUSE (FEES)").first).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        check(page, width, "columns")
    page.fill("#id_source", "leeds")
    for field, column in (
        ("date", "Invoice Date"),
        ("amount", "Net Amount"),
        ("supplier", "Beneficiary Name"),
    ):
        page.select_option(f"#id_{field}", label=column)
    page.select_option("#id_reference", label="Voucher")
    page.select_option("#id_rows_column", label="Purpose")
    page.fill("#id_rows_values", "placements")
    follow(page, "Check the files")

    expect(page.get_by_text("Waiting for the worker")).to_be_visible()
    work_off_the_queue()
    expect(page.get_by_text("Done.")).to_be_visible(timeout=10_000)  # the page looks again by itself
    follow(page, "See what was found")
    headed(page, "What loading the files would do")
    expect(page.get_by_text("payments.csv: 4 rows, 3 kept")).to_be_visible()
    expect(page.get_by_text("1 supplier not matched with a school: 2 postings, £2,250.00")).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        check(page, width, "preview")
    assert not LedgerPosting.objects.exists()
    follow(page, "Load 3 postings")
    work_off_the_queue()
    expect(page.get_by_text("3 postings read and loaded.")).to_be_visible(timeout=10_000)
    follow(page, "See what was loaded")

    follow(page, "Match suppliers with schools")
    headed(page, "Suppliers without a school")
    expect(
        page.get_by_text("1 supplier is not matched with a school: 2 postings, £2,250.00.")
    ).to_be_visible()
    expect(page.get_by_role("link", name="Match BEECH HOUSE (FEES)")).to_be_visible()
    follow(page, "Match")  # the rest of its name is for those who hear it
    tab_to(page, "id_school")
    page.keyboard.press("Space")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        check(page, width, "match")
    tab_to(page, "Match")
    enter(page)
    expect(page.get_by_text("Matched with Beech House School: 2 postings")).to_be_visible()
    assert dict(LedgerPosting.objects.values_list("reference", "school_id")) == {
        "V1/1": "S1",
        "V2/1": "S2",
        "V3/1": "S2",
    }
    page.goto(f"{live_server.url}/finance/ledger/")
    expect(page.get_by_text("3 postings, £3,250.00 in all.")).to_be_visible()
    assert sum(LedgerPosting.objects.values_list("amount", flat=True)) == Decimal("3250.00")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        check(page, width, "ledger")
