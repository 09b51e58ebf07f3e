"""A random council with cases in every queue, on agendas, and finally decided."""

from datetime import date, timedelta
from random import Random

from panel.models import AgendaItem, ExpectedPlacement, PanelCase, PanelDecision
from tests.factories import make_case, make_meeting, make_school

TODAY = date(2026, 3, 10)
OUTCOMES = ("AGREED", "DECLINED", "MORE_INFORMATION", "DEFERRED", "WITHDRAWN")


def make_waiting(seed: int, number: int = 150) -> None:
    """Store cases decided up to three times, some with void decisions, complete papers or a place on an agenda."""
    random = Random(seed)
    school = make_school()
    meetings = [
        make_meeting(panel=panel, held_on=TODAY + timedelta(days=days))
        for panel in ("INDEPENDENT", "ADDITIONAL_FUNDING")
        for days in (-30, 0, 14)
    ]
    for _ in range(number):
        case = make_case(
            panel=random.choice(("INDEPENDENT", "ADDITIONAL_FUNDING")),
            received_on=TODAY - timedelta(days=random.randint(100, 300)),
            primary_need=random.choice(("ASD", "SEMH")),
        )
        _decide(random, case, school)
        if random.random() < 0.4:
            PanelCase.objects.filter(pk=case.pk).update(
                ready_on=case.received_on + timedelta(days=random.randint(0, 99))
            )
        if random.random() < 0.3:
            meeting = random.choice([meeting for meeting in meetings if meeting.panel == case.panel])
            AgendaItem.objects.create(meeting=meeting, case=case, position=meeting.items.count())


def _decide(random: Random, case: PanelCase, school: object) -> None:
    days = sorted(random.sample(range(99), random.randint(0, 3)))
    for days_before in days:
        decision = PanelDecision.objects.create(
            case=case,
            meeting_on=TODAY - timedelta(days=days_before),
            outcome=random.choice(OUTCOMES),
            due_on=random.choice((None, *(TODAY + timedelta(days=n) for n in (-20, -1, 0, 1, 20)))),
            review_on=random.choice((None, *(TODAY + timedelta(days=n) for n in (-1, 0, 1)))),
            void=random.random() < 0.2,
        )
        if decision.outcome == "AGREED" and random.random() < 0.8:
            ExpectedPlacement.objects.create(
                decision=decision,
                school=school,
                attendance="DAY",
                starts_on=TODAY + timedelta(days=random.randint(-30, 30)),
                refused_on=random.choice((None, None, TODAY)),
            )
