"""`manage.py run` from a person's view: from an empty folder to the sign-in page, and every way it can fail."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pytest

from sen_dashboard.accounts.services import DEMONSTRATION_ROLES
from sen_dashboard.store.embedded import EmbeddedServer
from tests.checkout import ROOT, copy_program, environment, manage
from tests.running.processes import workers_in

SECRET_KEY = "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz"
PATIENCE = 240
"""Seconds to wait for a line: a first start on a busy machine takes more than a minute."""


@pytest.fixture(scope="module")
def program() -> Iterator[Path]:
    """A fresh copy of the program, in a folder with a short name that every account can enter."""
    with TemporaryDirectory(prefix="run-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield copy_program(Path(folder) / "program")


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(program: Path, port: int, tmp_path: Path) -> Iterator[Start]:
    """Starts `manage.py run` with the settings given; whatever a failed test leaves running is stopped."""
    with ExitStack() as started:
        errors = started.enter_context((tmp_path / "errors").open("w+"))

        def start_one(**settings: str) -> "subprocess.Popen[str]":
            process = subprocess.Popen(
                [sys.executable, "manage.py", "run"],
                cwd=program,
                env=environment(PORT=str(port), **settings),
                stdout=subprocess.PIPE,
                stderr=errors,  # a file: nobody reads it meanwhile, and a pipe would fill with progress bars
                text=True,
            )
            started.enter_context(process)
            started.callback(process.terminate)
            return process

        yield start_one


def read_until(process: "subprocess.Popen[str]", beginning: str) -> list[str]:
    """The lines printed up to the one that begins so; a process that never prints it is killed."""
    assert process.stdout is not None
    lines: list[str] = []
    watchdog = threading.Timer(PATIENCE, process.kill)
    watchdog.start()
    try:
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith(beginning):
                return lines
    finally:
        watchdog.cancel()
    raise AssertionError("\n".join(["it ended after:", *lines]))


def wait_for_workers(program: Path, number: int) -> None:
    """Wait until so many workers of the program run."""
    deadline = time.monotonic() + PATIENCE
    while len(workers_in(program)) != number:
        assert time.monotonic() < deadline, workers_in(program)
        time.sleep(0.1)


def answer_to(listening: str, scheme: str) -> int:
    """The status of the sign-in page, asked for as the proxy does for a visitor who came by ``scheme``."""
    address = listening.split()[2]
    connection = HTTPConnection(address, timeout=60)
    connection.request("GET", "/accounts/sign-in/", headers={"X-Forwarded-Proto": scheme})
    status = connection.getresponse().status
    connection.close()
    return status


def stop(process: "subprocess.Popen[str]", number: signal.Signals) -> None:
    """Stop it and see that it says so last and leaves with status 0."""
    process.send_signal(number)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert output.splitlines()[-1:] == ["Stopped"]


def one_sentence(outcome: "subprocess.CompletedProcess[str]") -> str:
    """What a start that failed said; sees that it is one line for a person, with status 1."""
    assert outcome.returncode == 1
    assert "Traceback" not in outcome.stderr
    lines = outcome.stderr.splitlines()
    assert len(lines) == 1, outcome.stderr
    return lines[0]


# The whole way


def test_from_nothing_to_the_sign_in_page_and_again(
    program: Path, port: int, start: Start, tmp_path: Path
) -> None:
    """One test, since each step needs the one before: interrupted import, first start, crash, quick second start."""
    store = EmbeddedServer(program / "var" / "postgres")

    interrupted = start()
    read_until(interrupted, "Importing")
    stop(interrupted, signal.SIGINT)
    assert store.pid() is None, "the database server outlived the program"

    first = start()
    lines = read_until(first, "Open http://")
    shown = dict(re.findall(r"^(\S+) {2,}[A-Z][a-z ]+? {2,}(\S+)$", "\n".join(lines), flags=re.M))
    assert set(DEMONSTRATION_ROLES) <= set(shown)
    assert lines[-1].startswith(f"Open http://127.0.0.1:{port} and sign in as officer")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as page:
        assert page.url.startswith(f"http://127.0.0.1:{port}/accounts/sign-in/")
        assert (
            "'unsafe-inline'"
            not in page.headers["Content-Security-Policy"].split("script-src")[1].split(";")[0]
        )
    assert stat.S_IMODE((program / "var" / "demonstration_accounts").stat().st_mode) == 0o600
    assert stat.S_IMODE((program / "var" / "secret_key").stat().st_mode) == 0o600
    pid = store.pid()
    assert pid is not None
    wait_for_workers(program, 1)
    first.kill()
    os.kill(pid, signal.SIGKILL)
    first.communicate()
    wait_for_workers(program, 0)

    second = start()
    again = read_until(second, "Open http://")
    assert [line for line in lines if line.startswith(tuple(shown))] == [
        line for line in again if line.startswith(tuple(shown))
    ], "the passwords changed"
    assert not any(line.startswith(("Importing", "Loading")) for line in again)
    wait_for_workers(program, 1)
    stop(second, signal.SIGTERM)
    assert workers_in(program) == set(), "the worker outlived the program"
    assert store.pid() is None, "the database server outlived the program"
    assert "Traceback" not in (tmp_path / "errors").read_text()


def test_an_interruption_inside_an_import_does_not_end_the_program_by_the_signal() -> None:
    """Dataclasses run strings while they are imported; an interruption there is remembered by the interpreter."""
    interrupted = (
        "from sen_dashboard.running.serving import forget_interruption\n"
        "try:\n exec('raise KeyboardInterrupt')\nexcept KeyboardInterrupt:\n {}\n"
    )
    ends = [
        subprocess.run(
            [sys.executable, "-c", interrupted.format(then)],
            cwd=ROOT,
            env=environment(DATABASE_URL="postgres://x@localhost/x", SECRET_KEY=SECRET_KEY)
            | {"DJANGO_SETTINGS_MODULE": "sen_dashboard.settings"},
            check=False,
        ).returncode
        for then in ("forget_interruption()", "pass")
    ]
    assert ends == [0, -signal.SIGINT]


# With a server of one's own


@pytest.fixture
def own_server(django_db_setup: None) -> Iterator[str]:
    """The address of a migrated database without records on the server of the test run."""
    name = f"own_{os.getpid()}"
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE {name} TEMPLATE "{os.environ["TEST_TEMPLATE"]}"')
        yield re.sub(r"/[^/?]*(\?.*)?$", rf"/{name}\1", os.environ["DATABASE_URL"])
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    connection.close()


def test_a_server_of_ones_own_gets_neither_demonstration_data_nor_accounts(
    start: Start, own_server: str
) -> None:
    process = start(DATABASE_URL=own_server, SECRET_KEY=SECRET_KEY)
    lines = read_until(process, "Listening on ")
    try:
        assert [answer_to(lines[-1], scheme) for scheme in ("http", "https")] == [301, 200]
        assert any("make_user NAME --role administrator" in line for line in lines)
        assert not any("Password" in line or "Importing" in line for line in lines)
        connection = psycopg2.connect(own_server)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM accounts_user), (SELECT count(*) FROM provision_school)"
            )
            assert cursor.fetchone() == (0, 0)
            cursor.execute("SELECT count(*) > 0 FROM benchmarking_publishedvalue")
            assert cursor.fetchone() == (True,), "published figures are nobody's records"
        connection.close()
    finally:
        stop(process, signal.SIGTERM)


# Every way it can fail is one sentence


def test_a_port_in_use_is_one_sentence_before_anything_is_made(tmp_path: Path, program: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        sentence = one_sentence(manage(copy_program(tmp_path / "program"), "run", PORT=str(port)))

    assert sentence.startswith(f"Port {port} is in use")
    assert not (tmp_path / "program" / "var" / "postgres").exists()


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1"])
def test_a_port_that_is_none_is_one_sentence(program: Path, port: str) -> None:
    assert one_sentence(manage(program, "run", PORT=port)) == "PORT must be a number from 1 to 65535."


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://sen:hunter2@localhost/sen", "DATABASE_URL must name a PostgreSQL server"),
        ("postgres://sen:hunter2@localhost:x/sen", "DATABASE_URL cannot be read"),
        ("postgres://sen:hunter2@127.0.0.1:1/sen", "nothing answers at that address"),
        ("postgres://sen:hunter2@%2Fnowhere/sen", "nothing answers at that address"),
        ("postgres://sen:hunter2@127.0.0.1:1/sen?no_such_option=1", "cannot be used"),
    ],
)
def test_a_broken_database_url_is_one_sentence_without_the_password(
    program: Path, port: int, url: str, reason: str
) -> None:
    outcome = manage(program, "run", PORT=str(port), DATABASE_URL=url, SECRET_KEY=SECRET_KEY)

    assert reason in one_sentence(outcome)
    assert "hunter2" not in outcome.stdout + outcome.stderr


def test_a_database_that_does_not_exist_is_one_sentence_for_every_command(
    program: Path, own_server: str
) -> None:
    missing = own_server.replace("/own_", "/missing_")

    outcome = manage(program, "migrate", DATABASE_URL=missing, SECRET_KEY=SECRET_KEY)

    assert "does not exist" in one_sentence(outcome)


def test_a_server_of_ones_own_without_a_secret_key_is_one_sentence(
    program: Path, port: int, own_server: str
) -> None:
    outcome = manage(program, "run", PORT=str(port), DATABASE_URL=own_server)

    assert one_sentence(outcome).startswith("SECRET_KEY must be set")
