"""Published figures by area and period, and which councils DfE considers similar.

Nothing here is about a child, and nothing is calculated: a row holds what a file of the Department for Education (DfE)
said. Calculations are in ``comparison``.
"""

from django.db import models
from django.db.models import Deferrable, F, Q, UniqueConstraint

from sen_dashboard.core.models.constraints import Check, Unique, known_code, not_negative, split_year
from sen_dashboard.core.models.fields import key_field

EDITION = "^20[0-9]{2}-(0[1-9]|1[0-2])$"
"""The pattern of the month of an edition."""


class AreaKind(models.TextChoices):
    """The levels at which DfE publishes."""

    COUNTRY = "COUNTRY", "Country"
    REGION = "REGION", "Region"
    AUTHORITY = "AUTHORITY", "Local authority"


class Area(models.Model):
    """England, a region or a local authority.

    ``code`` is DfE's number for an authority ("886"), and otherwise the code of the Office for National Statistics
    ("E12000008"). ``ons_code`` is the latter for all: the latest if it changed, empty if no file gave it.
    """

    code = key_field(primary_key=True)
    ons_code = models.CharField(max_length=9, blank=True, default="", db_collation="C")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=AreaKind.choices)
    region = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            known_code("area_kind_known", "kind", AreaKind),
            Check(
                "area_authority_code_format",
                ~Q(kind=AreaKind.AUTHORITY) | Q(code__regex="^[0-9]{3}$"),
                field="code",
                sentence="Enter the three digits of the authority's DfE code.",
            ),
            Check(
                "area_authority_in_region",
                Q(kind=AreaKind.AUTHORITY, region__isnull=False)
                | ~Q(kind=AreaKind.AUTHORITY) & Q(region__isnull=True),
                field="region",
                sentence="An authority lies in a region; a region or country has none.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PeriodKind(models.TextChoices):
    """The kind of year of a figure, in DfE's words. Plans are counted in the January of an academic year."""

    ACADEMIC = "ACADEMIC", "Academic year"
    CALENDAR = "CALENDAR", "Calendar year"
    FINANCIAL = "FINANCIAL", "Financial year"


class PublishedSymbol(models.TextChoices):
    """The symbol in DfE's files if there is no number, and the reason (domain.md section 8). Never zero."""

    UNAVAILABLE = "x", "not returned by the council, or withheld"
    NOT_APPLICABLE = "z", "not applicable"
    CONFIDENTIAL = "c", "withheld to protect confidentiality"
    LOW = "low", "rounds to 0, but is not 0"
    LOW_K = "k", "rounds to 0, but is not 0"
    UNRELIABLE = "u", "too unreliable to be published"
    COLON = ":", "not available; the file does not say why"
    TILDE = "~", "not available; the file does not say why"
    DASH = "-", "not available; the file does not say why"
    DOTS = "..", "not available; the file does not say why"
    NOT_AVAILABLE = "N/A", "not available; the file does not say why"


def edition_field() -> "models.CharField[str, str]":
    """Return a field for the month in which DfE published a record's contents, as 2026-01; empty if unknown.

    It is the newest edition given for an import of them.
    """
    return models.CharField(max_length=7, blank=True, default="", db_default="", db_collation="C")


def _edition_format(name: str) -> Check:
    return Check(
        name,
        Q(edition="") | Q(edition__regex=EDITION),
        field="edition",
        sentence="Enter a month such as 2026-01.",
    )


class PublishedValue(models.Model):
    """A number that DfE published, or the symbol in its place.

    ``indicator`` is the data set and the column or measure in it: "caseload.ehcplans". ``period`` is "2024" for a
    calendar year and "2024-25" for an academic or financial one. Counts are whole, amounts are pounds, percentages are
    0 to 100.
    """

    indicator = models.CharField(max_length=80, db_collation="C")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="published_values")
    period = models.CharField(max_length=7, db_collation="C")
    period_kind = models.CharField(max_length=10, choices=PeriodKind.choices)
    value = models.DecimalField(max_digits=19, decimal_places=10, null=True, blank=True)
    symbol = models.CharField(max_length=3, blank=True, default="")
    source_file = models.CharField(max_length=200)
    edition = edition_field()

    class Meta:
        constraints = [
            _edition_format("published_value_edition_format"),
            Unique(
                "published_value_once",
                "indicator",
                "area",
                "period",
                sentence="This figure of that area and period is already entered.",
            ),
            Check(
                "published_value_or_symbol",
                Q(value__isnull=False, symbol="") | Q(value__isnull=True) & ~Q(symbol=""),
                field="value",
                sentence="Enter a number, or the symbol that stands in its place.",
            ),
            not_negative("published_value_not_negative", "value"),
            known_code("published_value_symbol_known", "symbol", PublishedSymbol, optional=True),
            known_code("published_value_period_kind_known", "period_kind", PeriodKind),
            Check(
                "published_value_period_format",
                Q(period_kind=PeriodKind.CALENDAR, period__regex="^[0-9]{4}$")
                | ~Q(period_kind=PeriodKind.CALENDAR) & split_year("period"),
                field="period",
                sentence="Enter a calendar year such as 2024, or an academic or financial year such as 2024-25.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.area_id} {self.period}"


class Closeness(models.TextChoices):
    """How similar two councils are, in DfE's words."""

    EXTREMELY_CLOSE = "Extremely close"
    VERY_CLOSE = "Very close"
    CLOSE = "Close"
    SOMEWHAT_CLOSE = "Somewhat close"
    NOT_CLOSE = "Not close"


class StatisticalNeighbour(models.Model):
    """One of the ten councils that DfE considers closest to an authority; rank 1 is the closest."""

    authority = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="statistical_neighbours", db_index=False
    )  # the unique constraint's index is enough
    rank = models.PositiveSmallIntegerField()
    neighbour = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    closeness = models.CharField(max_length=20, choices=Closeness.choices)
    source_file = models.CharField(max_length=200)
    edition = edition_field()

    class Meta:
        constraints = [
            _edition_format("statistical_neighbour_edition_format"),
            Unique(
                "statistical_neighbour_rank_once",
                "authority",
                "rank",
                sentence="This authority already has a neighbour of that rank.",
            ),
            UniqueConstraint(
                name="statistical_neighbour_once",
                fields=["authority", "neighbour"],
                deferrable=Deferrable.DEFERRED,  # a newer list changes the ranks of neighbours
            ),
            Check(
                "statistical_neighbour_rank_1_to_10",
                Q(rank__range=(1, 10)),
                field="rank",
                sentence="Enter a rank from 1 to 10.",
            ),
            Check(
                "statistical_neighbour_is_another",
                ~Q(authority=F("neighbour")),
                field="neighbour",
                sentence="A council is not its own neighbour.",
            ),
            known_code("statistical_neighbour_closeness_known", "closeness", Closeness),
        ]

    def __str__(self) -> str:
        return f"{self.authority_id} {self.rank}: {self.neighbour_id}"
