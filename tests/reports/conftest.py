"""The report of the demonstration data at 31 March 2019, for tests of what every format contains.

The program is imported within functions: pytest reads this file before the settings are known.
"""

import fcntl
import json
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sen_dashboard.reports.collecting import Collection


@pytest.fixture
def demonstration(
    transactional_db: None,
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
) -> "Collection":
    """March 2019 for both audiences, as the store would keep it: collected once, by the first worker that asks."""
    from sen_dashboard.core.disclosure.suppression import Protection
    from sen_dashboard.reports.collected import from_plain
    from sen_dashboard.reports.collecting import Collection

    of_worker = tmp_path_factory.getbasetemp()
    folder = of_worker if worker_id == "master" else of_worker.parent
    kept = folder / "demonstration.json"
    with (folder / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_text(json.dumps(_collected(of_worker)))
    internal, public, protection = json.loads(kept.read_text())
    return Collection(from_plain(internal), from_plain(public), Protection.read(protection), 0)


def _collected(folder: Path) -> list[object]:
    """Make, import and collect the data set; returns JSON values."""
    from django.core.management import call_command

    from sen_dashboard.core.periods import Month
    from sen_dashboard.kpis import KPIS
    from sen_dashboard.reports.collected import to_plain
    from sen_dashboard.reports.collecting import collect
    from tests.reports.made import AT

    call_command("make_dataset", str(folder / "dataset"), verbosity=0, stdout=StringIO())
    call_command("import_dataset", str(folder / "dataset"), stdout=StringIO(), stderr=StringIO())
    found = collect(Month(2019, 3), KPIS, council="Kent", by="manager.one", at=AT)
    return [to_plain(found.internal), to_plain(found.public), found.protection.plain()]
