"""The report of a ledger import: what it did, or would do if it only checked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from placements.finance.ledger.suppliers import Supplier
from sen_dashboard.core import formats
from sen_dashboard.importing.problems import ImportReport, visible

NAMED = 10
"""How many unmatched suppliers are named, largest totals first."""


@dataclass(frozen=True)
class ReadFile:
    """The number of a file's rows, and how many of them the mapping keeps."""

    name: str
    rows: int
    kept: int


@dataclass(frozen=True)
class Unmatched:
    """A supplier that is not matched with a school: its postings, and their total in £."""

    supplier: Supplier
    postings: int
    total: Decimal

    def with_more(self, other: "Unmatched") -> "Unmatched":
        """The same supplier, with the postings under another of its names added."""
        return replace(self, postings=self.postings + other.postings, total=self.total + other.total)

    def __str__(self) -> str:
        return self.supplier.name or self.supplier.supplier_id or "(nobody named)"


def by_supplier(rows: Iterable[Unmatched]) -> tuple[Unmatched, ...]:
    """Each supplier once, under the first of its names, largest totals first."""
    found: dict[str, Unmatched] = {}
    for row in rows:
        key = row.supplier.key
        found[key] = found[key].with_more(row) if key in found else row
    return tuple(sorted(found.values(), key=lambda one: (-abs(one.total), one.supplier)))


@dataclass(frozen=True)
class Late:
    """Postings of a closed month that are posted to an open one, and their total in £."""

    month: date
    posted_to: date
    postings: int
    total: Decimal


@dataclass(frozen=True)
class Repeated:
    """Postings that repeat another's supplier, amount and date: how many after the first of each, and their total."""

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
        """A line for each file and one for all, then lines about removed, late, unmatched and repeated postings."""
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
