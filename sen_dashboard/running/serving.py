"""Serving the pages: the port, the static files, the web server, and how it is stopped."""

import hashlib
import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from waitress import create_server, wasyncore

from sen_dashboard.store.embedded import SetUpError

HOST = "127.0.0.1"
THREADS = 4
WAITING_CONNECTIONS = 128
LONGEST_HEADER = 16 * 1024  # bytes; an address holds the scope, and pages repeat it in their links
LONGEST_BODY = 64 * 1024 * 1024
"""Bytes of a form: the largest carries the exports of a finance system, which are kept in a file as they arrive."""
LOOK_UP_SECONDS = 0.25


def listen(port: int) -> socket.socket:
    """Take the port, before anything slow is done. Raises SetUpError when it is not available."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(
        socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
    )  # so that closing sockets of the last run do not count
    try:
        listener.bind((HOST, port))
        listener.listen(WAITING_CONNECTIONS)
    except PermissionError:
        listener.close()
        raise SetUpError(f"This account cannot use port {port}: choose another with PORT=.") from None
    except OSError:
        listener.close()
        raise SetUpError(
            f"Port {port} is in use: stop the other program, or choose another port with PORT=."
        ) from None
    return listener


def collect_static() -> None:
    """Gather, hash and compress the static files, unless that has been done for these very files."""
    root = Path(settings.STATIC_ROOT)
    record = root / ".collected"
    fingerprint = _static_fingerprint()
    if record.exists() and record.read_text(encoding="utf-8") == fingerprint:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    record.write_text(fingerprint, encoding="utf-8")


class StopRequest:
    """A request to stop, by Ctrl-C or SIGTERM: noted in `made`, and at first also raised as KeyboardInterrupt.

    The interruption can strike anywhere. In a finaliser Python drops it, with a traceback that helps nobody; inside a
    lock's bookkeeping it comes out as another exception. So only the long steps before serving may be cut short, and
    everything after them looks at `made`.
    """

    def __init__(self) -> None:
        self.made = False
        self._cuts_short = True

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._receive)
        sys.unraisablehook = _all_but_interruptions

    def only_remember(self) -> None:
        """From now on interrupt nothing: neither a request under way nor the closing of the store."""
        self._cuts_short = False

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self.made = True
        if self._cuts_short:
            raise KeyboardInterrupt


def forget_interruption() -> None:
    """Let the program end with its own exit status after an interruption that was handled.

    CPython (seen in 3.11) records an interruption that cuts short a string under `exec`, as dataclasses run at import,
    and exits by the signal after all, even if it was caught (`unhandled_keyboard_interrupt` in Python/pythonrun.c). It
    clears the record when it runs the next string. A test in `tests/running/test_run.py` shows both.
    """
    exec("")


def _all_but_interruptions(dropped: "sys.UnraisableHookArgs") -> None:
    if not issubclass(dropped.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(dropped)


def serve(listener: socket.socket, stop: StopRequest) -> None:
    """Answer requests until asked to stop; those under way get a few seconds to finish."""
    # Behind TLS the proxy on this machine says whether the visitor came by HTTPS, and from where; waitress ignores
    # such headers from anybody else.
    behind_proxy = (
        {"trusted_proxy": HOST, "trusted_proxy_headers": {"x-forwarded-proto", "x-forwarded-for"}}
        if settings.HTTPS
        else {}
    )
    channels: dict[int, Any] = {}
    from sen_dashboard.wsgi import application  # loads the whole program: not before we have the port

    server = create_server(
        application,
        map=channels,
        sockets=[listener],
        threads=THREADS,
        ident=None,
        max_request_header_size=LONGEST_HEADER,
        max_request_body_size=LONGEST_BODY,
        **behind_proxy,
    )
    try:
        while not stop.made:
            wasyncore.loop(timeout=LOOK_UP_SECONDS, use_poll=True, map=channels, count=1)
    finally:
        server.task_dispatcher.shutdown()
        server.close()
        wasyncore.close_all(channels, ignore_all=True)  # connections that browsers keep open


def _static_fingerprint() -> str:
    found = hashlib.sha256(repr(settings.STORAGES).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            found.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return found.hexdigest()
