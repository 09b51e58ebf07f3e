"""How the columns of a finance system's export are read: the mapping of `import_ledger`, a JSON file."""

import json
import re
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sen_dashboard.importing.problems import DatasetError, Problem, visible

ROLES = {
    "date": "the date",
    "amount": "the amount",
    "supplier": "the supplier’s name",
    "supplier_id": "the supplier’s id",
    "reference": "the transaction number",
}
"""The contents a column may have for the ledger, as a sentence names them."""
NEEDED = ("date", "amount")
USUAL = {
    "date": ("date", "payment date", "posting date", "date paid", "transaction date", "effective date"),
    "amount": (
        "amount",
        "net amount",
        "amount (£)",
        "total",
        "value",
        "amount gbp net vat",
        "amount excluding vat",
    ),
    "supplier": ("supplier name", "supplier", "beneficiary name", "vendor name", "payee", "creditor name"),
    "supplier_id": ("supplier id", "supplier number", "vendor number", "supplier code", "creditor number"),
    "reference": ("transaction number", "transaction no", "reference", "invoice number", "document number"),
}
"""Usual names of columns, suggested if no mapping is remembered."""
LONGEST_SOURCE, LONGEST_LINE = 40, 20

INVISIBLE = re.compile("[\\s\u200b\ufeff]+")


def same_name(name: str) -> str:
    """A form that is equal for two column names, or two values, that differ only in case or spaces."""
    return INVISIBLE.sub("", name).casefold()


@dataclass(frozen=True)
class Mapping:
    """Which columns of a file hold what, and which of its rows are kept.

    ``columns`` lists for each role the column names that may hold it; the first that a file has is taken. ``rows``
    lists accepted values by column; a row is kept if it has one of them in each. Postings go to ``line``, an S251 code,
    with ``source`` as their source.
    """

    source: str
    line: str
    columns: Dictionary[str, tuple[str, ...]]
    rows: Dictionary[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """All column names that it looks for in a header."""
        return [*(name for names in self.columns.values() for name in names), *self.rows]

    def position(self, role: str, header: Sequence[str]) -> int | None:
        """The position in the header of the role's column: the first of its names that the header has."""
        return _first(self.columns.get(role, ()), header)

    def as_json(self) -> dict[str, Any]:
        """The mapping as in the file of `import_ledger`."""
        return {
            "source": self.source,
            "line": self.line,
            "columns": {role: list(names) for role, names in self.columns.items()},
            "rows": {name: list(values) for name, values in self.rows.items()},
        }


def _first(names: Sequence[str], header: Sequence[str]) -> int | None:
    there = {same_name(name): position for position, name in reversed(list(enumerate(header)))}
    return next((there[same_name(name)] for name in names if same_name(name) in there), None)


def read_mapping(path: Path) -> Mapping:
    """Read the mapping from a JSON file. Raises DatasetError with a sentence that says what is wrong."""
    try:
        given = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise _refusal(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise _refusal(f"{path} is not UTF-8.") from None
    except json.JSONDecodeError as error:
        raise _refusal(f"{path}:{error.lineno}: this is not JSON: {error.msg}.") from None
    except RecursionError:
        raise _refusal(f"{path} is not a mapping.") from None
    try:
        return mapping_from(given)
    except ValueError as error:
        raise _refusal(f"{path}: {error}") from None


def mapping_from(given: Any) -> Mapping:
    """The mapping that the JSON represents. Raises ValueError with a sentence if it is not a mapping."""
    given = _object(given, "The mapping")
    _refuse_others(given, ("source", "line", "columns", "rows"), "The mapping")
    columns = _named_lists(given.get("columns", {}), "“columns”")
    _refuse_others(columns, tuple(ROLES), "“columns”")
    for role in NEEDED:
        if not columns.get(role):
            raise ValueError(f"“columns” names no column for {ROLES[role]}: “{role}” is required.")
    line = _text(given.get("line", ""), "“line”", LONGEST_LINE)
    if not line:
        raise ValueError("“line” is required: the S251 budget line, such as 1.2.3.")
    rows = _named_lists(given.get("rows") or {}, "“rows”")
    for name, values in rows.items():
        if not values:
            raise ValueError(f"“rows” names no value of the column {visible(name)}.")
    return Mapping(_text(given.get("source", ""), "“source”", LONGEST_SOURCE), line, columns, rows)


def _object(given: Any, what: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise ValueError(f"{what} must be an object, in braces.")
    return given


def _refuse_others(given: Dictionary[str, Any], known: tuple[str, ...], what: str) -> None:
    for name in given:
        if name not in known:
            raise ValueError(f"{what} has no “{visible(name)}”, but {', '.join(known)}.")


def _named_lists(given: Any, what: str) -> dict[str, tuple[str, ...]]:
    return {name: _texts(values, f"“{visible(name)}”") for name, values in _object(given, what).items()}


def _texts(given: Any, what: str) -> tuple[str, ...]:
    """A list of texts; a single text, or a number such as a code, counts as a list of one."""
    listed = given if isinstance(given, list) else [given]
    texts = tuple(_text(each, what) for each in listed)
    return tuple(filter(None, texts))


def _text(given: Any, what: str, longest: int = 200) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise ValueError(f"{what} must be text.")
    text = str(given).strip()
    if len(text) > longest or not text.isprintable():
        raise ValueError(f"{what} must be at most {longest} characters on one line.")
    return text


def _refusal(sentence: str) -> DatasetError:
    return DatasetError([Problem(sentence)])
