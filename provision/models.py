"""Records of the data contract's schools.csv, places.csv and commissioning_plan.csv."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from provision.codes import ChangeStatus, LocalProvision, Sector
from provision.querysets import CommissioningChangeQuerySet, SchoolPlacesQuerySet
from sen_dashboard.core.codes import Need
from sen_dashboard.core.models.constraints import (
    Unique,
    in_order,
    is_split_year,
    known_code,
    known_codes,
    not_negative,
)
from sen_dashboard.core.models.fields import key_field, year_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail


class School(models.Model):
    """A school or provider at which a child may be placed."""

    school_id = key_field(primary_key=True)
    urn = models.CharField(max_length=40, blank=True, default="")
    name = models.CharField(max_length=200)
    sector = models.CharField(max_length=30, choices=Sector.choices)
    phase = models.CharField(max_length=40, blank=True, default="")
    district = models.CharField(max_length=80, blank=True, default="")
    provider_group = models.CharField(max_length=200, blank=True, default="")
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            known_code("school_sector_known", "sector", Sector),
            in_order(
                "school_closes_after_opening",
                "opened_on",
                "closed_on",
                sentence="The school cannot close before it opens.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SchoolPlaces(models.Model):
    """Places a school offers in one academic year (1 September to 31 August)."""

    school = models.ForeignKey(
        School, on_delete=models.PROTECT, related_name="places", db_index=False
    )  # the unique constraint's index serves instead
    provision = models.CharField(max_length=10, choices=LocalProvision.choices)
    academic_year = year_field()
    places = models.IntegerField()
    needs = ArrayField(models.CharField(max_length=4), blank=True, default=list)

    objects = SchoolPlacesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "school places"
        constraints = [
            Unique(
                "school_places_once_a_year",
                "school",
                "provision",
                "academic_year",
                sentence="This school's places for that year are already entered.",
            ),
            known_code("school_places_provision_known", "provision", LocalProvision),
            known_codes("school_places_needs_known", "needs", Need),
            not_negative("school_places_not_negative", "places"),
            is_split_year(
                "school_places_year_format", "academic_year", example="an academic year such as 2019-20"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.provision} {self.academic_year}"


@kept_in_trail(has_page=True, codes={"needs": Need})
class CommissioningChange(Record):
    """A planned change of places in the commissioning plan."""

    change_id = key_field(primary_key=True)
    school = models.ForeignKey(School, null=True, blank=True, on_delete=models.PROTECT)
    title = models.CharField(max_length=200)
    provision = models.CharField(max_length=10, choices=LocalProvision.choices)
    effective_on = models.DateField()
    places_change = models.IntegerField()
    needs = ArrayField(models.CharField(max_length=4), blank=True, default=list)
    district = models.CharField(max_length=80, blank=True, default="")
    status = models.CharField(max_length=10, choices=ChangeStatus.choices)
    note = models.TextField(blank=True, default="")

    objects = CommissioningChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("commissioning_provision_known", "provision", LocalProvision),
            known_codes("commissioning_needs_known", "needs", Need),
            known_code("commissioning_status_known", "status", ChangeStatus),
        ]

    def __str__(self) -> str:
        return self.title
