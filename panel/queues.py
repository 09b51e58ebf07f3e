"""The queues of the panels' clerks: cases by what they wait for, and what follows agreements.

Every case that is neither finally decided nor on an agenda is in exactly one of the queues of cases. The day is
today: states are read from the current records (`panel.states`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django_filters import FilterSet

from panel import filters, tables
from panel.models import ExpectedPlacement, Outcome, Panel, PanelCase, PanelDecision
from panel.states import State
from sen_dashboard.core.web.tables import RecordTable

Records = QuerySet[Any, Any]


@dataclass(frozen=True)
class Queue:
    """Records waiting for the same thing.

    ``records`` returns those waiting on a day, each with the day ``since`` which it has waited; ``case`` is the path
    from a record to its case. ``one`` and ``many`` name the records.
    """

    key: str
    title: str
    sentence: str
    records: Callable[[date], Records]
    table: type[RecordTable]
    filters: type[FilterSet]
    one: str = "case"
    many: str = "cases"
    case: str = ""


def counts(day: date) -> Mapping[str, Mapping[str, int]]:
    """The number of records in each queue, by its key and the panel's code: one statement."""
    first, *others = (_counted(queue, day) for queue in QUEUES)
    found = {queue.key: dict.fromkeys(Panel.values, 0) for queue in QUEUES}
    for row in first.union(*others, all=True):
        found[row["queue"]][row["of_panel"]] = row["number"]
    return found


def _counted(queue: Queue, day: date) -> Records:
    of_panel = queue.records(day).values(queue=Value(queue.key), of_panel=F(f"{queue.case}panel"))
    return of_panel.annotate(number=Count("pk")).order_by()


# The records of each queue


def _cases(*states: State) -> Records:
    """Cases in one of the states, with the day of the latest decision and the day its information is due."""
    latest = PanelDecision.objects.counted().filter(case=OuterRef("pk")).order_by("-meeting_on")
    cases: Records = PanelCase.objects.select_related("child").with_state().filter(state__in=states)
    return cases.annotate(
        decided_on=Subquery(latest.values("meeting_on")[:1]), due_on=Subquery(latest.values("due_on")[:1])
    )


def _awaiting_papers(_: date) -> Records:
    return _cases(State.AWAITING_PAPERS).annotate(since=F("received_on"))


def _ready(_: date) -> Records:
    return _cases(State.READY, State.DEFERRED).annotate(since=Coalesce("ready_on", "decided_on"))


def _information_overdue(day: date) -> Records:
    return _cases(State.INFORMATION_ASKED).filter(due_on__lt=day).annotate(since=F("due_on"))


def _information_awaited(day: date) -> Records:
    in_time = Q(due_on=None) | Q(due_on__gte=day)
    return _cases(State.INFORMATION_ASKED).filter(in_time).annotate(since=F("decided_on"))


def _not_started(_: date) -> Records:
    expected = ExpectedPlacement.objects.not_started().with_days()
    return expected.select_related("decision__case__child", "school").annotate(
        since=F("decision__meeting_on")
    )


def _reviews_due(day: date) -> Records:
    """Agreements that stand and are due for review, if the child has no later request to the panel."""
    later = PanelCase.objects.counted().filter(
        child=OuterRef("case__child"), panel=OuterRef("case__panel"), received_on__gt=OuterRef("meeting_on")
    )
    agreed = PanelDecision.objects.standing().filter(outcome=Outcome.AGREED, review_on__lte=day)
    return (
        agreed.filter(~Exists(later))
        .with_worth()
        .select_related("case__child")
        .annotate(since=F("review_on"))
    )


QUEUES = (
    Queue(
        "awaiting-papers",
        "Awaiting papers",
        "Requests whose papers are not complete, oldest first.",
        _awaiting_papers,
        tables.CaseQueueTable,
        filters.CaseFilters,
    ),
    Queue(
        "information-overdue",
        "Information overdue",
        "The panel asked for more information, its due date has passed, and it has not been marked as received.",
        _information_overdue,
        tables.InformationQueueTable,
        filters.CaseFilters,
    ),
    Queue(
        "information-awaited",
        "More information awaited",
        "The panel asked for more information, which is not due yet or has no due date.",
        _information_awaited,
        tables.InformationQueueTable,
        filters.CaseFilters,
    ),
    Queue(
        "ready",
        "Ready for a meeting",
        "Papers are complete, or the case was deferred, and it is not on an agenda.",
        _ready,
        tables.CaseQueueTable,
        filters.CaseFilters,
    ),
    Queue(
        "agreed-not-started",
        "Agreed, not started",
        "Agreed places awaiting the school’s offer or the start, or refused by the school.",
        _not_started,
        tables.ExpectedQueueTable,
        filters.ExpectedFilters,
        one="place",
        many="places",
        case="decision__case__",
    ),
    Queue(
        "reviews-due",
        "Reviews due",
        "Agreements due for review, until a later request for the child goes to the same panel.",
        _reviews_due,
        tables.ReviewQueueTable,
        filters.ReviewFilters,
        one="agreement",
        many="agreements",
        case="case__",
    ),
)
"""The queues in the order in which cases move through them."""

BY_KEY = {queue.key: queue for queue in QUEUES}
