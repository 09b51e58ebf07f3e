"""The figures a council published for 31 March 2019, reproduced from records.

`fixtures/published_2019.csv` is their only copy, and this test its only reader: it makes the demonstration data set,
imports it, computes the KPIs as the command line does, and compares every figure at the precision printed.
"""

import csv
import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from sen_dashboard.programme.pages.commissioning_plan import by_year

PUBLISHED = Path(__file__).parents[2] / "fixtures" / "published_2019.csv"


def kpi_json(slug: str, as_at: str, filters: str) -> dict[str, Any]:
    """What `manage.py kpi SLUG --json` prints; ``filters`` is "panel=INDEPENDENT" or empty."""
    options = [f"--{name}={value}" for name, _, value in (part.partition("=") for part in filters.split())]
    printed = StringIO()
    call_command("kpi", slug, f"--as-at={as_at}", "--json", *options, stdout=printed)
    answer: dict[str, Any] = json.loads(printed.getvalue())
    return answer


def figure_in(answer: dict[str, Any], where: str, key: str) -> Decimal:
    """The figure under ``key`` in the headline, or in the one row that ``where`` ("need=ASD") picks."""
    if where == "headline":
        return Decimal(str(answer["headline"][key]))
    name, _, value = where.partition("=")
    (row,) = (row for row in answer["rows"] if row[name] == value)
    return Decimal(str(row[key]))


def rounded(value: Decimal, step: Decimal) -> Decimal:
    """``value`` rounded half up to a multiple of ``step``."""
    return (value / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step


@pytest.mark.django_db
def test_records_reproduce_every_published_figure(tmp_path: Path) -> None:
    call_command("make_dataset", str(tmp_path / "dataset"), verbosity=0, stdout=StringIO())
    call_command("import_dataset", str(tmp_path / "dataset"), stdout=StringIO(), stderr=StringIO())
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        published = list(csv.DictReader(file))

    wrong = []
    for row in published:
        answer = kpi_json(row["kpi"], row["as_at"], row["filters"])
        computed = figure_in(answer, row["where"], row["key"])
        if rounded(computed, Decimal(row["round_to"])) != Decimal(row["value"]):
            wrong.append(
                f"{row['kpi']} {row['where']} {row['key']}: {computed}, published {row['published']}"
            )

    assert len(published) > 40, "the published figures are missing from the file"
    assert wrong == []
    plan = {(one.year, one.provision): (one.before, one.places) for one in by_year(date(2019, 3, 31))}
    assert plan["2019-20", "SPECIAL"] == (4130, 4546)
    assert plan["2019-20", "SRP"] == (959, 1044)
