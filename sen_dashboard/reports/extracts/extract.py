"""What an extract is: a table that managers are asked for, with its definition.

An extract is one module that ends in ``EXTRACT = ...``. As with a KPI, page and files all use the one result of its
``query``. One that may be published is a ``PublicExtract``: it says what each of its numbers counts, and
`core.disclosure.suppression` hides whatever could reveal a child.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from sen_dashboard.core import formats
from sen_dashboard.core.disclosure.suppression import Protection, kept_back, protect, public_view
from sen_dashboard.core.kpi.definition import Result, Unshown
from sen_dashboard.core.kpi.published import Keys
from sen_dashboard.core.periods import FinancialYear
from sen_dashboard.core.web.tables import KpiTable
from sen_dashboard.reports.collected import HIDDEN, Audience, Table
from sen_dashboard.reports.disclosing import public_table, shown_rows
from sen_dashboard.reports.tables import collected

R = TypeVar("R")


@dataclass(frozen=True)
class NoHeadline:
    """The headline of a result that has only rows."""


@dataclass(frozen=True, kw_only=True)
class Extract(Generic[R]):
    """A table for internal readers. Its result has rows, and no headline.

    ``day`` is the table's day within a year. With ``any_day`` a reader may choose another.
    """

    slug: str
    title: str
    question: str
    counted: str
    left_out: str
    source: str
    day: Callable[[FinancialYear], date]
    query: Callable[[date], Result[NoHeadline, R]]
    sentence: Callable[[Result[NoHeadline, R]], str]
    table: type[KpiTable]
    caption: Callable[[Result[NoHeadline, R]], str]
    any_day: bool = False

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """The audiences that may ask for it."""
        return (Audience.INTERNAL,)


@dataclass(frozen=True, kw_only=True)
class PublicExtract(Extract[R]):
    """A table that may be published, under disclosure control."""

    keys: Keys

    @property
    def audiences(self) -> tuple[Audience, ...]:
        return tuple(Audience)


@dataclass(frozen=True)
class ExtractAnswer:
    """An extract as an audience reads it. It has no sentence if that would reveal hidden numbers."""

    table: Table
    sentence: str
    caveats: tuple[str, ...]
    is_hidden: bool = False
    protection: Protection | None = None
    """How the numbers are protected, for the person who publishes it."""

    @property
    def words(self) -> str:
        """The words above the table."""
        return self.sentence or HIDDEN


def internal_answer(extract: Extract[R], day: date) -> ExtractAnswer:
    """The extract with every number."""
    result = extract.query(day)
    return ExtractAnswer(_table(extract, result), extract.sentence(result), result.caveats)


def public_answer(
    extract: PublicExtract[R], day: date, before: Sequence[Protection], threshold: int
) -> tuple[ExtractAnswer, Protection]:
    """The extract with symbols for hidden numbers, and its protection, which everything published later needs.

    ``before`` has the protections of everything published before, oldest first.
    """
    result = extract.query(day)
    protection = protect([extract.keys.contents(result)], before, threshold)
    numbers = kept_back(extract.title, extract.keys, result, protection)
    name = f"the extract “{extract.title}” of {formats.day(day)}"
    protection = replace(protection, kept_back=tuple(numbers), name=name)
    view = public_view(extract.keys, result, protection)
    with formats.for_the_public():
        try:
            sentence = extract.sentence(view.result)
        except Unshown:
            sentence = ""
        table = public_table(_table(extract, shown_rows(view)), view)
    return ExtractAnswer(table, sentence, view.caveats, view.hidden, protection), protection


def _table(extract: Extract[R], result: Result[NoHeadline, R]) -> Table:
    return collected(extract.table(result.rows), extract.caption(result))
