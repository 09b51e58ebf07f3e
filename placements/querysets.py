"""Queries about placements in the field's terms: in force, open on a day, annual cost (KPI definitions, "Words used").

Each term about a day is a condition (``Q``) and a queryset method that applies it; ``count_on`` applies it as a span
of days, so that records are counted on many days in one statement.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, ExtractYear, Greatest, Least

from placements.codes import AssessDecision, CostKind, IssueDecision
from provision.codes import Sector
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.periods import AcademicYear, FinancialYear, Month
from sen_dashboard.core.sql import related, select_from

INMSS_SECTORS = (Sector.INDEPENDENT_SPECIAL, Sector.NON_MAINTAINED_SPECIAL)
INMSS_LINE = "1.2.3"
"""The S251 budget line of top-up and other funding of non-maintained and independent providers."""
PAYEE = "COALESCE(NULLIF(supplier_id, ''), NULLIF(UPPER(supplier), ''))"
"""Who is paid by a row of a ledger, in SQL: the supplier's id, or else its name in any case; null without either."""
WEEKS_TO_DECIDE = 6  # whether to assess (SEND Regulations 2014; domain.md section 1)
WEEKS_TO_ISSUE = 20  # to issue the plan, from the request (regulation 13(2))
YEAR_GROUPS_THAT_LEAVE = (11, 14)
AGE_AT_WHICH_PLANS_END = 25


def plan_in_force(day: date, plan: str = "") -> Q:
    """Issued on or before ``day`` and not ceased on or before it; ``plan`` is a path such as "plan__"."""
    ceased = f"{plan}ceased_on"
    return Q(**{f"{plan}issued_on__lte": day}) & (
        Q(**{f"{ceased}__isnull": True}) | Q(**{f"{ceased}__gt": day})
    )


def placement_open(day: date) -> Q:
    """The placement has started, has not ended before ``day``, and its plan is in force."""
    return (
        Q(starts_on__lte=day)
        & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))
        & plan_in_force(day, plan="plan__")
    )


def leaver_of(year: AcademicYear) -> Q:
    """At the end of the year the young person has finished year 11 or 14, or is 25."""
    born = "plan__child__date_of_birth"
    leavers = Q(**{f"{born}__lte": year.end.replace(year=year.end.year - AGE_AT_WHICH_PLANS_END)})
    for year_group in YEAR_GROUPS_THAT_LEAVE:
        leavers |= Q(**{f"{born}__range": year.births_of(year_group)})
    return leavers


def within_weeks(weeks: int, done_on: str, requested_on: str) -> Q:
    """It was done within so many weeks of the request: day 7 × ``weeks`` after the request is the last day in time.

    The fields are paths such as "assessment__requested_on".
    """
    return Q(**{f"{done_on}__lte": _days_after(requested_on, 7 * weeks)})


def assessment_open(day: date, plans: models.QuerySet[Any, Any]) -> Q:
    """Requested on or before ``day`` and not ended by then: not refused, not decided against a plan, no plan issued.

    A decision to issue does not end an assessment; issuing the plan does.
    """
    refused = Q(assess_decision=AssessDecision.REFUSED, assess_decided_on__lte=day)
    not_issued = Q(issue_decision=IssueDecision.NOT_ISSUED, issue_decided_on__lte=day)
    issued = Q(Exists(plans.filter(assessment=OuterRef("pk"), issued_on__lte=day)))
    return Q(requested_on__lte=day) & ~refused & ~not_issued & ~issued


def line_counted(line: str = "") -> Q:
    """The cost line counts towards a placement's cost; ``line`` is a path such as "cost_lines__"."""
    return Q(**{f"{line}void": False}) & ~Q(**{f"{line}kind": CostKind.TRANSPORT})


def line_of_transport(line: str = "") -> Q:
    """The cost line is for transport, which is shown beside a placement's cost and never included in it."""
    return Q(**{f"{line}void": False, f"{line}kind": CostKind.TRANSPORT})


def line_in_force(first: date, last: date, line: str = "") -> Q:
    """The cost line runs on at least one day from ``first`` to ``last``."""
    ends = f"{line}ends_on"
    return Q(**{f"{line}starts_on__lte": last}) & (
        Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": first})
    )


def in_provision(provision: Provision) -> Q:
    """Placements in a kind of provision: it follows from the school's sector and ``in_srp``, and is not stored."""
    sector = "school__sector"
    conditions = {
        Provision.INMSS: Q(**{f"{sector}__in": INMSS_SECTORS}),
        Provision.SPECIAL: Q(**{sector: Sector.STATE_SPECIAL}),
        Provision.SRP: Q(**{sector: Sector.MAINSTREAM}, in_srp=True),
        Provision.MAINSTREAM: Q(**{sector: Sector.MAINSTREAM}, in_srp=False)
        | Q(**{sector: Sector.INDEPENDENT_MAINSTREAM}),
        Provision.POST_16: Q(**{sector: Sector.POST_16}),
        Provision.OTHER: Q(**{sector: Sector.OTHER}),
    }
    return conditions[provision]


# Each record's first day and the first day after it, as positions in the sorted list of days: width_bucket counts the
# days up to and including a value. A record without an end includes all later days.
COUNT_BY_DAYS_HELD = """
    SELECT WIDTH_BUCKET(first - 1, days) AS held_from,
        COALESCE(WIDTH_BUCKET(until - 1, days), CARDINALITY(days)) AS held_until,
        COUNT(*) AS number
    FROM records CROSS JOIN (SELECT %s::date[] AS days) AS wanted
    GROUP BY held_from, held_until
"""


def _count_on(spans: models.QuerySet[Any, Any], days: Iterable[date]) -> dict[date, int]:
    """How many of the spans include each of the days, in one pass over them whatever the number of days.

    A span includes the days from ``first`` to the day before ``until``.
    """
    wanted = sorted(set(days))
    counts = [0] * len(wanted)
    for group in select_from(spans, COUNT_BY_DAYS_HELD, wanted):
        for place in range(group["held_from"], group["held_until"]):
            counts[place] += group["number"]
    return dict(zip(wanted, counts, strict=True))


class DaysBetween(Func):
    """The number of days from the second date to the first, which PostgreSQL gets by subtraction."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


def _days_after(field: Any, days: int) -> "ExpressionWrapper[Any]":
    day = F(field) if isinstance(field, str) else field
    return ExpressionWrapper(day + Value(days), output_field=DateField())


class AssessmentQuerySet(models.QuerySet[Any]):
    def open_on(self, day: date) -> Self:
        """Assessments requested on or before ``day`` and not ended by then."""
        return self.filter(assessment_open(day, related(self.model, "plans")))


class PlanQuerySet(models.QuerySet[Any]):
    def count_on(self, days: Iterable[date]) -> dict[date, int]:
        """The number of these plans in force on each of the days, in one statement."""
        return _count_on(self.values(first=F("issued_on"), until=F("ceased_on")), days)

    def in_force_on(self, day: date) -> Self:
        """Plans issued on or before ``day`` and not ceased on or before it."""
        return self.filter(plan_in_force(day))

    def issued_between(self, first: date, last: date) -> Self:
        """Plans issued from ``first`` to ``last``, both inclusive."""
        return self.filter(issued_on__range=(first, last))


class PlacementQuerySet(models.QuerySet[Any]):
    def count_on(self, days: Iterable[date]) -> dict[date, int]:
        """The number of these placements open on each of the days, in one statement.

        It is the number of children too: a child has one plan in force at a time, and a plan one placement.
        """
        return _count_on(self.with_span().values("first", "until"), days)

    def with_span(self) -> models.QuerySet[Any, Any]:
        """Annotate ``first``, the day from which a placement is open, and ``until``, from which it no longer is.

        It opens on the later of its start and the plan's issue, and closes on the day after its last or the day the
        plan ceases, whichever comes first; ``until`` is null while neither is known.
        """
        first = Greatest("starts_on", "plan__issued_on")
        until = Least(_days_after("ends_on", 1), "plan__ceased_on")  # ignores a null
        return self.annotate(first=first, until=until)

    def ever_open(self) -> models.QuerySet[Any, Any]:
        """Placements open on at least one day, which a plan issued too late or ceased too early may prevent."""
        return self.with_span().filter(Q(until__isnull=True) | Q(until__gt=F("first")))

    def paid_for(self) -> models.QuerySet[Any, Any]:
        """Placements paid for on at least one day, with ``first``, and ``until``, the first day that is not paid for.

        That is the day after the last day paid for (or else the placement's last), or the day the plan ceases if
        earlier; ``until`` is null while neither is known.
        """
        first = Greatest("starts_on", "plan__issued_on")
        last = Coalesce("paid_to_on", "ends_on")
        until = Least(_days_after(last, 1), "plan__ceased_on")
        return self.annotate(first=first, until=until).filter(Q(until__isnull=True) | Q(until__gt=F("first")))

    def open_on(self, day: date) -> Self:
        """Placements open on ``day``, under a plan in force."""
        return self.filter(placement_open(day))

    def in_provision(self, *provisions: Provision) -> Self:
        """Placements in any of the kinds of provision."""
        condition = Q()
        for provision in provisions:
            condition |= in_provision(provision)
        return self.filter(condition)

    def with_provision(self) -> Self:
        """Annotate ``provision`` with the code of the kind of provision."""
        cases = (When(in_provision(kind), then=Value(kind.value)) for kind in Provision)
        return self.annotate(provision=Case(*cases, output_field=CharField()))

    def with_annual_cost(self, day: date) -> Self:
        """Annotate ``annual_cost`` on ``day`` in £ a year, gross; null for a placement without a cost line.

        It totals all kinds of cost line in force but TRANSPORT, which has its own budget. One pass over the lines: a
        subquery for each placement took many times as long.
        """
        lines = line_counted("cost_lines__") & line_in_force(day, day, "cost_lines__")
        return self.annotate(annual_cost=Sum("cost_lines__annual_amount", filter=lines))

    def with_cost_while_open(self, day: date) -> Self:
        """Annotate ``annual_cost`` on ``day``, null also for a placement that is not open then."""
        lines = line_counted("cost_lines__") & line_in_force(day, day, "cost_lines__")
        while_open = Sum("cost_lines__annual_amount", filter=lines & placement_open(day))
        return self.annotate(annual_cost=while_open)

    def with_transport(self, day: date) -> Self:
        """Annotate ``transport`` on ``day`` in £ a year, separate from the annual cost; null without a line."""
        lines = line_of_transport("cost_lines__") & line_in_force(day, day, "cost_lines__")
        return self.annotate(transport=Sum("cost_lines__annual_amount", filter=lines))


class CostLineQuerySet(models.QuerySet[Any]):
    def counted(self) -> Self:
        """Lines that count towards a placement's cost: not void, and not TRANSPORT."""
        return self.filter(line_counted())

    def in_force_on(self, day: date) -> Self:
        """Lines that run on ``day``; a line without an end runs as long as its placement."""
        return self.in_force_between(day, day)

    def in_force_between(self, first: date, last: date) -> Self:
        """Lines that run on at least one day from ``first`` to ``last``, both inclusive."""
        return self.filter(line_in_force(first, last))

    def with_span(self) -> Self:
        """Annotate ``first``, the day from which a line runs, and ``until``, the day from which it no longer does.

        It runs while its placement is open and the plan is in force; ``until`` is null while no end is known.
        """
        first = Greatest("starts_on", "placement__starts_on", "placement__plan__issued_on")
        until = Least(
            _days_after("ends_on", 1), _days_after("placement__ends_on", 1), "placement__plan__ceased_on"
        )
        return self.annotate(first=first, until=until)

    def accruing_between(self, first: date, last: date) -> Self:
        """Lines that accrue on at least one day from ``first`` to ``last``, with ``first`` and ``until`` annotated.

        A line accrues while its placement is open and the plan in force. If the placement is paid to a day other than
        its last, that day replaces its last: a line that runs to the end of the placement then accrues beyond it under
        a term of notice, and no line accrues after the days paid for. ``until`` is null while no end is known.
        """
        starts = Greatest("starts_on", "placement__starts_on", "placement__plan__issued_on")
        runs_to_the_end = Q(ends_on__isnull=True) | Q(ends_on__gte=F("placement__ends_on"))
        own_end = Case(When(runs_to_the_end, then=None), default=F("ends_on"), output_field=DateField())
        paid_to = Coalesce("placement__paid_to_on", "placement__ends_on")
        last_day = Least(own_end, paid_to)  # ignores a null
        until = Least(_days_after(last_day, 1), "placement__plan__ceased_on")
        known = self.annotate(first=starts, until=until)
        ends_later = Q(until__isnull=True) | Q(until__gt=Greatest(F("first"), Value(first)))
        return known.filter(ends_later, first__lte=last)


class ForecastQuerySet(models.QuerySet[Any]):
    def standing_on(self, day: date, *, line: str) -> Self:
        """Forecasts of the budget line made on or before ``day``, latest first."""
        return self.filter(line=line, made_on__lte=day).order_by("-made_on")


class LedgerQuerySet(models.QuerySet[Any]):
    def of(self, line: str, first: date, last: date) -> Self:
        """Postings on the budget line to the months that begin from ``first`` to ``last``, both inclusive."""
        return self.filter(line=line, month__range=(first, last))

    def up_to(self, day: date) -> Self:
        """Postings to the months that begin on or before ``day``, each month in full."""
        return self.filter(month__lte=day)

    def by_financial_year(self) -> models.QuerySet[Any, dict[str, Any]]:
        """Financial years and budget lines, latest year first: ``first_year, line, postings, total``.

        ``first_year`` is the calendar year in which the financial year begins, ``total`` the sum in £.
        """
        before_april = Case(When(month__month__lt=FinancialYear.first_month, then=Value(1)), default=Value(0))
        years = self.annotate(first_year=ExtractYear("month") - before_april).values("first_year", "line")
        return years.annotate(postings=Count("pk"), total=Sum("amount")).order_by("-first_year", "line")

    def by_month(self, first: date, last: date) -> models.QuerySet[Any, dict[str, Any]]:
        """Months that begin from ``first`` to ``last`` by budget line, in order: ``month, line, postings, total``.

        ``total`` is the sum in £.
        """
        months = self.filter(month__range=(first, last)).values("month", "line")
        return months.annotate(postings=Count("pk"), total=Sum("amount")).order_by("month", "line")

    def of_months(self, line: str, first: date, last: date) -> Self:
        """Postings on the budget line of the months that begin from ``first`` to ``last``, both inclusive.

        ``of_month`` is the month that a posting belongs to; a late posting was posted to another.
        """
        own = self.annotate(of_month=Coalesce("own_month", "month"))
        return own.filter(line=line, of_month__range=(first, last))

    def to_reconcile(self) -> models.QuerySet[Any, dict[str, Any]]:
        """Columns to compare with commitments: ``posting_id, school_id, of_month, amount, source, payee, day``."""
        return self.values(
            *("school_id", "of_month", "amount", "source"),
            posting_id=F("pk"),
            payee=RawSQL(PAYEE, ()),
            day=F("posted_on"),
        )

    def without_school(self, line: str, first: date, last: date) -> dict[str, Any]:
        """Postings on the line that match no school, to months from ``first`` to ``last``: ``postings, amount``."""
        unmatched = self.of(line, first, last).filter(school=None)
        return unmatched.aggregate(postings=Count("pk"), amount=Sum("amount"))

    def from_suppliers(self) -> Self:
        """Postings for which a finance system names the payee."""
        return self.exclude(supplier="", supplier_id="")

    def repeated(self) -> Self:
        """Postings with the payee, amount and day of another from their source: possibly paid twice."""
        dated = self.model.objects.filter(posted_on__isnull=False).from_suppliers()
        equal: list[Any] = [F("source"), RawSQL(PAYEE, ()), F("posted_on"), F("amount")]
        times = dated.annotate(times=Window(Count("*"), partition_by=equal))
        return self.filter(pk__in=times.filter(times__gt=1).values("pk"))

    def latest_month(self) -> Month | None:
        """The latest month with a posting; None for an empty ledger."""
        latest = self.aggregate(latest=Max("month"))["latest"]
        return Month.containing(latest) if latest else None


class FindingNoteQuerySet(models.QuerySet[Any]):
    def latest_of_each(self) -> Self:
        """The latest note of each finding, which holds its status."""
        return self.order_by("key", "-number").distinct("key")
