"""The trail: what is kept of a change and by whom, however it was made, and how it reads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import InternalError, connection, models, transaction
from django.test import Client, RequestFactory
from django.utils.timezone import localdate, now

from panel.models import PanelCase
from placements.models import Child, CostLine, Placement
from sen_dashboard.accounts.middleware import say_who_changes
from sen_dashboard.accounts.models import RecordRead, User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.accounts.services import note_read
from sen_dashboard.core.formats import moment
from sen_dashboard.core.models.history import (
    BY_SQL,
    Change,
    Entry,
    History,
    entries_about,
    entries_since,
    every_entry,
    history_of,
    version_of,
)
from sen_dashboard.core.models.trail import KEPT, TrailEntry, changes_by
from tests.datasets.valid import VALID
from tests.factories import (
    make_agenda_item,
    make_agreed_cost,
    make_assessment,
    make_billing_term,
    make_case,
    make_change,
    make_child,
    make_confirmation,
    make_conflict,
    make_consultation,
    make_cost_line,
    make_decision,
    make_decision_needed,
    make_document,
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
    make_requested_cost,
    make_risk,
    make_update,
    make_user,
)
from tests.folders import writer
from tests.kpi_pages.test_pages import words
from tests.records.reading import rows

pytestmark = pytest.mark.django_db

MADE = (
    make_assessment,
    make_cost_line,
    make_requested_cost,
    make_document,
    make_consultation,
    make_agreed_cost,
    make_expected,
    make_conflict,
    make_confirmation,
    make_posting,
    make_mapping,
    make_match,
    make_billing_term,
    make_risk,
    make_decision_needed,
    make_update,
    make_milestone,
    make_change,
    make_note,
    make_event,
    lambda: make_user(Role.OFFICER),
)
"""Make a record of every kind that is kept, some of them one that another needs."""
"""Models that belong to a child, and why no trail of them is kept."""


def by_sql(statement: str, *values: Any) -> None:
    """A change past all of Django."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def newest(record: models.Model) -> Entry:
    entry: Entry = history_of(record)[0]
    return entry


def related(model: type[models.Model]) -> set[type[models.Model]]:
    """The models with a reference to the model."""
    fields = model._meta.get_fields(include_hidden=True)
    found = {field.related_model for field in fields if field.auto_created and field.is_relation}
    return {other for other in found if isinstance(other, type) and not issubclass(other, TrailEntry)}


def test_all_that_belongs_to_a_child_is_kept() -> None:
    found: set[type[models.Model]] = set()
    ahead: set[type[models.Model]] = {Child, PanelCase, Placement, CostLine}
    while ahead:
        found |= ahead
        ahead = {other for model in ahead for other in related(model)} - found
    kept = {kept.model for kept in KEPT.values()}
    assert {model for model in found if not model._meta.proxy} <= kept


# What is kept


class TestBySql:
    def test_a_change_says_what_stood_before_and_after(self) -> None:
        line = make_cost_line(annual_amount=Decimal("36500.40"))
        by_sql(
            "UPDATE placements_costline SET annual_amount = 40000, ends_on = '2019-01-31' WHERE id = %s",
            line.pk,
        )
        entry = newest(line.placement)
        assert entry.who == BY_SQL
        assert entry.done == "Changed"
        assert entry.record == (
            f"Cost line of placement {line.placement_id}: Core education fee, 1 April 2018"
        )
        assert entry.changes == (
            Change("Annual amount", "£36,500.40", "£40,000.00"),
            Change("Ends on", "nothing", "31 January 2019"),
        )

    def test_codes_yes_and_no_and_lists_read_as_words(self) -> None:
        case = make_case(reasons=["COMPLEXITY"])
        decision = make_decision(case=case)
        by_sql("UPDATE panel_panelcase SET reasons = '{CAPACITY,OTHER}', primary_need = 'SEMH'")
        by_sql("UPDATE panel_paneldecision SET void = true WHERE id = %s", decision.pk)
        voided, changed, *_ = history_of(case)[:9]
        assert voided.changes == (Change("Recorded in error", "no", "yes"),)
        assert voided.record == f"Panel decision of panel case {case.pk}: 1 May 2018"
        assert changed.changes == (
            Change("Primary need", "Autistic spectrum disorder", "Social, emotional and mental health"),
            Change(
                "Reasons",
                "Local schools cannot meet the complexity of need",
                "Special schools have no capacity; Other",
            ),
        )

    def test_what_is_added_and_removed(self) -> None:
        child = make_child(home_district="Thanet")
        plan = make_plan(child=child)
        by_sql("DELETE FROM placements_plan WHERE plan_id = %s", plan.pk)
        removed, added, first = history_of(child)[:9]
        assert (removed.done, removed.record) == ("Removed", f"Plan {plan.pk}")
        assert Change("Primary need", "Autistic spectrum disorder", "") in removed.changes
        assert Change("Primary need", "", "Autistic spectrum disorder") in added.changes
        assert (first.done, first.changes) == ("Added", (Change("Home district", "", "Thanet"),))

    def test_a_date_of_birth_is_told_only_where_it_was_changed(self) -> None:
        child = make_child()
        by_sql("UPDATE placements_child SET date_of_birth = '2006-02-01' WHERE child_id = %s", child.pk)
        assert newest(child).changes == (Change("Date of birth", "1 June 2005", "1 February 2006"),)
        by_sql("DELETE FROM placements_child WHERE child_id = %s", child.pk)
        assert newest(child).changes == ()

    def test_another_key_is_kept_under_both(self) -> None:
        by_sql("UPDATE placements_child SET child_id = 'new' WHERE child_id = %s", make_child(pk="old").pk)
        assert newest(Child(pk="old")).done == "Key changed"
        assert newest(Child(pk="new")).done == "Changed"

    def test_a_record_moved_away_stays_in_both_histories(self) -> None:
        decision, other = make_decision(), make_case()
        case = decision.case
        by_sql("UPDATE panel_paneldecision SET case_id = %s WHERE id = %s", other.pk, decision.pk)
        moved = Change("Case", str(case.pk), str(other.pk))
        assert moved in newest(case).changes
        assert moved in newest(other).changes

    def test_saving_without_a_change_is_none(self) -> None:
        child = make_child()
        child.save()
        assert version_of(child) == 1

    def test_every_row_of_one_statement_is_kept(self) -> None:
        placement = make_placement()
        by_sql(
            "INSERT INTO placements_costline"
            " (placement_id, kind, annual_amount, starts_on, education_share, void)"
            " SELECT %s, kind, 10, '2018-04-01', 100, false FROM unnest('{CORE,THERAPY,OTHER}'::text[]) kind",
            placement.pk,
        )
        by_sql("UPDATE placements_costline SET annual_amount = 20")
        by_sql("DELETE FROM placements_costline")
        assert version_of(placement) == 1 + 9


@pytest.mark.parametrize(
    "statement",
    ["UPDATE {table} SET pgh_context = NULL", "DELETE FROM {table}"],
    ids=["change", "removal"],
)
@pytest.mark.parametrize("kept", KEPT.values(), ids=KEPT)
def test_postgresql_refuses_to_change_or_remove_an_entry(kept: Any, statement: str) -> None:
    for make in MADE:
        make()
    with pytest.raises(InternalError, match="Cannot update or delete rows"), transaction.atomic():
        by_sql(statement.format(table=kept.entries.model._meta.db_table))
    assert kept.entries.exists()


# Who


class TestWho:
    def answered(self, user: Any, method: str, work: Callable[[], Any]) -> None:
        """A request of the person, during which ``work`` is done."""
        request = getattr(RequestFactory(), method)("/")
        request.user = user
        say_who_changes(lambda _: work())(request)

    def test_a_request_is_its_persons(self) -> None:
        child = make_child()
        person = make_user(Role.PANEL_CLERK, first_name="Ann", last_name="Clerk")
        self.answered(person, "post", lambda: Child.objects.update(home_district="Dover"))
        assert newest(child).who == f"Ann Clerk ({person.username})"
        assert [*child_contexts()] == [None, {"user": person.pk}]

    def test_what_comes_after_in_the_same_transaction_is_not(self) -> None:
        child = make_child()
        with changes_by(make_user(Role.PANEL_CLERK)):
            Child.objects.update(home_district="Dover")
        by_sql("UPDATE placements_child SET home_district = 'Thanet'")
        assert newest(child).who == BY_SQL

    def test_a_service_within_a_request_is_the_same_persons(self) -> None:
        child, person = make_child(), make_user(Role.PANEL_CLERK)

        def work() -> None:
            with transaction.atomic(), changes_by(person):
                Child.objects.update(home_district="Dover")
            Child.objects.update(home_district="Thanet")

        self.answered(person, "post", work)
        assert [entry.who for entry in history_of(child)[:2]] == [str(person)] * 2

    def test_a_person_whose_account_is_gone(self) -> None:
        child, person = make_child(), make_user(Role.PANEL_CLERK)
        number = person.pk
        with changes_by(person):
            Child.objects.update(home_district="Dover")
        person.delete()
        assert newest(child).who == f"A deleted account (number {number})"

    def test_an_import_says_so(self, tmp_path: Path) -> None:
        folder = writer(tmp_path / "data set", VALID)()
        call_command("import_dataset", folder, verbosity=0)
        everything = History(every_entry())
        assert len(everything) > 7
        assert {(entry.who, entry.done) for entry in everything[:500]} == {("Import of a data set", "Added")}
        by_sql("UPDATE placements_child SET home_district = 'Elsewhere'")
        assert everything[0].who == BY_SQL

    def test_records_from_before_the_trail_are_held_already(self) -> None:
        child, case, posting = make_child(home_district="Thanet"), make_case(), make_posting()
        event, change = make_event(), make_change()
        for name in (
            "placements.migrations.0002_trail",
            "placements.migrations.0004_ledger_source_in_trail",
            "panel.migrations.0003_held_in_trail",
            "provision.migrations.0003_held_in_trail",
            "sen_dashboard.programme.migrations.0003_events_held_in_trail",
        ):
            migration = import_module(name)
            with connection.schema_editor() as editor:
                migration.keep_what_is_held(apps, editor)
        for record in (child, case, posting, event, change):
            assert (newest(record).who, newest(record).done) == ("Update of the program", "Already held")
        assert newest(child).changes == (Change("Home district", "", "Thanet"),)


def child_contexts() -> Any:
    return KEPT["placements.Child"].entries.order_by("pgh_id").values_list("pgh_context", flat=True)


# Reading it


def test_histories_of_a_page_and_of_all() -> None:
    child = make_child()
    placement = make_placement(plan=make_plan(child=child))
    make_cost_line(placement=placement)
    make_decision(case=make_case(child=child))
    make_cost_line()
    kinds = [entry.record.split()[0] for entry in history_of(child)[:9]]
    assert kinds == ["Plan", "Child"]
    assert len(history_of(placement)) == 2
    assert len(History(entries_about(child))) == 6


def test_a_case_knows_what_was_done_since_somebody_saw_it() -> None:
    case = make_case()
    seen = version_of(case)
    assert entries_since(case, seen) == []
    make_decision(case=case)
    by_sql("UPDATE panel_panelcase SET annual_cost = 1")
    make_decision()
    assert version_of(case) == seen + 2
    assert [(e.done, e.record.split(":")[0]) for e in entries_since(case, seen)] == [
        ("Changed", f"Panel case {case.pk}"),
        ("Added", f"Panel decision of panel case {case.pk}"),
    ]


def test_takes_three_statements_for_any_number(django_assert_num_queries: Any) -> None:
    placement = make_placement()
    with changes_by(make_user(Role.FINANCE)):
        for kind in ("CORE", "THERAPY", "OTHER"):
            make_cost_line(placement=placement, kind=kind)
        CostLine.objects.update(annual_amount=5)
    with django_assert_num_queries(3):
        assert len(history_of(placement)[:50]) == 7
    with django_assert_num_queries(1):
        assert version_of(placement) == 7


def test_records_without_a_key_are_named_in_words_and_when_they_are_gone_too() -> None:
    """Nobody knows a member, an item or a meeting by its number."""
    case = make_case(case_id="K1")
    meeting = make_meeting(held_on=date(2019, 1, 15))
    member = make_member(meeting=meeting, name="A. Ash")
    make_conflict(item=make_agenda_item(meeting=meeting, case=case), member=member, reason="Governor")
    by_sql("DELETE FROM panel_conflictofinterest")
    by_sql("DELETE FROM panel_agendaitem")
    by_sql("UPDATE panel_member SET name = 'B. Birch'")
    by_sql("DELETE FROM panel_member")
    decision = make_decision(
        case=case, recorded_by=make_user(Role.PANEL_CLERK, username="ann"), recorded_at=now()
    )
    make_agreed_cost(decision=decision)

    told = {(entry.record, entry.done): entry.changes for entry in history_of(meeting)[:9]}
    on_the_day = "panel meeting Independent Placement Panel, 15 January 2019"
    added = told["Conflict of interest of agenda item K1: B. Birch", "Added"]
    assert added == (
        Change("Item", "", "K1"),
        Change("Member", "", "B. Birch"),
        Change("Reason", "", "Governor"),
    )
    assert (f"Agenda item of {on_the_day}: K1", "Removed") in told
    began = told["Panel meeting: Independent Placement Panel, 15 January 2019", "Added"]
    assert Change("Starts at", "", "09:30") in began
    assert (f"Member of {on_the_day}: B. Birch", "Removed") in told
    cost, decided, *_ = history_of(case)[:9]
    assert cost.record == "Agreed cost of panel decision K1, 1 May 2018: Core education fee"
    assert Change("Recorded by", "", "ann") in decided.changes


class TestAccounts:
    """What an administrator does to accounts is kept, and shown to the auditor."""

    @pytest.fixture
    def told(self, client: Client) -> Callable[[str], list[str]]:
        client.force_login(make_user(Role.AUDITOR, username="auditor"))
        return lambda query: rows(client.get(f"/audit/changes/?{query}"), "table")

    def test_who_changed_a_role_a_name_and_a_password(self, told: Callable[[str], list[str]]) -> None:
        person = make_user(Role.OFFICER, username="ann", first_name="Ann", password="a long enough phrase")
        by = make_user(Role.ADMINISTRATOR, username="boss")
        browser = Client()
        browser.force_login(by)
        roles = {"roles": [Role.PANEL_CLERK], "first_name": "Anna", "last_name": ""}
        browser.post(f"/people/{person.pk}/change/", roles)
        browser.post(f"/people/{person.pk}/password/")
        found = [row.split(", ", 1)[1][6:] for row in told(f"about=accounts&who={by.pk}")]
        until = moment(User.objects.get(pk=person.pk).one_time_until)
        assert found == [
            f"boss User: ann Changed One-time password until: from nothing to {until}",
            "boss User: ann Password changed no values are shown",
            "boss Role of user Anna (ann): Panel clerk Added User: Anna (ann) Group: Panel clerk",
            "boss Role of user Anna (ann): Officer Removed User: Anna (ann) Group: Officer",
            "boss User: ann Changed First name: from Ann to Anna",
        ]

    def test_a_change_by_sql_is_kept_and_no_password_is(self, told: Callable[[str], list[str]]) -> None:
        person = make_user(Role.OFFICER, username="ann", password="a long enough phrase")
        by_sql("UPDATE accounts_user SET is_superuser = true WHERE id = %s", person.pk)
        by_sql("UPDATE accounts_user SET password = 'pbkdf2_secret' WHERE id = %s", person.pk)
        manager = "(SELECT id FROM auth_group WHERE name = 'Manager')"
        by_sql(f"UPDATE accounts_user_groups SET group_id = {manager} WHERE user_id = %s", person.pk)
        page = told("about=accounts&who=nobody")
        assert any("Superuser status: from no to yes" in row for row in page)
        assert any(f"{BY_SQL} User: ann Password changed" in row for row in page)
        assert any("Group: from Officer to Manager" in row for row in page)
        held = {field.name for field in KEPT["accounts.User"].entries.model._meta.fields}
        assert "password" not in held
        assert not any("pbkdf2" in row for row in page)

    def test_signing_in_is_no_change(self) -> None:
        person = make_user(Role.OFFICER, password="a long enough phrase")
        browser = Client()
        browser.post("/accounts/sign-in/", {"username": person.username, "password": "a long enough phrase"})
        assert User.objects.get(pk=person.pk).last_login
        assert version_of(person) == 2  # the account, and its role

    def test_a_password_hashed_anew_at_the_sign_in_is_not_by_sql(
        self, told: Callable[[str], list[str]], settings: Any
    ) -> None:
        settings.PASSWORD_HASHERS = [
            *settings.PASSWORD_HASHERS,
            "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        ]
        old = make_password("a long enough phrase", hasher="pbkdf2_sha256")
        User.objects.filter(pk=make_user(Role.OFFICER, username="ann").pk).update(password=old)
        Client().post("/accounts/sign-in/", {"username": "ann", "password": "a long enough phrase"})
        assert "Sign-in User: ann Password changed" in told("about=accounts")[0]

    def test_accounts_are_apart_from_records(self, told: Callable[[str], list[str]]) -> None:
        make_child(child_id="C1")
        assert ["Child C1" in row for row in told("about=records")] == [True]
        assert not any("Child C1" in row for row in told("about=accounts"))
        assert told("about=accounts&child=C1") == ["No records to show."]

    def test_accounts_from_before_the_trail_are_held_already(self) -> None:
        person = make_user(Role.OFFICER)
        migration = import_module("sen_dashboard.accounts.migrations.0008_accounts_in_trail")
        with connection.schema_editor() as editor:
            migration.keep_what_is_held(apps, editor)
        assert [entry.done for entry in history_of(person)[:2]] == ["Already held"] * 2


# Pages


@pytest.fixture
def case() -> PanelCase:
    return make_case(case_id="K1", child=make_child(child_id="C1"))


@pytest.mark.usefixtures("case")
def test_page_shows_before_and_after_and_escapes_them(signed_in: Client) -> None:
    make_decision(case=PanelCase.objects.get(), note="<script>alert(1)</script>")
    by_sql("UPDATE panel_panelcase SET annual_cost = 41000.5")
    response = signed_in.get("/cases/K1/?as_at=2019-03-31")
    changed, decided, _ = rows(response, "history")
    assert changed.endswith(
        "Outside the program (by SQL) Panel case K1 Changed Annual cost: from £36,000.00 to £41,000.50"
    )
    assert "Note: &lt;script&gt;alert(1)&lt;/script&gt;" in decided
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("address", ["/children/C1/", "/placements/P1/", "/cases/K1/"])
def test_long_history_is_cut_and_leads_to_the_whole(signed_in: Client, address: str) -> None:
    child = make_child(child_id="C1")
    make_placement(placement_id="P1", plan=make_plan(child=child))
    make_case(case_id="K1", child=child)
    for number in range(60):
        Child.objects.update(home_district=f"District {number}")
        Placement.objects.update(contract_id=f"Contract {number}")
        PanelCase.objects.update(annual_cost=number)
    page = signed_in.get(address)
    assert len(rows(page, "history")) == 50
    assert f'href="{address}trail/"' in page.content.decode()
    whole = signed_in.get(f"{address}trail/?page=2")
    assert 11 <= len(rows(whole, "table")) <= 12
    assert "Added" in rows(whole, "table")[-1]


def test_short_history_has_no_more(signed_in: Client, case: PanelCase) -> None:
    assert "The whole history" not in words(signed_in.get("/cases/K1/"))


@contextmanager
def nothing_noted() -> Iterator[None]:
    before = RecordRead.objects.count()
    yield
    assert RecordRead.objects.count() == before


class TestReadings:
    @pytest.fixture(autouse=True)
    def records(self, case: PanelCase) -> None:
        make_placement(placement_id="P1", plan=make_plan(child=case.child))

    @pytest.mark.parametrize("role", Role)
    @pytest.mark.parametrize(
        ("address", "kind", "key"),
        [
            ("/children/C1/", "CHILD", "C1"),
            ("/placements/P1/", "PLACEMENT", "P1"),
            ("/cases/K1/", "CASE", "K1"),
            ("/children/C1/trail/", "CHILD", "C1"),
            ("/placements/P1/trail/", "PLACEMENT", "P1"),
            ("/cases/K1/trail/", "CASE", "K1"),
        ],
    )
    def test_each_page_is_noted_for_each_role(
        self, client: Client, role: Role, address: str, kind: str, key: str
    ) -> None:
        person = make_user(role)
        client.force_login(person)
        assert client.get(address).status_code == 200
        read = RecordRead.objects.get()
        assert (read.who, read.kind, read.key, read.child_key) == (person, kind, key, "C1")

    @pytest.mark.parametrize(
        "address",
        [
            "/children/none/",
            "/placements/none/",
            "/cases/none/trail/",
            "/children/C1/?as_at=never",
            "/schools/none/",
            "/audit/",
            "/search/?q=zzz",
        ],
    )
    def test_what_was_not_shown_is_not_noted(self, signed_in: Client, address: str) -> None:
        with nothing_noted():
            signed_in.get(address)

    def test_nobody_is_shown_or_noted_without_signing_in(self, client: Client) -> None:
        with nothing_noted():
            assert client.get("/children/C1/").status_code == 302

    @pytest.mark.parametrize(
        "statement", ["UPDATE accounts_recordread SET key = ''", "DELETE FROM accounts_recordread"]
    )
    def test_postgresql_refuses_to_change_or_remove_a_reading(
        self, signed_in: Client, statement: str
    ) -> None:
        signed_in.get("/children/C1/")
        with pytest.raises(InternalError, match="Cannot update or delete rows"), transaction.atomic():
            by_sql(statement)


class TestAudit:
    @pytest.fixture(autouse=True)
    def readings(self, client: Client) -> None:
        """Ann read C1 and its case, Ben read C2; then the auditor signs in."""
        case = make_case(case_id="K1", child=make_child(child_id="C1"))
        make_placement(placement_id="P2", plan=make_plan(child=make_child(child_id="C2")))
        for name, addresses in (("Ann", ("/children/C1/", "/cases/K1/")), ("Ben", ("/placements/P2/",))):
            client.force_login(make_user(Role.OFFICER, first_name=name))
            for address in addresses:
                client.get(address)
        with changes_by(User.objects.get(first_name="Ann")):
            PanelCase.objects.filter(pk=case.pk).update(annual_cost=7)
        client.force_login(make_user(Role.AUDITOR))

    def found(self, client: Client, address: str) -> list[str]:
        """The rows found, without their times."""
        return [row.split(", ", 1)[1][6:] for row in rows(client.get(address), "table")]

    def test_readings_come_newest_first(self, client: Client) -> None:
        ann, ben = (str(User.objects.get(first_name=name)) for name in ("Ann", "Ben"))
        expected = [f"{ben} Placement P2 C2", f"{ann} Panel case K1 C1", f"{ann} Child C1 C1"]
        assert self.found(client, "/audit/") == expected
        assert "3 readings." in words(client.get("/audit/"))

    def test_readings_by_person_child_and_day(self, client: Client) -> None:
        ann, today = User.objects.get(first_name="Ann"), localdate()
        tomorrow = today + timedelta(days=1)
        for query, number in (
            (f"who={ann.pk}", 2),
            ("child=C2", 1),
            (f"who={ann.pk}&child=C2", 0),
            (f"first={today:%d/%m/%Y}&last={today:%d/%m/%Y}", 3),
            (f"first={tomorrow:%d/%m/%Y}", 0),
            (f"last={today - timedelta(days=1):%d/%m/%Y}", 0),
        ):
            response = client.get(f"/audit/?{query}")
            assert f"{number} reading" in words(response), query
            lines = b"".join(client.get(f"/audit/readings.csv?{query}")).decode("utf-8-sig").splitlines()
            assert lines[0] == "at,who,kind,key,child_key,filtered"
            assert len(lines) == 1 + number

    def test_changes_by_person_child_and_day(self, client: Client) -> None:
        ann, today = User.objects.get(first_name="Ann"), localdate()
        assert self.found(client, f"/audit/changes/?who={ann.pk}") == [
            f"{ann} Panel case K1 Changed Annual cost: from £36,000.00 to £7.00"
        ]
        for query, number in (
            ("child=C1", 3),
            ("child=C2&who=nobody", 3),
            ("child=none", 0),
            ("about=records", 6),
        ):
            assert f"{number} change" in words(client.get(f"/audit/changes/?{query}")), query
        assert "0 changes." in words(client.get(f"/audit/changes/?last={today - timedelta(days=1):%d/%m/%Y}"))

    @pytest.mark.parametrize(
        "address", ["/audit/", "/audit/changes/", "/audit/readings.csv", "/audit/changes.xlsx"]
    )
    @pytest.mark.parametrize("query", ["first=never", "who=999999", "child=%00"])
    def test_what_cannot_be_read_is_said(self, client: Client, address: str, query: str) -> None:
        assert client.get(f"{address}?{query}").status_code == 400

    def test_only_the_auditor_is_led_there(self, client: Client) -> None:
        assert 'href="/audit/"' in client.get("/").content.decode()
        client.force_login(make_user(Role.ADMINISTRATOR))
        assert 'href="/audit/"' not in client.get("/").content.decode()

    def test_pages_hold_every_reading_once(self, client: Client) -> None:
        for number in range(60):
            note_read(
                by=User.objects.get(first_name="Ben"),
                kind=RecordRead.Kind.CHILD,
                key=f"X{number}",
                child_key=f"X{number}",
            )
        listed = [row for page in (1, 2) for row in self.found(client, f"/audit/?page={page}")]
        assert len(listed) == len(set(listed)) == 63
