"""The consequences of an agreement: an expected place that starts, or a higher cost, calculated twice to the penny."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from panel.models import ExpectedPlacement, PanelCase, PanelDecision
from panel.states import State
from placements.models import CostLine, Placement, Plan
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.kpis import find
from tests import factories as f
from tests.panel.desk import COST, TERM, Desk, rows

pytestmark = pytest.mark.django_db

DAY_BEFORE = TERM - timedelta(days=1)
OFFERED = date(2018, 6, 1)


class TestExpectedPlacement:
    def agreed(self, desk: Desk, reasons: Sequence[str] = ()) -> str:
        """A case agreed for these reasons, with costs of two kinds, of a child at a special school."""
        case_id = desk.case_at(State.LISTED, reasons=["CAPACITY"])
        plan = f.make_plan(child=PanelCase.objects.get(pk=case_id).child)
        present = f.make_placement(plan=plan, school=f.make_school(sector="STATE_SPECIAL"))
        f.make_cost_line(placement=present, annual_amount=Decimal(20_000))
        f.make_cost_line(placement=present, kind="THERAPY", ends_on=date(2018, 7, 31))
        f.make_cost_line(placement=present, kind="OTHER", starts_on=date(2018, 9, 10))
        desk.decide(
            case_id,
            value=Decimal("36000.50"),
            costs={"CORE": COST, "THERAPY": Decimal("0.50"), "TRANSPORT": Decimal(4_000)},
            reasons=reasons,
        )
        return case_id

    def test_it_costs_nothing_until_it_starts(self, desk: Desk) -> None:
        before = rows()
        case_id = self.agreed(desk)
        awaited = desk.awaited(case_id)
        assert (awaited.waits_for(), awaited.starts_on) == ("the school's offer", TERM)
        assert awaited.school == awaited.decision.case.school
        assert rows()["Placement"] == before["Placement"] + 1  # the present one
        desk.offer(case_id, OFFERED)
        awaited.refresh_from_db()
        assert (awaited.waits_for(), awaited.late_on(TERM)) == ("the start", False)
        assert awaited.late_on(TERM + timedelta(days=1))

    def test_the_start_makes_the_placement_and_ends_the_present_one_the_day_before(self, desk: Desk) -> None:
        case_id = self.agreed(desk)
        desk.offer(case_id, OFFERED)
        made = desk.start(case_id, TERM)
        present = Placement.objects.exclude(pk=made.pk).get()
        assert (present.ends_on, present.end_reason) == (DAY_BEFORE, "MOVED")
        assert (made.starts_on, made.ends_on, made.attendance) == (TERM, None, "DAY")
        assert made.route == "PANEL"
        assert {(line.kind, line.annual_amount, line.starts_on) for line in made.cost_lines.all()} == {
            ("CORE", COST, TERM),
            ("THERAPY", Decimal("0.50"), TERM),
            ("TRANSPORT", Decimal(4_000), TERM),
        }
        ends = {line.kind: (line.ends_on, line.void) for line in present.cost_lines.all()}
        assert ends["THERAPY"] == (date(2018, 7, 31), False)
        assert ends["OTHER"] == (None, True)  # it would have begun after the move
        assert not ends["CORE"][1]
        assert PanelDecision.objects.get().expected_placement.placement == made

    @pytest.mark.parametrize(
        ("decided", "reason"), [((), ""), (["COMPLEXITY"], "COMPLEXITY"), (["OTHER", "COMPLEXITY"], "OTHER")]
    )
    def test_its_reason_is_why_it_was_decided_and_never_why_it_was_asked_for(
        self, desk: Desk, decided: Sequence[str], reason: str
    ) -> None:
        case_id = self.agreed(desk, decided)
        desk.offer(case_id, OFFERED)
        assert desk.start(case_id, TERM).reason == reason

    def test_figures_before_the_start_stay_and_those_after_it_move(self, desk: Desk) -> None:
        def cost(day: date) -> object:
            return find("cost_per_need_type").query(Scope(day)).headline

        case_id = self.agreed(desk)
        desk.offer(case_id, OFFERED)
        before, on_the_day = cost(DAY_BEFORE), cost(TERM)
        desk.start(case_id, TERM)
        assert cost(DAY_BEFORE) == before
        assert cost(TERM) != on_the_day
        assert cost(TERM).inmss_average == Decimal("36000.50")  # type: ignore[attr-defined]
        assert cost(TERM).special_placements == 0  # type: ignore[attr-defined]

    def test_no_start_before_the_offer_nor_tomorrow_nor_without_a_plan(self, desk: Desk) -> None:
        case_id = self.agreed(desk)
        with pytest.raises(ValidationError, match="Enter the school's offer first"):
            desk.start(case_id, TERM)
        desk.offer(case_id, OFFERED)
        before = rows()
        for day in (OFFERED - timedelta(days=1), date(2018, 12, 4)):
            with pytest.raises(ValidationError) as refusal, transaction.atomic():
                desk.start(case_id, day)
            assert refusal.value.message_dict == {
                "started_on": ["Enter a day from 1 June 2018 to 3 December 2018."]
            }
        assert rows() == before
        Plan.objects.update(ceased_on=TERM)
        before = rows()
        with pytest.raises(ValidationError, match="The child has no plan in force on 3 September 2018"):
            desk.start(case_id, TERM)
        assert rows() == before

    def test_a_later_placement_is_in_the_way_and_nothing_is_half_done(self, desk: Desk) -> None:
        case_id = self.agreed(desk)
        desk.offer(case_id, OFFERED)
        plan = Plan.objects.get()
        Placement.objects.update(ends_on=date(2018, 9, 30))
        f.make_placement(plan=plan, starts_on=date(2018, 10, 1))
        before, lines = rows(), list(CostLine.objects.order_by("pk").values())
        with pytest.raises(ValidationError) as refusal, transaction.atomic():
            desk.start(case_id, TERM)
        assert refusal.value.message_dict == {"started_on": ["The plan has another placement at that time."]}
        assert rows() == before
        assert list(CostLine.objects.order_by("pk").values()) == lines

    def test_a_refusal_says_why_and_another_school_must_offer_anew(self, desk: Desk) -> None:
        case_id = self.agreed(desk)
        desk.offer(case_id, OFFERED)
        with pytest.raises(ValidationError) as refusal:
            desk.refuse(case_id, OFFERED, why=" ")
        assert refusal.value.message_dict == {"why": ["Enter why the school refused."]}
        desk.refuse(case_id, OFFERED)
        assert not ExpectedPlacement.objects.waiting().exists()
        with pytest.raises(ValidationError, match="nothing more can be entered"):
            desk.start(case_id, TERM)
        other = f.make_school()
        desk.change_expected(case_id, school=other, starts_on=date(2018, 9, 17))
        awaited = desk.awaited(case_id)
        assert (awaited.school, awaited.waits_for()) == (other, "the school's offer")
        desk.offer(case_id, OFFERED)
        assert desk.start(case_id, date(2018, 9, 17)).school == other

    def test_another_day_at_the_same_school_keeps_the_offer(self, desk: Desk) -> None:
        case_id = self.agreed(desk)
        desk.offer(case_id, OFFERED)
        desk.change_expected(case_id, starts_on=date(2018, 9, 17))
        assert desk.awaited(case_id).waits_for() == "the start"
        with pytest.raises(ValidationError) as refusal:
            desk.change_expected(case_id, starts_on=date(2018, 4, 1))
        assert refusal.value.message_dict == {"starts_on": ["It cannot start before it was agreed."]}

    def test_nothing_more_is_entered_after_the_start(self, desk: Desk) -> None:
        case_id = self.agreed(desk)
        desk.offer(case_id, OFFERED)
        desk.start(case_id, TERM)
        for write in (
            lambda: desk.offer(case_id, OFFERED),
            lambda: desk.refuse(case_id, OFFERED),
            lambda: desk.change_expected(case_id),
            lambda: desk.start(case_id, TERM),
        ):
            with pytest.raises(ValidationError, match="nothing more can be entered"):
                write()


# Additional funding: what a placement costs on each day, a second time

EDGES = [date(2018, 4, 1), date(2018, 8, 31), TERM, date(2018, 10, 1), date(2018, 10, 31), date(2018, 12, 1)]
KINDS = ("CORE", "ONE_TO_ONE", "THERAPY")


@dataclass
class Account:
    """What the placement cost at first, by kind and day, and the agreements that stand, each with its start."""

    base: Mapping[tuple[str, date], Decimal]
    agreed: dict[str, tuple[Mapping[str, Decimal], date]] = field(default_factory=dict)

    def cost(self, kind: str, day: date) -> Decimal:
        added = [costs.get(kind, Decimal(0)) for costs, start in self.agreed.values() if start <= day]
        return sum(added, self.base[kind, day])


def cost_by_lines(kind: str, day: date) -> Decimal:
    return sum(
        (
            line.annual_amount
            for line in CostLine.objects.filter(kind=kind, void=False)
            if line.starts_on <= day and (line.ends_on is None or day <= line.ends_on)
        ),
        Decimal(0),
    )


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.assurance) for seed in range(2, 6))]
)
def test_funding_raises_and_lowers_the_cost_to_the_penny(funding: Desk, seed: int) -> None:
    """Agreements and corrections in any order: on each day the cost is the first one and what stands, no more."""
    random = Random(seed)
    placement = f.make_placement(starts_on=date(2018, 4, 1))
    f.make_cost_line(placement=placement, annual_amount=Decimal("20000.01"), ends_on=date(2018, 8, 31))
    f.make_cost_line(placement=placement, annual_amount=Decimal("21000.99"), starts_on=date(2018, 9, 1))
    f.make_cost_line(placement=placement, kind="THERAPY", annual_amount=Decimal(500))
    account = Account({(kind, day): cost_by_lines(kind, day) for kind in KINDS for day in EDGES})
    refused = 0
    for _ in range(14):
        try:
            with transaction.atomic():
                _agree_or_undo(random, funding, placement, account)
        except ValidationError:
            refused += 1
        for kind in KINDS:
            for day in EDGES:
                assert cost_by_lines(kind, day) == account.cost(kind, day), (kind, day)
    assert refused < 14


def _agree_or_undo(random: Random, funding: Desk, placement: Placement, account: Account) -> None:
    if account.agreed and random.random() < 0.35:
        case_id = random.choice(list(account.agreed))
        funding.correct(PanelDecision.objects.counted().get(case=case_id), "DECLINED")
        del account.agreed[case_id]
        return
    costs = {kind: Decimal(random.randint(1, 999_999)) / 100 for kind in random.sample(KINDS, 2)}
    start = random.choice(EDGES[1:])
    case_id = funding.case_at(State.LISTED, child=placement.plan.child)
    funding.decide(case_id, value=sum(costs.values()), costs=costs, starts_on=start)
    account.agreed[case_id] = costs, start


def test_a_line_in_force_is_split_with_its_share_and_its_end(funding: Desk) -> None:
    line = f.make_cost_line(ends_on=date(2019, 3, 31), education_share=Decimal("62.5"))
    case_id = funding.case_at(State.LISTED, child=line.placement.plan.child)
    funding.decide(case_id)
    before, after = CostLine.objects.order_by("starts_on")
    assert (before.ends_on, before.annual_amount) == (DAY_BEFORE, line.annual_amount)
    assert (after.starts_on, after.ends_on) == (TERM, date(2019, 3, 31))
    assert (after.annual_amount, after.education_share) == (line.annual_amount + COST, Decimal("62.5"))


@pytest.mark.parametrize(
    ("ends_on", "later_line", "sentence"),
    [
        (DAY_BEFORE, False, "The child has no placement on 3 September 2018 that could be funded."),
        (None, True, "changes after 3 September 2018: start the funding on that day."),
    ],
)
def test_funding_that_fits_no_placement_is_refused_whole(
    funding: Desk, ends_on: date | None, later_line: bool, sentence: str
) -> None:
    placement = f.make_placement(ends_on=ends_on)
    if later_line:
        f.make_cost_line(placement=placement, starts_on=date(2018, 10, 1))
    case_id = funding.case_at(State.LISTED, child=placement.plan.child)
    before = rows()
    with pytest.raises(ValidationError, match=sentence), transaction.atomic():
        funding.decide(case_id)
    assert rows() == before
    assert funding.state(case_id) == State.LISTED
