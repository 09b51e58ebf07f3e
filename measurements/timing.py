"""Timing a piece of work."""

import statistics
import time
from collections.abc import Callable
from typing import Any

REPEATS = 5


def timed(work: Callable[[], Any]) -> float:
    """The seconds that one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median_ms(work: Callable[[], Any]) -> float:
    """The median in milliseconds of several calls, after one as a warm-up."""
    work()
    return 1000 * statistics.median(timed(work) for _ in range(REPEATS))
