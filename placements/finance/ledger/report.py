"""What an import of the ledger says to a person at its end, or would do when it only checked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from placements.finance.ledger.suppliers import Supplier
from sen_dashboard.core import formats
from sen_dashboard.importing.problems import ImportReport, visible

NAMED = 10
"""Unmatched suppliers that are named, those with the largest sums."""


@dataclass(frozen=True)
class ReadFile:
    """How many rows a file has, and how many of them the mapping keeps."""

    name: str
    rows: int
    kept: int


@dataclass(frozen=True)
class Unmatched:
    """A supplier that is not known to be a school: its postings, and their sum in £."""

    supplier: Supplier
    postings: int
    total: Decimal

    def with_more(self, other: "Unmatched") -> "Unmatched":
        """The same supplier with what is posted under another of its names."""
        return replace(self, postings=self.postings + other.postings, total=self.total + other.total)

    def __str__(self) -> str:
        return self.supplier.name or self.supplier.supplier_id or "(nobody named)"


def by_supplier(rows: Iterable[Unmatched]) -> tuple[Unmatched, ...]:
    """Each supplier once, under the first of its names, the largest sums first."""
    found: dict[str, Unmatched] = {}
    for row in rows:
        key = row.supplier.key
        found[key] = found[key].with_more(row) if key in found else row
    return tuple(sorted(found.values(), key=lambda one: (-abs(one.total), one.supplier)))


@dataclass(frozen=True)
class Late:
    """Postings of a closed month that are posted to an open one, and their sum in £."""

    month: date
    posted_to: date
    postings: int
    total: Decimal


@dataclass(frozen=True)
class Repeated:
    """Postings with the supplier, amount and date of another: how many beside the first of each, and their sum."""

    postings: int
    total: Decimal


@dataclass(frozen=True, kw_only=True)
class LedgerReport(ImportReport):
    """What an import of the ledger did, or would do. ``total`` is the sum of all postings read, in £."""

    read: tuple[ReadFile, ...]
    total: Decimal
    late: tuple[Late, ...]
    unmatched: tuple[Unmatched, ...]
    repeated: Repeated

    def lines(self) -> list[str]:
        """A line per file and one of all, then what is removed, late, unmatched and perhaps paid twice."""
        posted = "posted" if self.loaded else "to be posted"
        lines = [f"{file.name}: {file.rows:,} rows, {file.kept:,} kept" for file in self.read]
        lines += [f"Sum of what was kept: {formats.pounds_exact(self.total)}", *super().lines()]
        lines += [
            f"{formats.month_in_words(late.month)} is closed: {formats.plural(late.postings, 'posting', 'postings')}"
            f" {posted} to {formats.month_in_words(late.posted_to)}, {formats.pounds_exact(late.total)}"
            for late in self.late
        ]
        if self.repeated.postings:
            number = formats.plural(self.repeated.postings, "posting has", "postings have")
            lines.append(
                f"{number} the supplier, amount and date of another, perhaps paid twice:"
                f" {formats.pounds_exact(self.repeated.total)}"
            )
        return [*lines, *self._unmatched_lines()]

    def _unmatched_lines(self) -> list[str]:
        if not self.unmatched:
            return []
        postings = formats.plural(sum(one.postings for one in self.unmatched), "posting", "postings")
        suppliers = formats.plural(len(self.unmatched), "supplier", "suppliers")
        total = formats.pounds_exact(sum((one.total for one in self.unmatched), Decimal(0)))
        lines = [f"{suppliers} not matched with a school: {postings}, {total}"]
        lines += [
            f"  {visible(str(one))}: {formats.plural(one.postings, 'posting', 'postings')},"
            f" {formats.pounds_exact(one.total)}"
            for one in self.unmatched[:NAMED]
        ]
        if len(self.unmatched) > NAMED:
            lines.append(f"  … and {len(self.unmatched) - NAMED:,} more")
        return lines
