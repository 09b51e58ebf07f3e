"""One clock: the demonstration's day is moved, every other store's is the real one, and instants are always real."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils.timezone import localdate, now

from panel import queues
from placements.closing import next_to_close
from placements.models import Child, ClosedMonth, LedgerPosting
from sen_dashboard.accounts.roles import Role
from sen_dashboard.clock import day
from sen_dashboard.clock.day import begin_demonstration, working_day
from sen_dashboard.clock.models import DemonstrationClock
from sen_dashboard.core.periods import Month
from sen_dashboard.datasets import import_dataset
from sen_dashboard.demonstration import council
from sen_dashboard.importing.problems import DatasetError
from sen_dashboard.management.demonstration import add_what_no_file_holds, first_day
from tests.datasets.valid import VALID, edited
from tests.factories import make_case, make_user
from tests.folders import Write, writer

pytestmark = pytest.mark.django_db

LONGEST_WAIT = 100
"""Days that a request of the demonstration waits at most for its papers on its first day."""
FIRST_DAY = date(2019, 4, 30)
ASKS_THE_CALENDAR = re.compile(r"\b(localdate|date\.today|datetime\.today)\b")
PROGRAM = ("sen_dashboard", "provision", "placements", "panel")


@pytest.fixture(autouse=True)
def no_clock() -> Iterator[None]:
    """In place of the fixture of all tests: here the store is asked."""
    day.asked_in.cache_clear()
    yield
    day.asked_in.cache_clear()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the small valid data set, changed."""
    return writer(tmp_path / "dataset", VALID)


def test_one_module_asks_the_calendar() -> None:
    asking = {
        path.relative_to(settings.BASE_DIR).as_posix()
        for folder in PROGRAM
        for path in Path(settings.BASE_DIR, folder).rglob("*.py")
        if ASKS_THE_CALENDAR.search(path.read_text(encoding="utf-8"))
    }
    assert asking == {"sen_dashboard/clock/day.py"}


def test_another_store_has_the_real_day(signed_in: Client) -> None:
    assert working_day() == localdate()
    assert "in the demonstration" not in signed_in.get("/").content.decode()


def test_a_process_that_asked_before_the_demonstration_was_loaded_soon_has_its_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As a worker that was started first: another process loads it, so nothing tells this one."""
    monkeypatch.setattr(day, "monotonic", lambda: 59.0)
    assert working_day() == localdate()
    DemonstrationClock.objects.create(days_behind=1000)
    monkeypatch.setattr(day, "monotonic", lambda: 60.0)
    assert working_day() == localdate() - timedelta(days=1000)


class TestDemonstration:
    @pytest.fixture(autouse=True)
    def begun(self) -> None:
        begin_demonstration(FIRST_DAY)

    def test_days_pass_from_the_first(self) -> None:
        assert working_day() == FIRST_DAY
        assert working_day(now() + timedelta(days=3)) == date(2019, 5, 3)

    def test_it_is_never_set_anew(self) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            begin_demonstration(date(2019, 5, 31))
        with pytest.raises(IntegrityError), transaction.atomic():
            DemonstrationClock.objects.create(only=2, days_behind=1)
        for change in (
            lambda: DemonstrationClock.objects.update(days_behind=0),
            DemonstrationClock.objects.all().delete,
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
        day.asked_in.cache_clear()
        assert working_day() == FIRST_DAY

    def test_pages_say_so_and_use_it(self, client: Client) -> None:
        client.force_login(make_user(Role.PANEL_CLERK))
        make_case(case_id="K1", received_on=date(2019, 4, 1))
        assert "Today is 30 April 2019 in the demonstration" in client.get("/").content.decode()
        assert "as_at=2019-04-30" in client.post("/panel/cases/K1/papers-complete/")["Location"]

    def test_it_is_asked_once_a_minute(
        self, django_assert_num_queries: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(day, "monotonic", lambda: 119.0)
        working_day()
        with django_assert_num_queries(0):
            working_day()

    def test_children_of_others_are_refused(self, write: Write) -> None:
        import_dataset(write())
        before = set(Child.objects.values_list("pk", flat=True))
        import_dataset(write())
        with pytest.raises(DatasetError) as refused:
            import_dataset(write(edited("children.csv", "C1,2005", "OTHER,2005")))
        assert any(
            problem.file == "children.csv" and "DATABASE_URL" in problem.reason
            for problem in refused.value.problems
        )
        assert set(Child.objects.values_list("pk", flat=True)) == before


def test_children_are_loaded_into_any_other_store(write: Write) -> None:
    import_dataset(write())
    import_dataset(write(edited("children.csv", "C1,2005", "OTHER,2005")))
    assert Child.objects.filter(pk="OTHER").exists()


def test_what_run_loads_is_as_on_its_first_day(tmp_path: Path) -> None:
    """Waits are of weeks, months are closed up to February 2019, and what is kept is kept at real instants."""
    make_user(Role.MANAGER, username="manager.one", is_demonstration=True)
    make_user(Role.FINANCE, username="finance", is_demonstration=True)
    call_command("make_dataset", tmp_path, verbosity=0)
    with first_day():
        call_command("import_dataset", tmp_path, verbosity=0)
        add_what_no_file_holds()
    assert working_day() == FIRST_DAY == council.FIRST_DAY
    assert next_to_close() == Month(2019, 3)
    posted = set(LedgerPosting.objects.filter(month__lt=date(2019, 3, 1)).values_list("month", flat=True))
    assert set(ClosedMonth.objects.values_list("month", flat=True)) == posted
    assert all(localdate(closed.closed_at) == localdate() for closed in ClosedMonth.objects.all())
    papers = queues.BY_KEY["awaiting-papers"].records(FIRST_DAY)
    waits = [(FIRST_DAY - found.since).days for found in papers]
    assert 0 < max(waits) < LONGEST_WAIT
    call_command("import_dataset", tmp_path, verbosity=0)  # again changes nothing, in closed months neither
