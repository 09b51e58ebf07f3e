"""The public set of all KPIs: every key is classified, and nobody can work out what is hidden."""

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from django.core.management import call_command
from django.utils.timezone import now

from placements.kpis import provider_concentration
from placements.models import Placement
from sen_dashboard.core.disclosure.suppression import Protection, Symbol, protect, public_view
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Kpi, Result
from sen_dashboard.core.kpi.published import Counts, Key, Money, Open, Records, RestsOn, Withheld
from sen_dashboard.core.kpi.quantities import Contents
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import FinancialYear, Month
from sen_dashboard.kpis import KPIS
from sen_dashboard.reports.collected import to_plain
from sen_dashboard.reports.collecting import collect
from sen_dashboard.reports.extracts import dsg_plan, foi_need_year
from sen_dashboard.reports.extracts.extract import PublicExtract
from tests.core.disclosure.reader import Reader
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
    return isinstance(rests, Counts | Money | Records | Withheld) or (
        isinstance(rests, RestsOn)
        and bool(rests.keys or rests.headline or rests.rows or rests.on is not RestsOn.on)
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
    """The answers as the public is given them, which names no school beside its prices."""
    found = {kpi: kpi.query(Scope(day)) for kpi in KPIS}
    return {
        kpi: replace(result, rows=()) if kpi.keys.names_prices else result for kpi, result in found.items()
    }


def protected(
    results: dict[Kpi[Any, Any], Result[Any, Any]], before: Sequence[Protection], threshold: int = 5
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


def is_as_told(kind: Kind, value: Any) -> bool:
    """Whether a value is as round as the public is told its kind."""
    if not isinstance(value, int | float):
        return True
    if kind is Kind.POUNDS:
        return value % (100_000 if abs(value) >= 1_000_000 else 100) == 0
    return kind is not Kind.PERCENT or value == int(value)


def assert_public(results: dict[Kpi[Any, Any], Result[Any, Any]], protection: Protection) -> None:
    """No small count is there to read, a figure is hidden with what it rests on, and everything else is rounded."""
    for kpi, result in results.items():
        view = public_view(kpi.keys, result, protection)
        assert list(view.headline) == list(kpi.headline_keys)
        left_out = len(result.rows) - len(view.rows)
        assert (left_out > 0) == bool(view.together) or protection.zeros
        if view.together and not protection.zeros:
            assert f"All others ({left_out})" in view.together.values()
        records = [
            (view.headline, kpi.keys.headline),
            *((row, kpi.keys.row) for row in view.written),
        ]
        for shown, classes in records:
            assert list(small_numbers(shown, classes, protection.threshold)) == []
            for key, one in classes.items():
                assert is_as_told(one.kind, shown[key]), (kpi.slug, key, shown[key])
                keys = one.access.keys if isinstance(one.access, RestsOn) else ()
                if any(shown[k] is Symbol.CONFIDENTIAL for k in keys) and one.kind.is_number:
                    assert isinstance(shown[key], Symbol), (kpi.slug, key)
        assert view.hidden or Symbol.CONFIDENTIAL not in str([view.headline, view.rows]).split("'")


def learnt_from(reports: Sequence[Protection]) -> set[str]:
    """What a reader of all the reports learns too much about."""
    reader = Reader(reports)
    return {words for report in reports for words in reader.learnt(report)} | {*reader.learnt_between()}


def assert_money_goes_with_counts(contents: Contents) -> None:
    """All that follows from sums of money is known to be money of so many children, or it would not be guarded."""
    money, values, each = contents.money, contents.values, contents.each
    for one in contents.sums:
        if len(one.parts) > 1 and not money.keys().isdisjoint((one.whole, *one.parts)):
            known = {quantity for quantity in (one.whole, *one.parts) if quantity in values}
            assert known <= money.keys() & each.keys()


FEBRUARY, MARCH = date(2019, 2, 28), date(2019, 3, 31)


@pytest.mark.django_db
def test_a_council_of_few_children_in_two_months() -> None:
    make_council(0)
    make_panel(0)
    make_places(0)
    reports: list[Protection] = []
    for day in (FEBRUARY, MARCH):
        results = results_on(day)
        reports.append(protected(results, reports))
        assert_public(results, reports[-1])
        assert_money_goes_with_counts(reports[-1].contents)
        assert Protection.read(reports[-1].plain()) == reports[-1]
    assert learnt_from(reports) == set()


@pytest.mark.django_db(transaction=True)
def test_schools_are_named_beside_prices_only_where_the_council_says_so(settings: Any) -> None:
    """And then their costs are rounded and protected as everything else is."""
    make_council(0)
    shown = []
    for settings.PUBLISH_SCHOOL_PRICES in (False, True):
        found = collect(Month(2019, 3), [provider_concentration.KPI], council="Kent", by="Ann", at=now())
        (kpi,) = found.public.kpis
        shown.append((json.dumps(to_plain(found.public)), kpi))
        assert "top_cost" in kpi.headline
        assert learnt_from([found.protection]) == set()
    (without, told), (_, named) = shown
    assert told.rows == ()
    assert named.rows
    schools = {row["school"] for row in named.rows if row["school"]}
    assert not any(school in without for school in schools)


@pytest.mark.django_db
def test_records_corrected_between_two_reports() -> None:
    make_council(1)
    before = protected(results_on(FEBRUARY), [])
    Placement.objects.filter(school="I0").update(school="T0")
    results = results_on(MARCH)
    assert_public(results, protected(results, [before]))


# The whole attack: three months, both extracts given out in any order


def given_out(what: date | PublicExtract[Any], before: Sequence[Protection]) -> Protection:
    """What protects a month's report, or an extract, after what was public before."""
    if isinstance(what, date):
        return protected(results_on(what), before)
    return protect([what.keys.contents(what.query(what.day(FinancialYear(2018))))], before, 5)


FOI, DSG = foi_need_year.EXTRACT, dsg_plan.EXTRACT
MONTHS = (date(2019, 1, 31), FEBRUARY, MARCH)


@pytest.mark.assurance
@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_three_months_and_both_extracts_of_a_random_council_in_any_order(seed: int) -> None:
    make_council(seed)
    make_panel(seed)
    make_places(seed)
    order: list[date | PublicExtract[Any]] = [*MONTHS, FOI, DSG]
    Random(seed).shuffle(order)
    reports: list[Protection] = []
    for what in order:
        reports.append(given_out(what, reports))
        assert not reports[-1].exposed
        if isinstance(what, date):
            assert_public(results_on(what), reports[-1])
    assert learnt_from(reports) == set()


def _order(number: int) -> list[date | PublicExtract[Any]]:
    """The months in their order, with the extracts before, between and after them."""
    return [
        [FOI, DSG, *MONTHS],
        [MONTHS[0], DSG, MONTHS[1], FOI, MONTHS[2]],
        [*MONTHS, FOI, DSG],
    ][number]


@pytest.mark.assurance
@pytest.mark.django_db
@pytest.mark.parametrize("number", range(3))
def test_three_months_and_both_extracts_of_the_demonstration(number: int, tmp_path: Path) -> None:
    """Nothing of few is learned, and every headline is there."""
    call_command("make_dataset", str(tmp_path / "dataset"), verbosity=0, stdout=StringIO())
    call_command("import_dataset", str(tmp_path / "dataset"), stdout=StringIO(), stderr=StringIO())
    reports: list[Protection] = []
    for what in _order(number):
        reports.append(given_out(what, reports))
        assert not reports[-1].exposed
        if isinstance(what, date):
            assert_public(results_on(what), reports[-1])
    assert learnt_from(reports) == set()
    march = _order(number).index(MARCH)
    headline = {
        kpi.slug: public_view(kpi.keys, result, reports[march]).headline
        for kpi, result in results_on(MARCH).items()
    }
    assert headline["ehcp_share"]["inmss_children"] == headline["need_mix"]["children"] == 842
    assert headline["need_mix"]["asd_pct"] == 48
    assert headline["cost_per_need_type"]["inmss_average"] == 36_100
    assert headline["provider_concentration"]["top_cost"] == 20_900_000
    public = {kpi.slug for kpi in KPIS if any(entry.is_public for entry in kpi.report)}
    hidden = [
        (slug, key)
        for slug, shown in headline.items()
        for key, value in shown.items()
        if value is Symbol.CONFIDENTIAL and slug in public - {"cost_growth"}
    ]
    assert hidden == []
