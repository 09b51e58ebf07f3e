"""The same action on several cases, all or none."""

from collections.abc import Callable, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from panel.models import PanelCase
from panel.services import requests
from sen_dashboard.accounts.models import User


@transaction.atomic
def papers_complete(*, by: User, case_ids: Sequence[str], on: date) -> None:
    """Record that all papers are there. Raises PermissionDenied, and ValidationError with a sentence for each case."""
    _each(case_ids, lambda case_id: requests.papers_complete(by=by, case_id=case_id, on=on))


@transaction.atomic
def put_off(*, by: User, case_ids: Sequence[str]) -> None:
    """Record that papers are missing after all. Raises as ``papers_complete``."""
    _each(case_ids, lambda case_id: requests.put_off(by=by, case_id=case_id))


def _each(case_ids: Sequence[str], do: Callable[[str], object]) -> None:
    """Do it for each case in a fixed order, so that two people never wait for each other's cases."""
    refused: list[str] = []
    for case_id in sorted(case_ids):
        try:
            do(case_id)
        except PanelCase.DoesNotExist:
            refused.append(f"There is no case {case_id}.")
        except ValidationError as error:
            refused += error.messages
    if refused:
        raise ValidationError(refused)
