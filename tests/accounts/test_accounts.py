"""Accounts: roles exist, demonstration passwords cannot reach a council's own server, nobody is a superuser."""

import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.accounts.services import (
    DEMONSTRATION_ROLES,
    DemonstrationRefusedError,
    change_own_password,
    deactivate_person,
    give_new_password,
    make_demonstration_accounts,
)

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough phrase"


@pytest.fixture
def embedded_store(settings: Any, tmp_path: Path) -> Path:
    """Settings as with the embedded store; returns the folder of its private files."""
    settings.EMBEDDED_STORE = True
    settings.VAR_DIR = tmp_path
    return tmp_path


def test_every_role_is_a_group_made_by_the_migrations() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == {role.value for role in Role}


def test_demonstration_accounts_are_refused_beside_a_server_of_ones_own() -> None:
    with pytest.raises(DemonstrationRefusedError):
        make_demonstration_accounts()
    assert not User.objects.exists()


def test_demonstration_accounts_sign_in_with_the_passwords_shown(embedded_store: Path) -> None:
    accounts = make_demonstration_accounts()

    assert {account.name: account.role for account in accounts} == DEMONSTRATION_ROLES
    assert len({account.password for account in accounts}) == len(accounts)
    for account in accounts:
        user = authenticate(username=account.name, password=account.password)
        assert isinstance(user, User)
        assert [group.name for group in user.groups.all()] == [account.role]
        assert not user.is_superuser
        assert not user.is_staff


def test_demonstration_passwords_are_the_same_at_the_next_start_and_private(embedded_store: Path) -> None:
    first = make_demonstration_accounts()

    assert make_demonstration_accounts() == first
    assert stat.S_IMODE((embedded_store / "demonstration_accounts").stat().st_mode) == 0o600


def test_lost_passwords_are_made_anew_and_work(embedded_store: Path) -> None:
    make_demonstration_accounts()
    (embedded_store / "demonstration_accounts").unlink()

    officer = make_demonstration_accounts()[0]

    assert authenticate(username=officer.name, password=officer.password)


def test_an_account_of_the_same_name_made_by_a_person_keeps_its_password(embedded_store: Path) -> None:
    User.objects.create_user("officer", password=PASSWORD)

    shown = {account.name for account in make_demonstration_accounts()}

    assert authenticate(username="officer", password=PASSWORD)
    assert "officer" not in shown


def test_a_demonstration_password_that_was_changed_is_printed_no_more_and_made_anew(
    embedded_store: Path,
) -> None:
    officer, *others = make_demonstration_accounts()
    person = User.objects.get(username=officer.name)
    change_own_password(by=person, password=PASSWORD)
    assert officer.password not in (embedded_store / "demonstration_accounts").read_text()

    again, *others_again = make_demonstration_accounts()

    assert others_again == others
    assert again.password not in (officer.password, PASSWORD)
    assert authenticate(username=officer.name, password=again.password)


def test_a_one_time_password_of_a_demonstration_account_ends_with_the_next_start(
    embedded_store: Path,
) -> None:
    officer, *_, administrator = make_demonstration_accounts()
    by, person = (User.objects.get(username=account.name) for account in (administrator, officer))
    one_time = give_new_password(by=by, person=person, at=now()).password

    shown = make_demonstration_accounts()[0].password

    assert authenticate(username=officer.name, password=one_time) is None
    user = authenticate(username=officer.name, password=shown)
    assert isinstance(user, User)
    assert not user.must_change_password


def test_a_deactivated_demonstration_account_stays_so_and_is_not_printed(embedded_store: Path) -> None:
    officer, *_, administrator = make_demonstration_accounts()
    by, person = (User.objects.get(username=account.name) for account in (administrator, officer))
    deactivate_person(by=by, person=person)

    assert officer.name not in {account.name for account in make_demonstration_accounts()}
    assert not User.objects.get(username=officer.name).is_active


def test_make_user_gives_one_role_and_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(PASSWORD + "\n"))

    call_command("make_user", "ada", role="panel-clerk", stdout=StringIO())

    user = User.objects.get(username="ada")
    assert user.check_password(PASSWORD)
    assert [group.name for group in user.groups.all()] == [Role.PANEL_CLERK]
    assert not user.is_superuser


@pytest.mark.parametrize("password", ["", "short", "123456789012345"])
def test_make_user_refuses_a_weak_password(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(password + "\n"))

    with pytest.raises(CommandError):
        call_command("make_user", "ada", role="officer")
    assert not User.objects.exists()


def test_make_user_refuses_a_taken_name_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.create_user("ada")
    monkeypatch.setattr("sys.stdin", StringIO(PASSWORD + "\n"))

    with pytest.raises(CommandError, match="already exists"):
        call_command("make_user", "ada", role="officer")
