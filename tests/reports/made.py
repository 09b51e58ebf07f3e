"""Reports for tests: one KPI in one section, for both audiences."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.disclosure.suppression import Protection
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.quantities import Contents
from sen_dashboard.core.periods import Month
from sen_dashboard.jobs.models import Job
from sen_dashboard.reports import jobs
from sen_dashboard.reports.collected import (
    Audience,
    Cell,
    Collected,
    CollectedFact,
    CollectedKpi,
    Column,
    Definition,
    Section,
    Table,
    to_plain,
)
from sen_dashboard.reports.jobs import JobKind
from sen_dashboard.reports.models import Report
from sen_dashboard.reports.states import State
from tests.factories import make_user

NOTHING_HIDDEN = Protection(Contents(), 5, frozenset(), frozenset())
AT = datetime(2019, 4, 10, 9, 0, tzinfo=UTC)
LATER = datetime(2019, 4, 11, 9, 0, tzinfo=UTC)


def make_kpi(*, children: int = 842, **given: Any) -> CollectedKpi:
    """The children in INMSS as a KPI of a report."""
    shown = f"{children:,}"
    return CollectedKpi(
        **{
            "slug": "need_mix",
            "variant": "",
            "title": "Needs of children in INMSS",
            "chosen": (),
            "definition": Definition(
                "Which needs?",
                "Children",
                "All children",
                "Nothing",
                "Never",
                "",
                "Head",
                AT.date(),
                "Records",
            ),
            "sentence": f"{shown} children are in INMSS.",
            "facts": (CollectedFact("Children in INMSS", Cell(children, shown), Kind.COUNT),),
            "standing": "",
            "basis": "",
            "caveats": (),
            "headline": {"children": children},
            "rows": ({"need": "ASD", "children": children},),
            "table": Table(
                "Children by need",
                (Column("need", "Primary need", Kind.TEXT), Column("children", "Children", Kind.COUNT)),
                ((Cell(None, "Autism"), Cell(children, shown)),),
            ),
            "chart": None,
            **given,
        }
    )


def make_collected(*kpis: CollectedKpi, **given: Any) -> Collected:
    """A report of March 2019 with the KPIs in its one section."""
    section = Section("inmss", "INMSS data", kpis or (make_kpi(),))
    return Collected(
        **{
            "council": "Kent",
            "audience": Audience.INTERNAL,
            "as_at": date(2019, 3, 31),
            "version": 1,
            "collected_at": AT,
            "collected_by": "manager.one",
            "provisional": "",
            "sections": (section,),
            **given,
        }
    )


def make_report(*kpis: CollectedKpi, **given: Any) -> Report:
    """A stored draft of March 2019; if a later ``state`` is given, another manager has approved and published it."""
    collected = make_collected(*kpis, version=given.get("version", 1))
    report = Report(
        **{
            "month": date(2019, 3, 1),
            "version": 1,
            "internal": to_plain(collected),
            "public": to_plain(replace(collected, audience=Audience.PUBLIC)),
            "protection": NOTHING_HIDDEN.plain(),
            "collected_by": given.pop("collected_by", None) or make_user(Role.MANAGER),
            "collected_at": AT,
            **given,
        }
    )
    if report.state != State.DRAFT:
        report.approved_by, report.approved_at = make_user(Role.MANAGER), LATER
        report.approved_as = report.approved_by.get_full_name()
    if report.state == State.PUBLISHED:
        report.published_by, report.published_at = report.approved_by, LATER
    report.full_clean()
    report.save()
    return report


def make_job(**given: Any) -> Job:
    """A job to collect March 2019 that waits for the worker."""
    return Job.objects.create(
        **{
            "kind": JobKind.COLLECT,
            "subject": jobs.subject(given.pop("month", Month(2019, 3)), report=given.pop("report", None)),
            "requested_by": given.pop("requested_by", None) or make_user(Role.MANAGER),
            "requested_at": AT,
            **given,
        }
    )
