"""The words of provision: places of an academic year."""

from typing import Any, Self

from django.db import models

from sen_dashboard.core.periods import AcademicYear


class SchoolPlacesQuerySet(models.QuerySet[Any]):
    def of_year(self, year: AcademicYear) -> Self:
        """Places offered in the academic year."""
        return self.filter(academic_year=str(year))
