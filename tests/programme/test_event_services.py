"""Entering events: by whom, under which key, and what is refused."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.datasets import import_dataset
from sen_dashboard.programme.models import Event
from sen_dashboard.programme.services import events as services
from tests.factories import make_event, make_user

pytestmark = pytest.mark.django_db

DAY = date(2019, 4, 29)

WRITES: tuple[Callable[[User, Event], object], ...] = (
    lambda by, event: services.add_event(by=by, day=DAY, title="Another"),
    lambda by, event: services.change_event(by=by, event=event, seen=1, day=DAY, title="Another"),
    lambda by, event: services.remove_event(by=by, event=event, seen=1),
)


@pytest.fixture
def manager() -> User:
    return make_user(Role.MANAGER)


@pytest.mark.parametrize("write", WRITES)
def test_a_role_without_the_permission_writes_nothing(write: Callable[[User, Event], object]) -> None:
    event = make_event(title="First")
    with pytest.raises(PermissionDenied):
        write(make_user(Role.OFFICER), event)
    assert list(Event.objects.values_list("title", flat=True)) == ["First"]


def test_each_event_has_a_new_key_that_says_where_it_comes_from(manager: User) -> None:
    keys = {services.add_event(by=manager, day=DAY, title="The same").event_id for _ in range(20)}
    assert len(keys) == 20
    assert all(key.startswith("entered-") and len(key) == len("entered-") + 8 for key in keys)


def test_a_key_that_is_taken_overwrites_nothing(manager: User, monkeypatch: pytest.MonkeyPatch) -> None:
    make_event(event_id="E1", title="First")
    monkeypatch.setattr(services, "entered_key", lambda: "E1")
    with pytest.raises(ValidationError):
        services.add_event(by=manager, day=DAY, title="Second")
    assert Event.objects.get().title == "First"


@pytest.mark.parametrize(
    ("day", "title", "field", "sentence"),
    [
        (date(2200, 1, 1), "New process", "day", "Enter a date from 1900 to 2199."),
        (DAY, " ", "title", "Enter what happened, in words on one line."),
        (DAY, "x" * 121, "title", "Ensure this value has at most 120 characters (it has 121)."),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    manager: User, day: date, title: str, field: str, sentence: str
) -> None:
    event = make_event(title="First")
    for write in (
        lambda: services.add_event(by=manager, day=day, title=title),
        lambda: services.change_event(by=manager, event=event, seen=1, day=day, title=title),
    ):
        with pytest.raises(ValidationError) as refusal:
            write()
        assert refusal.value.message_dict == {field: [sentence]}
    assert list(Event.objects.values_list("title", flat=True)) == ["First"]


def test_a_changed_event_keeps_its_key_and_an_import_finds_it(manager: User, tmp_path: Path) -> None:
    entered = services.add_event(by=manager, day=DAY, title="First")
    services.change_event(by=manager, event=entered, seen=1, day=date(2019, 5, 1), title="Second")
    (tmp_path / "events.csv").write_text(f"event_id,on,title\n{entered.pk},2019-05-01,Second\n")

    (report,) = import_dataset(tmp_path).files

    assert report.unchanged == 1
    assert Event.objects.get().day == date(2019, 5, 1)


def test_between_takes_both_days_in() -> None:
    days = [date(2019, 3, 31), date(2019, 4, 1), date(2019, 4, 30), date(2019, 5, 1)]
    for day in days:
        make_event(day=day)
    found = Event.objects.between(date(2019, 4, 1), date(2019, 4, 30))
    assert sorted(event.day for event in found) == days[1:3]
