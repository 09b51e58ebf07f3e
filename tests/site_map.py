"""Every page of the dashboard, by the name of its address: what tests that walk the whole site walk.

The records that they name are those of ``make_everything``.
"""

from datetime import date

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db.models import QuerySet
from django.urls import reverse

from panel.models import AgendaItem, ConflictOfInterest, PanelCase
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.benchmarking.measures import BY_SLUG as BENCHMARKS
from sen_dashboard.core.scope import Scope
from sen_dashboard.kpis import KPIS
from sen_dashboard.pages.addresses import records_address
from tests.benchmarking.conftest import SHIPPED
from tests.factories import (
    make_case,
    make_child,
    make_decision,
    make_event,
    make_item,
    make_meeting,
    make_member,
    make_placement,
    make_plan,
    make_school,
    make_user,
)
from tests.kpis.random_council import make_council
from tests.kpis.random_panel import make_panel
from tests.kpis.test_parts import make_places

DAY = date(2019, 3, 31)
MEETING = 9001
OF_A_MEETING = ("meeting", "meeting_change", "meeting_attendance", "meeting_agenda", "meeting_minutes")
WITHOUT_A_PAGE = {"kpi_json", "kpi_csv", "records_csv", "benchmark_csv", "sign_out"} | {
    "agenda_add",
    "agenda_defer",
    "agenda_up",
    "agenda_down",
    "agenda_take_off",
    "conflict_withdraw",
}


def make_everything() -> None:
    """A council of many records, one record of each kind with a key of its own, an event, and published figures."""
    make_council(1)
    make_panel(1)
    make_places(1)
    make_event(event_id="E1", day=date(2018, 9, 1))
    child, school = make_child(child_id="A child"), make_school(school_id="A school")
    make_placement(placement_id="A placement", plan=make_plan(child=child), school=school)
    make_decision(case=make_case(case_id="A case", child=child))
    _make_meeting()
    call_command("import_benchmarks", SHIPPED, verbosity=0)


def _make_meeting() -> None:
    """The meeting that decided "A case"; another on its agenda is undecided, and a third waits."""
    meeting = make_meeting(pk=MEETING, place="County Hall")
    make_item(meeting=meeting, case=PanelCase.objects.get(pk="A case"))
    undecided = make_item(meeting=meeting, case=make_case(ready_on=date(2018, 4, 20)))
    make_case(ready_on=date(2018, 4, 20))
    aside = [make_member(meeting=meeting, role=role) for role in ("Chair", "Head teacher", "Health")][1]
    ConflictOfInterest.objects.create(item=undecided, member=aside, reason="Governor of the school")


def make_reader() -> User:
    """Somebody with every role, who sees every page."""
    reader = make_user(Role.MANAGER)
    reader.groups.set(Group.objects.filter(name__in=list(Role)))
    return reader


def site_map() -> dict[str, list[str]]:
    """Addresses of pages by the name of their address; reads the records for the lists behind numbers."""
    at = f"?as_at={DAY.isoformat()}"
    return {
        "overview": [f"/{at}", f"/{at}&need=ASD&district=Thanet"],
        "dictionary": [reverse("dictionary")],
        "kpi": [reverse("kpi", args=[kpi.slug]) + at for kpi in KPIS],
        "records": _lists(),
        "child": [reverse("child", args=["A child"]) + at],
        "placement": [reverse("placement", args=["A placement"]) + at],
        "school": [reverse("school", args=["A school"]) + at],
        "case": [reverse("case", args=["A case"]) + at],
        "search": [reverse("search"), f"{reverse('search')}?q=c"],
        "accessibility": [reverse("accessibility")],
        "benchmarks": [reverse("benchmarks")],
        "benchmark": [reverse("benchmark", args=[slug]) for slug in BENCHMARKS],
        "events": [reverse("events")],
        "event_add": [reverse("event_add")],
        "event_change": [reverse("event_change", args=["E1"])],
        "event_remove": [reverse("event_remove", args=["E1"])],
        "meetings": [reverse("meetings")],
        "meeting_add": [reverse("meeting_add")],
        "meeting_conflicts": [
            reverse("meeting_conflicts", args=[MEETING, item.case_id]) for item in _items()
        ],
        **{name: [reverse(name, args=[MEETING])] for name in OF_A_MEETING},
        "sign_in": [reverse("sign_in")],
    }


def _items() -> QuerySet[AgendaItem]:
    return AgendaItem.objects.filter(meeting=MEETING)


def _lists() -> list[str]:
    """A list of each kind of record."""
    lists = {}
    for kpi in KPIS:
        result = kpi.query(Scope(DAY))
        for part in kpi.parts:
            row = None if part.key in kpi.headline_keys else kpi.row_key.of(result.rows[-1])
            kind = part.records(result.scope, kpi.row_key.parse(row) if row else None).model
            lists.setdefault(kind, records_address(kpi, part, result.scope, row))
    return list(lists.values())
