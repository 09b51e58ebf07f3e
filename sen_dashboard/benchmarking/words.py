"""A comparison in words. Everything is read from the comparison, so that no two sentences can disagree."""

from sen_dashboard.benchmarking.comparison import Comparison, Rank, Role, Row
from sen_dashboard.core import formats
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Better, Fact


def sentence(comparison: Comparison) -> str:
    """Return the answer: the council's figure and the counts behind it, its rank, its region and England."""
    council, standing = comparison.row(Role.COUNCIL), comparison.standing
    if standing is None:
        return f"{council.area} has no figure for {comparison.when} ({council.not_available_because})."
    answer = f"{council.area}: {_value(council)} {comparison.measure.phrase} in {comparison.when}{_counts(council)}"
    if comparison.neighbours:
        ranked = rank(standing, comparison.measure.better)
        answer = f"{answer}, rank {ranked} among the council and its statistical neighbours"
    if comparison.measure.kind is Kind.COUNT:
        return f"{answer}."  # the whole country's number adds nothing
    others = [f"{row.area} {_value(row)}" for row in map(comparison.row, (Role.REGION, Role.COUNTRY))]
    return f"{answer}. {', '.join(others)}."


def rank(standing: Rank, better: Better) -> str:
    """Return a rank, out of how many, and the meaning of 1: "8 of 11 (1 is the lowest)"."""
    return f"{_of(standing)} ({first(better)})"


def first(better: Better) -> str:
    """Return which end rank 1 is at."""
    return "1 is the lowest" if better is Better.LOWER else "1 is the highest"


def facts(comparison: Comparison) -> tuple[Fact, ...]:
    """Return the council, the median of its statistical neighbours, England, and the rank in the group."""
    unit, neighbours = comparison.measure.kind, comparison.neighbours
    with_value = sum(row.value is not None for row in neighbours)
    council, england = comparison.row(Role.COUNCIL), comparison.row(Role.COUNTRY)
    return (
        Fact(council.area, council.value, unit, _raw(council)),
        Fact(
            "Median of its statistical neighbours",
            comparison.neighbours_median,
            unit,
            f"{with_value} of {len(neighbours)} have a figure",
        ),
        Fact(england.area, england.value, unit, _raw(england)),
        Fact(
            "Rank",
            _of(comparison.standing) if comparison.standing and neighbours else None,
            Kind.TEXT,
            _direction(comparison),
        ),
    )


def caption(comparison: Comparison) -> str:
    """Return the title of the table and the bars."""
    council = comparison.row(Role.COUNCIL).area
    return f"{comparison.measure.title}, {comparison.when}: {council} and those it is compared with"


def missing(comparison: Comparison) -> list[str]:
    """Return which areas have no figure and why, a sentence for each reason."""
    without: dict[str, list[str]] = {}
    for row in comparison.rows:
        if row.value is None:
            without.setdefault(row.not_available_because, []).append(row.area)
    return [
        f"{'all areas' if len(areas) == len(comparison.rows) else formats.listed(areas)} ({reason})."
        for reason, areas in without.items()
    ]


def _value(row: Row) -> str:
    return row.kind.text(row.value)


def _of(standing: Rank) -> str:
    return f"{standing.rank} of {standing.of}"


def _counts(row: Row) -> str:
    return "" if row.part is None or row.whole is None else f" ({_part_of_whole(row)})"


def _part_of_whole(row: Row) -> str:
    """Return the counts behind a share, "79 of 1,000", or the pounds behind an amount a head, "£79,000 for 1,000"."""
    whole = Kind.COUNT.text(row.whole)
    if row.kind is Kind.POUNDS:
        return f"{row.kind.text(row.part)} for {whole}"
    return f"{Kind.COUNT.text(row.part)} of {whole}"


def _raw(row: Row) -> str:
    """Return the counts or pounds behind a value, or why there is no value."""
    if row.value is None:
        return row.not_available_because
    if row.kind is Kind.COUNT:
        return ""
    if row.part is None:
        return "percentage only, no counts in the files"
    if row.whole is None:
        return f"{Kind.COUNT.text(row.part)}; DfE does not say of how many"
    return _part_of_whole(row)


def _direction(comparison: Comparison) -> str:
    better = comparison.measure.better
    if better is Better.NEITHER:
        return f"{first(better)}; neither way is better"
    quartile = f"; quartile {comparison.quartile} of England, A is best" if comparison.quartile else ""
    return f"{first(better)}; {better.value.lower()}{quartile}"
