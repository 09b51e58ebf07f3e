"""The filters of the programme's lists. Those that depend on a day read ``day``, which the list sets."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django_filters import CharFilter, ChoiceFilter, FilterSet, ModelChoiceFilter

from provision.models import ChangeStatus, LocalProvision
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.web.list_filters import ALL
from sen_dashboard.programme.models import Lever, RiskStatus, Status, Workstream
from sen_dashboard.programme.owners import ROLES
from sen_dashboard.programme.queue import SOON_DAYS

Records = QuerySet[Any, Any]

STANDINGS = (("open", "Open"), ("late", "Late"), ("soon", f"Due within {SOON_DAYS} days"))
WAITING = ("waiting", f"Late or due within {SOON_DAYS} days")


class DayFilters(FilterSet):
    """Filters of a list on a day."""

    def __init__(self, data: Any, queryset: Any, *, day: date, **options: Any) -> None:
        self.day = day
        super().__init__(data, queryset, **options)

    def as_they_stand(self, records: Any, name: str, value: str) -> Records:
        """Return the records that are open, late or soon due on the day."""
        if value == "late":
            return records.late_on(self.day)
        return records.open_on(self.day) if value == "open" else records.due_within(self.day, SOON_DAYS)


def _workstream(path: str = "workstream") -> ModelChoiceFilter:
    workstreams = Workstream.objects.order_by("title")
    return ModelChoiceFilter(field_name=path, queryset=workstreams, label="Workstream", empty_label=ALL)


def _standing(*more: tuple[str, str]) -> ChoiceFilter:
    return ChoiceFilter(choices=(*STANDINGS, *more), method="as_they_stand", label="Due", empty_label=ALL)


class ActionFilters(DayFilters):
    status = ChoiceFilter(choices=Status.choices, label="Status", empty_label=ALL)
    standing = _standing(WAITING)
    lever = ChoiceFilter(choices=Lever.choices, label="Lever", empty_label=ALL)
    workstream = _workstream()
    owner = CharFilter("owner", "icontains", label="Owner contains")
    role = ChoiceFilter(
        choices=[(role.slug, role.value) for role in ROLES],
        method="of_role",
        label="Waiting for",
        empty_label=ALL,
    )

    def as_they_stand(self, records: Any, name: str, value: str) -> Records:
        if value == "waiting":
            return records.late_or_soon_due(self.day, SOON_DAYS)
        return super().as_they_stand(records, name, value)

    def of_role(self, records: Any, name: str, value: str) -> Records:
        """Return the actions whose owner maps to the role."""
        return records.waiting_for(Role.from_slug(value))


class MilestoneFilters(DayFilters):
    standing = _standing()
    workstream = _workstream("action__workstream")


class RiskFilters(DayFilters):
    status = ChoiceFilter(choices=RiskStatus.choices, label="Status", empty_label=ALL)
    workstream = _workstream()


class DecisionNeededFilters(DayFilters):
    standing = _standing()
    workstream = _workstream()


class CommissioningFilters(DayFilters):
    status = ChoiceFilter(choices=ChangeStatus.choices, label="Status", empty_label=ALL)
    provision = ChoiceFilter(choices=LocalProvision.choices, label="Provision", empty_label=ALL)
    district = CharFilter("district", "iexact", label="District")
