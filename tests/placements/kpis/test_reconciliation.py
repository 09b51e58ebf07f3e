"""The reconciliation: against a second calculation and by hand, and that people's notes survive every import."""

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from placements.finance import noting, reconciliation
from placements.finance.reconciliation import Finding
from placements.kpis.reconciliation import KPI, Headline, Row, query
from placements.models import FindingNote, LedgerPosting, Placement
from provision.models import School, Sector
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope
from tests.factories import make_cost_line, make_placement, make_posting, make_school, make_user
from tests.kpis import second_calculation, second_calculation_reconciliation
from tests.kpis.checks import assert_outputs_agree, assert_same
from tests.kpis.random_council import AS_AT_DAYS

YEAR_END = date(2019, 3, 31)
KINDS = second_calculation_reconciliation.KINDS


def ask(day: date = YEAR_END) -> Result[Headline, Row]:
    return query(Scope(day))


def found(kind: str, day: date = YEAR_END) -> list[Finding]:
    return [finding for finding in reconciliation.findings(day) if finding.kind == kind]


def told(kind: str, day: date = YEAR_END) -> list[tuple[str, Decimal | None]]:
    """The month and the £ of each finding of the kind, in order."""
    return sorted((f"{finding.month:%Y-%m}", finding.amount) for finding in found(kind, day))


def as_found(finding: Finding) -> second_calculation_reconciliation.Found:
    assert finding.amount is not None
    return finding.kind, finding.school_id, finding.month, finding.amount


def write_notes(seed: int, day: date) -> dict[Any, FindingNote]:
    """Notes on about half of the findings, some with money that came back; the latest of each."""
    random, finance = Random(seed), make_user(Role.FINANCE)
    notes = {}
    for finding in reconciliation.findings(day):
        assert finding.amount is not None
        if random.random() < 0.5:
            status = random.choice(("QUERY_RAISED", "EXPLAINED", "RECOVERED"))
            parts = (1, 2) if status == "RECOVERED" else (0, 1)
            back = finding.amount * random.choice(parts) / 2
            notes[as_found(finding)] = noting.note(
                by=finance,
                finding=finding,
                seen=finding.state,
                status=status,
                text="Asked the school.",
                recovered=back.quantize(Decimal("0.01")),
                on=day,
            )
    return notes


def write(finding: Finding, status: str, recovered: int | None = None) -> None:
    noting.note(
        by=make_user(Role.FINANCE),
        finding=finding,
        seen=finding.state,
        status=status,
        text="Wrote to the school.",
        recovered=None if recovered is None else Decimal(recovered),
        on=YEAR_END,
    )


def test_equals_second_calculation(council: second_calculation.Records) -> None:
    second = second_calculation_reconciliation
    kinds = set()
    for day in AS_AT_DAYS:
        committed = second.committed(council, day)
        expected = list(second.findings(council, day, committed))
        assert sorted(map(as_found, reconciliation.findings(day)), key=str) == sorted(expected, key=str)
        result = ask(day)
        assert_same(result, second.reconciliation(council, day, committed, {}))
        kinds |= {kind for kind, *_ in expected}
        assert_outputs_agree(KPI, result)
    assert {"NO_INVOICE", "ABOVE_AGREED", "PERHAPS_PAID_TWICE"} <= kinds, (
        "the council gives too little to find"
    )
    notes = write_notes(1, YEAR_END)
    result = ask()
    assert_same(result, second.reconciliation(council, YEAR_END, second.committed(council, YEAR_END), notes))
    assert_outputs_agree(KPI, result)


pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school(school_id="I1", name="Independent", sector=Sector.INDEPENDENT_SPECIAL)


@pytest.fixture
def placement(school: School) -> Placement:
    """One child all year at £12,000, by months: £1,000 each."""
    placement = make_placement(school=school, starts_on=date(2018, 4, 1), accrual="MONTHS")
    make_cost_line(placement=placement, starts_on=date(2018, 4, 1), annual_amount=Decimal(12_000))
    return placement


def pay(school: School, month: str, amount: Any = 1_000, **given: Any) -> LedgerPosting:
    year, number = map(int, month.split("-"))
    return make_posting(school=school, month=date(year, number, 1), amount=Decimal(amount), **given)


@pytest.mark.usefixtures("placement")
class TestNoInvoice:
    def test_a_month_is_judged_once_the_two_after_it_are_over(self) -> None:
        assert told("NO_INVOICE", date(2018, 6, 29)) == []
        assert told("NO_INVOICE", date(2018, 6, 30)) == [("2018-04", Decimal(1_000))]
        assert len(told("NO_INVOICE")) == 10

    def test_a_posting_in_the_month_or_the_two_after_is_its_invoice(self, school: School) -> None:
        pay(school, "2018-06")
        assert [month for month, _ in told("NO_INVOICE", date(2018, 9, 30))] == ["2018-07"]

    def test_february_and_march_are_judged_in_the_year_after(self, school: School) -> None:
        pay(school, "2019-04", own_month=date(2019, 3, 1))
        assert told("NO_INVOICE", date(2019, 4, 29)) == []
        LedgerPosting.objects.all().delete()
        pay(school, "2019-06")
        assert told("NO_INVOICE", date(2019, 4, 30)) == [("2019-02", Decimal(1_000))]
        assert told("NO_INVOICE", date(2019, 6, 30)) == [
            ("2019-02", Decimal(1_000)),
            ("2019-03", Decimal(1_000)),
        ]
        write(found("NO_INVOICE", date(2019, 6, 30))[0], "EXPLAINED")
        assert {one.status for one in found("NO_INVOICE", date(2020, 3, 31)) if one.notes} == {"EXPLAINED"}
        assert not any(one.notes for one in found("NO_INVOICE")), "those of the year's own list are others"

    def test_a_late_posting_of_the_next_year_is_an_invoice_of_its_own_month(self, school: School) -> None:
        pay(school, "2019-04", own_month=date(2019, 1, 1))
        assert [month for month, _ in told("NO_INVOICE")][-1] == "2018-10"

    def test_a_late_posting_counts_in_its_own_month(self, school: School) -> None:
        pay(school, "2018-09", own_month=date(2018, 4, 1))
        assert [month for month, _ in told("NO_INVOICE", date(2018, 9, 30))] == [
            "2018-05",
            "2018-06",
            "2018-07",
        ]

    def test_other_lines_and_schools_pay_for_nothing_here(self, school: School) -> None:
        pay(school, "2018-04", line="1.2.1")
        pay(make_school(), "2018-04")
        assert told("NO_INVOICE", date(2018, 6, 30)) == [("2018-04", Decimal(1_000))]


class TestPaidAfterLeaving:
    @pytest.fixture(autouse=True)
    def leaver(self, placement: Placement) -> None:
        Placement.objects.filter(pk=placement.pk).update(ends_on=date(2018, 7, 20))

    def test_months_after_the_last_day_count(self, school: School) -> None:
        for month in ("2018-07", "2018-08", "2018-09"):
            pay(school, month)
        assert told("PAID_AFTER_LEAVING") == [("2018-08", Decimal(1_000)), ("2018-09", Decimal(1_000))]

    def test_a_paid_to_day_stands_in_for_the_last(self, placement: Placement, school: School) -> None:
        Placement.objects.filter(pk=placement.pk).update(paid_to_on=date(2018, 8, 31))
        for month in ("2018-08", "2018-09"):
            pay(school, month)
        assert told("PAID_AFTER_LEAVING") == [("2018-09", Decimal(1_000))]

    def test_somebody_else_who_stays_is_paid_for(self, school: School) -> None:
        make_placement(school=school, starts_on=date(2018, 1, 1))
        pay(school, "2018-09")
        assert told("PAID_AFTER_LEAVING") == []

    def test_a_late_posting_of_a_month_before_is_not_after(self, school: School) -> None:
        pay(school, "2018-09", own_month=date(2018, 7, 1))
        assert told("PAID_AFTER_LEAVING") == []

    def test_a_credit_is_none(self, school: School) -> None:
        pay(school, "2018-09", -300)
        assert told("PAID_AFTER_LEAVING") == []

    def test_a_later_credit_pays_back_the_earliest_first(self, school: School) -> None:
        pay(school, "2018-09")
        pay(school, "2018-10", -1_000)
        assert told("PAID_AFTER_LEAVING") == []
        pay(school, "2018-11", 600)
        pay(school, "2018-12", 600)
        pay(school, "2019-01", -900)
        assert told("PAID_AFTER_LEAVING") == [("2018-12", Decimal(300))]


@pytest.mark.usefixtures("placement")
class TestAboveAgreed:
    @pytest.mark.parametrize(
        ("paid", "is_found"),
        [("12000", False), ("12500", False), ("12500.01", True)],
        ids=["equal", "£500 more", "a penny more than that"],
    )
    def test_more_than_500_pounds(self, school: School, paid: str, is_found: bool) -> None:
        pay(school, "2018-04", paid)
        assert bool(told("ABOVE_AGREED")) is is_found

    def test_more_than_a_hundredth(self, school: School) -> None:
        line = Placement.objects.get().cost_lines.get()
        line.annual_amount = Decimal(120_000)
        line.save()
        pay(school, "2018-04", "121200")
        assert told("ABOVE_AGREED") == []
        pay(school, "2018-04", "0.01")
        assert told("ABOVE_AGREED") == [("2018-04", Decimal("1200.01"))]

    def test_to_the_day(self, school: School) -> None:
        pay(school, "2018-04", 3_000)
        assert told("ABOVE_AGREED", date(2018, 4, 1)) == [("2018-04", Decimal(2_000))]
        assert told("ABOVE_AGREED", date(2018, 6, 1)) == []

    def test_what_was_posted_after_the_year_end_counts_in_its_own_year(self, school: School) -> None:
        pay(school, "2019-04", 100_000, own_month=date(2019, 3, 1))
        assert told("ABOVE_AGREED") == [("2018-04", Decimal(88_000))]
        assert told("ABOVE_AGREED", date(2019, 4, 30)) == []
        assert ask().headline.posted == Decimal(100_000)

    def test_of_a_school_where_nothing_is_committed(self) -> None:
        pay(make_school(), "2018-05", 501)
        assert told("ABOVE_AGREED") == [("2018-04", Decimal(501))]


@pytest.mark.usefixtures("placement")
class TestPerhapsPaidTwice:
    INVOICE = {"supplier": "Independent Ltd", "supplier_id": "77", "posted_on": date(2018, 5, 3)}

    def test_equal_supplier_amount_and_date(self, school: School) -> None:
        make_placement(school=school, starts_on=date(2018, 1, 1))
        for _ in range(3):
            pay(school, "2018-05", 700, **self.INVOICE)
        pay(school, "2018-05", 700, **self.INVOICE | {"posted_on": date(2018, 5, 4)})
        assert told("PERHAPS_PAID_TWICE") == [("2018-05", Decimal(1_400))]

    def test_of_a_supplier_that_matches_no_school_until_it_does(self, school: School) -> None:
        """A later match keeps the finding, with what was noted."""
        for _ in range(2):
            make_posting(month=date(2018, 5, 1), amount=Decimal(700), **self.INVOICE)
        (before,) = found("PERHAPS_PAID_TWICE")
        assert before.school_id is None
        LedgerPosting.objects.update(school=school)
        (after,) = found("PERHAPS_PAID_TWICE")
        assert (after.key, after.school_id) == (before.key, school.pk)

    def test_an_equal_amount_twice_in_a_month_with_one_child(self, school: School) -> None:
        pay(school, "2018-05", 700)
        pay(school, "2018-05", 700)
        pay(school, "2018-06", 700)
        assert told("PERHAPS_PAID_TWICE") == [("2018-05", Decimal(700))]
        make_placement(school=school, starts_on=date(2018, 5, 31))
        assert told("PERHAPS_PAID_TWICE") == []

    def test_the_name_in_any_case_is_one_supplier_of_one_source(self, school: School) -> None:
        """As the preview of a load and the filter of the ledger count them, which count equal credits too."""
        make_placement(school=school, starts_on=date(2018, 1, 1))
        named = self.INVOICE | {"supplier_id": "", "supplier": "I" * 200, "source": "s" * 40}
        for given in ({}, {"supplier": "i" * 200}, {"source": "other"}, {"amount": -700}, {"amount": -700}):
            pay(school, "2018-05", **{"amount": 700} | named | given)
        (twice,) = found("PERHAPS_PAID_TWICE")
        assert (twice.amount, LedgerPosting.objects.repeated().count()) == (Decimal(700), 4)
        write(twice, "QUERY_RAISED")
        assert found("PERHAPS_PAID_TWICE")[0].status == "QUERY_RAISED"

    def test_what_is_posted_earlier_changes_no_key(self, school: School) -> None:
        for _ in range(2):
            pay(school, "2018-05", 700, **self.INVOICE)
        (before,) = found("PERHAPS_PAID_TWICE")
        pay(school, "2018-04", 700, **self.INVOICE)
        (after,) = found("PERHAPS_PAID_TWICE")
        assert (after.key, after.amount) == (before.key, Decimal(1_400))

    def test_one_pair_is_one_finding(self, school: School) -> None:
        pay(school, "2018-05", 700, **self.INVOICE)
        pay(school, "2018-05", 700, **self.INVOICE)
        assert told("PERHAPS_PAID_TWICE") == [("2018-05", Decimal(700))]
        pay(school, "2018-05", 700)
        assert told("PERHAPS_PAID_TWICE") == [("2018-05", Decimal(700))] * 2

    def test_credits_are_no_payments(self, school: School) -> None:
        pay(school, "2018-05", -700)
        pay(school, "2018-05", -700)
        assert told("PERHAPS_PAID_TWICE") == []


@pytest.mark.usefixtures("placement")
class TestNotesOutliveImports:
    def test_whatever_becomes_of_the_rows(self, school: School) -> None:
        """The postings are replaced by equal ones under other keys, as an import does: notes and £ stay."""
        for month in ("2018-04", "2018-05"):
            pay(school, month, 9_000)
        (finding,) = found("ABOVE_AGREED")
        finance = make_user(Role.FINANCE)
        noting.note(
            by=finance,
            finding=finding,
            seen=finding.state,
            status="QUERY_RAISED",
            text="Wrote to the school.",
            recovered=Decimal(250),
            on=YEAR_END,
        )
        LedgerPosting.objects.all().delete()
        for month in ("2018-04", "2018-05"):
            pay(school, month, 9_100)
        (again,) = found("ABOVE_AGREED")
        assert (again.key, again.status, again.recovered) == (finding.key, "QUERY_RAISED", Decimal(250))
        assert again.amount == Decimal(6_200)

    def test_what_the_records_no_longer_show_keeps_what_came_back(self, school: School) -> None:
        pay(school, "2018-04", 13_000)
        write(found("ABOVE_AGREED")[0], "RECOVERED", 1_000)
        pay(school, "2018-05", -1_000)
        (kept,) = found("ABOVE_AGREED")
        assert not kept.is_found
        now = ask().headline
        assert (now.recovered, ask().rows[2].findings) == (Decimal(1_000), 0)

    def test_what_a_credit_cleared_can_still_be_noted(self, school: School) -> None:
        pay(school, "2018-04", 13_000)
        write(found("ABOVE_AGREED")[0], "QUERY_RAISED")
        pay(school, "2018-05", -1_000)
        write(found("ABOVE_AGREED")[0], "RECOVERED", 1_000)
        assert ask().headline.recovered == Decimal(1_000)
        pay(school, "2018-06", 2_000)
        (again,) = found("ABOVE_AGREED")
        assert (again.total, again.open) == (Decimal(3_000), Decimal(2_000)), (
            "another £2,000 is none of the first"
        )


@pytest.mark.usefixtures("placement")
class TestWhatIsOpen:
    """By hand, of one finding above the £12,000 agreed: £ found, explained, recovered and open."""

    def sums(self) -> tuple[Decimal | None, ...]:
        row = ask().rows[2]
        (finding,) = found("ABOVE_AGREED")
        assert finding.open == row.open
        assert finding.is_open is bool(row.open_findings)
        return row.amount, row.explained, row.recovered, row.open

    def test_what_it_grew_by_since_it_was_explained_is_open(self, school: School) -> None:
        pay(school, "2018-05", 12_600)
        write(found("ABOVE_AGREED")[0], "EXPLAINED")
        assert self.sums() == (600, 600, 0, 0)
        pay(school, "2018-12", 59_400)
        assert self.sums() == (60_000, 600, 0, 59_400)
        write(found("ABOVE_AGREED")[0], "EXPLAINED")
        assert self.sums() == (60_000, 60_000, 0, 0)

    def test_what_came_back_is_taken_off_once(self, school: School) -> None:
        """Before its credit is posted and after; and what comes back later can be noted."""
        pay(school, "2018-05", 15_000)
        write(found("ABOVE_AGREED")[0], "QUERY_RAISED", 1_000)
        assert self.sums() == (3_000, 0, 1_000, 2_000)
        pay(school, "2018-06", -1_000)
        assert self.sums() == (2_000, 0, 1_000, 2_000)
        write(found("ABOVE_AGREED")[0], "QUERY_RAISED")
        assert self.sums() == (2_000, 0, 1_000, 2_000)
        write(found("ABOVE_AGREED")[0], "RECOVERED", 3_000)
        assert self.sums() == (2_000, 0, 3_000, 0)
        with pytest.raises(ValidationError, match=r"The finding came to £3,000\.00: no more than that"):
            write(found("ABOVE_AGREED")[0], "RECOVERED", 3_001)

    def test_a_credit_posted_before_it_is_noted_is_taken_off_once(self, school: School) -> None:
        pay(school, "2018-05", 15_000)
        write(found("ABOVE_AGREED")[0], "QUERY_RAISED")
        pay(school, "2018-06", -1_000)
        write(found("ABOVE_AGREED")[0], "QUERY_RAISED", 1_000)
        assert self.sums() == (2_000, 0, 1_000, 2_000)

    def test_a_pound_recovered_leaves_the_rest_open(self, school: School) -> None:
        pay(school, "2018-05", 17_000)
        write(found("ABOVE_AGREED")[0], "RECOVERED", 1)
        assert self.sums() == (5_000, 0, 1, 4_999)

    def test_of_an_explained_one_what_came_back_is_recovered(self, school: School) -> None:
        pay(school, "2018-05", 17_000)
        write(found("ABOVE_AGREED")[0], "EXPLAINED", 2_000)
        assert self.sums() == (5_000, 3_000, 2_000, 0)


@pytest.mark.usefixtures("placement")
class TestCounted:
    """A finding's page has exactly the postings that the finding counts."""

    def counted(self, kind: str) -> list[Decimal]:
        (finding,) = found(kind)
        postings = reconciliation.counted(YEAR_END, finding.key).order_by("pk")
        return list(postings.values_list("amount", flat=True))

    def test_above_agreed_the_year(self, school: School) -> None:
        pay(school, "2018-04", 13_000)
        pay(school, "2019-04", 9_000)
        pay(school, "2019-04", 500, own_month=date(2019, 3, 1))
        pay(school, "2018-04", 700, own_month=date(2018, 3, 1))
        assert self.counted("ABOVE_AGREED") == [13_000, 500]

    def test_paid_after_leaving_the_month_and_credits(self, school: School) -> None:
        Placement.objects.update(ends_on=date(2018, 7, 20))
        pay(school, "2018-07", 1_000)
        pay(school, "2018-10", 500, own_month=date(2018, 9, 1))
        pay(school, "2018-09", 600, own_month=date(2018, 7, 1))
        pay(school, "2018-11", -200)
        assert self.counted("PAID_AFTER_LEAVING") == [500, -200]

    def test_paid_twice_the_equal_payments(self, school: School) -> None:
        for _ in range(2):
            pay(school, "2018-05", 700, **TestPerhapsPaidTwice.INVOICE)
        pay(school, "2018-05", 700, line="1.2.1", **TestPerhapsPaidTwice.INVOICE)
        pay(school, "2018-05", 700, **TestPerhapsPaidTwice.INVOICE | {"supplier_id": "78"}, source="other")
        pay(school, "2018-06", 700)
        by_invoice, by_month = sorted(found("PERHAPS_PAID_TWICE"), key=lambda one: -len(one.mark))
        paid = list(LedgerPosting.objects.order_by("pk"))
        assert set(reconciliation.counted(YEAR_END, by_invoice.key)) == set(paid[:2])
        assert set(reconciliation.counted(YEAR_END, by_month.key)) == {paid[0], paid[3]}

    def test_no_invoice_none(self, school: School) -> None:
        for month in range(4, 13):
            pay(school, f"2018-{month:02d}", line="1.2.1")
        for finding in found("NO_INVOICE"):
            assert not reconciliation.counted(YEAR_END, finding.key).exists()


def test_in_words(placement: Placement, school: School) -> None:
    pay(school, "2018-04", 15_000)
    result = ask()
    assert KPI.sentence(result) == (
        "£12.0k of April 2018 to March 2019 at 1 school does not agree with what is committed: 10 of 10 findings "
        "are open (£12.0k), £0 is explained and £0 recovered."
    )
    assert KPI.in_one_line(result) == "10 findings of £12.0k are open in the reconciliation"
    LedgerPosting.objects.all().delete()
    for month in range(4, 13):
        pay(school, f"2018-{month:02d}")
    for month in range(1, 4):
        pay(school, f"2019-{month:02d}")
    make_posting(month=date(2018, 4, 1), amount=Decimal(40))
    result = ask()
    assert KPI.sentence(result) == (
        "Payments of April 2018 to March 2019 agree with what is committed: there is no finding."
    )
    assert result.caveats == (
        "1 posting of £40 on line 1.2.3 matches no school and can be held against no commitment.",
    )
