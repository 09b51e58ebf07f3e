"""Changing a case that somebody else may have changed since it was shown, and noting who was shown it."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from panel.models import PanelCase
from panel.reading import note_case_read
from sen_dashboard.accounts.requests import SignedInRequest
from sen_dashboard.core.web.changing import SeesOthersChanges


class ChangesCase(SeesOthersChanges):
    """A page that changes the case in its address, by a service that takes the version ``seen``."""

    request: SignedInRequest

    @property
    def watched(self) -> PanelCase:
        """The case in the address, by its key."""
        return PanelCase(pk=self.kwargs["case_id"])

    @cached_property
    def case(self) -> PanelCase:
        """The case in the address. Raises Http404."""
        self.seen  # noqa: B018  read before what it is the version of, lest a change between the two go unnoticed
        return get_object_or_404(PanelCase.objects.select_related("school"), pk=self.kwargs["case_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        note_case_read(self.request.user, self.case)
        self.called, self.called_address = f"case {self.case.pk}", reverse("case", args=[self.case.pk])
        return super().get_context_data(**kwargs) | {"case": self.case}
