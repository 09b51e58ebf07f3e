"""What the type-ahead requests while somebody types."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from panel.pages.child_facts import facts_of
from panel.reading import note_child_read
from placements.lookup import CHILD, MOST, SCHOOL, Lookup
from sen_dashboard.accounts.permissions import Permission, needs
from sen_dashboard.accounts.requests import person
from sen_dashboard.clock.day import working_day


@needs(Permission.EDIT_PANEL)
@require_safe
def children(request: HttpRequest) -> JsonResponse:
    """Children whose key begins with what was typed: keys and home districts, never names."""
    return _found(CHILD, request)


@needs(Permission.EDIT_PLACEMENTS)
@require_safe
def schools(request: HttpRequest) -> JsonResponse:
    """Schools by key or by part of their name."""
    return _found(SCHOOL, request)


@needs(Permission.EDIT_PANEL)
@require_safe
def child(request: HttpRequest) -> HttpResponse:
    """What is recorded about the child with the key, for the form of a request; empty if there is no such child."""
    found = [record for record in CHILD.found(request.GET.get("key", "").strip()) if record.is_exact]
    if len(found) != 1:
        return HttpResponse()
    note_child_read(person(request), found[0])
    return render(request, "panel/child_facts.html", {"known": facts_of(found[0], working_day())})


def _found(kind: Lookup, request: HttpRequest) -> JsonResponse:
    """At most twenty results: the ``text`` for the box, and ``words`` that tell it from others."""
    found = kind.found(request.GET.get("q", "").strip())[:MOST]
    return JsonResponse(
        {"found": [{"text": kind.text(record), "words": kind.words(record)} for record in found]}
    )
