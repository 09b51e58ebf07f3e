"""The log on the console, without anything personal: neither values of records nor addresses that hold keys."""

import logging
import traceback
from types import TracebackType
from typing import Any


class ImpersonalFormatter(logging.Formatter):
    """Logs where something went wrong, not with which values.

    The text of a database error quotes the row it refused, and a page's address may hold a child's key. So a
    traceback ends with the name of its exception alone, and a page is named by its route.
    """

    def format(self, record: logging.LogRecord) -> str:
        # A copy, without the traceback that another formatter may have left in the record.
        impersonal = logging.makeLogRecord(record.__dict__ | {"exc_text": None})
        if isinstance(record.args, tuple):
            match = getattr(getattr(record, "request", None), "resolver_match", None)
            route = f"/{match.route}" if match else "(an address)"
            impersonal.args = tuple(route if _is_address(part) else part for part in record.args)
        return super().format(impersonal)

    def formatMessage(self, record: logging.LogRecord) -> str:
        """One line, whatever a request holds: nobody writes a second one into the log."""
        return "".join(sign if sign.isprintable() else "?" for sign in super().formatMessage(record))

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        kind, _, trace = ei
        if kind is None:
            return ""
        return "".join(traceback.format_tb(trace)) + f"{kind.__module__}.{kind.__qualname__}"


def _is_address(part: Any) -> bool:
    return isinstance(part, str) and part.startswith("/")
