"""The status of workstreams, against a second calculation and by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.programme.kpis import workstreams
from sen_dashboard.programme.kpis.workstreams import KPI, Headline, Row
from sen_dashboard.programme.models import Action, ActionUpdate, Status, Workstream
from tests.factories import make_action, make_update, make_workstream
from tests.kpis.checks import assert_outputs_agree, assert_same, values
from tests.kpis.random_programme import make_random_programme
from tests.kpis.second_calculation import Answer

DAY = date(2019, 3, 31)
DAYS = (date(1900, 1, 1), date(2018, 9, 15), DAY, date(2019, 4, 1), date(2199, 12, 31))
WORST_FIRST = ("OFF_TRACK", "AT_RISK", "ON_TRACK", "NOT_STARTED")


def ask(day: date = DAY) -> Result[Headline, Row]:
    return workstreams.query(Scope(day))


def second(day: date) -> Answer:
    """The same from lists in Python: updates in the order in which they were told."""
    status: dict[str, str] = {}
    for update in sorted(ActionUpdate.objects.all(), key=lambda update: (update.day, update.pk)):
        if update.day <= day:
            status[update.action_id] = update.status
    rows = []
    for workstream in sorted(Workstream.objects.all(), key=lambda workstream: workstream.pk):
        known = [
            action
            for action in Action.objects.all()
            if action.workstream_id == workstream.pk and action.pk in status
        ]
        states = [status[action.pk] for action in known]
        late = [a for a in known if status[a.pk] != "DONE" and a.due_on is not None and a.due_on < day]
        standing = next((state for state in WORST_FIRST if state in states), "DONE" if states else None)
        rows.append(
            {
                "workstream": workstream.title,
                "actions": len(known),
                "overdue": len(late),
                "status": standing,
                "workstream_id": workstream.pk,
                **{name.lower(): states.count(name) for name in Status.values},
            }
        )
    summed = ("actions", "overdue", "off_track", "at_risk", "done")
    return {"workstreams": len(rows)} | {name: sum(row[name] for row in rows) for name in summed}, rows


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_equals_second_calculation(seed: int) -> None:
    make_random_programme(seed)
    for day in DAYS:
        result = ask(day)
        assert_same(result, second(day))
        assert_outputs_agree(KPI, result)


@pytest.mark.django_db
class TestWorkedExample:
    @pytest.fixture(autouse=True)
    def records(self) -> None:
        """Fees: one action at risk and late, one done late. Training: one on track, due on the day. Outcomes: none."""
        fees = make_workstream(workstream_id="W1", title="Fees")
        training = make_workstream(workstream_id="W2", title="Training")
        make_workstream(workstream_id="W3", title="Outcomes")
        make_action("AT_RISK", workstream=fees, due_on=date(2019, 3, 30))
        make_action("DONE", workstream=fees, due_on=date(2018, 12, 31))
        make_action("ON_TRACK", workstream=training, due_on=DAY)
        make_action("", workstream=training, due_on=date(2019, 1, 1))
        make_action("OFF_TRACK", due_on=date(2019, 1, 1))

    def test_figures(self) -> None:
        result = ask()
        assert result.headline == Headline(
            workstreams=3, actions=3, overdue=1, off_track=0, at_risk=1, done=1
        )
        assert result.rows == (
            Row("Fees", 2, 1, 0, 1, 0, 1, "AT_RISK", "W1", 0),
            Row("Training", 1, 0, 1, 0, 0, 0, "ON_TRACK", "W2", 0),
            Row("Outcomes", 0, 0, 0, 0, 0, 0, None, "W3", 0),
        )

    def test_what_is_left_out_is_said(self) -> None:
        assert ask().caveats == ("1 action belongs to no workstream and is not counted.",)

    def test_sentence(self) -> None:
        assert KPI.sentence(ask()) == (
            "1 of 3 actions is late. Of 3 workstreams, 1 is at risk, 1 is on track and 1 is without an action."
        )

    def test_message(self) -> None:
        assert KPI.in_one_line(ask()) == "1 of 3 actions is late, and no workstream is off track"
        for title in ("Training", "Outcomes"):
            late = {"workstream": Workstream.objects.get(title=title), "due_on": date(2019, 3, 1)}
            make_action("OFF_TRACK", **late)
            make_action("OFF_TRACK", **late)
        assert KPI.in_one_line(ask()) == "5 of 7 actions are late, and 2 workstreams are off track"

    def test_message_where_none_is_late(self) -> None:
        Action.objects.filter(due_on=date(2019, 3, 30)).update(due_on=DAY)
        make_action("OFF_TRACK", workstream=Workstream.objects.get(title="Outcomes"))
        assert KPI.in_one_line(ask()) == "No action is late, and 1 workstream is off track"

    def test_late_is_from_the_day_after_it_was_due(self) -> None:
        assert ask(date(2019, 4, 1)).headline.overdue == 2

    def test_a_day_is_told_as_it_stood(self) -> None:
        make_update(action=Action.objects.get(due_on=date(2019, 3, 30)), day=date(2019, 4, 1), status="DONE")
        assert ask().rows[0].status == "AT_RISK"
        assert ask(date(2019, 4, 1)).rows[0].status == "DONE"

    def test_chart_shows_the_rows(self) -> None:
        chart = KPI.chart(ask())
        assert chart.categories == ("Fees", "Training", "Outcomes")
        assert (values(chart, 0), values(chart, 1)) == ([2, 1, 0], [1, 0, 0])


@pytest.mark.django_db
def test_no_action_is_said_and_not_0() -> None:
    make_workstream()
    assert KPI.sentence(ask()) == "No workstream actions are recorded on 31 March 2019."
    assert KPI.in_one_line(ask()) == "No workstream actions are recorded on 31 March 2019"
    assert KPI.facts(ask())[0].text == "not available"


@pytest.mark.django_db
def test_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(2):
        ask()
