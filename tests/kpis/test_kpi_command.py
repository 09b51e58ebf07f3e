"""`manage.py kpi`: the same figures as the page, and sentences instead of tracebacks."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.kpi.definition import Kpi, ask
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.kpis import KPIS
from tests.factories import make_cost_line, make_posting, make_user

every_kpi = pytest.mark.parametrize("kpi", KPIS, ids=[kpi.slug for kpi in KPIS])
pytestmark = pytest.mark.django_db


def say(*arguments: str) -> str:
    """What the command prints."""
    printed = StringIO()
    call_command("kpi", *arguments, stdout=printed)
    return printed.getvalue()


def test_without_a_name_lists_the_kpis() -> None:
    lines = say().splitlines()
    assert [line.split()[0] for line in lines] == [kpi.slug for kpi in KPIS]


@every_kpi
def test_json_is_that_of_the_page(kpi: Kpi[Any, Any], client: Client) -> None:
    make_posting(month=date(2019, 3, 1))
    make_cost_line()
    client.force_login(make_user(Role.OFFICER, username="officer"))
    assert json.loads(say(kpi.slug, "--json")) == client.get(f"/kpis/{kpi.slug}.json").json()


@every_kpi
def test_prints_answer_figures_and_rows(kpi: Kpi[Any, Any]) -> None:
    make_cost_line()
    result = ask(kpi, Scope(date(2019, 3, 31)))
    printed = say(kpi.slug, "--as-at", "2019-03-31")
    assert printed.startswith(kpi.sentence(result))
    assert kpi.caption(result) in printed
    for fact in kpi.facts(result):
        assert fact.label in printed
    for caveat in result.caveats:
        assert caveat in printed
    assert not any(line.endswith(" ") for line in printed.splitlines())


def test_says_what_was_chosen() -> None:
    assert say("need_mix", "--attendance", "DAY").startswith("Filtered: Attendance: Day\n")


def test_filters_are_those_of_the_address(client: Client) -> None:
    client.force_login(make_user(Role.OFFICER, username="officer"))
    page = client.get("/kpis/panel_outcomes.json?as_at=2019-03-31&from=2018-01-01&panel=INDEPENDENT").json()
    said = say(
        "panel_outcomes", "--as-at", "2019-03-31", "--from", "2018-01-01", "--panel", "INDEPENDENT", "--json"
    )
    assert json.loads(said) == page


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["no_such"], "There is no KPI no_such. The KPIs are workstreams, "),
        (["ehcp_share", "--top", "5"], "ehcp_share has no --top: its filters are --district, --need."),
        (
            ["provider_concentration", "--base", "2013-14"],
            "provider_concentration has no --base: its filters are --top, --district",
        ),
        (["provider_concentration", "--top", "none"], "“none” is not a whole number from 1 to 1000."),
        (["ehcp_share", "--as-at", "yesterday"], "“yesterday” is not a date such as 2019-03-31."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError) as refusal:
        say(*arguments)
    assert str(refusal.value).startswith(sentence)
