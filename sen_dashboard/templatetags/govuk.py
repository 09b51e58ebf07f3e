"""GOV.UK form components in Django templates, from `govuk-frontend-django`'s definitions.

Its own tags build a new Jinja environment and compile the component at each use, about 40 ms each. Here both are kept,
which takes well under a millisecond.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cache, singledispatch
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    RadioSelect,
    Select,
    Textarea,
    Widget,
)
from django.forms.widgets import Input
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from govuk_frontend_django.components.base import FieldsetLegend, GovUKComponent
from govuk_frontend_django.components.checkboxes import CheckboxesItems, GovUKCheckboxes
from govuk_frontend_django.components.date_input import DateInputItems, GovUKDateInput
from govuk_frontend_django.components.error_message import GovUKErrorMessage
from govuk_frontend_django.components.error_summary import ErrorSummaryErrorlist, GovUKErrorSummary
from govuk_frontend_django.components.fieldset import GovUKFieldset
from govuk_frontend_django.components.file_upload import GovUKFileUpload
from govuk_frontend_django.components.hint import GovUKHint
from govuk_frontend_django.components.input import GovUKInput, InputPrefix
from govuk_frontend_django.components.label import GovUKLabel
from govuk_frontend_django.components.notification_banner import GovUKNotificationBanner
from govuk_frontend_django.components.radios import GovUKRadios, RadiosItems
from govuk_frontend_django.components.select import GovUKSelect, SelectItems
from govuk_frontend_django.components.textarea import GovUKTextarea
from jinja2 import Environment, PackageLoader, PrefixLoader

from placements.scope_form import ScopeField
from sen_dashboard.core import formats
from sen_dashboard.core.web.forms import DayInput, LookupInput, PoundsInput

register = template.Library()

_environment = Environment(
    loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
    autoescape=True,
)


@register.simple_tag
def scope_field(field: ScopeField) -> SafeString:
    """Render a field of the scope form: a list to choose from, or a box."""
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
def form_field(field: BoundField) -> SafeString:
    """Render a field of a Django form with its label, hint and first error."""
    return _render(_component(field.field.widget, field))


@register.simple_tag
def which_field(field: BoundField, found: Mapping[str, str]) -> SafeString:
    """Render the records that a lookup ``found``, to choose from: words by key."""
    typed, chosen = field.field.widget.texts(field.value())
    items = [RadiosItems(value=key, text=words, checked=key == chosen) for key, words in found.items()]
    legend = FieldsetLegend(text=f"Which of these is “{typed}”?", isPageHeading=False, classes="")
    return _render(
        GovUKRadios(
            idPrefix=f"{field.auto_id}-which",
            name=f"{field.html_name}-which",
            items=items,
            fieldset=GovUKFieldset(legend=legend),
            classes="govuk-radios--small",
        )
    )


@singledispatch
def _component(widget: Widget, field: BoundField) -> GovUKComponent:
    """Return the component for a field's widget. Raises TypeError for a widget that has none."""
    raise TypeError(f"no component for {type(widget).__name__}")


@_component.register
def _box(widget: Input, field: BoundField) -> GovUKComponent:
    """Return a box of one line; a password is never sent back."""
    is_password = widget.input_type == "password"
    return GovUKInput(
        type=widget.input_type,
        autocomplete=widget.attrs.get("autocomplete"),
        spellcheck=False,
        value=None if is_password else field.value() or "",
        **_named(field),
        **_said_of(field),
    )


@_component.register
def _file(widget: FileInput, field: BoundField) -> GovUKComponent:
    """Return a field to choose one or more files."""
    several = getattr(widget, "allow_multiple_selected", False) or None
    return GovUKFileUpload(multiple=several, **_named(field), **_said_of(field))


@_component.register
def _pounds(widget: PoundsInput, field: BoundField) -> GovUKComponent:
    """Return a box for pounds."""
    return GovUKInput(  # without autocomplete="off", with which Back would show the box empty
        inputmode="decimal",
        spellcheck=False,
        prefix=InputPrefix(text="£"),
        classes="govuk-input--width-10",
        value=widget.text(field.value()),
        **_named(field),
        **_said_of(field),
    )


@_component.register
def _lookup(widget: LookupInput, field: BoundField) -> GovUKComponent:
    """Return a box for a record, which a script completes; other records found are for ``which_field``."""
    return GovUKInput(  # as for pounds
        spellcheck=False,
        value=widget.texts(field.value())[0],
        attributes={"data-lookup": reverse(widget.source)},
        **_named(field),
        **_said_of(field),
    )


@_component.register
def _text_area(widget: Textarea, field: BoundField) -> GovUKComponent:
    """Return a box of several lines, whose hint says how long the text may be."""
    said = _said_of(field)
    limit = getattr(field.field, "max_length", None)
    if limit:
        said["hint"] = GovUKHint(text=_with_limit(str(field.help_text), limit))
        said["attributes"] = {"data-counted": str(limit)}  # static/js/count.js
    text = str(field.value() or "")
    if text.startswith(("\r", "\n")):  # HTML drops a first line break
        text = f"\n{text}"
    return GovUKTextarea(rows=str(widget.attrs["rows"]), value=text, **_named(field), **said)


def _with_limit(hint: str, limit: int) -> str:
    longest = f"at most {formats.count(limit)} characters"
    return f"{hint}; {longest}" if hint else longest.capitalize()


@_component.register
def _list(widget: Select, field: BoundField) -> GovUKComponent:
    items = [SelectItems(value=str(code or ""), text=str(words)) for code, words in widget.choices]
    return GovUKSelect(items=items, value=field.value() or "", **_named(field), **_said_of(field))


@_component.register
def _radios(widget: RadioSelect, field: BoundField) -> GovUKComponent:
    """Return radio buttons. The widget's ``attrs`` may hold a ``class``, and ``hints`` and ``accesskeys`` by code."""
    items = [RadiosItems(**item) for item in _items(widget, field)]
    classes = widget.attrs.get("class")
    return GovUKRadios(items=items, classes=classes, **_grouped(field), **_said_of(field))


@_component.register
def _checkboxes(widget: CheckboxSelectMultiple, field: BoundField) -> GovUKComponent:
    """Return checkboxes. The widget's ``attrs`` may hold a ``class``, and ``hints`` and ``accesskeys`` by code."""
    items = [CheckboxesItems(**item) for item in _items(widget, field)]
    classes = widget.attrs.get("class")
    return GovUKCheckboxes(items=items, classes=classes, **_grouped(field), **_said_of(field))


@_component.register
def _checkbox(widget: CheckboxInput, field: BoundField) -> GovUKComponent:
    """Return a checkbox, with the hint under its words."""
    said = _said_of(field)
    item = CheckboxesItems(
        value="on",
        text=str(field.label),
        hint=said.pop("hint"),
        checked=bool(field.value()),
        attributes=_accesskey(widget.attrs.get("accesskey")),
    )
    return GovUKCheckboxes(
        name=field.html_name,
        idPrefix=field.id_for_label,
        items=[item],
        classes=widget.attrs.get("class"),
        **said,
    )


@_component.register
def _day(widget: DayInput, field: BoundField) -> GovUKComponent:
    """Return three boxes for a day; in one that was refused, those to correct are marked."""
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
    return GovUKDateInput(
        id=field.auto_id,
        namePrefix=field.html_name,
        items=boxes,
        fieldset=_fieldset(field),
        **_said_of(field),
    )


def _items(widget: RadioSelect, field: BoundField) -> Iterator[dict[str, Any]]:
    """Yield the choices, with those chosen marked, and without the empty one if a choice is required."""
    value = field.value()
    chosen = {str(code) for code in (value if isinstance(value, list | tuple | set) else [value])}
    hints, accesskeys = widget.attrs.get("hints", {}), widget.attrs.get("accesskeys", {})
    for choice, words in widget.choices:
        code = str(choice)
        if code or not field.field.required:
            yield {
                "value": code,
                "text": str(words),
                "checked": code in chosen,
                "hint": GovUKHint(text=hints[code]) if code in hints else None,
                "attributes": _accesskey(accesskeys.get(code)),
            }


def _accesskey(key: str | None) -> dict[str, str] | None:
    return {"accesskey": key} if key else None


def _named(field: BoundField) -> dict[str, Any]:
    """Return the id, name and label of a field that is one box."""
    return {
        "id": field.id_for_label,
        "name": field.html_name,
        "label": GovUKLabel(text=str(field.label)),
    }


def _grouped(field: BoundField) -> dict[str, Any]:
    """Return the ids, name and label of a field that is several boxes; the first has the field's own id."""
    return {"idPrefix": field.auto_id, "name": field.html_name, "fieldset": _fieldset(field)}


def _fieldset(field: BoundField) -> GovUKFieldset:
    return GovUKFieldset(legend=FieldsetLegend(text=str(field.label), isPageHeading=False, classes=""))


def _said_of(field: BoundField) -> dict[str, Any]:
    """Return the hint and the first error of a field, for any component."""
    return {
        "hint": GovUKHint(text=str(field.help_text)) if field.help_text else None,
        "errorMessage": GovUKErrorMessage(text=str(field.errors[0])) if field.errors else None,
    }


@register.simple_tag
def message_banner(message: Message, number: int) -> SafeString:
    """Render what was done, or why it was not, at the top of the next page; the first message takes the focus."""
    is_done = message.level_tag == "success"
    return _render(
        GovUKNotificationBanner(
            text=str(message),
            titleId=f"message-{number}",
            attributes={"tabindex": "-1"} | ({"autofocus": ""} if number == 1 else {}),
            type="success" if is_done else None,
            role="alert",
        )
    )


@register.simple_tag
def error_summary(errors: Mapping[str, str]) -> SafeString:
    """Render the errors at the top of the page: sentences by the id of the field to go to. Takes the focus."""
    return _render(
        GovUKErrorSummary(
            titleText="There is a problem",
            errorList=[ErrorSummaryErrorlist(href=f"#{name}", text=text) for name, text in errors.items()],
            attributes={"tabindex": "-1", "autofocus": ""},
        )
    )


def _render(component: GovUKComponent) -> SafeString:
    """Render the component's HTML, escaped by Jinja: it is given only texts, never HTML."""
    macro = _macro(component._jinja2_template, component._macro_name)
    return mark_safe(macro(_given(dataclasses.asdict(component))))


@cache
def _macro(template_name: str, name: str) -> Any:
    return getattr(_environment.get_template(template_name).module, name)


def _given(value: Any) -> Any:
    """Return the value without any None: the macros distinguish "not given" from None."""
    if isinstance(value, dict):
        return {key: _given(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_given(item) for item in value]
    return value
