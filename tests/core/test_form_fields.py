"""Form fields as the GOV.UK components for their widgets."""

import re
from typing import Any

import pytest
from django import forms
from django.db.models import TextChoices

from sen_dashboard.core.web.forms import problems
from sen_dashboard.templatetags.govuk import form_field


class Outcome(TextChoices):
    AGREED = "AGREED", "Agreed"
    DEFERRED = "DEFERRED", "Deferred"


ON_ITEMS = {"hints": {"DEFERRED": "Comes <back>"}, "accesskeys": {"AGREED": "a"}}


class Decision(forms.Form):
    outcome = forms.ChoiceField(
        choices=[("", "---------"), *Outcome.choices],
        widget=forms.RadioSelect(attrs=ON_ITEMS),
        help_text="Details",
        error_messages={"required": "Choose an outcome."},
    )
    reasons = forms.MultipleChoiceField(
        choices=Outcome.choices,
        widget=forms.CheckboxSelectMultiple(attrs=ON_ITEMS),
        error_messages={"required": "Choose a reason."},
    )
    is_sure = forms.BooleanField(
        label="I am sure",
        help_text="No way back",
        widget=forms.CheckboxInput(attrs={"accesskey": "s"}),
        error_messages={"required": "Say that you are sure."},
    )
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=1500, required=False)


def inputs(html: str) -> list[dict[str, str]]:
    """The attributes of each box; a flag reads ""."""
    tags = re.findall(r"<(?:input|textarea)([^>]*)>", html)
    return [dict(re.findall(r'([\w-]+)(?:="([^"]*)")?', tag)) for tag in tags]


def drawn(name: str, data: Any = None, **initial: Any) -> str:
    return form_field(Decision(data, initial=initial)[name])


def test_radios_have_a_legend_a_hint_and_what_their_items_are_given() -> None:
    html = drawn("outcome", outcome="DEFERRED")
    assert re.search(r"<legend[^>]*>\s*Outcome\s*</legend>", html)
    assert "Details" in html
    agreed, deferred = inputs(html)
    assert agreed["id"] == "id_outcome"
    assert (agreed["type"], agreed["value"], agreed["accesskey"]) == ("radio", "AGREED", "a")
    assert "checked" not in agreed
    assert "checked" in deferred
    assert "accesskey" not in deferred
    assert f'id="{deferred["aria-describedby"]}"' in html
    assert "Comes &lt;back&gt;" in html


def test_no_choice_is_a_choice_only_where_one_may_be_left_out() -> None:
    form = Decision()
    assert len(inputs(form_field(form["outcome"]))) == 2
    form.fields["outcome"].required = False
    form.fields["outcome"].choices = [("", "Not known"), *Outcome.choices]
    assert [item["value"] for item in inputs(form_field(form["outcome"]))] == ["", "AGREED", "DEFERRED"]


def test_checkboxes_keep_what_was_chosen() -> None:
    for html in (drawn("reasons", reasons=list(Outcome)), drawn("reasons", {"reasons": list(Outcome)})):
        boxes = inputs(html)
        assert [(box["type"], "checked" in box) for box in boxes] == [("checkbox", True)] * 2
        assert boxes[0]["accesskey"] == "a"
    assert all("checked" not in box for box in inputs(drawn("reasons")))


@pytest.mark.parametrize("is_sure", [True, False])
def test_a_single_checkbox(is_sure: bool) -> None:
    html = drawn("is_sure", is_sure=is_sure)
    (box,) = inputs(html)
    assert (box["id"], box["accesskey"], "checked" in box) == ("id_is_sure", "s", is_sure)
    assert "<fieldset" not in html
    assert re.search(r'<label[^>]*for="id_is_sure">\s*I am sure', html)
    assert f'id="{box["aria-describedby"]}"' in html
    assert Decision({"is_sure": box["value"]})["is_sure"].value()


def test_a_text_area_says_how_much_it_takes_and_keeps_what_was_typed() -> None:
    html = drawn("note", {"note": "<two>\nlines"})
    assert "At most 1,500 characters" in html
    assert "&lt;two&gt;\nlines</textarea>" in html
    (area,) = inputs(html)
    assert (area["id"], area["rows"]) == ("id_note", "3")
    assert f'id="{area["aria-describedby"]}"' in html


def test_the_limit_follows_a_hint() -> None:
    form = Decision()
    form.fields["note"].help_text = "In a few words"
    assert "In a few words; at most 1,500 characters" in form_field(form["note"])


def test_errors_are_at_the_field_and_lead_to_its_first_box() -> None:
    form = Decision({"note": "x" * 1501})
    said = problems(form)
    assert list(said) == ["id_outcome", "id_reasons", "id_is_sure", "id_note"]
    for field, (box, sentence) in zip(form, said.items(), strict=True):
        html = form_field(field)
        assert sentence in html
        assert inputs(html)[0]["id"] == box
        assert f'id="{box}-error"' in html


def test_a_widget_without_a_component_is_refused() -> None:
    class Files(forms.Form):
        several = forms.SplitDateTimeField()

    with pytest.raises(TypeError, match="SplitDateTimeWidget"):
        form_field(Files()["several"])
