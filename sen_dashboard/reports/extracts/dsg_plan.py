"""How many children with a plan are in each placement category and age band of the DSG management plan?

Counted: plans in force on the day, by the category of the placement open on it and the child's age on the 31 August
before the academic year. Left out: nothing. A plan without an open placement is "Not recorded", and those aged 26 or
over have a column, so that the total is all plans. The rule: the seven categories and five bands of DfE's template for
the dedicated schools grant (DSG) management plan (domain.md sections 3 and 4), with small numbers hidden (section 9).
Independent mainstream schools are under "non-maintained special or independent". The store's school types do not
distinguish hospital schools and alternative provision from other schools: these are under "other", and the category's
own row is not available.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, CharField, Q, TextChoices, Value, When

from placements import counts
from placements.models import Placement, Plan
from placements.querysets import in_provision
from provision.models import Sector
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.published import Counts, Key, Keys, code
from sen_dashboard.core.kpi.quantities import Addition, Quantity, part, total
from sen_dashboard.core.kpi.row_keys import by_code
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import ONE_DAY, AcademicYear
from sen_dashboard.core.sql import select_from
from sen_dashboard.reports.extracts.census import census_day
from sen_dashboard.reports.extracts.extract import NoHeadline, PublicExtract


class Category(TextChoices):
    """The template's categories, then plans outside its categories, and all plans."""

    MAINSTREAM = "MAINSTREAM", "Mainstream schools or academies"
    BASE = "BASE", "Resourced provision or SEN units"
    SPECIAL = "SPECIAL", "Maintained special schools or special academies"
    INDEPENDENT = "INDEPENDENT", "Non-maintained special or independent schools"
    HOSPITAL_OR_AP = "HOSPITAL_OR_AP", "Hospital schools or alternative provision"
    POST_16 = "POST_16", "Post-16 and further education"
    OTHER = "OTHER", "Other placements or direct payments"
    NOT_RECORDED = "NOT_RECORDED", "Not recorded: no placement is open"
    TOTAL = "TOTAL", "All plans"


BY_CATEGORY = "SELECT category, band, COUNT(*) AS number FROM records GROUP BY category, band"

FIRST_AGES = {
    "under_5": None,
    "aged_5_to_10": 5,
    "aged_11_to_15": 11,
    "aged_16_to_19": 16,
    "aged_20_to_25": 20,
}
FIRST_AGES |= {"aged_26_or_over": 26}
BANDS = tuple(FIRST_AGES)


@dataclass(frozen=True)
class Row:
    """Plans of a category by age band; None if the store cannot distinguish them."""

    category: str
    under_5: int | None
    aged_5_to_10: int | None
    aged_11_to_15: int | None
    aged_16_to_19: int | None
    aged_20_to_25: int | None
    aged_26_or_over: int | None
    total: int | None


def query(day: date) -> Result[NoHeadline, Row]:
    """Plans in force on the day by category and age band: one statement."""
    placed = Placement.objects.open_on(day).values(category=_category(), band=_band(day, "plan__child__"))
    plans = Plan.objects.in_force_on(day).values(
        category=Value(Category.TOTAL.value, output_field=CharField()), band=_band(day, "child__")
    )
    found = select_from(placed.union(plans, all=True), BY_CATEGORY)
    numbers = {(group["category"], group["band"]): group["number"] for group in found}
    in_force, *of_categories = (
        {band: numbers.get((category, band), 0) for band in BANDS}
        for category in (Category.TOTAL, *_CONDITIONS)
    )
    counts = dict(zip(_CONDITIONS, of_categories, strict=True))
    counts[Category.NOT_RECORDED] = {
        band: number - sum(of_category[band] for of_category in counts.values())
        for band, number in in_force.items()
    }
    counts[Category.TOTAL] = in_force
    return Result(
        Scope(day), NoHeadline(), tuple(_row(category, counts.get(category)) for category in Category)
    )


_CONDITIONS = {
    Category.INDEPENDENT: in_provision(Provision.INMSS) | Q(school__sector=Sector.INDEPENDENT_MAINSTREAM),
    Category.MAINSTREAM: in_provision(Provision.MAINSTREAM),  # checked after independent mainstream schools
    Category.BASE: in_provision(Provision.SRP),
    Category.SPECIAL: in_provision(Provision.SPECIAL),
    Category.POST_16: in_provision(Provision.POST_16),
    Category.OTHER: in_provision(Provision.OTHER),
}


def _category() -> Case:
    cases = (When(condition, then=Value(category.value)) for category, condition in _CONDITIONS.items())
    return Case(*cases, output_field=CharField())


def _band(day: date, child: str) -> Case:
    """The age band on the 31 August before the day's academic year; ``child`` is a path such as "child__"."""
    august = AcademicYear.containing(day).start - ONE_DAY
    oldest_first = [(band, age) for band, age in reversed(FIRST_AGES.items()) if age is not None]
    cases = (
        When(**{f"{child}date_of_birth__lte": august.replace(year=august.year - age)}, then=Value(band))
        for band, age in oldest_first
    )
    return Case(*cases, default=Value("under_5"), output_field=CharField())


def _row(category: Category, counts: dict[str, int] | None) -> Row:
    """The row of a category; all unknown without counts."""
    numbers = [None] * (len(BANDS) + 1) if counts is None else [*counts.values(), sum(counts.values())]
    return Row(category.value, *numbers)


def sentence(result: Result[NoHeadline, Row]) -> str:
    """The number of all plans, and of those in non-maintained special or independent schools."""
    rows = {row.category: row for row in result.rows}
    everyone, independent = rows[Category.TOTAL], rows[Category.INDEPENDENT]
    return (
        f"{formats.plural(everyone.total or 0, 'plan was', 'plans were')} in force on "
        f"{formats.day(result.scope.as_at)}, {formats.count(independent.total)} of them met in non-maintained special "
        "or independent schools."
    )


# What the numbers count


def _plans(day: date, category: str, band: str | None = None) -> Quantity:
    of_category = None if category == Category.TOTAL else category
    return counts.plans(Scope(day), day).quantity.having(category=of_category, band=band)


def _sums(result: Result[NoHeadline, Row]) -> Iterator[Addition]:
    """Categories and bands add up to their totals, and to the numbers of children by provision."""
    day = result.scope.as_at
    categories = [
        row.category for row in result.rows if row.category != Category.TOTAL and row.total is not None
    ]
    for band in (None, *BANDS):
        yield total(_plans(day, Category.TOTAL, band), (_plans(day, one, band) for one in categories))
    for category in (*categories, Category.TOTAL):
        yield total(_plans(day, category), (_plans(day, category, band) for band in BANDS))
    yield from _same_children(day)


def _same_children(day: date) -> Iterator[Addition]:
    """A plan with an open placement is a child there; monthly reports count these children by provision."""
    placed = {kind: counts.children(Scope(day), day, kind) for kind in Provision}
    of = {category: _plans(day, category) for category in Category}
    yield part(of[Category.INDEPENDENT], placed[Provision.INMSS])
    yield part(placed[Provision.MAINSTREAM], of[Category.MAINSTREAM])
    yield total(of[Category.BASE], [placed[Provision.SRP]])
    yield total(of[Category.SPECIAL], [placed[Provision.SPECIAL]])
    yield total(of[Category.POST_16], [placed[Provision.POST_16]])
    yield total(of[Category.OTHER], [placed[Provision.OTHER]])


def _of_band(heading: str, band: str | None = None) -> Key:
    return Key(Kind.COUNT, Counts(lambda scope, category: _plans(scope.as_at, category, band)), heading)


KEYS = Keys(
    by_code("category", Category),
    headline={},
    row={
        "category": code(Category, "Placement category"),
        "under_5": _of_band("Under 5", "under_5"),
        "aged_5_to_10": _of_band("5 to 10", "aged_5_to_10"),
        "aged_11_to_15": _of_band("11 to 15", "aged_11_to_15"),
        "aged_16_to_19": _of_band("16 to 19", "aged_16_to_19"),
        "aged_20_to_25": _of_band("20 to 25", "aged_20_to_25"),
        "aged_26_or_over": _of_band("26 or over", "aged_26_or_over"),
        "total": _of_band("All ages"),
    },
    sums=_sums,
    has_all_rows=True,
)


EXTRACT = PublicExtract(
    slug="dsg_plan",
    title="DSG management plan: placement categories and age bands",
    question=(
        "How many children with an education, health and care (EHC) plan are in each placement category and age band "
        "of the dedicated schools grant (DSG) management plan?"
    ),
    counted=(
        "Plans in force on the day, by the placement open on it and the age on the 31 August before the academic year. "
        "Independent mainstream schools count with non-maintained special or independent schools."
    ),
    left_out=(
        "Nothing: plans without an open placement are “not recorded”, so that the total is all plans. "
        "These records do not distinguish hospital schools and alternative provision from other schools: "
        "they count under other placements, and their own row is not available."
    ),
    source="Plan, placement and school records",
    day=census_day,
    any_day=True,
    query=query,
    sentence=sentence,
    table=KEYS.table,
    caption=lambda result: f"EHC plans by placement category and age, {formats.day(result.scope.as_at)}",
    keys=KEYS,
)
