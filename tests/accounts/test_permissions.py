"""Permissions: every address for every role and for no role, and the matrix behind them.

A new address must be listed here with the roles that may use it, or the first test fails.
"""

import re
from collections.abc import Iterable, Iterator
from copy import copy
from html import unescape
from http.cookies import SimpleCookie
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db import transaction
from django.template import Context, Template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from sen_dashboard.accounts.middleware import MEANWHILE, NO_ROLE
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import MATRIX, Permission, may
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.kpi.definition import Group as KpiGroup
from tests.factories import (
    make_action,
    make_agenda_item,
    make_case,
    make_change,
    make_child,
    make_decision,
    make_decision_needed,
    make_event,
    make_expected,
    make_mapping,
    make_meeting,
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
from tests.form_client import FormClient
from tests.reports.made import make_job
from tests.site_map import OF_A_PLACEMENT, PROGRAMME_RECORDS

pytestmark = pytest.mark.django_db

EVERYBODY = frozenset(Role)
PANEL_CLERKS = frozenset({Role.PANEL_CLERK})
AUDITORS = frozenset({Role.AUDITOR})
EVENT_EDITORS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})
REPORT_READERS = frozenset({Role.OFFICER, Role.MANAGER})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
MANAGERS = frozenset({Role.MANAGER})
FINANCE = frozenset({Role.FINANCE})
PLACEMENT_EDITORS = frozenset({Role.FINANCE, Role.PANEL_CLERK})
PROGRAMME_EDITORS = frozenset({Role.OFFICER, Role.MANAGER})
FINANCE = frozenset({Role.FINANCE})
FINANCE_READERS = frozenset({Role.FINANCE, Role.OFFICER, Role.MANAGER, Role.AUDITOR})


PUBLIC = {"sign_in", "accessibility"}
ROLES: dict[str, frozenset[Role]] = {
    "overview": EVERYBODY,
    "group": EVERYBODY,
    "kpi": EVERYBODY,
    "kpi_chart": EVERYBODY,
    "kpi_json": EVERYBODY,
    "kpi_file": EVERYBODY,
    "records": EVERYBODY,
    "records_file": EVERYBODY,
    "dictionary": EVERYBODY,
    "child": EVERYBODY,
    "placement": EVERYBODY,
    "school": EVERYBODY,
    "school_file": EVERYBODY,
    "case": EVERYBODY,
    "search": EVERYBODY,
    "child_trail": EVERYBODY,
    "placement_trail": EVERYBODY,
    "case_trail": EVERYBODY,
    "reads": AUDITORS,
    "reads_file": AUDITORS,
    "changes": AUDITORS,
    "changes_file": AUDITORS,
    "exports": AUDITORS,
    "exports_file": AUDITORS,
    "accessibility": EVERYBODY,
    "benchmarks": EVERYBODY,
    "benchmark": EVERYBODY,
    "benchmark_file": EVERYBODY,
    "panel": EVERYBODY,
    "queue": EVERYBODY,
    "queue_file": EVERYBODY,
    "queue_bulk": PANEL_CLERKS,
    "expected_placement": EVERYBODY,
    "expected_offer": PANEL_CLERKS,
    "expected_start": PANEL_CLERKS,
    "expected_refusal": PANEL_CLERKS,
    "expected_change": PANEL_CLERKS,
    "events": EVERYBODY,
    "events_file": EVERYBODY,
    "event_add": EVENT_EDITORS,
    "event_change": EVENT_EDITORS,
    "event_remove": EVENT_EDITORS,
    **{f"{name}{page}": EVERYBODY for name in PROGRAMME_RECORDS for page in ("", "_trail")},
    **dict.fromkeys(("programme", "programme_sheet", "commissioning_plan"), EVERYBODY),
    "event_before_and_after": EVERYBODY,
    "programme_list": EVERYBODY,
    "programme_list_file": EVERYBODY,
    **dict.fromkeys(
        (
            *("workstream_add", "workstream_change", "action_add", "action_change", "action_update"),
            *("action_milestone_add", "milestone_change", "milestone_reach", "risk_add", "risk_change"),
            *("decision_needed_add", "decision_needed_change"),
        ),
        PROGRAMME_EDITORS,
    ),
    "decision_needed_settle": MANAGERS,
    "commissioning_change_add": MANAGERS,
    "commissioning_change_change": MANAGERS,
    "commissioning_change_milestone_add": MANAGERS,
    **{f"kpi_note_{task}": MANAGERS for task in ("add", "change", "remove")},
    **dict.fromkeys(
        (
            *("finance", "finance_schools_file", "months", "months_of_year", "month"),
            *("reconciliation", "reconciliation_file", "finding"),
            *("ledger", "ledger_file", "ledger_suppliers", "ledger_suppliers_file", "mappings"),
        ),
        FINANCE_READERS,
    ),
    **{f"ledger_{task}": FINANCE for task in ("load", "columns", "preview", "discard", "match")},
    "mapping_change": FINANCE,
    "finding_note": FINANCE,
    "month_close": FINANCE,
    "month_reopen": MANAGERS,
    "months_moved": EVERYBODY,
    "month_moved": EVERYBODY,
    "reports": REPORT_READERS,
    "reports_file": REPORT_READERS,
    "report": REPORT_READERS,
    "report_file": REPORT_READERS,
    "report_begin": MANAGERS,
    "report_job": EVERYBODY,
    "job": MANAGERS,
    "job_cancel": MANAGERS,
    "job_retry": MANAGERS,
    "report_comment": MANAGERS,
    "report_collect": MANAGERS,
    "report_approve": MANAGERS,
    "report_return": MANAGERS,
    "report_publish": MANAGERS,
    "report_discard": MANAGERS,
    "digest": REPORT_READERS,
    **dict.fromkeys(("extracts", "extract", "extract_file"), MANAGERS),
    "session": EVERYBODY,
    "kept_discard": EVERYBODY,
    "roles": EVERYBODY,
    "password": EVERYBODY,
    "people": ADMINISTRATORS,
    "people_file": ADMINISTRATORS,
    "person_add": ADMINISTRATORS,
    "person_change": ADMINISTRATORS,
    "person_deactivate": ADMINISTRATORS,
    "person_reactivate": ADMINISTRATORS,
    "person_password": ADMINISTRATORS,
    "request_add": PANEL_CLERKS,
    "request_drafts": PANEL_CLERKS,
    "request_draft_drop": PANEL_CLERKS,
    "request_change": PANEL_CLERKS,
    "papers_complete": PANEL_CLERKS,
    "present_again": PANEL_CLERKS,
    "panel_child": PANEL_CLERKS,
    "case_take_back": PANEL_CLERKS,
    "panel_children": PANEL_CLERKS,
    "panel_schools": PLACEMENT_EDITORS,
    **{f"placement_{task}": PLACEMENT_EDITORS for task in ("end", "end_remove", "move", "attendance")},
    "billing_terms": FINANCE,
    "placement_accrual": FINANCE,
    **{f"cost_line_{task}": FINANCE for task in ("add", "change", "correct", "void")},
    "case_papers": EVERYBODY,
    "ratify": PANEL_CLERKS,
    "decide": PANEL_CLERKS,
    "correct": PANEL_CLERKS,
    "meetings": EVERYBODY,
    "meetings_file": EVERYBODY,
    "meeting": EVERYBODY,
    "meeting_agenda": EVERYBODY,
    "meeting_minutes": EVERYBODY,
    "meeting_trail": EVERYBODY,
    "meeting_add": PANEL_CLERKS,
    "meeting_change": PANEL_CLERKS,
    "meeting_attendance": PANEL_CLERKS,
    "meeting_conflicts": PANEL_CLERKS,
    "meeting_spreadsheet": PANEL_CLERKS,
    "meeting_template_xlsx": PANEL_CLERKS,
    "meeting_template_csv": PANEL_CLERKS,
    "agenda_add": PANEL_CLERKS,
    "agenda_defer": PANEL_CLERKS,
    "agenda_up": PANEL_CLERKS,
    "agenda_down": PANEL_CLERKS,
    "agenda_take_off": PANEL_CLERKS,
    "conflict_withdraw": PANEL_CLERKS,
    "sign_in": EVERYBODY,
    "sign_out": EVERYBODY,
}
CSV = {"form": "csv"}
OF_A_REPORT = {"month": "2019-03", "version": "1"}
PARTS: dict[str, dict[str, Any]] = {
    "group": {"group": KpiGroup.MONEY},
    "kpi": {"slug": "capacity"},
    "kpi_chart": {"slug": "capacity"},
    "kpi_json": {"slug": "capacity"},
    "kpi_file": {"slug": "capacity"} | CSV,
    "records": {"slug": "capacity", "key": "special_on_roll"},
    "records_file": {"slug": "capacity", "key": "special_on_roll"} | CSV,
    "child": {"child_id": "C1"},
    "placement": {"placement_id": "P1"},
    "school": {"school_id": "S1"},
    "school_file": {"school_id": "S1"} | CSV,
    "case": {"case_id": "K1"},
    **{f"placement_{task}": {"placement_id": "P1"} for task in OF_A_PLACEMENT},
    "cost_line_add": {"placement_id": "P1"},
    **{
        f"cost_line_{task}": {"placement_id": "P1", "line_id": "9001"}
        for task in ("change", "correct", "void")
    },
    "child_trail": {"child_id": "C1"},
    "placement_trail": {"placement_id": "P1"},
    "case_trail": {"case_id": "K1"},
    "benchmark": {"slug": "inmss_share"},
    "benchmark_file": {"slug": "inmss_share"} | CSV,
    "queue": {"key": "ready"},
    "queue_file": {"key": "ready"} | CSV,
    **{f"{name}_file": CSV for name in ("reads", "changes", "exports", "events", "people", "meetings")},
    "queue_bulk": {"key": "ready"},
    **{
        f"expected_{name}": {"expected_id": "1"}
        for name in ("placement", "offer", "start", "refusal", "change")
    },
    "event_change": {"event_id": "E1"},
    "event_remove": {"event_id": "E1"},
    "event_before_and_after": {"event_id": "E1"},
    "programme_list": {"key": "actions"},
    "programme_list_file": {"key": "actions"} | CSV,
    **{
        f"{name}{page}": {f"{name}_id": key}
        for name, key in PROGRAMME_RECORDS.items()
        for page in ("", "_trail", "_change")
    },
    "action_update": {"action_id": "N1"},
    "action_milestone_add": {"action_id": "N1"},
    "milestone_change": {"milestone_id": "M1"},
    "milestone_reach": {"milestone_id": "M1"},
    "decision_needed_settle": {"decision_needed_id": "D1"},
    "commissioning_change_milestone_add": {"commissioning_change_id": "X1"},
    "kpi_note_change": {"kpi_note_id": "T1"},
    "kpi_note_remove": {"kpi_note_id": "T1"},
    "months_of_year": {"year": "2018-19"},
    **{name: {"month": "2019-03"} for name in ("month", "month_close", "month_reopen")},
    "month_moved": {"rest": "2018-19/"},
    "finance_schools_file": CSV,
    "reconciliation_file": CSV,
    "finding": {"key": "a1"},
    "finding_note": {"key": "a1"},
    "case_papers": {"case_id": "K1"},
    "ratify": {"case_id": "K1"},
    "decide": {"meeting_id": "9001", "case_id": "K1"},
    "correct": {"decision_id": "9001"},
    "meeting": {"meeting_id": "9001"},
    "meeting_agenda": {"meeting_id": "9001"},
    "meeting_minutes": {"meeting_id": "9001"},
    "meeting_trail": {"meeting_id": "9001"},
    "meeting_change": {"meeting_id": "9001"},
    "meeting_attendance": {"meeting_id": "9001"},
    "meeting_conflicts": {"meeting_id": "9001", "case_id": "K1"},
    "meeting_spreadsheet": {"meeting_id": "9001"},
    "meeting_template_xlsx": {"meeting_id": "9001"},
    "meeting_template_csv": {"meeting_id": "9001"},
    "agenda_add": {"meeting_id": "9001"},
    "agenda_defer": {"meeting_id": "9001"},
    "agenda_up": {"meeting_id": "9001", "item_id": "9001"},
    "agenda_down": {"meeting_id": "9001", "item_id": "9001"},
    "agenda_take_off": {"meeting_id": "9001", "item_id": "9001"},
    "conflict_withdraw": {"meeting_id": "9001", "conflict_id": "9001"},
    "person_change": {"person_id": "900001"},
    "person_deactivate": {"person_id": "900001"},
    "person_reactivate": {"person_id": "900001"},
    "person_password": {"person_id": "900001"},
    "reports_file": CSV,
    "report": OF_A_REPORT | {"audience": "internal"},
    "report_file": OF_A_REPORT | {"audience": "internal", "suffix": "pdf"},
    "extract": {"slug": "dsg_plan"},
    "extract_file": {"slug": "dsg_plan"} | CSV,
    **{f"ledger_{task}": {"upload_id": "1"} for task in ("columns", "preview", "discard")},
    "ledger_file": CSV,
    "ledger_suppliers_file": CSV,
    "ledger_match": {"posting_id": "1"},
    "mapping_change": {"mapping_id": "1"},
    "report_job": {"job_id": "9001"},
    "job": {"job_id": "9001"},
    "job_cancel": {"job_id": "9001"},
    "job_retry": {"job_id": "9001"},
    "report_comment": OF_A_REPORT | {"section": "inmss"},
    **{f"report_{move}": OF_A_REPORT for move in ("collect", "approve", "return", "publish", "discard")},
    "request_draft_drop": {"draft_id": "1"},
    "request_change": {"case_id": "K1"},
    "papers_complete": {"case_id": "K1"},
    "present_again": {"case_id": "K1"},
    "case_take_back": {"case_id": "K1"},
}
"""What an address needs besides its name; the records that they name are made by ``records``."""

CELL = re.compile(r"<t[hd]\b.*?</t[hd]>", re.DOTALL)


def names(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[str | None]:
    """The name of every address, those of included files too."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        else:
            yield pattern.name


@pytest.fixture
def records() -> None:
    make_event(event_id="E1")
    workstream = make_workstream(workstream_id="W1")
    make_milestone(milestone_id="M1", action=make_action("ON_TRACK", action_id="N1", workstream=workstream))
    make_risk(risk_id="R1", workstream=workstream)
    make_decision_needed(item_id="D1", workstream=workstream)
    make_change(change_id="X1")
    make_note(note_id="T1")
    child, school = make_child(child_id="C1"), make_school(school_id="S1")
    make_placement(placement_id="P1", plan=make_plan(child=child), school=school)
    case = make_case(case_id="K1", child=child)
    make_agenda_item(pk=9001, case=case, meeting=make_meeting(pk=9001))
    make_user(Role.OFFICER, pk=900001)
    make_job(pk=9001)
    make_posting(pk=1, supplier="Ash School", supplier_id="7")
    make_mapping(pk=1)
    make_upload(pk=1)
    make_expected(pk=1, decision=make_decision(pk=9001, case=case), school=school)


def outcome(response: Any) -> str:
    """What came of a request: "allowed", "refused", "sent to sign in", or what else it was."""
    if response.status_code == 403 and "You may not see this page" in response.content.decode():
        return "refused"
    if response.status_code == 302 and response["Location"].startswith(reverse("sign_in") + "?next="):
        return "sent to sign in"
    if response.status_code in (200, 302, 404, 405):  # 404: allowed, but nothing is held
        return "allowed"
    return f"answered with {response.status_code}"


def sign_in(person: User) -> SimpleCookie:
    """The cookies of somebody who has just signed in."""
    visitor = FormClient()
    visitor.force_login(person)
    return visitor.cookies


def undone(cookies: SimpleCookie, names: Iterable[str], *methods: str) -> Iterator[tuple[str, str, Any]]:
    """Each address's name and each method, with the response to it, which is undone before the next is sent."""
    for name, method in product(names, methods):
        visitor = FormClient()
        visitor.cookies = copy(cookies)
        with transaction.atomic():
            yield name, method, getattr(visitor, method)(reverse(name, kwargs=PARTS.get(name)))
            transaction.set_rollback(True)


def test_every_address_is_classed() -> None:
    assert set(names(get_resolver().url_patterns)) == set(ROLES)


@pytest.mark.usefixtures("records")
@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_what_is_its_own(role: Role) -> None:
    wrong = [
        f"{role}: {method} {name} was {came}"
        for name, method, response in undone(sign_in(make_user(role)), ROLES, "get", "post")
        if (came := outcome(response)) != ("allowed" if role in ROLES[name] else "refused")
    ]
    assert not wrong


@pytest.mark.usefixtures("records")
def test_nobody_may_do_anything_but_sign_in() -> None:
    wrong = [
        f"without signing in: {method} {name} was {came}"
        for name, method, response in undone(SimpleCookie(), ROLES, "get", "post")
        if (came := outcome(response)) != ("allowed" if name in PUBLIC else "sent to sign in")
    ]
    assert not wrong


@pytest.mark.usefixtures("records")
@pytest.mark.parametrize("groups", [[], ["Manager of something else"]], ids=["no group", "another group"])
def test_without_a_role_nothing_is_shown_but_a_sentence(groups: list[str]) -> None:
    """Not even to a superuser, nor to a member of a group that is no role; one may sign out, and choose a password."""
    person = make_user(is_superuser=True)
    person.groups.set([Group.objects.create(name=name) for name in groups])
    for name, method, response in undone(sign_in(person), ROLES, "get", "head", "post"):
        check_refusal(name, method, response)


def check_refusal(name: str, method: str, response: Any) -> None:
    """What a person without a role is shown: the sentence, and the way to what is open to everyone."""
    open_to_all, asked = name in PUBLIC | MEANWHILE, f"{method} {name}"
    assert response.status_code in ((200, 302, 405) if open_to_all else (403,)), asked
    page = response.content.decode()
    if open_to_all or method == "head":
        assert "site-navigation" not in page, asked
        return
    main = re.sub(r"<[^>]+>", " ", page.split("<main")[1].split("</main>")[0].partition(">")[2])
    assert " ".join(main.split()) == f"You may not see this page {NO_ROLE}", asked
    left = set(re.findall(r' (?:href|action)="(/[^"]*)"', page))
    assert {address for address in left if not address.startswith("/static/")} == {
        reverse(open_page) for open_page in ("overview", "sign_out", "accessibility")
    }, asked


@pytest.mark.usefixtures("records")
def test_nothing_is_changed_past_the_services() -> None:
    """Django's DeleteView answers DELETE by deleting; every page here takes forms by POST, and nothing else."""
    cookies, people = sign_in(make_user(*Role)), User.objects.count()
    names = ROLES.keys() - {"sign_in", "password"}  # Django's own take PUT as POST
    for name, method, response in undone(cookies, sorted(names), "put", "delete"):
        assert response.status_code in (404, 405), f"{method} {name}"
        assert User.objects.count() == people, f"{method} {name}"


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("task", ["change", "reach"])
def test_a_milestone_of_the_commissioning_plan_is_the_managers(client: Client, task: str, role: Role) -> None:
    milestone = make_milestone(change=make_change())
    client.force_login(make_user(role))
    response = client.get(reverse(f"milestone_{task}", args=[milestone.pk]))
    assert outcome(response) == ("allowed" if role in MANAGERS else "refused")


def test_every_permission_has_its_roles() -> None:
    assert set(MATRIX) == set(Permission)
    assert all(MATRIX.values())


def test_the_page_of_roles_is_the_matrix(client: Client) -> None:
    client.force_login(make_user(Role.OFFICER))
    page = client.get(reverse("roles")).content.decode()
    head, *rows = [
        [unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in CELL.findall(row)]
        for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL)
    ]
    assert head[1:] == [role.value for role in Role]
    assert {row[0]: row[1:] for row in rows} == {
        permission.value: ["Yes" if role in MATRIX[permission] else "No" for role in Role]
        for permission in Permission
    }
    assert all(role.sentence in unescape(page) for role in Role)
    assert "Your role is Officer." in page


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        ([Role.OFFICER], "your role is Officer."),
        ([Role.OFFICER, Role.FINANCE], "your roles are Finance and Officer."),
    ],
)
def test_a_refusal_says_which_role_is_needed(client: Client, roles: list[Role], said: str) -> None:
    client.force_login(make_user(*roles))
    page = client.get(reverse("event_add")).content.decode()
    assert f"To add, change and remove events you need the role Administrator or Manager; {said}" in page


def test_only_a_role_gives_a_permission() -> None:
    superuser = User.objects.create_superuser("root")
    outsider = User.objects.create_user("outsider")
    outsider.groups.add(Group.objects.create(name="Manager of something else"))
    former = make_user(Role.MANAGER, is_active=False)
    for person in (superuser, outsider, former, AnonymousUser()):
        assert not may(person, Permission.EDIT_EVENTS)
    outsider = User.objects.get(username="outsider")
    outsider.groups.add(Group.objects.get(name=Role.MANAGER))
    assert may(outsider, Permission.EDIT_EVENTS)


def test_roles_are_read_once(django_assert_num_queries: Any) -> None:
    person = User.objects.get(pk=make_user(Role.MANAGER).pk)
    with django_assert_num_queries(1):
        assert may(person, Permission.EDIT_EVENTS)
        assert may(person, Permission.EDIT_EVENTS)


@pytest.mark.parametrize("role", Role)
def test_templates_hide_what_is_refused(role: Role) -> None:
    template = Template('{% load site %}{% if user|may:"EDIT_EVENTS" %}shown{% endif %}')
    shown = template.render(Context({"user": make_user(role)}))
    assert shown == ("shown" if role in EVENT_EDITORS else "")


def test_a_template_that_names_no_permission_fails() -> None:
    with pytest.raises(KeyError):
        Template('{% load site %}{{ user|may:"EDIT_EVENT" }}').render(Context({"user": AnonymousUser()}))
