"""Dated entries in a file: an action's status is added to earlier entries, and changes none of them."""

from datetime import date

import pytest

from sen_dashboard import kpis
from sen_dashboard.datasets import DatasetError, import_dataset
from sen_dashboard.programme.models import Action, ActionUpdate, Milestone
from tests.datasets.outcome import TODAY, counts, problems
from tests.datasets.valid import VALID
from tests.factories import make_update
from tests.folders import Write

pytestmark = pytest.mark.django_db

MARCH, APRIL = date(2019, 3, 15), date(2019, 4, 15)
FILE = "actions.csv"


def told(action: str = "N1") -> list[tuple[date, str, str]]:
    """The updates of an action, in the order in which they were added."""
    updates = ActionUpdate.objects.filter(action=action).order_by("pk")
    return list(updates.values_list("day", "status", "note"))


def file_of(*rows: str, columns: str = "status,note,updated_on") -> dict[str, str]:
    """A file with the first action alone, and what it tells of it."""
    lines = [f"N1,W1,REDUCE_SPEND,Negotiate fees,{row}" for row in rows]
    return {FILE: "\n".join([f"action_id,workstream_id,lever,title,{columns}", *lines, ""])}


@pytest.fixture(autouse=True)
def loaded(write: Write) -> None:
    import_dataset(write(), today=TODAY)


def load(write: Write, changed: dict[str, str], today: date = TODAY) -> tuple[int, int, int, int]:
    return counts(import_dataset(write(changed, only=True), today=today))[FILE]


FIRST = (MARCH, "AT_RISK", "Two schools refuse")


def test_a_row_is_an_action_and_its_first_update() -> None:
    assert told() == [FIRST]
    assert told("N2") == [(date(2019, 2, 1), "DONE", "")]
    action = Action.objects.get(pk="N1")
    assert (action.kpi, action.kpi_key, action.expected_change) == (
        "cost_per_need_type",
        "inmss_average",
        pytest.approx(-500.5),
    )
    assert Milestone.objects.filter(change="X1").exists()


def test_the_same_again_adds_nothing(write: Write) -> None:
    assert load(write, {FILE: VALID[FILE]}) == (2, 0, 0, 2)
    assert told() == [FIRST]


def test_a_later_day_adds_an_update_even_in_the_same_words(write: Write) -> None:
    assert load(write, file_of("AT_RISK,Two schools refuse,2019-04-15")) == (1, 0, 1, 0)
    assert told() == [FIRST, (APRIL, *FIRST[1:])]


def test_other_words_of_the_same_day_stand_and_the_first_stay(write: Write) -> None:
    corrected = file_of("ON_TRACK,Both agreed,2019-03-15")
    assert load(write, corrected) == (1, 0, 1, 0)
    assert load(write, corrected) == (1, 0, 0, 1)
    assert told() == [FIRST, (MARCH, "ON_TRACK", "Both agreed")]
    assert Action.objects.with_status(MARCH).get(pk="N1").status == "ON_TRACK"


def test_what_was_entered_meanwhile_stays(write: Write) -> None:
    """Also where the file would not agree with it: it tells of a day before."""
    make_update(action=Action.objects.get(pk="N1"), day=APRIL, status="OFF_TRACK", note="All refuse")
    assert load(write, {FILE: VALID[FILE]}) == (2, 0, 0, 2)
    assert load(write, file_of("ON_TRACK,,2019-03-20")) == (1, 0, 1, 0)
    assert Action.objects.with_status(TODAY).get(pk="N1").status == "OFF_TRACK"


def test_without_a_day_it_is_of_the_day_of_the_import_unless_that_was_told_already(write: Write) -> None:
    assert load(write, file_of("AT_RISK,Two schools refuse,")) == (1, 0, 0, 1)
    assert load(write, file_of("ON_TRACK", columns="status"), today=APRIL) == (1, 0, 1, 0)
    assert load(write, file_of("ON_TRACK", columns="status"), today=TODAY) == (1, 0, 0, 1)
    assert told() == [FIRST, (APRIL, "ON_TRACK", "")]


def test_an_update_beside_another_title_is_one_change(write: Write) -> None:
    changed = VALID[FILE].replace("Negotiate fees", "Negotiate all fees").replace("2019-03-15", "2019-04-15")
    assert load(write, {FILE: changed}) == (2, 0, 1, 1)


def test_an_action_reopened_here_is_not_held_against_the_file_that_closed_it(write: Write) -> None:
    """The file is history: what it says of February was true, and the milestone is of March."""
    make_update(action=Action.objects.get(pk="N2"), day=date(2019, 3, 1), status="ON_TRACK")
    Milestone.objects.create(milestone_id="M9", action_id="N2", title="More", due_on=APRIL)
    assert load(write, {FILE: VALID[FILE]}) == (2, 0, 0, 2)


def test_an_update_may_close_together_with_its_milestone(write: Write) -> None:
    closing = VALID[FILE].replace("AT_RISK,Two schools refuse,2019-03-15", "DONE,,2019-04-15")
    (problem,) = problems(write({FILE: closing}, only=True))
    assert problem.startswith("actions.csv:2: status: DONE: The action has milestones that are not reached")
    reached = VALID["milestones.csv"].replace("2019-04-01,", "2019-04-01,2019-04-15")
    import_dataset(write({FILE: closing, "milestones.csv": reached}, only=True), today=TODAY)
    assert Action.objects.with_status(TODAY).get(pk="N1").status == "DONE"


def test_a_refused_update_loses_nothing(write: Write) -> None:
    (problem,) = problems(write({FILE: VALID[FILE].replace("2019-03-15", "2019-06-01")}, only=True))
    assert problem == (
        "actions.csv:2: updated_on: 2019-06-01: Enter 31 May 2019 or an earlier date: this one is in the future."
    )
    assert told() == [FIRST]


@pytest.mark.parametrize(
    ("kpi", "key", "said"),
    [
        ("cost_per_needs", "", "There is no KPI of this name"),
        ("cost_per_need_type", "premiums", "The KPI has no number with this key"),
    ],
)
def test_a_file_names_only_figures_that_there_are(write: Write, kpi: str, key: str, said: str) -> None:
    changed = file_of(f"ON_TRACK,,2019-04-15,{kpi},{key}", columns="owner,status,note,updated_on,kpi,kpi_key")
    changed = {FILE: changed[FILE].replace("fees,ON_TRACK", "fees,,ON_TRACK")}
    with pytest.raises(DatasetError) as caught:
        import_dataset(write(changed, only=True), today=TODAY, kpis=kpis.keys())
    (line,) = [line for line in caught.value.lines() if said in line]
    assert "actions.csv" in line
    assert told() == [FIRST]


def test_a_file_may_name_the_figures_that_there_are(write: Write) -> None:
    assert counts(import_dataset(write(), today=TODAY, kpis=kpis.keys()))[FILE] == (2, 0, 0, 2)
