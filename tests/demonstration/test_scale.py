"""Many councils at once: figures multiply, memory does not. Slow, so run by `make assurance`."""

import subprocess
import sys
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.kpis import find

pytestmark = pytest.mark.assurance

COUNCILS = 5
MOST_MEGABYTES = 400

# Writes a data set and prints the most memory it took, in megabytes.
MEASURED = """
import resource, sys
from pathlib import Path
from sen_dashboard.demonstration import council, writer
writer.write_dataset(Path(sys.argv[1]), int(sys.argv[2]), council.DEFAULT_SEED, lambda: None)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def test_a_hundred_councils_are_written_in_bounded_memory(tmp_path: Path) -> None:
    """1.2 million plans, 697 MB of files: nothing is kept but the row being written and the running sums."""
    run = subprocess.run(
        [sys.executable, "-c", MEASURED, str(tmp_path), "100"], capture_output=True, text=True, check=True
    )
    with (tmp_path / "plans.csv").open(encoding="utf-8") as plans:
        assert sum(1 for _ in plans) > 1_200_000
    assert float(run.stdout) < MOST_MEGABYTES


@pytest.mark.django_db
def test_figures_multiply_with_the_councils(tmp_path: Path) -> None:
    call_command("make_dataset", str(tmp_path / "data"), scale=COUNCILS, verbosity=0, stdout=StringIO())
    call_command("import_dataset", str(tmp_path / "data"), stdout=StringIO(), stderr=StringIO())
    scope = Scope(date(2019, 3, 31))

    share = find("ehcp_share").query(scope).headline
    panel = find("panel_outcomes").query(scope).headline
    places = find("place_growth").query(scope).headline

    assert (share.inmss_children, share.plans) == (COUNCILS * 842, COUNCILS * 12_000)
    assert panel.cases == COUNCILS * 699
    assert (places.special_places, places.srp_places) == (COUNCILS * 4_130, COUNCILS * 959)
