"""The log on the console, without anything personal: neither values of records nor addresses that hold keys."""

import logging
import re
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

AN_ADDRESS = "(an address)"
ADDRESS = re.compile(r"\S*/\S*")
"""Any text that may be an address, as in "Referer checking failed - https://host/children/KEY/ does not match"."""


class ImpersonalFormatter(logging.Formatter):
    """Logs where something went wrong, but not the values involved.

    The text of a database error quotes the row it refused, and a page's address may hold a child's key. So a
    traceback ends with the name of its exception alone, and a page is named by its route.
    """

    def format(self, record: logging.LogRecord) -> str:
        # A copy, without the traceback that another formatter may have left in the record.
        impersonal = logging.makeLogRecord(record.__dict__ | {"exc_text": None})
        request = getattr(record, "request", None)
        if isinstance(record.args, Mapping) and record.args:
            impersonal.args = {name: _impersonal(part, request) for name, part in record.args.items()}
        elif record.args:
            impersonal.args = tuple(_impersonal(part, request) for part in record.args)
        else:  # a message that is already written, such as the text of an exception
            impersonal.msg = _impersonal(record.msg, request)
        return super().format(impersonal)

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Write the record on one line, whatever a request holds, so that nobody can forge a second line in the log."""
        return "".join(sign if sign.isprintable() else "?" for sign in super().formatMessage(record))

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        kind, _, trace = ei
        if kind is None:
            return ""
        return "".join(traceback.format_tb(trace)) + f"{kind.__module__}.{kind.__qualname__}"


def _impersonal(part: Any, request: Any) -> Any:
    """Return a part of a message with the route in place of an address, and other addresses removed from texts."""
    if isinstance(part, int | float):
        return part
    text, match = str(part), getattr(request, "resolver_match", None)
    if text.startswith("/"):
        return f"/{match.route}" if match else AN_ADDRESS
    # A key may hold a space, at which an address within a text would seem to end.
    path = getattr(request, "path", "")
    return ADDRESS.sub(AN_ADDRESS, text.replace(path, "/") if path else text)
