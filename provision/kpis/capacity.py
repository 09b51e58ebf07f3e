"""How full are state special schools and specialist resourced provisions (SRPs)?"""

import operator
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from placements import counts
from placements.models import Placement
from placements.querysets import PlacementQuerySet
from provision.models import LocalProvision, School, SchoolPlaces
from provision.querysets import SchoolPlacesQuerySet
from provision.row_keys import BY_SCHOOL
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import MOST_BARS, Axis, Chart, Tone, bars, series
from sen_dashboard.core.codes import Need, Provision
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.counted import Counted
from sen_dashboard.core.kpi.definition import (
    Better,
    Fact,
    Group,
    InReport,
    Kpi,
    ReportSection,
    Result,
    ask,
    fact,
)
from sen_dashboard.core.kpi.published import Behind, Key, Keys, Open, RestsOn, count, measure, sum_of, text
from sen_dashboard.core.kpi.quantities import Addition, part, total
from sen_dashboard.core.kpi.row_keys import both, by_code
from sen_dashboard.core.kpi.scope import Scope, choice, named
from sen_dashboard.core.money import percentage
from sen_dashboard.core.periods import AcademicYear

SCHOOL = ("school_id", "provision", "school__name", "school__district")
SchoolKey = tuple[str, str, str, str]  # the four above, for a school with the provision


def _districts() -> Sequence[tuple[str, str]]:
    """The districts of schools that have places."""
    known = SchoolPlaces.objects.exclude(school__district="").order_by("school__district")
    return [(name, name) for name in known.values_list("school__district", flat=True).distinct()]


PROVISION = choice("provision", "Provision", LocalProvision.choices, unchosen="all provisions")
DISTRICT = named("district", "School district", _districts, unchosen="all districts")
NEED = choice("need", "Need the places are for", Need.choices, unchosen="all needs")


@dataclass(frozen=True)
class Headline:
    special_places: int
    special_on_roll: int
    special_occupancy_pct: float | None
    srp_places: int
    srp_on_roll: int
    srp_occupancy_pct: float | None
    schools_over: int
    children_over: int


@dataclass(frozen=True)
class Row:
    school_id: str
    school: str
    provision: str
    district: str
    places: int | None
    on_roll: int
    vacancies: int | None
    occupancy_pct: float | None
    label: str  # the provision in words
    room: str  # the vacancies in words


def query(scope: Scope) -> Result[Headline, Row]:
    """Places of the academic year and children on roll on the day, school by school: two statements."""
    year = AcademicYear.containing(scope.as_at)
    placed = _placed(scope).values(*SCHOOL).annotate(children=Count("pk"))
    places = _by_school(_offered(scope), "places")
    on_roll = _by_school(placed, "children")
    listed = places.keys() if scope[NEED] else places.keys() | on_roll.keys()
    rows = sorted(
        (_row(school, places.get(school), on_roll.get(school, 0)) for school in listed), key=_fullest_first
    )
    return Result(scope, _headline(rows), tuple(rows), _caveats(rows, year))


AT_SCHOOLS = {PROVISION: "provision", DISTRICT: "school__district__iexact"}


def _offered(scope: Scope) -> SchoolPlacesQuerySet:
    """The places of the academic year for the chosen provision, district and need."""
    offered = SchoolPlaces.objects.of_year(AcademicYear.containing(scope.as_at)).for_need(scope[NEED])
    return scope.narrow(offered, AT_SCHOOLS)


def _placed(scope: Scope) -> PlacementQuerySet:
    """The children on roll, as their placements; if a need is chosen, also those at schools without places for it."""
    open_placements = Placement.objects.open_on(scope.as_at).in_provision(Provision.SPECIAL, Provision.SRP)
    return scope.narrow(open_placements.with_provision(), AT_SCHOOLS)


def _by_school(records: QuerySet[Any, Any], number: str) -> dict[SchoolKey, int]:
    """The sum of ``number`` by school and provision."""
    return {(*school,): value for *school, value in records.values_list(*SCHOOL, number)}


def _on_roll(scope: Scope) -> PlacementQuerySet:
    """The children counted; if a need is chosen, only those at schools whose places list it."""
    placed = _placed(scope)
    if not scope[NEED]:
        return placed
    at_these = Q(pk__in=[])
    for provision in LocalProvision:
        schools = _offered(scope).filter(provision=provision).values("school")
        at_these |= Q(provision=provision.value, school__in=schools)
    return placed.filter(at_these)


def _children(scope: Scope, provision: str) -> counts.Placements:
    """The children on roll in a provision, at the schools chosen; none if another provision was chosen."""
    other = scope[PROVISION] if scope[PROVISION] not in (None, provision) else None
    everyone = counts.children(Scope(scope.as_at), scope.as_at, Provision(provision)).quantity
    known = everyone.having(school_district=scope[DISTRICT], places_for=scope[NEED], asked=other)
    return Counted(known, lambda: _on_roll(scope).filter(provision=provision))


def _at_school(scope: Scope, row: tuple[str, str]) -> counts.Placements:
    """The children on roll for a row, which is a provision and a school."""
    provision, school_id = row
    everyone = counts.children(Scope(scope.as_at), scope.as_at, Provision(provision)).quantity
    of_row = Q(provision=provision, school=school_id)
    return Counted(everyone.having(school=school_id), lambda: _on_roll(scope).filter(of_row))


def _places(title: str, provision: str) -> Key:
    """The key for the places of a provision."""
    return sum_of(
        title, lambda scope, _: _offered(scope).filter(provision=provision), "places", PLACES, kind=Kind.COUNT
    )


def _schools_over(scope: Scope, _: None) -> "QuerySet[School, School]":
    over = [row.school_id for row in ask(KPI, scope).rows if row.vacancies is not None and row.vacancies < 0]
    return School.objects.filter(pk__in=over)


def _every_school(result: Result[Headline, Row], _: Any) -> Iterator[counts.Placements]:
    """The schools over capacity, and by how much, reveal each school's roll: shown for all schools or none."""
    return (_at_school(result.scope, KEYS.row_key.of(row)) for row in result.rows)


def _sums(result: Result[Headline, Row]) -> Iterator[Addition]:
    """The schools add up to each provision; with INMSS they are some of the children with a plan."""
    scope = result.scope
    for provision in LocalProvision:
        schools = (KEYS.row_key.of(row) for row in result.rows if row.provision == provision)
        yield total(_children(scope, provision), (_at_school(scope, school) for school in schools))
    if not scope.filtered((PROVISION, DISTRICT, NEED)):
        kinds = (Provision.INMSS, Provision.SPECIAL, Provision.SRP)
        yield part(
            counts.plans(scope, scope.as_at), *(counts.children(scope, scope.as_at, kind) for kind in kinds)
        )


PLACES = Open("places of schools")
KEYS = Keys(
    both(by_code("provision", LocalProvision), BY_SCHOOL),
    headline={
        "special_places": _places("Places in state special schools", LocalProvision.SPECIAL),
        "special_on_roll": count(
            "Children on roll in state special schools",
            lambda scope, _: _children(scope, LocalProvision.SPECIAL),
        ),
        "special_occupancy_pct": measure(
            Kind.PERCENT, "", "special_on_roll", "special_places", made=percentage
        ),
        "srp_places": _places("Places in SRPs", LocalProvision.SRP),
        "srp_on_roll": count(
            "Children on roll in SRPs", lambda scope, _: _children(scope, LocalProvision.SRP)
        ),
        "srp_occupancy_pct": measure(Kind.PERCENT, "", "srp_on_roll", "srp_places", made=percentage),
        "schools_over": Key(
            Kind.COUNT,
            RestsOn(on=_every_school, rows=("vacancies",), made=lambda rows: len(_over_by(rows))),
            behind=Behind("Schools over capacity", _schools_over),
        ),
        "children_over": measure(
            Kind.COUNT, "", on=_every_school, rows=("vacancies",), made=lambda rows: sum(_over_by(rows))
        ),
    },
    row={
        "school_id": text(),
        "provision": text(),
        "school": text("School"),
        "label": text("Provision"),
        "district": text("District"),
        "places": sum_of(
            "Places",
            lambda scope, row: _offered(scope).filter(provision=row[0], school=row[1]),
            "places",
            PLACES,
            kind=Kind.COUNT,
        ),
        "on_roll": count("Children on roll", _at_school, "On roll"),
        "vacancies": measure(Kind.COUNT, "", "places", "on_roll", made=operator.sub),
        "room": measure(
            Kind.TEXT, "Room", "vacancies", made=lambda left: _room(left), order_by=("vacancies",)
        ),
        "occupancy_pct": measure(Kind.PERCENT, "Occupancy", "on_roll", "places", made=percentage),
    },
    sums=_sums,
    ranked_by="on_roll",
)


def _row(school: SchoolKey, places: int | None, on_roll: int) -> Row:
    school_id, provision, name, district = school
    vacancies = None if places is None else places - on_roll
    return Row(
        school_id,
        name,
        provision,
        district,
        places,
        on_roll,
        vacancies,
        percentage(on_roll, places),
        LocalProvision(provision).label,
        _room(vacancies),
    )


def _room(vacancies: int | None) -> str:
    """ "12 over", "full", "3 free"."""
    if vacancies is None:
        return "places not recorded"
    if vacancies == 0:
        return "full"
    return f"{formats.count(abs(vacancies))} {'over' if vacancies < 0 else 'free'}"


def _fullest_first(row: Row) -> tuple[bool, int, str, str]:
    """The sort key that puts most children over first, most vacancies later, and unknown places last."""
    return row.vacancies is None, row.vacancies or 0, row.school_id, row.provision


def _headline(rows: Iterable[Row]) -> Headline:
    special = [row for row in rows if row.provision == LocalProvision.SPECIAL]
    srp = [row for row in rows if row.provision == LocalProvision.SRP]
    over = _over_by(row.vacancies for row in rows)
    return Headline(*_totals(special), *_totals(srp), len(over), sum(over))


def _over_by(vacancies: Iterable[int | None]) -> list[int]:
    """How many children over capacity each such school is."""
    return [-left for left in vacancies if left is not None and left < 0]


def _totals(rows: Iterable[Row]) -> tuple[int, int, float | None]:
    """Places, children on roll, and the children as a percentage of the places."""
    places = sum(row.places or 0 for row in rows)
    on_roll = sum(row.on_roll for row in rows)
    return places, on_roll, percentage(on_roll, places)


def _caveats(rows: Sequence[Row], year: AcademicYear) -> tuple[str, ...]:
    unknown = [row.on_roll for row in rows if row.places is None]
    if not unknown:
        return ()
    schools = formats.plural(len(unknown), "school has", "schools have")
    children = formats.plural(sum(unknown), "child", "children")
    higher = ", so occupancy reads higher than it is" if any(row.places for row in rows) else ""
    return (f"{schools} no places recorded for {year}. The totals count {children} on roll there{higher}.",)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words, with the counts behind each percentage."""
    now, day = result.headline, formats.day(result.scope.as_at)
    if not result.rows:
        return f"No places and no children on roll are recorded for these filters on {day}."
    special = _describe(
        "state special schools have", now.special_on_roll, now.special_places, now.special_occupancy_pct
    )
    srp = _describe(
        "specialist resourced provisions have", now.srp_on_roll, now.srp_places, now.srp_occupancy_pct
    )
    return f"On {day}{_chosen(result.scope)} {' and '.join(filter(None, (special, srp)))}. {_over(now)}"


def _chosen(scope: Scope) -> str:
    """ ", in Thanet with places for ASD,"; empty if nothing is chosen."""
    district = f" in {scope[DISTRICT]}" if scope[DISTRICT] else ""
    need = f" with places for {scope[NEED]}" if scope[NEED] else ""
    return f",{district}{need}," if district or need else ""


def _describe(who: str, on_roll: int, places: int, occupancy: float | None) -> str:
    """ "state special schools have 4,210 children on roll for 4,130 places (101.9%)"; empty if both are 0."""
    if not on_roll and not places:
        return ""
    children = formats.plural(on_roll, "child", "children")
    if occupancy is None:
        return f"{who} {children} on roll (no places are recorded)"
    return f"{who} {children} on roll for {formats.plural(places, 'place')} ({formats.percent(occupancy)})"


def _over(now: Headline) -> str:
    if not now.special_places and not now.srp_places:
        return "It is not known which schools are over capacity."
    if not now.schools_over:
        return "No school is over capacity."
    schools = formats.plural(now.schools_over, "school is", "schools are")
    return f"{schools} over capacity, by {formats.plural(now.children_over, 'child', 'children')} in all."


def message(result: Result[Headline, Row]) -> str:
    """ "State special schools are 98.2% full, and 11 schools are over capacity by 95 children"."""
    now = result.headline
    kinds = {
        "State special schools": now.special_occupancy_pct,
        "specialist resourced provisions": now.srp_occupancy_pct,
    }
    full = [f"{who} are {formats.percent(pct)} full" for who, pct in kinds.items() if pct is not None]
    if not full:
        return "Occupancy of local schools is not known"
    if not now.schools_over:
        over = "no school is over capacity"
    else:
        schools = formats.plural(now.schools_over, "school is", "schools are")
        over = f"{schools} over capacity by {formats.plural(now.children_over, 'child', 'children')}"
    return f"{full[0][0].upper()}{full[0][1:]}, and {over}"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """How full each kind of provision is, and how many schools are over capacity."""
    now, chosen = result.headline, result.scope[PROVISION]

    def occupancy(kind: str, label: str) -> Fact:
        places, on_roll = getattr(now, f"{kind}_places"), getattr(now, f"{kind}_on_roll")
        key = f"{kind}_occupancy_pct"
        known = getattr(now, key) is not None
        offered = f"for {formats.plural(places, 'place')}" if known else "no places recorded"
        return fact(KEYS, now, key, label, f"{formats.plural(on_roll, 'child', 'children')}, {offered}")

    special = occupancy("special", "Occupancy of state special schools")
    srp = occupancy("srp", "Occupancy of specialist resourced provisions")
    over = f"by {formats.plural(now.children_over, 'child', 'children')} in all" if now.schools_over else ""
    return (
        *([special] if chosen != LocalProvision.SRP else []),
        *([srp] if chosen != LocalProvision.SPECIAL else []),
        fact(KEYS, now, "schools_over", "Schools over capacity", over),
    )


def chart(result: Result[Headline, Row]) -> Chart:
    """Children on roll beside places at the fullest schools, at most 20 of them."""
    shown = result.rows[:MOST_BARS]
    return bars(
        (f"{rank}. {row.school}" for rank, row in enumerate(shown, start=1)),
        Axis("Children on roll and places", Kind.COUNT),
        series(
            "Children on roll",
            "on_roll",
            shown,
            KEYS.row_key,
            label=lambda row: "" if row.on_roll is None else f"{formats.count(row.on_roll)}, {row.room}",
        ),
        series(
            "Places",
            "places",
            shown,
            KEYS.row_key,
            tone=Tone.SECOND,
            label=lambda row: formats.count(row.places),
        ),
    )


KPI = Kpi(
    slug="capacity",
    title="Local capacity",
    question="How full are state special schools and specialist resourced provisions (SRPs)?",
    group=Group.PROVISION,
    numerator="Children with a placement open on the day in that provision at that school.",
    denominator="Places of the academic year (1 September to 31 August) that holds the day.",
    left_out=(
        "Placements that outlast their plan are not counted once the plan has ceased. Choosing a need "
        "shows the schools whose places list it, with all their places and children, whatever their "
        "needs."
    ),
    undefined="Not available where no places are recorded.",
    kind=Kind.PERCENT,
    better=Better.NEITHER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="School places and placement records",
    query=query,
    in_words=sentence,
    message=message,
    figures=facts,
    chart=chart,
    caption=lambda result: (
        f"Places of {AcademicYear.containing(result.scope.as_at)} and children on roll on "
        f"{formats.day(result.scope.as_at)}, by school, most over capacity first"
    ),
    keys=KEYS,
    counts=(SchoolPlaces, Placement),
    report=(InReport(ReportSection.PROVISION, place=1),),
    filters=(PROVISION, DISTRICT, NEED),
    draws_year_before=False,  # the fullest schools change every year
    stake=lambda result: fact(KEYS, result.headline, "special_on_roll", "children in state special schools"),
)
