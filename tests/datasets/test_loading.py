"""What loading a data set stores."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from panel.models import PanelCase, PanelDecision
from placements.models import Assessment, Child, CostLine, LedgerPosting, Placement, Plan
from provision.models import School, SchoolPlaces
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import FinancialYear
from sen_dashboard.datasets import import_dataset
from sen_dashboard.datasets.contract import FILES
from sen_dashboard.kpis import find
from sen_dashboard.programme.models import Event
from tests.datasets.outcome import counts
from tests.datasets.valid import VALID
from tests.folders import Write

pytestmark = pytest.mark.django_db

DEVON = Path(__file__).parent.parent / "data" / "devon"


def test_values_of_every_kind_are_read(write: Write) -> None:
    import_dataset(write())

    first, second, void = CostLine.objects.filter(kind="CORE").order_by("void", "starts_on")
    assert (first.annual_amount, first.education_share, first.void) == (
        Decimal("40000.00"),
        Decimal(100),
        False,
    )
    assert (second.annual_amount, second.education_share, second.ends_on) == (
        Decimal("41000.50"),
        Decimal("62.50"),
        None,
    )
    assert void.void
    assert School.objects.get(pk="S2").opened_on == date(2001, 9, 1)
    assert Placement.objects.get(pk="L2").weeks_per_year is None
    assert Plan.objects.get(pk="P1").cease_reason == "9"
    assert Assessment.objects.get().issue_decision == ""
    assert PanelCase.objects.get().reasons == ["COMPLEXITY", "CAPACITY"]
    assert PanelDecision.objects.get(outcome="MORE_INFORMATION").note == "first line\nsecond line"
    assert LedgerPosting.objects.get(school=None, reference="R1").amount == Decimal(-250)
    assert LedgerPosting.objects.first().month == date(2018, 4, 1)  # type: ignore[union-attr]
    assert SchoolPlaces.objects.get().needs == ["ASD", "SEMH"]
    assert Event.objects.get().day == date(2019, 4, 29)


def test_second_import_changes_nothing(write: Write) -> None:
    """Idempotent, with a ledger key whose school is empty and rows without a key of one column."""
    folder = write()
    created = counts(import_dataset(folder))
    again = counts(import_dataset(folder))

    assert created == {name: (read, read, 0, 0) for name, (read, *_) in created.items()}
    assert again == {name: (read, 0, 0, read) for name, (read, *_) in created.items()}
    assert list(created) == [spec.name for spec in FILES]


def test_changed_row_updates_and_missing_row_stays(write: Write) -> None:
    """The summary says how many of them there are. (A ledger is the whole of its months: see ``test_whole_months``.)"""
    import_dataset(write())
    report = import_dataset(write({"events.csv": "event_id,on,title\nE2,1 May 2019,Another\n"}, only=True))

    assert counts(report) == {"events.csv": (1, 1, 0, 0)}
    assert report.lines()[0].endswith("1 stored and not in the file")
    assert Event.objects.count() == 2


def test_column_left_out_keeps_what_is_stored_and_empty_value_clears_it(write: Write) -> None:
    import_dataset(write())
    kept = import_dataset(write({"children.csv": "date_of_birth,child_id\n2005-06-01,C1\n"}, only=True))
    assert counts(kept) == {"children.csv": (1, 0, 0, 1)}
    assert Child.objects.get(pk="C1").home_district == "Dover"

    cleared = "child_id,date_of_birth,home_district\nC1,2005-06-01,\n"
    assert counts(import_dataset(write({"children.csv": cleared}, only=True))) == {
        "children.csv": (1, 0, 1, 0)
    }
    assert Child.objects.get(pk="C1").home_district == ""


def test_rows_may_pass_through_states_that_break_rules(write: Write) -> None:
    """Plans that swap their days, a placement that shrinks with its cost line: only the final state counts."""
    import_dataset(write())
    changed = {
        "plans.csv": VALID["plans.csv"].replace("2015-05-20,2017-08-31,9", "2017-08-31,,"),
        "placements.csv": VALID["placements.csv"].replace("2018-08-31,MOVED", "2018-02-28,MOVED"),
        "cost_lines.csv": VALID["cost_lines.csv"]
        .replace("2018-03-31", "2018-02-28")
        .replace("62.5,N", "62.5,Y"),
    }
    changed["plans.csv"] = changed["plans.csv"].replace("P2,C1,,2017-08-31,", "P2,C1,,2015-05-20,2017-08-31")

    import_dataset(write(changed))  # type: ignore[arg-type]

    assert Plan.objects.get(pk="P1").issued_on == date(2017, 8, 31)


def test_devon_totals_by_financial_year() -> None:
    """Nine years of a real council's payments, against the totals that were published with them (in £m)."""
    report = import_dataset(DEVON)

    years = [FinancialYear(first) for first in range(2011, 2020)]
    headlines = [find("outturn_vs_forecast").query(Scope(year.end)).headline for year in years]
    assert {headline.financial_year: f"{headline.outturn / 1_000_000:.2f}" for headline in headlines} == {
        "2011-12": "5.43",
        "2012-13": "5.37",
        "2013-14": "7.51",
        "2014-15": "9.54",
        "2015-16": "10.31",
        "2016-17": "14.19",
        "2017-18": "13.84",
        "2018-19": "18.51",
        "2019-20": "27.65",
    }
    assert all(headline.budget is None and headline.forecast is None for headline in headlines)
    assert counts(report) == {"schools.csv": (169, 169, 0, 0), "ledger.csv": (4874, 4874, 0, 0)}
