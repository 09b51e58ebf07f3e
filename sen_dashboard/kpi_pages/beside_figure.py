"""The programme's notes on a figure and the actions meant to change it, shown on the figure's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sen_dashboard.programme.models import Action, KpiNote


@dataclass(frozen=True)
class Beside:
    """The notes on a figure on a day, newest first, and the actions meant to change it, by due day."""

    notes: Sequence[KpiNote]
    actions: Sequence[Any]


def beside(kpi: str, day: date) -> Beside:
    """Return the notes and actions for the figure of this slug, with two statements."""
    return Beside(
        list(KpiNote.objects.beside(kpi, day)),
        list(Action.objects.known_on(day).filter(kpi=kpi).by_due()),
    )
