"""The words of a KPI's message: its figure in one line, which can be the title of a slide.

It says "rose" or "fell" only if the written number did, and gives a cause only if the change is the sum of known parts.
"""

from collections.abc import Mapping
from decimal import Decimal

from sen_dashboard.core import formats
from sen_dashboard.core.money import growth


def moved(before: int | Decimal, now: int | Decimal) -> str:
    """Return how a number moved: "rose 29%", "fell 3.8%", "rose" from 0, "stayed the same"."""
    if now == before:
        return "stayed the same"
    return f"{'rose' if now > before else 'fell'}{_by(growth(now, before))}"


def _by(change_pct: float | None) -> str:
    """Return " 29%"; nothing if no percentage is defined or it reads 0.0%."""
    shown = "" if change_pct is None else formats.percent_short(abs(change_pct))
    return "" if shown in ("", "0.0%") else f" {shown}"


def main_part(change: Decimal | None, parts: Mapping[str, Decimal | None]) -> str | None:
    """Return the name of the largest part that goes in the direction of the change, which is the sum of the parts.

    Returns None if there is no change, or a part is unknown.
    """
    known = {name: part for name, part in parts.items() if part is not None}
    if not change or len(known) < len(parts):
        return None
    same_way = [name for name, part in known.items() if part and (part > 0) == (change > 0)]
    return max(same_way, key=lambda name: abs(known[name]), default=None)
