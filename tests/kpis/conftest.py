"""Fixtures of the KPI tests."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.kpis.second_calculation import Records


@pytest.fixture(params=range(4), ids=lambda seed: f"seed{seed}")
def council(request: pytest.FixtureRequest, db: None) -> "Records":
    """A random council in the store, and its records for the second calculation."""
    # Here, since this file is read before Django is set up.
    from tests.kpis import random_council, second_calculation
    from tests.made_once import made_once

    made_once(("council", request.param), lambda: random_council.make_council(request.param))
    return second_calculation.load()
