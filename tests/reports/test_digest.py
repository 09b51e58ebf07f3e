"""The monthly digest: what it says, that it reveals nothing about children, and who gets it."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import unescape
from io import StringIO
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sen_dashboard import kpis
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Better, Fact, Goal, Kpi, Result
from sen_dashboard.core.periods import Month
from sen_dashboard.jobs.models import Job
from sen_dashboard.kpis import KPIS, find
from sen_dashboard.reports import delivering, digest, services
from sen_dashboard.reports.models import DigestRequest
from sen_dashboard.reports.states import State
from tests.factories import make_action, make_forecast, make_posting, make_update, make_user
from tests.kpis.random_council import make_council
from tests.reports.made import make_kpi, make_report
from tests.reports.queueing import work_off

pytestmark = pytest.mark.django_db

MARCH = Month(2019, 3)
NUMBER = re.compile(r"\d[\d,.]*")


@pytest.fixture(autouse=True)
def mail_server(settings: Any) -> None:
    settings.EMAIL_HOST, settings.SITE_URL = "mail.council.example", "https://sen.council.example"


@pytest.fixture
def officer() -> User:
    return make_user(Role.OFFICER, email="ada@council.example")


def steady(better: Better, goal: Goal | None, *values: float | None) -> Kpi[Any, Any]:
    """A KPI that had these values at the ends of December 2018 to March 2019."""
    by_day = {MARCH.plus(n - 3).end: value for n, value in enumerate(values)}

    def facts(result: Result[Any, Any]) -> tuple[Fact, ...]:
        return (Fact("Share", by_day[result.scope.as_at], Kind.PERCENT),)

    return replace(
        find("ehcp_share"),
        title="Some share",
        better=better,
        query=lambda scope: Result(scope, None, ()),
        figures=facts,
        goal=lambda result: goal,
    )


def said_of(kpi: Kpi[Any, Any], monkeypatch: pytest.MonkeyPatch) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What crossed and what is to come, of this KPI alone."""
    monkeypatch.setattr(kpis, "KPIS", (kpi, kpis.find("outturn_vs_forecast")))
    found = digest.digest(MARCH)
    return found.crossed, found.to_come


LOW = Goal(10, 12, "At most 10; the limit is 12.")


@pytest.mark.parametrize(
    ("values", "crossed", "to_come"),
    [
        ((9, 9, 9, 9), "", ""),
        (
            (9, 9, 10.04, 10.04),
            "",
            "Within limit, target missed by 30 April 2019. Now: Target met.",
        ),
        ((10, 10, 10, 10.1), "Within limit, target missed. The month before: Target met.", ""),
        ((13, 13, 12.1, 9), "Target met. The month before: Outside limit.", ""),
        ((None, None, None, 11), "Within limit, target missed. Not available for the month before.", ""),
        ((9, 9, 9, None), "", ""),
        ((8.2, 9, 9.4, 9.7), "", "Within limit, target missed by 30 April 2019. Now: Target met."),
        ((7.2, 8, 8.6, 9), "", "Within limit, target missed by 31 May 2019. Now: Target met."),
        ((8.0, 8.5, 8.8, 9.1), "", "Within limit, target missed by 30 June 2019. Now: Target met."),
        ((8.2, 8.5, 8.8, 9.0), "", ""),
        (
            (9.5, 10.5, 11, 11.5),
            "",
            "Outside limit by 30 April 2019. Now: Within limit, target missed.",
        ),
        ((20, 20, 20, 21), "", ""),
    ],
)
def test_a_figure_that_crossed_or_will_cross_is_told_by_how_it_stands(
    values: tuple[float | None, ...], crossed: str, to_come: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pace: the change over three months, a third of it for each month ahead; 10.04 still reads 10.0."""
    told = said_of(steady(Better.LOWER, LOW, *values), monkeypatch)
    assert told == tuple((f"Some share: {words}",) if words else () for words in (crossed, to_come))


def test_what_has_no_goal_or_starts_anew_each_year_is_not_carried_on(monkeypatch: pytest.MonkeyPatch) -> None:
    falling = steady(Better.HIGHER, Goal(60, 50, "At least 60."), 65, 64, 63, 61)
    assert said_of(falling, monkeypatch)[1] == (
        "Some share: Within limit, target missed by 30 April 2019. Now: Target met.",
    )
    assert said_of(replace(falling, restarts_each_year=True), monkeypatch) == ((), ())
    assert said_of(replace(falling, goal=lambda result: None), monkeypatch) == ((), ())


@pytest.mark.parametrize(
    ("forecasts", "sentence"),
    [
        ([], "No forecast of 2018-19 has been made."),
        (
            [(date(2019, 3, 15), 41_700_000)],
            "The forecast of 2018-19 is £41.7m; the month before there was none.",
        ),
        ([(date(2019, 2, 28), 41_700_000)], "The forecast of 2018-19 is £41.7m, as it was the month before."),
        (
            [(date(2019, 2, 28), 41_900_000), (date(2019, 3, 31), 41_700_000)],
            "The forecast of 2018-19 fell by £200.0k, from £41.9m to £41.7m.",
        ),
        (
            [(date(2019, 2, 28), 950), (date(2019, 3, 31), 1_000)],
            "The forecast of 2018-19 rose by £50, from £950 to £1.0k.",
        ),
    ],
)
def test_how_the_forecast_moved(forecasts: list[tuple[date, int]], sentence: str) -> None:
    for made_on, amount in forecasts:
        make_forecast(made_on=made_on, amount=Decimal(amount))
    assert digest.digest(MARCH).forecast == sentence


def test_in_april_last_year_s_forecast_is_not_compared() -> None:
    make_forecast(made_on=date(2019, 3, 31), amount=Decimal(100))
    make_forecast(made_on=date(2019, 4, 30), amount=Decimal(900), financial_year="2019-20")
    assert digest.digest(Month(2019, 4)).forecast.startswith(
        "The forecast of 2019-20 is £900; the month before"
    )


# Actions of the programme


def test_late_and_soon_due_actions_are_told_as_they_stood_at_the_end_of_the_month() -> None:
    late = make_action("AT_RISK", title="Negotiate fees.", due_on=date(2019, 3, 30), owner="Head of SEN")
    make_update(action=late, day=date(2019, 4, 2), status="DONE")
    make_action("ON_TRACK", title="Train colleagues", due_on=date(2019, 4, 28))
    make_action("ON_TRACK", title="Open a school", due_on=date(2019, 4, 29))
    make_action("DONE", title="Sign the contract", due_on=date(2019, 3, 1))
    found = digest.digest(MARCH)
    assert found.late == ("Negotiate fees. At risk; due on 30 March 2019; owner: Head of SEN",)
    assert found.soon_due == ("Train colleagues. On track; due on 28 April 2019",)
    assert "Actions of the programme that are late on 31 March 2019\n- Negotiate fees." in found.text
    assert "Actions that are due by 28 April 2019\n- Train colleagues." in found.text
    assert digest.digest(Month(2019, 4)).late == (
        "Train colleagues. On track; due on 28 April 2019",
        "Open a school. On track; due on 29 April 2019",
    )


def test_where_nothing_is_late_the_digest_says_so() -> None:
    text = digest.digest(MARCH).text
    assert "- No action is late." in text
    assert "- No action is due by then." in text


# Nothing of children


@pytest.mark.parametrize("seed", range(4))
def test_a_digest_holds_no_figure_but_days_and_the_money_of_the_forecast(seed: int) -> None:
    """Whatever the council is like: what is left without titles, days, addresses and that sentence has no digit."""
    make_council(seed)
    found = digest.digest(MARCH)
    rest = found.text.replace(found.forecast, "")
    for known in (*(kpi.title for kpi in KPIS), "2019-03-31"):
        rest = rest.replace(known, "")
    rest = re.sub(r"(\d{1,2} )?[A-Z][a-z]+ 2019", "", rest)
    assert not NUMBER.search(rest), rest


def test_the_announcement_holds_no_figure_and_leads_to_the_report() -> None:
    report = make_report(make_kpi(children=842), state=State.PUBLISHED, version=2)
    subject, text = delivering.announcement(report)
    link = "https://sen.council.example/reports/2019-03/v2/internal/"
    assert link in text.splitlines()
    assert "It corrects the previous version" in text
    rest = f"{subject} {text}".replace(link, "").replace("March 2019, version 2", "")
    assert not NUMBER.search(rest), rest


# To whom


def test_it_goes_to_those_who_asked_and_may_read_reports(officer: User) -> None:
    gone, moved, silent = (
        make_user(Role.MANAGER, email=f"{name}@council.example") for name in ("gone", "moved", "silent")
    )
    for person in (officer, gone, moved):
        services.ask_for_digest(by=person, at=timezone.now())
    services.ask_for_digest(by=officer, at=timezone.now())
    services.ask_for_digest(by=silent, at=timezone.now())
    services.stop_digest(by=silent)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    moved.groups.clear()

    call_command("send_digest", "2019-03", stdout=StringIO())
    work_off()
    assert [each.to for each in mail.outbox] == [["ada@council.example"]]
    assert mail.outbox[0].subject == "SEN monthly digest: March 2019"
    assert mail.outbox[0].body == digest.digest(MARCH).text
    assert mail.outbox[0].extra_headers == {"Auto-Submitted": "auto-generated"}
    assert Job.objects.get().step == "Done. Email was sent to 1 address."


def test_the_timer_sends_a_month_once(officer: User) -> None:
    make_posting(month=date(2019, 3, 1))
    services.ask_for_digest(by=officer, at=timezone.now())
    for expected in ("The worker will send the digest of March 2019.", "Email was sent to 1 address."):
        printed = StringIO()
        call_command("send_digest", stdout=printed)
        work_off()
        assert expected in printed.getvalue()
    assert len(mail.outbox) == 1

    call_command("send_digest", "2019-03", stdout=StringIO())
    with pytest.raises(CommandError, match="already in progress"):
        call_command("send_digest", "2019-03", stdout=StringIO())
    work_off()
    assert len(mail.outbox) == 2


def test_the_latest_month_is_over() -> None:
    make_posting(month=date(2019, 3, 1))
    assert digest.latest_month(date(2019, 4, 2)) == MARCH
    assert digest.latest_month(date(2019, 3, 31)) == MARCH.plus(-1)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (SMTPRecipientsRefused({}), "Email was sent to 1 address; 1 refused."),
        (
            OSError("ada@council.example"),
            "The mail server mail.council.example did not accept the email (OSError)",
        ),
    ],
)
def test_a_mail_server_that_refuses_is_told_without_whom(
    error: OSError, outcome: str, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address that is refused does not keep the mail from the others."""
    second = make_user(Role.MANAGER, email="eve@council.example")
    for person in (officer, second):
        services.ask_for_digest(by=person, at=timezone.now())
    send_messages = EmailBackend.send_messages

    def refuse_ada(self: EmailBackend, messages: list[Any]) -> int:
        if messages[0].to == [officer.email]:
            raise error
        return send_messages(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse_ada)
    call_command("send_digest", "2019-03", stdout=StringIO())
    work_off()
    job = Job.objects.get()
    assert outcome in (job.problem or job.step)
    assert "ada@" not in job.problem + job.step
    assert len(mail.outbox) == (error.__class__ is SMTPRecipientsRefused)


def test_without_an_address_nothing_can_be_asked(officer: User) -> None:
    officer.email = ""
    with pytest.raises(ValidationError, match="no email address"):
        services.ask_for_digest(by=officer, at=timezone.now())
    for ask in (
        lambda by: services.ask_for_digest(by=by, at=timezone.now()),
        lambda by: services.stop_digest(by=by),
    ):
        with pytest.raises(PermissionDenied):
            ask(make_user(Role.PANEL_CLERK, email="clerk@council.example"))
    assert not DigestRequest.objects.exists()


# The page


def words(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def test_a_person_asks_and_stops_on_the_page(client: Client, officer: User) -> None:
    make_posting(month=date(2019, 3, 1))
    client.force_login(officer)
    address = reverse("digest")
    page = words(client.get(address))
    assert "It would be sent to ada@council.example" in page
    assert " ".join(digest.digest(MARCH).text.split()) in page, "the page shows what is mailed"

    page = words(client.post(address, {"wanted": "yes"}, follow=True))
    assert "The digest will be sent to ada@council.example each month." in page
    assert "Stop the digest" in page
    assert DigestRequest.objects.get().user == officer

    assert "You will no longer receive the digest." in words(
        client.post(address, {"wanted": "no"}, follow=True)
    )
    assert not DigestRequest.objects.exists()
    assert "There is a problem" in words(client.post(address, {"wanted": "perhaps"}))


def test_without_an_address_the_page_says_who_can_help(client: Client) -> None:
    client.force_login(make_user(Role.MANAGER))
    page = client.get(reverse("digest"))
    assert "An administrator can enter it under People." in words(page)
    assert 'name="wanted"' not in page.content.decode()
    assert "There is a problem" in words(client.post(reverse("digest"), {"wanted": "yes"}))
