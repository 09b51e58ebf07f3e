"""Queries about reports: published ones, and the latest of each month."""

import json
from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast

from sen_dashboard.core.periods import FinancialYear
from sen_dashboard.reports.states import State


class _Sentences(models.Func):
    """The sentences of a report's figures, as a JSON array."""

    function = "jsonb_path_query_array"
    template = "%(function)s(%(expressions)s, '$.sections[*].kpis[*].sentence')"
    output_field = models.JSONField()


def _months(words: str) -> list[date]:
    """The first days of the months that the words name: a month, or those of a financial year."""
    try:
        return [month.start for month in FinancialYear.parse(words).months()]
    except ValueError:
        pass
    for written in ("%Y-%m", "%B %Y", "%b %Y"):
        try:
            return [datetime.strptime(words, written).date()]
        except ValueError:
            continue
    return []


class ReportQuerySet(models.QuerySet[Any]):
    def published(self) -> Self:
        """Published reports, including superseded ones."""
        return self.filter(state=State.PUBLISHED)

    def search(self, words: str) -> Self:
        """Reports of a month or financial year, or with the words in their sentences or comments.

        "2019-03", "March 2019" and "2018-19" are read as periods. An empty search finds all.
        """
        if not words:
            return self
        if months := _months(words):
            return self.filter(month__in=months)
        annotated = self.annotate(sentences=Cast(_Sentences("internal"), models.TextField()))
        return annotated.filter(
            Q(sentences__icontains=json.dumps(words, ensure_ascii=False)[1:-1])
            | Exists(
                self.model.comments.rel.related_model.objects.filter(
                    report=OuterRef("pk"), text__icontains=words
                )
            )
        )

    def unpublished(self) -> Self:
        """Drafts and approved reports: at most one for each month."""
        return self.exclude(state=State.PUBLISHED)

    def with_superseded(self) -> Self:
        """Annotate ``is_superseded``: whether a later version for the month is published."""
        later = self.model._default_manager.filter(
            month=OuterRef("month"), version__gt=OuterRef("version"), state=State.PUBLISHED
        )
        return self.annotate(is_superseded=Exists(later))

    def without_data(self) -> Self:
        """Do not load the figures, which lists do not show."""
        return self.defer("internal", "public", "protection", "charts_before")
