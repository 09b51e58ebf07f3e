"""Closing months: by whom, in which order, and that nothing can be posted to a closed one."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, connection, transaction

from placements import closing
from placements.models import CLOSED, ClosedMonth, CostLine, LedgerPosting, ReopenedMonth
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import FinancialYear, Month
from sen_dashboard.kpis import find
from tests.factories import make_closed_month, make_cost_line, make_placement, make_posting, make_user

pytestmark = pytest.mark.django_db

FEBRUARY, MARCH = Month(2019, 2), Month(2019, 3)
TODAY = date(2019, 4, 1)


@pytest.fixture
def finance() -> User:
    return make_user(Role.FINANCE)


@pytest.fixture
def manager() -> User:
    return make_user(Role.MANAGER)


def close(by: User, month: Month = MARCH, today: date = TODAY) -> list[str]:
    """Close all up to the month; the months closed."""
    return [str(closed) for closed in closing.close_months(by=by, to=month, today=today)]


def refusal(by: User, month: Month, today: date = TODAY) -> list[str]:
    """What is said instead of closing the months."""
    held = ClosedMonth.objects.count()
    with pytest.raises(ValidationError) as refused:
        closing.close_months(by=by, to=month, today=today)
    assert ClosedMonth.objects.count() == held
    return refused.value.messages


def test_a_month_is_closed_by_name_and_once(finance: User) -> None:
    make_posting(month=MARCH.start)
    assert close(finance) == ["2019-03"]
    assert ClosedMonth.objects.get().closed_by == finance
    assert refusal(finance, MARCH) == ["March 2019 is already closed."]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.FINANCE])
def test_only_finance_closes(role: Role) -> None:
    make_posting(month=MARCH.start)
    with pytest.raises(PermissionDenied):
        close(make_user(role))
    assert not ClosedMonth.objects.exists()


def test_only_a_month_that_is_over_is_closed(finance: User) -> None:
    make_posting(month=MARCH.start)
    assert refusal(finance, MARCH, today=MARCH.end) == [
        "March 2019 has not ended: it can be closed from the day after it ends."
    ]
    assert close(finance)


def test_nothing_is_closed_without_a_ledger_or_before_it(finance: User) -> None:
    assert refusal(finance, MARCH) == ["No posting is held, so there is nothing to close."]
    make_posting(month=MARCH.start)
    assert refusal(finance, FEBRUARY) == [
        "February 2019 lies before the ledger, which begins with March 2019."
    ]


def test_all_to_a_month_are_closed_in_one_step_those_without_postings_too(finance: User) -> None:
    for month in (Month(2018, 12), MARCH):
        make_posting(month=month.start)
    assert closing.next_to_close() == Month(2018, 12)
    assert close(finance, FEBRUARY) == ["2018-12", "2019-01", "2019-02"]
    assert closing.next_to_close() == MARCH
    assert close(finance) == ["2019-03"]
    assert closing.next_to_close() == Month(2019, 4)


class TestWhatItSaid:
    @pytest.fixture(autouse=True)
    def records(self) -> None:
        placement = make_placement(starts_on=date(2018, 9, 1), accrual="MONTHS")
        make_cost_line(
            placement=placement, starts_on=date(2018, 9, 1), annual_amount=Decimal(12_000), education_share=80
        )
        make_posting(month=MARCH.start, amount=Decimal("700.10"))
        make_posting(month=MARCH.start, amount=Decimal("-0.10"))
        make_posting(month=MARCH.start, line="2.1.4", amount=Decimal(50))

    SAID = closing.Said(
        {"1.2.3": closing.Posted(2, Decimal(700)), "2.1.4": closing.Posted(1, Decimal(50))}, Decimal(800), 1
    )

    def test_is_kept_with_the_close(self, finance: User) -> None:
        close(finance)
        (month,) = closing.ledger_months([MARCH])
        assert month.said == month.now == self.SAID
        assert not month.differs
        assert (month.postings, month.total) == (3, Decimal(750))

    def test_and_shown_where_the_records_say_otherwise(self, finance: User) -> None:
        close(finance)
        CostLine.objects.update(annual_amount=Decimal(24_000))
        (month,) = closing.ledger_months([MARCH])
        assert month.differs
        assert month.said == self.SAID
        assert month.now.committed == Decimal(1_600)

    def test_of_a_month_closed_before_that_was_kept_nothing_is_said(self) -> None:
        make_closed_month(month=MARCH.start)
        (month,) = closing.ledger_months([MARCH])
        assert month.said is None
        assert not month.differs


class TestOpenedAgain:
    @pytest.fixture(autouse=True)
    def closed(self, finance: User) -> None:
        for month in (FEBRUARY, MARCH):
            make_posting(month=month.start)
        close(finance)

    def test_by_a_manager_who_says_why(self, manager: User, finance: User) -> None:
        closed = ClosedMonth.objects.get(month=FEBRUARY.start)
        reopened = closing.reopen_month(by=manager, month=FEBRUARY, reason=" A credit came late. ")
        assert ReopenedMonth.objects.get() == reopened
        assert (reopened.reason, reopened.reopened_by) == ("A credit came late.", manager)
        assert (reopened.closed_by, reopened.closed_at, reopened.said) == (
            finance,
            closed.closed_at,
            closed.said,
        )
        assert closing.next_to_close() == FEBRUARY
        make_posting(month=FEBRUARY.start)
        with pytest.raises(IntegrityError, match=CLOSED), transaction.atomic():
            make_posting(month=MARCH.start)
        assert close(finance, FEBRUARY) == ["2019-02"]

    def test_the_year_is_final_no_more(self, manager: User) -> None:
        outturn, year_end = find("outturn_vs_forecast"), Scope(MARCH.end)
        assert outturn.query(year_end).headline.outturn_closed_on
        closing.reopen_month(by=manager, month=FEBRUARY, reason="A credit came late.")
        assert outturn.query(year_end).headline.outturn_closed_on is None

    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.MANAGER])
    def test_by_nobody_else(self, role: Role) -> None:
        with pytest.raises(PermissionDenied):
            closing.reopen_month(by=make_user(role), month=MARCH, reason="To see.")
        assert ClosedMonth.objects.count() == 2

    @pytest.mark.parametrize("reason", ["", "  ", "?!"])
    def test_not_without_a_reason(self, manager: User, reason: str) -> None:
        with pytest.raises(ValidationError) as refused:
            closing.reopen_month(by=manager, month=MARCH, reason=reason)
        assert list(refused.value.error_dict) == ["reason"]
        assert ClosedMonth.objects.count() == 2

    def test_not_one_that_is_open(self, manager: User) -> None:
        with pytest.raises(ValidationError, match="April 2019 is open already"):
            closing.reopen_month(by=manager, month=Month(2019, 4), reason="To see.")

    def test_the_record_of_it_stays(self, manager: User) -> None:
        closing.reopen_month(by=manager, month=MARCH, reason="To see.")
        for write in (
            "UPDATE placements_reopenedmonth SET reason = 'x'",
            "DELETE FROM placements_reopenedmonth",
        ):
            with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(write)


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
def test_sql_changes_no_close_and_opens_no_month_without_a_reason(write: str) -> None:
    make_closed_month(month=MARCH.start)
    with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(write)
    assert ClosedMonth.objects.get().month == MARCH.start


def test_a_year_lists_its_months_from_the_first_to_the_last_of_the_ledger() -> None:
    for month in (date(2018, 2, 1), date(2018, 5, 1), date(2018, 7, 1), date(2018, 7, 1)):
        make_posting(month=month, amount=Decimal("10.50"))
    close = make_closed_month(month=date(2018, 5, 1))
    found = [
        (str(month), month.postings, month.total, month.close)
        for month in closing.months_of(FinancialYear(2018))
    ]
    assert found == [
        ("April 2018", 0, None, None),
        ("May 2018", 1, Decimal("10.50"), close),
        ("June 2018", 0, None, None),
        ("July 2018", 2, Decimal("21.00"), None),
    ]
    assert list(map(str, closing.years_held())) == ["2017-18", "2018-19"]


class TestProvisional:
    SAID = "Provisional: March 2019 is still open, so late payments may change these figures."

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
