"""The local alternative: schools for a case's need and age, their free places, and their costs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from panel.models import Consultation, PanelCase, SchoolAnswer
from placements.models import Placement
from provision.ages import teaches, year_groups
from provision.models import CommissioningChange, LocalProvision, School, SchoolPlaces
from provision.neighbours import Nearness, nearness
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.money import to_penny
from sen_dashboard.core.periods import AcademicYear
from sen_dashboard.core.sql import select_from, truth

BY_SCHOOL = """
    SELECT school_id, provision, COUNT(*) AS children, AVG(annual_cost) FILTER (WHERE of_need) AS cost
    FROM records GROUP BY school_id, provision
"""

SHOWN = 8
"""How many schools are shown if none was consulted: as many as fit beside a decision."""

Key = tuple[str, str]
"""A school and its provision, by their codes."""


@dataclass(frozen=True)
class LocalSchool:
    """A school and its provision. ``free`` (now) and ``free_next`` (next September) may be below 0. ``cost`` is the
    mean in £ a year of children with the need there on the day. Each is None if not known. ``answer`` is empty if the
    school was not consulted; ``near`` says how near it is to the child's home."""

    school_id: str
    school: str
    district: str
    provision: str
    places: int | None
    free: int | None
    free_next: int | None
    cost: Decimal | None
    answer: str
    near: Nearness

    @property
    def answered(self) -> str:
        """The school's answer in words."""
        return SchoolAnswer(self.answer).label if self.answer else "Not consulted"

    @property
    def has_room(self) -> bool:
        """Whether a place is free, now or next September."""
        return (self.free or 0) > 0 or (self.free_next or 0) > 0

    @property
    def room(self) -> str:
        """ "Elm School, 3 now and 5 next September"."""
        counts = ((self.free, "now"), (self.free_next, "next September"))
        free = " and ".join(f"{number} {when}" for number, when in counts if number and number > 0)
        return f"{self.school}, {free}"


@dataclass(frozen=True)
class LocalSchools:
    """Schools in the child's district, then its neighbours; in each, consulted schools, then by most free places.

    ``others`` is how many more provide for the need and age; ``with_room`` are all that have a free place. ``year`` is
    the academic year of the places, the latest known by the day; None if none are known.
    """

    schools: tuple[LocalSchool, ...]
    others: int
    with_room: tuple[LocalSchool, ...]
    year: str | None


@dataclass(frozen=True)
class _Known:
    """What is known about the schools that a case could go to, by school and provision."""

    now: Mapping[Key, SchoolPlaces]
    next_year: Mapping[Key, int]
    on_roll: Mapping[Key, Any]
    on_roll_next: Mapping[Key, int]


def local_schools(case: PanelCase, day: date) -> LocalSchools:
    """Local schools for the case's primary need and its child's age on the day: eight statements."""
    year = AcademicYear.containing(day)
    known = SchoolPlaces.objects.up_to(year).order_by("-academic_year")
    latest = known.values_list("academic_year", flat=True).first()
    now = _offered(case, day, SchoolPlaces.objects.filter(academic_year=latest))
    then = _offered(case, day, SchoolPlaces.objects.of_year(year.plus(1)))
    schools = {key: places.school for key, places in [*then.items(), *now.items()]}
    found = _Known(
        now,
        _places_next(now, then, day, year),
        _on_roll(case.primary_need, day),
        _on_roll_next(schools.values(), year),
    )
    consulted = {asked.school_id: asked for asked in case.consultations.select_related("school")}
    home = case.child.home_district
    every = [_school(key, school, found, consulted, home) for key, school in schools.items()]
    listed = {school.school_id for school in every}
    every += [_without_places(asked, home) for asked in consulted.values() if asked.school_id not in listed]
    every.sort(key=lambda school: (school.near, not school.answer, -(school.free or 0), school.school))
    shown = tuple(school for n, school in enumerate(every) if school.answer or n < SHOWN)
    with_room = tuple(school for school in every if school.has_room)
    return LocalSchools(shown, len(every) - len(shown), with_room, latest)


def _offered(case: PanelCase, day: date, places: Any) -> dict[Key, SchoolPlaces]:
    """The places for the case's need, at schools for its child's age."""
    born_on = case.child.date_of_birth
    for_need = places.for_need(case.primary_need).select_related("school")
    return {(row.school_id, row.provision): row for row in for_need if teaches(row.school, born_on, day)}


def _places_next(
    now: Mapping[Key, SchoolPlaces], then: Mapping[Key, SchoolPlaces], day: date, year: AcademicYear
) -> dict[Key, int]:
    """Places next September: those recorded for that year, or else the latest plus the approved changes until then."""
    until = year.plus(1).start
    approved: QuerySet[Any, Any] = CommissioningChange.objects.approved().effective_between(day, until)
    changes = approved.values_list("school_id", "provision").annotate(change=Sum("places_change")).order_by()
    more = {(school_id, provision): change for school_id, provision, change in changes}
    recorded = set(SchoolPlaces.objects.of_year(year.plus(1)).values_list("school_id", "provision"))
    kept = {key: row.places + more.get(key, 0) for key, row in now.items() if key not in recorded}
    return kept | {key: row.places for key, row in then.items()}


def _placed(day: date) -> Any:
    """Placements open on the day in the two kinds of provision that are commissioned by place."""
    placed = Placement.objects.open_on(day).in_provision(Provision.SPECIAL, Provision.SRP)
    return placed.with_provision()


def _on_roll(need: str, day: date) -> dict[Key, Any]:
    """``children`` on roll, and the mean ``cost`` of those with the need, by school and provision."""
    costed = _placed(day).with_annual_cost(day)
    rows = costed.values("school_id", "provision", "annual_cost", of_need=truth(Q(plan__primary_need=need)))
    return {(row["school_id"], row["provision"]): row for row in select_from(rows, BY_SCHOOL)}


def _on_roll_next(schools: Iterable[School], year: AcademicYear) -> dict[Key, int]:
    """The number of children on roll at each school next September, without those past its last year group by then.

    Starts and ends recorded in advance count.
    """
    september, leaves = year.plus(1), Q(pk__in=[])
    by_last: dict[int, list[str]] = {}
    for school in schools:
        by_last.setdefault(year_groups(school)[1], []).append(school.pk)
    for last, keys in by_last.items():
        oldest, _ = september.births_of(last)
        leaves |= Q(school__in=keys, plan__child__date_of_birth__lt=oldest)
    staying = _placed(september.start).filter(~leaves)
    rows = staying.values_list("school_id", "provision").annotate(children=Count("pk")).order_by()
    return {(school_id, provision): children for school_id, provision, children in rows}


def _school(
    key: Key, school: School, known: _Known, consulted: Mapping[str, Consultation], home: str
) -> LocalSchool:
    found = known.on_roll.get(key, {"children": 0, "cost": None})
    places = known.now[key].places if key in known.now else None
    then = known.next_year.get(key)
    return LocalSchool(
        school.pk,
        school.name,
        school.district,
        LocalProvision(key[1]).label,
        places,
        None if places is None else places - found["children"],
        None if then is None else then - known.on_roll_next.get(key, 0),
        None if found["cost"] is None else to_penny(found["cost"]),
        consulted[school.pk].answer if school.pk in consulted else "",
        nearness(school.district, home),
    )


def _without_places(asked: Consultation, home: str) -> LocalSchool:
    school = asked.school
    near = nearness(school.district, home)
    return LocalSchool(
        school.pk, school.name, school.district, "", None, None, None, None, asked.answer, near
    )
