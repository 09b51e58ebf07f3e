"""A filter gives the same result as a store without the other records, and every output says that it was chosen."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db.models import Q

from panel.models import ExpectedPlacement, PanelCase, PanelDecision
from placements.models import Assessment, CostLine, Placement, Plan
from sen_dashboard.core.kpi.definition import Kpi
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.kpis import KPIS
from tests.kpis.random_council import make_council
from tests.kpis.random_panel import make_panel
from tests.made_once import made_once

DAY = date(2019, 3, 31)


def keep_placements(which: Q) -> None:
    others = Placement.objects.exclude(pk__in=Placement.objects.filter(which).values("pk"))
    CostLine.objects.filter(placement__in=others).delete()
    ExpectedPlacement.objects.filter(placement__in=others).delete()
    others.delete()


def keep_plans(which: Q) -> None:
    others = Plan.objects.exclude(pk__in=Plan.objects.filter(which).values("pk"))
    keep_placements(~Q(plan__in=others))
    others.delete()


def keep_cases(which: Q) -> None:
    others = PanelCase.objects.exclude(pk__in=PanelCase.objects.filter(which).values("pk"))
    ExpectedPlacement.objects.filter(decision__case__in=others).delete()
    PanelDecision.objects.filter(case__in=others).delete()
    others.delete()


def keep_district(name: str) -> None:
    keep_plans(Q(child__home_district=name))
    Assessment.objects.exclude(child__home_district=name).delete()
    keep_cases(Q(child__home_district=name))


def keep_need(code: str) -> None:
    keep_plans(Q(primary_need=code))
    keep_cases(Q(primary_need=code))


KEEP: dict[tuple[str, str], Callable[[], None]] = {
    ("district", "Thanet"): lambda: keep_district("Thanet"),
    ("need", "ASD"): lambda: keep_need("ASD"),
    ("sector", "INDEPENDENT_SPECIAL"): lambda: keep_placements(Q(school__sector="INDEPENDENT_SPECIAL")),
    ("attendance", "RESIDENTIAL"): lambda: keep_placements(Q(attendance="RESIDENTIAL")),
}
NARROWED = [
    pytest.param(kpi, choice, id=f"{kpi.slug}-{choice[0]}")
    for kpi in KPIS
    if kpi.slug != "capacity"  # its filters are of schools, and tested with it
    for choice in KEEP
    if choice[0] in {f.name for f in kpi.filters}
]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("kpi", "choice"), NARROWED)
def test_filter_gives_what_the_store_would_without_the_others(
    kpi: Kpi[Any, Any], choice: tuple[str, str], seed: int
) -> None:
    made_once(("narrowing", seed), lambda: (make_council(seed), make_panel(seed)))
    name, value = choice
    narrowed = kpi.query(Scope(DAY, {name: value}))

    KEEP[choice]()
    default = {"attendance": value} if name == "attendance" and kpi.slug == "cost_per_need_type" else {}
    alone = kpi.query(Scope(DAY, default))

    assert narrowed.headline == alone.headline
    assert narrowed.rows == alone.rows


@pytest.mark.django_db
@pytest.mark.parametrize("choice", KEEP, ids=str)
def test_something_is_left_to_compare(choice: tuple[str, str]) -> None:
    make_council(0)
    everything = Placement.objects.count()
    KEEP[choice]()
    assert 0 < Placement.objects.count() < everything


@pytest.mark.django_db
@pytest.mark.parametrize("kpi", KPIS, ids=[kpi.slug for kpi in KPIS])
def test_data_says_what_was_chosen(kpi: Kpi[Any, Any]) -> None:
    plain = kpi.data(kpi.query(Scope(DAY)))
    assert plain["filtered"] == []
    for chosen in kpi.filters:
        if chosen.choices:
            value, words = next(pair for pair in chosen.choices if pair[0] != chosen.default(DAY))
            data = kpi.data(kpi.query(Scope(DAY, {chosen.name: value})))
            assert data["filtered"] == [f"{chosen.label}: {words}"]
            json.dumps(data, allow_nan=False)
