"""People: who may change accounts, what is refused, one-time passwords, and what ends a session."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from sen_dashboard.accounts import services
from sen_dashboard.accounts.models import SignInAttempt, User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.accounts.sign_in import note_attempt
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough phrase"
ADA = {"username": "ada", "first_name": "Ada", "last_name": "Lovelace", "email": "ada@council.example"}

WRITES: tuple[Callable[[User, User], object], ...] = (
    lambda by, person: services.add_person(by=by, roles=[Role.OFFICER], at=now(), **ADA),
    lambda by, person: services.change_person(
        by=by, person=person, first_name="Eve", last_name="", email="", roles=[Role.ADMINISTRATOR]
    ),
    lambda by, person: services.deactivate_person(by=by, person=person),
    lambda by, person: services.reactivate_person(by=by, person=person, at=now()),
    lambda by, person: services.give_new_password(by=by, person=person, at=now()),
)


@pytest.fixture
def administrator() -> User:
    return make_user(Role.ADMINISTRATOR, username="administrator")


@pytest.fixture
def asking(client: Client, administrator: User) -> Client:
    """Asks for pages as an administrator."""
    client.force_login(administrator)
    return client


def state(person: User) -> tuple[object, ...]:
    stored = User.objects.get(pk=person.pk)
    return stored.get_full_name(), stored.is_active, stored.password, sorted(stored.roles)


def words(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def sign_in(name: str, password: str) -> Client:
    """A new browser, signed in through the page."""
    browser = Client()
    response = browser.post(reverse("sign_in"), {"username": name, "password": password})
    assert response.status_code == 302
    return browser


def is_signed_out(browser: Client) -> bool:
    return browser.get("/roles/").status_code == 302


class TestServices:
    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
    @pytest.mark.parametrize("write", WRITES)
    def test_refuse_every_other_role(self, write: Callable[[User, User], object], role: Role) -> None:
        person = make_user(Role.OFFICER, is_active=False)
        before = state(person)
        with pytest.raises(PermissionDenied, match="you need the role Administrator"):
            write(make_user(role), person)
        assert state(person) == before
        assert User.objects.count() == 2

    @pytest.mark.parametrize("write", WRITES)
    def test_ask_for_the_role_as_it_is_now(
        self, write: Callable[[User, User], object], administrator: User
    ) -> None:
        assert administrator.roles  # read before they are taken away
        User.objects.get(pk=administrator.pk).groups.clear()
        with pytest.raises(PermissionDenied):
            write(administrator, make_user(Role.OFFICER))

    def test_make_no_superuser(self, administrator: User) -> None:
        person = services.add_person(by=administrator, roles=list(Role), at=now(), **ADA).person
        assert not person.is_superuser
        assert not person.is_staff

    @pytest.mark.parametrize(
        ("given", "field", "sentence"),
        [
            ({"username": "ADMINistrator"}, "username", "already a person with the user name ADMINistrator"),
            ({"username": "a b"}, "username", "Enter a valid username"),
            ({"username": ""}, "username", "cannot be blank"),
            ({"email": "ada"}, "email", "Enter a valid email address."),
            ({"roles": []}, "roles", "Choose at least one role."),
        ],
    )
    def test_say_what_is_wrong_at_the_field(
        self, administrator: User, given: dict[str, Any], field: str, sentence: str
    ) -> None:
        with pytest.raises(ValidationError) as refusal:
            services.add_person(by=administrator, at=now(), **{**ADA, "roles": [Role.OFFICER], **given})
        assert list(refusal.value.message_dict) == [field]
        assert sentence in refusal.value.message_dict[field][0]
        assert User.objects.count() == 1

    def test_whoever_is_added_in_the_demonstration_sees_that_all_is_invented(self) -> None:
        by = make_user(Role.ADMINISTRATOR, is_demonstration=True)
        assert services.add_person(by=by, roles=[Role.OFFICER], at=now(), **ADA).person.is_demonstration

    def test_no_administrator_removes_themselves(self, administrator: User) -> None:
        make_user(Role.ADMINISTRATOR)
        before = state(administrator)
        with pytest.raises(ValidationError, match="your own account"):
            services.deactivate_person(by=administrator, person=administrator)
        with pytest.raises(ValidationError) as refusal:
            services.change_person(
                by=administrator,
                person=administrator,
                first_name="",
                last_name="",
                email="",
                roles=[Role.OFFICER],
            )
        assert list(refusal.value.message_dict) == ["roles"]
        assert state(administrator) == before

    def test_an_administrator_takes_the_role_from_another(self, administrator: User) -> None:
        other = make_user(Role.ADMINISTRATOR)
        changed = services.change_person(
            by=administrator,
            person=other,
            first_name="",
            last_name="",
            email="",
            roles=[Role.OFFICER, Role.FINANCE],
        )
        assert changed.roles == {Role.OFFICER, Role.FINANCE}

    def test_an_active_account_is_not_reactivated(self, administrator: User) -> None:
        person = make_user(Role.OFFICER)
        before = state(person)
        with pytest.raises(ValidationError, match="already reactivated"):
            services.reactivate_person(by=administrator, person=person, at=now())
        assert state(person) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("takes", ["deactivates", "takes the role from"])
def test_of_two_administrators_who_remove_each_other_at_once_one_remains(takes: str) -> None:
    """The second waits for the lock while the first has removed them, and is then refused."""
    first, second = make_user(Role.ADMINISTRATOR), make_user(Role.ADMINISTRATOR)
    assert second.roles  # as a page asked for before would have read them
    refused = threading.Event()

    def remove(by: User, person: User) -> None:
        if takes == "deactivates":
            services.deactivate_person(by=by, person=person)
        else:
            services.change_person(
                by=by, person=person, first_name="", last_name="", email="", roles=[Role.OFFICER]
            )

    def remove_the_first() -> None:
        try:
            remove(second, first)
        except PermissionDenied:
            refused.set()
        finally:
            connections.close_all()

    thread = threading.Thread(target=remove_the_first)
    with transaction.atomic():
        remove(first, second)
        thread.start()
        wait_for_a_lock()
    thread.join(timeout=10)

    assert refused.is_set()
    assert User.objects.filter(is_active=True, groups__name=Role.ADMINISTRATOR).get() == first


def wait_for_a_lock() -> None:
    """Until another connection waits for a lock of this one."""
    with connection.cursor() as cursor:
        for _ in range(200):
            cursor.execute(
                "SELECT pg_sleep(0.02), count(*) FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[1]:
                return
    raise AssertionError("nobody waits")


class TestSessions:
    @pytest.fixture
    def person(self) -> User:
        return make_user(Role.OFFICER, username="ada", password=PASSWORD)

    def test_deactivation_ends_them_and_no_new_one_begins(self, administrator: User, person: User) -> None:
        browser = sign_in("ada", PASSWORD)
        services.deactivate_person(by=administrator, person=person)
        assert is_signed_out(browser)
        response = Client().post(reverse("sign_in"), {"username": "ada", "password": PASSWORD})
        assert "There is a problem" in words(response)

    def test_reactivation_revives_none(self, administrator: User, person: User) -> None:
        browser = sign_in("ada", PASSWORD)
        services.deactivate_person(by=administrator, person=person)
        password = services.reactivate_person(by=administrator, person=person, at=now()).password
        assert is_signed_out(browser)
        assert sign_in("ada", password).get("/roles/")["Location"] == reverse("password")

    def test_a_new_password_ends_them(self, administrator: User, person: User) -> None:
        browser = sign_in("ada", PASSWORD)
        services.give_new_password(by=administrator, person=person, at=now())
        assert is_signed_out(browser)

    def test_changed_roles_act_at_once(self, administrator: User, person: User) -> None:
        browser = sign_in("ada", PASSWORD)
        names = {"first_name": "", "last_name": "", "email": ""}
        assert browser.get(reverse("event_add")).status_code == 403
        services.change_person(by=administrator, person=person, roles=[Role.MANAGER], **names)
        assert browser.get(reverse("event_add")).status_code == 200
        services.change_person(by=administrator, person=person, roles=[Role.OFFICER], **names)
        assert browser.post(reverse("event_add"), {"title": "x"}).status_code == 403


class TestOneTimePassword:
    @pytest.fixture
    def password(self, administrator: User) -> str:
        return services.add_person(by=administrator, roles=[Role.MANAGER], at=now(), **ADA).password

    @pytest.mark.parametrize("address", ["/", "/kpis/capacity.json", "/events/add/", "/roles/", "/nothing/"])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_shows_no_page_but_the_one_to_change_it(self, password: str, address: str, method: str) -> None:
        response = getattr(sign_in("ada", password), method)(address)
        if address == "/nothing/":
            assert response.status_code == 404
        else:
            assert (response.status_code, response["Location"]) == (302, reverse("password"))

    def test_leaves_the_way_out_open(self, password: str) -> None:
        browser = sign_in("ada", password)
        assert browser.get(reverse("accessibility")).status_code == 200
        assert browser.post(reverse("sign_out"))["Location"] == reverse("sign_in")

    def test_is_good_until_another_is_chosen(self, password: str) -> None:
        browser, elsewhere = sign_in("ada", password), sign_in("ada", password)
        page = browser.get(reverse("password"))
        assert "gave you a one-time password" in words(page)
        assert "Cancel" not in words(page)
        given = {"old_password": password, "new_password1": PASSWORD, "new_password2": PASSWORD}
        response = browser.post(reverse("password"), given, follow=True)
        assert "Your password has been changed." in words(response)
        assert response.redirect_chain == [(reverse("overview"), 302)]
        assert is_signed_out(elsewhere)
        assert not User.objects.get(username="ada").must_change_password
        assert sign_in("ada", PASSWORD).get("/roles/").status_code == 200

    @pytest.mark.parametrize(
        ("old", "new", "again", "sentence"),
        [
            ("wrong", PASSWORD, PASSWORD, "Your old password was entered incorrectly."),
            ("", PASSWORD, PASSWORD, "Enter your current password."),
            ("{old}", "", PASSWORD, "Enter a new password."),
            ("{old}", PASSWORD, "", "Enter the new password again."),
            ("{old}", PASSWORD, PASSWORD + "s", "The two password fields didn’t match."),
            ("{old}", "short", "short", "This password is too short."),
            ("{old}", "{old}", "{old}", "Choose a password different from your current one."),
        ],
    )
    def test_stays_where_the_new_one_is_refused(
        self, password: str, old: str, new: str, again: str, sentence: str
    ) -> None:
        browser = sign_in("ada", password)
        given = {"old_password": old, "new_password1": new, "new_password2": again}
        response = browser.post(
            reverse("password"), {name: text.format(old=password) for name, text in given.items()}
        )
        assert words(response).count(sentence) == 2  # on top, at the field
        assert password not in response.content.decode()
        assert User.objects.get(username="ada").must_change_password

    def test_is_good_for_seven_days(self, administrator: User, client: Client) -> None:
        """Afterwards the sentence is for whoever knows it, and only for them; a new one is good again."""

        def given(ago: timedelta) -> str:
            person = User.objects.get(username="ada")
            return services.give_new_password(by=administrator, person=person, at=now() - ago).password

        services.add_person(by=administrator, roles=[Role.MANAGER], at=now(), **ADA)
        nearly = given(timedelta(days=7) - timedelta(minutes=1))
        assert sign_in("ada", nearly)
        late = given(timedelta(days=7, seconds=1))
        sentence = "Your one-time password has expired. Ask your administrator for another."
        for password, is_told in ((late, True), ("another", False)):
            page = client.post(reverse("sign_in"), {"username": "ada", "password": password})
            assert (sentence in words(page)) is is_told
        assert is_signed_out(client)
        assert sign_in("ada", given(timedelta()))


class TestManyAttempts:
    """Passwords cannot be tried without end, of one name or from one address."""

    REFUSAL = "Too many attempts to sign in. Try again in 15 minutes, or ask your administrator."

    @pytest.fixture(autouse=True)
    def person(self) -> User:
        return make_user(Role.OFFICER, username="ada", password=PASSWORD)

    def attempt(self, name: str, password: str = "wrong", address: str = "10.0.0.1") -> tuple[int, bool]:
        """The status, and whether it was refused for being one too many."""
        response = Client(REMOTE_ADDR=address).post(
            reverse("sign_in"), {"username": name, "password": password}
        )
        return response.status_code, self.REFUSAL in words(response)

    def test_of_a_name_ten_from_wherever(self) -> None:
        for number in range(10):
            assert self.attempt("ada", address=f"10.0.0.{number}") == (200, False)
        assert self.attempt("ada", PASSWORD, "10.0.1.1") == (429, True)
        assert self.attempt("ADA", PASSWORD, "10.0.1.1") == (429, True)
        make_user(Role.OFFICER, username="ben", password=PASSWORD)
        assert self.attempt("ben", PASSWORD) == (302, False)

    def test_from_an_address_a_hundred_of_whatever_names(self) -> None:
        for number in range(100):
            assert self.attempt(f"nobody {number}") == (200, False)
        assert self.attempt("ada", PASSWORD) == (429, True)
        assert self.attempt("ada", PASSWORD, "10.0.0.2") == (302, False)

    def test_a_success_begins_the_count_of_the_name_anew(self) -> None:
        for _ in range(3):
            for _ in range(9):
                assert self.attempt("ada") == (200, False)
            assert self.attempt("ada", PASSWORD) == (302, False)

    def test_the_wait_is_a_quarter_of_an_hour_and_no_attempt_makes_it_longer(self) -> None:
        start = now()
        for second in range(20):
            at = start + timedelta(seconds=second)
            assert note_attempt(name="ada", address="10.0.0.1", at=at) is (second < 10)
        assert not note_attempt(name="ada", address="10.0.0.1", at=start + timedelta(minutes=14))
        assert note_attempt(name="ada", address="10.0.0.1", at=start + timedelta(minutes=15, seconds=9))
        assert SignInAttempt.objects.count() == 1

    def test_a_new_password_ends_it(self, administrator: User, person: User) -> None:
        for _ in range(11):
            self.attempt("ada")
        password = services.give_new_password(by=administrator, person=person, at=now()).password
        assert self.attempt("ada", password) == (302, False)

    def test_neither_names_nor_addresses_are_kept_as_they_were_typed(self) -> None:
        self.attempt("a password in the wrong box")
        (attempt,) = SignInAttempt.objects.values_list("name", "address")
        assert [len(digest) for digest in attempt] == [64, 64]
        assert not {"a password in the wrong box", "10.0.0.1"} & set(attempt)


class TestPages:
    def test_a_person_is_added_and_the_password_shown_once(self, asking: Client, caplog: Any) -> None:
        response = asking.post(reverse("person_add"), {**ADA, "roles": [Role.OFFICER, Role.FINANCE]})
        page = response.content.decode()
        password = re.search(r'id="one-time-password">(\w{14})<', page)[1]  # type: ignore[index]
        assert "no-store" in response["Cache-Control"]
        assert "Added: Ada Lovelace" in words(response)
        person = User.objects.get(username="ada")
        assert person.check_password(password)
        assert person.must_change_password
        assert person.roles == {Role.OFFICER, Role.FINANCE}
        for address in (reverse("people"), reverse("person_change", args=[person.pk]), "/"):
            assert password not in asking.get(address).content.decode()
        assert password not in str(dict(asking.session)) + str(asking.cookies) + caplog.text

    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, asking: Client) -> None:
        response = asking.post(reverse("person_add"), {**ADA, "username": "a b"})
        assert words(response).count("Use letters, digits and @ . + - _ only.") == 2
        assert words(response).count("Choose at least one role.") == 2
        assert 'href="#id_roles"' in response.content.decode()
        assert 'value="Lovelace"' in response.content.decode()
        assert not User.objects.filter(username="ada").exists()

    def test_a_name_that_is_taken_is_said_at_the_field(self, asking: Client) -> None:
        for name in ("administrator", "Administrator"):
            response = asking.post(reverse("person_add"), {**ADA, "username": name, "roles": [Role.OFFICER]})
            assert "There is already a person with " in words(response)
            assert 'href="#id_username"' in response.content.decode()

    def test_a_person_is_changed(self, asking: Client) -> None:
        person = make_user(Role.OFFICER, first_name="Ada")
        address = reverse("person_change", args=[person.pk])
        page = asking.get(address).content.decode()
        assert re.findall(r'value="([^"]+)" checked', page) == [Role.OFFICER]
        response = asking.post(
            address,
            {
                "first_name": "Ada",
                "last_name": "King",
                "email": "king@council.example",
                "roles": [Role.MANAGER],
            },
            follow=True,
        )
        assert "Changed: Ada King" in words(response)
        assert User.objects.get(pk=person.pk).email == "king@council.example"
        assert state(person)[0] == "Ada King"
        assert state(person)[3] == [Role.MANAGER]

    def test_an_account_is_deactivated_and_reactivated(self, asking: Client) -> None:
        person = make_user(Role.OFFICER, first_name="Ada")
        response = asking.post(reverse("person_deactivate", args=[person.pk]), follow=True)
        assert "Deactivated: Ada" in words(response)
        assert not User.objects.get(pk=person.pk).is_active
        response = asking.post(reverse("person_reactivate", args=[person.pk]))
        assert "Reactivated: Ada" in words(response)
        assert User.objects.get(pk=person.pk).is_active
        response = asking.post(reverse("person_password", args=[person.pk]))
        assert "New password: Ada" in words(response)

    def test_no_administrator_gets_rid_of_themselves(self, asking: Client, administrator: User) -> None:
        response = asking.post(reverse("person_deactivate", args=[administrator.pk]))
        assert "You cannot deactivate your own account" in words(response)
        response = asking.post(reverse("person_change", args=[administrator.pk]), {"roles": [Role.OFFICER]})
        assert words(response).count("You cannot remove your own Administrator role") == 2
        assert 'href="#id_roles"' in response.content.decode()
        deactivate = reverse("person_deactivate", args=[administrator.pk])
        assert deactivate not in asking.get(reverse("people")).content.decode()

    def test_the_list_says_who_may_sign_in(self, asking: Client) -> None:
        make_user(Role.OFFICER, Role.FINANCE, username="ada", last_login=now())
        make_user(username="bob", is_active=False)
        make_user(Role.AUDITOR, username="cyd", one_time_until=datetime(2026, 1, 5, 9, tzinfo=UTC))
        page = words(asking.get(reverse("people") + "?sort=-last_login"))
        assert "4 people" in page
        assert "Finance and Officer Active" in page
        assert "None Deactivated Never Change" in page
        assert "Auditor Active, one-time password until 5 January 2026, 09:00 Never" in page

    @pytest.mark.parametrize("sort", ["username", "name", "is_active", "last_login"])
    def test_the_list_is_sorted(self, asking: Client, sort: str) -> None:
        for direction in ("", "-"):
            assert asking.get(reverse("people"), {"sort": direction + sort}).status_code == 200

    def test_the_list_costs_the_same_whoever_is_on_it(
        self, asking: Client, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(60):
            make_user(Role.OFFICER, Role.FINANCE)
        with django_assert_max_num_queries(10):
            page = asking.get(reverse("people")).content.decode()
        assert page.count('<th scope="row"') == 50

    def test_text_is_text(self, asking: Client) -> None:
        make_user(Role.OFFICER, first_name="<b>Ada</b>")
        page = asking.get(reverse("people")).content.decode()
        assert "<b>Ada" not in page

    def test_the_footer_leads_there_only_those_who_may(self, asking: Client, client: Client) -> None:
        assert f'href="{reverse("people")}"' in asking.get("/roles/").content.decode()
        client.force_login(make_user(Role.MANAGER))
        page = client.get("/roles/").content.decode()
        assert f'href="{reverse("people")}"' not in page
        assert f'href="{reverse("password")}"' in page

    def test_whoever_is_not_there_is_not_found(self, asking: Client) -> None:
        for number in (0, 10**30):
            assert asking.get(f"/people/{number}/change/").status_code == 404


def test_groups_that_are_no_roles_are_none() -> None:
    person = make_user(Role.OFFICER)
    person.groups.add(Group.objects.create(name="Choir"))
    assert User.objects.get(pk=person.pk).roles == {Role.OFFICER}
