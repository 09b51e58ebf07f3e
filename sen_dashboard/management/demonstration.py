"""What the demonstration has besides its data set: a day of its own, closed months, earlier updates, and notes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from placements.closing import close_months, to_close
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.clock.day import begin_demonstration, working_day
from sen_dashboard.core.models.trail import changes_through
from sen_dashboard.core.periods import Month
from sen_dashboard.demonstration import council, programme
from sen_dashboard.programme.models import ActionUpdate, KpiNote


@contextmanager
def first_day() -> Iterator[None]:
    """Load the demonstration as on its first day: the records have happened by then, and earlier months are closed.

    One transaction, so all of it or nothing is loaded.
    """
    with transaction.atomic():
        begin_demonstration(council.FIRST_DAY)
        yield
        _close_months()


def _close_months() -> None:
    """Close the months before the first open one, as the demonstration's Finance user."""
    people = User.objects.filter(is_demonstration=True, is_active=True, groups__name=Role.FINANCE)
    person = people.order_by("username").first()
    last = Month.containing(council.OPEN_FROM).plus(-1)
    if person and to_close(last):  # an account of that name may belong to a person
        close_months(by=person, to=last, today=working_day())


@transaction.atomic
def add_what_no_file_holds() -> None:
    """Add the earlier updates of each action and the notes.

    A file holds only the latest update of an action, and the contract has no notes.
    """
    with changes_through("Demonstration"):
        ActionUpdate.objects.bulk_create(
            ActionUpdate(action_id=action_id, day=update.day, status=update.status, note=update.note)
            for action_id, update in programme.earlier_updates()
        )
        KpiNote.objects.bulk_create(
            KpiNote(kpi=note.kpi, title=note.title, text="\n".join(note.points), day=note.day)
            for note in programme.NOTES
        )
