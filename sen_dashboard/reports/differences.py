"""What a correction changed: a sentence for each figure that differs from the previous version."""

from collections import Counter
from collections.abc import Iterator

from sen_dashboard.reports.collected import Collected, CollectedKpi, Table


def differences(before: Collected, after: Collected) -> tuple[str, ...]:
    """A sentence for each figure, row, target, note and definition that differs, in the order of the report."""
    then, now = ({kpi.key: kpi for kpi in report.kpis} for report in (before, after))
    found: list[str] = [
        f"{kpi.title} is no longer in the report." for key, kpi in then.items() if key not in now
    ]
    for key, kpi in now.items():
        if key in then:
            found.extend(f"{_name(kpi)}: {words}" for words in _changes(then[key], kpi))
        else:
            found.append(f"{_name(kpi)} is new in the report.")
    return tuple(found)


def _name(kpi: CollectedKpi) -> str:
    return f"{kpi.title} ({'; '.join(kpi.chosen)})" if kpi.chosen else kpi.title


def _changes(before: CollectedKpi, after: CollectedKpi) -> Iterator[str]:
    if before.definition != after.definition:
        yield "the definition was changed."
    if before.basis != after.basis:
        yield f"the target was changed: {after.basis or 'there is none now.'}"
    yield from _compared(_figures(before), _figures(after))
    yield from (f"a note was removed: {note}" for note in before.caveats if note not in after.caveats)
    yield from (f"a note was added: {note}" for note in after.caveats if note not in before.caveats)
    then, now = _by_name(before.table), _by_name(after.table)
    yield from (f"the row {name} was removed." for name in then if name not in now)
    yield from (f"the row {name} was added." for name in now if name not in then)
    for name, row in now.items():
        yield from _compared(then.get(name, row), row)


def _figures(kpi: CollectedKpi) -> dict[str, str]:
    """The facts as text, and the KPI's status against its target."""
    facts = {fact.label: fact.cell.text for fact in kpi.facts}
    return facts | ({"Standing": kpi.standing} if kpi.standing else {})


def _by_name(table: Table) -> dict[str, dict[str, str]]:
    """Each row's numbers as text by their headings, under the row's words and days.

    If several rows have the same words, those after the first are numbered, so that they are compared in order.
    """
    rows: dict[str, dict[str, str]] = {}
    seen: Counter[str] = Counter()
    for row in table.rows:
        cells = list(zip(table.columns, row, strict=True))
        words = ", ".join(cell.text for column, cell in cells if not column.is_number and cell.text)
        seen[words] += 1
        name = f"{words} ({seen[words]})" if seen[words] > 1 else words
        rows[name] = {f"{name}, {column.heading}": cell.text for column, cell in cells if column.is_number}
    return rows


def _compared(then: dict[str, str], now: dict[str, str]) -> Iterator[str]:
    """What is gone, new or different, each by its name."""
    yield from (f"{what} was removed." for what in then if what not in now)
    for what, text in now.items():
        if what not in then:
            yield f"{what} was added: {text}."
        elif then[what] != text:
            yield f"{what} was {then[what]} and is now {text}."
