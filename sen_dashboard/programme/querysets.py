"""The words of the programme: events of a period."""

from datetime import date
from typing import Any, Self

from django.db import models


class EventQuerySet(models.QuerySet[Any]):
    def between(self, first: date, last: date) -> Self:
        """Events from ``first`` to ``last``, both inclusive."""
        return self.filter(day__range=(first, last))
