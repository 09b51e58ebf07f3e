"""What PostgreSQL refuses, however it is written."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from sen_dashboard.benchmarking.models import Area, PublishedValue, StatisticalNeighbour

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]


def make_value(**given: Any) -> PublishedValue:
    fields = {
        "indicator": "caseload.ehcplans",
        "area_id": "886",
        "period": "2018-19",
        "period_kind": "ACADEMIC",
        "value": Decimal(1),
    }
    return PublishedValue.objects.create(**fields | given)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"value": None}, id="neither number nor symbol"),
        pytest.param({"symbol": "x"}, id="number and symbol"),
        pytest.param({"value": None, "symbol": "?"}, id="unknown symbol"),
        pytest.param({"value": Decimal(-1)}, id="less than nothing"),
        pytest.param({"period": "2018-20"}, id="not a year"),
        pytest.param({"period": "2018"}, id="a calendar year as an academic one"),
        pytest.param({"period_kind": "CALENDAR"}, id="an academic year as a calendar one"),
        pytest.param({"period_kind": "FINANCIAL", "period": "2018"}, id="a calendar year as a financial one"),
        pytest.param({"period_kind": "WEEK", "period": "2018"}, id="unknown kind of period"),
        pytest.param({"period": "2024-25"}, id="twice"),
        pytest.param({"edition": "2026-13"}, id="an edition of no month"),
    ],
)
def test_published_value(wrong: dict[str, Any]) -> None:
    make_value(period="2017-18")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_value(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"code": "E10"}, id="no DfE code"),
        pytest.param({"region_id": None}, id="authority without region"),
        pytest.param({"code": "E12", "kind": "REGION"}, id="region in a region"),
        pytest.param({"kind": "WARD"}, id="unknown kind"),
    ],
)
def test_area(wrong: dict[str, Any]) -> None:
    fields = {"code": "999", "name": "Nowhere", "kind": "AUTHORITY", "region_id": "E12000008"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.create(**fields | wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"rank": 1}, id="two of one rank"),
        pytest.param({"rank": 0}, id="rank 0"),
        pytest.param({"rank": 11}, id="rank 11"),
        pytest.param({"neighbour_id": "886"}, id="its own neighbour"),
        pytest.param({"neighbour_id": "801"}, id="twice in the list"),
        pytest.param({"closeness": "Near"}, id="unknown closeness"),
        pytest.param({"edition": "January"}, id="an edition of no year"),
    ],
)
def test_statistical_neighbour(wrong: dict[str, Any]) -> None:
    StatisticalNeighbour.objects.get(authority="886", rank=10).delete()
    fields = {"authority_id": "886", "rank": 10, "neighbour_id": "810", "closeness": "Close"}
    with pytest.raises(IntegrityError):
        create_neighbour(fields | wrong)


def create_neighbour(fields: dict[str, Any]) -> None:
    """With the checks that PostgreSQL leaves to the end of a transaction."""
    with transaction.atomic():
        StatisticalNeighbour.objects.create(**fields)
        connection.check_constraints()
