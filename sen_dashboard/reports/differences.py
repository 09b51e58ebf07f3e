"""What a correction changed: the figures that read otherwise than in the version before, each in a sentence."""

from collections.abc import Iterator

from sen_dashboard.reports.collected import Collected, CollectedKpi, Table


def differences(before: Collected, after: Collected) -> tuple[str, ...]:
    """A sentence for each figure, row and definition that differs, in the order of the report."""
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
    then = {fact.label: fact.cell.text for fact in before.facts}
    for fact in after.facts:
        yield from _change(fact.label, then.get(fact.label), fact.cell.text)
    yield from _row_changes(before.table, after.table)


def _row_changes(before: Table, after: Table) -> Iterator[str]:
    """The cells that differ. Rows are matched by their words and days: numbers are what may have changed."""
    then, now = _by_name(before), _by_name(after)
    for name in then:
        if name not in now:
            yield f"the row {name} is gone."
    for name, row in now.items():
        if name not in then:
            yield f"the row {name} is new."
            continue
        for heading, text in row.items():
            yield from _change(f"{name}, {heading}", then[name].get(heading), text)


def _by_name(table: Table) -> dict[str, dict[str, str]]:
    """Each row's numbers as they read, by heading, under the row's words."""
    rows = {}
    for row in table.rows:
        cells = list(zip(table.columns, row, strict=True))
        words = ", ".join(cell.text for column, cell in cells if not column.is_number and cell.text)
        rows[words] = {column.heading: cell.text for column, cell in cells if column.is_number}
    return rows


def _change(what: str, before: str | None, after: str) -> Iterator[str]:
    if before is None:
        yield f"{what} is new: {after}."
    elif before != after:
        yield f"{what} was {before} and is {after}."
