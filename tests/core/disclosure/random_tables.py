"""Random public tables: rows with a total, two dimensions with margins, parts of a whole, rolling months."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from hypothesis import strategies as st

from sen_dashboard.core.kpi.quantities import Addition, Amount, Contents, Quantity, part, total

COUNTS = st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 12), st.integers(13, 400))
LARGE = st.one_of(st.just(0), st.integers(5, 400))


def cell(table: str, **dimensions: int | None) -> Quantity:
    return Quantity.of(
        table, **{key: None if value is None else str(value) for key, value in dimensions.items()}
    )


def one_way(name: str, counts: Sequence[int]) -> Contents:
    """Rows and their total."""
    shown = {cell(name, row=n): value for n, value in enumerate(counts)}
    return Contents({**shown, cell(name): sum(counts)}, (total(cell(name), shown),))


def two_way(name: str, rows: Sequence[Sequence[int]]) -> Contents:
    """Rows and columns, with both margins and the total."""
    shown, sums = {}, []
    columns = range(len(rows[0]))
    for r, counts in enumerate(rows):
        shown |= {cell(name, row=r, column=c): counts[c] for c in columns}
        shown[cell(name, row=r)] = sum(counts)
        sums.append(total(cell(name, row=r), (cell(name, row=r, column=c) for c in columns)))
    for c in columns:
        shown[cell(name, column=c)] = sum(counts[c] for counts in rows)
        sums.append(total(cell(name, column=c), (cell(name, row=r, column=c) for r in range(len(rows)))))
    shown[cell(name)] = sum(map(sum, rows))
    sums.append(total(cell(name), (cell(name, row=r) for r in range(len(rows)))))
    sums.append(total(cell(name), (cell(name, column=c) for c in columns)))
    return Contents(shown, tuple(sums))


def some_of(name: str, within: str, counts: Sequence[int], wholes: Sequence[int]) -> Contents:
    """Rows that are each part of a row of another table, with a total that is part of its total."""
    table = one_way(name, [min(pair) for pair in zip(counts, wholes, strict=True)])
    parts: list[Addition] = [part(cell(within, row=n), cell(name, row=n)) for n in range(len(counts))]
    return Contents(table.shown, (*table.sums, *parts, part(cell(within), cell(name))))


def with_costs(name: str, counts: Sequence[int], costs: Sequence[int]) -> Contents:
    """Rows, their total, and their costs."""
    table = one_way(name, counts)
    pounds = [Decimal(cost * count) for cost, count in zip(costs, counts, strict=True)]
    cost = f"cost of {name}"
    amounts = [Amount(cell(cost, row=n), value, cell(name, row=n)) for n, value in enumerate(pounds)]
    whole = Amount(cell(cost), sum(pounds, Decimal(0)), cell(name))
    adds_up = total(cell(cost), (amount.quantity for amount in amounts))
    return Contents(table.shown, (*table.sums, adds_up), (*amounts, whole))


def rolling(counts: Sequence[int], months: int) -> Iterator[Contents]:
    """A series of reports: each has the latest months with their events, and the months' total."""
    for first in range(len(counts) - months + 1):
        shown = {cell("events", month=n): counts[n] for n in range(first, first + months)}
        whole = cell("events", first=first, last=first + months - 1)
        yield Contents({**shown, whole: sum(shown.values())}, (total(whole, shown),))


@st.composite
def linked_tables(draw: st.DrawFn) -> list[Contents]:
    """A two-way table, a table of parts of its rows, and its rows again with their costs."""
    size = draw(st.tuples(st.integers(2, 5), st.integers(2, 4)))
    rows = [[draw(COUNTS) for _ in range(size[1])] for _ in range(size[0])]
    margins = [sum(counts) for counts in rows]
    return [
        two_way("children", rows),
        some_of("late", "children", [draw(COUNTS) for _ in rows], margins),
        with_costs("children", margins, [draw(st.integers(1, 90_000)) for _ in rows]),
    ]
