"""Fields for words refuse pieces of web pages, and nothing that people write."""

import pytest
from django.core.exceptions import ValidationError

from sen_dashboard.core.plain_words import plain_words

FINE = (
    "attendance < 50%",
    "a<b",
    "5 <6> 7",
    "x <- y",
    "Zoë’s £36,000 & more",
    "two\nlines",
    "two\r\nlines\t.",
    "<3",
    "a < b > c",
)
REFUSED = (
    "<b>",
    "</p>",
    "<!DOCTYPE html>",
    "<?php ?>",
    "<SCRIPT src=x>",
    "<img\nsrc=x>",
    "\x00",
    "\x1b[1m",
    "a\rb",
    "\x7f",
)


@pytest.mark.parametrize("words", FINE)
def test_words_are_fine(words: str) -> None:
    plain_words(words)


@pytest.mark.parametrize("words", REFUSED)
def test_code_and_what_cannot_be_seen_is_refused(words: str) -> None:
    with pytest.raises(ValidationError, match="Use plain words"):
        plain_words(words)
