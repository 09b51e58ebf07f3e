"""A random programme: workstreams, and actions with updates, some of which belong to no workstream."""

from datetime import date, timedelta
from random import Random

from sen_dashboard.programme.models import TO_BE_EXPLAINED, Action, ActionUpdate, Lever, Status, Workstream

FIRST = date(2018, 1, 1)


def make_random_programme(seed: int) -> None:
    """Use days between 2018 and 2020, so that updates and due days are on both sides of any day in 2019."""
    random = Random(seed)

    def day() -> date:
        return FIRST + timedelta(days=random.randrange(900))

    workstreams = [
        Workstream.objects.create(workstream_id=f"W{number}", title=f"Workstream {number}")
        for number in range(4)
    ]
    for number in range(30):
        action = Action.objects.create(
            action_id=f"N{number}",
            lever=random.choice(Lever.values),
            title=f"Action {number}",
            workstream=random.choice([None, *workstreams[:3]]),
            due_on=random.choice([None, date(2019, 3, 31), day(), day()]),
        )
        for _ in range(random.randrange(4)):
            status = random.choice(list(Status))
            note = "A reason" if status in TO_BE_EXPLAINED else ""
            updated_on = random.choice([date(2019, 3, 31), day(), day()])
            ActionUpdate.objects.create(action=action, day=updated_on, status=status, note=note)
