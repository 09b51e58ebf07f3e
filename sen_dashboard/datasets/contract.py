"""The data contract in code: one spec per file, in the order in which files refer to each other.

A spec lists the columns as the contract does, with ``*`` for a required one. The values a column accepts follow from
the model's field, unless the contract knows more than the field does. The rules for a row are not repeated here: they
are read from the model's constraints (see ``rules``) and those across tables from its triggers, so that files and forms
cannot differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from panel.models import PanelCase, PanelDecision, Reason
from placements.models import (
    CLOSED,
    Assessment,
    Budget,
    Child,
    ClosedMonth,
    CostLine,
    Forecast,
    LedgerPosting,
    Placement,
    Plan,
)
from placements.models.cost_line import FUNDERS
from provision.models import CommissioningChange, School, SchoolPlaces
from sen_dashboard.core.codes import Need
from sen_dashboard.core.models.across import Across, rules_across
from sen_dashboard.datasets import kinds
from sen_dashboard.datasets.kinds import ValueKind
from sen_dashboard.programme.models import (
    ACTION_IS_DONE,
    MILESTONES_OPEN,
    Action,
    ActionUpdate,
    DecisionNeeded,
    Event,
    Milestone,
    Risk,
    Workstream,
)
from sen_dashboard.programme.models.risk import LEAST, MOST

MOST_PLACES = 999_999


@dataclass(frozen=True)
class Column:
    """A column of a file; ``name`` is its name in the table, ``heading`` its name in the file."""

    name: str
    heading: str
    required: bool
    kind: ValueKind
    default: Any
    """The value that an empty one means."""
    refers_to: type[models.Model] | None
    is_entered: bool = False
    """Whether its value is recorded in a dated entry of another table (``Entries``)."""


@dataclass(frozen=True)
class Entries:
    """Dated entries in another table that record the status of a row's record: a row adds one and changes none.

    ``reference`` is their column for the record, ``day`` their column for the date. The last of several added for a day
    holds.
    """

    model: type[models.Model]
    reference: str
    day: str

    @property
    def table(self) -> str:
        """The entries' table in the store."""
        return str(self.model._meta.db_table)


@dataclass(frozen=True)
class Closed:
    """No row may be added or changed if its ``column`` is the key of a record of ``among``.

    Enforced in the store by a trigger. The problem is reported at the column.
    """

    column: str
    among: type[models.Model]
    sentence: str


@dataclass(frozen=True)
class Whole:
    """A file holds all rows of each group that it has any of; stored rows of the group that it lacks are removed.

    ``group`` are the columns that define a group, ``month`` the one of them that is a month, ``amount`` the £ of a row.
    """

    group: tuple[str, ...]
    month: str
    amount: str


@dataclass(frozen=True)
class FileSpec:
    """A file of the contract and the model whose records it holds."""

    name: str
    model: type[models.Model]
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    across: tuple[Across, ...] = ()
    closed: Closed | None = None
    whole: Whole | None = None
    replaced: str = ""
    """The column that marks a stored row as replaced by a later entry with the same key; files do not have it."""
    entries: Entries | None = None
    past: tuple[str, ...] = ()
    """Columns for events that have happened, whose dates may not be in the future."""

    @property
    def table(self) -> str:
        """The file's table in the store."""
        return str(self.model._meta.db_table)

    @property
    def stem(self) -> str:
        """The name without ``.csv``."""
        return self.name.removesuffix(".csv")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, in the contract's order."""
        return tuple(column.name for column in self.columns)

    @property
    def own_names(self) -> tuple[str, ...]:
        """The names of the columns that the file's own table has."""
        return tuple(column.name for column in self.columns if not column.is_entered)

    @property
    def entered_names(self) -> tuple[str, ...]:
        """The names of the columns that are recorded in entries."""
        return tuple(column.name for column in self.columns if column.is_entered)

    @property
    def models(self) -> tuple[type[models.Model], ...]:
        """The model of the file's records, and that of its entries, if any."""
        return (self.model, self.entries.model) if self.entries else (self.model,)

    @property
    def headings(self) -> dict[str, str]:
        """The heading of each column in the file, by its name, in the contract's order."""
        return {column.name: column.heading for column in self.columns}

    def mask(self, names: tuple[str, ...]) -> int:
        """A number with the bits of these columns set, as ``staging`` marks faults."""
        return sum(1 << n for n, column in enumerate(self.columns) if column.name in names)

    def optional_key(self, name: str) -> bool:
        """Whether a part of the key may be NULL, which then counts as a value of its own."""
        return any(field.column == name and field.null for field in self.model._meta.concrete_fields)


def _file(
    name: str,
    model: type[models.Model],
    *,
    key: str,
    columns: str,
    stored_as: Mapping[str, str] | None = None,
    special: Mapping[str, ValueKind] | None = None,
    across: tuple[Across, ...] = (),
    closed: Closed | None = None,
    whole: Whole | None = None,
    replaced: str = "",
    entries: Entries | None = None,
    past: str = "",
) -> FileSpec:
    """A spec; ``stored_as`` names the table's column for a heading that is unsuitable as a name in SQL."""
    entered = entries.model._meta.concrete_fields if entries else ()
    fields = {field.column: field for field in (*entered, *model._meta.concrete_fields)}
    described = []
    for word in columns.split():
        heading = word.rstrip("*")
        field = fields[(stored_as or {}).get(heading, heading)]
        kind = (special or {}).get(field.name) or _kind_of(field, is_key=field.column in key.split())
        described.append(_column(field, heading, word.endswith("*"), kind, field.model is not model))
    return FileSpec(
        name,
        model,
        tuple(key.split()),
        tuple(described),
        (*(rule for rule in rules_across() if rule.table == model._meta.db_table), *across),
        closed,
        whole,
        replaced,
        entries,
        tuple(past.split()),
    )


def _column(field: Any, heading: str, required: bool, kind: ValueKind, is_entered: bool) -> Column:
    refers_to = field.related_model if isinstance(field, models.ForeignKey) else None
    return Column(field.column, heading, required, kind, field.get_default(), refers_to, is_entered)


def _kind_of(field: Any, *, is_key: bool) -> ValueKind:
    """The kind of value a field holds, or holds as part of the file's key.

    Raises TypeError if it does not follow from the field alone.
    """
    match field:
        case models.ForeignKey():
            return kinds.key(field.target_field.max_length)
        case models.CharField(choices=choices) if choices:
            return kinds.code(code for code, _ in choices)
        case models.CharField() if is_key:
            return kinds.key(field.max_length)
        case models.CharField() | models.TextField():
            return kinds.text(field.max_length)
        case models.DateField():
            return kinds.date()
        case models.DecimalField(max_digits=12, decimal_places=2):
            return kinds.amount()
        case models.BooleanField():
            return kinds.yes_no()
    raise TypeError(f"Say in the spec what the column {field.column} holds")


FILES = (
    _file(
        "schools.csv",
        School,
        key="school_id",
        columns="school_id* urn name* sector* phase district provider_group opened_on closed_on",
        special={"urn": kinds.urn()},
    ),
    _file("children.csv", Child, key="child_id", columns="child_id* date_of_birth* home_district"),
    _file(
        "assessments.csv",
        Assessment,
        key="assessment_id",
        columns="""assessment_id* child_id* requested_on* assess_decision assess_decided_on
                   issue_decision issue_decided_on exception""",
    ),
    _file(
        "plans.csv",
        Plan,
        key="plan_id",
        columns="""plan_id* child_id* assessment_id issued_on* ceased_on cease_reason
                   primary_need* secondary_need""",
    ),
    _file(
        "placements.csv",
        Placement,
        key="placement_id",
        columns="""placement_id* plan_id* school_id* in_srp attendance* weeks_per_year starts_on* ends_on
                   end_reason route reason accrual contract_id last_attended_on paid_to_on""",
        special={"weeks_per_year": kinds.whole_number(1, 53)},
    ),
    _file(
        "cost_lines.csv",
        CostLine,
        key="placement_id kind starts_on",
        columns="""placement_id* kind* annual_amount* starts_on* ends_on education_share void asked_amount
                   document social_care_share health_share other_share""",
        special=dict.fromkeys(FUNDERS, kinds.percentage()),
    ),
    _file(
        "panel_cases.csv",
        PanelCase,
        key="case_id",
        columns="""case_id* child_id* panel* received_on* primary_need* secondary_need profile reasons
                   school_id attendance annual_cost* cost_basis""",
        special={"reasons": kinds.codes(Reason.values)},
    ),
    _file(
        "panel_decisions.csv",
        PanelDecision,
        key="case_id meeting_on",
        columns="case_id* meeting_on* outcome* value due_on decided_by note void",
        replaced="corrected",
    ),
    _file(
        "budgets.csv",
        Budget,
        key="financial_year line",
        columns="financial_year* line* amount*",
        special={"financial_year": kinds.year("a financial")},
    ),
    _file(
        "forecasts.csv",
        Forecast,
        key="financial_year line made_on",
        columns="financial_year* line* made_on* amount*",
        special={"financial_year": kinds.year("a financial")},
    ),
    _file(
        "ledger.csv",
        LedgerPosting,
        key="source month line school_id reference",
        columns="source month* line* school_id reference amount*",
        special={"month": kinds.month(), "amount": kinds.amount(negative=True)},
        closed=Closed("month", ClosedMonth, CLOSED),
        whole=Whole(group=("source", "month"), month="month", amount="amount"),
    ),
    _file(
        "places.csv",
        SchoolPlaces,
        key="school_id provision academic_year",
        columns="school_id* provision* academic_year* places* needs",
        special={
            "academic_year": kinds.year("an academic"),
            "places": kinds.whole_number(0, MOST_PLACES),
            "needs": kinds.codes(Need.values),
        },
    ),
    _file(
        "commissioning_plan.csv",
        CommissioningChange,
        key="change_id",
        columns="""change_id* school_id title* provision* effective_on* places_change* needs district
                   status* note""",
        special={
            "places_change": kinds.whole_number(-MOST_PLACES, MOST_PLACES),
            "needs": kinds.codes(Need.values),
        },
    ),
    _file(
        "workstreams.csv",
        Workstream,
        key="workstream_id",
        columns="workstream_id* title* lead aim",
    ),
    _file(
        "actions.csv",
        Action,
        key="action_id",
        columns="""action_id* workstream_id lever* title* owner due_on status* note updated_on
                   kpi kpi_key kpi_row expected_change expected_from""",
        stored_as={"updated_on": "day"},
        special={"expected_change": kinds.number(12)},
        entries=Entries(ActionUpdate, reference="action_id", day="day"),
        past="day",
    ),
    _file(
        "milestones.csv",
        Milestone,
        key="milestone_id",
        columns="milestone_id* action_id change_id title* due_on* reached_on",
        # Not the model's: there it reads the action's updates, which a file has as columns of the action.
        across=(
            Across(
                table="programme_milestone",
                key="milestone_id",
                reference="action_id",
                other_table="programme_action",
                broken="""p.status = 'DONE' AND (r.reached_on IS NULL OR r.reached_on > p.day)
                          AND NOT EXISTS (SELECT FROM programme_actionupdate u
                                          WHERE u.action_id = p.action_id AND u.day > p.day)""",
                column="reached_on",
                sentence=ACTION_IS_DONE,
                other_column="status",
                other_sentence=MILESTONES_OPEN,
            ),
        ),
        past="reached_on",
    ),
    _file(
        "risks.csv",
        Risk,
        key="risk_id",
        columns="""risk_id* workstream_id* title* likelihood* impact* mitigation owner status*
                   updated_on""",
        special=dict.fromkeys(("likelihood", "impact"), kinds.whole_number(LEAST, MOST)),
        past="updated_on",
    ),
    _file(
        "decisions_needed.csv",
        DecisionNeeded,
        key="item_id",
        columns="item_id* workstream_id* title* needed_by asked_of settled_on",
        past="settled_on",
    ),
    _file("events.csv", Event, key="event_id", columns="event_id* on* title*", stored_as={"on": "day"}),
)
"""The files that can be read, each after those that it refers to."""

FILE_OF = {spec.model: spec for spec in FILES}
