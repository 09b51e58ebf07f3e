"""The worker beside the server: a process of its own, so that writing a report slows no page."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

SECONDS_TO_FINISH = 20
"""How long a job under way may go on when the program stops; then it is broken off, and its page says so."""
SECONDS_TO_BREAK_OFF = 5


@contextmanager
def worker() -> Iterator[None]:
    """Run a worker process while the block runs.

    The worker has its own session, so that Ctrl-C reaches only this program, which then asks the worker to stop. If
    this program is killed, the pipe that is the worker's standard input closes, and the worker stops by itself.
    """
    command = [sys.executable, "manage.py", "worker", "--while-input-is-open", "--verbosity=0"]
    process = subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Ask once, which lets a job end; ask again, which breaks it off; then kill the process."""
    for patience in (SECONDS_TO_FINISH, SECONDS_TO_BREAK_OFF):
        process.terminate()
        try:
            process.wait(patience)
            break
        except subprocess.TimeoutExpired:
            continue
    else:
        process.kill()
        process.wait()
    assert process.stdin is not None
    process.stdin.close()
