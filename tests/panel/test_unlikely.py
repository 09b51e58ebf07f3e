"""What counts as unlikely, rule by rule on both sides of its limit: asked about once, accepted if confirmed, kept."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from panel import unlikely
from panel.models import Confirmation, ExpectedPlacement, PanelCase, PanelDecision
from panel.pages.child_facts import facts_of
from panel.states import State
from provision.ages import teaches
from sen_dashboard.core.periods import AcademicYear
from tests import factories as f
from tests.panel.desk import TERM, TODAY, Desk

pytestmark = pytest.mark.django_db

BORN = date(2008, 6, 1)
"""In year 6 on TODAY, 3 December 2018."""


def said(**given: Any) -> list[str]:
    """What is unlikely about a request of the child, which is not stored."""
    child = given.pop("child", None) or f.make_child(date_of_birth=BORN)
    fields = {"case_id": "new", "panel": "INDEPENDENT", "received_on": TODAY, "primary_need": "ASD"}
    return unlikely.of_request(PanelCase(child=child, **fields | given), facts_of(child, TODAY))


def school(**given: Any) -> Any:
    return f.make_school(name="Ash", **given)


class TestRequest:
    def test_nothing_is_said_of_a_likely_one(self) -> None:
        child = f.make_plan(child=f.make_child(date_of_birth=BORN)).child
        for outcome in ("AGREED", "DECLINED", "WITHDRAWN"):
            f.make_decision(case=f.make_case(child=child), outcome=outcome)
        f.make_case(child=child, panel="ADDITIONAL_FUNDING")
        assert said(child=child, school=school()) == []

    def test_the_same_child_and_panel_already_open(self) -> None:
        child = f.make_child(date_of_birth=BORN)
        f.make_decision(case=f.make_case(case_id="K1", child=child), outcome="DEFERRED")
        expected = "Case K1 of this child is open at the same panel; it was received on 15 January 2018."
        assert said(child=child) == [expected]
        assert said(child=child, case_id="K1") == []

    def test_another_need_than_the_plans(self) -> None:
        child = f.make_plan(child=f.make_child(date_of_birth=BORN), primary_need="SEMH").child
        assert said(child=child, primary_need="CL") == [
            "The primary need is C&L, but SEMH in the child’s plan."
        ]

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ({"closed_on": TODAY}, ["Ash closed on 3 December 2018."]),
            ({"closed_on": TODAY + timedelta(days=1)}, []),
            ({"opened_on": TODAY}, []),
            (
                {"opened_on": TODAY + timedelta(days=1)},
                ["Ash does not open until 4 December 2018."],
            ),
            ({"sector": "MAINSTREAM", "phase": "Primary"}, []),
            ({"sector": "MAINSTREAM", "phase": "Secondary"}, []),  # whose year 7 the child will be in
            (
                {"sector": "MAINSTREAM", "phase": "Nursery"},
                ["Ash (mainstream school, nursery) does not take children aged 10."],
            ),
            ({"sector": "POST_16"}, ["Ash (post-16 provider) does not take children aged 10."]),
        ],
    )
    def test_a_school_closed_not_yet_open_or_not_for_the_age(
        self, given: dict[str, Any], expected: list[str]
    ) -> None:
        assert said(school=school(**given)) == expected

    @pytest.mark.parametrize(
        ("sector", "in_srp", "where"),
        [
            ("STATE_SPECIAL", False, None),
            ("MAINSTREAM", True, None),
            ("MAINSTREAM", False, "Ash (mainstream school)"),
            ("INDEPENDENT_SPECIAL", False, "Ash (independent or non-maintained special school)"),
        ],
    )
    def test_one_to_one_in_a_special_school_or_srp_elsewhere(
        self, sector: str, in_srp: bool, where: str | None
    ) -> None:
        plan = f.make_plan(child=f.make_child(date_of_birth=BORN))
        f.make_placement(plan=plan, school=school(sector=sector), in_srp=in_srp)
        asked = {"child": plan.child, "panel": "ADDITIONAL_FUNDING", "reasons": ["ONE_TO_ONE", "OTHER"]}
        expected = (
            f"The reason is one-to-one support in a special school or SRP, but the child is at {where}."
        )
        assert said(**asked) == ([expected] if where else [])
        assert said(**asked | {"reasons": ["OTHER"]}) == []

    def test_received_long_ago_or_before_the_child_is_two(self) -> None:
        assert said(received_on=date(2017, 12, 3)) == []
        assert said(received_on=date(2017, 12, 2)) == [
            "It was received on 2 December 2017, more than a year ago."
        ]
        assert said(child=f.make_child(date_of_birth=date(2016, 12, 31))) == []
        assert said(child=f.make_child(date_of_birth=date(2017, 1, 1))) == [
            "It was received on 3 December 2018, but the child was born in 2017."
        ]


class TestAgreement:
    @pytest.mark.parametrize(
        ("start", "part"),
        [
            (date(1, 1, 1), "more than a year before"),
            (date(1927, 1, 4), "more than a year before"),
            (TODAY.replace(year=2017) - timedelta(days=1), "more than a year before"),
            (TODAY.replace(year=2017), None),
            (TODAY.replace(year=2020), None),
            (TODAY.replace(year=2020) + timedelta(days=1), "more than two years after"),
            (date(2127, 1, 4), "more than two years after"),
        ],
    )
    def test_a_start_far_from_the_decision(self, start: date, part: str | None) -> None:
        found = unlikely.of_agreement(None, BORN, start, TODAY)
        assert [part in sentence for sentence in found] == ([True] if part else [])

    def test_a_closed_school_and_a_primary_school_for_somebody_of_21(self) -> None:
        closed = school(closed_on=date(2020, 7, 31))
        assert unlikely.of_agreement(closed, BORN, date(2020, 9, 1), date(2020, 8, 3)) == [
            "Ash closed on 31 July 2020."
        ]
        primary = school(sector="MAINSTREAM", phase="Primary")
        assert unlikely.of_agreement(primary, BORN, date(2029, 9, 1), date(2029, 8, 3)) == [
            "Ash (mainstream school, primary) does not take children aged 21."
        ]


@pytest.mark.parametrize("year_group", range(-3, 16))
def test_a_school_teaches_those_of_its_year_groups_and_who_comes_up_next(year_group: int) -> None:
    """The year group is that of ``births_of``, the other way about."""
    year = AcademicYear.containing(TODAY)
    primary = school(sector="MAINSTREAM", phase="Primary")
    secondary = school(sector="MAINSTREAM", phase="Secondary")
    for born in year.births_of(year_group):
        assert year.year_group_of(born) == year_group
        assert teaches(primary, born, TODAY) == (year_group <= 6)
        assert teaches(secondary, born, TODAY) == (6 <= year_group <= 14)


class TestAskedOnce:
    def test_an_agreement_is_asked_about_taken_and_kept(self, desk: Desk) -> None:
        case_id = desk.case_at(State.LISTED)
        with pytest.raises(ValidationError) as refusal, transaction.atomic():
            desk.decide(case_id, starts_on=date(1927, 1, 4))
        ((error,),) = refusal.value.error_dict.values()
        assert not PanelDecision.objects.exists()
        entry = desk.decide(case_id, starts_on=date(1927, 1, 4), confirmed=error.sentences)
        kept = Confirmation.objects.get(case=case_id)
        assert [kept.sentence] == error.sentences
        assert (kept.confirmed_by, kept.confirmed_on) == (desk.clerk, TODAY)
        desk.correct(entry, "AGREED", starts_on=date(1927, 1, 4), note="Corrected elsewhere")
        assert Confirmation.objects.count() == 1

    def test_what_is_unusual_and_what_is_unlikely_are_asked_together(self, desk: Desk) -> None:
        for _ in range(5):
            f.make_cost_line(placement=f.make_placement(starts_on=date(2018, 1, 1)))
        case_id = desk.case_at(State.LISTED)
        odd = {"value": Decimal(36), "costs": {"CORE": Decimal(36)}, "starts_on": date(1927, 1, 4)}
        with pytest.raises(ValidationError) as refusal, transaction.atomic():
            desk.decide(case_id, **odd)
        ((error,),) = refusal.value.error_dict.values()
        far, unusual = error.sentences
        assert "more than a year before" in far
        assert unusual.startswith("£36 is well outside the usual range")
        desk.decide(case_id, confirmed=error.sentences, **odd)
        assert set(Confirmation.objects.values_list("sentence", flat=True)) == {far, unusual}

    def test_no_other_outcome_is_asked_about(self, desk: Desk) -> None:
        case_id = desk.case_at(State.LISTED, school=f.make_school(sector="POST_16"), unlikely=True)
        desk.decide(case_id, "DECLINED")

    def test_a_start_on_another_day_than_agreed(self, desk: Desk) -> None:
        case_id = desk.case_at(State.AGREED)
        f.make_plan(child=PanelCase.objects.get().child)
        desk.offer(case_id, date(2018, 6, 1))
        with pytest.raises(ValidationError, match="Check 1 unusual answer:"), transaction.atomic():
            desk.start(case_id, TERM + timedelta(days=7))
        assert ExpectedPlacement.objects.get().placement is None
        sentence = "The start is on 10 September 2018, but was agreed for 3 September 2018."
        desk.start(case_id, TERM + timedelta(days=7), confirmed=[sentence])
        assert Confirmation.objects.get().sentence == sentence

    def test_another_school_that_is_not_for_the_age(self, desk: Desk) -> None:
        case_id = desk.case_at(State.AGREED)
        college = f.make_school(sector="POST_16")
        with pytest.raises(ValidationError, match="Check 1 unusual answer:"), transaction.atomic():
            desk.change_expected(case_id, school=college)
        sentence = f"{college.name} (post-16 provider) does not take children aged 13."
        desk.change_expected(case_id, school=college, confirmed=[sentence])
        assert Confirmation.objects.get().sentence == sentence
