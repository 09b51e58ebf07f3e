"""GOV.UK form components in Django templates, from `govuk-frontend-django`'s definitions.

Its own tags build a new Jinja environment and compile the component at each use, about 40 ms each. Here both are
kept: well under a millisecond.
"""

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.forms import BoundField, Select
from django.utils.safestring import SafeString, mark_safe
from govuk_frontend_django.components.base import FieldsetLegend, GovUKComponent
from govuk_frontend_django.components.date_input import DateInputItems, GovUKDateInput
from govuk_frontend_django.components.error_message import GovUKErrorMessage
from govuk_frontend_django.components.error_summary import ErrorSummaryErrorlist, GovUKErrorSummary
from govuk_frontend_django.components.fieldset import GovUKFieldset
from govuk_frontend_django.components.hint import GovUKHint
from govuk_frontend_django.components.input import GovUKInput
from govuk_frontend_django.components.label import GovUKLabel
from govuk_frontend_django.components.notification_banner import GovUKNotificationBanner
from govuk_frontend_django.components.select import GovUKSelect, SelectItems
from jinja2 import Environment, PackageLoader, PrefixLoader

from sen_dashboard.core.forms import DayInput
from sen_dashboard.pages.scope import ScopeField

register = template.Library()

_environment = Environment(
    loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
    autoescape=True,
)


@register.simple_tag
def scope_field(field: ScopeField) -> SafeString:
    """A field of the scope form: a list to choose from, or a box."""
    shared: dict[str, Any] = {
        "id": field.name,
        "name": field.name,
        "label": GovUKLabel(text=str(field.label)),
        "errorMessage": GovUKErrorMessage(text=field.error) if field.error else None,
        "value": field.value,
    }
    if field.choices:
        items = [SelectItems(value=code, text=words) for code, words in field.choices]
        return _render(GovUKSelect(items=items, **shared))
    return _render(GovUKInput(type=field.input_type, autocomplete="off", **shared))


@register.simple_tag
def form_field(field: BoundField, *, autocomplete: str = "") -> SafeString:
    """A field of a Django form with its label, hint and first error; a password is never sent back."""
    widget = field.field.widget
    if isinstance(widget, DayInput):
        return _day_field(field, widget)
    shared: dict[str, Any] = {
        "id": field.id_for_label,
        "name": field.html_name,
        "label": GovUKLabel(text=str(field.label)),
        "value": None if widget.input_type == "password" else field.value() or "",
        **_said_of(field),
    }
    if isinstance(widget, Select):
        items = [SelectItems(value=str(code or ""), text=str(words)) for code, words in widget.choices]
        return _render(GovUKSelect(items=items, **shared))
    return _render(
        GovUKInput(type=widget.input_type, autocomplete=autocomplete or None, spellcheck=False, **shared)
    )


def _day_field(field: BoundField, widget: DayInput) -> SafeString:
    """Three boxes for a day; of one that was refused, those to put right are marked."""
    wrong = widget.to_put_right(field.value()) if field.errors else []
    boxes = [
        DateInputItems(
            name=part,
            value=text,
            classes=f"govuk-input--width-{4 if part == 'year' else 2}"
            + (" govuk-input--error" if part in wrong else ""),
        )
        for part, text in widget.texts(field.value()).items()
    ]
    legend = FieldsetLegend(text=str(field.label), isPageHeading=False, classes="")
    return _render(
        GovUKDateInput(
            id=field.auto_id,
            namePrefix=field.html_name,
            items=boxes,
            fieldset=GovUKFieldset(legend=legend),
            **_said_of(field),
        )
    )


def _said_of(field: BoundField) -> dict[str, Any]:
    """The hint and the first error of a field, as any component takes them."""
    return {
        "hint": GovUKHint(text=str(field.help_text)) if field.help_text else None,
        "errorMessage": GovUKErrorMessage(text=str(field.errors[0])) if field.errors else None,
    }


@register.simple_tag
def success_banner(message: Message, number: int) -> SafeString:
    """What was done, on top of the next page, the first of them with the keyboard's focus."""
    return _render(
        GovUKNotificationBanner(
            text=str(message),
            type="success",
            titleId=f"success-{number}",
            attributes={"tabindex": "-1"} | ({"autofocus": ""} if number == 1 else {}),
        )
    )


@register.simple_tag
def error_summary(errors: Mapping[str, str]) -> SafeString:
    """What is wrong, on top of the page: sentences by the id of the field to go to. Takes the keyboard's focus."""
    return _render(
        GovUKErrorSummary(
            titleText="There is a problem",
            errorList=[ErrorSummaryErrorlist(href=f"#{name}", text=text) for name, text in errors.items()],
            attributes={"tabindex": "-1", "autofocus": ""},
        )
    )


def _render(component: GovUKComponent) -> SafeString:
    """The component's HTML, escaped by Jinja: only texts are handed in, never HTML."""
    macro = _macro(component._jinja2_template, component._macro_name)
    return mark_safe(macro(_given(dataclasses.asdict(component))))


@cache
def _macro(template_name: str, name: str) -> Any:
    return getattr(_environment.get_template(template_name).module, name)


def _given(value: Any) -> Any:
    """What was given: the macros tell "not given" from None."""
    if isinstance(value, dict):
        return {key: _given(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_given(item) for item in value]
    return value
