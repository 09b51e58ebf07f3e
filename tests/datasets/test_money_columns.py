"""The columns about a placement's end and about who pays: read, left out, and refused."""

from datetime import date
from decimal import Decimal

import pytest

from placements.models import Agreement, CostLine, Placement
from sen_dashboard.datasets import import_dataset
from tests.datasets.outcome import counts, problems
from tests.folders import Write

pytestmark = pytest.mark.django_db

PLACEMENTS = """placement_id,plan_id,school_id,attendance,starts_on,ends_on,end_reason,last_attended_on,paid_to_on
L1,P2,S1,DAY,2017-09-01,2018-08-31,MOVED,20/07/2018,30/09/2018
L2,P2,S2,DAY,2018-09-01,,,,
"""
COSTS = """placement_id,kind,annual_amount,starts_on,ends_on,education_share,asked_amount,document,social_care_share,health_share,other_share
L1,CORE,40000,2017-09-01,,80,,,,,
L1,BOARDING,30000,2017-09-01,,50,"£31,000.00",Contract of 1 June 2017,30,15,5
L1,THERAPY,2000,2017-09-01,,33.34,,,33.33,,33.33
L1,ONE_TO_ONE,5000,2017-09-01,,,,,,,
"""  # noqa: E501 (the columns of the file)
BOTH = {"placements.csv": PLACEMENTS, "cost_lines.csv": COSTS}


def test_are_read_and_an_empty_one_means_what_it_did(write: Write) -> None:
    folder = write(BOTH)
    import_dataset(folder)
    placement = Placement.objects.get(pk="L1")
    assert (placement.last_attended_on, placement.paid_to_on) == (date(2018, 7, 20), date(2018, 9, 30))
    shares = {
        line.kind: (line.education_share, line.social_care_share, line.health_share, line.share_of_others)
        for line in CostLine.objects.all()
    }
    assert shares == {
        "CORE": (80, 0, 0, 20),
        "BOARDING": (50, 30, 15, 5),
        "THERAPY": (Decimal("33.34"), Decimal("33.33"), 0, Decimal("33.33")),
        "ONE_TO_ONE": (100, 0, 0, 0),
    }
    boarding = CostLine.objects.get(kind="BOARDING")
    assert (boarding.asked_amount, boarding.document) == (31_000, "Contract of 1 June 2017")
    again = counts(import_dataset(folder))
    assert again["cost_lines.csv"] == (4, 0, 0, 4)


def test_what_finance_entered_stays_where_a_file_does_not_know_it(write: Write) -> None:
    import_dataset(write(BOTH))
    CostLine.objects.filter(kind="BOARDING").update(agreement=Agreement.ASSUMED)
    columns = "placement_id,kind,annual_amount,starts_on,education_share\n"
    row = "L1,BOARDING,32000,2017-09-01,50\n"
    import_dataset(write({"cost_lines.csv": columns + row}, only=True))
    boarding = CostLine.objects.get(kind="BOARDING")
    assert (boarding.annual_amount, boarding.health_share, boarding.agreement) == (32_000, 15, "ASSUMED")


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "cost_lines.csv",
            "30,15,5",
            "30,16,5",
            "cost_lines.csv:3: education_share: 50: The shares of education, social care, health and others must come "
            "to 100%.",
        ),
        (
            "cost_lines.csv",
            ",80,,,,,",
            ",80,,,20,1,",
            "cost_lines.csv:2: education_share: 80: The shares of education, social care, health and others must come "
            "to 100%.",
        ),
        (
            "cost_lines.csv",
            ",80,",
            ",101,",
            "cost_lines.csv:2: education_share: 101: Enter a percentage from 0 to 100 with at most two decimals.",
        ),
        (
            "cost_lines.csv",
            "L1,CORE,40000,2017-09-01,",
            "L1,CORE,40000,2017-09-01,2018-09-30",
            "cost_lines.csv:2: ends_on: 2018-09-30: The cost line must lie within its placement.",
        ),
        (
            "placements.csv",
            "20/07/2018",
            "01/09/2018",
            "placements.csv:2: last_attended_on: 01/09/2018: The last day attended must lie within the placement.",
        ),
        (
            "placements.csv",
            "30/09/2018",
            "19/07/2018",
            "placements.csv:2: paid_to_on: 19/07/2018: The placement is paid for at least to its first day and the "
            "last day attended.",
        ),
    ],
)
def test_one_mistake_is_one_sentence_at_its_place(
    write: Write, file: str, old: str, new: str, expected: str
) -> None:
    assert old in BOTH[file]
    assert expected in problems(write(BOTH | {file: BOTH[file].replace(old, new, 1)}))
    assert not CostLine.objects.exists()
