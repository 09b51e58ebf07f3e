"""Which headlines of many the public is not shown as they are, and why: ADR 12 lists them, and is held to it."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from sen_dashboard.core.disclosure.suppression import Protection, Reason, Symbol, public_view
from sen_dashboard.core.kpi.definition import Kpi, Result
from sen_dashboard.core.kpi.published import Counts, Money
from tests.core.disclosure.test_kpis import MONTHS, make_places, protected, results_on
from tests.kpis.random_council import make_council
from tests.kpis.random_panel import make_panel

ADR = Path(__file__).parents[3] / "docs" / "adr" / "0012-disclosure.md"
BECAUSE = {
    Reason.SMALL: "of few",
    Reason.GIVES_AWAY: "with others here",
    Reason.BEFORE: "with the months before",
}


def kept_back(
    kpi: Kpi[Any, Any], result: Result[Any, Any], protection: Protection
) -> Iterator[tuple[str, str, str]]:
    """The headline numbers that are of the threshold or more and not shown as they are: which, how, and why."""
    view, headline = public_view(kpi.keys, result, protection), kpi.keys.headline
    for name, shown in view.headline.items():
        access, value = headline[name].access, getattr(result.headline, name)
        if isinstance(value, dict) and isinstance(access, Counts):
            parts = [(f"{name}.{code}", [access.of(result.scope, None, code).quantity]) for code in value]
        else:
            parts = [(name, list(kpi.keys.resting(name, headline, result, result.headline, None)))]
        for part, counts in parts:
            read = shown[code] if (code := part.partition(".")[2]) and isinstance(shown, dict) else shown
            values = [protection.contents.values.get(count) for count in counts]
            if not counts or any(value is None or 0 < value < protection.threshold for value in values):
                continue
            named = [
                *counts,
                *([access.of(result.scope, None).quantity] if isinstance(access, Money) else []),
            ]
            reasons = [protection.why[one] for one in named if protection.how(one)]
            is_about = (None, part) in view.about
            if is_about or read is Symbol.CONFIDENTIAL:
                why = BECAUSE[max(reasons, key=list(Reason).index)] if reasons else "made of rows of few"
                yield f"{kpi.slug}: {part}", "rounded" if is_about else "hidden", why


def table_of(
    council: str, results: dict[Kpi[Any, Any], Result[Any, Any]], protection: Protection
) -> list[str]:
    """The rows of the ADR's table: the headlines that are kept back in the same way for the same reason."""
    found: dict[tuple[str, str], set[str]] = {}
    for kpi, result in results.items():
        for number, how, why in kept_back(kpi, result, protection):
            found.setdefault((how, why), set()).add(number)
    return [
        f"| {council} | {how} | {why} | {', '.join(f'`{number}`' for number in sorted(numbers))} |"
        for (how, why), numbers in sorted(found.items())
    ]


@pytest.mark.assurance
@pytest.mark.django_db
@pytest.mark.parametrize("council", [*map(str, range(5)), "demonstration"])
def test_the_adr_lists_every_headline_of_many_that_is_kept_back(council: str, tmp_path: Path) -> None:
    """In March, after January and February."""
    if council == "demonstration":
        call_command("make_dataset", str(tmp_path / "dataset"), verbosity=0, stdout=StringIO())
        call_command("import_dataset", str(tmp_path / "dataset"), stdout=StringIO(), stderr=StringIO())
    else:
        for make in (make_council, make_panel, make_places):
            make(int(council))
    reports: list[Protection] = []
    for month in MONTHS:
        results = results_on(month)
        reports.append(protected(results, reports))
        assert not reports[-1].exposed
    wanted = table_of(council, results, reports[-1])
    listed = [line for line in ADR.read_text().splitlines() if line.startswith(f"| {council} |")]
    assert listed == wanted
