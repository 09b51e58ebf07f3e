"""What the pages for adding or changing a record of the programme share."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.accounts.requests import SignedInRequest
from sen_dashboard.core.web.changing import SeesOthersChanges
from sen_dashboard.core.web.editing import EditPage


class ProgrammeForm(EditPage):
    """A form for people with the ``permission``. It leads to the record's ``page``, or to the list before it is added.

    ``about`` describes the record, if the heading does not.
    """

    template_name = "programme/form.html"
    permission = Permission.EDIT_PROGRAMME
    page = ""
    list_key: str
    about = ""
    request: SignedInRequest
    object: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Raises PermissionDenied, whatever the method."""
        demand(request.user, self.permission)
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        if self.page and self.object:
            return reverse(self.page, args=[self.object.pk])
        return reverse("programme_list", args=[self.list_key])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"here": "Programme", "about": self.about}


class ChangeForm(SeesOthersChanges, ProgrammeForm):
    """A form that changes the record in its address. Comes before Django's UpdateView."""

    model: Any
    pk_url_kwarg: str
    kwargs: dict[str, Any]

    @property
    def watched(self) -> Any:
        """The record, known by its key."""
        return self.model(pk=self.kwargs[self.pk_url_kwarg])

    @property
    def called_address(self) -> str:  # type: ignore[override]  # which is read, and never set
        """The address of the record's page, or of its list."""
        return self.get_success_url()

    def get_object(self, queryset: Any = None) -> Any:
        """Return the record in the address. Raises Http404."""
        self.seen  # noqa: B018  read before the record itself, so that a change in between does not go unnoticed
        return super().get_object(queryset)  # type: ignore[misc]  # of UpdateView, which comes after
