from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.panel.desk import Desk


@pytest.fixture
def desk() -> "Desk":
    """A clerk of the Independent Placement Panel."""
    from tests.panel.desk import Desk

    return Desk()


@pytest.fixture
def funding() -> "Desk":
    """A clerk of the additional funding panel."""
    from tests.panel.desk import Desk

    return Desk("ADDITIONAL_FUNDING")
