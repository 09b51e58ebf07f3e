"""`make bench` works on a small store: a long measurement should not break unnoticed."""

from typing import TYPE_CHECKING

import pytest

from measurements import accrual, bench
from sen_dashboard.kpis import KPIS

if TYPE_CHECKING:
    from tests.kpis.second_calculation import Records


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is timed once: what it comes to is nothing to test."""
    for module in (bench, accrual):
        monkeypatch.setattr(module, "median_ms", lambda work: (work(), 1.0)[1])


@pytest.mark.parametrize("council", [0], indirect=True)
def test_every_kpi_and_page_is_measured(council: "Records", once: None) -> None:
    client = bench.sign_in()
    kpis = [bench.bench_kpi(kpi, client) for kpi in KPIS]
    assert [timing.slug for timing in kpis] == [kpi.slug for kpi in KPIS]
    pages = [bench.bench_page(name, address, client) for name, address in bench.PAGES.items()]
    assert min(timing.statements for timing in pages) > 0


@pytest.mark.parametrize("council", [0], indirect=True)
def test_the_accrual_of_a_county_is_measured(council: "Records", once: None) -> None:
    assert accrual.markdown(accrual.bench_accrual(bench.AS_AT))
