"""The commissioning plan: the places planned from each year on, those that have opened, and what comes next.

It is a working page, so the day is today unless another is asked for. Changes are shown as they are planned now.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_tables2 as tables
from django.db.models import Case, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce, ExtractYear
from django.urls import reverse

from placements import scope_form
from placements.as_at import AsAt
from provision.models import ChangeStatus, CommissioningChange, LocalProvision, SchoolPlaces
from sen_dashboard.accounts.permissions import Permission
from sen_dashboard.core import formats
from sen_dashboard.core.charts import svg
from sen_dashboard.core.charts.chart import Axis, Chart, Series, Tone, bars, mark
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import AcademicYear
from sen_dashboard.core.web.tables import KindColumn, KpiTable
from sen_dashboard.programme.models import Milestone
from sen_dashboard.programme.pages.lists import HERE, LISTS
from sen_dashboard.programme.pages.records import Asked
from sen_dashboard.programme.tables import CommissioningTable

DECIDED = (ChangeStatus.APPROVED, ChangeStatus.OPEN)
Places = dict[tuple[str, str], int | None]
"""Places by academic year and provision."""
MANY = {LocalProvision.SPECIAL: "State special schools", LocalProvision.SRP: "SRPs"}


@dataclass(frozen=True)
class PlannedYear:
    """The changes of a provision that take effect in an academic year, and the places that result.

    ``before`` are the places of the year before, recorded or else planned, ``opened_before`` those recorded or else
    opened; None if no earlier year's are known. ``planned`` are the places decided, opened or not; ``opened`` those of
    them that are open on the day.
    """

    year: str
    provision: str
    before: int | None
    opened_before: int | None
    planned: int
    opened: int
    proposed: int

    @property
    def label(self) -> str:
        """The provision in words."""
        return MANY[LocalProvision(self.provision)]

    @property
    def places(self) -> int | None:
        """The places of the year as planned; None if those of the year before are not known."""
        return None if self.before is None else self.before + self.planned

    @property
    def places_opened(self) -> int | None:
        """The places of the year if only those opened by the day count, in it and before."""
        return None if self.opened_before is None else self.opened_before + self.opened


def by_year(day: date) -> list[PlannedYear]:
    """Return each academic year and provision with a planned change, oldest first: two statements.

    Cancelled changes are left out, and proposed ones are not added up. A year without a change has the places of the
    year before.
    """
    recorded = SchoolPlaces.objects.values_list("academic_year", "provision").annotate(Sum("places"))
    planned: Places = {(year, provision): total for year, provision, total in recorded.order_by()}
    opened, found = planned.copy(), []
    for first_year, provision, *changes in _summed(day):
        of = str(AcademicYear(first_year)), provision
        one = PlannedYear(*of, _before(planned, *of), _before(opened, *of), *changes)
        planned.setdefault(of, one.places)
        opened.setdefault(of, one.places_opened)
        found.append(one)
    return found


def _before(places: Places, year: str, provision: str) -> int | None:
    """Return the places of the latest earlier year for which they are known."""
    earlier = {of: total for (of, who), total in places.items() if who == provision and of < year}
    return earlier[max(earlier)] if earlier else None


def _summed(day: date) -> QuerySet[Any, Any]:
    """Return the calendar year in which each academic year begins, the provision, and the sums of its changes."""

    def places(which: Q) -> Coalesce:
        return Coalesce(Sum("places_change", filter=which), 0)

    before_september = When(effective_on__month__lt=AcademicYear.first_month, then=1)
    changes = CommissioningChange.objects.exclude(status=ChangeStatus.CANCELLED)
    first_year = ExtractYear("effective_on") - Case(before_september, default=0)
    return (
        changes.annotate(year=first_year)
        .values_list("year", "provision")
        .annotate(
            planned=places(Q(status__in=DECIDED)),
            opened=places(Q(status=ChangeStatus.OPEN, effective_on__lte=day)),
            proposed=places(Q(status=ChangeStatus.PROPOSED)),
        )
        .order_by("year", "provision")
    )


# The page


class YearTable(KpiTable):
    """Places by year, as planned and as opened."""

    year = tables.Column(verbose_name="Academic year")
    label = tables.Column(verbose_name="Provision")
    before = KindColumn(Kind.COUNT, verbose_name="Places the year before")
    planned = KindColumn(Kind.COUNT, verbose_name="Planned change")
    places = KindColumn(Kind.COUNT, verbose_name="Places as planned")
    opened = KindColumn(Kind.COUNT, verbose_name="Opened so far")
    places_opened = KindColumn(Kind.COUNT, verbose_name="Places as opened")
    proposed = KindColumn(Kind.COUNT, verbose_name="Proposed")

    def render_planned(self, value: int) -> str:
        return Kind.COUNT.change(value)

    render_opened = render_proposed = render_planned


class ChangeTable(CommissioningTable):
    """The changes with their next milestones."""

    milestone = tables.Column(verbose_name="Next milestone", accessor="pk", orderable=False)
    milestones: Mapping[str, Milestone]

    class Meta:
        exclude = ("school", "note")

    def render_milestone(self, value: str) -> str:
        ahead = self.milestones.get(value)
        return f"{ahead.title}. {ahead.standing_on(self.as_at)}" if ahead else ""


def context(asked: Asked, default: AsAt) -> dict[str, Any]:
    """Return the context of the page with the plan."""
    day, years = asked.day, by_year(asked.day)
    chart = _chart([one for one in years if one.planned])
    return {
        "here": HERE,
        "sentence": _sentence(years, day),
        "chart": svg.inline(chart) if chart.has_data else None,
        "years": YearTable(years, orderable=False),
        "table": _changes(asked),
        "is_empty": not years,
        "add": reverse("commissioning_change_add") if asked.may(Permission.EDIT_COMMISSIONING_PLAN) else "",
        "lists": LISTS,
        "list": LISTS["commissioning-changes"],
        **scope_form.context((), Scope(day), asked.typed, default),
    }


def error_context(typed: Mapping[str, str], default: AsAt, errors: Mapping[str, str]) -> dict[str, Any]:
    """Return the context of the page for an invalid day: the error, and what was typed."""
    return {"here": HERE, **scope_form.error_context((), typed, default, errors)}


def _changes(asked: Asked) -> ChangeTable:
    changes = CommissioningChange.objects.all()
    table = ChangeTable(changes, as_at=asked.day, scope_query=asked.query)
    ahead = Milestone.objects.open_on(asked.day).filter(change__isnull=False).order_by("-due_on", "-pk")
    table.milestones = {str(milestone.change_id): milestone for milestone in ahead}  # the first one due wins
    table.order_by = "-effective_on"
    return table


def _sentence(years: Iterable[PlannedYear], day: date) -> str:
    """Return the plan after the day's academic year: "State special schools: 4,130 places in 2018-19 …"."""
    following = str(AcademicYear.containing(day).plus(1))
    planned = [describe(one) for one in years if one.year == following and one.planned]
    return " ".join(planned) or f"No change to places has been decided for {following}."


def describe(one: PlannedYear) -> str:
    """Return "State special schools: 416 more places planned for 2019-20, from 4,130 to 4,546; so far 16 more."."""
    number = formats.plural(abs(one.planned), f"{_more(one.planned)} place")
    planned = f"{one.label}: {number} planned for {one.year}"
    opened = f"{formats.count(abs(one.opened))} {_more(one.opened)}" if one.opened else "none"
    if one.before is None:
        return f"{planned}; so far {opened}."
    return f"{planned}, from {formats.count(one.before)} to {formats.count(one.places)}; so far {opened}."


def _more(change: int) -> str:
    return "more" if change > 0 else "fewer"


def _chart(years: list[PlannedYear]) -> Chart:
    """Return the changes of each year as planned, beside those that have opened."""

    def of(name: str, key: str, tone: Tone) -> Series:
        numbers = [getattr(one, key) for one in years]
        return Series(name, tuple(mark(n, label=Kind.COUNT.change(n)) for n in numbers), tone=tone)

    return bars(
        (f"{one.year}, {one.label}" for one in years),
        Axis("Places more or fewer", Kind.COUNT),
        of("Planned", "planned", Tone.MAIN),
        of("Opened", "opened", Tone.SECOND),
    )
