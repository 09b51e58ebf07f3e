"""What the demonstration holds besides its data set: what was told of actions before, and notes beside figures."""

from django.db import transaction

from sen_dashboard.core.trail import changes_through
from sen_dashboard.demonstration import programme
from sen_dashboard.programme.models import ActionUpdate, KpiNote


@transaction.atomic
def add_what_no_file_holds() -> None:
    """Add the earlier updates of each action and the notes.

    A file tells how an action stands last, and of notes there is none: the contract knows them not.
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
