"""The characters that people may type in words."""

import re

from django.core.exceptions import ValidationError

_TAG = re.compile(r"<[/!?]?[a-z][^<>]*>", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def plain_words(words: str) -> None:
    """Refuse markup of a web page and invisible characters; "attendance < 50%" is fine.

    Pages escape everything they show. This is for files and programs that may not. Raises ValidationError.
    """
    if _TAG.search(words):
        raise ValidationError('Use plain words: what follows "<" looks like web page code.')
    if _CONTROL.search(words.replace("\r\n", "\n")):
        raise ValidationError("Use plain words: there is an invisible character.")
