"""Every page of the dashboard by the name of its address, for tests that go through the whole site.

The records that the addresses name are those of ``make_everything``.
"""

from datetime import date
from decimal import Decimal

from django.db import connection
from django.urls import reverse

from panel.models import PanelCase
from panel.queues import QUEUES
from placements.finance.reconciliation import findings
from sen_dashboard.accounts.roles import Role
from sen_dashboard.benchmarking.measures import BY_SLUG as BENCHMARKS
from sen_dashboard.core.kpi.addresses import records_address
from sen_dashboard.core.kpi.definition import Group
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.kpis import KPIS
from sen_dashboard.programme.models import Status
from sen_dashboard.programme.pages.lists import LISTS
from sen_dashboard.reports.collected import Audience
from sen_dashboard.reports.extracts import EXTRACTS
from sen_dashboard.reports.states import State
from tests.benchmarking.shipped import load_shipped
from tests.factories import (
    make_action,
    make_agenda_item,
    make_case,
    make_change,
    make_child,
    make_conflict,
    make_cost_line,
    make_decision,
    make_decision_needed,
    make_event,
    make_expected,
    make_mapping,
    make_match,
    make_meeting,
    make_member,
    make_milestone,
    make_note,
    make_placement,
    make_plan,
    make_posting,
    make_risk,
    make_school,
    make_upload,
    make_user,
    make_workstream,
)
from tests.kpis.random_council import make_council
from tests.kpis.random_panel import make_panel
from tests.kpis.test_records_behind import make_places
from tests.reports.made import make_job, make_report

DAY = date(2019, 3, 31)
PERSON_TASKS = ("change", "deactivate", "reactivate", "password")
NUMBER = 1_000_000_001
"""The key of a record whose key is a number: higher than any sequence reaches in a run of all tests."""
OF_A_PLACEMENT = ("end", "end_remove", "move", "attendance", "accrual")
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
PROGRAMME_RECORDS = {
    "workstream": "W1",
    "action": "N1",
    "risk": "R1",
    "decision_needed": "D1",
    "commissioning_change": "X1",
}
"""The programme's records with pages of their own, each with its key."""
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
    "programme_list": "programme_list_file",
    "reconciliation": "reconciliation_file",
    "ledger": "ledger_file",
    "ledger_suppliers": "ledger_suppliers_file",
}
"""The pages whose list can be saved, each with the name of its files' address."""
NOT_SAVED = {"child_trail", "placement_trail", "case_trail", "meeting_trail", "request_drafts"}
NOT_SAVED |= {f"{name}_trail" for name in PROGRAMME_RECORDS} | {"commissioning_plan", "mappings"}
"""Long lists that are no files. Histories of single records, since auditors save the changes of all; one's own drafts;
and the changes of the commissioning plan, which are saved from their own list; how columns are named is no record."""
MARCH_REPORT, FEBRUARY_REPORT = ("2019-03", 1), ("2019-02", 1)
OF_A_DRAFT, OF_AN_APPROVED = ("collect", "approve", "discard"), ("return", "publish")
WITHOUT_A_PAGE = {"kpi_chart", "kpi_json", "sign_out", *FILES.values()}
WITHOUT_A_PAGE |= {"session", "kept_discard", "months_moved", "month_moved", "finance_schools_file"}
WITHOUT_A_PAGE |= {"ledger_discard"}
WITHOUT_A_PAGE |= {"meeting_template_xlsx", "meeting_template_csv"}
WITHOUT_A_PAGE |= {"report_file", "report_job", "job_cancel", "job_retry"}
WITHOUT_A_PAGE |= AGENDA_TASKS | {"conflict_withdraw", "queue_bulk"}
WITHOUT_A_PAGE |= {
    "request_draft_drop",
    "papers_complete",
    "present_again",
    "panel_child",
    "panel_children",
    "panel_schools",
}


def make_everything() -> None:
    """Make a council with many records, one record of each kind with a known key, an event, and published figures."""
    make_council(1)
    make_panel(1)
    make_places(1)
    make_event(event_id="E1", day=date(2018, 9, 1))
    make_programme()
    child, school = make_child(child_id="A child"), make_school(school_id="A school")
    placement = make_placement(placement_id="A placement", plan=make_plan(child=child), school=school)
    make_cost_line(pk=NUMBER, placement=placement, asked_amount=Decimal(40_000), agreement="ASSUMED")
    decision = make_decision(pk=NUMBER, case=make_case(case_id="A case", child=child, attendance="DAY"))
    _make_meeting(decision.case)
    make_user(Role.OFFICER, pk=900001, first_name="Ada", last_name="Lovelace")
    make_expected(pk=NUMBER)
    make_case(ready_on=date(2018, 4, 20))
    make_report()
    make_report(month=date(2019, 2, 1), state=State.APPROVED)
    make_job(pk=NUMBER)
    make_posting(pk=NUMBER, supplier="Ash School (fees)", supplier_id="7", source="oracle", posted_on=DAY)
    make_mapping(pk=NUMBER)
    make_match(school=school)
    make_upload(pk=NUMBER)
    load_shipped()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as after an import: PostgreSQL would plan for empty tables


def _make_meeting(decided: PanelCase) -> None:
    """Make the meeting that decided the case; another case on its agenda is undecided, and a third is waiting."""
    meeting = make_meeting(pk=NUMBER, place="County Hall")
    make_agenda_item(meeting=meeting, case=decided)
    undecided = make_case(case_id="An undecided case", ready_on=date(2018, 4, 20))
    make_conflict(item=make_agenda_item(meeting=meeting, case=undecided))
    make_member(meeting=meeting, role="Chair", present=True)
    make_case(ready_on=date(2018, 4, 20))


def make_programme() -> None:
    """Make a workstream with an action in each status, two of them late, and a record of every other kind."""
    workstream = make_workstream(workstream_id="W1", lead="Head of SEN", aim="Fewer placements far away")
    for place, status in enumerate(Status):
        make_action(
            status,
            action_id="N1" if status is Status.AT_RISK else f"N1-{place}",
            title=f"An action that is {status.label.lower()}",
            workstream=workstream,
            due_on=date(2019, 3 + place % 2, 15),
            owner="Finance" if place % 2 else "Head of SEN",
            kpi="cost_per_need_type",
            kpi_key="inmss_average",
            expected_change=Decimal(-500),
            expected_from=date(2018, 9, 1),
        )
    make_milestone(milestone_id="M1", action_id="N1")
    make_milestone(action_id="N1", reached_on=date(2019, 2, 1))
    make_risk(risk_id="R1", workstream=workstream, mitigation="A framework", owner="Head of SEN")
    make_decision_needed(item_id="D1", workstream=workstream, asked_of="Cabinet", needed_by=DAY)
    make_decision_needed(workstream=workstream, settled_on=DAY, settled_as="Agreed")
    make_milestone(change=make_change(change_id="X1", needs=["ASD"], district="Thanet"))
    make_note(note_id="T1")


def site_map() -> dict[str, list[str]]:
    """Addresses of pages by the name of their address; reads the records for the lists behind numbers."""
    at = f"?as_at={DAY.isoformat()}"
    return {
        "overview": [f"/{at}", f"/{at}&need=ASD&district=Thanet"],
        "group": [reverse("group", args=[group]) + at for group in Group if group is not Group.PROGRAMME],
        "dictionary": [reverse("dictionary")],
        "kpi": [reverse("kpi", args=[kpi.slug]) + at for kpi in KPIS],
        "records": _lists(),
        "child": [reverse("child", args=["A child"]) + at],
        "placement": [reverse("placement", args=["A placement"]) + at],
        "school": [reverse("school", args=["A school"]) + at],
        "case": [reverse("case", args=["A case"]) + at],
        **{
            f"placement_{task}": [reverse(f"placement_{task}", args=["A placement"])]
            for task in OF_A_PLACEMENT
        },
        "billing_terms": [reverse("billing_terms")],
        "cost_line_add": [reverse("cost_line_add", args=["A placement"])],
        **{
            f"cost_line_{task}": [reverse(f"cost_line_{task}", args=["A placement", NUMBER])]
            for task in ("change", "correct", "void")
        },
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
        "event_before_and_after": [
            reverse("event_before_and_after", args=["E1"]) + at,
            f"{reverse('event_before_and_after', args=['E1'])}{at}&figure=outturn_vs_forecast:actual:month",
        ],
        "programme": [reverse("programme"), reverse("programme") + at],
        "programme_sheet": [reverse("programme_sheet") + at],
        "commissioning_plan": [reverse("commissioning_plan") + at],
        "programme_list": _programme_lists(),
        **{
            f"{name}{page}": [reverse(f"{name}{page}", args=[key])]
            for name, key in PROGRAMME_RECORDS.items()
            for page in ("", "_trail", "_change")
        },
        **{f"{name}_add": [reverse(f"{name}_add")] for name in (*PROGRAMME_RECORDS, "kpi_note")},
        **{f"kpi_note_{task}": [reverse(f"kpi_note_{task}", args=["T1"])] for task in ("change", "remove")},
        **{f"milestone_{task}": [reverse(f"milestone_{task}", args=["M1"])] for task in ("change", "reach")},
        "action_update": [reverse("action_update", args=["N1"])],
        "action_milestone_add": [reverse("action_milestone_add", args=["N1"])],
        "commissioning_change_milestone_add": [reverse("commissioning_change_milestone_add", args=["X1"])],
        "decision_needed_settle": [reverse("decision_needed_settle", args=["D1"])],
        "months": [reverse("months")],
        "months_of_year": [reverse("months_of_year", args=["2018-19"])],
        "month": [reverse("month", args=["2018-04"])],
        "month_close": [reverse("month_close", args=["2019-03"])],
        "month_reopen": [reverse("month_reopen", args=["2018-04"])],
        "finance": [reverse("finance") + at, reverse("finance") + "?as_at=1950-01-01"],
        "reconciliation": [reverse("reconciliation") + at, reverse("reconciliation") + at + "&status=OPEN"],
        **_findings(at),
        "ledger": [reverse("ledger"), f"{reverse('ledger')}?show=repeated&supplier=ash"],
        "ledger_suppliers": [reverse("ledger_suppliers")],
        "ledger_match": [reverse("ledger_match", args=[NUMBER])],
        "ledger_load": [reverse("ledger_load")],
        "ledger_columns": [reverse("ledger_columns", args=[NUMBER])],
        "ledger_preview": [reverse("ledger_preview", args=[NUMBER])],
        "mappings": [reverse("mappings")],
        "mapping_change": [reverse("mapping_change", args=[NUMBER])],
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
        "case_take_back": [reverse("case_take_back", args=["An undecided case"])],
        "request_change": [reverse("request_change", args=["An undecided case"])],
        "digest": [reverse("digest")],
        "extracts": [reverse("extracts")],
        "extract": _extracts(),
        "reports": [reverse("reports"), f"{reverse('reports')}?q=nothing"],
        "report": [reverse("report", args=[*MARCH_REPORT, audience]) for audience in Audience],
        "report_begin": [reverse("report_begin")],
        "job": [reverse("job", args=[NUMBER])],
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


def _programme_lists() -> list[str]:
    """Every list of the programme, and a role's queue on a day."""
    queue = (
        f"{reverse('programme_list', args=['actions'])}?as_at={DAY}&list-standing=waiting&list-role=finance"
    )
    return [*(reverse("programme_list", args=[key]) for key in LISTS), queue]


def _extracts() -> list[str]:
    """Each extract for each of its audiences."""
    return [
        reverse("extract", args=[extract.slug]) + f"?year=2018-19&audience={audience}"
        for extract in EXTRACTS
        for audience in extract.audiences
    ]


def _findings(at: str) -> dict[str, list[str]]:
    """A finding of each kind, to read and to write a note on."""
    found = {finding.kind: finding.key for finding in findings(DAY)}
    return {
        name: [reverse(name, args=[key]) + at for key in found.values()]
        for name in ("finding", "finding_note")
    }


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
