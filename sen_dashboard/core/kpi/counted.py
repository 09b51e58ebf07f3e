"""A set of records that is counted, said once: its records, their number and the identity of that number."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Q, QuerySet

from sen_dashboard.core.kpi.quantities import Addition, Dimension, Identified, Quantity

S = TypeVar("S", bound=QuerySet[Any, Any])


@dataclass(frozen=True)
class Counted(Generic[S]):
    """Records that are counted. The query of a KPI, the list behind its number and disclosure control all read it.

    ``take`` makes the records when they are wanted, since disclosure control names thousands of numbers and asks for
    no record.
    """

    quantity: Quantity
    take: Callable[[], S]

    @property
    def records(self) -> S:
        """The records counted, open to further filters."""
        return self.take()

    def count(self) -> int:
        """Their number: one statement."""
        return self.records.count()

    def where(self, condition: Q, **dimensions: Dimension | None) -> "Counted[S]":
        """Those that meet the condition, which the dimensions name: ``where(Q(plan__primary_need="ASD"), need="ASD")``.

        A dimension that is None leaves the identity as it is.
        """
        return Counted(self.quantity.having(**dimensions), lambda: self.take().filter(condition))

    def less(self, *parts: Identified) -> Quantity:
        """What remains without the parts; nobody shows it, but it can be worked out."""
        return self.quantity.less(*parts)


Partitions = Callable[[Quantity], Iterable[Addition]]
_PARTITIONS: dict[str, Partitions] = {}


def partitioned(*names: str) -> Callable[[Partitions], Partitions]:
    """Say, where the counted sets of these names are declared, into which parts each of their numbers falls.

    Every table that shows one then has them among what is known of it, and no KPI can forget them.
    """

    def keep(partitions: Partitions) -> Partitions:
        _PARTITIONS.update(dict.fromkeys(names, partitions))
        return partitions

    return keep


def partitions_of(shown: Iterable[Quantity]) -> Iterator[Addition]:
    """How the numbers fall into parts, whether these are shown or not."""
    for quantity in shown:
        if quantity.name in _PARTITIONS:
            yield from _PARTITIONS[quantity.name](quantity)
