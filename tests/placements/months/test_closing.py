"""The close of a month: by whom, in which order, and that the ledger keeps to it whoever writes."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, connection, transaction

from placements import closing
from placements.models import CLOSED, ClosedMonth, LedgerPosting
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.periods import FinancialYear, Month
from tests.factories import make_closed_month, make_posting, make_user

pytestmark = pytest.mark.django_db

FEBRUARY, MARCH = Month(2019, 2), Month(2019, 3)
TODAY = date(2019, 4, 1)


@pytest.fixture
def manager() -> User:
    return make_user(Role.MANAGER)


def refusal(by: User, month: Month, today: date = TODAY) -> list[str]:
    """What is said instead of closing the month."""
    held = ClosedMonth.objects.count()
    with pytest.raises(ValidationError) as refused:
        closing.close_month(by=by, month=month, today=today)
    assert ClosedMonth.objects.count() == held
    return refused.value.messages


def test_a_month_is_closed_by_name_and_for_good(manager: User) -> None:
    make_posting(month=MARCH.start)
    closed = closing.close_month(by=manager, month=MARCH, today=TODAY)
    assert ClosedMonth.objects.get() == closed
    assert (closed.month, closed.closed_by) == (MARCH.start, manager)
    assert refusal(manager, MARCH) == ["March 2019 is closed already."]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MANAGER])
def test_only_managers_close(role: Role) -> None:
    make_posting(month=MARCH.start)
    with pytest.raises(PermissionDenied):
        closing.close_month(by=make_user(role), month=MARCH, today=TODAY)
    assert not ClosedMonth.objects.exists()


def test_only_a_month_that_is_over_is_closed(manager: User) -> None:
    make_posting(month=MARCH.start)
    assert refusal(manager, MARCH, today=MARCH.end) == [
        "March 2019 is not over: it can be closed from the day after its last."
    ]
    assert closing.close_month(by=manager, month=MARCH, today=TODAY)


def test_only_a_month_with_postings_is_closed(manager: User) -> None:
    make_posting(month=FEBRUARY.start)
    assert refusal(manager, MARCH) == ["March 2019 has no postings, so there is nothing to close."]


def test_months_are_closed_in_order_and_those_without_postings_do_not_count(manager: User) -> None:
    for month in (Month(2018, 12), FEBRUARY, MARCH):
        make_posting(month=month.start)
    assert refusal(manager, MARCH) == ["December 2018 is still open: close it first."]
    closing.close_month(by=manager, month=Month(2018, 12), today=TODAY)
    assert refusal(manager, MARCH) == ["February 2019 is still open: close it first."]
    closing.close_month(by=manager, month=FEBRUARY, today=TODAY)
    assert closing.close_month(by=manager, month=MARCH, today=TODAY)
    assert closing.next_to_close() is None


@pytest.mark.parametrize(
    "write",
    [
        lambda cursor, _: cursor.execute(
            "INSERT INTO placements_ledgerposting (month, line, reference, amount) VALUES ('2019-03-01', '1', '', 1)"
        ),
        lambda cursor, closed: cursor.execute(
            "UPDATE placements_ledgerposting SET amount = 1 WHERE id = %s", [closed]
        ),
        lambda cursor, closed: cursor.execute(
            "UPDATE placements_ledgerposting SET month = '2019-04-01' WHERE id = %s", [closed]
        ),
        lambda cursor, closed: cursor.execute(
            "UPDATE placements_ledgerposting SET month = '2019-03-01' WHERE id <> %s", [closed]
        ),
        lambda cursor, closed: cursor.execute("DELETE FROM placements_ledgerposting WHERE id = %s", [closed]),
    ],
    ids=["new", "another amount", "moved out", "moved in", "deleted"],
)
def test_sql_posts_nothing_to_a_closed_month(write: Callable[..., None]) -> None:
    posting = make_posting(month=MARCH.start)
    make_posting(month=date(2019, 4, 1))
    make_closed_month(month=MARCH.start)
    before = list(LedgerPosting.objects.order_by("pk").values())
    with (
        pytest.raises(IntegrityError, match=CLOSED),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        write(cursor, posting.pk)
    assert list(LedgerPosting.objects.order_by("pk").values()) == before


def test_an_open_month_takes_the_correction() -> None:
    make_posting(month=MARCH.start)
    make_closed_month(month=MARCH.start)
    correction = make_posting(month=date(2019, 4, 1), amount=Decimal("-100"))
    LedgerPosting.objects.filter(pk=correction.pk).update(amount=Decimal("-90"))
    correction.delete()
    assert LedgerPosting.objects.count() == 1


@pytest.mark.parametrize(
    "write",
    ["UPDATE placements_closedmonth SET month = '2019-04-01'", "DELETE FROM placements_closedmonth"],
)
def test_sql_opens_no_month_again(write: str) -> None:
    make_closed_month(month=MARCH.start)
    with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(write)
    assert ClosedMonth.objects.get().month == MARCH.start


def test_a_year_lists_its_months_with_postings() -> None:
    for month in (date(2018, 3, 1), date(2018, 4, 1), MARCH.start, MARCH.start, date(2019, 4, 1)):
        make_posting(month=month, amount=Decimal("10.50"))
    close = make_closed_month(month=date(2018, 4, 1))
    assert closing.posted_months(FinancialYear(2018)) == [
        closing.PostedMonth(date(2018, 4, 1), 1, Decimal("10.50"), close),
        closing.PostedMonth(MARCH.start, 2, Decimal("21.00"), None),
    ]
    assert list(map(str, closing.posted_years())) == ["2017-18", "2018-19", "2019-20"]


class TestProvisional:
    SAID = "Provisional: March 2019 is not closed, and postings to it may still arrive."

    def test_a_month_is_provisional_until_it_is_closed(self) -> None:
        make_posting(month=MARCH.start)
        for day in (MARCH.start, MARCH.end):
            assert closing.provisional_on(day) == closing.provisional_sentence(MARCH) == self.SAID
        make_closed_month(month=MARCH.start)
        assert closing.provisional_on(MARCH.end) == closing.provisional_sentence(MARCH) == ""

    def test_a_page_says_nothing_of_a_month_without_postings_but_a_report_does(self) -> None:
        make_posting(month=FEBRUARY.start)
        assert closing.provisional_on(MARCH.end) == ""
        assert closing.provisional_sentence(MARCH) == self.SAID
