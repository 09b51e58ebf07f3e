"""The public set of all KPIs: every key is classed, and nobody can work out what is hidden."""

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from django.core.management import call_command

from placements.models import Placement
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi import Kpi, Result
from sen_dashboard.core.published import Counts, Key, Open, Records, RestsOn, Withheld
from sen_dashboard.core.scope import Scope
from sen_dashboard.core.suppression import Protection, Symbol, protect, public_view
from sen_dashboard.kpis import KPIS
from tests.disclosure.reader import Reader
from tests.kpis.random_council import make_council
from tests.kpis.random_panel import make_panel
from tests.kpis.test_records_behind import make_places

every_kpi = pytest.mark.parametrize("kpi", KPIS, ids=[kpi.slug for kpi in KPIS])

TYPES: dict[Kind, set[type]] = {
    Kind.TEXT: {str, bool},
    Kind.COUNT: {int},
    Kind.POUNDS: {Decimal},
    Kind.PERCENT: {float},
    Kind.RATIO: {float},
    Kind.INDEX: {float},
    Kind.DAYS: {float},
    Kind.WEEKS: {float},
    Kind.DAY: {date},
    Kind.MONTH: {str},
}
"""The type of the values of each kind."""


def record_types(kpi: Kpi[Any, Any]) -> list[tuple[type[Any], Mapping[str, Key]]]:
    headline, row = get_args(get_type_hints(kpi.query)["return"])
    return [(headline, kpi.keys.headline), (row, kpi.keys.row)]


def rests_on_counts(key: Key) -> bool:
    """Whether the value is hidden where what it counts is."""
    rests = key.access
    return isinstance(rests, Counts | Records | Withheld) or (
        isinstance(rests, RestsOn) and bool(rests.keys or rests.headline or rests.on is not RestsOn.on)
    )


@every_kpi
def test_every_key_is_classed(kpi: Kpi[Any, Any]) -> None:
    """A number is of no child only where its module says why; the type of each value is that of its kind."""
    for record, keys in record_types(kpi):
        assert set(keys) == {field.name for field in dataclasses.fields(record)}
        for name, hint in get_type_hints(record).items():
            key, types = keys[name], set(get_args(hint)) - {type(None)} or {hint}
            if isinstance(key.access, Records):
                (nested, _) = get_args(hint)
                assert set(key.access.keys) == {field.name for field in dataclasses.fields(nested)}
                continue
            assert types & TYPES[key.kind] or (key.kind is Kind.COUNT and get_origin(hint) is dict), name
            if key.kind.is_number:
                assert rests_on_counts(key) != bool(isinstance(key.access, Open) and key.access.because), name
    ranked = kpi.keys.ranked_by
    assert not ranked or rests_on_counts(kpi.keys.row[ranked])


def results_on(day: date) -> dict[Kpi[Any, Any], Result[Any, Any]]:
    return {kpi: kpi.query(Scope(day)) for kpi in KPIS}


def protected(
    results: dict[Kpi[Any, Any], Result[Any, Any]], before: list[Protection], threshold: int = 5
) -> Protection:
    return protect([kpi.keys.contents(result) for kpi, result in results.items()], before, threshold)


def small_numbers(shown: dict[str, Any], classes: Any, threshold: int) -> Iterator[str]:
    """The keys of counts that are there to read and small, in a public record."""
    for key, value in shown.items():
        access = classes[key].access
        if isinstance(access, Records):
            for nested in value:
                yield from small_numbers(nested, access.keys, threshold)
        elif isinstance(access, Counts):
            for number in value.values() if isinstance(value, dict) else [value]:
                if isinstance(number, int) and 0 < number < threshold:
                    yield key


def assert_public(results: dict[Kpi[Any, Any], Result[Any, Any]], protection: Protection) -> None:
    """No small count is there to read, and a figure is hidden with what it rests on."""
    for kpi, result in results.items():
        view = public_view(kpi.keys, result, protection)
        assert list(view.headline) == list(kpi.headline_keys)
        assert len(view.rows) == len(result.rows)
        records = [
            (view.headline, kpi.keys.headline),
            *((row, kpi.keys.row) for row in view.rows),
        ]
        for shown, classes in records:
            assert list(small_numbers(shown, classes, protection.threshold)) == []
            for key, one in classes.items():
                keys = one.access.keys if isinstance(one.access, RestsOn) else ()
                if any(shown[k] is Symbol.CONFIDENTIAL for k in keys):
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
    headline = {
        kpi.slug: public_view(kpi.keys, result, reports[-1]).headline for kpi, result in results.items()
    }
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
