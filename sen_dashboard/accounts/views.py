"""The pages about people: what roles may do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sen_dashboard.accounts.permissions import own_roles
from sen_dashboard.accounts.roles import Role
from sen_dashboard.accounts.tables import matrix_table


@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """What each role may do, for everybody to read."""
    own = own_roles(request.user)
    page = {"table": matrix_table(), "roles": list(Role), "own_roles": f"{own[0].upper()}{own[1:]}."}
    return render(request, "roles.html", page)
