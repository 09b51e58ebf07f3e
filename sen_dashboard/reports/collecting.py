"""Collecting a report: every KPI at a month's end, read from one state of the store."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from panel.models import PanelDecision
from placements.closing import provisional_sentence
from placements.models import LedgerPosting, Placement, Plan
from sen_dashboard.clock.day import working_day
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Event as MarkedEvent
from sen_dashboard.core.disclosure.suppression import Protection
from sen_dashboard.core.kpi.addresses import scope_parameters
from sen_dashboard.core.kpi.definition import Events, Kpi, ReportSection, plain_fields
from sen_dashboard.core.kpi.movements import compared, weightiest
from sen_dashboard.core.kpi.off_target import missing
from sen_dashboard.core.kpi.status import standing
from sen_dashboard.core.periods import FinancialYear, Month
from sen_dashboard.programme.models import Event
from sen_dashboard.reports.answers import KpiAnswer, answers
from sen_dashboard.reports.collected import (
    Audience,
    Collected,
    CollectedKpi,
    Definition,
    OffTarget,
    Section,
    Summary,
)
from sen_dashboard.reports.disclosing import publicly
from sen_dashboard.reports.programme import asked_for, parts
from sen_dashboard.reports.sections import TITLES, WITH_EVENTS
from sen_dashboard.reports.tables import collected, collected_fact


class NothingToReport(ValueError):
    """The month has no records or is not over; the message is one sentence for the person who asked."""


@dataclass(frozen=True)
class Collection:
    """A month's figures for internal readers and for the public, protected together with everything already public."""

    internal: Collected
    public: Collected
    protection: Protection
    public_before: int


@contextmanager
def one_state_of_the_store() -> Iterator[None]:
    """A read-only transaction in which every statement sees the store as the first one did.

    Raises RuntimeError within another transaction, whose state would already be set.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def collect(
    month: Month,
    kpis: Sequence[Kpi[Any, Any]],
    *,
    council: str,
    by: str,
    at: datetime,
    version: int = 1,
    before: Sequence[Protection] = (),
) -> Collection:
    """Collect the figures of a month, as at its last day, in one REPEATABLE READ transaction.

    ``by`` is the name of the person who collects it, ``at`` the time; ``before`` protects the earlier public reports,
    oldest first. Raises NothingToReport.
    """
    with one_state_of_the_store():
        check_has_records(month, working_day(at))
        events = list(
            Event.objects.between(FinancialYear.containing(month.end).start, month.end).order_by("day")
        )
        marked = [(event.day, event.title) for event in Event.objects.order_by("day")]
        asked, of_programme = dict(answers(month.end, kpis)), parts(month.end)
        sections = tuple(
            Section(
                section.value,
                TITLES[section.value],
                tuple(_collected(answer, marked) for answer in asked.get(section, ())),
                tuple(MarkedEvent(event.day, event.title) for event in events)
                if section in WITH_EVENTS
                else (),
                parts=of_programme.get(section, ()),
            )
            for section in ReportSection
            if asked.get(section) or of_programme.get(section)
        )
        every = [answer for section in ReportSection for answer in asked.get(section, ())]
        summary = Summary(tuple(_off_target(sections, every)), asked_for(month.end))
        provisional = provisional_sentence(month)
        moved = weightiest(compared(a.kpi, a.result) for a in every if not a.entry.chosen)
        internal = Collected(
            council,
            Audience.INTERNAL,
            month.end,
            version,
            at,
            by,
            provisional,
            sections,
            tuple(f"{movement.fact.label} {movement.words}." for movement in moved),
            summary=summary,
        )
        public, protection = publicly(
            internal,
            every,
            before,
            settings.SUPPRESSION_THRESHOLD,
            names_prices=settings.PUBLISH_SCHOOL_PRICES,
        )
    return Collection(internal, public, protection, len(before))


def check_has_records(month: Month, today: date) -> None:
    """Raise NothingToReport if the month is not over on the day, or the store has no records about it."""
    name = formats.month_in_words(month.start)
    if today <= month.end:
        raise NothingToReport(f"{name} has not ended: choose an earlier month.")
    of_the_month = (
        LedgerPosting.objects.filter(month=month.start),
        PanelDecision.objects.filter(meeting_on__range=(month.start, month.end)),
        Plan.objects.in_force_on(month.end),
        Placement.objects.open_on(month.end),
    )
    if not any(records.exists() for records in of_the_month):
        raise NothingToReport(
            f"No plans, placements, panel decisions or postings are held for {name}: choose another month."
        )


def _off_target(sections: Iterable[Section], asked: Iterable[KpiAnswer]) -> Iterator[OffTarget]:
    """The KPIs that miss their target, those with most money or children first."""
    kept = [kpi for section in sections for kpi in section.kpis]
    found = [
        (misses, kpi)
        for kpi, answer in zip(kept, asked, strict=True)
        if (misses := missing(answer.kpi, answer.result))
    ]
    for misses, kpi in sorted(found, key=lambda pair: pair[0].place):
        yield OffTarget(kpi.key, kpi.message, kpi.standing, misses.words or kpi.basis)


def _collected(answer: KpiAnswer, events: Events) -> CollectedKpi:
    """An answer as a report keeps it."""
    kpi, result = answer.kpi, answer.result
    facts, goal = kpi.facts(result), kpi.goal(result)
    return CollectedKpi(
        kpi.slug,
        answer.entry.variant,
        kpi.title,
        result.scope.filtered(kpi.filters),
        _definition(kpi),
        kpi.sentence(result),
        tuple(map(collected_fact, facts)),
        standing(kpi, result).value if goal else "",
        goal.basis if goal else "",
        result.caveats,
        plain_fields(result.headline),
        tuple(map(plain_fields, result.rows)),
        replace(
            collected(kpi.table(result.rows), kpi.caption(result)),
            row_keys=tuple(map(kpi.keys.row_key.text, result.rows)),
        ),
        kpi.draw(result, answer.before, events),
        asked=scope_parameters(result.scope),
        message=kpi.in_one_line(result),
    )


def _definition(kpi: Kpi[Any, Any]) -> Definition:
    return Definition(
        kpi.question,
        kpi.numerator,
        kpi.denominator,
        kpi.left_out,
        kpi.undefined,
        kpi.better.value,
        kpi.owner,
        kpi.reviewed_on,
        kpi.source,
    )
