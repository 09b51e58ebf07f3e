"""Lists of panel cases, decisions and expected placements as tables."""

from collections.abc import Collection
from datetime import date
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from panel.models import Outcome, Panel, RequestDraft
from sen_dashboard.core import formats
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.web.tables import (
    LINK,
    AgeColumn,
    CodeColumn,
    KindColumn,
    NeedColumn,
    NumberColumn,
    RecordColumn,
    RecordTable,
)


class CaseTable(RecordTable):
    case = RecordColumn("case", "case_id")
    child = RecordColumn("child", "child_id")
    age = AgeColumn("child__date_of_birth")
    panel = CodeColumn(Panel)
    need = NeedColumn(accessor="primary_need", verbose_name="Primary need")
    received_on = KindColumn(Kind.DAY, verbose_name="Received")
    annual_cost = KindColumn(Kind.POUNDS, verbose_name="Annual cost requested")


class DecisionTable(RecordTable):
    case = RecordColumn("case", "case_id")
    child = RecordColumn("child", "case__child_id")
    age = AgeColumn("case__child__date_of_birth")
    panel = CodeColumn(Panel, accessor="case__panel")
    need = NeedColumn(accessor="case__primary_need", verbose_name="Primary need")
    received_on = KindColumn(Kind.DAY, accessor="case__received_on", verbose_name="Received")
    meeting_on = KindColumn(Kind.DAY, verbose_name="Meeting")
    outcome = CodeColumn(Outcome)
    worth = KindColumn(Kind.POUNDS, verbose_name="Value")


class DraftTable(tables.Table):
    """Drafts of requests, listed by what was typed for the child, valid or not."""

    child = tables.Column(accessor="pk", verbose_name="Child", orderable=False)
    actions = tables.TemplateColumn(
        template_name="panel/draft_actions.html", verbose_name="Continue or delete", orderable=False
    )
    panel = tables.Column(accessor="pk", verbose_name="Panel", orderable=False)
    saved_at = KindColumn(Kind.DAY, verbose_name="Saved on", orderable=False)

    def render_child(self, record: RequestDraft) -> str:
        return record.first_typed("child") or "not yet named"

    def render_panel(self, record: RequestDraft) -> str:
        code = record.first_typed("panel")
        return Panel(code).label if code in Panel.values else "not yet chosen"

    def render_saved_at(self, record: RequestDraft) -> str:
        at = localtime(record.saved_at)
        return f"{formats.day(at.date())}, {at:%H:%M}"


class StandingColumn(tables.Column):
    """The status of an expected placement on the table's day, in words that lead to its page."""

    def __init__(self) -> None:
        super().__init__(
            accessor="pk",
            verbose_name="Status",
            orderable=False,
            linkify=("expected_placement", {"expected_id": tables.A("pk")}),
            attrs={"a": LINK},
        )

    def render(self, record: Any, table: RecordTable) -> str:
        return str(record.standing_on(table.as_at))

    def value(self, record: Any, table: RecordTable) -> str:
        return str(record.standing_on(table.as_at))


class ExpectedTable(RecordTable):
    case = RecordColumn("case", "decision__case_id")
    child = RecordColumn("child", "decision__case__child_id")
    need = NeedColumn(accessor="decision__case__primary_need", verbose_name="Primary need")
    school = RecordColumn("school", "school_id", name="school__name")
    agreed_on = KindColumn(Kind.DAY, accessor="decision__meeting_on", verbose_name="Agreed")
    standing = StandingColumn()
    offered_on = KindColumn(Kind.DAY, verbose_name="Offered", default="")
    days_to_offer = KindColumn(Kind.DAYS, verbose_name="Decision to offer", default="")
    started_on = KindColumn(Kind.DAY, accessor="placement__starts_on", verbose_name="Started", default="")
    days_to_start = KindColumn(Kind.DAYS, verbose_name="Offer to start", default="")


# The queues


class ChooseColumn(tables.Column):
    """A box to choose a case."""

    def __init__(self) -> None:
        super().__init__(accessor="pk", verbose_name="Choose", orderable=False)

    def render(self, value: str, table: "CaseQueueTable") -> SafeString:
        return format_html(
            '<div class="govuk-checkboxes govuk-checkboxes--small choose"><div class="govuk-checkboxes__item">'
            '<input class="govuk-checkboxes__input" type="checkbox" name="case" id="choose-{0}" value="{0}"{1}>'
            '<label class="govuk-label govuk-checkboxes__label" for="choose-{0}">'
            '<span class="govuk-visually-hidden">Choose case {0}</span></label></div></div>',
            value,
            " checked" if value in table.ticked else "",
        )


class WaitsColumn(NumberColumn):
    """How many days a record has waited by the table's day; the value is the day ``since`` which it has waited."""

    def __init__(self) -> None:
        super().__init__(accessor="since", order_by=("-since",), verbose_name="Waits")

    def render(self, value: date, table: RecordTable) -> str:
        return formats.days((table.as_at - value).days)

    def value(self, value: date, table: RecordTable) -> int:
        return (table.as_at - value).days


class CaseQueueTable(RecordTable):
    """Waiting cases. ``ticked`` are those already chosen."""

    choose = ChooseColumn()
    case = RecordColumn("case", "case_id")
    waits = WaitsColumn()
    since = KindColumn(Kind.DAY, verbose_name="Since")
    child = RecordColumn("child", "child_id")
    age = AgeColumn("child__date_of_birth")
    panel = CodeColumn(Panel)
    need = NeedColumn(accessor="primary_need", verbose_name="Primary need")
    received_on = KindColumn(Kind.DAY, verbose_name="Received")
    caseworker = tables.Column(default="")
    annual_cost = KindColumn(Kind.POUNDS, verbose_name="Annual cost requested")
    ticked: Collection[str] = ()


class InformationQueueTable(CaseQueueTable):
    """Cases awaiting information that the panel asked for."""

    due_on = KindColumn(Kind.DAY, verbose_name="Information due", default="no date set")

    class Meta:
        sequence = ("choose", "case", "waits", "since", "due_on", "...")


class ExpectedQueueTable(ExpectedTable):
    """Agreed places that have not started; each leads to its page, where its offer and start are entered."""

    case = tables.Column(
        accessor="decision__case_id",
        verbose_name="Agreed place",
        linkify=("expected_placement", {"expected_id": tables.A("pk")}),
        attrs={"a": LINK},
    )
    waits = WaitsColumn()

    class Meta:
        exclude = ("started_on", "days_to_start")
        sequence = ("case", "waits", "agreed_on", "standing", "...")


class ReviewQueueTable(RecordTable):
    """Agreements whose review date has come."""

    case = RecordColumn("case", "case_id")
    waits = WaitsColumn()
    since = KindColumn(Kind.DAY, verbose_name="Review due")
    agreed_on = KindColumn(Kind.DAY, accessor="meeting_on", verbose_name="Agreed")
    child = RecordColumn("child", "case__child_id")
    age = AgeColumn("case__child__date_of_birth")
    panel = CodeColumn(Panel, accessor="case__panel")
    need = NeedColumn(accessor="case__primary_need", verbose_name="Primary need")
    worth = KindColumn(Kind.POUNDS, verbose_name="Value")
