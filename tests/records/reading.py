"""The contents of a record page, read from its HTML."""

import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def rows(response: Any, table: str) -> list[str]:
    """The rows of the table with that id, without tags."""
    body = response.content.decode().partition(f'id="{table}"')[2].partition("<tbody")[2].partition(">")[2]
    return [without_tags(row) for row in body.partition("</tbody>")[0].split("</tr>")[:-1]]


def without_tags(html: str) -> str:
    """The words of a piece of HTML, with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def statements(client: Client, address: str) -> int:
    """How many SQL statements the page takes."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
