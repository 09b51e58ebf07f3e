"""Do the records held here add up to what the Department for Education (DfE) published of the council's SEN2 return?

Counted: plans in force on the January census day, by the placement open on it and by primary need, against DfE's
stored figures for the same January.
Left out: what the stored DfE files lack, which reads "not available".
The rule: a check of data quality, not a KPI. SEN2 is taken in January (domain.md section 4); Down syndrome counts
under other difficulty or disability, where DfE had it until January 2025; cognition and learning is a local label
without a SEN2 code (section 2).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_tables2 as tables
from django.conf import settings
from django.db.models import Count, Q

from placements.models import Placement, Plan
from placements.querysets import PlacementQuerySet
from provision.models import Sector
from sen_dashboard.benchmarking.areas import ENGLAND
from sen_dashboard.benchmarking.comparison import find_council
from sen_dashboard.benchmarking.figures import NOT_HELD, Figures, load
from sen_dashboard.benchmarking.measures import INMSS_SHARE, NEED_MIX
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Need, Provision
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.money import growth
from sen_dashboard.core.periods import AcademicYear
from sen_dashboard.core.web.tables import WORDS_CELL, KindColumn, KpiTable
from sen_dashboard.reports.extracts.census import census_day
from sen_dashboard.reports.extracts.extract import Extract, NoHeadline

ALL_PLANS = "All plans"
PLACEMENT, NEED = "Type of placement", "Primary need"
OTHER_KINDS = (Provision.SPECIAL, Provision.SRP, Provision.MAINSTREAM, Provision.POST_16, Provision.OTHER)
NO_SEN2_CODE = "SEN2 has no such code"


@dataclass(frozen=True)
class Row:
    breakdown: str
    item: str
    held: int
    published: int | None
    difference: int | None
    difference_pct: float | None
    not_available_because: str


@dataclass(frozen=True)
class _Published:
    """A published number, or why there is none."""

    number: int | None
    reason: str = ""


def query(day: date) -> Result[NoHeadline, Row]:
    """The numbers here and those published, by type of placement and by need: four statements."""
    published = _Sen2(day)
    placed = _by_kind(day)
    needs = dict(
        Plan.objects.in_force_on(day).values_list("primary_need").annotate(number=Count("pk")).order_by()
    )
    plans = sum(needs.values())
    rows = [_row(ALL_PLANS, ALL_PLANS, plans, published.plans)]
    rows += (_row(PLACEMENT, *line) for line in _placements(plans, placed, published))
    rows += (_row(NEED, *line) for line in _needs(needs, published))
    return Result(Scope(day), NoHeadline(), tuple(rows))


def _by_kind(day: date) -> dict[tuple[str, str], int]:
    """Plans with an open placement, by kind of provision and the school's sector."""
    placed: PlacementQuerySet = Placement.objects.open_on(day).with_provision()
    groups = placed.values_list("provision", "school__sector").annotate(number=Count("pk")).order_by()
    return {(kind, sector): number for kind, sector, number in groups}


class _Sen2:
    """The figures that DfE published about the council for the January of a day."""

    def __init__(self, day: date) -> None:
        council = find_council(settings.COUNCIL_CODE)
        self._area = council.code if council else ""
        self._period = str(AcademicYear.containing(day))
        indicators = INMSS_SHARE.indicators | NEED_MIX.indicators
        self._figures: Figures = load(indicators, Q(area__in=[self._area, ENGLAND], period=self._period))

    @property
    def plans(self) -> _Published:
        """The number of all plans."""
        (measure, *_) = INMSS_SHARE.measures
        point = self._figures.point(measure, self._area, self._period)
        return _number(point.whole, point.reason)

    def of(self, slug: str) -> _Published:
        """The number of plans that the measure with this slug counts."""
        (measure,) = (one for one in (*INMSS_SHARE.measures, *NEED_MIX.measures) if one.slug == slug)
        point = self._figures.point(measure, self._area, self._period)
        return _number(point.part, point.reason)


def _number(number: Any, reason: str) -> _Published:
    return _Published(None, reason or NOT_HELD) if number is None else _Published(int(number))


Line = tuple[str, int, _Published]


def _placements(plans: int, placed: dict[tuple[str, str], int], published: _Sen2) -> Iterator[Line]:
    """Lines for independent or non-maintained special schools, all other kinds, and plans without a placement."""
    yield (
        Sector.INDEPENDENT_SPECIAL.label,
        placed.get((Provision.INMSS, Sector.INDEPENDENT_SPECIAL), 0),
        published.of("independent"),
    )
    yield (
        Sector.NON_MAINTAINED_SPECIAL.label,
        placed.get((Provision.INMSS, Sector.NON_MAINTAINED_SPECIAL), 0),
        published.of("non_maintained"),
    )
    for kind in OTHER_KINDS:
        held = sum(number for (other, _), number in placed.items() if other == kind)
        yield kind.label, held, _Published(None, NOT_HELD)
    yield "No placement open", plans - sum(placed.values()), _Published(None, NOT_HELD)


def _needs(held: dict[str, int], published: _Sen2) -> Iterator[Line]:
    """DfE's needs, then the local label for which it has no code."""
    for measure in NEED_MIX.measures:
        codes = {measure.slug.upper()} | ({Need.DS.value} if measure.slug == Need.OTH.lower() else set())
        yield measure.title, sum(held.get(code, 0) for code in codes), published.of(measure.slug)
    yield f"{Need.CL.label} ({Need.CL})", held.get(Need.CL, 0), _Published(None, NO_SEN2_CODE)


def _row(breakdown: str, item: str, held: int, published: _Published) -> Row:
    number = published.number
    difference = None if number is None else held - number
    return Row(breakdown, item, held, number, difference, growth(held, number), published.reason)


def sentence(result: Result[NoHeadline, Row]) -> str:
    """The number of all plans, here and published."""
    everyone, day = result.rows[0], formats.day(result.scope.as_at)
    held = f"{formats.plural(everyone.held, 'plan is', 'plans are')} held as in force on {day}"
    if everyone.published is None:
        return f"{held}; no published number of plans is held for that January, so there is nothing to check against."
    published = f"{held}; the Department for Education published {formats.count(everyone.published)}"
    if not everyone.difference:
        return f"{published}, the same number."
    more = "more" if everyone.difference > 0 else "fewer"
    return (
        f"{published}, so {formats.count(abs(everyone.difference))} {more} are held here. This is a check of data "
        "quality: look for plans that were issued, ceased or moved after the return."
    )


class Table(KpiTable):
    item = tables.Column(verbose_name="Plans", attrs={"td": WORDS_CELL})
    breakdown = tables.Column(verbose_name="By", attrs={"td": WORDS_CELL})
    held = KindColumn(Kind.COUNT, verbose_name="Held here")
    published = KindColumn(Kind.COUNT, verbose_name="Published by DfE")
    difference = KindColumn(Kind.COUNT, verbose_name="Difference")
    difference_pct = KindColumn(Kind.PERCENT, verbose_name="Difference, %")
    not_available_because = tables.Column(
        verbose_name="Why not available", attrs={"td": WORDS_CELL}, default=""
    )


EXTRACT = Extract(
    slug="sen2_crosscheck",
    title="SEN2: records held compared with published figures",
    question=(
        "Do the records held here match what the Department for Education (DfE) published from the "
        "council’s SEN2 return?"
    ),
    counted=(
        "Plans in force on the January census day, its third Thursday, by the placement open on it and "
        "by primary need; beside them DfE’s numbers for the same January. The difference is the number "
        "held less the number published."
    ),
    left_out=(
        "Types of placement that are not in the published files held. Down syndrome counts under other difficulty or "
        "disability, held and published: DfE counted it there until January 2025, and separately from January 2026."
        " Cognition and learning is a local label that SEN2 has no code for."
    ),
    source="Plan and placement records; Department for Education, Education, health and care plans",
    day=census_day,
    query=query,
    sentence=sentence,
    table=Table,
    caption=lambda result: f"Plans held and published, {formats.day(result.scope.as_at)}",
)
