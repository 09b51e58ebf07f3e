"""Drawing from a stream of random numbers, and sharing out whole numbers.

Only `Random.random()` is used, whose sequence Python promises for a seed, and only arithmetic that every platform
computes alike (`fsum`, since `sum` of floats changed in Python 3.12): the same seed gives the same records everywhere.
"""

from collections.abc import Mapping, MutableSequence, Sequence
from datetime import date, timedelta
from math import fsum
from random import Random
from typing import TypeVar

T = TypeVar("T")


def below(rng: Random, limit: int) -> int:
    """Return a whole number from 0 up to, but not including, `limit`."""
    return int(rng.random() * limit)


def between(rng: Random, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`, both possible."""
    return low + int(rng.random() * (high - low + 1))


def chance(rng: Random, probability: float) -> bool:
    """Return True with the given probability."""
    return rng.random() < probability


def pick(rng: Random, items: Sequence[T]) -> T:
    """Return one item, all equally likely."""
    return items[int(rng.random() * len(items))]


def weighted(rng: Random, weights: Mapping[T, float]) -> T:
    """Return one key, as likely as its weight."""
    left = rng.random() * fsum(weights.values())
    for item, weight in weights.items():
        left -= weight
        if left < 0:
            return item
    return item


def shuffle(rng: Random, items: MutableSequence[T]) -> None:
    """Put the items in a random order, in place."""
    for last in range(len(items) - 1, 0, -1):
        other = int(rng.random() * (last + 1))
        items[last], items[other] = items[other], items[last]


def day_between(rng: Random, first: date, last: date) -> date:
    """Return a day from `first` to `last`, both possible; `first` if `last` is earlier."""
    return first + timedelta(days=int(rng.random() * max((last - first).days + 1, 1)))


def heavy_tailed(rng: Random) -> float:
    """Return a positive factor around 1 with a long upper tail: most within a fifth of 1, a few above 2."""
    return 0.53 + 0.20 * (rng.random() + rng.random()) + 0.095 / (1 - 0.93 * rng.random())


def share_out(total: int, weights: Mapping[T, float]) -> dict[T, int]:
    """Return whole numbers in proportion to the weights that add up to `total` (largest remainder, ties by order)."""
    whole = fsum(weights.values())
    exact = {item: total * weight / whole for item, weight in weights.items()}
    shares = {item: int(amount) for item, amount in exact.items()}
    by_remainder = sorted(weights, key=lambda item: shares[item] - exact[item])
    for item in by_remainder[: total - sum(shares.values())]:
        shares[item] += 1
    return shares


def settle(raw: Sequence[float], total: int) -> list[int]:
    """Return whole numbers in proportion to `raw` that add up to `total`; the largest takes the rounding difference."""
    if not raw:
        return []
    factor = total / fsum(raw)
    amounts = [int(value * factor + 0.5) for value in raw]
    largest = max(range(len(amounts)), key=amounts.__getitem__)
    amounts[largest] += total - sum(amounts)
    return amounts
