"""Every page of the dashboard, by the name of its address: what tests that walk the whole site walk.

The records that they name are those of ``make_everything``.
"""

from datetime import date

from django.db import connection
from django.urls import reverse

from panel.models import PanelCase
from panel.queues import QUEUES
from sen_dashboard.accounts.roles import Role
from sen_dashboard.benchmarking.measures import BY_SLUG as BENCHMARKS
from sen_dashboard.core.scope import Scope
from sen_dashboard.kpis import KPIS
from sen_dashboard.pages.addresses import records_address
from sen_dashboard.reports.collected import Audience
from sen_dashboard.reports.extracts import EXTRACTS
from sen_dashboard.reports.states import State
from tests.benchmarking.shipped import load_shipped
from tests.factories import (
    make_agenda_item,
    make_case,
    make_child,
    make_conflict,
    make_decision,
    make_event,
    make_expected,
    make_meeting,
    make_member,
    make_placement,
    make_plan,
    make_school,
    make_user,
)
from tests.kpis.random_council import make_council
from tests.kpis.random_panel import make_panel
from tests.kpis.test_records_behind import make_places
from tests.reports.made import make_job, make_report

DAY = date(2019, 3, 31)
PERSON_TASKS = ("change", "deactivate", "reactivate", "password")
NUMBER = 1_000_000_001
"""The key of a record whose key is a number: beyond what a sequence comes to in a run of all tests."""
OF_A_MEETING = (
    "meeting",
    "meeting_change",
    "meeting_attendance",
    "meeting_agenda",
    "meeting_minutes",
    "meeting_trail",
)
OF_A_MEETING += ("meeting_spreadsheet",)
AGENDA_TASKS = {f"agenda_{task}" for task in ("add", "defer", "up", "down", "take_off")}
FILES = {
    "kpi": "kpi_file",
    "records": "records_file",
    "benchmark": "benchmark_file",
    "queue": "queue_file",
    "school": "school_file",
    "reads": "reads_file",
    "changes": "changes_file",
    "exports": "exports_file",
    "events": "events_file",
    "meetings": "meetings_file",
    "people": "people_file",
    "extract": "extract_file",
    "reports": "reports_file",
}
"""The pages whose list can be saved, each with the name of its files' address."""
MARCH_REPORT, FEBRUARY_REPORT = ("2019-03", 1), ("2019-02", 1)
OF_A_DRAFT, OF_AN_APPROVED = ("collect", "approve", "discard"), ("return", "publish")
WITHOUT_A_PAGE = {"kpi_chart", "kpi_json", "sign_out", *FILES.values()}
WITHOUT_A_PAGE |= {"meeting_template_xlsx", "meeting_template_csv"}
WITHOUT_A_PAGE |= {"report_file", "report_job_cancel", "report_job_retry"}
WITHOUT_A_PAGE |= AGENDA_TASKS | {"conflict_withdraw", "queue_bulk"}
WITHOUT_A_PAGE |= {
    "request_draft_drop",
    "papers_complete",
    "present_again",
    "panel_children",
    "panel_schools",
}


def make_everything() -> None:
    """A council of many records, one record of each kind with a key of its own, an event, and published figures."""
    make_council(1)
    make_panel(1)
    make_places(1)
    make_event(event_id="E1", day=date(2018, 9, 1))
    child, school = make_child(child_id="A child"), make_school(school_id="A school")
    make_placement(placement_id="A placement", plan=make_plan(child=child), school=school)
    decision = make_decision(pk=NUMBER, case=make_case(case_id="A case", child=child, attendance="DAY"))
    _make_meeting(decision.case)
    make_user(Role.OFFICER, pk=900001, first_name="Ada", last_name="Lovelace")
    make_expected(pk=NUMBER)
    make_case(ready_on=date(2018, 4, 20))
    make_report()
    make_report(month=date(2019, 2, 1), state=State.APPROVED)
    make_job(pk=NUMBER)
    load_shipped()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as an import does: PostgreSQL would plan for empty tables


def _make_meeting(decided: PanelCase) -> None:
    """The meeting that decided the case; another on its agenda is undecided, and a third waits."""
    meeting = make_meeting(pk=NUMBER, place="County Hall")
    make_agenda_item(meeting=meeting, case=decided)
    undecided = make_case(case_id="An undecided case", ready_on=date(2018, 4, 20))
    make_conflict(item=make_agenda_item(meeting=meeting, case=undecided))
    make_member(meeting=meeting, role="Chair", present=True)
    make_case(ready_on=date(2018, 4, 20))


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
        "child_trail": [reverse("child_trail", args=["A child"])],
        "placement_trail": [reverse("placement_trail", args=["A placement"]) + at],
        "case_trail": [reverse("case_trail", args=["A case"])],
        "reads": [reverse("reads"), f"{reverse('reads')}?child=A child"],
        "changes": [reverse("changes"), f"{reverse('changes')}?child=A child"],
        "exports": [reverse("exports")],
        "search": [reverse("search"), f"{reverse('search')}?q=c"],
        "accessibility": [reverse("accessibility")],
        "benchmarks": [reverse("benchmarks")],
        "benchmark": [reverse("benchmark", args=[slug]) for slug in BENCHMARKS],
        "panel": [reverse("panel")],
        "queue": [reverse("queue", args=[queue.key]) for queue in QUEUES],
        "expected_placement": [reverse("expected_placement", args=[NUMBER])],
        "expected_offer": [reverse("expected_offer", args=[NUMBER])],
        "expected_start": [reverse("expected_start", args=[NUMBER])],
        "expected_refusal": [reverse("expected_refusal", args=[NUMBER])],
        "expected_change": [reverse("expected_change", args=[NUMBER])],
        "events": [reverse("events")],
        "event_add": [reverse("event_add")],
        "event_change": [reverse("event_change", args=["E1"])],
        "event_remove": [reverse("event_remove", args=["E1"])],
        "months": [reverse("months")],
        "months_of_year": [reverse("months_of_year", args=["2018-19"])],
        "month_close": [reverse("month_close", args=["2018-04"])],
        "meetings": [reverse("meetings")],
        "meeting_add": [reverse("meeting_add")],
        "meeting_conflicts": [reverse("meeting_conflicts", args=[NUMBER, "An undecided case"])],
        **{name: [reverse(name, args=[NUMBER])] for name in OF_A_MEETING},
        "case_papers": [reverse("case_papers", args=["A case"])],
        "decide": [reverse("decide", args=[NUMBER, case_id]) for case_id in ("A case", "An undecided case")],
        "ratify": [reverse("ratify", args=["An undecided case"])],
        "correct": [reverse("correct", args=[NUMBER])],
        "request_add": [reverse("request_add")],
        "request_drafts": [reverse("request_drafts")],
        "request_change": [reverse("request_change", args=["An undecided case"])],
        "digest": [reverse("digest")],
        "extracts": [reverse("extracts")],
        "extract": _extracts(),
        "reports": [reverse("reports"), f"{reverse('reports')}?q=nothing"],
        "report": [reverse("report", args=[*MARCH_REPORT, audience]) for audience in Audience],
        "report_begin": [reverse("report_begin")],
        "report_job": [reverse("report_job", args=[NUMBER])],
        "report_comment": [reverse("report_comment", args=[*MARCH_REPORT, "inmss"])],
        **{f"report_{move}": [reverse(f"report_{move}", args=MARCH_REPORT)] for move in OF_A_DRAFT},
        **{f"report_{move}": [reverse(f"report_{move}", args=FEBRUARY_REPORT)] for move in OF_AN_APPROVED},
        "roles": [reverse("roles")],
        "password": [reverse("password")],
        "people": [reverse("people")],
        "person_add": [reverse("person_add")],
        **{f"person_{task}": [reverse(f"person_{task}", args=[900001])] for task in PERSON_TASKS},
        "sign_in": [reverse("sign_in")],
    }


def _extracts() -> list[str]:
    """Each extract, for each of its audiences."""
    return [
        reverse("extract", args=[extract.slug]) + f"?year=2018-19&audience={audience}"
        for extract in EXTRACTS
        for audience in extract.audiences
    ]


def _lists() -> list[str]:
    """A list of each kind of record."""
    lists = {}
    for kpi in KPIS:
        result = kpi.query(Scope(DAY))
        row_key = kpi.keys.row_key
        for name, behind in kpi.keys.behind.items():
            row = None if name in kpi.keys.headline else result.rows[-1]
            kind = behind.of(result.scope, row and row_key.of(row)).model
            lists.setdefault(kind, records_address(kpi, name, result.scope, row and row_key.text(row)))
    return list(lists.values())
