"""A request that was declined is never called a saving: on no page, in no text of the program and in no document."""

import ast
import re
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from sen_dashboard.accounts.roles import Role
from tests.factories import make_user
from tests.site_map import make_everything, site_map

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


@pytest.mark.django_db
def test_no_page_calls_a_decline_a_saving(client: Client) -> None:
    make_everything()
    client.force_login(make_user(*Role))
    pages = [address for addresses in site_map().values() for address in addresses]
    found = {address: called_savings(client.get(address).content.decode()) for address in pages}
    assert {address: words for address, words in found.items() if words} == {}


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
