"""Records of the data contract's milestones.csv."""

from datetime import date
from typing import Final, cast

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from provision.models import CommissioningChange
from sen_dashboard.core import formats
from sen_dashboard.core.models.across import AcrossTables
from sen_dashboard.core.models.constraints import Check, on_one_line, within_reach
from sen_dashboard.core.models.fields import key_field, words_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail
from sen_dashboard.programme.codes import Status
from sen_dashboard.programme.models.action import DONE_WITH_OPEN, ITS_ACTION, Action
from sen_dashboard.programme.querysets import MilestoneQuerySet

ACTION_IS_DONE: Final = "The action is done: its milestones are all reached by the day of its last update."


@kept_in_trail(under="action change")
class Milestone(Record):
    """Something to be reached by a day, for an action or a change of the commissioning plan."""

    milestone_id = key_field(primary_key=True)
    action = models.ForeignKey(
        Action, null=True, blank=True, on_delete=models.PROTECT, related_name="milestones"
    )
    change = models.ForeignKey(
        CommissioningChange, null=True, blank=True, on_delete=models.PROTECT, related_name="milestones"
    )
    title = words_field(200, blank=False)
    due_on = models.DateField("due")
    reached_on = models.DateField("reached", null=True, blank=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        constraints = [
            Check(
                "milestone_of_one_thing",
                Q(action__isnull=False, change=None) | Q(action=None, change__isnull=False),
                field="action",
                sentence="A milestone belongs either to an action or to a change of the commissioning plan.",
            ),
            on_one_line(
                "milestone_title_given", "title", sentence="Enter the milestone, in words on one line."
            ),
            within_reach("milestone_due_within_reach", "due_on"),
            within_reach("milestone_reached_within_reach", "reached_on"),
        ]
        triggers = [
            AcrossTables(
                "milestone_open_of_a_done_action",
                on=pgtrigger.Insert | pgtrigger.UpdateOf("action_id", "reached_on"),
                holds=ITS_ACTION,
                alone=True,
                violation=DONE_WITH_OPEN,
                sentence=ACTION_IS_DONE,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def of(self) -> Action | CommissioningChange:
        """The record it is a milestone of."""
        return cast(Action | CommissioningChange, self.action or self.change)

    def clean(self) -> None:
        """Refuse a milestone that is open on the day on which its action was done."""
        latest = self.action.updates.newest_first().first() if self.action else None
        if latest is None or latest.status != Status.DONE:
            return
        if self.reached_on is None or self.reached_on > latest.day:
            raise ValidationError({"reached_on": ACTION_IS_DONE})

    def standing_on(self, day: date) -> str:
        """Return its state in words: "Reached on 1 March 2019", "Late: due on 1 March 2019", "Due on 1 May 2019"."""
        if self.reached_on and self.reached_on <= day:
            return f"Reached on {formats.day(self.reached_on)}"
        return f"{'Late: due' if self.due_on < day else 'Due'} on {formats.day(self.due_on)}"
