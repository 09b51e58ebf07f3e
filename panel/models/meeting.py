"""A meeting of a panel: who attended, its cases in order, and who stood aside from which."""

from django.db import models
from django.db.models import Deferrable, Q

from panel.codes import Panel
from panel.models.case import ITEM_NOT_TAKEN_BACK, PanelCase
from panel.querysets import AgendaItemQuerySet, PanelMeetingQuerySet
from sen_dashboard.core.models.across import Referring
from sen_dashboard.core.models.constraints import (
    Check,
    Unique,
    known_code,
    not_negative,
    within_reach,
)
from sen_dashboard.core.models.fields import words_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail


@kept_in_trail(has_page=True)
class PanelMeeting(Record):
    """A panel's meeting on a day. Its decisions are those of that day on the cases of its agenda."""

    panel = models.CharField(max_length=20, choices=Panel.choices)
    held_on = models.DateField()
    starts_at = models.TimeField()
    slot_minutes = models.SmallIntegerField(help_text="Minutes for each case.")
    quorum = models.SmallIntegerField(help_text="How many members must be there to decide.")
    place = words_field(120)
    cases = models.ManyToManyField(PanelCase, through="AgendaItem", related_name="meetings", blank=True)

    objects = PanelMeetingQuerySet.as_manager()

    class Meta:
        ordering = ("-held_on", "panel")
        constraints = [
            Unique(
                "panel_meeting_key",
                "panel",
                "held_on",
                sentence="This panel already has a meeting on that day.",
            ),
            known_code("panel_meeting_panel_known", "panel", Panel),
            within_reach("panel_meeting_within_reach", "held_on"),
            Check(
                "panel_meeting_slot",
                Q(slot_minutes__range=(1, 240)),
                field="slot_minutes",
                sentence="Enter 1 to 240 minutes.",
            ),
            Check(
                "panel_meeting_quorum",
                Q(quorum__range=(1, 50)),
                field="quorum",
                sentence="Enter 1 to 50 members.",
            ),
        ]

    def __str__(self) -> str:
        return f"{Panel(self.panel).label} of {self.held_on}"


@kept_in_trail(under="meeting")
class AgendaItem(Record):
    """A case on the agenda of a meeting, at its place in the order."""

    meeting = models.ForeignKey(PanelMeeting, on_delete=models.PROTECT, related_name="items", db_index=False)
    case = models.ForeignKey(PanelCase, on_delete=models.PROTECT, related_name="agenda_items")
    position = models.SmallIntegerField()

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        ordering = ("position",)
        triggers = [Referring("agenda_item_of_a_case_not_taken_back", ITEM_NOT_TAKEN_BACK)]
        constraints = [
            Unique("agenda_item_key", "meeting", "case", sentence="This case is already on the agenda."),
            not_negative("agenda_item_position_not_negative", "position"),
            Unique(
                "agenda_item_position",
                "meeting",
                "position",
                sentence="Another case has this place on the agenda.",
                deferrable=Deferrable.IMMEDIATE,  # checked when a statement ends, so that one statement can swap places
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.case_id}"


@kept_in_trail(under="meeting")
class Member(Record):
    """Somebody invited to a meeting, and whether they came."""

    meeting = models.ForeignKey(
        PanelMeeting, on_delete=models.PROTECT, related_name="members", db_index=False
    )
    name = words_field(120, blank=False)
    role = words_field(80)
    present = models.BooleanField(default=False)

    class Meta:
        ordering = ("pk",)
        constraints = [
            Unique("member_key", "meeting", "name", sentence="This person is already listed."),
        ]

    def __str__(self) -> str:
        return self.name


@kept_in_trail(under="item")
class ConflictOfInterest(Record):
    """A member who stands aside from a case, and why; they do not count towards its quorum."""

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="conflicts", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="conflicts")
    reason = words_field(300, blank=False)

    class Meta:
        constraints = [
            Unique(
                "conflict_key",
                "item",
                "member",
                sentence=("This member’s conflict of interest is already declared."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} from {self.item}"
