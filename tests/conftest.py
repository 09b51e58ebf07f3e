"""The database and the browser of a test run, and the block on network access.

Database: one temporary embedded server per run, or the server of TEST_DATABASE_URL, whose role may set
session_replication_role. POSTGRES_BIN names a folder with other PostgreSQL programs than the wheel's. A template
database is migrated once; each worker uses a copy of it.
"""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import psycopg2
import pytest

from measurements.browser import launch, program
from sen_dashboard.store.embedded import ROLE, SUPERUSER, throw_away_server

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser, Page
    from pytest_django import DjangoDbBlocker

    from tests.kpis.second_calculation import Records

LOCK = 20130401
"""An arbitrary number: the advisory lock under which one worker migrates the template while the others wait."""

MANY = 1_000
"""The number of deleted rows in a table above which their remains would slow down later tests."""

run_resources = ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start the database server and name it in the environment, before pytest-django reads the settings.

    The workers of a parallel run inherit the environment from the process that started them.
    """
    if not hasattr(config, "workerinput"):
        url = os.environ.get("TEST_DATABASE_URL") or _start_server()
        os.environ["DATABASE_URL"] = url
        os.environ["TEST_TEMPLATE"] = f"sen_dashboard_template_{os.getpid()}"
        os.environ["SECRET_KEY"] = "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz"
        os.environ["ALLOWED_HOSTS"] = "testserver,127.0.0.1,localhost"
        os.environ["INSECURE_HTTP"] = "1"
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs an event loop in the tests' thread
        os.environ.pop("PORT", None)
        os.environ.pop("COUNCIL_CODE", None)
        django.setup()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        if os.environ.get("TEST_DATABASE_URL"):
            _drop_template()
        run_resources.close()


def _start_server() -> str:
    programs = os.environ.get("POSTGRES_BIN")
    server = run_resources.enter_context(throw_away_server(Path(programs) if programs else None))
    with closing(server.connect("postgres", SUPERUSER)) as connection, connection.cursor() as cursor:
        cursor.execute(f"GRANT SET ON PARAMETER session_replication_role TO {ROLE}")
        connection.commit()
    return server.url


# The store


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: "DjangoDbBlocker"
) -> None:
    """Copy each worker's database from the migrated template."""
    from django.db import connection

    connection.settings_dict["TEST"]["TEMPLATE"] = os.environ["TEST_TEMPLATE"]
    with django_db_blocker.unblock():
        _make_template(os.environ["TEST_TEMPLATE"])


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: "DjangoDbBlocker") -> Iterator[None]:
    """After a test that committed, delete the rows that it left; before the database goes, wait until nobody uses it.

    Django would truncate some 150 tables each time, and then restore what migrations had put into some of them.
    """
    from django.db import connection
    from django.test import TransactionTestCase

    with django_db_blocker.unblock():
        tables = connection.introspection.table_names()
        filled_by_migrations = set(_filled(tables))
    emptied = [table for table in tables if table not in filled_by_migrations]
    TransactionTestCase._fixture_teardown = lambda case: _empty(emptied)  # type: ignore[attr-defined]
    yield
    with django_db_blocker.unblock():
        _await_other_sessions()


def _await_other_sessions() -> None:
    """Wait up to ten seconds: the live server may still answer a request of a browser that has been closed."""
    from django.db import connection

    others = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    end = time.monotonic() + 10
    with connection.cursor() as cursor:
        cursor.execute(others)
        while cursor.rowcount and time.monotonic() < end:
            time.sleep(0.1)
            cursor.execute(others)


def _filled(tables: list[str]) -> list[str]:
    """The tables that have any rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT FROM \"{t}\")" for t in tables))
        return [table for (table,) in cursor.fetchall()]


def _empty(tables: list[str]) -> None:
    """Delete all rows, despite triggers and foreign keys; then reclaim their space, if they were many."""
    from django.db import connection, transaction

    deleted = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in _filled(tables):
            cursor.execute(f'DELETE FROM "{table}"')
            deleted[table] = cursor.rowcount
    with connection.cursor() as cursor:
        for table in (table for table, rows in deleted.items() if rows > MANY):
            cursor.execute(f'VACUUM "{table}"')


def _make_template(name: str) -> None:
    """Make and migrate the template, unless another worker has done so or is doing so."""
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE DATABASE "{name}"')
            template = connection.copy()
            template.settings_dict["NAME"] = name
            _migrate(template, call_command)
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    connection.close()


def _migrate(template: Any, call_command: Any) -> None:
    from django.db import connections

    default = connections["default"]
    connections["default"] = template
    try:
        call_command("migrate", verbosity=0)
    finally:
        template.close()
        connections["default"] = default


def _drop_template() -> None:
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{os.environ["TEST_TEMPLATE"]}"')
    connection.close()


# The day


@pytest.fixture(autouse=True)
def no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the real day, as every store does but a demonstration's, without a query."""
    from sen_dashboard.clock import day

    monkeypatch.setattr(day, "days_behind", lambda: 0)


# The network


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


# The visitor


@pytest.fixture
def client() -> "Client":
    """Replaces pytest-django's client: it sends the tokens that forms carry."""
    from tests.form_client import FormClient

    return FormClient()


@pytest.fixture
def signed_in(client: "Client") -> "Client":
    """A client signed in as an officer."""
    from sen_dashboard.accounts.roles import Role
    from tests.factories import make_user

    client.force_login(make_user(Role.OFFICER, username="officer"))
    return client


# The browser


@pytest.fixture(scope="session")
def browser(django_db_setup: None) -> Iterator["Browser"]:
    """The Chromium of this machine; without one the test is skipped, or fails if REQUIRE_BROWSER=1."""
    path = program()
    if path is None:
        reason = "no Chromium found: apt-get install chromium-headless-shell"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)

    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = launch(playwright, path)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    """An empty page in a fresh browser session, in British English and London time."""
    context = browser.new_context(locale="en-GB", timezone_id="Europe/London")
    yield context.new_page()
    context.close()


# Records


@pytest.fixture(params=range(4), ids=lambda seed: f"seed{seed}")
def council(request: pytest.FixtureRequest, db: None) -> "Records":
    """Store a random council, and return its records for the second calculation."""
    # Imported here, since this file is read before Django is set up.
    from tests.kpis import random_council, second_calculation
    from tests.made_once import made_once

    made_once(("council", request.param), lambda: random_council.make_council(request.param))
    return second_calculation.load()
