"""What all pages that add, change or remove a record have in common."""

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


# Only the stubs give Django's views type parameters, not the running program.
class EditPage(TemplateResponseMixin, FormMixin, View):  # type: ignore[type-arg]
    """A form that one service carries out. Comes before Django's CreateView, UpdateView or DeleteView.

    ``parent`` names the page before and after it, whose address is ``get_success_url``.
    """

    # Not DELETE, which Django's DeleteView would answer without the service, nor PUT.
    http_method_names = ["get", "head", "post", "options"]
    template_name = "form.html"
    heading: str
    parent: str
    button = "Save"
    creates = False
    """Whether each submission makes another record; a form that was sent before is then asked about."""
    boxes: Mapping[str, str] = {}
    """The form's field for an error of the service, by the service's field; by default the field of that name."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form; input kept from a session that ended is shown as if it had just been refused."""
        kept, method = kept_input(request), request.method
        if kept:  # so that the page finds the input where it looks for it
            request.method = "POST"
            request.POST = kept.typed  # type: ignore[assignment]  # read alone, as any other
        try:
            answer: HttpResponse = super().get(request, *args, **kwargs)  # type: ignore[misc]  # of Django's view
        finally:
            request.method = method
        return answer

    def carry_out(self, form: Any) -> str:
        """Call the service; return the sentence for the next page to show. May raise ValidationError."""
        raise NotImplementedError

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Carry it out and go on; an error of the service is shown on the form."""
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
        """Go back to the page before, which shows the sentence."""
        messages.success(self.request, said)
        return HttpResponseRedirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the names that ``form.html`` reads."""
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
