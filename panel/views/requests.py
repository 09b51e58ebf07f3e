"""Entering a request, keeping drafts of it, changing it, and recording that it may go to a meeting."""

from abc import ABC, abstractmethod
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe
from django.views.generic import DeleteView
from django.views.generic.edit import ProcessFormView

from panel.meetings.forms import words_box
from panel.models import PanelCase, RequestDraft
from panel.pages.child_facts import ChildFacts, facts_of
from panel.pages.request_form import RequestForm
from panel.reading import note_child_read
from panel.services import requests as services
from panel.tables import DraftTable
from panel.views.addresses import case_today
from panel.views.changing import ChangesCase
from placements.models import Child
from sen_dashboard.accounts.permissions import Permission, needs
from sen_dashboard.accounts.requests import SignedInRequest
from sen_dashboard.accounts.sending import ANOTHER, TOKEN
from sen_dashboard.clock.day import working_day
from sen_dashboard.core import formats
from sen_dashboard.core.web.editing import EditPage
from sen_dashboard.core.web.forms import problems
from sen_dashboard.core.web.once import Made, SentBeforeError, made_before
from sen_dashboard.core.web.tables import in_pages

clerks_only = method_decorator(needs(Permission.EDIT_PANEL), name="dispatch")
KEEP_ANOTHER = "keep_another"
"""The field that tells a form's "add another" button to keep a draft rather than save."""
NOT_TYPED = {"csrfmiddlewaretoken", TOKEN, ANOTHER, KEEP_ANOTHER, "keep", "more", "unlikely"}
"""Fields sent besides what was typed. Unlikely answers are asked about again when a draft is reopened."""
CHILD = "child"
"""The name of the button that shows what is recorded about the child when scripts are off."""


class _RequestPage(EditPage, ProcessFormView, ABC):
    """The form of a request: empty, filled in from a case, or as typed."""

    template_name = "panel/request.html"
    button = "Save the request"
    boxes = {"costs": "cost_core", "annual_cost": "cost_core", "ready_on": "received_on"}
    request: SignedInRequest
    saved: PanelCase | None = None
    fills_in = False
    """Whether the need is filled in from the plan, as when the child has just been chosen."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save the request, or show the form again with one more row."""
        more = request.POST.get("more", "")
        if more:
            self.fills_in = more == CHILD
            form = RequestForm.of_typed(request.POST, more=more)
            return self.render_to_response(self.get_context_data(form=form))
        return super().post(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> RequestForm:
        """The form as sent, or as the page starts."""
        return RequestForm(self.request.POST) if self.request.method == "POST" else self.first_form()

    def first_form(self) -> RequestForm:
        """The form as the page starts."""
        return RequestForm()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the errors of the rows after those of the boxes above them."""
        page = super().get_context_data(**kwargs)
        form: RequestForm = page["form"]
        known = self._known(form.named_child())
        if known and self.fills_in:
            form.fill_in_need(known.plan)
        return page | {
            "known": known,
            "errors": {box: said for part in form.every_form() for box, said in problems(part).items()},
        }

    def _known(self, child: Child | None) -> ChildFacts | None:
        """What is recorded about the child named."""
        if child is None:
            return None
        note_child_read(self.request.user, child)
        return facts_of(child, working_day())

    def get_success_url(self) -> str:
        """The page of the saved case."""
        return case_today(self.saved.case_id) if self.saved else self.parent_url()

    @abstractmethod
    def parent_url(self) -> str:
        """The page to return to without saving."""


@clerks_only
class AddRequest(_RequestPage):
    """A new request; `?draft=N` opens one of the clerk's own drafts, `?child=KEY` starts with the child."""

    creates = True
    heading = "Enter a request"
    parent = "Drafts of requests"
    extra_context = {"may_keep": True}

    @cached_property
    def draft(self) -> RequestDraft | None:
        """The clerk's draft in the address; None if there is none or it is gone."""
        key = self.request.GET.get("draft", "")
        is_key = key.isascii() and key.isdecimal() and len(key) <= 18
        return _drafts(self.request).filter(pk=key).first() if is_key else None

    @property
    def draft_is_gone(self) -> bool:
        """Whether the draft in the address was saved or deleted in another tab."""
        return bool(self.request.GET.get("draft")) and self.draft is None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save the request, or keep what was typed."""
        keeps = "keep" in request.POST or {ANOTHER, KEEP_ANOTHER} <= request.POST.keys()
        return self._keep() if keeps else super().post(request, *args, **kwargs)

    def first_form(self) -> RequestForm:
        """The form as the page starts. Raises Http404 if the draft is gone."""
        if self.draft_is_gone:
            raise Http404
        if self.draft:
            return RequestForm.of_typed(_as_typed(self.draft))
        self.fills_in = True
        return RequestForm(initial={"child": self.request.GET.get("child", "")})

    def parent_url(self) -> str:
        return reverse("request_drafts")

    def carry_out(self, form: RequestForm) -> str:
        self.saved = services.enter_request(
            by=self.request.user,
            request=form.request(),
            today=working_day(),
            confirmed=form.confirmed,
            draft=self.draft,
        )
        said = f"Saved as panel case {self.saved.case_id}, {formats.pounds(self.saved.annual_cost)}."
        if self.draft_is_gone:
            said += " Its draft had already been used or deleted: check that it is not entered twice."
        return said

    def _keep(self) -> HttpResponse:
        made = made_before(self.request)
        if made and self.draft is None:
            return self._ask_to_keep_another(made)
        typed = {
            name.replace("\0", ""): [text.replace("\0", "") for text in texts]  # PostgreSQL stores no NUL
            for name, texts in self.request.POST.lists()
            if name not in NOT_TYPED
        }
        services.keep_draft(by=self.request.user, typed=typed, at=timezone.now(), draft=self.draft)
        said = "Saved as a draft. It is not counted until you save the request."
        if self.draft_is_gone:
            said += " It is a new one: the draft you opened had already been used or deleted."
        return self.next_page(said)

    def _ask_to_keep_another(self, made: Made) -> HttpResponse:
        page = self.get_context_data(form=RequestForm.of_typed(self.request.POST))
        asked = {
            "sent_before": made,
            "errors": {"main": SentBeforeError(made).messages[0]},
            "another_button": "Save this as a new draft",
            "keep_another": KEEP_ANOTHER,
        }
        return self.render_to_response(page | asked)


@clerks_only
class ChangeRequest(ChangesCase, _RequestPage):
    """Changing a recorded request until it is decided."""

    heading = "Change the request"
    button = "Save the request"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.parent = f"Panel case {kwargs['case_id']}"

    def first_form(self) -> RequestForm:
        return RequestForm.of_case(self.case)

    def parent_url(self) -> str:
        return case_today(self.case.case_id)

    def carry_out(self, form: RequestForm) -> str:
        self.saved = services.change_request(
            by=self.request.user,
            case=self.case,
            seen=self.seen,
            request=form.request(),
            today=working_day(),
            confirmed=form.confirmed,
        )
        return f"Changed: panel case {self.saved.case_id}, {formats.pounds(self.saved.annual_cost)}."


class TakeBackForm(forms.Form):
    reason = words_box("Why", 500)


@clerks_only
class TakeBack(ChangesCase, ProcessFormView):
    """Taking back a case entered in error, before a meeting."""

    template_name = "panel/take_back.html"
    form_class = TakeBackForm
    heading = "Cancel a case entered in error"
    button = "Cancel the case"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.parent = f"Panel case {kwargs['case_id']}"

    def get_success_url(self) -> str:
        return case_today(self.case.case_id)

    def carry_out(self, form: TakeBackForm) -> str:
        services.take_back(
            by=self.request.user, case_id=self.case.pk, seen=self.seen, reason=form.cleaned_data["reason"]
        )
        return (
            f"Cancelled: panel case {self.case.pk}. It is kept, but no longer appears in any queue or figure."
        )


@needs(Permission.EDIT_PANEL)
@require_safe
def drafts(request: HttpRequest) -> HttpResponse:
    """The clerk's own drafts, newest first."""
    table = DraftTable(_drafts(request))
    in_pages(table, request)
    caption = formats.plural(table.paginator.count, "draft")
    return render(request, "panel/drafts.html", {"table": table, "caption": caption})


@clerks_only
class DropDraft(EditPage, DeleteView):
    """Asks for confirmation before a draft is deleted."""

    template_name = "panel/draft_drop.html"
    pk_url_kwarg = "draft_id"
    context_object_name = "draft"
    heading = "Delete a draft"
    parent = "Drafts of requests"
    button = "Delete it"
    request: SignedInRequest

    def get_queryset(self) -> QuerySet[RequestDraft]:
        return _drafts(self.request)

    def get_success_url(self) -> str:
        return reverse("request_drafts")

    def carry_out(self, form: Any) -> str:
        services.drop_draft(by=self.request.user, draft=self.object)
        return "The draft was deleted."


class _MoveCase(EditPage, ProcessFormView):
    """A button on the page of a case; a refusal is shown on its own page, with the button again."""

    form_class = forms.Form
    request: SignedInRequest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.parent = f"Panel case {kwargs['case_id']}"

    @cached_property
    def case_id(self) -> str:
        """The case in the address. Raises Http404."""
        return get_object_or_404(PanelCase.objects.only("case_id"), pk=self.kwargs["case_id"]).case_id

    def get_success_url(self) -> str:
        return case_today(self.case_id)


@clerks_only
class PapersComplete(_MoveCase):
    heading = "Papers complete"
    button = "The papers are complete"

    def carry_out(self, form: Any) -> str:
        services.papers_complete(by=self.request.user, case_id=self.case_id, on=working_day())
        return "The papers are complete. The case can be put on an agenda."


@clerks_only
class PresentAgain(_MoveCase):
    heading = "Present again"
    button = "Present it again"

    def carry_out(self, form: Any) -> str:
        services.present_again(by=self.request.user, case_id=self.case_id, on=working_day())
        return "The case is ready for a meeting again."


def _drafts(request: HttpRequest) -> QuerySet[RequestDraft]:
    return RequestDraft.objects.filter(by=request.user.pk)


def _as_typed(draft: RequestDraft) -> QueryDict:
    """What was typed, as the form sent it; older drafts also hold fields that were not typed."""
    typed = QueryDict(mutable=True)
    for name, texts in draft.typed.items():
        if name not in NOT_TYPED:
            typed.setlist(name, texts)
    return typed
