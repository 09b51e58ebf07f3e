"""How many places do state special schools and specialist resourced provisions (SRPs) offer, and do they grow?

Numerator: places of an academic year less those of the year before, of the same provision.
Denominator: places of the year before.
Left out: the commissioning plan. Its approved changes are told beside the figures and never added in.
Undefined: a change where either year has no places recorded, and next year's places until they are recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import django_tables2 as tables
import plotly.graph_objects as go
from django.db.models import Count, Q, Sum

from provision.models import CommissioningChange, LocalProvision, SchoolPlaces
from provision.querysets import SchoolPlacesQuerySet
from sen_dashboard.core import charts, formats
from sen_dashboard.core.disclosure import Disclosure, open_keys
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi import Better, Fact, Group, Kpi, Part, Result
from sen_dashboard.core.money import growth
from sen_dashboard.core.periods import AcademicYear
from sen_dashboard.core.row_keys import both, by_academic_year, by_code
from sen_dashboard.core.scope import Scope
from sen_dashboard.core.tables import KindColumn, KpiTable

Places = Mapping[tuple[str, str], int]  # by academic year and provision, where any are recorded


ROW_KEY = both(by_code("provision", LocalProvision), by_academic_year("academic_year"))


@dataclass(frozen=True)
class Headline:
    special_places: int
    special_places_next: int | None
    special_change: int | None
    srp_places: int
    srp_places_next: int | None
    srp_change: int | None


@dataclass(frozen=True)
class Row:
    academic_year: str
    provision: str
    places: int
    change: int | None
    change_pct: float | None
    label: str  # the provision in words


def query(scope: Scope) -> Result[Headline, Row]:
    """Places to the academic year after the day's, and the changes planned by its end: two statements."""
    year = AcademicYear.containing(scope.as_at)
    recorded = SchoolPlaces.objects.up_to(year.plus(1)).values_list("academic_year", "provision")
    places = {(label, provision): total for label, provision, total in recorded.annotate(total=Sum("places"))}
    rows = tuple(_row(places, *key) for key in sorted(places))
    special = _now_and_next(places, year, LocalProvision.SPECIAL)
    srp = _now_and_next(places, year, LocalProvision.SRP)
    return Result(scope, Headline(*special, *srp), rows, _plan_caveats(scope.as_at, year.plus(1)))


def _row(places: Places, label: str, provision: str) -> Row:
    now = places[label, provision]
    before = places.get((str(AcademicYear.parse(label).plus(-1)), provision))
    return Row(
        label,
        provision,
        now,
        _change(now, before),
        growth(now, before),
        LocalProvision(provision).label,
    )


def _now_and_next(places: Places, year: AcademicYear, provision: str) -> tuple[int, int | None, int | None]:
    """Places of the year, of the next, and the change; unknown where a year's are not recorded."""
    now, following = places.get((str(year), provision)), places.get((str(year.plus(1)), provision))
    return now or 0, following, _change(following, now)


def _change(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else now - before


def _plan_caveats(day: date, year: AcademicYear) -> tuple[str, ...]:
    """What the commissioning plan would add after ``day`` and by the end of ``year``."""
    planned = CommissioningChange.objects.approved().effective_between(day + timedelta(days=1), year.end)
    found = planned.aggregate(
        changes=Count("pk"),
        special=Sum("places_change", filter=Q(provision=LocalProvision.SPECIAL), default=0),
        srp=Sum("places_change", filter=Q(provision=LocalProvision.SRP), default=0),
    )
    if not found["changes"]:
        return ()
    special, srp = (Kind.COUNT.change(found[kind]) for kind in ("special", "srp"))
    changes = formats.plural(found["changes"], "approved change")
    return (
        f"The commissioning plan holds {changes} by {formats.day(year.end)}: {special} places in state special "
        f"schools and {srp} in SRPs. They are not added in.",
    )


def _offered(provision: str, year: AcademicYear) -> SchoolPlacesQuerySet:
    return SchoolPlaces.objects.of_year(year).filter(provision=provision)


def _of_headline(key: str, title: str, provision: str, years: int) -> Part:
    """The places of a provision in the day's academic year, or ``years`` later."""
    return Part(
        key,
        title,
        lambda scope, _: _offered(provision, AcademicYear.containing(scope.as_at).plus(years)),
        total="places",
    )


PARTS = (
    Part("places", "Places", lambda scope, row: _offered(*row), total="places"),
    _of_headline("special_places", "Places in state special schools", LocalProvision.SPECIAL, 0),
    _of_headline(
        "special_places_next", "Places in state special schools, next year", LocalProvision.SPECIAL, 1
    ),
    _of_headline("srp_places", "Places in SRPs", LocalProvision.SRP, 0),
    _of_headline("srp_places_next", "Places in SRPs, next year", LocalProvision.SRP, 1),
)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words, with the places behind each percentage."""
    now, year = result.headline, AcademicYear.containing(result.scope.as_at)
    special = _recorded(result, LocalProvision.SPECIAL)
    srp = _recorded(result, LocalProvision.SRP)
    return " ".join(
        (
            _told("State special schools", special, now.special_places_next, year),
            _told("Specialist resourced provisions (SRPs)", srp, now.srp_places_next, year),
        )
    )


def _recorded(result: Result[Headline, Row], provision: str) -> int | None:
    """Places of the day's academic year; None where none are recorded, which the headline counts as 0."""
    year = str(AcademicYear.containing(result.scope.as_at))
    return next(
        (row.places for row in result.rows if (row.academic_year, row.provision) == (year, provision)), None
    )


def _told(who: str, places: int | None, following: int | None, year: AcademicYear) -> str:
    """ "State special schools offer 4,130 places in 2018-19 and 4,546 in 2019-20: 416 more (10.1%)."."""
    if places is None:
        return f"{who}: no places are recorded for {year}."
    offered = f"{who} offer {formats.plural(places, 'place')} in {year}"
    if following is None:
        return f"{offered}; those of {year.plus(1)} are not recorded."
    return f"{offered} and {formats.count(following)} in {year.plus(1)}{_moved(places, following)}."


def _moved(before: int, now: int) -> str:
    change = growth(now, before)
    if change is None:
        return ""
    if now == before:
        return ": no change"
    counted = f"{formats.count(abs(now - before))} {'more' if now > before else 'fewer'}"
    return f": {counted} ({formats.percent(abs(change))})"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """Places this academic year and the change to the next, of each kind of provision."""
    now, year = result.headline, AcademicYear.containing(result.scope.as_at)

    def places(who: str, provision: str, following: int | None) -> Fact:
        raw = "" if following is None else f"then {formats.count(following)} in {year.plus(1)}"
        recorded, part = _recorded(result, provision), f"{provision.lower()}_places"
        return Fact(f"{who} places in {year}", recorded, Kind.COUNT, raw, (part,))

    def change(who: str, provision: str, number: int, following: int | None, value: int | None) -> Fact:
        share = growth(following, number) if value is not None else None
        raw = "" if share is None else f"{formats.percent(share)} of {formats.count(number)}"
        part = f"{provision.lower()}_places"
        label = f"Change in {who} places to {year.plus(1)}"
        return Fact(label, value, Kind.COUNT, raw, (f"{part}_next", part))

    special, srp = LocalProvision.SPECIAL, LocalProvision.SRP
    return (
        places("State special school", special, now.special_places_next),
        change(
            "state special school", special, now.special_places, now.special_places_next, now.special_change
        ),
        places("SRP", srp, now.srp_places_next),
        change("SRP", srp, now.srp_places, now.srp_places_next, now.srp_change),
    )


def figure(result: Result[Headline, Row]) -> go.Figure:
    """Places by academic year, state special schools beside SRPs."""
    years = sorted({row.academic_year for row in result.rows})
    places = {(row.academic_year, row.provision): row.places for row in result.rows}

    def offered(name: str, provision: str, colour: str) -> go.Bar:
        numbers = [places.get((year, provision)) for year in years]
        return charts.bars(
            name,
            years,
            numbers,
            labels=[formats.count(number) for number in numbers],
            colour=colour,
            marks=charts.Marks("places", [f"{provision}:{year}" for year in years]),
        )

    return charts.bar_figure(
        offered("State special schools", LocalProvision.SPECIAL, charts.INMSS),
        offered("SRPs", LocalProvision.SRP, charts.SECOND),
        x_title="Places",
        yaxis={"type": "category"},
    )


class Table(KpiTable):
    academic_year = tables.Column(verbose_name="Academic year")
    label = tables.Column(verbose_name="Provision")
    places = KindColumn(Kind.COUNT, verbose_name="Places")
    change = KindColumn(Kind.COUNT, verbose_name="Change on the year before")
    change_pct = KindColumn(Kind.PERCENT, verbose_name="Change in percent")


DISCLOSURE = Disclosure(
    headline=open_keys(
        "special_places",
        "special_places_next",
        "special_change",
        "srp_places",
        "srp_places_next",
        "srp_change",
    ),
    row=open_keys("academic_year", "provision", "places", "change", "change_pct", "label"),
    open_caveats=True,  # of places
)


KPI = Kpi(
    slug="place_growth",
    title="Growth of local places",
    question=(
        "How many places do state special schools and specialist resourced provisions (SRPs) offer, and do they grow?"
    ),
    group=Group.PROVISION,
    numerator="Places of an academic year (1 September to 31 August) less those of the year before.",
    denominator="Places of the year before, of the same provision.",
    left_out="The commissioning plan: its approved changes are told under the figures and never added in.",
    undefined="A change is not available where the places of either year are not recorded.",
    kind=Kind.COUNT,
    better=Better.HIGHER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="School places and the commissioning plan",
    query=query,
    sentence=sentence,
    facts=facts,
    figure=figure,
    table=Table,
    caption=lambda result: (
        f"Places by academic year, to {AcademicYear.containing(result.scope.as_at).plus(1)}"
    ),
    parts=PARTS,
    row_key=ROW_KEY,
    disclosure=DISCLOSURE,
    draws_year_before=False,  # the years before are in the chart already
)
