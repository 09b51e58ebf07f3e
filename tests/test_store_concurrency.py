"""Two people at once: a rule across tables holds whichever of them commits last."""

import threading
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from placements.models import CostLine, Placement
from tests import factories as f


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_cost_line_and_the_end_of_its_placement_cannot_pass_each_other() -> None:
    """One adds a line from March while the other ends the placement in December: the later one is refused."""
    placement = f.make_placement(starts_on=date(2018, 4, 1), ends_on=None)
    refused: list[str] = []

    def end_placement() -> None:
        try:
            Placement.objects.filter(pk=placement.pk).update(ends_on=date(2018, 12, 31))
        except IntegrityError as error:
            refused.append(str(error))
        finally:
            connection.close()

    other = threading.Thread(target=end_placement)
    with transaction.atomic():
        f.make_cost_line(placement=placement, starts_on=date(2019, 3, 1))
        other.start()
        other.join(timeout=1)
        assert other.is_alive(), "the end of the placement must wait for the line's transaction"
    other.join(timeout=30)

    assert len(refused) == 1
    assert CostLine.objects.count() == 1
    assert Placement.objects.get().ends_on is None
