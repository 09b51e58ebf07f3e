"""The programme of the fictional council: workstreams, actions, milestones, risks, decisions needed and notes.

The names of the workstreams, the titles of the actions A01 to A16, the figures of places and the notes are those of the
published slide deck. Everything else is invented and says nothing about the council that published it: leads and
owners, days, statuses, milestones, risks, decisions, and every expected change.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True)
class Update:
    """The status of an action from a day on."""

    day: date
    status: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """The number of a KPI that an action is meant to change, by how much and from when."""

    kpi: str
    key: str = ""
    change: str = ""
    starts_on: date | None = None


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone due on a day, and the day on which it was reached."""

    title: str
    due_on: date
    reached_on: date | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """An action with all its updates, oldest first."""

    action_id: str
    workstream_id: str
    lever: str
    title: str
    owner: str
    due_on: date
    updates: tuple[Update, ...]
    expected: Expected | None = None
    milestones: tuple[Milestone, ...] = ()


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk as it was last rated."""

    workstream_id: str
    title: str
    likelihood: int
    impact: int
    mitigation: str
    owner: str
    status: str = "OPEN"


@dataclass(frozen=True, slots=True)
class DecisionNeeded:
    """A decision that the programme waits for, or the day on which it was taken."""

    workstream_id: str
    title: str
    asked_of: str
    needed_by: date
    settled_on: date | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A note beside a figure: a heading and its points."""

    kpi: str
    title: str
    points: tuple[str, ...]
    day: date = date(2019, 3, 31)


WORKSTREAMS: Final = (
    ("W1", "Educational psychology service capacity", "Principal educational psychologist"),
    ("W2", "FE sector and post 16 provision", "Post-16 manager"),
    ("W3", "Independent school placements", "Head of SEN"),
    ("W4", "Parental confidence", "Head of SEN"),
    ("W5", "Statutory assessment process", "Assessment manager"),
    ("W6", "Outcomes", "Assessment manager"),
    ("W7", "Communication including Local Offer", "Local Offer manager"),
    ("W8", "Preparation for Adulthood", "Post-16 manager"),
    ("W9", "Pre-school settings, mainstream schools and college inclusion", "Inclusion manager"),
)
"""Key, name and lead of each."""
AIMS: Final = {
    "W3": "The right places at a price that can be justified.",
    "W4": "Parents are confident that local provision meets their child’s needs.",
    "W5": "The right assessments, on time.",
}

AUTUMN, WINTER, SPRING = date(2018, 10, 15), date(2019, 1, 15), date(2019, 3, 15)
"""The days on which the leads reported the status of actions."""
TERM: Final = date(2019, 9, 1)
INVENTED: Final = "The expected change is invented for the demonstration."

ACTIONS: Final = (
    Action(
        "A01",
        "W3",
        "REDUCE_SPEND",
        "Continue to scrutinise independent school placements and funding requests to identify causes which will in"
        " turn inform future actions and the Kent Commissioning Plan",
        "Head of SEN",
        date(2019, 7, 31),
        (
            Update(AUTUMN, "ON_TRACK", INVENTED),
            Update(WINTER, "ON_TRACK", "Causes are recorded for every request since December."),
            Update(SPRING, "ON_TRACK", "A first summary of causes went to commissioners."),
        ),
        Expected("ehcp_share", "inmss_children", "-20", date(2018, 11, 1)),
        (
            Milestone("Causes recorded for every request", date(2018, 12, 3), date(2018, 12, 10)),
            Milestone("Summary of causes for the commissioning plan", date(2019, 7, 31)),
        ),
    ),
    Action(
        "A02",
        "W3",
        "REDUCE_SPEND",
        "We are having more challenge and negotiation with independent schools (INMSS) around breakdown of costs",
        "Commissioning manager",
        SPRING,
        (
            Update(AUTUMN, "ON_TRACK", INVENTED),
            Update(WINTER, "ON_TRACK", "Thirty schools have sent a breakdown of their fees."),
            Update(SPRING, "AT_RISK", "Nine schools have sent no breakdown and two have refused."),
        ),
        Expected("cost_per_need_type", "inmss_average", "-500", date(2018, 12, 1)),
        (Milestone("Every school asked for a breakdown", date(2018, 11, 30), date(2018, 11, 23)),),
    ),
    Action(
        "A03",
        "W3",
        "REDUCE_SPEND",
        "We are using our purchasing power to negotiate block funding",
        "Finance business partner",
        date(2019, 2, 28),
        (
            Update(AUTUMN, "NOT_STARTED", INVENTED),
            Update(WINTER, "AT_RISK", "Only one group of schools has made an offer."),
            Update(SPRING, "OFF_TRACK", "The one offer costs more than the places do now."),
        ),
        Expected("provider_concentration", "top_average", "-1000", TERM),
        (
            Milestone("Groups of schools invited to offer blocks", date(2018, 12, 14), date(2018, 12, 14)),
            Milestone("First block contract signed", date(2019, 2, 28)),
        ),
    ),
    Action(
        "A04",
        "W3",
        "REDUCE_SPEND",
        "Our INMSS contracts now stipulate financial penalties i.e. For low or non-attendance of pupils",
        "Commissioning manager",
        date(2018, 12, 31),
        (
            Update(AUTUMN, "ON_TRACK", "The clause is agreed with Legal Services."),
            Update(date(2018, 12, 17), "DONE", "All new contracts have the clause."),
        ),
        milestones=(Milestone("Clause in every new contract", date(2018, 12, 31), date(2018, 12, 17)),),
    ),
    Action(
        "A05",
        "W7",
        "REDUCE_DEMAND",
        "Met with platform providers to tender a Local Offer which we can then co-design with parent/carers and YP to"
        " reflect graduated response to needs and manage expectations",
        "Local Offer manager",
        date(2019, 4, 30),
        (
            Update(AUTUMN, "ON_TRACK", "Three providers have shown their platforms."),
            Update(WINTER, "ON_TRACK"),
            Update(SPRING, "AT_RISK", "The tender is awaiting a decision on its budget."),
        ),
        milestones=(
            Milestone("Providers met", date(2018, 10, 31), date(2018, 10, 12)),
            Milestone("Tender published", date(2019, 3, 29)),
        ),
    ),
    Action(
        "A06",
        "W9",
        "REDUCE_DEMAND",
        "Working with KSENT to identify ways to support mainstream schools to meet needs without Statutory Assessment"
        " (SA)",
        "Inclusion manager",
        date(2019, 7, 19),
        (
            Update(AUTUMN, "ON_TRACK", INVENTED),
            Update(SPRING, "ON_TRACK", "Two approaches are being piloted in twelve schools."),
        ),
        Expected("requests", "received", "-100", TERM),
    ),
    Action(
        "A07",
        "W5",
        "REDUCE_DEMAND",
        "Identifying opportunities to provide training to other professionals to understand SA process",
        "SEN officer",
        date(2019, 3, 29),
        (
            Update(AUTUMN, "NOT_STARTED", "It starts once the new process is written up."),
            Update(WINTER, "NOT_STARTED"),
        ),
    ),
    Action(
        "A08",
        "W3",
        "RIGHT_PROVISION",
        "The Kent Commissioning Plan (KCP) for future developments reflects growing demand and needs of CYP with SEN"
        " as identified by the panel",
        "Commissioning manager",
        date(2019, 6, 28),
        (
            Update(AUTUMN, "ON_TRACK"),
            Update(WINTER, "ON_TRACK", "The panel’s need types are part of the draft."),
            Update(SPRING, "ON_TRACK"),
        ),
        Expected("panel_need_types"),
    ),
    Action(
        "A09",
        "W4",
        "RIGHT_PROVISION",
        "Increase special school places for 2019-20 to 4,546 from 4,130",
        "Commissioning manager",
        TERM,
        (
            Update(AUTUMN, "ON_TRACK"),
            Update(WINTER, "ON_TRACK", "Eight schools have agreed to grow."),
            Update(SPRING, "AT_RISK", "At one school the rooms may not be ready until October."),
        ),
        Expected("place_growth", "special_places", "416", TERM),
        (
            Milestone("Eight schools have agreed to grow", date(2018, 12, 21), date(2019, 1, 11)),
            Milestone("Special school places 4,546, from 4,130", TERM),
        ),
    ),
    Action(
        "A10",
        "W4",
        "RIGHT_PROVISION",
        "Government funded special free school approved for the Isle of Sheppey",
        "Commissioning manager",
        TERM,
        (
            Update(AUTUMN, "ON_TRACK", "The school is approved."),
            Update(WINTER, "ON_TRACK"),
            Update(SPRING, "ON_TRACK", "Its milestones are in the commissioning plan."),
        ),
    ),
    Action(
        "A11",
        "W9",
        "RIGHT_PROVISION",
        "Develop specialist resourced provisions (SRPs) where required in line with KCP. Place numbers increased to"
        " 1,044 from 959 for 2019-20",
        "Commissioning manager",
        TERM,
        (
            Update(AUTUMN, "ON_TRACK"),
            Update(WINTER, "ON_TRACK", "Twelve schools have agreed to grow."),
            Update(SPRING, "ON_TRACK"),
        ),
        Expected("place_growth", "srp_places", "85", TERM),
        (Milestone("SRP places 1,044, from 959", TERM),),
    ),
    Action(
        "A12",
        "W9",
        "RIGHT_PROVISION",
        "Look at ways to support mainstream schools to build capacity to meet needs – an area of concern identified by"
        " Ofsted/CQC",
        "Inclusion manager",
        date(2019, 5, 31),
        (
            Update(WINTER, "ON_TRACK"),
            Update(SPRING, "AT_RISK", "Half of the schools approached have not replied."),
        ),
    ),
    Action(
        "A13",
        "W5",
        "SERVICE_REVIEW",
        "Review completed and new streamlined processes for statutory assessment went live on 29th April",
        "Assessment manager",
        date(2019, 4, 29),
        (
            Update(AUTUMN, "ON_TRACK", INVENTED),
            Update(WINTER, "ON_TRACK", "The review is complete."),
            Update(SPRING, "ON_TRACK"),
            Update(date(2019, 4, 29), "DONE", "The new process is live."),
        ),
        Expected("timeliness_20_weeks", "within_pct", "10", TERM),
        (
            Milestone("Review completed", date(2018, 12, 31), date(2018, 12, 19)),
            Milestone("Teams trained in the new process", date(2019, 4, 12), date(2019, 4, 10)),
            Milestone("New process live", date(2019, 4, 29), date(2019, 4, 29)),
        ),
    ),
    Action(
        "A14",
        "W5",
        "SERVICE_REVIEW",
        "Managing the demand",
        "Assessment manager",
        date(2019, 9, 30),
        (
            Update(WINTER, "NOT_STARTED", f"It starts with the new process. {INVENTED}"),
            Update(SPRING, "NOT_STARTED"),
        ),
        Expected("requests", "refused_to_assess", "-50", TERM),
    ),
    Action(
        "A15",
        "W7",
        "SERVICE_REVIEW",
        "Improving communication",
        "SEN officer",
        date(2019, 4, 26),
        (
            Update(WINTER, "ON_TRACK"),
            Update(SPRING, "ON_TRACK", "Letters have been rewritten; parents have read the first of them."),
        ),
    ),
    Action(
        "A16",
        "W6",
        "SERVICE_REVIEW",
        "Improving quality of EHCPs",
        "Assessment manager",
        date(2019, 10, 31),
        (
            Update(WINTER, "NOT_STARTED"),
            Update(SPRING, "ON_TRACK", "A second person checks ten plans a month."),
        ),
    ),
    Action(
        "A17",
        "W1",
        "SERVICE_REVIEW",
        "Fill the vacant posts of educational psychologists",
        "Principal educational psychologist",
        date(2019, 1, 31),
        (
            Update(AUTUMN, "ON_TRACK"),
            Update(WINTER, "AT_RISK", "Two of five posts are filled."),
            Update(SPRING, "OFF_TRACK", "The last round attracted no candidates."),
        ),
    ),
    Action(
        "A18",
        "W2",
        "RIGHT_PROVISION",
        "Agree with colleges which places they will offer young people with a plan",
        "Post-16 manager",
        date(2019, 5, 31),
        (Update(AUTUMN, "NOT_STARTED"), Update(WINTER, "ON_TRACK", "Colleges have shared their plans.")),
    ),
    Action(
        "A19",
        "W8",
        "REDUCE_DEMAND",
        "Discuss life after school in every review from year 9",
        "Post-16 manager",
        date(2019, 7, 19),
        (Update(AUTUMN, "ON_TRACK"), Update(SPRING, "ON_TRACK")),
    ),
)
"""The actions. A01 to A16 are the points of "What we are doing" and "Service Review", in the deck's order.

The others are invented for the workstreams for which the deck names no action.
"""

FREE_SCHOOL: Final = (
    Milestone("Approved by the government", date(2018, 9, 28), date(2018, 9, 28)),
    Milestone("Site agreed", date(2019, 2, 15), date(2019, 3, 8)),
    Milestone("Planning permission", date(2019, 3, 22)),
    Milestone("Head teacher appointed", date(2019, 4, 26)),
    Milestone("School opens", TERM),
)
"""The milestones of the free school on the Isle of Sheppey in the commissioning plan."""

RISKS: Final = (
    Risk(
        "W3",
        "Independent schools raise their fees by more than budgeted",
        4,
        4,
        "Challenge each rise.",
        "Head of SEN",
    ),
    Risk(
        "W5",
        "Requests for assessments grow faster than the service can decide them",
        5,
        4,
        "New process from 29 April; more support without an assessment.",
        "Assessment manager",
    ),
    Risk(
        "W4",
        "New places in special schools open late",
        3,
        4,
        "Monthly meetings with the schools’ contractors.",
        "Commissioning manager",
    ),
    Risk(
        "W1",
        "Educational psychology advice arrives too late for the 20 weeks",
        4,
        5,
        "Locums until the posts are filled.",
        "Principal educational psychologist",
    ),
    Risk(
        "W7",
        "The Local Offer tender attracts no bids",
        2,
        2,
        "Keep the current pages.",
        "Local Offer manager",
    ),
    Risk(
        "W2",
        "A college closes its courses",
        2,
        3,
        "Two others have agreed to take the students.",
        "Post-16 manager",
        "CLOSED",
    ),
)
DECISIONS_NEEDED: Final = (
    DecisionNeeded(
        "W7", "Approve the budget for the Local Offer tender", "Cabinet member", date(2019, 3, 15)
    ),
    DecisionNeeded("W3", "Continue block funding, or stop it", "Programme board", date(2019, 4, 12)),
    DecisionNeeded(
        "W1",
        "Fund locum educational psychologists for another year",
        "Director of education",
        date(2019, 4, 30),
    ),
    DecisionNeeded(
        "W5", "Start the new process on 29 April", "Programme board", date(2019, 3, 29), date(2019, 3, 20)
    ),
)

NOTES: Final = (
    Note(
        "panel_need_types",
        "Main need types requesting INMSS placement",
        (
            "ASD with behaviour including high levels of anxiety",
            "SEMH with complex mental health issues",
        ),
    ),
    Note(
        "panel_reasons",
        "Reasons why needs can not be met by local provision",
        (
            "M/S, SRPs and Special schools can’t meet needs due to complexity",
            "Special schools don’t have capacity",
        ),
    ),
    Note(
        "panel_reasons",
        "Reasons for requests for additional funding",
        (
            "Child requires 1:1 adult support in a special school or SRP",
            "Staff pupil ratio would be unmanageable with extra pupil",
            "Child has a high level of need and is awaiting specialist or change of placement",
        ),
    ),
)


def earlier_updates() -> Iterator[tuple[str, Update]]:
    """Yield the updates of each action before its last one, which is the only one that a data set can hold."""
    for action in ACTIONS:
        yield from ((action.action_id, update) for update in action.updates[:-1])


def milestones(free_school: str) -> Iterator[tuple[str, str, str, Milestone]]:
    """Yield each milestone with its key and its action, or the change that opens the free school."""
    of: Sequence[tuple[str, str, tuple[Milestone, ...]]] = (
        *((action.action_id, "", action.milestones) for action in ACTIONS),
        ("", free_school, FREE_SCHOOL),
    )
    number = 0
    for action_id, change_id, ahead in of:
        for milestone in ahead:
            number += 1
            yield f"M{number:02d}", action_id, change_id, milestone
