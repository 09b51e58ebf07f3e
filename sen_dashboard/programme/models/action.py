"""Records of the data contract's actions.csv: actions, and their progress in dated updates."""

from collections.abc import Iterable
from typing import Any, Final

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from sen_dashboard.core import formats
from sen_dashboard.core.models.across import AcrossTables
from sen_dashboard.core.models.constraints import Check, known_code, on_one_line, within_reach
from sen_dashboard.core.models.fields import key_field, words_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail
from sen_dashboard.programme.codes import TO_BE_EXPLAINED, Lever, Status
from sen_dashboard.programme.models.workstream import Workstream
from sen_dashboard.programme.querysets import ActionQuerySet, ActionUpdateQuerySet

# No ``Across``: this rule is between two tables that refer to a third, and reads the latest of several updates.
MILESTONES_OPEN: Final = "The action has milestones that are not reached: it cannot be done before they are."
DONE_WITH_OPEN: Final = """
    SELECT 1 FROM programme_milestone m
    JOIN LATERAL (
        SELECT status, day FROM programme_actionupdate WHERE action_id = NEW.action_id
        ORDER BY day DESC, id DESC LIMIT 1
    ) latest ON latest.status = 'DONE'
    WHERE m.action_id = NEW.action_id AND (m.reached_on IS NULL OR m.reached_on > latest.day)
"""
"""SQL for the milestones of the new row's action that are open although its latest update says that it is done."""
ITS_ACTION: Final = "programme_action WHERE action_id = NEW.action_id"


@kept_in_trail(has_page=True)
class Action(Record):
    """An action of the programme, with a lever. ``owner`` is a role, not a person's name.

    Its updates say how it is doing. ``kpi`` is the slug of the figure it is meant to change, ``kpi_key`` the published
    key of the number and ``kpi_row`` the row, empty for the headline; ``expected_change`` is in the number's unit, from
    ``expected_from`` on. Only the site, which knows the KPIs, can check that the figure exists.
    """

    action_id = key_field(primary_key=True)
    workstream = models.ForeignKey(
        Workstream, null=True, blank=True, on_delete=models.PROTECT, related_name="actions"
    )
    lever = models.CharField(max_length=20, choices=Lever.choices)
    title = words_field(250, blank=False)
    owner = words_field(80)
    due_on = models.DateField("due", null=True, blank=True)
    kpi = models.CharField("KPI", max_length=60, blank=True, default="")
    kpi_key = models.CharField("number of the KPI", max_length=60, blank=True, default="")
    kpi_row = models.CharField("row of the KPI", max_length=80, blank=True, default="")
    expected_change = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    expected_from = models.DateField(null=True, blank=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("action_lever_known", "lever", Lever),
            on_one_line(
                "action_title_given", "title", sentence="Enter what is being done, in words on one line."
            ),
            within_reach("action_due_within_reach", "due_on"),
            within_reach("action_expected_within_reach", "expected_from"),
            Check(
                "action_number_of_a_kpi",
                Q(kpi_key="") | ~Q(kpi=""),
                field="kpi",
                sentence="Name the KPI whose number is meant.",
            ),
            Check(
                "action_row_of_a_number",
                Q(kpi_row="") | ~Q(kpi_key=""),
                field="kpi_key",
                sentence="Name the number of the KPI that is meant in this row.",
            ),
            Check(
                "action_change_of_a_number",
                Q(expected_change=None) | ~Q(kpi_key=""),
                field="kpi_key",
                sentence="An expected change needs the KPI and the number that it is a change of.",
            ),
            Check(
                "action_change_dated",
                Q(expected_change=None, expected_from=None)
                | Q(expected_change__isnull=False, expected_from__isnull=False),
                field="expected_from",
                sentence="Enter an expected change and the date it is expected from, or neither.",
            ),
            Check(
                "action_change_is_one",
                Q(expected_change=None) | ~Q(expected_change=0),
                field="expected_change",
                sentence="Enter a change other than 0.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


@kept_in_trail(under="action", named_by=("day", "status"))
class ActionUpdate(Record):
    """The status of an action from a day on, and why. Updates are added, and never changed or removed.

    Of several updates for a day the last one entered counts, so that a mistake is corrected by another update. An
    action is known from the day of its first update. Imported updates name nobody who recorded them.
    """

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="updates")
    day = models.DateField()
    status = models.CharField(max_length=15, choices=Status.choices)
    note = words_field(1000)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ActionUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = "update"
        constraints = [
            known_code("action_update_status_known", "status", Status),
            within_reach("action_update_day_within_reach", "day"),
            Check(
                "action_update_explained",
                ~Q(status__in=[status.value for status in TO_BE_EXPLAINED]) | Q(note__regex=r"[[:alnum:]]"),
                field="note",
                sentence="Enter in a sentence why it is at risk or off track.",
            ),
        ]
        indexes = [models.Index(fields=["action", "-day", "-id"], name="action_update_latest")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            AcrossTables(
                "action_done_with_open_milestones",
                on=pgtrigger.Insert,
                holds=ITS_ACTION,
                alone=True,
                violation=DONE_WITH_OPEN,
                sentence=MILESTONES_OPEN,
            ),
        ]

    def __str__(self) -> str:
        return f"{formats.day(self.day)}: {self.get_status_display()}"

    def clean(self) -> None:
        """Refuse to close an action with milestones that are open on that day, and name them."""
        if self.status != Status.DONE or not (self.action_id and self.day):
            return
        if self.action.updates.filter(day__gt=self.day).exists():
            return
        still_open = self.action.milestones.open_on(self.day).in_order()
        if still_open:
            raise ValidationError({"status": f"{MILESTONES_OPEN} They are: {_named(still_open)}."})


def _named(milestones: Iterable[Any]) -> str:
    """Return "A site is found, due 1 May 2019"; several separated by semicolons."""
    return "; ".join(f"{milestone.title}, due {formats.day(milestone.due_on)}" for milestone in milestones)
