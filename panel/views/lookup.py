"""What the type-ahead asks for while somebody types."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from panel.lookup import CHILD, MOST, SCHOOL, Kind
from sen_dashboard.accounts.permissions import Permission, needs


@needs(Permission.EDIT_PANEL)
@require_safe
def children(request: HttpRequest) -> JsonResponse:
    """Children whose key begins as typed: keys and home districts, never names."""
    return _found(CHILD, request)


@needs(Permission.EDIT_PANEL)
@require_safe
def schools(request: HttpRequest) -> JsonResponse:
    """Schools by key or by a part of their name."""
    return _found(SCHOOL, request)


def _found(kind: Kind, request: HttpRequest) -> JsonResponse:
    """At most twenty: the ``text`` that a box takes, and the ``words`` that tell it from others."""
    found = kind.found(request.GET.get("q", "").strip())[:MOST]
    return JsonResponse(
        {"found": [{"text": kind.text(record), "words": kind.words(record)} for record in found]}
    )
