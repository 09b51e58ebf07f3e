"""The public set of all KPIs: every key is classed, and nobody can work out what is hidden."""

import dataclasses
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from django.core.management import call_command

from placements.models import Placement
from sen_dashboard.core.disclosure import Counted, Each, Measure, Open, Records, Shown, Withheld
from sen_dashboard.core.kpi import Kpi, Result
from sen_dashboard.core.scope import Scope
from sen_dashboard.core.suppression import Protection, Symbol, protect, public_view
from sen_dashboard.kpis import KPIS
from tests.disclosure.reader import Reader
from tests.kpis.random_council import make_council
from tests.kpis.random_panel import make_panel
from tests.kpis.test_parts import make_places

every_kpi = pytest.mark.parametrize("kpi", KPIS, ids=[kpi.slug for kpi in KPIS])

# The only numbers that are of no child: a new one is put here on purpose.
OPEN_NUMBERS = {
    "outturn_vs_forecast": {"budget", "forecast", "forecast_variance", "outturn_is_final"},
    "provider_concentration": {"schools", "top"},
    "capacity": {"special_places", "srp_places", "places"},
    "place_growth": {
        *("special_places", "special_places_next", "special_change"),
        *("srp_places", "srp_places_next", "srp_change"),
        *("places", "change", "change_pct"),
    },
}
NOT_NUMBERS = (str, date)


def record_types(kpi: Kpi[Any, Any]) -> list[tuple[type[Any], Any]]:
    headline, row = get_args(get_type_hints(kpi.query)["return"])
    return [(headline, kpi.disclosure.headline), (row, kpi.disclosure.row)]


@every_kpi
def test_every_key_is_classed(kpi: Kpi[Any, Any]) -> None:
    open_numbers = set()
    for record, classes in record_types(kpi):
        assert set(classes) == {field.name for field in dataclasses.fields(record)}
        for name, hint in get_type_hints(record).items():
            shown: Shown = classes[name]
            kinds = set(get_args(hint)) - {type(None)} or {hint}
            if isinstance(shown, Open) and not kinds <= set(NOT_NUMBERS):
                open_numbers.add(name)
            if isinstance(shown, Records):
                (nested, _) = get_args(hint)
                assert set(shown.keys) == {field.name for field in dataclasses.fields(nested)}
            if int in kinds and not isinstance(shown, Open):
                assert isinstance(shown, Counted | Measure | Each | Withheld), name
    assert open_numbers == OPEN_NUMBERS.get(kpi.slug, set())
    ranked = kpi.disclosure.ranked_by
    assert not ranked or isinstance(kpi.disclosure.row[ranked], Counted)


def results_on(day: date) -> dict[Kpi[Any, Any], Result[Any, Any]]:
    return {kpi: kpi.query(Scope(day)) for kpi in KPIS}


def protected(
    results: dict[Kpi[Any, Any], Result[Any, Any]], before: list[Protection], threshold: int = 5
) -> Protection:
    return protect([kpi.disclosure.contents(result) for kpi, result in results.items()], before, threshold)


def small_numbers(shown: dict[str, Any], classes: Any, threshold: int) -> Iterator[str]:
    """The keys of counts that are there to read and small, in a public record."""
    for key, value in shown.items():
        if isinstance(classes[key], Records):
            for nested in value:
                yield from small_numbers(nested, classes[key].keys, threshold)
        elif isinstance(classes[key], Counted | Each):
            for number in value.values() if isinstance(value, dict) else [value]:
                if isinstance(number, int) and 0 < number < threshold:
                    yield key


def assert_public(results: dict[Kpi[Any, Any], Result[Any, Any]], protection: Protection) -> None:
    """No small count is there to read, and a figure is hidden with what it rests on."""
    for kpi, result in results.items():
        view = public_view(kpi, result, protection)
        assert list(view.headline) == list(kpi.headline_keys)
        assert len(view.rows) == len(result.rows)
        records = [
            (view.headline, kpi.disclosure.headline),
            *((row, kpi.disclosure.row) for row in view.rows),
        ]
        for shown, classes in records:
            assert list(small_numbers(shown, classes, protection.threshold)) == []
            for key, one in classes.items():
                if isinstance(one, Measure) and any(shown[k] is Symbol.CONFIDENTIAL for k in one.keys):
                    assert isinstance(shown[key], Symbol), (kpi.slug, key)
        assert view.hidden or Symbol.CONFIDENTIAL not in str([view.headline, view.rows]).split("'")


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_a_council_of_few_children_in_two_months(seed: int) -> None:
    make_council(seed)
    make_panel(seed)
    make_places(seed)
    reports: list[Protection] = []
    for day in (date(2019, 2, 28), date(2019, 3, 31)):
        results = results_on(day)
        reports.append(protected(results, reports))
        assert_public(results, reports[-1])
        assert Protection.read(reports[-1].plain()) == reports[-1]
    reader = Reader(reports)
    said = {quantity.text for report in reports for quantity in report.exposed}
    for report in reports:
        assert {told.rpartition(" is ")[0] for told in reader.learnt(report)} <= said


@pytest.mark.django_db
def test_the_demonstration_in_two_months(tmp_path: Path) -> None:
    call_command("make_dataset", str(tmp_path / "dataset"), verbosity=0, stdout=StringIO())
    call_command("import_dataset", str(tmp_path / "dataset"), stdout=StringIO(), stderr=StringIO())
    reports: list[Protection] = []
    for day in (date(2019, 2, 28), date(2019, 3, 31)):
        results = results_on(day)
        reports.append(protected(results, reports))
        assert not reports[-1].exposed
        assert_public(results, reports[-1])
    reader = Reader(reports)
    for report in reports:
        assert reader.learnt(report) == []
    headline = {kpi.slug: public_view(kpi, result, reports[-1]).headline for kpi, result in results.items()}
    assert headline["ehcp_share"]["inmss_children"] == headline["need_mix"]["children"] == 842
    assert isinstance(headline["outturn_vs_forecast"]["outturn"], float)
    assert len(reports[-1].hidden) < len(reports[-1].contents.shown) / 3


@pytest.mark.django_db
def test_records_corrected_between_two_reports() -> None:
    make_council(1)
    before = protected(results_on(date(2019, 2, 28)), [])
    Placement.objects.filter(school="I0").update(school="T0")
    results = results_on(date(2019, 3, 31))
    assert_public(results, protected(results, [before]))
