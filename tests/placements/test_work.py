"""Changing a placement and its costs on its page: consequences are shown before saving, and are those saved."""

import inspect
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from placements import services, work
from placements.models import CostLine, Placement
from sen_dashboard.accounts.permissions import MATRIX, Permission
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.models.history import history_of
from tests.factories import (
    make_case,
    make_child,
    make_closed_month,
    make_cost_line,
    make_decision,
    make_expected,
    make_placement,
    make_plan,
    make_posting,
    make_school,
    make_user,
)
from tests.kpi_pages.test_pages import words
from tests.records.reading import rows

pytestmark = pytest.mark.django_db

Typed = dict[str, Any]


@pytest.fixture
def finance(client: Client) -> Client:
    client.force_login(make_user(Role.FINANCE, first_name="Ada", last_name="Lovelace"))
    return client


@pytest.fixture
def placement() -> Placement:
    """A day placement at Ash School since September 2017 at £36,000 a year by months, with therapy from April 2019."""
    placement = make_placement(
        placement_id="PL1",
        plan=make_plan(child=make_child(child_id="C1")),
        school=make_school(school_id="S1", name="Ash School"),
        starts_on=date(2017, 9, 1),
        weeks_per_year=38,
        accrual="MONTHS",
    )
    make_cost_line(
        placement=placement, annual_amount=Decimal(36_000), education_share=80, social_care_share=20
    )
    make_cost_line(
        placement=placement, annual_amount=Decimal(2_400), kind="THERAPY", starts_on=date(2019, 4, 1)
    )
    return placement


def day(name: str, on: date) -> Typed:
    return {f"{name}-day": on.day, f"{name}-month": on.month, f"{name}-year": on.year}


def address(task: str, line: CostLine | None = None) -> str:
    return reverse(task, args=["PL1", line.pk] if line else ["PL1"])


def send(client: Client, at: str, typed: Typed, **options: Any) -> Any:
    """Send the form as somebody does who has just opened it, unless ``typed`` says what was seen."""
    return client.post(at, {"seen": str(client.get(at).context["seen"])} | typed, **options)


def look_over(client: Client, at: str, typed: Typed) -> str:
    """Send the form; the page of what follows, in words. Nothing is saved."""
    before = [list(Placement.objects.values()), list(CostLine.objects.values())]
    response = send(client, at, typed)
    assert "Nothing has been saved yet" in words(response), words(response)
    assert [list(Placement.objects.values()), list(CostLine.objects.values())] == before
    return words(response)


def confirm(client: Client, at: str, typed: Typed) -> str:
    """Look it over and save it; the next page, in words."""
    look_over(client, at, typed)
    return words(send(client, at, typed | {"confirmed": "1"}, follow=True))


def refused(client: Client, at: str, typed: Typed) -> list[str]:
    """The sentences of the form's error summary."""
    response = send(client, at, typed)
    return [str(error) for errors in response.context["form"].errors.values() for error in errors]


def lines() -> list[tuple[Any, ...]]:
    found = CostLine.objects.filter(void=False).order_by("starts_on", "kind")
    return [
        (line.kind, int(line.annual_amount), line.starts_on, line.ends_on, int(line.education_share))
        for line in found
    ]


def terms(amount: int | str, **given: Any) -> Typed:
    return {"annual_amount": str(amount), "agreement": "AGREED"} | given


END = day("ends_on", date(2019, 1, 31)) | {"end_reason": "LEFT"}


@pytest.mark.usefixtures("placement")
class TestEnd:
    def test_says_what_follows_and_then_does_it(self, finance: Client) -> None:
        typed = END | day("last_attended_on", date(2019, 1, 11)) | day("paid_to_on", date(2019, 2, 28))
        page = look_over(finance, address("placement_end"), typed)
        assert "Core education fee of £36,000 a year from 1 September 2017 ends on 28 February 2019." in page
        assert "Therapy of £2,400 a year from 1 April 2019 no longer counts." in page
        assert "In 2018-19 £28,800 £26,400 −£2,400" in page
        said = words(send(finance, address("placement_end"), typed | {"confirmed": "1"}, follow=True))
        assert "The placement ends on 31 January 2019." in said
        assert "Last day attended 11 January 2019 Paid to 28 February 2019 Reason for ending Left" in said
        placement = Placement.objects.get()
        assert (placement.ends_on, placement.paid_to_on) == (date(2019, 1, 31), date(2019, 2, 28))
        assert lines() == [("CORE", 36_000, date(2017, 9, 1), None, 80)], "it runs as long as the placement"
        void = CostLine.objects.get(void=True)
        assert void.void_reason == "The placement ended before this line was to begin."
        assert history_of(placement)[0].who.startswith("Ada Lovelace")

    def test_a_full_year_is_that_of_the_day_after(self, finance: Client) -> None:
        response = send(finance, address("placement_end"), END)
        assert rows(response, "commitments")[-1] == "In a full year £28,800 £0 −£28,800"

    def test_places_that_a_panel_agreed_are_told(self, finance: Client) -> None:
        case = make_case(child=Placement.objects.get().plan.child)
        make_expected(
            decision=make_decision(case=case),
            school=make_school(name="Beech School"),
            starts_on=date(2019, 2, 18),
        )
        page = look_over(finance, address("placement_end"), END)
        assert (
            "The agreed place at Beech School from 18 February 2019: from 1 February 2019 to 17 February 2019 the "
            "child has no placement." in page
        )

    def test_what_was_typed_can_be_changed(self, finance: Client) -> None:
        response = send(finance, address("placement_end"), END | {"back": "1"})
        assert 'value="31"' in response.content.decode()
        assert "Nothing has been saved yet" not in words(response)

    def test_an_end_before_a_payment(self, finance: Client) -> None:
        school = Placement.objects.get().school
        make_posting(month=date(2019, 3, 1), school=school, amount=Decimal("3000.50"))
        make_posting(month=date(2019, 3, 1), school=school, line="1.2.1")  # of another budget
        make_posting(month=date(2019, 3, 1), own_month=date(2019, 1, 1), school=school)  # late
        assert refused(finance, address("placement_end"), END) == [
            "£3,000.50 is posted to Ash School for months after 31 January 2019, and no other placement there explains "
            "it: enter the day that is paid to, or tick that the money is to be recovered."
        ]
        look_over(finance, address("placement_end"), END | {"recovers": "on"})
        look_over(finance, address("placement_end"), END | day("paid_to_on", date(2019, 3, 31)))
        make_placement(school=school, starts_on=date(2019, 3, 1))
        look_over(finance, address("placement_end"), END)

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({}, "Choose why it ends."),
            (END | day("ends_on", date(2017, 8, 31)), "The placement cannot end before it starts."),
            (
                END | day("last_attended_on", date(2019, 2, 1)),
                "The last day attended must lie within the placement.",
            ),
            (
                END | day("paid_to_on", date(2017, 8, 31)),
                "The placement is paid for at least to its first day and the last day attended.",
            ),
        ],
    )
    def test_refuses(self, finance: Client, typed: Typed, sentence: str) -> None:
        assert sentence in refused(finance, address("placement_end"), typed)


class TestAnEndEnteredInError:
    """The lines go on as they were entered: the core fee, boarding to 31 March, and therapy from 1 April 2019."""

    @pytest.fixture(autouse=True)
    def ended(self, finance: Client, placement: Placement) -> None:
        boarding = {"kind": "BOARDING", "annual_amount": Decimal(10_000)}
        make_cost_line(placement=placement, ends_on=date(2019, 3, 31), **boarding)
        one_to_one = make_cost_line(placement=placement, kind="ONE_TO_ONE", annual_amount=Decimal(6_000))
        later = day("starts_on", date(2019, 5, 1)) | terms(7_000)
        confirm(finance, address("cost_line_change", one_to_one), later)
        self.entered = lines()
        confirm(finance, address("placement_end"), END)
        assert len(lines()) == 3

    def test_a_later_end(self, finance: Client) -> None:
        page = look_over(finance, address("placement_end"), END | day("ends_on", date(2019, 4, 30)))
        assert "Core education fee of £36,000 a year from 1 September 2017 ends on 30 April 2019." in page
        assert "Therapy of £2,400 a year from 1 April 2019 begins, to 30 April 2019." in page
        assert "Boarding and care of £10,000 a year from 1 September 2017 ends on 31 March 2019." in page
        confirm(finance, address("placement_end"), END | day("ends_on", date(2019, 3, 15)))
        confirm(finance, address("placement_end"), END | day("ends_on", date(2019, 7, 31)))
        assert Placement.objects.get().ends_on == date(2019, 7, 31)
        to_the_end = {("THERAPY", date(2019, 4, 1)), ("ONE_TO_ONE", date(2019, 5, 1))}
        assert {(line[0], line[2]): line[3] for line in lines()} == {
            (line[0], line[2]): line[3] for line in self.entered
        } | {line: None for line in to_the_end}

    def test_no_end(self, finance: Client) -> None:
        page = confirm(finance, address("placement_end_remove"), {})
        assert "The placement no longer has an end date." in page
        placement = Placement.objects.get()
        assert (placement.ends_on, placement.end_reason) == (None, "")
        assert lines() == self.entered
        assert not CostLine.objects.exclude(voided_by=None, void_reason="").exists()
        assert refused(finance, address("placement_end_remove"), {}) == ["The placement has no end date."]

    def test_what_the_education_budget_pays_again(self, finance: Client) -> None:
        response = send(finance, address("placement_end_remove"), {})
        assert rows(response, "commitments")[-1] == "In a full year £0 £44,800 £44,800"

    def test_not_while_another_placement_follows(self, finance: Client) -> None:
        make_placement(plan=Placement.objects.get().plan, starts_on=date(2019, 6, 1))
        assert refused(finance, address("placement_end_remove"), {}) == [
            "The plan has another placement at that time."
        ]


@pytest.mark.usefixtures("placement")
class TestMoveAndChange:
    def test_a_move_ends_one_placement_and_begins_another(self, finance: Client) -> None:
        make_school(school_id="S2", name="Beech School")
        typed = day("starts_on", date(2019, 1, 7)) | {
            "school": "S2",
            "attendance": "RESIDENTIAL",
            "weeks_per_year": "52",
            "annual_amount": "90,000",
            "accrual": "TERMS",
        }
        typed |= day("paid_to_on", date(2019, 3, 31))
        page = confirm(finance, address("placement_move"), typed)
        assert "at Beech School begins on 7 January 2019." in page
        old, new = Placement.objects.order_by("starts_on")
        assert (old.ends_on, old.end_reason, old.paid_to_on) == (
            date(2019, 1, 6),
            "MOVED",
            date(2019, 3, 31),
        )
        assert (new.school_id, new.attendance, new.weeks_per_year, new.accrual) == (
            "S2",
            "RESIDENTIAL",
            52,
            "TERMS",
        ), "as the new school bills, and not the old one"
        assert lines() == [
            ("CORE", 36_000, date(2017, 9, 1), None, 80),
            ("CORE", 90_000, date(2019, 1, 7), None, 100),
        ]
        assert refused(finance, address("placement_move"), typed | day("starts_on", date(2019, 3, 1))) == [
            "The placement ended on 6 January 2019."
        ]

    def test_a_start_from_a_panel_keeps_the_day_that_the_old_school_is_paid_to(self) -> None:
        clerk, (old,) = make_user(Role.PANEL_CLERK), Placement.objects.all()
        days = {"ends_on": date(2019, 1, 31), "paid_to_on": date(2019, 3, 31)}
        services.end_placement(by=clerk, placement=old, end_reason="LEFT", **days)
        services.start_placement(
            by=clerk,
            placement_id="PL2",
            plan=old.plan,
            school=make_school(),
            attendance="DAY",
            starts_on=date(2019, 1, 7),
            route="PANEL",
            reason="",
            costs={},
        )
        old.refresh_from_db()
        assert (old.ends_on, old.paid_to_on) == (date(2019, 1, 6), date(2019, 3, 31))

    def test_a_change_of_attendance_carries_the_lines_on(self, finance: Client) -> None:
        typed = day("starts_on", date(2018, 9, 1)) | {"attendance": "RESIDENTIAL", "weeks_per_year": "38"}
        confirm(finance, address("placement_attendance"), typed)
        old, new = Placement.objects.order_by("starts_on")
        assert (old.ends_on, old.attendance) == (date(2018, 8, 31), "DAY")
        assert (new.starts_on, new.attendance, new.school_id) == (date(2018, 9, 1), "RESIDENTIAL", "S1")
        assert [(line[0], line[2], line[4]) for line in lines()] == [
            ("CORE", date(2017, 9, 1), 80),
            ("CORE", date(2018, 9, 1), 80),
            ("THERAPY", date(2019, 4, 1), 100),
        ]
        assert new.cost_lines.filter(void=False).count() == 2

    def test_from_the_first_day_it_is_put_right(self, finance: Client) -> None:
        typed = day("starts_on", date(2017, 9, 1)) | {"attendance": "DAY", "weeks_per_year": "39"}
        confirm(finance, address("placement_attendance"), typed)
        assert Placement.objects.get().weeks_per_year == 39


class TestHowTheFeeIsSpread:
    def test_is_changed_for_all_days_of_a_placement(self, finance: Client, placement: Placement) -> None:
        at = address("placement_accrual")
        page = confirm(finance, at, {"accrual": "TERMS"})
        assert "The fee is spread over the year by terms." in page
        assert "Fee accrued by Terms" in page
        assert refused(finance, at, {"accrual": "TERMS"}) == [
            "Nothing has changed: change at least one answer."
        ]

    def test_each_closed_month_that_commits_another_amount_is_said(
        self, finance: Client, placement: Placement
    ) -> None:
        """£28,800 a year: a twelfth by months, in April 30 of 365 days by days."""
        make_closed_month(month=date(2018, 4, 1))
        response = send(finance, address("placement_accrual"), {"accrual": ""})
        assert rows(response, "commitments")[-2:] == [
            "In a full year £28,800 £28,800 £0",
            "April 2018, closed £2,400 £2,367 −£33",
        ]
        assert "Closed months keep what they said when they were closed." in words(response)
        typed = day("starts_on", date(2018, 9, 1)) | {"attendance": "RESIDENTIAL", "weeks_per_year": "38"}
        response = send(finance, address("placement_attendance"), typed)
        assert not any("closed" in row for row in rows(response, "commitments"))


class TestCosts:
    def test_an_uplift_assumed_until_agreed(self, finance: Client, placement: Placement) -> None:
        line = placement.cost_lines.get(kind="CORE")
        typed = day("starts_on", date(2018, 9, 1)) | terms(
            37_080,
            agreement="ASSUMED",
            asked_amount="38,000",
            document="Letter of 3 July 2018",
            education_share="80",
            social_care_share="20",
        )
        page = confirm(finance, address("cost_line_change", line), typed)
        assert "Core education fee, £37,080 a year from 1 September 2018." in page
        assert "Assumed until agreed" in page
        assert "Letter of 3 July 2018" in page
        assert [line for line in lines() if line[0] == "CORE"] == [
            ("CORE", 36_000, date(2017, 9, 1), date(2018, 8, 31), 80),
            ("CORE", 37_080, date(2018, 9, 1), None, 80),
        ]
        agreed = CostLine.objects.get(agreement="ASSUMED")
        shares = {"education_share": "75", "health_share": "25", "asked_amount": "38000"}
        confirm(finance, address("cost_line_correct", agreed), terms(37_500, **shares))
        agreed.refresh_from_db()
        assert (agreed.annual_amount, agreed.asked_amount, agreed.agreement) == (37_500, 38_000, "AGREED")
        assert (agreed.health_share, agreed.social_care_share, agreed.share_of_others) == (25, 0, 0)

    def test_of_what_is_only_asked_for_the_amount_before_counts(
        self, finance: Client, placement: Placement
    ) -> None:
        """The issue: asked, agreed, or assumed until agreed; £38,000 that are asked for commit nothing."""
        line = placement.cost_lines.get(kind="CORE")
        asked = {
            "agreement": "ASKED",
            "asked_amount": "38,000",
            "education_share": "80",
            "health_share": "20",
        }
        typed = day("starts_on", date(2018, 9, 1)) | terms(38_000, **asked)
        page = look_over(finance, address("cost_line_change", line), typed)
        assert "In a full year £28,800 £28,800 £0" in page
        confirm(finance, address("cost_line_change", line), typed | {"annual_amount": ""})
        follows = CostLine.objects.get(agreement="ASKED")
        assert (follows.annual_amount, follows.asked_amount) == (36_000, 38_000)
        agreed = terms(37_000, education_share="80", health_share="20", asked_amount="38000")
        confirm(finance, address("cost_line_correct", follows), agreed)
        page = look_over(finance, address("cost_line_correct", follows), terms(1, **asked))
        assert "becomes £36,000 a year" in page
        for wrong, sentence in (
            (terms(""), "Enter the annual amount."),
            ({"asked_amount": ""}, "Enter what the school asked for."),
        ):
            assert refused(
                finance,
                address("cost_line_change", follows),
                typed | day("starts_on", date(2019, 1, 1)) | wrong,
            ) == [sentence]

    def test_a_panel_raises_what_is_only_asked_for(self, placement: Placement) -> None:
        """What the panel agrees comes on top of what counts; what the school asks for beside it stays."""
        line = placement.cost_lines.get(kind="CORE")
        CostLine.objects.filter(pk=line.pk).update(agreement="ASKED", asked_amount=38_000)
        clerk = make_user(Role.PANEL_CLERK)
        raised = services.raise_cost(
            by=clerk, placement=placement, kind="CORE", amount=Decimal(5_000), starts_on=date(2018, 9, 1)
        )
        assert (raised.annual_amount, raised.asked_amount, raised.agreement) == (41_000, 38_000, "ASKED")

    def test_a_line_recorded_in_error_is_kept_with_who_and_why(
        self, finance: Client, placement: Placement
    ) -> None:
        line = placement.cost_lines.get(kind="CORE")
        assert refused(finance, address("cost_line_void", line), {}) == ["Say what was wrong."]
        page = confirm(finance, address("cost_line_void", line), {"reason": "Of another child"})
        line.refresh_from_db()
        assert line.void
        assert f"{line.voided_by}: Of another child" in page
        assert finance.get(address("cost_line_correct", line)).status_code == 404

    def test_a_line_is_added(self, finance: Client, placement: Placement) -> None:
        typed = day("starts_on", date(2018, 9, 1)) | terms(5_000, kind="ONE_TO_ONE", education_share="33.33")
        page = confirm(finance, address("cost_line_add"), typed)
        assert "One-to-one support, £5,000 a year from 1 September 2018." in page
        assert "In 2018-19" in look_over(
            finance, address("cost_line_add"), typed | {"kind": "BOARDING", "annual_amount": "9000"}
        )

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            (
                terms(1, education_share="61", health_share="40"),
                "The shares of education, social care, health and others must come to 100%.",
            ),
            (terms(1, education_share="101"), "Enter a percentage from 0 to 100."),
            (terms(1, education_share="1/3"), "Enter a percentage from 0 to 100."),
            (
                terms(1, agreement="ASKED", asked_amount="2"),
                "No amount counts yet that could go on: choose agreed, or assumed until agreed.",
            ),
            (terms(1) | day("starts_on", date(2019, 7, 1)), "The cost line must lie within its placement."),
            (
                terms(1) | day("ends_on", date(2019, 7, 1)),
                "The cost line must lie within its placement.",
            ),
            (
                terms(1) | day("starts_on", date(2017, 9, 1)) | {"kind": "CORE"},
                "The placement has a cost line of this kind from that day.",
            ),
            (
                terms(1) | {"kind": "CORE"},
                "The placement has another cost line of this kind at that time.",
            ),
        ],
    )
    def test_refuses(self, finance: Client, placement: Placement, typed: Typed, sentence: str) -> None:
        Placement.objects.update(ends_on=date(2019, 6, 30))
        whole = day("starts_on", date(2018, 9, 1)) | {"kind": "BOARDING"} | typed
        assert sentence in refused(finance, address("cost_line_add"), whole)

    def test_somebody_else_changed_it_meanwhile(self, finance: Client, placement: Placement) -> None:
        at = address("cost_line_add")
        typed = day("starts_on", date(2018, 9, 1)) | terms(5_000, kind="ONE_TO_ONE")
        seen = finance.get(at).context["seen"]
        make_cost_line(placement=placement, kind="BOARDING")
        response = finance.post(at, typed | {"seen": str(seen)})
        assert "Someone changed placement PL1 while you had it open." in words(response)
        assert not CostLine.objects.filter(kind="ONE_TO_ONE").exists()
        over = response.context["changed"].version
        look_over(finance, at, typed | {"seen": str(seen), "over": str(over)})


SERVICES: dict[Callable[..., Any], Permission] = {
    **dict.fromkeys(
        (work.end, work.remove_end, work.move, work.change_attendance), Permission.EDIT_PLACEMENTS
    ),
    **dict.fromkeys(
        (work.change_accrual, work.add_line, work.correct_line, work.change_line, work.void_line),
        Permission.EDIT_COSTS,
    ),
}


def test_every_service_is_classed() -> None:
    own = {f for _, f in inspect.getmembers(work, inspect.isfunction) if f.__module__ == work.__name__}
    assert {service for service in own if not service.__name__.startswith("_")} == set(SERVICES)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.__name__)
def test_each_service_refuses_other_roles(service: Callable[..., Any], role: Role) -> None:
    if role in MATRIX[SERVICES[service]]:
        return
    of = (
        {"line": make_cost_line()}
        if "line" in inspect.signature(service).parameters
        else {"placement_id": "PL1"}
    )
    reason = {work.void_line: {"reason": "x"}, work.change_accrual: {"accrual": "DAYS"}}.get(service, {})
    with pytest.raises(PermissionDenied):
        service(by=make_user(role), seen=1, **of, **reason)
