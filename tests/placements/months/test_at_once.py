"""Closing a month while others close or post: one person closes it, and no posting slips in afterwards."""

import threading
from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from placements import closing
from placements.models import CLOSED, ClosedMonth, LedgerPosting
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.periods import Month
from tests.factories import make_posting, make_user
from tests.store.test_concurrency import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)

MARCH = Month(2019, 3)


def close(finance: User) -> ClosedMonth:
    (closed,) = closing.close_months(by=finance, to=MARCH, today=date(2019, 4, 1))
    return closed


def in_a_thread(act: Callable[[], object], happened: list[object]) -> threading.Thread:
    """Start it on a connection of its own; what it returns or raises is noted."""

    def run() -> None:
        try:
            happened.append(act())
        except (IntegrityError, ValidationError) as error:
            happened.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_of_people_who_close_a_month_at_once_one_does_and_the_others_are_told() -> None:
    make_posting(month=MARCH.start)
    people = [make_user(Role.FINANCE) for _ in range(6)]
    results = all_at_once(*(partial(close, finance) for finance in people))
    (closed,) = (result for result in results if isinstance(result, ClosedMonth))
    told = [result.messages for result in results if isinstance(result, ValidationError)]
    assert told == [["March 2019 is already closed."]] * 5
    assert ClosedMonth.objects.get().closed_by == closed.closed_by


def test_the_close_waits_for_a_posting_that_is_being_written() -> None:
    make_posting(month=MARCH.start)
    finance, happened = make_user(Role.FINANCE), list[object]()
    with transaction.atomic():
        late = make_posting(month=MARCH.start)
        closer = in_a_thread(partial(close, finance), happened)
        closer.join(timeout=1)
        assert closer.is_alive(), "the close must wait for the posting's transaction"
    closer.join(timeout=30)
    (closed,) = happened
    assert isinstance(closed, ClosedMonth)
    assert LedgerPosting.objects.filter(pk=late.pk).exists()


def test_a_posting_that_comes_during_the_close_is_refused() -> None:
    make_posting(month=MARCH.start)
    finance, happened = make_user(Role.FINANCE), list[object]()
    with transaction.atomic():
        close(finance)
        writer = in_a_thread(partial(make_posting, month=MARCH.start), happened)
        writer.join(timeout=1)
        assert writer.is_alive(), "the posting must wait for the close's transaction"
        assert LedgerPosting.objects.count() == 1  # reading does not wait
    writer.join(timeout=30)
    (refused,) = happened
    assert isinstance(refused, IntegrityError)
    assert CLOSED in str(refused)
    assert LedgerPosting.objects.count() == 1


def test_a_close_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "WAIT", "300ms")
    make_posting(month=MARCH.start)
    finance, happened = make_user(Role.FINANCE), list[object]()
    with transaction.atomic():
        make_posting(month=MARCH.start)
        closer = in_a_thread(partial(close, finance), happened)
        closer.join(timeout=30)
    (refused,) = happened
    assert isinstance(refused, ValidationError)
    assert refused.messages == [closing.BUSY]
    assert not ClosedMonth.objects.exists()
