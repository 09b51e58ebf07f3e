"""The program behind its own web server, queried byte by byte, as browsers and proxies see it."""

import io
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser

from django.core.signals import request_finished
from django.db import connection

from sen_dashboard.running.logs import ImpersonalFormatter
from sen_dashboard.running.serving import HOST, StopRequest, listen, serve

PATIENCE = 30
"""Seconds to wait for a response."""


@dataclass(frozen=True)
class Answered:
    """A response: the status, the headers, and the page."""

    status: int
    headers: Message
    page: str


@dataclass(frozen=True)
class Server:
    """A server at a port, and what it wrote to its log."""

    port: int
    written: io.StringIO

    def ask(self, request: bytes) -> Answered:
        """Send a request unchanged, after which the server closes the connection."""
        with socket.create_connection((HOST, self.port), timeout=PATIENCE) as connection:
            connection.sendall(request)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        head, _, page = answer.partition(b"\r\n\r\n")
        status, _, headers = head.partition(b"\r\n")
        return Answered(int(status.split()[1]), BytesParser().parsebytes(headers), page.decode())

    @property
    def log(self) -> str:
        """Everything the server has written to its log."""
        return self.written.getvalue()


@contextmanager
def running() -> Iterator[Server]:
    """Run the server of `manage.py run` in a thread, with the log as the console shows it."""
    import sen_dashboard.wsgi  # noqa: F401 (sets the log up, which would forget our handler)

    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(ImpersonalFormatter("{levelname} {name}: {message}", style="{"))
    logging.getLogger().addHandler(handler)
    request_finished.connect(_leave_the_store)
    stop = StopRequest()
    with listen(0) as listener:
        thread = threading.Thread(target=serve, args=(listener, stop))
        thread.start()
        try:
            yield Server(listener.getsockname()[1], written)
        finally:
            stop.made = True
            thread.join()
            request_finished.disconnect(_leave_the_store)
            logging.getLogger().removeHandler(handler)


def _leave_the_store(**_: object) -> None:
    """Close the connection of one of the server's threads, which would keep the test's store open."""
    connection.close()
