"""The pages and files of the benchmarks: who may see them, what they say, and how many statements they take."""

import csv
import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from sen_dashboard.accounts.roles import Role
from sen_dashboard.benchmarking import words
from sen_dashboard.benchmarking.measures import BENCHMARKS, BY_SLUG, Benchmark
from sen_dashboard.core.kpi.definition import Better, plain
from tests.benchmarking.asking import ask
from tests.benchmarking.dfe import CASELOAD, KENT, NEIGHBOURS, edited, place
from tests.factories import make_user
from tests.folders import Write
from tests.kpi_pages.test_pages import words as text_of

pytestmark = pytest.mark.django_db

every_benchmark = pytest.mark.parametrize("benchmark", BENCHMARKS, ids=list(BY_SLUG))
SITE_MAP = [
    "/benchmarks/",
    *(f"/benchmarks/{slug}/" for slug in BY_SLUG),
    *(f"/benchmarks/{slug}.csv" for slug in BY_SLUG),
]
STATEMENTS = {"index": 5, "page": 7}
"""Session, user, roles, council; then its figures, or its neighbours, all their figures and England's quartiles."""

StatementCount = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def signed_in(client: Client) -> Client:
    client.force_login(make_user(Role.OFFICER, username="officer"))
    return client


@pytest.mark.parametrize("address", SITE_MAP)
def test_nobody_sees_anything(client: Client, address: str) -> None:
    assert client.get(address)["Location"] == f"{reverse('sign_in')}?next={address}"


@pytest.mark.parametrize("address", SITE_MAP)
def test_posting_is_not_allowed(signed_in: Client, address: str) -> None:
    assert signed_in.post(address).status_code == 405


class TestNothingHeld:
    @pytest.mark.parametrize("address", [a for a in SITE_MAP if a.endswith("/")])
    def test_page_says_what_to_run(self, signed_in: Client, address: str) -> None:
        response = signed_in.get(address)
        assert response.status_code == 200
        assert "No published figures are held yet" in text_of(response)
        assert "manage.py import_benchmarks fixtures/benchmarks --edition 2026-01" in text_of(response)

    def test_there_is_no_file(self, signed_in: Client) -> None:
        assert signed_in.get("/benchmarks/need_mix.csv").status_code == 404

    @pytest.mark.usefixtures("small")
    def test_a_council_that_no_file_knows(self, signed_in: Client, settings: Any) -> None:
        settings.COUNCIL_CODE = "999"
        for address in ("/benchmarks/", "/benchmarks/need_mix/"):
            assert "The setting COUNCIL_CODE names a council for which no published figures" in text_of(
                signed_in.get(address)
            )

    def test_a_council_without_a_figure_of_the_measure(self, signed_in: Client, write: Write) -> None:
        files = edited(CASELOAD, f"{place('202324', KENT)},1000,50,10\n", "")
        assert isinstance(files[CASELOAD], str)
        files[CASELOAD] = files[CASELOAD].replace(f"{place('202425', KENT)},1000,60,19\n", "")
        call_command("import_benchmarks", write(files), verbosity=0)
        response = signed_in.get("/benchmarks/inmss_share/")
        assert response.status_code == 200
        assert "No figure for Kent is held for this measure in any year." in text_of(response)
        assert "not available" in text_of(signed_in.get("/benchmarks/"))
        assert signed_in.get("/benchmarks/inmss_share.csv").status_code == 404


@pytest.mark.usefixtures("small")
class TestIndex:
    def test_leads_to_every_page_with_its_years(self, signed_in: Client) -> None:
        response = signed_in.get("/benchmarks/")
        page = text_of(response)
        for benchmark in BENCHMARKS:
            assert f'href="/benchmarks/{benchmark.slug}/"' in response.content.decode()
            assert benchmark.title in page
        assert "7.9% Plans in INMSS: Kent, January 2025; England 5.0%" in page
        assert "Years held: January 2024 to January 2025" in page
        assert "Years held: 2018 to 2019" in page

    def test_is_in_the_navigation_of_every_page(self, signed_in: Client) -> None:
        for address in ("/", "/kpis/capacity/", "/benchmarks/", "/benchmarks/requests/"):
            assert '<a href="/benchmarks/"' in signed_in.get(address).content.decode()

    def test_takes_as_many_statements_for_any_council(
        self, signed_in: Client, django_assert_num_queries: StatementCount
    ) -> None:
        with django_assert_num_queries(STATEMENTS["index"]):
            signed_in.get("/benchmarks/")


@pytest.mark.usefixtures("small")
@every_benchmark
class TestEveryBenchmark:
    def test_page_answers(self, signed_in: Client, benchmark: Benchmark) -> None:
        page, found = text_of(signed_in.get(f"/benchmarks/{benchmark.slug}/")), ask(benchmark.slug)
        assert benchmark.question in page
        assert words.sentence(found) in page
        assert words.caption(found) in page
        for fact in words.facts(found):
            assert f"{fact.label} {fact.text} {fact.raw}".rstrip() in page
        for definition in (found.measure.numerator, found.measure.left_out, found.measure.better.value):
            assert definition in page
        for name in ("Kent", *NEIGHBOURS.values(), "South East", "England"):
            assert f" {name} " in page

    def test_every_row_has_its_year(self, signed_in: Client, benchmark: Benchmark) -> None:
        page = signed_in.get(f"/benchmarks/{benchmark.slug}/").content.decode()
        assert page.count(f">{ask(benchmark.slug).rows[0].year}</td>") == 13

    def test_says_whose_figures_they_are_and_under_which_licence(
        self, signed_in: Client, benchmark: Benchmark
    ) -> None:
        response = signed_in.get(f"/benchmarks/{benchmark.slug}/")
        page = text_of(response)
        assert "Published figures of Kent." in page
        assert "These are official DfE statistics" in page
        assert "licensed under the Open Government Licence v3.0" in page
        assert "nationalarchives.gov.uk/doc/open-government-licence/version/3/" in response.content.decode()
        assert "Figures come from the records held here" not in page
        for source in {row.source for row in ask(benchmark.slug).rows}:
            assert source in page

    def test_demonstration_is_kept_apart(self, client: Client, benchmark: Benchmark) -> None:
        client.force_login(make_user(Role.OFFICER, username="demo", is_demonstration=True))
        page = text_of(client.get(f"/benchmarks/{benchmark.slug}/"))
        assert (
            "Published figures of Kent. These are official DfE statistics. The records of the "
            "demonstration council"
        ) in page

    def test_takes_as_many_statements_for_every_measure(
        self, signed_in: Client, benchmark: Benchmark, django_assert_num_queries: StatementCount
    ) -> None:
        for measure in benchmark.measures:
            spared = 1 if measure.better is Better.NEITHER else 0
            with django_assert_num_queries(STATEMENTS["page"] - spared):
                signed_in.get(f"/benchmarks/{benchmark.slug}/?measure={measure.slug}")
            with django_assert_num_queries(STATEMENTS["page"] + 1 - spared):  # a file is noted in the trail
                signed_in.get(f"/benchmarks/{benchmark.slug}.csv?measure={measure.slug}")

    def test_wrong_choices_are_said_at_each_field(self, signed_in: Client, benchmark: Benchmark) -> None:
        response = signed_in.get(f"/benchmarks/{benchmark.slug}/?year=1999&measure=none")
        page = text_of(response)
        assert response.status_code == 400
        assert page.count("“1999” is not one of 20") == 2
        assert page.count("“none” is not one of ") == 2
        assert "<title>Error: " in response.content.decode()
        assert 'id="answer"' not in response.content.decode()

    def test_file_refuses_wrong_choices(self, signed_in: Client, benchmark: Benchmark) -> None:
        response = signed_in.get(f"/benchmarks/{benchmark.slug}.csv?year=1999")
        assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
        assert response.content.decode().startswith("“1999” is not one of 20")

    def test_file_holds_the_rows(self, signed_in: Client, benchmark: Benchmark) -> None:
        response, found = signed_in.get(f"/benchmarks/{benchmark.slug}.csv"), ask(benchmark.slug)
        name = f"{benchmark.slug}-{found.measure.slug}-{found.period}.csv"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        rows = list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
        assert [row["area"] for row in rows] == [row.area for row in found.rows]
        assert [row["value"] for row in rows] == [
            "" if row.value is None else str(plain(row.value)) for row in found.rows
        ]
        assert [row["rank"] for row in rows] == [str(row.rank or "") for row in found.rows]

    def test_charts_are_in_the_page_and_no_script(self, signed_in: Client, benchmark: Benchmark) -> None:
        response = signed_in.get(f"/benchmarks/{benchmark.slug}/")
        assert "unsafe-inline" not in response["Content-Security-Policy"]
        page = response.content.decode()
        assert '<svg class="chart__svg' in page
        assert all("src=" in script for script in re.findall(r"<script([^>]*)>", page))


@pytest.mark.usefixtures("small")
class TestPage:
    def test_address_holds_the_state(self, signed_in: Client) -> None:
        page = signed_in.get("/benchmarks/inmss_share/?measure=independent&year=2023-24").content.decode()
        flat = unescape(" ".join(page.split()))
        assert '<option value="independent" selected' in flat
        assert '<option value="2023-24" selected' in flat
        assert 'href="/benchmarks/inmss_share.csv?measure=independent&year=2023-24"' in flat
        assert 'href="?measure=inmss&year=2023-24"' in flat, "the other measures are shown for the same year"

    def test_every_column_sorts_and_keeps_the_state(self, signed_in: Client) -> None:
        address = "/benchmarks/inmss_share/?year=2024-25"
        links = re.findall(r'href="(\?[^"]*sort=[^"]*)#table"', signed_in.get(address).content.decode())
        assert len(links) == 8
        for link in map(unescape, links):
            page = signed_in.get(f"/benchmarks/inmss_share/{link}").content.decode()
            assert "year=2024-25" in link
            assert page.count('aria-sort="ascending"') == 1

    def test_links_to_other_measures_lead_to_no_error(self, signed_in: Client) -> None:
        """A measure that begins later is not offered for an early year."""
        for benchmark in BENCHMARKS:
            for year in ("2018", "2019", "2022", "2023", "2023-24", "2024-25"):
                address = f"/benchmarks/{benchmark.slug}/"
                page = signed_in.get(f"{address}?year={year}").content.decode()
                for link in re.findall(r'href="(\?measure=[^"]*)"', page):
                    assert signed_in.get(address + unescape(link)).status_code == 200

    def test_who_has_no_figure_is_said_with_the_reason(self, signed_in: Client, write: Write) -> None:
        row = place("202425", "803")
        changed = edited(CASELOAD, f"{row},1000,30,0", f"{row},1000,c,0")
        call_command("import_benchmarks", write(changed), edition="2026-01", verbosity=0)
        page = text_of(signed_in.get("/benchmarks/inmss_share/"))
        assert "Not available for January 2025: Council 3 (c: withheld to protect confidentiality)." in page
        assert (
            "Council 3 not ranked Neighbour 3, very close January 2025 not available 1,000 not available"
            in page
        )

    def test_unknown_benchmark_is_not_found(self, signed_in: Client) -> None:
        assert signed_in.get("/benchmarks/no_such/").status_code == 404
        assert signed_in.get("/benchmarks/no_such.csv").status_code == 404

    def test_what_was_typed_cannot_become_markup(self, signed_in: Client) -> None:
        page = signed_in.get('/benchmarks/requests/?year="><script>alert(1)').content.decode()
        assert "<script>alert" not in page

    def test_another_council_by_its_ons_code(self, signed_in: Client, settings: Any) -> None:
        settings.COUNCIL_CODE = "E10000803"
        page = text_of(signed_in.get("/benchmarks/inmss_share/"))
        assert "Published figures of Council 3." in page
        assert "Council 3: 3.0% of EHC plans" in page
