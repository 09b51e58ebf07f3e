"""What all pages do alike on which a record is added, changed or removed."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.generic import View
from django.views.generic.base import TemplateResponseMixin
from django.views.generic.edit import FormMixin

from sen_dashboard.core.web.forms import problems
from sen_dashboard.core.web.kept import kept_input
from sen_dashboard.core.web.once import check_makes_one, sent_before


# Django's views take their type parameters from the stubs only, not when the program runs.
class EditPage(TemplateResponseMixin, FormMixin, View):  # type: ignore[type-arg]
    """A form that one service carries out. Comes before Django's CreateView, UpdateView or DeleteView.

    ``parent`` names the page that comes before and after, whose address is ``get_success_url``.
    """

    # Not DELETE, which Django's DeleteView would answer past the service, nor PUT.
    http_method_names = ["get", "head", "post", "options"]
    template_name = "form.html"
    heading: str
    parent: str
    button = "Save"
    creates = False
    """Whether every sending makes another record; one whose form was sent before is then asked about."""
    boxes: Mapping[str, str] = {}
    """Where the form says what a service refuses, by the service's word for it; otherwise at the field of that name."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; with what was typed before the session ended as if it had just been refused, if there is any."""
        kept, method = kept_input(request), request.method
        if kept:  # so that the page finds what was typed where it looks for it
            request.method = "POST"
            request.POST = kept.typed  # type: ignore[assignment]  # read alone, as any other
        try:
            answer: HttpResponse = super().get(request, *args, **kwargs)  # type: ignore[misc]  # of Django's view
        finally:
            request.method = method
        return answer

    def carry_out(self, form: Any) -> str:
        """Call the service; returns the sentence that the next page shows. May raise ValidationError."""
        raise NotImplementedError

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Carry it out and go on; what the service refuses is said on the form."""
        try:
            if self.creates:
                check_makes_one(self.request)
            said = self.carry_out(form)
        except ValidationError as error:
            for field, errors in error.update_error_dict({}).items():
                box = self.boxes.get(field, field)
                form.add_error(box if box in form.fields else None, errors)
            return self.form_invalid(form)
        return self.next_page(said)

    def next_page(self, said: str) -> HttpResponse:
        """Lead back to the page that came before, which shows the sentence."""
        messages.success(self.request, said)
        return HttpResponseRedirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The names that ``form.html`` reads."""
        page = super().get_context_data(**kwargs)
        return page | {
            "errors": problems(page["form"]),
            "kept": kept_input(self.request),
            "sent_before": sent_before(page["form"]),
            "heading": self.heading,
            "parent": self.parent,
            "parent_url": self.get_success_url(),
            "button": self.button,
        }
