"""The message of a KPI, the title of its slide: it says nothing that its numbers do not support.

The numbers are those of the second calculations on random councils; nothing here reads ``core.kpi.messages``.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panel.models import Panel
from placements.kpis import cost_growth, ehcp_share, inmss_growth, outturn_vs_forecast, requests
from provision.kpis import place_growth
from sen_dashboard import kpis
from sen_dashboard.core.formats import NOT_AVAILABLE
from sen_dashboard.core.kpi.definition import Kpi, Result, ask
from sen_dashboard.core.kpi.messages import main_part
from sen_dashboard.core.kpi.scope import Scope
from tests.kpis import random_panel, second_calculation, second_calculation_money
from tests.kpis.random_council import AS_AT_DAYS
from tests.made_once import made_once

DAY = date(2019, 3, 31)
LONGEST = 130  # letters, which two lines of a slide's title hold
WORDS = {"rose": 1, "rise": 1, "fell": -1, "fall": -1, "above": 1, "below": -1}

every_kpi = pytest.mark.parametrize("kpi", kpis.KPIS, ids=[kpi.slug for kpi in kpis.KPIS])


def told(kpi: Kpi[Any, Any], scope: Scope) -> str:
    message = kpi.in_one_line(ask(kpi, scope))
    assert message[0] == message[0].upper()
    assert 10 <= len(message) <= LONGEST, message
    assert not message.endswith(".")
    assert not re.search(r"None|nan|inf\b|  ", message), message
    assert NOT_AVAILABLE not in message
    return message


def ways(message: str) -> list[int]:
    """Each word of a movement in a message, in order: 1 for up, −1 for down."""
    return [WORDS[word] for word in re.findall("|".join(rf"\b{word}\b" for word in WORDS), message)]


def way(before: Any, now: Any) -> int:
    return (now > before) - (now < before)


@every_kpi
class TestOfEveryKpi:
    @pytest.mark.django_db
    @pytest.mark.parametrize("day", [date(1900, 1, 1), DAY, date(2199, 12, 31)], ids=str)
    def test_of_nothing_it_says_that_there_is_nothing(self, kpi: Kpi[Any, Any], day: date) -> None:
        message = told(kpi, Scope(day))
        assert ways(message) == []
        assert "because" not in message

    def test_of_a_random_council_it_is_one_line(
        self, kpi: Kpi[Any, Any], council: second_calculation.Records
    ) -> None:
        for day in AS_AT_DAYS:
            assert "\n" not in told(kpi, Scope(day))

    def test_without_words_of_its_own_it_names_title_and_figure(
        self, kpi: Kpi[Any, Any], council: second_calculation.Records
    ) -> None:
        plain = replace(kpi, message=None)
        for day in AS_AT_DAYS:
            result = ask(plain, Scope(day))
            figure, message = kpi.facts(result)[0], plain.in_one_line(result)
            if not result.is_held:
                assert f"{message}." == kpi.sentence(result)
                continue
            assert message.startswith(f"{kpi.title}: ")
            assert figure.short in message
            if " from " in message:
                assert plain.series
                before, now = plain.series(result)[-2:]
                assert (", up from " in message) == (way(before, now) > 0)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("panel", Panel.values)
@pytest.mark.django_db
def test_of_a_random_panel_it_is_one_line(seed: int, panel: str) -> None:
    made_once(("panel", seed), lambda: random_panel.make_panel(seed))
    for kpi in kpis.KPIS:
        if kpi.slug.startswith("panel"):
            told(kpi, Scope(DAY, {"panel": panel}))


# What moved, and why


def test_the_inmss_share_moves_as_it_is_said_to_and_for_the_reason_given(
    council: second_calculation.Records,
) -> None:
    reasons = set()
    for day in AS_AT_DAYS:
        headline, _ = second_calculation.ehcp_share(council, day)
        message = told(ehcp_share.KPI, Scope(day))
        first, _, because = message.partition(" because ")
        if ways(first):
            assert ways(first) == [way(headline["share_pct_year_before"], headline["share_pct"])]
        if because:
            reasons.add(because.split()[0])
            check_reason(headline, because)
    assert reasons


def check_reason(headline: dict[str, Any], because: str) -> None:
    """The reason moved the share the way it went, by itself and further than the other did."""
    plans, children = (
        Fraction(headline[key], headline[f"{key}_year_before"]) for key in ("plans", "inmss_children")
    )
    share = children / plans
    named, other, moved = (
        (1 / plans, children, plans) if because.startswith("plans") else (children, 1 / plans, children)
    )
    assert way(1, named) == way(1, share) != 0
    assert max(named, 1 / named) >= max(other, 1 / other)
    assert ways(because) == [way(1, moved)]
    for shown in re.findall(r"([\d.,]+)%", because):
        assert abs(Fraction(shown.replace(",", "")) - abs(moved - 1) * 100) <= Fraction(1, 2)


counts = st.integers(0, 60)


@given(counts, counts, counts, counts)
def test_the_reason_of_any_share_is_one(plans: int, children: int, plans_before: int, before: int) -> None:
    children, before = min(children, plans), min(before, plans_before)

    def share(part: int, whole: int) -> float | None:
        return 100 * part / whole if whole else None

    headline = ehcp_share.Headline(
        plans, children, share(children, plans), plans_before, before, share(before, plans_before)
    )
    message = ehcp_share.message(Result(Scope(DAY), headline, ()))
    first, _, because = message.partition(" because ")
    if ways(first):
        assert ways(first) == [way(headline.share_pct_year_before, headline.share_pct)]
    if because:
        check_reason(vars(headline), because)


def test_costs_move_as_they_are_said_to_and_for_the_reason_given(council: second_calculation.Records) -> None:
    for day in AS_AT_DAYS:
        headline, _ = second_calculation_money.cost_growth(council, day, "need", provision="INMSS")
        first, _, because = told(cost_growth.KPI, Scope(day)).partition(" because ")
        if ways(first):
            assert ways(first) == [way(0, headline["change"])]
        if because:
            sign = 1 if " added £" in because else -1
            kinds = {"placements": "volume_effect", "cost": "price_effect", "mix": "mix_effect"}
            effect = headline[kinds[because.split()[-4 if sign < 0 else -3]]]
            assert way(0, effect) == sign == way(0, headline["change"])
            assert abs(effect) == max(abs(headline[key]) for key in same_way(headline))


def same_way(headline: dict[str, Any]) -> Iterator[str]:
    for key in ("volume_effect", "price_effect", "mix_effect"):
        if way(0, headline[key]) == way(0, headline["change"]):
            yield key


def test_requests_move_as_they_are_said_to(council: second_calculation.Records) -> None:
    for day in AS_AT_DAYS:
        headline, _ = second_calculation.requests(council, day)
        found = way(headline["received_year_before"], headline["received"])
        assert ways(told(requests.KPI, Scope(day))) == ([found] if found else [])


def test_schools_grow_as_they_are_said_to(council: second_calculation.Records) -> None:
    for day in AS_AT_DAYS:
        _, rows = second_calculation.inmss_growth(council, day, DAY.replace(year=2014))
        message = told(inmss_growth.KPI, Scope(day))
        if day < DAY.replace(year=2014):
            assert ways(message) == []
            continue
        moved = [way(rows[0][kind], rows[-1][kind]) for kind in ("inmss", "special")]
        assert ways(message) == [one for one in moved if one]
        assert message.count("stayed the same") == moved.count(0)


def test_money_lies_on_the_side_that_is_said(council: second_calculation.Records) -> None:
    gaps = 0
    for day in AS_AT_DAYS:
        headline, _ = second_calculation_money.outturn_vs_forecast(council, day, "1.2.3")
        message = told(outturn_vs_forecast.KPI, Scope(day))
        amount = headline["outturn"] if headline["outturn_is_final"] else headline["forecast"]
        for side, name in re.findall(r"(above|below) the (budget|forecast)", message):
            gaps += 1
            assert way(headline[name], amount) == WORDS[side]
    assert gaps


@given(counts, counts, counts, counts)
def test_places_move_as_they_are_said_to(special: int, then: int, srp: int, srp_then: int) -> None:
    rows = [
        place_growth.Row("2018-19", kind, number, None, None, "")
        for kind, number in (("SPECIAL", special), ("SRP", srp))
    ]
    headline = place_growth.Headline(special, then, then - special, srp, srp_then, srp_then - srp)
    message = place_growth.message(Result(Scope(DAY), headline, tuple(rows)))
    assert ways(message) == [one for one in (way(special, then), way(srp, srp_then)) if one]


amounts = st.decimals(-1000, 1000, places=2)


@given(amounts, amounts, amounts)
def test_the_main_part_goes_the_way_of_the_whole_and_is_the_largest(
    a: Decimal, b: Decimal, c: Decimal
) -> None:
    parts, whole = {"a": a, "b": b, "c": c}, a + b + c
    name = main_part(whole, parts)
    if not whole:
        assert name is None
        return
    assert name is not None
    assert way(0, parts[name]) == way(0, whole)
    assert all(abs(part) <= abs(parts[name]) for part in parts.values() if way(0, part) == way(0, whole))
    assert main_part(whole, {**parts, "d": None}) is None
