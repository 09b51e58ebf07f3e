"""How a figure stands: against the year before, and against its goal."""

from dataclasses import dataclass
from decimal import Decimal

from sen_dashboard.core.kpi import Better, Fact


@dataclass(frozen=True)
class Direction:
    """How a figure moved since the year before: words, whether that is better or worse, and an arrow."""

    words: str
    verdict: str
    arrow: str = ""


def direction(better: Better, now: Fact, before: Fact) -> Direction:
    """Compare a KPI's figure with that of the year before; the verdict follows which way is better."""
    if not isinstance(now.value, int | float | Decimal) or not isinstance(
        before.value, int | float | Decimal
    ):
        return Direction("No figure a year before to compare with", "")
    if now.short == before.short:
        return Direction(f"Level with a year before ({before.short})", "", "=")
    rose = now.value > before.value
    words, arrow = f"{'Up' if rose else 'Down'} from {before.short} a year before", "▲" if rose else "▼"
    if better in (Better.HIGHER, Better.LOWER):
        return Direction(words, "better" if rose == (better is Better.HIGHER) else "worse", arrow)
    return Direction(words, "", arrow)
