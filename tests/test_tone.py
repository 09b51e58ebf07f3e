"""The words of the program: a declined request is never called a saving, and a page reads as an officer would say it.

In no text of the program and in no document; tests/test_site_map.py asks it of every page.
"""

import ast
import re
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings

SAVING = re.compile(
    r"\bsavings\b"
    r"|\b(?:an?|the|this|that|its|as|in|no|any|annual|cost|net|total|estimated|potential|possible) saving\b"
    r"|\bsav(?:e|es|ed|ing) (?:money|£|costs?|the council|(?:the|our|its) budget)"
    r"|\bmoney (?:was |is |were )?saved\b|£[\d,.]+(?: ?[km])?(?: a year)? (?:was |is |were )?saved\b"
    r"|\bcosts? (?:was |is |were )?(?:avoided|avoidance|prevented)\b|\bavoid(?:ed|ing|s)? (?:the |a )?(?:costs?|spend)"
    r"|\bspend(?:ing)? (?:was |is |were )?avoided\b",
    re.IGNORECASE,
)
"""Money that was not spent, spoken of as won. To save a form, and "without saving", are something else."""

RULE = "never a saving"
"""What the documents say themselves."""

TEXTS = ("*.py", "*.html", "*.js", "*.md")

INSTEAD = {
    r"\bas dear as\b|\bdearer\b|\bdearest\b": "lower than, higher cost, highest cost",
    r"\bcounts whole\b": "spent to the end of the month",
    r"\bfloor (?:standard )?(?:not )?met\b": "within limit, target missed",
    r"\bfor want of\b": "because there is no",
    r"\bmeanwhile\b": "since, in the meantime",
    r"\bany more\b": "no longer",
    r"\bwhoever\b": "the person who, everyone who",
    r"\bsomebody\b": "someone",
    r"\bst(?:and|ands|anding|ood) aside\b": "has a conflict of interest",
    r"\bthr(?:ow|own|ew) (?:it |a draft )?away\b": "delete",
    r"\bt(?:ake|aken|akes) (?:it |a case |the \w+ )?back\b": "cancel, withdraw",
    r"\bput(?:s|ting)? (?:it |them |the rows )?right\b": "correct",
    r"\bgive (?:\w+ )?(?:out|away)\b": "release, reveal",
    r"\b(?:a|by|no|this) mail\b": "email",
    r"\bpresent password\b": "current password",
    r"\btogether,": "total",
    r"\bnone stands\b|\bno decision stands\b": "no decision yet",
    r"\bit runs on\b": "no end date",
    r"\bwhat people wrote\b": "managers’ comments",
    r"\bcome with publishing\b": "available once published",
    r"\bthis one is to come\b": "this one is in the future",
    r"\bnot available of not available\b": "nothing, where neither is known",
}
"""What a British officer would not say, and the words to use instead."""


def called_savings(text: str) -> list[str]:
    """The words of a text that call something a saving."""
    return SAVING.findall(" ".join(unescape(text).replace(RULE, "").split()))


@pytest.mark.parametrize(
    "sentence",
    [
        "Declining 12 requests was a saving of £400,000 a year.",
        "Savings from declined requests",
        "The panel saved\n  money by refusing three places.",
        "Declined: £36,000 a year saved.",
        "Costs avoided: £1.2m",
        "cost avoidance",
        "Avoided costs of declined requests",
        "The panel&nbsp;saved the council £36,000.".replace("&nbsp;", " "),
    ],
)
def test_a_planted_sentence_is_found(sentence: str) -> None:
    assert called_savings(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Save the request",
        "Alt+N goes to the next case without saving.",
        "Saving them one by one takes long.",
        "Saved: case K1, declined, £36,000.",
        "A request declined by a panel is never a saving.",
    ],
)
def test_saving_a_form_is_something_else(sentence: str) -> None:
    assert not called_savings(sentence)


def test_no_text_of_the_program_calls_a_decline_a_saving() -> None:
    """Sentences that no page of the site map shows: refusals, messages, templates' other branches, and documents."""
    root = Path(settings.BASE_DIR)
    folders = ("sen_dashboard", "provision", "placements", "panel", "templates", "static", "docs")
    paths = [
        root / "README.md",
        *(path for name in folders for glob in TEXTS for path in (root / name).rglob(glob)),
    ]
    assert len(paths) > 300
    found = {path: called_savings(said(path)) for path in paths if "vendor" not in path.parts}
    assert {path: words for path, words in found.items() if words} == {}


def said(path: Path) -> str:
    """What a file says: of a program all its strings, joined as Python joins them, with the comments left out."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return text
    strings = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
    return " | ".join(string for string in strings if isinstance(string, str))


def odd_words(text: str) -> dict[str, str]:
    """The words of a text that read as translated, each with what to say instead."""
    plain = " ".join(unescape(text).split())
    return {
        match.group(): instead
        for pattern, instead in INSTEAD.items()
        for match in re.finditer(pattern, plain, re.IGNORECASE)
    }


def shown(path: Path) -> str:
    """What a file may show: of a program its strings but for docstrings, of a template its text without comments."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        return re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}|{{.*?}}|{%.*?%}", "", text, flags=re.DOTALL)
    tree = ast.parse(text)
    documentation = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    strings = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
    ]
    return " | ".join(strings)


def test_odd_words_are_found_and_their_kin_are_not() -> None:
    assert odd_words("Left out for want\n  of a cost line") == {"for want of": "because there is no"}
    assert not odd_words("Back to the months. Put it on an agenda. The right place, given by email.")


def test_what_the_program_shows_reads_as_an_officer_would_say_it() -> None:
    """Sentences in every branch: refusals, messages and computed answers as well, which no page shows just now."""
    root = Path(settings.BASE_DIR)
    folders = ("sen_dashboard", "provision", "placements", "panel", "templates")
    paths = [
        path
        for name in folders
        for glob in ("*.py", "*.html")
        for path in (root / name).rglob(glob)
        if "migrations" not in path.parts
    ]
    assert len(paths) > 300
    found = {str(path.relative_to(root)): odd_words(shown(path)) for path in paths}
    assert {path: words for path, words in found.items() if words} == {}
