"""The systemd units in docs/units: each calls commands that exist, with options that they accept."""

import shlex
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

UNITS = Path(__file__).parents[2] / "docs" / "units"
CALLS = [
    shlex.split(line.partition("=")[2])
    for unit in sorted(UNITS.glob("*.service"))
    for line in unit.read_text().splitlines()
    if line.startswith("ExecStart=")
]


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_a_unit_calls_a_command_as_it_is(call: list[str]) -> None:
    python, manage, command, *options = call
    assert (python, manage) == ("/opt/sen-dashboard/.venv/bin/python", "manage.py")
    parser = load_command_class(get_commands()[command], command).create_parser(manage, command)
    parser.parse_args(options)


def test_the_timer_has_a_service() -> None:
    (timer,) = UNITS.glob("*.timer")
    assert timer.with_suffix(".service").exists()
    assert {call[2] for call in CALLS} == {"worker", "prune_db_task_results", "send_digest", "publish_month"}
