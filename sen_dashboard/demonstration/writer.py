"""Writes the data set: one folder of CSV files in the data contract's format.

At scale N there are N councils, each with its own stream of random numbers, keys and schools, and each is written and
forgotten before the next is made: memory does not grow with the scale, and totals are exact multiples. Budgets and
forecasts, whose keys name no school, are single rows for all councils together; so are events and the programme.
"""

import csv
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from . import assessments, costs, council, money, panel, places, plans, programme, schools
from .council import Provision
from .records import Register, pounds, year_name

COLUMNS = {
    "schools": "school_id urn name sector phase district provider_group opened_on closed_on",
    "children": "child_id date_of_birth home_district",
    "assessments": "assessment_id child_id requested_on assess_decision assess_decided_on issue_decision"
    " issue_decided_on exception",
    "plans": "plan_id child_id assessment_id issued_on ceased_on cease_reason primary_need secondary_need",
    "placements": "placement_id plan_id school_id in_srp attendance weeks_per_year starts_on ends_on end_reason route"
    " reason accrual contract_id",
    "cost_lines": "placement_id kind annual_amount starts_on ends_on education_share social_care_share void",
    "panel_cases": "case_id child_id panel received_on primary_need secondary_need profile reasons school_id"
    " attendance annual_cost cost_basis",
    "panel_decisions": "case_id meeting_on outcome value due_on decided_by note void",
    "budgets": "financial_year line amount",
    "forecasts": "financial_year line made_on amount",
    "ledger": "month line school_id reference amount",
    "places": "school_id provision academic_year places needs",
    "commissioning_plan": "change_id school_id title provision effective_on places_change needs district status note",
    "workstreams": "workstream_id title lead aim",
    "actions": "action_id workstream_id lever title owner due_on status note updated_on kpi kpi_key kpi_row"
    " expected_change expected_from",
    "milestones": "milestone_id action_id change_id title due_on reached_on",
    "risks": "risk_id workstream_id title likelihood impact mitigation owner status updated_on",
    "decisions_needed": "item_id workstream_id title needed_by asked_of settled_on",
    "events": "event_id on title",
}
"""The files and their columns, as the data contract lists them."""
OF_MORE_REQUESTS = 500_000
"""The offset from a council's random seed to that of its added requests; fewer councils are made at once."""
PARTS = 7
"""The number of progress steps for each council."""

Row = tuple[Any, ...]


def text(day: date | None) -> str:
    """Write a date as in the contract, empty for None."""
    return "" if day is None else day.isoformat()


class DatasetWriter:
    """The open files of a data set, and the rows written to each."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.writers = {}
        self.rows = dict.fromkeys(COLUMNS, 0)
        for name, columns in COLUMNS.items():
            file = stack.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            self.writers[name] = csv.writer(file, lineterminator="\n")
            self.writers[name].writerow(columns.split())

    def write(self, name: str, rows: Iterable[Row]) -> None:
        """Append rows to a file."""
        writerow = self.writers[name].writerow
        number = 0
        for row in rows:
            writerow(row)
            number += 1
        self.rows[name] += number


def write_dataset(folder: Path, scale: int, seed: int, progress: Callable[[], object]) -> dict[str, int]:
    """Write every file into an existing folder; return the number of rows of each."""
    outturns: dict[tuple[str, int], int] = {}
    with ExitStack() as stack:
        writer = DatasetWriter(folder, stack)
        free_schools = [
            write_council(
                writer,
                Random(seed * 1_000_003 + block),
                Random(seed * 1_000_003 + block + OF_MORE_REQUESTS),
                f"c{block + 1}-" if block else "",
                outturns,
                progress,
            )
            for block in range(scale)
        ]
        write_budgets(writer, Random(seed), scale, outturns)
        write_programme(writer, free_schools[0])
        writer.write("events", ((key, text(day), title) for key, day, title in council.EVENTS))
    return writer.rows


def write_council(
    writer: DatasetWriter,
    rng: Random,
    more_requests: Random,
    prefix: str,
    outturns: dict[tuple[str, int], int],
    progress: Callable[[], object],
) -> str:
    """Make and write one council of 12,000 plans; return the key of the change that opens its free school."""
    register = Register(prefix)
    made = schools.make_schools(rng, prefix)
    writer.write("schools", school_rows(made))
    progress()
    plans.make_plans(rng, register, made)
    progress()
    behind_plan = write_assessments(writer, rng, more_requests, register)
    progress()
    writer.write("children", ((c.child_id, text(c.born_on), c.district) for c in register.children))
    writer.write("plans", plan_rows(register, behind_plan))
    writer.write("placements", placement_rows(register))
    progress()
    costs.set_fees(rng, register, made.large_inmss)
    for placement in register.placements:
        writer.write("cost_lines", map(cost_row, costs.cost_lines(rng, placement)))
    progress()
    write_panel(writer, panel.make_cases(rng, register, made))
    progress()
    write_ledger(writer, rng, register, outturns)
    free_school = write_places(writer, rng, prefix, made)
    progress()
    return free_school


def school_rows(made: schools.Schools) -> Iterable[Row]:
    """Return the rows of schools.csv; a fictional school has no URN."""
    for school in made.everyone:
        yield (
            school.school_id,
            "",
            school.name,
            school.sector,
            school.phase,
            school.district,
            school.provider_group,
            text(school.opened_on),
            text(school.closed_on),
        )


def write_assessments(writer: DatasetWriter, rng: Random, more: Random, register: Register) -> dict[str, str]:
    """Write assessments.csv; return the assessment behind each plan that has one."""
    behind_plan: dict[str, str] = {}

    def rows() -> Iterable[Row]:
        for made in assessments.make_assessments(rng, more, register):
            if made.plan_id:
                behind_plan[made.plan_id] = made.assessment_id
            assess = "AGREED" if made.assesses else "REFUSED"
            issue = "ISSUED" if made.issues else "NOT_ISSUED"
            yield (
                made.assessment_id,
                made.child.child_id,
                text(made.requested_on),
                assess if made.assess_decided_on else "",
                text(made.assess_decided_on),
                issue if made.issue_decided_on else "",
                text(made.issue_decided_on),
                "Y" if made.exception else "N",
            )

    writer.write("assessments", rows())
    return behind_plan


def plan_rows(register: Register, behind_plan: dict[str, str]) -> Iterable[Row]:
    """Return the rows of plans.csv."""
    for plan in register.plans:
        yield (
            plan.plan_id,
            plan.child.child_id,
            behind_plan.get(plan.plan_id, ""),
            text(plan.issued_on),
            text(plan.ceased_on),
            plan.cease_reason,
            plan.primary_need,
            plan.secondary_need,
        )


def placement_rows(register: Register) -> Iterable[Row]:
    """Return the rows of placements.csv; no contracts yet."""
    for placement in register.placements:
        yield (
            placement.placement_id,
            placement.plan.plan_id,
            placement.school.school_id,
            "Y" if placement.provision == Provision.SRP else "N",
            placement.attendance,
            placement.weeks,
            text(placement.starts_on),
            text(placement.ends_on),
            placement.end_reason,
            placement.route,
            placement.reason,
            placement.accrual,
            "",
        )


def cost_row(line: costs.CostLine) -> Row:
    """Return a row of cost_lines.csv."""
    return (
        line.placement_id,
        line.kind,
        pounds(line.annual_pence),
        text(line.starts_on),
        text(line.ends_on),
        line.education_share,
        Decimal(100) - Decimal(line.education_share),
        "Y" if line.void else "N",
    )


def write_panel(writer: DatasetWriter, cases: Iterable[panel.Case]) -> None:
    """Write panel_cases.csv and panel_decisions.csv."""
    for case in cases:
        row = (
            case.case_id,
            case.child_id,
            case.panel,
            text(case.received_on),
            case.primary_need,
            case.secondary_need,
            case.profile,
            case.reasons,
            case.school_id,
            case.attendance,
            pounds(case.annual_cost * 100),
            "PART_YEAR" if case.part_year else "ANNUAL",
        )
        writer.write("panel_cases", [row])
        writer.write(
            "panel_decisions",
            (
                (
                    case.case_id,
                    text(decision.meeting_on),
                    decision.outcome,
                    "" if decision.value is None else pounds(decision.value * 100),
                    text(decision.due_on),
                    panel.DECIDED_BY[case.panel],
                    decision.note,
                    "Y" if decision.void else "N",
                )
                for decision in case.decisions
            ),
        )


def write_ledger(
    writer: DatasetWriter, rng: Random, register: Register, outturns: dict[tuple[str, int], int]
) -> None:
    """Write ledger.csv and add its postings to the outturns."""
    postings = [*money.inmss_postings(rng, register), *money.top_up_postings(rng, register.prefix)]
    for posting in postings:
        money.add_up(outturns, posting)
    writer.write("ledger", ((p.month, p.line, p.school_id, p.reference, pounds(p.pence)) for p in postings))


def write_places(writer: DatasetWriter, rng: Random, prefix: str, made: schools.Schools) -> str:
    """Write places.csv and commissioning_plan.csv; return the key of the change that opens the free school."""
    every = places.make_places(rng, made)
    writer.write(
        "places",
        (
            (
                place.school.school_id,
                place.provision,
                year_name(place.year),
                place.number,
                ";".join(place.needs),
            )
            for place in every
        ),
    )
    changes = places.commissioning_plan(rng, prefix, made, every)
    writer.write(
        "commissioning_plan",
        (
            (
                change.change_id,
                change.school_id,
                change.title,
                change.provision,
                text(change.effective_on),
                change.places,
                ";".join(change.needs),
                change.district,
                change.status,
                change.note,
            )
            for change in changes
        ),
    )
    return next(change.change_id for change in changes if change.title.startswith(places.FREE_SCHOOL))


def write_programme(writer: DatasetWriter, free_school: str) -> None:
    """Write the programme; ``free_school`` is the key of the change that opens the free school."""
    writer.write(
        "workstreams", ((*named, programme.AIMS.get(named[0], "")) for named in programme.WORKSTREAMS)
    )
    writer.write("actions", map(action_row, programme.ACTIONS))
    writer.write(
        "milestones",
        (
            (key, action_id, change_id, ahead.title, text(ahead.due_on), text(ahead.reached_on))
            for key, action_id, change_id, ahead in programme.milestones(free_school)
        ),
    )
    writer.write(
        "risks",
        (
            (
                f"R{number}",
                risk.workstream_id,
                risk.title,
                risk.likelihood,
                risk.impact,
                risk.mitigation,
                risk.owner,
                risk.status,
                text(programme.SPRING),
            )
            for number, risk in enumerate(programme.RISKS, 1)
        ),
    )
    writer.write(
        "decisions_needed",
        (
            (
                f"D{number}",
                needed.workstream_id,
                needed.title,
                text(needed.needed_by),
                needed.asked_of,
                text(needed.settled_on),
            )
            for number, needed in enumerate(programme.DECISIONS_NEEDED, 1)
        ),
    )


def action_row(action: programme.Action) -> Row:
    """Return a row of actions.csv, which has the latest update of the action."""
    last, moves = action.updates[-1], action.expected
    return (
        action.action_id,
        action.workstream_id,
        action.lever,
        action.title,
        action.owner,
        text(action.due_on),
        last.status,
        last.note,
        text(last.day),
        moves.kpi if moves else "",
        moves.key if moves else "",
        "",
        moves.change if moves else "",
        text(moves.starts_on if moves else None),
    )


def write_budgets(
    writer: DatasetWriter, rng: Random, scale: int, outturns: dict[tuple[str, int], int]
) -> None:
    """Write budgets.csv and forecasts.csv, for all councils together."""
    writer.write(
        "budgets",
        (
            (year_name(year), line, pounds(money.budget(line, year, scale, outturns) * 100))
            for line in (council.INMSS_LINE, council.TOP_UP_LINE)
            for year in council.INMSS_BUDGETS
        ),
    )
    writer.write(
        "forecasts",
        (
            (year_name(forecast.year), forecast.line, text(forecast.made_on), pounds(forecast.amount * 100))
            for forecast in money.forecasts(rng, scale, outturns)
        ),
    )
