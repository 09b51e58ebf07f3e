"""A file with decisions that have been corrected here: it updates the entry that stands, and no other."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from panel.models import PanelCase, PanelDecision
from panel.services import decisions
from panel.services.decisions import Decision
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.models.history import version_of
from sen_dashboard.datasets import import_dataset
from sen_dashboard.kpis import find
from tests.datasets.outcome import counts, problems
from tests.datasets.valid import edited
from tests.factories import make_agenda_item, make_meeting, make_member, make_user
from tests.folders import Write

pytestmark = pytest.mark.django_db

ASKED_ON = date(2018, 5, 10)
AT = datetime(2018, 7, 2, 9, tzinfo=UTC)
ASKED_IN_FILE = "K1,2018-05-10,MORE_INFORMATION"


@pytest.fixture
def clerk() -> User:
    return make_user(Role.PANEL_CLERK)


def correct(clerk: User, day: date, right: Decision | None) -> PanelDecision:
    case = PanelCase.objects.get(pk="K1")
    return decisions.correct(
        by=clerk,
        decision=case.decisions.counted().get(meeting_on=day),
        seen=version_of(case),
        reason="Read from the wrong line",
        right=right,
        at=AT,
    )


ASKED_AGAIN = Decision(
    "MORE_INFORMATION", value=Decimal(1), information_needed="A report", due_on=date(2018, 6, 5)
)


def entries(day: date = ASKED_ON) -> list[tuple[str, Decimal | None, bool, bool]]:
    """The entries of the day in the order written: outcome, value, void and replaced."""
    held = PanelDecision.objects.filter(meeting_on=day).order_by("pk")
    return list(held.values_list("outcome", "value", "void", "corrected"))


def test_the_same_file_again_updates_the_entry_that_stands_alone(write: Write, clerk: User) -> None:
    import_dataset(write())
    replaced = entries()[0]
    correct(clerk, ASKED_ON, ASKED_AGAIN)

    report = counts(import_dataset(write()))

    assert report["panel_decisions.csv"] == (2, 0, 1, 1)
    assert entries() == [(*replaced[:2], True, True), ("MORE_INFORMATION", None, False, False)]
    stands = PanelDecision.objects.get(meeting_on=ASKED_ON, void=False)
    assert (stands.due_on, stands.information_needed) == (date(2018, 6, 1), "A report")
    assert counts(import_dataset(write()))["panel_decisions.csv"] == (2, 0, 0, 2)


def test_a_chain_of_corrections_is_one_row_to_a_file(write: Write, clerk: User) -> None:
    import_dataset(write())
    for _ in range(3):
        correct(clerk, ASKED_ON, ASKED_AGAIN)
    assert counts(import_dataset(write()))["panel_decisions.csv"] == (2, 0, 1, 1)
    assert [void for _, _, void, _ in entries()] == [True, True, True, False]


def test_what_was_never_decided_does_not_come_back_with_the_file(write: Write, clerk: User) -> None:
    """Nothing replaces the entry, so it is the file's row still: kept, void, and updated at most."""
    import_dataset(write())
    correct(clerk, date(2018, 6, 10), None)
    assert counts(import_dataset(write()))["panel_decisions.csv"] == (2, 0, 0, 2)
    assert entries(date(2018, 6, 10)) == [("AGREED", Decimal(50_000), True, False)]
    assert PanelDecision.objects.counted().count() == 1


def test_replaced_entries_count_nowhere(write: Write, clerk: User) -> None:
    import_dataset(write())
    before = find("panel_outcomes").query(Scope(date(2019, 3, 31)))
    correct(clerk, ASKED_ON, ASKED_AGAIN)
    import_dataset(write())
    assert find("panel_outcomes").query(Scope(date(2019, 3, 31))) == before


def test_replaced_entries_are_no_hindrance_to_a_case_received_later(write: Write) -> None:
    """Of the checks across files only those of entries that stand apply, and only they stand in the way of a row."""
    import_dataset(write())
    held = PanelDecision.objects.get(meeting_on=ASKED_ON)
    later = edited("panel_cases.csv", "2018-05-01", "2018-06-01")
    alone = {"panel_cases.csv": later["panel_cases.csv"]}
    assert problems(write(alone, only=True))
    PanelDecision.objects.filter(pk=held.pk).update(void=True, corrected=True)
    import_dataset(write(alone, only=True))
    assert PanelCase.objects.get().received_on == date(2018, 6, 1)


def test_a_row_twice_in_a_file_is_one_too_many_whatever_was_replaced(write: Write, clerk: User) -> None:
    import_dataset(write())
    correct(clerk, ASKED_ON, ASKED_AGAIN)
    twice = f"case_id,meeting_on,outcome\n{ASKED_IN_FILE}\n{ASKED_IN_FILE}\n"
    assert any("line 2" in line for line in problems(write({"panel_decisions.csv": twice}, only=True)))


def test_a_void_row_of_a_file_gives_way_to_what_a_meeting_decides(write: Write, clerk: User) -> None:
    """A file's void row holds the key of its day; what is decided that day replaces it."""
    case_row = (
        "case_id,child_id,panel,received_on,primary_need,annual_cost\nK2,C2,INDEPENDENT,2018-05-01,SEMH,1\n"
    )
    void_row = "case_id,meeting_on,outcome,void\nK2,2018-07-01,DECLINED,Y\n"
    import_dataset(write())
    import_dataset(write({"panel_cases.csv": case_row, "panel_decisions.csv": void_row}, only=True))
    meeting = make_meeting(held_on=date(2018, 7, 1), quorum=1)
    make_member(meeting=meeting, present=True)
    make_agenda_item(meeting=meeting, case=PanelCase.objects.get(pk="K2"))

    decisions.decide_as_it_stands(
        by=clerk, meeting=meeting, case_id="K2", decision=Decision("DEFERRED"), at=AT
    )

    assert entries(date(2018, 7, 1)) == [("DECLINED", None, True, True), ("DEFERRED", None, False, False)]


def test_a_file_that_decides_on_a_case_taken_back_is_refused(write: Write, clerk: User) -> None:
    import_dataset(write())
    PanelDecision.objects.filter(case="K1").update(void=True)
    PanelCase.objects.filter(pk="K1").update(void=True, void_reason="Entered twice", voided_by=clerk)
    lines = problems(write(edited("panel_decisions.csv", "K1,2018-06-10", "K1,2018-06-11")))
    assert any("case_id: K1: This case was cancelled as entered in error." in line for line in lines), lines
    assert PanelCase.objects.get(pk="K1").void
