"""The local alternative: schools that provide for the need of a case, what they have free, and what they cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from panel.models import Answer, Consultation, PanelCase
from placements.models import Placement
from provision.models import LocalProvision, SchoolPlaces
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.money import to_penny
from sen_dashboard.core.periods import AcademicYear
from sen_dashboard.core.sql import select_from, truth

BY_SCHOOL = """
    SELECT school_id, provision, COUNT(*) AS children, AVG(annual_cost) FILTER (WHERE of_need) AS cost
    FROM records GROUP BY school_id, provision
"""

SHOWN = 8
"""Schools shown where none was consulted: as many as fit beside a decision."""


@dataclass(frozen=True)
class LocalSchool:
    """A school and its provision. ``free`` places may be below 0; ``cost`` is the mean in £ a year of children with
    the need there on the day. None where it is not known. ``answer`` is empty where the school was not consulted."""

    school_id: str
    school: str
    district: str
    provision: str
    places: int | None
    free: int | None
    cost: Decimal | None
    answer: str

    @property
    def answered(self) -> str:
        """The answer in words."""
        return Answer(self.answer).label if self.answer else "Not asked"


@dataclass(frozen=True)
class LocalSchools:
    """Schools consulted first, then those with most free; ``others`` more provide for the need.

    ``year`` is the academic year whose places these are, the latest known by the day; None where none are.
    """

    schools: tuple[LocalSchool, ...]
    others: int
    year: str | None


def local_schools(case: PanelCase, day: date) -> LocalSchools:
    """Local schools for the primary need of the case on the day: four statements."""
    known = SchoolPlaces.objects.up_to(AcademicYear.containing(day)).order_by("-academic_year")
    year = known.values_list("academic_year", flat=True).first()
    offered = SchoolPlaces.objects.filter(academic_year=year).for_need(case.primary_need)
    on_roll = _on_roll(case.primary_need, day)
    consulted = {asked.school_id: asked for asked in case.consultations.select_related("school")}
    schools = [_school(places, on_roll, consulted) for places in offered.select_related("school")]
    listed = {school.school_id for school in schools}
    schools += [_without_places(asked) for asked in consulted.values() if asked.school_id not in listed]
    schools.sort(key=lambda school: (not school.answer, -(school.free or 0), school.school))
    shown = tuple(school for n, school in enumerate(schools) if school.answer or n < SHOWN)
    return LocalSchools(shown, len(schools) - len(shown), year)


def _on_roll(need: str, day: date) -> dict[tuple[str, str], Any]:
    """``children`` on roll, and the mean ``cost`` of those with the need, by school and provision."""
    placed = Placement.objects.open_on(day).in_provision(Provision.SPECIAL, Provision.SRP)
    costed: QuerySet[Any, Any] = placed.with_annual_cost(day).with_provision()
    rows = costed.values("school_id", "provision", "annual_cost", of_need=truth(Q(plan__primary_need=need)))
    return {(row["school_id"], row["provision"]): row for row in select_from(rows, BY_SCHOOL)}


def _school(
    places: SchoolPlaces, on_roll: dict[tuple[str, str], Any], consulted: Mapping[str, Consultation]
) -> LocalSchool:
    found = on_roll.get((places.school_id, places.provision), {"children": 0, "cost": None})
    return LocalSchool(
        places.school_id,
        places.school.name,
        places.school.district,
        LocalProvision(places.provision).label,
        places.places,
        places.places - found["children"],
        None if found["cost"] is None else to_penny(found["cost"]),
        consulted[places.school_id].answer if places.school_id in consulted else "",
    )


def _without_places(asked: Consultation) -> LocalSchool:
    school = asked.school
    return LocalSchool(school.pk, school.name, school.district, "", None, None, None, asked.answer)
