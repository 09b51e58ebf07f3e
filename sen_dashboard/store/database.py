"""The PostgreSQL server that the program uses: the one named by DATABASE_URL, or else the embedded one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
import psycopg2
from django.conf import settings
from django.db import DatabaseError, connection, connections

from sen_dashboard.store.embedded import DATABASE, ROLE, EmbeddedServer, SetUpError

OLDEST_VERSION = 15
CONNECT_SECONDS = 5
KEEP_CONNECTION_SECONDS = 60
EXPECTED_URL = "postgres://USER:PASSWORD@HOST:PORT/NAME, with special characters percent-encoded"

# The driver's messages, and ours. Its own words are not passed on: they can quote parts of a mistyped address.
REASONS = {
    "Connection refused": "nothing answers at that address",
    "No such file or directory": "nothing answers at that address",
    "could not translate host name": "the host name is not known",
    "timeout expired": f"there was no answer within {CONNECT_SECONDS} seconds",
    "authentication failed": "the user or the password was refused",
    "no password supplied": "it asks for a password",
    "does not exist": "the database or the user does not exist",
    "pg_hba.conf": "it does not admit this user from here",
    "SSL": "the encrypted connection could not be made",
}

UNCOMPILED = "-c jit=off"
"""PostgreSQL with LLVM would compile each large query again, which takes far longer than to run it."""


def external_settings(url: str) -> dict[str, Any]:
    """Django's settings for the server that DATABASE_URL names.

    Raises SetUpError, which never repeats the address: it holds a password.
    """
    try:
        parts = urlsplit(url)
        name = unquote(parts.path.removeprefix("/"))
        if parts.scheme not in ("postgres", "postgresql"):
            raise SetUpError(f"DATABASE_URL must name a PostgreSQL server: {EXPECTED_URL}.")
        if (
            not name or "/" in name or "@" in name
        ):  # a password with a bare / or # cuts the address in odd places
            raise SetUpError(f"DATABASE_URL names no database, or is not encoded: expected {EXPECTED_URL}.")
        found: dict[str, Any] = dict(
            dj_database_url.parse(url, conn_max_age=KEEP_CONNECTION_SECONDS, conn_health_checks=True)
        )
    except (ValueError, dj_database_url.ParseError, dj_database_url.UnknownSchemeError):
        raise SetUpError(f"DATABASE_URL cannot be read: expected {EXPECTED_URL}.") from None
    found["OPTIONS"] = {"connect_timeout": CONNECT_SECONDS, "options": UNCOMPILED} | found.get("OPTIONS", {})
    return found


def embedded_settings(server: EmbeddedServer) -> dict[str, Any]:
    """Django's settings for the embedded server, which need not be running yet."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE,
        "USER": ROLE,
        "HOST": str(server.socket),
        "PORT": "5432",
        "CONN_MAX_AGE": KEEP_CONNECTION_SECONDS,
        "CONN_HEALTH_CHECKS": True,
    }


@contextmanager
def open_store() -> Iterator[None]:
    """Run the embedded server while the block runs, or check that the server of DATABASE_URL can be used.

    Raises SetUpError when there is no usable server.
    """
    if not settings.EMBEDDED_STORE:
        check_external_server()
        yield
        return
    server = EmbeddedServer(settings.STORE_DIR)
    try:
        server.start()
        yield
    finally:
        connections.close_all()
        server.stop()


def check_external_server() -> None:
    """Raise SetUpError when the server of DATABASE_URL cannot be reached or is too old."""
    try:
        connection.ensure_connection()
        version = connection.connection.server_version // 10_000
    except (DatabaseError, psycopg2.Error) as problem:
        raise SetUpError(f"The server of DATABASE_URL cannot be used: {_reason(problem)}.") from None
    finally:
        connection.close()
    if version < OLDEST_VERSION:
        raise SetUpError(
            f"The server of DATABASE_URL is PostgreSQL {version}; version {OLDEST_VERSION} or later is needed."
        )


def _reason(problem: Exception) -> str:
    said = str(problem)
    return next((ours for theirs, ours in REASONS.items() if theirs in said), "it refused the connection")
