"""The lists of the ledger's pages, and their filters."""

from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django_filters import CharFilter, ChoiceFilter, FilterSet

from placements.models import LedgerMapping, LedgerPosting, SupplierMatch
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.web.list_filters import ALL, school_filter
from sen_dashboard.core.web.tables import LINK, KindColumn, ListTable, MomentColumn, NameColumn

Postings = QuerySet[LedgerPosting, LedgerPosting]
SHOW = (
    ("unmatched", "With no school"),
    ("repeated", "With the supplier, amount and date of another"),
    ("late", "Posted late"),
    ("credits", "Credits"),
)


def _sources() -> list[tuple[str, str]]:
    held = (
        LedgerPosting.objects.exclude(source="")
        .order_by("source")
        .values_list("source", flat=True)
        .distinct()
    )
    return [(source, source) for source in held]


def _months() -> list[tuple[str, str]]:
    held = LedgerPosting.objects.order_by("-month").values_list("month", flat=True).distinct()
    return [(f"{month:%Y-%m-%d}", f"{month:%B %Y}") for month in held]


class LedgerFilters(FilterSet):
    month = ChoiceFilter(choices=_months, label="Month", empty_label=ALL)
    source = ChoiceFilter(choices=_sources, label="Source", empty_label=ALL)
    supplier = CharFilter("supplier", "icontains", label="Supplier name has")
    school = school_filter("school__name")
    reference = CharFilter("reference", "icontains", label="Transaction number has")
    show = ChoiceFilter(choices=SHOW, method="those_shown", label="Show", empty_label=ALL)

    def those_shown(self, postings: Any, name: str, value: str) -> Any:
        """The postings of one of the kinds."""
        kinds = {
            "unmatched": lambda: postings.from_suppliers().filter(school=None),
            "repeated": postings.repeated,
            "late": lambda: postings.exclude(own_month=None),
            "credits": lambda: postings.filter(amount__lt=0),
        }
        return kinds[value]()


class LedgerTable(ListTable):
    month = KindColumn(Kind.MONTH)
    posted_on = KindColumn(Kind.DAY, verbose_name="Date", default="")
    own_month = KindColumn(Kind.MONTH, verbose_name="Late from", default="")
    supplier = tables.Column(default="")
    supplier_id = tables.Column(verbose_name="Supplier id", default="")
    school = tables.Column(
        accessor="school__name",
        verbose_name="School",
        linkify=("school", {"school_id": tables.A("school_id")}),
        attrs={"a": LINK},
        default="",
    )
    reference = tables.Column(verbose_name="Transaction", default="")
    source = tables.Column(default="")
    line = tables.Column(verbose_name="Budget line")
    amount = KindColumn(Kind.POUNDS)


class UnmatchedTable(tables.Table):
    """Suppliers not matched with a school; ``may_match`` says whether the reader may match them."""

    supplier = tables.Column(accessor="name")
    supplier_id = tables.Column(accessor="supplier__supplier_id", verbose_name="Id", default="")
    source = tables.Column(default="")
    postings = KindColumn(Kind.COUNT)
    total = KindColumn(Kind.POUNDS, verbose_name="Sum")
    first = KindColumn(Kind.MONTH, verbose_name="From")
    last = KindColumn(Kind.MONTH, verbose_name="To")
    match = tables.TemplateColumn(
        '<a class="govuk-link" href="{% url "ledger_match" record.posting %}">Match'
        '<span class="govuk-visually-hidden"> {{ record.name }}</span></a>',
        verbose_name="School",
    )

    def __init__(self, rows: Any, *, may_match: bool) -> None:
        super().__init__(rows, orderable=False, exclude=() if may_match else ("match",))


class MatchTable(ListTable):
    """The matches that people made."""

    name = tables.Column(verbose_name="Supplier", default="(no name)")
    supplier = tables.Column(verbose_name="Id, or name as compared")
    source = tables.Column(default="")
    school = tables.Column(
        accessor="school__name",
        verbose_name="School",
        linkify=("school", {"school_id": tables.A("school_id")}),
        attrs={"a": LINK},
    )
    matched_by = NameColumn(verbose_name="Matched by")
    matched_at = MomentColumn(verbose_name="When")
    change = tables.TemplateColumn(
        '{% if record.posting %}<a class="govuk-link" href="{% url "ledger_match" record.posting %}">Change'
        '<span class="govuk-visually-hidden"> {{ record }}</span></a>{% endif %}',
        verbose_name="Change",
        orderable=False,
    )

    class Meta:
        model = SupplierMatch
        fields = ("name", "supplier", "source", "school", "matched_by", "matched_at", "change")


class MappingTable(ListTable):
    """The mappings by source."""

    source = tables.Column(default="(no name)")
    line = tables.Column(verbose_name="Budget line")
    columns_read = tables.Column(accessor="columns", verbose_name="Columns", orderable=False)
    rows_kept = tables.Column(accessor="rows", verbose_name="Rows kept", orderable=False, default="all")
    changed_by = NameColumn(verbose_name="Changed by")
    changed_at = MomentColumn(verbose_name="When")
    change = tables.TemplateColumn(
        '<a class="govuk-link" href="{% url "mapping_change" record.pk %}">Change'
        '<span class="govuk-visually-hidden"> {{ record }}</span></a>',
        verbose_name="Change",
    )

    class Meta:
        model = LedgerMapping
        fields = ("source", "line", "columns_read", "rows_kept", "changed_by", "changed_at", "change")

    def render_columns_read(self, value: dict[str, list[str]]) -> str:
        return "; ".join(", ".join(names) for names in value.values())

    def render_rows_kept(self, value: dict[str, list[str]]) -> str:
        return "; ".join(f"{name}: {', '.join(values)}" for name, values in value.items()) or "all"
