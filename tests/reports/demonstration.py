"""The report of the demonstration data at 31 March 2019, for tests of what every format says."""

from io import StringIO
from pathlib import Path

from django.core.management import call_command

from sen_dashboard.core.periods import Month
from sen_dashboard.kpis import KPIS
from sen_dashboard.reports.collecting import Collection, collect
from tests.reports.made import AT


def collect_demonstration(folder: Path) -> Collection:
    """Make the data set in a folder, import it, and collect March 2019 for both audiences."""
    call_command("make_dataset", str(folder / "dataset"), verbosity=0, stdout=StringIO())
    call_command("import_dataset", str(folder / "dataset"), stdout=StringIO(), stderr=StringIO())
    return collect(Month(2019, 3), KPIS, council="Kent", by="manager.one", at=AT)
