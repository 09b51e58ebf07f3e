"""Matching a finance system's suppliers with schools: by a person's choice, by id, or by name."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from placements.models import SupplierMatch
from provision.models import School

COMPANY = frozenset(("ltd", "limited", "plc", "llp", "cic", "co", "company"))
"""The endings of company names."""
SIMILAR = 70
"""How similar a name must be, out of 100, to be suggested."""
OFFERED = 5
LONGEST_KEY = 200
"""Characters of what a person's word is remembered by."""


@dataclass(frozen=True, order=True)
class Supplier:
    """The payee named by a finance system; either part may be empty."""

    supplier_id: str
    name: str

    @property
    def key(self) -> str:
        """What a person's word is remembered by; empty where the system names nobody."""
        return (self.supplier_id or folded(self.name))[:LONGEST_KEY]


def folded(name: str) -> str:
    """What is equal for two names that differ in case, accents, punctuation, an article or the form of a company.

    A name without Latin letters and figures is equal to itself alone.
    """
    plain = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    words = re.sub(r"[^a-z0-9]+", " ", re.sub(r"['’`\u0300-\u036f]", "", plain)).split()
    without = [word for word in words if word != "the"]
    while len(without) > 1 and without[-1] in COMPANY:
        without.pop()
    return " ".join(without or words or name.casefold().split())


class Matching:
    """Finds the schools of one source's suppliers; reads the schools and people's choices once."""

    def __init__(self, source: str) -> None:
        self._said = dict(SupplierMatch.objects.filter(source=source).values_list("supplier", "school_id"))
        self._names: dict[str, str] = dict(School.objects.values_list("school_id", "name"))
        self._by_name: dict[str, list[str]] = {}
        for school_id, name in self._names.items():
            self._by_name.setdefault(folded(name), []).append(school_id)

    def school_of(self, supplier: Supplier) -> str | None:
        """The key of the supplier's school: the one chosen, or with its id, or the only one with its name."""
        if supplier.key in self._said:
            return self._said[supplier.key]
        if supplier.supplier_id in self._names:
            return supplier.supplier_id
        of_name = self._by_name.get(folded(supplier.name), [])
        return of_name[0] if len(of_name) == 1 and supplier.name else None

    def schools_of(self, suppliers: Iterable[Supplier]) -> dict[Supplier, str]:
        """The suppliers whose school is known, each with its key."""
        known = {supplier: self.school_of(supplier) for supplier in suppliers}
        return {supplier: school for supplier, school in known.items() if school is not None}

    def offered(self, supplier: Supplier) -> Sequence[tuple[str, str]]:
        """Schools with similar names as key and name, most similar first, for a person to choose from."""
        similar = process.extract(
            folded(supplier.name),
            list(self._by_name),
            scorer=fuzz.token_set_ratio,
            score_cutoff=SIMILAR,
            limit=OFFERED,
        )
        return [
            (school_id, self._names[school_id]) for name, _, _ in similar for school_id in self._by_name[name]
        ]
