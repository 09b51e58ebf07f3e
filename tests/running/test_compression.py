"""What is compressed and for whom, and that nothing secret is: docs/adr/0015-compression.md."""

import gzip
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import Client, RequestFactory

from sen_dashboard.accounts.roles import Role
from sen_dashboard.wsgi import by_headers_alone
from tests.factories import make_plan, make_user

pytestmark = pytest.mark.django_db

ASKED = {"Accept-Encoding": "gzip, deflate, br, zstd", "Sec-Fetch-Site": "same-origin"}
PAGES = ("/", "/kpis/need_mix/", "/kpis/need_mix.json", "/search/?q=ash", "/accessibility/", "/nothing")
FILE_NAME = 8
"""The flag in the fourth byte of gzip's head that says: a name follows. Django writes its padding as one."""


def without_token(page: bytes) -> bytes:
    """A page but for the token of its form, which is masked anew each time."""
    token = b'name="csrfmiddlewaretoken" value="'
    before, _, after = page.partition(token)
    return before + after.partition(b'"')[2] if after else before


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_compressed_and_says_the_same(signed_in: Client, address: str) -> None:
    plain, compressed = signed_in.get(address), signed_in.get(address, headers=ASKED)
    assert not plain.has_header("Content-Encoding")
    assert compressed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in compressed["Vary"]
    assert without_token(gzip.decompress(compressed.content)) == without_token(plain.content)
    assert len(compressed.content) < len(plain.content)
    for response in (plain, compressed):
        assert int(response["Content-Length"]) == len(response.content)


@pytest.mark.parametrize("begun", ["cross-site", "same-site", "", None])
def test_what_another_site_asks_for_is_not_compressed(signed_in: Client, begun: str | None) -> None:
    """Its page could choose a word that ours repeats, and learn from the size what else ours says."""
    asked = {name: value for name, value in (ASKED | {"Sec-Fetch-Site": begun}).items() if value is not None}
    for address in PAGES:
        assert not signed_in.get(address, headers=asked).has_header("Content-Encoding"), address


def test_what_the_person_types_or_keeps_as_a_bookmark_is_compressed(signed_in: Client) -> None:
    response = signed_in.get("/", headers=ASKED | {"Sec-Fetch-Site": "none"})
    assert response["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("accepted", ["", "identity", "br"])
def test_who_cannot_read_it_gets_it_plain(signed_in: Client, accepted: str) -> None:
    response = signed_in.get("/", headers=ASKED | {"Accept-Encoding": accepted})
    assert not response.has_header("Content-Encoding")
    assert "Accept-Encoding" in response["Vary"]


def test_the_same_page_is_of_another_length_each_time(signed_in: Client) -> None:
    answers = [signed_in.get("/accessibility/", headers=ASKED).content for _ in range(30)]
    assert all(answer[3] & FILE_NAME for answer in answers)
    assert len({answer[10:].index(b"\0") for answer in answers}) > 10


def test_a_one_time_password_is_not_compressed(client: Client) -> None:
    client.force_login(make_user(Role.ADMINISTRATOR))
    typed = {"username": "new.person", "first_name": "New", "last_name": "Person", "roles": ["Officer"]}
    response = client.post("/people/add/", typed, headers=ASKED)
    assert b'id="one-time-password"' in response.content
    assert not response.has_header("Content-Encoding")


def test_a_form_that_repeats_what_was_typed_is_not_compressed(client: Client) -> None:
    client.force_login(make_user(Role.MANAGER))
    typed = {"title": "What somebody else chose", "day_0": "never"}
    response = client.post("/events/add/", typed, headers=ASKED)
    assert b"What somebody else chose" in response.content
    assert b"csrfmiddlewaretoken" in response.content
    assert not response.has_header("Content-Encoding")


@pytest.mark.parametrize(
    ("address", "start"),
    [
        ("/kpis/need_mix.csv", b"\xef\xbb\xbfneed"),
        ("/kpis/ehcp_share/records/plans.csv", b"\xef\xbb\xbfplan,child"),
        ("/kpis/ehcp_share/records/plans.xlsx", b"PK"),
    ],
)
def test_files_are_sent_as_they_are(signed_in: Client, address: str, start: bytes) -> None:
    make_plan()
    response = signed_in.get(address, headers=ASKED)
    sent = b"".join(response)
    response.close()
    assert sent.startswith(start)
    assert not response.has_header("Content-Encoding")


@pytest.mark.parametrize("headers", [{}, ASKED])
def test_head_has_the_headers_and_no_body(headers: dict[str, str]) -> None:
    answered: dict[str, str] = {}

    def start(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        answered.update(headers, status=status)

    environ = RequestFactory(headers=headers).head("/accessibility/").environ
    body = by_headers_alone(get_wsgi_application())(environ, start)
    assert answered["status"] == "200 OK"
    assert int(answered["Content-Length"]) > 500
    assert b"".join(body) == b""


def test_head_lets_go_of_what_was_to_be_sent() -> None:
    closed = []

    class Body:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"a"])

        def close(self) -> None:
            closed.append(True)

    assert list(by_headers_alone(lambda environ, start: Body())({"REQUEST_METHOD": "GET"}, print)) == [b"a"]
    assert list(by_headers_alone(lambda environ, start: Body())({"REQUEST_METHOD": "HEAD"}, print)) == []
    assert closed == [True]
