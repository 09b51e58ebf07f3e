"""A month's files have all its postings; a closed month stands, and later findings are posted to an open one."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placements.finance.ledger.late import CLOSED_HINT
from placements.finance.ledger.report import Late
from placements.models import ClosedMonth, LedgerPosting
from sen_dashboard.core.models.history import History
from sen_dashboard.core.models.trail import KEPT
from sen_dashboard.core.periods import Month
from sen_dashboard.importing.problems import DatasetError, Removal
from tests.factories import make_closed_month, make_posting, make_school, make_user
from tests.placements.finance.ledger.exports import SMALL, counts, export, held, load, refused

pytestmark = pytest.mark.django_db

MARCH, APRIL, MAY = date(2019, 3, 1), date(2019, 4, 1), date(2019, 5, 1)
TO_APRIL, TO_MAY = Month(2019, 4), Month(2019, 5)
IN_MARCH = ("01/03/2019,T1,7,Ash,100", "02/03/2019,T2,8,Beech,200", "03/03/2019,T3,9,Cedar,300")
ONE_SETTING = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class TestLines:
    """Of one transaction are numbered in the order of the files, which count as one."""

    def test_within_a_file(self, tmp_path: Path) -> None:
        load(export(tmp_path, "1/4/2019,T,1,A,1", "1/4/2019,U,1,A,2", "1/4/2019,T,1,A,3"))
        assert held() == {(APRIL, "T/1"): 1, (APRIL, "U/1"): 2, (APRIL, "T/2"): 3}

    def test_through_files(self, tmp_path: Path) -> None:
        one = export(tmp_path, "30/4/2019,T,1,A,1", "1/5/2019,T,1,A,2")
        two = export(tmp_path, "1/5/2019,T,1,A,3", name="more.csv")
        load(one, two)
        assert held() == {(APRIL, "T/1"): 1, (MAY, "T/2"): 2, (MAY, "T/3"): 3}

    def test_only_those_kept_count(self, tmp_path: Path) -> None:
        """So a file of the kept lines alone is the same ledger."""
        mapping = SMALL.__class__(SMALL.source, SMALL.line, SMALL.columns, {"Supplier": ("A",)})
        load(export(tmp_path, "1/4/2019,T,2,B,9", "1/4/2019,T,1, a ,1"), mapping=mapping)
        assert held() == {(APRIL, "T/1"): 1}

    def test_without_a_transaction_within_their_month(self, tmp_path: Path) -> None:
        load(export(tmp_path, "1/4/2019,,1,A,1", "1/5/2019,,1,A,2", "2/5/2019,,1,A,3"))
        assert held() == {(APRIL, "/1"): 1, (MAY, "/1"): 2, (MAY, "/2"): 3}


class TestWhole:
    @pytest.fixture(autouse=True)
    def stored(self, tmp_path: Path) -> None:
        load(export(tmp_path, *IN_MARCH, "1/4/2019,T4,7,Ash,400"))

    def test_what_a_month_lacks_is_removed_and_named(self, tmp_path: Path) -> None:
        path = export(tmp_path, *IN_MARCH[:2])
        checked = load(path, check_only=True)
        assert checked.removals == (Removal("oracle", MARCH, "oracle", 1, Decimal(300)),)
        assert "oracle: March 2019, oracle: 1 posting to be removed, £300.00" in checked.lines()
        assert LedgerPosting.objects.count() == 4
        assert counts(load(path)) == (2, 0, 0, 2, 1)
        assert set(held()) == {(MARCH, "T1/1"), (MARCH, "T2/1"), (APRIL, "T4/1")}

    def test_another_source_is_left_alone(self, tmp_path: Path) -> None:
        make_posting(month=MARCH, source="", reference="R")
        load(export(tmp_path, *IN_MARCH[:2]))
        assert (MARCH, "R") in held()

    def test_fewer_than_half_of_a_month_are_refused_unless_somebody_says_so(self, tmp_path: Path) -> None:
        path = export(tmp_path, "1/4/2019,T4,7,Ash,400", IN_MARCH[0])
        assert refused(path) == [
            "export.csv:3: Date: 01/03/2019: The files have 1 posting of this month and the store 3: add the others, or"
            " import them with --replace if these are all."
        ]
        assert counts(load(path, replace=True)) == (2, 0, 0, 2, 2)

    def test_a_posting_of_another_line_is_replaced(self, tmp_path: Path) -> None:
        """It counts once, on its new line, where that is meant and no other line's file."""
        other = SMALL.__class__(SMALL.source, "1.2.2", SMALL.columns)
        path = export(tmp_path, "1/4/2019,T4,7,Ash,400")
        assert refused(path, mapping=other) == [
            "export.csv:2: Date: 1/4/2019: The store has 1 posting of this month from this source on line 1.2.3, which"
            " would be removed: give each line a source of its own, or import with --replace if they belong on this"
            " one."
        ]
        load(path, mapping=other, replace=True)
        assert LedgerPosting.objects.get(month=APRIL).line == "1.2.2"

    def test_the_trail_says_who(self, tmp_path: Path) -> None:
        by = make_user(username="ada")
        load(export(tmp_path, "1/4/2019,T4,7,Ash,401"), by=by)
        entry = History([KEPT["placements.LedgerPosting"].entries])[0]
        assert entry.who == "ada, Import of a ledger"
        assert [(change.field, change.before, change.after) for change in entry.changes] == [
            ("Amount", "£400.00", "£401.00")
        ]


class TestClosed:
    """March is stored, and closed."""

    @pytest.fixture(autouse=True)
    def march(self, tmp_path: Path) -> None:
        load(export(tmp_path, *IN_MARCH))
        make_closed_month(month=MARCH)

    def test_the_same_again_changes_nothing(self, tmp_path: Path) -> None:
        assert counts(load(export(tmp_path, *IN_MARCH))) == (3, 0, 0, 3, 0)
        assert counts(load(export(tmp_path, *IN_MARCH), late_to=TO_APRIL)) == (3, 0, 0, 3, 0)
        assert set(LedgerPosting.objects.values_list("month", "own_month")) == {(MARCH, None)}

    def test_new_changed_and_missing_postings_are_errors_at_their_places(self, tmp_path: Path) -> None:
        path = export(tmp_path, IN_MARCH[0], "02/03/2019,T2,8,Beech,201", "4-Mar-19,T9,7,Ash,9")
        assert refused(path) == [
            "export.csv:2: Date: 01/03/2019: This month is closed and the files lack 1 stored posting: add what they"
            " lack, leave the month out, or post it to an open month with --late-to.",
            f"export.csv:3: Date: 02/03/2019: {CLOSED_HINT}",
            f"export.csv:4: Date: 4-Mar-19: {CLOSED_HINT}",
        ]

    def test_they_are_posted_late_and_keep_their_own_month(self, tmp_path: Path) -> None:
        path = export(tmp_path, IN_MARCH[0], "02/03/2019,T2,8,Beech,201", "4-Mar-19,T9,7,Ash,9")
        report = load(path, late_to=TO_APRIL)
        assert report.late == (Late(MARCH, APRIL, 3, Decimal(1 + 9 - 300)),)
        assert "March 2019 is closed: 3 postings posted to April 2019, −£290.00" in report.lines()
        late = LedgerPosting.objects.filter(month=APRIL, own_month=MARCH)
        assert dict(late.values_list("reference", "amount")) == {"T2/1": 1, "T9/1": 9, "T3/1": -300}
        assert LedgerPosting.objects.filter(month=MARCH).aggregate(t=Sum("amount")) == {"t": 600}

    @pytest.mark.parametrize("late_to", [TO_APRIL, TO_MAY, None], ids=str)
    def test_the_same_late_file_again_changes_nothing(self, tmp_path: Path, late_to: Month | None) -> None:
        path = export(tmp_path, IN_MARCH[0], "02/03/2019,T2,8,Beech,201", "4-Mar-19,T9,7,Ash,9")
        load(path, late_to=TO_APRIL)
        before = set(LedgerPosting.objects.values_list())
        report = load(path, late_to=late_to)
        assert counts(report) == (3, 0, 0, 3, 0)
        assert report.late == report.removals == ()
        assert set(LedgerPosting.objects.values_list()) == before

    def test_the_month_posted_to_is_whole_without_them(self, tmp_path: Path) -> None:
        """April's own file has no late posting of March, and removes none; nor does March's file touch April's."""
        load(export(tmp_path, *IN_MARCH, "4-Mar-19,T9,7,Ash,9"), late_to=TO_APRIL)
        load(export(tmp_path, "1/4/2019,T9,7,Ash,50"))
        assert LedgerPosting.objects.filter(month=APRIL).count() == 2
        load(export(tmp_path, *IN_MARCH), late_to=TO_APRIL)
        assert held() == {
            **{(MARCH, f"T{n}/1"): 100 * n for n in (1, 2, 3)},
            (APRIL, "T9/1"): 50,
        }

    def test_what_was_late_in_a_month_since_closed_stands(self, tmp_path: Path) -> None:
        load(export(tmp_path, *IN_MARCH, "4-Mar-19,T9,7,Ash,9"), late_to=TO_APRIL)
        make_closed_month(month=APRIL)
        again = export(tmp_path, *IN_MARCH, "4-Mar-19,T9,7,Ash,10")
        assert refused(again) == [f"export.csv:5: Date: 4-Mar-19: {CLOSED_HINT}"]
        load(again, late_to=TO_MAY)
        assert held()[MAY, "T9/1"] == 1

    def test_a_closed_or_future_month_takes_no_late_postings(self, tmp_path: Path) -> None:
        path = export(tmp_path, *IN_MARCH, "4-Mar-19,T9,7,Ash,9")
        assert refused(path, late_to=Month(2019, 3)) == [
            "March 2019 is closed: name an open month to post late postings to."
        ]
        assert refused(path, late_to=Month(2199, 1)) == [
            "January 2199 is in the future: name a month that has begun to post late postings to."
        ]

    def test_another_line_takes_nothing_back(self, tmp_path: Path) -> None:
        other = SMALL.__class__(SMALL.source, "1.2.2", SMALL.columns)
        path = export(tmp_path, *IN_MARCH)
        (said,) = refused(path, mapping=other, late_to=TO_APRIL)
        assert "The store has 3 postings of this month from this source on line 1.2.3" in said
        load(path, mapping=other, late_to=TO_APRIL, replace=True)
        assert load(path, mapping=other, late_to=TO_APRIL).late == ()

    def test_fewer_than_half_are_doubted_for_late_postings_too(self, tmp_path: Path) -> None:
        (problem,) = refused(export(tmp_path, IN_MARCH[0]), late_to=TO_APRIL)
        assert "The files have 1 posting of this month and the store 3" in problem
        load(export(tmp_path, IN_MARCH[0]), late_to=TO_APRIL, replace=True)
        assert sum(held().values()) == 100

    def test_the_errors_beyond_those_listed_are_counted(self, tmp_path: Path) -> None:
        rows = [*IN_MARCH, *(f"4-Mar-19,N{n},7,Ash,1" for n in range(250))]
        said = refused(export(tmp_path, *rows))
        assert len(said) == 201
        assert said[-1] == "… and 50 more problems."

    def test_a_school_found_later_changes_nothing_that_was_posted(self, tmp_path: Path) -> None:
        posting = LedgerPosting.objects.get(reference="T1/1")
        school = make_school(school_id="7")
        LedgerPosting.objects.filter(pk=posting.pk).update(school=school)
        assert counts(load(export(tmp_path, *IN_MARCH))) == (3, 0, 0, 3, 0)
        assert LedgerPosting.objects.get(reference="T1/1").pk == posting.pk


LEDGERS = st.lists(
    st.tuples(
        st.sampled_from([MARCH, APRIL, MAY]),
        st.sampled_from("ABC"),
        st.integers(-3, 3),
    ),
    min_size=1,
    max_size=6,
)
CLOSES = st.sampled_from([0, 1, 2])


def rows_of(ledger: Any) -> list[str]:
    return [f"{day.isoformat()},{number},7,Ash,{amount}" for day, number, amount in ledger]


def wanted(ledger: Any) -> dict[tuple[date, str], int]:
    """By own month and reference, worked out in plain Python."""
    seen: Counter[str] = Counter()
    found = {}
    for day, number, amount in ledger:
        seen[number] += 1
        found[day, f"{number}/{seen[number]}"] = amount
    return found


def by_own_month() -> dict[tuple[date, str], Decimal]:
    rows = LedgerPosting.objects.annotate(own=Coalesce("own_month", "month")).values("own", "reference")
    return {(row["own"], row["reference"]): row["sum"] for row in rows.annotate(sum=Sum("amount"))}


@ONE_SETTING
@given(first=LEDGERS, second=LEDGERS, third=LEDGERS, closed=CLOSES, closed_next=CLOSES)
def test_random_exports_one_after_the_other(
    tmp_path: Path, first: Any, second: Any, third: Any, closed: int, closed_next: int
) -> None:
    """What the months hold together is what their last files said, whatever was closed in between.

    Closed months stay as they were; the same file again changes nothing.
    """
    with transaction.atomic():
        _one_after_the_other(tmp_path, first, [(second, closed), (third, max(closed, closed_next))])
        transaction.set_rollback(True)


def _one_after_the_other(tmp_path: Path, first: Any, later: Any) -> None:
    load(export(tmp_path, *rows_of(first)), replace=True)
    expected = wanted(first)
    for ledger, number in later:
        for month in (MARCH, APRIL)[:number]:
            if not ClosedMonth.objects.filter(month=month).exists():
                make_closed_month(month=month)
        shut = set(ClosedMonth.objects.values_list("month", flat=True))
        before = {p.pk: (p.month, p.amount) for p in LedgerPosting.objects.filter(month__in=shut)}
        path = export(tmp_path, *rows_of(ledger))
        load(path, replace=True, late_to=TO_MAY)
        has = {day for day, _, _ in ledger}
        expected = {key: amount for key, amount in expected.items() if key[0] not in has} | wanted(ledger)
        assert {k: v for k, v in by_own_month().items() if v} == {k: v for k, v in expected.items() if v}
        assert {p.pk: (p.month, p.amount) for p in LedgerPosting.objects.filter(month__in=shut)} == before
        stored = set(LedgerPosting.objects.values_list())
        again = load(path, replace=True, late_to=TO_MAY)
        assert counts(again)[1:3] == (0, 0)
        assert again.removals == again.late == ()
        assert set(LedgerPosting.objects.values_list()) == stored
        load(path)  # nor does it need to be said again where late postings go
        assert set(LedgerPosting.objects.values_list()) == stored


def test_a_month_closed_between_check_and_loading_is_a_sentence_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from placements.finance.ledger import loading

    check = loading._Load.check

    def closed_after(self: Any, *given: Any) -> None:
        check(self, *given)
        make_closed_month(month=MARCH)

    monkeypatch.setattr(loading._Load, "check", closed_after)
    with pytest.raises(DatasetError) as caught:
        load(export(tmp_path, *IN_MARCH))
    assert caught.value.lines() == ["This month is closed: post to an open month."]
