"""Signing in, the matrix of roles, one's own password and, for administrators, the accounts."""

from http import HTTPStatus
from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.timezone import now
from django.views.decorators.http import require_GET, require_POST, require_safe
from django.views.generic import CreateView, DeleteView, UpdateView

from sen_dashboard.accounts import kept, services, sessions
from sen_dashboard.accounts.forms import NewPersonForm, OwnPasswordForm, PersonForm, SignInForm
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, needs, own_roles
from sen_dashboard.accounts.requests import SignedInRequest
from sen_dashboard.accounts.roles import Role
from sen_dashboard.accounts.services import has_demonstration_accounts
from sen_dashboard.accounts.tables import PeopleTable, matrix_table
from sen_dashboard.core import formats
from sen_dashboard.core.models.trail import changes_at
from sen_dashboard.core.web.editing import EditPage
from sen_dashboard.core.web.once import Made
from sen_dashboard.core.web.tables import in_order, in_pages
from sen_dashboard.exports.downloads import answer, of_table


@login_not_required
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Show Django's sign-in, in the dashboard's look."""
    view = LoginView.as_view(
        template_name="sign_in.html",
        authentication_form=SignInForm,
        redirect_authenticated_user=True,
        extra_context={"is_demonstration": has_demonstration_accounts},
    )
    with changes_at("Sign-in"):  # signing in may rehash a password, when Django's defaults change
        response = view(request)
    if isinstance(response, TemplateResponse):
        form = (response.context_data or {})["form"]
        if form.has_error(NON_FIELD_ERRORS, SignInForm.TOO_MANY):
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
    return response


@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """Show everybody what each role can do."""
    own = own_roles(request.user)
    page = {"table": matrix_table(), "roles": list(Role), "own_roles": f"{own[0].upper()}{own[1:]}."}
    return render(request, "roles.html", page)


@require_safe
def session(request: HttpRequest) -> JsonResponse:
    """Return how many seconds the session lasts without use, and whether use would prolong it.

    A call counts as use, like any page, and is how a person extends the session; a page that only looks says so in a
    header.
    """
    at = now()
    lasts, end = sessions.left(request.session, at), sessions.ends(request.session)
    may_stay = end - at > sessions.WARNING
    return JsonResponse({"seconds": max(0, int(lasts.total_seconds())), "may_stay": may_stay})


@require_POST
def discard_kept(request: HttpRequest) -> HttpResponse:
    """Remove input kept from before the person's session ended, and redirect to its page."""
    address, mark = request.POST.get("address", ""), request.POST.get("mark", "")
    return redirect(address if kept.drop(request, address=address, mark=mark) else "overview")


class ChangePassword(EditPage, PasswordChangeView):
    """The page for one's own password; the only page for a person with a one-time password."""

    template_name = "password.html"
    form_class = OwnPasswordForm
    heading = "Change your password"
    parent = "Overview"
    extra_context = {"secret": True}
    request: SignedInRequest

    def get_success_url(self) -> str:
        return reverse("overview")

    def carry_out(self, form: OwnPasswordForm) -> str:
        services.change_own_password(by=self.request.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(self.request, self.request.user)  # ends the sessions elsewhere
        return "Your password has been changed."


@needs(Permission.MANAGE_PEOPLE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List every account, including deactivated ones."""
    accounts = User.objects.prefetch_related("groups")
    table = PeopleTable(accounts, order_by="username")
    in_pages(table, request)
    caption = formats.plural(table.paginator.count, "person", "people")
    return render(request, "people.html", {"table": table, "caption": caption})


@needs(Permission.MANAGE_PEOPLE)
@require_GET
def people_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """Save the same as a file, in the same order."""
    accounts = User.objects.prefetch_related("groups")
    table = in_order(PeopleTable(accounts, order_by="username"), request)
    return answer(request, form, of_table(table, what="People", name="people"))


@method_decorator(needs(Permission.MANAGE_PEOPLE), name="dispatch")
class _EditPerson(EditPage):
    """What the pages for changing an account share."""

    model = User
    context_object_name: str | None = "person"  # the name ``user`` would hide the signed-in person
    pk_url_kwarg = "person_id"
    parent = "People"
    request: SignedInRequest

    def get_success_url(self) -> str:
        return reverse("people")


class _Admit(_EditPerson):
    """A page after which the person may sign in with a one-time password, which is shown only once."""

    admission: services.Admission

    def next_page(self, said: str) -> HttpResponse:
        """Show the password without a redirect, which would have to keep it somewhere on the way.

        A person who sends the form twice cannot be shown it again either, and is told what to do.
        """
        self.request.made = Made(  # type: ignore[attr-defined]
            f"{said}. The one-time password was shown once: give a new one if nobody saw it.",
            self.get_success_url(),
        )
        until = formats.moment(self.admission.person.one_time_until)
        page = {"heading": said, "admission": self.admission, "until": until}
        return render(self.request, "one_time_password.html", page)


class AddPerson(_Admit, CreateView):
    creates = True
    form_class = NewPersonForm
    heading = "Add a person"
    button = "Add"

    def carry_out(self, form: NewPersonForm) -> str:
        self.admission = services.add_person(by=self.request.user, at=now(), **form.cleaned_data)
        return f"Added: {self.admission.person}"


class ChangePerson(_EditPerson, UpdateView):
    form_class = PersonForm
    heading = "Change a person"

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"roles": list(self.object.roles)}

    def carry_out(self, form: PersonForm) -> str:
        person = services.change_person(by=self.request.user, person=self.object, **form.cleaned_data)
        return f"Changed: {person}"


# The next three pages only ask for confirmation, as Django's DeleteView does; nothing is deleted.


class DeactivatePerson(_EditPerson, DeleteView):
    template_name = "person_deactivate.html"
    heading = "Deactivate an account"
    button = "Deactivate"

    def carry_out(self, form: Any) -> str:
        return f"Deactivated: {services.deactivate_person(by=self.request.user, person=self.object)}"


class ReactivatePerson(_Admit, DeleteView):
    template_name = "person_reactivate.html"
    heading = "Reactivate an account"
    button = "Reactivate"

    def carry_out(self, form: Any) -> str:
        self.admission = services.reactivate_person(by=self.request.user, person=self.object, at=now())
        return f"Reactivated: {self.admission.person}"


class GiveNewPassword(_Admit, DeleteView):
    template_name = "person_new_password.html"
    heading = "Give a new password"
    button = "Give a new password"

    def carry_out(self, form: Any) -> str:
        self.admission = services.give_new_password(by=self.request.user, person=self.object, at=now())
        return f"New password: {self.admission.person}"
