"""The demonstration's programme: in the published words, with actions late, at risk and done, and fully loaded."""

from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

from placements.models import Child
from sen_dashboard.accounts.roles import Role
from sen_dashboard.datasets import import_dataset
from sen_dashboard.demonstration import programme, writer
from sen_dashboard.kpis import KPIS
from sen_dashboard.management.demonstration import add_what_no_file_holds
from sen_dashboard.programme.models import (
    Action,
    ActionUpdate,
    DecisionNeeded,
    Event,
    KpiNote,
    Lever,
    Milestone,
    Status,
    Workstream,
)
from tests.factories import make_change

SLIDES = Path(__file__).parent.parent / "data" / "programme_slides.txt"
SLIPS = {
    "arounds": "around",
    "met needs": "meet needs",
    "be meet by": "be met by",
    "29th April.": "29th April",
}
"""Slips of the pen on the slides, put right."""
PUBLISHED = {"A09", "A11"}
"""Actions whose expected change is on the slides: places grow from 4,130 to 4,546, and from 959 to 1,044."""
MARCH, APRIL = date(2019, 3, 31), date(2019, 4, 30)


def slides() -> dict[str, list[str]]:
    """The lines of each slide, by its heading."""
    text = SLIDES.read_text(encoding="utf-8")
    for slip, right in SLIPS.items():
        assert slip in text
        text = text.replace(slip, right)
    parts = [part.strip().splitlines() for part in text.split("# ")[1:]]
    return {heading: lines for heading, *lines in parts}


def test_the_workstreams_are_the_nine_of_the_slides() -> None:
    assert [title for _, title, _ in programme.WORKSTREAMS] == slides()["Programme Workstreams"]


@pytest.mark.parametrize(
    ("heading", "lever"),
    [
        ("What we are doing – reduce spend", Lever.REDUCE_SPEND),
        ("What we are doing – reduce demand", Lever.REDUCE_DEMAND),
        ("What we are doing – right provision", Lever.RIGHT_PROVISION),
        ("Service Review", Lever.SERVICE_REVIEW),
    ],
)
def test_every_point_of_a_slide_is_an_action_by_its_lever(heading: str, lever: str) -> None:
    titles = [action.title for action in programme.ACTIONS if action.lever == lever]
    points = slides()[heading]
    assert titles[: len(points)] == points


def test_the_analyses_are_notes_beside_their_figures() -> None:
    headings = [heading for heading in slides() if heading.startswith(("Main need", "Reasons"))]
    assert [note.title for note in programme.NOTES] == headings
    assert [list(note.points) for note in programme.NOTES] == [slides()[heading] for heading in headings]
    assert {note.kpi for note in programme.NOTES} <= {kpi.slug for kpi in KPIS}


def test_owners_and_leads_are_roles_and_every_action_was_told_of_two_or_three_times() -> None:
    """Nobody's name, and days in order; an expected change says that it is invented."""
    for action in programme.ACTIONS:
        days = [update.day for update in action.updates]
        assert days == sorted(set(days))
        assert 2 <= len(days) <= 4
        if action.expected and action.expected.change and action.action_id not in PUBLISHED:
            assert programme.INVENTED in action.updates[0].note, action.action_id
    words = {action.owner for action in programme.ACTIONS} | {lead for *_, lead in programme.WORKSTREAMS}
    roles = ("manager", "Head of SEN", "psychologist", "officer", "partner", *Role)
    assert [word for word in words if not word.endswith(roles)] == []


def test_every_figure_that_is_to_move_is_one_of_the_dashboards() -> None:
    keys = {kpi.slug: {*kpi.keys.headline, *kpi.keys.row} for kpi in KPIS}
    published = {a.action_id: a.expected and a.expected.change for a in programme.ACTIONS}
    assert (published["A09"], published["A11"]) == (str(4546 - 4130), str(1044 - 959))
    for action in programme.ACTIONS:
        if action.expected:
            assert action.expected.kpi in keys, action.action_id
            assert action.expected.key in {"", *keys[action.expected.kpi]}, action.action_id


def test_something_can_be_measured_already_at_the_end_of_march() -> None:
    begun = [
        a for a in programme.ACTIONS if a.expected and a.expected.starts_on and a.expected.starts_on < MARCH
    ]
    assert len(begun) >= 2


@pytest.fixture
def loaded(db: None, tmp_path: Path) -> None:
    """The programme of the demonstration in the store, without the council's other records."""
    make_change(change_id="CP1")
    with ExitStack() as stack:
        files = writer.DatasetWriter(tmp_path, stack)
        writer.write_programme(files, "CP1")
        files.write("events", (("E3", "2019-04-29", "New statutory assessment process"),))
    import_dataset(tmp_path, today=APRIL)
    add_what_no_file_holds()


@pytest.mark.usefixtures("loaded")
def test_some_actions_are_late_at_risk_and_done_at_the_end_of_march() -> None:
    assert not Child.objects.exists()
    standing = Action.objects.with_status(MARCH)
    assert {action.status for action in standing} == set(Status)
    late = {action.pk for action in Action.objects.late_on(MARCH)}
    assert late == {"A02", "A03", "A07", "A17"}
    assert Milestone.objects.late_on(MARCH).count() == 3
    assert {item.pk for item in DecisionNeeded.objects.late_on(MARCH)} == {"D1"}
    workstreams = Workstream.objects.with_standing(MARCH)
    assert {w.title: w.status for w in workstreams}["Independent school placements"] == Status.OFF_TRACK
    assert all(w.action_count for w in workstreams)


@pytest.mark.usefixtures("loaded")
def test_the_service_reviews_new_process_is_live_on_its_day_as_event_and_action() -> None:
    review = [a.status for d in (MARCH, APRIL) for a in Action.objects.with_status(d).filter(pk="A13")]
    assert review == [Status.ON_TRACK, Status.DONE]
    assert Event.objects.get().day == date(2019, 4, 29)


@pytest.mark.usefixtures("loaded")
def test_what_was_told_before_is_there_in_order_and_so_are_the_notes() -> None:
    for action in programme.ACTIONS:
        told = ActionUpdate.objects.filter(action=action.action_id).order_by("day")
        assert [(u.day, u.status, u.note) for u in told] == [
            (u.day, u.status, u.note) for u in action.updates
        ]
    assert [note.title for note in KpiNote.objects.beside("panel_need_types", MARCH)] == [
        "Main need types requesting INMSS placement"
    ]
    assert not KpiNote.objects.beside("panel_reasons", date(2019, 3, 30)).exists()
    assert [note.full_clean() for note in KpiNote.objects.all()] == [None] * 3
