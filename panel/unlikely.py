"""What is unlikely about a request, a decision or a start, in sentences: it may be right, and is then confirmed.

All the rules are here. They are functions of what was entered and of what is recorded about the child, and read
nothing themselves.
"""

from collections.abc import Iterator
from datetime import date

from panel.models import PanelCase, Reason
from panel.pages.child_facts import ChildFacts
from provision.ages import teaches
from provision.models import School
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Provision, need_label
from sen_dashboard.core.periods import ONE_DAY, age_on, year_before

EARLIEST = 2
"""A request is unlikely before the calendar year in which the child reaches this age."""
YEARS_AHEAD = 2
WITH_SUPPORT = (Provision.SPECIAL, Provision.SRP)
"""The provisions where one-to-one support is paid for as additional funding."""


def of_request(case: PanelCase, known: ChildFacts) -> list[str]:
    """What is unlikely about a request, given what is ``known`` about its child on a day."""
    sentences = [*_already_open(case, known), *_other_need(case, known)]
    if case.school:
        sentences += of_school(case.school, known.child.date_of_birth, known.day)
    return [*sentences, *_elsewhere(case, known), *_received(case, known)]


def of_agreement(school: School | None, born_on: date, starts_on: date, decided_on: date) -> list[str]:
    """What is unlikely about a place or funding agreed from a day."""
    sentences = list(_far_away(starts_on, decided_on))
    return [*sentences, *of_school(school, born_on, starts_on)] if school else sentences


def of_start(started_on: date, expected_on: date) -> list[str]:
    """What is unlikely about a start."""
    if started_on == expected_on:
        return []
    return [f"The start is on {formats.day(started_on)}, but was agreed for {formats.day(expected_on)}."]


def of_school(school: School, born_on: date, day: date) -> list[str]:
    """What is unlikely about a place at the school from the day for a child born on ``born_on``."""
    sentences = []
    if school.closed_on and school.closed_on <= day:
        sentences.append(f"{school.name} closed on {formats.day(school.closed_on)}.")
    if school.opened_on and school.opened_on > day:
        sentences.append(f"{school.name} does not open until {formats.day(school.opened_on)}.")
    if day >= born_on and not teaches(school, born_on, day):
        kind = ", ".join(filter(None, (school.get_sector_display().lower(), school.phase.lower())))
        sentences.append(f"{school.name} ({kind}) does not take children aged {age_on(day, born_on)}.")
    return sentences


def _already_open(case: PanelCase, known: ChildFacts) -> Iterator[str]:
    for other in known.open_cases:
        if other.pk != case.pk and other.panel == case.panel:
            received = formats.day(other.received_on)
            yield f"Case {other.pk} of this child is open at the same panel; it was received on {received}."


def _other_need(case: PanelCase, known: ChildFacts) -> Iterator[str]:
    if known.plan and known.plan.primary_need != case.primary_need:
        of_plan, asked = need_label(known.plan.primary_need), need_label(case.primary_need)
        yield f"The primary need is {asked}, but {of_plan} in the child’s plan."


def _elsewhere(case: PanelCase, known: ChildFacts) -> Iterator[str]:
    if Reason.ONE_TO_ONE not in case.reasons:
        return
    if known.present is None:
        yield "The reason is one-to-one support in a special school or SRP, but the child has no placement."
    elif known.present.provision not in WITH_SUPPORT:
        where = f"{known.present.school.name} ({Provision(known.present.provision).label.lower()})"
        yield f"The reason is one-to-one support in a special school or SRP, but the child is at {where}."


def _received(case: PanelCase, known: ChildFacts) -> Iterator[str]:
    received, born = formats.day(case.received_on), known.child.date_of_birth
    if case.received_on < year_before(known.day):
        yield f"It was received on {received}, more than a year ago."
    if case.received_on.year < born.year + EARLIEST:
        yield f"It was received on {received}, but the child was born in {born.year}."


def _far_away(starts_on: date, decided_on: date) -> Iterator[str]:
    start, day = formats.day(starts_on), formats.day(decided_on)
    if starts_on < year_before(decided_on):
        yield f"It is to run from {start}, more than a year before the decision of {day}."
    if starts_on > decided_on and age_on(starts_on - ONE_DAY, decided_on) >= YEARS_AHEAD:
        yield f"It is to run from {start}, more than two years after the decision of {day}."
