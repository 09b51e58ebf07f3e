"""What a change to a placement means for the places that a panel agreed for the child."""

from datetime import date

from panel.models import ExpectedPlacement
from sen_dashboard.core import formats
from sen_dashboard.core.periods import ONE_DAY


def after_end(child_id: str, ends_on: date | None) -> tuple[str, ...]:
    """Return a sentence for each place that waits to start: whether it follows the end, if there is one."""
    return tuple(_after(place, ends_on) for place in _waiting(child_id))


def beside_move(child_id: str) -> tuple[str, ...]:
    """Return a sentence for each place that waits to start: it remains waiting."""
    return tuple(
        f"{_name(place)} is still expected: if this takes its place, change or refuse it among the agreed places."
        for place in _waiting(child_id)
    )


def _waiting(child_id: str) -> list[ExpectedPlacement]:
    places = ExpectedPlacement.objects.waiting().filter(decision__case__child=child_id)
    return list(places.select_related("school", "decision").order_by("starts_on", "pk"))


def _after(place: ExpectedPlacement, ends_on: date | None) -> str:
    if ends_on is None or place.starts_on <= ends_on:
        return f"{_name(place)}: entering its start ends this placement the day before."
    if place.starts_on == ends_on + ONE_DAY:
        return f"{_name(place)} follows the day after."
    gap = f"{formats.day(ends_on + ONE_DAY)} to {formats.day(place.starts_on - ONE_DAY)}"
    return f"{_name(place)}: from {gap} the child has no placement."


def _name(place: ExpectedPlacement) -> str:
    """Return "The agreed place at Ash School from 3 September 2018"."""
    school = place.school or "a school to be found"
    return f"The agreed place at {school} from {formats.day(place.starts_on)}"
