"""The log names neither children nor amounts, whatever fails."""

import logging
from types import SimpleNamespace

from django.db import IntegrityError

from sen_dashboard.running.logs import ImpersonalFormatter

SECRET = "K-4711"


def logged(message: str, *args: object, **extra: object) -> str:
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, message, args, None)
    for name, value in extra.items():
        setattr(record, name, value)
    return ImpersonalFormatter().format(record)


def test_a_traceback_shows_where_but_not_the_refused_row() -> None:
    try:
        raise IntegrityError(f"duplicate key DETAIL: Key (child_id)=({SECRET}) already exists.")
    except IntegrityError as problem:
        text = logged("saving failed", exc_info=(type(problem), problem, problem.__traceback__))

    assert SECRET not in text
    assert "test_a_traceback_shows_where" in text
    assert text.endswith("IntegrityError")


def test_a_page_is_named_by_its_route() -> None:
    request = SimpleNamespace(resolver_match=SimpleNamespace(route="children/<key>/"))

    text = logged("%s: %s", "Internal Server Error", f"/children/{SECRET}/", request=request)

    assert text == "Internal Server Error: /children/<key>/"


def test_an_address_that_is_no_page_is_not_repeated() -> None:
    text = logged("%s: %s", "Not Found", f"/children/{SECRET}", request=SimpleNamespace(resolver_match=None))

    assert text == "Not Found: (an address)"


def test_an_address_within_a_text_is_not_repeated() -> None:
    """As Django writes of a form that another site sends, and exceptions of what they refuse."""
    refusal = f"Referer checking failed - https://sen.example/children/{SECRET}/ does not match any trusted origins."

    text = logged("Forbidden (%s): %s", refusal, "/sign-in/", request=SimpleNamespace(path="/sign-in/"))
    assert SECRET not in text
    assert "Referer checking failed" in text
    assert SECRET not in logged(refusal)
