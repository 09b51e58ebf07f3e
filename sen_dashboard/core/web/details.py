"""Details of a record on a page, links that keep the day, and how many later entries are left out."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from sen_dashboard.core import formats

NOT_RECORDED = "not recorded"


@dataclass(frozen=True)
class Link:
    """A name, and the address it leads to."""

    text: str
    address: str


@dataclass(frozen=True)
class Detail:
    """A detail of a record: its label, the words, and the address of the record that they name, if any."""

    label: str
    text: str
    address: str = ""


def detail(label: str, text: str, address: str = "") -> Detail:
    """Return a detail that the record may not have."""
    return Detail(label, text or NOT_RECORDED, address if text else "")


def address_of(page: str, key: str, scope_query: str) -> str:
    """Return the address of a record's page, with the scope."""
    return reverse(page, args=[key]) + scope_query


def left_out(number: int, one: str, many: str, day: date) -> str:
    """Return a sentence on later entries, "3 entries after 31 March 2019 are left out."; empty if there are none."""
    if not number:
        return ""
    return f"{formats.plural(number, one, many)} after {formats.day(day)} {'is' if number == 1 else 'are'} left out."
