"""What a page says of a record: details in words, links that keep the day, and how much later is left out."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from sen_dashboard.core import formats

NOT_RECORDED = "not recorded"


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
