"""A store without any records of a kind says so, on every page, tile and report, and never says 0."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from panel.kpis import panel_need_types, panel_outcomes, panel_reasons, panel_turnaround
from panel.models import PanelCase
from sen_dashboard.core.kpi.definition import Kpi, ask
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import Month
from sen_dashboard.kpis import KPIS
from sen_dashboard.reports.collecting import collect
from tests.factories import make_case, make_child, make_closed_month, make_posting

DAY = date(2019, 3, 31)
OF_PANEL_CASES = [
    module.KPI for module in (panel_outcomes, panel_need_types, panel_reasons, panel_turnaround)
]
NONE_HELD = "No panel cases are held"
every_panel_kpi = pytest.mark.parametrize("kpi", OF_PANEL_CASES, ids=[kpi.slug for kpi in OF_PANEL_CASES])
every_kpi = pytest.mark.parametrize("kpi", KPIS, ids=[kpi.slug for kpi in KPIS])


def words(response: Any) -> str:
    """What a page says below its navigation, without its tags."""
    main = response.content.decode().split("<main")[1]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_every_kpi_says_what_it_counts() -> None:
    assert all(kpi.counts for kpi in KPIS)
    assert {kpi for kpi in KPIS if PanelCase in kpi.counts} == set(OF_PANEL_CASES)


@pytest.mark.django_db
class TestLedgerAlone:
    @pytest.fixture(autouse=True)
    def ledger(self) -> None:
        make_posting(month=date(2019, 3, 1))

    @every_panel_kpi
    def test_page_says_so(self, kpi: Kpi[Any, Any], signed_in: Client) -> None:
        main = words(signed_in.get(reverse("kpi", args=[kpi.slug])))
        assert f"{NONE_HELD}." in main
        assert "no request" not in main
        assert not re.search(r"(?<![\d,.-])0 |not available: 0", main)

    def test_tiles_say_so(self, signed_in: Client) -> None:
        page = words(signed_in.get("/"))
        assert page.count(NONE_HELD) == len(OF_PANEL_CASES)
        assert "0 requests" not in page

    @every_panel_kpi
    def test_data_have_their_keys(self, kpi: Kpi[Any, Any], signed_in: Client) -> None:
        data = signed_in.get(reverse("kpi_json", args=[kpi.slug])).json()
        assert set(data["headline"]) == set(kpi.headline_keys)
        assert data["rows"] == []

    @every_panel_kpi
    def test_a_case_ends_it_on_every_day(self, kpi: Kpi[Any, Any]) -> None:
        make_case(received_on=date(2030, 1, 1))
        assert NONE_HELD not in kpi.sentence(ask(kpi, Scope(DAY)))


@pytest.mark.django_db(transaction=True)
def test_reports_say_so() -> None:
    make_posting(month=date(2019, 3, 1))
    found = collect(Month.containing(DAY), KPIS, council="Kent", by="Ann", at=now())
    for report in (found.internal, found.public):
        said = [kpi for section in report.sections for kpi in section.kpis if NONE_HELD in kpi.sentence]
        assert {kpi.slug for kpi in said} == {kpi.slug for kpi in OF_PANEL_CASES}, report.audience
        assert all(fact.label == NONE_HELD and fact.cell.value is None for kpi in said for fact in kpi.facts)
        assert not any(kpi.table.rows or kpi.chart for kpi in said)


@pytest.mark.django_db
@every_kpi
def test_an_empty_store_shows_no_0(kpi: Kpi[Any, Any]) -> None:
    result = ask(kpi, Scope(DAY))
    assert not result.is_held
    assert [fact.value for fact in kpi.facts(result)] == [None]
    assert kpi.sentence(result).startswith("No ")
    assert kpi.draw(result) is None


@pytest.mark.django_db
def test_one_more_statement_is_asked_only_where_there_is_no_figure(
    django_assert_num_queries: Callable[..., Any],
) -> None:
    with django_assert_num_queries(3):
        ask(panel_outcomes.KPI, Scope(DAY))
    make_case(child=make_child(), received_on=date(2019, 1, 1))
    with django_assert_num_queries(2):
        ask(panel_outcomes.KPI, Scope(DAY))


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", *(f"/kpis/{kpi.slug}/" for kpi in KPIS)])
def test_final_and_provisional_never_stand_together(address: str, signed_in: Client) -> None:
    """A final decision of a panel is another thing."""
    make_posting(month=date(2019, 3, 1))
    make_case()
    page = words(signed_in.get(address, {"as_at": DAY.isoformat()}))
    assert "Provisional" in page
    assert not re.search(r"\bfinal\b(?! decision| one)", page)


@pytest.mark.django_db
def test_an_outturn_is_final_once_nothing_more_is_posted(signed_in: Client) -> None:
    make_posting(month=date(2019, 3, 1))
    closed = make_closed_month(month=date(2019, 3, 1))
    address = reverse("kpi", args=["outturn_vs_forecast"])
    page = words(signed_in.get(address, {"as_at": DAY.isoformat()}))
    assert "Provisional" not in page
    assert re.search(r"Outturn of 2018-19 .*\bfinal\b", page)
    assert "final" not in words(signed_in.get(address, {"as_at": "2019-03-30"}))
    told = signed_in.get(f"{address[:-1]}.json", {"as_at": DAY.isoformat()}).json()
    assert told["headline"]["outturn_closed_on"] == localdate(closed.closed_at).isoformat()
