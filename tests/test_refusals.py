"""Unreadable requests are refused alike at every address, before sign-in too: one page, all headers, no key logged."""

from urllib.parse import quote

import pytest
from django.urls import reverse

from tests.accounts.test_permissions import PARTS, ROLES
from tests.over_http import Answered, Server, running

pytestmark = pytest.mark.django_db

SECRET = "A SECRET"
"""The key in every address that holds one: with a space, at which an address within a text seems to end."""

HEADERS = {
    "Content-Security-Policy",
    "X-Frame-Options",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
}
TOO_MANY = "&".join(f"a{number}=1" for number in range(1001))
PART = "--x\r\nContent-Disposition: form-data; name=a{}\r\n\r\nb\r\n--x--\r\n"
UNREADABLE = {
    "text/plain; charset=hex": "a",
    "text/plain; charset=utf-7": "a",
    "multipart/form-data; boundary=x; charset=idna": PART.format(""),
    "multipart/form-data; boundary=x; charset*=nonsense''utf-8": PART.format(""),
    "multipart/form-data; boundary*=nonsense''x": PART.format(""),
    "multipart/form-data": PART.format(""),
    "multipart/form-data; boundary=x": PART.format("; filename*=x; filename*1=y"),
    "application/x-www-form-urlencoded": TOO_MANY,
}
"""What may be posted, by its type."""


def addresses() -> list[str]:
    """Every address, with the secret in place of each key that may be a child's or a case's."""
    keys = {"child_id", "placement_id", "case_id", "school_id"}
    parts = {
        name: {part: SECRET if part in keys else value for part, value in PARTS.get(name, {}).items()}
        for name in ROLES
    }
    return [reverse(name, kwargs=given) for name, given in parts.items()]


def asked(method: str, address: str, content_type: str = "text/plain", body: str = "") -> bytes:
    """A request as bytes."""
    head = (
        f"{method} {address} HTTP/1.1",
        "Host: 127.0.0.1",
        "Connection: close",
        f"Cookie: csrftoken={'a' * 32}",
        f"Referer: http://127.0.0.1/children/{quote(SECRET)}/",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join([*head, "", body]).encode()


def is_plain_refusal(answered: Answered) -> bool:
    """Whether it is the page of error 400 with the headers of every page."""
    return (
        answered.status == 400
        and set(answered.headers) >= HEADERS
        and "This address cannot be read" in answered.page
        and "SECRET" not in answered.page
    )


def has_no_key_in_log(server: Server) -> bool:
    return bool(server.log) and "SECRET" not in server.log and "children/A" not in server.log


def test_too_many_parameters_in_an_odd_encoding_are_refused_at_every_address() -> None:
    with running() as server:
        for address in addresses():
            for method in ("GET", "POST"):
                request = asked(method, f"{address}?{TOO_MANY}", "text/plain; charset=hex", "a")
                assert is_plain_refusal(server.ask(request)), address
        assert has_no_key_in_log(server)


@pytest.mark.parametrize("content_type", UNREADABLE)
def test_what_is_posted_and_cannot_be_read_is_refused(content_type: str) -> None:
    with running() as server:
        for name, key in (("sign_in", []), ("child", [SECRET]), ("overview", []), ("events", [])):
            request = asked("POST", reverse(name, args=key), content_type, UNREADABLE[content_type])
            assert is_plain_refusal(server.ask(request)), name
        assert has_no_key_in_log(server)


def test_another_host_is_refused_alike() -> None:
    with running() as server:
        for address in addresses():
            request = asked("GET", address).replace(b"Host: 127.0.0.1", b"Host: elsewhere.example")
            assert is_plain_refusal(server.ask(request)), address
        assert has_no_key_in_log(server)


def test_no_address_with_a_key_reaches_the_log_before_sign_in() -> None:
    """Forms without their token, pages that there are not and methods that are not taken are all logged."""
    with running() as server:
        for address in addresses():
            for request in (
                asked("POST", address),
                asked("PUT", address),
                asked("GET", f"{address}nowhere"),
                asked("GET", f"/nowhere{address}?child={quote(SECRET)}"),
            ):
                assert server.ask(request).status < 500, request
        assert has_no_key_in_log(server)


def test_head_has_no_body_at_any_address() -> None:
    with running() as server:
        for address in addresses():
            answered = server.ask(asked("HEAD", address))
            assert answered.status in (200, 302), address
            assert answered.page == "", address
