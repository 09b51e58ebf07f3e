"""Averages, shares and ratios, with one rule: an undefined value is None, never 0.

Money is ``Decimal`` pounds everywhere; a percentage or ratio is a ``float``, a count an ``int``. The types alone tell
the outputs how to write a value.
"""

import re
from decimal import ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")
WRITTEN = "£?([0-9]{1,10}|[0-9]{1,3}(,[0-9]{3}){1,2}|[0-9](,[0-9]{3}){3})([.][0-9]{1,2})?"
"""How people write pounds below ten thousand million: 1234.5, 1,234.50 or £1,234.50. Files (SQL) and forms read it."""
CREDIT = f"-{WRITTEN}|[(]{WRITTEN}[)]"
"""How people write pounds below 0, which only the ledger's files may contain: -5, -£5 or (5.00)."""
HOW_TO_WRITE = "Enter pounds and pence such as 1234.50, 1,234.50 or £1,234.50"


def read_pounds(text: str) -> Decimal:
    """Read pounds as people write them. Raises ValueError for anything else, or an amount below 0."""
    if not re.fullmatch(WRITTEN, text, re.ASCII):
        raise ValueError("no pounds")
    return Decimal(re.sub("[£,]", "", text))


def to_penny(amount: Decimal) -> Decimal:
    """Return ``amount`` in pounds rounded half up to the penny, as DfE rounds (domain.md section 8)."""
    return amount.quantize(PENNY, rounding=ROUND_HALF_UP)


def average(total: Decimal | None, count: Decimal | int | None) -> Decimal | None:
    """Return pounds for each of ``count``, to the penny; None if the count is 0, or the total or count is unknown."""
    return to_penny(total / count) if count and total is not None else None


def percentage(part: Decimal | int | None, whole: Decimal | int | None) -> float | None:
    """Return ``part`` as an unrounded percentage of ``whole`` (0 to 100 for a part of it).

    None if either is unknown or the whole is 0.
    """
    if part is None or not whole:
        return None
    return float(100 * Decimal(part) / Decimal(whole))


def growth(now: Decimal | int | None, before: Decimal | int | None) -> float | None:
    """Return the percentage by which ``now`` exceeds ``before``; None if either is unknown or ``before`` is 0."""
    if now is None or before is None:
        return None
    return percentage(Decimal(now) - Decimal(before), before)


def ratio(part: Decimal | None, whole: Decimal | None) -> float | None:
    """Return ``part`` divided by ``whole``, unrounded; None if either is unknown or the whole is 0."""
    if part is None or not whole:
        return None
    return float(part / whole)
