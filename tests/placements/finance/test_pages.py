"""Finance's home and the reconciliation as people see them: what each says, and working through a finding."""

import re
from datetime import date
from decimal import Decimal
from html import unescape
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client

from placements.finance.reconciliation import Finding, findings
from placements.models import FindingNote
from provision.models import School
from sen_dashboard.accounts.roles import Role
from tests.factories import (
    make_budget,
    make_closed_month,
    make_cost_line,
    make_placement,
    make_posting,
    make_school,
    make_user,
)
from tests.kpi_pages.test_pages import words

pytestmark = pytest.mark.django_db

HOME, LIST = "/finance/", "/finance/reconciliation/"
AT = {"as_at": "2019-03-31"}
DAY = date(2019, 3, 31)


@pytest.fixture
def records() -> None:
    """A child at £12,000 a year, paid £13,000 in April and nothing since."""
    school = make_school(name="Orchard House", sector="INDEPENDENT_SPECIAL")
    placement = make_placement(school=school, starts_on=date(2018, 4, 1), accrual="MONTHS")
    make_cost_line(placement=placement, annual_amount=Decimal(12_000))
    make_posting(month=date(2018, 4, 1), amount=Decimal(13_000), school=school)
    make_posting(month=date(2019, 3, 1), line="2.1.4", amount=Decimal(70))
    make_budget(line="2.1.4", amount=Decimal(900))


@pytest.fixture
def finance(client: Client) -> Client:
    client.force_login(make_user(Role.FINANCE, first_name="Grace", last_name="Hopper"))
    return client


def above() -> Finding:
    (found,) = (finding for finding in findings(DAY) if finding.kind == "ABOVE_AGREED")
    return found


def note(client: Client, finding: Finding, **given: Any) -> Any:
    typed = {"status": "QUERY_RAISED", "text": "Wrote to the school.", "recovered": "", "seen": finding.state}
    return client.post(f"{LIST}{finding.key}/note/?as_at=2019-03-31", typed | given, follow=True)


@pytest.mark.usefixtures("records")
class TestHome:
    def test_says_the_month(self, finance: Client) -> None:
        page = words(finance.get(HOME, AT))
        assert (
            "Nothing is posted to March 2019 yet; £1,000 is committed. 10 findings (£10,000) are open."
            in page
        )
        assert "1 placement costs" not in page
        assert "Committed moved by £0" in page
        assert "2.1.4 SEN transport before 16 £70 of £900 budgeted" in page
        assert "1.2.3 top-up and other funding" in page
        assert "Orchard House £0 £1,000 −£1,000 £13,000 £12,000 £1,000" in page

    def test_leads_to_what_is_left_before_the_month_closes(self, finance: Client) -> None:
        page = words(finance.get(HOME, AT))
        assert "To do 10 new findings" in page
        assert "To do 11 earlier months open" in page
        assert "Close all to March 2019" in page
        make_closed_month(month=date(2019, 3, 1))
        assert "March 2019 is closed" in words(finance.get(HOME, AT))

    def test_a_day_within_a_month_leads_to_what_the_month_shows(self, finance: Client) -> None:
        response = finance.get(HOME, {"as_at": "2018-06-15"})
        assert "No invoice, April 2018" not in words(response)
        assert "Above what was agreed" in words(response)
        links = set(
            re.findall(r'href="(/finance/reconciliation/[0-9a-f]+/[^"]*)"', response.content.decode())
        )
        assert links
        assert {finance.get(unescape(link)).status_code for link in links} == {200}

    def test_others_read_and_close_nothing(self, signed_in: Client) -> None:
        page = words(signed_in.get(HOME, AT))
        assert "10 findings" in page
        assert "Close all to" not in page

    def test_a_day_that_is_none_is_said(self, finance: Client) -> None:
        response = finance.get(HOME, {"as_at": "2019-02-30"})
        assert response.status_code == 400
        assert "is not a date such as 2019-03-31" in words(response)

    def test_all_schools_as_a_file(self, finance: Client) -> None:
        book = openpyxl.load_workbook(BytesIO(finance.get("/finance/schools.xlsx", AT).getvalue()))
        head, row = book.worksheets[0].iter_rows(values_only=True)
        assert head[1:3] == ("school", "posted")
        assert row[1:5] == ("Orchard House", 0, 1_000, -1_000)


def test_without_records_the_home_says_how_they_come(finance: Client) -> None:
    page = words(finance.get(HOME, AT))
    assert "Nothing is posted or committed in the financial year to March 2019" in page
    assert "import_dataset" in page


@pytest.mark.usefixtures("records")
class TestList:
    def test_the_largest_first_and_filtered(self, finance: Client) -> None:
        page = words(finance.get(LIST, AT))
        assert "10 findings of £10,000, 10 of them open." in page
        assert "Above what was agreed Orchard House £1,000 £13,000 £12,000 New" in page
        page = words(finance.get(LIST, AT | {"kind": "ABOVE_AGREED", "school": "orch"}))
        assert "1 finding of £1,000" in page
        assert "No finding under these filters" in words(finance.get(LIST, AT | {"school": "Elm"}))

    def test_a_choice_that_is_none_is_said(self, finance: Client) -> None:
        response = finance.get(LIST, AT | {"kind": "TOO_DEAR"})
        assert response.status_code == 400
        assert "TOO_DEAR is not one of the available choices" in words(response)
        assert finance.get("/finance/reconciliation.csv", AT | {"kind": "TOO_DEAR"}).status_code == 400

    def test_as_a_file(self, finance: Client) -> None:
        response = finance.get("/finance/reconciliation.csv", AT | {"kind": "ABOVE_AGREED"})
        head, row = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
        assert head.startswith(
            "key,kind,school_id,school,month,mark,amount,posted,committed,status,recovered"
        )
        assert ",ABOVE_AGREED," in row
        assert "1000.0,13000.0,12000.0,NEW,0.0,1000.0,0" in row


@pytest.mark.usefixtures("records")
class TestFinding:
    def test_shows_the_records_on_both_sides(self, finance: Client) -> None:
        page = words(finance.get(f"{LIST}{above().key}/", AT))
        assert "Above what was agreed: Orchard House" in page
        assert "Apr 2018" in page
        assert "£13,000" in page
        assert "£12,000 100.0%" in page
        assert "Mar 2019 £0 £1,000 £13,000 £12,000 £1,000" in page
        assert "New: nothing is noted yet." in page

    def test_what_was_posted_late_of_the_year_before_stays_out(self, finance: Client) -> None:
        """As it does of the finding: the school's year, month by month, comes to the same."""
        make_posting(
            month=date(2018, 6, 1),
            own_month=date(2018, 3, 1),
            amount=Decimal(5_555),
            school=School.objects.get(pk=above().school_id),
        )
        page = words(finance.get(f"{LIST}{above().key}/", AT))
        assert "£5,555" not in page
        assert "Mar 2019 £0 £1,000 £13,000 £12,000 £1,000" in page

    def test_is_worked_through_in_dated_notes(self, finance: Client) -> None:
        finding = above()
        page = words(note(finance, finding))
        assert "Query raised: Above what was agreed" in page
        page = words(
            note(
                finance, finding, status="RECOVERED", recovered="£1,000", text="Credit 7.", seen=above().state
            )
        )
        assert "Recovered" in page
        assert "Grace Hopper" in page
        assert ": £1,000 recovered so far Credit 7." in page
        assert [n.status for n in FindingNote.objects.order_by("number")] == ["QUERY_RAISED", "RECOVERED"]
        worked = above()
        assert (worked.status, worked.recovered, worked.is_open) == ("RECOVERED", Decimal(1_000), False)

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"status": ""}, "Choose how the finding stands."),
            ({"text": " "}, "Write what was found or done."),
            ({"text": "?!"}, "Write what was found or done."),
            ({"status": "RECOVERED"}, "Enter how much was recovered."),
            ({"recovered": "1000.01"}, "The finding came to £1,000.00: no more than that can be recovered."),
            ({"recovered": "-5"}, "0 or more."),
            ({"status": "NEW"}, "NEW is not one of the available choices"),
            ({"seen": "1 1000.00"}, "Someone else wrote a note on this finding since"),
            (
                {"seen": "0 600.00"},
                "Someone else wrote a note on this finding since you opened it, or the records",
            ),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_saved(
        self, finance: Client, typed: dict[str, str], said: str
    ) -> None:
        response = note(finance, above(), **typed)
        assert response.status_code == 200
        assert "There is a problem" in words(response)
        assert said in words(response)
        assert not FindingNote.objects.exists()

    def test_only_finance_writes(self, signed_in: Client) -> None:
        finding = above()
        assert "Save the note" not in words(signed_in.get(f"{LIST}{finding.key}/", AT))
        response = note(signed_in, finding)
        assert response.status_code == 403
        assert "To work through the findings of the reconciliation you need the role Finance" in words(
            response
        )

    def test_one_that_is_none_is_not_found(self, finance: Client) -> None:
        assert finance.get(f"{LIST}0123456789abcdef/", AT).status_code == 404


@pytest.mark.usefixtures("records")
def test_finance_is_told_on_the_overview(finance: Client) -> None:
    page = words(finance.get("/", AT))
    assert "10 findings of the reconciliation are new" in page
    assert "April 2018 is still open" in page
