"""Matching suppliers with schools by hand: remembered for later imports, and applied to existing postings."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum

from placements.finance.ledger.suppliers import Supplier, folded
from placements.models import LedgerPosting, SupplierMatch
from provision.models import School
from sen_dashboard.accounts.models import User
from sen_dashboard.importing.alone import between_imports


def said() -> QuerySet[SupplierMatch, SupplierMatch]:
    """What people said of suppliers, each with ``posting``, the key of one of the supplier's postings if it has any."""
    of_it = Q(supplier_id=OuterRef("supplier")) | Q(supplier_id="", supplier=OuterRef("name"))
    postings = LedgerPosting.objects.from_suppliers().filter(of_it, source=OuterRef("source"))
    return SupplierMatch.objects.select_related("school", "matched_by").annotate(
        posting=Subquery(postings.order_by("pk").values("pk")[:1])
    )


@dataclass(frozen=True)
class UnmatchedSupplier:
    """A supplier of a source whose school is not known: its postings, their total in £, and the first and last month.

    ``posting`` is the key of one of them, by which addresses identify the supplier.
    """

    posting: int
    source: str
    supplier: Supplier
    postings: int
    total: Decimal
    first: date
    last: date

    @property
    def name(self) -> str:
        """The supplier's name, or its id if the finance system gives no name."""
        return self.supplier.name or self.supplier.supplier_id


def unmatched() -> list[UnmatchedSupplier]:
    """The suppliers whose school is not known, largest totals first. One statement."""
    rows = (
        LedgerPosting.objects.from_suppliers()
        .filter(school=None)
        .values_list("source", "supplier_id", "supplier")
        .annotate(
            posting=Min("pk"), number=Count("pk"), total=Sum("amount"), first=Min("month"), last=Max("month")
        )
        .order_by("-number", "posting")
    )
    found: dict[tuple[str, str], UnmatchedSupplier] = {}
    for source, supplier_id, name, posting, *rest in rows:
        one = UnmatchedSupplier(posting, source, Supplier(supplier_id, name), *rest)
        key = (source, one.supplier.key)
        found[key] = _together(found[key], one) if key in found else one
    return sorted(found.values(), key=lambda one: (-abs(one.total), one.posting))


def _together(one: UnmatchedSupplier, other: UnmatchedSupplier) -> UnmatchedSupplier:
    """The same supplier under two names, shown under the first."""
    return UnmatchedSupplier(
        min(one.posting, other.posting),
        one.source,
        one.supplier,
        one.postings + other.postings,
        one.total + other.total,
        min(one.first, other.first),
        max(one.last, other.last),
    )


def postings_of(source: str, supplier: Supplier) -> QuerySet[LedgerPosting, LedgerPosting]:
    """All postings of the supplier; if it has an id, under any name."""
    postings = LedgerPosting.objects.filter(source=source, supplier_id=supplier.supplier_id)
    if supplier.supplier_id:
        return postings
    names = postings.values_list("supplier", flat=True).distinct()
    same = [name for name in names if folded(name) == folded(supplier.name)]
    return postings.filter(supplier__in=same)


@transaction.atomic
def match(*, by: User, source: str, supplier: Supplier, school: School, at: datetime) -> int:
    """Remember that the supplier is the school, and set that school on its postings, in closed months too.

    What was posted stays as it was. Returns how many postings are of it. Raises ValidationError while an import runs,
    which has found the schools of its suppliers already.
    """
    between_imports()
    kept = SupplierMatch.objects.filter(source=source, supplier=supplier.key).first()
    kept = kept or SupplierMatch(source=source, supplier=supplier.key)
    kept.name, kept.school, kept.matched_by, kept.matched_at = supplier.name, school, by, at
    kept.full_clean()
    kept.save()
    return postings_of(source, supplier).update(school=school)
