"""Queries about provision in its own terms: places of an academic year, and planned changes."""

from datetime import date
from typing import Any, Self

from django.db import models

from provision.codes import ChangeStatus
from sen_dashboard.core.periods import AcademicYear


class SchoolPlacesQuerySet(models.QuerySet[Any]):
    def of_year(self, year: AcademicYear) -> Self:
        """Places offered in the academic year."""
        return self.filter(academic_year=str(year))

    def up_to(self, year: AcademicYear) -> Self:
        """Places offered in the academic year and all earlier years."""
        return self.filter(academic_year__lte=str(year))

    def for_need(self, need: str | None) -> Self:
        """Places that list the need among those they are for; all places for None."""
        return self.filter(needs__contains=[need]) if need else self


class CommissioningChangeQuerySet(models.QuerySet[Any]):
    def approved(self) -> Self:
        """Changes that are approved and have not yet opened."""
        return self.filter(status=ChangeStatus.APPROVED)

    def effective_between(self, first: date, last: date) -> Self:
        """Changes that take effect from ``first`` to ``last``, both inclusive."""
        return self.filter(effective_on__range=(first, last))
