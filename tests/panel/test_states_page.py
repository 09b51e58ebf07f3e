"""docs/panel-states.md matches the program: its diagram and its sentences are those of the code."""

import re
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from panel.states import MOVES, WHY_NOT, Move, State

PAGE = Path(__file__).parents[2] / "docs" / "panel-states.md"
OUTDATED = (
    "docs/panel-states.md is not what panel/states.py says: write the output of `python manage.py state_diagram` "
    "into its mermaid block, and the sentences of WHY_NOT into its table."
)


def test_the_diagram_is_that_of_the_code() -> None:
    written = StringIO()
    call_command("state_diagram", stdout=written)
    (block,) = re.findall(r"```mermaid\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert block == written.getvalue(), OUTDATED


def test_the_sentences_are_those_of_the_code() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")][1:]
    assert rows == [f"| {state.label} | {WHY_NOT[state]} |" for state in State], OUTDATED


def test_each_state_is_reached_and_each_move_is_somewhere_legal() -> None:
    assert set(MOVES) == set(State)
    assert {after for moves in MOVES.values() for after in moves.values()} | {State.AWAITING_PAPERS} == set(
        State
    )
    assert {move for moves in MOVES.values() for move in moves} == set(Move)
