"""Hostile requests: nothing breaks, nothing is repeated at length, nothing personal is logged."""

import io
import logging
from datetime import date
from itertools import cycle, product
from typing import Any

import pytest
from django.test import Client

from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.kpis import KPIS
from sen_dashboard.running.logs import ImpersonalFormatter
from tests.factories import make_placement, make_posting, make_school, make_user
from tests.site_map import make_everything, site_map

pytestmark = pytest.mark.django_db

PAGED = (
    "/events/",
    "/programme/actions/",
    "/kpis/provider_concentration/",
    "/kpis/ehcp_share/records/plans/",
    "/schools/S1/",
)


@pytest.fixture
def signed_in(client: Client) -> Client:
    make_placement(school=make_school(school_id="S1"))
    make_posting()
    client.force_login(make_user(Role.MANAGER))
    return client


@pytest.mark.parametrize("address", PAGED)
@pytest.mark.parametrize("name", ["page", "per_page"])
@pytest.mark.parametrize("value", ["-1", "0", "", "x", "9" * 4000, "²", "1.5"])
def test_no_page_number_breaks_a_table(signed_in: Client, address: str, name: str, value: str) -> None:
    assert signed_in.get(address, {name: value}).status_code == 200


def test_rows_a_page_are_not_the_addresss_to_say(signed_in: Client) -> None:
    for number in range(60):
        make_school(name=f"School {number}")
        make_placement()
    page = signed_in.get("/kpis/ehcp_share/records/plans/?per_page=1000").content.decode()
    assert page.count('<th scope="row"') == 50


@pytest.mark.parametrize("kpi", KPIS, ids=[kpi.slug for kpi in KPIS])
def test_a_row_that_the_figure_does_not_have_is_not_found(signed_in: Client, kpi: Any) -> None:
    asked = [
        "9999-12",
        "0001-01",
        "2030-01",
        "2199-12-31",
        "ASD",
        "SPECIAL:9998-99",
        "SPECIAL:S1",
        "AGREED",
        "",
    ]
    rows = {kpi.keys.row_key.text(found) for found in kpi.query(Scope(date(2019, 3, 31))).rows}
    for name, row in product(kpi.keys.behind, asked):
        is_of_rows = name in kpi.keys.row and kpi.keys.row[name].behind
        response = signed_in.get(f"/kpis/{kpi.slug}/records/{name}/", {"row": row, "as_at": "2019-03-31"})
        assert response.status_code == (200 if row in rows and is_of_rows else 404), (name, row)


@pytest.mark.parametrize("address", ["/", "/kpis/need_mix/", "/search/", "/schools/S1/", "/kpis/"])
def test_what_no_page_reads_is_not_repeated_in_links(signed_in: Client, address: str) -> None:
    for parameters in ({"zz": "x" * 200}, {"z" * 200: "x"}, {"<b>": "x"}):
        page = signed_in.get(address, parameters).content.decode()
        navigation = page.split('class="site-navigation"')[1].split("</nav>")[0]
        assert not any(name in navigation for name in ("x" * 200, "z" * 200, "b%3E"))


@pytest.mark.parametrize("address", ["/accessibility/", "/nothing", "/", "/events/add/"])
def test_too_many_parameters_are_refused_in_our_look(signed_in: Client, address: str) -> None:
    response = signed_in.get(address, {f"a{number}": "1" for number in range(1001)})
    assert response.status_code in (200, 400, 404)
    assert "SEN programme dashboard" in response.content.decode()


@pytest.mark.parametrize("address", ["/events/%00/change/", "/events/%00/remove/", "/children/%00/"])
def test_a_key_with_a_nul_is_not_found(signed_in: Client, address: str) -> None:
    assert signed_in.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/reports/?q=%00a", "/reports/archive.csv?q=%00a"])
def test_a_nul_that_is_searched_for_is_no_letter(signed_in: Client, address: str) -> None:
    assert signed_in.get(address).status_code == 200


def test_an_order_that_a_table_does_not_have_is_not_followed(client: Client) -> None:
    """Every page is asked for one or two of them, and every one of them of a dozen pages."""
    make_everything()
    client.force_login(make_user(*Role))
    orders = cycle(["x", "-x", "at", "-at", "x,y", "", "0", "__class__", "pk"])
    for name, addresses in site_map().items():
        for address in addresses[:2] if name != "sign_in" else ():
            asked = f"{address}{'&' if '?' in address else '?'}sort={next(orders)}"
            assert client.get(asked).status_code == 200, asked


def test_a_server_outside_django_logs_neither_addresses_nor_second_lines() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(ImpersonalFormatter("{levelname} {name}: {message}", style="{"))
    logger = logging.Logger("waitress")
    logger.addHandler(handler)
    logger.error("Exception while serving %s", "/children/C0SECRET/\nWARNING forged: line")
    assert stream.getvalue() == "ERROR waitress: Exception while serving (an address)\n"
    logger.error("Forged\nline")
    assert stream.getvalue().count("\n") == 2


def test_a_redirect_to_an_address_with_a_key_is_not_kept(signed_in: Client) -> None:
    response = signed_in.get("/children/C1")
    assert response.status_code == 301
    assert "no-store" in response["Cache-Control"]
