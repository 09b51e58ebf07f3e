"""A counted set, declared once: its records, their number and the identity of that number."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Q, QuerySet

from sen_dashboard.core.kpi.quantities import Addition, Dimension, Identified, Quantity

S = TypeVar("S", bound=QuerySet[Any, Any])


@dataclass(frozen=True)
class Counted(Generic[S]):
    """A set of records to count. A KPI's query, the list behind its number and disclosure control all read it.

    ``take`` makes the records when they are needed, since disclosure control refers to thousands of numbers without
    reading any records.
    """

    quantity: Quantity
    take: Callable[[], S]

    @property
    def records(self) -> S:
        """The records counted, open to further filters."""
        return self.take()

    def count(self) -> int:
        """Count the records, in one statement."""
        return self.records.count()

    def where(self, condition: Q, **dimensions: Dimension | None) -> "Counted[S]":
        """Return those that meet the condition, by its dimensions: ``where(Q(plan__primary_need="ASD"), need="ASD")``.

        A dimension that is None leaves the identity as it is.
        """
        return Counted(self.quantity.having(**dimensions), lambda: self.take().filter(condition))

    def less(self, *parts: Identified) -> Quantity:
        """Return what remains without the parts; it is never shown, but can be worked out."""
        return self.quantity.less(*parts)


Partitions = Callable[[Quantity], Iterable[Addition]]
_PARTITIONS: dict[str, Partitions] = {}


def partitioned(*names: str) -> Callable[[Partitions], Partitions]:
    """Declare into which parts the numbers of the counted sets with these names fall.

    This is then known about every table that shows one of them, and no KPI can forget it.
    """

    def keep(partitions: Partitions) -> Partitions:
        _PARTITIONS.update(dict.fromkeys(names, partitions))
        return partitions

    return keep


def partitions_of(shown: Iterable[Quantity]) -> Iterator[Addition]:
    """Yield the parts into which the numbers fall, whether shown or not."""
    for quantity in shown:
        if quantity.name in _PARTITIONS:
            yield from _PARTITIONS[quantity.name](quantity)
