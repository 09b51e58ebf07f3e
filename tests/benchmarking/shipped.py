"""The published figures that come with the program."""

from pathlib import Path

from django.core.management import call_command

from tests.made_once import made_once

SHIPPED = Path(__file__).parents[2] / "fixtures" / "benchmarks"


def load_shipped() -> None:
    """The figures as ``import_benchmarks`` leaves them."""
    made_once("shipped", lambda: call_command("import_benchmarks", SHIPPED, verbosity=0))
