"""Records of the data contract's decisions_needed.csv."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from sen_dashboard.core.models.constraints import Check, on_one_line, within_reach
from sen_dashboard.core.models.fields import key_field, words_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail
from sen_dashboard.programme.models.workstream import Workstream
from sen_dashboard.programme.querysets import DecisionNeededQuerySet


@kept_in_trail(has_page=True)
class DecisionNeeded(Record):
    """A decision that the programme waits for. ``asked_of`` is a role or a committee, not a person's name.

    The decision made, and who entered it, are in no file.
    """

    item_id = key_field(primary_key=True)
    workstream = models.ForeignKey(Workstream, on_delete=models.PROTECT, related_name="decisions_needed")
    title = words_field(250, blank=False)
    needed_by = models.DateField(null=True, blank=True)
    asked_of = words_field(120)
    settled_on = models.DateField(null=True, blank=True)
    settled_as = words_field(1000)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = DecisionNeededQuerySet.as_manager()

    class Meta:
        verbose_name = "decision needed"
        verbose_name_plural = "decisions needed"
        constraints = [
            on_one_line(
                "decision_needed_title_given",
                "title",
                sentence="Enter what is to be decided, in words on one line.",
            ),
            within_reach("decision_needed_by_within_reach", "needed_by"),
            within_reach("decision_settled_within_reach", "settled_on"),
            Check(
                "decision_settled_with_its_day",
                Q(settled_on__isnull=False) | Q(settled_as="", settled_by=None),
                field="settled_on",
                sentence="What was decided comes with the day on which it was.",
            ),
        ]

    def __str__(self) -> str:
        return self.title
