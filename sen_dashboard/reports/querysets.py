"""The words of reports: those published, and the latest of each month."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef

from sen_dashboard.reports.states import State


class ReportQuerySet(models.QuerySet[Any]):
    def published(self) -> Self:
        """Reports that were published, superseded ones too."""
        return self.filter(state=State.PUBLISHED)

    def unpublished(self) -> Self:
        """Drafts and approved reports: one a month at most."""
        return self.exclude(state=State.PUBLISHED)

    def with_superseded(self) -> Self:
        """Annotate ``is_superseded``: whether a later version of the month is published."""
        later = self.model._default_manager.filter(
            month=OuterRef("month"), version__gt=OuterRef("version"), state=State.PUBLISHED
        )
        return self.annotate(is_superseded=Exists(later))

    def without_data(self) -> Self:
        """Leave the figures where they are, which a list does not show."""
        return self.defer("internal", "public")
