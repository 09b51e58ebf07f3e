"""Every number leads to its records: their count or sum is the number itself, in the headline and in every row.

Random councils and panels, on edge-case days of the definitions, unfiltered and with each filter.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from provision.models import School, SchoolPlaces
from sen_dashboard.core.kpi.definition import Kpi, Result
from sen_dashboard.core.kpi.published import Behind
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.money import to_penny
from sen_dashboard.kpis import KPIS
from tests.kpis.random_council import make_council
from tests.kpis.random_panel import make_panel
from tests.kpis.random_programme import make_random_programme
from tests.made_once import made_once

DAYS = (date(1950, 1, 1), date(2018, 9, 15), date(2019, 3, 31))
every_kpi = pytest.mark.parametrize("kpi", KPIS, ids=[kpi.slug for kpi in KPIS])


def scopes(kpi: Kpi[Any, Any]) -> Iterator[Scope]:
    """Days plain, and the last of them under each filter with a choice."""
    yield from (Scope(day) for day in DAYS)
    for wanted in kpi.filters:
        offered = wanted.choices or tuple(wanted.options() if wanted.options else ())
        yield from (Scope(DAYS[-1], {wanted.name: wanted.parse(code)}) for code, _ in offered[-2:])


def make_places(seed: int) -> None:
    """Places at some of the schools, of some years, for some needs."""
    random = Random(seed)
    SchoolPlaces.objects.bulk_create(
        SchoolPlaces(
            school=school,
            provision=provision,
            academic_year=year,
            places=random.randint(0, 4),
            needs=random.choice([[], ["ASD"], ["SEMH", "PD"]]),
        )
        for school in School.objects.order_by("pk")
        for provision in ("SPECIAL", "SRP")
        for year in ("2017-18", "2018-19", "2019-20")
        if random.random() < 0.5
    )


@pytest.fixture(params=[0, 1, pytest.param(2, marks=pytest.mark.assurance)], ids=lambda seed: f"seed{seed}")
def records(request: pytest.FixtureRequest, db: None) -> None:
    made_once(("parts", request.param), lambda: make_records(request.param))


def make_records(seed: int) -> None:
    make_council(seed)
    School.objects.filter(pk__in=["S0", "T0"]).update(district="Thanet")
    make_panel(seed)
    make_places(seed)
    make_random_programme(seed)


def measured(behind: Behind, scope: Scope, row: Any) -> Any:
    """What the records come to; money to the penny, as results hold it."""
    number = behind.measure(behind.of(scope, row))
    return to_penny(number) if isinstance(number, Decimal) else number


@every_kpi
@pytest.mark.usefixtures("records")
def test_records_come_to_the_number_that_leads_to_them(kpi: Kpi[Any, Any]) -> None:
    compared = 0
    for scope in scopes(kpi):
        result: Result[Any, Any] = kpi.query(scope)
        for name, key in kpi.keys.headline.items():
            number = getattr(result.headline, name)
            if key.behind and number is not None:
                assert (measured(key.behind, scope, None) or 0) == number, (scope, name)
                compared += 1
        for row in result.rows:
            row_key = kpi.keys.row_key.parse(kpi.keys.row_key.text(row))
            assert row_key == kpi.keys.row_key.of(row)
            for name, key in kpi.keys.row.items():
                number = getattr(row, name)
                if key.behind and number is not None:
                    assert (measured(key.behind, scope, row_key) or 0) == number, (scope, name, row)
                    compared += bool(number)
    assert compared > 10


@every_kpi
@pytest.mark.usefixtures("records")
def test_every_fact_and_row_leads_somewhere(kpi: Kpi[Any, Any]) -> None:
    result = kpi.query(Scope(DAYS[-1]))
    assert any(key.behind for key in kpi.keys.row.values())
    for fact in kpi.facts(result):
        for named in fact.lists:
            name, row = (named, None) if isinstance(named, str) else named
            assert kpi.keys.behind[name]
            assert row is None or kpi.keys.row_key.parse(row)
        assert fact.lists or isinstance(fact.value, date), fact.label


@every_kpi
@pytest.mark.usefixtures("records")
def test_row_keys_are_unique_and_read_back(kpi: Kpi[Any, Any]) -> None:
    rows = kpi.query(Scope(DAYS[-1])).rows
    keys = [kpi.keys.row_key.text(row) for row in rows]
    assert len(set(keys)) == len(keys)
    for key in keys:
        assert kpi.keys.row_key.describe(kpi.keys.row_key.parse(key))


@every_kpi
@pytest.mark.django_db
@pytest.mark.parametrize("nonsense", ["no such row", "9999-99", "x:y", "\x00", "‮"])
def test_a_row_that_is_none_is_refused(kpi: Kpi[Any, Any], nonsense: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (the driver refuses a NUL in words of its own)
        kpi.keys.row_key.parse(nonsense)
