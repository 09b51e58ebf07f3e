"""The programme's lists, as tables."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from provision.models import ChangeStatus, LocalProvision
from sen_dashboard.core import formats
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.web.tables import (
    DAY_CELL,
    LINK,
    CodeColumn,
    KindColumn,
    ListTable,
    RecordColumn,
    RecordTable,
)
from sen_dashboard.programme.models import Lever, RiskStatus, Status

COLOURS: Mapping[str, str] = {
    Status.NOT_STARTED: "govuk-tag--grey",
    Status.ON_TRACK: "govuk-tag--green",
    Status.AT_RISK: "govuk-tag--yellow",
    Status.OFF_TRACK: "govuk-tag--red",
    Status.DONE: "",
}
"""The colour of each status, which accompanies its words; blue is a tag's default."""


class NamesFigures(Protocol):
    """Puts a figure that a record names into words."""

    @property
    def titles(self) -> Mapping[str, str]:
        """The title of each KPI, by its slug."""

    def words(self, kpi: str, key: str, row: str) -> str:
        """Return the figure in words."""


def tag(words: str, status: str) -> SafeString:
    """Return a status as a tag: words on its colour."""
    return format_html('<strong class="govuk-tag {}">{}</strong>', COLOURS[status], words)


class StatusColumn(CodeColumn):
    """The status of an action or workstream, as a tag."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Status, **kwargs)

    def render(self, record: Any, bound_column: Any) -> str:
        status = bound_column.accessor.resolve(record)
        return tag(self.words[status], status) if status else ""


class StandingColumn(tables.Column):
    """The state of a milestone on the table's day, in words."""

    def __init__(self) -> None:
        super().__init__(accessor="pk", verbose_name="Status", orderable=False)

    def render(self, record: Any, table: RecordTable) -> str:
        return str(record.standing_on(table.as_at))

    value = render


class DueColumn(tables.Column):
    """The day by which something is due, with a note if it is late. Files hold the day."""

    def __init__(self, heading: str) -> None:
        super().__init__(verbose_name=heading, default="", attrs={"td": DAY_CELL})

    def render(self, value: date, record: Any) -> str:
        day = formats.day(value)
        return format_html('{}<br><strong class="late">{}</strong>', day, "Late") if record.is_late else day


class ProgrammeTable(RecordTable):
    """A list of the programme on a day; ``figures`` puts the figures that records name into words."""

    figures: NamesFigures


class FigureColumn(tables.Column):
    """The figure that a record names, in words that link to it; files hold the words too."""

    def __init__(self, heading: str) -> None:
        def address(record: Any, table: ProgrammeTable) -> str | None:
            is_known = record.kpi in table.figures.titles
            return reverse("kpi", args=[record.kpi]) + table.scope_query if is_known else None

        super().__init__(
            linkify=address,
            accessor="kpi",
            verbose_name=heading,
            default="",
            empty_values=("",),
            attrs={"a": LINK},
        )

    def render(self, record: Any, table: ProgrammeTable) -> str:
        key, row = getattr(record, "kpi_key", ""), getattr(record, "kpi_row", "")
        return table.figures.words(record.kpi, key, row) if record.kpi else ""

    value = render


class PointsColumn(tables.Column):
    """The points of a note, one below the other."""

    def render(self, value: Sequence[str]) -> SafeString:
        points = format_html_join("", "<li>{}</li>", ((point,) for point in value))
        return format_html('<ul class="govuk-list govuk-list--bullet points">{}</ul>', points)

    def value(self, value: Sequence[str]) -> list[str]:
        return list(value)


def title_column(page: str, key: str, **options: Any) -> RecordColumn:
    """Return a column for the title of a record, a sentence that needs space, with a link to its page."""
    column = RecordColumn(page, key, **options)
    column.attrs["td"] = {"class": "programme-title"}
    return column


class EventTable(ListTable):
    """Events by day; ``actions`` is shown only to those who may change them."""

    day = KindColumn(Kind.DAY, verbose_name="Day", order_by=("day", "event_id"))
    title = tables.Column(verbose_name="What happened", order_by=("title", "event_id"))
    actions = tables.TemplateColumn(
        template_name="components/event_actions.html", verbose_name="Change or remove", orderable=False
    )


class WorkstreamTable(ProgrammeTable):
    workstream = title_column("workstream", "workstream_id", name="title")
    status = StatusColumn(verbose_name="Status")
    action_count = KindColumn(Kind.COUNT, verbose_name="Actions")
    overdue = KindColumn(Kind.COUNT, verbose_name="Late")
    next_milestone = tables.Column(verbose_name="Next milestone", default="")
    next_milestone_due = KindColumn(Kind.DAY, verbose_name="Due", default="")
    lead = tables.Column(default="")


class ActionTable(ProgrammeTable):
    action = title_column("action", "action_id", name="title")
    status = StatusColumn(verbose_name="Status")
    due_on = DueColumn("Due")
    owner = tables.Column(default="")
    note = tables.Column(
        verbose_name="Latest update", orderable=False, default="", attrs={"td": {"class": "programme-note"}}
    )
    updated_on = KindColumn(Kind.DAY, verbose_name="Updated on", default="")
    lever = CodeColumn(Lever)
    workstream = RecordColumn("workstream", "workstream_id", name="workstream__title")
    figure = FigureColumn("Figure it should change")


class MilestoneTable(ProgrammeTable):
    title = tables.Column(verbose_name="Milestone")
    due_on = KindColumn(Kind.DAY, verbose_name="Due")
    standing = StandingColumn()
    action = RecordColumn("action", "action_id", name="action__title", heading="Action")
    change = RecordColumn(
        "commissioning_change", "change_id", name="change__title", heading="Change to the commissioning plan"
    )
    reached_on = KindColumn(Kind.DAY, verbose_name="Reached", default="")


class RiskTable(ProgrammeTable):
    risk = title_column("risk", "risk_id", name="title")
    rating = KindColumn(Kind.COUNT, verbose_name="Rating")
    likelihood = KindColumn(Kind.COUNT)
    impact = KindColumn(Kind.COUNT)
    mitigation = tables.Column(
        verbose_name="Mitigation",
        orderable=False,
        default="",
        attrs={"td": {"class": "programme-note"}},
    )
    owner = tables.Column(default="")
    workstream = RecordColumn("workstream", "workstream_id", name="workstream__title")
    status = CodeColumn(RiskStatus)
    updated_on = KindColumn(Kind.DAY, verbose_name="Rated", default="")


class DecisionNeededTable(ProgrammeTable):
    decision = title_column("decision_needed", "item_id", name="title", heading="Decision")
    needed_by = DueColumn("Needed by")
    asked_of = tables.Column(default="")
    workstream = RecordColumn("workstream", "workstream_id", name="workstream__title")
    settled_on = KindColumn(Kind.DAY, verbose_name="Settled", default="")
    settled_as = tables.Column(verbose_name="What was decided", orderable=False, default="")


class CommissioningTable(ProgrammeTable):
    change = title_column("commissioning_change", "change_id", name="title", heading="What is planned")
    effective_on = KindColumn(Kind.DAY, verbose_name="Takes effect")
    places_change = KindColumn(Kind.COUNT, verbose_name="Places more or fewer")
    provision = CodeColumn(LocalProvision)
    status = CodeColumn(ChangeStatus)
    district = tables.Column(default="")
    needs = tables.Column(orderable=False)
    school = RecordColumn("school", "school_id", name="school__name")
    note = tables.Column(orderable=False, default="")

    def render_needs(self, value: list[str]) -> str:
        return ", ".join(value)


class NoteTable(ProgrammeTable):
    figure = FigureColumn("Figure")
    title = tables.Column(verbose_name="Heading")
    text = PointsColumn(accessor="points", verbose_name="What was found", orderable=False)
    day = KindColumn(Kind.DAY, verbose_name="As at")
    actions = tables.TemplateColumn(
        template_name="programme/note_actions.html", verbose_name="Change or remove", orderable=False
    )
