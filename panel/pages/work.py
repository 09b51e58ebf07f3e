"""The clerks' home: the records in each queue, the meetings to prepare or complete, and the person's drafts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from panel import queues
from panel.models import Panel, PanelMeeting, RequestDraft
from panel.queues import Queue
from placements.as_at import AsAt
from sen_dashboard.accounts.models import User
from sen_dashboard.core.kpi.addresses import OWN, scope_query
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import FinancialYear


@dataclass(frozen=True)
class Waiting:
    """How many records of a panel, or of both, are waiting, and the address of their list."""

    panel: str
    number: int
    address: str


@dataclass(frozen=True)
class Line:
    """A queue with its counts: for each panel, then for both."""

    queue: Queue
    address: str
    counts: tuple[Waiting, ...]


def context(user: User, today: date, default: AsAt) -> dict[str, Any]:
    """The page's context: one statement for all queues, one for meetings, one for drafts."""
    found = queues.counts(today)
    return {
        "here": "Cases and meetings",
        "as_at": today,
        "lines": [_line(queue, found[queue.key]) for queue in queues.QUEUES],
        "panels": Panel.labels,
        "meetings": list(_meetings(today)),
        "drafts": list(RequestDraft.objects.filter(by=user)),
        "default": default,
        "outcomes_today": reverse("kpi", args=["panel_outcomes"]) + scope_query(Scope(today)),
        "financial_year": FinancialYear.containing(today),
    }


def _line(queue: Queue, of_panels: Mapping[str, int]) -> Line:
    address = reverse("queue", args=[queue.key])
    counts = tuple(
        Waiting(panel.label, of_panels[panel], f"{address}?{urlencode({f'{OWN}-panel': panel.value})}")
        for panel in Panel
    )
    return Line(queue, address, (*counts, Waiting("both panels", sum(of_panels.values()), address)))


def _meetings(today: date) -> QuerySet[Any, Any]:
    """Past meetings with undecided cases, and all coming meetings, by day."""
    meetings = PanelMeeting.objects.with_numbers().annotate(undecided=F("listed") - F("decided"))
    wanted = meetings.filter(Q(held_on__gte=today) | Q(undecided__gt=0))
    return wanted.order_by("held_on", "panel")
