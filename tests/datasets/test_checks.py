"""Which rows of a data set are refused, in which words, and that nothing is then loaded."""

import pytest
from django.db import connection

from panel.models import PanelDecision
from provision.models import School
from sen_dashboard.datasets import import_dataset
from sen_dashboard.datasets.checks import Checker
from tests.datasets.outcome import problems
from tests.datasets.valid import VALID, edited
from tests.folders import Changed, Write

pytestmark = pytest.mark.django_db

BAD_VALUES = [
    (
        "schools.csv",
        "STATE_SPECIAL",
        "state-special",
        "3: sector: state-special: Choose one of INDEPENDENT_SPECIAL, NON_",
    ),
    ("budgets.csv", "1.2.3", "1" * 21, f"2: line: {'1' * 21}: Enter at most 20 characters."),
    ("schools.csv", "Ash School", " ", "2: name: : Enter a value: this column is required."),
    ("schools.csv", "Ash School", "n/a", "2: name: n/a: Enter a value: this column is required."),
    ("schools.csv", "S1,,", "S1,-,", "2: urn: -: This means no value: leave it empty."),
    ("schools.csv", "S1,,", "S1,12345,", "2: urn: 12345: Enter the six figures of the URN."),
    ("schools.csv", "S1,,", "S1,100001.0,", "2: urn: 100001.0: Enter the six figures of the URN."),
    ("children.csv", "Dover", "#REF!", "2: home_district: #REF!: This means no value: leave it empty."),
    (
        "children.csv",
        "2006-07-02,",
        "null,",
        "3: date_of_birth: null: Enter a value: this column is required.",
    ),
    ("children.csv", "2006-07-02", "2/7/06", "3: date_of_birth: 2/7/06: Enter a date from 1900 to 2199"),
    (
        "children.csv",
        "2006-07-02",
        "02/07/06",
        "3: date_of_birth: 02/07/06: Enter the year of the date in four",
    ),
    (
        "children.csv",
        "2006-07-02",
        "2-Jul-06",
        "3: date_of_birth: 2-Jul-06: Enter the year of the date in four",
    ),
    ("children.csv", "2006-07-02", "31-Jun-2006", "3: date_of_birth: 31-Jun-2006: Enter a date from 1900"),
    ("events.csv", "E1,", "12.0,", "2: event_id: 12.0: A spreadsheet has changed this number"),
    (
        "ledger.csv",
        "S1,R1",
        "S1,1.23457E+12",
        "2: reference: 1.23457E+12: A spreadsheet has changed this number",
    ),
    (
        "ledger.csv",
        "2018-04,1.2.3,,,7",
        "02/04/2018,1.2.3,,,7",
        "4: month: 02/04/2018: Enter a month from 1900",
    ),
    ("ledger.csv", "1000.00", "1000.005", "2: amount: 1000.005: Enter pounds and pence"),
    ("ledger.csv", "1000.00", "(1000.00", "2: amount: (1000.00: Enter pounds and pence"),
    (
        "budgets.csv",
        "36000000",
        "(5.00)",
        "2: amount: (5.00): Enter pounds and pence such as 1234.50, 1,234.50 or",
    ),
    ("budgets.csv", "36000000", "-£5", "2: amount: -£5: Enter pounds and pence such as 1234.50, 1,234.50 or"),
    ("schools.csv", "Ash School", "x" * 201, f"2: name: {'x' * 60}…: Enter at most 200 characters."),
    (
        "schools.csv",
        "01/09/2001,",
        "01/09/2001,2001-08-31",
        "3: closed_on: 2001-08-31: The school cannot close before",
    ),
    (
        "children.csv",
        "2006-07-02",
        "2006-02-30",
        "3: date_of_birth: 2006-02-30: Enter a date from 1900 to 2199 such as 2019-03-31, 31",
    ),
    ("children.csv", "2006-07-02", "2\t\x1b6", r"3: date_of_birth: 2\t\x1b6: Enter a date"),
    ("children.csv", "2006-07-02", "", "3: date_of_birth: : Enter a value"),
    ("children.csv", "2006-07-02", "07/13/2006", "3: date_of_birth: 07/13/2006: Enter a date"),
    (
        "assessments.csv",
        "AGREED,2015-02-12",
        "AGREED,",
        "2: assess_decided_on: : A decision and its date belong",
    ),
    (
        "assessments.csv",
        "AGREED,2015-02-12",
        ",2015-02-12",
        "2: assess_decided_on: 2015-02-12: A decision and its",
    ),
    (
        "assessments.csv",
        "2015-02-12",
        "2015-01-07",
        "2: assess_decided_on: 2015-01-07: The decision to assess cannot",
    ),
    (
        "assessments.csv",
        "2015-01-08",
        "2005-05-31",
        "2: requested_on: 2005-05-31: A request cannot be made before",
    ),
    ("assessments.csv", ",N\n", ",No\n", "2: exception: No: Enter Y or N."),
    (
        "assessments.csv",
        "A1,C1",
        "A1,C9",
        "2: child_id: C9: Neither children.csv nor the store has this key.",
    ),
    ("plans.csv", ",9,", ",10,", "2: cease_reason: 10: Choose one of 1, 2, 3"),
    (
        "plans.csv",
        "2016-01-01",
        "2006-07-01",
        "4: issued_on: 2006-07-01: A plan cannot be issued before the child",
    ),
    (
        "plans.csv",
        "2017-08-31,9",
        "2015-05-19,9",
        "2: ceased_on: 2015-05-19: The plan cannot cease before it was",
    ),
    (
        "plans.csv",
        "2017-08-31,9",
        "2017-09-01,9",
        "3: issued_on: 2017-08-31: The child has another plan in force at that time: line 2.",
    ),
    ("plans.csv", "P3", "P2", "4: plan_id: P2: The key (plan_id) is that of an earlier row: line 3."),
    ("placements.csv", "38", "54", "2: weeks_per_year: 54: Enter a whole number from 1 to 53."),
    ("placements.csv", "38", "38.5", "2: weeks_per_year: 38.5: Enter a whole number"),
    ("placements.csv", "L2,P2", "L2,P9", "3: plan_id: P9: Neither plans.csv nor the store has this key."),
    (
        "placements.csv",
        "2018-09-01",
        "2018-08-31",
        "3: starts_on: 2018-08-31: The plan has another placement at that time: line 2.",
    ),
    ("cost_lines.csv", "41000.5", "-1", "3: annual_amount: -1: Enter pounds and pence such as"),
    ("cost_lines.csv", "41000.5", "1.005", "3: annual_amount: 1.005: Enter pounds and pence"),
    ("cost_lines.csv", "41000.5", "10000000000", "3: annual_amount: 10000000000: Enter pounds and pence"),
    ("cost_lines.csv", "62.5", "100.01", "3: education_share: 100.01: Enter a percentage from 0 to 100"),
    (
        "cost_lines.csv",
        "2018-03-31",
        "2018-04-01",
        "3: starts_on: 2018-04-01: The placement has another cost line of this kind at that time: line 2.",
    ),
    (
        "cost_lines.csv",
        "2018-04-01,",
        "2018-09-01,",
        "3: starts_on: 2018-09-01: The cost line must lie within its placement.",
    ),
    (
        "cost_lines.csv",
        "2018-04-01,",
        "2018-04-01,2018-09-01",
        "3: ends_on: 2018-09-01: The cost line must lie within its",
    ),
    (
        "cost_lines.csv",
        "TRANSPORT,0,2017-09-01",
        "CORE,0,2017-09-01",
        "5: placement_id: L1: The key (placement_id, kind, starts_on) is that of an earlier row: line 2.",
    ),
    (
        "panel_cases.csv",
        "COMPLEXITY; CAPACITY",
        "COMPLEXITY; STAFF_RATIO",
        "2: reasons: COMPLEXITY; STAFF_RATIO: Choose reasons that",
    ),
    (
        "panel_cases.csv",
        "COMPLEXITY; CAPACITY",
        "TIREDNESS",
        "2: reasons: TIREDNESS: Choose from COMPLEXITY, CAPACITY",
    ),
    (
        "panel_cases.csv",
        "2018-05-01",
        "2006-07-01",
        "2: received_on: 2006-07-01: A case cannot be received before the child",
    ),
    (
        "panel_decisions.csv",
        "2018-05-10",
        "2018-04-30",
        "2: meeting_on: 2018-04-30: A decision cannot come before its",
    ),
    ("panel_decisions.csv", "AGREED", "APPROVED", "4: outcome: APPROVED: Choose one of AGREED, DECLINED"),
    (
        "budgets.csv",
        "2018-19",
        "2018-20",
        "2: financial_year: 2018-20: Enter a financial year such as 2018-19.",
    ),
    (
        "ledger.csv",
        "2018-04,1.2.3,S1",
        "2018-13,1.2.3,S1",
        "2: month: 2018-13: Enter a month from 1900 to 2199 such as 2018-04, 04/2018, Apr-18 or April 2018.",
    ),
    (
        "ledger.csv",
        "2018-04,1.2.3,,,7",
        "2018-04,1.2.3,,R1,7",
        "4: month: 2018-04: The key (source, month, line, school_id, reference) is that of an earlier row: line 3.",
    ),
    ("places.csv", "80", "-1", "2: places: -1: Enter a whole number from 0 to 999,999."),
    (
        "commissioning_plan.csv",
        "S2",
        "S3",
        "2: school_id: S3: Neither schools.csv nor the store has this key.",
    ),
    (
        "workstreams.csv",
        "Independent school placements",
        "—",
        "2: title: —: Enter the workstream’s name, in words on one line.",
    ),
    (
        "actions.csv",
        "2019-03-15",
        "2199-03-15",
        "2: updated_on: 2199-03-15: Enter 31 May 2019 or an earlier date: this one is in the future.",
    ),
    (
        "actions.csv",
        "Two schools refuse",
        "",
        "2: note: : Enter in a sentence why it is at risk or off track.",
    ),
    ("actions.csv", "AT_RISK", "LATE", "2: status: LATE: Choose one of NOT_STARTED, ON_TRACK"),
    (
        "actions.csv",
        "N2,,",
        "N2,W9,",
        "3: workstream_id: W9: Neither workstreams.csv nor the store has this key.",
    ),
    ("actions.csv", "-500.5", "-£500", "2: expected_change: -£500: Enter a number such as -1.5"),
    ("actions.csv", "-500.5", "", "2: expected_from: 2019-09-01: Enter an expected change and the date"),
    (
        "actions.csv",
        "cost_per_need_type,inmss_average,,",
        ",,,",
        "2: kpi_key: : An expected change needs the KPI and the number that it is a change of.",
    ),
    (
        "actions.csv",
        "cost_per_need_type,",
        ",",
        "2: kpi: : Name the KPI whose number is meant.",
    ),
    (
        "milestones.csv",
        "01/02/2019",
        "",
        "3: reached_on: : The action is done: its milestones are all reached by the day of its last update.",
    ),
    (
        "milestones.csv",
        "01/02/2019",
        "02/02/2019",
        "3: reached_on: 02/02/2019: The action is done: its milestones are all reached by",
    ),
    (
        "milestones.csv",
        "01/02/2019",
        "01/06/2019",
        "3: reached_on: 01/06/2019: Enter 31 May 2019 or an earlier date: this one is in the future.",
    ),
    (
        "milestones.csv",
        "M3,,X1",
        "M3,,",
        "4: action_id: : A milestone belongs either to an action or to a change",
    ),
    (
        "milestones.csv",
        "M3,,X1",
        "M3,N1,X1",
        "4: action_id: N1: A milestone belongs either to an action or to a change",
    ),
    ("risks.csv", ",4,5,", ",6,5,", "2: likelihood: 6: Enter a whole number from 1 to 5."),
    ("risks.csv", ",4,5,", ",4,0,", "2: impact: 0: Enter a whole number from 1 to 5."),
    ("risks.csv", "R1,W1", "R1,", "2: workstream_id: : Enter a value: this column is required."),
    (
        "decisions_needed.csv",
        "Cabinet,",
        "Cabinet,2019-06-01",
        "2: settled_on: 2019-06-01: Enter 31 May 2019 or an earlier date: this one is in the future.",
    ),
    ("events.csv", "29/04/2019", "29 April", "2: on: 29 April: Enter a date from 1900 to 2199 such as"),
    ("events.csv", "29/04/2019", "", "2: on: : Enter a value: this column is required."),
    ("events.csv", "on,", "day,", "1: on: : The header lacks this column."),
]


@pytest.mark.parametrize(("name", "old", "new", "expected"), BAD_VALUES)
def test_one_mistake_gives_one_problem_and_loads_nothing(
    write: Write, name: str, old: str, new: str, expected: str
) -> None:
    """A mistake is reported once, at its file, line, column and value, without others that follow from it."""
    (problem,) = problems(write(edited(name, old, new)))

    assert problem.startswith(f"{name}:{expected}")
    assert not School.objects.exists()


def test_void_rows_overlap_nothing_and_may_come_before(write: Write) -> None:
    changed = edited("cost_lines.csv", "1,2018-01-01,,,Y", "1,2016-01-01,2020-01-01,,Y")
    decisions = "case_id,meeting_on,outcome,void\nK1,2018-04-01,AGREED,Y\n"

    import_dataset(write(changed | {"panel_decisions.csv": decisions}))

    assert PanelDecision.objects.get().void


STORED = [
    (
        {"actions.csv": VALID["actions.csv"].replace("AT_RISK,Two schools refuse", "DONE,")},
        "actions.csv:2: status: DONE: The action has milestones that are not reached: it cannot be done before",
    ),
    (
        {"milestones.csv": "milestone_id,action_id,title,due_on\nM9,N2,Another,2019-01-01\n"},
        "milestones.csv:2: reached_on: : The action is done: its milestones are all reached by the day of its last",
    ),
    (
        {"plans.csv": "plan_id,child_id,issued_on,primary_need\nP9,C2,2015-12-31,ASD\n"},
        "plans.csv:2: issued_on: 2015-12-31: The child has another plan in force at that time: stored already.",
    ),
    (
        {"plans.csv": "plan_id,child_id,issued_on,primary_need\nP9,C2,2016-12-31,ASD\n"},
        "plans.csv:2: issued_on: 2016-12-31: The child has another plan in force at that time: stored already.",
    ),
    (
        {"placements.csv": "placement_id,plan_id,school_id,attendance,starts_on\nL9,P2,S1,DAY,2018-01-01\n"},
        "placements.csv:2: starts_on: 2018-01-01: The plan has another placement at that time: stored already.",
    ),
    (
        {"cost_lines.csv": "placement_id,kind,annual_amount,starts_on\nL1,CORE,5,2018-05-01\n"},
        "cost_lines.csv:2: starts_on: 2018-05-01: The placement has another cost line of this kind at that time:"
        " stored already.",
    ),
    (
        {"cost_lines.csv": "placement_id,kind,annual_amount,starts_on\nL1,OTHER,5,2017-08-31\n"},
        "cost_lines.csv:2: starts_on: 2017-08-31: The cost line must lie within its placement.",
    ),
    (
        {"placements.csv": VALID["placements.csv"].replace("2018-08-31,MOVED", "2018-03-30,MOVED")},
        "placements.csv:2: ends_on: 2018-03-30: A cost line of this placement lies outside these dates.",
    ),
    (
        {"children.csv": "child_id,date_of_birth\nC2,2018-05-02\n"},
        "children.csv:2: date_of_birth: 2018-05-02: The child has a record from before this date of birth.",
    ),
    (
        {"children.csv": "child_id,date_of_birth\nC1,2015-01-09\n"},
        "children.csv:2: date_of_birth: 2015-01-09: The child has a record from before this date of birth.",
    ),
    (
        {"panel_cases.csv": VALID["panel_cases.csv"].replace("2018-05-01", "2018-05-11")},
        "panel_cases.csv:2: received_on: 2018-05-11: A decision cannot come before its case was received.",
    ),
    (
        {"assessments.csv": "assessment_id,child_id,requested_on\nA1,C1,2015-02-13\n"},
        "assessments.csv:2: assess_decided_on: : The decision to assess cannot come before the request.",
    ),
]


@pytest.mark.parametrize(("changed", "expected"), STORED)
def test_rows_are_checked_against_what_is_stored(write: Write, changed: Changed, expected: str) -> None:
    import_dataset(write())
    found = problems(write(changed, only=True))
    assert any(problem.startswith(expected) for problem in found)
    assert all(problem.split(":")[:2] == expected.split(":")[:2] for problem in found)


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        (
            "plans.csv",
            "2017-08-31,9",
            "2017-09-01,9",
            "plans.csv:0: : : The child has another plan in force at that time.",
        ),
        (
            "cost_lines.csv",
            "41000.5,2018-04-01",
            "1,2018-12-01",
            "The cost line must lie within its placement.",
        ),
        ("children.csv", "C2,", "C3,", "plans.csv:0: : : The database does not accept this (rule "),
        (
            "placements.csv",
            "2018-08-31",
            "2016-08-31",
            "placements.csv:0: : : The placement cannot end before it starts.",
        ),
        ("children.csv", "2006-07-02", "soon", "The database stopped the import; nothing was loaded."),
    ],
)
def test_unforeseen_refusal_becomes_a_sentence(
    write: Write, monkeypatch: pytest.MonkeyPatch, name: str, old: str, new: str, sentence: str
) -> None:
    """As when somebody enters a record between the checks and the merge."""
    monkeypatch.setattr(Checker, "check", lambda self: None)
    (problem,) = problems(write(edited(name, old, new)))
    assert problem.startswith(sentence)
    assert not School.objects.exists()


def test_second_import_at_the_same_time_is_told_so(write: Write) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(20180401)")
            assert problems(write()) == [
                "Another import is running: wait for it to finish, then import again."
            ]
            cursor.execute(
                "SELECT pg_advisory_unlock(20180401)"
            )  # closing alone may take a while to let go of it
    finally:
        other.close()
