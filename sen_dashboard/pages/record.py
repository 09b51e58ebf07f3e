"""What the pages of records share: details in words, links that keep the day, and the page of a wrong day.

A record's page shows it as at a day. What begins after that day is left out, and a sentence says how much that is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.urls import reverse

from sen_dashboard.as_at import AsAt
from sen_dashboard.core import formats
from sen_dashboard.core.scope import Scope
from sen_dashboard.pages import scope as scope_form

NOT_RECORDED = "not recorded"


class RecordPage(Protocol):
    """A module of this folder that shows one kind of record."""

    def heading(self, record: Any, /) -> str:
        """What the page is called."""

    def answered(
        self, record: Any, scope: Scope, typed: Mapping[str, str], default: AsAt, /
    ) -> dict[str, Any]:
        """The page with what is known on the day."""


@dataclass(frozen=True)
class Link:
    """A name, and the address that it leads to."""

    text: str
    address: str


@dataclass(frozen=True)
class Detail:
    """Something said of a record: what it is, the words, and the page of the record that these name, if any."""

    label: str
    text: str
    address: str = ""


def detail(label: str, text: str, address: str = "") -> Detail:
    """A detail that may be missing from the record."""
    return Detail(label, text or NOT_RECORDED, address if text else "")


def address_of(page: str, key: str, scope_query: str) -> str:
    """The address of a record's page, which keeps the scope."""
    return reverse(page, args=[key]) + scope_query


def left_out(number: int, one: str, many: str, day: date) -> str:
    """The sentence on what comes after the day: "3 entries after 31 March 2019 are left out."; empty for none."""
    if not number:
        return ""
    return f"{formats.plural(number, one, many)} after {formats.day(day)} {'is' if number == 1 else 'are'} left out."


def refused(
    heading: str, typed: Mapping[str, str], default: AsAt, errors: Mapping[str, str]
) -> dict[str, Any]:
    """The page for an as-at day that is none: what is wrong, what was typed, and nothing of the record."""
    return {"heading": heading, **scope_form.refused((), typed, default, errors)}
