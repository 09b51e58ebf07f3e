"""Changing a case that somebody else may have changed meanwhile: nothing is lost, and the person decides."""

from typing import Any

from django.forms import BaseForm
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property

from panel.models import PanelCase
from panel.reading import note_case_read
from panel.services.cases import ChangedMeanwhileError
from sen_dashboard.accounts.requests import SignedInRequest
from sen_dashboard.core.editing import EditPage
from sen_dashboard.core.history import version_of

NEVER_SEEN = -1
"""No case has this version: who sends none, or one that is none, is shown what there is."""


class SeesOthersChanges(EditPage):
    """A page that changes the case of its address with a service that is told the version ``seen``.

    Where that raises ChangedMeanwhileError the page comes again with all that was typed, says what was changed and by
    whom, and offers to save over it or to discard what was typed. The template includes `panel/changed.html` in its
    form; views hand ``seen`` on to the service.
    """

    request: SignedInRequest

    @cached_property
    def case(self) -> PanelCase:
        """The case of the address. Raises Http404."""
        self.seen  # noqa: B018  read before what it is the version of, lest a change between the two go unnoticed
        return get_object_or_404(PanelCase.objects.select_related("school"), pk=self.kwargs["case_id"])

    @cached_property
    def seen(self) -> int:
        """The version that the person had before them, or chose to save over."""
        if self.request.method != "POST":
            return version_of(PanelCase(pk=self.kwargs["case_id"]))
        typed = self.request.POST.get("over") or self.request.POST.get("seen", "")
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 10 else NEVER_SEEN

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The names that `panel/changed.html` reads; whoever is shown them is noted."""
        note_case_read(self.request.user, self.case)
        page = super().get_context_data(**kwargs)
        return page | {"case": self.case, "seen": self.seen, "changed": changed_meanwhile(page["form"])}


def changed_meanwhile(form: BaseForm) -> ChangedMeanwhileError | None:
    """What the service refused a form for, where that is somebody else's change."""
    refused = form.non_field_errors().as_data()
    return next((error for error in refused if isinstance(error, ChangedMeanwhileError)), None)
