"""Tables of meetings, and of one meeting's agenda."""

from collections.abc import Collection, Sequence
from datetime import date, time
from typing import Any

import django_tables2 as tables
from django.urls import reverse

from panel.meetings.agenda import Slot
from panel.models import CostBasis, Panel, PanelMeeting
from panel.services.many_decisions import Result
from sen_dashboard.core import formats
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.web.tables import LINK, NUMBER_CELL, NUMBER_HEADER, CodeColumn, KindColumn, ListTable

WORDS = {"td": {"class": "table-words"}}


class PartColumn(tables.TemplateColumn):
    """A cell of an agenda, drawn by a template that is given the record and the table."""

    def __init__(self, part: str, **options: Any) -> None:
        super().__init__(
            template_name=f"panel/agenda_{part}.html",
            extra_context=lambda table: {"table": table},
            **options,
        )


class MeetingTable(ListTable):
    """Meetings with their numbers, each linked to its page."""

    held_on = KindColumn(
        Kind.DAY,
        verbose_name="Day",
        order_by=("held_on", "panel"),
        linkify=("meeting", {"meeting_id": tables.A("pk")}),
        attrs={"a": LINK, "td": {"class": "table-day"}},
    )
    panel = CodeColumn(Panel, order_by=("panel", "held_on"))
    listed = KindColumn(Kind.COUNT, verbose_name="Cases", order_by=("listed", "held_on", "panel"))
    decided = KindColumn(Kind.COUNT, order_by=("decided", "held_on", "panel"))
    invited = tables.Column(verbose_name="Members", order_by=("invited", "held_on", "panel"))

    def render_invited(self, record: Any) -> str:
        """ "3 of 5 present"."""
        return f"{formats.count(record.attending)} of {formats.count(record.invited)} present"

    def value_invited(self, record: Any) -> str:
        return self.render_invited(record)


def case_address(record: Slot, table: "AgendaTable") -> str:
    """The page for deciding on a case, for those who may, from the day of the meeting on; otherwise the case's page."""
    if table.decides:
        return reverse("decide", args=[table.meeting.pk, record.case.pk])
    return reverse("case", args=[record.case.pk])


class AgendaTable(tables.Table):
    """A meeting's cases in order; ``defer`` and ``actions`` are for people who may edit, while there is time to."""

    place = PartColumn("place", verbose_name="Order")
    starts_at = tables.Column(verbose_name="Time", attrs={"td": {"class": "table-day"}})
    case = tables.Column(accessor="case__case_id", linkify=case_address, attrs={"a": LINK})
    need = tables.Column()
    age = KindColumn(Kind.COUNT, verbose_name="Age")
    school = tables.Column(
        accessor="case__school__name", verbose_name="School requested", default="", attrs=WORDS
    )
    cost = tables.Column(
        accessor="case__annual_cost", verbose_name="£ a year", attrs={"td": NUMBER_CELL, "th": NUMBER_HEADER}
    )
    decided = tables.Column(verbose_name="Decision")
    aside = PartColumn("aside", verbose_name="Conflict of interest", attrs=WORDS)
    actions = PartColumn("actions", verbose_name="Change the agenda")
    defer = PartColumn("defer", verbose_name="Defer")

    def __init__(
        self, meeting: PanelMeeting, slots: list[Slot], *, edits: bool, today: date, chosen: list[str]
    ) -> None:
        self.meeting, self.last, self.chosen = meeting, len(slots), chosen
        self.edits, self.decides = edits, edits and meeting.held_on <= today
        undecided = [slot.item.pk for slot in slots if slot.decision is None]
        self.first_to_defer = undecided[0] if undecided else None  # the box that the form's error links to
        shown = {"actions": self.edits, "defer": self.decides and undecided}
        super().__init__(
            slots, exclude=[name for name, is_shown in shown.items() if not is_shown], orderable=False
        )

    def render_starts_at(self, value: time) -> str:
        """ "09:30"."""
        return f"{value:%H:%M}"

    def render_cost(self, value: Any, record: Slot) -> str:
        """ "£36,000", with a note if it is for part of a year."""
        part = " for part of a year" if record.case.cost_basis == CostBasis.PART_YEAR else ""
        return f"{formats.pounds(value)}{part}"


class ResultTable(tables.Table):
    """What each row of a spreadsheet would do, or what is wrong with it."""

    number = tables.Column(verbose_name="Row", attrs={"td": NUMBER_CELL, "th": NUMBER_HEADER})
    case_id = tables.Column(verbose_name="Case")
    words = tables.TemplateColumn(
        template_name="panel/spreadsheet_row.html",
        extra_context=lambda table: {"table": table},
        verbose_name="Result",
        attrs={"td": {"class": "table-words"}},
    )

    def __init__(self, results: Sequence[Result], hidden: Collection[int] = ()) -> None:
        self.hidden = hidden
        super().__init__(results, orderable=False)
