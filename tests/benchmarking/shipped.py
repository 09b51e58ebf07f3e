"""The published figures that come with the program."""

from pathlib import Path

from django.core.management import call_command

from tests.made_once import made_once

SHIPPED = Path(__file__).parents[2] / "fixtures" / "benchmarks"


def load_shipped() -> None:
    """Load the figures as starting the program does."""
    from sen_dashboard.benchmarking.sources import SHIPPED_EDITION

    made_once(
        "shipped", lambda: call_command("import_benchmarks", SHIPPED, edition=SHIPPED_EDITION, verbosity=0)
    )
