"""The page of the monthly digest: its text, and whether the reader gets it by email."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from sen_dashboard.accounts.permissions import Permission, needs
from sen_dashboard.accounts.requests import person
from sen_dashboard.clock.day import working_day
from sen_dashboard.core.web.forms import problems
from sen_dashboard.reports import services
from sen_dashboard.reports.digest import digest as digest_of
from sen_dashboard.reports.digest import latest_month
from sen_dashboard.reports.models import DigestRequest


class DigestForm(forms.Form):
    """Which of the two buttons was pressed."""

    wanted = forms.TypedChoiceField(
        choices=[("yes", "Send it"), ("no", "Stop it")],
        coerce=lambda code: code == "yes",
        error_messages={"required": "Choose whether to receive the digest."},
    )


@needs(Permission.READ_REPORTS)
@require_http_methods(["GET", "HEAD", "POST"])
def digest(request: HttpRequest) -> HttpResponse:
    """The digest of the latest month as emailed, with a button to ask for it or to stop it."""
    by = person(request)
    form = DigestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["wanted"]:
                services.ask_for_digest(by=by, at=timezone.now())
                messages.success(request, f"The digest will be sent to {by.email} each month.")
            else:
                services.stop_digest(by=by)
                messages.success(request, "You will no longer receive the digest.")
            return redirect("digest")
        except ValidationError as error:
            form.add_error(None, error)
    page = {
        "here": "Reports",
        "digest": digest_of(latest_month(working_day())),
        "gets_it": DigestRequest.objects.filter(user=by).exists(),
        "errors": problems(form),
    }
    return render(request, "reports/digest.html", page)
