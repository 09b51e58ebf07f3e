"""How many places do state special schools and specialist resourced provisions (SRPs) offer, and are they growing?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, Sum

from provision.models import CommissioningChange, LocalProvision, SchoolPlaces
from provision.querysets import SchoolPlacesQuerySet
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Axis, Chart, Series, Tone, bars, mark
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Better, Fact, Group, InReport, Kpi, ReportSection, Result
from sen_dashboard.core.kpi.published import Key, Keys, Open, known, sum_of, text
from sen_dashboard.core.kpi.row_keys import both, by_academic_year, by_code
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.money import growth
from sen_dashboard.core.periods import AcademicYear

Places = Mapping[tuple[str, str], int]  # by academic year and provision, if recorded

YEARS_DRAWN = 6  # two bars each


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
    """Places up to the academic year after the day's, and the changes planned by its end: two statements."""
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
    """Places of the year, of the next, and the change; unknown if a year's are not recorded."""
    now, following = places.get((str(year), provision)), places.get((str(year.plus(1)), provision))
    return now or 0, following, _change(following, now)


def _change(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else now - before


def _plan_caveats(day: date, year: AcademicYear) -> tuple[str, ...]:
    """The changes in the commissioning plan after ``day`` and by the end of ``year``, in sentences."""
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


PLACES = Open("places of schools")


def _places(title: str, provision: str, years: int) -> Key:
    """The key for the places of a provision in the day's academic year, or ``years`` later."""
    return sum_of(
        title,
        lambda scope, _: _offered(provision, AcademicYear.containing(scope.as_at).plus(years)),
        "places",
        PLACES,
        kind=Kind.COUNT,
    )


IN_SPECIAL, IN_SRPS = "Places in state special schools", "Places in SRPs"
KEYS = Keys(
    both(by_code("provision", LocalProvision), by_academic_year("academic_year")),
    headline={
        "special_places": _places(IN_SPECIAL, LocalProvision.SPECIAL, 0),
        "special_places_next": _places(f"{IN_SPECIAL}, next year", LocalProvision.SPECIAL, 1),
        "special_change": Key(Kind.COUNT, PLACES),
        "srp_places": _places(IN_SRPS, LocalProvision.SRP, 0),
        "srp_places_next": _places(f"{IN_SRPS}, next year", LocalProvision.SRP, 1),
        "srp_change": Key(Kind.COUNT, PLACES),
    },
    row={
        "academic_year": known(Kind.TEXT, "Academic year"),
        "provision": text(),
        "label": text("Provision"),
        "places": sum_of("Places", lambda scope, row: _offered(*row), "places", PLACES, kind=Kind.COUNT),
        "change": Key(Kind.COUNT, PLACES, "Change on the year before"),
        "change_pct": Key(Kind.PERCENT, PLACES, "Change in percent"),
    },
    open_caveats=True,  # of places
)


def sentence(result: Result[Headline, Row]) -> str:
    """The answer in words, with the places behind each percentage."""
    now, year = result.headline, AcademicYear.containing(result.scope.as_at)
    special = _recorded(result, LocalProvision.SPECIAL)
    srp = _recorded(result, LocalProvision.SRP)
    return " ".join(
        (
            _describe("State special schools", special, now.special_places_next, year),
            _describe("Specialist resourced provisions (SRPs)", srp, now.srp_places_next, year),
        )
    )


def _recorded(result: Result[Headline, Row], provision: str) -> int | None:
    """Places of the day's academic year; None if none are recorded, which the headline counts as 0."""
    year = str(AcademicYear.containing(result.scope.as_at))
    return next(
        (row.places for row in result.rows if (row.academic_year, row.provision) == (year, provision)), None
    )


def _describe(who: str, places: int | None, following: int | None, year: AcademicYear) -> str:
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


def message(result: Result[Headline, Row]) -> str:
    """ "In 2019-20 state special school places rise from 4,130 to 4,546 (10%), and SRP places …"."""
    now, year = result.headline, AcademicYear.containing(result.scope.as_at)
    special, srp = (_recorded(result, kind) for kind in (LocalProvision.SPECIAL, LocalProvision.SRP))
    if special is None or now.special_places_next is None:
        return f"State special school places are not recorded for {year if special is None else year.plus(1)}"
    special_words = (
        f"In {year.plus(1)} state special school places {_moves(special, now.special_places_next)}"
    )
    if srp is None or now.srp_places_next is None:
        return special_words
    return f"{special_words}, and SRP places {_moves(srp, now.srp_places_next)}"


def _moves(before: int, now: int) -> str:
    """ "rise from 4,130 to 4,546 (10%)"."""
    if now == before:
        return f"stay at {formats.count(now)}"
    change = growth(now, before)
    by = "" if change is None else f" ({formats.percent_short(abs(change))})"
    return f"{'rise' if now > before else 'fall'} from {formats.count(before)} to {formats.count(now)}{by}"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """Places this academic year and the change to the next, for each kind of provision."""
    now, year = result.headline, AcademicYear.containing(result.scope.as_at)

    def offered(who: str, provision: str) -> tuple[Fact, Fact]:
        key = f"{provision.lower()}_places"
        places, following = getattr(now, key), getattr(now, f"{key}_next")
        change = getattr(now, f"{provision.lower()}_change")
        then = "" if following is None else f"then {formats.count(following)} in {year.plus(1)}"
        share = None if change is None else growth(following, places)
        raw = "" if share is None else f"{formats.percent(share)} of {formats.count(places)}"
        label = f"Change in {who} places to {year.plus(1)}"
        recorded = Fact(
            f"{who[0].upper()}{who[1:]} places in {year}",
            _recorded(result, provision),
            Kind.COUNT,
            then,
            (key,),
        )
        return recorded, Fact(label, change, Kind.COUNT, raw, (f"{key}_next", key))

    return (
        *offered("state special school", LocalProvision.SPECIAL),
        *offered("SRP", LocalProvision.SRP),
    )


def chart(result: Result[Headline, Row]) -> Chart:
    """Places by academic year, state special schools beside SRPs, for only as many years as are easy to read."""
    years = sorted({row.academic_year for row in result.rows})[-YEARS_DRAWN:]
    rows = {KEYS.row_key.text(row): row for row in result.rows}

    def offered(name: str, provision: str, tone: Tone) -> Series:
        keys = [f"{provision}:{year}" for year in years]
        numbers = [rows[key].places if key in rows else None for key in keys]
        marks = (mark(places, key, formats.count(places)) for places, key in zip(numbers, keys, strict=True))
        return Series(name, tuple(marks), "places", tone)

    return bars(
        years,
        Axis("Places", Kind.COUNT),
        offered("State special schools", LocalProvision.SPECIAL, Tone.MAIN),
        offered("SRPs", LocalProvision.SRP, Tone.SECOND),
    )


KPI = Kpi(
    slug="place_growth",
    title="Growth of local places",
    question=(
        "How many places do state special schools and specialist resourced provisions (SRPs) offer, and "
        "are they growing?"
    ),
    group=Group.PROVISION,
    numerator="Places of an academic year (1 September to 31 August) less those of the year before.",
    denominator="Places of the year before, of the same provision.",
    left_out="The commissioning plan: its approved changes are shown under the figures and never added in.",
    undefined="A change is not available where the places of either year are not recorded.",
    kind=Kind.COUNT,
    better=Better.HIGHER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="School places and the commissioning plan",
    query=query,
    counts_children=False,
    in_words=sentence,
    message=message,
    figures=facts,
    chart=chart,
    caption=lambda result: (
        f"Places by academic year, to {AcademicYear.containing(result.scope.as_at).plus(1)}"
    ),
    keys=KEYS,
    counts=(SchoolPlaces,),
    report=(InReport(ReportSection.PROVISION),),
    draws_year_before=False,  # the chart already has earlier years
)
