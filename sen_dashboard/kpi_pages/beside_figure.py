"""What the programme says of a figure, on the figure's page: notes in words, and what is being done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sen_dashboard.programme.models import Action, KpiNote


@dataclass(frozen=True)
class Beside:
    """The notes that stand beside a figure on a day, newest first, and the actions that are to move it, by due day."""

    notes: Sequence[KpiNote]
    actions: Sequence[Any]


def beside(kpi: str, day: date) -> Beside:
    """What stands beside the figure of this slug: two statements."""
    return Beside(
        list(KpiNote.objects.beside(kpi, day)),
        list(Action.objects.known_on(day).filter(kpi=kpi).by_due()),
    )
