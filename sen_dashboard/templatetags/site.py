"""What every page shows around its contents: the council's name, and the navigation."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import unquote

from django import template
from django.core.paginator import Page
from django.template import Context
from django.template.defaulttags import querystring
from django.urls import resolve, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Table

from sen_dashboard.accounts.council import council_of
from sen_dashboard.accounts.kept import MOST, is_kept
from sen_dashboard.accounts.permissions import Permission
from sen_dashboard.accounts.permissions import may as user_may
from sen_dashboard.accounts.sending import TOKEN, Token, new_token, sent_token
from sen_dashboard.accounts.sessions import IDLE, WARNING
from sen_dashboard.clock import day as clock
from sen_dashboard.core import formats
from sen_dashboard.core.glossary import GLOSSARY
from sen_dashboard.core.kpi.addresses import carried_to, kept_query
from sen_dashboard.core.kpi.definition import Group, Kpi
from sen_dashboard.core.web.details import Link
from sen_dashboard.kpi_pages.choices import shared_filters
from sen_dashboard.kpis import KPIS

register = template.Library()

LONG = 50_000
"""The number of rows from which an Excel file takes long to make."""


@register.simple_tag(takes_context=True)
def council(context: Context) -> str:
    """Return the council's name, as the visitor may know it."""
    return council_of(context.get("user"))


@register.simple_tag
def moved_day() -> date | None:
    """Return the day of a store that holds the demonstration; None if today is the real day."""
    return clock.moved_day()


@register.filter
def may(user: Any, permission: str) -> bool:
    """Return whether a user has the permission of this name: ``{% if user|may:"EDIT_EVENTS" %}``. Raises KeyError."""
    return user_may(user, Permission[permission])


@register.filter
def count(number: int) -> str:
    """Write a count: "12,000"."""
    return formats.count(number)


@register.filter
def group_address(group: Group) -> str:
    """Return the address of the page of a group."""
    return reverse("programme") if group is Group.PROGRAMME else reverse("group", args=[group])


@register.simple_tag(takes_context=True)
def once(context: Context, address: str = "") -> SafeString:
    """Render the token of a form that is carried out once, as a hidden box; ``address`` if it is sent elsewhere.

    A form that changes a record has the version ``seen`` as its mark. A form shown again keeps its token. The box says
    how many bytes at most are kept of input sent after the session ended; 0 if it is not kept.
    """
    token = _token(context, address)
    kept = MOST if is_kept(resolve(token.address).func) else 0
    box = '<input type="hidden" name="{}" value="{}" data-person="{}" data-kept="{}">'
    return format_html(box, TOKEN, token, token.person, kept)


@register.simple_tag(takes_context=True)
def another(context: Context) -> str:
    """Return a new token for the same form, with which it counts as another."""
    request = context["request"]
    return str(new_token(person=request.user.pk, address=request.path))


def _token(context: Context, address: str) -> Token:
    request = context["request"]
    address = unquote(address) or request.path  # as in a request, which has no "%20" and the like
    sent = sent_token(request)
    if "seen" in context and address == request.path:
        return new_token(person=request.user.pk, address=address, mark=str(context["seen"]))
    return sent if sent and sent.address == address else new_token(person=request.user.pk, address=address)


@register.inclusion_tag("components/session.html")
def session_end() -> dict[str, int]:
    """Return what the warning before the session's end needs; the times are in seconds."""
    return {"idle": IDLE.seconds, "warning": WARNING.seconds}


@register.simple_tag(takes_context=True)
def asked_scope(context: Context) -> str:
    """Return the scope that links carry on: the page's own, or that of its address."""
    return str(context["scope_query"]) if "scope_query" in context else kept_query(_query(context))


@register.simple_tag(takes_context=True)
def kpi_address(context: Context, kpi: Kpi[Any, Any]) -> str:
    """Return the address of a KPI's page, with those choices of this page that the KPI shares with others."""
    query = carried_to(kpi, asked_scope(context), shared_filters(KPIS))
    return reverse("kpi", kwargs={"slug": kpi.slug}) + query


@register.simple_tag(takes_context=True)
def asked_day(context: Context) -> str:
    """Return the as-at day of the address, for a form that carries it on."""
    return _query(context).get("as_at", "")


def _query(context: Context) -> Mapping[str, str]:
    """Return the query of the address; empty on an error page that has no request."""
    request = context.get("request")
    return request.GET if request else {}


@register.inclusion_tag("components/navigation.html", takes_context=True)
def navigation(context: Context) -> dict[str, Any]:
    """Return links to the overview and its groups, which keep the current scope; the current page is marked."""
    return {
        "groups": list(Group),
        "here": context.get("here"),
        "scope_query": asked_scope(context),
        "may_read_finance": user_may(context["user"], Permission.READ_FINANCE),
        "may_read_reports": user_may(context["user"], Permission.READ_REPORTS),
        "may_audit": user_may(context["user"], Permission.READ_TRAIL),
    }


@register.inclusion_tag("components/breadcrumbs.html", takes_context=True)
def breadcrumbs(
    context: Context, *parts: Any, trail: Iterable[Link] = (), home: bool = True
) -> dict[str, Any]:
    """Return the path to a page and its own name, which comes last: ``{% breadcrumbs "People" "people" heading %}``.

    Before it come pairs of words and a place: the name of an address without parts, a group of KPIs, or an address.
    Then come the links of ``trail``. The overview is first, unless ``home`` is False. A place without a query of its
    own keeps the page's scope.
    """
    *pairs, page = parts
    ways = [Link(str(words), _place(place)) for words, place in zip(pairs[::2], pairs[1::2], strict=True)]
    start = [Link("Overview", reverse("overview"))] if home else []
    scope = str(context.get("scope_query", ""))
    return {
        "ways": [
            link if "?" in link.address else Link(link.text, link.address + scope)
            for link in (*start, *ways, *trail)
        ],
        "page": page,
    }


def _place(place: Any) -> str:
    if isinstance(place, Group):
        return group_address(place)
    return str(place) if str(place).startswith("/") else reverse(place)


@register.inclusion_tag("components/downloads.html", takes_context=True)
def downloads(
    context: Context,
    name: str,
    *parts: str,
    what: str = "list",
    json_name: str = "",
    by_button: bool = False,
    **query: Any,
) -> dict[str, Any]:
    """Return links to the page's table as files, with its filters and order: ``{% downloads "queue_file" key %}``.

    ``name`` and ``parts`` are those of the files' address, without the format; ``query`` changes parameters of the
    page's own address. With ``json_name`` a KPI's data can be saved too, under that name. ``by_button`` is for files
    whose saving changes something.
    """
    asked = querystring(context, page=None, **query)
    number = len(context["table"].rows)
    return {
        "what": what,
        "csv": reverse(name, args=[*parts, "csv"]) + asked,
        "xlsx": reverse(name, args=[*parts, "xlsx"]) + asked,
        "json": reverse("kpi_json", args=parts) + asked if json_name else "",
        "json_name": json_name,
        "by_button": by_button,
        "number": number,
        "is_long": number >= LONG,
    }


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, table: Table) -> dict[str, Any]:
    """Return the pages of a table, with the page's own choices; empty if the table is shown whole."""
    if not hasattr(table, "page"):
        return {"pages": ()}
    page: Page = table.page

    def address(number: int) -> str:
        return querystring(context, page=number if number > 1 else None) + "#table"

    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "pages": [(each, address(each) if isinstance(each, int) else "") for each in shown],
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "next": address(page.next_page_number()) if page.has_next() else "",
    }


@register.simple_tag
def glossary() -> tuple[tuple[str, str], ...]:
    """Return the abbreviations of the dashboard, each with its meaning."""
    return GLOSSARY
