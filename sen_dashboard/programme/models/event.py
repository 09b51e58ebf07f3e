"""Records of the data contract's events.csv."""

from django.db import models

from sen_dashboard.core import formats
from sen_dashboard.core.models.constraints import on_one_line, within_reach
from sen_dashboard.core.models.fields import key_field
from sen_dashboard.core.models.trail import kept_in_trail
from sen_dashboard.programme.querysets import EventQuerySet


@kept_in_trail()
class Event(models.Model):
    """An event on a day that may explain a movement, such as a change of process; marked on the charts."""

    event_id = key_field(primary_key=True)
    day = models.DateField()
    title = models.CharField(max_length=120)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            within_reach("event_day_within_reach", "day"),
            on_one_line("event_title_given", "title", sentence="Enter what happened, in words on one line."),
        ]

    def __str__(self) -> str:
        return f"{formats.day(self.day)}, {self.title}"
